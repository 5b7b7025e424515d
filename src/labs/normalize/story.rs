//! Normalize's words: captions, the arithmetic with the current numbers put in, formulas.

use figures::number::{format_count, format_fixed, format_value};
use maths::inputs::Distribution;
use maths::statistics::Summary;

use super::state::NormalizeState;
use crate::labs::Fact;

pub mod gradient;

/// How to read the steps.
pub fn steps_lead(_: &NormalizeState) -> String {
    "Left to right is the formula; each row of a matrix is one token.".to_owned()
}

/// Symbol and note above x, x̂ and y.
pub const HEADS: [(&str, &str); 3] = [
    ("x", "input"),
    ("x̂", "mean 0, variance 1 per token"),
    ("y", "scaled by γ, shifted by β"),
];

/// Symbol and note above the four steps of one token.
pub const STEP_HEADS: [(&str, &str); 4] = [
    ("x", "input"),
    ("x − μ", "centred"),
    ("x̂", "÷ √(σ² + ε)"),
    ("y", "γ · x̂ + β"),
];

/// What each of the three matrices is.
pub const MATRIX_CAPTIONS: [&str; 3] = [
    "what the layer receives",
    "the same scale for every token",
    "what the next layer receives",
];

/// The two parts of a histogram, pale and in full colour.
pub const HISTOGRAM_PARTS: (&str, &str) = ("all tokens", "selected token");

/// The numbers of one token and feature, from the arrays that are drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// The token, counted over all samples.
    pub row_idx: usize,
    /// The feature.
    pub feature: usize,
    /// The activation.
    pub x: f64,
    /// The token's mean μ.
    pub mean: f64,
    /// The token's biased variance σ².
    pub variance: f64,
    /// x̂.
    pub normalized: f64,
    /// y.
    pub output: f64,
    /// ε = 0 and all features equal: x̂ is 0/0.
    pub zero_over_zero: bool,
}

/// A number of the arithmetic: four digits, and what is negligible is zero.
fn n(value: f64) -> String {
    format_value(value, 4)
}

/// A number as a factor or a subtrahend: in brackets where it is negative.
fn bracketed(value: f64) -> String {
    if value < 0.0 {
        format!("({})", n(value))
    } else {
        n(value)
    }
}

/// `sample 0, token 5`, or `token 5` where there is one sample.
fn token_name(state: &NormalizeState, row_idx: usize) -> String {
    if state.batch == 1 {
        return format!("token {row_idx}");
    }
    format!(
        "token {row_idx} (sample {}, place {})",
        row_idx / state.seq_len,
        row_idx % state.seq_len
    )
}

/// The feature's number as a subscript.
fn subscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    number
        .to_string()
        .bytes()
        .filter_map(|digit| DIGITS.get(usize::from(digit.wrapping_sub(b'0'))))
        .collect()
}

/// One feature followed through the four steps.
pub fn step_captions(state: &NormalizeState, r: &Reading) -> [String; 4] {
    let k = subscript(r.feature);
    let centered = r.x - r.mean;
    let root = format!("√({} + {})", n(r.variance), format_value(state.eps, 3));
    if r.zero_over_zero {
        return [
            format!("x{k} = {}", n(r.x)),
            format!("{} − {} = 0", n(r.x), bracketed(r.mean)),
            "0 / √(0 + 0) = 0/0".to_owned(),
            "no value to scale".to_owned(),
        ];
    }
    [
        format!("x{k} = {}", n(r.x)),
        format!("{} − {} = {}", n(r.x), bracketed(r.mean), n(centered)),
        format!("{} / {root} = {}", n(centered), n(r.normalized)),
        format!(
            "{} × {} + {} = {}",
            n(state.gamma),
            bracketed(r.normalized),
            bracketed(state.beta),
            n(r.output)
        ),
    ]
}

/// A cell of one of the three matrices, in numbers.
pub fn matrix_tip(state: &NormalizeState, r: &Reading, panel_idx: usize) -> String {
    let [x, _, normalized, output] = step_captions(state, r);
    let step = match panel_idx {
        0 => x,
        1 => normalized,
        _ => output,
    };
    format!(
        "{}, feature {}: {step}",
        token_name(state, r.row_idx),
        r.feature
    )
}

