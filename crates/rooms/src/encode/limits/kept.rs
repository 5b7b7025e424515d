//! What the part keeps from frame to frame.

use maths::extrapolate::Extrapolation;
use ndarray::Array1;

/// The ways of scaling that are compared: none, and YaRN by either ramp.
pub const N_METHODS: usize = 5;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The readout of the position.
    pub readout: Extrapolation,
    /// The readout's version that the next four were made from.
    pub made: u64,
    /// The positions that are asked. (asked)
    pub asked: Array1<f32>,
    /// The same as texts, where not all are. (asked)
    pub names: Vec<String>,
    /// What should be read. (asked)
    pub meant: Array1<f32>,
    /// How far off the readout is.
    pub errors: Errors,
    /// ω′/ω by each method. (5, pairs)
    pub ratios: [Array1<f32>; N_METHODS],
    /// Turns of each pair in the trained length.
    pub seen: Array1<f32>,
    /// Turns by each method in the whole length. (5, pairs)
    pub turns: [Array1<f32>; N_METHODS],
    /// Turns at which no angle is new: from, and up to. (pairs)
    pub known: [Array1<f32>; 2],
}

/// How far off the readout is, in positions on average; `None` where nothing is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    /// Within the trained length.
    pub within: Option<f64>,
    /// Beyond it.
    pub beyond: Option<f64>,
    /// Positions that are asked but have no vector.
    pub n_missing: usize,
}
