//! Tables as real bugs make them: right, wrong, and how far apart.

use std::borrow::Cow;

use figures::ticks::nice_above;
use figures::{Cells, Colours, Column, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table};
use maths::mistakes::MistakeTables;
use ndarray::{Array2, ArrayView2};

use super::super::state::EncodeState;
use super::super::story::mistakes as story;
use super::{EncodeScene, cross, dimensions, positions, row_idx};
use crate::labs::{Cell, Fact};

/// How far along the positions it is looked whether a column moves.
pub const N_LOOKED_AT: usize = 50;

/// A column moves where its values differ by at least this.
pub const MOVES: f32 = 0.01;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct MistakesScene {
    tables: MistakeTables,
    /// Wrong minus right. (T, d)
    difference: Array2<f32>,
    symptom: Symptom,
    /// What it is measured of: the version of the tables and the row that is read.
    measured: Option<(u64, usize)>,
}

/// What a bug does to the numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Symptom {
    /// The largest difference, without its sign.
    pub most: f32,
    /// The part of the values that differ at all.
    pub changed: f64,
    /// Of each table, right and wrong: the part of columns that move less than [`MOVES`] in the first positions.
    pub still: [f64; 2],
    /// How many positions these are.
    pub n_looked_at: usize,
    /// Of each table the least and the largest length of a row.
    pub lengths: [[f32; 2]; 2],
    /// The largest difference between the dot products of two positions in the two tables, of the one that is
    /// read with any other.
    pub products: f32,
    /// How many rows of each table differ from the one before.
    pub n_steps: [usize; 2],
}

impl MistakesScene {
    /// Makes the tables of the bug that is shown; false without one.
    fn update(&mut self, state: &EncodeState) -> bool {
        let Some(bug) = state.bug() else {
            return false;
        };
        if self.tables.update(state.table(), state.mistake_of(bug)) {
            let (right, wrong) = (self.tables.right(), self.tables.wrong());
            if self.difference.dim() != right.dim() {
                self.difference = Array2::zeros(right.dim());
            }
            let pairs = wrong.iter().zip(right.iter());
            for (out, (wrong, right)) in self.difference.iter_mut().zip(pairs) {
                *out = wrong - right;
            }
        }
        let measured = Some((self.tables.version(), row_idx(state)));
        if self.measured != measured {
            self.measured = measured;
            self.symptom = self.measure(row_idx(state));
        }
        true
    }

    #[allow(clippy::cast_precision_loss, reason = "at most four million")]
    fn measure(&self, read_idx: usize) -> Symptom {
        let tables = [self.tables.right(), self.tables.wrong()];
        let sizes = self.difference.iter().map(|it| it.abs());
        let n_changed = sizes.clone().filter(|&size| size != 0.0).count();
        let lengths = tables.map(|table| {
            let rows = table.outer_iter();
            let lengths = rows.map(|row| row.iter().map(|x| x * x).sum::<f32>().sqrt());
            lengths.fold([f32::INFINITY, 0.0], |[least, most], it| {
                [it.min(least), it.max(most)]
            })
        });
        let products = tables.map(|table| {
            let read = (read_idx < table.nrows()).then(|| table.row(read_idx));
            let rows = table.outer_iter();
            rows.map(|row| read.map_or(0.0, |read| read.dot(&row)))
                .collect::<Vec<_>>()
        });
        let [right, wrong] = &products;
        let apart = right.iter().zip(wrong).map(|(a, b)| (a - b).abs());
        Symptom {
            most: sizes.fold(0.0, f32::max),
            changed: n_changed as f64 / self.difference.len().max(1) as f64,
            still: tables.map(still_columns),
            n_looked_at: tables[0].nrows().min(N_LOOKED_AT),
            lengths,
            products: apart.fold(0.0, f32::max),
            n_steps: tables.map(|table| {
                let rows = table.outer_iter().zip(table.outer_iter().skip(1));
                rows.filter(|(a, b)| a != b).count()
            }),
        }
    }
}

