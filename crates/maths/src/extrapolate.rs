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
    /// Positions 0 to N − 1 are asked.
    pub asked_len: usize,
}

/// The position that is read at each position, by ridge regression on the rows of the table.
///
/// Cost: one fit ([`Ridge`]) with L rows: 0.5 ms for 128 rows of 128 features, 2 ms of 1024,
/// 25 ms for 512 rows of 512. Nothing is allocated once it
/// was as large.
#[derive(Clone, Debug, Default)]
pub struct Extrapolation {
    spec: Option<ExtrapolationSpec>,
    version: u64,
    table: EncodingTable,
    /// 0 to L − 1, at least; never shrinks.
    targets: Vec<f64>,
    ridge: Ridge,
    is_fitted: bool,
    /// Whether the positions are those of the spec.
    is_done: bool,
    /// (N)
    positions: Vec<f32>,
}

impl Extrapolation {
    /// Fits and asks; returns whether anything changed.
    pub fn update(&mut self, spec: ExtrapolationSpec) -> bool {
        let before = self.version;
        self.step(spec, usize::MAX);
        self.version != before
    }

    /// The same for about so many products of the fit; returns whether it is done. Until then nothing is read.
    pub fn step(&mut self, spec: ExtrapolationSpec, n_products: usize) -> bool {
        let is_new = self.spec != Some(spec);
        if !is_new && self.is_done {
            return true;
        }
        let table = |scheme, seq_len| EncodingSpec {
            scheme,
            seq_len,
            d_model: spec.d_model,
            start: 0,
        };
        let fit = |spec: ExtrapolationSpec| (spec.trained, spec.d_model, spec.trained_len);
        if self.spec.is_none_or(|old| fit(old) != fit(spec)) {
            self.is_fitted = false;
            self.table.update(table(spec.trained, spec.trained_len));
            let missing = self.targets.len()..spec.trained_len;
            self.targets.extend(missing.map(|position| position as f64));
            let targets = matrix_view(&self.targets, spec.trained_len, 1);
            let ridge = RIDGE * mean_square(&self.table.values());
            self.ridge.begin(self.table.values(), targets, ridge);
        }
        self.spec = Some(spec);
        self.version += u64::from(is_new);
        if !self.is_fitted {
            let targets = matrix_view(&self.targets, spec.trained_len, 1);
            self.is_fitted = self.ridge.go_on(targets, n_products);
        }
        self.is_done = self.is_fitted;
        self.positions.clear();
        if !self.is_done {
            self.positions.resize(spec.asked_len, f32::NAN);
            return false;
        }
        self.table.update(table(spec.asked, spec.asked_len));
        for row in self.table.values().rows() {
            let mut position = [f64::NAN];
            self.ridge
                .predict_into(row.to_slice().unwrap_or_default(), &mut position);
            self.positions.push(position[0] as f32);
        }
        self.version += u64::from(!is_new);
        true
    }

    /// The position that is read at position 0, 1, …; NaN where there is no row. (N)
    pub fn positions(&self) -> &[f32] {
        &self.positions
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }
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
