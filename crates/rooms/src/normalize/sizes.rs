//! How large numbers are, all together.

use ndarray::ArrayView1;

/// The Euclidean length.
pub fn length(values: &ArrayView1<'_, f32>) -> f64 {
    let squares = values
        .iter()
        .map(|&value| f64::from(value) * f64::from(value));
    squares.sum::<f64>().sqrt()
}

/// The largest size; NaN where any is, because then nothing is known.
pub fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |max: f64, value| {
        if value.is_nan() || max.is_nan() {
            f64::NAN
        } else {
            max.max(value.abs())
        }
    })
}
