//! Batch norm's running statistics: what it remembers of the batches it was trained on.

use ndarray::{Array2, ArrayView2};

use super::moments::{Columns, Kind, Rows, TooFewValues, moments};
use super::padding::Padding;
use crate::inputs::{Distribution, InputSpec, affine_of, fill_input, fill_noise};
use crate::shape::reshape;

/// Mean and variance of each feature, followed over batches: r ← r + m · (batch − r), m the momentum
/// (Ioffe & Szegedy 2015, §3.1; with this form and the unbiased variance as in `torch.nn.BatchNorm1d`).
#[derive(Clone, Debug, Default)]
pub struct RunningStatistics {
    /// The running mean, 0 before any batch. (C)
    pub mean: Vec<f64>,
    /// The running variance, of unbiased variances, 1 before any batch. (C)
    pub variance: Vec<f64>,
    /// How many batches were observed.
    pub n_batches: usize,
    /// Mean and variance of one batch. (C)
    batch: [Vec<f64>; 2],
    columns: Columns,
    input: Vec<f32>,
    zeros: Vec<f32>,
}

/// Two are equal that evaluate alike.
impl PartialEq for RunningStatistics {
    fn eq(&self, other: &Self) -> bool {
        (&self.mean, &self.variance) == (&other.mean, &other.variance)
    }
}

impl RunningStatistics {
    /// Forgets all batches: mean 0 and variance 1 for each feature.
    pub fn restart(&mut self, n_features: usize) {
        for (running, start) in [(&mut self.mean, 0.0), (&mut self.variance, 1.0)] {
            running.clear();
            running.resize(n_features, start);
        }
        self.n_batches = 0;
    }

    /// Follows one more batch x, shape (B·T, C), as batch norm does in training. `momentum` is the
    /// weight of the new batch, 0.1 in PyTorch. Features beyond those that were
    /// [restarted](Self::restart) with are not followed.
    ///
    /// # Errors
    ///
    /// [`TooFewValues`] where the batch has one value per feature; nothing changes then.
    pub fn observe(
        &mut self,
        x: ArrayView2<'_, f32>,
        seq_len: usize,
        padding: Padding<'_>,
        momentum: f64,
    ) -> Result<(), TooFewValues> {
        let Self {
            mean,
            variance,
            n_batches,
            batch: [batch_mean, batch_variance],
            columns,
            input,
            zeros,
        } = self;
        let (n_rows, n_features) = x.dim();
        columns.resize(n_features);
        batch_mean.resize(n_features, 0.0);
        batch_variance.resize(n_features, 0.0);
        let rows = Rows::new(&x, seq_len, padding, input, zeros);
        let kind = Kind {
            centred: true,
            unbiased: true,
        };
        let of_batch = [&mut batch_mean[..], batch_variance];
        let n_values = moments(&rows, 0..n_rows, kind, columns, of_batch);
        if n_values < 2 {
            return Err(TooFewValues { n_values });
        }
        for (running, batch) in [(mean, batch_mean), (variance, batch_variance)] {
            for (running, &mut batch) in running.iter_mut().zip(batch) {
                *running += momentum * (batch - *running);
            }
        }
        *n_batches += 1;
        Ok(())
    }

    /// The statistics in use: 0 and 1 for features that there are none of.
    pub(super) fn fill(running: Option<&Self>, mean: &mut [f64], variance: &mut [f64]) {
        mean.fill(0.0);
        variance.fill(1.0);
        let Some(running) = running else { return };
        for (filled, given) in [(mean, &running.mean), (variance, &running.variance)] {
            for (filled, &given) in filled.iter_mut().zip(given) {
                *filled = given;
            }
        }
    }
}

/// Training batches for [`RunningTable`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RunningSpec<'a> {
    /// What batches are like. Each is drawn from a seed of its own, which no seed below 2³² gives as an
    /// input; custom values are the same in each.
    pub input: InputSpec<'a>,
    /// Which positions are no tokens, in every batch.
    pub padding: Padding<'a>,
    /// How many batches to train on.
    pub n_batches: usize,
    /// The weight of each new batch, 0 to 1.
    pub momentum: f64,
}

impl RunningSpec<'_> {
    /// Whether batches are noise that was stretched by the std and moved by the mean, all of it. Then so are their
    /// statistics, and another mean or std needs no other training. Zeros of counted padding stay zeros.
    pub fn is_affine(&self) -> bool {
        let has_zeros = self.padding.counted && !self.padding.real_lens.is_empty();
        !has_zeros && self.input.distribution != Distribution::Custom
    }
}

/// Running statistics made from seeded training batches, in steps that fit between frames.
#[derive(Clone, Debug, Default)]
pub struct RunningTable {
    statistics: RunningStatistics,
    /// Of the noise, or of batches that are not [affine](RunningSpec::is_affine).
    of_drawn: RunningStatistics,
    batch: Array2<f32>,
}

impl RunningTable {
    /// Forgets all batches.
    pub fn restart(&mut self, d_model: usize) {
        self.statistics.restart(d_model);
        self.of_drawn.restart(d_model);
    }

    /// Trains on at most `n_more` more batches, until they are as many as `spec` says; returns whether
    /// they are. One batch takes about as long as drawing it: 10 ns a value. After anything in `spec`
    /// but the number of batches has changed, [restart](Self::restart) first; not for another mean or std
    /// where batches are [affine](RunningSpec::is_affine), which the statistics follow at once.
    ///
    /// # Errors
    ///
    /// [`TooFewValues`] where batches have one value per feature.
    pub fn step(&mut self, spec: &RunningSpec<'_>, n_more: usize) -> Result<bool, TooFewValues> {
        let n_done = self.of_drawn.n_batches;
        let is_affine = spec.is_affine();
        for batch_idx in n_done..spec.n_batches.min(n_done.saturating_add(n_more)) {
            let batch = InputSpec {
                seed: spec.input.seed ^ ((batch_idx as u64 + 1) << 32),
                ..spec.input
            };
            if is_affine {
                let n_rows = batch.batch * batch.seq_len;
                fill_noise(&batch, reshape(&mut self.batch, n_rows, batch.d_model));
            } else {
                fill_input(&batch, &mut self.batch);
            }
            self.of_drawn.observe(
                self.batch.view(),
                spec.input.seq_len,
                spec.padding,
                spec.momentum,
            )?;
        }
        self.move_statistics(spec);
        Ok(self.of_drawn.n_batches >= spec.n_batches)
    }

    /// From the noise to the input: a running mean begins at 0 and a running variance at 1 whatever the input,
    /// and this start is still in them, as far as momentum has left it.
    fn move_statistics(&mut self, spec: &RunningSpec<'_>) {
        let (mean, std) = if spec.is_affine() {
            affine_of(&spec.input)
        } else {
            (0.0, 1.0)
        };
        let RunningStatistics {
            mean: means,
            variance: variances,
            n_batches,
            ..
        } = &self.of_drawn;
        #[expect(clippy::cast_precision_loss, reason = "a few batches")]
        let start = (1.0 - spec.momentum).powf(*n_batches as f64);
        let moved = &mut self.statistics;
        moved.n_batches = *n_batches;
        for (moved, of_noise) in moved.mean.iter_mut().zip(means) {
            *moved = (1.0 - start) * mean + std * of_noise;
        }
        for (moved, of_noise) in moved.variance.iter_mut().zip(variances) {
            *moved = start + std * std * (of_noise - start);
        }
    }

    /// What there is so far.
    pub fn statistics(&self) -> &RunningStatistics {
        &self.statistics
    }
}
