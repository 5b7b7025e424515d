//! The sentences that the parts open with, and what is taken of one that somebody typed.

use crate::platform::lower_case;
use crate::sentence::{self, Sentence};

/// The most words of a sentence.
pub const MOST_WORDS: usize = 64;

/// What is allowed, in words.
pub const ALLOWED: &str = "up to 64 words and 1000 characters";

/// What the room opens with.
pub const DEFAULT: [&str; 2] = USUAL[0];

/// The two sentences of each opening scene.
pub const USUAL: [[&str; 2]; 5] = [
    ["dog bites man", "man bites dog"],
    [
        "the dog bit the man . the dog",
        "the man bit the dog . the man",
    ],
    [
        "the dog bit the man and the cat saw the dog",
        "the cat saw the dog and the dog bit the man",
    ],
    [
        "the man sat by the river bank",
        "the man took money from the bank",
    ],
    // Without padding and with it.
    ["the dog bit the man", "the dog bit the man PAD PAD PAD"],
];

/// The words with hand-written features that have more than one meaning.
const AMBIGUOUS: [&str; 2] = ["bank", "mouse"];

/// The last of these in a sentence.
pub fn ambiguous(sentence: &Sentence) -> Option<usize> {
    let words = sentence.words();
    words
        .iter()
        .rposition(|word| AMBIGUOUS.contains(&&*lower_case(word)))
}

/// What is taken of a text: as many words as a sentence may have. Says how much is used where that is not all.
pub fn taken(text: &str) -> (Sentence, Result<(), String>) {
    let (text, result) = sentence::taken(text);
    let sentence = Sentence::new(text);
    if sentence.n_words() <= MOST_WORDS {
        return (sentence, result);
    }
    let text = sentence.text();
    let end = sentence
        .words()
        .iter()
        .take(MOST_WORDS)
        .fold(0, |end, word| {
            // Words stand in the text in their order.
            text[end..]
                .find(word.as_str())
                .map_or(end, |at| end + at + word.len())
        });
    let cut = Sentence::new(text[..end].to_owned());
    (cut, Err(format!("its first {MOST_WORDS} words are used")))
}

#[cfg(test)]
mod tests {
    use super::{MOST_WORDS, USUAL, taken};

    #[test]
    fn as_many_words_are_taken_as_a_sentence_may_have() {
        let (sentence, result) = taken("a bb  a ");
        assert_eq!((sentence.text(), result), ("a bb  a ", Ok(())));
        let long = "ab, a ".repeat(40);
        let (sentence, result) = taken(&long);
        assert_eq!(sentence.n_words(), MOST_WORDS);
        assert!(long.starts_with(sentence.text()));
        assert!(result.is_err());
    }

    #[test]
    fn scenes_have_two_sentences_each() {
        for scene in USUAL {
            for text in scene {
                assert!((1..=MOST_WORDS).contains(&taken(text).0.n_words()));
            }
        }
    }
}
