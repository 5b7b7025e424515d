//! Tables in HTML, as a page's source has them: made a table of tabs and lines, byte for byte in place.

use super::text::{TextError, error_at};

/// How far a tag's name is from its bracket at most: `<td`, `</td`.
const LONGEST_TAG: usize = 4;

/// What characters that are named in cells of numbers stand for. All are shorter than their names.
const NAMED: [(&str, &str); 6] = [
    ("&nbsp;", " "),
    ("&#160;", " "),
    ("&minus;", "-"),
    ("&#8722;", "-"),
    ("&ndash;", "-"),
    ("&infin;", "inf"),
];

/// The table in a text of HTML: every byte of its cells where it was, a line for each row, blanks for all
/// else; `None` for other texts.
pub(super) fn table_of(text: &str) -> Option<String> {
    if !text.trim_start().starts_with('<') {
        return None;
    }
    let mut table = Vec::with_capacity(text.len());
    // Whether there was a row, whether this one has a cell, and whether what follows is in one.
    let (mut has_row, mut has_cell, mut is_inside) = (false, false, false);
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let len = match next {
            '<' if rest.starts_with("<!--") => {
                rest.find("-->").map_or(rest.len(), |end| end + "-->".len())
            }
            '<' => rest.find('>').map_or(rest.len(), |end| end + 1),
            '&' if is_inside => 0,
            _ => next.len_utf8(),
        };
        let (piece, after) = match NAMED
            .iter()
            .find(|(name, _)| len == 0 && rest.starts_with(name))
        {
            Some(&(name, meant)) => {
                table.resize(table.len() + name.len() - meant.len(), b' ');
                table.extend(meant.bytes());
                ("", &rest[name.len()..])
            }
            None => rest.split_at(len.max(next.len_utf8())),
        };
        rest = after;
        if !piece.starts_with('<') {
            let is_kept = is_inside && !next.is_whitespace();
            table.extend(piece.bytes().map(|byte| if is_kept { byte } else { b' ' }));
            continue;
        }
        let end = piece.len().min(LONGEST_TAG + 1);
        let tag = piece.as_bytes()[..end].to_ascii_lowercase();
        let is = |name: &[u8]| {
            let after = tag.strip_prefix(name);
            after.is_some_and(|after| {
                after
                    .first()
                    .is_none_or(|byte| !byte.is_ascii_alphanumeric())
            })
        };
        let first = if is(b"<tr") {
            (has_cell, is_inside) = (false, false);
            if std::mem::replace(&mut has_row, true) {
                b'\n'
            } else {
                b' '
            }
        } else if is(b"<td") || is(b"<th") {
            is_inside = true;
            if std::mem::replace(&mut has_cell, true) {
                b'\t'
            } else {
                b' '
            }
        } else {
            is_inside &= !(is(b"</td") || is(b"</th") || is(b"</tr"));
            b' '
        };
        table.push(first);
        table.resize(table.len() + piece.len() - 1, b' ');
    }
    // What is kept is whole characters.
    let table = String::from_utf8(table).ok()?;
    has_row.then_some(table)
}

/// What is wrong with the table, where it is in the HTML.
pub(super) fn in_html(html: &str, table: &str, error: &TextError) -> TextError {
    let line_start: usize = table
        .split_inclusive('\n')
        .take(error.line - 1)
        .map(str::len)
        .sum();
    let line = table.get(line_start..).unwrap_or_default();
    let in_line = line.char_indices().nth(error.column - 1);
    let place = line_start + in_line.map_or(line.len(), |(place, _)| place);
    error_at(html, place, &error.found, error.problem)
}
