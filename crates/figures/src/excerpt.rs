//! What a reader has selected of a figure's numbers, as a small table of text.

use std::ops::Range;

use crate::csv::{n_columns, n_rows, write_field, write_name};
use crate::{Figure, Table};

/// A page shows at most this many rows; the whole table is what the CSV is for.
pub const MAX_EXCERPT_ROWS: usize = 256;

/// Some rows of a table. Numbers are written as in the CSV: the shortest text that reads back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Excerpt {
    /// The names of the columns.
    pub header: Vec<String>,
    /// As many texts in each row as there are columns; empty where the table has nothing.
    pub rows: Vec<Vec<String>>,
    /// How many rows that are selected are left out.
    pub n_left_out: usize,
}

/// The rows of a figure's table that are selected ([`Figure::read_rows`]), all of them where none is, and
/// at most [`MAX_EXCERPT_ROWS`].
///
/// A matrix has many columns: of it the first selected row stands upright, a row for each of its columns,
/// with the column's name and the value.
pub fn excerpt(figure: &Figure) -> Excerpt {
    let table = &figure.table;
    let selected = selected(&figure.read_rows, n_rows(table));
    match table {
        Table::Matrix { index, .. } => {
            let row = selected.start;
            if row >= n_rows(table) {
                return Excerpt {
                    header: vec!["column".to_owned(), (*index).to_owned()],
                    ..Excerpt::default()
                };
            }
            let columns = 1..n_columns(table);
            Excerpt {
                header: vec![
                    "column".to_owned(),
                    format!("{index} {}", field(table, row, 0)),
                ],
                n_left_out: columns.len().saturating_sub(MAX_EXCERPT_ROWS),
                rows: columns
                    .take(MAX_EXCERPT_ROWS)
                    .map(|column| vec![name(table, column), field(table, row, column)])
                    .collect(),
            }
        }
        Table::Columns(_) | Table::Beside { .. } => {
            let columns = || 0..n_columns(table);
            Excerpt {
                header: columns().map(|column| name(table, column)).collect(),
                n_left_out: selected.len().saturating_sub(MAX_EXCERPT_ROWS),
                rows: selected
                    .take(MAX_EXCERPT_ROWS)
                    .map(|row| columns().map(|column| field(table, row, column)).collect())
                    .collect(),
            }
        }
    }
}

/// The rows that exist of those that are selected; all where that is none.
fn selected(rows: &Range<usize>, n_rows: usize) -> Range<usize> {
    let end = rows.end.min(n_rows);
    if rows.start < end {
        rows.start..end
    } else {
        0..n_rows
    }
}

fn name(table: &Table, column_idx: usize) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    write_name(table, column_idx, &mut text).ok();
    text
}

fn field(table: &Table, row: usize, column_idx: usize) -> String {
    let mut text = String::new();
    // Writing into a String cannot fail.
    write_field(table, row, column_idx, &mut text).ok();
    text
}
