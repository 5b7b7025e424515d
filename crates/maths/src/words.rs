//! Words and positions together: the embeddings E of a sentence, and E + PE, what a transformer's first layer
//! gets.
//!
//! Each word has a vector of its own, N(0, std²) from its letters and a seed, so that the same word has the
//! same vector wherever it stands, as in an embedding table before training. The original transformer
//! multiplies embeddings by √d before it adds positions (Vaswani et al. 2017, §3.4).
//!
//! What a word is, is the caller's business, and so is its case: words are the same when their bytes are.
//! (Lower case takes tables of 4.7 KB (gzip) in Rust, and is at hand in a browser.)

use ndarray::ArrayView2;
use rand_pcg::rand_core::RngCore as _;

use crate::normal::Normals;
use crate::random::{Kind, fill_normal, row_of, row_rng};
use crate::schemes::{EncodingSpec, EncodingTable};
use crate::shape::matrix_view;
use crate::sum::sum_of;

/// A word as a number: FNV-1a with 64 bits (Fowler, Noll & Vo 1991; RFC 9923) of its bytes.
///
/// ```
/// use maths::words::word_hash;
/// assert_eq!(word_hash(""), 0xcbf2_9ce4_8422_2325);
/// assert_eq!(word_hash("a"), 0xaf63_dc4c_8601_ec8c);
/// ```
pub fn word_hash(word: &str) -> u64 {
    word.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The numbers 0 … n − 1 in an order of this seed: every order equally likely (Fisher & Yates 1938; Knuth, TAOCP 2, algorithm P).
///
/// ```
/// let mut order = maths::words::shuffled(5, 7);
/// order.sort_unstable();
/// assert_eq!(order, [0, 1, 2, 3, 4]);
/// ```
pub fn shuffled(n: usize, seed: u64) -> Vec<usize> {
    let mut rng = row_rng(seed, row_of(Kind::Order, 0));
    let mut order: Vec<_> = (0..n).collect();
    for last in (1..n).rev() {
        let below = (u64::from(rng.next_u32()) * (last as u64 + 1)) >> 32;
        order.swap(last, below as usize);
    }
    order
}

/// How words become vectors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmbeddingSpec {
    /// Features d.
    pub d_model: usize,
    /// The std of each feature, before scaling: 0.02 in BERT and GPT-2, 1 in PyTorch's `nn.Embedding`, 1/√d
    /// where √d follows.
    pub std: f64,
    /// Another seed, other vectors.
    pub seed: u64,
    /// Whether they are multiplied by √d.
    pub scaled: bool,
}

/// The embeddings and the sum of a changing sentence, with the length of each row.
///
/// Cost: some 6 ns for each value of E when words, width, std or seed change, 1 ns for each of the sum.
#[derive(Clone, Debug, Default)]
pub struct WordSum {
    words: Vec<u64>,
    embeddings_of: Option<EmbeddingSpec>,
    positions_of: Option<EncodingSpec>,
    version: u64,
    /// E. (T, d) at least; never shrinks.
    embeddings: Vec<f32>,
    /// E + PE. (T, d) at least; never shrinks.
    sum: Vec<f32>,
    norms: Norms,
}

/// ‖row‖ of each token. (T) each
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Norms {
    /// Of E, scaled if that was asked for.
    pub embedding: Vec<f32>,
    /// Of PE: √(d/2) for sinusoids.
    pub encoding: Vec<f32>,
    /// Of E + PE.
    pub sum: Vec<f32>,
}

/// How alike two tokens are, before and after positions are added; NaN where a row is zero or NaN.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cosines {
    /// Of E: 1 for the same word.
    pub embedding: f64,
    /// Of E + PE.
    pub sum: f64,
}

impl WordSum {
    /// Makes E for `words` (their [`word_hash`]es, T) and adds the table's first T rows; returns whether
    /// anything changed. Where the table has no row or column, or NaN, the sum is NaN. Allocates only when
    /// there was never so much.
    pub fn update(&mut self, words: &[u64], spec: EmbeddingSpec, encoding: &EncodingTable) -> bool {
        let same_embeddings = self.embeddings_of == Some(spec) && self.words == words;
        if same_embeddings && self.positions_of == encoding.spec() {
            return false;
        }
        if !same_embeddings {
            self.words.clear();
            self.words.extend_from_slice(words);
            self.embed(spec);
            self.embeddings_of = Some(spec);
        }
        self.add(spec, encoding);
        self.positions_of = encoding.spec();
        self.version += 1;
        true
    }

