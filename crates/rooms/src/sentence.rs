//! A sentence that somebody typed: what rooms that show words open with, what they take, and its words.

use std::sync::{Arc, OnceLock};

use maths::words::word_hash;

use crate::platform::{lower_case, words};
use crate::rich::harmless;

/// The sentence that is there until somebody types one.
pub const USUAL: &str = "the dog bit the man";

/// What is allowed, in words.
pub const ALLOWED: &str = "up to 1000 characters";

/// So many characters are taken.
const MOST_CHARS: usize = 1000;

/// What is taken of a text: what is not a character becomes a blank, what is too long is cut at one. Says how much is
/// used where that is not all.
pub fn taken(text: &str) -> (String, Result<(), String>) {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    let mut rest = text.chars();
    let mut kept: String = rest.by_ref().take(MOST_CHARS).map(blank).collect();
    if rest.next().is_none() {
        return (kept, Ok(()));
    }
    if let Some(end) = kept.rfind(' ') {
        kept.truncate(end);
    }
    let n_used = kept.chars().count();
    (kept, Err(format!("its first {n_used} characters are used")))
}

/// A sentence and its words. Clones share them.
#[derive(Clone, Debug)]
pub struct Sentence(Arc<Cut>);

#[derive(Debug)]
struct Cut {
    text: String,
    /// Made when first asked for.
    words: OnceLock<Words>,
}

/// The words of a text. (T) each
#[derive(Debug)]
struct Words {
    /// As they were typed.
    typed: Vec<String>,
    /// The same, as they stand at an axis.
    shown: Vec<String>,
    /// The same in lower case, as numbers: where they are equal the word is the same.
    hashes: Vec<u64>,
}

impl Default for Sentence {
    fn default() -> Self {
        static SHARED: OnceLock<Sentence> = OnceLock::new();
        SHARED.get_or_init(|| Self::new(USUAL.to_owned())).clone()
    }
}

impl PartialEq for Sentence {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.text == other.0.text
    }
}

impl Sentence {
    /// A text with its words, which are cut when they are first asked for.
    pub fn new(text: String) -> Self {
        let words = OnceLock::new();
        Self(Arc::new(Cut { text, words }))
    }

    /// As it stands in its field.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// As it stands in the link; `None` for the usual one.
    pub fn written(&self) -> Option<String> {
        (self.text() != USUAL).then(|| self.text().to_owned())
    }

    /// Takes a text as it was typed.
    pub fn read(&mut self, text: &str) -> Result<(), String> {
        let (text, result) = taken(text);
        *self = Self::new(text);
        result
    }

    fn cut(&self) -> &Words {
        self.0.words.get_or_init(|| {
            let typed = words(&self.0.text);
            Words {
                shown: typed.iter().map(|word| harmless(word)).collect(),
                hashes: typed
                    .iter()
                    .map(|word| word_hash(&lower_case(word)))
                    .collect(),
                typed,
            }
        })
    }

    /// How many words there are.
    pub fn n_words(&self) -> usize {
        self.words().len()
    }

    /// Its words, as they were typed.
    pub fn words(&self) -> &[String] {
        &self.cut().typed
    }

    /// The same, as they stand at an axis.
    pub fn shown(&self) -> &[String] {
        &self.cut().shown
    }

    /// The same in lower case, as numbers: where they are equal the word is the same.
    pub fn hashes(&self) -> &[u64] {
        &self.cut().hashes
    }

    /// The word of a token, where there are words: after its end the sentence begins again.
    pub fn word_at(&self, row_idx: usize) -> Option<&str> {
        let n_words = self.words().len().max(1);
        self.words().get(row_idx % n_words).map(String::as_str)
    }
}
