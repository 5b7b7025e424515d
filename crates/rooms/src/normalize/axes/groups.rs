//! The groups that share a mean and a variance, and what there is one of for each.

use maths::normalize::Groups;

use super::super::state::{NormName, NormalizeState};

/// The groups that a norm makes of this state's block.
pub fn groups(state: &NormalizeState, norm: NormName) -> Groups {
    let norm = state.with_settings(norm);
    Groups::of(norm, state.rows(), state.seq_len, state.d_model)
}

/// What there is one of for each group.
pub fn pair_word(norm: NormName) -> &'static str {
    if norm == NormName::Rms {
        "mean squares"
    } else {
        "pairs of μ and σ"
    }
}

/// The same of one.
pub fn one_word(norm: NormName) -> &'static str {
    if norm == NormName::Rms {
        "mean square"
    } else {
        "pair of μ and σ"
    }
}
