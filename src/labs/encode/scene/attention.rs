//! Positions inside attention as data: biases by query and key, by offset, and a score that moves along.

use std::borrow::Cow;

use figures::number::MINUS;
use figures::{
    Axis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Join, Line, Panel, Plot, Ramp,
    Role, Rows, Table,
};
use maths::added::{AddedScores, AddedSpec};
use maths::bias::{BiasTable, Direction};
use maths::rope::{Rope, RopeScores, RopeSpec};
use maths::schemes::Scheme;
use ndarray::{Array2, ArrayView2, Axis as Dimension, ShapeBuilder as _, s};

use super::super::state::{EncodeState, Encoding};
use super::super::story::attention as story;
use super::EncodeScene;
use crate::labs::{Cell, Fact};

/// Where the query stands in the figure that moves it.
pub const QUERIES: [u64; 4] = [64, 200, 1000, 100_000];

/// At most this many offsets to one side in that figure: more could not be told apart.
pub const MOST_OFFSETS: usize = 256;

/// The number of the cell of offset 0: cells count from 0 on, offsets do not. Every round step divides it, so that
/// there is a name at 0.
const ZERO_CELL: u64 = 1_000_000;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct AttentionScene {
    bias: BiasTable,
    /// RoPE's scores of one query and key over all offsets.
    rotated: RopeScores,
    /// RoPE's scores with the query at each of [`QUERIES`].
    moved: RopeScores,
    added: AddedScores,
    /// A score of a query and a key without positions, with the bias. (queries, offsets)
    biased: Array2<f32>,
    /// The offsets that are shown, as numbers and as names.
    offsets: Offsets,
    moved_offsets: Offsets,
}

/// Offsets, key − query, one after the other.
#[derive(Default)]
struct Offsets {
    first: i64,
    values: Vec<f32>,
    names: Vec<String>,
}

impl Offsets {
    /// From −(n − 1) to 0, and on to n − 1 where later keys count too.
    fn update(&mut self, n: usize, direction: Direction) {
        let first = 1 - n as i64;
        let last = match direction {
            Direction::Causal => 0,
            Direction::Both => -first,
        };
        let len = usize::try_from(last - first + 1).unwrap_or_default();
        if (self.first, self.values.len()) == (first, len) {
            return;
        }
        self.first = first;
        self.values.clear();
        #[allow(clippy::cast_precision_loss, reason = "at most 4095")]
        self.values.extend((first..=last).map(|k| k as f32));
        self.names.clear();
        self.names.extend((first..=last).map(offset_name));
    }

    fn axis(&self) -> Axis<'_> {
        Axis {
            names: Cow::Borrowed(&self.names),
            // Without a subject: it is always shown whole, its cells' numbers are none that a reader knows.
            ..Axis::cells("", "key − query", cell_of(self.first), self.values.len())
        }
    }

    fn len(&self) -> usize {
        self.values.len()
    }
}

fn offset_name(offset: i64) -> String {
    if offset < 0 {
        format!("{MINUS}{}", offset.unsigned_abs())
    } else {
        offset.to_string()
    }
}

fn cell_of(offset: i64) -> u64 {
    ZERO_CELL.saturating_add_signed(offset)
}

fn offset_of(cell: u64) -> i64 {
    cell as i64 - ZERO_CELL as i64
}

impl AttentionScene {
    fn update(&mut self, state: &EncodeState) {
        self.offsets.update(state.seq_len, state.direction);
        if let Some(spec) = state.bias_spec() {
            self.bias.update(spec);
        } else if state.scheme == Encoding::Rope {
            self.rotated.update(
                RopeSpec {
                    first_offset: self.offsets.first,
                    n_offsets: 2 * state.seq_len - 1,
                    ..rope(state)
                },
                &QUERIES[..1],
            );
        }
    }

