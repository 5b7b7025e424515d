//! Activations of one's own: typed, pasted or from a file, and how a link speaks of them.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

use maths::import::{Imported, NpyError, TextError, read_npy, read_text};
use maths::inputs::Distribution;

use super::NormalizeState;
use crate::settings::{Notice, number_text};

/// The most values that a link carries; more stay in the page's memory.
pub const MOST_LINKED: usize = 1024;

/// The largest file that is opened, in bytes: four million doubles, and a header.
pub const MOST_BYTES: usize = 33 << 20;

/// The largest block: samples, tokens, features.
const LARGEST: [usize; 3] = [64, 256, 1024];

/// What stands in a link for values that it does not carry, before their shape.
const IN_PAGE: &str = "page:";

thread_local! {
    /// What was opened last and is too large for a link: a link that speaks of it finds it here.
    static OPENED: RefCell<Option<Values>> = const { RefCell::new(None) };
}

/// Rows of activations, of a token each; at least one row, each with at least one value. Clones share them.
#[derive(Clone, Debug)]
pub struct Values {
    rows: Arc<Vec<Vec<f32>>>,
    /// Samples, tokens, features.
    block: [usize; 3],
    are_finite: bool,
}

impl Deref for Values {
    type Target = [Vec<f32>];

    fn deref(&self) -> &[Vec<f32>] {
        &self.rows
    }
}

impl PartialEq for Values {
    /// By what is there, NaN included; at once where it is the same.
    fn eq(&self, other: &Self) -> bool {
        let is_same = |a: &f32, b: &f32| a.to_bits() == b.to_bits();
        let are_same = |a: &Vec<f32>, b: &Vec<f32>| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        };
        Arc::ptr_eq(&self.rows, &other.rows)
            || self.rows.len() == other.rows.len()
                && self
                    .rows
                    .iter()
                    .zip(&*other.rows)
                    .all(|(a, b)| are_same(a, b))
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::new(vec![vec![1.0, 2.0, 3.0, 4.0]])
    }
}

impl Values {
    /// These rows, as the tokens of one sample; empty ones are left out. Without any value the usual ones.
    pub fn new(mut rows: Vec<Vec<f32>>) -> Self {
        rows.retain(|row| !row.is_empty());
        if rows.is_empty() {
            return Self::default();
        }
        let n_features = rows.iter().map(Vec::len).max().unwrap_or(1);
        let block = [1, rows.len(), n_features];
        let are_finite = rows.iter().flatten().all(|value| value.is_finite());
        Self {
            rows: Arc::new(rows),
            block,
            are_finite,
        }
    }

    /// What was read, as far as a block can be; says whether that is less than all.
    fn from_imported(imported: &Imported) -> (Self, bool) {
        let given = imported.block();
        let [n_tokens, n_features] = [given[1], given[2]];
        let block = [0, 1, 2].map(|idx| given[idx].min(LARGEST[idx]));
        let mut rows = Vec::with_capacity(block[0] * block[1]);
        for sample in 0..block[0] {
            for token in 0..block[1] {
                let first = (sample * n_tokens + token) * n_features;
                let row = imported.values.get(first..first + block[2]);
                // Adding zero turns -0 into 0, so that equal states have equal links.
                rows.push(row.unwrap_or_default().iter().map(|x| x + 0.0).collect());
            }
        }
        let mut values = Self::new(rows);
        values.block = block;
        (values, block != given)
    }

    fn n_values(&self) -> usize {
        self.rows.iter().map(Vec::len).sum()
    }

    /// Whether a link can carry them.
    pub fn is_linked(&self) -> bool {
        self.are_finite && self.n_values() <= MOST_LINKED
    }

    /// Whether none is NaN or infinite.
    pub fn are_finite(&self) -> bool {
        self.are_finite
    }

    /// Samples, tokens, features.
    pub fn block(&self) -> [usize; 3] {
        self.block
    }

    /// The shape as it stands in a link: `4x8x64`.
    fn shape_text(&self) -> String {
        self.block.map(|size| size.to_string()).join("x")
    }

    /// The rows as they stand in a field: commas between numbers, semicolons between tokens.
    pub fn text(&self) -> String {
        let row_text = |row: &Vec<f32>| {
            let numbers: Vec<_> = row.iter().map(number_text).collect();
            numbers.join(",")
        };
        let rows: Vec<_> = self.rows.iter().map(row_text).collect();
        rows.join(";")
    }

