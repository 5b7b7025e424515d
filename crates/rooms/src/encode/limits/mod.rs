//! What lies beyond the trained length?

mod angles;
mod extrapolate;
pub mod kept;
mod scaling;

use figures::number::{format_count, format_value};
use maths::scaling::{Scaling, score_factor};

use super::lab::Encode;
use super::scaling_formula::scaling_formula;
use super::state::{EncodePart, EncodeState, Encoding};
use crate::desk::group;
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
        answer: "The formula has a value at every position; what was fitted within the trained length misreads those beyond it. Drag Trained length.",
        settings: "trained_len=128",
        figure_id: "encode-extrapolate",
    },
    Question {
        asked: "And learned positions?",
        answer: "Vectors that were not trained hold what they were drawn with, and what is read there is noise. Lower max_len to the trained length, and there is nothing to read at all.",
        settings: "scheme=learned&trained_len=128",
        figure_id: "encode-extrapolate",
    },
    Question {
        asked: "How do models get longer contexts?",
        answer: "Their waves are slowed down. Interpolation slows all alike, so neighbours come closer; NTK-aware scaling and YaRN spare the fast waves. With interpolation and YaRN models were then trained a little more: up to 1000 steps (Chen et al. 2023), about 400 (Peng et al. 2023). NTK-aware scaling was offered without any training.",
        settings: "scaling=yarn",
        figure_id: "encode-scaling",
    },
];

/// How to read the part.
fn lead(state: &EncodeState) -> String {
    let trained = format_count(state.trained_len as u64);
    let what = match state.scheme {
        Encoding::Sinusoidal => format!(
            "Sinusoids are *defined at every position*; what a model makes of those that it has not seen is another question. \
             Training here ends at L = {trained} positions."
        ),
        Encoding::Learned => format!(
            "A learned table *ends at max_len*. The vectors beyond the L = {trained} trained positions are still as they were drawn."
        ),
        Encoding::Rope => format!(
            "Beyond L = {trained} positions the slow pairs turn by *angles that were never seen* in training. Scaling slows them \
             down; models are usually trained on a little more with it."
        ),
        Encoding::Alibi | Encoding::T5 => {
            "ALiBi and T5 bias say something about *every distance*, the largest too: Press et al. (2022) made ALiBi for that. How \
             well a task is solved there is another question."
                .to_owned()
        }
        Encoding::None => {
            "Nothing to run out of: *without positions, no length is new*, though the scores are spread over more words."
                .to_owned()
        }
        _ => format!(
            "For comparison: what happens to the numbers *beyond the L = {trained} trained positions*?"
        ),
    };
    let papers = " “Sinusoids extrapolate”, say textbooks; papers found it weak: such models get worse within a few dozen tokens \
        beyond the trained length (Press et al. 2022, figure 1), and decoders with absolute positions, RoPE or ALiBi generalized to \
        longer tasks less well than decoders without positions (Kazemnejad et al. 2023).";
    what + papers
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
