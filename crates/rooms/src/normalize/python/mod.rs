//! NumPy and PyTorch that Normalize's figures share: x, the settings, and every norm.

mod input;
mod norm;
mod settings;
mod whole;

pub use input::{Input, Part, Source, loading};
pub use norm::{Form, n_values, norm_text, running_text};
pub use settings::{affine_text, padding_text, settings, settings_of};
pub use whole::{imports, stands_alone, whole};
