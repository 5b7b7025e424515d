//! The numbers of dy and dx, which two figures and the row beside the formula say.

use figures::number::format_value;
use maths::normalize::Norm;

use super::super::phrases::{n, number};
use super::super::reading::Trouble;
use super::super::scene::NormalizeScene;
use super::super::sizes::{largest, length};
use super::super::state::NormalizeState;
use super::kept::Kept;
use super::norms::{is_per_token, rstd_name};
use crate::room::Fact;

/// What is taken for no difference at all in `f32`.
pub const NOTHING: f64 = 1e-5;

/// The part of σ² + ε from which on ε is spoken of: what it leaves can be seen.
pub const EPS_COUNTS: f64 = 1e-3;

/// The numbers of a token's gradients; `None` for what is no number.
#[derive(Clone, Debug)]
pub struct GradientReading {
    /// The norm.
    pub norm: Norm,
    /// The token, counted over all samples.
    pub row_idx: usize,
    /// The feature that is read.
    pub feature: usize,
    /// Its incoming gradient.
    pub dy: f64,
    /// Its outgoing gradient.
    pub dx: Option<f64>,
    /// ‖dy‖ of the token.
    pub dy_size: f64,
    /// ‖dx‖ of the token.
    pub dx_size: Option<f64>,
    /// Σ dx
    pub dx_sum: Option<f64>,
    /// dx · x̂
    pub dx_along: Option<f64>,
    /// Whether the token is divided by something of its own.
    pub has_rstd: bool,
    /// That is 1 over this: 1/√(σ² + ε).
    pub rstd: Option<f64>,
    /// ε as a part of σ² + ε, the largest of those that the token is normalised by; 0 where there are none.
    pub eps_share: Option<f64>,
    /// The largest difference of dx by the formula and by small steps, where there are both.
    pub error: Option<f64>,
    /// How many other tokens get a gradient.
    pub n_reached: usize,
    /// Whether γ of every feature is 0.
    pub is_shut: bool,
    /// Why there is no gradient.
    pub trouble: Option<Trouble>,
}

/// A number, if it is one.
pub fn known(value: f64) -> Option<f64> {
    (!value.is_nan()).then_some(value)
}

impl NormalizeScene {
    /// The numbers of dy and dx.
    pub fn read_gradient(&self, state: &NormalizeState) -> GradientReading {
        let part = &self.gradient;
        let norm = state.norm_in_use();
        let (dy, dx) = (part.row_of(&part.dy), part.row_of(&part.gradients.dx));
        let normalized = part.row_of(&part.trace.normalized);
        let along = dx.iter().zip(normalized);
        let along = along.map(|(&dx, &x)| f64::from(dx) * f64::from(x));
        let feature = state.column();
        let at = |values: &[f32]| values.get(feature).map(|&value| f64::from(value));
        GradientReading {
            norm,
            row_idx: state.row(),
            feature,
            dy: at(dy).unwrap_or_default(),
            dx: at(dx).and_then(known),
            dy_size: length(&dy.into()),
            dx_size: known(length(&dx.into())),
            dx_sum: known(dx.iter().map(|&dx| f64::from(dx)).sum()),
            dx_along: known(along.sum()),
            has_rstd: part.is_exact,
            // Of σ = 0 without ε there is none.
            rstd: part.rstd().filter(|rstd| rstd.is_finite()),
            eps_share: known(eps_share(part, norm, state.eps)),
            error: (!part.by_steps.is_empty() && part.step_error.is_finite())
                .then_some(part.step_error),
            n_reached: n_reached(part, norm),
            is_shut: state.is_shut(),
            trouble: self.gradient_trouble(state),
        }
    }

    /// Why the selected token has no gradient.
    pub fn gradient_trouble(&self, state: &NormalizeState) -> Option<Trouble> {
        let part = &self.gradient;
        let dx = part.row_of(&part.gradients.dx);
        if self.too_few.is_some() {
            Some(Trouble::TooFew)
        } else if state.padding && state.masked && state.is_padding(state.row()) {
            Some(Trouble::Padding)
        } else if dx.iter().all(|dx| dx.is_finite()) {
            None
        } else if part.input.iter().any(|x| !x.is_finite()) {
            Some(Trouble::NoNumber)
        } else {
            (state.eps == 0.0).then_some(Trouble::ZeroOverZero)
        }
    }
}

/// ε as a part of σ² + ε: of the token, or the largest of the groups that its features are in.
fn eps_share(part: &Kept, norm: Norm, eps: f64) -> f64 {
    if part.is_exact {
        return part.exact.along_normalized;
    }
    if is_per_token(norm) {
        return 0.0;
    }
    let [sample, token] = [part.row_idx / part.seq_len, part.row_idx % part.seq_len];
    let shares = (0..part.input.ncols()).filter_map(|feature| {
        let group = part.trace.groups.group_of([sample, token, feature])?;
        Some(eps / (part.trace.variance.get(group)? + eps))
    });
    largest(shares)
}

