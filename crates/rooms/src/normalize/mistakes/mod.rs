//! What do bugs in a norm look like?

mod bugs;
pub(super) mod kept;
mod mistake;
mod outputs;
mod python;
mod symptom;

use super::desk::{NORM_AND_BLOCK, one_hot};
use super::lab::Normalize;
use super::state::{NormalizePart, NormalizeState};
use super::ways::TO_QUIZ;
use crate::desk::{Item, group};
use crate::room::{Part, Question, ReadingPlace};

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Mistakes.word(),
    "What do bugs in a norm look like?",
    bugs::lead,
    bugs::formula,
)
.why("A norm with a bug still runs and still trains: only its numbers give it away.")
.figures(&[mistake::FIGURE])
.reading(ReadingPlace::BesideFormula, mistake::reading)
.front(&["mistake", "quiz", "d_model", "eps", "std"])
.desk(&[
    group("Mistakes"),
    Item::Buttons(&[one_hot(|state: &mut NormalizeState| {
        state.try_one_hot();
        None
    })
    .when(|state| state.quiz.is_none())]),
    NORM_AND_BLOCK,
])
.quiz(bugs::QUIZ)
.first(TO_QUIZ)
.questions(QUESTIONS);

/// The mistakes, by what one asks before one knows them.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "What if mean and variance are taken over tokens and features together?",
        answer: "All tokens of a sample share one mean and one variance. A single token no longer has mean 0, and later tokens change earlier ones.",
        settings: "mistake=token_feature",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if they are taken over the batch?",
        answer: "That is batch norm: your numbers then depend on the other sentences in the batch.",
        settings: "mistake=over_batch",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "Is x.std() the std of LayerNorm?",
        answer: "No, it divides by n − 1, so every output comes out too small. With few features the error is large. Move d_model.",
        settings: "mistake=unbiased&d_model=8",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "Does it matter on which side of the root ε stands?",
        answer: "For large σ, no. For small inputs σ + ε is far from √(σ² + ε). Move ε and Input std.",
        settings: "mistake=eps_outside",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if γ and β are single numbers?",
        answer: "All features are scaled alike: none can be made stronger or weaker than another.",
        settings: "mistake=scalar_affine",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if model.eval() is forgotten?",
        answer: "Batch norm goes on using the present batch, so the same input gives other outputs with other mates.",
        settings: "mistake=batch_eval",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if padding is counted?",
        answer: "Its zeros count as tokens, and the real ones come out too large: more padding, a larger error.",
        settings: "mistake=padding",
        figure_id: "normalize-mistake",
    },
];
