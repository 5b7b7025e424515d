//! What every norm makes of the input at many scales: how large its changes are.

use maths::normalize::{BatchMode, InvarianceTrace, Norm, NormSpec, NormTrace, Padding, normalize};
use ndarray::s;

use super::super::forget;
use super::super::scales::log_scale;
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::kept::{Curves, Kept};

/// For how many scales each norm is tried at most, and at least.
pub const SCALES: (usize, usize) = (25, 3);

/// How many values are normalised for all these scales together, by each norm.
const MOST_SCALED_VALUES: usize = 25 << 12;

/// The powers of ten at the ends of the scales that all norms are tried with.
pub const SCALE_DECADES: (f64, f64) = (-4.0, 2.0);

/// How many samples all norms are tried on: as many as a frame allows.
pub fn n_tried(state: &NormalizeState) -> usize {
    let per_sample = state.seq_len * state.d_model;
    (MOST_SCALED_VALUES / SCALES.0 / per_sample).clamp(1, state.batch)
}

/// For how many scales.
pub fn n_scales(state: &NormalizeState) -> usize {
    let n_values = n_tried(state) * state.seq_len * state.d_model;
    (MOST_SCALED_VALUES / n_values).clamp(SCALES.1, SCALES.0)
}

impl NormalizeScene {
    /// A norm without padding; batch norm as in training.
    fn plain_spec(&self, state: &NormalizeState, name: NormName) -> NormSpec<'_> {
        NormSpec {
            norm: match name {
                NormName::Batch => Norm::Batch(BatchMode::Train),
                _ => state.with_settings(name),
            },
            padding: Padding::default(),
            ..self.spec(state, name)
        }
    }

    /// Brings the curves of all norms up to this state.
    pub fn update_curves(&mut self, state: &NormalizeState) {
        self.update(state);
        let made_from = self.made_from_x(state, |state| {
            forget::reading(state);
            forget::gradient(state);
            // All scales are in the curves.
            state.scale_a = NormalizeState::default().scale_a;
        });
        let mut kept = std::mem::take(&mut self.shape);
        let Kept {
            curves,
            tried,
            invariance,
            ..
        } = &mut kept;
        curves.get(made_from, |curves| {
            self.fill(curves, (tried, invariance), state);
        });
        self.shape = kept;
    }

    #[allow(clippy::cast_possible_truncation)]
    fn fill(
        &self,
        curves: &mut Curves,
        (tried, invariance): (&mut NormTrace, &mut InvarianceTrace),
        state: &NormalizeState,
    ) {
        let n_rows = n_tried(state) * state.seq_len;
        let x = self.x();
        let x = x.slice(s![..n_rows, ..]);
        let n = n_scales(state);
        let scale = |idx| log_scale(SCALE_DECADES, idx, n);
        curves.scales.clear();
        curves.scales.extend((0..n).map(|idx| scale(idx) as f32));
        curves.differences.clear();
        for name in NormName::COMPARED {
            let spec = self.plain_spec(state, name);
            let seq_len = state.seq_len;
            // Too few values stay too few.
            normalize(x.view(), seq_len, &spec, tried).ok();
            let differences = (0..n).map(|idx| {
                let by = [scale(idx), state.shift_c];
                let result = invariance.scale_and_shift(x.view(), seq_len, &spec, tried, by);
                result.map_or(f32::NAN, |difference| difference as f32)
            });
            curves.differences.push(differences.collect());
        }
    }
}
