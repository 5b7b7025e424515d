//! The mean of all words' outputs in both orders, as curves over the features, and their difference.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Cross, Figure, Head, Line, Panel, Plot, Role, Table};
use maths::compare::Apart;
use ndarray::ArrayView1;

use super::super::lab::Attend;
use super::super::python::model;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL};
use super::super::state::AttendState;
use super::difference::{rounding, share, worked};
use super::kept::{Compared, ROUNDING};
use super::python::{both, nothing};
use crate::columns;
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-outputs", "The sentence as one vector", scene, code)
        .ways(&[TO_USUAL])
        .ignoring(|state| state.query = None)
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Left and right arrow keys move through the features.",
        ));

/// What can be said of the two means.
struct Numbers {
    apart: Apart,
    /// The feature that differs most, with both values; none where none differs.
    most: Option<(usize, [f32; 2])>,
    /// Whether the sentences have the same words.
    has_same_words: bool,
}

/// None where a sentence has no words.
fn numbers(compared: &Compared) -> Option<Numbers> {
    if compared.is_empty {
        return None;
    }
    let differences = compared.pooled_difference.iter().enumerate();
    let most = differences.max_by(|(_, a), (_, b)| a.abs().total_cmp(&b.abs()));
    Some(Numbers {
        apart: compared.pooled_apart(),
        most: most
            .filter(|(_, by)| **by != 0.0)
            .map(|(feature, _)| (feature, compared.pooled_at(feature))),
        has_same_words: compared.n_alone == 0,
    })
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let compared = scene.compared(state);
    let numbers = numbers(compared);
    let pooled = [0, 1].map(|order| compared.pooled.row(order));
    let rows = [pooled[0], pooled[1], (&compared.pooled_difference).into()];
    let largest = rows
        .iter()
        .flatten()
        .fold(0.0, |most: f32, x| most.max(x.abs()));
    let reach = f64::from(largest.max(f32::MIN_POSITIVE)) * 1.05;
    let line =
        |name, role, values: ArrayView1<'a, f32>| Line::new(name, Role::Series(role), values);
    let panel = |symbol: &'static str, note: &'static str, lines| Panel {
        head: Head {
            symbol: symbol.into(),
            note: note.into(),
        },
        cross: Cross {
            x: Some(state.feature as u64),
            y: None,
        },
        ..Panel::new(
            Axis::cells("feature", "feature", 0, state.d_model),
            Axis::values("", -reach, reach),
            if compared.is_empty {
                Plot::Empty(EMPTY.into())
            } else {
                Plot::Lines(lines)
            },
        )
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: numbers.as_ref().map_or_else(|| EMPTY.to_owned(), summary),
        panels: vec![
            panel(
                "A, B",
                "mean of all words",
                vec![line("order A", 0, rows[0]), line("order B", 1, rows[1])],
            ),
            panel("A − B", "same scale", vec![line("A − B", 2, rows[2])]),
        ],
        table: Table::Beside {
            columns: vec![
                columns::indices("feature", state.d_model),
                columns::numbers("order_a", slice(rows[0])),
                columns::numbers("order_b", slice(rows[1])),
                columns::numbers("difference", &compared.pooled_difference),
            ],
            shape: vec![2, state.d_model],
            values: compared.pooled.as_slice().unwrap_or_default(),
        },
        read_rows: state.feature..state.feature + 1,
    }
}

/// A row of a table, which is in one piece.
fn slice(row: ArrayView1<'_, f32>) -> &[f32] {
    row.to_slice().unwrap_or_default()
}

/// What the order does to the mean.
fn summary(numbers: &Numbers) -> String {
    let what = "The mean of all words' outputs stands for the whole sentence.";
    let Numbers { apart, most, .. } = numbers;
    let differ = match most {
        _ if apart.relative < ROUNDING => format!(
            "*The mean is the same in both orders*: relative to its length the difference is {}.",
            rounding(apart.relative)
        ),
        Some((feature, [a, b])) if numbers.has_same_words => format!(
            "The other order moves the mean by *{}* of its length, most in feature {feature}: {} and {}.",
            share(apart.relative),
            format_value((*a).into(), 2),
            format_value((*b).into(), 2)
        ),
        _ => format!(
            "Other words move it by *{}* of its length: put the same words in another order.",
            share(apart.relative)
        ),
    };
    format!("{what} {differ}")
}

const CODE: &str = "\
result = {lib}.stack([model(words, n_layers - 1)[2].mean(0) for words in (first, second)])  # (order, d_model)
";

/// The means of both orders, (2, d).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    let sentences = [0, 1].map(|order| state.sentence(order));
    Code::for_both(|library| {
        if sentences.iter().any(|it| it.n_words() == 0) {
            return nothing(&format!("zeros((2, {}))", state.d_model), library);
        }
        let title = "The mean of all words' outputs, in two orders";
        let mut text = model(title, &state.model(), library);
        text.push_str(&both(&sentences));
        text.push_str(&fill(CODE, &[("lib", library.name())]));
        text
    })
}

fn read(state: &mut AttendState, cell: Cell) {
    if let Some(feature) = cell.x.and_then(|x| usize::try_from(x).ok()) {
        state.feature = feature;
    }
}

fn here(state: &AttendState) -> Cell {
    Cell {
        x: Some(state.feature as u64),
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let compared = scene.compared(state);
    let feature = cell.x.and_then(|x| usize::try_from(x).ok());
    feature
        .filter(|&feature| feature < state.d_model && !compared.is_empty)
        .map(|feature| {
            let [a, b] = compared.pooled_at(feature);
            format!("feature {feature}: {}", worked(a, b))
        })
        .unwrap_or_default()
}
