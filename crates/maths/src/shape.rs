//! Matrices over buffers that are kept: views of a prefix, and reshaping without allocation.

use std::mem;

use ndarray::{Array2, ArrayView2};

/// The first `n_rows · n_columns` values of `buffer` as a matrix (n_rows, n_columns); an empty
/// matrix where the buffer is too short.
pub(crate) fn matrix_view<T>(buffer: &[T], n_rows: usize, n_columns: usize) -> ArrayView2<'_, T> {
    buffer
        .get(..n_rows * n_columns)
        .and_then(|values| ArrayView2::from_shape((n_rows, n_columns), values).ok())
        .unwrap_or_else(|| ArrayView2::from(&[[]; 0]))
}

/// Gives `matrix` the shape (n_rows, n_columns) in row-major order and hands out its values.
/// They are left as they were, in no particular order: the caller fills them all. Allocates only
/// when the matrix has never been so large.
pub(crate) fn reshape(matrix: &mut Array2<f32>, n_rows: usize, n_columns: usize) -> &mut [f32] {
    if matrix.dim() != (n_rows, n_columns) || !matrix.is_standard_layout() {
        let (mut buffer, _offset) = mem::take(matrix).into_raw_vec_and_offset();
        buffer.resize(n_rows * n_columns, 0.0);
        // The length was just made to fit, so there is no other case.
        *matrix = Array2::from_shape_vec((n_rows, n_columns), buffer).unwrap_or_default();
    }
    matrix.as_slice_mut().unwrap_or_default()
}
