//! The gradients of a norm: what a loss that depends on y says of x, γ and β.
//!
//! With g = γ ⊙ dy, the means those of a group: dx = (g − mean g − x̂ · mean(g ⊙ x̂)) / √(σ² + ε). So
//! what g has along ones and along x̂ does not get through (Xu et al. 2019; the same for batch norm in
//! Ioffe & Szegedy 2015, §3). Where no mean is taken off, as in rms, the mean of g is not either.

use std::array::from_fn;
use std::ops::Range;

use lanes::{F32x4, F64x2};
use ndarray::{Array2, ArrayView2};

use super::moments::{Rows, side_by_side, spread};
use super::spec::fill_up;
use super::{BatchMode, Norm, NormSpec, NormTrace, columns};
use crate::shape::reshape;
use crate::sum::sums_over;

/// The gradients that [`normalize_backward`] makes, in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct NormGradients {
    /// ∂L/∂x. (N, C)
    pub dx: Array2<f32>,
    /// ∂L/∂γ = Σ dy ⊙ x̂ over all rows. (C)
    pub dgamma: Vec<f64>,
    /// ∂L/∂β = Σ dy over all rows; empty for rms, which has no β. (C)
    pub dbeta: Vec<f64>,
    /// γ of every feature. (C)
    gamma: Vec<f32>,
    /// Per feature: Σ dy, then what is taken off. (C)
    of_ones: Vec<f64>,
    /// Per feature: Σ dy · (x − μ), then what x − μ is multiplied with. (C)
    of_centred: Vec<f64>,
    /// Per feature: μ of its group. (C)
    mean: Vec<f64>,
    /// Per feature: 1/σ of its group, then what dy is multiplied with. (C)
    rstd: Vec<f64>,
    /// Inputs where their features are not side by side in memory, and a row of padding.
    buffers: [Vec<f32>; 3],
}