    /// What is used, where it is not written out.
    pub fn note(&self) -> String {
        format!(
            "{} values, in the memory of this page only.",
            self.block.map(|size| size.to_string()).join(" × ")
        )
    }

    /// What stands in the link.
    pub fn link_text(&self) -> String {
        if self.is_linked() {
            self.text()
        } else {
            format!("{IN_PAGE}{}", self.shape_text())
        }
    }
}

/// Reads what a link says: rows of numbers, or that they are in the page's memory.
pub fn read_link(state: &mut NormalizeState, text: &str) -> Result<(), String> {
    if let Some(shape) = text.strip_prefix(IN_PAGE) {
        let opened = OPENED.with_borrow(Clone::clone);
        return match opened.filter(|opened| opened.shape_text() == shape) {
            Some(opened) => {
                state.values = opened;
                Ok(())
            }
            None => Err(format!(
                "a link cannot carry so many: they were in the memory of the page that wrote it; {} is used",
                state.values.link_text()
            )),
        };
    }
    let mut n_left_out = 0_usize;
    let mut n_read = 0_usize;
    let mut rows: Vec<Vec<f32>> = Vec::new();
    for line in text.split([';', '\n']) {
        let mut row = Vec::new();
        for word in line
            .split([',', ' ', '\t', '\r'])
            .filter(|word| !word.is_empty())
        {
            #[allow(clippy::cast_possible_truncation)]
            match crate::number::parse(word).map(|value| value as f32) {
                Some(value) if value.is_finite() && n_read < MOST_LINKED => {
                    row.push(value + 0.0);
                    n_read += 1;
                }
                _ => n_left_out += 1,
            }
        }
        if !row.is_empty() {
            rows.push(row);
        }
    }
    if rows.is_empty() {
        return Err(format!("{} is used", state.values.link_text()));
    }
    state.values = Values::new(rows);
    if n_left_out == 0 {
        return Ok(());
    }
    Err(format!("{n_read} of {} are used", n_read + n_left_out))
}

impl NormalizeState {
    /// Takes what was typed or pasted: rows, JSON, or what NumPy prints. What cannot be read changes nothing.
    pub fn take_text(&mut self, text: &str) -> Option<Notice> {
        match read_text(text, crate::number::parse) {
            Ok(imported) => self.take(&imported, text),
            Err(error) => Some(text_notice(&error)),
        }
    }

    /// Takes a file: NPY by its first bytes, otherwise text. What cannot be read changes nothing.
    pub fn take_file(&mut self, name: &str, bytes: &[u8]) -> Option<Notice> {
        let is_binary = bytes.starts_with(b"\x93NUMPY") || bytes.starts_with(b"PK");
        match std::str::from_utf8(bytes) {
            Ok(text) if !is_binary => match read_text(text, crate::number::parse) {
                Ok(imported) => self.take(&imported, name),
                Err(error) => Some(text_notice(&error)),
            },
            _ => match read_npy(bytes) {
                Ok(imported) => self.take(&imported, name),
                Err(NpyError { problem, found }) => {
                    let given = if found.is_empty() { name } else { &found };
                    Some(Notice::new(
                        "Values",
                        given,
                        problem.allowed(),
                        format!("{name} cannot be read, the values stay as they were"),
                    ))
                }
            },
        }
    }

    /// Makes values the input, in their shape.
    fn take(&mut self, imported: &Imported, given: &str) -> Option<Notice> {
        let (values, is_cut) = Values::from_imported(imported);
        if !values.is_linked() {
            OPENED.with_borrow_mut(|opened| *opened = Some(values.clone()));
        }
        self.values = values;
        self.input = Distribution::Custom;
        self.fit_shape_to_values();
        let [batch, seq_len, d_model] = self.values.block();
        let shape = format!("{batch} × {seq_len} × {d_model}");
        if is_cut {
            let all = imported.block().map(|size| size.to_string()).join(" × ");
            let [b, t, c] = LARGEST;
            return Some(Notice::new(
                "Values",
                &all,
                format!("up to {b} samples of {t} tokens of {c} features"),
                format!("the first {shape} are used, in this page only"),
            ));
        }
        if !self.values.is_linked() {
            return Some(Notice::new(
                "Values",
                given,
                format!("up to {MOST_LINKED} finite numbers in a link"),
                format!("{shape} values are used in this page only, the link cannot carry them"),
            ));
        }
        None
    }
}

