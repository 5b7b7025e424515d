//! What the part `table` keeps from frame to frame.

use ndarray::Array1;

use super::comparison::Comparison;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The compared scheme beside the chosen one.
    pub comparison: Comparison,
    /// What the dials show.
    pub dials: Dials,
}

/// What the dials show. (dials)
#[derive(Default)]
pub struct Dials {
    /// The first column of each pair.
    pub first: Array1<f32>,
    /// The second one.
    pub second: Array1<f32>,
    /// Positions per turn; NaN where nothing turns.
    pub wavelengths: Array1<f32>,
}
