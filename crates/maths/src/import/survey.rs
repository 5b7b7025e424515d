//! What stands between numbers and between rows: a look at the whole text before it is read.

use super::imported::Remark;
use super::latex::without_commands;
use super::number::{Comma, unquoted, value_of};
use super::reading::{Commas, ParseNumber};

/// What stands between cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cell {
    #[default]
    Blanks,
    Char(char),
    /// `|` or a line of a frame, also at the ends: Markdown and frames of terminals.
    Pipes,
    /// `&`, and `\\` between rows: LaTeX.
    Latex,
}

/// How rows of numbers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) cell: Cell,
    /// Whether semicolons end rows, as lines do.
    pub(super) has_semicolon_rows: bool,
    /// What commas are within a number.
    pub(super) comma: Comma,
}

/// What stands between the cells of a frame.
pub(super) const PIPES: [char; 5] = ['|', '│', '┃', '┆', '║'];

/// How many words with a comma are looked at, and how many others.
const MOST_WORDS: usize = 1 << 12;

/// What was seen so far. Only lines with a digit count; words may say what they like.
#[derive(Default)]
pub(super) struct Survey {
    place: usize,
    /// What stands between cells, if the text says so itself: `sep=;`.
    said: Option<char>,
    line: Line,
    n_lines: usize,
    n_number_lines: usize,
    n_comma_lines: usize,
    n_words: usize,
    has_name: bool,
    has_gap: bool,
    n_piped_lines: usize,
    /// What stands between semicolons in lines of numbers.
    n_parts: usize,
    most_words: usize,
    has_inner_tab: bool,
    has_semicolon: bool,
    has_inner_semicolon: bool,
    has_comma_of_words: bool,
    has_ampersand: bool,
    has_backslash: bool,
    has_row_break: bool,
    /// Words with a comma; those of them that are a number with a decimal comma, that are one with commas
    /// before every three digits, and that have a point besides.
    n_comma_words: usize,
    n_decimal: usize,
    n_grouped: usize,
    n_grouped_with_point: usize,
    /// Words with a comma whose whole part is 0, and those with a zero after the comma: seldom two columns.
    n_zero_wholes: usize,
    n_zero_fractions: usize,
}

/// The line that is being looked at.
#[derive(Default)]
struct Line {
    has_content: bool,
    is_comment: bool,
    has_digit: bool,
    has_comma: bool,
    has_name: bool,
    has_gap: bool,
    has_pipe: bool,
    /// A tab with something before it, and one with something after it too.
    has_tab: bool,
    has_inner_tab: bool,
    has_semicolon: bool,
    n_parts: usize,
    is_in_part: bool,
    n_words: usize,
    /// Where the word begins that is being looked at, and whether it has a comma.
    word_start: Option<usize>,
    word_has_comma: bool,
}

impl Survey {
    pub(super) fn new(text: &str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let said = first
            .get(..4)
            .filter(|start| start.eq_ignore_ascii_case("sep="));
        let said = said.and_then(|_| first[4..].chars().next());
        Self {
            // The line itself is no data.
            place: said.map_or(0, |_| first.len()),
            said,
            ..Self::default()
        }
    }

    /// Where rows begin: after what is said about them.
    pub(super) fn start(text: &str) -> usize {
        Self::new(text).place
    }

    /// Where looking goes on, in bytes.
    pub(super) fn place(&self) -> usize {
        self.place
    }

    /// Goes on to `until`; says whether that is the end.
    pub(super) fn advance(&mut self, text: &str, until: usize, parse: ParseNumber) -> bool {
        let bytes = text.as_bytes();
        let end = until.min(bytes.len());
        while self.place < end {
            self.see(text, bytes[self.place], parse);
            self.place += 1;
        }
        let is_end = end == bytes.len();
        if is_end {
            self.see(text, b'\n', parse);
        }
        is_end
    }