/// The gradients of a norm for `dy` = ∂L/∂y, shape (B·T, C), given the input, the spec and the trace
/// that [`normalize`](super::normalize) made of them.
///
/// All in `f64` but for dx, which is rounded at the end. Positions of padding that is left out have dx
/// = 0, and their dy is not read. Where the group is 0/0, its dx is NaN; all of dx is if the shapes of
/// x, dy and the trace differ.
pub fn normalize_backward(
    x: ArrayView2<'_, f32>,
    spec: &NormSpec<'_>,
    trace: &NormTrace,
    dy: ArrayView2<'_, f32>,
    gradients: &mut NormGradients,
) {
    let (n_rows, n_features) = x.dim();
    let groups = trace.groups;
    let NormGradients {
        dx,
        dgamma,
        dbeta,
        gamma,
        of_ones,
        of_centred,
        mean,
        rstd,
        buffers: [input, dy_buffer, zeros],
    } = gradients;
    fill_up(gamma, spec.gamma, n_features, 1.0);
    for column in [&mut *dgamma, dbeta] {
        column.clear();
        column.resize(n_features, 0.0);
    }
    for column in [&mut *of_ones, of_centred, mean, rstd] {
        column.resize(n_features, 0.0);
    }
    let dx = reshape(dx, n_rows, n_features);
    let fits = [trace.normalized.dim(), dy.dim()] == [x.dim(); 2];
    dx.fill(if fits { 0.0 } else { f32::NAN });
    if !fits {
        return;
    }
    let rows = Rows::new(&x, groups.seq_len(), spec.padding, input, zeros);
    let dy = side_by_side(&dy, dy_buffer);
    // Row, its x and its dy, for every row that is not left out.
    let rows_of = |block: Range<usize>| {
        block.filter_map(|row_idx| {
            let range = rows.range(row_idx);
            Some((range.clone(), rows.get(row_idx)?, dy.get(range)?))
        })
    };

    if groups.count() == 0 {
        let normalized = trace.normalized.as_slice().unwrap_or_default();
        for (range, x, dy) in rows_of(0..n_rows) {
            let normalized = normalized.get(range.clone()).unwrap_or_default();
            let sums = [&mut dgamma[..], dbeta];
            columns::add([dy, normalized], mean, sums, |[dy, x], _| [dy * x, dy]);
            derivative_alone(spec.norm, [dy, gamma, x], &mut dx[range]);
        }
    }
    for (block, of_block) in groups.blocks() {
        if of_block.len() == 1 {
            // One group as wide as a row: sums along the rows, not down the columns.
            let group_idx = of_block.start;
            let rstd_of_group = trace.rstd[group_idx];
            let centre = F64x2::splat(trace.mean[group_idx]);
            rstd.fill(rstd_of_group);
            let (mut ones, mut centred) = (0.0, 0.0);
            for (_, x, dy) in rows_of(block.clone()) {
                let [more_ones, more_centred] = sums_over([x, dy, gamma], |[x, dy, gamma]| {
                    let g = gamma * dy;
                    [g, g * (x - centre)]
                });
                ones += more_ones;
                centred += more_centred;
                let sums = [&mut dgamma[..], dbeta];
                columns::add([x, dy], rstd, sums, |[x, dy], rstd| {
                    [dy * (x - centre) * rstd, dy]
                });
            }
            let weights = Weights::new(spec, trace, group_idx);
            let ones = F64x2::splat(ones * weights.ones);
            let centred = F64x2::splat(centred * weights.centred);
            let rstd = F64x2::splat(rstd_of_group);
            for (range, x, dy) in rows_of(block) {
                lanes::map([x, dy, gamma], &mut dx[range], |inputs| {
                    let [x, dy, gamma] = inputs.map(F32x4::widen);
                    F64x2::narrow(from_fn(|half| {
                        dy[half] * gamma[half] * rstd - ones - (x[half] - centre) * centred
                    }))
                });
            }
            continue;
        }
        spread(&trace.mean[of_block.clone()], mean);
        spread(&trace.rstd[of_block.clone()], rstd);
        of_ones.fill(0.0);
        of_centred.fill(0.0);
        for (_, x, dy) in rows_of(block.clone()) {
            let sums = [&mut of_ones[..], of_centred];
            columns::add([x, dy], mean, sums, |[x, dy], mean| [dy, dy * (x - mean)]);
        }
        for feature in 0..n_features {
            dgamma[feature] += of_centred[feature] * rstd[feature];
            dbeta[feature] += of_ones[feature];
        }
        let features_per_group = groups.features_per_group();
        for (idx, group_idx) in of_block.enumerate() {
            let features = idx * features_per_group..(idx + 1) * features_per_group;
            let weights = Weights::new(spec, trace, group_idx);
            let (mut ones, mut centred) = (0.0, 0.0);
            for feature in features.clone() {
                ones += f64::from(gamma[feature]) * of_ones[feature];
                centred += f64::from(gamma[feature]) * of_centred[feature];
                rstd[feature] *= f64::from(gamma[feature]);
            }
            of_ones[features.clone()].fill(ones * weights.ones);
            of_centred[features].fill(centred * weights.centred);
        }
        let at = [&rstd[..], of_ones, mean, of_centred];
        for (range, x, dy) in rows_of(block) {
            columns::map(
                [x, dy],
                at,
                &mut dx[range],
                |[x, dy], [dy_factor, ones, mean, centred]| {
                    dy * dy_factor - ones - (x - mean) * centred
                },
            );
        }
    }
    if spec.norm == Norm::Rms {
        dbeta.clear();
    }
}

