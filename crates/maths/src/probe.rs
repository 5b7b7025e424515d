//! What can be read back from E + PE: a linear readout of the position and of the word.
//!
//! The answer to "why is position added and not put beside the word?": from about 64 features on, with
//! embeddings as large as positions, least squares reads both from the sum without error; the vectors of few
//! words and few positions hardly meet in a space so wide. What is put beside each other at equal width, half
//! for each, is read back too, and each half has less room.

use ndarray::{Array2, ArrayView2};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::RngCore as _;

use crate::normal::Normals;
use crate::random::{Kind, fill_normal, row_of, row_rng};
use crate::regression::{RIDGE, Ridge, r_squared};
use crate::schemes::{EncodingSpec, EncodingTable, Scheme};
use crate::shape::reshape;

/// Words V of the probe's vocabulary, each with an embedding N(0, std²).
pub const N_WORDS: usize = 50;
/// Positions, from 0 on.
pub const N_POSITIONS: usize = 64;
/// Pairs of a word and a position, drawn at random, that the readout is fitted to.
pub const N_TRAIN: usize = 600;
/// Further pairs that it is judged by.
pub const N_TEST: usize = 500;

/// Which probe: everything its scores depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProbeSpec {
    /// Where the positions' rows come from.
    pub scheme: Scheme,
    /// Features d of the sum, and of word and position beside each other (⌊d/2⌋ and ⌈d/2⌉).
    pub d_model: usize,
    /// The std of the embeddings' features.
    pub std: f64,
    /// The std of noise that is added to each feature of each pair, N(0, noise²).
    pub noise: f64,
    /// Another seed, other words, pairs and noise.
    pub seed: u64,
}

/// How well word and position are read from pairs that were not fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scores {
    /// R² of the position by linear regression: 1 is perfect, 0 is no better than the mean, and worse is
    /// possible. NaN where positions have no row or the fit is NaN.
    pub position_r2: f64,
    /// The part of positions that are right when the regression is rounded.
    pub position_exact: f64,
    /// The part of words that are right: the class with the largest of V regressions on 0 and 1. 1/V by chance.
    pub word_accuracy: f64,
}

/// What one readout says.
#[derive(Clone, Debug, Default)]
pub struct Readout {
    /// How well it reads.
    pub scores: Scores,
    /// The position it reads from each test pair, beside [`WordProbe::test_positions`]. (test pairs)
    pub positions: Vec<f64>,
}

/// The readouts of a changing [`ProbeSpec`], each fitted anew by ridge regression.
///
/// Cost, native: 3 ms at d = 64, 7 ms at 128, 20 ms at 256, 80 ms at 512. Nothing is allocated once it was as
/// wide.
#[derive(Clone, Debug, Default)]
pub struct WordProbe {
    spec: Option<ProbeSpec>,
    version: u64,
    encoding: EncodingTable,
    /// (V, d)
    words: Vec<f32>,
    /// Word and position of each pair, those to fit first.
    pairs: Vec<[u32; 2]>,
    /// The positions of the test pairs.
    test_positions: Vec<f64>,
    /// The vectors of the pairs. (pairs, d)
    vectors: Array2<f32>,
    /// One row of noise. (d)
    noise: Vec<f32>,
    /// Of each pair to fit the position, then V numbers of which its word's is 1. (train pairs, 1 + V)
    targets: Array2<f64>,
    ridge: Ridge,
    sum: Readout,
    beside: Readout,
}

/// How word and position share a vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sharing {
    /// E + PE, both of d features.
    Sum,
    /// The word in the first ⌊d/2⌋ features, the position in the others.
    Beside,
}

