//! What the part keeps from frame to frame: a head that is written down, and what it looks at.

use maths::bias::Direction;
use maths::schemes::{EncodingSpec, EncodingTable};
use maths::transformer::built::write_offset;
use maths::transformer::{AttentionSpec, AttentionTrace, Projections, attention};
use maths::words::{EmbeddingSpec, WordSum, word_hash};
use ndarray::{Array2, ArrayView2};

use super::super::model::{BASE, SINUSOIDAL};
use super::super::state::{AttendState, Reads};
use crate::memo::Memo;
use crate::offsets::Offsets;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    matrices: Memo<(i64, usize), Matrices>,
    head: Memo<HeadSpec, Head>,
}

/// The matrices of a head.
#[derive(Default)]
pub struct Matrices {
    /// W_Q and W_K.
    pub weights: Projections,
    /// The same as numbers of the files: W_Q, then W_K. (2 · d · d)
    pub table: Vec<f32>,
    /// Grows with every change.
    pub version: u64,
}

/// What the head and its words depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeadSpec {
    /// How many places on the word is that it looks at.
    pub looks_at: i64,
    /// What scores are multiplied by.
    pub sharpness: f64,
    /// Words n.
    pub n_words: usize,
    /// Features d.
    pub d_model: usize,
    /// How words become vectors; none where the head reads positions alone.
    pub words: Option<EmbeddingSpec>,
}

impl HeadSpec {
    /// What a state asks for.
    pub fn of(state: &AttendState) -> Self {
        Self {
            looks_at: state.looks_at,
            sharpness: state.sharpness,
            n_words: state.built_len,
            d_model: state.d_model,
            words: (state.reads == Reads::Both).then_some(EmbeddingSpec {
                d_model: state.d_model,
                std: state.emb_std,
                seed: state.seed,
                scaled: false,
            }),
        }
    }

    /// The place that a query looks at, where there is a word.
    pub fn target(&self, query: usize) -> Option<usize> {
        let place = i64::try_from(query).ok()?.checked_add(self.looks_at)?;
        usize::try_from(place)
            .ok()
            .filter(|&place| place < self.n_words)
    }
}

/// How much weight the right words get.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Found {
    /// Queries that have a word to look at.
    pub n_queries: usize,
    /// The smallest weight.
    pub least: f64,
    /// The mean.
    pub mean: f64,
}

/// A head, and what it makes of the words.
#[derive(Default)]
pub struct Head {
    positions: EncodingTable,
    sum: WordSum,
    trace: AttentionTrace,
    /// What the right words get.
    pub found: Found,
    /// What they would get from positions alone, where words are in the vectors too.
    pub found_alone: Option<Found>,
    /// Offsets from a query to its keys.
    pub offsets: Offsets,
    /// The mean, the least and the largest score by offset. (3, offsets)
    pub by_offset: Array2<f32>,
    /// Grows with every change.
    pub version: u64,
}

impl Kept {
    /// The matrices of a state's head.
    pub fn matrices(&mut self, state: &AttendState) -> &Matrices {
        let (looks_at, d_model) = (state.looks_at, state.d_model);
        self.matrices.get((looks_at, d_model), |it| {
            write_offset(&mut it.weights, looks_at, d_model, BASE);
            let Projections { query, key, .. } = &it.weights;
            it.table.clear();
            it.table.extend(query.iter().chain(key));
            it.version += 1;
        })
    }

    /// The head of a state.
    pub fn head(&mut self, state: &AttendState) -> &Head {
        let spec = HeadSpec::of(state);
        self.matrices(state);
        let weights = &self.matrices.weights;
        self.head.get(spec, |head| head.fill(&spec, weights))
    }
}

impl Head {
    fn fill(&mut self, spec: &HeadSpec, weights: &Projections) {
        let &HeadSpec {
            sharpness,
            n_words,
            d_model,
            words,
            ..
        } = spec;
        self.positions.update(EncodingSpec {
            scheme: SINUSOIDAL,
            seq_len: n_words,
            d_model,
            start: 0,
        });
        let attention_spec = AttentionSpec {
            n_heads: 1,
            scale: Some(sharpness),
            ..AttentionSpec::default()
        };
        let Self {
            positions,
            sum,
            trace,
            ..
        } = self;
        attention(positions.values(), weights, &attention_spec, trace);
        self.found = found(spec, trace.weights.view());
        self.found_alone = None;
        if let Some(words) = words {
            let hashes: Vec<_> = (0..n_words)
                .map(|idx| word_hash(&idx.to_string()))
                .collect();
            sum.update(&hashes, words, positions);
            attention(sum.sum(), weights, &attention_spec, trace);
            self.found_alone = Some(self.found);
            self.found = found(spec, trace.weights.view());
        }
        self.offsets.update(n_words, Direction::Both);
        self.fill_offsets(n_words);
        self.version += 1;
    }

    fn fill_offsets(&mut self, n_words: usize) {
        self.by_offset = Array2::zeros((3, self.offsets.n_offsets()));
        let last = n_words - 1;
        for (idx, mut column) in self.by_offset.columns_mut().into_iter().enumerate() {
            // Key − query is idx − last.
            let queries = last.saturating_sub(idx)..=last.min(2 * last - idx);
            let n_pairs = queries.clone().count() as f64;
            let scores = queries.map(|query| self.trace.scores[[query, query + idx - last]]);
            let (mut sum, mut least, mut largest) = (0.0, f32::INFINITY, f32::NEG_INFINITY);
            for score in scores {
                sum += f64::from(score);
                least = least.min(score);
                largest = largest.max(score);
            }
            column[0] = (sum / n_pairs) as f32;
            column[1] = least;
            column[2] = largest;
        }
    }

    /// The weights of the head, (query, key).
    pub fn map(&self) -> ArrayView2<'_, f32> {
        self.trace.weights.view()
    }

    /// Its scores, with the sharpness in them, (query, key).
    pub fn scores(&self) -> ArrayView2<'_, f32> {
        self.trace.scores.view()
    }
}

/// How much weight the right words get in a map.
fn found(spec: &HeadSpec, map: ArrayView2<'_, f32>) -> Found {
    let targets = (0..spec.n_words).filter_map(|query| Some([query, spec.target(query)?]));
    let mut found = Found {
        least: 1.0,
        ..Found::default()
    };
    let mut sum = 0.0;
    for at in targets {
        let weight = f64::from(map[at]);
        found.n_queries += 1;
        found.least = found.least.min(weight);
        sum += weight;
    }
    found.mean = sum / found.n_queries.max(1) as f64;
    found
}
