//! The chosen dimensions as curves, on the table's position axis.

use std::borrow::Cow;
use std::f64::consts::TAU;

use figures::number::{format_count, format_value};
use figures::{Axis, Cross, Figure, Line, Panel, Plot, Role, Table};
use maths::encode::{pair_of, sinusoidal_at, wavelength};
use maths::scaling::scaled_frequency;
use ndarray::{ArrayView2, s};

use super::super::axes::{positions, read_rows, smooth};
use super::super::lab::Encode;
use super::super::pointing::{here_at_position, read_cell};
use super::super::python;
use super::super::rows::{rows_of, shown, sinusoids, value_at};
use super::super::scene::EncodeScene;
use super::super::shown::Shown;
use super::super::state::{EncodeState, dims_list};
use super::super::waves::wave_name;
use super::super::ways::{NO_CURVES, TO_ATTENTION, TO_SINUSOIDAL};
use super::nothing::{waiting, why_empty};
use crate::encoding::Encoding;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing, TipOf};

/// Of the plain table, the first picture.
pub const FIRST: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-curves", "Sine curves", first_scene, first_code)
        .caption(125)
        .ignoring(|state| state.dim = None)
        .pointing(pointing(first_tip));

/// Of any scheme.
pub const FIGURE: FigureSpec<Encode> = FIRST.made_by(scene, code).pointing(pointing(tip)).ways(&[
    NO_CURVES,
    TO_ATTENTION,
    TO_SINUSOIDAL,
]);

const fn pointing(tip: TipOf<Encode>) -> Pointing<Encode> {
    Pointing::<Encode>::new(
        read_cell,
        here_at_position,
        tip,
        "Left and right arrow keys move through the positions.",
    )
}

/// What can be said of the plain curves: each with its wavelength, in positions.
type FirstNumbers = Vec<(usize, f64)>;

fn first_numbers(state: &EncodeState) -> FirstNumbers {
    let length = |dim| {
        let pair = pair_of(dim, state.d_model, state.layout);
        wavelength(pair.idx, state.d_model, state.base)
    };
    let dims = state.curves().into_iter();
    dims.map(|dim| (dim, length(dim))).collect()
}

/// What can be said of a scheme's curves.
struct Numbers {
    scheme: Encoding,
    dims: Vec<usize>,
    /// Of each of them, in positions; none where there are no waves.
    wavelengths: Vec<f64>,
}

fn numbers(state: &EncodeState) -> Numbers {
    let dims = state.curves();
    let length = |&dim: &usize| {
        let pair = pair_of(dim, state.d_model, state.layout).idx;
        TAU / scaled_frequency(pair, state.d_model, state.base, state.scaling())
    };
    let wavelengths = if state.scheme.has_waves() {
        dims.iter().map(length).collect()
    } else {
        Vec::new()
    };
    Numbers {
        scheme: state.scheme,
        dims,
        wavelengths,
    }
}

fn first_scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if !state.is_plain() {
        return waiting("encode-curves", state);
    }
    let shown = sinusoids(scene, state);
    let at = |position, dim| sinusoidal_at(position, dim, state.table());
    let lines = lines(state, shown, &|dim| wave_curve(state, dim), Some(&at));
    Figure {
        title: Cow::Borrowed("Sine curves"),
        ..figure(state, shown, lines, first_words(&first_numbers(state)))
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if state.is_plain() {
        return first_scene(scene, state);
    }
    let shown = shown(scene, state);
    let spec = state.spec();
    let at = |position: f64, dim: usize| spec.at(position, dim);
    let lines = if state.scheme.has_waves() {
        lines(state, shown, &|dim| wave_curve(state, dim), Some(&at))
    } else {
        lines(state, shown, &|dim| dim.to_string(), None)
    };
    let mut figure = figure(state, shown, lines, words(&numbers(state)));
    if let (Some(why), Some(panel)) = (why_empty(state.scheme), figure.panels.first_mut()) {
        panel.plot = Plot::Empty(Cow::Borrowed(why));
    }
    figure
}

/// The chosen dimensions as curves, with what is known `between` whole positions.
fn lines<'a>(
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

