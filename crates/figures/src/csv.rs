//! A figure's numbers as CSV: a header row, commas, line feeds.
//!
//! Every number is the shortest text that reads back to the same f32. Large tables can be written in
//! pieces ([`write_rows`]), so that a page need not hold the whole text at once.

use crate::number::exponent_form;
use std::fmt::{self, Write};
use std::ops::Range;

use crate::{Cells, Table};

/// The whole table as one text.
pub fn csv(table: &Table) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    write_csv(table, &mut text).ok();
    text
}

/// Writes the header row and every row.
///
/// # Errors
/// Only those of `out`.
pub fn write_csv(table: &Table, out: &mut impl Write) -> fmt::Result {
    write_header(table, out)?;
    write_rows(table, 0..n_rows(table), out)
}

/// How many rows stand below the header: with columns of different lengths, those of the longest one.
pub fn n_rows(table: &Table) -> usize {
    match table {
        Table::Matrix { values, .. } => values.nrows(),
        Table::Columns(columns) | Table::Beside { columns, .. } => {
            columns.iter().map(|c| c.cells.len()).max().unwrap_or(0)
        }
    }
}

/// How many columns the header names.
pub(crate) fn n_columns(table: &Table) -> usize {
    match table {
        // The index comes first.
        Table::Matrix { columns, .. } => columns.len() + 1,
        Table::Columns(columns) | Table::Beside { columns, .. } => columns.len(),
    }
}

/// Writes the header row.
///
/// # Errors
/// Only those of `out`.
pub fn write_header(table: &Table, out: &mut impl Write) -> fmt::Result {
    for column_idx in 0..n_columns(table) {
        if column_idx > 0 {
            out.write_char(',')?;
        }
        write_name(table, column_idx, out)?;
    }
    out.write_char('\n')
}

/// Writes the name of a column.
pub(crate) fn write_name(table: &Table, column_idx: usize, out: &mut impl Write) -> fmt::Result {
    match table {
        Table::Matrix {
            index,
            first,
            prefix,
            columns,
            ..
        } => match column_idx.checked_sub(1).and_then(|k| columns.get(k)) {
            Some(&column) => {
                let from = if prefix.is_empty() { *first } else { 0 };
                write!(out, "{prefix}{}", from.saturating_add(column as u64))
            }
            None => out.write_str(index),
        },
        Table::Columns(columns) | Table::Beside { columns, .. } => match columns.get(column_idx) {
            Some(column) => out.write_str(column.name),
            None => Ok(()),
        },
    }
}

/// Writes some of the rows below the header; rows past the end are left out. What a table does not have
/// (a column past its matrix, a row past the end of a short column) is an empty field.
///
/// # Errors
/// Only those of `out`.
pub fn write_rows(table: &Table, rows: Range<usize>, out: &mut impl Write) -> fmt::Result {
    let n_columns = n_columns(table);
    for row in rows.start..rows.end.min(n_rows(table)) {
        for column_idx in 0..n_columns {
            if column_idx > 0 {
                out.write_char(',')?;
            }
            write_field(table, row, column_idx, out)?;
        }
        out.write_char('\n')?;
    }
    Ok(())
}

/// Writes one field of a row; nothing where the table does not have it.
pub(crate) fn write_field(
    table: &Table,
    row: usize,
    column_idx: usize,
    out: &mut impl Write,
) -> fmt::Result {
    match table {
        Table::Matrix {
            first,
            columns,
            values,
            ..
        } => match column_idx.checked_sub(1) {
            None => write!(out, "{}", first.saturating_add(row as u64)),
            Some(k) => match columns.get(k).and_then(|&column| values.get([row, column])) {
                Some(&value) => write_f32(value, out),
                None => Ok(()),
            },
        },
        Table::Columns(columns) | Table::Beside { columns, .. } => {
            match columns.get(column_idx).map(|column| &column.cells) {
                Some(Cells::Index { every, modulo, len }) if row < *len => {
                    write!(out, "{}", row / (*every).max(1) % (*modulo).max(1))
                }
                Some(Cells::F32(values)) if row < values.len() => write_f32(values[row], out),
                Some(Cells::Sparse(values)) if row < values.len() && !values[row].is_nan() => {
                    write_f32(values[row], out)
                }
                Some(Cells::U32(counts)) if row < counts.len() => write!(out, "{}", counts[row]),
                Some(Cells::Words(words)) if row < words.len() => write_text(&words[row], out),
                _ => Ok(()),
            }
        }
    }
}

/// Writes a text as a field: in quotation marks where it has what ends a field or a row (RFC 4180, §2).
fn write_text(text: &str, out: &mut impl Write) -> fmt::Result {
    if !text.contains(['"', ',', '\n', '\r']) {
        return out.write_str(text);
    }
    write!(out, "\"{}\"", text.replace('"', "\"\""))
}

impl Cells<'_> {
    /// How many rows the column has.
    pub fn len(&self) -> usize {
        match self {
            Self::Index { len, .. } => *len,
            Self::F32(values) | Self::Sparse(values) => values.len(),
            Self::U32(counts) => counts.len(),
            Self::Words(words) => words.len(),
        }
    }

    /// Whether the column has no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Writes the shortest text that reads back to the same f32: `0.25`, `1e-5`, `NaN`, `inf`, `-inf`. With
/// an exponent only where that is shorter; no `.0` at the end.
///
/// # Errors
/// Only those of `out`.
pub fn write_f32(value: f32, out: &mut impl Write) -> fmt::Result {
    let plain = format!("{value}");
    match exponent_form(&plain) {
        Some(exponent) if exponent.len() < plain.len() => out.write_str(&exponent),
        _ => out.write_str(&plain),
    }
}