    /// By offset: a row per head, or RoPE's one query and key. (heads, offsets)
    fn by_offset<'a>(&'a self, state: &EncodeState) -> ArrayView2<'a, f32> {
        if state.scheme == Encoding::Rope {
            return self
                .rotated
                .values()
                .slice_move(s![.., ..self.offsets.len()]);
        }
        self.bias
            .by_offset()
            .slice_move(s![.., ..self.offsets.len()])
    }

    /// What one head adds by query and key; of RoPE the scores. Later keys are NaN where they are masked. (T, T)
    fn by_query<'a>(&'a self, state: &EncodeState) -> ArrayView2<'a, f32> {
        if state.scheme != Encoding::Rope {
            let head_idx = state.head() - 1;
            let heads = self.bias.values();
            return if head_idx < heads.len_of(Dimension(0)) {
                heads.index_axis_move(Dimension(0), head_idx)
            } else {
                empty_matrix()
            };
        }
        toeplitz(self.rotated.values(), state.seq_len)
    }

    /// The scores that move along, and their largest difference from those at the first place.
    fn moved(&mut self, state: &EncodeState) -> (ArrayView2<'_, f32>, f64) {
        let n = state.seq_len.min(MOST_OFFSETS);
        self.moved_offsets.update(n, state.direction);
        let (first_offset, n_offsets) = (self.moved_offsets.first, self.moved_offsets.len());
        if state.scheme == Encoding::Rope {
            self.moved.update(
                RopeSpec {
                    first_offset,
                    n_offsets,
                    ..rope(state)
                },
                &QUERIES,
            );
            return (self.moved.values(), self.moved.spread());
        }
        let bias = state.bias_spec();
        self.added.update(
            AddedSpec {
                scheme: match bias {
                    Some(_) => Scheme::None,
                    None => super::sum::added(state),
                },
                d_model: state.d_model,
                seed: state.seed,
                first_offset,
                n_offsets,
            },
            &QUERIES,
        );
        let Some(bias) = bias else {
            return (self.added.values(), self.added.spread());
        };
        self.bias.update(bias);
        if self.biased.dim() != self.added.values().dim() {
            self.biased = Array2::zeros(self.added.values().dim());
        }
        let head = self.bias.by_offset();
        // The bias has more offsets at both ends.
        let skipped = state.seq_len - n;
        let rows = self.biased.rows_mut().into_iter();
        for (mut out, scores) in rows.zip(self.added.values().rows()) {
            // A key before position 0 has no row, but a bias: where it stands makes no difference.
            let score = scores.iter().copied().fold(f32::NAN, f32::max);
            for (idx, out) in out.iter_mut().enumerate() {
                let bias = head.get((state.head() - 1, skipped + idx));
                *out = score + bias.copied().unwrap_or(f32::NAN);
            }
        }
        (self.biased.view(), 0.0)
    }
}

fn rope(state: &EncodeState) -> RopeSpec {
    RopeSpec {
        rope: Rope {
            base: state.base,
            pairing: state.pairing,
            scaling: state.scaling(),
        },
        d_model: state.d_model,
        seed: state.seed,
        first_offset: 0,
        n_offsets: 0,
    }
}

fn empty_matrix<'a>() -> ArrayView2<'a, f32> {
    ArrayView2::from(&[[0.0; 0]; 0])
}

