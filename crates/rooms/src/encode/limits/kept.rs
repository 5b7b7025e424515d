//! What the part keeps from frame to frame.

use maths::extrapolate::Extrapolation;
use ndarray::Array1;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The readout of the position.
    pub readout: Extrapolation,
    /// Whether it is not fitted yet.
    pub is_unfinished: bool,
    /// The readout's version that the next two were made from.
    pub made: u64,
    /// The true positions. (asked)
    pub actual: Array1<f32>,
    /// How far off the readout is.
    pub errors: Errors,
    /// ω′/ω by each method. (4, pairs)
    pub ratios: [Array1<f32>; 4],
    /// Turns of each pair at the last trained position, and by each method at the last one asked. (5, pairs)
    pub turns: [Array1<f32>; 5],
}

/// How far off the readout is, in positions on average; `None` where nothing is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    /// Within the trained length.
    pub within: Option<f64>,
    /// Beyond it.
    pub beyond: Option<f64>,
    /// Positions that are asked but have no row.
    pub n_missing: usize,
}
