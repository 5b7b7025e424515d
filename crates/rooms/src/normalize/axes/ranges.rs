//! How far the means and stds of groups reach.

use maths::normalize::GroupMoments;
use maths::statistics::summarize;
use ndarray::ArrayView2;

use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::kept::N;
use super::sample::sample_read;

/// The smallest and the largest mean and std of groups.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranges {
    /// Of the means.
    pub mean: [f64; 2],
    /// Of the stds.
    pub std: [f64; 2],
}

impl Ranges {
    /// Of groups with these means and stds; `None` where there are none, or where one is no number.
    fn of(moments: impl Iterator<Item = (f64, f64)>) -> Option<Self> {
        let mut ranges: Option<Self> = None;
        for (mean, std) in moments {
            if !mean.is_finite() || !std.is_finite() {
                return None;
            }
            let Self {
                mean: [low, high],
                std: [least, most],
            } = ranges.unwrap_or(Self {
                mean: [mean; 2],
                std: [std; 2],
            });
            ranges = Some(Self {
                mean: [low.min(mean), high.max(mean)],
                std: [least.min(std), most.max(std)],
            });
        }
        ranges
    }

    /// Of the tokens; `None` where one has a value that is no number.
    fn of_tokens(values: ArrayView2<'_, f32>) -> Option<Self> {
        if values.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let rows = values.outer_iter();
        Self::of(rows.map(|row| {
            let summary = summarize(row.to_slice().unwrap_or_default());
            (summary.mean, summary.std)
        }))
    }

    /// Whether all stds are the same, as far as can be seen.
    pub fn has_one_std(&self) -> bool {
        let [least, most] = self.std;
        most - least <= 0.01 * most
    }
}

/// The means and stds of what a norm gave.
#[derive(Clone, Copy, Default)]
pub struct OfNorm {
    /// Those of the tokens; `None` where not all are numbers.
    pub tokens: Option<Ranges>,
    /// Those of the norm's own groups; of the tokens where it has none.
    pub own: Option<Ranges>,
}

impl NormalizeScene {
    /// Those of the outputs of every norm, as far as the sample that is read has them.
    pub fn ranges(&self, state: &NormalizeState) -> [OfNorm; N] {
        let mut ranges = [OfNorm::default(); N];
        let norms = NormName::COMPARED.into_iter().zip(&self.axes.before);
        for (ranges, (norm, trace)) in ranges.iter_mut().zip(norms) {
            let values = trace.output.view();
            let tokens = Ranges::of_tokens(values);
            let own = match norm {
                NormName::Batch => self.batch_ranges(state),
                NormName::Instance | NormName::Group => {
                    let mut moments = GroupMoments::default();
                    let padding = self.padding(state).from_sample(sample_read(state));
                    moments.update(values, trace.groups, padding);
                    Ranges::of(moments.mean.into_iter().zip(moments.std))
                }
                _ => tokens,
            };
            *ranges = OfNorm { tokens, own };
        }
        ranges
    }

    /// Those of the features after batch norm: all samples are in them, and what becomes of a feature is known without
    /// their outputs.
    fn batch_ranges(&self, state: &NormalizeState) -> Option<Ranges> {
        let [of_block, _] = &self.axes.batch;
        // Too few values have no mean.
        if of_block.mean.iter().any(|mean| !mean.is_finite()) {
            return None;
        }
        let variances = of_block.variance.iter().enumerate();
        Ranges::of(variances.map(|(feature, variance)| {
            let std = state.gamma_of(feature).abs() * (variance / (variance + state.eps)).sqrt();
            (state.beta_of(feature), std)
        }))
    }
}
