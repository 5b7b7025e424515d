//! From x to y, with every step between.

use std::ops::Range;

use lanes::{F32x4, F64x2};
use ndarray::{Array2, ArrayView2};

use super::columns;
use super::groups::Groups;
use super::moments::{Columns, Rows, TooFewValues, moments, spread};
use super::norm::{BatchMode, Norm};
use super::running::RunningStatistics;
use super::spec::{NormSpec, fill_affine};
use crate::shape::reshape;
use crate::tanh::{SATURATION, tanh};

/// The steps and the result of [`normalize`], in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct NormTrace {
    /// Which cells share a mean and a variance.
    pub groups: Groups,
    /// μ of each group, in the unit of x; 0 for rms, which has none. (groups)
    pub mean: Vec<f64>,
    /// σ² of each group, biased unless asked otherwise; for rms the mean square. (groups)
    pub variance: Vec<f64>,
    /// 1 / √(σ² + ε) of each group; infinite where that is 1/0. (groups)
    pub rstd: Vec<f64>,
    /// How many values the statistics of each group are of; 0 for batch norm in evaluation. (groups)
    pub n_values: Vec<usize>,
    /// x̂. (N, C)
    pub normalized: Array2<f32>,
    /// y. (N, C)
    pub output: Array2<f32>,
    /// γ of every feature. (C)
    gamma: Vec<f32>,
    /// β of every feature. (C)
    beta: Vec<f32>,
    columns: Columns,
    /// The input, where its features are not side by side in memory. (N, C)
    input: Vec<f32>,
    /// A row of padding. (C)
    zeros: Vec<f32>,
}

/// The trace of [`layer_norm`]: its groups are the rows.
pub type LayerNormTrace = NormTrace;

impl NormTrace {
    /// Whether the normalized group is 0/0: all its values are equal and ε is 0. Its normalized
    /// values and outputs are then NaN. The groups of layer and rms are the rows.
    pub fn is_zero_over_zero(&self, group_idx: usize) -> bool {
        self.rstd
            .get(group_idx)
            .is_some_and(|rstd| rstd.is_infinite())
    }

    /// y for other γ and β: what [`normalize`] makes of the same input, with the x̂ that is here. All else
    /// of `spec` is as it was, and there were enough values.
    pub fn rescale(&mut self, seq_len: usize, spec: &NormSpec<'_>) {
        let (_, n_features) = self.normalized.dim();
        fill_affine(spec, n_features, [&mut self.gamma, &mut self.beta]);
        let (Some(normalized), Some(output)) =
            (self.normalized.as_slice(), self.output.as_slice_mut())
        else {
            return;
        };
        let width = n_features.max(1);
        let is_left_out = |row_idx| {
            let padding = spec.padding;
            !padding.real_lens.is_empty()
                && !padding.counted
                && padding.is_padding(row_idx / seq_len.max(1), row_idx % seq_len.max(1))
        };
        let rows = normalized.chunks(width).zip(output.chunks_mut(width));
        for (row_idx, (normalized, output)) in rows.enumerate() {
            if !is_left_out(row_idx) {
                scale_row(normalized, &self.gamma, &self.beta, output);
            }
        }
    }

    /// The step between x and x̂ of one row of the input that this trace is of: x − μ, in feature
    /// order; x itself where there are no statistics.
    pub fn centered(&self, x: ArrayView2<'_, f32>, row_idx: usize) -> Vec<f32> {
        if row_idx >= x.nrows() {
            return Vec::new();
        }
        let row = x.row(row_idx).to_vec();
        let mut centered = vec![0.0; row.len()];
        self.centre(&row, row_idx, &mut centered);
        centered
    }

    /// Makes `centered` x − μ of a row.
    pub(super) fn centre(&self, row: &[f32], row_idx: usize, centered: &mut [f32]) {
        let first = self.groups.of_row(row_idx);
        let features_per_group = self.groups.features_per_group().max(1);
        for (feature, (centered, &x)) in centered.iter_mut().zip(row).enumerate() {
            let mean = self.mean.get(first + feature / features_per_group);
            *centered = (f64::from(x) - mean.unwrap_or(&0.0)) as f32;
        }
    }
}

/// y = γ · (x − μ) / √(σ² + ε) + β, statistics over the C ≥ 1 features of each row of x. (N, C)
///
/// The short form of [`normalize`] for LayerNorm: `gamma` and `beta` have one value per feature (C),
/// `eps` ≥ 0 stands inside the root. A row depends on nothing but itself, bit for bit.
pub fn layer_norm(
    x: ArrayView2<'_, f32>,
    gamma: &[f32],
    beta: &[f32],
    eps: f64,
    trace: &mut LayerNormTrace,
) {
    let spec = NormSpec {
        eps,
        gamma,
        beta,
        ..NormSpec::default()
    };
    // Only batch norm can have too few values.
    normalize(x, 1, &spec, trace).ok();
}

