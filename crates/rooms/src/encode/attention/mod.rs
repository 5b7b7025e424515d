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
mod value_axis;
mod words;

use figures::number::{format_count, format_value};
use maths::bias::Direction;
use maths::rope::Pairing;
use maths::scaling::score_factor;

use super::lab::Encode;
use super::state::{EncodePart, EncodeState, Encoding};
use crate::desk::Item;
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
.figures(&[
    dial::FIGURE,
    rope::FIGURE,
    bias::FIGURE,
    bias_offsets::FIGURE,
])
.reading(ReadingPlace::BesideFormula, reading::facts)
.desk(&[
    Item::Group("Scheme"),
    Item::Group("Attention"),
    Item::Group("Scaling"),
    Item::Group("Table"),
    Item::Group("Reading"),
    Item::Group("Distance"),
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
        answer: "Move First position: the score of the same query and key over their distance stays as it is, while each of the two vectors turns on.",
        settings: "start=1000",
        figure_id: "encode-rope",
    },
    Question {
        asked: "What if the number of heads is no power of two?",
        answer: "ALiBi then takes the slopes of the next lower power and every other slope of the next higher one: the paper's rule. Move Heads.",
        settings: "scheme=alibi&heads=12",
        figure_id: "encode-bias",
    },
    Question {
        asked: "What are T5's buckets?",
        answer: "Small distances have a bias each, larger ones share one, ever more of them, up to the maximum distance. Move Buckets and Max distance.",
        settings: "scheme=t5",
        figure_id: "encode-bias",
    },
];

/// What the chosen scheme does inside attention.
fn lead(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Alibi => {
            "ALiBi takes from each score in proportion to the distance: *nothing is learned, and no length is the last*. Each \
             head has a slope of its own, so that some look near and some far (Press et al. 2022)."
        }
        Encoding::T5 => {
            "T5 adds a number for the distance, learned for each head: near distances have a number each, far ones share \
             buckets. Here they are drawn at random, as before training (Raffel et al. 2020)."
        }
        Encoding::Rope => {
            "RoPE rotates query and key by their positions before they meet: *each by its own, and the score keeps only the \
             difference* (Su et al. 2021)."
        }
        _ => {
            "This scheme is added before the first layer; inside attention nothing happens. *Choose RoPE, ALiBi or T5 bias* \
             to put the position into the score instead."
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
                "{} buckets, the last from distance {} on at the latest; T5 does not divide by √d",
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
