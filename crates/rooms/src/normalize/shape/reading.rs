//! The numbers beside the formula.

use super::super::phrases::{n, number, number_of};
use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;
use super::lengths::{Lengths, sphere_radius};
use crate::room::Fact;

/// The lengths of the selected token, and what the norm changes of its own output.
pub fn facts(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    let twice = scene.update_twice(state);
    let lengths = Lengths::of(scene, state);
    vec![
        Fact::new("token", state.row().to_string()),
        Fact::new("‖x‖", number(lengths.x)),
        Fact::new("‖x̂‖", number(lengths.normalized)),
        Fact::new("√d", n(sphere_radius(state.d_model))),
        Fact::new("‖y‖", number(lengths.output)),
        Fact::new("normalised again: change", number_of(twice, 3)),
    ]
}
