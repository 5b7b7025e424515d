//! What the part keeps from frame to frame: a text with a start mark, and what two heads make of it.

use maths::schemes::{EncodingSpec, EncodingTable, Scheme};
use maths::transformer::Induction;
use maths::words::{EmbeddingSpec, WordSum, shuffled, word_hash};

use super::super::model::{BASE, SINUSOIDAL};
use super::super::state::AttendState;
use crate::memo::Memo;
use crate::sentence::Sentence;

/// Stands before the first word, so that it has something to look at. Typed, it would be cut into three words.
pub const START: &str = "<s>";

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    continued: Memo<TextSpec, Continued>,
}

/// What the heads and their text depend on.
#[derive(Clone, Debug, PartialEq)]
struct TextSpec {
    sentence: Sentence,
    d_model: usize,
    seed: u64,
    sharpness: f64,
    has_positions: bool,
    is_shuffled: bool,
}

/// The word that most of a slot is, by its number among the distinct ones, and how much of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Slot {
    /// The number of the word.
    pub word: usize,
    /// Its part of the slot.
    pub share: f64,
}

/// A text, and what the heads make of it.
#[derive(Default)]
pub struct Continued {
    /// The start mark and the words, in the order in which the heads read them, as they stand at an axis. (n)
    pub shown: Vec<String>,
    /// The number of each among the distinct ones. (n)
    distinct_of: Vec<usize>,
    /// Every word once, as it stands at an axis.
    pub distinct: Vec<String>,
    positions: EncodingTable,
    sum: WordSum,
    heads: Induction,
    /// The weights of both heads, (head, query, key).
    pub maps: Vec<f32>,
    /// What stands in each slot. (n)
    pub slots: Vec<Slot>,
    /// Slot and word of each place, as they stand at an axis. (n)
    pub places: Vec<String>,
    /// How much of each distinct word the last word gets.
    pub shares: Vec<f32>,
    /// The distinct words that follow the last one elsewhere in the sentence as it was typed.
    pub expected: Vec<usize>,
    /// Grows with every change.
    pub version: u64,
}

impl Kept {
    /// What the heads make of the text of a state.
    pub fn continued(&mut self, state: &AttendState) -> &Continued {
        let spec = TextSpec {
            sentence: state.sentence(0),
            d_model: state.d_model,
            seed: state.seed,
            sharpness: state.sharpness,
            has_positions: state.positions,
            is_shuffled: state.shuffled,
        };
        self.continued.get(spec.clone(), |it| it.fill(&spec))
    }
}

/// The places of the words in the sentence, in the order in which the heads read them. The last one stays where it is: it is the
/// one that is continued.
pub fn order(n_words: usize, is_shuffled: bool, seed: u64) -> Vec<usize> {
    match n_words.checked_sub(1) {
        Some(last) if is_shuffled => {
            let mut order = shuffled(last, seed);
            order.push(last);
            order
        }
        _ => (0..n_words).collect(),
    }
}

/// From how much on a slot is said to hold a word.
const MOSTLY: f64 = 0.5;

impl Continued {
    fn fill(&mut self, spec: &TextSpec) {
        let sentence = &spec.sentence;
        let typed = sentence.hashes();
        let order = order(typed.len(), spec.is_shuffled, spec.seed);
        let mut hashes = vec![word_hash(START)];
        hashes.extend(order.iter().map(|&place| typed[place]));
        self.shown = vec![START.to_owned()];
        let shown = order.iter().map(|&place| sentence.shown()[place].clone());
        self.shown.extend(shown);
        self.number_words(&hashes);
        self.attend(spec, &hashes);
        self.fill_slots();
        self.share_out();
        let number = |hash: u64| hashes.iter().position(|&it| it == hash);
        let followed = typed.windows(2).filter(|it| typed.last() == Some(&it[0]));
        self.expected = followed
            .filter_map(|it| Some(self.distinct_of[number(it[1])?]))
            .collect();
        self.expected.sort_unstable();
        self.expected.dedup();
        self.version += 1;
    }

    /// Gives every word its number among the distinct ones.
    fn number_words(&mut self, hashes: &[u64]) {
        self.distinct.clear();
        self.distinct_of.clear();
        for (place, hash) in hashes.iter().enumerate() {
            let first = hashes.iter().position(|it| it == hash).unwrap_or(place);
            if first == place {
                self.distinct_of.push(self.distinct.len());
                self.distinct.push(self.shown[place].clone());
            } else {
                self.distinct_of.push(self.distinct_of[first]);
            }
        }
    }

