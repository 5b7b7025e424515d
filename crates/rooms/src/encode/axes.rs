//! The axes that Encode's figures share, and the place on them that is read.

use std::ops::Range;

use figures::{Axis, Between, Cross, Heatmap, Panel, Plot, Rows};

use super::shown::Shown;
use super::state::{Axes, EncodeState};
use crate::room::Cell;

/// Curves get points between the cells until there are about this many, so that fast waves are round.
const SMOOTH_POINTS: usize = 1200;

/// The positions that are shown.
pub fn positions<'a>(state: &EncodeState) -> Axis<'a> {
    Axis::cells("position", "position", state.start, state.seq_len)
}

/// The dimensions of a vector.
pub fn dimensions<'a>(state: &EncodeState, label: &'static str) -> Axis<'a> {
    Axis::cells("dimension", label, 0, state.d_model)
}

/// A table (position, dimension) on its axes, whichever way they run, with a cross through a position and the
/// dimension that is read.
pub fn map_panel<'a>(
    state: &EncodeState,
    positions: Axis<'a>,
    position: Option<u64>,
    shown: Shown<'a>,
) -> Panel<'a> {
    let dimension = Some(state.dimension() as u64);
    let ((x, y), (cross_x, cross_y), rows) = along(
        state,
        (positions, dimensions(state, "dimension")),
        (position, dimension),
    );
    Panel {
        cross: Cross {
            x: cross_x,
            y: cross_y,
        },
        ..Panel::new(
            x,
            y,
            Plot::Heatmap(Heatmap {
                values: shown.values,
                rows,
                colours: shown.colours(),
                undefined: shown.undefined.into(),
                version: shown.version,
            }),
        )
    }
}

/// The same where there is nothing to draw.
pub fn empty_map<'a>(state: &EncodeState, why: &'static str) -> Panel<'a> {
    let axes = (positions(state), dimensions(state, "dimension"));
    let ((x, y), ..) = along(state, axes, ((), ()));
    Panel::new(x, y, Plot::Empty(why.into()))
}

/// What belongs to position and dimension, as x and y; and which way a table's vectors run.
fn along<T, U>(state: &EncodeState, (p, d): (T, T), (q, e): (U, U)) -> ((T, T), (U, U), Rows) {
    match state.axes {
        Axes::DimByPos => ((p, d), (q, e), Rows::Across),
        Axes::PosByDim => ((d, p), (e, q), Rows::Down),
    }
}

/// The cell of a table, as if positions ran to the right; and of such a cell, that of the table.
pub fn turned(state: &EncodeState, cell: Cell) -> Cell {
    match state.axes {
        Axes::DimByPos => cell,
        Axes::PosByDim => Cell {
            x: cell.y,
            y: cell.x,
            ..cell
        },
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
