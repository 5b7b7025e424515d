//! What the part keeps from frame to frame: how far apart the outputs of two orders are.

use maths::compare::{Apart, apart, mean_row};
use ndarray::{Array2, ArrayView1, ArrayView2};

use super::super::model::{Run, Weights};
use super::super::state::{AttendState, ModelSpec};
use crate::memo::Memo;
use crate::platform::words;
use crate::sentence::Sentence;

/// Differences below so much of the largest output are rounding.
pub const ROUNDING: f64 = 1e-5;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The words of both sentences beside each other.
    pub compared: Memo<([Sentence; 2], u64, u64), Compared>,
    /// The same of the first sentence with a word replaced, and of another sentence.
    runs: [Run; 2],
    /// How far the pooled vectors of other sentences are from the first one's.
    pub yardsticks: Memo<(ModelSpec, [Sentence; 2]), Yardsticks>,
}

/// The outputs of the words that both sentences have.
#[derive(Default)]
pub struct Compared {
    /// Where each of these words stands in the first sentence and in the second one. (n)
    pub places: Vec<[usize; 2]>,
    /// The places as numbers of the CSV, one list for each sentence. (n) each
    pub positions: [Vec<f32>; 2],
    /// The words, then `pooled`. (n + 1)
    pub words: Vec<String>,
    /// The words as they stand at an axis. (n)
    pub shown: Vec<String>,
    /// Their outputs in the first sentence, then in the second one. (2 · n, d)
    pub outputs: Array2<f32>,
    /// The first less the second. (n, d)
    pub differences: Array2<f32>,
    /// How far apart the two outputs of each word are, then the pooled vectors. (n + 1)
    pub apart: Vec<Apart>,
    /// The same as numbers of the CSV: the largest difference, and the one relative to the length. (n + 1) each
    pub columns: [Vec<f32>; 2],
    /// The pooled vectors of both sentences, the mean of all their words each. (2, d)
    pub pooled: Array2<f32>,
    /// The first less the second. (d)
    pub pooled_difference: Vec<f32>,
    /// How many words stand in one of the sentences only.
    pub n_alone: usize,
    /// Whether one of the sentences has no words.
    pub is_empty: bool,
    /// The largest value of the outputs, without signs.
    pub reach: f32,
    /// Grows with every change.
    pub version: u64,
}

/// How far the pooled vector of the first sentence is from others, relative to its length.
pub struct Yardsticks {
    /// What each of them is.
    pub names: [String; 3],
    /// Of the second sentence, of the first one with a word replaced, and of another sentence; NaN where its length is 0.
    pub relative: [f32; 3],
}

impl Default for Yardsticks {
    fn default() -> Self {
        Self {
            names: ["order B", "one new word", "new words"].map(str::to_owned),
            relative: [f32::NAN; 3],
        }
    }
}

/// Words that few sentences have.
const OTHERS: &str = "rain fell on every roof while she slept";

impl Compared {
    /// Compares what the model makes of two sentences.
    pub fn fill(&mut self, sentences: &[Sentence; 2], runs: [&Run; 2]) {
        self.places = places(sentences);
        let [a, b] = sentences;
        self.n_alone = a.n_words() + b.n_words() - 2 * self.places.len();
        self.is_empty = a.n_words() == 0 || b.n_words() == 0;
        let outputs = runs.map(Run::output);
        let (n, d) = (self.places.len(), outputs[0].ncols());
        let row = |order: usize, place: usize| -> ArrayView1<'_, f32> { outputs[order].row(place) };
        self.outputs = Array2::zeros((2 * n, d));
        self.differences = Array2::zeros((n, d));
        self.apart.clear();
        for (idx, &[first, second]) in self.places.iter().enumerate() {
            let (first, second) = (row(0, first), row(1, second));
            self.outputs.row_mut(idx).assign(&first);
            self.outputs.row_mut(n + idx).assign(&second);
            self.differences.row_mut(idx).assign(&(&first - &second));
            self.apart.push(apart(first, second));
        }
        self.pooled = Array2::zeros((2, d));
        let mut mean = Vec::new();
        for (mut pooled, outputs) in self.pooled.rows_mut().into_iter().zip(outputs) {
            // Without words on one side nothing is compared.
            if !self.is_empty {
                mean_row(outputs, &mut mean);
                pooled.assign(&ArrayView1::from(&mean));
            }
        }
        let (first, second) = (self.pooled.row(0), self.pooled.row(1));
        self.apart.push(apart(first, second));
        self.pooled_difference.clear();
        self.pooled_difference
            .extend(first.iter().zip(second).map(|(a, b)| a - b));
        let reach = self
            .outputs
            .iter()
            .fold(0.0, |reach: f32, x| reach.max(x.abs()));
        self.reach = reach.max(f32::MIN_POSITIVE);
        self.words.clear();
        self.words.extend(
            self.places
                .iter()
                .map(|&[first, _]| a.words()[first].clone()),
        );
        self.words.push("pooled".to_owned());
        self.shown.clear();
        self.shown.extend(
            self.places
                .iter()
                .map(|&[first, _]| a.shown()[first].clone()),
        );
        for (order, positions) in self.positions.iter_mut().enumerate() {
            positions.clear();
            positions.extend(self.places.iter().map(|places| places[order] as f32));
        }
        let [largest, relative] = &mut self.columns;
        largest.clear();
        relative.clear();
        for apart in &self.apart {
            largest.push(apart.largest as f32);
            relative.push(apart.relative as f32);
        }
        self.version += 1;
    }

