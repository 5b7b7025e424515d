//! What Attend keeps from frame to frame.

use super::model::{Run, Weights};
use super::order::kept as order;
use super::state::AttendState;
use crate::lazy::Lazy;
use crate::room::Keeps;

/// What Attend keeps, so that nothing is computed or allocated twice.
#[derive(Default)]
pub struct AttendScene {
    /// The weights of the page's own model.
    pub weights: Weights,
    /// What it makes of the two sentences.
    pub runs: [Run; 2],
    /// Of the part `order`.
    pub order: Lazy<order::Kept>,
}

impl AttendScene {
    /// What the model makes of the two sentences in this state.
    pub fn run(&mut self, state: &AttendState) -> [&Run; 2] {
        let spec = state.model();
        let Self { weights, runs, .. } = self;
        let mut order = 0..;
        runs.each_mut().map(|run| {
            let sentence = state.sentence(order.next().unwrap_or_default());
            run.update(&spec, weights, &sentence)
        })
    }
}

impl Keeps for AttendScene {
    fn leave(&mut self) {
        *self = Self::default();
    }
}
