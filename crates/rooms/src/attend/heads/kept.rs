//! What the part keeps from frame to frame: four heads and one on the sentence, and what is read from them.

use maths::transformer::built::Look;
use maths::transformer::several::{
    N_HEADS, N_QUESTIONS, Readouts, Several, SeveralSpec, word_vectors,
};
use ndarray::Array2;

use super::super::state::{AttendState, Role};
use crate::memo::Memo;
use crate::sentence::Sentence;

/// Which word is asked for.
pub const QUESTIONS: [&str; N_QUESTIONS] = ["before", "after", "itself", "first"];

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    heads: Memo<(Sentence, SeveralSpec), Heads>,
    measured: Memo<(usize, SeveralSpec), Measured>,
}

/// The heads on the words of the sentence.
#[derive(Default)]
pub struct Heads {
    /// The four heads and the one.
    pub several: Several,
    /// The scores of the four heads, then of the one. (5 · n · n)
    pub scores: Vec<f32>,
    /// Their weights. (5 · n · n)
    pub weights: Vec<f32>,
    /// Grows with every change.
    pub version: u64,
}

/// What a readout finds in their outputs.
pub struct Measured {
    /// What is asked.
    pub questions: Vec<String>,
    /// Of the four heads and of the one, for each question.
    pub readouts: Readouts,
    /// The same beside each other. (questions, 2)
    pub beside: Array2<f32>,
    /// Grows with every change.
    pub version: u64,
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            questions: QUESTIONS.map(str::to_owned).into(),
            readouts: Readouts::default(),
            beside: Array2::zeros((N_QUESTIONS, 2)),
            version: 0,
        }
    }
}

impl Kept {
    /// The heads in this state.
    pub fn heads(&mut self, state: &AttendState) -> &Heads {
        let (sentence, spec) = (state.sentence(0), spec(state));
        self.heads.get((sentence.clone(), spec), |heads| {
            let words = word_vectors(sentence.hashes(), N_HEADS * spec.d, spec.seed);
            heads.several.update(&spec, words.view());
            let Several {
                four,
                scores,
                weights,
                ..
            } = &heads.several;
            for (kept, [four, one]) in [
                (&mut heads.scores, [&four.scores, scores]),
                (&mut heads.weights, [&four.weights, weights]),
            ] {
                kept.clear();
                kept.extend(four.iter().chain(one));
            }
            heads.version += 1;
        })
    }

    /// The heads in this state, and what is read from their outputs.
    pub fn both(&mut self, state: &AttendState) -> (&Heads, &Measured) {
        self.heads(state);
        self.measured(state);
        (&self.heads, &self.measured)
    }

    /// What is read from their outputs, of random sentences with as many words.
    pub fn measured(&mut self, state: &AttendState) -> &Measured {
        let (n_words, spec) = (state.sentence(0).n_words(), spec(state));
        self.measured.get((n_words, spec), |measured| {
            measured.readouts.update(&spec, n_words);
            let Readouts { four, one, .. } = &measured.readouts;
            for (mut row, values) in measured
                .beside
                .rows_mut()
                .into_iter()
                .zip(four.iter().zip(one))
            {
                (row[0], row[1]) = (*values.0, *values.1);
            }
            measured.version += 1;
        })
    }
}

/// What the heads depend on, but for the words.
pub fn spec(state: &AttendState) -> SeveralSpec {
    SeveralSpec {
        looks: state.roles().map(look),
        d: numbers_per_head(state),
        sharpness: state.sharpness,
        seed: state.seed,
    }
}

/// How many numbers of a word each of four heads hands on: a quarter of the width, in pairs.
pub fn numbers_per_head(state: &AttendState) -> usize {
    state.d_model / (2 * N_HEADS) * 2
}

/// What a head looks at.
fn look(role: Role) -> Look {
    match role {
        Role::Previous => Look::Offset(-1),
        Role::Next => Look::Offset(1),
        Role::Same => Look::Same,
        Role::First => Look::First,
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, numbers_per_head};
    use crate::attend::state::{AttendPart, AttendState};

    fn opened() -> AttendState {
        AttendState {
            part: AttendPart::Heads,
            ..AttendState::default()
        }
    }

    #[test]
    fn as_it_opens_four_heads_know_everything_and_one_knows_itself() {
        let mut kept = Kept::default();
        let measured = kept.measured(&opened());
        assert!(measured.readouts.four.iter().all(|part| *part > 0.98));
        assert!(measured.readouts.one[2] > 0.98);
        assert!([0, 1, 3].iter().all(|it| measured.beside[[*it, 1]] < 0.1));
    }

    /// “dog” of “the dog bit the man and the cat saw the dog”.
    #[test]
    fn each_head_looks_at_what_it_is_for() {
        let mut kept = Kept::default();
        let heads = kept.heads(&opened());
        let n = 11;
        let weight = |head: usize, key: usize| heads.weights[(head * n + 1) * n + key];
        for (head, key, least) in [(0, 0, 0.75), (1, 2, 0.75), (2, 1, 0.49), (3, 0, 0.75)] {
            assert!(
                weight(head, key) > least,
                "head {head}: {}",
                weight(head, key)
            );
        }
        // The same word stands at the end.
        assert_eq!(weight(2, 1), weight(2, 10));
    }

    #[test]
    fn heads_share_the_width_in_pairs() {
        for (d_model, d) in [
            (8, 2),
            (10, 2),
            (14, 2),
            (16, 4),
            (64, 16),
            (254, 62),
            (256, 64),
        ] {
            let state = AttendState {
                d_model,
                ..opened()
            };
            assert_eq!(numbers_per_head(&state), d);
        }
    }
}
