//! The sample that is read, by every norm.

use std::ops::Range;

use maths::normalize::{
    BatchMode, GroupMoments, Groups, Norm, NormSpec, NormTrace, RunningStatistics, normalize,
};
use ndarray::{ArrayView2, s};

use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::kept::{Kept, MadeFrom, N};

/// The sample that is read.
pub fn sample_read(state: &NormalizeState) -> usize {
    state.row() / state.seq_len
}

/// Which rows it has.
pub fn rows_read(state: &NormalizeState) -> Range<usize> {
    let sample = sample_read(state);
    sample * state.seq_len..(sample + 1) * state.seq_len
}

impl NormalizeScene {
    /// Brings the norms of the sample that is read up to this state.
    pub fn update_before(&mut self, state: &NormalizeState) {
        self.update_x(state);
        let made_from = MadeFrom {
            x: self.versions[0],
            affine: self.affine_version,
            sample: sample_read(state),
            eps: state.eps,
            alpha: state.alpha,
            n_groups: state.n_groups(),
            masked: state.masked,
        };
        if self.axes.before_of == Some(made_from) {
            return;
        }
        let mut kept = std::mem::take(&mut self.axes);
        let Kept {
            before,
            batch: [batch, _],
            moments,
            ..
        } = &mut kept;
        self.normalize_sample(state, self.x(), before, batch, moments);
        kept.version += 1;
        kept.before_of = Some(made_from);
        self.axes = kept;
    }

    /// The sample that is read by every norm: batch norm by the mean and variance of the whole block.
    pub fn normalize_sample(
        &self,
        state: &NormalizeState,
        x: ArrayView2<'_, f32>,
        traces: &mut [NormTrace; N],
        batch: &mut RunningStatistics,
        moments: &mut GroupMoments,
    ) {
        let whole = self.spec(state, NormName::Layer);
        let of_batch = Groups::of(
            Norm::Batch(BatchMode::Train),
            state.rows(),
            state.seq_len,
            state.d_model,
        );
        moments.update(x, of_batch, whole.padding);
        batch.mean.clone_from(&moments.mean);
        batch.variance.clear();
        let squares = moments.std.iter().map(|std| std * std);
        if state.has_too_few() {
            batch.mean.fill(f64::NAN);
        }
        batch.variance.extend(squares);
        let x = x.slice_move(s![rows_read(state), ..]);
        let padding = whole.padding.from_sample(sample_read(state));
        for (norm, trace) in NormName::COMPARED.into_iter().zip(traces) {
            let norm = match norm {
                NormName::Batch => Norm::Batch(BatchMode::Eval),
                _ => state.with_settings(norm),
            };
            let spec = NormSpec {
                norm,
                padding,
                running: Some(batch),
                ..whole
            };
            // In evaluation nothing is too few.
            normalize(x, state.seq_len, &spec, trace).ok();
        }
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use super::*;

    /// One sample by itself, with the whole batch's mean and variance, is what it is in the whole batch.
    #[test]
    fn a_sample_is_what_it_is_in_its_batch() {
        for (padding, masked) in [(false, false), (true, false), (true, true)] {
            let state = NormalizeState {
                padding,
                masked,
                token: Some(9),
                gamma: 1.5,
                beta: -0.5,
                ..NormalizeState::default()
            };
            let mut scene = NormalizeScene::default();
            scene.update_before(&state);
            for (idx, norm) in NormName::COMPARED.into_iter().enumerate() {
                let mut whole = NormTrace::default();
                let spec = scene.spec(&state, norm);
                normalize(scene.x(), state.seq_len, &spec, &mut whole).unwrap();
                let of_sample = &scene.axes.before[idx].output;
                for ((place, feature), &y) in of_sample.indexed_iter() {
                    let expected = whole.output[(8 + place, feature)];
                    assert!((y - expected).abs() <= 1e-6, "{norm:?} {place} {feature}");
                }
            }
        }
    }
}
