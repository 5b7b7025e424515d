//! Whether positions can be told apart: how far a row is from the nearest other one.
//!
//! For sinusoids ‖PE(p) − PE(p + k)‖ = 2 √(Σ_i sin²(k ω_i / 2)), whatever p. It is never 0, because π is
//! irrational, but with few pairs it comes close: with d = 2, position 710 is 6e-5 from 0, because 710 is
//! nearly 113 turns. From about d = 16 the neighbour is the nearest.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

use lanes::F64x2;
use ndarray::ArrayView2;

use crate::encode::Phasors;
use crate::rows::Rows;
use crate::scaling::{Scaling, scaled_frequency};

/// Which sinusoidal table: everything the distance between its rows depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DistanceSpec {
    /// Positions N: distances of offsets 0 to N − 1.
    pub seq_len: usize,
    /// The dimension d. Of an odd number the last sine, whose part depends on the position, is left out.
    pub d_model: usize,
    /// The base of the frequencies.
    pub base: f64,
    /// How the frequencies are scaled.
    pub scaling: Scaling,
}

/// The nearest other position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    /// How far away it stands, at least 1; the smallest of several that are equally near.
    pub offset: usize,
    /// How far away its row is.
    pub distance: f64,
}

/// Offsets between two anchors, at which angles are computed anew: the others are turned from the one before,
/// at most 63 times, which puts a sine off by some 1e-14.
const ANCHOR: usize = 64;

/// The distance of two sinusoidal rows by their offset, in `f64`, from the closed form.
///
/// Cost: N·d/2 times 1 ns. Allocates only when there were never so many.
#[derive(Clone, Debug, Default)]
pub struct OffsetDistances {
    spec: Option<DistanceSpec>,
    version: u64,
    /// ω_i / 2. (d/2)
    half_frequencies: Vec<f64>,
    phase: Phasors,
    turn: Phasors,
    /// (N)
    distances: Vec<f64>,
    /// The offset from 1 to k with the smallest distance. (N)
    nearest_up_to: Vec<u32>,
}

impl OffsetDistances {
    /// Makes the distances and returns whether they changed.
    pub fn update(&mut self, spec: DistanceSpec) -> bool {
        if self.spec == Some(spec) {
            return false;
        }
        self.fill(spec, f64::NEG_INFINITY);
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// The distance at each offset; 0 at offset 0. (N)
    pub fn distances(&self) -> &[f64] {
        &self.distances
    }

    /// The nearest other row of row `row_idx`: offsets that fit into the table on either side. `None` for a
    /// table of one row, and beyond its end.
    pub fn nearest(&self, row_idx: usize) -> Option<Neighbour> {
        let last = self.distances.len().checked_sub(1)?;
        let farthest = row_idx.max(last.checked_sub(row_idx)?);
        let offset = *self.nearest_up_to.get(farthest)? as usize;
        let distance = *self.distances.get(offset)?;
        (offset > 0).then_some(Neighbour { offset, distance })
    }

    /// The nearest two rows of the table.
    pub fn closest(&self) -> Option<Neighbour> {
        self.nearest(0)
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Makes the distances, or as many as it takes to find one up to `enough`. Returns whether there is none.
    fn fill(&mut self, spec: DistanceSpec, enough: f64) -> bool {
        let DistanceSpec {
            seq_len,
            d_model,
            base,
            scaling,
        } = spec;
        self.half_frequencies.clear();
        let omegas =
            (0..d_model / 2).map(|idx| scaled_frequency(idx, d_model, base, scaling) / 2.0);
        self.half_frequencies.extend(omegas);
        self.turn.set(&self.half_frequencies, 1.0);
        self.distances.clear();
        self.nearest_up_to.clear();
        let (mut nearest, mut smallest) = (0, f64::INFINITY);
        for offset in 0..seq_len {
            if offset.is_multiple_of(ANCHOR) {
                self.phase.set(&self.half_frequencies, offset as f64);
            } else {
                self.phase.turn(&self.turn);
            }
            let (fours, rest) = self.phase.sin.as_chunks::<4>();
            let mut squares = [F64x2::splat(0.0); 2];
            for &[a, b, c, d] in fours {
                let [low, high] = [[a, b], [c, d]].map(F64x2::from);
                squares = [squares[0] + low * low, squares[1] + high * high];
            }
            let [a, b] = (squares[0] + squares[1]).to_array();
            let last: f64 = rest.iter().map(|sin| sin * sin).sum();
            let distance = 2.0 * (a + b + last).sqrt();
            if offset > 0 && distance < smallest {
                (nearest, smallest) = (offset as u32, distance);
            }
            self.distances.push(distance);
            self.nearest_up_to.push(nearest);
            if smallest <= enough {
                return false;
            }
        }
        true
    }
}

/// Half the distance between neighbouring `f32` just above 1: what rounding to `f32` moves a number by at
/// most, as a part of it.
pub const F32_ROUNDOFF: f64 = f32::EPSILON as f64 / 2.0;

/// The widest table that [`SmallestTable`] tries.
pub const WIDEST: usize = 1024;

/// The smallest d_model, from some even number on, at which all of N sinusoidal rows stay apart although their numbers
/// are rounded.
///
/// A value of at most 1 is moved by at most u/2, u the [`roundoff`](SmallestTable::update): so two rows can
/// only become equal where they differ by at most u in every column, and stay apart where their distance is
/// above √d · u. In `f32` that holds from d = 2 for any N and base of the page; a `bfloat16` (u = 2⁻⁸) needs
/// 4 columns for 4096 positions.
#[derive(Clone, Debug, Default)]
pub struct SmallestTable {
    made_for: Option<(usize, usize, f64, f64)>,
    d_model: Option<usize>,
    scratch: OffsetDistances,
}

impl SmallestTable {
    /// The smallest d_model, `narrowest` or more, for N = `seq_len` positions and a base, with numbers of the given
    /// `roundoff` (such as [`F32_ROUNDOFF`]); `None` if there is none up to [`WIDEST`]. Widths that fail are left at the
    /// first pair that is too close, so that the cost is about that of one [`OffsetDistances`] of the width
    /// found.
    pub fn update(
        &mut self,
        narrowest: usize,
        seq_len: usize,
        base: f64,
        roundoff: f64,
    ) -> Option<usize> {
        let made_for = Some((narrowest, seq_len, base, roundoff));
        if self.made_for != made_for {
            self.made_for = made_for;
            self.d_model = (narrowest..=WIDEST).step_by(2).find(|&d_model| {
                let spec = DistanceSpec {
                    seq_len,
                    d_model,
                    base,
                    scaling: Scaling::None,
                };
                let closest = (d_model as f64).sqrt() * roundoff;
                self.scratch.fill(spec, closest)
            });
        }
        self.d_model
    }
}

/// Two rows and how far they are from each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClosestPair {
    /// The rows, the measured one first.
    pub rows: [usize; 2],
    /// ‖a − b‖.
    pub distance: f32,
}

/// Rows that are measured at a time: they share the loading of the others.
const AT_ONCE: usize = 8;

/// The distance of each row of any table to its nearest other row, measured from the `f32` values as they are.
///
/// Differences and squares are taken directly, not through dot products, so that close rows lose no digits:
/// the relative error is some 1e-6. Cost: every measured row against all others, N·d · 0.2 ns each. To bound
/// it, rows are measured at a stride where N is large: what is measured is exact, what is not is NaN.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    rows: Rows,
    stride: usize,
    /// (N)
    distances: Vec<f32>,
    /// (N)
    neighbours: Vec<u32>,
    /// Squared distances of the rows that are measured at a time.
    scratch: Vec<f32>,
}

