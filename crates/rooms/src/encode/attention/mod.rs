//! What if the position goes into the score instead?

mod bias;
mod bias_offsets;
mod dial;
mod inside;
pub mod kept;
mod offset_axis;
mod python;
mod reading;
mod rope;
mod words;

use figures::number::{format_count, format_value};
use maths::bias::Direction;
use maths::rope::Pairing;
use maths::scaling::score_factor;

use super::lab::Encode;
use super::state::{EncodePart, EncodeState};
use crate::desk::group;
use crate::encoding::Encoding;
use crate::play::Play;
use crate::room::{Part, Question, ReadingPlace};
use crate::settings::number_text;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Attention.word(),
    "What if the position goes into the score instead?",
    lead,
    formula,
)
.why(
    "Who does what to whom depends on how far apart the words stand: many models tell attention the distance itself.",
)
.figures(&[
    dial::FIGURE,
    rope::FIGURE,
    bias::FIGURE,
    bias_offsets::FIGURE,
])
.reading(ReadingPlace::BesideFormula, reading::facts)
.front(&["scheme", "heads", "head", "base", "start", "direction"])
.desk(&[
    group("Scheme"),
    group("Attention"),
    group("Scaling"),
    group("Table"),
    group("Reading"),
    group("Distance"),
])
.play(Play::new(
    "pos",
    "encode-dial",
    "Turn the two arrows",
    dial::step_text,
))
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Does only the offset count in RoPE?",
        answer: "Move First position: query and key both turn further, and their score at each offset stays as it is.",
        settings: "start=1000",
        figure_id: "encode-rope",
    },
    Question {
        asked: "What if the number of heads is no power of two?",
        answer: "ALiBi's slopes shrink by the same factor from head to head, which was made for 2, 4, 8, 16 … heads. For 12 heads it takes the slopes of 8 heads and every second one of 16. Move Heads.",
        settings: "scheme=alibi&heads=12",
        figure_id: "encode-bias",
    },
    Question {
        asked: "What are T5's buckets?",
        answer: "Small distances have a number each. Larger distances share one, and the further away, the more of them share it. Move Buckets under Attention, and Max distance beside it.",
        settings: "scheme=t5",
        figure_id: "encode-bias",
    },
];

/// What the chosen scheme does inside attention.
fn lead(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Alibi => {
            "[alibi|ALiBi] lowers each [score|score] in proportion to the distance: *nothing is learned, and texts may be of any length*. Each \
             [head|head] has its own [slope|slope]: some look nearby, some far away (Press et al. 2022)."
        }
        Encoding::T5 => {
            "[t5|T5] adds a number to each [score|score]: *near distances have a number each, far ones share one* ([bucket|buckets]). Each \
             [head|head] learns its own; here they are random, as before training (Raffel et al. 2020)."
        }
        Encoding::Rope => {
            "[rope|RoPE] turns each [query|query] and each [key|key] by angles that grow with its position. *Their [score|score] then depends only \
             on how far apart they are* (Su et al. 2021)."
        }
        _ => {
            "This scheme is added before the first layer and does nothing inside [attention|attention]. *Choose [rope|RoPE], [alibi|ALiBi] or \
             [t5|T5 bias]*: they change the [score|scores] instead."
        }
    }
    .to_owned()
}

/// The score with the scheme's numbers put in.
fn formula(state: &EncodeState) -> String {
    const PRODUCT: &str =
        "<msub><mi>q</mi><mi>m</mi></msub><mo>·</mo><msub><mi>k</mi><mi>n</mi></msub>";
    let divided = format!("<mfrac><mrow>{PRODUCT}</mrow><msqrt><mi>d</mi></msqrt></mfrac>");
    let (score, note) = match state.scheme {
        Encoding::Alibi => {
            let head = state.head();
            let slope = number_text(rounded(inside::slope(state)));
            let later = match state.direction {
                Direction::Causal => "<mo>(</mo><mi>m</mi><mo>−</mo><mi>n</mi><mo>)</mo>",
                Direction::Both => "<mo>|</mo><mi>m</mi><mo>−</mo><mi>n</mi><mo>|</mo>",
            };
            (
                format!("{divided}<mo>−</mo><mn>{slope}</mn><mo>·</mo>{later}"),
                format!("head {head} of {}", state.heads),
            )
        }
        Encoding::T5 => (
            format!(
                "{PRODUCT}<mo>+</mo><msub><mi>b</mi><mrow><mi>bucket</mi><mo>(</mo><mi>n</mi><mo>−</mo><mi>m</mi><mo>)</mo></mrow></msub>"
            ),
            format!(
                "{} buckets; all distances from {} on share the last. T5 does not divide by √d.",
                state.n_buckets,
                format_count(state.max_distance)
            ),
        ),
        Encoding::Rope => (
            "<mfrac><mrow><mo>(</mo><msub><mi>R</mi><mi>m</mi></msub><mi>q</mi><mo>)</mo><mo>·</mo><mo>(</mo><msub><mi>R</mi><mi>n</mi></msub>\
             <mi>k</mi><mo>)</mo></mrow><msqrt><mi>d</mi></msqrt></mfrac><mo>=</mo><mfrac><mrow><mi>q</mi><mo>·</mo><msub><mi>R</mi>\
             <mrow><mi>n</mi><mo>−</mo><mi>m</mi></mrow></msub><mi>k</mi></mrow><msqrt><mi>d</mi></msqrt></mfrac>"
                .to_owned(),
            format!(
                "pair i turned by pos · {}^(−2i/{}): features {}{}",
                number_text(state.base),
                state.d_model,
                match state.pairing {
                    Pairing::Adjacent => "2i and 2i + 1".to_owned(),
                    Pairing::Halves => format!("i and i + {}", state.d_model / 2),
                },
                factor_note(state),
            ),
        ),
        _ => (divided, "no position in it".to_owned()),
    };
    format!("<math><mi>score</mi><mo>=</mo>{score}</math><span class=\"where\">{note}</span>")
}

/// What YaRN does to scores beside the frequencies.
fn factor_note(state: &EncodeState) -> String {
    let factor = score_factor(state.scaling());
    if factor > 1.0 {
        format!(", times {} (YaRN)", format_value(factor, 4))
    } else {
        String::new()
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
