//! What do real bugs look like?

mod bugs;
pub mod kept;
mod mistake;
mod rotary;
mod symptom;

use super::lab::Encode;
use super::state::EncodePart;
use super::ways::TO_QUIZ;
use crate::desk::Item;
use crate::room::{Part, Question, ReadingPlace};

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Mistakes.word(),
    "What do real bugs look like?",
    bugs::lead,
    bugs::formula,
)
.figures(&[mistake::FIGURE])
.reading(ReadingPlace::BesideFormula, mistake::reading)
.desk(&[
    Item::Group("Mistakes"),
    Item::Group("Scheme"),
    Item::Group("Table"),
    Item::Group("Reading"),
    Item::Group("Distance"),
])
// The mistakes, by what one asks before one knows them.
.quiz(bugs::QUIZ)
.first(TO_QUIZ)
.questions(&[
    Question {
        asked: "What if i steps by two and the exponent doubles it again?",
        answer: "Waves slow down twice as fast, and sine and cosine of a pair turn at different speeds: pairs leave the unit circle.",
        settings: "mistake=double_exponent",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if the base loses a zero?",
        answer: "The longest wave is shorter. It trains all the same: only weights that were trained with the other base notice.",
        settings: "mistake=base_1000",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Does it matter whether sine or cosine comes first?",
        answer: "Not to the dot products of positions, only to weights that were trained in the other order.",
        settings: "mistake=swapped",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Are 32-bit angles exact enough?",
        answer: "Near the start, yes. Far out neighbouring numbers lie so far apart that fast waves lose their place. Move First position.",
        settings: "mistake=f32_angles&start=900000",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if x.size(0) is the batch and not the sequence?",
        answer: "Every token of a sample gets the same position, and broadcasting raises no error.",
        settings: "mistake=one_row",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "Do positions belong on padding?",
        answer: "Padding is embedded as zeros, which are no zeros any more: code that looks for them to mask them finds none.",
        settings: "mistake=padding",
        figure_id: "encode-mistake",
    },
    Question {
        asked: "What if RoPE's table is for neighbours and its rotation for halves?",
        answer: "The two features of a pair turn at different speeds: the score depends on where query and key stand, not only on how far apart. Both conventions are right, mixed they are wrong.",
        settings: "seq_len=128&d_model=6&offset=1&mistake=rotary_mixed",
        figure_id: "encode-mistake",
    },
]);
