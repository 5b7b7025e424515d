//! What the part keeps from frame to frame: what a word takes in, in both sentences.

use maths::transformer::softmax;
use ndarray::Array2;

use super::super::state::AttendState;
use super::written::{N_FEATURES, WORDS, features_of};
use crate::memo::Memo;
use crate::platform::lower_case;
use crate::sentence::Sentence;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    context: Memo<([Sentence; 2], usize, f64), Context>,
    /// The list of words.
    pub list: List,
}

/// The list of words with features, as a figure has it.
pub struct List {
    /// The words.
    pub names: Vec<String>,
    /// Their features. (words, features)
    pub features: Array2<f32>,
    /// The same, feature by feature. (features, words)
    pub columns: Array2<f32>,
}

impl Default for List {
    fn default() -> Self {
        let value = |word: usize, feature: usize| f32::from(WORDS[word].1[feature]);
        Self {
            names: WORDS.iter().map(|(word, _)| (*word).to_owned()).collect(),
            features: Array2::from_shape_fn((WORDS.len(), N_FEATURES), |(word, feature)| {
                value(word, feature)
            }),
            columns: Array2::from_shape_fn((N_FEATURES, WORDS.len()), |(feature, word)| {
                value(word, feature)
            }),
        }
    }
}

/// A word in two sentences.
#[derive(Default)]
pub struct Context {
    /// The word as it was typed; none without words.
    pub word: Option<String>,
    /// Its own features.
    pub before: [f32; N_FEATURES],
    /// What becomes of it in each sentence.
    pub taken: [Taken; 2],
    /// Its features before, in the first sentence and in the second one; no rows without words. (3 · features)
    pub outputs: Vec<f32>,
    /// The same, a row for each feature. (features, 3)
    pub turned: Array2<f32>,
    /// The columns of the CSV: which sentence a row is of, 1 or 2.
    pub sentences: Vec<f32>,
    /// Its words, and `after` at the end of each sentence.
    pub words: Vec<String>,
    /// Scores, weights, and what each word adds to each feature.
    pub columns: [Vec<f32>; 2 + N_FEATURES],
    /// Grows with every change.
    pub version: u64,
}

/// What a word takes in from the words around it.
#[derive(Default)]
pub struct Taken {
    /// Where it stands; none where the sentence does not have it.
    pub place: Option<usize>,
    /// The features of all words. (T)
    pub features: Vec<[f32; N_FEATURES]>,
    /// Sharpness times the features that it shares with each word; NaN where it looks at nothing: at itself and at words
    /// without features. (T)
    pub scores: Vec<f32>,
    /// Their softmax; 0 where it looks at nothing. (T)
    pub weights: Vec<f32>,
    /// Its own features, and those of the others times their weights.
    pub after: [f32; N_FEATURES],
}

impl Taken {
    fn fill(&mut self, sentence: &Sentence, place: Option<usize>, sharpness: f64) {
        self.place = place;
        self.features.clear();
        let words = sentence.words().iter();
        self.features.extend(words.map(|word| features_of(word)));
        self.scores.clear();
        self.weights.clear();
        self.after = [f32::NAN; N_FEATURES];
        let Some(own) = place.and_then(|place| self.features.get(place)).copied() else {
            self.scores.resize(self.features.len(), f32::NAN);
            self.weights.resize(self.features.len(), f32::NAN);
            return;
        };
        for (key, features) in self.features.iter().enumerate() {
            let is_seen = Some(key) != place && features.iter().any(|it| *it != 0.0);
            let score = sharpness * f64::from(n_shared(&own, features));
            self.scores
                .push(if is_seen { score as f32 } else { f32::NAN });
        }
        self.weights.resize(self.features.len(), 0.0);
        softmax(&self.scores, &mut self.weights);
        for (feature, (after, own)) in self.after.iter_mut().zip(own).enumerate() {
            let added = self.features.iter().zip(&self.weights);
            let added: f64 = added
                .map(|(features, weight)| f64::from(features[feature]) * f64::from(*weight))
                .sum();
            *after = (f64::from(own) + added) as f32;
        }
    }

    /// Whether it looks at this word.
    pub fn sees(&self, key: usize) -> bool {
        self.scores.get(key).is_some_and(|score| !score.is_nan())
    }

