//! Activations of one's own: typed, pasted or from a file, and how a link speaks of them.

use std::cell::RefCell;
use std::sync::Arc;

use maths::inputs::Given;

use crate::platform::parse_number;
use crate::settings::{number_text, shorten};

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

/// Activations in their shape, no size of which is 0. Clones share them.
#[derive(Clone, Debug)]
pub struct Values {
    values: Arc<[f32]>,
    /// Samples, tokens, features.
    block: [usize; 3],
}

impl PartialEq for Values {
    /// By what is there, NaN included; at once where it is the same.
    fn eq(&self, other: &Self) -> bool {
        let is_same = |(a, b): (&f32, &f32)| a.to_bits() == b.to_bits();
        self.block == other.block
            && (Arc::ptr_eq(&self.values, &other.values)
                || self.values.iter().zip(&*other.values).all(is_same))
    }
}

impl Default for Values {
    fn default() -> Self {
        Self::new([1, 1, 4], &[1.0, 2.0, 3.0, 4.0])
    }
}

impl Values {
    /// What is allowed, in words.
    pub const ALLOWED: &'static str = "up to 1024 numbers, nan or inf; a comma between features, a semicolon between tokens, two between samples, as many in each";

    /// Values in memory order, as many as the block has places.
    pub fn new(block: [usize; 3], values: &[f32]) -> Self {
        debug_assert_eq!(values.len(), block.iter().product());
        // Equal states have equal links: there is one zero and one NaN.
        let plain = |&x: &f32| if x.is_nan() { f32::NAN } else { x + 0.0 };
        Self {
            values: values.iter().map(plain).collect(),
            block,
        }
    }

    /// The same, as far as a block may be large and has at most `most` values, which is enough for a token: features, then
    /// tokens, then samples are left out at their end.
    pub fn cut(block: [usize; 3], values: &[f32], most: usize) -> Self {
        let n_features = block[2].min(LARGEST[2]);
        let n_tokens = block[1].min(LARGEST[1]).min(most / n_features);
        let n_samples = block[0].min(LARGEST[0]).min(most / (n_features * n_tokens));
        let tokens = (0..n_samples).flat_map(|sample| {
            let first = sample * block[1];
            first..first + n_tokens
        });
        let kept: Vec<_> = tokens
            .filter_map(|token| values.get(token * block[2]..token * block[2] + n_features))
            .flatten()
            .copied()
            .collect();
        Self::new([n_samples, n_tokens, n_features], &kept)
    }

    /// What the input is made from.
    pub fn given(&self) -> Given<'_> {
        Given {
            block: self.block,
            values: &self.values,
        }
    }

    /// Samples, tokens, features.
    pub fn block(&self) -> [usize; 3] {
        self.block
    }

    /// Whether a link can carry them.
    pub fn is_linked(&self) -> bool {
        self.values.len() <= MOST_LINKED
    }

    /// The numbers, with one text between features, one between tokens and one between samples.
    fn joined(&self, [features, tokens, samples]: [&str; 3]) -> String {
        let [_, n_tokens, n_features] = self.block;
        let mut text = String::new();
        for (idx, value) in self.values.iter().enumerate() {
            text.push_str(match idx {
                0 => "",
                _ if idx % (n_tokens * n_features) == 0 => samples,
                _ if idx % n_features == 0 => tokens,
                _ => features,
            });
            text.push_str(&number_text(value));
        }
        text
    }

    /// As they stand in a field: a line for each token, or nested lists where there are several samples.
    pub fn text(&self) -> String {
        match self.block {
            [1, ..] => self.joined([", ", "\n", ""]),
            _ => format!("[[[{}]]]", self.joined([", ", "],\n  [", "]],\n [["])),
        }
    }

    /// What stands in the link.
    pub fn link_text(&self) -> String {
        if self.is_linked() {
            return self.joined([",", ";", ";;"]);
        }
        let shape = self.block.map(|size| size.to_string()).join("x");
        format!("{IN_PAGE}{shape}")
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

    /// Reads what a link says: numbers, or that they are in the page's memory.
    pub fn read_link(&mut self, text: &str) -> Result<(), String> {
        if text.starts_with(IN_PAGE) {
            let opened = OPENED.with_borrow(Clone::clone);
            *self = opened.filter(|opened| opened.link_text() == text).ok_or_else(|| {
                let used = self.link_text();
                format!("a link cannot carry so many: they were in the memory of the page that wrote it; {used} is used")
            })?;
            return Ok(());
        }
        let (block, values) = read_samples(text)
            .map_err(|problem| format!("{problem}; {} is used", self.link_text()))?;
        *self = Self::cut(block, &values, MOST_LINKED);
        if self.block == block {
            return Ok(());
        }
        let [given, used] = [block, self.block].map(shape_text);
        Err(format!("of {given} the first {used} are used"))
    }
}

/// A shape as it stands in sentences: `2 × 3 × 4`.
pub fn shape_text(block: [usize; 3]) -> String {
    block.map(|size| size.to_string()).join(" × ")
}

/// The numbers of a link in their shape, or what is wrong with them.
fn read_samples(text: &str) -> Result<([usize; 3], Vec<f32>), String> {
    let lines: Vec<_> = text.split([';', '\n']).map(str::trim).collect();
    let samples = lines.split(|line| line.is_empty());
    let (mut values, mut n_rows) = (Vec::new(), 0);
    let mut block = [0; 3];
    for tokens in samples.filter(|tokens| !tokens.is_empty()) {
        for token in tokens {
            let start = values.len();
            // After the last comma there may be nothing.
            let token = token.strip_suffix(',').unwrap_or(token);
            for cell in token.split(',') {
                if cell.trim().is_empty() {
                    return Err("there is nothing between two commas".to_owned());
                }
                for word in cell.split_whitespace() {
                    let value = read_value(word);
                    values.push(
                        value.ok_or_else(|| format!("“{}” is no 32-bit number", shorten(word)))?,
                    );
                }
            }
            n_rows += 1;
            let found = values.len() - start;
            if n_rows > 1 && found != block[2] {
                return Err(format!(
                    "row {n_rows} has {found} numbers and row 1 has {}",
                    block[2]
                ));
            }
            block[2] = found;
        }
        block[0] += 1;
        let found = tokens.len();
        if block[0] > 1 && found != block[1] {
            return Err(format!(
                "sample {} has {found} rows and sample 1 has {}",
                block[0], block[1]
            ));
        }
        block[1] = found;
    }
    if values.is_empty() {
        return Err("there is no number".to_owned());
    }
    Ok((block, values))
}

/// A number, NaN or an infinity; `None` for a word that is none, and for a number that `f32` does not reach.
fn read_value(word: &str) -> Option<f32> {
    Some(match &*word.to_ascii_lowercase() {
        "nan" => f32::NAN,
        "inf" => f32::INFINITY,
        "-inf" => f32::NEG_INFINITY,
        #[allow(clippy::cast_possible_truncation)]
        word => {
            let value = parse_number(word)? as f32;
            return value.is_finite().then_some(value);
        }
    })
}
