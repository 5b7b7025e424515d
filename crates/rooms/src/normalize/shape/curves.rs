//! What every norm makes of the input at many scales: how large its changes are.

use maths::normalize::{BatchMode, Norm, NormSpec, Padding, normalize};
use ndarray::s;

use super::super::scales::log_scale;
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::kept::CurvesOf;

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
    #[allow(clippy::cast_possible_truncation)]
    pub fn update_curves(&mut self, state: &NormalizeState) {
        self.update(state);
        let of = Some(CurvesOf {
            x: self.versions[0],
            affine: self.affine_version,
            shape: [state.batch, state.seq_len, state.d_model],
            shift: state.shift_c,
            eps: state.eps,
            groups: state.n_groups(),
            alpha: state.alpha,
        });
        if self.shape.curves.of == of {
            return;
        }
        let mut kept = std::mem::take(&mut self.shape);
        let n_rows = n_tried(state) * state.seq_len;
        let x = self.x();
        let x = x.slice(s![..n_rows, ..]);
        let n = n_scales(state);
        let scale = |idx| log_scale(SCALE_DECADES, idx, n);
        let curves = &mut kept.curves;
        curves.scales.clear();
        curves.scales.extend((0..n).map(|idx| scale(idx) as f32));
        curves.differences.clear();
        for name in NormName::COMPARED {
            let spec = self.plain_spec(state, name);
            let (seq_len, tried) = (state.seq_len, &mut kept.tried);
            // Too few values stay too few.
            normalize(x.view(), seq_len, &spec, tried).ok();
            let differences = (0..n).map(|idx| {
                let by = [scale(idx), state.shift_c];
                let result = kept
                    .invariance
                    .scale_and_shift(x.view(), seq_len, &spec, tried, by);
                result.map_or(f32::NAN, |difference| difference as f32)
            });
            curves.differences.push(differences.collect());
        }
        curves.of = of;
        self.shape = kept;
    }
}
