//! What the part keeps from frame to frame.

use maths::normalize::{GroupMoments, NormTrace, RunningStatistics};
use ndarray::Array2;

use super::super::state::NormName;

/// How many norms stand side by side.
pub const N: usize = NormName::COMPARED.len();

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// One for each norm, of the sample that is read.
    pub before: [NormTrace; N],
    pub after: [NormTrace; N],
    /// Batch norm of all samples, before and after.
    pub whole: [NormTrace; 2],
    /// What `before` was made from.
    pub before_of: Option<MadeFrom>,
    /// What `whole[0]` was made from.
    pub whole_of: Option<MadeFrom>,
    /// What `change` was made from: the token, the feature where one counts, and what is added.
    pub change_of: Option<(MadeFrom, usize, Option<usize>, f64)>,
    /// The means and variances of the whole block that batch norm takes, before and after.
    pub batch: [RunningStatistics; 2],
    pub moments: GroupMoments,
    /// x with the change. (N, C)
    pub nudged: Array2<f32>,
    /// The version of x that it is of, and the row that is changed.
    pub nudged_of: Option<(u64, usize)>,
    /// The largest change of each token's outputs, by norm. (N, B·T)
    pub change: Array2<f32>,
    /// How many outputs and tokens moved, by norm.
    pub moved: [Moved; N],
    /// Changes with the values.
    pub version: u64,
    /// Pairs and values each, by norm.
    pub counts: [Vec<f32>; 2],
}

/// What a norm of a sample is made from.
#[derive(Clone, Copy, PartialEq)]
pub struct MadeFrom {
    pub x: u64,
    pub affine: u64,
    pub sample: usize,
    pub eps: f64,
    pub alpha: f64,
    pub n_groups: usize,
    pub masked: bool,
}

/// How many outputs, in how many tokens, a change moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Numbers of the output.
    pub n_outputs: usize,
    /// Tokens with at least one of them.
    pub n_tokens: usize,
}
