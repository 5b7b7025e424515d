//! Ways out of states in which figures have nothing to show.

use super::state::NormalizeState;
use crate::quiz::Asked;
use crate::room::Way;

/// To as many samples and tokens that each feature has values to take a variance of.
pub const TO_MORE_TOKENS: Way<NormalizeState> = Way::new(
    "Take 4 samples of 8 tokens",
    NormalizeState::take_more_tokens,
)
.when(NormalizeState::has_too_few);

/// To γ and β.
pub const TO_AFFINE: Way<NormalizeState> =
    Way::new("Switch γ and β on", |state: &mut NormalizeState| {
        state.affine = true;
    })
    .when(|state| !state.affine);

/// To a question of the quiz.
pub const TO_QUIZ: Way<NormalizeState> =
    Way::new("Let the quiz ask", |state: &mut NormalizeState| {
        *state.quizzing() = Some(Asked::first());
    });

/// To what the part opens with.
pub const TO_OPENING: Way<NormalizeState> =
    Way::new("Start again from the opening", NormalizeState::open_again);
