//! What is computed of the selected token: the rows it is normalised with, its Jacobian and its gradients.

use std::ops::Range;

use maths::inputs::{Distribution, InputSpec};
use maths::normalize::{NormSpec, Padding, normalize, normalize_backward, token_jacobian};
use ndarray::{Array2, s};

use super::super::forget;
use super::super::scene::NormalizeScene;
use super::super::state::{Incoming, NormalizeState};
use super::norms::{is_exact, is_per_token};

/// Turns a seed of the input into one for the incoming gradient.
const DY_SEED: u64 = 1 << 62;

/// a · x + c, rounded once.
#[allow(clippy::cast_possible_truncation)]
pub fn moved(x: f32, (a, c): (f64, f64)) -> f32 {
    (a * f64::from(x) + c) as f32
}

/// The rows that a figure of gradients needs: the selected one, or all where the norm mixes tokens.
pub fn rows_of(state: &NormalizeState) -> Range<usize> {
    if is_per_token(state.norm_in_use()) {
        state.row()..state.row() + 1
    } else {
        0..state.rows()
    }
}

/// The norm of these rows: a token on its own is a sample of its own.
pub fn within<'a>(state: &NormalizeState, spec: NormSpec<'a>) -> NormSpec<'a> {
    if !is_per_token(spec.norm) {
        return spec;
    }
    let real_lens: &[usize] = if state.is_padding(state.row()) {
        &[0]
    } else {
        &[]
    };
    NormSpec {
        padding: Padding {
            real_lens,
            ..spec.padding
        },
        ..spec
    }
}

impl NormalizeScene {
    /// Brings everything of this part up to the state but for the push and the curve.
    pub fn update_gradient(&mut self, state: &NormalizeState) {
        self.update(state);
        let made_from = self.made_from(state, |state| {
            forget::push(state);
            if state.dy == Incoming::Seeded {
                state.feature = None;
            }
        });
        if self.gradient.of.as_ref() == Some(&made_from) {
            return;
        }
        let mut part = std::mem::take(&mut self.gradient);
        part.version += 1;
        let spec = within(state, self.spec(state, state.norm));
        let rows = rows_of(state);
        part.row_idx = state.row() - rows.start;
        part.seq_len = if is_per_token(spec.norm) {
            1
        } else {
            state.seq_len
        };
        let scale = (state.scale_a, state.shift_c);
        let x = self.x();
        part.input = x.slice(s![rows.clone(), ..]).mapv(|x| moved(x, scale));
        // What is beyond the end of a sample is zero, whatever the noise.
        for (row_idx, mut row) in rows.zip(part.input.rows_mut()) {
            if state.is_padding(row_idx) {
                row.fill(0.0);
            }
        }

        part.noise.update(&InputSpec {
            distribution: Distribution::Normal,
            batch: state.batch,
            seq_len: state.seq_len,
            d_model: state.d_model,
            mean: 0.0,
            std: 1.0,
            seed: state.seed ^ DY_SEED,
            values: &[],
            words: &[],
        });
        // The loss depends on the selected token alone.
        part.dy = Array2::zeros(part.input.dim());
        let mut dy = part.dy.row_mut(part.row_idx);
        match state.dy {
            Incoming::Seeded => dy.assign(&part.noise.values().row(state.row())),
            Incoming::OneHot => dy[state.column()] = 1.0,
        }
        // Too few values for batch norm make everything NaN, which is hatched and said.
        normalize(part.input.view(), part.seq_len, &spec, &mut part.trace).ok();
        normalize_backward(
            part.input.view(),
            &spec,
            &part.trace,
            part.dy.view(),
            &mut part.gradients,
        );
        part.is_exact = is_exact(spec.norm) && !(state.masked && state.is_padding(state.row()));
        if part.is_exact {
            let token = part.input.row(part.row_idx);
            part.exact
                .update(token.to_slice().unwrap_or_default(), &spec);
            part.jacobian.clone_from(&part.exact.jacobian);
        } else {
            token_jacobian(
                part.input.view(),
                &spec,
                &part.trace,
                part.row_idx,
                &mut part.jacobian,
            );
        }
        part.update_stretch(&spec);
        part.update_small_steps();
        part.of = Some(made_from);
        self.gradient = part;
    }

    /// dy of the selected token. (C)
    pub fn incoming(&mut self, state: &NormalizeState) -> &[f32] {
        self.update_gradient(state);
        self.gradient.row_of(&self.gradient.dy)
    }
}
