//! How a position becomes a vector: the sinusoidal table of Vaswani et al. 2017, §3.5.
//!
//! For pair i of d/2, with ω_i = base^(−2i/d), in radians per position:
//!
//! - interleaved: PE(pos, 2i) = sin(pos · ω_i), PE(pos, 2i+1) = cos(pos · ω_i), as in the paper;
//! - concatenated: all sines first, PE(pos, i) = sin(pos · ω_i), PE(pos, d/2 + i) = cos(pos · ω_i),
//!   as in tensor2tensor, but with the paper's ω_i (tensor2tensor's is base^(−i/(d/2 − 1))).
//!
//! The left columns (of each half) are fast, the right ones slow: wavelengths run geometrically
//! from 2π to 2π · base^((d−2)/d) positions.
//!
//! Of an odd d the last pair has only its sine: interleaved, it is the last column; concatenated,
//! ⌈d/2⌉ sines stand before ⌊d/2⌋ cosines. Much code fails there (BERT-pytorch #78, Informer2020 #224).
//!
//! [`SinusoidalTable`] is the fast form, [`sinusoidal_reference`] the slow, obvious one that the
//! tests hold it against.

use std::ops::{Add, Mul, Sub};

use lanes::F64x2;
use ndarray::{Array2, ArrayView2};

use crate::scaling::{Scaling, scaled_frequency};
use crate::shape::matrix_view;
use crate::trig::sin_cos;

pub use crate::frequency::{frequency, wavelength};

/// In which column the sine and the cosine of a pair stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Layout {
    /// Pair i stands in the columns 2i (sine) and 2i + 1 (cosine): the paper.
    #[default]
    Interleaved,
    /// Pair i stands in the columns i (sine) and ⌈d/2⌉ + i (cosine): tensor2tensor.
    Concatenated,
}

/// Which sinusoidal table: everything its values depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sinusoidal {
    /// Rows T: how many positions are shown.
    pub seq_len: usize,
    /// Columns d: the dimension of the encoding. Of an odd number the last pair has a sine only.
    pub d_model: usize,
    /// The base of the geometric row of wavelengths, above 1; 10000 in the paper.
    pub base: f64,
    /// The first position shown, 0..=1_000_000: row r holds position start + r.
    pub start: u64,
    /// The order of the columns.
    pub layout: Layout,
}

/// Which of the two waves of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wave {
    /// sin(pos · ω_i)
    Sin,
    /// cos(pos · ω_i)
    Cos,
}

/// What a column holds: one wave of one pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pair {
    /// The pair i, 0 ≤ i < d/2; the larger, the slower.
    pub idx: usize,
    /// Sine or cosine.
    pub wave: Wave,
}

/// The pair and the wave that stand in column `dim` of `d_model`.
///
/// ```
/// use maths::encode::{Layout, Pair, Wave, pair_of};
/// assert_eq!(pair_of(5, 8, Layout::Interleaved), Pair { idx: 2, wave: Wave::Cos });
/// assert_eq!(pair_of(5, 8, Layout::Concatenated), Pair { idx: 1, wave: Wave::Cos });
/// ```
pub fn pair_of(dim: usize, d_model: usize, layout: Layout) -> Pair {
    let n_pairs = d_model.div_ceil(2);
    let (idx, is_sin) = match layout {
        Layout::Interleaved => (dim / 2, dim.is_multiple_of(2)),
        Layout::Concatenated if dim < n_pairs => (dim, true),
        Layout::Concatenated => (dim - n_pairs, false),
    };
    let wave = if is_sin { Wave::Sin } else { Wave::Cos };
    Pair { idx, wave }
}

/// The encoding of any real `position` (absolute: `spec.start` is not added) in column `dim`.
/// For smooth curves between the whole positions of a table.
pub fn sinusoidal_at(position: f64, dim: usize, spec: Sinusoidal) -> f64 {
    let pair = pair_of(dim, spec.d_model, spec.layout);
    let angle = position * frequency(pair.idx, spec.d_model, spec.base);
    let (sin, cos) = sin_cos(angle);
    match pair.wave {
        Wave::Sin => sin,
        Wave::Cos => cos,
    }
}