/// The part of columns that move less than [`MOVES`] in the first [`N_LOOKED_AT`] positions.
#[allow(clippy::cast_precision_loss, reason = "at most 1024")]
fn still_columns(table: ArrayView2<'_, f32>) -> f64 {
    let columns = table.columns().into_iter();
    let is_still = |column: &ndarray::ArrayView1<'_, f32>| {
        let values = column.iter().take(N_LOOKED_AT);
        let (low, high) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &it| {
            (low.min(it), high.max(it))
        });
        high - low < MOVES
    };
    columns.filter(is_still).count() as f64 / table.ncols().max(1) as f64
}

/// Right, wrong, and the difference.
pub fn mistake<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let scene = &mut scene.mistakes;
    let is_shown = scene.update(state);
    let scene = &*scene;
    if !is_shown {
        return Figure {
            id: "encode-mistake",
            title: Cow::Borrowed(story::TITLE),
            summary: story::NONE_CHOSEN.to_owned(),
            panels: vec![Panel::new(
                positions(state),
                dimensions(state, "dimension"),
                Plot::Empty(Cow::Borrowed(story::NONE_CHOSEN)),
            )],
            table: columns(state, [&[]; 2]),
            read_rows: 0..0,
        };
    }
    let tables = [
        scene.tables.right(),
        scene.tables.wrong(),
        scene.difference.view(),
    ];
    let most = nice_above(scene.symptom.most.into()) as f32;
    let panels = tables.into_iter().zip(["right", "wrong", "wrong − right"]);
    let panels = panels.enumerate().map(|(idx, (values, name))| {
        // A difference may be far smaller than what differs: it has a scale of its own.
        let reach = if idx == 2 { most } else { 1.0 };
        Panel {
            head: Head {
                symbol: Cow::Borrowed(name),
                note: Cow::Borrowed(""),
            },
            cross: cross(state),
            ..Panel::new(
                positions(state),
                dimensions(state, "dimension"),
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Across,
                    colours: Colours {
                        ramp: Ramp::Diverging,
                        min: -reach,
                        max: reach,
                    },
                    undefined: Cow::Borrowed(""),
                    version: scene.tables.version(),
                }),
            )
        }
    });
    let [right, wrong, _] = tables;
    // Both keep their rows in one piece.
    let slice = |table: ArrayView2<'a, f32>| table.to_slice().unwrap_or_default();
    Figure {
        id: "encode-mistake",
        title: Cow::Borrowed(story::TITLE),
        summary: story::symptom(state, &scene.symptom),
        panels: panels.collect(),
        table: columns(state, [slice(right), slice(wrong)]),
        read_rows: row_idx(state) * state.d_model..(row_idx(state) + 1) * state.d_model,
    }
}

fn columns<'a>(state: &EncodeState, values: [&'a [f32]; 2]) -> Table<'a> {
    let len = values[0].len();
    let index = |name, every, modulo| Column {
        name,
        cells: Cells::Index { every, modulo, len },
    };
    let names = ["right", "wrong"].into_iter().zip(values);
    let values = names.map(|(name, values)| Column {
        name,
        cells: Cells::F32(values),
    });
    let mut columns = vec![
        index("row", state.d_model, state.seq_len),
        index("dimension", 1, state.d_model),
    ];
    columns.extend(values);
    Table::Columns(columns)
}

/// A cell of the three tables in numbers.
pub fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let scene = &mut scene.mistakes;
    let (Some(x), Some(y)) = (cell.x, cell.y) else {
        return String::new();
    };
    if !scene.update(state) {
        return String::new();
    }
    let row = x
        .checked_sub(state.start)
        .and_then(|it| usize::try_from(it).ok());
    let at = row.zip(usize::try_from(y).ok());
    let values = at.and_then(|at| {
        Some((
            *scene.tables.right().get(at)?,
            *scene.tables.wrong().get(at)?,
        ))
    });
    values.map_or_else(String::new, |(right, wrong)| story::tip(x, y, right, wrong))
}

/// The symptom in numbers.
pub fn reading(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    let scene = &mut scene.mistakes;
    if scene.update(state) {
        story::reading(&scene.symptom)
    } else {
        Vec::new()
    }
}
