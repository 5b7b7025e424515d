//! Attention as real bugs make it, beside what is right. Nothing fails and no shape is wrong: only the numbers are.

use ndarray::{Array2, ArrayView1, ArrayView2};

use super::attention::{AttentionSpec, AttentionTrace, Mask, Projections, attention, softmax};
use super::block::{BlockSpec, BlockTrace, BlockWeights, block};
use crate::shape::reshape;
use crate::words::cosine;

/// What went wrong with the weights: the wrong line of code, and a public thread where it was found. Scores are (query, key).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttentionMistake {
    /// `softmax(scores, dim=-2)`: over the queries, so that what is looked at sums to 1 and what a word looks at does not
    /// (nerminnuraydogan/vision-transformer #1).
    SoftmaxOverQueries,
    /// The softmax before the causal mask (lucidrains/memory-compressed-attention #2): later words are taken out of sums in
    /// which they have been counted.
    MaskAfterSoftmax,
    /// `scores / d_head`: without the root (delzac/cntkx #10). The larger d_head is, the more alike all weights are.
    DividedByWidth,
    /// No mask for padding (LeePleased/StackPropagation-SLU #5): words look at it, and more of it changes them.
    PaddingSeen {
        /// How many tokens at the end are padding.
        n_padding: usize,
    },
}

impl AttentionMistake {
    /// What should be masked, and what is before the softmax.
    fn masks(self) -> [Mask; 2] {
        let right = match self {
            Self::MaskAfterSoftmax => Mask {
                is_causal: true,
                n_padding: 0,
            },
            Self::PaddingSeen { n_padding } => Mask {
                is_causal: false,
                n_padding,
            },
            Self::SoftmaxOverQueries | Self::DividedByWidth => Mask::default(),
        };
        [right, Mask::default()]
    }
}

/// Two maps of the same tokens, as they should be and as a bug makes them, in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct MistakeMaps {
    /// As it should be: row = query, column = key. (T, T)
    pub right: Array2<f32>,
    /// As the bug makes it. (T, T)
    pub wrong: Array2<f32>,
    trace: AttentionTrace,
    block: BlockTrace,
    /// x before and after a layer. (T, d)
    layer: Array2<f32>,
    column: Vec<f32>,
}

impl MistakeMaps {
    /// The weights of one head that looks at the tokens x, (T, d).
    pub fn weights(
        &mut self,
        x: ArrayView2<'_, f32>,
        projections: &Projections,
        mistake: AttentionMistake,
    ) {
        let d_head = x.ncols();
        let [right, wrong] = mistake.masks().map(|mask| AttentionSpec {
            n_heads: 1,
            mask,
            ..AttentionSpec::default()
        });
        attention(x, projections, &right, &mut self.trace);
        copy(&mut self.right, self.trace.weights.view());
        let scale = match mistake {
            AttentionMistake::DividedByWidth => Some((d_head as f64).recip()),
            _ => None,
        };
        attention(
            x,
            projections,
            &AttentionSpec { scale, ..wrong },
            &mut self.trace,
        );
        copy(&mut self.wrong, self.trace.weights.view());
        match mistake {
            AttentionMistake::SoftmaxOverQueries => self.normalize_columns(),
            AttentionMistake::MaskAfterSoftmax => {
                let n_tokens = x.nrows();
                for ((query, key), weight) in self.wrong.indexed_iter_mut() {
                    if !right.mask.allows(query, key, n_tokens) {
                        *weight = 0.0;
                    }
                }
            }
            AttentionMistake::DividedByWidth | AttentionMistake::PaddingSeen { .. } => {}
        }
    }

    /// The softmax of each column of the scores.
    fn normalize_columns(&mut self) {
        for (scores, mut weights) in self
            .trace
            .scores
            .columns()
            .into_iter()
            .zip(self.wrong.columns_mut())
        {
            self.column.clear();
            self.column.extend(scores);
            let n = self.column.len();
            self.column.resize(2 * n, 0.0);
            let (scores, out) = self.column.split_at_mut(n);
            softmax(scores, out);
            weights.assign(&ArrayView1::from(&*out));
        }
    }

