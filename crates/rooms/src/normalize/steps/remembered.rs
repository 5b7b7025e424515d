//! What is said where batch norm evaluates without ever having been trained.

use super::super::state::NormalizeState;

/// Said where that is so.
pub const NOTHING_REMEMBERED: &str = "*Nothing could be remembered*: one value per feature has no variance to train on. So the mean is still 0 and the variance 1.";

/// Whether it is so.
pub fn is_untrained(state: &NormalizeState) -> bool {
    state.evaluates() && state.has_too_few()
}