/// Normalizes x, shape (B·T, C), row = sample·T + token, T = `seq_len`.
///
/// Statistics take two passes in `f64`, so that a large mean does not eat up the variance. A constant
/// group gives exactly β with ε > 0; with ε = 0 it is 0/0, which gives NaN, see
/// [`NormTrace::is_zero_over_zero`]. NaN or an infinity makes its own group NaN, no other.
///
/// # Errors
///
/// [`TooFewValues`] for batch norm in training with one value per feature. All of the trace is then
/// NaN.
pub fn normalize(
    x: ArrayView2<'_, f32>,
    seq_len: usize,
    spec: &NormSpec<'_>,
    trace: &mut NormTrace,
) -> Result<(), TooFewValues> {
    let (n_rows, n_features) = x.dim();
    let NormTrace {
        groups,
        mean,
        variance,
        rstd,
        n_values,
        normalized,
        output,
        gamma,
        beta,
        columns,
        input,
        zeros,
    } = trace;
    *groups = Groups::of(spec.norm, n_rows, seq_len, n_features);
    fill_affine(spec, n_features, [gamma, beta]);
    columns.resize(n_features);
    for per_group in [&mut *mean, &mut *variance, &mut *rstd] {
        per_group.clear();
        per_group.resize(groups.count(), f64::NAN);
    }
    n_values.clear();
    n_values.resize(groups.count(), 0);
    let rows = Rows::new(&x, seq_len, spec.padding, input, zeros);
    let mut results = Results {
        gamma,
        beta,
        normalized: reshape(normalized, n_rows, n_features),
        output: reshape(output, n_rows, n_features),
    };
    match spec.norm {
        Norm::None => results.write(&rows, 0..n_rows, Step::Copy),
        Norm::DyT { alpha } => results.write(&rows, 0..n_rows, Step::Tanh { alpha }),
        _ => {}
    }
    let kind = spec.kind();
    let is_eval = spec.norm == Norm::Batch(BatchMode::Eval);
    let needs_two = spec.norm == Norm::Batch(BatchMode::Train);
    for (block, of_block) in groups.blocks() {
        let (mean, variance) = (&mut mean[of_block.clone()], &mut variance[of_block.clone()]);
        let n = if is_eval {
            RunningStatistics::fill(spec.running, mean, variance);
            spread(mean, &mut columns.mean);
            0
        } else {
            moments(&rows, block.clone(), kind, columns, [mean, variance])
        };
        n_values[of_block.clone()].fill(n);
        if needs_two && n < 2 {
            for table in [results.normalized, results.output] {
                table.fill(f32::NAN);
            }
            mean.fill(f64::NAN);
            variance.fill(f64::NAN);
            return Err(TooFewValues { n_values: n });
        }
        let rstd = &mut rstd[of_block];
        for (rstd, &variance) in rstd.iter_mut().zip(&*variance) {
            *rstd = spec.rstd(variance);
        }
        let step = if let (&[mean], &[rstd]) = (&*mean, &*rstd) {
            Step::Whole { mean, rstd }
        } else {
            spread(rstd, &mut columns.rstd);
            Step::Columns(columns)
        };
        results.write(&rows, block, step);
    }
    Ok(())
}

/// y of one row of x̂.
#[inline(always)]
fn scale_row(normalized: &[f32], gamma: &[f32], beta: &[f32], output: &mut [f32]) {
    lanes::map([normalized, gamma, beta], output, |[x, gamma, beta]| {
        x * gamma + beta
    });
}

/// How x̂ is made from x.
#[derive(Clone, Copy)]
enum Step<'a> {
    Copy,
    Tanh {
        alpha: f64,
    },
    /// One mean and one variance for the whole row.
    Whole {
        mean: f64,
        rstd: f64,
    },
    /// A mean and a variance of each feature.
    Columns(&'a Columns),
}

/// The tables that are filled row by row.
struct Results<'a> {
    gamma: &'a [f32],
    beta: &'a [f32],
    normalized: &'a mut [f32],
    output: &'a mut [f32],
}

impl Results<'_> {
    /// Makes x̂ and y of these rows.
    fn write(&mut self, rows: &Rows<'_>, block: Range<usize>, step: Step<'_>) {
        for row_idx in block {
            let range = rows.range(row_idx);
            let normalized = &mut self.normalized[range.clone()];
            let output = &mut self.output[range];
            if let Some(row) = rows.get(row_idx) {
                step.apply(row, normalized);
                scale_row(normalized, self.gamma, self.beta, output);
            } else {
                normalized.fill(0.0);
                output.fill(0.0);
            }
        }
    }
}

impl Step<'_> {
    /// x̂ of one row.
    fn apply(self, row: &[f32], normalized: &mut [f32]) {
        match self {
            Step::Copy => normalized.copy_from_slice(row),
            Step::Tanh { alpha } => {
                let end = F32x4::splat((SATURATION / alpha.abs()) as f32);
                let start = F32x4::splat(-(SATURATION / alpha.abs()) as f32);
                let alpha = F64x2::splat(alpha);
                lanes::map([row], normalized, |[x]| {
                    let x = x.min(end).max(start).widen();
                    F64x2::narrow(x.map(|x| tanh(x * alpha)))
                });
            }
            Step::Whole { mean, rstd } => {
                let (mean, rstd) = (F64x2::splat(mean), F64x2::splat(rstd));
                lanes::map([row], normalized, |[x]| {
                    F64x2::narrow(x.widen().map(|x| (x - mean) * rstd))
                });
            }
            Step::Columns(columns) => {
                let at = [&columns.mean[..], &columns.rstd];
                columns::map([row], at, normalized, |[x], [mean, rstd]| (x - mean) * rstd);
            }
        }
    }
}
