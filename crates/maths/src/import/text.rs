//! What is said where text cannot be read.

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
    /// Nothing where a value should be: an empty cell, or two commas in a list.
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
    /// Lists in lists, deeper than a block.
    TooDeep {
        /// How deep.
        n_dimensions: usize,
    },
    /// The text ends within a list.
    Unclosed,
    /// Something that cannot be left out stands after the list.
    AfterEnd,
    /// More than [`MOST_VALUES`](super::MOST_VALUES).
    TooMany,
}

impl TextError {
    /// What was given, for a sentence.
    pub(super) fn given(&self) -> String {
        let found = &self.found;
        match self.problem {
            TextProblem::Empty => "a text without numbers".to_owned(),
            TextProblem::NoValue if found.is_empty() => "an empty cell".to_owned(),
            TextProblem::NoValue => format!("no number before “{found}”"),
            TextProblem::Shortened => format!("“{found}” in place of values"),
            TextProblem::Length { expected, found } => {
                format!("a row of length {found} after one of length {expected}")
            }
            TextProblem::Mixed => format!("“{found}” beside something else"),
            TextProblem::TooDeep { n_dimensions } => {
                format!("an array of {n_dimensions} dimensions")
            }
            TextProblem::Unclosed => "a list without its end".to_owned(),
            TextProblem::AfterEnd => format!("“{found}” after a list"),
            TextProblem::TooMany => "an array of more values".to_owned(),
            TextProblem::NotANumber => format!("“{found}”"),
        }
    }
}

impl TextProblem {
    /// What would have been read.
    pub fn allowed(self) -> &'static str {
        match self {
            Self::Empty => "rows of numbers, a JSON list, or what NumPy prints",
            Self::NotANumber => {
                "numbers such as -1.5, 2e-3, nan and inf; a first row or column of names"
            }
            Self::NoValue => "a number in every place; nan where there is none",
            Self::Shortened => {
                "all values: print after np.set_printoptions(threshold=np.inf) or \
                 torch.set_printoptions(profile=\"full\"), or save with np.save or df.to_csv"
            }
            Self::Length { .. } => "rows and lists that are all of one length",
            Self::Mixed => "numbers only, or lists only, within one list",
            Self::TooDeep { .. } => "one to three dimensions: samples, tokens, features",
            Self::Unclosed => "a closing ] for every [",
            Self::AfterEnd => "one list or table at a time",
            Self::TooMany => "at most 4194304 values",
        }
    }
}

/// Where a part of the text begins, in bytes.
pub(super) fn place_in(text: &str, part: &str) -> usize {
    (part.as_ptr() as usize).saturating_sub(text.as_ptr() as usize)
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
