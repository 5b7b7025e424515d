//! The block of a transformer, forward and backward: attention over heads, feed-forward, residual and norm.
//!
//! One sequence at a time: activations are (n, d), a row per token. Weights are (inputs, outputs) and stand on the right,
//! y = x·W, without bias vectors. Every trace keeps its buffers, so that following a slider allocates nothing; each
//! backward takes the trace that its forward made.
//!
//! | file | formula | source |
//! |---|---|---|
//! | [`attention`] | softmax(Q·Kᵀ/√d_head)·V for each head, then W_O | Vaswani et al. 2017, §3.2 |
//! | [`built`] | heads that are written down: PE(p)·M_oᵀ = PE(p + o) as W_Q | Vaswani et al. 2017, §3.5 |
//! | [`Induction`] | two of them, which continue a text | Elhage et al. 2021, Olsson et al. 2022 |
//! | [`HeadScores`] | (E + P)·W_Q·W_Kᵀ·(E + P)ᵀ in its four parts | Ke, He & Liu 2021, §3.1 |
//! | [`several`] | four heads against one of the same width | |
//! | [`feed_forward`] | max(0, x·W₁)·W₂ | Vaswani et al. 2017, §3.3 |
//! | [`Placement`] | LayerNorm(x + f(x)), x + f(LayerNorm(x)), … | see there |
//! | [`MistakeMaps`] | what real bugs make of it | see there |
//! | [`Stack`] | many blocks, a head and a loss | Xiong et al. 2020, §3 |

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

mod attention;
mod block;
pub mod built;
mod feed_forward;
mod induction;
mod mistakes;
mod product;
pub mod several;
mod split;
mod stack;

pub use attention::{
    AttentionGradients, AttentionSpec, AttentionTrace, Mask, Projections, attention,
    attention_backward, softmax,
};
pub use block::{
    BlockGradients, BlockSpec, BlockTrace, BlockWeights, Placement, block, block_backward,
};
pub use feed_forward::{
    FeedForward, FeedForwardGradients, FeedForwardTrace, feed_forward, feed_forward_backward,
};
pub use induction::Induction;
pub use mistakes::{AttentionMistake, MistakeMaps, WeightSymptom};
pub use split::HeadScores;
pub use stack::{Arrangement, GradientSizes, Loss, N_CLASSES, Stack, StackSpec, Stream};
