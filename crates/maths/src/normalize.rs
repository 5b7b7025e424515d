//! What normalization does to activations, with every intermediate step: LayerNorm and what is used
//! in its place, forward and backward.
//!
//! All of them are
//!
//! - x̂ = (x − μ) / √(σ² + ε)
//! - y = γ · x̂ + β, γ and β one value per feature
//!
//! and differ in the cells of the block (B, T, C) that μ = mean x and σ² = mean (x − μ)² are taken
//! over, its [`Groups`]:
//!
//! | [`Norm`] | μ and σ² over | source |
//! |---|---|---|
//! | layer | C | Ba et al. 2016, §3, equation 3; `torch.nn.LayerNorm(C)` |
//! | rms | C; μ = 0, no β | Zhang & Sennrich 2019, equation 4; ε as in Llama |
//! | batch | B, T | Ioffe & Szegedy 2015, algorithms 1 and 2; `torch.nn.BatchNorm1d` |
//! | instance | T | Ulyanov et al. 2016; `torch.nn.InstanceNorm1d` |
//! | group | T, C/G | Wu & He 2018, equation 7; `torch.nn.GroupNorm` |
//! | DyT | nothing: x̂ = tanh(αx) | Zhu et al. 2025 |
//! | none | nothing: x̂ = x | |
//!
//! Wu & He's picture of LayerNorm is of images and takes the mean over (C, H, W); that of a transformer
//! takes it over C alone. The same over (T, C) is here `Group { n_groups: 1 }`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

mod backward;
mod batch;
mod columns;
mod difference;
mod forward;
mod geometry;
mod groups;
mod invariance;
mod jacobian;
mod mistake;
mod moments;
mod norm;
mod padding;
mod running;
mod spec;

pub use backward::{NormGradients, normalize_backward, token_jacobian};
pub use batch::{BATCH_SIZES, BatchCase, BatchExperiment, BatchSpec};
pub use difference::{Difference, largest_difference};
pub use forward::{LayerNormTrace, NormTrace, layer_norm, normalize};
pub use geometry::{Basis, GeometryTrace, MOST_AXES};
pub use groups::{Cell, Groups, nearest_divisor};
pub use invariance::{InvarianceTrace, Undo};
pub use jacobian::{Direction, FiniteDifferences, JacobianTrace, Push};
pub use mistake::{Mistake, MistakeTrace};
pub use moments::{GroupMoments, TooFewValues};
pub use norm::{BatchMode, Norm};
pub use padding::Padding;
pub use running::{RunningSpec, RunningStatistics, RunningTable};
pub use spec::NormSpec;
