//! What the part keeps from frame to frame.

use super::readouts::Readouts;
use super::tokens::Tokens;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The sentence, with its vectors.
    pub tokens: Tokens,
    /// What a linear readout gets back.
    pub readouts: Readouts,
}
