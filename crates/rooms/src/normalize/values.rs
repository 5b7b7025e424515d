//! Activations of one's own: typed, pasted or from a file, and how a link speaks of them.

use std::cell::RefCell;
use std::ops::Deref;
use std::sync::Arc;

use maths::import::Imported;

use super::budget::within_budget;
use crate::platform::parse_number;
use crate::settings::number_text;

/// The most values that a link carries; more stay in the page's memory.
pub const MOST_LINKED: usize = 1024;

/// The largest block: samples, tokens, features.
pub const LARGEST: [usize; 3] = [64, 256, 1024];

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
    /// What is allowed, in words.
    pub const ALLOWED: &'static str =
        "up to 1024 numbers separated by commas, tokens separated by semicolons";

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
    pub fn from_imported(imported: &Imported) -> (Self, bool) {
        let given = imported.block();
        let [n_tokens, n_features] = [given[1], given[2]];
        let block = [0, 1, 2].map(|idx| given[idx].min(LARGEST[idx]));
        let block = within_budget(block, 0);
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

    /// The same; `None` for the usual ones.
    pub fn written(&self) -> Option<String> {
        (*self != Self::default()).then(|| self.link_text())
    }

    /// Keeps them where a link that speaks of them finds them, if it cannot carry them.
    pub fn keep_in_page(&self) {
        if !self.is_linked() {
            OPENED.with_borrow_mut(|opened| *opened = Some(self.clone()));
        }
    }

    /// Reads what a link says: rows of numbers, or that they are in the page's memory.
    pub fn read_link(&mut self, text: &str) -> Result<(), String> {
        if let Some(shape) = text.strip_prefix(IN_PAGE) {
            let opened = OPENED.with_borrow(Clone::clone);
            return match opened.filter(|opened| opened.shape_text() == shape) {
                Some(opened) => {
                    *self = opened;
                    Ok(())
                }
                None => Err(format!(
                    "a link cannot carry so many: they were in the memory of the page that wrote it; {} is used",
                    self.link_text()
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
                match parse_number(word).map(|value| value as f32) {
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
            return Err(format!("{} is used", self.link_text()));
        }
        *self = Self::new(rows);
        if n_left_out == 0 {
            return Ok(());
        }
        Err(format!("{n_read} of {} are used", n_read + n_left_out))
    }
}
