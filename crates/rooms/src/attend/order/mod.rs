//! What does attention see without positions?

mod difference;
pub mod kept;
#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod order;
mod orders;
mod outputs;
mod python;
mod reading;
mod yardsticks;

use super::lab::Attend;
use super::state::{AttendPart, AttendState, MaskName};
use crate::desk::{Item, group};
use crate::encoding::Encoding;
use crate::room::{Part, Question, ReadingPlace, Way};

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Order.word(),
    "What does attention see without positions?",
    lead,
    formula,
)
.why("Without positions, “dog bites man” and “man bites dog” are the same to a transformer, because it reads all words at once.")
.figures(&[order::FIGURE, outputs::FIGURE, yardsticks::FIGURE])
.reading(ReadingPlace::BesideFormula, reading::reading)
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
        asked: "Is the difference large?",
        answer: "Another word moves the sentence's vector further than another order does. {moves it by} The weights here are random: training decides what becomes of the difference.",
        settings: "text=the dog bit the man&other=the man bit the dog",
        figure_id: "attend-yardsticks",
    },
    Question {
        asked: "Do large embeddings drown the positions?",
        answer: "The position's numbers stay between −1 and 1, however large the embedding's are. Multiplied by √d_model, embeddings of std 1 drown them. The code of the original transformer multiplies, too, but starts with a std of 1/√d_model. With some seeds the order still counts: such scores make attention pick one word, and a position may change which. Move Seed under Model.",
        settings: "sqrt_d=on&d_model=256&seed=1",
        figure_id: "attend-order",
    },
    Question {
        asked: "Does a decoder need positions?",
        answer: "With a causal mask a word sees only what stands before it. That alone tells orders apart: decoders without positions (NoPE) can be trained. Switch Mask.",
        settings: "scheme=none&mask=causal",
        figure_id: "attend-order",
    },
    Question {
        asked: "Can a classifier tell who bit whom?",
        answer: "Many classifiers read the mean of all words' outputs. Without positions that mean is the same for both orders, so no layer after it can tell them apart. Choose another Scheme.",
        settings: "scheme=none",
        figure_id: "attend-outputs",
    },
];

/// How to read the part.
fn lead(state: &AttendState) -> String {
    let tells = match (state.scheme, state.mask) {
        _ if state.emb_std == 0.0 => {
            "All [embedding|embeddings] are zero: *every word is the same*, wherever you move it."
        }
        (Encoding::None, MaskName::None) => {
            "Nothing tells where a word stands: *a word comes out the same wherever you move it*."
        }
        (Encoding::None, MaskName::Causal) => {
            "No positions, but a [causal|causal mask]: *a word sees only what stands before it*, and that depends on the order."
        }
        (Encoding::Alibi, MaskName::None) => {
            "ALiBi tells how far apart two words are, not which stands first: *read backwards, a sentence is the same*."
        }
        _ => {
            "Positions tell where each word stands: *move a word, and all words come out differently*."
        }
    };
    format!(
        "[attention|Attention] makes each word's output a mixture of all words. The weights are random, as before training. {tells}"
    )
}

/// Permutation equivariance, as MathML: whether it holds in this state.
fn formula(state: &AttendState) -> String {
    let holds = state.scheme == Encoding::None && state.mask == MaskName::None;
    let sign = if holds { "=" } else { "≠" };
    let n_words = state.sentence(0).n_words();
    let words = if n_words == 1 { "word" } else { "words" };
    format!(
        "<math><mi>Attn</mi><mo>(</mo><mi>P</mi><mi>X</mi><mo>)</mo><mo>{sign}</mo><mi>P</mi><mo>·</mo><mi>Attn</mi><mo>(</mo><mi>X</mi>\
         <mo>)</mo></math><span class=\"where\">X: {n_words} {words} × {} features, P: another order of the words. Equal without \
         positions and mask</span>",
        state.d_model
    )
}
