//! What real bugs look like: the wrong output beside the right one.

use ndarray::ArrayView2;

use super::{
    BatchMode, Norm, NormSpec, NormTrace, Padding, TooFewValues, largest_difference, normalize,
};

/// A bug that has been found in published code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mistake {
    /// LayerNorm over (T, C): `LayerNorm([seq_len, d_model])`, or a mean without a dimension.
    OverTokens,
    /// LayerNorm over the samples and tokens, each feature on its own: batch norm's axes.
    OverBatch,
    /// The variance divided by n − 1, as `torch.std` and `torch.var` do unless asked otherwise.
    Unbiased,
    /// (x − μ) / (σ + ε).
    EpsOutside,
    /// One γ and one β for all features, `Parameter(torch.ones(1))`: their means here, the best there
    /// is.
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
        let has_n = !matches!(norm, Norm::Rms | Norm::Batch(BatchMode::Eval));
        let has_eps = !matches!(norm, Norm::DyT { .. } | Norm::None);
        let norm = match self {
            Self::BatchStatistics => Norm::Batch(BatchMode::Eval),
            Self::PaddingCounted if matches!(norm, Norm::Instance | Norm::Group { .. }) => norm,
            Self::PaddingCounted => Norm::Batch(BatchMode::Train),
            Self::Unbiased if has_n && has_eps => norm,
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
    /// The one γ and the one β for all features. (C)
    scalars: [Vec<f32>; 2],
}

impl MistakeTrace {
    /// Normalizes x, shape (B·T, C), without and with the mistake, and returns the largest difference
    /// of the outputs.
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
        let n_features = x.ncols();
        let [gamma, beta] = &mut self.scalars;
        for (scalars, given, missing) in [(&mut *gamma, given.gamma, 1.0), (beta, given.beta, 0.0)]
        {
            let n_given = given.len().min(n_features);
            let sum: f64 = given[..n_given].iter().map(|&value| f64::from(value)).sum();
            let sum = sum + missing * (n_features - n_given) as f64;
            scalars.clear();
            scalars.resize(n_features, (sum / n_features as f64) as f32);
        }
        let right = mistake.right(given);
        let wrong = mistake.wrong(right, [gamma, beta]);
        let results = [
            normalize(x, seq_len, &right, &mut self.right),
            normalize(x, seq_len, &wrong, &mut self.wrong),
        ];
        for result in results {
            result?;
        }
        Ok(largest_difference(
            self.wrong.output.view(),
            self.right.output.view(),
        ))
    }
}
