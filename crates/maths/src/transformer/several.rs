//! One head against several of the same width: what a token's output knows of the tokens around it.
//!
//! Four heads that are written down ([`built`](super::built)) hand on d numbers each; one head hands on 4·d. Its scores are the mean of
//! the four heads' scores, which is what their W_Q and W_K side by side give one head. It has one softmax, so it takes one mixture
//! of tokens and cannot say which of them is which. A linear readout of random sentences shows it: see [`Readouts`].

use ndarray::{Array2, ArrayView2, Axis, Slice};
use rand_pcg::Pcg32;
use rand_pcg::rand_core::RngCore as _;

use super::attention::{AttentionSpec, AttentionTrace, Mask, Projections, attention, softmax};
use super::built::{Look, in_slots, write_heads};
use crate::encode::Layout;
use crate::normal::Normals;
use crate::random::{Kind, fill_normal, row_of, row_rng};
use crate::regression::{RIDGE, Ridge};
use crate::scaling::Scaling;
use crate::schemes::{EncodingSpec, EncodingTable, Scheme};
use crate::shape::reshape;

/// How many heads are side by side.
pub const N_HEADS: usize = 4;

/// The base of the position's waves.
const BASE: f64 = 10_000.0;

/// Everything that the heads depend on, but for the words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SeveralSpec {
    /// What each of the four heads looks at.
    pub looks: [Look; N_HEADS],
    /// How many numbers of a word each of them hands on: d, an even number. The one head hands on 4·d.
    pub d: usize,
    /// What scores are multiplied with.
    pub sharpness: f64,
    /// Another seed, other vectors of words.
    pub seed: u64,
}

/// Four heads and one head on the same tokens.
#[derive(Clone, Debug, Default)]
pub struct Several {
    positions: EncodingTable,
    projections: Projections,
    /// The four heads: their scores and weights, and what they hand on, side by side. (n, 4·d)
    pub four: AttentionTrace,
    /// The mean of the four heads' scores. (n, n)
    pub scores: Array2<f32>,
    /// Their softmax: the weights of the one head. (n, n)
    pub weights: Array2<f32>,
    /// What the one head hands on: all numbers of the words, by its weights. (n, 4·d)
    pub mixed: Array2<f32>,
}

impl Several {
    /// Attention of tokens with these vectors, (n, 4·d). The four heads read and hand on the first d numbers.
    pub fn update(&mut self, spec: &SeveralSpec, words: ArrayView2<'_, f32>) {
        let n = words.nrows();
        self.positions.update(EncodingSpec {
            scheme: Scheme::Sinusoidal {
                base: BASE,
                layout: Layout::Interleaved,
                scaling: Scaling::None,
            },
            seq_len: n,
            d_model: spec.d,
            start: 0,
        });
        write_heads(&mut self.projections, &spec.looks, spec.d, BASE);
        // What the heads hand on is read as it is.
        self.projections.output = Array2::zeros((N_HEADS * spec.d, 0));
        let narrow = words.slice_axis(Axis(1), Slice::from(..spec.d));
        let x = in_slots(narrow, self.positions.values());
        let attention_spec = AttentionSpec {
            n_heads: N_HEADS,
            mask: Mask::default(),
            scale: Some(spec.sharpness),
            ..AttentionSpec::default()
        };
        attention(x.view(), &self.projections, &attention_spec, &mut self.four);
        self.one_head(n);
        self.mixed = self.weights.dot(&words);
    }

    fn one_head(&mut self, n: usize) {
        reshape(&mut self.scores, n, n).fill(0.0);
        reshape(&mut self.weights, n, n);
        for head_idx in 0..N_HEADS {
            self.scores += &self.four.of_head(&self.four.scores, head_idx);
        }
        self.scores /= N_HEADS as f32;
        for (scores, mut weights) in self.scores.rows().into_iter().zip(self.weights.rows_mut()) {
            softmax(
                scores.as_slice().unwrap_or_default(),
                weights.as_slice_mut().unwrap_or_default(),
            );
        }
    }
}

/// The vectors of words, each N(0, 1) from its number: (n, width).
pub fn word_vectors(words: &[u64], width: usize, seed: u64) -> Array2<f32> {
    let mut vectors = Array2::zeros((words.len(), width));
    let mut normals = Normals::default();
    for (mut row, &word) in vectors.rows_mut().into_iter().zip(words) {
        let row = row.as_slice_mut().unwrap_or_default();
        fill_normal(seed, word, 1.0, row, &mut normals);
    }
    vectors
}

