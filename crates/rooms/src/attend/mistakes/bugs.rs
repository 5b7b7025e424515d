//! The bugs themselves: their lines, where they were found, what they are, and the quiz about them. What must not be
//! given away before an answer is said only here.

use super::super::state::{AttendState, Bug, MISTAKEN_D_MODEL, MISTAKEN_LAYERS, N_PADDING};
use crate::quiz::{self, Found, Quiz, Sheet};
use crate::rotary_mix;

/// The quiz.
pub const QUIZ: Quiz<AttendState> = Quiz {
    sheet: |state| {
        let asked = state.quiz?;
        Some(Sheet::of_lines(
            "A is right. Which code makes B?",
            asked,
            |bug| found(bug).wrong,
            meaning,
            meaning(asked.bug),
        ))
    },
    quizzing: |state| state.quizzing(),
};

/// What the part is about; of a bug that may be named, what it is.
pub fn lead(state: &AttendState) -> String {
    let known = (state.quiz.is_some(), state.is_revealed());
    quiz::lead("[attention|attention]", state.bug(), known, meaning)
}

/// The wrong line beside the right one, and where it was found.
pub fn formula(state: &AttendState) -> String {
    let bug = state.bug().filter(|_| state.is_revealed());
    bug.map(|bug| found(bug).lines(None)).unwrap_or_default()
}

/// Its line as it was found and as it should be, and where that was.
fn found(bug: Bug) -> Found {
    match bug {
        Bug::RotaryMixed => rotary_mix::FOUND,
        Bug::SoftmaxAxis => Found::issue(
            "weights = F.softmax(scores, dim=1)  # scores: (batch, query, key)",
            "weights = F.softmax(scores, dim=-1)  # scores: (batch, query, key)",
            "nerminnuraydogan/vision-transformer",
            1,
        ),
        Bug::MaskAfter => Found::issue(
            "weights = scores.softmax(dim=-1)\nweights = weights.masked_fill(later, 0)",
            "scores = scores.masked_fill(later, -1e9)\nweights = scores.softmax(dim=-1)",
            "lucidrains/memory-compressed-attention",
            2,
        ),
        Bug::DividedByD => Found::issue(
            "weights = softmax(q @ k.T / d_head)",
            "weights = softmax(q @ k.T / sqrt(d_head))",
            "delzac/cntkx",
            10,
        ),
        Bug::Padding => Found::issue(
            "weights = F.softmax(q @ k.transpose(-2, -1) / sqrt(d_head), dim=-1)",
            "scores = (q @ k.transpose(-2, -1) / sqrt(d_head)).masked_fill(is_padding, -1e9)\nweights = F.softmax(scores, dim=-1)",
            "LeePleased/StackPropagation-SLU",
            5,
        ),
        Bug::EveryLayer => Found::issue(
            "for block in blocks:\n    x = block(x + positions)",
            "x = x + positions\nfor block in blocks:\n    x = block(x)",
            "FLAIROx/jafar",
            13,
        ),
    }
}

/// What the bug is and does.
fn meaning(bug: Bug) -> String {
    match bug {
        Bug::RotaryMixed => rotary_mix::MEANING.to_owned(),
        Bug::SoftmaxAxis => {
            "The [softmax|softmax] runs *over the queries instead of the keys*: columns sum to 1, rows do not. Some words then collect \
             twice as much as they should, others next to nothing."
                .to_owned()
        }
        Bug::MaskAfter => {
            "The [causal|causal mask] comes *after the [softmax|softmax]*: later words have already taken their share of the 1. So early words keep \
             too little, and how little depends on words that they must not see."
                .to_owned()
        }
        Bug::DividedByD => format!(
            "The scores are divided by *d_head = {MISTAKEN_D_MODEL} instead of its root {}*. They come out too small, and the \
             [softmax|softmax] gives all words nearly the same weight.",
            MISTAKEN_D_MODEL.isqrt()
        ),
        Bug::Padding => format!(
            "*Nothing hides the padding*: the {N_PADDING} [padding|PAD] tokens take part in the softmax like words. The same sentence \
             comes out differently beside a longer one, because it then has more padding."
        ),
        Bug::EveryLayer => format!(
            "Positions are added *once more before each of the {MISTAKEN_LAYERS} layers*. What the layers have made of the words \
             is drowned by them: the same word comes out differently at another place."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::state::{AttendState, Bug};
    use super::{QUIZ, formula, found, lead, meaning};
    use crate::quiz::{Asked, Quizzed};

    #[test]
    fn a_question_is_about_the_line_of_its_bug_and_gives_it_away_only_after_an_answer() {
        let mut state = AttendState::default();
        assert_eq!((QUIZ.sheet)(&state), None);
        for &bug in Bug::ASKED {
            state.quiz = Some(Asked::new(bug));
            assert_ne!(lead(&state), meaning(bug));
            assert_eq!(formula(&state), "");
            let right = (QUIZ.sheet)(&state).and_then(|sheet| sheet.solution().map(str::to_owned));
            assert_eq!(right.as_deref(), Some(found(bug).wrong));
            (QUIZ.quizzing)(&mut state).answer(bug as usize);
            assert!(state.is_revealed());
            assert!(formula(&state).contains(found(bug).right));
        }
    }
}
