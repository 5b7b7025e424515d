//! A rotary table for neighbours with a rotation for halves, a bug that rooms share: the score of one query and one key,
//! moved along together.

use std::borrow::Cow;
use std::ops::Range;

use figures::number::{format_count, format_value};
use figures::{Axis, Cross, Figure, Line, Panel, Plot, Role, Table};
use maths::mistakes::{MixedScores, MixedSpec};
use ndarray::ArrayView1;

use crate::columns;
use crate::python::{Library, double, fill};
use crate::quiz::Found;
use crate::room::Fact;
use crate::settings::number_text;

/// The scores over the positions, and the place that is read.
#[derive(Clone, Copy)]
pub struct Mixed<'a> {
    scores: &'a MixedScores,
    spec: MixedSpec,
    position: u64,
}

/// What can be said of it.
struct Numbers {
    d_model: usize,
    offset: u64,
    /// At the position that is read, right and wrong.
    read: [f32; 2],
    /// The lowest and the highest of each.
    ranges: [[f32; 2]; 2],
}

impl<'a> Mixed<'a> {
    /// Makes the scores; the query is read at a position.
    pub fn new(scores: &'a mut MixedScores, spec: MixedSpec, position: u64) -> Self {
        scores.update(spec);
        Self {
            scores,
            spec,
            position,
        }
    }

    fn numbers(&self) -> Numbers {
        let both = [self.scores.right(), self.scores.wrong()];
        let range = |scores: &[f32]| {
            scores
                .iter()
                .fold([f32::INFINITY, f32::NEG_INFINITY], |[low, high], &it| {
                    [low.min(it), high.max(it)]
                })
        };
        Numbers {
            d_model: self.spec.d_model,
            offset: self.spec.offset,
            read: self.at(self.position).unwrap_or_default(),
            ranges: both.map(range),
        }
    }

    /// Right and wrong with the query at a position; none where it is none of those that are shown.
    fn at(&self, position: u64) -> Option<[f32; 2]> {
        let idx = usize::try_from(position.checked_sub(self.spec.start)?).ok()?;
        let Self { scores, .. } = self;
        Some([*scores.right().get(idx)?, *scores.wrong().get(idx)?])
    }

    /// Both scores over an axis of positions.
    pub fn figure(
        &self,
        (id, title): (&'static str, &'static str),
        positions: Axis<'a>,
        read_rows: Range<usize>,
    ) -> Figure<'a> {
        let numbers = self.numbers();
        let (right, wrong) = (self.scores.right(), self.scores.wrong());
        let ends = numbers.ranges.iter().flatten().copied().map(f64::from);
        let (low, high) = (ends.clone().fold(0.0, f64::min), ends.fold(0.0, f64::max));
        let room = ((high - low) * 0.05).max(1e-3);
        Figure {
            id,
            title: Cow::Borrowed(title),
            summary: words(&numbers),
            panels: vec![Panel {
                cross: Cross {
                    x: Some(self.position),
                    y: None,
                },
                ..Panel::new(
                    positions,
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
            read_rows,
        }
    }

    /// The scores in numbers.
    pub fn facts(&self) -> Vec<Fact> {
        let numbers = self.numbers();
        let [right, wrong] = numbers.read.map(value);
        let [all_right, all_wrong] = numbers.ranges.map(range_text);
        vec![
            Fact::new("position", format_count(self.position)),
            Fact::new("q · k, right", right),
            Fact::new("q · k, wrong", wrong),
            Fact::new("everywhere, right", all_right),
            Fact::new("everywhere, wrong", all_wrong),
        ]
    }

    /// Both scores at a position; empty where it is none of those that are shown.
    pub fn tip(&self, position: Option<u64>) -> String {
        let text = || {
            let position = position?;
            let [right, wrong] = self.at(position)?.map(value);
            let position = format_count(position);
            Some(format!("query at {position}: right {right}, wrong {wrong}"))
        };
        text().unwrap_or_default()
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

/// Code that makes right and wrong, (2, T).
pub fn code(spec: MixedSpec, library: Library) -> String {
    let MixedSpec {
        d_model,
        base,
        start,
        n_positions,
        offset,
    } = spec;
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
            ("seq_len", &n_positions.to_string()),
            ("d_model", &d_model.to_string()),
            ("base", &number_text(base)),
            ("start", &start.to_string()),
            ("offset", &offset.to_string()),
        ],
    )
}

/// The bug as a line, and what it should be; the thread where it was found.
pub const FOUND: Found = Found::issue(
    "emb = freqs.repeat_interleave(2, dim=-1)  # for neighbours\nq = q * emb.cos() + rotate_half(q) * emb.sin()",
    "emb = torch.cat((freqs, freqs), dim=-1)  # for halves\nq = q * emb.cos() + rotate_half(q) * emb.sin()",
    "raiyanyahya/how-to-train-your-gpt",
    6,
);

/// What the bug is and does.
pub const MEANING: &str = "The table turns neighbours alike: [feature|features] 2i and 2i + 1. rotate_half pairs halves: features i and i + d/2. *So the \
     two of a [pair|pair] turn at different speeds*, which is not a rotation. Each convention is right by itself.";
