//! Nested lists in square brackets: JSON, and what NumPy and PyTorch print.

use super::imported::{Imported, MOST_DIMENSIONS, MOST_VALUES};
use super::reading::ParseNumber;
use super::text::{TextError, TextProblem, error_at, is_ellipsis, value_of};

/// Where the first list begins, in bytes, and whether a name and a parenthesis stand before it, as in
/// `array([1, 2])`; `None` if the text begins with something else.
pub(super) fn start_of_list(text: &str) -> Option<(usize, bool)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
    let rest = text.trim_start();
    let inside = rest.trim_start_matches(is_name).strip_prefix('(');
    let list = inside.unwrap_or(rest).trim_start();
    list.starts_with('[')
        .then_some((text.len() - list.len(), inside.is_some()))
}

/// How far the lists have come.
#[derive(Default)]
struct Lists {
    values: Vec<f32>,
    /// How many lists are open.
    depth: usize,
    /// How many numbers or lists each open list has so far, the outermost first.
    n_items: [usize; MOST_DIMENSIONS],
    /// How many the closed lists of each depth had.
    lens: [Option<usize>; MOST_DIMENSIONS],
    /// How many lists a number is in.
    depth_of_numbers: Option<usize>,
}

pub(super) fn read(
    text: &str,
    (start, has_name): (usize, bool),
    parse: ParseNumber,
) -> Result<Imported, TextError> {
    let mut lists = Lists::default();
    let mut place = start;
    // Whether a value must follow, because a comma stands before.
    let mut after_comma = true;
    while let Some(next) = text.get(place..).and_then(|rest| rest.chars().next()) {
        let rest = &text[place..];
        let fail = |found, problem| Err(error_at(text, place, found, problem));
        let word = match next {
            _ if next.is_whitespace() => {
                place += next.len_utf8();
                continue;
            }
            '[' | ']' | ',' => &rest[..1],
            _ => word_of(rest),
        };
        let done = match next {
            '[' => lists.open(),
            ']' => lists.close(),
            ',' if after_comma => Err(TextProblem::NoValue),
            ',' => Ok(()),
            _ if is_ellipsis(word) => Err(TextProblem::Shortened),
            _ => match value_of(word, parse) {
                Some(value) => lists.push(value),
                None => Err(TextProblem::NotANumber),
            },
        };
        if let Err(problem) = done {
            return fail(word, problem);
        }
        after_comma = next == ',' || next == '[';
        place += word.len();
        if lists.depth == 0 {
            return match rest_is_done(&text[place..], has_name) {
                Ok(()) => Ok(lists.imported()),
                Err(rest) => {
                    let place = text.len() - rest.len();
                    Err(error_at(text, place, word_of(rest), TextProblem::AfterEnd))
                }
            };
        }
    }
    Err(error_at(text, text.len(), "", TextProblem::Unclosed))
}

/// The text up to what ends a word.
fn word_of(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',');
    // At least one character, so that reading goes on.
    let first = text.chars().next().map_or(0, char::len_utf8);
    let rest = text[first..].find(ends);
    rest.map_or(text, |len| &text[..first + len])
}

/// After the last bracket there may be what belongs to a name: `, dtype=float32)`. Otherwise gives what
/// is there.
fn rest_is_done(rest: &str, has_name: bool) -> Result<(), &str> {
    let rest = rest.trim_start();
    let ending = rest.trim_end();
    let ending = if has_name {
        ending.strip_suffix(')')
    } else {
        Some(ending)
    };
    match ending.map(str::trim) {
        Some("") => Ok(()),
        Some(options) if has_name && options.starts_with(',') && !options.contains(['[', ']']) => {
            Ok(())
        }
        _ => Err(rest),
    }
}

impl Lists {
    /// The number of items of the innermost list.
    fn count(&mut self) {
        if let Some(innermost) = self.depth.checked_sub(1) {
            self.n_items[innermost] += 1;
        }
    }

    fn open(&mut self) -> Result<(), TextProblem> {
        if self
            .depth_of_numbers
            .is_some_and(|depth| self.depth >= depth)
        {
            return Err(TextProblem::Mixed);
        }
        if self.depth == MOST_DIMENSIONS {
            return Err(TextProblem::TooDeep);
        }
        self.count();
        self.n_items[self.depth] = 0;
        self.depth += 1;
        Ok(())
    }

    fn push(&mut self, value: f32) -> Result<(), TextProblem> {
        if *self.depth_of_numbers.get_or_insert(self.depth) != self.depth {
            return Err(TextProblem::Mixed);
        }
        if self.values.len() == MOST_VALUES {
            return Err(TextProblem::TooMany);
        }
        self.count();
        self.values.push(value);
        Ok(())
    }

    fn close(&mut self) -> Result<(), TextProblem> {
        self.depth -= 1;
        let found = self.n_items[self.depth];
        let expected = *self.lens[self.depth].get_or_insert(found);
        match found {
            0 => Err(TextProblem::NoValue),
            _ if found != expected => Err(TextProblem::Length { expected, found }),
            _ => Ok(()),
        }
    }

    fn imported(self) -> Imported {
        Imported {
            shape: self.lens.into_iter().flatten().collect(),
            values: self.values,
            ..Imported::default()
        }
    }
}
