//! What goes wrong in real code?

mod bugs;
pub mod kept;
mod made;
mod mistake;
mod rotary;
mod ways;

use super::lab::Attend;
use super::state::AttendPart;
use crate::desk::group;
use crate::room::{Part, Question, ReadingPlace};
use ways::TO_QUIZ;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Mistakes.word(),
    "What goes wrong in real code?",
    bugs::lead,
    bugs::formula,
)
.why("Attention with a bug still runs and still trains: only its numbers give it away.")
.figures(&[mistake::FIGURE])
.reading(ReadingPlace::BesideFormula, mistake::reading)
.front(&["mistake", "quiz"])
.desk(&[group("Mistakes"), group("Model"), group("Reading")])
.quiz(bugs::QUIZ)
.first(TO_QUIZ)
.questions(&[
    Question {
        asked: "What if the softmax runs over the wrong axis?",
        answer: "Then columns sum to 1, and rows do not: some words collect too much, others hardly anything.",
        settings: "mistake=softmax_axis",
        figure_id: mistake::FIGURE.id,
    },
    Question {
        asked: "Does it matter whether the mask comes before or after the softmax?",
        answer: "After it, later words have already taken their share, and too little is left for the others.",
        settings: "mistake=mask_after",
        figure_id: mistake::FIGURE.id,
    },
    Question {
        asked: "Why divide by the root of d_head and not by d_head?",
        answer: "A score is a sum of d_head products, and such sums grow with the root. Divided by d_head they are too small, and every word looks at all words alike.",
        settings: "mistake=divided_by_d",
        figure_id: mistake::FIGURE.id,
    },
    Question {
        asked: "What if padding is not masked?",
        answer: "Words look at tokens that mean nothing. Another seed gives them another share.",
        settings: "mistake=padding",
        figure_id: mistake::FIGURE.id,
    },
    Question {
        asked: "Why are positions added only once?",
        answer: "Added before every layer they drown the words: the same word comes out differently wherever it stands.",
        settings: "mistake=every_layer",
        figure_id: mistake::FIGURE.id,
    },
    Question {
        asked: "What if RoPE's table is for neighbours and its rotation for halves?",
        answer: "The score depends on the places of query and key, not only on how far apart they are. Each convention is right by itself; mixed they are wrong.",
        settings: "mistake=rotary_mixed",
        figure_id: mistake::FIGURE.id,
    },
]);
