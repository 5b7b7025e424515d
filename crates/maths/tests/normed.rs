//! The norms, and what they make of a block.

use maths::normalize::{
    BatchMode, Norm, NormGradients, NormSpec, NormTrace, RunningStatistics, normalize,
    normalize_backward,
};
use ndarray::Array2;

pub const BATCH: Norm = Norm::Batch(BatchMode::Train);
pub const BATCH_EVAL: Norm = Norm::Batch(BatchMode::Eval);

/// All norms, with a number of groups and an α.
pub fn all_norms(n_groups: usize, alpha: f64) -> [Norm; 8] {
    [
        Norm::Layer,
        Norm::Rms,
        BATCH,
        BATCH_EVAL,
        Norm::Instance,
        Norm::Group { n_groups },
        Norm::DyT { alpha },
        Norm::None,
    ]
}

/// Nothing but a norm and ε.
pub fn spec(norm: Norm, eps: f64) -> NormSpec<'static> {
    NormSpec {
        norm,
        eps,
        ..NormSpec::default()
    }
}

/// Before any batch.
pub fn untrained(n_features: usize) -> RunningStatistics {
    let mut running = RunningStatistics::default();
    running.restart(n_features);
    running
}

pub fn forward(x: &Array2<f32>, seq_len: usize, spec: &NormSpec<'_>) -> NormTrace {
    let mut trace = NormTrace::default();
    normalize(x.view(), seq_len, spec, &mut trace).unwrap();
    trace
}

pub fn backward(
    x: &Array2<f32>,
    spec: &NormSpec<'_>,
    trace: &NormTrace,
    dy: &Array2<f32>,
) -> NormGradients {
    let mut gradients = NormGradients::default();
    normalize_backward(x.view(), spec, trace, dy.view(), &mut gradients);
    gradients
}
