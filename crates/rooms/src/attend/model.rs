//! The page's own model, with random weights as before training, on the words of a sentence.

use maths::bias::{Bias, BiasSpec, BiasTable, Direction};
use maths::encode::Layout;
use maths::rope::{Pairing, Rope};
use maths::scaling::Scaling;
use maths::schemes::{EncodingSpec, EncodingTable, Scheme};
use maths::transformer::{
    AttentionSpec, AttentionTrace, BlockSpec, BlockTrace, BlockWeights, attention, block,
};
use maths::words::WordSum;
use ndarray::ArrayView2;

use super::state::ModelSpec;
use crate::encoding::Encoding;
use crate::sentence::Sentence;

/// The base of the waves.
pub const BASE: f64 = 10_000.0;

/// The waves that positions are made of.
pub const SINUSOIDAL: Scheme = Scheme::Sinusoidal {
    base: BASE,
    layout: Layout::Interleaved,
    scaling: Scaling::None,
};

/// How many positions have a learned vector: more than a sentence has words.
pub const MAX_LEN: u64 = 512;

/// T5's buckets and the distance from which on all share the last one (Raffel et al. 2020, §2.1).
pub const T5: (u32, u64) = (32, 128);

/// The weights of all layers: W_Q, W_K, W_V, W_O of each, and the feed-forward of all but the last.
#[derive(Default)]
pub struct Weights {
    of: Option<(u64, usize, usize)>,
    layers: Vec<BlockWeights>,
}

impl Weights {
    /// Draws them for a model, each weight N(0, 2/(inputs + outputs)), unless they are there.
    pub fn update(&mut self, spec: &ModelSpec) -> &[BlockWeights] {
        let ModelSpec {
            seed,
            d_model,
            n_layers,
            ..
        } = *spec;
        if self.of != Some((seed, d_model, n_layers)) {
            self.layers.resize_with(n_layers, BlockWeights::default);
            if let Some((last, lower)) = self.layers.split_last_mut() {
                for (layer_idx, layer) in lower.iter_mut().enumerate() {
                    layer.draw(seed, layer_idx, d_model, [1.0; 2]);
                }
                let std = (d_model as f64).sqrt().recip();
                last.attention.draw(seed, n_layers - 1, d_model, std);
            }
            self.of = Some((seed, d_model, n_layers));
        }
        &self.layers
    }
}

/// What the model makes of one sentence.
#[derive(Default)]
pub struct Run {
    of: Option<(ModelSpec, Sentence)>,
    version: u64,
    /// What is added to the embeddings. (T, d)
    pub encoding: EncodingTable,
    /// E, and E + PE, which the first layer reads. (T, d)
    pub sum: WordSum,
    /// What is added to the scores, where the scheme adds anything. (H, T, T)
    pub bias: BiasTable,
    /// The layers below the last one.
    lower: Vec<BlockTrace>,
    /// The last one: attention alone.
    last: AttentionTrace,
}

impl Run {
    /// Brings it up to a model and a sentence; nothing is made where they are those of last time.
    pub fn update(
        &mut self,
        spec: &ModelSpec,
        weights: &mut Weights,
        sentence: &Sentence,
    ) -> &Self {
        let of = (*spec, sentence.clone());
        if self.of.as_ref() == Some(&of) {
            return self;
        }
        let n_words = sentence.n_words();
        self.encoding.update(EncodingSpec {
            scheme: added(spec),
            seq_len: n_words,
            d_model: spec.d_model,
            start: 0,
        });
        self.sum
            .update(sentence.hashes(), spec.embedding(), &self.encoding);
        let bias = bias(spec, n_words);
        if let Some(bias) = bias {
            self.bias.update(bias);
        }
        let attention_spec = AttentionSpec {
            n_heads: spec.n_heads,
            mask: spec.mask,
            rope: rope(spec),
            bias: bias.map(|_| &self.bias),
            scale: None,
        };
        let block_spec = BlockSpec {
            attention: attention_spec,
            ..BlockSpec::default()
        };
        self.lower
            .resize_with(spec.n_layers.saturating_sub(1), BlockTrace::default);
        if let Some((last, lower)) = weights.update(spec).split_last() {
            let mut input = self.sum.sum();
            for (trace, weights) in self.lower.iter_mut().zip(lower) {
                block(input, weights, &block_spec, trace);
                input = trace.output();
            }
            attention(input, &last.attention, &attention_spec, &mut self.last);
        }
        self.version += 1;
        self.of = Some(of);
        self
    }

    /// Whether anything is added to the scores.
    pub fn is_biased(&self) -> bool {
        let spec = self.of.as_ref().map(|(spec, _)| spec.scheme);
        matches!(spec, Some(Encoding::Alibi | Encoding::T5))
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The attention of a layer, from 0 on; of the last one for a layer that there is not.
    pub fn attention(&self, layer_idx: usize) -> &AttentionTrace {
        self.lower
            .get(layer_idx)
            .map_or(&self.last, |block| &block.attention)
    }

    /// What a layer reads: E + PE, or what the layer below hands on. (T, d)
    pub fn input(&self, layer_idx: usize) -> ArrayView2<'_, f32> {
        let below = layer_idx.min(self.lower.len()).checked_sub(1);
        match below.and_then(|idx| self.lower.get(idx)) {
            Some(block) => block.output(),
            None => self.sum.sum(),
        }
    }

    /// What comes out. (T, d)
    pub fn output(&self) -> ArrayView2<'_, f32> {
        self.last.output.view()
    }
}

/// What is added to the embeddings: nothing where the scheme works inside attention.
pub fn added(spec: &ModelSpec) -> Scheme {
    match spec.scheme {
        Encoding::Sinusoidal => SINUSOIDAL,
        Encoding::Learned => Scheme::Learned {
            seed: spec.seed,
            max_len: MAX_LEN,
        },
        Encoding::Index => Scheme::Index,
        Encoding::Fraction => Scheme::Fraction {
            length: spec.length as u64,
        },
        Encoding::Binary => Scheme::Binary,
        Encoding::Rope | Encoding::Alibi | Encoding::T5 | Encoding::None => Scheme::None,
    }
}

/// How queries and keys are turned, where they are.
pub fn rope(spec: &ModelSpec) -> Option<Rope> {
    (spec.scheme == Encoding::Rope).then_some(Rope {
        base: BASE,
        pairing: Pairing::Adjacent,
        scaling: Scaling::None,
    })
}

/// What is added to scores, where anything is.
pub fn bias(spec: &ModelSpec, n_words: usize) -> Option<BiasSpec> {
    let (n_buckets, max_distance) = T5;
    let bias = match spec.scheme {
        Encoding::Alibi => Bias::Alibi,
        Encoding::T5 => Bias::T5 {
            n_buckets,
            max_distance,
            seed: spec.seed,
        },
        _ => return None,
    };
    Some(BiasSpec {
        bias,
        n_heads: spec.n_heads,
        seq_len: n_words,
        direction: if spec.mask.is_causal {
            Direction::Causal
        } else {
            Direction::Both
        },
    })
}