/// The table (T, d) in `f64`, one sine or cosine of the standard library per value: slow and obvious.
pub fn sinusoidal_reference(spec: Sinusoidal) -> Array2<f64> {
    Array2::from_shape_fn((spec.seq_len, spec.d_model), |(row, dim)| {
        let position = (spec.start + row as u64) as f64;
        let pair = pair_of(dim, spec.d_model, spec.layout);
        let angle = position * frequency(pair.idx, spec.d_model, spec.base);
        match pair.wave {
            Wave::Sin => angle.sin(),
            Wave::Cos => angle.cos(),
        }
    })
}

/// Positions per block. A block has one seed row, and its rows are the seed turned by 0 to 63
/// positions. More would make the table of turns outgrow the cache, fewer would make more seeds.
const BLOCK_LEN: u64 = 64;

/// Blocks per anchor: the phases of a block at a multiple of this are computed with sine and cosine,
/// those of the others by turning the phases of the block before, in `f64`: at most 63 times, which
/// puts them off by some 1e-14. Sine and cosine in WebAssembly cost twenty times as much as a turn.
const BLOCKS_PER_ANCHOR: u64 = 64;

/// Where the frequencies of a table come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Source {
    /// Sine and cosine of pair i turn by ω′_i.
    Scaled(Scaling),
    /// Column c turns by base^(−2c/d), twice the exponent it should have: of pair i the sine by
    /// base^(−4i/d), the cosine by base^(−(4i+2)/d). See [`crate::mistakes::Mistake::DoubledExponent`].
    DoubledExponent,
}

impl Default for Source {
    fn default() -> Self {
        Self::Scaled(Scaling::None)
    }
}

/// A sinusoidal table that follows a changing [`Sinusoidal`] and computes only what changed.
///
/// Row = seed row of its block, turned: with a the angle of the seed and b that of the turn,
/// sin(a+b) = sin a cos b + cos a sin b and cos(a+b) = cos a cos b − sin a sin b. The seeds and the
/// 64 turns are computed in `f64` and rounded once, so that no error builds up from row to row; a
/// value is within 3e-7 of the exact one at every position up to 1,000,000 and beyond.
///
/// Blocks stand at multiples of 64 of the absolute position. So a value depends on its position,
/// its column, d, base and layout alone: neither on where the table begins nor on what it held before.
#[derive(Clone, Debug, Default)]
pub struct SinusoidalTable {
    spec: Option<Sinusoidal>,
    source: Source,
    version: u64,
    /// How many rows of `values` hold what the spec says; may be more than are shown.
    n_rows: usize,
    /// The rows, one after the other. (at least n_rows, d); never shrinks.
    values: Vec<f32>,
    turns: Turns,
    seed: Seed,
    /// ω_i of the pairs; where sine and cosine differ, those of the cosines after those of the sines.
    /// (h or 2h)
    frequencies: Vec<f64>,
    /// Where the cosines' frequencies begin: 0 or h.
    cosines_from: usize,
    /// The angles of the current block's first position. (h or 2h)
    phase: Phasors,
    /// The angles of one block. (h or 2h)
    block_turn: Phasors,
}

/// The 64 turns within a block, in the columns' order: the same cosine (and sine) stands in both
/// columns of a pair, so that a row is made without caring which column is which.
#[derive(Clone, Debug, Default)]
struct Turns {
    /// cos b. (64, d)
    cos: Vec<f32>,
    /// sin b. (64, d)
    sin: Vec<f32>,
}

/// The first row of a block, and what it turns towards.
#[derive(Clone, Debug, Default)]
struct Seed {
    /// sin a in a sine column, cos a in a cosine column. (d)
    value: Vec<f32>,
    /// The same a quarter turn ahead: cos a in a sine column, −sin a in a cosine column. (d)
    ahead: Vec<f32>,
}

/// One angle per frequency, as its sine and cosine.
#[derive(Clone, Debug, Default)]
pub(crate) struct Phasors {
    pub(crate) sin: Vec<f64>,
    pub(crate) cos: Vec<f64>,
}

impl Phasors {
    /// The angles of `position`.
    pub(crate) fn set(&mut self, frequencies: &[f64], position: f64) {
        self.sin.clear();
        self.cos.clear();
        for omega in frequencies {
            let (sin, cos) = sin_cos(position * omega);
            self.sin.push(sin);
            self.cos.push(cos);
        }
    }

