//! What the part keeps from frame to frame.

use maths::mistakes::{MistakeTables, MixedScores};
use ndarray::Array2;

use super::super::axes::row_idx;
use super::super::state::EncodeState;
use super::symptom::{Symptom, measure};

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// Right and wrong. (T, d)
    pub tables: MistakeTables,
    /// Of the bug of scores, right and wrong. (T)
    pub scores: MixedScores,
    /// Wrong minus right. (T, d)
    pub difference: Array2<f32>,
    /// What the bug does to the numbers.
    pub symptom: Symptom,
    /// What it is measured of: the version of the tables and the row that is read.
    measured: Option<(u64, usize)>,
}

impl Kept {
    /// Makes the tables of the bug that is shown; none without one, and for one of scores.
    pub fn update(&mut self, state: &EncodeState) -> Option<&Self> {
        let mistake = state.mistake_of(state.bug()?)?;
        if self.tables.update(state.table(), mistake) {
            let (right, wrong) = (self.tables.right(), self.tables.wrong());
            if self.difference.dim() != right.dim() {
                self.difference = Array2::zeros(right.dim());
            }
            let pairs = wrong.iter().zip(right.iter());
            for (out, (wrong, right)) in self.difference.iter_mut().zip(pairs) {
                *out = wrong - right;
            }
        }
        let measured = Some((self.tables.version(), row_idx(state)));
        if self.measured != measured {
            self.measured = measured;
            let tables = [self.tables.right(), self.tables.wrong()];
            self.symptom = measure(tables, &self.difference, row_idx(state));
        }
        Some(self)
    }
}
