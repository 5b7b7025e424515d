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
use crate::desk::Item;
use crate::room::{Part, Question, ReadingPlace};

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Mistakes.word(),
    "What do bugs in a norm look like?",
    bugs::lead,
    bugs::formula,
)
.figures(&[mistake::FIGURE])
.reading(ReadingPlace::BesideFormula, mistake::reading)
.desk(&[
    Item::Group("Mistakes"),
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
        answer: "All tokens of a sample share one mean and one variance. None has mean 0 by itself, and later tokens change earlier ones.",
        settings: "mistake=token_feature",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if they are taken over the batch?",
        answer: "Those are batch norm's axes: which sentences stand beside yours decides your numbers.",
        settings: "mistake=over_batch",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "Is x.std() the std of LayerNorm?",
        answer: "No, it divides by n − 1, and every output comes out too small: the fewer features, the more. Move d_model.",
        settings: "mistake=unbiased&d_model=8",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "Does it matter on which side of the root ε stands?",
        answer: "Not where σ is large. For small inputs σ + ε is far from √(σ² + ε). Move ε and Input std.",
        settings: "mistake=eps_outside",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if γ and β are single numbers?",
        answer: "All features are scaled alike: none can be made louder or quieter than another.",
        settings: "mistake=scalar_affine",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if model.eval() is forgotten?",
        answer: "Batch norm goes on using the batch at hand, so the same input gives other outputs in other company.",
        settings: "mistake=batch_eval",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if padding is counted?",
        answer: "Its zeros count as tokens, and the real ones come out too large: the more padding, the more.",
        settings: "mistake=padding",
        figure_id: "normalize-mistake",
    },
];
