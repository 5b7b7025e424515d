//! What a model with random weights makes of words, under every scheme that tells it positions: against PyTorch's own layers. And
//! scores in their parts.

use maths::bias::{Bias, BiasSpec, BiasTable, Direction};
use maths::encode::Layout;
use maths::rope::{Pairing, Rope};
use maths::scaling::Scaling;
use maths::schemes::{EncodingSpec, EncodingTable, Scheme};
use maths::transformer::{
    AttentionSpec, AttentionTrace, BlockSpec, BlockTrace, BlockWeights, HeadScores, Mask,
    attention, block,
};
use maths::words::{EmbeddingSpec, WordSum};
use ndarray::{Array2, ArrayView2};
use proptest::prelude::*;

use crate::golden::{self, Case};
use crate::matrices::max_error;

/// A model as a name and numbers say it.
struct Model<'a> {
    scheme: &'a str,
    hashes: Vec<u64>,
    d_model: usize,
    n_heads: usize,
    is_causal: bool,
    std: f64,
    seed: u64,
}

impl<'a> Model<'a> {
    fn of(case: &'a Case) -> Self {
        Self {
            scheme: case.text("scheme"),
            hashes: case.numbers("hashes"),
            d_model: case.number("d_model"),
            n_heads: case.number("n_heads"),
            is_causal: case.number::<u8>("causal") == 1,
            std: case.number("std"),
            seed: case.number("seed"),
        }
    }

    /// E and E + P. (T, d)
    fn sum(&self) -> WordSum {
        let scheme = match self.scheme {
            "sinusoidal" => Scheme::Sinusoidal {
                base: 10_000.0,
                layout: Layout::Interleaved,
                scaling: Scaling::None,
            },
            "learned" => Scheme::Learned {
                seed: self.seed,
                max_len: 512,
            },
            "index" => Scheme::Index,
            "fraction" => Scheme::Fraction {
                length: self.hashes.len() as u64,
            },
            "binary" => Scheme::Binary,
            _ => Scheme::None,
        };
        let mut encoding = EncodingTable::default();
        encoding.update(EncodingSpec {
            scheme,
            seq_len: self.hashes.len(),
            d_model: self.d_model,
            start: 0,
        });
        let mut sum = WordSum::default();
        let spec = EmbeddingSpec {
            d_model: self.d_model,
            std: self.std,
            seed: self.seed,
            scaled: false,
        };
        sum.update(&self.hashes, spec, &encoding);
        sum
    }

    /// What is added to scores. (H, T, T)
    fn bias(&self) -> Option<BiasTable> {
        let bias = match self.scheme {
            "alibi" => Bias::Alibi,
            "t5" => Bias::T5 {
                n_buckets: 32,
                max_distance: 128,
                seed: self.seed,
            },
            _ => return None,
        };
        let mut table = BiasTable::default();
        table.update(BiasSpec {
            bias,
            n_heads: self.n_heads,
            seq_len: self.hashes.len(),
            direction: if self.is_causal {
                Direction::Causal
            } else {
                Direction::Both
            },
        });
        Some(table)
    }

    fn spec<'b>(&self, bias: Option<&'b BiasTable>) -> AttentionSpec<'b> {
        AttentionSpec {
            n_heads: self.n_heads,
            mask: Mask {
                is_causal: self.is_causal,
                n_padding: 0,
            },
            rope: (self.scheme == "rope").then_some(Rope {
                base: 10_000.0,
                pairing: Pairing::Adjacent,
                scaling: Scaling::None,
            }),
            bias,
            scale: None,
        }
    }

    fn weights(&self, layer_idx: usize) -> BlockWeights {
        let mut weights = BlockWeights::default();
        weights.draw(self.seed, layer_idx, self.d_model, [1.0; 2]);
        weights
    }
}

