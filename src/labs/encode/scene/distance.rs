//! What positions' vectors know of each other: similarity, offsets, shifts, and whether they can be told apart.

use std::borrow::Cow;

use figures::{
    Anchor, Axis, Band, Colours, Cross, Figure, Form, Head, Heatmap, Line, Panel, Plot, Points,
    Ramp, Role, Rows, Shape, Sketch, Table, finite_range,
};
use maths::encode::{Sinusoidal, pair_of};
use maths::schemes::EncodingSpec;
use maths::shift::{Shift, ShiftSpec, WaveRegression, wave_regression};
use maths::similarity::{Measure, Offsets, Similarity};
use maths::unique::{DistanceSpec, F32_ROUNDOFF, Nearest, OffsetDistances, SmallestTable};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, s};

use super::super::state::EncodeState;
use super::super::story::distance as story;
use super::table::rows_of;
use super::{EncodeScene, Shown, exported, indices, numbers, positions, read_rows};
use crate::labs::Cell;

/// A map of more positions shows means of neighbours: about as many rows as it has pixels.
const MOST_ROWS: usize = 512;

/// Multiplications of one step of the pairs by offset: about 5 ms, native.
const STEP_TERMS: usize = 40_000_000;

/// What adding one pair to its offset costs, in multiplications.
const TERMS_PER_PAIR: usize = 16;

/// Values of a shift, which bound its rows: some 8 ms, native.
const SHIFT_VALUES: usize = 1 << 19;

/// Squared differences that the nearest rows of a table may cost: some 10 ms, native.
const NEAREST_TERMS: u64 = 50_000_000;

/// Half the distance between neighbouring bfloat16 just below 1, as a part of it.
const BFLOAT16_ROUNDOFF: f64 = 1.0 / 256.0;

/// The widths whose closest pair is shown.
const WIDTHS: [usize; 10] = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/// Blocks of M_k that are written out.
const MOST_BLOCKS: usize = 3;

/// How wide a number of a block stands, in its heights.
const CELL_WIDTH: f64 = 1.7;

/// What a similarity is measured from.
type Measured = (EncodingSpec, Measure);

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct Distances {
    map: Map,
    walk: Walk,
    shift: Shift,
    regression: Option<(ShiftSpec, usize, WaveRegression)>,
    apart: Apart,
}

/// Position against position.
#[derive(Default)]
struct Map {
    made: Option<Measured>,
    rows: Similarity,
    /// (rows, rows)
    values: Array2<f32>,
    version: u64,
}

impl Map {
    fn update(&mut self, measured: Measured, table: ArrayView2<'_, f32>) {
        if self.made != Some(measured) {
            self.rows.prepare(table, measured.1, MOST_ROWS);
            self.rows.matrix_into(&mut self.values);
            self.version += 1;
            self.made = Some(measured);
        }
    }
}

/// All pairs by their offset, in steps.
#[derive(Default)]
struct Walk {
    made: Option<Measured>,
    rows: Similarity,
    offsets: Offsets,
    /// The first query that is still to be done.
    next: usize,
    band: Vec<f32>,
}

impl Walk {
    /// Begins anew where something else is to be measured, and goes on for one step.
    fn update(&mut self, measured: Measured, table: ArrayView2<'_, f32>) {
        if self.made != Some(measured) {
            self.rows.prepare(table, measured.1, usize::MAX);
            self.offsets.reset(self.rows.n_rows());
            self.next = 0;
            self.made = Some(measured);
        }
        let n_rows = self.rows.n_rows();
        let per_pair = measured.0.d_model + TERMS_PER_PAIR;
        let mut left = STEP_TERMS;
        while self.next < n_rows && left > 0 {
            let n_keys = n_rows - self.next;
            let per_query = n_keys * per_pair;
            let end = n_rows.min(self.next + (left / per_query).clamp(1, 32));
            self.band.resize((end - self.next) * n_keys, 0.0);
            self.rows
                .block_into(self.next..end, self.next..n_rows, &mut self.band);
            self.offsets.add_block(n_keys, &self.band);
            left = left.saturating_sub((end - self.next) * per_query);
            self.next = end;
        }
    }

