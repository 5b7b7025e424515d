//! Scaled dot-product attention over heads (Vaswani et al. 2017, §3.2), forward and backward.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, Slice};

use super::product::Product;
use crate::bias::BiasTable;
use crate::normal::Normals;
use crate::normalize::nearest_divisor;
use crate::random::{Kind, fill_normal, row_of};
use crate::rope::{Rope, RotationTable};
use crate::shape::reshape;

/// The four matrices of attention, each (d, d).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projections {
    /// W_Q: what a token looks for.
    pub query: Array2<f32>,
    /// W_K: what a token is found by.
    pub key: Array2<f32>,
    /// W_V: what a token hands on.
    pub value: Array2<f32>,
    /// W_O: what becomes of what the heads have put together.
    pub output: Array2<f32>,
}

impl Projections {
    /// W_Q, W_K, W_V and W_O.
    pub fn all_mut(&mut self) -> [&mut Array2<f32>; 4] {
        [
            &mut self.query,
            &mut self.key,
            &mut self.value,
            &mut self.output,
        ]
    }

    /// Draws all four, each weight N(0, std²), for layer `layer_idx`: others for every layer and every seed. std = 1/√d is
    /// Xavier's (Glorot & Bengio 2010, equation 12).
    pub fn draw(&mut self, seed: u64, layer_idx: usize, d_model: usize, std: f64) {
        let mut normals = Normals::default();
        for (matrix, idx) in self.all_mut().into_iter().zip(0..) {
            draw_matrix(
                matrix,
                [d_model; 2],
                std,
                seed,
                [layer_idx, idx],
                &mut normals,
            );
        }
    }
}

/// How many matrices a layer may have: their rows of random numbers are numbered layer after layer.
pub(super) const MATRICES_PER_LAYER: usize = 8;

/// Fills a matrix, (inputs, outputs), with N(0, std²): the one with this number in this layer.
pub(super) fn draw_matrix(
    matrix: &mut Array2<f32>,
    [n_inputs, n_outputs]: [usize; 2],
    std: f64,
    seed: u64,
    [layer_idx, matrix_idx]: [usize; 2],
    normals: &mut Normals,
) {
    let row = row_of(
        Kind::Weight,
        (layer_idx * MATRICES_PER_LAYER + matrix_idx) as u64,
    );
    let values = reshape(matrix, n_inputs, n_outputs);
    fill_normal(seed, row, std, values, normals);
}

/// Which keys a query may look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mask {
    /// Only keys up to the query, as in a decoder.
    pub is_causal: bool,
    /// How many tokens at the end are padding: nobody looks at them.
    pub n_padding: usize,
}

impl Mask {
    /// Whether this query may look at this key, of `n_tokens`.
    pub fn allows(self, query: usize, key: usize, n_tokens: usize) -> bool {
        (!self.is_causal || key <= query) && key + self.n_padding < n_tokens
    }
}

/// Everything that attention depends on besides activations and weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct AttentionSpec<'a> {
    /// Heads. Where they do not divide d, the [nearest divisor](nearest_divisor) is used.
    pub n_heads: usize,
    /// Which keys a query may look at.
    pub mask: Mask,
    /// Turns queries and keys of every head by their position.
    pub rope: Option<Rope>,
    /// Added to the scores, shape (heads, query, key).
    pub bias: Option<&'a BiasTable>,
    /// What a product of query and key is multiplied with; 1/√d_head where there is none. 1 in T5; times
    /// [`score_factor`](crate::scaling::score_factor) with YaRN.
    pub scale: Option<f64>,
}

/// The steps and the result of [`attention`], in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct AttentionTrace {
    /// Heads H, a divisor of d.
    pub n_heads: usize,
    /// x·W_Q, turned if that was asked for. Head h has the columns from h·d_head on. (n, d)
    pub query: Array2<f32>,
    /// x·W_K, likewise. (n, d)
    pub key: Array2<f32>,
    /// x·W_V. (n, d)
    pub value: Array2<f32>,
    /// Before the softmax, scaled, with bias; NaN where the mask forbids to look. Row head·n + query. (H·n, n)
    pub scores: Array2<f32>,
    /// After it: each row sums to 1, or is 0 where a query may look at nothing. (H·n, n)
    pub weights: Array2<f32>,
    /// Σ over keys of weight · value, the heads side by side. (n, d)
    pub mixed: Array2<f32>,
    /// mixed·W_O. (n, d)
    pub output: Array2<f32>,
    rotations: RotationTable,
    product: Product,
}

