//! The selected token in four steps, and the bars of the last one that is shown on their way.

use figures::ticks::nice_above;
use ndarray::{ArrayView1, Axis};

use super::super::scene::NormalizeScene;
use super::super::state::{N_STEPS, NormalizeState};

/// How many times x may reach beyond x̂ and y before these get a scale of their own.
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
        let (before, after) = (reach_of(&steps[..2]), reach_of(&steps[2..]));
        // One scale for all four steps, unless x̂ and y would vanish on it.
        let reaches = match before.max(after) {
            common if common <= LARGEST_COMMON_REACH * after => [common; N_STEPS],
            _ => [before, before, after, after],
        };
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
