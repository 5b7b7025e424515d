//! What the part keeps from frame to frame.

use std::ops::Range;

use maths::normalize::{Basis, GeometryTrace, InvarianceTrace, NormTrace, Undo};

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    pub geometry: GeometryTrace,
    /// What the axes were chosen for: the version of x, the rows, how many axes, which.
    pub axes_of: Option<(u64, Range<usize>, usize, Basis)>,
    /// The coordinates of x and of the stage at hand, axis by axis. (2 · axes, points)
    pub coordinates: Vec<Vec<f32>>,
    /// What the points were placed for: the versions of x, x̂ and y, and the rows.
    pub placed_of: Option<([u64; 3], Range<usize>)>,
    /// What all norms make of many scales, and of their own output.
    pub invariance: InvarianceTrace,
    /// What a norm makes of the samples that are scaled.
    pub tried: NormTrace,
    pub curves: Curves,
    /// What the norm in use makes of a · x + c.
    pub moved_block: InvarianceTrace,
    /// The versions, a and c that it is of.
    pub moved_of: Option<([u64; 3], [f64; 2])>,
    /// By how much its outputs differ from those of x at most; `None` where there are none.
    pub largest_move: Option<f64>,
    /// y(a · x + c) of the selected token. (C)
    pub moved: Vec<f32>,
    /// The versions that the norm was applied twice to, and by how much its outputs differ at most; `None` where there
    /// are none.
    pub twice: Option<([u64; 3], Option<f64>)>,
    pub eps: EpsCurves,
    pub undo: Undo,
}

/// The largest change of an output, over the scale of the input, by norm.
#[derive(Default)]
pub struct Curves {
    pub of: Option<CurvesOf>,
    pub scales: Vec<f32>,
    /// One for each of `NormName::COMPARED`.
    pub differences: Vec<Vec<f32>>,
}

/// What they were made from.
#[derive(Clone, Copy, PartialEq)]
pub struct CurvesOf {
    /// The version of x.
    pub x: u64,
    /// The version of γ and β.
    pub affine: u64,
    pub shape: [usize; 3],
    pub shift: f64,
    pub eps: f64,
    pub groups: usize,
    pub alpha: f64,
}

/// What ε leaves of a token's spread, over the scale of the input.
#[derive(Default)]
pub struct EpsCurves {
    pub scales: Vec<f32>,
    pub inside: Vec<f32>,
    pub outside: Vec<f32>,
    pub half: Vec<f32>,
}
