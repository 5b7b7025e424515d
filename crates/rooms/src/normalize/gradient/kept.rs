//! What the part keeps from frame to frame.

use maths::normalize::{JacobianTrace, NormGradients, NormTrace};
use ndarray::Array2;

use super::super::made_from::MadeFrom;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// What all below was made from.
    pub of: Option<MadeFrom>,
    /// Grows whenever anything below changed.
    pub version: u64,
    /// a · x + c: the selected token alone where the norm does not mix tokens, otherwise all of them. (rows, C)
    pub input: Array2<f32>,
    /// Where the selected token is in it.
    pub row_idx: usize,
    pub seq_len: usize,
    pub trace: NormTrace,
    /// The incoming gradient of the selected token. (C)
    pub noise: Vec<f32>,
    /// The incoming gradient of the same rows. (rows, C)
    pub dy: Array2<f32>,
    pub gradients: NormGradients,
    /// Of LayerNorm and RMSNorm.
    pub exact: JacobianTrace,
    /// Whether `exact` is of this token.
    pub is_exact: bool,
    /// ∂yᵢ/∂xⱼ of the selected token. (C, C)
    pub jacobian: Array2<f32>,
    pub stretch: Stretch,
    /// dx of the selected token by central differences; empty where there are too many features. (C)
    pub by_steps: Vec<f32>,
    /// The largest difference from the formula, both in double precision.
    pub step_error: f64,
    pub push: Pushed,
    pub sizes: Sizes,
}

impl Kept {
    /// The selected token's row of a matrix of all rows. (C)
    pub fn row_of<'a>(&self, matrix: &'a Array2<f32>) -> &'a [f32] {
        let row_len = matrix.ncols();
        let all = matrix.as_slice().unwrap_or_default();
        all.get(self.row_idx * row_len..(self.row_idx + 1) * row_len)
            .unwrap_or_default()
    }

    /// 1/√(σ² + ε) of the token, where it has one.
    pub fn rstd(&self) -> Option<f64> {
        self.is_exact.then_some(self.exact.rstd)
    }
}

/// How much the Jacobian stretches, of each direction or feature.
#[derive(Default)]
pub struct Stretch {
    /// 1, 2, … or the features. (C)
    pub numbers: Vec<f32>,
    /// The factors; empty where they are not known. (C)
    pub factors: Vec<f32>,
}

/// What a push did.
#[derive(Default)]
pub struct Pushed {
    /// y(x + push) − y(x) of the selected token. (C)
    pub change: Vec<f32>,
    /// The largest size in it.
    pub largest: f64,
    /// The same of what the Jacobian says.
    pub largest_predicted: f64,
    /// The largest change of any other token.
    pub largest_elsewhere: f64,
    /// The same rows with the token moved. (rows, C)
    pub input: Array2<f32>,
    pub trace: NormTrace,
}

/// ‖dx‖ over the scale of the input.
#[derive(Default)]
pub struct Sizes {
    /// What they were made from; all scales are in them.
    pub of: Option<MadeFrom>,
    /// ‖dx‖ at the scale 1, once it is known.
    pub at_one: Option<f64>,
    pub scales: Vec<f32>,
    pub sizes: Vec<f32>,
    /// ‖dx‖ at the scale 1, divided by the scale.
    pub falling: Vec<f32>,
    pub input: Array2<f32>,
    pub trace: NormTrace,
    pub gradients: NormGradients,
}
