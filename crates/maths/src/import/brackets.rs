//! Nested lists in square brackets: JSON, and what NumPy, PyTorch, TensorFlow, JAX, Matlab and Julia
//! print.

use super::around::{ending, left_around};
use super::find::word_of;
use super::held::Held;
use super::imported::{Imported, LeftOut, MOST_DIMENSIONS, MOST_VALUES, Remark};
use super::number::{Comma, is_ellipsis, value_of};
use super::reading::ParseNumber;
use super::text::{MOST_FOUND, TextError, TextProblem, error_at};

/// How far the lists have come.
pub(super) struct Lists {
    /// Where the first one begins, in bytes.
    start: usize,
    /// Where reading goes on.
    place: usize,
    held: Held,
    /// What is open, the outermost first.
    open: Vec<Open>,
    /// How many lists are open.
    depth: usize,
    /// How many numbers or lists each open list has so far, the outermost first.
    n_items: [usize; MOST_DIMENSIONS],
    /// How many the closed lists of each depth had.
    lens: [Option<usize>; MOST_DIMENSIONS],
    /// How many lists a number is in.
    depth_of_numbers: Option<usize>,
    /// How many lists stood one after another.
    n_lists: usize,
    /// How many numbers each row has, and how many rows there are, where semicolons end them.
    row_len: Option<usize>,
    n_rows: usize,
    /// Whether a value must follow, because a comma stands before.
    after_comma: bool,
}

/// What can be open.
#[derive(Clone, Copy, PartialEq)]
enum Open {
    List,
    Tuple,
    /// A name and a parenthesis; whether it has its value: what follows is something else.
    Call {
        has_value: bool,
    },
}

impl Lists {
    pub(super) fn new(start: usize) -> Self {
        Self {
            start,
            place: start,
            held: Held::default(),
            open: Vec::new(),
            depth: 0,
            n_items: [0; MOST_DIMENSIONS],
            lens: [None; MOST_DIMENSIONS],
            depth_of_numbers: None,
            n_lists: 1,
            row_len: None,
            n_rows: 0,
            after_comma: true,
        }
    }

    /// Where reading goes on, in bytes.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// Goes on to about `until`; gives the lists when they are closed.
    pub(super) fn advance(
        &mut self,
        text: &str,
        until: usize,
        parse: ParseNumber,
    ) -> Option<Result<Imported, TextError>> {
        while self.place < until {
            let rest = &text[self.place..];
            let Some(next) = rest.chars().next() else {
                let found = error_at(text, text.len(), "", TextProblem::Unclosed);
                return Some(Err(found));
            };
            if next.is_whitespace() {
                self.place += next.len_utf8();
                continue;
            }
            let word = match next {
                '[' | ']' | '(' | ')' | ',' | ';' => &rest[..1],
                _ => word_of(rest),
            };
            let is_name = next.is_alphabetic() && rest[word.len()..].starts_with('(');
            let word = &rest[..word.len() + usize::from(is_name)];
            if let Err(problem) = self.take(word, &rest[word.len()..], parse) {
                return Some(Err(error_at(text, self.place, word, problem)));
            }
            self.place += word.len();
            if next == ',' && self.open.last() == Some(&Open::Call { has_value: true }) {
                self.place += len_of_options(&text[self.place..]);
            }
            self.after_comma = word.ends_with([',', '[', '(', ';']);
            if self.open.is_empty() && !self.goes_on(text) {
                return Some(self.done(text, parse));
            }
        }
        None
    }

    /// Takes the next piece.
    fn take(&mut self, word: &str, rest: &str, parse: ParseNumber) -> Result<(), TextProblem> {
        match word {
            "[" => self.open(Open::List, rest),
            "(" => self.open(Open::Tuple, rest),
            "]" | ")" => self.close(word == "]"),
            "," if self.after_comma => Err(TextProblem::NoValue),
            "," => Ok(()),
            ";" => self.end_row(),
            _ if word.ends_with('(') => {
                self.count()?;
                self.open.push(Open::Call { has_value: false });
                Ok(())
            }
            _ if is_ellipsis(word) => Err(TextProblem::Shortened),
            _ => match value_of(word, Comma::Never, parse) {
                Some(value) => self.push(value, word),
                None => Err(TextProblem::NotANumber),
            },
        }
    }

