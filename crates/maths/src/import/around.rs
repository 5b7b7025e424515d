//! What stands around a list: names and options that belong to a print, words that are left out, and
//! what would make it another list.

use super::find::{is_passed_over, is_prompt, next_list, starts_with_value};
use super::reading::ParseNumber;

/// Where something stands after a list that ends at `end` that must not be passed over: another list,
/// a row of numbers, or an operation with the list, as in `x.T` and `x * 3`.
pub(super) fn ending(text: &str, end: usize, parse: ParseNumber) -> Option<usize> {
    let after = &text[end..];
    let place_of = |rest: &str| text.len() - rest.len();
    let tail = after.trim_start_matches(is_closing);
    let is_operation = tail.starts_with(['*', '+', '-', '/', '@', '&', '|', ']', '['])
        || tail
            .strip_prefix('.')
            .is_some_and(|name| name.starts_with(char::is_alphabetic));
    if is_operation {
        return Some(place_of(tail));
    }
    let mut rest = after;
    let row = after.split_inclusive('\n').find_map(|line| {
        let is_row = rest.len() < after.len() && starts_with_value(line, parse);
        let place = place_of(rest.trim_start());
        rest = &rest[line.len()..];
        is_row.then_some(place)
    });
    let list = next_list(text, end, parse, is_prompt);
    match (row, list) {
        (Some(row), Some(list)) => Some(row.min(list)),
        (row, list) => row.or(list),
    }
}

/// The first text that is left out around a list from `start` to `end`; `None` if what is there belongs
/// to it: `Out[1]: array(`, `x = torch.tensor(`, `, dtype=float32)`.
pub(super) fn left_around(text: &str, start: usize, end: usize) -> Option<&str> {
    let line_start = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let before = text[..line_start]
        .lines()
        .find(|line| !leads_on(line.trim()));
    let own = || Some(without_names(&text[line_start..start])).filter(|own| !leads_on(own));
    let line_end = text[end..].find('\n').map_or(text.len(), |len| end + len);
    let tail =
        || Some(text[end..line_end].trim_start_matches(is_closing)).filter(|tail| !is_option(tail));
    let after = || text[line_end..].lines().find(|line| !is_passed_over(line));
    before
        .or_else(own)
        .or_else(tail)
        .or_else(after)
        .map(str::trim)
}

/// What closes what stood before a list.
fn is_closing(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | ')' | '>' | '}' | '"' | '\'')
}

/// Whether a line only says that something follows, or is what a prompt was given.
fn leads_on(line: &str) -> bool {
    is_passed_over(line) || line.ends_with([':', '=', '>']) || is_prompt(line)
}

/// What stands before a list on its line, without the names of what holds values: `np.array(`.
fn without_names(before: &str) -> &str {
    let mut rest = before.trim();
    while let Some(name_end) = rest.strip_suffix('(') {
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let shorter = name_end.trim_end_matches(is_name);
        let name = name_end[shorter.len()..].to_ascii_lowercase();
        let holds = [
            "array",
            "tensor",
            "matrix",
            "vector",
            "list",
            "constant",
            "parameter",
        ];
        if !holds.iter().any(|word| name.contains(word)) {
            break;
        }
        rest = shorter.trim_end();
    }
    rest
}

/// Whether what follows a list on its line belongs to it.
fn is_option(tail: &str) -> bool {
    match tail.trim().strip_prefix(',') {
        Some(option) => option.trim_start().starts_with(char::is_alphabetic),
        None => is_passed_over(tail) || matches!(tail.trim(), ";" | "." | "," | "):"),
    }
}