/// What is asked of an output: which word stands before, which after, which it is itself, which stands first.
pub const N_QUESTIONS: usize = 4;

/// Words of the random sentences.
pub const N_WORDS: usize = 32;
/// Tokens that the readout is fitted to.
pub const N_TRAIN: usize = 600;
/// Further tokens that it is judged by.
pub const N_TEST: usize = 300;

/// How much of the four answers a linear readout finds in an output.
///
/// Random sentences of so many words: of one token of each, which has one before and one after it, the output is kept. Least
/// squares from it to the first d numbers of the four words that are asked for, then the word whose vector points most in the
/// direction that is read. By chance 1 in [`N_WORDS`] is right.
///
/// Cost, native: 4 ms at d = 16 and 11 words.
#[derive(Clone, Debug, Default)]
pub struct Readouts {
    /// The part that is right for each question, of the four heads' output.
    pub four: [f32; N_QUESTIONS],
    /// The same of the one head's.
    pub one: [f32; N_QUESTIONS],
    several: Several,
    ridge: Ridge,
}

impl Readouts {
    /// Measures both on sentences of `n_words`; NaN where no token has one before and one after it.
    pub fn update(&mut self, spec: &SeveralSpec, n_words: usize) {
        (self.four, self.one) = ([f32::NAN; N_QUESTIONS], [f32::NAN; N_QUESTIONS]);
        if n_words < 3 {
            return;
        }
        let width = N_HEADS * spec.d;
        let vocabulary: Vec<_> = (0..N_WORDS as u64)
            .map(|idx| row_of(Kind::Word, idx))
            .collect();
        let vocabulary = word_vectors(&vocabulary, width, spec.seed);
        // Scores of positions are the same for any words.
        let nothing = Array2::zeros((n_words, width));
        self.several.update(spec, nothing.view());
        let n = N_TRAIN + N_TEST;
        let mut outputs = [(); 2].map(|()| Array2::zeros((n, width)));
        let mut asked = Vec::with_capacity(n);
        let mut rng = row_rng(spec.seed, row_of(Kind::Draw, 1));
        let mut sentence = vec![0; n_words];
        let mut mixing = Mixing::new(n_words);
        let [four, one] = &mut outputs;
        for (mut four, mut one) in four.rows_mut().into_iter().zip(one.rows_mut()) {
            sentence.fill_with(|| below(N_WORDS, &mut rng));
            let at = 1 + below(n_words - 2, &mut rng);
            let four = four.as_slice_mut().unwrap_or_default();
            let one = one.as_slice_mut().unwrap_or_default();
            mixing.mix(
                spec,
                &self.several,
                &vocabulary,
                (&sentence, at),
                [four, one],
            );
            asked.push([at - 1, at + 1, at, 0].map(|place| sentence[place]));
        }
        let vectors = vocabulary.slice_axis(Axis(1), Slice::from(..spec.d));
        let [four, one] = outputs.map(|outputs| self.read(outputs.view(), &asked, vectors));
        (self.four, self.one) = (four, one);
    }

    /// Fits the first tokens and reads the others.
    fn read(
        &mut self,
        outputs: ArrayView2<'_, f32>,
        asked: &[[usize; N_QUESTIONS]],
        vectors: ArrayView2<'_, f32>,
    ) -> [f32; N_QUESTIONS] {
        let d = vectors.ncols();
        let targets = Array2::from_shape_fn((N_TRAIN, N_QUESTIONS * d), |(token, column)| {
            f64::from(vectors[[asked[token][column / d], column % d]])
        });
        // It takes as many rows as both have.
        self.ridge.fit(outputs, targets.view(), RIDGE);
        let mut read = vec![0.0; N_QUESTIONS * d];
        let mut n_right = [0_usize; N_QUESTIONS];
        for (row, asked) in outputs.rows().into_iter().zip(asked).skip(N_TRAIN) {
            self.ridge
                .predict_into(row.to_slice().unwrap_or_default(), &mut read);
            for ((read, word), n_right) in read.chunks_exact(d).zip(asked).zip(&mut n_right) {
                *n_right += usize::from(nearest(read, vectors) == Some(*word));
            }
        }
        n_right.map(|n| n as f32 / N_TEST as f32)
    }
}

/// What [`Several`] makes of one token of a sentence, without the others.
struct Mixing {
    scores: Vec<f32>,
    mean: Vec<f32>,
    weights: Vec<f32>,
}