#[test]
fn maps_and_outputs_agree_with_pytorch_under_every_scheme() {
    let mut n_cases = 0;
    for case in golden::cases("attend") {
        let model = Model::of(&case);
        let n_layers: usize = case.number("n_layers");
        let bias = model.bias();
        let spec = model.spec(bias.as_ref());
        let check = |key: &str, got: ArrayView2<'_, f32>| {
            let expected = case.numbers::<f64>(key);
            let expected = Array2::from_shape_vec(got.dim(), expected).unwrap();
            let scale = expected.iter().fold(1.0_f64, |max, x| max.max(x.abs()));
            let error = max_error(got, &expected) / scale;
            let words = case.text("words");
            assert!(
                error < 2e-6,
                "{} of {words}: {key} is off by {error:e}",
                model.scheme
            );
        };
        let mut x = model.sum().sum().to_owned();
        for layer_idx in 0..n_layers {
            let weights = model.weights(layer_idx);
            let key = format!("maps_{layer_idx}");
            if layer_idx + 1 < n_layers {
                let block_spec = BlockSpec {
                    attention: spec,
                    ..BlockSpec::default()
                };
                let mut trace = BlockTrace::default();
                block(x.view(), &weights, &block_spec, &mut trace);
                check(&key, trace.attention.weights.view());
                x = trace.output().to_owned();
            } else {
                let mut trace = AttentionTrace::default();
                attention(x.view(), &weights.attention, &spec, &mut trace);
                check(&key, trace.weights.view());
                check("output", trace.output.view());
            }
        }
        n_cases += 1;
    }
    assert_eq!(n_cases, 21);
}

proptest! {
    /// Whatever is added to words or to scores: its part and the rest make up the whole score.
    #[test]
    fn a_score_is_the_sum_of_its_parts(
        scheme in prop::sample::select(vec![
            "none", "sinusoidal", "learned", "index", "fraction", "binary", "rope", "alibi", "t5",
        ]),
        hashes in prop::collection::vec(0_u64..50, 1..7),
        half_width in 2_usize..9,
        n_heads in 1_usize..3,
        seed in 0_u64..1000,
    ) {
        let model = Model {
            scheme,
            hashes,
            d_model: 2 * n_heads * half_width,
            n_heads,
            is_causal: false,
            std: 1.0,
            seed,
        };
        let sum = model.sum();
        let (words, all) = (sum.embeddings(), sum.sum());
        let positions = &all - &words;
        let weights = model.weights(0).attention;
        let bias = model.bias();
        let spec = model.spec(bias.as_ref());
        let mut trace = AttentionTrace::default();
        attention(all, &weights, &spec, &mut trace);
        let mut unturned = AttentionTrace::default();
        attention(all, &weights, &AttentionSpec { rope: None, ..spec }, &mut unturned);
        let mut parts = HeadScores::default();
        for head_idx in 0..n_heads {
            let mut between = |x: ArrayView2<'_, f32>, y: ArrayView2<'_, f32>| {
                parts.between(x, y, &weights, [head_idx, n_heads]).mapv(f64::from)
            };
            let mut added = between(words, words);
            for (x, y) in [(words, positions.view()), (positions.view(), words), (positions.view(), positions.view())] {
                added += &between(x, y);
            }
            let mut whole = between(all, all);
            if let Some(bias) = &bias {
                let of_head = bias.values().index_axis_move(ndarray::Axis(0), head_idx).mapv(f64::from);
                added += &of_head;
                whole += &of_head;
            }
            let scores = unturned.of_head(&unturned.scores, head_idx);
            let reach = scores.iter().fold(1.0_f64, |reach, score| reach.max(f64::from(*score).abs()));
            prop_assert!(max_error(scores, &added) <= 1e-5 * reach);
            prop_assert!(max_error(scores, &whole) <= 1e-5 * reach);
            // A word with itself is turned by nothing.
            let turned = trace.of_head(&trace.scores, head_idx);
            for (turned, score) in turned.diag().iter().zip(scores.diag()) {
                prop_assert!(f64::from((turned - score).abs()) <= 1e-5 * reach);
            }
        }
    }
}
