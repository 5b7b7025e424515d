//! Ways out of states in which the part has nothing to show.

use super::super::state::AttendState;
use crate::quiz::Asked;
use crate::room::Way;

/// To a question of the quiz.
pub const TO_QUIZ: Way<AttendState> = Way::new("Let the quiz ask", |state: &mut AttendState| {
    *state.quizzing() = Some(Asked::first());
});
