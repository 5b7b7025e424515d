//! What does attention see without positions?

pub mod kept;
#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod order;
mod orders;

use super::lab::Attend;
use super::state::{AttendPart, AttendState, MaskName};
use crate::desk::{Item, group};
use crate::encoding::Encoding;
use crate::room::{Part, Question, Way};

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Order.word(),
    "What does attention see without positions?",
    lead,
    formula,
)
.why("A transformer reads all words at once. Without positions “dog bites man” and “man bites dog” are the same to it.")
.figures(&[order::FIGURE])
.front(&["text", "other", "scheme", "mask", "emb_std"])
.desk(DESK)
.first(Way::new("Take the positions away", |state: &mut AttendState| {
    state.scheme = Encoding::None;
}))
.questions(QUESTIONS);

const DESK: &[Item<AttendState>] = &[
    orders::BY_HAND,
    orders::BUTTONS,
    group("Sentence"),
    group("Model"),
    group("Reading"),
];

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why do the positions nearly vanish with large embeddings?",
        answer: "The position's numbers stay between −1 and 1, whatever the embedding's are. Multiplied by √d_model, embeddings of std 1 drown them. The original transformer multiplies by √d_model, too, but starts with embeddings of std 1/√d_model. Switch × √d_model.",
        settings: "sqrt_d=on&d_model=256",
        figure_id: "attend-order",
    },
    Question {
        asked: "Does a decoder need positions?",
        answer: "With a causal mask a word sees only what stands before it. That alone tells words apart by their order, without any position: decoders without positions (NoPE) can be trained. Switch Mask.",
        settings: "scheme=none&mask=causal",
        figure_id: "attend-order",
    },
];

/// How to read the part.
fn lead(state: &AttendState) -> String {
    let tells = match (state.scheme, state.mask) {
        (Encoding::None, MaskName::None) => {
            "Nothing tells where a word stands: *a word comes out the same wherever you move it*."
        }
        (Encoding::None, MaskName::Causal) => {
            "No positions, but a [causal|causal mask]: *a word sees only what stands before it*, and that depends on the order."
        }
        _ => {
            "Positions tell where each word stands: *move a word, and all words come out differently*."
        }
    };
    format!(
        "[attention|Attention] makes each word's output a mixture of all words. The weights are random, as before training. {tells}"
    )
}

/// Permutation equivariance, as MathML.
fn formula(_: &AttendState) -> String {
    "<math><mi>Attn</mi><mo>(</mo><mi>P</mi><mi>X</mi><mo>)</mo><mo>=</mo><mi>P</mi><mo>·</mo><mi>Attn</mi><mo>(</mo><mi>X</mi><mo>)</mo></math>\
     <span class=\"where\">X: the words, P: any other order of them. True without positions and without a mask.</span>"
        .to_owned()
}