impl AttentionTrace {
    /// d / H; 0 without features.
    pub fn d_head(&self) -> usize {
        self.query.ncols() / self.n_heads.max(1)
    }

    /// Scores or weights of one head, (query, key); of the last one for a head that there is not.
    pub fn of_head<'a>(&self, table: &'a Array2<f32>, head_idx: usize) -> ArrayView2<'a, f32> {
        let n_tokens = table.ncols();
        let end = ((head_idx + 1) * n_tokens).min(table.nrows());
        let rows = Slice::from(end.saturating_sub(n_tokens)..end);
        table.slice_axis(Axis(0), rows)
    }
}

/// The part of one head among parts of `len` side by side, or one below the other.
fn part_of(head_idx: usize, len: usize) -> Slice {
    Slice::from(head_idx * len..(head_idx + 1) * len)
}

/// Turns every head's part of every row by the row's position.
fn rotate_all(table: &mut Array2<f32>, d_head: usize, rotations: &RotationTable, back: bool) {
    for (position, mut row) in table.rows_mut().into_iter().enumerate() {
        let row = row.as_slice_mut().unwrap_or_default();
        for of_head in row.chunks_exact_mut(d_head.max(1)) {
            rotations.rotate(of_head, position, back);
        }
    }
}

/// Attention of the tokens x to each other, (n, d).
///
/// A permutation of the rows of x permutes those of the output, up to rounding, unless mask, bias or rotation tell where
/// a token stands: Attn(P·x) = P·Attn(x).
pub fn attention(
    x: ArrayView2<'_, f32>,
    weights: &Projections,
    spec: &AttentionSpec<'_>,
    trace: &mut AttentionTrace,
) {
    let (n_tokens, d_model) = x.dim();
    let n_heads = nearest_divisor(spec.n_heads, d_model);
    trace.n_heads = n_heads;
    let AttentionTrace {
        query,
        key,
        value,
        product,
        rotations,
        ..
    } = trace;
    product.set(query, x, weights.query.view());
    product.set(key, x, weights.key.view());
    product.set(value, x, weights.value.view());
    let d_head = d_model / n_heads;
    if let Some(rope) = spec.rope {
        rotations.update(rope, n_tokens, d_head);
        rotate_all(query, d_head, rotations, false);
        rotate_all(key, d_head, rotations, false);
    }
    let AttentionTrace {
        query,
        key,
        value,
        scores,
        weights: attention_weights,
        mixed,
        output,
        product,
        ..
    } = trace;
    reshape(scores, n_heads * n_tokens, n_tokens).fill(0.0);
    reshape(attention_weights, n_heads * n_tokens, n_tokens);
    reshape(mixed, n_tokens, d_model).fill(0.0);
    for head_idx in 0..n_heads {
        let rows = part_of(head_idx, n_tokens);
        let columns = part_of(head_idx, d_head);
        let mut scores = scores.slice_axis_mut(Axis(0), rows);
        let mut of_head = attention_weights.slice_axis_mut(Axis(0), rows);
        let [query, key, value] =
            [&*query, &*key, &*value].map(|table| table.slice_axis(Axis(1), columns));
        product.add(scores.view_mut(), query, key.t());
        finish_scores(&mut scores, spec, head_idx, d_head);
        for (scores, mut weights) in scores.rows().into_iter().zip(of_head.rows_mut()) {
            softmax(
                scores.as_slice().unwrap_or_default(),
                weights.as_slice_mut().unwrap_or_default(),
            );
        }
        let mixed = mixed.slice_axis_mut(Axis(1), columns);
        product.add(mixed, of_head.view(), value);
    }
    product.set(output, mixed.view(), weights.output.view());
}

/// What products are multiplied with.
fn scale_of(spec: &AttentionSpec<'_>, d_head: usize) -> f32 {
    spec.scale.unwrap_or_else(|| (d_head as f64).sqrt().recip()) as f32
}

/// Scales the products of a head, adds its bias, and takes out what the mask forbids.
fn finish_scores(
    scores: &mut ArrayViewMut2<'_, f32>,
    spec: &AttentionSpec<'_>,
    head_idx: usize,
    d_head: usize,
) {
    let n_tokens = scores.ncols();
    let scale = scale_of(spec, d_head);
    let biases = spec.bias.map(BiasTable::values);
    for ((query, key), score) in scores.indexed_iter_mut() {
        let bias = biases
            .as_ref()
            .and_then(|biases| biases.get([head_idx, query, key]));
        *score = if spec.mask.allows(query, key, n_tokens) {
            *score * scale + bias.unwrap_or(&0.0)
        } else {
            f32::NAN
        };
    }
}

