//! What ε leaves of the selected token's spread: inside and outside of the root, and in half precision.

use maths::half::round_to_f16;

use super::super::scales::log_scale;
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};

/// The powers of ten at the ends of the scales for ε: from where the smallest usual one, 1e-12, shows.
pub const EPS_DECADES: (f64, f64) = (-7.0, 2.0);

/// For how many scales ε is shown.
pub const N_EPS_SCALES: usize = 91;

/// The token's own variance; the mean square for rms, which takes no mean out.
fn variance(values: impl Iterator<Item = f64> + Clone, is_centred: bool) -> f64 {
    let (sum, n) = values
        .clone()
        .fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    let mean = if is_centred { sum / n } else { 0.0 };
    let squares = values.map(|v| (v - mean) * (v - mean)).sum::<f64>();
    squares / n
}

impl NormalizeScene {
    /// Brings the curves of ε up to this state.
    #[allow(clippy::cast_possible_truncation)]
    pub fn update_eps(&mut self, state: &NormalizeState) {
        self.update(state);
        let mut kept = std::mem::take(&mut self.shape.eps);
        let x = self.x();
        let token = x.row(state.row());
        let is_centred = state.norm != NormName::Rms;
        for curve in [
            &mut kept.scales,
            &mut kept.inside,
            &mut kept.outside,
            &mut kept.half,
        ] {
            curve.clear();
        }
        let half = |value: f64| round_to_f16(f64::from(value as f32));
        for idx in 0..N_EPS_SCALES {
            let scale = log_scale(EPS_DECADES, idx, N_EPS_SCALES);
            let scaled = token
                .iter()
                .map(|&x| f64::from((scale * f64::from(x)) as f32));
            let full = variance(scaled.clone(), is_centred);
            let std = full.sqrt();
            kept.scales.push(scale as f32);
            kept.inside.push((std / (full + state.eps).sqrt()) as f32);
            kept.outside.push((std / (std + state.eps)) as f32);
            let rounded = variance(scaled.map(round_to_f16), is_centred);
            let root = half(half(rounded) + half(state.eps)).sqrt();
            kept.half.push((rounded.sqrt() / root) as f32);
        }
        self.shape.eps = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_four(eps: f64) -> NormalizeScene {
        let mut state = NormalizeState::default();
        state.take_text("1,2,3,4");
        state.eps = eps;
        let mut scene = NormalizeScene::default();
        scene.update_eps(&state);
        scene
    }

    /// A question of users: shrink [1, 2, 3, 4] and see what is left of the spread.
    #[test]
    fn eps_takes_the_spread_of_small_inputs() {
        let scene = of_four(1e-5);
        let kept = &scene.shape.eps;
        for (scale, expected) in [(1.0, 1.0), (1e-2, 0.962), (1e-3, 0.333), (1e-4, 0.035)] {
            let idx = (0..N_EPS_SCALES).find(|&idx| {
                (log_scale(EPS_DECADES, idx, N_EPS_SCALES) / scale - 1.0_f64).abs() < 1e-9
            });
            let inside = idx.and_then(|idx| kept.inside.get(idx)).copied();
            assert!(
                inside.is_some_and(|it| (f64::from(it) - expected).abs() < 5e-4),
                "{scale}: {inside:?}"
            );
        }
    }

    #[test]
    fn half_precision_has_no_eps_of_bert() {
        let scene = of_four(1e-12);
        // Small inputs have variance 0 there, and nothing is added to it: x̂ is infinite.
        assert!(scene.shape.eps.half[0].is_infinite());
        assert!(scene.shape.eps.inside.iter().all(|it| it.is_finite()));
    }
}
