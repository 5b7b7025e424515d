//! The same rotation shifts every position: PE(p + k) = M_k PE(p) (Vaswani et al. 2017, §3.5), M_k
//! block-diagonal with one 2×2 rotation per pair, which depends on k and not on p. And why there are both
//! sine and cosine: from the sine alone, the shifted sine cannot be made.

use ndarray::ArrayView2;

use crate::encode::{Layout, Sinusoidal, SinusoidalTable, Wave, pair_of};
use crate::scaling::{Scaling, scaled_frequency};
use crate::shape::matrix_view;
use crate::trig::sin_cos;

/// The block of M_k for a pair of frequency `omega`, acting on (sin, cos):
/// [[cos kω, sin kω], [−sin kω, cos kω]].
pub fn shift_block(omega: f64, offset: u64) -> [[f64; 2]; 2] {
    let (sin, cos) = sin_cos(offset as f64 * omega);
    [[cos, sin], [-sin, cos]]
}

/// Which shift: everything it depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShiftSpec {
    /// The table that is shifted.
    pub table: Sinusoidal,
    /// How its frequencies are scaled.
    pub scaling: Scaling,
    /// k, in positions.
    pub offset: u64,
}

/// How far M_k PE(p) is from PE(p + k): the largest difference of any two values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ShiftErrors {
    /// Over all rows, with PE(p) and PE(p + k) as the `f32` of the tables: their rounding, some 3e-7.
    pub of_f32: f64,
    /// With everything in `f64`: the rounding of p · ω, some 1e-16 times the position.
    pub of_f64: f64,
    /// Over how many rows, evenly spaced, that was checked.
    pub n_rows_of_f64: usize,
}

/// Pairs that are checked in `f64`, each for two sines and cosines: 1 ms in the page.
const MOST_EXACT_PAIRS: usize = 1 << 15;

/// PE(p + k) and M_k PE(p) for all positions p of a changing [`ShiftSpec`].
///
/// Of an odd d the last sine stands alone, and no rotation can shift it: its column of M_k PE(p) is NaN and
/// no part of the errors.
#[derive(Clone, Debug, Default)]
pub struct Shift {
    spec: Option<ShiftSpec>,
    version: u64,
    here: SinusoidalTable,
    there: SinusoidalTable,
    /// M_k. (⌊d/2⌋)
    blocks: Vec<[[f64; 2]; 2]>,
    /// (T, d) at least; never shrinks.
    moved: Vec<f32>,
    errors: ShiftErrors,
}

impl Shift {
    /// Makes both tables and returns whether anything changed. Nothing is allocated once they have had their
    /// largest shape.
    pub fn update(&mut self, spec: ShiftSpec) -> bool {
        if self.spec == Some(spec) {
            return false;
        }
        let ShiftSpec {
            table,
            scaling,
            offset,
        } = spec;
        self.here.update_scaled(table, scaling);
        let start = table.start + offset;
        self.there
            .update_scaled(Sinusoidal { start, ..table }, scaling);
        self.blocks.clear();
        let omegas = (0..table.d_model / 2)
            .map(|idx| scaled_frequency(idx, table.d_model, table.base, scaling));
        self.blocks
            .extend(omegas.map(|omega| shift_block(omega, offset)));
        let of_f32 = self.move_rows(table);
        let (of_f64, n_rows_of_f64) = self.exact_error(spec);
        self.errors = ShiftErrors {
            of_f32,
            of_f64,
            n_rows_of_f64,
        };
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// M_k's 2×2 blocks, of pair 0 first. (⌊d/2⌋)
    pub fn blocks(&self) -> &[[[f64; 2]; 2]] {
        &self.blocks
    }

    /// M_k PE(p), row p − start: shape (seq_len, d_model); empty before the first update.
    pub fn moved(&self) -> ArrayView2<'_, f32> {
        let (n_rows, n_columns) = self.there.values().dim();
        matrix_view(&self.moved, n_rows, n_columns)
    }

