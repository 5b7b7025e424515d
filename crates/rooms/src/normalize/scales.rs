//! Axes, their scales and those of colours, as figures of several parts have them.

use std::borrow::Cow;

use figures::{Axis, Colours, Groups, Ramp};

use super::state::NormalizeState;

/// The features of a token.
pub fn features(label: &'static str, state: &NormalizeState) -> Axis<'static> {
    Axis::cells("feature", label, 0, state.d_model)
}

/// The tokens of all samples one after the other, by their words where they have some. What they are stands at
/// the first panel alone.
pub fn tokens(state: &NormalizeState, panel_idx: usize) -> Axis<'static> {
    let has_samples = state.batch > 1 && state.seq_len > 1;
    let label = match (state.has_words(), has_samples) {
        _ if panel_idx > 0 => "",
        (false, true) => "tokens of sample",
        _ => "token",
    };
    let names = if state.has_words() {
        let words = (0..state.rows()).map_while(|row_idx| state.text.word_at(row_idx));
        words.map(str::to_owned).collect()
    } else {
        Vec::new()
    };
    Axis {
        names: Cow::Owned(names),
        groups: Groups(if has_samples { state.seq_len } else { 0 }),
        ..Axis::cells("token", label, 0, state.rows())
    }
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
