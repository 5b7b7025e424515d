//! What real bugs look like: the wrong output beside the right one.

use lanes::F32x4;
use ndarray::{Array2, ArrayView2, Axis, Slice};

use super::moments::side_by_side;
use super::{
    BatchMode, Difference, Norm, NormSpec, NormTrace, Padding, TooFewValues, largest_difference,
    normalize,
};
use crate::shape::reshape;

/// A bug that has been found in published code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mistake {
    /// LayerNorm over (T, C): `LayerNorm([seq_len, d_model])`, or a mean without a dimension.
    OverTokens,
    /// LayerNorm over the samples and tokens, each feature on its own: batch norm's axes.
    OverBatch,
    /// LayerNorm's variance divided by n − 1, as `torch.std` and `torch.var` do unless asked otherwise.
    Unbiased,
    /// (x − μ) / (σ + ε).
    EpsOutside,
    /// One γ and one β for all features, `Parameter(torch.Tensor([d_model]))`: their means here, the best
    /// there is.
    ScalarAffine,
    /// A batch norm that was left in training when it is used: `model.eval()` forgotten.
    BatchStatistics,
    /// Padding that takes part in the statistics.
    PaddingCounted,
}

impl Mistake {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::OverTokens,
        Self::OverBatch,
        Self::Unbiased,
        Self::EpsOutside,
        Self::ScalarAffine,
        Self::BatchStatistics,
        Self::PaddingCounted,
    ];

    /// The spec without the mistake. Its norm is the given one where the mistake can be made with it;
    /// otherwise batch norm, in evaluation if need be, for mistakes about samples and padding, and
    /// LayerNorm for the others.
    pub fn right<'a>(self, given: NormSpec<'a>) -> NormSpec<'a> {
        let norm = given.norm;
        let has_eps = !matches!(norm, Norm::DyT { .. } | Norm::None);
        let norm = match self {
            Self::BatchStatistics => Norm::Batch(BatchMode::Eval),
            Self::PaddingCounted if matches!(norm, Norm::Instance | Norm::Group { .. }) => norm,
            Self::PaddingCounted => Norm::Batch(BatchMode::Train),
            Self::EpsOutside if has_eps => norm,
            Self::ScalarAffine => norm,
            Self::OverTokens | Self::OverBatch | Self::Unbiased | Self::EpsOutside => Norm::Layer,
        };
        NormSpec {
            norm,
            unbiased: given.unbiased && self != Self::Unbiased,
            eps_outside: given.eps_outside && self != Self::EpsOutside,
            padding: Padding {
                counted: given.padding.counted && self != Self::PaddingCounted,
                ..given.padding
            },
            ..given
        }
    }

    /// The spec with the mistake, beside [`right`](Self::right). `scalars` are the one γ and the one β.
    fn wrong<'a>(self, right: NormSpec<'a>, scalars: [&'a [f32]; 2]) -> NormSpec<'a> {
        let mut wrong = right;
        match self {
            Self::OverTokens => wrong.norm = Norm::Group { n_groups: 1 },
            Self::OverBatch | Self::BatchStatistics => wrong.norm = Norm::Batch(BatchMode::Train),
            Self::Unbiased => wrong.unbiased = true,
            Self::EpsOutside => wrong.eps_outside = true,
            Self::ScalarAffine => [wrong.gamma, wrong.beta] = scalars,
            Self::PaddingCounted => wrong.padding.counted = true,
        }
        wrong
    }
}

/// The right and the wrong norm of one input, in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct MistakeTrace {
    /// Without the mistake.
    pub right: NormTrace,
    /// With it.
    pub wrong: NormTrace,
    /// Wrong minus right. (N, C)
    pub difference: Array2<f32>,
    /// The input with other tokens. (N, C), or those of one sample
    others: Array2<f32>,
    /// What the right and the wrong norm make of it.
    of_others: [NormTrace; 2],
    /// The input, where its features are not side by side in memory. (N, C)
    input: Vec<f32>,
    /// The one γ and the one β for all features. (C)
    scalars: [Vec<f32>; 2],
}

