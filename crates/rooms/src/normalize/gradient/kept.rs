//! What the part keeps from frame to frame.

use maths::inputs::InputTable;
use maths::normalize::{JacobianTrace, Norm, NormGradients, NormTrace};
use ndarray::Array2;

use super::super::state::Incoming;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// What all below was made from.
    pub of: Option<Key>,
    /// Grows whenever anything below changed.
    pub version: u64,
    /// a · x + c: the selected token alone where the norm does not mix tokens, otherwise all of them. (rows, C)
    pub input: Array2<f32>,
    /// Where the selected token is in it.
    pub row_idx: usize,
    pub seq_len: usize,
    pub trace: NormTrace,
    pub noise: InputTable,
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
    /// How far each feature was moved for it.
    pub step: f64,
    /// The largest difference from the formula, both in double precision.
    pub step_error: f64,
    pub push: Pushed,
    pub sizes: Sizes,
}

/// Everything that the gradients depend on.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    pub input: u64,
    pub row_idx: usize,
    pub feature: usize,
    pub scale: (f64, f64),
    pub norm: Norm,
    pub eps: f64,
    pub gamma: Vec<f32>,
    pub dy: Incoming,
    pub real_lens: Vec<usize>,
    pub counted: bool,
    pub seed: u64,
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
    /// The version of the input, and all else but the scale, that they were made for.
    pub of: Option<Key>,
    pub scales: Vec<f32>,
    pub sizes: Vec<f32>,
    /// ‖dx‖ at the scale 1, divided by the scale.
    pub falling: Vec<f32>,
    pub input: Array2<f32>,
    pub trace: NormTrace,
    pub gradients: NormGradients,
}
