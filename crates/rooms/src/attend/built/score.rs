//! The score by offset, from the query to the key: why one place wins.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Band, Cross, Figure, Line, Panel, Plot, Role};

use maths::encode::frequency;

use super::super::lab::Attend;
use super::super::model::BASE;
use super::super::scene::AttendScene;
use super::super::state::AttendState;
use super::kept::{Head, HeadSpec};
use super::python::head;
use crate::offsets::{cell_of, name, offset_of, row};
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::Notice;
use crate::value_axis;

/// The figure.
pub const FIGURE: FigureSpec<Attend> = FigureSpec::<Attend>::new(
    "attend-built-score",
    "The score by offset",
    scene,
    code,
)
.height(380)
.ignoring(|state: &mut AttendState| (state.query, state.feature) = (None, 0))
.pointing(
    // What is pointed at is only said: a curve that followed the pointer could not be read.
    Pointing::new(
        |_, _| {},
        here,
        tip,
        "Left and right arrow keys say the scores beside the offset that the head looks at.",
    )
    .picking("looks_at", pick),
);

/// The furthest offset that a head may look at.
const FURTHEST: i64 = 8;

/// What can be said of the scores.
struct Numbers {
    looks_at: i64,
    sharpness: f64,
    n_pairs: usize,
    /// The mean score at the offset that is looked for; none where no key is so far away.
    at: Option<f64>,
    /// How much lower the score is one place beside it, of positions alone.
    lead: f64,
    /// How far scores of the same offset are apart, where words are in the vectors too.
    spread: Option<f64>,
}

fn numbers(head: &Head, spec: &HeadSpec) -> Numbers {
    let by_offset = head.by_offset.view();
    let [mean, least, largest] = [0, 1, 2].map(|idx| row(by_offset, idx));
    let at = head.offsets.idx_of(cell_of(spec.looks_at));
    let widths = largest.iter().zip(least).map(|(max, min)| max - min);
    Numbers {
        looks_at: spec.looks_at,
        sharpness: spec.sharpness,
        n_pairs: spec.d_model / 2,
        at: at.map(|idx| mean[idx].into()),
        lead: spec.sharpness * lost_beside(spec.d_model),
        spread: spec.words.map(|_| widths.fold(0.0, f32::max).into()),
    }
}

/// Σ (1 − cos ω_i): by how much the sum of all cosines is lower one place beside the one that is looked for.
fn lost_beside(d_model: usize) -> f64 {
    let omegas = (0..d_model / 2).map(|pair| frequency(pair, d_model, BASE));
    omegas.map(|omega| 1.0 - omega.cos()).sum()
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let spec = HeadSpec::of(state);
    let head = scene.built.head(state);
    let by_offset = head.by_offset.view();
    let [mean, least, largest] = [0, 1, 2].map(|idx| row(by_offset, idx));
    let (curve, band) = match spec.words {
        None => ("score", None),
        Some(_) => (
            "mean, smallest to largest",
            Some(Band {
                min: least,
                max: largest,
            }),
        ),
    };
    let read = head.offsets.idx_of(cell_of(spec.looks_at));
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers(head, &spec)),
        panels: vec![Panel {
            cross: Cross {
                x: read.and(here(state).x),
                y: None,
            },
            ..Panel::new(
                head.offsets.axis(),
                value_axis::axis("score", value_axis::range(by_offset)),
                Plot::Lines(vec![Line {
                    band,
                    ..Line::new(curve, Role::Series(0), mean)
                }]),
            )
        }],
        table: head.offsets.table(&["mean", "min", "max"], by_offset),
        read_rows: read.map_or(0..0, |row| row..row + 1),
    }
}

/// Why one place wins, and by how much.
fn summary(numbers: &Numbers) -> String {
    let &Numbers {
        looks_at,
        sharpness,
        n_pairs,
        at,
        lead,
        spread,
    } = numbers;
    let Some(at) = at else {
        return format!(
            "No key stands at [offset|offset] {}: the sentence is too short.",
            name(looks_at)
        );
    };
    if sharpness == 0.0 {
        return "Sharpness 0 makes *every [score|score] 0*: no place can win.".to_owned();
    }
    let at = format_value(at, 4);
    let lead_text = format_value(lead, 3);
    match spread {
        None => format!(
            "At [offset|offset] {} all {n_pairs} cosines are 1: the [score|score] is {at}. A key one place beside it scores {lead_text} less, and gets *{} times less weight*.",
            name(looks_at),
            format_value(lead.exp(), 2),
        ),
        Some(spread) => format!(
            "Positions put [offset|offset] {} ahead of its neighbours by {lead_text}. But words change the [score|scores]: *those of one offset differ by up to {}*.",
            name(looks_at),
            format_value(spread, 3),
        ),
    }
}

/// The scores at an offset.
fn offset_text(offset: i64, [mean, min, max]: [f32; 3], has_words: bool) -> String {
    let [mean, min, max] = [mean, min, max].map(|value| format_value(value.into(), 4));
    let offset = name(offset);
    if has_words {
        format!("offset {offset}: mean score {mean}, from {min} to {max}")
    } else {
        format!("offset {offset}: score {mean}")
    }
}

const BY_OFFSET: &str = "\
scores = sharpness * (x @ W_Q) @ (x @ W_K).T  # (query, key)
offsets = range(1 - n, n)
by_offset = [{lib}.diagonal(scores, offset) for offset in offsets]
rows = [list(offsets)] + [[float(f(it)) for it in by_offset] for f in ({lib}.mean, {lib}.min, {lib}.max)]
result = {array}(rows{double}){single}  # offset, mean, smallest, largest
";

/// The scores by offset, (4, offsets): the offsets stand first.
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    head(
        "A head that is written down: its scores by offset",
        state,
        BY_OFFSET,
    )
}

/// Looks at an offset.
fn pick(state: &mut AttendState, cell: Cell) -> Option<Notice> {
    let wanted = offset_of(cell.x?);
    let used = wanted.clamp(-FURTHEST, FURTHEST);
    state.looks_at = used;
    let allowed = format!(
        "whole numbers from {} to {}",
        name(-FURTHEST),
        name(FURTHEST)
    );
    (used != wanted).then(|| Notice::new("Looks at", &name(wanted), allowed, name(used)))
}

fn here(state: &AttendState) -> Cell {
    Cell {
        x: Some(cell_of(state.looks_at)),
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let has_words = HeadSpec::of(state).words.is_some();
    let head = scene.built.head(state);
    let text = || {
        let x = cell.x?;
        let idx = head.offsets.idx_of(x)?;
        let values = [0, 1, 2].map(|row| head.by_offset[[row, idx]]);
        Some(offset_text(offset_of(x), values, has_words))
    };
    text().unwrap_or_default()
}
