//! A figure's numbers as NPY, NumPy's own file of one array: 32-bit floats in their natural shape.
//!
//! Format version 1.0, little endian, C order (NumPy Enhancement Proposal 1, `numpy.lib.format`), made from the
//! same [`Table`] as the CSV. Large arrays are written in pieces ([`write_values`]), so that a page need not
//! hold the whole file at once.
//!
//! An array has a value in every place, a CSV may have empty fields: where the CSV says nothing (a column
//! past its matrix, a row past the end of a short column) the array has NaN.

use std::ops::Range;

use crate::csv::n_rows;
use crate::{Cells, Column, Table};

/// Where the values begin in the file is a multiple of this, so that it can be mapped into memory.
const ALIGNMENT: usize = 64;

/// The whole table as one file.
pub fn npy(table: &Table) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_header(table, &mut bytes);
    write_values(table, 0..n_values(table), &mut bytes);
    bytes
}

/// The shape of the array.
///
/// - A matrix: (rows, shown columns).
/// - Columns: one axis for each column of indices, as long as that column counts. Where these do not count
///   through every row once in C order, and where there are none: the rows. Unless exactly one column holds
///   values, an axis for these stands in front, in their order.
pub fn shape(table: &Table) -> Vec<usize> {
    match table {
        Table::Matrix {
            columns, values, ..
        } => vec![values.nrows(), columns.len()],
        Table::Columns(columns) => {
            let rows = n_rows(table);
            let mut shape = Vec::new();
            let n_quantities = quantities(columns).count();
            if n_quantities != 1 {
                shape.push(n_quantities);
            }
            let n_leading = shape.len();
            shape.extend(indices(columns).map(|(_, modulo, _)| modulo));
            if shape.len() == n_leading || !count_every_row(columns, rows) {
                shape.truncate(n_leading);
                shape.push(rows);
            }
            shape
        }
        Table::Beside { shape, .. } => shape.clone(),
    }
}

/// How many values the array has.
pub fn n_values(table: &Table) -> usize {
    match table {
        Table::Matrix {
            columns, values, ..
        } => values.nrows() * columns.len(),
        Table::Columns(columns) => quantities(columns).count() * n_rows(table),
        Table::Beside { values, .. } => values.len(),
    }
}

/// Appends everything that stands before the values.
pub fn write_header(table: &Table, out: &mut Vec<u8>) {
    let mut text = String::from("{'descr': '<f4', 'fortran_order': False, 'shape': (");
    for length in shape(table) {
        text.push_str(&length.to_string());
        // After the last one too: `(5,)` is a tuple, `(5)` a number.
        text.push_str(", ");
    }
    text.push_str("), }");
    const MAGIC: &[u8; 8] = b"\x93NUMPY\x01\x00";
    let n_before_text = MAGIC.len() + 2;
    // One more for the line feed that ends the text.
    let n_bytes = (n_before_text + text.len() + 1).next_multiple_of(ALIGNMENT);
    let start = out.len();
    out.extend_from_slice(MAGIC);
    // A shape of a few axes never comes near the 64 KB that this version allows.
    #[allow(clippy::cast_possible_truncation)]
    out.extend_from_slice(&((n_bytes - n_before_text) as u16).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
    out.resize(start + n_bytes - 1, b' ');
    out.push(b'\n');
}

/// Appends some of the values, which are counted through in C order; those past the end are left out.
/// Counts become floats: exactly up to 2²⁴, beyond that the nearest one.
pub fn write_values(table: &Table, range: Range<usize>, out: &mut Vec<u8>) {
    let range = range.start..range.end.min(n_values(table));
    match table {
        Table::Matrix {
            columns, values, ..
        } => {
            // An empty range where there are no columns to divide by.
            for idx in range {
                let (row, column) = (idx / columns.len(), columns[idx % columns.len()]);
                push(values.get([row, column]).copied(), out);
            }
        }
        Table::Columns(columns) => {
            let rows = n_rows(table);
            for (idx, cells) in quantities(columns).enumerate() {
                let within = |at: usize| at.saturating_sub(idx * rows).min(rows);
                for row in within(range.start)..within(range.end) {
                    match cells {
                        Cells::F32(values) | Cells::Sparse(values) => {
                            push(values.get(row).copied(), out);
                        }
                        Cells::U32(counts) => push(counts.get(row).map(|&n| n as f32), out),
                        Cells::Index { .. } | Cells::Words(_) => {}
                    }
                }
            }
        }
        Table::Beside { values, .. } => {
            for value in &values[range] {
                push(Some(*value), out);
            }
        }
    }
}

fn push(value: Option<f32>, out: &mut Vec<u8>) {
    out.extend_from_slice(&value.unwrap_or(f32::NAN).to_le_bytes());
}

/// The columns that hold values.
fn quantities<'t>(columns: &'t [Column<'t>]) -> impl Iterator<Item = &'t Cells<'t>> {
    let cells = columns.iter().map(|column| &column.cells);
    cells.filter(|cells| !matches!(cells, Cells::Index { .. } | Cells::Words(_)))
}

/// The columns of indices: every, modulo, len.
fn indices(columns: &[Column]) -> impl DoubleEndedIterator<Item = (usize, usize, usize)> {
    columns.iter().filter_map(|column| match column.cells {
        Cells::Index {
            every, modulo, len, ..
        } => Some((every, modulo, len)),
        Cells::F32(_) | Cells::Sparse(_) | Cells::U32(_) | Cells::Words(_) => None,
    })
}

/// Whether the indices count through all rows once, the last of them fastest.
fn count_every_row(columns: &[Column], rows: usize) -> bool {
    let mut counted: usize = 1;
    for (every, modulo, len) in indices(columns).rev() {
        if every != counted || len != rows {
            return false;
        }
        counted = counted.saturating_mul(modulo);
    }
    counted == rows
}
