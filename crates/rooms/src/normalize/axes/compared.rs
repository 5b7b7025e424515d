//! The norms that stand side by side: which of them is in use, and how one is chosen.

use super::super::state::{NormName, NormalizeState};

/// Where the norm in use stands among them; `None` where it does not.
pub fn compared_idx(state: &NormalizeState) -> Option<usize> {
    NormName::COMPARED.iter().position(|&it| it == state.norm)
}

/// Uses one of them, where there is one with this number.
pub fn pick_norm(state: &mut NormalizeState, idx: usize) {
    if let Some(&norm) = NormName::COMPARED.get(idx) {
        state.norm = norm;
    }
}