    fn is_unfinished(&self) -> bool {
        self.next < self.rows.n_rows()
    }

    /// The part of all pairs that is done.
    #[allow(clippy::cast_precision_loss)]
    fn done(&self) -> f64 {
        let pairs = |n: usize| n as f64 * (n + 1) as f64;
        let n_rows = self.rows.n_rows();
        1.0 - pairs(n_rows - self.next) / pairs(n_rows).max(1.0)
    }
}

/// What the offsets show, in numbers.
#[derive(Clone, Copy, Debug)]
pub struct Ripples {
    /// The part of all pairs that is measured.
    pub done: f64,
    /// The mean at offset 0.
    pub at_zero: f32,
    /// The widest difference between two pairs of one offset.
    pub widest: f32,
    /// The size that it is to be compared with.
    pub size: f32,
    /// The first offset after which the mean rises.
    pub first_rise: Option<usize>,
    /// Of how many first steps how many rise.
    pub rising: (usize, usize),
}

/// Whether positions can be told apart.
#[derive(Default)]
struct Apart {
    made: Option<EncodingSpec>,
    by_offset: OffsetDistances,
    nearest: Nearest,
    smallest: SmallestTable,
    closest: Option<Closest>,
    /// Absolute positions, as numbers for the files. (seq_len)
    positions: Array1<f32>,
    /// The distance to the nearest other row; NaN where it is not measured or there is none. (seq_len)
    distances: Array1<f32>,
    /// Those that are measured where not all are: position and distance.
    measured: [Array1<f32>; 2],
    /// The closest pair of each width. (10)
    by_width: Array1<f32>,
    widths_of: Option<DistanceSpec>,
    /// What rounding may move two rows by, of each width: bfloat16 and f32. (10)
    rounding: [Array1<f32>; 2],
}

/// The closest two positions.
#[derive(Clone, Copy, Debug)]
pub struct Closest {
    /// Both.
    pub positions: [u64; 2],
    /// How far apart their rows are.
    pub distance: f64,
}

impl Apart {
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    fn update(&mut self, state: &EncodeState, table: ArrayView2<'_, f32>) {
        let spec = state.spec();
        if self.made == Some(spec) {
            return;
        }
        self.made = Some(spec);
        let n_rows = state.seq_len;
        self.positions = (state.start..=state.last()).map(|p| p as f32).collect();
        if state.scheme.has_waves() {
            let of_width = |d_model| DistanceSpec {
                seq_len: n_rows,
                d_model,
                base: state.base,
                scaling: state.scaling(),
            };
            self.by_offset.update(of_width(state.d_model));
            self.distances = (0..n_rows)
                .map(|row| {
                    self.by_offset
                        .nearest(row)
                        .map_or(f32::NAN, |near| near.distance as f32)
                })
                .collect();
            self.closest = self.by_offset.closest().map(|near| Closest {
                positions: [state.start, state.start + near.offset as u64],
                distance: near.distance,
            });
            let widths_of = of_width(0);
            if self.widths_of != Some(widths_of) {
                self.widths_of = Some(widths_of);
                let mut of_one = OffsetDistances::default();
                self.by_width = WIDTHS
                    .iter()
                    .map(|&width| {
                        of_one.update(of_width(width));
                        of_one
                            .closest()
                            .map_or(f32::NAN, |near| near.distance as f32)
                    })
                    .collect();
                self.rounding = [BFLOAT16_ROUNDOFF, F32_ROUNDOFF].map(|roundoff| {
                    let by_rounding = |width: &usize| ((*width as f64).sqrt() * roundoff) as f32;
                    WIDTHS.iter().map(by_rounding).collect()
                });
            }
        } else {
            self.nearest.update(table, NEAREST_TERMS);
            self.distances = self.nearest.distances().iter().copied().collect();
            self.closest = self.nearest.closest().map(|pair| Closest {
                positions: pair.rows.map(|row| state.start + row as u64),
                distance: pair.distance.into(),
            });
            let stride = self.nearest.stride();
            self.measured = [&self.positions, &self.distances]
                .map(|all| all.iter().step_by(stride).copied().collect());
        }
    }
}

