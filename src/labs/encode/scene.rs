//! Encode's figures as data: one function each, from the state, by calling the maths.

use std::borrow::Cow;
use std::ops::Range;

use figures::{
    Axis, Bars, Between, CellAxis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Line,
    Panel, Plot, Ramp, Role, Rows, Table,
};
use maths::encode::{SinusoidalTable, sinusoidal_at};
use ndarray::s;

use super::state::EncodeState;
use super::story;
use crate::labs::{Cell, Fact};

/// Every value of the table lies between -1 and 1, so colours and axes are the same in every state.
const COLOURS: Colours = Colours {
    ramp: Ramp::Diverging,
    min: -1.0,
    max: 1.0,
};

/// Curves get points between the cells until there are about this many, so that fast waves are round.
const SMOOTH_POINTS: usize = 1200;

/// What Encode keeps from frame to frame.
#[derive(Default)]
pub struct EncodeScene {
    table: SinusoidalTable,
}

impl EncodeScene {
    fn table(&mut self, state: &EncodeState) -> &SinusoidalTable {
        self.table.update(state.table());
        &self.table
    }
}

fn positions(state: &EncodeState) -> Axis<'static> {
    Axis::cells("position", "position", state.start, state.seq_len)
}

fn dimensions(state: &EncodeState, label: &'static str) -> Axis<'static> {
    Axis::cells("dimension", label, 0, state.d_model)
}

fn cross(state: &EncodeState) -> Cross {
    Cross {
        x: Some(state.position()),
        y: Some(state.dimension() as u64),
    }
}

/// The selected position's row of the table. It lies in the shown range, whose length is a usize.
fn row_idx(state: &EncodeState) -> usize {
    usize::try_from(state.position() - state.start).unwrap_or_default()
}

fn read_rows(state: &EncodeState) -> Range<usize> {
    row_idx(state)..row_idx(state) + 1
}

/// The table itself, positions to the right and dimensions downwards.
pub fn heatmap<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let table = scene.table(state);
    Figure {
        id: "encode-heatmap",
        title: Cow::Borrowed("Positional encoding"),
        summary: story::table_summary(state),
        panels: vec![Panel {
            head: Head::default(),
            x: positions(state),
            y: dimensions(state, "dimension"),
            plot: Plot::Heatmap(Heatmap {
                values: table.values(),
                rows: Rows::Across,
                colours: COLOURS,
                undefined: Cow::Borrowed(""),
                version: table.version(),
            }),
            cross: cross(state),
            rules: Vec::new(),
            caption: Cow::Borrowed(""),
        }],
        table: Table::Matrix {
            index: "position",
            first: state.start,
            prefix: "dim_",
            columns: (0..state.d_model).collect(),
            values: table.values(),
        },
        read_rows: read_rows(state),
    }
}

/// The selected position's vector, on the table's dimension axis.
pub fn vector<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let table = scene.table(state);
    let values = table.values().slice_move(s![row_idx(state), ..]);
    Figure {
        id: "encode-vector",
        title: Cow::Owned(story::vector_title(state)),
        summary: story::vector_summary(state),
        panels: vec![Panel {
            head: Head::default(),
            x: Axis::values("value", -1.0, 1.0),
            y: dimensions(state, ""),
            plot: Plot::Bars(Bars {
                values,
                cells_on: CellAxis::Y,
                colours: COLOURS,
                undefined: Cow::Borrowed(""),
            }),
            cross: Cross {
                x: None,
                y: Some(state.dimension() as u64),
            },
            rules: Vec::new(),
            caption: Cow::Borrowed(""),
        }],
        table: Table::Columns(vec![
            Column {
                name: "dimension",
                cells: Cells::Index {
                    every: 1,
                    modulo: state.d_model,
                    len: state.d_model,
                },
            },
            Column {
                name: "value",
                // A row of the table is in one piece.
                cells: Cells::F32(values.to_slice().unwrap_or_default()),
            },
        ]),
        read_rows: 0..state.d_model,
    }
}

/// The chosen dimensions as curves, on the table's position axis.
pub fn curves<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let table = scene.table(state);
    let dims = state.curves();
    let lines: Vec<_> = dims
        .iter()
        .enumerate()
        .map(|(idx, &dim)| Line {
            between: between(state, dim),
            ..Line::new(
                story::curve_name(state, dim),
                Role::Series(idx),
                table.values().slice_move(s![.., dim]),
            )
        })
        .collect();
    Figure {
        id: "encode-curves",
        title: Cow::Borrowed("Sine curves"),
        summary: story::curves_summary(state),
        panels: vec![Panel {
            head: Head::default(),
            x: positions(state),
            y: Axis::values("", -1.0, 1.0),
            plot: if lines.is_empty() {
                Plot::Empty(Cow::Borrowed(
                    "No curve chosen: click the table, or add a dimension.",
                ))
            } else {
                Plot::Lines(lines)
            },
            cross: Cross {
                x: Some(state.position()),
                y: None,
            },
            rules: Vec::new(),
            caption: Cow::Borrowed(""),
        }],
        table: Table::Matrix {
            index: "position",
            first: state.start,
            prefix: "dim_",
            columns: Cow::Owned(dims),
            values: table.values(),
        },
        read_rows: read_rows(state),
    }
}

/// The cell that is pointed at, in numbers: its dimension's wave at its position.
pub fn cell_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let position = cell.x.unwrap_or(state.position());
    let dim = cell
        .y
        .and_then(|y| usize::try_from(y).ok())
        .unwrap_or(state.dimension());
    value_at(scene, state, position, dim)
        .map(|value| story::cell_tip(state, position, dim, value))
        .unwrap_or_default()
}

/// The numbers of the cell that is read.
pub fn reading(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    let value = value_at(scene, state, state.position(), state.dimension());
    value
        .map(|value| story::reading(state, value))
        .unwrap_or_default()
}

/// All curves at the position that is pointed at, in numbers.
pub fn curves_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let position = cell.x.unwrap_or(state.position());
    let readings: Vec<_> = state
        .curves()
        .into_iter()
        .filter_map(|dim| Some((dim, value_at(scene, state, position, dim)?)))
        .collect();
    story::curves_tip(position, readings.into_iter())
}

fn value_at(
    scene: &mut EncodeScene,
    state: &EncodeState,
    position: u64,
    dim: usize,
) -> Option<f32> {
    let row_idx = usize::try_from(position.checked_sub(state.start)?).ok()?;
    scene.table(state).values().get((row_idx, dim)).copied()
}

/// The wave between the positions, where there are few enough of them for it to be seen. The encoding
/// is defined there too: only a sequence asks for whole numbers.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn between(state: &EncodeState, dim: usize) -> Option<Between> {
    let steps = state.seq_len - 1;
    let per_cell = SMOOTH_POINTS.checked_div(steps)?.clamp(1, 32);
    if per_cell < 2 {
        return None;
    }
    let spec = state.table();
    let values = (0..=steps * per_cell)
        .map(|idx| {
            let position = state.start as f64 + idx as f64 / per_cell as f64;
            sinusoidal_at(position, dim, spec) as f32
        })
        .collect();
    Some(Between { per_cell, values })
}
