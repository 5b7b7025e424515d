//! What figures do not depend on, set as the page opens.

use super::state::NormalizeState;

/// How far the steps of a token are shown.
pub fn motion(state: &mut NormalizeState) {
    state.shown = NormalizeState::default().shown;
}

/// What only the Jacobian shows.
pub fn push(state: &mut NormalizeState) {
    NormalizeState {
        push: state.push,
        push_size: state.push_size,
        ..
    } = NormalizeState::default();
}

/// What only the part about gradients shows.
pub fn gradient(state: &mut NormalizeState) {
    push(state);
    state.dy = NormalizeState::default().dy;
}

/// How space is looked at.
pub fn space(state: &mut NormalizeState) {
    NormalizeState {
        stage: state.stage,
        basis: state.basis,
        yaw: state.yaw,
        pitch: state.pitch,
        ..
    } = NormalizeState::default();
}

/// Scale and shift of the input.
pub fn moves(state: &mut NormalizeState) {
    NormalizeState {
        scale_a: state.scale_a,
        shift_c: state.shift_c,
        ..
    } = NormalizeState::default();
}
