//! What does a position's vector know?

mod blocks;
mod compared;
pub mod kept;
mod offsets;
mod python;
mod shift;
mod similarity;
mod unique;

use figures::number::format_value;
use maths::scaling::scaled_frequency;
use maths::shift::shift_block;
use maths::similarity::Measure;

use super::lab::Encode;
use super::state::{EncodePart, EncodeState};
use crate::desk::group;
use crate::encoding::Encoding;
use crate::mathml::THIN;
use crate::room::{Part, Question};

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Distance.word(),
    "What does a position's vector know?",
    lead,
    formula,
)
.why(
    "Words mostly have to do with words nearby: it helps when two vectors say how far apart their positions are.",
)
.figures(&[
    similarity::FIGURE,
    offsets::FIGURE,
    shift::FIGURE,
    unique::FIGURE,
])
.front(&["seq_len", "d_model", "base", "offset", "measure"])
.desk(&[
    group("Scheme"),
    group("Distance"),
    group("Table"),
    group("Reading"),
    group("Scaling"),
])
.questions(QUESTIONS);

/// How to read the part.
fn lead(state: &EncodeState) -> String {
    let what = match state.scheme {
        Encoding::Sinusoidal => {
            "How alike two [sinusoid|sinusoidal] [vector|vectors] are *depends only on how far apart their positions are*. It is the same at \
             every place of the text, and follows from sine and cosine."
        }
        Encoding::Rope => {
            "[rope|RoPE] turns [query|queries] and [key|keys] by these angles instead of adding [vector|vectors]. As here, *only the distance \
             counts*, and there it does so for the [score|scores] themselves."
        }
        Encoding::Learned => {
            "[learned|Learned vectors] are *random numbers before training*: that 5 is near 6, the data have to teach. What trained \
             tables look like depends on the model."
        }
        Encoding::Index | Encoding::Fraction | Encoding::Binary => {
            "For comparison: how alike are the [vector|vectors] of neighbouring positions, and *is it the same everywhere*?"
        }
        _ => {
            "This scheme adds no [vector|vectors], so *all positions look the same here*. How [alibi|ALiBi] and [t5|T5] use the distance is shown in the \
             part [attention|Attention]."
        }
    };
    format!(
        "{what} Point at two positions: their [offset|offset], how far apart they are, is marked in every figure."
    )
}

/// What is measured, and the rotation of the pair that is read, with the numbers put in.
#[allow(clippy::cast_precision_loss)]
fn formula(state: &EncodeState) -> String {
    let k = state.offset;
    if !state.scheme.has_waves() {
        return match state.measure {
            Measure::Dot => "<math><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>·</mo><mi>PE</mi><mo>(</mo><mi>q</mi><mo>)</mo></math>".to_owned(),
            Measure::Cosine => "<math><mfrac><mrow><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>·</mo><mi>PE</mi><mo>(</mo><mi>q</mi><mo>)</mo></mrow>\
                <mrow><mo>‖</mo><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>‖</mo><mo>‖</mo><mi>PE</mi><mo>(</mo><mi>q</mi><mo>)</mo><mo>‖</mo></mrow></mfrac></math>".to_owned(),
        };
    }
    let omega = |pair| scaled_frequency(pair, state.d_model, state.base, state.scaling());
    let n_pairs = state.d_model / 2;
    let sum: f64 = (0..n_pairs)
        .map(|pair| (k as f64 * omega(pair)).cos())
        .sum();
    let pair = blocks::read_pair(state);
    let [[cos, sin], [minus_sin, _]] =
        shift_block(omega(pair), k).map(|row| row.map(|value| format_value(value, 3)));
    format!(
        "<math><mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo><mo>·</mo><mi>PE</mi><mo>(</mo><mi>p</mi><mo>+</mo><mn>{k}</mn><mo>)</mo><mo>=</mo>\
         <munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>0</mn></mrow><mn>{}</mn></munderover><mi>cos</mi><mo>(</mo><mn>{k}</mn>\
         <msub><mi>ω</mi><mi>i</mi></msub><mo>)</mo><mo>=</mo><mn>{}</mn></math>\
         <math><mi>PE</mi><mo>(</mo><mi>p</mi><mo>+</mo><mn>{k}</mn><mo>)</mo><mo>=</mo><msub><mi>M</mi><mn>{k}</mn></msub>{THIN}<mi>PE</mi><mo>(</mo><mi>p</mi><mo>)</mo></math>\
         <span class=\"where\">on pair {pair}: <math><mo>(</mo><mtable><mtr><mtd><mn>{cos}</mn></mtd><mtd><mn>{sin}</mn></mtd></mtr>\
         <mtr><mtd><mn>{minus_sin}</mn></mtd><mtd><mn>{cos}</mn></mtd></mtr></mtable><mo>)</mo></math></span>",
        n_pairs - 1,
        format_value(sum, 4),
    )
}

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why sine and cosine, not one of them?",
        answer: "Moving on by k turns each pair of numbers, and whoever turns an arrow needs both of them. With the sine alone the moved wave can only be guessed; R² = 1 would be exact. Move Offset k, or Dimension under Reading.",
        settings: "d_model=512&dim=128",
        figure_id: "encode-shift",
    },
    Question {
        asked: "Why 10000? Is it a maximum length?",
        answer: "No: drag Base down to 2. The longest wave becomes short, and still all positions differ, because many waves together do not repeat.",
        settings: "seq_len=512&d_model=512&base=2",
        figure_id: "encode-unique",
    },
    Question {
        asked: "Do the waves repeat?",
        answer: "With one wave they nearly do: positions far apart get almost the same vector. Drag d_model up, and soon the most alike positions are neighbours.",
        settings: "seq_len=1024&d_model=2",
        figure_id: "encode-unique",
    },
    Question {
        asked: "Interleaved, or sines and cosines in two halves?",
        answer: "Switch Layout under Scheme: the dimensions change places, and this map stays as it is. It matters only when a model trained with one layout is used with the other.",
        settings: "layout=concatenated",
        figure_id: "encode-similarity",
    },
    Question {
        asked: "Does similarity always fall with distance?",
        answer: "It falls at first, then goes up and down. Drag Base and d_model: with a larger base it falls more slowly. It is the same forwards and backwards: a model has to learn the direction.",
        settings: "seq_len=256&d_model=512",
        figure_id: "encode-offsets",
    },
];
