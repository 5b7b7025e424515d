//! What the part keeps from frame to frame.

use maths::added::AddedScores;
use maths::bias::BiasTable;
use maths::rope::RopeScores;
use ndarray::Array2;

use crate::offsets::Offsets;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The biases of all heads.
    pub bias: BiasTable,
    /// RoPE's scores of one query and key over all offsets.
    pub rotated: RopeScores,
    /// RoPE's scores with the query at several places.
    pub moved: RopeScores,
    /// The same with positions added.
    pub added: AddedScores,
    /// A score of a query and a key without positions, with the bias. (queries, offsets)
    pub biased: Array2<f32>,
    /// RoPE's score of the query and the key where they stand.
    pub dial: RopeScores,
    /// One pair of the two, turned. (features, query and key)
    pub arrows: [[f32; 2]; 2],
    /// The offsets that are shown.
    pub offsets: Offsets,
    /// The offsets that are shown where the query moves.
    pub moved_offsets: Offsets,
}
