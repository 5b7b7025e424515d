//! How long the selected token is, in all its features.

use super::super::scene::NormalizeScene;
use super::super::sizes::length;
use super::super::state::NormalizeState;

/// A token's lengths, where they are numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lengths {
    /// ‖x‖
    pub x: Option<f64>,
    /// ‖x̂‖
    pub normalized: Option<f64>,
    /// Σ x̂
    pub sum: Option<f64>,
    /// ‖y‖
    pub output: Option<f64>,
}

impl Lengths {
    /// Those of the selected token, in the trace as it is.
    pub fn of(scene: &NormalizeScene, state: &NormalizeState) -> Self {
        let known = |value: f64| (!value.is_nan()).then_some(value);
        let [x, normalized, output] = scene
            .steps()
            .map(|step| known(length(&step.row(state.row()))));
        let sum = scene
            .trace
            .normalized
            .row(state.row())
            .iter()
            .map(|&v| f64::from(v))
            .sum();
        Self {
            x,
            normalized,
            sum: known(sum),
            output,
        }
    }
}

/// The radius √d of the sphere that x̂ lies on.
#[allow(clippy::cast_precision_loss)]
pub fn sphere_radius(d_model: usize) -> f64 {
    (d_model as f64).sqrt()
}
