//! What the chosen scheme does inside attention: biases, or scores of rotated vectors.

use maths::bias::{alibi_slope, t5_bucket};
use maths::rope::{Rope, RopeSpec};
use ndarray::{ArrayView1, ArrayView2, Axis, ShapeBuilder as _, s};

use super::super::state::EncodeState;
use super::kept::Kept;
use crate::encoding::Encoding;
use crate::offsets::row;

/// Where RoPE's one query stands: the score is the same anywhere else.
pub const QUERY: u64 = 64;

/// Whether the scheme does anything inside attention.
pub fn is_inside(state: &EncodeState) -> bool {
    state.scheme == Encoding::Rope || state.bias_spec().is_some()
}

/// Brings what the scheme does up to this state.
pub fn update(kept: &mut Kept, state: &EncodeState) {
    kept.offsets.update(state.seq_len, state.direction);
    if let Some(spec) = state.bias_spec() {
        kept.bias.update(spec);
    } else if state.scheme == Encoding::Rope {
        let n_offsets = 2 * state.seq_len - 1;
        let spec = rope_spec(state, kept.offsets.first, n_offsets);
        kept.rotated.update(spec, &[QUERY]);
    }
}

/// RoPE's scores over these offsets.
pub fn rope_spec(state: &EncodeState, first_offset: i64, n_offsets: usize) -> RopeSpec {
    RopeSpec {
        rope: Rope {
            base: state.base,
            pairing: state.pairing,
            scaling: state.scaling(),
        },
        d_model: state.d_model,
        seed: state.seed,
        first_offset,
        n_offsets,
    }
}

/// By offset, later keys too: a row per head, or RoPE's one query and key. (heads, offsets)
fn to_both_sides<'a>(kept: &'a Kept, state: &EncodeState) -> ArrayView2<'a, f32> {
    match state.scheme {
        Encoding::Rope => kept.rotated.values(),
        _ if is_inside(state) => kept.bias.by_offset(),
        _ => empty_matrix(),
    }
}

/// By offset, as far as keys count: a row per head, or RoPE's one query and key. (heads, offsets)
pub fn by_offset<'a>(kept: &'a Kept, state: &EncodeState) -> ArrayView2<'a, f32> {
    let all = to_both_sides(kept, state);
    let n_offsets = kept.offsets.n_offsets().min(all.ncols());
    all.slice_move(s![.., ..n_offsets])
}

/// What the head that is read does to all keys, by offset; `None` where the scheme does nothing. (offsets)
pub fn of_head<'a>(kept: &'a Kept, state: &EncodeState) -> Option<ArrayView1<'a, f32>> {
    let all = to_both_sides(kept, state);
    // RoPE's one query and key are the only ones.
    let head_idx = state.bias_spec().map_or(0, |_| state.head() - 1);
    (head_idx < all.nrows()).then(|| row(all, head_idx))
}

/// What one head adds by query and key; of RoPE the scores. Later keys are NaN where they are masked. (T, T)
pub fn by_query<'a>(kept: &'a Kept, state: &EncodeState) -> ArrayView2<'a, f32> {
    of_head(kept, state).map_or_else(empty_matrix, |scores| toeplitz(scores, state.seq_len))
}

/// Grows whenever any of them may have changed.
pub fn version(kept: &Kept, state: &EncodeState) -> u64 {
    if state.scheme == Encoding::Rope {
        kept.rotated.version()
    } else {
        kept.bias.version()
    }
}

/// ALiBi's slope of the head that is read.
pub fn slope(state: &EncodeState) -> f64 {
    alibi_slope(state.head() - 1, state.heads)
}

/// Which of T5's buckets an offset is in, where there are buckets.
pub fn bucket(state: &EncodeState, offset: i64) -> Option<u32> {
    let bucket = || t5_bucket(offset, state.n_buckets, state.max_distance, state.direction);
    (state.scheme == Encoding::T5).then(bucket)
}

fn empty_matrix<'a>() -> ArrayView2<'a, f32> {
    ArrayView2::from(&[[0.0; 0]; 0])
}

/// A score by query and key, from the score by offset from −(T − 1) to T − 1: each row is the row before, moved by
/// one. (T, T)
fn toeplitz(by_offset: ArrayView1<'_, f32>, seq_len: usize) -> ArrayView2<'_, f32> {
    let values = by_offset.to_slice().unwrap_or_default();
    let view = ArrayView2::from_shape((seq_len, seq_len).strides((1, 1)), values);
    let mut view = view.unwrap_or_else(|_| empty_matrix());
    // Query 0 begins at offset 0, the last query at −(T − 1).
    view.invert_axis(Axis(0));
    view
}
