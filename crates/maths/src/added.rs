//! The score of one query and key when positions are added to both: it depends on where they stand, not only on
//! how far apart. What RoPE is compared with.

use ndarray::ArrayView2;

use crate::rope::draw_query_and_key;
use crate::schemes::{EncodingSpec, EncodingTable, Scheme};
use crate::shape::matrix_view;

/// Which scores: everything they depend on, but for the query's positions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AddedSpec {
    /// Where the positions' rows come from.
    pub scheme: Scheme,
    /// The features d of q and k.
    pub d_model: usize,
    /// Another seed, another q and k; each N(0, 1), those of [`crate::rope::RopeSpec`] with this seed.
    pub seed: u64,
    /// The first offset, key − query.
    pub first_offset: i64,
    /// How many offsets, one after the other.
    pub n_offsets: usize,
}

/// ⟨q + PE(m), k + PE(m + offset)⟩ / √d of one q and k, with weights that change nothing: over offsets, with the
/// query at several absolute positions m. NaN for keys before position 0 and for rows that there are not.
///
/// Cost: that of a table of as many rows as there are offsets, for each position.
#[derive(Clone, Debug, Default)]
pub struct AddedScores {
    spec: Option<AddedSpec>,
    positions: Vec<u64>,
    version: u64,
    /// (d)
    query: Vec<f32>,
    /// (d)
    key: Vec<f32>,
    /// q + PE(m). (d)
    placed: Vec<f64>,
    table: EncodingTable,
    /// (positions, offsets)
    values: Vec<f32>,
    spread: f64,
}

impl AddedScores {
    /// Makes the scores and returns whether they or their shape changed. Allocates only when there were never so
    /// many.
    pub fn update(&mut self, spec: AddedSpec, positions: &[u64]) -> bool {
        if self.spec == Some(spec) && self.positions == positions {
            return false;
        }
        let same_vectors = self
            .spec
            .is_some_and(|old| (old.d_model, old.seed) == (spec.d_model, spec.seed));
        if !same_vectors {
            draw_query_and_key(spec.seed, spec.d_model, [&mut self.query, &mut self.key]);
        }
        self.positions.clear();
        self.positions.extend_from_slice(positions);
        self.values.clear();
        self.spread = 0.0;
        for idx in 0..self.positions.len() {
            self.fill(spec, self.positions[idx]);
        }
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// The scores, shape (positions, offsets); empty before the first update.
    pub fn values(&self) -> ArrayView2<'_, f32> {
        let n_offsets = self.spec.map_or(0, |spec| spec.n_offsets);
        matrix_view(&self.values, self.positions.len(), n_offsets)
    }

    /// The largest difference from the first position's score at the same offset, where both are numbers.
    pub fn spread(&self) -> f64 {
        self.spread
    }

    /// Grows with every change of the scores.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The scores of the query at one position.
    fn fill(&mut self, spec: AddedSpec, position: u64) {
        let d_model = spec.d_model;
        let row = EncodingSpec {
            scheme: spec.scheme,
            seq_len: 1,
            d_model,
            start: position,
        };
        self.table.update(row);
        self.placed.clear();
        let features = self.query.iter().zip(self.table.values());
        self.placed
            .extend(features.map(|(&q, &pe)| f64::from(q) + f64::from(pe)));
        // Keys before position 0 have no row.
        let first = position.checked_add_signed(spec.first_offset);
        let n_before = match first {
            Some(_) => 0,
            None => usize::try_from(spec.first_offset.unsigned_abs().saturating_sub(position))
                .unwrap_or(usize::MAX)
                .min(spec.n_offsets),
        };
        self.table.update(EncodingSpec {
            seq_len: spec.n_offsets - n_before,
            start: first.unwrap_or(0),
            ..row
        });
        let begin = self.values.len();
        self.values.resize(begin + n_before, f32::NAN);
        for row in self.table.values().rows() {
            let features = self.key.iter().zip(row).zip(&self.placed);
            let product: f64 = features
                .map(|((&k, &pe), q)| q * (f64::from(k) + f64::from(pe)))
                .sum();
            self.values.push((product / (d_model as f64).sqrt()) as f32);
        }
        let (before, here) = self.values.split_at(begin);
        for (&first, &here) in before.iter().take(spec.n_offsets).zip(here) {
            let difference = f64::from(here - first).abs();
            // Not where one of them is NaN.
            if difference > self.spread {
                self.spread = difference;
            }
        }
    }
}
