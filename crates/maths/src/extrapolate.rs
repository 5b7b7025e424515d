//! What lies beyond the trained length: a linear readout of the position, fitted on positions up to L and
//! asked beyond.
//!
//! Sinusoids are defined at every position, but what was learned about the first L of them need not hold
//! beyond: neither here nor in the models that papers measured (Press et al. 2022; Kazemnejad et al. 2023).

use ndarray::{ArrayView1, ArrayView2};

use crate::regression::Ridge;
use crate::schemes::{EncodingSpec, EncodingTable, Scheme};
use crate::shape::matrix_view;

/// The ridge, as a part of a feature's mean Σ (x − x̄)²: large enough that what is read far out is not made of the
/// last digits of the table, small enough to cost hundredths of a position within the trained length.
const RIDGE: f64 = 1e-4;

/// The most positions that are fitted: of more, as many are taken, spread over all of them.
pub const MOST_FITTED: usize = 1024;

/// 1/φ: multiples of it, taken modulo 1, are spread evenly and never repeat.
const GOLDEN: f64 = 0.618_033_988_749_894_9;

/// The `idx`-th of the [`MOST_FITTED`] positions that are fitted of `trained_len`: one of each of as many equal parts,
/// at another place in each, so that no wave is in step with them.
fn fitted_position(idx: usize, trained_len: usize) -> u64 {
    let idx = idx as f64;
    let place = (idx + (idx * GOLDEN).fract()) * trained_len as f64 / MOST_FITTED as f64;
    // Between 0 and trained_len.
    place as u64
}

/// Which readout: everything it depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExtrapolationSpec {
    /// The scheme it is fitted with.
    pub trained: Scheme,
    /// The scheme it is asked with: the same, or one that is scaled for longer contexts, or pos/L with the
    /// longer L.
    pub asked: Scheme,
    /// Features d.
    pub d_model: usize,
    /// L: positions 0 to L − 1 are fitted.
    pub trained_len: usize,
    /// Positions below N are asked.
    pub asked_len: usize,
    /// Every how many of them one is asked, from position 0 on; at least 1.
    pub stride: usize,
}

/// The position that is read at each position that is asked, by ridge regression on the rows of the table.
///
/// Cost: one fit ([`Ridge`]) with L rows, at most [`MOST_FITTED`]: 0.5 ms for 128 rows of 128 features, 2 ms of 1024,
/// 25 ms for 512 rows of 512; and where not every position is taken, some 3 µs for a row of 128 features. Nothing
/// is allocated once it was as large.
#[derive(Clone, Debug, Default)]
pub struct Extrapolation {
    spec: Option<ExtrapolationSpec>,
    version: u64,
    table: EncodingTable,
    /// Rows that do not follow each other. (fitted or asked, d)
    rows: Vec<f32>,
    /// The positions that are fitted. (fitted)
    targets: Vec<f64>,
    ridge: Ridge,
    /// (asked)
    positions: Vec<f32>,
}

impl Extrapolation {
    /// Fits and asks; returns whether anything changed.
    pub fn update(&mut self, spec: ExtrapolationSpec) -> bool {
        if self.spec == Some(spec) {
            return false;
        }
        let d_model = spec.d_model;
        let fit = |spec: ExtrapolationSpec| (spec.trained, spec.d_model, spec.trained_len);
        if self.spec.is_none_or(|old| fit(old) != fit(spec)) {
            let n_fitted = spec.trained_len.min(MOST_FITTED);
            let position = |idx| match spec.trained_len {
                all if all > MOST_FITTED => fitted_position(idx, all),
                _ => idx as u64,
            };
            let Self {
                table,
                rows,
                targets,
                ridge,
                ..
            } = self;
            targets.clear();
            targets.extend((0..n_fitted).map(|idx| position(idx) as f64));
            let fitted = (0..n_fitted).map(position);
            let trained = rows_at(table, rows, (spec.trained, d_model), fitted);
            let targets = matrix_view(targets, n_fitted, 1);
            ridge.fit(trained, targets, RIDGE * mean_square(&trained));
        }
        let Self {
            table,
            rows,
            ridge,
            positions,
            ..
        } = self;
        let stride = spec.stride.max(1);
        let asked = (0..spec.asked_len.div_ceil(stride)).map(|idx| (idx * stride) as u64);
        positions.clear();
        for row in rows_at(table, rows, (spec.asked, d_model), asked).rows() {
            let mut position = [f64::NAN];
            ridge.predict_into(row.to_slice().unwrap_or_default(), &mut position);
            positions.push(position[0] as f32);
        }
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// The position that is read at each position that is asked; NaN where there is no row. (asked)
    pub fn positions(&self) -> &[f32] {
        &self.positions
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// The rows of ascending positions: a table's own where they follow each other, gathered where they do not.
fn rows_at<'a>(
    table: &'a mut EncodingTable,
    rows: &'a mut Vec<f32>,
    (scheme, d_model): (Scheme, usize),
    positions: impl ExactSizeIterator<Item = u64> + Clone,
) -> ArrayView2<'a, f32> {
    let n_rows = positions.len();
    let table_from = |start, seq_len| EncodingSpec {
        scheme,
        seq_len,
        d_model,
        start,
    };
    let start = positions.clone().next().unwrap_or_default();
    if positions.clone().eq(start..start + n_rows as u64) {
        table.update(table_from(start, n_rows));
        return table.values();
    }
    rows.clear();
    for position in positions {
        table.update(table_from(position, 1));
        rows.extend(table.values());
    }
    matrix_view(rows, n_rows, d_model)
}

/// Σ (x − x̄)² of a feature, on average over the features; 1 where all of them are constant, so that there is a
/// ridge in any case.
fn mean_square(rows: &ArrayView2<'_, f32>) -> f64 {
    let of_feature = |column: ArrayView1<'_, f32>| {
        let values = || column.iter().map(|&x| f64::from(x));
        let mean = values().sum::<f64>() / rows.nrows() as f64;
        values().map(|x| (x - mean) * (x - mean)).sum::<f64>()
    };
    let sum: f64 = rows.columns().into_iter().map(of_feature).sum();
    let mean = sum / rows.ncols() as f64;
    if mean > 0.0 { mean } else { 1.0 }
}
