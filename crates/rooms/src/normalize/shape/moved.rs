//! What the norm in use makes of a · x + c.

use ndarray::Array2;

use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;

/// The a and c that leave x as it is.
const STILL: [f64; 2] = [1.0, 0.0];

impl NormalizeScene {
    /// Brings y(a · x + c) up to this state; says by how much it differs from y(x) at most, where there is a y.
    pub fn update_moved(&mut self, state: &NormalizeState) -> Option<f64> {
        self.update(state);
        let mut kept = std::mem::take(&mut self.shape);
        let by = [state.scale_a, state.shift_c];
        let of = Some((self.versions, by));
        if by == STILL {
            // The output that there is, without another norm of a million values.
            kept.largest_move = self.too_few.is_none().then_some(0.0);
        } else if kept.moved_of != of {
            let spec = self.spec(state, state.norm);
            let (x, seq_len) = (self.x(), state.seq_len);
            let moved = &mut kept.moved_block;
            let result = moved.scale_and_shift(x, seq_len, &spec, &self.trace, by);
            kept.largest_move = result.ok();
            kept.moved_of = of;
        }
        let mut moved = std::mem::take(&mut kept.moved);
        self.shape = kept;
        moved.clear();
        let output = self.moved_output(state);
        if output.nrows() > state.row() {
            moved.extend(output.row(state.row()));
        }
        moved.resize(state.d_model, f32::NAN);
        self.shape.moved = moved;
        self.shape.largest_move
    }

    /// What the norm in use makes of a · x + c. (N, C)
    pub fn moved_output(&self, state: &NormalizeState) -> &Array2<f32> {
        if [state.scale_a, state.shift_c] == STILL {
            &self.trace.output
        } else {
            &self.shape.moved_block.other.output
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::state::NormName;
    use super::*;

    #[test]
    fn scale_and_shift_are_forgotten_by_the_norms_that_take_them_out() {
        let largest = |norm, scale_a, shift_c| {
            let state = NormalizeState {
                norm,
                scale_a,
                shift_c,
                eps: 0.0,
                ..NormalizeState::default()
            };
            NormalizeScene::default().update_moved(&state)
        };
        for (norm, a, c, moves) in [
            (NormName::Layer, 3.0, 2.0, false),
            (NormName::Layer, -1.0, 0.0, true),
            (NormName::Rms, 3.0, 0.0, false),
            (NormName::Rms, 1.0, 2.0, true),
            (NormName::Batch, 3.0, 2.0, false),
            (NormName::Instance, 3.0, 2.0, false),
            (NormName::DyT, 3.0, 0.0, true),
        ] {
            let is_moved = largest(norm, a, c).map(|largest| largest > 1e-4);
            assert_eq!(is_moved, Some(moves), "{norm:?} {a} {c}");
        }
    }
}
