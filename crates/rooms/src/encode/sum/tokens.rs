//! The words of the sentence with their vectors, and which of them are read.

use std::borrow::Cow;

use figures::Axis;
use maths::schemes::{EncodingSpec, EncodingTable};
use maths::words::WordSum;

use super::super::sentence::{added, embedding};
use super::super::state::EncodeState;
use crate::rich::given;
use crate::sentence::Sentence;

/// Said in place of a figure without words.
pub const EMPTY: &str = "No words: type a sentence.";

/// Said of one.
pub const NO_WORDS: &str = "No words, so nothing to add: type a sentence of at least one word.";

/// The sentence, as words, and E, PE and E + PE.
#[derive(Default)]
pub struct Tokens {
    /// The words.
    pub sentence: Sentence,
    /// PE. (T, d)
    pub encoding: EncodingTable,
    /// E and E + PE with all lengths. (T, d)
    pub sum: WordSum,
    /// The largest of all finite values of the three tables, without signs.
    pub reach: f32,
    /// Of the token that is read: ‖E‖, ‖PE‖, ‖E + PE‖; NaN where its position has no row.
    pub lengths: [f32; 3],
}

/// Two tokens: the one that is read, and the one that it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The token that is read.
    pub p: usize,
    /// The next one of the same word, else the next one, else itself.
    pub q: usize,
    /// Whether it is the same word.
    pub is_same: bool,
}

/// What can be said of two tokens: the one that is read, and the one that it is compared with.
pub struct Compared {
    /// Their words.
    pub words: [String; 2],
    /// Where they stand.
    pub positions: [u64; 2],
    /// Whether it is the same word.
    pub is_same: bool,
    /// The cosine of their embeddings; none where one of them is zero.
    pub before: Option<f64>,
    /// The same with their positions; none where a position has no row, too.
    pub after: Option<f64>,
}

/// How long a token's vectors are.
#[derive(Clone, Copy)]
pub struct Lengths {
    /// ‖E‖.
    pub embedding: f64,
    /// ‖PE‖; none where the position has no row.
    pub encoding: Option<f64>,
    /// ‖E + PE‖; none there, too.
    pub sum: Option<f64>,
}

impl Tokens {
    /// Brings words and tables up to this state.
    pub fn update(&mut self, state: &EncodeState) -> &Self {
        if self.sentence.text() != state.text {
            self.sentence = Sentence::new(state.text.clone());
        }
        self.encoding.update(EncodingSpec {
            scheme: added(state),
            seq_len: self.sentence.n_words(),
            d_model: state.d_model,
            start: state.start,
        });
        let is_new = self
            .sum
            .update(self.sentence.hashes(), embedding(state), &self.encoding);
        if is_new {
            let tables = [
                self.sum.embeddings(),
                self.encoding.values(),
                self.sum.sum(),
            ];
            self.reach = tables.iter().fold(0.0, |reach, table| {
                let sizes = table.iter().map(|value| value.abs());
                sizes.filter(|size| size.is_finite()).fold(reach, f32::max)
            });
        }
        if let Some(lengths) = self.pair(state).and_then(|pair| self.norms(pair.p)) {
            self.lengths = lengths;
        }
        self
    }

    /// The token that is read with the one it is compared with; none without words.
    pub fn pair(&self, state: &EncodeState) -> Option<Pair> {
        let n = self.sentence.hashes().len();
        let last = n.checked_sub(1)?;
        let again = |p: usize| {
            let hash = self.sentence.hashes().get(p)?;
            let others = (p + 1..n).chain(0..p);
            others
                .into_iter()
                .find(|&q| self.sentence.hashes().get(q) == Some(hash))
        };
        let chosen = state
            .pos
            .map(|pos| last.min(pos.saturating_sub(state.start) as usize));
        let first_again = || (0..n).find(|&p| again(p).is_some());
        let p = chosen.or_else(first_again).unwrap_or_default();
        Some(match again(p) {
            Some(q) => Pair {
                p,
                q,
                is_same: true,
            },
            None => Pair {
                p,
                q: if p < last { p + 1 } else { p.saturating_sub(1) },
                is_same: false,
            },
        })
    }

    /// What can be said of the two.
    pub fn compared(&self, state: &EncodeState) -> Option<Compared> {
        let Pair { p, q, is_same } = self.pair(state)?;
        let cosines = self.sum.cosines(p, q);
        let [before, after] =
            [cosines.embedding, cosines.sum].map(|it| it.is_finite().then_some(it));
        Some(Compared {
            words: [p, q].map(|idx| self.word(idx)),
            positions: [p, q].map(|idx| state.start + idx as u64),
            is_same,
            before,
            after,
        })
    }

    /// The token at a position, where there is one.
    pub fn token_at(&self, state: &EncodeState, position: u64) -> Option<usize> {
        let idx = usize::try_from(position.checked_sub(state.start)?).ok()?;
        (idx < self.sentence.n_words()).then_some(idx)
    }

    /// The word of a token, as sentences have it.
    pub fn word(&self, idx: usize) -> String {
        self.sentence
            .words()
            .get(idx)
            .map_or_else(String::new, |word| given(word))
    }

    /// How long a token's vectors are; none for a token that there is not.
    pub fn lengths_of(&self, idx: usize) -> Option<Lengths> {
        let [embedding, encoding, sum] = self.norms(idx)?.map(f64::from);
        let [encoding, sum] = [encoding, sum].map(|it| it.is_finite().then_some(it));
        Some(Lengths {
            embedding,
            encoding,
            sum,
        })
    }

    /// ‖E‖, ‖PE‖ and ‖E + PE‖ of a token, NaN where its position has no row.
    fn norms(&self, idx: usize) -> Option<[f32; 3]> {
        let norms = self.sum.norms();
        let of = |norms: &[f32]| norms.get(idx).copied();
        Some([of(&norms.embedding)?, of(&norms.encoding)?, of(&norms.sum)?])
    }

    /// The positions of the words, under their words.
    pub fn axis(&self, state: &EncodeState) -> Axis<'_> {
        Axis {
            names: Cow::Borrowed(self.sentence.shown()),
            ..Axis::cells("position", "word", state.start, self.sentence.n_words())
        }
    }
}
