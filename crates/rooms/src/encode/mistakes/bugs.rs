//! The bugs themselves: their lines, where they were found, what they are, and the quiz about them. What must not be
//! given away before an answer is said only here.

use figures::number::{format_count, format_value};
use maths::mistakes::WRONG_BASE;

use super::super::state::{Bug, EncodeState, SHOWN_SAMPLE};
use crate::quiz::{self, Found, Quiz, Sheet};
use crate::rotary_mix;
use crate::settings::number_text;

/// The quiz.
pub const QUIZ: Quiz<EncodeState> = Quiz {
    sheet: |state| {
        let asked = state.quiz?;
        Some(Sheet::of_lines(
            "A is right. Which code makes B?",
            asked,
            |bug| found(bug).wrong,
            |bug| explanation(state, bug),
            explanation(state, asked.bug),
        ))
    },
    quizzing: |state| state.quizzing(),
};

/// What the part is about; of a bug that may be named, what it is.
pub fn lead(state: &EncodeState) -> String {
    let explanation = |bug| explanation(state, bug);
    let bug = state.bug();
    let known = (state.quiz.is_some(), state.is_revealed());
    quiz::lead("[encoding|positional encoding]", bug, known, explanation)
}

/// The wrong line beside the right one, and where it was found.
pub fn formula(state: &EncodeState) -> String {
    let bug = state.bug().filter(|_| state.is_revealed());
    bug.map(|bug| found(bug).lines(None)).unwrap_or_default()
}

/// Its line as it was found and as it should be, and where that was.
fn found(bug: Bug) -> Found {
    match bug {
        Bug::DoubleExponent => Found::issue(
            "for i in range(0, d, 2):\n    pe[pos, i] = sin(pos / 10000 ** (2 * i / d))\n    pe[pos, i + 1] = cos(pos / 10000 ** (2 * (i + 1) / d))",
            "for i in range(0, d, 2):\n    pe[pos, i] = sin(pos / 10000 ** (i / d))\n    pe[pos, i + 1] = cos(pos / 10000 ** (i / d))",
            "SamLynnEvans/Transformer",
            25,
        ),
        Bug::Base1000 => Found::issue(
            "pe[:, 2 * i] = sin(pos / 1000 ** (2 * i / d))",
            "pe[:, 2 * i] = sin(pos / 10000 ** (2 * i / d))",
            "maxjcohen/transformer",
            62,
        ),
        Bug::Swapped => Found::issue(
            "pe[:, 0::2], pe[:, 1::2] = cos(angle), sin(angle)",
            "pe[:, 0::2], pe[:, 1::2] = sin(angle), cos(angle)",
            "Open-Deep-ML/DML-OpenProblem",
            595,
        ),
        Bug::F32Angles => Found::pull(
            "angle = position.float() * omega.float()",
            "angle = position.double() * omega.double()",
            "huggingface/transformers",
            29285,
        ),
        Bug::OneRow => Found::issue(
            "x = x + pe[torch.arange(x.size(0))].unsqueeze(1)  # x: (batch, seq_len, d)",
            "x = x + pe[torch.arange(x.size(1))]  # x: (batch, seq_len, d)",
            "cmu-l3/anlp-fall2025-code",
            1,
        ),
        Bug::Padding => Found::issue(
            "x = embedding(tokens) + pe  # 0 is padding, embedded as zeros",
            "x = embedding(tokens) + pe * (tokens != 0).unsqueeze(-1)",
            "Kyubyong/transformer",
            3,
        ),
        Bug::RotaryMixed => rotary_mix::FOUND,
    }
}

