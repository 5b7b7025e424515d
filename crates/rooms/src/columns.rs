//! The columns of tables behind figures.

use figures::{Cells, Column};
use ndarray::Array1;

/// A column that counts its rows, from 0 on.
pub fn indices<'a>(name: &'static str, len: usize) -> Column<'a> {
    index(name, 1, len, len)
}

/// A column of one of the indices of an array that is written value after value: each number from 0 on stands in
/// `every` rows, and after `modulo` of them they begin again.
pub fn index<'a>(name: &'static str, every: usize, modulo: usize, len: usize) -> Column<'a> {
    Column {
        name,
        cells: Cells::Index {
            every,
            modulo: modulo.max(1),
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

/// The same where some rows have none, such as what a mask hides: NaN is an empty field.
pub fn sparse<'a>(name: &'static str, values: &'a [f32]) -> Column<'a> {
    Column {
        name,
        cells: Cells::Sparse(values),
    }
}
