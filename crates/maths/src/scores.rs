//! Scores of one query and one key over offsets, with the query at several positions: what those of RoPE and those
//! of added positions have in common.

use ndarray::ArrayView2;

use crate::normal::Normals;
use crate::random::{Kind, fill_normal, row_of};
use crate::shape::matrix_view;

/// The query, the key, and room for their scores.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scores {
    /// Where the query stands: a row each.
    pub positions: Vec<u64>,
    /// q, the same for every position. (d)
    pub query: Vec<f32>,
    /// k, the same for every position. (d)
    pub key: Vec<f32>,
    /// (positions, offsets)
    pub values: Vec<f32>,
    /// The largest difference from the first position's score at the same offset.
    pub spread: f64,
    n_offsets: usize,
    /// The seed that the two were drawn from.
    seed: Option<u64>,
    version: u64,
}

impl Scores {
    /// Takes away all scores, for others that are pushed one after the other. Draws q and k where they are others,
    /// each N(0, 1).
    pub fn restart(&mut self, positions: &[u64], n_offsets: usize, seed: u64, d_model: usize) {
        if (self.seed, self.query.len()) != (Some(seed), d_model) {
            let mut normals = Normals::default();
            for (vector, idx) in [&mut self.query, &mut self.key].into_iter().zip(0..) {
                vector.resize(d_model, 0.0);
                let row = row_of(Kind::QueryAndKey, idx);
                fill_normal(seed, row, 1.0, vector, &mut normals);
            }
            self.seed = Some(seed);
        }
        self.positions.clear();
        self.positions.extend_from_slice(positions);
        self.n_offsets = n_offsets;
        self.values.clear();
        self.spread = 0.0;
        self.version += 1;
    }

    /// The scores, shape (positions, offsets); empty before there are any.
    pub fn view(&self) -> ArrayView2<'_, f32> {
        matrix_view(&self.values, self.positions.len(), self.n_offsets)
    }

    /// Grows with every change of the scores.
    pub fn version(&self) -> u64 {
        self.version
    }
}
