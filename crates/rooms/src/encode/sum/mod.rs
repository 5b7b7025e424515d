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
use super::sentence::adds;
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
        answer: "At the same width, and so at the same cost, the sum leaves word and position the whole width, concatenating half of it: with noise, words are read better from the sum. Twice the width makes up for that, at four times the weights. Without noise a narrow sum loses positions: drag Noise and d_model.",
        settings: "d_model=64&noise=1",
        figure_id: "encode-probe",
    },
    Question {
        asked: "Why multiply embeddings by √d_model?",
        answer: "Compare the lengths of the two: a position's length is fixed by the width, an embedding's by how it was drawn. Switch × √d_model.",
        settings: "d_model=512&emb_std=0.044",
        figure_id: "encode-norms",
    },
    Question {
        asked: "Does the position damage the word?",
        answer: "One word stands at two places: their cosine is 1 before the sum and less after it. Drag Embedding std: the larger the embeddings, the less it falls.",
        settings: "text=the king and the queen",
        figure_id: "encode-sum",
    },
]);

fn lead(_: &EncodeState) -> String {
    "A transformer's first layer gets one vector for each word: *what it is plus where it stands*. In a wide space \
     the two are nearly at right angles, and a linear readout gets both back. Beside each other, each would have half of the width."
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
    let position = if adds(state.scheme) {
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
