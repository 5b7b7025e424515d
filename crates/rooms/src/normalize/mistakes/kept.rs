//! What the part keeps from frame to frame.

use maths::normalize::MistakeTrace;
use ndarray::ArrayView2;

use super::super::state::NormalizeState;
use super::symptom::Symptom;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    pub trace: MistakeTrace,
    /// Of the token that was read last.
    pub symptom: Option<Symptom>,
    /// The state that the outputs are of, whatever is read of it, and the versions of x and of running statistics.
    pub of: Option<(NormalizeState, [u64; 2])>,
    /// Grows whenever anything here changes.
    pub version: u64,
}

impl Kept {
    /// The right output and the wrong one. (B·T, C)
    pub fn outputs(&self) -> [ArrayView2<'_, f32>; 2] {
        [&self.trace.right, &self.trace.wrong].map(|trace| trace.output.view())
    }
}
