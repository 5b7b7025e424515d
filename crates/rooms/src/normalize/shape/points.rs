//! Tokens as points of space: which of them are drawn, in which directions, and where they are at every stage.

use std::ops::Range;

use maths::normalize::MOST_AXES;
use ndarray::s;

use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;
use crate::settings::Chosen;

/// The most tokens that are drawn in space.
const MOST_POINTS: usize = 512;

/// The most values from which principal axes are found in a frame.
const MOST_VALUES: usize = 1 << 15;

/// The tokens that are drawn: as many as can be, and the selected one among them.
pub fn shown_rows(state: &NormalizeState) -> Range<usize> {
    let n = (MOST_VALUES / state.d_model)
        .min(MOST_POINTS)
        .min(state.rows());
    let first = (state.row() + 1).saturating_sub(n);
    first..first + n
}

/// How many directions are drawn.
pub fn n_axes(state: &NormalizeState) -> usize {
    state.d_model.min(MOST_AXES)
}

impl NormalizeScene {
    /// Places the tokens.
    pub fn place_points(&mut self, state: &NormalizeState) {
        self.update(state);
        let mut kept = std::mem::take(&mut self.shape);
        let (rows, n_axes) = (shown_rows(state), n_axes(state));
        let axes_of = Some((self.versions[0], rows.clone(), n_axes, state.basis));
        let has_new_axes = kept.axes_of != axes_of;
        if has_new_axes {
            let x = self.x();
            let shown = x.slice(s![rows.clone(), ..]);
            kept.geometry.choose_axes(shown, n_axes, state.basis);
            kept.axes_of = axes_of;
        }
        let placed_of = Some((self.versions, rows.clone()));
        if kept.placed_of != placed_of || has_new_axes {
            let spec = self.spec(state, state.norm);
            kept.geometry.update(self.x(), rows, &spec, &self.trace);
            kept.placed_of = placed_of;
        }
        kept.coordinates.resize(2 * n_axes, Vec::new());
        for (idx, out) in kept.coordinates.iter_mut().enumerate() {
            let stage_idx = if idx < n_axes { 0 } else { state.stage.idx() };
            out.clear();
            out.extend(kept.geometry.stages[stage_idx].column(idx % n_axes));
        }
        self.shape = kept;
    }

    /// The directions that are drawn, (axes, C), one after the other; empty where they are those of the features.
    pub fn directions(&mut self, state: &NormalizeState) -> &[f32] {
        self.place_points(state);
        if state.d_model <= MOST_AXES {
            return &[];
        }
        self.shape.geometry.axes.as_slice().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::sizes::length;
    use super::*;

    #[test]
    fn two_features_leave_two_points_and_three_a_circle() {
        for (d_model, radius) in [(2, 2_f64.sqrt()), (3, 3_f64.sqrt())] {
            let state = NormalizeState {
                d_model,
                eps: 0.0,
                ..NormalizeState::default()
            };
            let mut scene = NormalizeScene::default();
            scene.place_points(&state);
            for point in scene.shape.geometry.stages[2].outer_iter() {
                assert!((length(&point) - radius).abs() < 1e-5, "{point}");
                assert!(point.sum().abs() < 1e-5, "{point}");
            }
        }
    }
}
