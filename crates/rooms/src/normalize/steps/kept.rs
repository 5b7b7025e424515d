//! What the part keeps from frame to frame.

use maths::statistics::Summary;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The selected token's x − μ, shape `(C,)`.
    pub centered: Vec<f32>,
    /// The bars of the last step that is shown, on their way from those of the step before. (C)
    pub moving: Vec<f32>,
    /// γ and β as they are drawn: 1 and 0 where there are none. (C)
    pub affine: [Vec<f32>; 2],
    pub bins: Bins,
    /// Of x, x̂ and y: the version that was looked through, and the largest size in it.
    pub reaches: [Option<(u64, f64)>; 3],
}

/// The histograms and statistics of x, x̂ and y.
#[derive(Default)]
pub struct Bins {
    pub edges: Vec<f32>,
    /// What `edges` were before, to see whether they changed.
    pub edges_before: Vec<f32>,
    pub of: [StepBins; 3],
}

/// The histogram and the statistics of one step.
#[derive(Default)]
pub struct StepBins {
    /// The version of the step that was summarised and counted, and of what part of it.
    pub counted_of: Option<(u64, Counted)>,
    /// The version and the token whose share was counted.
    pub highlighted_of: Option<(u64, usize)>,
    /// The values of a feature, side by side. (N)
    pub column: Vec<f32>,
    pub counts: Vec<u32>,
    pub highlighted: Vec<u32>,
    pub n_undefined: usize,
    pub summary: Summary,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq)]
pub enum Counted {
    /// All values.
    All,
    /// Those of a token.
    Row(usize),
    /// Those of a feature.
    Column(usize),
}
