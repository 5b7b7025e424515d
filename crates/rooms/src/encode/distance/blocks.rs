//! M_k written out: the blocks of some pairs, as a panel beside the shift.

use std::borrow::Cow;
use std::f64::consts::TAU;

use figures::number::{format_count, format_fixed, format_value};
use figures::{Anchor, Axis, Colours, Form, Head, Panel, Plot, Ramp, Role, Shape, Sketch};
use maths::encode::pair_of;
use maths::scaling::scaled_frequency;

use super::super::state::EncodeState;

/// Blocks of M_k that are written out.
const MOST_BLOCKS: usize = 3;

/// How wide a number of a block stands, in its heights.
const CELL_WIDTH: f64 = 1.7;

/// How far past the last cell a name may end, in heights of cells.
const MARGIN: f64 = 0.6;

/// By how much a pair is rotated, within one turn.
#[allow(clippy::cast_precision_loss)]
fn degrees(state: &EncodeState, pair: usize) -> f64 {
    let omega = scaled_frequency(pair, state.d_model, state.base, state.scaling());
    (state.offset as f64 * omega).rem_euclid(TAU) / TAU * 360.0
}

/// The pair of the dimension that is read.
pub fn read_pair(state: &EncodeState) -> usize {
    pair_of(state.dimension(), state.d_model, state.layout).idx
}

/// Some pairs, from the fastest to the slowest, the one that is read among them.
fn shown_pairs(state: &EncodeState) -> Vec<usize> {
    let n_pairs = state.d_model / 2;
    let n_blocks = n_pairs.min(MOST_BLOCKS);
    let mut pairs: Vec<_> = (0..n_blocks)
        .map(|idx| idx * (n_pairs - 1) / (n_blocks - 1).max(1))
        .collect();
    let read = read_pair(state);
    let nearest = pairs.iter().map(|pair| pair.abs_diff(read)).enumerate();
    if let Some((idx, _)) = nearest.min_by_key(|&(_, away)| away) {
        pairs[idx] = read;
    }
    pairs
}

/// M_k as far as it can be written: blocks of some pairs along its diagonal, zeros elsewhere.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
pub fn panel<'a>(state: &EncodeState, blocks: &[[[f64; 2]; 2]]) -> Panel<'a> {
    let pairs = shown_pairs(state);
    let read = read_pair(state);
    let n_cells = 2 * pairs.len();
    // Pale, so that the numbers can be read on them.
    let colours = Colours {
        ramp: Ramp::Diverging,
        min: -3.0,
        max: 3.0,
    };
    let (right, end) = (CELL_WIDTH * n_cells as f64, n_cells as f64);
    // One block alone has its name beside it.
    let width = if pairs.len() == 1 { right + 4.0 } else { right };
    let mut shapes = Vec::new();
    for (idx, &pair) in pairs.iter().enumerate() {
        let at = (2.0 * CELL_WIDTH * idx as f64, 2.0 * idx as f64);
        let block = blocks.get(pair).copied().unwrap_or_default();
        for (row, values) in block.into_iter().enumerate() {
            for (column, value) in values.into_iter().enumerate() {
                let corner = (at.0 + CELL_WIDTH * column as f64, at.1 + row as f64);
                shapes.push(
                    Shape::new(Form::Cell {
                        at: corner,
                        size: (CELL_WIDTH, 1.0),
                        value: value as f32,
                        colours,
                    })
                    .at_cell(pair as u64, 0),
                );
                shapes.push(text_shape(
                    (corner.0 + CELL_WIDTH / 2.0, corner.1 + 0.5),
                    number(value),
                    (Anchor::Middle, 0.0),
                    pair == read,
                ));
            }
        }
        let is_left = 2 * idx < pairs.len();
        let label = name(pair, degrees(state, pair));
        let (left, past) = (at.0 - 0.2, at.0 + 2.0 * CELL_WIDTH + 0.2);
        let (x, anchor) = if is_left {
            (past, (Anchor::Left, width + MARGIN - past))
        } else {
            (left, (Anchor::Right, left))
        };
        shapes.push(text_shape((x, at.1 + 1.0), label, anchor, pair == read));
    }
    shapes.push(Shape::new(Form::Line {
        points: vec![
            (0.0, 0.0),
            (right, 0.0),
            (right, end),
            (0.0, end),
            (0.0, 0.0),
        ],
        width: 1.0,
        role: Role::Line,
    }));
    let nothing = || Axis::values("", 0.0, 1.0);
    Panel {
        head: Head {
            symbol: Cow::Owned(head(state.d_model / 2)),
            note: Cow::Borrowed(""),
        },
        ..Panel::new(
            nothing(),
            nothing(),
            Plot::Sketch(Sketch {
                width,
                height: end,
                shapes,
            }),
        )
    }
}

/// A text at one side of a place, and how much room it has there; 0 is enough.
fn text_shape<'a>(
    at: (f64, f64),
    text: String,
    (anchor, room): (Anchor, f64),
    is_bold: bool,
) -> Shape<'a> {
    Shape::new(Form::Text {
        at,
        text: Cow::Owned(text),
        anchor,
        size: 0.9,
        room,
        role: if is_bold { Role::Ink } else { Role::Quiet },
        is_bold,
    })
}

/// Over the blocks.
fn head(n_pairs: usize) -> String {
    format!("M of {} blocks", format_count(n_pairs as u64))
}

/// A number of a block.
fn number(value: f64) -> String {
    format_fixed(value, 2)
}

/// A block's name.
fn name(pair: usize, degrees: f64) -> String {
    format!("pair {pair}, {}°", format_value(degrees, 3))
}

/// A block in numbers.
fn words(pair: usize, degrees: f64) -> String {
    format!(
        "pair {pair}: rotated by k · ω = {}°",
        format_value(degrees, 4)
    )
}

/// The block of a pair in numbers.
pub fn tip(state: &EncodeState, pair: u64) -> String {
    state
        .pair_at(Some(pair))
        .map(|pair| words(pair, degrees(state, pair)))
        .unwrap_or_default()
}
