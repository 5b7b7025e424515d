//! What the part keeps from frame to frame.

use maths::normalize::{BatchExperiment, BatchSpec, NormTrace};
use ndarray::Array2;

/// How many series there are.
pub const N: usize = 11;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    pub experiment: BatchExperiment,
    /// What it was begun with.
    pub begun: Option<BatchSpec>,
    pub is_done: bool,
    /// One value for each batch size.
    pub series: [Vec<f32>; N],
    /// The batch of the first drawing and that of the second. (N, C)
    pub drawings: [Array2<f32>; 2],
    pub real_lens: Vec<usize>,
    /// The part of the first drawing's tokens that is padding, up to its longest sample.
    pub padded: f64,
    /// LayerNorm and batch norm of both.
    pub traces: [[NormTrace; 2]; 2],
    pub version: u64,
}