    /// Looks at the byte at the place.
    fn see(&mut self, text: &str, byte: u8, parse: ParseNumber) {
        let line = &mut self.line;
        let is_end = matches!(byte, b'\n' | b'\r');
        let is_boundary = is_end || matches!(byte, b' ' | b'\t' | b';' | b'|' | b'&');
        if is_boundary && let Some(start) = line.word_start.take() {
            line.n_words += 1;
            let word = text[start..self.place].trim_end_matches('\\');
            // NaN and infinities are numbers without a digit.
            line.has_digit |= !line.has_digit && value_of(word, Comma::Never, parse).is_some();
            // A table is written in one way: its beginning tells whether there are names.
            if self.n_words < MOST_WORDS && !line.is_comment && !line.word_has_comma {
                self.n_words += 1;
                line.has_name |= value_of(word, Comma::Never, parse).is_none();
            }
            if line.word_has_comma && !line.is_comment {
                self.see_comma_word(word, parse);
            }
        }
        let line = &mut self.line;
        match byte {
            b'\n' | b'\r' => self.end_line(),
            b' ' => {}
            b'\t' => line.has_tab |= line.has_content,
            b';' => {
                // Two without a number between, or one in front: an empty cell.
                line.has_gap |= !line.is_in_part;
                line.has_semicolon = true;
                line.is_in_part = false;
            }
            b'|' => {
                line.has_pipe = true;
                line.has_gap = true;
            }
            b'&' => {
                self.has_ampersand = true;
                line.has_gap = true;
            }
            _ => {
                line.is_comment |= !line.has_content && matches!(byte, b'#' | b'%');
                line.has_inner_tab |= line.has_tab;
                line.n_parts += usize::from(!line.is_in_part);
                line.is_in_part = true;
                line.has_digit |= byte.is_ascii_digit();
                line.has_comma |= byte == b',';
                self.has_row_break |=
                    byte == b'\\' && text.as_bytes().get(self.place + 1) == Some(&b'\\');
                self.has_backslash |= byte == b'\\';
                // The first byte of what frames are drawn with, U+2500 to U+257F: the lines upwards.
                line.has_pipe |= byte == 0xe2
                    && text
                        .get(self.place..)
                        .is_some_and(|rest| rest.starts_with(PIPES));
                if line.word_start.is_none() {
                    line.word_start = Some(self.place);
                    line.word_has_comma = false;
                }
                line.word_has_comma |= byte == b',';
            }
        }
        self.line.has_content |= !is_end && byte != b' ' && byte != b'\t';
    }

    fn see_comma_word(&mut self, word: &str, parse: ParseNumber) {
        if self.n_comma_words == MOST_WORDS {
            return;
        }
        let given = unquoted(word);
        let word = &without_commands(given);
        // Only LaTeX is read without what is its own.
        self.has_name |= word.len() < given.len();
        // The labels of a matrix in R: `[,1]`, `[1,]`.
        if word.starts_with('[') && word.ends_with(']') {
            return;
        }
        if !word.contains(|c: char| c.is_ascii_digit()) {
            // `a,b` has one between its names, `length, m` has none.
            self.has_comma_of_words |= !word.ends_with(',');
            let is_value = |word| value_of(word, Comma::Never, parse).is_some();
            self.n_comma_words += usize::from(word.split(',').any(is_value));
            return;
        }
        let is_decimal = value_of(word, Comma::Decimal, parse).is_some();
        let is_grouped = value_of(word, Comma::Grouping, parse).is_some();
        let (whole, fraction) = word.split_once(',').unwrap_or((word, ""));
        self.n_comma_words += 1;
        self.n_decimal += usize::from(is_decimal);
        self.n_grouped += usize::from(is_grouped);
        self.n_grouped_with_point += usize::from(is_grouped && word.contains('.'));
        self.n_zero_wholes += usize::from(whole.trim_start_matches(['-', '+', '−']) == "0");
        let is_zero_fraction = fraction.starts_with('0') && fraction.len() > 1 || whole == "-0";
        self.n_zero_fractions += usize::from(is_zero_fraction);
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.has_content || line.is_comment {
            return;
        }
        self.n_lines += 1;
        if !line.has_digit {
            return;
        }
        self.n_number_lines += 1;
        self.has_name |= line.has_name;
        self.has_gap |= line.has_gap;
        self.n_comma_lines += usize::from(line.has_comma);
        self.n_piped_lines += usize::from(line.has_pipe);
        self.n_parts += line.n_parts;
        self.most_words = self.most_words.max(line.n_words);
        self.has_inner_tab |= line.has_inner_tab;
        self.has_semicolon |= line.has_semicolon;
        self.has_inner_semicolon |= line.n_parts > 1;
    }