    /// Adds the angles of `by`, without a sine or cosine.
    pub(crate) fn turn(&mut self, by: &Phasors) {
        let (sines, last_sine) = self.sin.as_chunks_mut();
        let (cosines, last_cosine) = self.cos.as_chunks_mut();
        let (by_sines, by_last_sine) = by.sin.as_chunks();
        let (by_cosines, by_last_cosine) = by.cos.as_chunks();
        let by = by_sines.iter().zip(by_cosines);
        for ((sin, cos), (&by_sin, &by_cos)) in sines.iter_mut().zip(cosines).zip(by) {
            let [own, by] = [[*sin, *cos], [by_sin, by_cos]].map(|it| it.map(F64x2::from));
            [*sin, *cos] = turned(own, by).map(F64x2::to_array);
        }
        let by = (by_last_sine, by_last_cosine);
        if let ([sin], [cos], ([by_sin], [by_cos])) = (last_sine, last_cosine, by) {
            [*sin, *cos] = turned([*sin, *cos], [*by_sin, *by_cos]);
        }
    }
}

/// Sine and cosine of an angle, turned by another one.
#[inline(always)]
pub(crate) fn turned<T>([sin, cos]: [T; 2], [by_sin, by_cos]: [T; 2]) -> [T; 2]
where
    T: Copy + Add<Output = T> + Sub<Output = T> + Mul<Output = T>,
{
    [sin * by_cos + cos * by_sin, cos * by_cos - sin * by_sin]
}

impl SinusoidalTable {
    /// Makes the table what `spec` says and returns whether its values or shape changed.
    ///
    /// Another length computes only rows that were not there, another start keeps the turns.
    /// Nothing is allocated once the table has had its largest shape.
    pub fn update(&mut self, spec: Sinusoidal) -> bool {
        self.update_scaled(spec, Scaling::None)
    }

    /// The same with the frequencies that `scaling` makes: angles pos · ω′_i.
    pub fn update_scaled(&mut self, spec: Sinusoidal, scaling: Scaling) -> bool {
        self.update_from(spec, Source::Scaled(scaling))
    }

    /// The same with frequencies from any source.
    pub(crate) fn update_from(&mut self, spec: Sinusoidal, source: Source) -> bool {
        if self.spec == Some(spec) && self.source == source {
            return false;
        }
        let same_columns = self.source == source
            && self.spec.is_some_and(|old| {
                (old.d_model, old.base, old.layout) == (spec.d_model, spec.base, spec.layout)
            });
        if !same_columns {
            self.source = source;
            self.fill_turns(spec);
        }
        if !same_columns || self.spec.is_some_and(|old| old.start != spec.start) {
            self.n_rows = 0;
        }
        if self.n_rows < spec.seq_len {
            self.fill_rows(spec);
        }
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// The table, shape (seq_len, d_model); empty before the first update.
    pub fn values(&self) -> ArrayView2<'_, f32> {
        let (n_rows, n_columns) = self
            .spec
            .map_or((0, 0), |spec| (spec.seq_len, spec.d_model));
        matrix_view(&self.values, n_rows, n_columns)
    }

    /// Grows with every change of the values or the shape.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// What the table holds; none before the first update.
    pub fn spec(&self) -> Option<Sinusoidal> {
        self.spec
    }

    /// Everything that depends on d, base, layout and source alone.
    fn fill_turns(&mut self, spec: Sinusoidal) {
        let Sinusoidal {
            d_model,
            base,
            layout,
            ..
        } = spec;
        self.frequencies.clear();
        let pairs = 0..d_model.div_ceil(2);
        match self.source {
            Source::Scaled(scaling) => {
                let omegas = pairs.map(|idx| scaled_frequency(idx, d_model, base, scaling));
                self.frequencies.extend(omegas);
                self.cosines_from = 0;
            }
            Source::DoubledExponent => {
                self.cosines_from = pairs.len();
                for first in [0, 1] {
                    let columns = pairs.clone().map(|idx| 2 * idx + first);
                    let omegas = columns.map(|column| frequency(column, d_model, base));
                    self.frequencies.extend(omegas);
                }
            }
        }

        // At most 63 turns one after the other in f64 are off by some 1e-14: nothing, in f32.
        self.phase.set(&self.frequencies, 0.0);
        self.block_turn.set(&self.frequencies, 1.0);
        let n_turns = d_model * BLOCK_LEN as usize;
        self.turns.cos.resize(n_turns, 0.0);
        self.turns.sin.resize(n_turns, 0.0);
        let cos_rows = self.turns.cos.chunks_exact_mut(d_model.max(1));
        let sin_rows = self.turns.sin.chunks_exact_mut(d_model.max(1));
        for (cos_row, sin_row) in cos_rows.zip(sin_rows) {
            let Phasors { sin, cos } = &self.phase;
            let in_both = |values: &[f64], row: &mut [f32]| {
                let cosines = values[self.cosines_from..].iter().copied();
                fill_columns(row, layout, values.iter().copied(), cosines);
            };
            in_both(cos, cos_row);
            in_both(sin, sin_row);
            self.phase.turn(&self.block_turn);
        }
        self.block_turn.set(&self.frequencies, BLOCK_LEN as f64);
    }