impl MistakeTrace {
    /// Normalizes x, shape (B·T, C), without and with the mistake, and returns the largest difference
    /// of the outputs: NaN where only one of the two is a number.
    ///
    /// # Errors
    ///
    /// As [`normalize`], for either.
    pub fn update(
        &mut self,
        mistake: Mistake,
        x: ArrayView2<'_, f32>,
        seq_len: usize,
        given: NormSpec<'_>,
    ) -> Result<f64, TooFewValues> {
        let (n_rows, n_features) = x.dim();
        fill_scalars(&mut self.scalars, given, n_features);
        let [gamma, beta] = &self.scalars;
        let right = mistake.right(given);
        let wrong = mistake.wrong(right, [gamma, beta]);
        let results = [
            normalize(x, seq_len, &right, &mut self.right),
            normalize(x, seq_len, &wrong, &mut self.wrong),
        ];
        let [right, wrong] = [&self.right.output, &self.wrong.output];
        let outputs = [right, wrong].map(|output| output.as_slice().unwrap_or_default());
        let difference = reshape(&mut self.difference, n_rows, n_features);
        lanes::map(outputs, difference, |[right, wrong]| wrong - right);
        for result in results {
            result?;
        }
        let [right, wrong] = outputs;
        Ok(Difference::between(right, wrong).largest.into())
    }

    /// How far the outputs of row `row_idx` move at most when all other rows are multiplied by `factor`, without
    /// and with the mistake, after [`update`](Self::update) with the same arguments. NaN where there is no such row
    /// or no norm.
    pub fn moved_by_others(
        &mut self,
        mistake: Mistake,
        x: ArrayView2<'_, f32>,
        seq_len: usize,
        given: NormSpec<'_>,
        (row_idx, factor): (usize, f32),
    ) -> [f64; 2] {
        let (n_rows, n_features) = x.dim();
        if row_idx >= n_rows.min(self.right.output.nrows()) {
            return [f64::NAN; 2];
        }
        let [gamma, beta] = &self.scalars;
        let right = mistake.right(given);
        let specs = [right, mistake.wrong(right, [gamma, beta])];
        // Only batch norm in training looks beyond the sample.
        let is_wide = specs
            .iter()
            .any(|spec| spec.norm == Norm::Batch(BatchMode::Train));
        let seq_len = seq_len.max(1);
        let sample = row_idx / seq_len;
        let (rows, first_sample) = if is_wide {
            (0..n_rows, 0)
        } else {
            let first = sample * seq_len;
            (first..n_rows.min(first + seq_len), sample)
        };
        let place = row_idx - rows.start;
        let x = x.slice_axis_move(Axis(0), Slice::from(rows));
        let values = side_by_side(&x, &mut self.input);
        let others = reshape(&mut self.others, x.nrows(), n_features);
        let factor = F32x4::splat(factor);
        lanes::map([values], others, |[x]| x * factor);
        let kept = place * n_features..(place + 1) * n_features;
        others[kept.clone()].copy_from_slice(&values[kept]);

        let mut moved = [f64::NAN; 2];
        let outputs = [&self.right.output, &self.wrong.output];
        for (idx, spec) in specs.into_iter().enumerate() {
            let spec = NormSpec {
                padding: spec.padding.from_sample(first_sample),
                ..spec
            };
            let trace = &mut self.of_others[idx];
            if normalize(self.others.view(), seq_len, &spec, trace).is_ok() {
                let [now, before] = [trace.output.row(place), outputs[idx].row(row_idx)];
                moved[idx] =
                    largest_difference(now.insert_axis(Axis(0)), before.insert_axis(Axis(0)));
            }
        }
        moved
    }
}

/// The means of the γ and the β that are given, for every feature.
fn fill_scalars(scalars: &mut [Vec<f32>; 2], given: NormSpec<'_>, n_features: usize) {
    let of_features = [(given.gamma, 1.0), (given.beta, 0.0)];
    for (scalars, (given, missing)) in scalars.iter_mut().zip(of_features) {
        let n_given = given.len().min(n_features);
        let sum: f64 = given[..n_given].iter().map(|&value| f64::from(value)).sum();
        let sum = sum + missing * (n_features - n_given) as f64;
        scalars.clear();
        scalars.resize(n_features, (sum / n_features as f64) as f32);
    }
}
