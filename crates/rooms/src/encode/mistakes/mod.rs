//! What do real bugs look like?

mod bugs;
pub mod kept;
mod mistake;
mod rotary;

use super::lab::Encode;
use super::state::EncodePart;
use super::ways::TO_QUIZ;
use crate::desk::group;
use crate::room::{Part, Question, ReadingPlace};

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Mistakes.word(),
    "What do real bugs look like?",
    bugs::lead,
    bugs::formula,
)
.why(
    "These bugs raise no error: the model trains on and is only a little worse, so one has to know what to look for.",
)
.figures(&[mistake::FIGURE])
.reading(ReadingPlace::BesideFormula, mistake::reading)
.front(&["mistake", "quiz", "seq_len", "d_model", "start"])
.desk(&[
    group("Mistakes"),
    group("Scheme"),
    group("Table"),
    group("Reading"),
    group("Distance"),
])
// The mistakes, by what one asks before one knows them.
.quiz(bugs::QUIZ)
.first(TO_QUIZ)
.questions(&[
    Question {
        asked: "What if i steps by two and the exponent doubles it again?",
        answer: "From one wave to the next they slow down too much, and sine and cosine of a pair turn at different speeds.",
        settings: "mistake=double_exponent",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if the base loses a zero?",
        answer: "The longest wave is shorter. A model can be trained with it, but weights that were trained with the other base give wrong results.",
        settings: "mistake=base_1000",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Does it matter whether sine or cosine comes first?",
        answer: "The dot products of positions stay the same. Weights that were trained in the other order give wrong results.",
        settings: "mistake=swapped",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Are 32-bit angles exact enough?",
        answer: "Near the start, yes. At large positions, 32-bit numbers lie so far apart that the angles of fast waves become wrong. Move First position.",
        settings: "mistake=f32_angles&start=900000",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if x.size(0) is the batch and not the sequence?",
        answer: "Every token of a sample gets the same position, and there is no error message.",
        settings: "mistake=one_row",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Do positions belong on padding?",
        answer: "Padding is stored as zeros. Once positions are added, code that finds padding by its zeros finds none.",
        settings: "mistake=padding",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if RoPE's table is for neighbours and its rotation for halves?",
        answer: "The two features of a pair turn at different speeds. So the score depends on the places of query and key, not only on how far apart they are. Each convention is right by itself; mixed they are wrong.",
        settings: "seq_len=128&d_model=6&offset=1&mistake=rotary_mixed",
        figure_id: "encode-mistake",
    },
]);
