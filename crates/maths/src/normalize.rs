//! What layer normalization does to activations, with every intermediate step.
//!
//! For each row x of C features, on its own (Ba et al. 2016, §3 equation 3; ε and the biased
//! variance as in PyTorch's `torch.nn.LayerNorm`):
//!
//! - μ = (1/C) Σ x
//! - σ² = (1/C) Σ (x − μ)²
//! - x̂ = (x − μ) / √(σ² + ε)
//! - y = γ · x̂ + β

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

use lanes::F64x2;
use ndarray::{Array2, ArrayView1, ArrayView2};

use crate::shape::reshape;
use crate::sum::sum_of;

/// The steps and the result of [`layer_norm`], in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct LayerNormTrace {
    /// μ of each row, in the unit of x. (N)
    pub mean: Vec<f64>,
    /// σ² of each row, biased (divided by C). (N)
    pub variance: Vec<f64>,
    /// 1 / √(σ² + ε) of each row; infinite where that is 1/0. (N)
    pub rstd: Vec<f64>,
    /// x̂. (N, C)
    pub normalized: Array2<f32>,
    /// y. (N, C)
    pub output: Array2<f32>,
    /// A row of the input, where its features are not side by side in memory. (C)
    scratch: Vec<f32>,
    /// γ of every feature. (C)
    gamma: Vec<f32>,
    /// β of every feature. (C)
    beta: Vec<f32>,
}

impl LayerNormTrace {
    /// Whether the normalized row is 0/0: all its features are equal and ε is 0. Its normalized
    /// values and outputs are then NaN.
    pub fn is_zero_over_zero(&self, row_idx: usize) -> bool {
        self.rstd
            .get(row_idx)
            .is_some_and(|rstd| rstd.is_infinite())
    }

    /// The step between x and x̂ of one row of the input that this trace is of: x − μ, in feature order.
    pub fn centered(&self, x: ArrayView2<'_, f32>, row_idx: usize) -> Vec<f32> {
        let (Some(mean), true) = (self.mean.get(row_idx), row_idx < x.nrows()) else {
            return Vec::new();
        };
        x.row(row_idx)
            .iter()
            .map(|&x| (f64::from(x) - mean) as f32)
            .collect()
    }
}

/// y = γ · (x − μ) / √(σ² + ε) + β, statistics over the C ≥ 1 features of each row of x. (N, C)
///
/// `gamma` and `beta` have one value per feature (C); features beyond a shorter one keep γ = 1, β = 0.
/// `eps` ≥ 0 stands inside the root. A row depends on nothing but itself, bit for bit.
///
/// Statistics take two passes in `f64`, so that a large mean does not eat up the variance.
/// A constant row gives exactly β with ε > 0; with ε = 0 it is 0/0, which gives NaN, see
/// [`LayerNormTrace::is_zero_over_zero`]. NaN or an infinity in a row makes that row NaN, no other.
pub fn layer_norm(
    x: ArrayView2<'_, f32>,
    gamma: &[f32],
    beta: &[f32],
    eps: f64,
    trace: &mut LayerNormTrace,
) {
    let (n_rows, n_features) = x.dim();
    let LayerNormTrace {
        mean,
        variance,
        rstd,
        normalized,
        output,
        scratch,
        gamma: full_gamma,
        beta: full_beta,
    } = trace;
    fill_up(full_gamma, gamma, n_features, 1.0);
    // Adding −0 changes nothing, not even a −0.
    fill_up(full_beta, beta, n_features, -0.0);
    let (gamma, beta) = (&*full_gamma, &*full_beta);
    for per_row in [&mut *mean, &mut *variance, &mut *rstd] {
        per_row.clear();
    }
    // An empty chunk size is not allowed; without features there are no values to fill either.
    let chunk = n_features.max(1);
    let normalized = reshape(normalized, n_rows, n_features).chunks_exact_mut(chunk);
    let output = reshape(output, n_rows, n_features).chunks_exact_mut(chunk);
    for (row, (normalized, output)) in x.rows().into_iter().zip(normalized.zip(output)) {
        let row = features_of(&row, scratch);
        let moments = normalize_row(row, eps, normalized);
        lanes::map([normalized, gamma, beta], output, |[x, gamma, beta]| {
            x * gamma + beta
        });
        mean.push(moments.mean);
        variance.push(moments.variance);
        rstd.push(moments.rstd);
    }
}

/// Makes `full` the first `n_features` of `given`, and `missing` for those that are not given.
fn fill_up(full: &mut Vec<f32>, given: &[f32], n_features: usize, missing: f32) {
    full.clear();
    full.extend_from_slice(&given[..given.len().min(n_features)]);
    full.resize(n_features, missing);
}

/// The features of one row side by side, copied only if they are not.
fn features_of<'a>(row: &'a ArrayView1<'a, f32>, scratch: &'a mut Vec<f32>) -> &'a [f32] {
    row.as_slice().unwrap_or_else(|| {
        scratch.clear();
        scratch.extend(row.iter());
        scratch
    })
}

struct Moments {
    mean: f64,
    variance: f64,
    rstd: f64,
}

/// x̂ of one row, and the statistics it is made with.
fn normalize_row(row: &[f32], eps: f64, normalized: &mut [f32]) -> Moments {
    let n_features = row.len() as f64;
    let mean = sum_of(row, |x| x) / n_features;
    let mean_lanes = F64x2::splat(mean);
    let squared_distance = |x| {
        let distance = x - mean_lanes;
        distance * distance
    };
    let variance = sum_of(row, squared_distance) / n_features;
    let rstd = (variance + eps).sqrt().recip();
    let rstd_lanes = F64x2::splat(rstd);
    lanes::map([row], normalized, |[x]| {
        F64x2::narrow(x.widen().map(|x| (x - mean_lanes) * rstd_lanes))
    });
    Moments {
        mean,
        variance,
        rstd,
    }
}