    /// PE(p + k), row p − start: shape (seq_len, d_model); empty before the first update.
    pub fn shifted(&self) -> ArrayView2<'_, f32> {
        self.there.values()
    }

    /// How far the two are from each other.
    pub fn errors(&self) -> ShiftErrors {
        self.errors
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// M_k times each row; returns the largest difference from the shifted table.
    fn move_rows(&mut self, table: Sinusoidal) -> f64 {
        let Sinusoidal {
            seq_len, d_model, ..
        } = table;
        let n_values = seq_len * d_model;
        if self.moved.len() < n_values {
            self.moved.resize(n_values, 0.0);
        }
        let width = d_model.max(1);
        let here = self.here.values().to_slice().unwrap_or_default();
        let there = self.there.values().to_slice().unwrap_or_default();
        let rows = here.chunks_exact(width).zip(there.chunks_exact(width));
        // From one pair's sine to the next, and from a sine to its cosine.
        let (step, gap) = match table.layout {
            Layout::Interleaved => (2, 1),
            Layout::Concatenated => (1, d_model.div_ceil(2)),
        };
        let mut largest = 0.0;
        for (moved, (here, there)) in self.moved.chunks_exact_mut(width).zip(rows) {
            for (idx, block) in self.blocks.iter().enumerate() {
                let [sin, cos] = [idx * step, idx * step + gap];
                let turned = apply(block, [here[sin].into(), here[cos].into()]);
                for (column, value) in [sin, cos].into_iter().zip(turned) {
                    moved[column] = value as f32;
                    let error = (value - f64::from(there[column])).abs();
                    // A branch is seldom taken; f64::max would wait for the one before.
                    if error > largest {
                        largest = error;
                    }
                }
            }
            if d_model % 2 == 1 {
                moved[self.blocks.len() * step] = f32::NAN;
            }
        }
        largest
    }

    /// The same error in `f64`, over as many rows as are worth their time.
    fn exact_error(&self, spec: ShiftSpec) -> (f64, usize) {
        let Sinusoidal {
            seq_len,
            d_model,
            base,
            start,
            ..
        } = spec.table;
        let n_most = (MOST_EXACT_PAIRS / self.blocks.len().max(1)).max(1);
        let n_rows = seq_len.min(n_most);
        let mut largest = 0.0_f64;
        for (idx, block) in self.blocks.iter().enumerate() {
            let omega = scaled_frequency(idx, d_model, base, spec.scaling);
            for check in 0..n_rows {
                // Evenly spaced from the first row to the last.
                let row = check * (seq_len - 1) / (n_rows - 1).max(1);
                let position = start + row as u64;
                let waves = |position: u64| {
                    let (sin, cos) = sin_cos(position as f64 * omega);
                    [sin, cos]
                };
                let turned = apply(block, waves(position));
                let expected = waves(position + spec.offset);
                for (turned, expected) in turned.into_iter().zip(expected) {
                    largest = largest.max((turned - expected).abs());
                }
            }
        }
        (largest, n_rows)
    }
}

fn apply([first, second]: &[[f64; 2]; 2], [x, y]: [f64; 2]) -> [f64; 2] {
    [first[0] * x + first[1] * y, second[0] * x + second[1] * y]
}

/// How much of the variance of PE(p + k, dim) over the positions of a table linear regression explains: R² =
/// 1 − Σ residual² / Σ (y − mean)². NaN where the column does not vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaveRegression {
    /// From sin(p · ω′) of the column's pair alone, and a constant.
    pub on_sine: f64,
    /// From sin(p · ω′) and cos(p · ω′), and a constant: 1, up to rounding.
    pub on_pair: f64,
}

/// Regresses column `dim`, shifted by k, on the waves of its own pair, over all positions of the table, in
/// `f64`. Costs two sines and cosines per position. A column that there is not gives NaN.
pub fn wave_regression(spec: ShiftSpec, dim: usize) -> WaveRegression {
    let ShiftSpec {
        table,
        scaling,
        offset,
    } = spec;
    let pair = pair_of(dim, table.d_model, table.layout);
    let omega = scaled_frequency(pair.idx, table.d_model, table.base, scaling);
    // y, sin and cos at one position.
    let at = |row: usize| {
        let position = table.start + row as u64;
        let (sin, cos) = sin_cos(position as f64 * omega);
        let (shifted_sin, shifted_cos) = sin_cos((position + offset) as f64 * omega);
        let y = match pair.wave {
            Wave::Sin => shifted_sin,
            Wave::Cos => shifted_cos,
        };
        [y, sin, cos]
    };
    let n_rows = if dim < table.d_model {
        table.seq_len
    } else {
        0
    };
    let mut means = [0.0; 3];
    for row in 0..n_rows {
        for (mean, x) in means.iter_mut().zip(at(row)) {
            *mean += x / n_rows as f64;
        }
    }
    // Sums of products of the centred three.
    let mut products = [[0.0; 3]; 3];
    for row in 0..n_rows {
        let x = at(row);
        for a in 0..3 {
            for b in 0..3 {
                products[a][b] += (x[a] - means[a]) * (x[b] - means[b]);
            }
        }
    }
    let [[yy, ys, yc], [_, ss, sc], [.., cc]] = products;
    // What the cosine adds, once the sine's part is taken out of it.
    let rest = cc - sc * sc / ss;
    let added = yc - sc * ys / ss;
    let on_sine = ys * ys / ss / yy;
    // Over two positions the two waves are one and the same line.
    let by_cosine = if rest > 1e-12 * cc {
        added * added / rest / yy
    } else {
        0.0
    };
    WaveRegression {
        on_sine,
        on_pair: on_sine + by_cosine,
    }
}