/// Whether a figure of this part is still being computed.
pub fn is_unfinished(scene: &EncodeScene, id: &str) -> bool {
    id == "encode-offsets" && scene.distances.walk.is_unfinished()
}

/// Lends the scheme's table to what measures it.
fn measure(
    scene: &mut EncodeScene,
    state: &EncodeState,
    with: impl FnOnce(&mut Distances, ArrayView2<'_, f32>),
) {
    // Taken out, so that the table can be lent from the same scene.
    let mut distances = std::mem::take(&mut scene.distances);
    with(&mut distances, rows_of(scene, state));
    scene.distances = distances;
}

/// Position against position. The map is symmetric: what is read is a position and an offset.
pub fn similarity<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let measured = (state.spec(), state.measure);
    measure(scene, state, |distances, table| {
        distances.map.update(measured, table);
    });
    let map = &scene.distances.map;
    let values = map.values.view();
    let is_mean = map.values.nrows() < state.seq_len;
    let (min, max) = finite_range(&values).unwrap_or((0.0, 1.0));
    let colours = if min < 0.0 {
        let most = max.max(-min);
        Colours {
            ramp: Ramp::Diverging,
            min: -most,
            max: most,
        }
    } else {
        Colours {
            ramp: Ramp::Sequential,
            min: 0.0,
            max: if max > 0.0 { max } else { 1.0 },
        }
    };
    // What is averaged cannot be looked at more closely.
    let axis = |label| Axis {
        key: if is_mean { "" } else { "position" },
        ..Axis::cells("position", label, state.start, state.seq_len)
    };
    Figure {
        id: "encode-similarity",
        title: Cow::Borrowed(story::similarity_title(state.measure)),
        summary: story::similarity_summary(state, (min, max), map.values.nrows()),
        panels: vec![Panel {
            cross: Cross {
                x: Some(other_position(state)),
                y: Some(state.position()),
            },
            ..Panel::new(
                axis("position"),
                axis("position"),
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Down,
                    colours,
                    undefined: Cow::Borrowed(story::NOT_COMPARED),
                    version: map.version,
                }),
            )
        }],
        table: Table::Matrix {
            index: if is_mean { "block" } else { "position" },
            first: if is_mean { 0 } else { state.start },
            prefix: if is_mean { "block_" } else { "" },
            columns: (0..map.values.ncols()).collect(),
            values,
        },
        read_rows: if is_mean { 0..0 } else { read_rows(state) },
    }
}

/// The position an offset away: after the one that is read, or before it where there is none after it.
fn other_position(state: &EncodeState) -> u64 {
    let position = state.position();
    let after = position.saturating_add(state.offset);
    if after <= state.last() {
        after
    } else {
        position.saturating_sub(state.offset).max(state.start)
    }
}

/// Reads a pair of positions: the first one and the offset to the other.
pub fn read_pair(state: &mut EncodeState, cell: Cell) {
    if let Some((a, b)) = cell.x.zip(cell.y) {
        state.pos = Some(a.min(b));
        state.offset = a.abs_diff(b);
    }
}

/// The pair that is read.
pub fn pair_here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(other_position(state)),
        y: Some(state.position()),
        panel_idx: 0,
    }
}

/// A pair of positions in numbers.
pub fn pair_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let table = rows_of(scene, state);
    let row = |position: Option<u64>| {
        let row_idx = position?.checked_sub(state.start)?;
        let row_idx = usize::try_from(row_idx).ok()?;
        (row_idx < table.nrows()).then(|| table.row(row_idx))
    };
    let Some((a, b)) = row(cell.y).zip(row(cell.x)) else {
        return String::new();
    };
    let dot = |a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>| {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum::<f64>()
    };
    let value = match state.measure {
        Measure::Dot => dot(a, b),
        Measure::Cosine => dot(a, b) / (dot(a, a) * dot(b, b)).sqrt(),
    };
    story::pair_tip(
        state.measure,
        [cell.y.unwrap_or_default(), cell.x.unwrap_or_default()],
        value,
    )
}

