//! The words on what lies beyond the trained length.

use figures::number::{format_count, format_value};
use maths::scaling::{Scaling, score_factor};

use super::super::scene::limits::{Errors, n_columns, trained_len};
use super::super::state::{EncodeState, Encoding};
use crate::labs::Question;
use crate::settings::number_text;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Do sinusoids extrapolate?",
        answer: "The formula has a value at every position; what was fitted within the trained length misreads those beyond it. Drag Trained length.",
        settings: "trained_len=128",
        figure_id: "encode-extrapolate",
    },
    Question {
        asked: "And learned positions?",
        answer: "Rows that were not trained hold what they were drawn with, and what is read there is noise. Lower Rows (max_len) to the trained length, and there is nothing to read at all.",
        settings: "scheme=learned&trained_len=128",
        figure_id: "encode-extrapolate",
    },
    Question {
        asked: "How do models get longer contexts without new training?",
        answer: "Waves are slowed so that no angle is new. Interpolation slows all, NTK-aware scaling and YaRN spare the fast ones, which tell neighbours apart. Choose Scaling and watch the readout.",
        settings: "scaling=yarn",
        figure_id: "encode-extrapolate",
    },
];

/// Why nothing is read.
pub const NOTHING_TO_READ: &str =
    "Nothing is added to the embedding, so no position can be read from it.";

/// The curves of the readout.
pub const READ_NAMES: [&str; 3] = [
    "true position",
    "read within the trained length",
    "read beyond it",
];

/// The methods of scaling.
pub const METHOD_NAMES: [&str; 4] = [
    "none",
    "interpolation",
    "NTK-aware",
    "YaRN (the paper's ramp)",
];

/// Turns in the trained length.
pub const SEEN_NAME: &str = "seen in training";

/// How to read the part.
pub fn lead(state: &EncodeState) -> String {
    let trained = format_count(state.trained_len as u64);
    let what = match state.scheme {
        Encoding::Sinusoidal => format!(
            "Sinusoids are *defined at every position*; what a model makes of those that it has not seen is another question. \
             Training here ends at L = {trained} positions."
        ),
        Encoding::Learned => format!(
            "A learned table *ends at max_len*, and rows beyond the L = {trained} trained positions are still as they were drawn."
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
pub fn formula(state: &EncodeState) -> String {
    let lengths = format!(
        "<math><msup><mi>L</mi><mo>′</mo></msup><mo>=</mo><mi>s</mi><mo>·</mo><mi>L</mi><mo>=</mo><mn>{}</mn><mo>·</mo><mn>{}</mn>\
         <mo>=</mo><mn>{}</mn></math>",
        number_text(state.factor),
        state.trained_len,
        format_value(whole_len(state), 7),
    );
    let mut html = lengths + &super::table::scaling_formula(state);
    if let scaling @ Scaling::Yarn { .. } = state.scaling() {
        html.push_str(&format!(
            "<math><mi>scores</mi><mo>·</mo><msup><mrow><mo>(</mo><mn>0.1</mn><mi>ln</mi><mi>s</mi><mo>+</mo><mn>1</mn><mo>)</mo></mrow>\
             <mn>2</mn></msup><mo>=</mo><mi>scores</mi><mo>·</mo><mn>{}</mn></math>",
            format_value(score_factor(scaling), 4)
        ));
    }
    html
}

#[allow(clippy::cast_precision_loss)]
fn whole_len(state: &EncodeState) -> f64 {
    (state.trained_len as f64 * state.factor).round()
}

/// What the readout shows and what to notice.
pub fn extrapolate_summary(state: &EncodeState, errors: Errors) -> String {
    if !state.scheme.has_rows() {
        return "Nothing is added to the embedding: *there is no position to read from it*, within the trained length or beyond."
            .to_owned();
    }
    let trained = trained_len(state);
    let columns = n_columns(state);
    let mut text = format!(
        "Least squares from {}{} columns, fitted on positions 0 to {}, asked up to {}",
        if columns < state.d_model {
            "a table of "
        } else {
            ""
        },
        format_count(columns as u64),
        format_count(trained as u64 - 1),
        format_count(state.asked_len() as u64 - 1),
    );
    let average = |error: f64| format_value(error, 3);
    if errors.within.is_nan() {
        text.push_str(": nothing can be read.");
        return text;
    }
    text.push_str(&format!(
        ". It is off by *{}* positions on average within",
        average(errors.within)
    ));
    if errors.beyond.is_nan() {
        text.push('.');
    } else {
        text.push_str(&format!(", by *{}* beyond.", average(errors.beyond)));
    }
    if errors.n_missing > 0 {
        text.push_str(&format!(
            " {} positions have *no row*.",
            format_count(errors.n_missing as u64)
        ));
    }
    text.push_str(match state.scheme {
        Encoding::Index => {
            " A line goes on as a line; that a model's layers do so with numbers that large, nobody promises."
        }
        Encoding::Fraction => {
            " L grows with the text: *what was position L − 1 is now s times as far along*, so it is read where it was before."
        }
        Encoding::Binary => " *The higher digits were always 0 in training*: nothing was learned about them.",
        Encoding::Learned => " *Rows that were not trained say nothing*.",
        _ if state.scaling() == Scaling::None => {
            " *The slow waves have not turned once* in training: where they go next was not to be learned."
        }
        _ if matches!(state.scaling(), Scaling::Interpolation { .. }) => {
            " *Position p is read as p / s*: no angle is new, and the order is kept, though the steps are smaller."
        }
        _ => {
            " The slow waves *stay within what training has seen*; the fast ones go on, so what is read is bent."
        }
    });
    text
}

/// A position in numbers.
pub fn extrapolate_tip(position: u64, read: f32) -> String {
    if read.is_nan() {
        format!("position {}: no row", format_count(position))
    } else {
        format!(
            "position {}: read as {}",
            format_count(position),
            format_value(read.into(), 5)
        )
    }
}

/// What the scaled frequencies show and what to notice.
pub fn scaling_summary(state: &EncodeState) -> String {
    if !state.scheme.has_waves() {
        return "Only sinusoids and RoPE have frequencies that can be *scaled*. The files hold those of the base and the width."
            .to_owned();
    }
    format!(
        "For s = {}: interpolation (Chen et al. 2023) slows all pairs alike, *neighbours come s times closer*; NTK-aware scaling \
         and YaRN (Peng et al. 2023) *leave the fast pairs and slow the slow ones*. Right: where a method stays at or below what \
         was seen in training, no angle is new. YaRN is drawn with the paper's ramp; code in use often ramps by the pair's number.",
        number_text(state.factor)
    )
}

/// A pair's ratios in numbers.
pub fn ratio_tip(pair: usize, ratios: [f32; 3]) -> String {
    let [interpolation, ntk, yarn] = ratios.map(|ratio| format_value(ratio.into(), 3));
    format!("pair {pair}, ω′ / ω: interpolation {interpolation} · NTK-aware {ntk} · YaRN {yarn}")
}

/// A pair's turns in numbers.
pub fn turns_tip(pair: usize, turns: [f32; 5]) -> String {
    let [seen, none, interpolation, ntk, yarn] = turns.map(|turns| format_value(turns.into(), 3));
    format!(
        "pair {pair}, turns: {seen} in training · unscaled {none} · interpolation {interpolation} · NTK-aware {ntk} · YaRN {yarn}"
    )
}
