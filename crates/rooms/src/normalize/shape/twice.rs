//! The norm of the norm.

use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;

impl NormalizeScene {
    /// By how much the norm changes its own output at most; `None` where there is none.
    pub fn update_twice(&mut self, state: &NormalizeState) -> Option<f64> {
        self.update(state);
        let mut kept = std::mem::take(&mut self.shape);
        let difference = match kept.twice {
            Some((of, difference)) if of == self.versions => difference,
            _ => {
                let spec = self.spec(state, state.norm);
                let result = kept.invariance.twice(state.seq_len, &spec, &self.trace);
                result.ok()
            }
        };
        kept.twice = Some((self.versions, difference));
        self.shape = kept;
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layer_norm_again_changes_nothing_unless_gamma_differs() {
        let twice = |state: &NormalizeState| NormalizeScene::default().update_twice(state);
        let changes_nothing = |state: &NormalizeState| twice(state).is_some_and(|it| it < 1e-3);
        let mut state = NormalizeState::default();
        assert!(changes_nothing(&state));
        // A common γ and β come back as they are.
        (state.gamma, state.beta) = (0.5, 2.0);
        assert!(changes_nothing(&state));
        state.randomise_affine();
        assert!(twice(&state).is_some_and(|it| it > 0.1));
    }
}