/// The similarity by offset: its mean, and the band from the smallest to the largest.
pub fn offsets<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let measured = (state.spec(), state.measure);
    measure(scene, state, |distances, table| {
        distances.walk.update(measured, table);
    });
    let walk = &scene.distances.walk;
    let [mean, min, max] =
        [walk.offsets.mean(), walk.offsets.min(), walk.offsets.max()].map(ArrayView1::from);
    let range = lowest(min).zip(highest(max));
    let plot = match range {
        Some(_) => Plot::Lines(vec![Line {
            band: Some(Band { min, max }),
            ..Line::new("mean, smallest to largest", Role::Series(0), mean)
        }]),
        None => Plot::Empty(Cow::Borrowed(story::NOT_COMPARED)),
    };
    let (low, high) = with_margin(range);
    let n_offsets = mean.len();
    Figure {
        id: "encode-offsets",
        title: Cow::Borrowed("Similarity by offset"),
        summary: story::offsets_summary(state, ripples(walk)),
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.offset).filter(|&offset| offset < n_offsets as u64),
                y: None,
            },
            ..Panel::new(
                Axis::cells("offset", "offset", 0, n_offsets),
                Axis::values("", low, high),
                plot,
            )
        }],
        table: Table::Columns(vec![
            indices("offset", n_offsets),
            super::slice("mean", walk.offsets.mean()),
            super::slice("min", walk.offsets.min()),
            super::slice("max", walk.offsets.max()),
        ]),
        read_rows: read_offset(state, n_offsets),
    }
}

fn read_offset(state: &EncodeState, n_offsets: usize) -> std::ops::Range<usize> {
    usize::try_from(state.offset)
        .ok()
        .filter(|&offset| offset < n_offsets)
        .map_or(0..0, |offset| offset..offset + 1)
}

/// Reads an offset.
pub fn read_offset_cell(state: &mut EncodeState, cell: Cell) {
    if let Some(offset) = cell.x {
        state.offset = offset;
    }
}

/// The offset that is read.
pub fn offset_here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(state.offset),
        ..Cell::default()
    }
}

/// An offset in numbers.
pub fn offset_tip(scene: &mut EncodeScene, _: &EncodeState, cell: Cell) -> String {
    let offsets = &scene.distances.walk.offsets;
    let at = |values: &[f32]| {
        let idx = usize::try_from(cell.x?).ok()?;
        values.get(idx).copied()
    };
    cell.x
        .zip(at(offsets.mean()))
        .zip(at(offsets.min()).zip(at(offsets.max())))
        .map(|((offset, mean), ends)| story::offset_tip(offset, mean, ends))
        .unwrap_or_default()
}

fn lowest(values: ArrayView1<'_, f32>) -> Option<f32> {
    values
        .iter()
        .copied()
        .filter(|x| x.is_finite())
        .reduce(f32::min)
}

fn highest(values: ArrayView1<'_, f32>) -> Option<f32> {
    values
        .iter()
        .copied()
        .filter(|x| x.is_finite())
        .reduce(f32::max)
}

/// The ends of an axis for these values.
fn with_margin(range: Option<(f32, f32)>) -> (f64, f64) {
    let (low, high) = range.map_or((0.0, 1.0), |(low, high)| (low.into(), high.into()));
    let margin = 0.05 * (high - low);
    if margin > 0.0 {
        (low - margin, high + margin)
    } else {
        (low - 1.0, high + 1.0)
    }
}

fn ripples(walk: &Walk) -> Ripples {
    let offsets = &walk.offsets;
    let (mean, min, max) = (offsets.mean(), offsets.min(), offsets.max());
    let widths = max.iter().zip(min).map(|(max, min)| max - min);
    let size = mean.iter().fold(0.0_f32, |size, mean| size.max(mean.abs()));
    // What rounding moves is no rise.
    let rises = |idx: &usize| mean[idx + 1] - mean[*idx] > 1e-6 * size;
    let n_steps = mean.len().saturating_sub(1);
    let n_first = n_steps.min(100);
    Ripples {
        done: walk.done(),
        at_zero: mean.first().copied().unwrap_or(f32::NAN),
        // This passes over NaN.
        widest: widths.fold(0.0, f32::max),
        size,
        first_rise: (0..n_steps).find(rises),
        rising: ((0..n_first).filter(rises).count(), n_first),
    }
}

