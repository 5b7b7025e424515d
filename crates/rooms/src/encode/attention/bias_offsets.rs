//! What heads add to the score, by offset: a curve for each.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Figure, Join, Line, Panel, Plot, Role};
use maths::bias::{Direction, alibi_slope, t5_bucket};

use super::super::lab::Encode;
use super::super::scene::EncodeScene;
use super::super::state::{EncodeState, Encoding};
use super::inside::{bucket, by_offset, is_inside, update};
use super::kept::Kept;
use super::offset_axis::{self, offset_of, row};
use super::words::{NOTHING_INSIDE, not_shown, offset_text, slope_text};
use super::{python, value_axis};
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-bias-offsets", "Each head by offset", scene, code)
        .ignoring(|state| (state.pos, state.head) = (None, None))
        .pointing(Pointing::<Encode>::new(
            offset_axis::read,
            offset_axis::here,
            tip,
            offset_axis::KEYS,
        ));

/// What can be said of it.
struct Numbers {
    scheme: Encoding,
    direction: Direction,
    /// Of each head, if it is one of ALiBi.
    slopes: Vec<f64>,
    /// Of each head of T5.
    n_buckets: u32,
    /// The smallest distance of T5's last bucket.
    last_bucket_from: u64,
    /// The lowest and the highest value; `None` where nothing happens inside attention.
    range: Option<[f32; 2]>,
}

fn numbers(kept: &Kept, state: &EncodeState) -> Numbers {
    let slopes = (0..state.heads).map(|idx| alibi_slope(idx, state.heads));
    Numbers {
        scheme: state.scheme,
        direction: state.direction,
        slopes: slopes.collect(),
        n_buckets: state.n_buckets,
        last_bucket_from: last_bucket_from(state),
        range: value_axis::range(by_offset(kept, state)),
    }
}

/// By trying, for the rule has roundings in it.
fn last_bucket_from(state: &EncodeState) -> u64 {
    let bucket = |distance: i64| {
        t5_bucket(
            -distance,
            state.n_buckets,
            state.max_distance,
            state.direction,
        )
    };
    let last = bucket(i64::MAX);
    // Buckets never fall with the distance, so halving finds it.
    let (mut below, mut from) = (-1, 4096);
    while from - below > 1 {
        let middle = i64::midpoint(below, from);
        if bucket(middle) == last {
            from = middle;
        } else {
            below = middle;
        }
    }
    from.unsigned_abs()
}

/// The headers of the heads' columns; heads count from 1 on.
const HEAD_COLUMNS: [&str; 16] = [
    "head_1", "head_2", "head_3", "head_4", "head_5", "head_6", "head_7", "head_8", "head_9",
    "head_10", "head_11", "head_12", "head_13", "head_14", "head_15", "head_16",
];

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.attention, state);
    let kept = &scene.attention;
    let numbers = numbers(kept, state);
    let values = by_offset(kept, state);
    let join = match state.scheme {
        Encoding::T5 => Join::Stepped,
        _ => Join::Straight,
    };
    let lines = (0..values.nrows()).map(|idx| Line {
        join,
        ..Line::new(
            curve_name(&numbers, idx),
            Role::Series(idx),
            row(values, idx),
        )
    });
    let (label, columns): (_, &[_]) = match state.scheme {
        Encoding::Rope => ("score", &["score"]),
        _ => ("bias", &HEAD_COLUMNS),
    };
    let read_cell = offset_axis::here(state).x;
    let read_row = read_cell.and_then(|cell| kept.offsets.idx_of(cell));
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(title(&numbers)),
        summary: words(&numbers),
        panels: vec![Panel {
            cross: offset_axis::cross(state),
            ..Panel::new(
                kept.offsets.axis(),
                value_axis::axis(label, numbers.range),
                if is_inside(state) {
                    Plot::Lines(lines.collect())
                } else {
                    Plot::Empty(Cow::Borrowed(NOTHING_INSIDE))
                },
            )
        }],
        table: kept.offsets.table(columns, values),
        read_rows: read_row.map_or(0..0, |row| row..row + 1),
    }
}

