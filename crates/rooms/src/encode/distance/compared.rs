//! What the figures that compare rows share.

use figures::finite_range;
use ndarray::{ArrayView1, ArrayView2, Axis};

use super::super::rows::rows_of;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::kept::{Kept, Measured};

/// What a hatched pair means, and why there may be nothing to draw.
pub const NOT_COMPARED: &str = "a vector is missing or zero";

/// What is measured in this state.
pub fn measured(state: &EncodeState) -> Measured {
    (state.spec(), state.measure)
}

/// Lends the scheme's table to what measures it.
pub fn measure(
    scene: &mut EncodeScene,
    state: &EncodeState,
    with: impl FnOnce(&mut Kept, ArrayView2<'_, f32>),
) {
    // Taken out, so that the table can be lent from the same scene.
    let mut kept = std::mem::take(&mut scene.distance);
    with(&mut kept, rows_of(scene, state));
    scene.distance = kept;
}

/// The least and the largest of the finite values; `None` if none is finite.
pub fn range_of(values: &[f32]) -> Option<(f32, f32)> {
    finite_range(&ArrayView1::from(values).insert_axis(Axis(0)))
}