/// A score by query and key, from the score by offset from −(T − 1) to T − 1: each row is the row before, moved by
/// one. (T, T)
fn toeplitz(by_offset: ArrayView2<'_, f32>, seq_len: usize) -> ArrayView2<'_, f32> {
    let values = by_offset.to_slice().unwrap_or_default();
    let view = ArrayView2::from_shape((seq_len, seq_len).strides((1, 1)), values);
    let mut view = view.unwrap_or_else(|_| empty_matrix());
    // Query 0 begins at offset 0, the last query at −(T − 1).
    view.invert_axis(Dimension(0));
    view
}

/// The largest finite value without its sign; a little above 0 where there is none.
fn reach(values: ArrayView2<'_, f32>) -> f32 {
    let sizes = values.iter().map(|value| value.abs());
    let finite = sizes.filter(|size| size.is_finite());
    finite.fold(f32::MIN_POSITIVE, f32::max)
}

fn colours(values: ArrayView2<'_, f32>) -> Colours {
    let reach = reach(values);
    Colours {
        ramp: Ramp::Diverging,
        min: -reach,
        max: reach,
    }
}

/// Whether the scheme does anything inside attention.
fn is_inside(state: &EncodeState) -> bool {
    matches!(
        state.scheme,
        Encoding::Rope | Encoding::Alibi | Encoding::T5
    )
}

/// Where the offset that is read stands among the keys of the query that is read.
fn read_key(state: &EncodeState) -> Option<u64> {
    query(state).checked_sub(state.offset)
}

/// The query that is read, from 0 on.
pub fn query(state: &EncodeState) -> u64 {
    state.position() - state.start
}

/// What one head adds, by query and key, beside all heads by offset.
pub fn bias<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let scene = &mut scene.attention;
    scene.update(state);
    let scene = &*scene;
    let by_query = if is_inside(state) {
        scene.by_query(state)
    } else {
        empty_matrix()
    };
    let (n_queries, n_keys) = by_query.dim();
    let version = if state.scheme == Encoding::Rope {
        scene.rotated.version()
    } else {
        scene.bias.version()
    };
    let map = |values: ArrayView2<'a, f32>, scale: ArrayView2<'a, f32>| {
        if is_inside(state) {
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours: colours(scale),
                undefined: Cow::Borrowed("masked: a later key"),
                version,
            })
        } else {
            Plot::Empty(Cow::Borrowed(story::NOTHING_INSIDE))
        }
    };
    let by_offset = if is_inside(state) {
        scene.by_offset(state)
    } else {
        empty_matrix()
    };
    // Of RoPE later keys are shown whatever the direction.
    let all_keys = if state.scheme == Encoding::Rope {
        scene.rotated.values()
    } else {
        by_offset
    };
    let own = all_keys.slice_move(s![story::head_idx(state).., ..]);
    let own = own.slice_move(s![..own.nrows().min(1), ..]);
    let mut panels = vec![Panel {
        head: Head {
            symbol: Cow::Owned(story::map_symbol(state)),
            note: Cow::Owned(story::map_note(state)),
        },
        cross: Cross {
            x: read_key(state),
            y: Some(query(state)),
        },
        ..Panel::new(
            Axis::cells("key", "key", 0, n_keys),
            Axis::cells("query", "query", 0, n_queries),
            map(by_query, own),
        )
    }];
    if state.bias_spec().is_some() {
        panels.push(Panel {
            head: Head {
                symbol: Cow::Borrowed(""),
                note: Cow::Borrowed("all heads by offset"),
            },
            cross: Cross {
                x: Some(cell_of(0).saturating_sub(state.offset)),
                y: Some(state.head() as u64),
            },
            ..Panel::new(
                scene.offsets.axis(),
                Axis::cells("", "head", 1, by_offset.nrows()),
                map(by_offset, by_offset),
            )
        });
    }
    Figure {
        id: "encode-bias",
        title: Cow::Owned(story::bias_title(state)),
        summary: story::bias_summary(state, by_offset),
        panels,
        table: Table::Matrix {
            index: "query",
            first: 0,
            prefix: "key_",
            columns: (0..n_keys).collect(),
            values: by_query,
        },
        read_rows: row_of(query(state)),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "below 4096")]
fn row_of(number: u64) -> std::ops::Range<usize> {
    number as usize..number as usize + 1
}

/// The headers of the heads' columns; heads count from 1 on.
const HEAD_COLUMNS: [&str; 16] = [
    "head_1", "head_2", "head_3", "head_4", "head_5", "head_6", "head_7", "head_8", "head_9",
    "head_10", "head_11", "head_12", "head_13", "head_14", "head_15", "head_16",
];

