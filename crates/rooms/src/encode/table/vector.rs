//! One position's vector, on the table's dimension axis.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Axis, Bars, CellAxis, Cross, Figure, Panel, Plot, Table};
use ndarray::s;

use super::super::axes::{dimensions, row_idx, turned};
use super::super::lab::Encode;
use super::super::pointing::read_cell;
use super::super::python;
use super::super::rows::{rows_of, shown, sinusoids};
use super::super::scene::EncodeScene;
use super::super::shown::Shown;
use super::super::state::{Axes, EncodeState};
use super::super::ways::ADDING;
use super::cell;
use super::norm::norm_at;
use super::nothing::{waiting, why_empty};
use crate::columns::{indices, numbers as column};
use crate::encoding::Encoding;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing, TipOf};

/// Of the plain table, the first picture.
pub const FIRST: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-vector", "One position", first_scene, first_code)
        .height(352)
        .caption(60)
        .ignoring(|state| state.dims = None)
        .pointing(pointing(first_tip));

/// Of any scheme.
pub const FIGURE: FigureSpec<Encode> = FIRST
    .made_by(scene, code)
    .pointing(pointing(tip))
    .ways(ADDING);

const fn pointing(tip: TipOf<Encode>) -> Pointing<Encode> {
    Pointing::<Encode>::new(
        read_cell,
        |state| Cell {
            y: Some(state.dimension() as u64),
            ..Cell::default()
        },
        tip,
        "Up and down arrow keys move through the dimensions.",
    )
}

/// What can be said of a vector.
struct Numbers {
    scheme: Encoding,
    /// ‖row‖; `None` for a position without a row.
    norm: Option<f64>,
    /// How many rows a learned table has.
    max_len: u64,
}

fn first_scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if !state.is_plain() {
        return waiting("encode-vector", state);
    }
    // ‖PE‖² = d/2: each pair lies on the unit circle (Vaswani et al. 2017, §3.5).
    #[allow(clippy::cast_precision_loss)]
    let norm = (state.d_model as f64 / 2.0).sqrt();
    figure(state, sinusoids(scene, state), first_words(norm))
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if state.is_plain() {
        return first_scene(scene, state);
    }
    let shown = shown(scene, state);
    let numbers = Numbers {
        scheme: state.scheme,
        norm: norm_at(shown.values, state),
        max_len: state.max_len,
    };
    let mut figure = figure(state, shown, words(&numbers));
    if let (Some(why), Some(panel)) = (why_empty(state.scheme), figure.panels.first_mut()) {
        panel.plot = Plot::Empty(Cow::Borrowed(why));
    }
    figure
}

fn figure<'a>(state: &EncodeState, shown: Shown<'a>, summary: String) -> Figure<'a> {
    let values = shown.values.slice_move(s![row_idx(state), ..]);
    let most = f64::from(shown.most);
    // Beside a table whose dimensions run to the right it has none to go by.
    let label = match state.axes {
        Axes::DimByPos => "",
        Axes::PosByDim => "dimension",
    };
    Figure {
        id: "encode-vector",
        title: Cow::Owned(title(state.position())),
        summary,
        panels: vec![Panel {
            cross: Cross {
                x: None,
                y: Some(state.dimension() as u64),
            },
            ..Panel::new(
                Axis::values("value", -most, most),
                dimensions(state, label),
                Plot::Bars(Bars {
                    values,
                    cells_on: CellAxis::Y,
                    colours: shown.colours(),
                    roles: &[],
                    undefined: Cow::Borrowed(shown.undefined),
                }),
            )
        }],
        table: Table::Columns(vec![
            indices("dimension", state.d_model),
            // A row of the table is in one piece.
            column("value", values.to_slice().unwrap_or_default()),
        ]),
        read_rows: 0..state.d_model,
    }
}

/// The heading.
fn title(position: u64) -> String {
    format!("Position {}", format_count(position))
}

/// What the plain vector shows: its length is the same at every position.
fn first_words(norm: f64) -> String {
    format!(
        "Its [norm|norm ‖PE‖] is √(d/2) = *{}*, as for every position.",
        format_value(norm, 4)
    )
}

/// What a scheme's vector shows: how long it is.
fn words(numbers: &Numbers) -> String {
    if !numbers.scheme.has_rows() {
        return "All 0: the embedding stays as it is.".to_owned();
    }
    let Some(norm) = numbers.norm else {
        return format!(
            "*No vector*: the table ends at position {}.",
            format_count(numbers.max_len - 1)
        );
    };
    let note = match numbers.scheme {
        Encoding::Sinusoidal | Encoding::Rope => "√(d/2), as for every position",
        Encoding::Learned => "about 0.02 · √d",
        Encoding::Index => "pos · √d",
        Encoding::Fraction => "√d · pos / L",
        _ => "the root of how many ones it has",
    };
    format!(
        "Its [norm|norm ‖PE‖] is *{}*: {note}.",
        format_value(norm, 4)
    )
}

/// The vector, (d_model,).
fn first_code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| python::one_position(state, library))
}

/// The vector of any scheme, (d_model,).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    if state.is_plain() {
        return first_code(scene, state);
    }
    let values = rows_of(scene, state);
    let row_idx = row_idx(state);
    Code::for_both(|library| {
        let mut text = python::rows(state, values, library, "table");
        text.push_str(&format!("result = table[{row_idx}]\n"));
        text
    })
}

/// Its dimensions run downwards, whichever way those of the table do.
fn first_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    cell::first_tip(scene, state, turned(state, cell))
}

/// The same of any scheme.
fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    cell::tip(scene, state, turned(state, cell))
}
