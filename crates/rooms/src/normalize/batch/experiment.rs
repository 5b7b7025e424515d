//! The experiment with batches in this state: what it is begun with, and where it is read.

use maths::normalize::{BATCH_SIZES, BatchSpec};

use super::super::state::{Mates, NormalizeState};
use super::kept::Kept;

/// How often the mates are drawn.
pub const N_DRAWINGS: usize = 100;

/// What the experiment is begun with in this state.
pub fn spec(state: &NormalizeState) -> BatchSpec {
    BatchSpec {
        seed: state.seed,
        eps: state.eps,
        n_groups: state.n_groups(),
        momentum: state.momentum,
        alike: state.mates == Mates::Alike,
        n_resamplings: N_DRAWINGS,
    }
}

/// Where the batch size stands among those that are compared: the nearest.
pub fn size_idx(state: &NormalizeState) -> usize {
    (0..BATCH_SIZES.len())
        .min_by_key(|&idx| BATCH_SIZES[idx].abs_diff(state.batch))
        .unwrap_or(0)
}

/// Forgets what the experiment does not depend on: it has a block of its own.
pub fn forget_block(state: &mut NormalizeState) {
    let seen = NormalizeState {
        part: state.part,
        batch: state.batch,
        d_model: state.d_model,
        groups: state.groups,
        seed: state.seed,
        eps: state.eps,
        momentum: state.momentum,
        mates: state.mates,
        ..NormalizeState::default()
    };
    *state = seen;
}

impl Kept {
    /// Begins anew where anything changed.
    pub fn begin(&mut self, state: &NormalizeState) {
        let spec = spec(state);
        if self.begun != Some(spec) {
            self.experiment.restart(spec);
            self.begun = Some(spec);
            self.is_done = false;
        }
    }
}
