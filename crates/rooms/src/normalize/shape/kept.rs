//! What the part keeps from frame to frame.

use std::ops::Range;

use maths::normalize::{Basis, GeometryTrace, InvarianceTrace, NormTrace, Undo};

use super::super::made_from::MadeFrom;
use crate::memo::Memo;

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
    pub curves: Memo<MadeFrom, Curves>,
    /// What the norm in use makes of a · x + c.
    pub moved_block: Memo<MadeFrom, Moved>,
    /// y(a · x + c) of the selected token. (C)
    pub moved: Vec<f32>,
    /// By how much the outputs differ at most where the norm is applied twice; `None` where there are none.
    pub twice: Memo<MadeFrom, Option<f64>>,
    pub eps: EpsCurves,
    pub undo: Undo,
}

/// The largest change of an output, over the scale of the input, by norm.
#[derive(Default)]
pub struct Curves {
    pub scales: Vec<f32>,
    /// One for each of `NormName::COMPARED`.
    pub differences: Vec<Vec<f32>>,
}

/// What a norm makes of a · x + c.
#[derive(Default)]
pub struct Moved {
    pub block: InvarianceTrace,
    /// By how much its outputs differ from those of x at most; `None` where there are none.
    pub largest: Option<f64>,
}

/// What ε leaves of a token's spread, over the scale of the input.
#[derive(Default)]
pub struct EpsCurves {
    pub scales: Vec<f32>,
    pub inside: Vec<f32>,
    pub outside: Vec<f32>,
    pub half: Vec<f32>,
}