    /// At how many words it looks.
    pub fn n_seen(&self) -> usize {
        self.scores.iter().filter(|score| !score.is_nan()).count()
    }

    /// The word at which it looks most, the first of several; none where it looks at nothing.
    pub fn strongest(&self) -> Option<usize> {
        let seen = (0..self.scores.len()).filter(|key| self.sees(*key));
        seen.rev()
            .max_by(|a, b| self.weights[*a].total_cmp(&self.weights[*b]))
    }
}

impl Context {
    fn fill(&mut self, sentences: &[Sentence; 2], query: usize, sharpness: f64) {
        let typed = sentences[0].words().get(query);
        self.word = typed.cloned();
        self.before = typed.map_or([0.0; N_FEATURES], |word| features_of(word));
        let places = [
            typed.map(|_| query),
            typed.and_then(|word| last_place(&sentences[1], word)),
        ];
        for ((taken, sentence), place) in self.taken.iter_mut().zip(sentences).zip(places) {
            taken.fill(sentence, place, sharpness);
        }
        let rows = [self.before, self.taken[0].after, self.taken[1].after];
        self.turned = Array2::from_shape_fn((N_FEATURES, 3), |(feature, row)| rows[row][feature]);
        self.outputs.clear();
        if typed.is_some() {
            self.outputs.extend(rows.as_flattened());
        }
        self.fill_columns(sentences);
        self.version += 1;
    }

    fn fill_columns(&mut self, sentences: &[Sentence; 2]) {
        self.sentences.clear();
        self.words.clear();
        for column in &mut self.columns {
            column.clear();
        }
        let [scores, weights, features @ ..] = &mut self.columns;
        for ((taken, sentence), number) in self.taken.iter().zip(sentences).zip([1.0, 2.0]) {
            let Some(place) = taken.place else {
                continue;
            };
            self.words.extend(sentence.words().iter().cloned());
            self.words.push("after".to_owned());
            self.sentences.resize(self.words.len(), number);
            scores.extend_from_slice(&taken.scores);
            scores.push(f32::NAN);
            weights.extend_from_slice(&taken.weights);
            weights.push(f32::NAN);
            // Its own features are kept as they are.
            weights[self.words.len() - 1 - sentence.n_words() + place] = f32::NAN;
            for (feature, column) in features.iter_mut().enumerate() {
                let added = taken.features.iter().zip(&taken.weights).enumerate();
                column.extend(added.map(|(key, (features, weight))| {
                    let factor = if key == place { 1.0 } else { *weight };
                    features[feature] * factor
                }));
                column.push(taken.after[feature]);
            }
        }
    }
}

impl Kept {
    /// What the word that is read takes in, in both sentences.
    pub fn context(&mut self, state: &AttendState) -> &Context {
        let sentences = [0, 1].map(|order| state.sentence(order));
        let (query, sharpness) = (state.query(), state.sharpness);
        let of = (sentences.clone(), query, sharpness);
        self.context
            .get(of, |context| context.fill(&sentences, query, sharpness))
    }
}

