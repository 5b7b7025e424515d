//! What is measured over the batch sizes: spreads of the sample that stays, and gaps between training and evaluation.

use maths::normalize::{BATCH_SIZES, BatchCase};

use super::super::state::NormalizeState;
use super::kept::{Kept, N};

/// How many drawings a frame does: some 3 ms.
const DRAWN_AT_ONCE: usize = 25;

/// The headers of the series: batch sizes, spreads, gaps.
pub const HEADERS: [&str; N] = [
    "batch_size",
    "batch",
    "batch_over_samples",
    "batch_padded",
    "batch_masked",
    "instance_padded",
    "group_padded",
    "layer",
    "gap",
    "gap_shifted",
    "gap_over_samples",
];

impl Kept {
    /// Draws some more mates, and fills in the series.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    pub fn go_on(&mut self, state: &NormalizeState) {
        self.begin(state);
        if self.is_done {
            return;
        }
        self.is_done = self.experiment.step(DRAWN_AT_ONCE);
        let experiment = &self.experiment;
        for (series_idx, series) in self.series.iter_mut().enumerate() {
            series.clear();
            series.extend((0..BATCH_SIZES.len()).map(|size_idx| {
                let gap = |case, shifted| experiment.gap(case, size_idx, shifted);
                let value = match series_idx {
                    0 => Some(BATCH_SIZES[size_idx] as f64),
                    8 => gap(BatchCase::Batch, false),
                    9 => gap(BatchCase::Batch, true),
                    10 => gap(BatchCase::BatchOverSamples, false),
                    _ => BatchCase::ALL
                        .get(series_idx - 1)
                        .and_then(|&case| experiment.spread(case, size_idx)),
                };
                value.map_or(f32::NAN, |value| value as f32)
            }));
        }
    }

    /// The value of a series at a batch size; `None` where there is none.
    pub fn value(&self, series_idx: usize, size_idx: usize) -> Option<f64> {
        let value = self.series.get(series_idx)?.get(size_idx)?;
        Some(f64::from(*value)).filter(|value| !value.is_nan())
    }

    /// Counts the padding of the first drawing.
    #[allow(clippy::cast_precision_loss)]
    pub fn measure_padding(&mut self, size_idx: usize) {
        let Self {
            experiment,
            drawings: [first, _],
            real_lens,
            ..
        } = self;
        experiment.fill_batch(0, BATCH_SIZES[size_idx], first, real_lens);
        let longest = real_lens.iter().max().copied().unwrap_or(0);
        let n_places = (longest * real_lens.len()).max(1);
        let n_real: usize = real_lens.iter().sum();
        self.padded = 1.0 - n_real as f64 / n_places as f64;
    }
}