fn title(numbers: &Numbers) -> &'static str {
    match numbers.scheme {
        Encoding::Rope => "The same by offset",
        _ => FIGURE.title,
    }
}

/// A curve's name.
fn curve_name(numbers: &Numbers, idx: usize) -> String {
    let head = idx + 1;
    match (numbers.scheme, numbers.slopes.get(idx)) {
        (Encoding::Rope, _) => "score".to_owned(),
        (Encoding::Alibi, Some(&slope)) => format!("head {head}: {}", slope_text(slope)),
        _ => format!("head {head}"),
    }
}

/// What it shows and what to notice.
fn words(numbers: &Numbers) -> String {
    let n_heads = numbers.slopes.len();
    match (numbers.scheme, numbers.range) {
        (Encoding::Alibi, _) => {
            let slopes: Vec<_> = numbers.slopes.iter().copied().map(slope_text).collect();
            let slopes = slopes.join(", ");
            if n_heads == 1 {
                return format!("One head, one slope: *{slopes}* per position.");
            }
            let rule = if n_heads.is_power_of_two() {
                "a geometric series"
            } else {
                "no power of two: the slopes of the next lower one, then every other of the next higher one"
            };
            format!("{n_heads} heads, slopes *{slopes}*: {rule}.")
        }
        (Encoding::T5, _) => {
            let n_buckets = numbers.n_buckets;
            let (n_exact, later) = match numbers.direction {
                Direction::Causal => (n_buckets / 2, ""),
                Direction::Both => (n_buckets / 4, " Half of the buckets are for later keys."),
            };
            format!(
                "{n_heads} heads, each with {n_buckets} numbers: *distances below {n_exact} have a bucket each*, larger ones share \
                 buckets, the last holds all from {} on.{later}",
                format_count(numbers.last_bucket_from),
            )
        }
        (Encoding::Rope, Some([low, high])) => format!(
            "Between {} and {}: *d/2 waves of as many frequencies*, each as strong as query and key are in its two features.",
            format_value(low.into(), 3),
            format_value(high.into(), 3)
        ),
        _ => NOTHING_INSIDE.to_owned(),
    }
}

const OFFSETS: &str = "
offsets = range(1 - seq_len, {end})
rows = [[bias(head, offset) for offset in offsets] for head in range(heads)]
result = {array}([list(offsets)] + rows{double}){single}  # (offset and heads, offset)
";

const ROPE_OFFSETS: &str = "
offset = {lib}.arange(1 - seq_len, {end}{double})
result = {lib}.stack([offset, score({query}, offset)]){single}
";

/// All heads by offset, (1 + heads, offsets): the offsets stand first.
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    python::inside(state, OFFSETS, ROPE_OFFSETS, "(0,)")
}

/// All heads at an offset in numbers.
fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let Some(x) = cell.x.filter(|_| is_inside(state)) else {
        return String::new();
    };
    let kept = &mut scene.attention;
    update(kept, state);
    let Some(idx) = kept.offsets.idx_of(x) else {
        return not_shown(offset_of(x));
    };
    let has_heads = state.bias_spec().is_some();
    let rows = by_offset(kept, state);
    let heads = rows.outer_iter().zip(1..);
    let values: Vec<_> = heads
        .filter_map(|(row, head)| Some((has_heads.then_some(head), *row.get(idx)?)))
        .collect();
    let offset = offset_of(x);
    offset_text(offset, bucket(state, offset), &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_beyond_the_sequence_has_no_values() {
        for scheme in [Encoding::Alibi, Encoding::T5, Encoding::Rope] {
            let mut kept = EncodeScene::default();
            let mut tip_at = |offset| {
                let state = EncodeState {
                    scheme,
                    seq_len: 8,
                    offset,
                    ..EncodeState::default()
                };
                tip(&mut kept, &state, offset_axis::here(&state))
            };
            assert!(tip_at(7).len() > "offset −7: not shown".len());
            assert_eq!(tip_at(8), "offset −8: not shown");
        }
    }
}
