//! Encode's figures as data: one function each, from the state, by calling the maths.

use std::borrow::Cow;
use std::ops::Range;

use figures::{
    Axis, Bars, Between, CellAxis, Cells, Colours, Column, Cross, Figure, Heatmap, Line, Panel,
    Plot, Ramp, Role, Rows, Table,
};
use maths::encode::{SinusoidalTable, sinusoidal_at};
use ndarray::{Array1, ArrayView2, s};

use super::state::EncodeState;
use super::story;
use crate::labs::{Cell, Fact};

pub mod attention;
pub mod distance;
pub mod limits;
pub mod mistakes;
pub mod sum;
pub mod table;

/// Curves get points between the cells until there are about this many, so that fast waves are round.
const SMOOTH_POINTS: usize = 1200;

/// What Encode keeps from frame to frame.
#[derive(Default)]
pub struct EncodeScene {
    /// The table of the first picture.
    table: SinusoidalTable,
    schemes: table::Schemes,
    distances: distance::Distances,
    limits: limits::Limits,
    pub(super) sum: sum::SumScene,
    attention: attention::AttentionScene,
    mistakes: mistakes::MistakesScene,
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

/// A table as the figures show it.
#[derive(Clone, Copy)]
struct Shown<'a> {
    /// (seq_len, d_model)
    values: ArrayView2<'a, f32>,
    version: u64,
    /// Its values lie between −`most` and `most`, in every state.
    most: f32,
    /// What a value means that is not a number.
    undefined: &'static str,
}

impl Shown<'_> {
    fn colours(self) -> Colours {
        Colours {
            ramp: Ramp::Diverging,
            min: -self.most,
            max: self.most,
        }
    }
}

fn sinusoids<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> Shown<'a> {
    let table = scene.table(state);
    Shown {
        values: table.values(),
        version: table.version(),
        most: 1.0,
        undefined: "",
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
    if !state.is_plain() {
        return waiting("encode-heatmap", state);
    }
    let shown = sinusoids(scene, state);
    Figure {
        id: "encode-heatmap",
        title: Cow::Borrowed("Positional encoding"),
        summary: story::table_summary(state),
        panels: vec![map_panel(state, shown)],
        table: exported(state, shown),
        read_rows: read_rows(state),
    }
}

/// The selected position's vector, on the table's dimension axis.
pub fn vector<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if !state.is_plain() {
        return waiting("encode-vector", state);
    }
    vector_of(
        state,
        sinusoids(scene, state),
        story::vector_summary(state),
        None,
    )
}

/// The chosen dimensions as curves, on the table's position axis.
pub fn curves<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if !state.is_plain() {
        return waiting("encode-curves", state);
    }
    let shown = sinusoids(scene, state);
    let lines = lines_of(
        state,
        shown,
        &|dim| story::curve_name(state, dim),
        Some(&|position, dim| sinusoidal_at(position, dim, state.table())),
    );
    Figure {
        title: Cow::Borrowed("Sine curves"),
        summary: story::curves_summary(state),
        ..curves_of(state, shown, lines)
    }
}

/// What stands for a figure while the code that can draw it is on its way.
fn waiting<'a>(id: &'static str, state: &EncodeState) -> Figure<'a> {
    Figure {
        id,
        title: Cow::Borrowed(state.scheme.label()),
        summary: story::WAITING.to_owned(),
        panels: vec![Panel::new(
            positions(state),
            Axis::values("", -1.0, 1.0),
            Plot::Empty(Cow::Borrowed(story::WAITING)),
        )],
        table: Table::Columns(Vec::new()),
        read_rows: 0..0,
    }
}

fn map_panel<'a>(state: &EncodeState, shown: Shown<'a>) -> Panel<'a> {
    Panel {
        cross: cross(state),
        ..Panel::new(
            positions(state),
            dimensions(state, "dimension"),
            Plot::Heatmap(Heatmap {
                values: shown.values,
                rows: Rows::Across,
                colours: shown.colours(),
                undefined: Cow::Borrowed(shown.undefined),
                version: shown.version,
            }),
        )
    }
}

fn exported<'a>(state: &EncodeState, shown: Shown<'a>) -> Table<'a> {
    Table::Matrix {
        index: "position",
        first: state.start,
        prefix: "dim_",
        columns: (0..state.d_model).collect(),
        values: shown.values,
    }
}

/// The vector's figure; `empty` says why there is nothing to draw.
fn vector_of<'a>(
    state: &EncodeState,
    shown: Shown<'a>,
    summary: String,
    empty: Option<&'static str>,
) -> Figure<'a> {
    let values = shown.values.slice_move(s![row_idx(state), ..]);
    let most = f64::from(shown.most);
    Figure {
        id: "encode-vector",
        title: Cow::Owned(story::vector_title(state)),
        summary,
        panels: vec![Panel {
            cross: Cross {
                x: None,
                y: Some(state.dimension() as u64),
            },
            ..Panel::new(
                Axis::values("value", -most, most),
                dimensions(state, ""),
                empty.map_or_else(
                    || {
                        Plot::Bars(Bars {
                            values,
                            cells_on: CellAxis::Y,
                            colours: shown.colours(),
                            undefined: Cow::Borrowed(shown.undefined),
                        })
                    },
                    |why| Plot::Empty(Cow::Borrowed(why)),
                ),
            )
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

/// The chosen dimensions as curves, with what is known `between` whole positions.
fn lines_of<'a>(
    state: &EncodeState,
    shown: Shown<'a>,
    name: &dyn Fn(usize) -> String,
    between: Option<&dyn Fn(f64, usize) -> f64>,
) -> Vec<Line<'a>> {
    let lines = state.curves().into_iter().enumerate().map(|(idx, dim)| {
        let values = shown.values.slice_move(s![.., dim]);
        Line {
            between: between.and_then(|at| smooth(state, &|position| at(position, dim))),
            ..Line::new(name(dim), Role::Series(idx), values)
        }
    });
    lines.collect()
}

/// The curves' figure, without its words.
fn curves_of<'a>(state: &EncodeState, shown: Shown<'a>, lines: Vec<Line<'a>>) -> Figure<'a> {
    let most = f64::from(shown.most);
    Figure {
        id: "encode-curves",
        title: Cow::Borrowed("Curves over the positions"),
        summary: String::new(),
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.position()),
                y: None,
            },
            ..Panel::new(
                positions(state),
                Axis::values("", -most, most),
                if lines.is_empty() {
                    Plot::Empty(Cow::Borrowed(
                        "No curve chosen: click the table, or add a dimension.",
                    ))
                } else {
                    Plot::Lines(lines)
                },
            )
        }],
        table: Table::Matrix {
            index: "position",
            first: state.start,
            prefix: "dim_",
            columns: Cow::Owned(state.curves()),
            values: shown.values,
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
fn smooth(state: &EncodeState, at: &dyn Fn(f64) -> f64) -> Option<Between> {
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

/// A column that counts its rows.
fn indices<'a>(name: &'static str, len: usize) -> Column<'a> {
    Column {
        name,
        cells: Cells::Index {
            every: 1,
            modulo: len.max(1),
            len,
        },
    }
}

/// A column of numbers.
fn numbers<'a>(name: &'static str, values: &'a Array1<f32>) -> Column<'a> {
    slice(name, values.as_slice().unwrap_or_default())
}

fn slice<'a>(name: &'static str, values: &'a [f32]) -> Column<'a> {
    Column {
        name,
        cells: Cells::F32(values),
    }
}