    fn attend(&mut self, spec: &TextSpec, hashes: &[u64]) {
        self.positions.update(EncodingSpec {
            scheme: if spec.has_positions {
                SINUSOIDAL
            } else {
                Scheme::None
            },
            seq_len: hashes.len(),
            d_model: spec.d_model,
            start: 0,
        });
        let embedding = EmbeddingSpec {
            d_model: spec.d_model,
            std: 1.0,
            seed: spec.seed,
            scaled: false,
        };
        self.sum.update(hashes, embedding, &self.positions);
        let (words, positions) = (self.sum.embeddings(), self.positions.values());
        self.heads.update(words, positions, spec.sharpness, BASE);
        self.maps.clear();
        let maps = [0, 1].map(|head_idx| self.heads.map(head_idx));
        self.maps.extend(maps.iter().flat_map(|map| map.iter()));
    }

    /// What the first head has put into each slot.
    fn fill_slots(&mut self) {
        let mut shares = vec![0.0; self.distinct.len()];
        self.slots.clear();
        for weights in self.heads.map(0).rows() {
            shares.fill(0.0);
            for (&weight, &word) in weights.iter().zip(&self.distinct_of) {
                shares[word] += f64::from(weight);
            }
            let largest = shares.iter().copied().enumerate();
            let largest = largest.max_by(|(_, a), (_, b)| a.total_cmp(b));
            let (word, share) = largest.unwrap_or_default();
            self.slots.push(Slot { word, share });
        }
        let places = self.slots.iter().zip(&self.shown).map(|(slot, word)| {
            let held = if slot.share > MOSTLY {
                &self.distinct[slot.word]
            } else {
                "?"
            };
            // The mark keeps the note on the left of words that run to the left.
            format!("[{held}]\u{200e} {word}")
        });
        self.places = places.collect();
    }

    /// How much of each distinct word the last one gets.
    fn share_out(&mut self) {
        self.shares.clear();
        self.shares.resize(self.distinct.len(), 0.0);
        let row = self.maps.len() - self.distinct_of.len();
        for (weight, &word) in self.maps[row..].iter().zip(&self.distinct_of) {
            self.shares[word] += weight;
        }
    }

    /// The weights of the second head from the last word. (n)
    pub fn last_row(&self) -> &[f32] {
        &self.maps[self.maps.len() - self.n_tokens()..]
    }

    /// At how many places a distinct word stands.
    pub fn n_places(&self, word: usize) -> usize {
        self.distinct_of.iter().filter(|it| **it == word).count()
    }

    /// The score of the second head at a word that stands right after the last one's likes; none where it does so never, or at
    /// several places.
    pub fn score_after(&self, word: usize) -> Option<f32> {
        let last = self.last();
        let pairs = self.distinct_of.windows(2).zip(1..);
        let mut places = pairs.filter(|(pair, _)| **pair == [last, word]);
        let (_, key) = places.next()?;
        if places.next().is_some() {
            return None;
        }
        Some(self.weight(1, [self.n_tokens() - 1, key])?[1])
    }

    /// The start mark and the words.
    pub fn n_tokens(&self) -> usize {
        self.shown.len()
    }

    /// The number of the last word among the distinct ones.
    pub fn last(&self) -> usize {
        self.distinct_of.last().copied().unwrap_or_default()
    }

    /// A weight of one of the heads, and the score that it is made from.
    pub fn weight(&self, head_idx: usize, at: [usize; 2]) -> Option<[f32; 2]> {
        let (map, scores) = (self.heads.map(head_idx), self.heads.scores(head_idx));
        Some([*map.get(at)?, *scores.get(at)?])
    }

    /// How much the first head gives the word before, at least and in the mean, over all words.
    pub fn noted(&self) -> [f64; 2] {
        let map = self.heads.map(0);
        let weights = (1..self.n_tokens()).map(|place| f64::from(map[[place, place - 1]]));
        let (least, sum) = weights.fold((1.0_f64, 0.0), |(least, sum), weight| {
            (least.min(weight), sum + weight)
        });
        [least, sum / (self.n_tokens() - 1).max(1) as f64]
    }

    /// How much the second head gives, from the last word, to the places after words like it.
    pub fn found(&self) -> f64 {
        let last = Some(self.last());
        let before = std::iter::once(None).chain(self.distinct_of.iter().copied().map(Some));
        let weights = self.last_row().iter().zip(before);
        let right = weights.filter(|(_, before)| *before == last);
        right.map(|(&weight, _)| f64::from(weight)).sum()
    }
}