/// What the matrices show.
pub fn matrix_summary(state: &NormalizeState, reach: f64, n_undefined: usize) -> String {
    let shape = format!(
        "{} × {} tokens of {} features, colours from −{reach} to {reach}.",
        state.batch, state.seq_len, state.d_model
    );
    if n_undefined > 0 {
        return format!(
            "{shape} *{} tokens are 0/0*: all their features are equal, so the variance is 0, and ε = 0 adds nothing under the root. They are hatched; any ε above 0 makes them β.",
            format_count(n_undefined as u64)
        );
    }
    let noticed = match state.input {
        Distribution::Tokens => {
            "*Each token has a mean and a spread of its own* in x; in x̂ all have the same."
        }
        Distribution::Outlier => {
            "*One feature is far larger than the rest*: it takes most of the variance, and the others are pressed together in x̂."
        }
        Distribution::Constant => {
            "*All features are equal*: nothing is left after the mean is taken out, and y is β."
        }
        _ => "*Each row is normalised by itself*: mean and variance are taken over its features.",
    };
    format!("{shape} {noticed}")
}

/// The heading of the histograms.
pub fn histograms_title(state: &NormalizeState) -> String {
    format!(
        "Histograms on one axis, token {} in full colour",
        state.row()
    )
}

/// The statistics under a histogram.
pub fn histogram_caption(summary: &Summary, n_undefined: usize) -> String {
    if summary.n_finite == 0 {
        return format!("no values: {} times 0/0", format_count(n_undefined as u64));
    }
    // Without any spread there is no shape to speak of.
    let shown = |value: f64| {
        if value.is_nan() {
            "–".to_owned()
        } else {
            format_fixed(value, 2)
        }
    };
    let numbers = format!(
        "mean {}  std {}  skew {}  kurt {}",
        shown(summary.mean),
        shown(summary.std),
        shown(summary.skewness),
        shown(summary.kurtosis),
    );
    if n_undefined == 0 {
        return numbers;
    }
    format!("{numbers}  {}×0/0", format_count(n_undefined as u64))
}

/// What the histograms show.
pub fn histograms_summary(state: &NormalizeState, x: &Summary, y: &Summary) -> String {
    let v = |value: f64| format_fixed(value, 2);
    let n_values = format_count((state.rows() * state.d_model) as u64);
    let before = format!(
        "All {n_values} values: mean {} and std {} before",
        v(x.mean),
        v(x.std)
    );
    if y.n_finite == 0 {
        return format!("{before}. *Nothing after*: every variance is 0, and ε = 0 leaves 0/0.");
    }
    format!(
        "{before}, *mean {} and std {} after* (γ = {}, β = {}). The line is the standard normal; kurt is the excess over it.",
        v(y.mean),
        v(y.std),
        n(state.gamma),
        n(state.beta),
    )
}

/// The heading of the steps.
pub fn steps_title(state: &NormalizeState) -> String {
    let name = token_name(state, state.row());
    format!("T{}, step by step", name.trim_start_matches('t'))
}

/// What the steps show.
pub fn steps_summary(state: &NormalizeState, reading: Option<&Reading>) -> String {
    let Some(r) = reading else {
        return String::new();
    };
    if r.zero_over_zero {
        return "All features of this token are equal: x − μ is 0 everywhere, the variance is 0, and *with ε = 0 the quotient is 0/0*, which no computer can give a value. Any ε above 0 makes x̂ 0 and y = β.".to_owned();
    }
    let std = r.variance.sqrt();
    format!(
        "μ = *{}*, σ = *{}* over {} features (σ² divides by n, not n − 1), √(σ² + ε) = *{}*. Feature {} ends at *{}*.",
        n(r.mean),
        n(std),
        state.d_model,
        n((r.variance + state.eps).sqrt()),
        r.feature,
        n(r.output),
    )
}

/// LayerNorm (Ba et al. 2016, eq. 3 and 4, ε as in PyTorch), as MathML.
pub fn formula(_: &NormalizeState) -> String {
    "<math><mi>y</mi><mo>=</mo><mi class=\"gamma\">γ</mi><mo>·</mo><mover><mi>x</mi><mo>^</mo></mover>\
     <mo>+</mo><mi class=\"beta\">β</mi></math>\
     <math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mfrac><mrow><mi>x</mi><mo>−</mo><mi class=\"mu\">μ</mi></mrow>\
     <msqrt><mrow><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac></math>"
        .to_owned()
}

/// The current numbers beside the formula, each in its symbol's colour.
pub fn facts(state: &NormalizeState, r: &Reading) -> Vec<Fact> {
    let coloured = |name, symbol, value| Fact {
        name,
        symbol,
        value: n(value),
    };
    vec![
        Fact::new("token", r.row_idx.to_string()),
        coloured("μ", "mu", r.mean),
        coloured("σ", "sigma", r.variance.sqrt()),
        coloured("γ", "gamma", state.gamma),
        coloured("β", "beta", state.beta),
        Fact::new("ε", format_value(state.eps, 3)),
    ]
}
