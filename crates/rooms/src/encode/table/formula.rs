//! The schemes' formulas.

use maths::encode::Layout;
use maths::scaling::Scaling;
use maths::schemes::LEARNED_STD;

use super::super::scaling_formula::{OMEGA, scaling_formula};
use super::super::state::EncodeState;
use crate::encoding::Encoding;
use crate::mathml::{THIN, applied};
use crate::settings::number_text;

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
pub fn first_formula(state: &EncodeState) -> String {
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

/// The scheme's formula with the current numbers put in, as MathML.
pub fn formula(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Sinusoidal if state.scaling() == Scaling::None => first_formula(state),
        Encoding::Sinusoidal => format!("{}{}", scaled_waves(state), scaling_formula(state)),
        Encoding::Rope => format!("{}{}", rotation(state), scaling_formula(state)),
        Encoding::Learned => format!(
            "<math><msub><mi>PE</mi><mi>pos</mi></msub><mo>=</mo><msub><mi>P</mi><mi>pos</mi></msub><mo>,</mo>\
             <mspace width=\"0.5em\"/><mi>P</mi><mo>∈</mo><msup><mi>ℝ</mi><mrow><mn>{}</mn><mo>×</mo><mn>{}</mn></mrow></msup></math>\
             <span class=\"where\">at first each number from N(0, {}²)</span>",
            state.max_len,
            state.d_model,
            number_text(LEARNED_STD),
        ),
        Encoding::Alibi => "<math><msub><mi>score</mi><mi>h</mi></msub><mo>−</mo><msub><mi>m</mi><mi>h</mi></msub>\
             <mo>·</mo><mo>(</mo><mi>query</mi><mo>−</mo><mi>key</mi><mo>)</mo><mo>,</mo><mspace width=\"0.5em\"/>\
             <msub><mi>m</mi><mi>h</mi></msub><mo>=</mo><msup><mn>2</mn><mrow><mo>−</mo><mn>8</mn><mi>h</mi><mo>/</mo><mi>n</mi></mrow></msup></math>\
             <span class=\"where\">for head h = 1 … n</span>"
            .to_owned(),
        Encoding::T5 => "<math><msub><mi>score</mi><mi>h</mi></msub><mo>+</mo><msub><mi>b</mi><mrow><mi>h</mi><mo>,</mo>\
             <mi>bucket</mi><mo>(</mo><mi>key</mi><mo>−</mo><mi>query</mi><mo>)</mo></mrow></msub></math>\
             <span class=\"where\">b learned, a number for each head and bucket</span>"
            .to_owned(),
        Encoding::None => "<math><msub><mi>x</mi><mi>pos</mi></msub><mo>=</mo><msub><mi>E</mi><mi>word</mi></msub></math>".to_owned(),
        Encoding::Index => element("<mi>pos</mi>"),
        Encoding::Fraction => element(&format!(
            "<mfrac><mi>pos</mi><mn>{}</mn></mfrac>",
            state.length()
        )),
        Encoding::Binary => element(
            "<mo>⌊</mo><mi>pos</mi><mo>/</mo><msup><mn>2</mn><mi>j</mi></msup><mo>⌋</mo><mspace width=\"0.3em\"/><mi>mod</mi>\
             <mspace width=\"0.3em\"/><mn>2</mn>",
        ),
    }
}

fn element(value: &str) -> String {
    format!(
        "<math><msub><mi>PE</mi><mrow><mi>pos</mi><mo>,</mo><mspace width=\"0.15em\"/><mi>j</mi></mrow></msub><mo>=</mo>{value}</math>"
    )
}

/// sin and cos of pos · ω′.
fn scaled_waves(state: &EncodeState) -> String {
    let [sin_column, cos_column] = wave_columns(state);
    [("sin", sin_column), ("cos", cos_column)]
        .map(|(wave, column)| {
            format!(
                "<math><msub><mi>PE</mi><mrow><mi>pos</mi><mo>,</mo><mspace width=\"0.15em\"/>{column}</mrow></msub><mo>=</mo>\
                 <mi>{wave}</mi><mo>(</mo><mi>pos</mi><mo>·</mo>{OMEGA}<mo>)</mo></math>"
            )
        })
        .concat()
}

/// The rotation of a pair of features of a query or a key.
fn rotation(state: &EncodeState) -> String {
    let omega = if state.scaling() == Scaling::None {
        "<msub><mi>ω</mi><mi>i</mi></msub>"
    } else {
        OMEGA
    };
    let angle = format!("<mi>pos</mi>{THIN}{omega}");
    let [sin, cos] = ["sin", "cos"].map(|wave| applied(wave, &angle));
    format!(
        "<math><mo>(</mo><mtable><mtr><mtd>{cos}</mtd><mtd><mo>−</mo>{sin}</mtd></mtr>\
         <mtr><mtd>{sin}</mtd><mtd>{cos}</mtd></mtr></mtable><mo>)</mo></math>\
         <span class=\"where\">on pair i of query and key, i = 0 … {}, <math>{}</math></span>",
        state.d_model / 2 - 1,
        omega_formula(state),
    )
}

/// ω of pair i with base and width.
fn omega_formula(state: &EncodeState) -> String {
    format!(
        "<msub><mi>ω</mi><mi>i</mi></msub><mo>=</mo><msup><mn>{}</mn><mrow><mo>−</mo><mn>2</mn><mi>i</mi><mo>/</mo><mn>{}</mn></mrow></msup>",
        number_text(state.base),
        state.d_model,
    )
}
