//! What one head adds to the score, by query and key, beside all heads by offset.

use std::borrow::Cow;
use std::ops::Range;

use figures::number::{format_count, format_value};
use figures::{Axis, Colours, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table};
use maths::bias::Direction;
use ndarray::ArrayView2;

use super::super::lab::Encode;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::super::ways::TO_ROPE;
use super::inside::{bucket, by_offset, by_query, is_inside, of_head, slope, update, version};
use super::kept::Kept;
use super::offset_axis;
use super::python;
use super::words::{NOTHING_INSIDE, bucket_text, not_shown, offset_text, signed, slope_text};
use crate::encoding::Encoding;
use crate::offsets::offset_of;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-bias",
    "What is added to the score, by query and key",
    scene,
    code,
)
.ways(&[TO_ROPE])
.height(320)
.pointing(Pointing::<Encode>::new(
    read,
    here,
    tip,
    "Arrow keys move through queries and keys.",
));

/// What can be said of it.
struct Numbers {
    scheme: Encoding,
    direction: Direction,
    seq_len: usize,
    /// The head that is read, from 1 on, and its slope, if it is one of ALiBi.
    head: usize,
    slope: f64,
    /// The smallest bias of the head, at most 0.
    least: f32,
}

fn numbers(kept: &Kept, state: &EncodeState) -> Numbers {
    let biases = of_head(kept, state).into_iter().flatten();
    Numbers {
        scheme: state.scheme,
        direction: state.direction,
        seq_len: state.seq_len,
        head: state.head(),
        slope: slope(state),
        least: biases.copied().fold(0.0, f32::min),
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.attention, state);
    let kept = &scene.attention;
    let numbers = numbers(kept, state);
    let (by_query, by_offset) = (by_query(kept, state), by_offset(kept, state));
    let map = |values: ArrayView2<'a, f32>, reach: f32| {
        if is_inside(state) {
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours: Colours {
                    ramp: Ramp::Diverging,
                    min: -reach,
                    max: reach,
                },
                undefined: Cow::Borrowed("masked: a later key"),
                version: version(kept, state),
            })
        } else {
            Plot::Empty(Cow::Borrowed(NOTHING_INSIDE))
        }
    };
    let mut panels = vec![Panel {
        head: Head {
            symbol: Cow::Owned(map_symbol(&numbers)),
            note: Cow::Owned(map_note(&numbers)),
        },
        cross: Cross {
            x: read_key(state),
            y: Some(query(state)),
        },
        ..Panel::new(
            Axis::cells("key", "key", 0, by_query.ncols()),
            Axis::cells("query", "query", 0, by_query.nrows()),
            map(by_query, reach(of_head(kept, state).into_iter().flatten())),
        )
    }];
    if state.bias_spec().is_some() {
        panels.push(Panel {
            head: Head {
                symbol: Cow::Borrowed(""),
                note: Cow::Borrowed("all heads by offset"),
            },
            cross: Cross {
                y: Some(state.head() as u64),
                ..offset_axis::cross(state)
            },
            ..Panel::new(
                kept.offsets.axis(),
                Axis::cells("", "head", 1, by_offset.nrows()),
                map(by_offset, reach(by_offset)),
            )
        });
    }
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(title(&numbers)),
        summary: words(&numbers),
        panels,
        table: Table::Matrix {
            index: "query",
            first: 0,
            prefix: "key_",
            columns: (0..by_query.ncols()).collect(),
            values: by_query,
        },
        read_rows: read_rows(state),
    }
}

/// The largest finite value without its sign; a little above 0 where there is none.
fn reach<'a>(values: impl IntoIterator<Item = &'a f32>) -> f32 {
    let sizes = values.into_iter().map(|value| value.abs());
    let finite = sizes.filter(|size| size.is_finite());
    finite.fold(f32::MIN_POSITIVE, f32::max)
}

fn read_rows(state: &EncodeState) -> Range<usize> {
    // Below 4096.
    let query = query(state) as usize;
    query..query + 1
}

fn title(numbers: &Numbers) -> &'static str {
    match numbers.scheme {
        Encoding::Rope => "Score by query and key",
        _ => FIGURE.title,
    }
}

/// Above the map.
fn map_symbol(numbers: &Numbers) -> String {
    match numbers.scheme {
        Encoding::Alibi | Encoding::T5 => format!("head {}", numbers.head),
        _ => String::new(),
    }
}

