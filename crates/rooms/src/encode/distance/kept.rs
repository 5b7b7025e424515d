//! What the part keeps from frame to frame.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

use maths::schemes::{EncodingSpec, Scheme};
use maths::shift::{Shift, ShiftSpec, WaveRegression};
use maths::similarity::{ByOffset, Measure, Offsets, Similarity};
use maths::unique::{DistanceSpec, F32_ROUNDOFF, Nearest, OffsetDistances, SmallestTable};
use ndarray::{Array2, ArrayView2};

use super::super::state::EncodeState;

/// A map of more positions shows means of neighbours: about as many rows as it has pixels.
pub const MOST_ROWS: usize = 512;

/// Multiplications of one step of the pairs by offset: about 5 ms, native.
const STEP_TERMS: usize = 40_000_000;

/// What adding one pair to its offset costs, in multiplications.
const TERMS_PER_PAIR: usize = 16;

/// Squared differences that the nearest rows of a table may cost: some 10 ms, native.
pub const NEAREST_TERMS: u64 = 50_000_000;

/// Half the distance between neighbouring bfloat16 just below 1, as a part of it.
pub const BFLOAT16_ROUNDOFF: f64 = 1.0 / 256.0;

/// The widths whose closest pair is shown.
pub const WIDTHS: [usize; 10] = [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The first position against each.
    pub first: First,
    /// Position against position.
    pub map: Map,
    /// All pairs by their offset.
    pub walk: Walk,
    /// The shifted table.
    pub shift: Shift,
    /// What regression gets of a dimension of a shift.
    pub regression: Option<(ShiftSpec, usize, WaveRegression)>,
    /// Whether positions can be told apart.
    pub apart: Apart,
}

/// What a similarity is measured from.
pub type Measured = (EncodingSpec, Measure);

/// The first position against each, of more positions than a map has rows. Where a similarity depends on the offset
/// alone, a map is made of it, and the walk begins with it: the rest can wait until a hand rests.
#[derive(Default)]
pub struct First {
    made: Option<Measured>,
    by_offset: ByOffset,
}

impl First {
    /// Measures, where something else is to be measured; `None` where places count, or where there is a map of all.
    fn update(&mut self, measured: Measured, table: ArrayView2<'_, f32>) -> Option<&mut ByOffset> {
        if table.nrows() <= MOST_ROWS || !matches!(measured.0.scheme, Scheme::Sinusoidal { .. }) {
            return None;
        }
        if self.made != Some(measured) {
            self.by_offset.measure(table, measured.1);
            self.made = Some(measured);
        }
        Some(&mut self.by_offset)
    }
}

/// Position against position.
#[derive(Default)]
pub struct Map {
    made: Option<Measured>,
    rows: Similarity,
    /// (rows, rows)
    pub values: Array2<f32>,
    /// Grows whenever the values may have changed.
    pub version: u64,
}

impl Map {
    /// Makes the map, where something else is to be measured.
    pub fn update(&mut self, measured: Measured, table: ArrayView2<'_, f32>, first: &mut First) {
        if self.made != Some(measured) {
            if let Some(by_offset) = first.update(measured, table) {
                by_offset.matrix_into(MOST_ROWS, &mut self.values);
            } else {
                self.rows.prepare(table, measured.1, MOST_ROWS);
                self.rows.matrix_into(&mut self.values);
            }
            self.version += 1;
            self.made = Some(measured);
        }
    }
}

/// All pairs by their offset, in steps.
#[derive(Default)]
pub struct Walk {
    made: Option<Measured>,
    rows: Similarity,
    /// Mean, smallest and largest of the pairs that are done.
    pub offsets: Offsets,
    /// The first query that is still to be done.
    next: usize,
    /// How many queries there are.
    n_rows: usize,
    band: Vec<f32>,
}

impl Walk {
    /// Begins anew where something else is to be measured, and goes on for one step; all of it where the map has every
    /// pair.
    pub fn update(
        &mut self,
        measured: Measured,
        table: ArrayView2<'_, f32>,
        map: &mut Map,
        first: &mut First,
    ) {
        let is_new = self.made != Some(measured);
        if is_new {
            self.made = Some(measured);
            self.n_rows = table.nrows();
            self.next = 0;
            self.offsets.reset(self.n_rows);
            if self.n_rows <= MOST_ROWS {
                map.update(measured, table, first);
                self.rows = Similarity::default();
                let products = map.values.as_slice().unwrap_or_default();
                self.offsets.add_block(self.n_rows, products);
                self.next = self.n_rows;
            } else if let Some(by_offset) = first.update(measured, table) {
                self.offsets.add_block(self.n_rows, by_offset.products());
                self.next = 1;
            }
        }
        if !self.is_unfinished() || is_new && self.next > 0 {
            return;
        }
        if self.next <= 1 {
            self.rows.prepare(table, measured.1, usize::MAX);
        }
        let per_pair = measured.0.d_model + TERMS_PER_PAIR;
        let mut left = STEP_TERMS;
        while self.is_unfinished() && left > 0 {
            let n_keys = self.n_rows - self.next;
            let per_query = n_keys * per_pair;
            let end = self.n_rows.min(self.next + (left / per_query).clamp(1, 32));
            self.band.resize((end - self.next) * n_keys, 0.0);
            self.rows
                .block_into(self.next..end, self.next..self.n_rows, &mut self.band);
            self.offsets.add_block(n_keys, &self.band);
            left = left.saturating_sub((end - self.next) * per_query);
            self.next = end;
        }
    }

    /// Whether some pairs are still to be done.
    pub fn is_unfinished(&self) -> bool {
        self.next < self.n_rows
    }

    /// The part of all pairs that is done.
    #[allow(clippy::cast_precision_loss)]
    pub fn done(&self) -> f64 {
        let pairs = |n: usize| n as f64 * (n + 1) as f64;
        1.0 - pairs(self.n_rows - self.next) / pairs(self.n_rows).max(1.0)
    }
}

/// Whether positions can be told apart.
#[derive(Default)]
pub struct Apart {
    made: Option<EncodingSpec>,
    by_offset: OffsetDistances,
    /// Of schemes without waves.
    pub nearest: Nearest,
    /// The width from which on rounding makes no two rows equal: f32 and bfloat16.
    pub smallest: [SmallestTable; 2],
    /// The closest two; `None` where no two have rows.
    pub closest: Option<Closest>,
    /// Absolute positions, as numbers for the files. (seq_len)
    pub positions: Vec<f32>,
    /// The distance to the nearest other row; NaN where it is not measured or there is none. (seq_len)
    pub distances: Vec<f32>,
    /// Those that are measured where not all are: position and distance.
    pub measured: [Vec<f32>; 2],
    /// The closest pair of each width. (10)
    pub by_width: Vec<f32>,
    widths_of: Option<DistanceSpec>,
    /// What rounding may move two rows by, of each width: bfloat16 and f32. (10)
    pub rounding: [Vec<f32>; 2],
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
    /// Measures a table, where it is another one.
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
    pub fn update(&mut self, state: &EncodeState, table: ArrayView2<'_, f32>) {
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
            self.distances = self.nearest.distances().to_vec();
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
