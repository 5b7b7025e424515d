//! Can attention find a position?

#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod built;
pub mod kept;
mod matrices;
mod python;
mod score;

use figures::number::format_value;

use self::kept::HeadSpec;
use super::lab::Attend;
use super::state::{AttendPart, AttendState, Reads};
use crate::desk::group;
use crate::offsets::name;
use crate::room::{Part, Question, Way};
use crate::settings::number_text;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Built.word(),
    "Can attention find a position?",
    lead,
    formula,
)
.why("If a head can look at the word before, at any place of any text, then it can use the order of the words.")
.figures(&[built::FIGURE, score::FIGURE, matrices::FIGURE])
.front(&["looks_at", "sharpness", "reads", "built_len", "emb_std"])
.desk(&[group("Head"), group("Model"), group("Sentence"), group("Reading")])
.first(Way::new("Look at the word after", |state: &mut AttendState| {
    state.looks_at = 1;
}))
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Does the length matter?",
        answer: "The score depends only on how far apart two words stand, so the same matrices serve a text of any length. Drag Length: the attention stays where it was.",
        settings: "built_len=512",
        figure_id: "attend-built",
    },
    Question {
        asked: "Why must it be sharp?",
        answer: "Every word gets some weight, and the neighbours of the right word score almost as well. Sharpness multiplies all scores, and with them the lead of the right word. Drag it up and down.",
        settings: "sharpness=0.5",
        figure_id: "attend-built",
    },
    Question {
        asked: "What does the sum of words and positions cost?",
        answer: "The matrices cannot tell a word from a position, so words change the scores at random. Drag Embedding std: small words disturb little.",
        settings: "reads=both&emb_std=0.1",
        figure_id: "attend-built",
    },
    Question {
        asked: "What does a smaller d_model do?",
        answer: "Each pair of features adds one cosine. With few of them a neighbour scores nearly as well as the right word, and places further on fit again. Drag d_model under Model.",
        settings: "d_model=8",
        figure_id: "attend-built",
    },
];

/// How to read the part.
fn lead(state: &AttendState) -> String {
    let reads = match state.reads {
        Reads::Positions => "The head reads positions alone, so it does the same for any words.",
        Reads::Both => {
            "The head reads words and positions in one sum, as the first layer of a transformer gets them."
        }
    };
    format!(
        "Where a [head|head] looks is up to two matrices: W_Q makes a [query|query], W_K a [key|key]. *These are written down, not trained*. W_Q turns a \
         position into the one that is looked for, and the key that fits best wins. {reads}"
    )
}

/// The score with the numbers put in.
fn formula(state: &AttendState) -> String {
    let spec = HeadSpec::of(state);
    let sharpness = number_text(spec.sharpness);
    let n_pairs = spec.d_model / 2;
    let (sign, by) = match spec.looks_at {
        0 => ("", String::new()),
        o if o < 0 => ("−", o.unsigned_abs().to_string()),
        o => ("+", o.to_string()),
    };
    let on = if by.is_empty() {
        String::new()
    } else {
        format!("<mo>{sign}</mo><mn>{by}</mn>")
    };
    let more = match state.reads {
        Reads::Positions => String::new(),
        Reads::Both => "<mo>+</mo><mtext>what words add</mtext>".to_owned(),
    };
    format!(
        "<math><mi>score</mi><mo>=</mo><mn>{sharpness}</mn><mo>·</mo><munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>0</mn></mrow>\
         <mn>{}</mn></munderover><mi>cos</mi><mo>(</mo><mo>(</mo><mi>p</mi>{on}<mo>−</mo><mi>q</mi><mo>)</mo>\
         <msub><mi>ω</mi><mi>i</mi></msub><mo>)</mo>{more}</math>\
         <span class=\"where\">query p, key q, W_Q = M{}, W_K = I; at q = p{} the sum is {n_pairs} and the score {}</span>",
        n_pairs - 1,
        format_args!("<sub>{}</sub>ᵀ", name(spec.looks_at)),
        if by.is_empty() {
            String::new()
        } else {
            format!(" {sign} {by}")
        },
        format_value(spec.sharpness * n_pairs as f64, 4),
    )
}