/// How many other tokens get a gradient.
fn n_reached(part: &Kept, norm: Norm) -> usize {
    if is_per_token(norm) {
        return 0;
    }
    let rows = part.gradients.dx.rows().into_iter().enumerate();
    rows.filter(|(row_idx, dx)| *row_idx != part.row_idx && dx.iter().any(|&dx| dx != 0.0))
        .count()
}

/// The numbers beside the formula.
pub fn facts(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    scene.update_gradient(state);
    fact_words(&scene.read_gradient(state))
}

fn fact_words(reading: &GradientReading) -> Vec<Fact> {
    let mut facts = vec![Fact::new("token", reading.row_idx.to_string())];
    if reading.has_rstd {
        facts.push(Fact {
            name: rstd_name(reading.norm),
            symbol: "sigma",
            value: number(reading.rstd),
        });
    }
    facts.push(Fact::new("‖dy‖", n(reading.dy_size)));
    facts.push(Fact::new("‖dx‖", number(reading.dx_size)));
    facts.push(Fact::new("Σ dx", near_zero(reading.dx_sum, reading)));
    facts.push(Fact::new("dx · x̂", near_zero(reading.dx_along, reading)));
    if let Some(error) = reading.error {
        let error = format_value(error, 2);
        facts.push(Fact::new("error against small steps", error));
    }
    facts
}

/// A sum over dx; one that is 0 but for rounding is told by how small it is.
pub fn near_zero(sum: Option<f64>, reading: &GradientReading) -> String {
    match (sum, reading.dx_size) {
        (Some(sum), Some(size)) if sum != 0.0 && sum.abs() < NOTHING * size => format_value(sum, 1),
        _ => number(sum),
    }
}

/// A share from 0 to 1: small ones are no percentages.
pub fn share(part: f64) -> String {
    if part < EPS_COUNTS {
        format_value(part, 2)
    } else {
        format!("{} %", format_value(100.0 * part, 3))
    }
}

#[cfg(test)]
mod tests {
    use maths::inputs::Distribution;

    use super::super::super::state::NormName;
    use super::*;

    fn reading_of(state: &NormalizeState) -> GradientReading {
        let mut scene = NormalizeScene::default();
        scene.update_gradient(state);
        scene.read_gradient(state)
    }

    fn with_norm(norm: NormName) -> NormalizeState {
        NormalizeState {
            norm,
            ..NormalizeState::default()
        }
    }

    #[test]
    fn the_part_of_epsilon_is_that_of_the_tokens_variance() {
        // With ε as large as the variance of every group, the share is about a half.
        for norm in [
            NormName::Layer,
            NormName::Rms,
            NormName::Batch,
            NormName::Instance,
        ] {
            let share = reading_of(&NormalizeState {
                input: Distribution::Normal,
                batch: 16,
                seq_len: 64,
                eps: 1.0,
                ..with_norm(norm)
            })
            .eps_share;
            let is_about_half = share.is_some_and(|share| (0.35..0.75).contains(&share));
            assert!(is_about_half, "{norm:?}: {share:?}");
        }
        assert_eq!(reading_of(&with_norm(NormName::DyT)).eps_share, Some(0.0));
    }

    #[test]
    fn layer_norm_takes_off_ones_and_itself_and_rms_only_itself() {
        for norm in [NormName::Layer, NormName::Rms] {
            let reading = reading_of(&NormalizeState {
                eps: 0.0,
                ..with_norm(norm)
            });
            let is_nothing = |sum: Option<f64>| sum.is_some_and(|sum| sum.abs() < 1e-5);
            assert!(is_nothing(reading.dx_along), "{reading:?}");
            assert_eq!(is_nothing(reading.dx_sum), norm == NormName::Layer);
            let is_same = reading.error.is_some_and(|error| error < 1e-8);
            assert!(is_same, "{reading:?}");
        }
    }

    #[test]
    fn only_norms_that_share_statistics_give_other_tokens_a_gradient() {
        let n_reached = |norm| reading_of(&with_norm(norm)).n_reached;
        assert_eq!(n_reached(NormName::Layer), 0);
        assert_eq!(n_reached(NormName::DyT), 0);
        // 4 samples of 8 tokens.
        assert_eq!(n_reached(NormName::Batch), 31);
        assert_eq!(n_reached(NormName::Instance), 7);
        assert_eq!(n_reached(NormName::Group), 7);
    }

    #[test]
    fn ten_times_the_input_is_a_tenth_of_the_gradient() {
        let size_at = |scale_a| {
            let state = NormalizeState {
                scale_a,
                ..NormalizeState::default()
            };
            reading_of(&state).dx_size.unwrap_or_default()
        };
        assert!((size_at(1.0) / size_at(10.0) - 10.0).abs() < 1e-3);
        // As small as ε: it no longer grows.
        assert!(size_at(1e-4) / size_at(1.0) < 2000.0);
    }
}
