//! What heads add to the score, by offset: a curve for each.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Figure, Join, Line, Panel, Plot, Role};
use maths::bias::{Direction, alibi_slope, t5_bucket};

use super::super::lab::Encode;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::ways::TO_ROPE;
use super::inside::{bucket, by_offset, is_inside, update};
use super::kept::Kept;
use super::offset_axis;
use super::python;
use super::words::{NOTHING_INSIDE, not_shown, offset_text, slope_text};
use crate::encoding::Encoding;
use crate::offsets::{offset_of, row};
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::value_axis;

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::<Encode>::new("encode-bias-offsets", "Each head by offset", scene, code)
        .ways(&[TO_ROPE])
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

/// The most heads that have a curve: of more some are left out, evenly.
const MOST_CURVES: usize = 16;

/// The heads that have a curve, from 0 on: the first, the last, and those between them.
fn drawn(n_heads: usize) -> impl Iterator<Item = usize> {
    let n = n_heads.min(MOST_CURVES);
    (0..n).map(move |idx| idx * n_heads.saturating_sub(1) / n.saturating_sub(1).max(1))
}

macro_rules! head_columns {
    ($($head:literal)*) => { [$(concat!("head_", $head)),*] };
}

/// The headers of the heads' columns; heads count from 1 on.
const HEAD_COLUMNS: [&str; 128] = head_columns!(
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36
    37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64 65 66 67 68 69
    70 71 72 73 74 75 76 77 78 79 80 81 82 83 84 85 86 87 88 89 90 91 92 93 94 95 96 97 98 99 100 101
    102 103 104 105 106 107 108 109 110 111 112 113 114 115 116 117 118 119 120 121 122 123 124 125 126
    127 128
);

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.attention, state);
    let kept = &scene.attention;
    let numbers = numbers(kept, state);
    let values = by_offset(kept, state);
    let join = match state.scheme {
        Encoding::T5 => Join::Stepped,
        _ => Join::Straight,
    };
    let lines = drawn(values.nrows()).enumerate().map(|(nth, idx)| Line {
        join,
        ..Line::new(
            curve_name(&numbers, idx),
            Role::Series(nth),
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
    let some = if n_heads > MOST_CURVES {
        format!("\n{MOST_CURVES} of the heads have a curve; the files have all.")
    } else {
        String::new()
    };
    match (numbers.scheme, numbers.range) {
        (Encoding::Alibi, _) => {
            let slope = |head: usize| slope_text(numbers.slopes[head]);
            if n_heads == 1 {
                return format!("One head, one slope: *{}* per position.", slope(0));
            }
            let slopes = if n_heads > MOST_CURVES {
                format!(
                    "from *{}* of head 1 to *{}* of head {n_heads}",
                    slope(0),
                    slope(n_heads - 1)
                )
            } else {
                let slopes: Vec<_> = (0..n_heads).map(slope).collect();
                format!("*{}*", slopes.join(", "))
            };
            let rule = if n_heads.is_power_of_two() {
                "each is the one before times the same number"
            } else {
                "those of the next lower power of two, then every second one of the next higher power"
            };
            format!("{n_heads} heads with slopes {slopes}.\nThe slopes: {rule}.{some}")
        }
        (Encoding::T5, _) => {
            let n_buckets = numbers.n_buckets;
            let (n_exact, later) = match numbers.direction {
                Direction::Causal => (n_buckets / 2, ""),
                Direction::Both => (n_buckets / 4, " Half of the buckets are for later keys."),
            };
            format!(
                "*Distances below {n_exact} have a number each*, larger ones share one; all distances from {} on share the last.\nEach of \
                 the {n_heads} heads has {n_buckets} numbers.{later}{some}",
                format_count(numbers.last_bucket_from),
            )
        }
        (Encoding::Rope, Some([low, high])) => format!(
            "From {} to {}: *the sum of d/2 [wavelength|waves]*, each with its own [frequency|frequency]. A wave is strong where query and key are strong in its two features.",
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
    let values: Vec<_> = drawn(rows.nrows())
        .filter_map(|head| Some((has_heads.then_some(head + 1), *rows.get((head, idx))?)))
        .collect();
    let offset = offset_of(x);
    offset_text(offset, bucket(state, offset), &values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_heads_some_have_a_curve_and_all_are_in_the_files() {
        for scheme in [Encoding::Alibi, Encoding::T5] {
            for (heads, n_curves) in [(1, 1), (16, 16), (17, 16), (128, 16)] {
                let state = EncodeState {
                    scheme,
                    heads,
                    ..EncodeState::default()
                };
                let mut kept = EncodeScene::default();
                let figure = scene(&mut kept, &state);
                let Plot::Lines(lines) = &figure.panels[0].plot else {
                    continue;
                };
                assert_eq!(lines.len(), n_curves);
                let last = &lines[n_curves - 1].name;
                assert!(last.starts_with(&format!("head {heads}")), "{last}");
                let figures::Table::Columns(columns) = &figure.table else {
                    continue;
                };
                assert_eq!(columns.len(), 1 + heads);
                assert_eq!(columns[heads].name, format!("head_{heads}"));
            }
        }
    }

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
