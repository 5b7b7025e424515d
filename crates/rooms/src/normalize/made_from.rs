//! What something was made from.

use super::forget;
use super::scene::NormalizeScene;
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

impl NormalizeScene {
    /// What is made from x alone in this state, but for what is forgotten.
    pub fn made_from_x(
        &self,
        state: &NormalizeState,
        forget: impl FnOnce(&mut NormalizeState),
    ) -> MadeFrom {
        let mut made_from = self.made_from(state, forget);
        made_from.versions = [self.versions[0], 0, 0];
        made_from
    }

    /// What is made from x, x̂ and y in this state, but for what is forgotten.
    pub fn made_from(
        &self,
        state: &NormalizeState,
        forget: impl FnOnce(&mut NormalizeState),
    ) -> MadeFrom {
        let mut state = state.clone();
        // How something is looked at makes nothing.
        forget::motion(&mut state);
        forget::space(&mut state);
        forget(&mut state);
        MadeFrom {
            versions: self.versions,
            state,
        }
    }
}
