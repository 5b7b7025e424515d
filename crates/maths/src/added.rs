//! The score of one query and key when positions are added to both: it depends on where they stand, not only on
//! how far apart. What RoPE is compared with.

use ndarray::ArrayView2;

use crate::schemes::{EncodingSpec, EncodingTable, Scheme};
use crate::scores::Scores;

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
    /// What products are divided by: √d, or 1 in T5.
    pub divisor: f64,
}

/// ⟨q + PE(m), k + PE(m + offset)⟩, divided, of one q and k, with weights that change nothing: over offsets, with the
/// query at several absolute positions m. NaN for keys before position 0 and for rows that there are not.
///
/// Cost: that of a table of as many rows as there are offsets, for each position.
#[derive(Clone, Debug, Default)]
pub struct AddedScores {
    spec: Option<AddedSpec>,
    scores: Scores,
    /// q + PE(m). (d)
    placed: Vec<f64>,
    table: EncodingTable,
}

impl AddedScores {
    /// Makes the scores and returns whether they or their shape changed. Allocates only when there were never so
    /// many.
    pub fn update(&mut self, spec: AddedSpec, positions: &[u64]) -> bool {
        if self.spec == Some(spec) && self.scores.positions == positions {
            return false;
        }
        self.scores
            .restart(positions, spec.n_offsets, spec.seed, spec.d_model);
        for &position in positions {
            self.fill(spec, position);
        }
        self.spec = Some(spec);
        true
    }

    /// The scores, shape (positions, offsets); empty before the first update.
    pub fn values(&self) -> ArrayView2<'_, f32> {
        self.scores.view()
    }

    /// The largest difference from the first position's score at the same offset, where both are numbers.
    pub fn spread(&self) -> f64 {
        self.scores.spread
    }

    /// Grows with every change of the scores.
    pub fn version(&self) -> u64 {
        self.scores.version()
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
        let scores = &mut self.scores;
        let features = scores.query.iter().zip(self.table.values());
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
        let begin = scores.values.len();
        scores.values.resize(begin + n_before, f32::NAN);
        for row in self.table.values().rows() {
            let features = scores.key.iter().zip(row).zip(&self.placed);
            let product: f64 = features
                .map(|((&k, &pe), q)| q * (f64::from(k) + f64::from(pe)))
                .sum();
            scores.values.push((product / spec.divisor) as f32);
        }
        let (before, here) = scores.values.split_at(begin);
        for (&first, &here) in before.iter().take(spec.n_offsets).zip(here) {
            let difference = f64::from(here - first).abs();
            // Not where one of them is NaN.
            if difference > scores.spread {
                scores.spread = difference;
            }
        }
    }
}
