//! Rows of numbers, one a line: CSV and its relatives.

use super::imported::{Imported, MOST_VALUES};
use super::reading::ParseNumber;
use super::text::{TextError, TextProblem, error_at, is_ellipsis, value_of};

/// What stands between numbers and between rows.
#[derive(Clone, Copy, Default)]
struct Separators {
    /// `None`: white space.
    cell: Option<char>,
    /// Besides the end of a line.
    row: Option<char>,
}

impl Separators {
    /// Commas before semicolons before white space; beside commas semicolons end rows.
    fn of(text: &str) -> Self {
        let has = |separator| lines(text).any(|line| line.contains(separator));
        match (has(','), has(';')) {
            (true, true) => Self {
                cell: Some(','),
                row: Some(';'),
            },
            (true, false) => Self {
                cell: Some(','),
                row: None,
            },
            (false, true) => Self {
                cell: Some(';'),
                row: None,
            },
            (false, false) => Self::default(),
        }
    }

    /// The rows with something in them.
    fn rows(self, text: &str) -> impl Iterator<Item = &str> {
        let is_end = move |c| Some(c) == self.row;
        let rows = lines(text).flat_map(move |line| line.split(is_end));
        rows.filter(|row| !row.trim().is_empty())
    }

    /// What stands between separators; after the last one there may be nothing.
    fn cells(self, row: &str) -> impl Iterator<Item = &str> {
        let row = row.trim();
        let row = self
            .cell
            .and_then(|cell| row.strip_suffix(cell))
            .unwrap_or(row);
        let is_end = move |c: char| match self.cell {
            Some(cell) => c == cell,
            None => c.is_whitespace(),
        };
        let cells = row.split(is_end).map(str::trim);
        cells.filter(move |cell| self.cell.is_some() || !cell.is_empty())
    }
}

/// The lines that are no comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let newline = if text.contains('\n') { '\n' } else { '\r' };
    let lines = text.split(newline);
    lines.filter(|line| !line.trim_start().starts_with('#'))
}

pub(super) fn read(text: &str, parse: ParseNumber) -> Result<Imported, TextError> {
    let separators = Separators::of(text);
    let is_value = |cell| value_of(cell, parse).is_some();
    let fail = |found: &str, problem| {
        // Rows and cells are parts of the text.
        let place = (found.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        Err(error_at(text, place, found, problem))
    };

    let mut rows = separators.rows(text).peekable();
    let Some(&first) = rows.peek() else {
        return fail("", TextProblem::Empty);
    };
    if !separators.cells(first).any(is_value) {
        rows.next();
        // Without a row of numbers below they are no names.
        if rows.peek().is_none() {
            rows = separators.rows(text).peekable();
        }
    }

    let (mut values, mut n_rows, mut n_columns) = (Vec::new(), 0, None);
    for row in rows {
        let start = values.len();
        for cell in separators.cells(row) {
            let problem = match value_of(cell, parse) {
                Some(_) if values.len() == MOST_VALUES => TextProblem::TooMany,
                Some(value) => {
                    values.push(value);
                    continue;
                }
                None if cell.is_empty() => TextProblem::NoValue,
                None if is_ellipsis(cell) => TextProblem::Shortened,
                None => TextProblem::NotANumber,
            };
            return fail(cell, problem);
        }
        let found = values.len() - start;
        let expected = *n_columns.get_or_insert(found);
        if found != expected {
            return fail(row.trim(), TextProblem::Length { expected, found });
        }
        n_rows += 1;
    }
    Ok(Imported {
        shape: vec![n_rows, n_columns.unwrap_or(0)],
        values,
        ..Imported::default()
    })
}
