//! The maps of a bug as they are in a state: what the part keeps is brought up to that.

use maths::transformer::{AttentionMistake, AttentionSpec, BlockSpec, WeightSymptom};

use super::super::scene::AttendScene;
use super::super::state::{AttendState, Bug, MISTAKEN_LAYERS, N_PADDING};
use super::kept::{Kept, Shown};

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
