//! The length of a vector.

use ndarray::ArrayView2;

use super::super::axes::row_idx;
use super::super::state::EncodeState;

/// ‖row‖ of the position that is read, of a table (seq_len, d_model); `None` where it has no row.
pub fn norm_at(values: ArrayView2<'_, f32>, state: &EncodeState) -> Option<f64> {
    let row = values.row(row_idx(state));
    let squares = row.iter().map(|&x| f64::from(x) * f64::from(x));
    let norm = squares.sum::<f64>().sqrt();
    (!norm.is_nan()).then_some(norm)
}
