//! Heads that are written down, not trained: what each looks at follows from its matrices.
//!
//! A token's vector has slots, [word (d) | position (d) | 1], so that a head can read one without the other. A position is
//! the interleaved sinusoidal one of Vaswani et al. 2017, §3.5, who note that PE(p + o) is a linear function of PE(p): the
//! rotation M_o of [`shift`](crate::shift). All scores below are those before [`AttentionSpec::scale`], the sharpness.
//!
//! | head | W_Q reads | W_K reads | score of query p and key q |
//! |---|---|---|---|
//! | [`Look::Offset`] | position, turned by M_o | position | PE(p + o)·PE(q) = Σ_i cos((p + o − q)·ω_i) |
//! | [`Look::Same`] | word, halved | word | E_p·E_q / 2 |
//! | [`Look::First`] | the 1, which becomes PE(0) | position | PE(0)·PE(q) = Σ_i cos(q·ω_i) |
//!
//! At the place that is looked for each of them is d/2: there all d/2 cosines are 1, and the d numbers of a word from
//! N(0, 1) have squares of 1 in the mean, hence the half. So one sharpness serves all.
//!
//! Elhage et al. 2021 describe heads that look at the token before, found in trained models; these here are made by hand.
//!
//! [`AttentionSpec::scale`]: super::AttentionSpec::scale

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};

use super::attention::Projections;
use crate::frequency::frequency;
use crate::shape::reshape;
use crate::shift::shift_block;

/// What a head that is written down looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Look {
    /// The word so many places on; below 0 it stands before. Where there is none, the nearest place weighs most.
    Offset(i64),
    /// All places with the same word, itself among them, evenly.
    Same,
    /// The word at position 0. The query is the same for all words: a bias, as most models' queries have one.
    First,
}

/// The part of a matrix with these rows and columns.
pub(super) fn part(
    matrix: &mut Array2<f32>,
    rows: Range<usize>,
    columns: Range<usize>,
) -> ArrayViewMut2<'_, f32> {
    let mut part = matrix.view_mut();
    part.slice_axis_inplace(Axis(0), rows.into());
    part.slice_axis_inplace(Axis(1), columns.into());
    part
}

/// The vectors of tokens in slots, [word (d) | position (d) | 1]: (n, 2d + 1) of two tables (n, d).
pub fn in_slots(words: ArrayView2<'_, f32>, positions: ArrayView2<'_, f32>) -> Array2<f32> {
    let (n, d) = words.dim();
    let mut x = Array2::ones((n, 2 * d + 1));
    part(&mut x, 0..n, 0..d).assign(&words);
    part(&mut x, 0..n, d..2 * d).assign(&positions);
    x
}

/// The matrix that turns positions, (d, d): PE(p)·W = PE(p + o) for every p, W = M_oᵀ because positions are rows. d is even.
pub fn turn(offset: i64, d: usize, base: f64) -> Array2<f32> {
    let mut matrix = Array2::zeros((d, d));
    for pair_idx in 0..d / 2 {
        let block = shift_block(frequency(pair_idx, d, base), offset.unsigned_abs());
        for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            // A rotation back is the transpose of the one on.
            let value = if offset < 0 {
                block[row][column]
            } else {
                block[column][row]
            };
            matrix[[2 * pair_idx + row, 2 * pair_idx + column]] = value as f32;
        }
    }
    matrix
}

/// PE(0): sin 0 and cos 0 of every pair. (d)
fn position_zero(d: usize) -> Array1<f32> {
    [0.0, 1.0].into_iter().cycle().take(d).collect()
}

/// Heads side by side that read slots and hand on words, for [`attention`](super::attention) with so many heads and the
/// sharpness as scale: W_Q, W_K and W_V (2d + 1, H·d). W_O is the identity, so that what comes out is, head after head, the
/// mean of the words that it looked at, by their weights.
pub fn write_heads(weights: &mut Projections, looks: &[Look], d: usize, base: f64) {
    let width = looks.len() * d;
    let Projections {
        query,
        key,
        value,
        output,
    } = weights;
    for matrix in [&mut *query, key, value] {
        reshape(matrix, 2 * d + 1, width).fill(0.0);
    }
    let (word, position, one) = (0..d, d..2 * d, 2 * d..2 * d + 1);
    for (head_idx, &look) in looks.iter().enumerate() {
        let columns = head_idx * d..(head_idx + 1) * d;
        let mut key_reads = |slot| part(key, slot, columns.clone()).diag_mut().fill(1.0);
        match look {
            Look::Offset(offset) => {
                part(query, position.clone(), columns.clone()).assign(&turn(offset, d, base));
                key_reads(position.clone());
            }
            Look::Same => {
                let mut from_word = part(query, word.clone(), columns.clone());
                from_word.diag_mut().fill(0.5);
                key_reads(word.clone());
            }
            Look::First => {
                part(query, one.clone(), columns.clone()).assign(&position_zero(d));
                key_reads(position.clone());
            }
        }
        part(value, word.clone(), columns).diag_mut().fill(1.0);
    }
    reshape(output, width, width).fill(0.0);
    output.diag_mut().fill(1.0);
}

/// A head without slots, for vectors that are positions alone, or words plus positions: W_Q = M_oᵀ and W_K the identity,
/// (d, d) both. It hands nothing on: W_V and W_O have no columns.
///
/// Of x = E + PE the score has three more terms than that of [`Look::Offset`]: E_p·M_oᵀ·PE(q), PE(p + o)·E_q and
/// E_p·M_oᵀ·E_q, which are noise to whoever looks for a position.
pub fn write_offset(weights: &mut Projections, offset: i64, d: usize, base: f64) {
    weights.query = turn(offset, d, base);
    weights.key = Array2::eye(d);
    weights.value = Array2::zeros((d, 0));
    weights.output = Array2::zeros((0, 0));
}
