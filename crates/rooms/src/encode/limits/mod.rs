//! What lies beyond the trained length?

mod angles;
mod extrapolate;
pub mod kept;
mod scaling;

use figures::number::{format_count, format_value};
use maths::scaling::{Scaling, score_factor};

use super::lab::Encode;
use super::scaling_formula::scaling_formula;
use super::state::{EncodePart, EncodeState};
use crate::desk::group;
use crate::encoding::Encoding;
use crate::mathml::{THIN, applied};
use crate::room::{Part, Question};
use crate::settings::number_text;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Limits.word(),
    "What lies beyond the trained length?",
    lead,
    formula,
)
.why(
    "Models are trained on short texts and then read longer ones, with positions that they have never seen.",
)
.figures(&[extrapolate::FIGURE, scaling::FIGURE])
.front(&["trained_len", "scaling", "factor", "scheme", "d_model"])
.desk(&[
    group("Scheme"),
    group("Scaling"),
    group("Table"),
    group("Reading"),
])
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Do sinusoids extrapolate?",
        answer: "The formula has a value at every position, but a readout that was fitted within the trained length reads later positions wrongly. Models do little better: with absolute positions, RoPE or ALiBi they solved longer tasks less well than models without positions (Kazemnejad et al. 2023). Drag Trained length.",
        settings: "trained_len=128",
        figure_id: "encode-extrapolate",
    },
    Question {
        asked: "And learned positions?",
        answer: "Vectors that were not trained still hold the random numbers of the start, so what is read there is noise. Lower Learned positions (max_len) under Scheme to the trained length, and there are no vectors to read.",
        settings: "scheme=learned&trained_len=128",
        figure_id: "encode-extrapolate",
    },
    Question {
        asked: "How do models get longer contexts?",
        answer: "Their waves are slowed down. Interpolation slows all alike, so neighbours become more alike; NTK-aware scaling and YaRN leave the fast waves alone. With interpolation, models were then trained for up to 1000 steps more (Chen et al. 2023), with YaRN for about 400 (Peng et al. 2023). NTK-aware scaling was offered as it is.",
        settings: "scaling=yarn",
        figure_id: "encode-scaling",
    },
];

/// How to read the part.
fn lead(state: &EncodeState) -> String {
    let trained = format_count(state.trained_len as u64);
    match state.scheme {
        Encoding::Sinusoidal => format!(
            "The [sinusoid|sinusoidal] formula *gives a [vector|vector] at every position*. Can a model use those that it has never seen? Training here ends at L = \
             {trained} positions. Textbooks say that sinusoids [extrapolate|extrapolate]. Papers found little of it: such models get worse within a few dozen words (Press \
        et al. 2022, figure 1)."
        ),
        Encoding::Learned => format!(
            "A [learned|learned table] *ends at [max-len|max_len]*. After the L = {trained} trained positions its [vector|vectors] are still the \
             random numbers of the start."
        ),
        Encoding::Rope => format!(
            "After L = {trained} positions the slow [wavelength|waves] of [rope|RoPE] reach *angles that were never seen* in training. Scaling slows them \
             down; models are then usually trained a little more."
        ),
        Encoding::Alibi | Encoding::T5 => {
            "[alibi|ALiBi] and [t5|T5 bias] have a number for *every distance*, however large: ALiBi was made for that (Press et al. 2022). \
             Whether a model does well there is another question."
                .to_owned()
        }
        Encoding::None => {
            "[nope|NoPE] has no positions, so *none can be new*. But [attention|attention] is spread over more words in a longer text."
                .to_owned()
        }
        _ => format!(
            "For comparison: what happens to the numbers *beyond the L = {trained} trained positions*?"
        ),
    }
}

/// How ω′ comes from ω, and what is multiplied to the scores.
fn formula(state: &EncodeState) -> String {
    let lengths = format!(
        "<math><msup><mi>L</mi><mo>′</mo></msup><mo>=</mo><mi>s</mi><mo>·</mo><mi>L</mi><mo>=</mo><mn>{}</mn><mo>·</mo><mn>{}</mn>\
         <mo>=</mo><mn>{}</mn></math>",
        number_text(state.factor),
        state.trained_len,
        format_count(state.asked_len() as u64),
    );
    let mut html = lengths + &scaling_formula(state);
    if let scaling @ Scaling::Yarn { .. } = state.scaling() {
        html.push_str(&format!(
            "<math><mi>scores</mi><mo>·</mo><msup><mrow><mo>(</mo><mn>0.1</mn>{THIN}{}<mo>+</mo><mn>1</mn><mo>)</mo></mrow>\
             <mn>2</mn></msup><mo>=</mo><mi>scores</mi><mo>·</mo><mn>{}</mn></math>",
            applied("ln", "<mi>s</mi>"),
            format_value(score_factor(scaling), 4)
        ));
    }
    html
}