    /// How alike the tokens are after all layers, as cosines: with the positions added to the embeddings once, and as
    /// `for layer in layers: x = layer(x + positions)` adds them, once more before each layer (FLAIROx/jafar #13). Both (T, d).
    pub fn similarities(
        &mut self,
        embeddings: ArrayView2<'_, f32>,
        positions: ArrayView2<'_, f32>,
        layers: &[BlockWeights],
        spec: &BlockSpec<'_>,
    ) {
        for adds_again in [false, true] {
            copy(&mut self.layer, embeddings);
            for (layer_idx, weights) in layers.iter().enumerate() {
                if adds_again || layer_idx == 0 {
                    self.layer += &positions;
                }
                block(self.layer.view(), weights, spec, &mut self.block);
                copy(&mut self.layer, self.block.output());
            }
            let out = if adds_again {
                &mut self.wrong
            } else {
                &mut self.right
            };
            cosines(self.layer.view(), out);
        }
    }
}

fn copy(to: &mut Array2<f32>, from: ArrayView2<'_, f32>) {
    let (n_rows, n_columns) = from.dim();
    reshape(to, n_rows, n_columns);
    to.assign(&from);
}

/// The cosine of every two rows; NaN where one is zero. (T, d) → (T, T)
fn cosines(rows: ArrayView2<'_, f32>, out: &mut Array2<f32>) {
    reshape(out, rows.nrows(), rows.nrows());
    for ((p, q), value) in out.indexed_iter_mut() {
        *value = cosine(&rows, p, q) as f32;
    }
}

/// What is seen of a bug in two maps of weights, measured by the same rules for every bug: right, wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct WeightSymptom {
    /// The largest difference, without its sign.
    pub most: f64,
    /// The least and the largest sum of a row: what a query gives away in all.
    pub row_sums: [[f64; 2]; 2],
    /// How many keys a query looks at, in the mean: 2 to the entropy of its weights.
    pub looked_at: [f64; 2],
    /// Which part of all weight goes to padding.
    pub on_padding: [f64; 2],
}

impl WeightSymptom {
    /// Of weights right and wrong, (T, T) each, of whose tokens the last `n_padding` are padding.
    pub fn of(both: [ArrayView2<'_, f32>; 2], n_padding: usize) -> Self {
        let differences = both[0].iter().zip(&both[1]);
        Self {
            most: differences.fold(0.0, |most: f64, (&right, &wrong)| {
                most.max((f64::from(right) - f64::from(wrong)).abs())
            }),
            row_sums: both.map(row_sums),
            looked_at: both.map(|weights| looked_at(weights, n_padding)),
            on_padding: both.map(|weights| on_padding(weights, n_padding)),
        }
    }
}

fn sum(row: ArrayView1<'_, f32>) -> f64 {
    row.iter().copied().map(f64::from).sum()
}

fn row_sums(weights: ArrayView2<'_, f32>) -> [f64; 2] {
    let sums = weights.rows().into_iter().map(sum);
    sums.fold([f64::INFINITY, 0.0], |[least, most], sum| {
        [least.min(sum), most.max(sum)]
    })
}

/// 2^entropy of each real query's weights, in the mean: 1 where it looks at one key alone, T where at all alike.
fn looked_at(weights: ArrayView2<'_, f32>, n_padding: usize) -> f64 {
    let n_real = weights.nrows().saturating_sub(n_padding);
    let perplexity = |row: ArrayView1<'_, f32>| {
        let all = sum(row);
        let parts = row.iter().map(|&weight| f64::from(weight) / all);
        let entropy: f64 = parts
            .filter(|&part| part > 0.0)
            .map(|part| -part * part.ln())
            .sum();
        entropy.exp()
    };
    let rows = weights.rows().into_iter().take(n_real);
    rows.map(perplexity).sum::<f64>() / n_real.max(1) as f64
}

/// The part of the real queries' weight that goes to padding.
fn on_padding(weights: ArrayView2<'_, f32>, n_padding: usize) -> f64 {
    let n_real = weights.nrows().saturating_sub(n_padding);
    let (mut all, mut padding) = (0.0, 0.0);
    for row in weights.rows().into_iter().take(n_real) {
        all += sum(row);
        padding += row.iter().skip(n_real).copied().map(f64::from).sum::<f64>();
    }
    padding / all
}