/// How many features two words share: their dot product.
pub fn n_shared(a: &[f32; N_FEATURES], b: &[f32; N_FEATURES]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Where a word stands in a sentence, the last time.
pub fn last_place(sentence: &Sentence, word: &str) -> Option<usize> {
    let word = lower_case(word);
    let mut words = sentence.words().iter();
    words.rposition(|it| lower_case(it) == word)
}

#[cfg(test)]
mod tests {
    use super::super::written::WORDS;
    use super::{Context, Kept, last_place};
    use crate::attend::sentences::{USUAL, ambiguous};
    use crate::attend::state::{AttendPart, AttendState};
    use crate::sentence::Sentence;

    fn context(texts: [&str; 2], query: Option<usize>, sharpness: f64) -> Kept {
        let mut state = AttendState {
            part: AttendPart::Context,
            query,
            sharpness,
            ..AttendState::default()
        };
        for (order, text) in texts.into_iter().enumerate() {
            state.set_sentence(order, Sentence::new(text.to_owned()));
        }
        let mut kept = Kept::default();
        kept.context(&state);
        kept
    }

    const OPENS: [&str; 2] = [
        "the man sat by the river bank",
        "the man took money from the bank",
    ];

    #[test]
    fn bank_becomes_water_by_the_river_and_finance_with_money() {
        let kept = context(OPENS, None, 4.0);
        let Context { taken, before, .. } = &*kept.context;
        assert_eq!(*before, [1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
        // One feature shared against none, twice: e⁴ / (e⁴ + 2).
        let weight = 4_f64.exp() / (4_f64.exp() + 2.0);
        for (taken, (key, risen)) in taken.iter().zip([(5, 0), (3, 1)]) {
            assert_eq!(taken.strongest(), Some(key));
            assert!((f64::from(taken.weights[key]) - weight).abs() < 1e-7);
            assert!((f64::from(taken.after[risen]) - 1.0 - weight).abs() < 1e-6);
            assert_eq!(taken.after[1 - risen], 1.0);
            let total: f32 = taken.weights.iter().sum();
            assert!((total - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn nobody_looks_at_itself_or_at_words_without_features() {
        let kept = context(OPENS, None, 4.0);
        let [first, _] = &kept.context.taken;
        let seen: Vec<_> = (0..7).map(|key| first.sees(key)).collect();
        assert_eq!(seen, [false, true, true, false, false, true, false]);
        assert_eq!(first.weights[6], 0.0);
    }

    #[test]
    fn what_has_no_neighbours_stays_as_it_is() {
        for text in ["bank", "the bank by the", "Bank"] {
            let kept = context([text, ""], None, 4.0);
            let Context { taken, before, .. } = &*kept.context;
            assert_eq!(taken[0].after, *before, "{text}");
            assert_eq!(taken[0].strongest(), None);
            assert!(taken[1].after.iter().all(|it| it.is_nan()));
        }
        assert_eq!(context(["", "bank"], None, 4.0).context.word, None);
    }

    #[test]
    fn without_sharpness_all_neighbours_count_alike() {
        let kept = context(OPENS, None, 0.0);
        for taken in &kept.context.taken {
            let seen = (0..7).filter(|key| taken.sees(*key));
            assert!(seen.into_iter().all(|key| taken.weights[key] == 1.0 / 3.0));
        }
    }

    /// No position is told: the words around may stand in any order.
    #[test]
    fn the_order_of_the_neighbours_does_not_matter() {
        let kept = context(OPENS, None, 4.0);
        let turned = context(
            ["bank river the by sat man the", "the bank money took man"],
            None,
            4.0,
        );
        for (a, b) in kept.context.taken.iter().zip(&turned.context.taken) {
            assert_eq!(a.after, b.after);
        }
    }

    #[test]
    fn a_row_of_the_table_is_what_its_word_adds() {
        let kept = context(OPENS, None, 4.0);
        let Context {
            columns,
            words,
            sentences,
            ..
        } = &*kept.context;
        let [scores, weights, features @ ..] = columns;
        assert_eq!(words.len(), 16);
        assert_eq!((sentences[7], sentences[8]), (1.0, 2.0));
        for rows in [0..8, 8..16] {
            for column in features {
                let (after, added) = column[rows.clone()].split_last().unwrap_or((&0.0, &[]));
                assert!((after - added.iter().sum::<f32>()).abs() < 1e-6);
            }
        }
        assert!(weights[6].is_nan() && weights[14].is_nan() && scores[0].is_nan());
    }

    #[test]
    fn the_last_of_equal_words_is_read() {
        let sentence = Sentence::new("the Bank by the bank .".to_owned());
        assert_eq!(last_place(&sentence, "BANK"), Some(4));
        assert_eq!(last_place(&sentence, "river"), None);
    }

    #[test]
    fn what_is_ambiguous_has_features_of_two_meanings() {
        for (word, features) in WORDS {
            let sentence = Sentence::new(format!("the {word} was here"));
            if let Some(place) = ambiguous(&sentence) {
                assert_eq!(place, 1);
                let n_features = features.iter().filter(|it| **it == 1).count();
                assert!(n_features > 1, "{word}");
            }
        }
        let opens = USUAL[3].map(|text| Sentence::new(text.to_owned()));
        assert!(opens.iter().all(|it| ambiguous(it).is_some()));
    }
}
