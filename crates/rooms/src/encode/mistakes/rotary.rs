//! The bug of scores: a rotary table for neighbours with a rotation for halves. The score of one query and one key, moved
//! along together.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Axis, Cross, Figure, Line, Panel, Plot, Role, Table};
use maths::mistakes::{MixedScores, MixedSpec};
use ndarray::ArrayView1;

use super::super::axes::{positions, read_rows, row_idx};
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use crate::columns;
use crate::python::{Library, double, fill};
use crate::room::Fact;
use crate::settings::number_text;

/// What can be said of it.
struct Numbers {
    d_model: usize,
    offset: u64,
    /// At the position that is read, right and wrong.
    read: [f32; 2],
    /// The lowest and the highest of each.
    ranges: [[f32; 2]; 2],
}

fn update<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> &'a MixedScores {
    let scores = &mut scene.mistakes.scores;
    scores.update(MixedSpec {
        d_model: state.d_model,
        base: state.base,
        start: state.start,
        n_positions: state.seq_len,
        offset: state.offset,
    });
    scores
}

fn numbers(scores: &MixedScores, state: &EncodeState) -> Numbers {
    let both = [scores.right(), scores.wrong()];
    let range = |scores: &[f32]| {
        scores
            .iter()
            .fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], &it| {
                [low.min(it), high.max(it)]
            })
    };
    Numbers {
        d_model: state.d_model,
        offset: state.offset,
        // There is a score for each position that is shown.
        read: both.map(|scores| scores.get(row_idx(state)).copied().unwrap_or_default()),
        ranges: both.map(range),
    }
}

/// Both scores over the positions.
pub fn figure<'a>(
    (id, title): (&'static str, &'static str),
    scene: &'a mut EncodeScene,
    state: &EncodeState,
) -> Figure<'a> {
    let scores = update(scene, state);
    let numbers = numbers(scores, state);
    let (right, wrong) = (scores.right(), scores.wrong());
    let ends = numbers.ranges.iter().flatten().copied().map(f64::from);
    let (low, high) = (ends.clone().fold(0.0, f64::min), ends.fold(0.0, f64::max));
    let room = ((high - low) * 0.05).max(1e-3);
    Figure {
        id,
        title: Cow::Borrowed(title),
        summary: words(&numbers),
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.position()),
                y: None,
            },
            ..Panel::new(
                positions(state),
                Axis::values("q · k", low - room, high + room),
                Plot::Lines(vec![
                    Line::new("B, wrong", Role::Series(1), ArrayView1::from(wrong)),
                    // Over the other one, which would hide it.
                    Line::new("A, right", Role::Series(0), ArrayView1::from(right)),
                ]),
            )
        }],
        table: Table::Columns(vec![
            columns::indices("place", right.len()),
            columns::numbers("right", right),
            columns::numbers("wrong", wrong),
        ]),
        read_rows: read_rows(state),
    }
}

fn value(value: f32) -> String {
    format_value(value.into(), 4)
}

/// One number, or from the lowest to the highest.
fn range_text([low, high]: [f32; 2]) -> String {
    let (low, high) = (value(low), value(high));
    if low == high {
        low
    } else {
        format!("from {low} to {high}")
    }
}

/// What can be seen in the numbers.
fn words(numbers: &Numbers) -> String {
    let [right, wrong] = numbers.ranges.map(range_text);
    if right == wrong {
        return "Here right and wrong are equal: *the mistake cannot be seen in this state*."
            .to_owned();
    }
    let d = numbers.d_model;
    format!(
        "q = (1, …, {d}) and k = ({d}, …, 1), {} apart, at every place. *Right, q · k is always {right}*. Wrong, it is *{wrong}*: it depends \
         on the place.",
        match numbers.offset {
            1 => "1 position".to_owned(),
            k => format!("{} positions", format_count(k)),
        }
    )
}