/// The same, more quietly.
fn map_note(numbers: &Numbers) -> String {
    match numbers.scheme {
        Encoding::Alibi => format!("slope {}", slope_text(numbers.slope)),
        Encoding::Rope => "the same q and k everywhere".to_owned(),
        _ => String::new(),
    }
}

/// What it shows and what to notice.
fn words(numbers: &Numbers) -> String {
    let &Numbers { head, least, .. } = numbers;
    let seq_len = format_count(numbers.seq_len as u64);
    let shape = format!("{seq_len} queries × {seq_len} keys");
    let masked = match numbers.direction {
        Direction::Causal => " Hatched: later keys, masked with −∞.",
        Direction::Both => "",
    };
    match numbers.scheme {
        Encoding::Alibi => format!(
            "What head {head} adds to {shape}: *the same along each diagonal*, because only the distance counts. It goes down to {}.{masked}",
            format_value(least.into(), 4),
        ),
        Encoding::T5 => format!(
            "What head {head} adds to {shape}: *the same along each diagonal*. The stripes get wider with the distance.{masked}"
        ),
        Encoding::Rope => format!(
            "{shape}, with the same query and key content everywhere. *The score is the same along each diagonal*. RoPE hides no later key: a decoder masks them afterwards."
        ),
        _ => NOTHING_INSIDE.to_owned(),
    }
}

/// A cell of the map; `None` for the value of a masked key.
fn map_text(query: u64, key: u64, bucket: Option<u32>, value: Option<f32>) -> String {
    format!(
        "query {query}, key {key}: offset {}{}, {}",
        signed(offset(query, key)),
        bucket_text(bucket),
        value.map_or_else(
            || "masked".to_owned(),
            |value| format_value(value.into(), 4)
        ),
    )
}

const MAP: &str = "
head = {head_idx}  # head {head}
by_offset = [bias(head, offset) for offset in range(1 - seq_len, seq_len)]
key, query = {lib}.arange(seq_len)[None, :], {lib}.arange(seq_len)[:, None]
result = {array}(by_offset{double})[key - query + seq_len - 1]{single}  # (query, key)
";

const ROPE_MAP: &str = "
offset = {lib}.arange(1 - seq_len, seq_len{double})
by_offset = score({query}, offset)
key, query = {lib}.arange(seq_len)[None, :], {lib}.arange(seq_len)[:, None]
result = by_offset[key - query + seq_len - 1]{single}  # (query, key)
";

/// What one head adds, (query, key).
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    python::inside(state, MAP, ROPE_MAP, "(0, 0)")
}

/// The query that is read, from 0 on.
fn query(state: &EncodeState) -> u64 {
    state.position() - state.start
}

/// Where the offset that is read stands among the keys of the query that is read.
fn read_key(state: &EncodeState) -> Option<u64> {
    query(state).checked_sub(state.offset)
}

fn offset(query: u64, key: u64) -> i64 {
    // Both below 4096.
    key as i64 - query as i64
}

/// Makes a cell of the map, or of the heads by offset, the one that is read.
fn read(state: &mut EncodeState, cell: Cell) {
    if let (0, Some(key), Some(query)) = (cell.panel_idx, cell.x, cell.y) {
        state.pos = state.start.checked_add(query);
        if let Some(offset) = query.checked_sub(key) {
            state.offset = offset;
        }
        return;
    }
    offset_axis::read(state, cell);
    if let Some(head) = cell.y.and_then(|y| usize::try_from(y).ok()) {
        state.head = Some(head);
    }
}

fn here(state: &EncodeState) -> Cell {
    Cell {
        panel_idx: 0,
        x: Some(read_key(state).unwrap_or_default()),
        y: Some(query(state)),
    }
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let (Some(x), Some(y)) = (cell.x, cell.y) else {
        return String::new();
    };
    let kept = &mut scene.attention;
    update(kept, state);
    let to_idx = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if cell.panel_idx == 0 {
        let value = by_query(kept, state).get((to_idx(y), to_idx(x))).copied();
        return value.map_or_else(String::new, |value| {
            let value = value.is_finite().then_some(value);
            map_text(y, x, bucket(state, offset(y, x)), value)
        });
    }
    let offset = offset_of(x);
    let Some(idx) = kept.offsets.idx_of(x) else {
        return not_shown(offset);
    };
    let head_idx = to_idx(y).saturating_sub(1);
    let value = by_offset(kept, state).get((head_idx, idx)).copied();
    value.map_or_else(String::new, |value| {
        offset_text(
            offset,
            bucket(state, offset),
            &[(Some(head_idx + 1), value)],
        )
    })
}
