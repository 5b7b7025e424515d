//! The two matrices of the head: a rotation, and one that changes nothing.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Colours, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table};
use maths::encode::frequency;

use super::super::lab::Attend;
use super::super::model::BASE;
use super::super::scene::AttendScene;
use super::super::state::{AttendState, Reads};
use super::kept::HeadSpec;
use super::python;
use crate::columns;
use crate::offsets::name;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-built-matrices", "Its two matrices", scene, code)
        .height(300)
        .ignoring(|state: &mut AttendState| {
            state.query = None;
            (state.sharpness, state.built_len) = (1.0, 2);
            (state.reads, state.emb_std, state.seed) = (Reads::Positions, 1.0, 0);
        })
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Up and down arrow keys move through the features.",
        ));

/// What can be said of the matrices.
struct Numbers {
    looks_at: i64,
    /// By how many degrees the first pair is turned, and the last one.
    degrees: [f64; 2],
    /// The number of the last pair.
    last: usize,
}

fn numbers(spec: &HeadSpec) -> Numbers {
    let last = spec.d_model / 2 - 1;
    Numbers {
        looks_at: spec.looks_at,
        degrees: [0, last].map(|pair| angle(spec, pair).to_degrees()),
        last,
    }
}

/// By how much a pair is turned.
fn angle(spec: &HeadSpec, pair: usize) -> f64 {
    spec.looks_at as f64 * frequency(pair, spec.d_model, BASE)
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let spec = HeadSpec::of(state);
    let matrices = scene.built.matrices(state);
    let d = spec.d_model;
    let feature = state.feature.min(d - 1) as u64;
    let panel = |symbol: &'static str, note: String, values| Panel {
        head: Head {
            symbol: symbol.into(),
            note: note.into(),
        },
        cross: Cross {
            x: None,
            y: Some(feature),
        },
        ..Panel::new(
            Axis::cells("feature", "feature that it makes", 0, d),
            Axis::cells("feature", "feature of the position", 0, d),
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours: Colours {
                    ramp: Ramp::Diverging,
                    min: -1.0,
                    max: 1.0,
                },
                undefined: Cow::Borrowed(""),
                version: matrices.version,
            }),
        )
    };
    let moves = format!("moves by {}", name(spec.looks_at));
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers(&spec)),
        panels: vec![
            // W is wider than a letter is taken to be: without the space after them, their notes would touch them.
            panel("W_Q\u{a0}", moves, matrices.weights.query.view()),
            panel(
                "W_K\u{a0}",
                "changes nothing".to_owned(),
                matrices.weights.key.view(),
            ),
        ],
        table: Table::Columns(vec![
            columns::index("matrix", d * d, 2, 2 * d * d),
            columns::index("row", d, d, 2 * d * d),
            columns::index("column", 1, d, 2 * d * d),
            columns::numbers("weight", &matrices.table),
        ]),
        read_rows: state.feature * d..(state.feature + 1) * d,
    }
}

/// What the matrices do to a position.
fn summary(numbers: &Numbers) -> String {
    let &Numbers {
        looks_at,
        degrees,
        last,
    } = numbers;
    if looks_at == 0 {
        return "Both matrices change nothing: *each word looks for its own position*.".to_owned();
    }
    let [first, slow] = degrees.map(|it| format_value(it, 3));
    format!(
        "W_Q turns each pair of [feature|features] by its own angle: *pair 0 by {first}°, pair {last} by {slow}°*. The same matrix serves every position and every length.\n\
         So the position p becomes the position p {} {}. W_K is 1 on its diagonal and 0 elsewhere.",
        if looks_at < 0 { "−" } else { "+" },
        looks_at.unsigned_abs(),
    )
}

/// A weight of one of the matrices, and what it is.
fn weight_text(
    spec: &HeadSpec,
    matrix_idx: usize,
    [row, column]: [usize; 2],
    weight: f32,
) -> String {
    let matrix = ["W_Q", "W_K"][matrix_idx.min(1)];
    let place = format!("{matrix}, row {row}, column {column}");
    let weight = format_value(weight.into(), 4);
    if matrix_idx > 0 || row / 2 != column / 2 {
        return format!("{place}: {weight}");
    }
    let pair = row / 2;
    let wave = match (row % 2, column % 2) {
        (0, 1) => "−sin",
        (1, 0) => "sin",
        _ => "cos",
    };
    format!(
        "{place}: {weight}, the {wave} of the angle of pair {pair}, {} · {}",
        name(spec.looks_at),
        format_value(frequency(pair, spec.d_model, BASE), 4)
    )
}

/// Both matrices, (2, d, d).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    python::matrices(state)
}

fn read(state: &mut AttendState, cell: Cell) {
    if let Some(feature) = cell.y.and_then(|y| usize::try_from(y).ok()) {
        state.feature = feature;
    }
}

fn here(state: &AttendState) -> Cell {
    let feature = Some(state.feature as u64);
    Cell {
        x: feature,
        y: feature,
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let spec = HeadSpec::of(state);
    let matrices = scene.built.matrices(state);
    let text = || {
        let (row, column) = cell.y.zip(cell.x)?;
        let at = [usize::try_from(row).ok()?, usize::try_from(column).ok()?];
        let matrix = if cell.panel_idx == 0 {
            &matrices.weights.query
        } else {
            &matrices.weights.key
        };
        Some(weight_text(&spec, cell.panel_idx, at, *matrix.get(at)?))
    };
    text().unwrap_or_default()
}
