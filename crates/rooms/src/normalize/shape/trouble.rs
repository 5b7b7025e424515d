//! Why a token has no x̂, and how that is said.

use super::super::phrases::{NO_NUMBER, nothing};
use super::super::reading::Trouble;
use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;

/// Why some of a token's x̂ is no number; padding is read as it is.
pub fn trouble(scene: &NormalizeScene, state: &NormalizeState, row_idx: usize) -> Option<Trouble> {
    let features = 0..state.d_model;
    features
        .filter_map(|feature| scene.reading(state, row_idx, feature)?.trouble)
        .find(|why| *why != Trouble::Padding)
}

/// Why there is nothing to see or to compare.
pub fn why(trouble: Option<Trouble>) -> &'static str {
    nothing(trouble).unwrap_or(NO_NUMBER)
}
