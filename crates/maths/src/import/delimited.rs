//! Rows of numbers, one a line: CSV and its relatives, tables in Markdown and LaTeX, printed tables.

use super::cells::{end_of_row, is_rule, next_cell, trimmed};
use super::find::is_passed_over;
use super::held::Held;
use super::imported::{Imported, LeftOut, MOST_VALUES, Remark};
use super::labels::{FirstColumn, Heads, Index, is_footer};
use super::latex::without_commands;
use super::number::{Comma, is_ellipsis, value_of};
use super::reading::{ParseNumber, Reading};
use super::survey::{Cell, Form};
use super::text::{MOST_FOUND, TextError, TextProblem, error_at, place_in};

/// How far the rows have come.
pub(super) struct Rows {
    form: Form,
    reading: Reading,
    /// Where reading goes on, in bytes.
    place: usize,
    /// The row that is being read.
    row: Option<Row>,
    held: Held,
    /// What all values are to be multiplied by: Matlab's `1.0e+03 *`.
    factor: f64,
    heads: Heads,
    first_column: FirstColumn,
    /// What the head says of the first column, if that has numbers.
    index: Index,
    n_rows: usize,
    n_columns: usize,
    /// How many words stand before the numbers of a row; where the first of all is, and what it is.
    n_labels: usize,
    first_label: Option<(usize, String)>,
    remarks: Vec<Remark>,
}

/// A row that is being read.
struct Row {
    start: usize,
    end: usize,
    /// Where the next row begins.
    next: usize,
    n_labels: usize,
    n_values: usize,
}

impl Rows {
    /// Rows that begin at `start`; `remark` is what is to be said about their form.
    pub(super) fn new(start: usize, form: Form, remark: Option<Remark>, reading: Reading) -> Self {
        Self {
            form,
            reading,
            place: start,
            row: None,
            held: Held::default(),
            factor: 1.0,
            heads: Heads::default(),
            first_column: FirstColumn::default(),
            index: Index::No,
            n_rows: 0,
            n_columns: 0,
            n_labels: 0,
            first_label: None,
            remarks: remark.into_iter().collect(),
        }
    }

    /// Where reading goes on, in bytes.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// Goes on to about `until`; gives the rows at the end of the text.
    pub(super) fn advance(
        &mut self,
        text: &str,
        until: usize,
        parse: ParseNumber,
    ) -> Option<Result<Imported, TextError>> {
        loop {
            let done = match self.row.take() {
                Some(row) => self.read_row(text, row, until, parse),
                None if self.place >= text.len() => return Some(self.done(text)),
                None => {
                    self.begin_row(text, parse);
                    Ok(())
                }
            };
            if let Err(error) = done {
                return Some(Err(error));
            }
            if self.place >= until {
                return None;
            }
        }
    }

    /// Looks at the next row: something to be passed over, heads, or numbers.
    fn begin_row(&mut self, text: &str, parse: ParseNumber) {
        let form = self.form;
        let cell = form.cell;
        let (end, next) = end_of_row(text, self.place, form);
        let row = &text[self.place..end];
        let is_blank = cell == Cell::Latex && without_commands(row).is_empty();
        if is_blank || is_passed_over(row) || is_rule(row, cell) {
            self.place = next;
            return;
        }
        if self.n_rows > 0 && is_footer(row) {
            self.first_column.is_of_series |= row.contains("dtype:") && !self.reading.keeps_index;
            self.place = next;
            return;
        }
        let (start, end) = trimmed(text, self.place, end, cell);
        if self.n_rows == 0 && cell == Cell::Blanks {
            let line = &text[start..end];
            let factor = line.strip_suffix('*');
            let factor = factor.and_then(|word| value_of(word.trim(), Comma::Never, parse));
            // Its name stands before: `A =`.
            if factor.is_some() || line.ends_with('=') {
                self.factor = factor.unwrap_or(self.factor);
                self.place = next;
                return;
            }
        }
        if self.n_rows == 0 {
            let cells = Cells {
                text,
                at: Some(start),
                end,
                cell,
            };
            if self
                .heads
                .take(text, &cells, |cell| value(cell, form, parse))
            {
                self.place = next;
                return;
            }
        }
        self.place = start;
        self.row = Some(Row {
            start,
            end,
            next,
            n_labels: 0,
            n_values: 0,
        });
    }

    /// Reads cells of a row, until it or the time is over.
    fn read_row(
        &mut self,
        text: &str,
        mut row: Row,
        until: usize,
        parse: ParseNumber,
    ) -> Result<(), TextError> {
        let mut cells = Cells {
            text,
            at: Some(self.place),
            end: row.end,
            cell: self.form.cell,
        };
        while let Some(cell) = cells.next() {
            self.read_cell(text, cell, &mut row, parse)?;
            let Some(at) = cells.at else {
                break;
            };
            if at >= until {
                self.place = at;
                self.row = Some(row);
                return Ok(());
            }
        }
        self.place = row.next;
        self.end_row(text, &row)
    }