fn figure<'a>(
    state: &EncodeState,
    shown: Shown<'a>,
    lines: Vec<Line<'a>>,
    summary: String,
) -> Figure<'a> {
    let most = f64::from(shown.most);
    Figure {
        id: "encode-curves",
        title: Cow::Borrowed("Curves over the positions"),
        summary,
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.position()),
                y: None,
            },
            ..Panel::new(
                positions(state),
                Axis::values("", -most, most),
                if lines.is_empty() {
                    Plot::Empty(Cow::Borrowed(NO_CURVE))
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

const NO_CURVE: &str = "No curve chosen: click a cell of the table twice, or add a dimension.";

const CHOOSE: &str = "Choose dimensions to see their waves over the positions.";

/// The name of a wave in the legend.
fn wave_curve(state: &EncodeState, dim: usize) -> String {
    let pair = pair_of(dim, state.d_model, state.layout);
    format!("{dim} {}", wave_name(pair.wave))
}

/// Which curves there are, and how long their waves.
fn first_words(numbers: &FirstNumbers) -> String {
    let Some((last, rest)) = numbers.split_last() else {
        return CHOOSE.to_owned();
    };
    let join = |text: &dyn Fn(&(usize, f64)) -> String| {
        if rest.is_empty() {
            return text(last);
        }
        let firsts: Vec<_> = rest.iter().map(text).collect();
        format!("{} and {}", firsts.join(", "), text(last))
    };
    let (dimension, wave) = if rest.is_empty() {
        ("Dimension", "Wavelength")
    } else {
        ("Dimensions", "Wavelengths")
    };
    format!(
        "{dimension} {} on the same positions. {wave} *{}* positions.",
        join(&|(dim, _)| dim.to_string()),
        join(&|(_, length)| format_value(*length, 4)),
    )
}

/// Which curves of a scheme there are.
fn words(numbers: &Numbers) -> String {
    if numbers.dims.is_empty() {
        return CHOOSE.to_owned();
    }
    let list = dims_list(&numbers.dims, ", ");
    match numbers.scheme {
        Encoding::Sinusoidal | Encoding::Rope => {
            let lengths = numbers.wavelengths.iter();
            let lengths: Vec<_> = lengths.map(|length| format_value(*length, 4)).collect();
            format!(
                "Dimensions {list} on the same positions. Wavelengths *{}* positions.",
                lengths.join(", ")
            )
        }
        Encoding::Learned => format!(
            "Dimensions {list}: *points, not waves*. There is a value at whole positions only, and after max_len there is none."
        ),
        Encoding::Index | Encoding::Fraction => {
            format!(
                "Dimensions {list}: *all are the same line*, so one of them says as much as all."
            )
        }
        Encoding::Binary => format!(
            "Dimensions {list}: digit j repeats every 2^(j+1) positions, *and jumps* where a wave would turn."
        ),
        _ => format!("Dimensions {list}: nothing is added."),
    }
}

/// All curves at one position: `(dimension, value)` each, without a value where there is no row.
fn tip_words(position: u64, readings: &[(usize, Option<f32>)]) -> String {
    let readings: Vec<_> = readings
        .iter()
        .map(|(dim, value)| match value {
            Some(value) => format!("dim {dim}: {}", format_value((*value).into(), 4)),
            None => format!("dim {dim}: no vector"),
        })
        .collect();
    format!(
        "position {} · {}",
        format_count(position),
        readings.join(" · ")
    )
}

/// The chosen columns of the table, (seq_len, number of curves).
fn first_code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| {
        let mut text = python::sinusoids(state, library, "table", "");
        text.push_str(&python::chosen_columns(state));
        text
    })
}

/// The chosen columns of any scheme's table, (seq_len, number of curves).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    Code::for_both(|library| {
        let mut text = python::rows(state, values, library, "table");
        text.push_str(&python::chosen_columns(state));
        text
    })
}

fn first_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    tip_of(sinusoids(scene, state).values, state, cell)
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    tip_of(rows_of(scene, state), state, cell)
}

/// All curves at the position that is pointed at, in numbers.
fn tip_of(values: ArrayView2<'_, f32>, state: &EncodeState, cell: Cell) -> String {
    let position = cell.x.unwrap_or(state.position());
    let dims = state.curves().into_iter();
    let readings: Vec<_> = dims
        .filter_map(|dim| {
            let value = value_at(values, state, position, dim)?;
            Some((dim, Some(value).filter(|value| !value.is_nan())))
        })
        .collect();
    tip_words(position, &readings)
}
