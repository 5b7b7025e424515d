//! The parts of a score, where what makes a query or a key is a sum: words and positions.

use ndarray::{Array2, ArrayView2, Axis};

use super::attention::{Projections, part_of};
use super::product::Product;

/// The scores of one head between two inputs, in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct HeadScores {
    /// x·W_Q of the head. (n, d_head)
    query: Array2<f32>,
    /// y·W_K of the head. (m, d_head)
    key: Array2<f32>,
    scores: Array2<f32>,
    product: Product,
}

impl HeadScores {
    /// (x·W_Q)·(y·W_K)ᵀ/√d_head, with the columns of head `head_idx` of `n_heads`: how well each row of x, as a query, fits each
    /// row of y, as a key, without mask, bias and rotation. (n, d) and (m, d) → (n, m)
    ///
    /// It is linear in x and in y. So the score of E + P is the sum of four: words with words, words with positions, positions
    /// with words, positions with positions.
    pub fn between(
        &mut self,
        x: ArrayView2<'_, f32>,
        y: ArrayView2<'_, f32>,
        weights: &Projections,
        [head_idx, n_heads]: [usize; 2],
    ) -> ArrayView2<'_, f32> {
        let d_head = weights.query.ncols() / n_heads.max(1);
        let columns = part_of(head_idx, d_head);
        let [w_query, w_key] =
            [&weights.query, &weights.key].map(|weights| weights.slice_axis(Axis(1), columns));
        let Self {
            query,
            key,
            scores,
            product,
        } = self;
        product.set(query, x, w_query);
        product.set(key, y, w_key);
        product.set(scores, query.view(), key.t());
        let scale = (d_head as f64).sqrt().recip() as f32;
        scores.mapv_inplace(|score| score * scale);
        scores.view()
    }
}
