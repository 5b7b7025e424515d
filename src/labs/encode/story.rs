//! Encode's words: captions, readings and formulas with the current numbers put in.

use std::f64::consts::TAU;

use figures::number::{format_count, format_value};
use maths::encode::{Layout, Wave, frequency, pair_of, wavelength};

use crate::labs::Fact;
use crate::settings::number_text;

use super::state::EncodeState;

pub mod attention;
pub mod distance;
pub mod limits;
pub mod mistakes;
pub mod sum;
pub mod table;

/// Said in place of what is on its way.
pub const WAITING: &str = "Fetching what draws this scheme …";

/// What the scheme does, who uses it, and how to read the table.
pub fn table_lead(state: &EncodeState) -> String {
    if state.is_plain() {
        SINUSOIDAL_LEAD.to_owned()
    } else {
        WAITING.to_owned()
    }
}

const SINUSOIDAL_LEAD: &str = "*Added to the embedding*: the sines and cosines of d/2 waves, as in the original transformer \
    (Vaswani et al. 2017, §3.5). Each column below is the vector of one position; each row is a wave.";

/// How large the table is.
fn shape(state: &EncodeState) -> String {
    format!(
        "{} {} × {} dimensions",
        format_count(state.seq_len as u64),
        if state.seq_len == 1 {
            "position"
        } else {
            "positions"
        },
        format_count(state.d_model as u64)
    )
}

/// What the table shows and what to notice.
pub fn table_summary(state: &EncodeState) -> String {
    let n_pairs = state.d_model / 2;
    let fastest = format_value(wavelength(0, state.d_model, state.base), 2);
    let slowest = format_value(wavelength(n_pairs - 1, state.d_model, state.base), 4);
    let shape = format!("{}, values from −1 to 1.", shape(state));
    if n_pairs == 1 {
        return format!("{shape} *One wave*, as sine and cosine: wavelength {fastest} positions.");
    }
    match state.layout {
        Layout::Interleaved => format!(
            "{shape} *Low dimensions turn fast* (wavelength {fastest} positions), high ones slowly ({slowest})."
        ),
        Layout::Concatenated => format!(
            "{shape} *Each half turns fast at its top* (wavelength {fastest} positions) and slowly at its end ({slowest}): sines above, cosines from dimension {n_pairs} on."
        ),
    }
}

/// The heading of the vector.
pub fn vector_title(state: &EncodeState) -> String {
    format!("Position {}", format_count(state.position()))
}

/// What the vector shows: its length is the same at every position.
pub fn vector_summary(state: &EncodeState) -> String {
    // ‖PE‖² = d/2: each pair lies on the unit circle (Vaswani et al. 2017, §3.5).
    let norm = (state.d_model as f64 / 2.0).sqrt();
    format!(
        "Its length is √(d/2) = *{}*, whatever the position.",
        format_value(norm, 4)
    )
}

/// A curve's name in the legend.
pub fn curve_name(state: &EncodeState, dim: usize) -> String {
    let pair = pair_of(dim, state.d_model, state.layout);
    format!("{dim} {}", wave_name(pair.wave))
}

/// Which curves there are, and how long their waves.
pub fn curves_summary(state: &EncodeState) -> String {
    let dims = state.curves();
    let Some((&last, rest)) = dims.split_last() else {
        return "Choose dimensions to see their waves over the positions.".to_owned();
    };
    let length = |dim: usize| {
        let pair = pair_of(dim, state.d_model, state.layout);
        format_value(wavelength(pair.idx, state.d_model, state.base), 4)
    };
    let join = |text: &dyn Fn(usize) -> String| {
        if rest.is_empty() {
            return text(last);
        }
        let firsts: Vec<_> = rest.iter().map(|&dim| text(dim)).collect();
        format!("{} and {}", firsts.join(", "), text(last))
    };
    let (dimension, wave) = if rest.is_empty() {
        ("Dimension", "Wavelength")
    } else {
        ("Dimensions", "Wavelengths")
    };
    format!(
        "{dimension} {} on the same positions. {wave} *{}* positions.",
        join(&|dim| dim.to_string()),
        join(&length),
    )
}

