//! What a norm is told besides its input.

use super::moments::Kind;
use super::norm::Norm;
use super::padding::Padding;
use super::running::RunningStatistics;

/// Everything that the result depends on besides the input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NormSpec<'a> {
    /// What is normalized by what.
    pub norm: Norm,
    /// ε ≥ 0.
    pub eps: f64,
    /// γ of each feature (C); 1 for those beyond its end, so that an empty one means no γ.
    pub gamma: &'a [f32],
    /// β of each feature (C); 0 for those beyond its end.
    pub beta: &'a [f32],
    /// Divide the sum of squares by n − 1 instead of n. No framework's norm does, some people's own do.
    /// It makes no difference for rms, whose mean square is no variance, and in evaluation.
    pub unbiased: bool,
    /// x̂ = (x − μ) / (σ + ε) instead of (x − μ) / √(σ² + ε).
    pub eps_outside: bool,
    /// Which positions are no tokens.
    pub padding: Padding<'a>,
    /// What batch norm evaluates with; mean 0 and variance 1, with which PyTorch begins, where there is
    /// nothing.
    pub running: Option<&'a RunningStatistics>,
}

impl Default for NormSpec<'_> {
    /// PyTorch's `LayerNorm` without γ and β.
    fn default() -> Self {
        Self {
            norm: Norm::Layer,
            eps: 1e-5,
            gamma: &[],
            beta: &[],
            unbiased: false,
            eps_outside: false,
            padding: Padding::default(),
            running: None,
        }
    }
}

impl NormSpec<'_> {
    /// A mean square is no variance: there is no degree of freedom to take off.
    pub(super) fn kind(&self) -> Kind {
        Kind {
            centred: self.norm != Norm::Rms,
            unbiased: self.unbiased && self.norm != Norm::Rms,
        }
    }

    /// What values are multiplied with whose variance is this.
    pub(super) fn rstd(&self, variance: f64) -> f64 {
        if self.eps_outside {
            (variance.sqrt() + self.eps).recip()
        } else {
            (variance + self.eps).sqrt().recip()
        }
    }
}

/// γ and β of every feature, 1 and nothing where there are none.
pub(super) fn fill_affine(
    spec: &NormSpec<'_>,
    n_features: usize,
    [gamma, beta]: [&mut Vec<f32>; 2],
) {
    fill_up(gamma, spec.gamma, n_features, 1.0);
    // Adding −0 changes nothing, not even a −0.
    let given_beta = if spec.norm == Norm::Rms {
        &[]
    } else {
        spec.beta
    };
    fill_up(beta, given_beta, n_features, -0.0);
}

/// Makes `full` the first `n_features` of `given`, and `missing` for those that are not given.
pub(super) fn fill_up(full: &mut Vec<f32>, given: &[f32], n_features: usize, missing: f32) {
    full.clear();
    full.extend_from_slice(&given[..given.len().min(n_features)]);
    full.resize(n_features, missing);
}
