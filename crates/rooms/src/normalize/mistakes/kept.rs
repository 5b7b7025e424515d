//! What the part keeps from frame to frame.

use maths::normalize::{MistakeTrace, TooFewValues};

use super::super::state::NormalizeState;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    pub trace: MistakeTrace,
    /// The largest difference, or why there is none.
    pub result: Option<Result<f64, TooFewValues>>,
    pub symptom: Symptom,
    /// The state that the outputs are of, whatever is read of it, and the version of x.
    pub of: Option<(NormalizeState, u64)>,
    /// The token that the symptom is of.
    pub symptom_of: Option<usize>,
    /// Grows whenever anything here changes.
    pub version: u64,
}

/// What a bug does to the numbers of a token, right and wrong where there are two.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Symptom {
    /// The largest difference of any output; NaN where only one of the two is a number.
    pub most: f64,
    /// The mean of the token's outputs.
    pub mean: [f64; 2],
    /// Their std, divided by n.
    pub std: [f64; 2],
    /// The largest of them, without its sign.
    pub largest: [f64; 2],
    /// How far the token's outputs move when all other tokens are made larger.
    pub by_others: [f64; 2],
    /// Too few values for batch norm.
    pub too_few: bool,
}
