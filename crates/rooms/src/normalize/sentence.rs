//! The sentence whose words are normalised.

use std::sync::{Arc, OnceLock};

use maths::words::word_hash;

use crate::platform::{lower_case, words};
use crate::sentence::{USUAL, taken};

/// A sentence and its words. Clones share them.
#[derive(Clone, Debug)]
pub struct Sentence(Arc<Cut>);

#[derive(Debug)]
struct Cut {
    text: String,
    /// The words, and what they are in lower case as numbers; made when first asked for.
    words: OnceLock<(Vec<String>, Vec<u64>)>,
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
    fn new(text: String) -> Self {
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

    fn cut(&self) -> &(Vec<String>, Vec<u64>) {
        self.0.words.get_or_init(|| {
            let words = words(&self.0.text);
            let hashes = words.iter().map(|word| word_hash(&lower_case(word)));
            let hashes = hashes.collect();
            (words, hashes)
        })
    }

    /// Its words.
    pub fn words(&self) -> &[String] {
        &self.cut().0
    }

    /// The same in lower case, as numbers: where they are equal the word is the same.
    pub fn hashes(&self) -> &[u64] {
        &self.cut().1
    }

    /// The word of a token, where there are words: after its end the sentence begins again.
    pub fn word_at(&self, row_idx: usize) -> Option<&str> {
        let n_words = self.words().len().max(1);
        self.words().get(row_idx % n_words).map(String::as_str)
    }
}