    /// The rows from `n_rows` to the end, block by block.
    fn fill_rows(&mut self, spec: Sinusoidal) {
        let Sinusoidal {
            seq_len,
            d_model,
            start,
            layout,
            ..
        } = spec;
        if self.values.len() < seq_len * d_model {
            self.values.resize(seq_len * d_model, 0.0);
        }
        self.seed.value.resize(d_model, 0.0);
        self.seed.ahead.resize(d_model, 0.0);

        let mut row = self.n_rows;
        let mut is_first = true;
        while row < seq_len {
            let position = start + row as u64;
            self.set_phase(position / BLOCK_LEN, is_first);
            is_first = false;
            let Phasors { sin, cos } = &self.phase;
            fill_columns(
                &mut self.seed.value,
                layout,
                sin.iter().copied(),
                cos[self.cosines_from..].iter().copied(),
            );
            fill_columns(
                &mut self.seed.ahead,
                layout,
                cos.iter().copied(),
                sin[self.cosines_from..].iter().map(|sin| -sin),
            );

            let n_skipped = (position % BLOCK_LEN) as usize;
            let n_here = (BLOCK_LEN as usize - n_skipped).min(seq_len - row);
            let turned = n_skipped * d_model..(n_skipped + n_here) * d_model;
            turn_rows(
                &mut self.values[row * d_model..(row + n_here) * d_model],
                &self.seed,
                &self.turns.cos[turned.clone()],
                &self.turns.sin[turned],
            );
            row += n_here;
        }
        self.n_rows = seq_len;
    }

    /// Brings the phase to a block: by one turn from the block before, or afresh from its anchor.
    fn set_phase(&mut self, block: u64, is_first: bool) {
        let n_turns = block % BLOCKS_PER_ANCHOR;
        if is_first || n_turns == 0 {
            let anchor = (block - n_turns) * BLOCK_LEN;
            self.phase.set(&self.frequencies, anchor as f64);
        }
        // The turns are counted from the anchor, never from where the table happens to begin.
        for _ in 0..if is_first { n_turns } else { n_turns.min(1) } {
            self.phase.turn(&self.block_turn);
        }
    }
}

/// Writes one value per pair into the pairs' sine columns and one into their cosine columns.
pub(crate) fn fill_columns(
    row: &mut [f32],
    layout: Layout,
    sin_columns: impl Iterator<Item = f64>,
    cos_columns: impl Iterator<Item = f64>,
) {
    match layout {
        Layout::Interleaved => {
            for (pair, (sin, cos)) in row.chunks_mut(2).zip(sin_columns.zip(cos_columns)) {
                for (column, value) in pair.iter_mut().zip([sin, cos]) {
                    *column = value as f32;
                }
            }
        }
        Layout::Concatenated => {
            let (sin_half, cos_half) = row.split_at_mut(row.len().div_ceil(2));
            sin_half
                .iter_mut()
                .zip(sin_columns)
                .for_each(|(column, value)| *column = value as f32);
            cos_half
                .iter_mut()
                .zip(cos_columns)
                .for_each(|(column, value)| *column = value as f32);
        }
    }
}

/// Rows of one block: each the seed, turned. `rows`, `cos` and `sin` have the same shape (·, d).
fn turn_rows(rows: &mut [f32], seed: &Seed, cos: &[f32], sin: &[f32]) {
    let d_model = seed.value.len().max(1);
    let turns = cos.chunks_exact(d_model).zip(sin.chunks_exact(d_model));
    for (row, (cos, sin)) in rows.chunks_exact_mut(d_model).zip(turns) {
        // row = seed · cos b + (seed a quarter turn ahead) · sin b
        lanes::map(
            [&seed.value, &seed.ahead, cos, sin],
            row,
            |[seed, ahead, cos, sin]| seed * cos + ahead * sin,
        );
    }
}
