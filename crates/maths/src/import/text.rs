//! Words that stand for values, and what is said where one does not.

use super::reading::ParseNumber;

/// How much of what was found an error repeats, in characters.
pub(super) const MOST_FOUND: usize = 24;

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
    /// More than [`MOST_VALUES`](super::MOST_VALUES).
    TooMany,
}

impl TextError {
    /// What was given, for a sentence.
    pub(super) fn given(&self) -> String {
        match self.found.as_str() {
            "" => "nothing".to_owned(),
            found => format!("“{found}”"),
        }
    }
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

/// The value of a word: a number, NaN or an infinity; perhaps in quotes, perhaps with the minus sign of
/// a typesetter.
pub(super) fn value_of(word: &str, parse: ParseNumber) -> Option<f32> {
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
pub(super) fn is_ellipsis(word: &str) -> bool {
    word.starts_with("...") || word.starts_with('…')
}

/// An error about `found` at a place of the text, given in bytes.
pub(super) fn error_at(text: &str, place: usize, found: &str, problem: TextProblem) -> TextError {
    let before = text.get(..place).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    TextError {
        line: 1 + before.matches('\n').count(),
        column: 1 + before[line_start..].chars().count(),
        found: found.chars().take(MOST_FOUND).collect(),
        problem,
    }
}
