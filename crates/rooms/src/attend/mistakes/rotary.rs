//! The bug of scores: a rotary table for neighbours with a rotation for halves.

use maths::mistakes::MixedSpec;

use super::super::model::BASE;
use super::super::scene::AttendScene;
use super::super::state::{AttendState, N_POSITIONS};
use crate::rotary_mix::Mixed;

/// q = (1, …, 6), k = (6, …, 1), neighbours.
pub const SPEC: MixedSpec = MixedSpec {
    d_model: 6,
    base: BASE,
    start: 0,
    n_positions: N_POSITIONS,
    offset: 1,
};

/// Both scores.
pub fn mixed<'a>(scene: &'a mut AttendScene, state: &AttendState) -> Mixed<'a> {
    Mixed::new(&mut scene.mistakes.scores, SPEC, state.query() as u64)
}
