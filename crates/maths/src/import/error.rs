//! Why something could not be read.

use super::files::FileKind;
use super::imported::MOST_BYTES;
use super::npy::NpyError;
use super::text::TextError;

/// Why something given could not be read.
#[derive(Clone, Debug, PartialEq)]
pub enum ReadError {
    /// Text goes wrong at a place.
    Text(TextError),
    /// An array in bytes does.
    Npy(NpyError),
    /// A file of a kind that is known and not read.
    Kind(FileKind),
    /// More than [`MOST_BYTES`].
    TooLarge {
        /// How many bytes; a double, because browsers say it in one.
        n_bytes: f64,
    },
}

impl ReadError {
    /// Line and column, counted from 1, if it is about a place of a text.
    pub fn place(&self) -> Option<[usize; 2]> {
        match self {
            Self::Text(error) => Some([error.line, error.column]),
            _ => None,
        }
    }

    /// What was given, for a sentence: `“four”`, `an empty cell`, `4 dimensions`. Never empty.
    pub fn given(&self) -> String {
        match self {
            Self::Text(error) => error.given(),
            Self::Npy(error) => error.given(),
            Self::Kind(kind) => kind.name().to_owned(),
            Self::TooLarge { n_bytes } => format!("{} bytes", grouped(*n_bytes as u64)),
        }
    }

    /// What would have been read, or how it becomes that.
    pub fn allowed(&self) -> String {
        match self {
            Self::Text(error) => error.problem.allowed().to_owned(),
            Self::Npy(error) => error.problem.allowed().to_owned(),
            Self::Kind(kind) => kind.converted().to_owned(),
            Self::TooLarge { .. } => {
                let most = MOST_BYTES as u64;
                format!("at most {} MB, {} bytes", most >> 20, grouped(most))
            }
        }
    }
}

/// A whole number with narrow spaces before every three digits.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (idx, digit) in digits.chars().enumerate() {
        if idx > 0 && (digits.len() - idx).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}
