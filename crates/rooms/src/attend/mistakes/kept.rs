//! What the part keeps from frame to frame.

use maths::mistakes::MixedScores;
use maths::transformer::{MistakeMaps, WeightSymptom};
use ndarray::Array2;

use super::super::model::Run;
use super::super::state::Bug;
use crate::memo::Memo;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The words, and what the weights are of.
    pub run: Run,
    /// Of the bug that is shown.
    pub shown: Memo<(Bug, u64), Shown>,
    /// Of the bug of scores, right and wrong. (T)
    pub scores: MixedScores,
}

/// Right, wrong, and how far apart they are.
#[derive(Default)]
pub struct Shown {
    /// Right and wrong. (T, T)
    pub maps: MistakeMaps,
    /// Wrong minus right. (T, T)
    pub difference: Array2<f32>,
    /// What the bug does to weights.
    pub symptom: WeightSymptom,
    /// Grows with every change.
    pub version: u64,
}