/// Says where text could not be read.
fn text_notice(error: &TextError) -> Notice {
    let TextError {
        line,
        column,
        found,
        problem,
    } = error;
    Notice::new(
        "Values",
        found,
        problem.allowed(),
        format!("line {line}, column {column} cannot be read, the values stay as they were"),
    )
}

/// Says that a file is larger than what is opened.
#[allow(clippy::cast_precision_loss)]
pub fn too_large(name: &str, n_bytes: f64) -> Notice {
    let mega = |bytes: f64| figures::number::format_value(bytes / f64::from(1 << 20), 3);
    Notice::new(
        "Values",
        name,
        format!("files of up to {} MB", mega(MOST_BYTES as f64)),
        format!(
            "with {} MB it is not opened, the values stay as they were",
            mega(n_bytes)
        ),
    )
}

/// Says that the browser did not hand a file out.
pub fn unreadable(name: &str) -> Notice {
    Notice::new(
        "Values",
        name,
        "a CSV, JSON, text or NPY file",
        "the browser cannot read it, the values stay as they were",
    )
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use super::*;

    fn taken(text: &str) -> (NormalizeState, Option<Notice>) {
        let mut state = NormalizeState::default();
        let notice = state.take_text(text);
        (state, notice)
    }

    #[test]
    fn rows_json_and_prints_become_blocks() {
        for (text, shape) in [
            ("1,2,3\n4,5,6", [1, 2, 3]),
            ("a,b\n1,2", [1, 1, 2]),
            ("[[[1, 2], [3, 4]], [[5, 6], [7, 8]]]", [2, 2, 2]),
            ("array([[1. , 2.5],\n       [3. , 4. ]])", [1, 2, 2]),
        ] {
            let (state, notice) = taken(text);
            assert_eq!(notice, None, "{text}");
            assert_eq!(state.values.block(), shape, "{text}");
            assert_eq!([state.batch, state.seq_len, state.d_model], shape, "{text}");
            assert_eq!(state.input, Distribution::Custom);
        }
    }

    #[test]
    fn what_cannot_be_read_says_where_and_changes_nothing() {
        let (state, notice) = taken("1,2\n3,four");
        assert_eq!(state, NormalizeState::default());
        let words = notice.unwrap().to_string();
        assert!(words.contains("line 2, column 3"), "{words}");
        assert!(words.contains("“four”"), "{words}");

        let mut state = NormalizeState::default();
        for (bytes, what) in [
            (&b"\x93NUMPY\x01\x00"[..], "header"),
            (b"PK\x03\x04", "np.save instead of np.savez"),
            (b"\xff\xfe\x00", "NPY file"),
        ] {
            let words = state.take_file("x.npy", bytes).unwrap().to_string();
            assert!(words.contains(what), "{words}");
            assert_eq!(state, NormalizeState::default());
        }
    }

    #[test]
    fn large_and_undefined_values_stay_in_the_page_and_come_back() {
        let row: Vec<_> = (0..8).map(|n| n.to_string()).collect();
        let many = vec![row.join(","); 200].join("\n");
        for (text, link) in [
            (many.as_str(), "page:1x200x8"),
            ("1,nan\n2,inf", "page:1x2x2"),
        ] {
            let (state, notice) = taken(text);
            assert!(notice.unwrap().to_string().contains("this page only"));
            assert_eq!(state.values.link_text(), link);
            let mut other = NormalizeState::default();
            assert_eq!(read_link(&mut other, link), Ok(()));
            assert_eq!(other.values, state.values);
        }
        // Of another page.
        let mut other = NormalizeState::default();
        assert!(read_link(&mut other, "page:3x3x3").is_err());
        assert_eq!(other, NormalizeState::default());
    }

    #[test]
    fn blocks_are_cut_to_what_can_be_shown() {
        let imported = Imported {
            shape: vec![300, 2],
            values: (0..600_u16).map(f32::from).collect(),
        };
        let mut state = NormalizeState::default();
        let words = state.take(&imported, "").unwrap().to_string();
        assert!(words.contains("1 × 256 × 2"), "{words}");
        assert_eq!(state.values[255], [510.0, 511.0]);
    }
}
