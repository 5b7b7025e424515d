//! Where a list stands in a text that may have words around it.

use super::number::{Comma, is_ellipsis, value_of};
use super::reading::ParseNumber;
use super::text::place_in;

/// Where the first list begins, in bytes; `None` for rows of numbers. A text that begins with numbers is
/// rows, whatever follows.
pub(super) fn start_of_list(text: &str, parse: ParseNumber) -> Option<usize> {
    let first = text
        .lines()
        .find(|line| !is_passed_over(line))?
        .trim_start();
    if first.starts_with("[,") && text.contains("\n[1,]") {
        return None;
    }
    let start = next_list(text, 0, parse, is_prompt)
        // What was typed, if nothing was printed.
        .or_else(|| next_list(text, 0, parse, |_| false))
        .or_else(|| {
            let is_list = first.starts_with('[') && !is_label(first, parse);
            is_list.then(|| place_in(text, first))
        })?;
    let own_line = text[..start].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let is_row = |line| starts_with_value(line, parse);
    let has_rows = text[..own_line].lines().any(is_row) || is_row(&text[own_line..start]);
    (!has_rows).then_some(start)
}

/// Where the first list after `from` begins, on a line that is not `passed_over`: a bracket before a
/// value. Places in an array, labels of rows and sizes are none: `Out[1]:`, `[2,]  0.5`,
/// `torch.Size([2, 3])`, `[2 rows x 3 columns]`.
pub(super) fn next_list(
    text: &str,
    from: usize,
    parse: ParseNumber,
    passed_over: fn(&str) -> bool,
) -> Option<usize> {
    let mut place = from;
    loop {
        let start = place + text.get(place..)?.find('[')?;
        let passed = &text[place..start];
        if let Some(line) = passed.rsplit(['\n', '\r']).next()
            && (place == 0 || line.len() < passed.len())
            && (is_passed_over(&text[start - line.len()..])
                || passed_over(&text[start - line.len()..]))
        {
            place = start + text[start..].find('\n')?;
            continue;
        }
        let value = first_item(&text[start..]);
        let before = text[..start].trim_end();
        let is_attached = before.len() == start
            && before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ']' | ')'));
        let is_size = ["Size(", "shape=", "size=", "shape:"]
            .iter()
            .any(|word| before.ends_with(word));
        let word = word_of(value);
        let is_value = is_ellipsis(word) || value_of(word, Comma::Never, parse).is_some();
        let is_count = value[word.len()..].trim_start().starts_with("rows");
        if is_value && !is_attached && !is_size && !is_count && !is_label(&text[start..], parse) {
            return Some(start);
        }
        // All brackets up to the value are before the same value.
        place = text.len() - value.len();
    }
}

/// Whether a line is what was typed at a prompt, not what was printed.
pub(super) fn is_prompt(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(">>>") || line.starts_with("In [")
}

/// What lines of comments begin with.
pub(super) const COMMENTS: [char; 2] = ['#', '%'];

/// Whether a line says nothing: blank, or a comment.
pub(super) fn is_passed_over(line: &str) -> bool {
    let line = line.trim_start();
    line.is_empty() || line.starts_with(COMMENTS)
}

/// Whether a line begins as a row of numbers does.
pub(super) fn starts_with_value(line: &str, parse: ParseNumber) -> bool {
    let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ';');
    let line = line.trim_start_matches([' ', '\t']);
    let word = line.split(is_end).next().unwrap_or_default();
    !word.is_empty() && value_of(word, Comma::Never, parse).is_some()
}

/// The text up to what ends a word of a list; at least one character, so that reading goes on.
pub(super) fn word_of(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | '(' | ')' | ',' | ';');
    let first = text.chars().next().map_or(0, char::len_utf8);
    let rest = text[first..].find(ends);
    rest.map_or(text, |len| &text[..first + len])
}

/// The text from the first thing that is no bracket, blank or name before a parenthesis.
fn first_item(text: &str) -> &str {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '[' | '('));
        let word = word_of(rest);
        match rest[word.len()..].strip_prefix('(') {
            Some(inside) if !word.is_empty() && !word.starts_with([']', ')', ',', ';']) => {
                rest = inside;
            }
            _ => return rest,
        }
    }
}

/// Whether a bracket is around the number of a row or of an output, not around a value: `[2,]  0.5`,
/// `[1] 0.5 0.25`, `In [3]: x`.
fn is_label(text: &str, parse: ParseNumber) -> bool {
    let Some(inside) = text.strip_prefix('[') else {
        return false;
    };
    let rest = inside.trim_start_matches(|c: char| c.is_ascii_digit());
    let has_comma = rest.starts_with(',');
    let Some(after) = rest.trim_start_matches(',').strip_prefix(']') else {
        return false;
    };
    let is_before_blank = after.starts_with([' ', '\t']);
    rest.len() < inside.len()
        && (after.starts_with(':')
            || is_before_blank && (has_comma || starts_with_value(after, parse)))
}