/// ∂yᵢ/∂xⱼ within one token, row i the output and column j the input, (C, C), for any norm, given the input, the spec and
/// the trace that [`normalize`](super::normalize) made of them. [`JacobianTrace`](super::JacobianTrace) has that of
/// LayerNorm and RMSNorm in full precision.
///
/// What other tokens of the same group do to this one is not in it. Zero where there is no such row, and where the
/// row is padding that is left out; NaN within groups that are 0/0.
pub fn token_jacobian(
    x: ArrayView2<'_, f32>,
    spec: &NormSpec<'_>,
    trace: &NormTrace,
    row_idx: usize,
    jacobian: &mut Array2<f32>,
) {
    let n_features = x.ncols();
    let groups = trace.groups;
    let entries = reshape(jacobian, n_features, n_features);
    entries.fill(0.0);
    let seq_len = groups.seq_len().max(1);
    let is_padding = spec
        .padding
        .is_padding(row_idx / seq_len, row_idx % seq_len);
    if row_idx >= x.nrows().min(trace.normalized.nrows()) || is_padding && !spec.padding.counted {
        return;
    }
    let x = |feature: usize| {
        if is_padding {
            0.0
        } else {
            f64::from(x[(row_idx, feature)])
        }
    };
    let gamma = |feature: usize| {
        spec.gamma
            .get(feature)
            .map_or(1.0, |&gamma| f64::from(gamma))
    };
    let rows = entries.chunks_exact_mut(n_features.max(1)).enumerate();
    if groups.count() == 0 {
        let mut slope = [0.0];
        for (i, row) in rows {
            derivative_alone(
                spec.norm,
                [&[1.0], &[gamma(i) as f32], &[x(i) as f32]],
                &mut slope,
            );
            [row[i]] = slope;
        }
        return;
    }
    let features_per_group = groups.features_per_group().max(1);
    for (i, row) in rows {
        let group_idx = groups.of_row(row_idx) + i / features_per_group;
        let weights = Weights::new(spec, trace, group_idx);
        let mean = trace.mean[group_idx];
        let centred = weights.centred * (x(i) - mean);
        let first = i / features_per_group * features_per_group;
        let of_group = row
            .iter_mut()
            .enumerate()
            .skip(first)
            .take(features_per_group);
        for (j, entry) in of_group {
            let direct = if i == j { trace.rstd[group_idx] } else { 0.0 };
            let through = weights.ones + centred * (x(j) - mean);
            *entry = (gamma(i) * (direct - through)) as f32;
        }
    }
}

/// dx of a norm without statistics: γ · dy times the derivative of x̂. From x and not from x̂, which in `f32` has few
/// digits left of its distance to ±1.
fn derivative_alone(norm: Norm, [dy, gamma, x]: [&[f32]; 3], dx: &mut [f32]) {
    lanes::map([dy, gamma], dx, |[dy, gamma]| dy * gamma);
    if let Norm::DyT { alpha } = norm {
        for (dx, &x) in dx.iter_mut().zip(x) {
            // 1/cosh² z, in which nothing cancels and nothing overflows.
            let fall = (-2.0 * (alpha * f64::from(x)).abs()).exp();
            let slope = alpha * 4.0 * fall / ((1.0 + fall) * (1.0 + fall));
            *dx = (f64::from(*dx) * slope) as f32;
        }
    }
}

/// What the sums over a group are multiplied with.
struct Weights {
    /// Σ g
    ones: f64,
    /// Σ g · (x − μ)
    centred: f64,
}

impl Weights {
    fn new(spec: &NormSpec<'_>, trace: &NormTrace, group_idx: usize) -> Self {
        // Running statistics do not depend on x.
        if spec.norm == Norm::Batch(BatchMode::Eval) {
            return Self {
                ones: 0.0,
                centred: 0.0,
            };
        }
        let rstd = trace.rstd[group_idx];
        let n = trace.n_values[group_idx] as f64;
        let kind = spec.kind();
        // d rstd/dx = −rstd³ · (x − μ)/n, and with ε outside of the root, where rstd is 1/(σ + ε),
        // −rstd² · (x − μ)/(n σ), which vanishes with σ.
        let variance = trace.variance[group_idx];
        let cube = match (spec.eps_outside, variance > 0.0) {
            (false, _) => rstd * rstd * rstd,
            (true, true) => rstd * rstd / variance.sqrt(),
            (true, false) => 0.0,
        };
        Self {
            ones: if kind.centred { rstd / n } else { 0.0 },
            centred: cube / kind.degrees(n),
        }
    }
}
