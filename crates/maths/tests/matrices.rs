//! Matrices, and how they are compared.

use ndarray::{Array2, ArrayView2};

/// So many values a row; no row where there are none.
pub fn matrix(n_columns: usize, values: &[f32]) -> Array2<f32> {
    let n_rows = values.len() / n_columns.max(1);
    Array2::from_shape_vec((n_rows, n_columns), values.to_vec()).unwrap()
}

pub fn wide(values: &Array2<f32>) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// For comparisons to the last bit.
pub fn bits(values: ArrayView2<'_, f32>) -> Vec<u32> {
    values.iter().map(|value| value.to_bits()).collect()
}

/// The largest |got − expected|.
pub fn max_error(got: ArrayView2<'_, f32>, expected: &Array2<f64>) -> f64 {
    assert_eq!(got.dim(), expected.dim());
    let errors = got
        .iter()
        .zip(expected)
        .map(|(&got, expected)| (f64::from(got) - expected).abs());
    errors.fold(0.0, f64::max)
}
