//! The norm of a state, as the maths takes it.

use maths::normalize::{NormSpec, Padding};

use super::super::state::NormalizeState;
use super::NormalizeScene;

/// What a norm's settings borrow.
#[derive(Default)]
pub struct SpecBuffers {
    /// γ of every feature, (C); empty where there is none.
    gamma: Vec<f32>,
    /// β of every feature, (C); empty where there is none.
    beta: Vec<f32>,
    /// The real tokens of every sample, (B); empty where none is padded.
    real_lens: Vec<usize>,
}

impl SpecBuffers {
    /// Brings them up to a state.
    pub fn update(&mut self, state: &NormalizeState) {
        state.fill_affine(&mut self.gamma, &mut self.beta);
        self.real_lens.clear();
        if state.padding {
            self.real_lens
                .extend((0..state.batch).map(|sample| state.real_len(sample)));
        }
    }
}

impl NormalizeScene {
    /// The norm in use; for the state that the scene was brought up to.
    pub fn spec(&self, state: &NormalizeState) -> NormSpec<'_> {
        let SpecBuffers {
            gamma,
            beta,
            real_lens,
        } = &self.spec_buffers;
        NormSpec {
            norm: state.norm_in_use(),
            eps: state.eps,
            gamma,
            beta,
            padding: Padding {
                real_lens,
                counted: !state.masked,
            },
            ..NormSpec::default()
        }
    }
}
