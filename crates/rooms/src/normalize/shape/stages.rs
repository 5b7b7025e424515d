//! What the stages of a token are called.

use super::super::phrases::step_heads;
use super::super::state::{NormName, Stage};

/// Symbol and note of a stage.
pub fn stage_head(stage: Stage, norm: NormName, affine: bool) -> (&'static str, &'static str) {
    let [_, centred, normalized, output] = step_heads(norm, affine);
    match stage {
        Stage::Input => ("x", "as it comes"),
        Stage::Centred => centred,
        Stage::Normalized => normalized,
        Stage::Scaled => ("γ x̂", "stretched"),
        Stage::Shifted => output,
    }
}