/// exp(score) / Σ exp(score), over the scores that are numbers, in `f64`; weight 0 for NaN. An infinite score takes all.
pub(super) fn softmax(scores: &[f32], weights: &mut [f32]) {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let part = |score: f32| {
        if score.is_nan() {
            0.0
        } else if score == largest {
            // Also where both are infinite.
            1.0
        } else {
            (f64::from(score) - f64::from(largest)).exp()
        }
    };
    let sum: f64 = scores.iter().map(|&score| part(score)).sum();
    for (weight, &score) in weights.iter_mut().zip(scores) {
        *weight = if sum > 0.0 {
            (part(score) / sum) as f32
        } else {
            0.0
        };
    }
}

/// The gradients that [`attention_backward`] makes, in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct AttentionGradients {
    /// ∂L/∂x. (n, d)
    pub dx: Array2<f32>,
    /// ∂L/∂W_Q, ∂L/∂W_K, ∂L/∂W_V and ∂L/∂W_O.
    pub weights: Projections,
    /// ∂L/∂(x·W_Q), ∂L/∂(x·W_K), ∂L/∂(x·W_V). (n, d) each
    parts: [Array2<f32>; 3],
    /// ∂L/∂mixed. (n, d)
    dmixed: Array2<f32>,
    /// ∂L/∂weights of a head, then ∂L/∂scores. (n, n)
    dscores: Array2<f32>,
    product: Product,
}

/// The gradients of [`attention`] for dy = ∂L/∂y, shape (n, d), given the input, the weights, the spec and the trace.
///
/// Through the softmax: ∂L/∂score = weight · (∂L/∂weight − Σ weight · ∂L/∂weight), the sum over the keys of the query.
pub fn attention_backward(
    x: ArrayView2<'_, f32>,
    weights: &Projections,
    spec: &AttentionSpec<'_>,
    trace: &AttentionTrace,
    dy: ArrayView2<'_, f32>,
    gradients: &mut AttentionGradients,
) {
    let (n_tokens, d_model) = x.dim();
    let d_head = trace.d_head();
    let scale = scale_of(spec, d_head);
    let AttentionGradients {
        dx,
        weights: dweights,
        parts: [dquery, dkey, dvalue],
        dmixed,
        dscores,
        product,
    } = gradients;
    product.set(&mut dweights.output, trace.mixed.t(), dy);
    product.set(dmixed, dy, weights.output.t());
    for part in [&mut *dquery, dkey, dvalue] {
        reshape(part, n_tokens, d_model).fill(0.0);
    }
    for head_idx in 0..trace.n_heads {
        let columns = part_of(head_idx, d_head);
        let of_head = trace.of_head(&trace.weights, head_idx);
        let [query, key, value, dmixed] = [&trace.query, &trace.key, &trace.value, &*dmixed]
            .map(|table| table.slice_axis(Axis(1), columns));
        let [dquery, dkey, dvalue] = [&mut *dquery, &mut *dkey, &mut *dvalue]
            .map(|part| part.slice_axis_mut(Axis(1), columns));
        product.add(dvalue, of_head.t(), dmixed);
        product.set(dscores, dmixed, value.t());
        for (mut dscores, weights) in dscores.rows_mut().into_iter().zip(of_head.rows()) {
            let parts = dscores.iter().zip(weights);
            let sum: f32 = parts.map(|(dweight, weight)| dweight * weight).sum();
            dscores.zip_mut_with(&weights, |gradient, weight| {
                *gradient = weight * (*gradient - sum) * scale;
            });
        }
        product.add(dquery, dscores.view(), key);
        product.add(dkey, dscores.t(), query);
    }
    if spec.rope.is_some() {
        rotate_all(dquery, d_head, &trace.rotations, true);
        rotate_all(dkey, d_head, &trace.rotations, true);
    }
    reshape(dx, n_tokens, d_model).fill(0.0);
    let [query, key, value, _] = dweights.all_mut();
    for (dweight, part, weight) in [
        (query, dquery, &weights.query),
        (key, dkey, &weights.key),
        (value, dvalue, &weights.value),
    ] {
        product.set(dweight, x.t(), part.view());
        product.add(dx.view_mut(), part.view(), weight.t());
    }
}