    /// E, scaled if that was asked for: shape (T, d); empty before the first update.
    pub fn embeddings(&self) -> ArrayView2<'_, f32> {
        self.view(&self.embeddings)
    }

    /// E + PE: shape (T, d), which is also the activations of one sample, (1, T, C); empty before the first
    /// update.
    pub fn sum(&self) -> ArrayView2<'_, f32> {
        self.view(&self.sum)
    }

    /// The length of each row.
    pub fn norms(&self) -> &Norms {
        &self.norms
    }

    /// How alike tokens p and q are; NaN for a token that there is not.
    pub fn cosines(&self, p: usize, q: usize) -> Cosines {
        let of = |values| cosine(&self.view(values), p, q);
        Cosines {
            embedding: of(&self.embeddings),
            sum: of(&self.sum),
        }
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    fn view<'a>(&self, values: &'a [f32]) -> ArrayView2<'a, f32> {
        let d_model = self.embeddings_of.map_or(0, |spec| spec.d_model);
        matrix_view(values, self.words.len(), d_model)
    }

    fn embed(&mut self, spec: EmbeddingSpec) {
        let n_values = self.words.len() * spec.d_model;
        for values in [&mut self.embeddings, &mut self.sum] {
            if values.len() < n_values {
                values.resize(n_values, 0.0);
            }
        }
        let factor = if spec.scaled {
            (spec.d_model as f64).sqrt()
        } else {
            1.0
        };
        let mut normals = Normals::default();
        let rows = self.embeddings.chunks_exact_mut(spec.d_model.max(1));
        for (row, &word) in rows.zip(&self.words) {
            fill_normal(spec.seed, word, spec.std * factor, row, &mut normals);
        }
    }

    /// Fills the sum and the norms.
    fn add(&mut self, spec: EmbeddingSpec, encoding: &EncodingTable) {
        let d_model = spec.d_model;
        let encoding = encoding.values();
        let (n_rows, n_columns) = encoding.dim();
        let encoding = encoding.to_slice().unwrap_or_default();
        let Norms {
            embedding: embedding_norms,
            encoding: encoding_norms,
            sum: sum_norms,
        } = &mut self.norms;
        for norms in [&mut *embedding_norms, &mut *encoding_norms, &mut *sum_norms] {
            norms.clear();
        }
        for token in 0..self.words.len() {
            let embedding = &self.embeddings[token * d_model..(token + 1) * d_model];
            let sum = &mut self.sum[token * d_model..(token + 1) * d_model];
            sum.fill(f32::NAN);
            let mut encoding_norm = f32::NAN;
            if token < n_rows {
                let row = &encoding[token * n_columns..(token + 1) * n_columns];
                lanes::map([embedding, row], sum, |[x, pe]| x + pe);
                encoding_norm = norm(row);
            }
            embedding_norms.push(norm(embedding));
            encoding_norms.push(encoding_norm);
            sum_norms.push(norm(sum));
        }
    }
}

fn norm(row: &[f32]) -> f32 {
    sum_of(row, |x| x * x).sqrt() as f32
}

/// The cosine of two rows of a table; NaN where one is zero or NaN, or is not there.
pub(crate) fn cosine(table: &ArrayView2<'_, f32>, p: usize, q: usize) -> f64 {
    if p.max(q) >= table.nrows() {
        return f64::NAN;
    }
    let (mut product, mut squares) = (0.0, [0.0; 2]);
    for (&a, &b) in table.row(p).iter().zip(table.row(q)) {
        let (a, b) = (f64::from(a), f64::from(b));
        product += a * b;
        squares[0] += a * a;
        squares[1] += b * b;
    }
    product / (squares[0].sqrt() * squares[1].sqrt())
}
