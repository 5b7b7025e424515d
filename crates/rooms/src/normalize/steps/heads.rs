//! What stands above x, x̂ and y.

use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};

/// What x becomes on its way to y.
pub struct Way {
    pub norm: NormName,
    /// Whether the norm uses what it remembers of earlier batches.
    pub evaluates: bool,
    pub is_unbiased: bool,
    /// Whether ε counts beside the variance of some group.
    pub eps_counts: bool,
    pub affine: bool,
}

impl Way {
    /// That of this state.
    pub fn of(scene: &NormalizeScene, state: &NormalizeState) -> Self {
        Self {
            norm: state.norm,
            evaluates: state.evaluates(),
            is_unbiased: state.is_unbiased(),
            eps_counts: scene.eps_counts(state),
            affine: state.affine,
        }
    }
}

/// Symbol and note above x, x̂ and y; where ε counts beside the variance of some group, x̂ has less than is meant.
pub fn heads(way: &Way) -> [(&'static str, &'static str); 3] {
    let normalized = match way.norm {
        NormName::Batch if way.evaluates => "by remembered μ and σ",
        NormName::Rms if way.eps_counts => "mean square below 1: ε counts",
        NormName::Instance | NormName::Group if way.eps_counts => "μ = 0, σ below 1: ε counts",
        NormName::Layer | NormName::Batch if way.eps_counts => "variance below 1: ε counts",
        NormName::Layer if way.is_unbiased => "mean 0, variance (n − 1)/n",
        NormName::Layer => "mean 0, variance 1 per token",
        NormName::Rms => "mean square 1 per token",
        NormName::Batch => "mean 0, variance 1 per feature",
        NormName::Instance => "μ = 0, σ = 1 per sample, feature",
        NormName::Group => "μ = 0, σ = 1 per sample, group",
        NormName::DyT => "tanh(α x)",
        NormName::None => "x itself",
    };
    let output = match way.norm {
        _ if !way.affine => "no γ, no β",
        NormName::Rms => "scaled by γ",
        _ => "scaled by γ, shifted by β",
    };
    [("x", "input"), ("x̂", normalized), ("y", output)]
}