/// A cell of the table: its formula with its numbers put in, and the value that is in the table.
pub fn cell_tip(state: &EncodeState, position: u64, dim: usize, value: f32) -> String {
    format!(
        "{} = {}",
        cell_formula(state, position, dim),
        format_value(value.into(), 4)
    )
}

/// All curves at one position: `(dimension, value)` each.
pub fn curves_tip(position: u64, readings: impl Iterator<Item = (usize, f32)>) -> String {
    let readings: Vec<_> = readings
        .map(|(dim, value)| format!("dim {dim}: {}", format_value(value.into(), 4)))
        .collect();
    format!(
        "position {} · {}",
        format_count(position),
        readings.join(" · ")
    )
}

/// `sin(5 / 10000^(12/128))`, as one would type it.
fn cell_formula(state: &EncodeState, position: u64, dim: usize) -> String {
    let pair = pair_of(dim, state.d_model, state.layout);
    format!(
        "{}({position} / {}^({}/{}))",
        wave_name(pair.wave),
        number_text(state.base),
        2 * pair.idx,
        state.d_model,
    )
}

fn wave_name(wave: Wave) -> &'static str {
    match wave {
        Wave::Sin => "sin",
        Wave::Cos => "cos",
    }
}

/// The columns of the sine and of the cosine of pair i, as MathML.
fn wave_columns(state: &EncodeState) -> [String; 2] {
    match state.layout {
        Layout::Interleaved => [
            "<mn>2</mn><mi>i</mi>".to_owned(),
            "<mn>2</mn><mi>i</mi><mo>+</mo><mn>1</mn>".to_owned(),
        ],
        Layout::Concatenated => [
            "<mi>i</mi>".to_owned(),
            format!("<mn>{}</mn><mo>+</mo><mi>i</mi>", state.d_model / 2),
        ],
    }
}

/// The formula of the table (Vaswani et al. 2017, §3.5) with base and width put in, as MathML.
pub fn formula(state: &EncodeState) -> String {
    let d = state.d_model;
    let base = number_text(state.base);
    let [sin_column, cos_column] = wave_columns(state);
    let half = |wave: &str, column: &str| {
        format!(
            "<math><msub><mi>PE</mi><mrow><mi>pos</mi><mo>,</mo><mspace width=\"0.15em\"/>{column}</mrow></msub>\
             <mo>=</mo><mi>{wave}</mi><mo>(</mo><mfrac><mi>pos</mi><msup><mn>{base}</mn><mrow>\
             <mn>2</mn><mi>i</mi><mo>/</mo><mn>{d}</mn></mrow></msup></mfrac><mo>)</mo></math>"
        )
    };
    format!(
        "{}{}<span class=\"where\">for i = 0 … {}</span>",
        half("sin", &sin_column),
        half("cos", &cos_column),
        d / 2 - 1
    )
}

/// The cell that is read in numbers: its pair, how far that turns at each step, where its hand stands.
#[allow(clippy::cast_precision_loss)]
pub fn reading(state: &EncodeState, value: f32) -> Vec<Fact> {
    let (position, dim) = (state.position(), state.dimension());
    let pair = pair_of(dim, state.d_model, state.layout);
    let omega = frequency(pair.idx, state.d_model, state.base);
    let turn = (position as f64 * omega).rem_euclid(TAU) / TAU * 360.0;
    vec![
        Fact::new("position", format_count(position)),
        Fact::new(
            "dimension",
            format!("{dim}, {} of pair i = {}", wave_name(pair.wave), pair.idx),
        ),
        Fact::new(
            "frequency ω",
            format!("{} rad per position", format_value(omega, 3)),
        ),
        Fact::new(
            "wavelength",
            format!(
                "{} positions",
                format_value(wavelength(pair.idx, state.d_model, state.base), 4)
            ),
        ),
        Fact::new(
            "angle pos · ω",
            format!("{}°", format_value(turn.round(), 3)),
        ),
        Fact::new("value", cell_tip(state, position, dim, value)),
    ]
}
