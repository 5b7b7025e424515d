//! What a norm does not see: a scaled and shifted input, its own output, and what γ and β may take
//! back.

use lanes::F64x2;
use ndarray::{Array2, ArrayView2};

use super::moments::side_by_side;
use super::{
    NormGradients, NormSpec, NormTrace, TooFewValues, largest_difference, normalize,
    normalize_backward,
};
use crate::shape::reshape;

/// A norm on another input made from the one that it was of, in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct InvarianceTrace {
    /// a·x + c. (N, C)
    pub other_input: Array2<f32>,
    /// The norm of the other input.
    pub other: NormTrace,
    gradients: NormGradients,
    /// The input, where its features are not side by side in memory. (N, C)
    input: Vec<f32>,
}

impl InvarianceTrace {
    /// Normalizes a·x + c, and returns the largest |y(a·x + c) − y(x)|; `original` is what [`normalize`] made of x
    /// by this spec.
    ///
    /// With ε = 0 LayerNorm sees no a > 0 and no c, the others not all of that; ε makes small inputs
    /// smaller: what is normalized has the std σ/√(σ² + ε). Here a·x + c is rounded to `f32` like any
    /// input, which also costs digits where c is large.
    ///
    /// # Errors
    ///
    /// As [`normalize`].
    pub fn scale_and_shift(
        &mut self,
        x: ArrayView2<'_, f32>,
        seq_len: usize,
        spec: &NormSpec<'_>,
        original: &NormTrace,
        [a, c]: [f64; 2],
    ) -> Result<f64, TooFewValues> {
        let (n_rows, n_features) = x.dim();
        let moved = reshape(&mut self.other_input, n_rows, n_features);
        let [a, c] = [a, c].map(F64x2::splat);
        lanes::map([side_by_side(&x, &mut self.input)], moved, |[x]| {
            F64x2::narrow(x.widen().map(|x| a * x + c))
        });
        normalize(self.other_input.view(), seq_len, spec, &mut self.other)?;
        Ok(largest_difference(
            self.other.output.view(),
            original.output.view(),
        ))
    }

    /// Normalizes what came out of a norm once more, and returns the largest |y(y(x)) − y(x)|: next to
    /// nothing for LayerNorm with γ = 1 and β = 0, and else not.
    ///
    /// # Errors
    ///
    /// As [`normalize`].
    pub fn twice(
        &mut self,
        seq_len: usize,
        spec: &NormSpec<'_>,
        original: &NormTrace,
    ) -> Result<f64, TooFewValues> {
        let once = original.output.view();
        normalize(once, seq_len, spec, &mut self.other)?;
        Ok(largest_difference(self.other.output.view(), once))
    }

    /// ‖dx‖ for the same dy (N, C) at the input and at a·x + c, after [`scale_and_shift`](Self::scale_and_shift)
    /// with this x, spec and original. Scaling x by a scales the gradient by 1/a, as far as ε is small beside the
    /// variance.
    pub fn gradient_sizes(
        &mut self,
        x: ArrayView2<'_, f32>,
        spec: &NormSpec<'_>,
        original: &NormTrace,
        dy: ArrayView2<'_, f32>,
    ) -> [f64; 2] {
        let Self {
            other_input,
            other,
            gradients,
            ..
        } = self;
        [(x, original), (other_input.view(), other)].map(|(x, trace)| {
            normalize_backward(x, spec, trace, dy, gradients);
            let squares = gradients.dx.iter().map(|&dx| f64::from(dx) * f64::from(dx));
            squares.sum::<f64>().sqrt()
        })
    }
}

/// γ and β that undo a norm for one token: γ = √(σ² + ε) and β = μ of each feature's group.
///
/// Batch norm is undone for all tokens at once, which is what Ioffe & Szegedy 2015, §3, say γ and β are
/// for; LayerNorm for this one only, because each token has a σ and a μ of its own.
#[derive(Clone, Debug, Default)]
pub struct Undo {
    /// γ of each feature. (C)
    pub gamma: Vec<f64>,
    /// β of each feature. (C)
    pub beta: Vec<f64>,
}

impl Undo {
    /// Makes γ and β restore row `row_idx`. They are NaN where there is no such row; 1 and 0 where the
    /// norm has no statistics.
    pub fn update(&mut self, trace: &NormTrace, row_idx: usize) {
        let n_features = trace.normalized.ncols();
        let of_row = |feature: usize| {
            if trace.groups.count() == 0 {
                return (1.0, 0.0);
            }
            let group_idx =
                trace.groups.of_row(row_idx) + feature / trace.groups.features_per_group().max(1);
            let get = |moments: &[f64]| moments.get(group_idx).copied().unwrap_or(f64::NAN);
            (get(&trace.rstd).recip(), get(&trace.mean))
        };
        self.gamma.clear();
        self.gamma
            .extend((0..n_features).map(|feature| of_row(feature).0));
        self.beta.clear();
        self.beta
            .extend((0..n_features).map(|feature| of_row(feature).1));
    }

    /// What is missing when γ and β are used for row `row_idx` of the input that the trace is of: the
    /// largest |γ x̂ + β − x|; NaN where one of them is, and where there is no such row.
    pub fn residual(&self, x: ArrayView2<'_, f32>, trace: &NormTrace, row_idx: usize) -> f64 {
        if row_idx >= x.nrows().min(trace.normalized.nrows()) {
            return f64::NAN;
        }
        let restored = trace
            .normalized
            .row(row_idx)
            .into_iter()
            .zip(self.gamma.iter().zip(&self.beta))
            .map(|(&normalized, (gamma, beta))| gamma * f64::from(normalized) + beta);
        let missing = restored
            .zip(x.row(row_idx))
            .map(|(restored, &x)| (restored - f64::from(x)).abs());
        // `max` passes over NaN, which is not restored.
        missing.fold(0.0, |most: f64, value| {
            if value.is_nan() {
                value
            } else if most.is_nan() {
                most
            } else {
                most.max(value)
            }
        })
    }
}
