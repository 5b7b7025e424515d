//! What the part keeps from frame to frame.

use maths::mistakes::{MistakeTables, MixedScores};
use maths::symptom::{Symptom, measure};
use ndarray::Array2;

use super::super::axes::row_idx;
use super::super::state::EncodeState;

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
        self.tables.update(state.table(), mistake);
        let read_idx = row_idx(state);
        let measured = Some((self.tables.version(), read_idx));
        if self.measured != measured {
            self.measured = measured;
            let tables = [self.tables.right(), self.tables.wrong()];
            self.symptom = measure(tables, read_idx, &mut self.difference);
        }
        Some(self)
    }
}
