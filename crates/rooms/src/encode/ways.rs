//! Ways out of states in which figures have nothing to show.

use super::state::{EncodePart, EncodeState};
use crate::encoding::Encoding;
use crate::quiz::Asked;
use crate::room::Way;
use crate::sentence::USUAL;

/// To the part where schemes act that add nothing to the embedding.
pub const TO_ATTENTION: Way<EncodeState> =
    Way::new("See it in Attention", |state: &mut EncodeState| {
        state.take_part(EncodePart::Attention);
    })
    .when(|state| matches!(state.scheme, Encoding::Alibi | Encoding::T5));

/// To a scheme that has a vector for every position.
pub const TO_SINUSOIDAL: Way<EncodeState> =
    Way::new("Choose sinusoidal", |state: &mut EncodeState| {
        state.take_scheme(Encoding::Sinusoidal);
    });

/// To a scheme that acts inside attention.
pub const TO_ROPE: Way<EncodeState> = Way::new("Choose RoPE", |state: &mut EncodeState| {
    state.take_scheme(Encoding::Rope);
});

/// To a sentence.
pub const TO_SENTENCE: Way<EncodeState> = Way::new(
    "Take “the dog bit the man”",
    |state: &mut EncodeState| {
        USUAL.clone_into(&mut state.text);
    },
);

/// To curves, where all were taken away.
pub const NO_CURVES: Way<EncodeState> = Way::new("Show four curves", |state: &mut EncodeState| {
    state.dims = None;
})
.when(|state| state.scheme.has_rows());

/// To positions that have others to be near to, with a vector each.
pub const TO_MORE_POSITIONS: Way<EncodeState> =
    Way::new("Take 64 sinusoidal positions", |state: &mut EncodeState| {
        state.seq_len = EncodeState::default().seq_len;
        state.take_scheme(Encoding::Sinusoidal);
    });

/// To a question of the quiz.
pub const TO_QUIZ: Way<EncodeState> = Way::new("Let the quiz ask", |state: &mut EncodeState| {
    *state.quizzing() = Some(Asked::first());
});

/// Where a scheme adds nothing: to where it acts, or to one that adds something.
pub const ADDING: &[Way<EncodeState>] = &[TO_ATTENTION, TO_SINUSOIDAL];
