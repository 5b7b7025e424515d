//! The features that are written down by hand, and the words that have them.

use crate::platform::lower_case;
use crate::python::Library;

/// How many features there are.
pub const N_FEATURES: usize = 7;

/// What they are, in their order.
pub const FEATURES: [&str; N_FEATURES] = [
    "water", "finance", "animal", "device", "person", "action", "place",
];

/// A word and its features: 1 for each that it has to do with.
pub type Written = (&'static str, [u8; N_FEATURES]);

/// All words that have features. Two of them have several meanings.
pub const WORDS: &[Written] = &[
    ("bank", [1, 1, 0, 0, 0, 0, 1]),
    ("river", [1, 0, 0, 0, 0, 0, 0]),
    ("water", [1, 0, 0, 0, 0, 0, 0]),
    ("boat", [1, 0, 0, 0, 0, 0, 0]),
    ("money", [0, 1, 0, 0, 0, 0, 0]),
    ("loan", [0, 1, 0, 0, 0, 0, 0]),
    ("mouse", [0, 0, 1, 1, 0, 0, 0]),
    ("cat", [0, 0, 1, 0, 0, 0, 0]),
    ("dog", [0, 0, 1, 0, 0, 0, 0]),
    ("screen", [0, 0, 0, 1, 0, 0, 0]),
    ("clicked", [0, 0, 0, 1, 0, 1, 0]),
    ("man", [0, 0, 0, 0, 1, 0, 0]),
    ("woman", [0, 0, 0, 0, 1, 0, 0]),
    ("sat", [0, 0, 0, 0, 0, 1, 0]),
    ("saw", [0, 0, 0, 0, 0, 1, 0]),
    ("took", [0, 0, 0, 0, 0, 1, 0]),
    ("house", [0, 0, 0, 0, 0, 0, 1]),
];

/// Where a word stands in the list.
pub fn row_of(word: &str) -> Option<usize> {
    let word = lower_case(word);
    WORDS.iter().position(|(written, _)| **written == *word)
}

/// The features of a word; all 0 for one that is not in the list.
pub fn features_of(word: &str) -> [f32; N_FEATURES] {
    row_of(word).map_or([0.0; N_FEATURES], |row| WORDS[row].1.map(f32::from))
}

/// The list as Python has it: `written`, a list for each word.
pub fn python(title: &str, library: Library) -> String {
    let import = library.pick("numpy as np", "torch");
    let features = FEATURES.join(", ");
    let words = WORDS.iter().map(|(word, features)| {
        let features = features.map(|feature| feature.to_string());
        format!("    {word}=[{}],\n", features.join(", "))
    });
    let words: String = words.collect();
    format!(
        "import {import}\n\n# {title}\n# Written by hand, not learned: {features}\nwritten = dict(\n{words})\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{WORDS, features_of, row_of};

    #[test]
    fn every_word_has_features_and_stands_once() {
        for (row, (word, features)) in WORDS.iter().enumerate() {
            assert_eq!(row_of(word), Some(row));
            assert!(features.contains(&1), "{word}");
            assert!(features.iter().all(|it| *it <= 1), "{word}");
        }
        assert_eq!(row_of("River"), Some(1));
        assert_eq!(features_of("the"), [0.0; 7]);
    }
}