/// How many rows the map has.
pub fn map_rows(state: &EncodeState) -> usize {
    state.seq_len.min(MOST_ROWS)
}

/// How far apart the rows stand whose nearest is measured: 1 if all of them are. As [`Nearest`] has it.
pub fn nearest_stride(state: &EncodeState) -> usize {
    if state.scheme.has_waves() {
        return 1;
    }
    let per_row = (state.seq_len * state.d_model) as u64;
    let n_measured = (NEAREST_TERMS / per_row.max(1)).max(1);
    usize::try_from((state.seq_len as u64).div_ceil(n_measured)).unwrap_or(1)
}

/// How many rows are shifted.
pub fn shift_rows(state: &EncodeState) -> usize {
    state.seq_len.min((SHIFT_VALUES / state.d_model).max(1))
}

/// The table that is shifted: of very large ones, as many of the first positions as can be checked at once.
fn shift_spec(state: &EncodeState) -> ShiftSpec {
    ShiftSpec {
        table: Sinusoidal {
            seq_len: shift_rows(state),
            ..state.table()
        },
        scaling: state.scaling(),
        offset: state.offset,
    }
}

/// PE(p + k) and M_k PE(p) on top of each other, and M_k itself.
pub fn shift<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    if !state.scheme.has_waves() {
        return no_shift(scene, state);
    }
    let spec = shift_spec(state);
    let dim = state.dimension();
    let distances = &mut scene.distances;
    distances.shift.update(spec);
    if distances
        .regression
        .is_none_or(|(made_of, of_dim, _)| (made_of, of_dim) != (spec, dim))
    {
        distances.regression = Some((spec, dim, wave_regression(spec, dim)));
    }
    rows_of(scene, state);
    let distances = &scene.distances;
    let table = super::table::made_rows(scene, state);
    let n_rows = spec.table.seq_len;
    let shift = &distances.shift;
    let (moved, shifted) = (shift.moved(), shift.shifted());
    let encoding = state.spec();
    #[allow(clippy::cast_precision_loss)]
    let k = state.offset as f64;
    let smooth = |ahead: f64| super::smooth(state, &|position| encoding.at(position + ahead, dim));
    let [name, moved_name, shifted_name] = story::SHIFT_NAMES;
    let whole = n_rows == state.seq_len;
    let lines = vec![
        Line {
            between: smooth(0.0).filter(|_| whole),
            ..Line::new(name, Role::Quiet, table.slice_move(s![..n_rows, dim]))
        },
        Line {
            join: figures::Join::Stepped,
            ..Line::new(moved_name, Role::Series(1), moved.slice_move(s![.., dim]))
        },
        Line {
            between: smooth(k).filter(|_| whole),
            ..Line::new(
                shifted_name,
                Role::Series(0),
                shifted.slice_move(s![.., dim]),
            )
        },
    ];
    let regression = distances.regression.map(|(.., regression)| regression);
    Figure {
        id: "encode-shift",
        title: Cow::Owned(story::shift_title(state.offset)),
        summary: story::shift_summary(state, n_rows, shift.errors(), regression),
        panels: vec![
            Panel {
                head: Head {
                    symbol: Cow::Owned(story::shift_head(dim)),
                    note: Cow::Borrowed(""),
                },
                cross: Cross {
                    x: Some(state.position())
                        .filter(|position| position - state.start < n_rows as u64),
                    y: None,
                },
                ..Panel::new(
                    Axis::cells("position", "position p", state.start, n_rows),
                    Axis::values("", -1.05, 1.05),
                    Plot::Lines(lines),
                )
            },
            blocks_panel(state, shift.blocks()),
        ],
        table: exported(
            state,
            Shown {
                values: moved,
                version: shift.version(),
                most: 1.0,
                undefined: "",
            },
        ),
        read_rows: read_rows(state),
    }
}

