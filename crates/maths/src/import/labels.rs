//! What labels values and is none: heads of columns, columns that count rows, lines below a table.

use super::number::unquoted;
use super::text::{MOST_FOUND, place_in};

/// How many heads are kept: as many as the widest block has features, many times over.
const MOST_NAMES: usize = 1 << 16;

/// How much of a head is kept, in characters.
const LONGEST_NAME: usize = 200;

/// Heads of a first column that may count rows. Without a head it does.
const INDEX_NAMES: [&str; 14] = [
    "index",
    "idx",
    "id",
    "no",
    "nr",
    "row",
    "place",
    "position",
    "token",
    "sample",
    "feature",
    "query",
    "output",
    "dimension",
];

/// The heads of a table.
#[derive(Default)]
pub(super) struct Heads {
    /// Those of the line that has most of them.
    pub(super) names: Vec<String>,
    /// Where the first line of words is, and its first word.
    pub(super) first: Option<(usize, String)>,
}

impl Heads {
    /// Takes the cells of a line before the numbers, if they are heads: none of them is a value, or the
    /// first is that of an index and the others are whole numbers: under a word any, beside an empty one
    /// 0, 1, 2, … or 1, 2, 3, …. Cells are parts of the text.
    pub(super) fn take<'a>(
        &mut self,
        text: &str,
        cells: &(impl Iterator<Item = &'a str> + Clone),
        value: impl Fn(&str) -> Option<f64>,
    ) -> bool {
        let first = cells.clone().next().unwrap_or_default();
        if cells.clone().any(|cell| value(cell).is_some()) {
            let mut numbers = cells.clone().skip(1).map(&value).zip(0_u32..);
            let is_whole = |number: f64| number.fract() == 0.0 && number >= 0.0;
            let counts_from =
                |start: f64, (number, n): (Option<f64>, u32)| number == Some(start + f64::from(n));
            let is_head = if first.is_empty() {
                numbers.clone().all(|number| counts_from(0.0, number))
                    || numbers.all(|number| counts_from(1.0, number))
            } else {
                is_index_name(first) && numbers.all(|(number, _)| number.is_some_and(is_whole))
            };
            if !is_head {
                return false;
            }
        }
        let names = cells
            .clone()
            .take(MOST_NAMES)
            .map(|cell| unquoted(cell).chars().take(LONGEST_NAME).collect());
        let names: Vec<String> = names.collect();
        if self.first.is_none() {
            let word = cells.clone().find(|cell| !cell.is_empty()).unwrap_or(text);
            let place = place_in(text, word);
            self.first = Some((place, word.chars().take(MOST_FOUND).collect()));
        }
        if names.len() > self.names.len() {
            self.names = names;
        }
        true
    }

    /// Whether the first of `n_columns` may be an index, by its head.
    pub(super) fn index(&self, n_columns: usize, is_printed: bool) -> Index {
        match &self.names[..] {
            _ if n_columns < 2 => Index::No,
            names if names.len() + 1 == n_columns && is_printed => Index::Unnamed,
            names if names.len() + 1 == n_columns => Index::Named,
            [first, ..] if first.is_empty() || first.starts_with("Unnamed:") => Index::Unnamed,
            // Several of these are the places of values in a block.
            [first, second, ..] if is_index_name(first) && !is_index_name(second) => Index::Named,
            _ => Index::No,
        }
    }
}

/// Whether a head is one of a column that may count rows.
fn is_index_name(head: &str) -> bool {
    let head = head.to_ascii_lowercase();
    INDEX_NAMES.contains(&head.as_str())
}

/// What a head says of the first column.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Index {
    /// It has values.
    No,
    /// It counts rows if its numbers go up by one.
    Named,
    /// It counts rows if its numbers are whole.
    Unnamed,
}

/// The numbers of the first column.
pub(super) struct FirstColumn {
    are_whole: bool,
    count_up: bool,
    last: Option<f64>,
    /// Whether a line below says that this is a printed pandas.Series, whose first column is its index.
    pub(super) is_of_series: bool,
}

impl Default for FirstColumn {
    fn default() -> Self {
        Self {
            are_whole: true,
            count_up: true,
            last: None,
            is_of_series: false,
        }
    }
}

impl FirstColumn {
    /// Takes the next one.
    pub(super) fn push(&mut self, value: f64) {
        self.are_whole &= value.fract() == 0.0 && value >= 0.0;
        self.count_up &= self.last.is_none_or(|last| value == last + 1.0);
        self.last = Some(value);
    }

    /// Whether they are an index, under such a head.
    pub(super) fn is_index(&self, index: Index) -> bool {
        match index {
            _ if self.is_of_series => self.are_whole,
            Index::No => false,
            Index::Named => self.are_whole && self.count_up,
            Index::Unnamed => self.are_whole,
        }
    }
}

/// Whether a line below a table says something about it, as pandas and databases do.
pub(super) fn is_footer(row: &str) -> bool {
    let row = row.trim();
    let is_count =
        |inside: &str| inside.starts_with(|c: char| c.is_ascii_digit()) && inside.contains("row");
    row.starts_with("dtype:")
        || row.starts_with("Name:")
        || row.starts_with("Length:")
        || row.strip_prefix(['[', '(']).is_some_and(is_count)
}
