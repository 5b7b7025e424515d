//! Two heads that are written down and continue a text.
//!
//! A token's vector has three slots of d numbers, [word | position | before]; the last one is empty at first.
//!
//! 1. The first head looks at the word before ([`Look::Offset`](super::built::Look) of −1) and adds it to the slot `before`.
//! 2. The second head looks for the places where that slot equals the word of the query, with scores E_p·before_q / 2, and
//!    hands on the words there: what came after the word of the query.
//!
//! Elhage et al. 2021 found such pairs, which they call induction heads, in trained models, and Olsson et al. 2022 in larger ones.
//! Theirs are learned; these here are made by hand.

use ndarray::{Array2, ArrayView2};

use super::attention::{AttentionSpec, AttentionTrace, Projections, attention};
use super::built::{part, turn};
use crate::shape::reshape;

/// The two heads, and what they make of a text. Nothing is allocated once they have had their largest shape.
#[derive(Clone, Debug, Default)]
pub struct Induction {
    /// Which width and base the matrices are for.
    of: Option<(usize, f64)>,
    heads: [Projections; 2],
    /// [word | position | before], with the last one empty, then filled. (n, 3d)
    x: Array2<f32>,
    traces: [AttentionTrace; 2],
}

impl Induction {
    /// Lets both heads read a text: its words and its positions, (n, d) each. Positions of zeros tell nothing.
    pub fn update(
        &mut self,
        words: ArrayView2<'_, f32>,
        positions: ArrayView2<'_, f32>,
        sharpness: f64,
        base: f64,
    ) {
        let (n, d) = words.dim();
        if self.of != Some((d, base)) {
            self.heads = [first_head(d, base), second_head(d)];
            self.of = Some((d, base));
        }
        let Self {
            heads, x, traces, ..
        } = self;
        let spec = AttentionSpec {
            n_heads: 1,
            scale: Some(sharpness),
            ..AttentionSpec::default()
        };
        reshape(x, n, 3 * d).fill(0.0);
        part(x, 0..n, 0..d).assign(&words);
        part(x, 0..n, d..2 * d).assign(&positions);
        attention(x.view(), &heads[0], &spec, &mut traces[0]);
        *x += &traces[0].output;
        attention(x.view(), &heads[1], &spec, &mut traces[1]);
    }

    /// The weights of the first head (0) or the second one (1), (query, key).
    pub fn map(&self, head_idx: usize) -> ArrayView2<'_, f32> {
        self.traces[head_idx.min(1)].weights.view()
    }

    /// The scores that they are made from, with the sharpness in them.
    pub fn scores(&self, head_idx: usize) -> ArrayView2<'_, f32> {
        self.traces[head_idx.min(1)].scores.view()
    }

    /// What comes out: for each token a mixture of words. (n, d)
    pub fn output(&self) -> ArrayView2<'_, f32> {
        self.traces[1].output.view()
    }
}

/// W_Q = M₋₁ᵀ and W_K = I on the position, W_V = I on the word, W_O = I into `before`.
fn first_head(d: usize, base: f64) -> Projections {
    let [mut query, mut key, mut value] = [(); 3].map(|()| Array2::zeros((3 * d, d)));
    let mut output = Array2::zeros((d, 3 * d));
    part(&mut query, d..2 * d, 0..d).assign(&turn(-1, d, base));
    part(&mut key, d..2 * d, 0..d).diag_mut().fill(1.0);
    part(&mut value, 0..d, 0..d).diag_mut().fill(1.0);
    part(&mut output, 0..d, 2 * d..3 * d).diag_mut().fill(1.0);
    Projections {
        query,
        key,
        value,
        output,
    }
}

/// W_Q = I / 2 on the word, W_K = I on `before`, W_V = I on the word, W_O = I.
fn second_head(d: usize) -> Projections {
    let [mut query, mut key, mut value] = [(); 3].map(|()| Array2::zeros((3 * d, d)));
    part(&mut query, 0..d, 0..d).diag_mut().fill(0.5);
    part(&mut key, 2 * d..3 * d, 0..d).diag_mut().fill(1.0);
    part(&mut value, 0..d, 0..d).diag_mut().fill(1.0);
    Projections {
        query,
        key,
        value,
        output: Array2::eye(d),
    }
}