impl Mixing {
    fn new(n_words: usize) -> Self {
        let zeros = vec![0.0; n_words];
        Self {
            scores: zeros.clone(),
            mean: zeros.clone(),
            weights: zeros,
        }
    }

    /// What the four heads and the one head hand on to the token at this place, where the scores of `several` are those of its
    /// position. Both outputs are 0 before.
    fn mix(
        &mut self,
        spec: &SeveralSpec,
        several: &Several,
        vocabulary: &Array2<f32>,
        (sentence, at): (&[usize], usize),
        [four, one]: [&mut [f32]; 2],
    ) {
        let d = spec.d;
        let vector = |word: usize, len: usize| {
            &vocabulary.as_slice().unwrap_or_default()[word * N_HEADS * d..][..len]
        };
        self.mean.fill(0.0);
        for (head_idx, look) in spec.looks.iter().enumerate() {
            let of_position = several.four.of_head(&several.four.scores, head_idx);
            for (key, score) in self.scores.iter_mut().enumerate() {
                *score = if *look == Look::Same {
                    let pairs = vector(sentence[at], d).iter().zip(vector(sentence[key], d));
                    let product: f32 = pairs.map(|(a, b)| a * b).sum();
                    product * (0.5 * spec.sharpness) as f32
                } else {
                    of_position[[at, key]]
                };
            }
            for (mean, score) in self.mean.iter_mut().zip(&self.scores) {
                *mean += score / N_HEADS as f32;
            }
            softmax(&self.scores, &mut self.weights);
            let four = &mut four[head_idx * d..(head_idx + 1) * d];
            for (&word, &weight) in sentence.iter().zip(&self.weights) {
                add_scaled(four, weight, vector(word, d));
            }
        }
        softmax(&self.mean, &mut self.weights);
        for (&word, &weight) in sentence.iter().zip(&self.weights) {
            add_scaled(one, weight, vector(word, N_HEADS * d));
        }
    }
}

/// out += factor · x
fn add_scaled(out: &mut [f32], factor: f32, x: &[f32]) {
    for (out, x) in out.iter_mut().zip(x) {
        *out += factor * x;
    }
}

/// The row of a table that points most in a direction. NaN is never larger.
fn nearest(direction: &[f64], vectors: ArrayView2<'_, f32>) -> Option<usize> {
    let (mut best, mut largest) = (None, f64::NEG_INFINITY);
    for (idx, row) in vectors.rows().into_iter().enumerate() {
        let (mut product, mut square) = (0.0, 0.0);
        for (&a, &b) in direction.iter().zip(row) {
            let b = f64::from(b);
            product += a * b;
            square += b * b;
        }
        let along = product / square.sqrt();
        if along > largest {
            (best, largest) = (Some(idx), along);
        }
    }
    best
}

/// A whole number in 0..n.
fn below(n: usize, rng: &mut Pcg32) -> usize {
    ((u64::from(rng.next_u32()) * n as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::{Mixing, N_HEADS, Several, SeveralSpec, word_vectors};
    use crate::transformer::built::Look;

    /// One token's attention is that of the whole sentence, which the figure shows.
    #[test]
    fn a_token_alone_takes_what_it_takes_in_its_sentence() {
        let spec = SeveralSpec {
            looks: [Look::First, Look::Same, Look::Offset(2), Look::Same],
            d: 6,
            sharpness: 1.5,
            seed: 1,
        };
        let vocabulary = word_vectors(&[1, 2, 3, 4, 5], N_HEADS * spec.d, 1);
        let sentence = [0, 4, 2, 2, 1, 3, 0];
        let words = vocabulary.select(ndarray::Axis(0), &sentence);
        let (mut whole, mut of_position) = (Several::default(), Several::default());
        whole.update(&spec, words.view());
        of_position.update(&spec, (0.0 * &words).view());
        let mut mixing = Mixing::new(sentence.len());
        for at in 0..sentence.len() {
            let mut outputs = [[0.0; 24]; 2];
            let [four, one] = &mut outputs;
            let place = (&sentence[..], at);
            mixing.mix(&spec, &of_position, &vocabulary, place, [four, one]);
            for (output, expected) in outputs.iter().zip([&whole.four.mixed, &whole.mixed]) {
                let pairs = output.iter().zip(expected.row(at));
                let error = pairs.fold(0.0, |most: f32, (a, b)| most.max((a - b).abs()));
                assert!(error < 1e-5, "{at}: {error}");
            }
        }
    }
}