    fn read_cell(
        &mut self,
        text: &str,
        cell: &str,
        row: &mut Row,
        parse: ParseNumber,
    ) -> Result<(), TextError> {
        let value = value(cell, self.form, parse);
        let fail = |problem| Err(error_of(text, cell, problem));
        if row.n_values == 0 && !is_ellipsis(cell) && self.is_label(cell, value, row) {
            row.n_labels += 1;
            if self.first_label.is_none() {
                let place = place_in(text, cell);
                self.first_label = Some((place, cell.chars().take(MOST_FOUND).collect()));
            }
            return Ok(());
        }
        let Some(value) = value else {
            return fail(match cell {
                "" => TextProblem::NoValue,
                _ if is_ellipsis(cell) => TextProblem::Shortened,
                _ => TextProblem::NotANumber,
            });
        };
        if row.n_labels < self.n_labels && (row.n_labels == 0 || self.form.cell != Cell::Blanks) {
            // Words stood here before: then they are no labels.
            let (place, word) = self.first_label.take().unwrap_or_default();
            return Err(error_at(text, place, &word, TextProblem::NotANumber));
        }
        if row.n_values == 0 {
            self.first_column.push(value);
        }
        let n_beside = if self.index == Index::No {
            0
        } else {
            self.n_rows + 1
        };
        if self.held.values.len() >= MOST_VALUES + n_beside {
            return fail(TextProblem::TooMany);
        }
        row.n_values += 1;
        self.held.push(value * self.factor, cell);
        Ok(())
    }

    /// Whether a cell before the numbers of its row is a label. Empty ones are, where a frame or tabs
    /// keep their place.
    fn is_label(&self, cell: &str, value: Option<f64>, row: &Row) -> bool {
        let is_kept = !cell.is_empty()
            || matches!(self.form.cell, Cell::Pipes | Cell::Latex | Cell::Char('\t'));
        let is_expected = self.n_rows == 0
            || row.n_labels < self.n_labels
            || self.n_labels > 0 && self.form.cell == Cell::Blanks;
        value.is_none() && is_kept && is_expected
    }

    fn end_row(&mut self, text: &str, row: &Row) -> Result<(), TextError> {
        let line = &text[row.start..row.end];
        let found = row.n_values;
        if found == 0 {
            return Err(error_of(text, line.trim(), TextProblem::NotANumber));
        }
        if self.n_rows == 0 {
            self.n_labels = row.n_labels;
            self.n_columns = found;
        } else if self.n_rows == 1 && found == self.n_columns + 1 && self.counts_columns() {
            // The first line was no row: a printed table whose columns are 0, 1, 2, …
            self.heads.names = (0..self.n_columns).map(|n| n.to_string()).collect();
            let index = self.held.values.get(self.n_columns).copied();
            self.held.values.drain(..self.n_columns);
            self.first_column = FirstColumn::default();
            self.first_column.push(f64::from(index.unwrap_or_default()));
            self.n_columns = found;
            self.n_rows = 0;
        } else if found != self.n_columns {
            let expected = self.n_columns;
            let problem = TextProblem::Length { expected, found };
            return Err(error_of(text, line.trim(), problem));
        }
        if self.n_rows == 0 && self.n_labels == 0 && !self.reading.keeps_index {
            self.index = self
                .heads
                .index(self.n_columns, self.form.cell == Cell::Blanks);
        }
        self.n_rows += 1;
        Ok(())
    }

    /// Whether the first row is 0, 1, 2, … between blanks.
    fn counts_columns(&self) -> bool {
        let columns = self.held.values.iter().take(self.n_columns);
        self.form.cell == Cell::Blanks
            && columns
                .zip(0_u16..)
                .all(|(&value, n)| value == f32::from(n))
    }

    fn done(&mut self, text: &str) -> Result<Imported, TextError> {
        if self.n_rows == 0 {
            return Err(match self.heads.first.take() {
                Some((place, word)) if is_ellipsis(&word) => {
                    error_at(text, place, &word, TextProblem::Shortened)
                }
                Some((place, word)) => error_at(text, place, &word, TextProblem::NotANumber),
                None => error_at(text, 0, "", TextProblem::Empty),
            });
        }
        let n_given = self.n_labels + self.n_columns;
        let is_index = self.n_columns > 1 && self.first_column.is_index(self.index);
        let mut left_out = |what, first: &str| {
            let first = first.chars().take(MOST_FOUND).collect();
            self.remarks.push(Remark::LeftOut { what, first });
        };
        if let Some((_, label)) = &self.first_label {
            left_out(LeftOut::RowNames, label);
        }
        let mut values = std::mem::take(&mut self.held.values);
        if is_index {
            // A whole number has a short text.
            let first = values.first().copied().unwrap_or_default();
            left_out(LeftOut::Index, &(first as u64).to_string());
            let mut place = 0;
            values.retain(|_| {
                place += 1;
                (place - 1) % self.n_columns > 0
            });
            self.n_columns -= 1;
        }
        let mut names = std::mem::take(&mut self.heads.names);
        if (self.n_columns..=n_given).contains(&names.len()) {
            names.drain(..names.len() - self.n_columns);
            left_out(LeftOut::Head, names.first().map_or("", String::as_str));
        } else {
            names.clear();
        }
        self.remarks.extend(self.held.remark());
        Ok(Imported {
            shape: vec![self.n_rows, self.n_columns],
            values,
            names,
            remarks: std::mem::take(&mut self.remarks),
        })
    }
}

/// The value of a cell.
fn value(cell: &str, form: Form, parse: ParseNumber) -> Option<f64> {
    match form.cell {
        Cell::Latex => value_of(&without_commands(cell), form.comma, parse),
        // In quotes a comma may stand within a number, though others stand between them.
        Cell::Char(',') if cell.starts_with('"') => {
            value_of(cell, Comma::Grouping, parse).or_else(|| value_of(cell, Comma::Decimal, parse))
        }
        _ => value_of(cell, form.comma, parse),
    }
}

/// The cells of a row, one after another.
#[derive(Clone)]
struct Cells<'a> {
    text: &'a str,
    at: Option<usize>,
    end: usize,
    cell: Cell,
}

impl<'a> Iterator for Cells<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        next_cell(self.text, &mut self.at, self.end, self.cell)
    }
}

/// An error about a part of the text.
fn error_of(text: &str, part: &str, problem: TextProblem) -> TextError {
    error_at(text, place_in(text, part), part, problem)
}
