//! The columns of tables behind figures.

use figures::{Cells, Column};
use ndarray::Array1;

/// A column that counts its rows, from 0 on.
pub fn indices<'a>(name: &'static str, len: usize) -> Column<'a> {
    Column {
        name,
        cells: Cells::Index {
            every: 1,
            modulo: len.max(1),
            len,
        },
    }
}

/// A column of the numbers of an array that its maker owns, and so in one piece.
pub fn array<'a>(name: &'static str, values: &'a Array1<f32>) -> Column<'a> {
    numbers(name, values.as_slice().unwrap_or_default())
}

/// A column of numbers.
pub fn numbers<'a>(name: &'static str, values: &'a [f32]) -> Column<'a> {
    Column {
        name,
        cells: Cells::F32(values),
    }
}