/// The same by offset: a curve for each head.
pub fn offsets<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let scene = &mut scene.attention;
    scene.update(state);
    let scene = &*scene;
    let by_offset = if is_inside(state) {
        scene.by_offset(state)
    } else {
        empty_matrix()
    };
    let is_rope = state.scheme == Encoding::Rope;
    let lines = by_offset.outer_iter().enumerate();
    let lines: Vec<_> = lines
        .map(|(idx, _)| Line {
            join: if state.scheme == Encoding::T5 {
                Join::Stepped
            } else {
                Join::Straight
            },
            ..Line::new(
                story::head_name(state, idx),
                Role::Series(idx),
                by_offset.slice_move(s![idx, ..]),
            )
        })
        .collect();
    let values = by_offset.iter().copied().filter(|it| it.is_finite());
    let (low, high) = values.fold((0.0_f32, 0.0_f32), |(low, high), it| {
        (low.min(it), high.max(it))
    });
    let axis = story::value_axis(low, high);
    let index = Column {
        name: "offset",
        cells: Cells::F32(if lines.is_empty() {
            &[]
        } else {
            &scene.offsets.values
        }),
    };
    let columns = by_offset.outer_iter().zip(HEAD_COLUMNS).enumerate();
    let columns = columns.map(|(idx, (_, name))| Column {
        name: if is_rope { "score" } else { name },
        // A row of offsets is in one piece.
        cells: Cells::F32(
            by_offset
                .slice_move(s![idx, ..])
                .to_slice()
                .unwrap_or_default(),
        ),
    });
    let read_idx = usize::try_from(-scene.offsets.first).unwrap_or_default();
    let read_idx = read_idx as u64;
    Figure {
        id: "encode-bias-offsets",
        title: Cow::Borrowed(if is_rope {
            "The same by offset"
        } else {
            "Each head by offset"
        }),
        summary: story::offsets_summary(state, by_offset),
        panels: vec![Panel {
            cross: Cross {
                x: Some(cell_of(0).saturating_sub(state.offset)),
                y: None,
            },
            ..Panel::new(
                scene.offsets.axis(),
                Axis::values(if is_rope { "score" } else { "bias" }, axis.0, axis.1),
                if lines.is_empty() {
                    Plot::Empty(Cow::Borrowed(story::NOTHING_INSIDE))
                } else {
                    Plot::Lines(lines)
                },
            )
        }],
        table: Table::Columns(std::iter::once(index).chain(columns).collect()),
        read_rows: row_of(read_idx.saturating_sub(state.offset)),
    }
}

/// The headers of the columns of [`QUERIES`].
const QUERY_COLUMNS: [&str; 4] = ["query_64", "query_200", "query_1000", "query_100000"];

/// The score of one query and one key, moved along together.
pub fn moved<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let scene = &mut scene.attention;
    let spread = scene.moved(state).1;
    let scene = &*scene;
    let values = match (state.scheme, state.bias_spec()) {
        (Encoding::Rope, _) => scene.moved.values(),
        (_, Some(_)) => scene.biased.view(),
        _ => scene.added.values(),
    };
    let lines = QUERIES.iter().enumerate().map(|(idx, &query)| {
        Line::new(
            story::query_name(query),
            Role::Series(idx),
            values.slice_move(s![idx, ..]),
        )
    });
    let finite = values.iter().copied().filter(|it| it.is_finite());
    let (low, high) = finite.fold((0.0_f32, 0.0_f32), |(low, high), it| {
        (low.min(it), high.max(it))
    });
    let axis = story::value_axis(low, high);
    let columns = QUERY_COLUMNS.iter().enumerate().map(|(idx, name)| Column {
        name,
        cells: Cells::F32(
            values
                .slice_move(s![idx, ..])
                .to_slice()
                .unwrap_or_default(),
        ),
    });
    let index = Column {
        name: "offset",
        cells: Cells::F32(&scene.moved_offsets.values),
    };
    Figure {
        id: "encode-rope",
        title: Cow::Borrowed("One query and one key, moved along"),
        summary: story::moved_summary(state, spread),
        panels: vec![Panel {
            cross: Cross {
                x: Some(cell_of(0).saturating_sub(state.offset)),
                y: None,
            },
            ..Panel::new(
                scene.moved_offsets.axis(),
                Axis::values("score", axis.0, axis.1),
                Plot::Lines(lines.collect()),
            )
        }],
        table: Table::Columns(std::iter::once(index).chain(columns).collect()),
        read_rows: 0..0,
    }
}

