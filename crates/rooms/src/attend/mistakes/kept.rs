//! What the part keeps from frame to frame.

use maths::mistakes::MixedScores;
use maths::transformer::{AttentionMistake, AttentionSpec, BlockSpec, MistakeMaps, WeightSymptom};
use ndarray::Array2;

use super::super::model::Run;
use super::super::scene::AttendScene;
use super::super::state::{AttendState, Bug, MISTAKEN_LAYERS, N_PADDING};
use crate::memo::Memo;

/// What the part keeps.
#[derive(Default)]
pub struct Kept {
    /// The words, and what the weights are of.
    run: Run,
    /// Of the bug that is shown.
    shown: Memo<(Bug, u64), Shown>,
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

impl AttendScene {
    /// Both maps of the bug that is shown; none without one, and for the one of scores.
    pub fn mistaken(&mut self, state: &AttendState) -> Option<&Shown> {
        let bug = state.bug().filter(|&bug| bug != Bug::RotaryMixed)?;
        let spec = state.mistaken_model();
        let Self {
            weights, mistakes, ..
        } = self;
        let Kept { run, shown, .. } = &mut **mistakes;
        let made = shown.get((bug, state.seed), |shown| {
            let n_padding = if bug == Bug::Padding { N_PADDING } else { 0 };
            run.update(&spec, weights, &state.mistaken_sentence());
            let sum = &run.sum;
            let layers = weights.update(&spec);
            let maps = &mut shown.maps;
            let mistake = match bug {
                Bug::SoftmaxAxis => Some(AttentionMistake::SoftmaxOverQueries),
                Bug::MaskAfter => Some(AttentionMistake::MaskAfterSoftmax),
                Bug::DividedByD => Some(AttentionMistake::DividedByWidth),
                Bug::Padding => Some(AttentionMistake::PaddingSeen { n_padding }),
                Bug::EveryLayer | Bug::RotaryMixed => None,
            };
            match (mistake, layers.first()) {
                (Some(mistake), Some(layer)) => {
                    maps.weights(sum.sum(), &layer.attention, mistake);
                }
                _ => maps.similarities(
                    sum.embeddings(),
                    run.encoding.values(),
                    &layers[..MISTAKEN_LAYERS.min(layers.len())],
                    &BlockSpec {
                        attention: AttentionSpec {
                            n_heads: spec.n_heads,
                            ..AttentionSpec::default()
                        },
                        ..BlockSpec::default()
                    },
                ),
            }
            shown.difference = &maps.wrong - &maps.right;
            shown.symptom = WeightSymptom::of([maps.right.view(), maps.wrong.view()], n_padding);
            shown.version += 1;
        });
        Some(made)
    }
}
