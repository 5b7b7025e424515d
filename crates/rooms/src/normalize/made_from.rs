//! What something was made from.

use super::forget;
use super::state::NormalizeState;

/// What something was made from: nothing is left out that may be new some day.
#[derive(Clone, Debug, PartialEq)]
pub struct MadeFrom {
    /// The versions of x, x̂ and y; 0 where it was not made from that one. No state has running statistics in it, nor
    /// millions of values.
    pub versions: [u64; 3],
    /// What makes no difference is as it opens.
    pub state: NormalizeState,
}

impl MadeFrom {
    /// Of these versions, in this state but for what is forgotten.
    pub fn new(
        versions: [u64; 3],
        state: &NormalizeState,
        forget: impl FnOnce(&mut NormalizeState),
    ) -> Self {
        let mut state = state.clone();
        // How something is looked at makes nothing.
        forget::motion(&mut state);
        forget::space(&mut state);
        forget(&mut state);
        Self { versions, state }
    }
}