/// Makes a cell of the map, or of the heads by offset, the one that is read.
pub fn read_cell(state: &mut EncodeState, cell: Cell) {
    match (cell.panel_idx, cell.x, cell.y) {
        (0, Some(key), Some(query)) => {
            state.pos = Some(state.start + query);
            if let Some(offset) = query.checked_sub(key) {
                state.offset = offset;
            }
        }
        (_, x, y) => {
            if let Some(cell) = x {
                read_offset(state, cell);
            }
            if let Some(head) = y.and_then(|y| usize::try_from(y).ok()) {
                state.head = Some(head);
            }
        }
    }
}

/// Makes the offset of a cell the one that is read; keys after the query are none that `Offset k` counts.
pub fn read_offset(state: &mut EncodeState, cell: u64) {
    if let Ok(offset) = u64::try_from(-offset_of(cell)) {
        state.offset = offset;
    }
}

/// The cell that is read on an axis of offsets.
pub fn offset_cell(state: &EncodeState) -> u64 {
    ZERO_CELL.saturating_sub(state.offset)
}

/// The cell of the map that is read.
pub fn here(state: &EncodeState) -> Cell {
    Cell {
        panel_idx: 0,
        x: Some(read_key(state).unwrap_or_default()),
        y: Some(query(state)),
    }
}

/// A cell of the map, or of the heads by offset, in numbers.
pub fn bias_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let scene = &mut scene.attention;
    let (Some(x), Some(y)) = (cell.x, cell.y) else {
        return String::new();
    };
    if !is_inside(state) {
        return String::new();
    }
    scene.update(state);
    let to_idx = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    if cell.panel_idx == 0 {
        let value = scene.by_query(state).get((to_idx(y), to_idx(x))).copied();
        return value.map_or_else(String::new, |value| story::map_tip(state, y, x, value));
    }
    let column = to_idx(x.saturating_sub(cell_of(scene.offsets.first)));
    let head_idx = to_idx(y).saturating_sub(1);
    let value = scene.by_offset(state).get((head_idx, column)).copied();
    value.map_or_else(String::new, |value| {
        story::offset_tip(state, offset_of(x), &[(head_idx, value)])
    })
}

/// All heads at an offset in numbers.
pub fn offsets_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let scene = &mut scene.attention;
    let Some(x) = cell.x.filter(|_| is_inside(state)) else {
        return String::new();
    };
    scene.update(state);
    let column = usize::try_from(x.saturating_sub(cell_of(scene.offsets.first)));
    let by_offset = scene.by_offset(state);
    let heads = by_offset.outer_iter().enumerate();
    let values: Vec<_> = heads
        .filter_map(|(idx, row)| Some((idx, *row.get(column.ok()?)?)))
        .collect();
    story::offset_tip(state, offset_of(x), &values)
}

/// The scores at an offset in numbers.
pub fn moved_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let scene = &mut scene.attention;
    let Some(x) = cell.x else {
        return String::new();
    };
    scene.moved(state);
    let first = scene.moved_offsets.first;
    let column = usize::try_from(x.saturating_sub(cell_of(first))).unwrap_or(usize::MAX);
    let (values, _) = scene.moved(state);
    let scores = values.outer_iter().zip(QUERIES);
    let scores: Vec<_> = scores
        .filter_map(|(row, query)| Some((query, *row.get(column)?)))
        .collect();
    story::moved_tip(offset_of(x), &scores)
}

/// The head that is read, at the offset that is read, in numbers.
pub fn reading(scene: &mut EncodeScene, state: &EncodeState) -> Vec<Fact> {
    let scene = &mut scene.attention;
    if !is_inside(state) {
        return vec![Fact::new("inside attention", "nothing")];
    }
    scene.update(state);
    let by_offset = scene.by_offset(state);
    let row = by_offset.row(story::head_idx(state).min(by_offset.nrows().saturating_sub(1)));
    let zero = usize::try_from(-scene.offsets.first).unwrap_or_default();
    let past = row.slice(s![..=zero.min(row.len().saturating_sub(1))]);
    let read = usize::try_from(state.offset).unwrap_or(usize::MAX);
    let value = zero.checked_sub(read).and_then(|idx| row.get(idx)).copied();
    story::reading(state, value, past)
}
