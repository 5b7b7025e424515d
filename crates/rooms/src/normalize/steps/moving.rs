//! The selected token in four steps, and the bars of the last one that is shown on their way.

use figures::ticks::nice_above;
use ndarray::{ArrayView1, Axis};

use super::super::scene::NormalizeScene;
use super::super::state::{N_STEPS, NormalizeState};

/// How many times a step may reach beyond another before this one gets a scale of its own.
const LARGEST_COMMON_REACH: f64 = 4.0;

impl NormalizeScene {
    /// Makes the selected token's x − μ, and the bars of the last step that is shown where they are still on their
    /// way; gives how far each step's axis reaches.
    #[allow(clippy::cast_possible_truncation)]
    pub fn update_token_steps(&mut self, state: &NormalizeState) -> [f64; N_STEPS] {
        let row_idx = state.row();
        let mut centered = self.trace.centered(self.x(), row_idx);
        if state.padding && state.masked && state.is_padding(row_idx) {
            centered.fill(0.0);
        }
        self.steps.centered = centered;
        let mut moving = std::mem::take(&mut self.steps.moving);
        moving.clear();
        let steps = self.token_steps(row_idx);
        let reach_of = |steps: &[ArrayView1<'_, f32>]| {
            let finite = steps.iter().flatten().filter(|v| v.is_finite());
            nice_above(finite.fold(0.0_f64, |reach, &v| reach.max(f64::from(v.abs()))))
        };
        let [x, centred, after] = [&steps[..1], &steps[1..2], &steps[2..]].map(reach_of);
        // One scale for all four steps, unless some would vanish on it.
        let shared = |reaches: &[f64]| {
            let (max, min) = (reaches.iter(), reaches.iter());
            let max = max.fold(0.0_f64, |max, &it| max.max(it));
            let min = min.fold(f64::INFINITY, |min, &it| min.min(it));
            (max <= LARGEST_COMMON_REACH * min).then_some(max)
        };
        let [x, centred, after] = if let Some(all) = shared(&[x, centred, after]) {
            [all; 3]
        } else if let Some(before) = shared(&[x, centred]) {
            [before, before, after]
        } else {
            let rest = shared(&[centred, after]);
            [x, rest.unwrap_or(centred), rest.unwrap_or(after)]
        };
        let reaches = [x, centred, after, after];
        let n_steps = state.shown.n_steps;
        let on_its_way = steps.get(..n_steps).filter(|_| state.shown.glide < 1.0);
        if let Some([.., from, to]) = on_its_way {
            let rescale = (reaches[n_steps - 1] / reaches[n_steps - 2]) as f32;
            let part = eased(state.shown.glide) as f32;
            moving.extend(from.iter().zip(to).map(|(&from, &to)| {
                // Bars begin as high as they stand in the panel before.
                let from = from * rescale;
                from + (to - from) * part
            }));
        }
        self.steps.moving = moving;
        reaches
    }

    /// x, x − μ, x̂ and y of a token. Each (C)
    pub fn token_steps(&self, row_idx: usize) -> [ArrayView1<'_, f32>; N_STEPS] {
        let [x, normalized, output] = self
            .steps()
            .map(|step| step.index_axis_move(Axis(0), row_idx));
        let centered = ArrayView1::from(&self.steps.centered[..]);
        [x, centered, normalized, output]
    }
}

/// A part of a way that begins and ends gently.
fn eased(part: f64) -> f64 {
    part * part * (3.0 - 2.0 * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_would_vanish_has_a_scale_of_its_own() {
        for (mean, std, n_scales) in [
            (0.0, 1.0, 1),
            (0.0, 100.0, 2),
            (100.0, 1.0, 2),
            (100.0, 0.01, 3),
        ] {
            let state = NormalizeState {
                mean,
                std,
                ..NormalizeState::default()
            };
            let mut scene = NormalizeScene::default();
            scene.update(&state);
            let mut reaches = scene.update_token_steps(&state).to_vec();
            for (reach, step) in reaches.iter().zip(scene.token_steps(state.row())) {
                let highest = step.iter().fold(0.0_f32, |max, value| max.max(value.abs()));
                assert!(
                    f64::from(highest) >= 0.1 * reach,
                    "{mean}, {std}: {highest} of {reach}"
                );
            }
            reaches.dedup();
            assert_eq!(reaches.len(), n_scales, "{mean}, {std}: {reaches:?}");
        }
    }
}
