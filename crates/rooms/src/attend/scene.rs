//! What Attend keeps from frame to frame.

use super::built::kept as built;
use super::context::kept as context;
use super::continuing::kept as continuing;
use super::heads::kept as heads;
use super::maps::kept as maps;
use super::mistakes::kept as mistakes;
use super::model::{Run, Weights};
use super::order::kept::{self as order, Compared, Yardsticks};
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
    /// Of the part `maps`.
    pub maps: Lazy<maps::Kept>,
    /// Of the part `built`.
    pub built: Lazy<built::Kept>,
    /// Of the part `continuing`.
    pub continuing: Lazy<continuing::Kept>,
    /// Of the part `heads`.
    pub heads: Lazy<heads::Kept>,
    /// Of the part `context`.
    pub context: Lazy<context::Kept>,
    /// Of the part `mistakes`.
    pub mistakes: Lazy<mistakes::Kept>,
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

    /// The outputs of the words that both sentences have.
    pub fn compared(&mut self, state: &AttendState) -> &Compared {
        let sentences = [0, 1].map(|order| state.sentence(order));
        self.run(state);
        let Self { runs, order, .. } = self;
        let [first, second] = &*runs;
        let of = (sentences.clone(), first.version(), second.version());
        order.compared.get(of, |compared| {
            compared.fill(&sentences, [first, second]);
        })
    }

    /// How far the pooled vector of the first sentence is from others.
    pub fn yardsticks(&mut self, state: &AttendState) -> &Yardsticks {
        self.run(state);
        let Self {
            weights,
            runs: [first, second],
            order,
            ..
        } = self;
        order.yardsticks(state, weights, [first, second])
    }

    /// How many times as long as its position's vector a word's is, in the mean; none where nothing is added.
    pub fn word_to_position(&mut self, state: &AttendState) -> Option<f64> {
        let [first, _] = self.run(state);
        let norms = first.sum.norms();
        let total = |norms: &[f32]| norms.iter().copied().map(f64::from).sum::<f64>();
        let (words, positions) = (total(&norms.embedding), total(&norms.encoding));
        (positions > 0.0).then_some(words / positions)
    }
}

impl Keeps for AttendScene {
    fn leave(&mut self) {
        *self = Self::default();
    }
}