    /// A feature of both pooled vectors.
    pub fn pooled_at(&self, feature: usize) -> [f32; 2] {
        [0, 1].map(|order| {
            self.pooled
                .get([order, feature])
                .copied()
                .unwrap_or_default()
        })
    }

    /// The row of the word at this place of the first sentence.
    pub fn row_of(&self, place: usize) -> Option<usize> {
        self.places.iter().position(|&[first, _]| first == place)
    }

    /// The outputs of the shared words in one of the sentences. (n, d)
    pub fn of(&self, order: usize) -> ArrayView2<'_, f32> {
        let (first, second) = self
            .outputs
            .view()
            .split_at(ndarray::Axis(0), self.places.len());
        if order == 0 { first } else { second }
    }

    /// The word whose two outputs are furthest apart, relative to their length.
    pub fn furthest(&self) -> Option<(usize, Apart)> {
        let words = self.apart.iter().copied().take(self.places.len());
        words
            .enumerate()
            .max_by(|(_, a), (_, b)| a.relative.total_cmp(&b.relative))
    }

    /// The largest difference of any output of a word, relative to the largest output.
    pub fn largest(&self) -> f64 {
        let words = self.apart.iter().take(self.places.len());
        let largest = words.fold(0.0, |largest: f64, apart| largest.max(apart.largest));
        largest / f64::from(self.reach)
    }

    /// How far apart the pooled vectors are.
    pub fn pooled_apart(&self) -> Apart {
        self.apart.last().copied().unwrap_or_default()
    }
}

impl Kept {
    /// How far the pooled vector is from those of other sentences.
    pub fn yardsticks(
        &mut self,
        state: &AttendState,
        weights: &mut Weights,
        runs: [&Run; 2],
    ) -> &Yardsticks {
        let spec = state.model();
        let sentences = [0, 1].map(|order| state.sentence(order));
        let others = others(&sentences[0]);
        let own = &mut self.runs;
        self.yardsticks.get((spec, sentences), |yardsticks| {
            let mut pooled = Vec::new();
            let mut first = Vec::new();
            mean_row(runs[0].output(), &mut first);
            let has_length = first.iter().any(|it| *it != 0.0);
            let [replaced, other] = own;
            let runs = [
                runs[1],
                replaced.update(&spec, weights, &others[0]),
                other.update(&spec, weights, &others[1]),
            ];
            for (relative, run) in yardsticks.relative.iter_mut().zip(runs) {
                mean_row(run.output(), &mut pooled);
                let apart = apart(ArrayView1::from(&first), ArrayView1::from(&pooled));
                *relative = if has_length {
                    apart.relative as f32
                } else {
                    f32::NAN
                };
            }
        })
    }
}

/// Where the words that both sentences have stand in each: the first “the” of one with the first of the other, and so on.
pub fn places([a, b]: &[Sentence; 2]) -> Vec<[usize; 2]> {
    let mut is_taken = vec![false; b.n_words()];
    let mut places = Vec::new();
    for (first, word) in a.hashes().iter().enumerate() {
        let mut candidates = b.hashes().iter().zip(&mut is_taken).enumerate();
        let found = candidates.find(|(_, (other, is_taken))| *other == word && !**is_taken);
        if let Some((second, (_, is_taken))) = found {
            *is_taken = true;
            places.push([first, second]);
        }
    }
    places
}