impl WordProbe {
    /// Makes both readouts and returns whether anything changed.
    pub fn update(&mut self, spec: ProbeSpec) -> bool {
        if self.spec == Some(spec) {
            return false;
        }
        if self.spec.is_none_or(|old| old.seed != spec.seed) {
            self.draw_pairs(spec.seed);
        }
        self.embed(spec);
        for sharing in [Sharing::Sum, Sharing::Beside] {
            self.fill_vectors(spec, sharing);
            self.read(sharing);
        }
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// Read from E + PE (+ noise).
    pub fn sum(&self) -> &Readout {
        &self.sum
    }

    /// Read from word and position beside each other, at the same width (+ noise).
    pub fn beside(&self) -> &Readout {
        &self.beside
    }

    /// The true positions of the test pairs. (test pairs)
    pub fn test_positions(&self) -> &[f64] {
        &self.test_positions
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    fn draw_pairs(&mut self, seed: u64) {
        let mut rng = row_rng(seed, row_of(Kind::Draw, 0));
        self.pairs.clear();
        let drawn = (0..N_TRAIN + N_TEST).map(|_| {
            let word = below(N_WORDS as u32, &mut rng);
            [word, below(N_POSITIONS as u32, &mut rng)]
        });
        self.pairs.extend(drawn);
        let (train, test) = self.pairs.split_at(N_TRAIN);
        self.test_positions.clear();
        let positions = test.iter().map(|&[_, position]| f64::from(position));
        self.test_positions.extend(positions);
        if self.targets.is_empty() {
            self.targets = Array2::zeros((N_TRAIN, 1 + N_WORDS));
        }
        self.targets.fill(0.0);
        for (mut row, &[word, position]) in self.targets.rows_mut().into_iter().zip(train) {
            row[0] = position.into();
            row[1 + word as usize] = 1.0;
        }
    }

    fn embed(&mut self, spec: ProbeSpec) {
        self.words.resize(N_WORDS * spec.d_model, 0.0);
        let mut normals = Normals::default();
        let rows = self.words.chunks_exact_mut(spec.d_model.max(1));
        for (row, idx) in rows.zip(0..) {
            let number = row_of(Kind::Word, idx);
            fill_normal(spec.seed, number, spec.std, row, &mut normals);
        }
    }

    /// The vectors of all pairs, with their noise. (pairs, d)
    fn fill_vectors(&mut self, spec: ProbeSpec, sharing: Sharing) {
        let d_model = spec.d_model;
        // Where the position's row begins; the word's ends there too, or at the end.
        let (first, end_of_word) = match sharing {
            Sharing::Sum => (0, d_model),
            Sharing::Beside => (d_model / 2, d_model / 2),
        };
        self.encoding.update(EncodingSpec {
            scheme: spec.scheme,
            seq_len: N_POSITIONS,
            d_model: d_model - first,
            start: 0,
        });
        let encoding = self.encoding.values();
        let vectors = reshape(&mut self.vectors, self.pairs.len(), d_model);
        let mut normals = Normals::default();
        self.noise.resize(d_model, 0.0);
        self.noise.fill(0.0);
        let rows = vectors.chunks_exact_mut(d_model.max(1)).zip(&self.pairs);
        for ((row, &[word, position]), idx) in rows.zip(0..) {
            if spec.noise != 0.0 {
                let number = row_of(Kind::Noise, idx);
                fill_normal(spec.seed, number, spec.noise, &mut self.noise, &mut normals);
            }
            row.copy_from_slice(&self.noise);
            let word = &self.words[word as usize * d_model..][..end_of_word];
            for (x, word) in row.iter_mut().zip(word) {
                *x += word;
            }
            for (x, pe) in row[first..].iter_mut().zip(encoding.row(position as usize)) {
                *x += pe;
            }
        }
    }

    /// Fits the first pairs and reads the others.
    fn read(&mut self, sharing: Sharing) {
        let readout = match sharing {
            Sharing::Sum => &mut self.sum,
            Sharing::Beside => &mut self.beside,
        };
        let vectors = self.vectors.view();
        let (train, test) = vectors.split_at(ndarray::Axis(0), N_TRAIN);
        self.ridge.fit(train, self.targets.view(), RIDGE);
        *readout = judge(
            &mut self.ridge,
            &test,
            &self.pairs[N_TRAIN..],
            &self.test_positions,
            std::mem::take(&mut readout.positions),
        );
    }
}

/// Reads the test pairs. `positions` is the memory for what is read.
fn judge(
    ridge: &mut Ridge,
    test: &ArrayView2<'_, f32>,
    pairs: &[[u32; 2]],
    actual: &[f64],
    mut positions: Vec<f64>,
) -> Readout {
    positions.clear();
    let (mut n_words, mut n_positions) = (0, 0);
    let mut read = [0.0; 1 + N_WORDS];
    for (row, &[word, position]) in test.rows().into_iter().zip(pairs) {
        ridge.predict_into(row.to_slice().unwrap_or_default(), &mut read);
        let [position_read, classes @ ..] = &read;
        positions.push(*position_read);
        n_positions += usize::from(position_read.round() == f64::from(position));
        // The largest; NaN is never larger.
        let (mut best, mut largest) = (None, f64::NEG_INFINITY);
        for (class, &value) in classes.iter().enumerate() {
            if value > largest {
                (best, largest) = (Some(class), value);
            }
        }
        n_words += usize::from(best == Some(word as usize));
    }
    let part = |n: usize| n as f64 / pairs.len() as f64;
    let scores = Scores {
        position_r2: r_squared(actual, &positions),
        position_exact: part(n_positions),
        word_accuracy: part(n_words),
    };
    Readout { scores, positions }
}

/// A whole number in 0..n, each as likely as the others but for some n/2³².
fn below(n: u32, rng: &mut Pcg32) -> u32 {
    ((u64::from(rng.next_u32()) * u64::from(n)) >> 32) as u32
}
