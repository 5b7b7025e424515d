//! Axes, their scales and those of colours, as figures of several parts have them.

use figures::{Axis, Colours, Ramp};

use super::state::NormalizeState;

/// The features of a token.
pub fn features(label: &'static str, state: &NormalizeState) -> Axis<'static> {
    Axis::cells("feature", label, 0, state.d_model)
}

/// The tokens of all samples, from the top down.
pub fn tokens(label: &'static str, state: &NormalizeState) -> Axis<'static> {
    Axis::cells("token", label, 0, state.rows())
}

/// One scale for x, x̂ and y, wide enough for most of x̂ and y; what lies beyond has the last
/// colour. It does not follow x, whose mean and spread would otherwise bleach the other two.
pub fn colours(state: &NormalizeState) -> Colours {
    let (gamma, beta) = if state.affine {
        (state.gamma.abs(), state.beta.abs())
    } else {
        (1.0, 0.0)
    };
    symmetric((2.5 * gamma + beta).max(4.0).ceil())
}

/// As far below zero as above.
#[allow(clippy::cast_possible_truncation)]
pub fn symmetric(reach: f64) -> Colours {
    Colours {
        ramp: Ramp::Diverging,
        min: -reach as f32,
        max: reach as f32,
    }
}

/// Powers of ten around what is positive and finite; `None` where nothing is.
pub fn decades<'v>(values: impl Iterator<Item = &'v f32>) -> Option<(f64, f64)> {
    let positive = values.filter(|value| value.is_finite() && **value > 0.0);
    let (min, max) = positive.fold((f64::INFINITY, 0.0_f64), |(min, max), &value| {
        (min.min(value.into()), max.max(value.into()))
    });
    (max > 0.0).then(|| {
        let (low, high) = (min.log10().floor(), max.log10().ceil());
        (10_f64.powf(low), 10_f64.powf(high.max(low + 1.0)))
    })
}

/// Ten to powers that are evenly spaced.
#[allow(clippy::cast_precision_loss)]
pub fn log_scale((first, last): (f64, f64), idx: usize, n: usize) -> f64 {
    10_f64.powf(first + (last - first) * idx as f64 / (n - 1) as f64)
}
