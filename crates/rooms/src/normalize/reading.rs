//! The numbers of one token and feature, and why there may be none.

/// The numbers of one token and feature, from the arrays that are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The token, counted over all samples.
    pub row_idx: usize,
    /// The feature.
    pub feature: usize,
    /// The activation.
    pub x: f64,
    /// The mean μ of its group; 0 where there is none.
    pub mean: f64,
    /// The biased variance σ² of its group, the mean square for rms; 0 where there is none.
    pub variance: f64,
    /// How many values these are of; 0 where they are remembered or there are none.
    pub n_values: usize,
    /// x̂.
    pub normalized: f64,
    /// y.
    pub output: f64,
    /// Why there is no x̂.
    pub trouble: Option<Trouble>,
}

/// Why a value is not normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// ε = 0 and all values of its group are equal: x̂ is 0/0.
    ZeroOverZero,
    /// There is no token.
    Padding,
    /// Batch norm in training with one value per feature.
    TooFew,
    /// The input, or a value that shares its mean and variance, is NaN or infinite.
    NoNumber,
}