/// The scores in numbers.
pub fn facts(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    let numbers = numbers(update(scene, state), state);
    let [right, wrong] = numbers.read.map(value);
    let [all_right, all_wrong] = numbers.ranges.map(range_text);
    vec![
        Fact::new("position", format_count(state.position())),
        Fact::new("q · k, right", right),
        Fact::new("q · k, wrong", wrong),
        Fact::new("everywhere, right", all_right),
        Fact::new("everywhere, wrong", all_wrong),
    ]
}

/// Both scores at a position; empty where it is none of those that are shown.
pub fn tip(scene: &mut EncodeScene, state: &EncodeState, position: Option<u64>) -> String {
    let scores = update(scene, state);
    let text = || {
        let position = position?;
        let idx = usize::try_from(position.checked_sub(state.start)?).ok()?;
        let (right, wrong) = (*scores.right().get(idx)?, *scores.wrong().get(idx)?);
        Some(format!(
            "query at {}: right {}, wrong {}",
            format_count(position),
            value(right),
            value(wrong)
        ))
    };
    text().unwrap_or_default()
}

const CODE: &str = "\
import {import}

# The score of one query and one key, rotated as it should be, and with a table that belongs to another rotation
seq_len, d_model, base, start, offset = {seq_len}, {d_model}, {base}, {start}, {offset}
position = {lib}.arange(start, start + seq_len{double})[:, None]
q = {lib}.arange(1, d_model + 1{double})
k = d_model + 1 - q
omega = base ** (-{lib}.arange(0, d_model, 2{double}) / d_model)


def rotate_half(x):  # features i and i + d_model / 2 are a pair
    return {concatenate}([-x[d_model // 2 :], x[: d_model // 2]])


def scores(omega):  # by feature
    def rotated(x, position):
        return x * {lib}.cos(position * omega) + rotate_half(x) * {lib}.sin(position * omega)

    return (rotated(q, position) * rotated(k, position - offset)).sum(1)


right = scores({concatenate}([omega, omega]))  # features i and i + d_model / 2 turn alike
wrong = scores(omega{repeat})  # neighbours turn alike
result = {lib}.stack([right, wrong]){single}  # (2, position)
";

/// Right and wrong, (2, T).
pub fn code(state: &EncodeState, library: Library) -> String {
    fill(
        CODE,
        &[
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
            ("double", double(library)),
            ("single", library.pick(".astype(np.float32)", ".float()")),
            ("concatenate", library.pick("np.concatenate", "torch.cat")),
            (
                "repeat",
                library.pick(".repeat(2)", ".repeat_interleave(2)"),
            ),
            ("seq_len", &state.seq_len.to_string()),
            ("d_model", &state.d_model.to_string()),
            ("base", &number_text(state.base)),
            ("start", &state.start.to_string()),
            ("offset", &state.offset.to_string()),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::scene::EncodeScene;
    use super::super::super::state::{Bug, EncodePart, EncodeState};
    use super::{figure, tip};

    #[test]
    fn what_does_not_belong_together_depends_on_where_it_stands() {
        let state = EncodeState {
            part: EncodePart::Mistakes,
            mistake: Some(Bug::RotaryMixed),
            d_model: 6,
            offset: 1,
            seq_len: 512,
            ..EncodeState::default()
        };
        let mut kept = EncodeScene::default();
        let said = figure(("", ""), &mut kept, &state).summary;
        assert!(said.contains("*Right, q · k is always 29.01*"), "{said}");
        let tip = |position| tip(&mut EncodeScene::default(), &state, Some(position));
        assert_eq!(tip(1), "query at 1: right 29.01, wrong 6.428");
        assert_eq!(tip(501), "query at 501: right 29.01, wrong 24.23");
        assert_eq!(tip(512), "");
        // One pair is its own neighbour and its own half.
        let one_pair = EncodeState {
            d_model: 2,
            ..state.clone()
        };
        let said = figure(("", ""), &mut kept, &one_pair).summary;
        assert!(said.contains("cannot be seen"), "{said}");
    }
}
