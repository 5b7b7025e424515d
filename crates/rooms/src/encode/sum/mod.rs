//! Is a position lost when it is added to a word?

pub mod kept;
mod norms;
mod probe;
mod python;
mod reading;
mod readouts;
#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod sum;
mod tokens;

use super::lab::Encode;
use super::state::{EncodePart, EncodeState};
use crate::desk::group;
use crate::room::{Part, Question, ReadingPlace};
use crate::settings::number_text;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Sum.word(),
    "Is a position lost when it is added to a word?",
    lead,
    formula,
)
.why(
    "A transformer gets one vector for each word: it has to hold what the word is and where it stands.",
)
.figures(&[sum::FIGURE, norms::FIGURE, probe::FIGURE])
.reading(ReadingPlace::BesideFormula, reading::reading)
.front(&["text", "emb_std", "sqrt_d", "d_model", "scheme"])
.desk(&[
    group("Sentence"),
    group("Readout"),
    group("Scheme"),
    group("Scaling"),
    group("Table"),
    group("Reading"),
])
.questions(&[
    Question {
        asked: "Why add and not concatenate?",
        answer: "In a sum, word and position each use the whole width; side by side, each has half of it. With noise, neither comes back completely, but words are read better from the sum. Twice the width makes up for that, but a layer then has four times the weights. Without noise, a narrow sum loses positions: drag d_model, and Noise under Readout.",
        settings: "d_model=64&noise=1",
        figure_id: "encode-probe",
    },
    Question {
        asked: "Why multiply embeddings by √d_model?",
        answer: "Compare ‖E‖ with ‖PE‖: the width fixes ‖PE‖, the random numbers at the start of training fix ‖E‖. Switch × √d_model.",
        settings: "d_model=512&emb_std=0.044",
        figure_id: "encode-norms",
    },
    Question {
        asked: "Does the position damage the word?",
        answer: "One word stands at two places. Before the sum its two vectors are the same (cosine similarity 1), after it they are less alike. Drag Embedding std: the larger the embeddings, the smaller the change.",
        settings: "text=the king and the queen",
        figure_id: "encode-sum",
    },
]);

fn lead(_: &EncodeState) -> String {
    "The word's [embedding|embedding] E and the [vector|vector] of its position are simply *added*. Is anything lost? A \
     [readout|linear readout] tries to get both back from the sum. The other way would be to put them side by side, each with half \
     of the [width|width]."
        .to_owned()
}

/// x = √d · E + PE with the numbers put in (Vaswani et al. 2017, §3.4 and §3.5).
fn formula(state: &EncodeState) -> String {
    let factor = if state.sqrt_d {
        format!(
            "<msqrt><mn>{}</mn></msqrt><mspace width=\"0.15em\"/>",
            state.d_model
        )
    } else {
        String::new()
    };
    let position = if state.scheme.adds() {
        "<mo>+</mo><msub><mi>PE</mi><mi>pos</mi></msub>"
    } else {
        ""
    };
    format!(
        "<math><msub><mi>x</mi><mi>pos</mi></msub><mo>=</mo>{factor}<msub><mi>E</mi><mi>word</mi></msub>{position}</math>\
         <span class=\"where\">E drawn from N(0, {}²) for each word, before any training</span>",
        number_text(state.emb_std)
    )
}