    /// How the text is to be read, and what is to be said about it.
    pub(super) fn form(&self, commas: Commas) -> (Form, Option<Remark>) {
        let Self {
            n_comma_words,
            n_decimal,
            n_grouped,
            ..
        } = *self;
        let comma = if n_comma_words == 0 {
            Comma::Never
        } else if n_decimal == n_comma_words {
            Comma::Decimal
        } else if n_grouped == n_comma_words {
            Comma::Grouping
        } else {
            Comma::Never
        };
        let plain = |cell, comma| Form {
            cell,
            has_semicolon_rows: false,
            comma,
        };
        // Links and the field: commas between numbers, semicolons between rows.
        let has_comma = n_comma_words > 0 || self.has_comma_of_words && !self.has_semicolon;
        let separate = Form {
            cell: if has_comma {
                Cell::Char(',')
            } else {
                Cell::Blanks
            },
            has_semicolon_rows: self.has_semicolon,
            comma: Comma::Never,
        };
        let framed = if self.has_backslash && (self.has_ampersand || self.has_row_break) {
            Some(Cell::Latex)
        } else if self.n_piped_lines > 0 && 2 * self.n_piped_lines >= self.n_number_lines {
            Some(Cell::Pipes)
        } else {
            None
        };
        let cell = match self.said {
            Some(said) => Some(Cell::Char(said)),
            None if framed.is_some() => framed,
            None => self.has_inner_tab.then_some(Cell::Char('\t')),
        };
        match (commas, cell) {
            (Commas::Separate, _) | (Commas::Guessed, Some(Cell::Char(','))) => {
                return (separate, None);
            }
            (Commas::Decimal, _) => {
                let within = if n_comma_words > 0 {
                    Comma::Decimal
                } else {
                    Comma::Never
                };
                let between = if self.has_semicolon {
                    Cell::Char(';')
                } else {
                    Cell::Blanks
                };
                return (plain(cell.unwrap_or(between), within), None);
            }
            // `1,\t2`: a tab for the eye.
            (_, Some(Cell::Char('\t'))) if n_comma_words > 0 && comma == Comma::Never => {
                return (separate, None);
            }
            (_, Some(cell)) => return (plain(cell, comma), None),
            (_, None) => {}
        }
        let is_one_line = self.n_lines <= 1;
        let are_rows = self.has_semicolon && (is_one_line || !self.has_inner_semicolon);
        // What would be read with the other kind of comma, where both can be.
        let rows_or = |other, other_shape| {
            // With names or gaps it is clear, or nothing that can be read.
            (!self.has_name && !self.has_gap).then_some(Remark::Commas {
                read: if other == Commas::Decimal {
                    Commas::Separate
                } else {
                    Commas::Decimal
                },
                other,
                other_shape,
            })
        };
        let n_parts = self.n_parts;
        // Without points `100,200,300` are three numbers.
        let is_grouping = comma == Comma::Grouping && self.n_grouped_with_point > 0;
        if n_comma_words == 0 && !has_comma {
            // `1;2;3` on one line is a row of a table, `1 2;3 4` are two rows.
            let is_row = is_one_line && self.most_words == n_parts;
            return match (self.has_semicolon, are_rows) {
                (true, true) if !is_row => (separate, None),
                (true, _) => (plain(Cell::Char(';'), Comma::Never), None),
                (false, _) => (plain(Cell::Blanks, Comma::Never), None),
            };
        }
        let is_clear = self.has_comma_of_words && !self.has_semicolon;
        if is_clear || comma != Comma::Decimal && !is_grouping {
            return (separate, None);
        }
        if are_rows {
            let is_open =
                comma == Comma::Decimal && self.most_words * self.n_number_lines == n_parts;
            let shape = if is_one_line {
                [1, n_parts]
            } else {
                [self.n_number_lines, 1]
            };
            return (
                separate,
                rows_or(Commas::Decimal, Some(shape)).filter(|_| is_open),
            );
        }
        if self.has_semicolon {
            return (plain(Cell::Char(';'), comma), None);
        }
        if self.most_words > 1 {
            return (plain(Cell::Blanks, comma), None);
        }
        if is_grouping {
            return (separate, None);
        }
        let n_rows = self.n_number_lines;
        // One number with a comma a line: two columns, or one.
        let are_zeros = self.n_zero_wholes == n_comma_words;
        let is_likely = n_rows > 1 && (self.n_zero_fractions > 0 || are_zeros);
        // As two columns, all lines have two.
        let are_pairs = self.n_comma_lines == n_rows;
        // Where they have not, and no comma groups digits, one column is all that it can be.
        if is_likely || !are_pairs && n_grouped < n_comma_words {
            let form = plain(Cell::Blanks, Comma::Decimal);
            let pairs = are_pairs.then_some([n_rows, 2]);
            (form, rows_or(Commas::Separate, pairs))
        } else {
            let is_open = n_rows > 1 || self.n_zero_fractions > 0 || are_zeros;
            let remark = rows_or(Commas::Decimal, Some([n_rows, 1]));
            (separate, remark.filter(|_| is_open))
        }
    }
}