/// The sentence with its first word replaced, and as many other words, none of which it has.
pub fn others(sentence: &Sentence) -> [Sentence; 2] {
    let own = sentence.words();
    let more = (1..).map(|number: u32| number.to_string());
    let new = words(OTHERS).into_iter().chain(more);
    let new: Vec<_> = new
        .filter(|word| !own.contains(word))
        .take(own.len())
        .collect();
    let mut replaced = own.to_vec();
    if let (Some(first), Some(other)) = (replaced.first_mut(), new.first()) {
        first.clone_from(other);
    }
    [replaced, new].map(|words| Sentence::new(words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::{ROUNDING, others, places};
    use crate::attend::scene::AttendScene;
    use crate::attend::state::{AttendState, MaskName};
    use crate::encoding::Encoding;
    use crate::sentence::Sentence;

    fn sentence(text: &str) -> Sentence {
        Sentence::new(text.to_owned())
    }

    #[test]
    fn words_are_matched_one_by_one() {
        for (a, b, expected) in [
            (
                "dog bites man",
                "man bites dog",
                &[[0, 2], [1, 1], [2, 0]][..],
            ),
            ("the dog the", "the The cat", &[[0, 0], [2, 1]]),
            ("a", "b", &[]),
            ("", "b", &[]),
        ] {
            assert_eq!(places(&[sentence(a), sentence(b)]), expected, "{a}, {b}");
        }
    }

    #[test]
    fn yardsticks_have_as_many_words() {
        for text in [
            "dog",
            "dog bites man",
            "rain fell rain",
            "rain fell on every roof while she slept",
            "",
        ] {
            let sentence = sentence(text);
            let n_words = sentence.n_words();
            for other in others(&sentence) {
                assert_eq!(other.n_words(), n_words);
                assert!(n_words == 0 || other.words()[0] != sentence.words()[0]);
            }
            let [_, new] = others(&sentence);
            assert!(
                new.words()
                    .iter()
                    .all(|word| !sentence.words().contains(word))
            );
        }
    }

    /// In the mean of 20 seeds: how far a word comes out different, the mean of all words, and that with one word or all replaced.
    fn means(mut state: AttendState) -> [f64; 4] {
        const N_SEEDS: u64 = 20;
        let mut scene = AttendScene::default();
        let mut sums = [0.0; 4];
        for seed in 0..N_SEEDS {
            state.seed = seed;
            let compared = scene.compared(&state);
            let words = &compared.apart[..compared.places.len()];
            let word = words.iter().map(|apart| apart.relative).sum::<f64>() / words.len() as f64;
            let pooled = compared.pooled_apart().relative;
            let [order, one, all] = scene.yardsticks(&state).relative.map(f64::from);
            assert!((order - pooled).abs() < 1e-6);
            for (sum, value) in sums.iter_mut().zip([word, pooled, one, all]) {
                *sum += value / N_SEEDS as f64;
            }
        }
        sums
    }

    #[test]
    fn the_order_counts_as_much_as_in_other_models_with_random_weights() {
        // Other embeddings and weights of the same kind gave .26 and .17, .60 and 1.00.
        let [word, pooled, one, all] = means(AttendState::default());
        assert!((0.2..0.32).contains(&word), "{word}");
        assert!((0.12..0.22).contains(&pooled), "{pooled}");
        assert!((0.5..0.7).contains(&one), "{one}");
        assert!((0.85..1.15).contains(&all), "{all}");
        // A causal mask alone: 1.07.
        let [_, pooled, ..] = means(AttendState {
            scheme: Encoding::None,
            mask: MaskName::Causal,
            ..AttendState::default()
        });
        assert!((0.9..1.25).contains(&pooled), "{pooled}");
        // Embeddings of std 0.02: .009 and .004.
        let [word, pooled, ..] = means(AttendState {
            emb_std: 0.02,
            ..AttendState::default()
        });
        assert!((0.006..0.012).contains(&word) && (0.003..0.007).contains(&pooled));
    }

    #[test]
    fn without_positions_what_is_left_is_rounding_for_the_largest_embeddings_too() {
        let mut scene = AttendScene::default();
        for (emb_std, sqrt_d, d_model, layers) in [
            (1.0, false, 64, 1),
            (4.0, true, 256, 1),
            (4.0, true, 256, 4),
            (0.02, false, 8, 4),
        ] {
            let state = AttendState {
                scheme: Encoding::None,
                emb_std,
                sqrt_d,
                d_model,
                layers,
                ..AttendState::default()
            };
            let largest = scene.compared(&state).largest();
            assert!(largest < ROUNDING / 5.0, "{largest} at std {emb_std}");
        }
    }
}
