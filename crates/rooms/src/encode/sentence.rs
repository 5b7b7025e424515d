//! What the vectors of a sentence are made of: embeddings, and what is added to them.

use maths::schemes::Scheme;
use maths::words::EmbeddingSpec;

use super::state::EncodeState;

/// What is added to the embeddings: nothing where the scheme works inside attention.
pub fn added(state: &EncodeState) -> Scheme {
    if state.scheme.adds() {
        state.rows_of(state.scheme, state.scaling())
    } else {
        Scheme::None
    }
}

/// How words become vectors.
pub fn embedding(state: &EncodeState) -> EmbeddingSpec {
    EmbeddingSpec {
        d_model: state.d_model,
        std: state.emb_std,
        seed: state.seed,
        scaled: state.sqrt_d,
    }
}

/// The std of the embeddings' features as they are added, at this width.
#[allow(clippy::cast_precision_loss)]
pub fn std_at(state: &EncodeState, d_model: usize) -> f64 {
    if state.sqrt_d {
        state.emb_std * (d_model as f64).sqrt()
    } else {
        state.emb_std
    }
}
