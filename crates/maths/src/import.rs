//! Activations that people bring along: pasted text, or a file of NumPy's.
//!
//! Everything is read where it is; what comes out is a shape and its values, or one error that says
//! where reading stopped, what was there and what would have been read. Values are kept as `f32`: what
//! is beyond its range becomes infinite. NaN and infinities are values like others.
//!
//! Numbers are read by a function that is given, because the page leaves that to the browser: the
//! standard library's would take a fifteenth of the first load.

mod brackets;
mod delimited;
mod error;
mod files;
mod imported;
mod npy;
mod reader;
mod reading;
mod text;

pub use error::ReadError;
pub use files::FileKind;
pub use imported::{Imported, LeftOut, MOST_BYTES, MOST_DIMENSIONS, MOST_VALUES, Remark};
pub use npy::{NpyError, NpyProblem, read_npy};
pub use reader::Reader;
pub use reading::{Commas, ParseNumber, Reading};
pub use text::{TextError, TextProblem};

/// Reads pasted text:
///
/// - rows of numbers, one a line, separated by commas, semicolons, tabs or spaces; lines that begin
///   with `#` and a first line of names are passed over. With commas and semicolons both, a semicolon
///   ends a row as a line does;
/// - nested lists, as in JSON: one to three dimensions;
/// - what NumPy and PyTorch print: the same without commas, and with `array(` or `tensor(` around it.
///
/// `nan`, `inf`, `infinity`, in any letters and with a sign, are values. Rows give two dimensions,
/// lists as many as they are deep.
///
/// # Errors
///
/// A [`TextError`] about the first place that cannot be read.
pub fn read_text(text: &str, parse: ParseNumber) -> Result<Imported, TextError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match brackets::start_of_list(text) {
        Some(list) => brackets::read(text, list, parse),
        None => delimited::read(text, parse),
    }
}
