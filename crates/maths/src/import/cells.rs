//! Cutting text into rows and rows into cells.

use super::find::COMMENTS;
use super::number::groups_digits;
use super::survey::{Cell, Form, PIPES};
use super::text::place_in;

/// Where the row that begins at `start` ends, and where the next one begins.
pub(super) fn end_of_row(text: &str, start: usize, form: Form) -> (usize, usize) {
    let rest = &text[start..];
    let is_comment = rest.trim_start_matches([' ', '\t']).starts_with(COMMENTS);
    let has_semicolon_rows = form.has_semicolon_rows && !is_comment;
    let is_latex = form.cell == Cell::Latex;
    let is_end =
        |c| matches!(c, '\n' | '\r') || c == ';' && has_semicolon_rows || c == '\\' && is_latex;
    let mut len = 0;
    while let Some(more) = rest[len..].find(is_end) {
        len += more;
        let after = &rest[len + 1..];
        if !rest[len..].starts_with('\\') {
            return (start + len, start + len + 1);
        }
        if let Some(after) = after.strip_prefix('\\') {
            // The space below the row: `\\[2pt]`.
            let is_space = |c: char| c.is_ascii_alphanumeric() || c == '.';
            let space = after
                .strip_prefix('[')
                .map(|space| space.trim_start_matches(is_space));
            let next = space
                .and_then(|space| space.strip_prefix(']'))
                .unwrap_or(after);
            return (start + len, place_in(text, next));
        }
        len += 1;
    }
    (text.len(), text.len())
}

/// A row without what stands around its cells: blanks, the frame, one separator at its end.
pub(super) fn trimmed(text: &str, start: usize, end: usize, cell: Cell) -> (usize, usize) {
    let row = &text[start..end];
    let is_around = |c: char| c.is_whitespace() && cell != Cell::Char(c);
    let left = row.trim_start_matches(is_around);
    let mut inner = left.trim_end_matches(is_around);
    match cell {
        Cell::Blanks => {}
        Cell::Char(separator) => inner = inner.strip_suffix(separator).unwrap_or(inner),
        Cell::Latex => inner = inner.strip_suffix('&').unwrap_or(inner),
        Cell::Pipes => {
            inner = inner.strip_suffix(PIPES).unwrap_or(inner);
            inner = inner.strip_prefix(PIPES).unwrap_or(inner);
        }
    }
    let start = place_in(text, inner);
    (start, start + inner.len())
}

/// The cell that begins `at` a place of a row that ends at `end`; moves `at` to the next one, if there is
/// one.
pub(super) fn next_cell<'a>(
    text: &'a str,
    at: &mut Option<usize>,
    end: usize,
    cell: Cell,
) -> Option<&'a str> {
    let from = (*at)?;
    let rest = &text[from..end];
    if cell == Cell::Blanks {
        let word = rest.trim_start();
        let len = end_of_word(word);
        *at = (len > 0).then_some(end - word.len() + len);
        return (len > 0).then(|| &word[..len]);
    }
    let is_separator = |c: char| match cell {
        Cell::Char(separator) => c == separator,
        Cell::Latex => c == '&',
        _ => PIPES.contains(&c),
    };
    // What is in quotes may contain anything.
    let blank = rest.len() - rest.trim_start().len();
    let quoted = rest[blank..]
        .strip_prefix('"')
        .and_then(|inside| inside.find('"'));
    let skipped = quoted.map_or(0, |len| blank + len + 2);
    let separator = rest[skipped..].find(is_separator).map(|len| skipped + len);
    let separator_len = |place: usize| rest[place..].chars().next().map_or(0, char::len_utf8);
    *at = separator.map(|place| from + place + separator_len(place));
    Some(rest[..separator.unwrap_or(rest.len())].trim())
}

/// Where a word ends: at a blank, but for those before three digits that typesetters do not break at.
fn end_of_word(text: &str) -> usize {
    let mut from = 0;
    while let Some(len) = text[from..].find(char::is_whitespace) {
        let place = from + len;
        let blank = text[place..].chars().next().unwrap_or(' ');
        let after = &text[place + blank.len_utf8()..];
        let n_digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let is_after_digit = text[..place].ends_with(|c: char| c.is_ascii_digit());
        if blank.is_ascii() || !groups_digits(blank) || !is_after_digit || n_digits != 3 {
            return place;
        }
        from = place + blank.len_utf8();
    }
    text.len()
}

/// Whether a row is a line of a frame: `|---|:--:|`, `+===+===+`, `──┼──`.
pub(super) fn is_rule(row: &str, cell: Cell) -> bool {
    let is_line = |c: char| matches!(c, '\u{2500}'..='\u{257f}');
    let is_part = |c: char| c.is_whitespace() || "-=+|:".contains(c) || is_line(c);
    matches!(cell, Cell::Blanks | Cell::Pipes)
        && row.chars().all(is_part)
        && (row.contains("--") || row.contains("==") || row.contains(is_line))
}