impl Nearest {
    /// Measures rows of `table` (N, d): all of them, or every s-th, s the smallest with N·N/s·d at most
    /// `most_terms` (50 million take some 10 ms, native). Rows with NaN have no distance, and are nobody's
    /// neighbour. Allocates only when there was never so much, or when the table is not contiguous.
    pub fn update(&mut self, table: ArrayView2<'_, f32>, most_terms: u64) {
        let (n_rows, n_features) = table.dim();
        self.rows.reset(n_rows, n_features);
        let table = table.as_standard_layout();
        let values = table.as_slice().unwrap_or_default();
        for (idx, row) in values.chunks_exact(n_features.max(1)).enumerate() {
            self.rows.add_scaled(idx, 1.0, row);
        }
        self.distances.clear();
        self.distances.resize(n_rows, f32::NAN);
        self.neighbours.clear();
        self.neighbours.resize(n_rows, 0);
        self.scratch.resize(AT_ONCE * n_rows, 0.0);
        let per_row = n_rows as u64 * n_features as u64;
        let n_measured = (most_terms / per_row.max(1)).max(1);
        self.stride = (n_rows as u64).div_ceil(n_measured).max(1) as usize;
        for first in (0..n_rows).step_by(self.stride * AT_ONCE) {
            self.measure(&(first..n_rows).step_by(self.stride).take(AT_ONCE));
        }
    }

    /// How far apart measured rows stand: 1 if all of them are.
    pub fn stride(&self) -> usize {
        self.stride
    }

    /// The distance of each row to its nearest other one; NaN where it is not measured, or where there is
    /// none. (N)
    pub fn distances(&self) -> &[f32] {
        &self.distances
    }

    /// Which row is the nearest, where there is a distance; the first of several. (N)
    pub fn neighbours(&self) -> &[u32] {
        &self.neighbours
    }

    /// The closest pair of which one row was measured.
    pub fn closest(&self) -> Option<ClosestPair> {
        let mut closest: Option<ClosestPair> = None;
        let found = self.distances.iter().zip(&self.neighbours).enumerate();
        for (row, (&distance, &neighbour)) in found {
            // A comparison with NaN is false.
            if distance < closest.map_or(f32::INFINITY, |closest| closest.distance) {
                closest = Some(ClosestPair {
                    rows: [row, neighbour as usize],
                    distance,
                });
            }
        }
        closest
    }

    fn measure(&mut self, queries: &(impl Iterator<Item = usize> + Clone)) {
        let n_rows = self.rows.n_rows();
        self.rows
            .combine(queries, 0..n_rows, &mut self.scratch, n_rows, |a, b| {
                let difference = a - b;
                difference * difference
            });
        for (query, squares) in queries.clone().zip(self.scratch.chunks_exact(n_rows)) {
            let mut smallest = f32::INFINITY;
            for (idx, &square) in squares.iter().enumerate() {
                if square < smallest && idx != query {
                    smallest = square;
                    self.neighbours[query] = idx as u32;
                    self.distances[query] = square.sqrt();
                }
            }
        }
    }
}
