//! NumPy and PyTorch that Encode's figures share.

mod encoding;
mod rows;

pub use encoding::{double, encoding, frequencies, start, wave_slices, yarn_kept};
pub use rows::{chosen_columns, one_position, rows, sinusoids};