    /// Counts an item of what is open.
    fn count(&mut self) -> Result<(), TextProblem> {
        match self.open.last_mut() {
            Some(Open::Call { has_value: true }) => Err(TextProblem::NotANumber),
            Some(Open::Call { has_value }) => {
                *has_value = true;
                Ok(())
            }
            Some(_) => {
                self.n_items[self.depth - 1] += 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn open(&mut self, open: Open, rest: &str) -> Result<(), TextProblem> {
        let is_inside_numbers = |depth| self.depth >= depth;
        if self.depth_of_numbers.is_some_and(is_inside_numbers) {
            return Err(TextProblem::Mixed);
        }
        if self.depth == MOST_DIMENSIONS {
            let is_open = |c: &char| c.is_whitespace() || *c == '[';
            let more = rest
                .chars()
                .take_while(is_open)
                .filter(|c| *c == '[')
                .count();
            let n_dimensions = MOST_DIMENSIONS + 1 + more;
            return Err(TextProblem::TooDeep { n_dimensions });
        }
        self.count()?;
        self.n_items[self.depth] = 0;
        self.depth += 1;
        self.open.push(open);
        Ok(())
    }

    fn push(&mut self, value: f64, word: &str) -> Result<(), TextProblem> {
        if *self.depth_of_numbers.get_or_insert(self.depth) != self.depth {
            return Err(TextProblem::Mixed);
        }
        if self.held.values.len() == MOST_VALUES {
            return Err(TextProblem::TooMany);
        }
        self.count()?;
        self.held.push(value, word);
        Ok(())
    }

    fn close(&mut self, is_bracket: bool) -> Result<(), TextProblem> {
        match (self.open.pop(), is_bracket) {
            (Some(Open::List), true) | (Some(Open::Tuple), false) => {}
            (Some(Open::Call { has_value: true }), false) => return Ok(()),
            (Some(Open::Call { .. }), false) => return Err(TextProblem::NoValue),
            _ => return Err(TextProblem::NotANumber),
        }
        self.depth -= 1;
        if self.row_len.is_some() {
            // A semicolon may stand after the last row.
            return if self.n_items[0] == 0 {
                Ok(())
            } else {
                self.count_row()
            };
        }
        let found = self.n_items[self.depth];
        let expected = *self.lens[self.depth].get_or_insert(found);
        match found {
            0 => Err(TextProblem::NoValue),
            _ if found != expected => Err(TextProblem::Length { expected, found }),
            _ => Ok(()),
        }
    }

    /// A semicolon: a row of a matrix ends, as in `[1 2; 3 4]`.
    fn end_row(&mut self) -> Result<(), TextProblem> {
        let is_row = self.open == [Open::List] && self.n_lists == 1 && self.n_items[0] > 0;
        if !is_row || self.depth_of_numbers != Some(1) {
            return Err(TextProblem::NotANumber);
        }
        self.count_row()
    }

    fn count_row(&mut self) -> Result<(), TextProblem> {
        let found = std::mem::take(&mut self.n_items[0]);
        let expected = *self.row_len.get_or_insert(found);
        self.n_rows += 1;
        if found == expected {
            Ok(())
        } else {
            Err(TextProblem::Length { expected, found })
        }
    }

    /// Whether the list that ended is followed by another one, with nothing but commas and blanks
    /// between: then each is a row.
    fn goes_on(&mut self, text: &str) -> bool {
        let rest = &text[self.place..];
        let next = rest.trim_start_matches(|c: char| c.is_whitespace() || c == ',');
        let goes_on = next.len() < rest.len() && next.starts_with('[') && self.row_len.is_none();
        if goes_on {
            self.n_lists += 1;
            self.place = text.len() - next.len();
        }
        goes_on
    }

    fn done(&mut self, text: &str, parse: ParseNumber) -> Result<Imported, TextError> {
        if let Some(place) = ending(text, self.place, parse) {
            let found = word_of(&text[place..]);
            return Err(error_at(text, place, found, TextProblem::AfterEnd));
        }
        let mut shape: Vec<usize> = match self.row_len {
            Some(row_len) => vec![self.n_rows, row_len],
            None => self.lens.into_iter().flatten().collect(),
        };
        if self.n_lists > 1 {
            shape.insert(0, self.n_lists);
        }
        if shape.len() > MOST_DIMENSIONS {
            let n_dimensions = shape.len();
            let problem = TextProblem::TooDeep { n_dimensions };
            return Err(error_at(text, self.start, "[", problem));
        }
        let left_out = left_around(text, self.start, self.place).map(|first| Remark::LeftOut {
            what: LeftOut::Around,
            first: first.chars().take(MOST_FOUND).collect(),
        });
        Ok(Imported {
            shape,
            remarks: left_out.into_iter().chain(self.held.remark()).collect(),
            values: std::mem::take(&mut self.held.values),
            names: Vec::new(),
        })
    }
}

/// How far it is to the end of what a parenthesis is around, `, dtype=float32`, in bytes.
fn len_of_options(text: &str) -> usize {
    let mut depth = 0_usize;
    let end = text.find(|c| {
        depth += usize::from(c == '(');
        let is_end = c == ')' && depth == 0;
        depth -= usize::from(c == ')' && depth > 0);
        is_end
    });
    end.unwrap_or(text.len())
}