/// What the bug is and does.
fn explanation(state: &EncodeState, bug: Bug) -> String {
    match bug {
        Bug::DoubleExponent => {
            "i steps by two already, so the exponent is *twice what it should be*: from wave to wave they slow down too much. The cosine has \
             i + 1 in it, so sine and cosine of a [pair|pair] turn at different speeds."
                .to_owned()
        }
        Bug::Base1000 => format!(
            "A zero is lost: *the [base|base] is {}*, and the longest wave is about a tenth of what it should be. A model can be trained with it, but \
             weights that were trained with the other base give wrong results.",
            number_text(WRONG_BASE)
        ),
        Bug::Swapped => {
            "Sine and cosine of each [pair|pair] *changed places*. The picture changes; the [dot|dot products] of positions stay. Only weights \
             that were trained in the other order give wrong results."
                .to_owned()
        }
        Bug::F32Angles => format!(
            "[frequency|Frequency] and angle are *rounded to 32 bits*. At position {} such numbers are {} apart, while the fastest wave turns by \
             1 radian (57°) per position. Drag First position and watch the error grow. In the thread, angles were rounded even to 16 bits.",
            format_count(state.last()),
            format_value(spacing(state.last()), 2)
        ),
        Bug::OneRow => format!(
            "x.size(0) is the size of the [batch|batch], not the length of the text. There is no error message, but *every [token|token] of sample \
             {SHOWN_SAMPLE} gets the vector of position {SHOWN_SAMPLE}*. So the model cannot see their order."
        ),
        Bug::Padding => format!(
            "The last {} of {} [token|tokens] are [padding|padding]: zeros. *Code that finds padding by its zeros finds none* once positions are \
             added. Most code today looks at the tokens themselves; then it does no harm.",
            format_count((state.seq_len - state.n_tokens()) as u64),
            format_count(state.seq_len as u64)
        ),
        Bug::RotaryMixed => rotary_mix::MEANING.to_owned(),
    }
}

/// How far apart neighbouring `f32` are at a whole number.
#[allow(clippy::cast_possible_wrap, reason = "an exponent below 64")]
fn spacing(number: u64) -> f64 {
    2_f64.powi(number.max(1).ilog2() as i32 - 23)
}

#[cfg(test)]
mod tests {
    use super::super::super::state::{Bug, EncodeState};
    use super::{QUIZ, explanation, formula, found, lead};
    use crate::quiz::{Asked, Quizzed};
    use crate::settings::Chosen;

    #[test]
    fn a_question_is_about_the_line_of_its_bug_and_gives_it_away_only_after_an_answer() {
        let mut state = EncodeState::default();
        assert_eq!((QUIZ.sheet)(&state), None);
        for &bug in Bug::ASKED {
            state.quiz = Some(Asked::new(bug));
            assert_ne!(lead(&state), explanation(&state, bug));
            assert_eq!(formula(&state), "");
            let right = (QUIZ.sheet)(&state).and_then(|sheet| sheet.solution().map(str::to_owned));
            assert_eq!(right.as_deref(), Some(found(bug).wrong));
            (QUIZ.quizzing)(&mut state).answer(bug.idx());
            assert!(state.is_revealed());
            // The quiz says it, and nothing else does.
            assert_ne!(lead(&state), explanation(&state, bug));
            assert!(formula(&state).contains(found(bug).wrong));
        }
    }

    #[test]
    fn three_tries_each_with_a_hint_and_then_the_answer() {
        for &bug in Bug::ASKED {
            let mut state = EncodeState {
                quiz: Some(Asked::new(bug)),
                ..EncodeState::default()
            };
            let sheet = |state: &EncodeState| (QUIZ.sheet)(state).unwrap_or_default();
            let options = sheet(&state).options;
            assert_eq!(options.len(), 4);
            let wrong: Vec<_> = options
                .iter()
                .map(|option| option.idx)
                .filter(|&idx| idx != bug.idx())
                .collect();
            for (n_tried, &idx) in wrong.iter().take(2).enumerate() {
                assert_eq!(sheet(&state).n_left(), 3 - n_tried);
                (QUIZ.quizzing)(&mut state).answer(idx);
                assert!(!state.is_revealed(), "{bug:?}");
                assert_eq!(formula(&state), "");
                let hint = sheet(&state).hint;
                assert_eq!(
                    Some(hint),
                    Bug::from_idx(idx).map(|it| explanation(&state, it))
                );
            }
            (QUIZ.quizzing)(&mut state).answer(wrong[2]);
            assert!(state.is_revealed());
            assert_eq!(sheet(&state).answer, Some(wrong[2]));
        }
    }
}
