//! The columns of tables behind figures.

use figures::{Cells, Column};

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

/// A column of numbers. An array that lives in pieces gives an empty one; those of figures are in one piece.
pub fn numbers<'a>(name: &'static str, values: &'a [f32]) -> Column<'a> {
    Column {
        name,
        cells: Cells::F32(values),
    }
}
