//! The axes that Encode's figures share, and the place on them that is read.

use std::ops::Range;

use figures::{Axis, Between, Cross};

use super::state::EncodeState;

/// Curves get points between the cells until there are about this many, so that fast waves are round.
const SMOOTH_POINTS: usize = 1200;

/// The positions that are shown.
pub fn positions(state: &EncodeState) -> Axis<'static> {
    Axis::cells("position", "position", state.start, state.seq_len)
}

/// The dimensions of a vector.
pub fn dimensions(state: &EncodeState, label: &'static str) -> Axis<'static> {
    Axis::cells("dimension", label, 0, state.d_model)
}

/// The position and the dimension that are read.
pub fn cross(state: &EncodeState) -> Cross {
    Cross {
        x: Some(state.position()),
        y: Some(state.dimension() as u64),
    }
}

/// The read position's row of the table. It lies in the shown range, whose length is a usize.
pub fn row_idx(state: &EncodeState) -> usize {
    usize::try_from(state.position() - state.start).unwrap_or_default()
}

/// The same, as a range of rows.
pub fn read_rows(state: &EncodeState) -> Range<usize> {
    row_idx(state)..row_idx(state) + 1
}

/// The wave between the positions, where there are few enough of them for it to be seen. The encoding
/// is defined there too: only a sequence asks for whole numbers.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
pub fn smooth(state: &EncodeState, at: &dyn Fn(f64) -> f64) -> Option<Between> {
    let steps = state.seq_len - 1;
    let per_cell = SMOOTH_POINTS.checked_div(steps)?.clamp(1, 32);
    if per_cell < 2 {
        return None;
    }
    let values = (0..=steps * per_cell)
        .map(|idx| at(state.start as f64 + idx as f64 / per_cell as f64) as f32)
        .collect();
    Some(Between { per_cell, values })
}