/// There is no rotation to shift by.
fn no_shift<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let values = rows_of(scene, state);
    Figure {
        id: "encode-shift",
        title: Cow::Owned(story::shift_title(state.offset)),
        summary: story::no_shift(state.scheme),
        panels: vec![Panel::new(
            positions(state),
            Axis::values("", -1.0, 1.0),
            Plot::Empty(Cow::Borrowed(story::NO_SHIFT)),
        )],
        table: exported(
            state,
            Shown {
                values,
                version: 0,
                most: 1.0,
                undefined: "",
            },
        ),
        read_rows: read_rows(state),
    }
}

/// Some pairs, from the fastest to the slowest, the one that is read among them.
fn block_pairs(state: &EncodeState) -> Vec<usize> {
    let n_pairs = state.d_model / 2;
    let n_blocks = n_pairs.min(MOST_BLOCKS);
    let mut pairs: Vec<_> = (0..n_blocks)
        .map(|idx| idx * (n_pairs - 1) / (n_blocks - 1).max(1))
        .collect();
    let read = pair_of(state.dimension(), state.d_model, state.layout).idx;
    let nearest = pairs.iter().map(|pair| pair.abs_diff(read)).enumerate();
    if let Some((idx, _)) = nearest.min_by_key(|&(_, away)| away) {
        pairs[idx] = read;
    }
    pairs
}

/// M_k as far as it can be written: blocks of some pairs along its diagonal, zeros elsewhere.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
fn blocks_panel<'a>(state: &EncodeState, blocks: &[[[f64; 2]; 2]]) -> Panel<'a> {
    let pairs = block_pairs(state);
    let read = pair_of(state.dimension(), state.d_model, state.layout).idx;
    let n_cells = 2 * pairs.len();
    // Pale, so that the numbers can be read on them.
    let colours = Colours {
        ramp: Ramp::Diverging,
        min: -3.0,
        max: 3.0,
    };
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
                shapes.push(words(
                    (corner.0 + CELL_WIDTH / 2.0, corner.1 + 0.5),
                    Cow::Owned(story::block_number(value)),
                    Anchor::Middle,
                    pair == read,
                ));
            }
        }
        let is_left = 2 * idx < pairs.len();
        let label = Cow::Owned(story::block_name(state, pair));
        let middle = at.1 + 1.0;
        shapes.push(if is_left {
            words(
                (at.0 + 2.0 * CELL_WIDTH + 0.2, middle),
                label,
                Anchor::Left,
                pair == read,
            )
        } else {
            words((at.0 - 0.2, middle), label, Anchor::Right, pair == read)
        });
    }
    let (right, end) = (CELL_WIDTH * n_cells as f64, n_cells as f64);
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
    // One block alone has its name beside it.
    let width = if pairs.len() == 1 { right + 4.0 } else { right };
    let nothing = || Axis::values("", 0.0, 1.0);
    Panel {
        head: Head {
            symbol: Cow::Owned(story::blocks_head(state)),
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

fn words<'a>(at: (f64, f64), text: Cow<'a, str>, anchor: Anchor, is_bold: bool) -> Shape<'a> {
    Shape::new(Form::Text {
        at,
        text,
        anchor,
        size: 0.9,
        room: 0.0,
        role: if is_bold { Role::Ink } else { Role::Quiet },
        is_bold,
    })
}

/// Reads a position, or the dimension of a block's sine.
pub fn read_shift(state: &mut EncodeState, cell: Cell) {
    let number = cell.x;
    if cell.panel_idx == 0 {
        if number.is_some() {
            state.pos = number;
        }
    } else if let Some(pair) = number.and_then(|pair| usize::try_from(pair).ok()) {
        let [sine, _] = state.columns_of(pair);
        state.dim = Some(sine);
    }
}

