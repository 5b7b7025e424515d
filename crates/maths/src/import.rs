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
mod npy;

pub use npy::{NpyError, NpyProblem, read_npy};

/// The number that a word is; `None` for a word that is none. Neither NaN nor infinities are asked for.
pub type ParseNumber = fn(&str) -> Option<f64>;

/// How many values are read at most: a block of 64 × 256 × 256, 16 MB.
pub const MOST_VALUES: usize = 1 << 22;

/// How many dimensions are read at most: samples, tokens, features.
pub const MOST_DIMENSIONS: usize = 3;

/// How much of what was found an error repeats, in characters.
const MOST_FOUND: usize = 24;

/// Values and how they are arranged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// One to three sizes, the outermost first, none of them 0.
    pub shape: Vec<usize>,
    /// Row after row (C order).
    pub values: Vec<f32>,
}

impl Imported {
    /// The shape as a block of (samples, tokens, features): what is missing in front is 1.
    pub fn block(&self) -> [usize; 3] {
        let mut block = [1; 3];
        for (size, &given) in block.iter_mut().rev().zip(self.shape.iter().rev()) {
            *size = given;
        }
        block
    }
}

/// Where text could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What stands there, its beginning if it is long; empty at the end of the text.
    pub found: String,
    /// What is wrong with it.
    pub problem: TextProblem,
}

/// What can be wrong with text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextProblem {
    /// There is no value at all.
    Empty,
    /// A word that is no number.
    NotANumber,
    /// Nothing where a value should be: between two commas, in a list.
    NoValue,
    /// `...`: the print leaves values out.
    Shortened,
    /// A row or a list has another length than those before it.
    Length {
        /// Of those before.
        expected: usize,
        /// Of this one.
        found: usize,
    },
    /// A number beside lists, or a list beside numbers.
    Mixed,
    /// A list in a list in a list in a list.
    TooDeep,
    /// The text ends within a list.
    Unclosed,
    /// Something stands after the last list.
    AfterEnd,
    /// More than [`MOST_VALUES`].
    TooMany,
}

impl TextProblem {
    /// What would have been read.
    pub fn allowed(self) -> &'static str {
        match self {
            Self::Empty => "rows of numbers, a JSON list, or what NumPy prints",
            Self::NotANumber => "numbers such as -1.5, 2e-3, nan and inf; a first row of names",
            Self::NoValue => "a number in every place",
            Self::Shortened => {
                "all values: print them after np.set_printoptions(threshold=np.inf), or save an NPY file"
            }
            Self::Length { .. } => "rows and lists that are all of one length",
            Self::Mixed => "numbers only, or lists only, within one list",
            Self::TooDeep => "at most three dimensions: samples, tokens, features",
            Self::Unclosed => "a closing ] for every [",
            Self::AfterEnd => "one list, with nothing after it",
            Self::TooMany => "at most 4194304 values",
        }
    }
}

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

/// The value of a word: a number, NaN or an infinity; perhaps in quotes, perhaps with the minus sign of
/// a typesetter.
fn value_of(word: &str, parse: ParseNumber) -> Option<f32> {
    let in_quotes = |quote: char| word.strip_prefix(quote)?.strip_suffix(quote);
    let word = in_quotes('"').or(in_quotes('\'')).unwrap_or(word).trim();
    let (sign, size) = match word.strip_prefix(['-', '−']) {
        Some(size) => (-1.0, size),
        None => (1.0, word.strip_prefix('+').unwrap_or(word)),
    };
    let is = |name: &str| size.eq_ignore_ascii_case(name);
    let size = if is("nan") {
        f64::NAN
    } else if is("inf") || is("infinity") {
        f64::INFINITY
    } else if size.starts_with(['-', '+']) {
        return None;
    } else {
        parse(size)?
    };
    Some((sign * size) as f32)
}

/// What NumPy and people write for values that are left out.
fn is_ellipsis(word: &str) -> bool {
    word.starts_with("...") || word.starts_with('…')
}

/// An error about `found` at a place of the text, given in bytes.
fn error_at(text: &str, place: usize, found: &str, problem: TextProblem) -> TextError {
    let before = text.get(..place).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    TextError {
        line: 1 + before.matches('\n').count(),
        column: 1 + before[line_start..].chars().count(),
        found: found.chars().take(MOST_FOUND).collect(),
        problem,
    }
}
