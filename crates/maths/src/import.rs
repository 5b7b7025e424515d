//! Activations that people bring along: pasted text, or a file of NumPy's.
//!
//! Everything is read where it is; what comes out is a shape and its values, or one error that says
//! where reading stopped, what was there and what would have been read. Values are kept as `f32`: what
//! is beyond its range becomes infinite. NaN and infinities are values like others.
//!
//! Numbers are read by a function that is given, because the page leaves that to the browser: the
//! standard library's would take a fifteenth of the first load.

mod around;
mod brackets;
mod cells;
mod decode;
mod delimited;
mod dtype;
mod error;
mod files;
mod find;
mod held;
mod imported;
mod labels;
mod latex;
mod npy;
mod number;
mod reader;
mod reading;
mod safetensors;
mod survey;
mod text;

pub use error::ReadError;
pub use files::FileKind;
pub use imported::{Imported, LeftOut, MOST_BYTES, MOST_DIMENSIONS, MOST_VALUES, Remark};
pub use npy::{NpyError, NpyProblem};
pub use reader::Reader;
pub use reading::{Commas, ParseNumber, Reading};
pub use text::{TextError, TextProblem};