/// A position, or a block, in numbers.
pub fn shift_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let Some(number) = cell.x.filter(|_| state.scheme.has_waves()) else {
        return String::new();
    };
    if cell.panel_idx > 0 {
        return usize::try_from(number)
            .map(|pair| story::block_tip(state, pair))
            .unwrap_or_default();
    }
    let shift = &scene.distances.shift;
    let at = |values: ArrayView2<'_, f32>| {
        let row_idx = usize::try_from(number.checked_sub(state.start)?).ok()?;
        values.get((row_idx, state.dimension())).copied()
    };
    at(shift.moved())
        .zip(at(shift.shifted()))
        .map(|values| story::shift_tip(state, number, values))
        .unwrap_or_default()
}

/// The distance of each position to the nearest other one, and the closest pair of each width.
pub fn unique<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    measure(scene, state, |distances, table| {
        distances.apart.update(state, table);
    });
    let has_waves = state.scheme.has_waves();
    let bfloat16 = has_waves.then(|| {
        scene
            .distances
            .apart
            .smallest
            .update(state.seq_len, state.base, BFLOAT16_ROUNDOFF)
    });
    let apart = &scene.distances.apart;
    let stride = nearest_stride(state);
    let mut panels = vec![distances_panel(state, apart, stride)];
    if has_waves && state.seq_len > 1 {
        panels.push(widths_panel(apart));
    }
    Figure {
        id: "encode-unique",
        title: Cow::Borrowed("Distance to the nearest other position"),
        summary: story::unique_summary(state, apart.closest, stride, bfloat16.flatten()),
        panels,
        table: Table::Columns(vec![
            indices("row", state.seq_len),
            numbers("position", &apart.positions),
            numbers("distance", &apart.distances),
        ]),
        read_rows: read_rows(state),
    }
}

#[allow(clippy::cast_precision_loss)]
fn distances_panel<'a>(state: &EncodeState, apart: &'a Apart, stride: usize) -> Panel<'a> {
    let values = apart.distances.view();
    let Some(most) = highest(values) else {
        return Panel::new(
            positions(state),
            Axis::values("", 0.0, 1.0),
            Plot::Empty(Cow::Borrowed(story::NO_OTHER)),
        );
    };
    let y = Axis::values(
        "distance",
        0.0,
        if most > 0.0 {
            f64::from(most) * 1.1
        } else {
            1.0
        },
    );
    let name = "nearest other position";
    if stride > 1 {
        let [x, distances] = &apart.measured;
        return Panel::new(
            Axis::values("position", state.start as f64, state.last() as f64),
            y,
            Plot::Points(vec![Points {
                name: Cow::Borrowed(name),
                role: Role::Series(0),
                x: x.view(),
                y: distances.view(),
                names: Cow::Borrowed(&[]),
                size: 5.0,
                is_joined: false,
            }]),
        );
    }
    Panel {
        cross: Cross {
            x: Some(state.position()),
            y: None,
        },
        ..Panel::new(
            positions(state),
            y,
            Plot::Lines(vec![Line::new(name, Role::Series(0), values)]),
        )
    }
}

/// The closest pair over the width, and what rounding may move two rows by.
fn widths_panel(apart: &Apart) -> Panel<'_> {
    let [bfloat16, single] = &apart.rounding;
    let lines = vec![
        Line::new("closest pair", Role::Series(0), apart.by_width.view()),
        Line::new("rounding of bfloat16", Role::Series(1), bfloat16.view()),
        Line::new("rounding of f32", Role::Series(2), single.view()),
    ];
    let lows = [&apart.by_width, bfloat16, single].map(|line| lowest(line.view()));
    let low = lows.into_iter().flatten().fold(1.0_f32, f32::min);
    let high = highest(apart.by_width.view()).unwrap_or(1.0).max(1.0);
    Panel {
        head: Head {
            symbol: Cow::Borrowed(""),
            note: Cow::Borrowed(story::WIDTHS_HEAD),
        },
        ..Panel::new(
            Axis {
                names: WIDTHS.iter().map(ToString::to_string).collect(),
                ..Axis::cells("", "d_model", 0, WIDTHS.len())
            },
            // Whole powers of ten at both ends.
            Axis::log(
                "distance",
                10_f64.powf(f64::from(low).max(1e-12).log10().floor()),
                10_f64.powf(f64::from(high).log10().ceil().max(0.0)),
            ),
            Plot::Lines(lines),
        )
    }
}

