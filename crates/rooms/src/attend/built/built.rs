//! The map of a head that is written down: who looks at whom, queries downwards, keys to the right.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Axis, Colours, Cross, Figure, Heatmap, Panel, Plot, Ramp, Rows, Table};

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::state::AttendState;
use super::super::written::percent;
use super::kept::{Found, Head, HeadSpec};
use super::python::head;
use crate::columns;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing, Way};

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-built", "Who looks at whom", scene, code)
        .height(380)
        .ignoring(|state: &mut AttendState| state.feature = 0)
        .ways(&[Way::new(
            "Look at the word before",
            |state: &mut AttendState| {
                state.looks_at = -1;
            },
        )])
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Up and down arrow keys move through the queries, left and right through the keys.",
        ));

/// What can be said of the map.
struct Numbers {
    looks_at: i64,
    sharpness: f64,
    n_words: usize,
    found: Found,
    /// Of positions alone, where words are in the vectors too.
    found_alone: Option<Found>,
}

fn numbers(head: &Head, spec: &HeadSpec) -> Numbers {
    Numbers {
        looks_at: spec.looks_at,
        sharpness: spec.sharpness,
        n_words: spec.n_words,
        found: head.found,
        found_alone: head.found_alone,
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let spec = HeadSpec::of(state);
    let head = scene.built.head(state);
    let numbers = numbers(head, &spec);
    let (n, query) = (spec.n_words, state.query());
    let plot = if numbers.found.n_queries == 0 {
        Plot::Empty("No word has a word to look at.".into())
    } else {
        Plot::Heatmap(Heatmap {
            values: head.map(),
            rows: Rows::Down,
            colours: Colours {
                ramp: Ramp::Sequential,
                min: 0.0,
                max: 1.0,
            },
            undefined: Cow::Borrowed(""),
            version: head.version,
        })
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels: vec![Panel {
            cross: Cross {
                x: spec.target(query).map(|place| place as u64),
                y: Some(query as u64),
            },
            ..Panel::new(
                Axis::cells("key", "key", 0, n),
                Axis::cells("query", "query", 0, n),
                plot,
            )
        }],
        table: Table::Columns(vec![
            columns::index("query", n, n, n * n),
            columns::index("key", 1, n, n * n),
            columns::numbers("weight", head.map().to_slice().unwrap_or_default()),
        ]),
        read_rows: query * n..(query + 1) * n,
    }
}

/// Whom a head looks at, so many places on.
fn looked_at(offset: i64) -> String {
    let side = if offset < 0 { "before" } else { "after" };
    match offset.unsigned_abs() {
        0 => "each word itself".to_owned(),
        1 => format!("the word {side}"),
        n => format!("the word {n} places {side}"),
    }
}

/// What the head does and how well.
fn summary(numbers: &Numbers) -> String {
    let &Numbers {
        looks_at,
        sharpness,
        n_words,
        found,
        found_alone,
    } = numbers;
    let whom = looked_at(looks_at);
    if found.n_queries == 0 {
        return format!(
            "The head looks for {whom}, but the sentence has only {n_words} words: *there is nothing to look at*."
        );
    }
    let mut text = if sharpness == 0.0 {
        format!(
            "Sharpness 0: *all words get the same weight*, {} each.",
            percent(1.0 / n_words as f64)
        )
    } else {
        // Words in the vectors may turn some queries elsewhere, though most find their word.
        let head = match (found.least > 0.5, found.mean > 0.5) {
            (true, _) => "The head looks at",
            (false, true) => "On average the head looks at",
            (false, false) => "The head looks for",
        };
        format!(
            "{head} {whom}. The right word gets *{} of the [attention|attention] in the mean*; the least is {}.",
            percent(found.mean),
            percent(found.least),
        )
    };
    if let Some(alone) = found_alone {
        text.push_str(&format!(
            " With positions alone the mean would be {}.",
            percent(alone.mean)
        ));
    }
    let n_without = n_words - found.n_queries;
    if n_without > 0 {
        let words = match n_without {
            1 => "1 word has".to_owned(),
            n => format!("{} words have", format_count(n as u64)),
        };
        text.push_str(&format!(
            "\n{words} nothing there to look at: the attention goes to whatever fits best. The mean leaves that out."
        ));
    }
    text
}

/// A weight and the score that it is made from.
fn weight_text(query: u64, key: u64, weight: f32, score: f32) -> String {
    format!(
        "word {query} looks at word {key}: weight {}, score {}",
        format_value(weight.into(), 3),
        format_value(score.into(), 4)
    )
}

const MAP: &str = "\
result = softmax(sharpness * (x @ W_Q) @ (x @ W_K).T)  # (query, key)
";

/// The map, (query, key).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    head("A head that is written down: its map", state, MAP)
}

fn read(state: &mut AttendState, cell: Cell) {
    if let Some(query) = cell.y.and_then(|y| usize::try_from(y).ok()) {
        state.query = Some(query);
    }
}

fn here(state: &AttendState) -> Cell {
    let query = state.query();
    let target = HeadSpec::of(state).target(query);
    Cell {
        x: Some(target.unwrap_or(query) as u64),
        y: Some(query as u64),
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let head = scene.built.head(state);
    let text = || {
        let (query, key) = cell.y.zip(cell.x)?;
        let at = [usize::try_from(query).ok()?, usize::try_from(key).ok()?];
        let (weight, score) = (
            head.map().get(at).copied()?,
            head.scores().get(at).copied()?,
        );
        Some(weight_text(query, key, weight, score))
    };
    text().unwrap_or_default()
}
