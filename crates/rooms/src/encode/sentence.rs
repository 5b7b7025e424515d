//! Words with their positions.

use maths::schemes::Scheme;

use super::state::{EncodeState, Encoding};

/// What is added to the embeddings: nothing where the scheme works inside attention.
pub fn added(state: &EncodeState) -> Scheme {
    match state.scheme {
        // It has a table, of the angles that it rotates by.
        Encoding::Rope => Scheme::None,
        other => state.rows_of(other, state.scaling()),
    }
}