/// A position, or a width, in numbers.
pub fn unique_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let apart = &scene.distances.apart;
    let Some(idx) = cell.x.and_then(|x| usize::try_from(x).ok()) else {
        return String::new();
    };
    let at = |values: &Array1<f32>, idx: usize| values.get(idx).copied();
    if cell.panel_idx > 0 {
        return WIDTHS
            .get(idx)
            .zip(at(&apart.by_width, idx))
            .map(|(width, distance)| story::width_tip(*width, distance))
            .unwrap_or_default();
    }
    // Where only some positions are measured, the points are counted.
    let stride = nearest_stride(state);
    let row = if stride > 1 {
        Some(idx * stride)
    } else {
        cell.x
            .and_then(|x| usize::try_from(x.checked_sub(state.start)?).ok())
    };
    row.and_then(|row| Some((at(&apart.positions, row)?, at(&apart.distances, row)?)))
        .map(|(position, distance)| story::unique_tip(position, distance))
        .unwrap_or_default()
}

/// Reads a position where the axis has positions.
pub fn read_unique(state: &mut EncodeState, cell: Cell) {
    if cell.panel_idx == 0 && cell.x.is_some_and(|x| x >= state.start) && cell.y.is_none() {
        state.pos = cell.x;
    }
}

#[cfg(test)]
mod tests {
    use maths::encode::frequency;

    use super::{
        EncodeScene, EncodeState, Nearest, Walk, is_unfinished, nearest_stride, offsets, unique,
    };
    use crate::labs::encode::state::Encoding;

    fn large() -> EncodeState {
        EncodeState {
            seq_len: 3000,
            d_model: 64,
            ..EncodeState::default()
        }
    }

    #[test]
    fn a_long_walk_goes_in_steps_and_ends_at_the_sum_of_cosines() {
        let (mut scene, state) = (EncodeScene::default(), large());
        let mut done = vec![0.0];
        while done.len() == 1 || is_unfinished(&scene, "encode-offsets") {
            offsets(&mut scene, &state);
            let now = Walk::done(&scene.distances.walk);
            assert!(done.last().is_some_and(|&before| now > before), "{done:?}");
            done.push(now);
        }
        assert!(done.len() > 3, "{done:?}");
        assert!(done.last().is_some_and(|&last| (last - 1.0).abs() < 1e-12));
        let mean = scene.distances.walk.offsets.mean();
        for k in [0, 1, 100, 2999] {
            #[allow(clippy::cast_precision_loss)]
            let cosines = (0..32).map(|pair| (k as f64 * frequency(pair, 64, state.base)).cos());
            let expected: f64 = cosines.sum();
            assert!((f64::from(mean[k]) - expected).abs() < 1e-4, "{k}");
        }
    }

    #[test]
    fn another_state_begins_anew() {
        let mut scene = EncodeScene::default();
        offsets(&mut scene, &large());
        assert!(is_unfinished(&scene, "encode-offsets"));
        assert!(!is_unfinished(&scene, "encode-shift"));
        offsets(&mut scene, &EncodeState::default());
        assert!(!is_unfinished(&scene, "encode-offsets"));
        assert_eq!(scene.distances.walk.offsets.mean().len(), 64);
    }

    #[test]
    fn positions_are_measured_as_far_apart_as_the_code_says() {
        for (seq_len, d_model) in [(1, 2), (600, 64), (4096, 32), (4096, 1024)] {
            let state = EncodeState {
                scheme: Encoding::Learned,
                seq_len,
                d_model,
                ..EncodeState::default()
            };
            let mut scene = EncodeScene::default();
            unique(&mut scene, &state);
            let nearest: &Nearest = &scene.distances.apart.nearest;
            assert_eq!(
                nearest_stride(&state),
                nearest.stride(),
                "{seq_len}, {d_model}"
            );
        }
    }
}
