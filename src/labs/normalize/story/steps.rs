//! The words of the steps: matrices, histograms, one token, γ and β.

use figures::number::{format_count, format_value};
use maths::inputs::Distribution;
use maths::normalize::BatchMode;
use maths::statistics::Summary;

use super::{
    NO_NUMBER, Reading, Trouble, bracketed, counted, inflation, n, sized, subscript, token_name,
    who_uses,
};
use crate::labs::normalize::state::{N_STEPS, NormName, NormalizeState, Per, PerFeature};
use crate::labs::{Fact, Question};

pub use super::TOO_FEW;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why divide by n and not n − 1?",
        answer: "n − 1 estimates the variance of a population from a sample. Here the features are all there is, and x̂ should have the variance 1. Switch Variance and read the largest x̂ of these four numbers.",
        settings: "variance=unbiased&input=custom&values=1,0,0,0&batch=1&seq_len=1&d_model=4",
        figure_id: "normalize-steps",
    },
    Question {
        asked: "What do γ and β do?",
        answer: "γ stretches what was normalised, β moves it, each feature by its own. Drag the two sliders, or draw on the bars of one feature: a trained layer has learned all of them.",
        settings: "gamma=2&beta=1",
        figure_id: "normalize-histograms",
    },
    Question {
        asked: "What does a transformer's first norm receive?",
        answer: "The words of Encode's sentence with their positions added, as Input says. Each row is one word.",
        settings: "input=encoded",
        figure_id: "normalize-matrix",
    },
];

/// How to read the steps, and what the norm is for.
pub fn lead(state: &NormalizeState) -> String {
    format!(
        "Left to right is the formula; each row of a matrix is one token. {}",
        who_uses(state)
    )
}

/// Symbol and note above x, x̂ and y; where ε counts beside the variance of some group, x̂ has less than is meant.
pub fn heads(state: &NormalizeState, eps_counts: bool) -> [(&'static str, &'static str); 3] {
    let normalized = match (state.norm, state.mode) {
        (NormName::Batch, BatchMode::Eval) => "by remembered μ and σ",
        (NormName::Rms, _) if eps_counts => "mean square below 1: ε counts",
        (NormName::Instance | NormName::Group, _) if eps_counts => "μ = 0, σ below 1: ε counts",
        (NormName::Layer | NormName::Batch, _) if eps_counts => "variance below 1: ε counts",
        (NormName::Layer, _) if state.is_unbiased() => "mean 0, variance (n − 1)/n",
        (NormName::Layer, _) => "mean 0, variance 1 per token",
        (NormName::Rms, _) => "mean square 1 per token",
        (NormName::Batch, _) => "mean 0, variance 1 per feature",
        (NormName::Instance, _) => "μ = 0, σ = 1 per sample, feature",
        (NormName::Group, _) => "μ = 0, σ = 1 per sample, group",
        (NormName::DyT, _) => "tanh(α x)",
        (NormName::None, _) => "x itself",
    };
    let output = match (state.affine, state.has_beta()) {
        (true, true) => "scaled by γ, shifted by β",
        (true, false) => "scaled by γ",
        _ => "no γ, no β",
    };
    [("x", "input"), ("x̂", normalized), ("y", output)]
}

/// Symbol and note above the four steps of one token.
pub fn step_heads(state: &NormalizeState) -> [(&'static str, &'static str); 4] {
    let (centred, normalized) = match state.norm {
        NormName::Rms => (("x", "no mean is taken out"), "÷ √(mean x² + ε)"),
        NormName::DyT => (("x", "no mean, no variance"), "tanh(α x)"),
        NormName::None => (("x", "no mean, no variance"), "x itself"),
        _ => (("x − μ", "centred"), "÷ √(σ² + ε)"),
    };
    let output = match (state.affine, state.has_beta()) {
        (true, true) => "γ · x̂ + β",
        (true, false) => "γ · x̂",
        _ => "x̂",
    };
    [("x", "input"), centred, ("x̂", normalized), ("y", output)]
}

/// What each of the three matrices is.
pub fn matrix_caption(state: &NormalizeState, panel_idx: usize) -> &'static str {
    match panel_idx {
        0 => "what the layer receives",
        1 => match state.norm {
            NormName::Layer | NormName::Rms => "the same scale for every token",
            NormName::Batch => "the same scale for every feature",
            NormName::Instance => "the same scale for every feature of a sample",
            NormName::Group => "the same scale for every group of a sample",
            NormName::DyT => "between −1 and 1",
            NormName::None => "as it was",
        },
        _ => "what the next layer receives",
    }
}

/// What the mean is called where it is drawn: a feature's own, or the token's.
pub fn mean_name(state: &NormalizeState) -> String {
    if state.norm == NormName::Layer {
        return "μ".to_owned();
    }
    format!("μ{}", subscript(state.column()))
}

/// What the shift is called where it is drawn: a feature's own, or the common one.
pub fn beta_name(state: &NormalizeState) -> String {
    if state.beta_at.within(state.d_model).is_empty() {
        return "β".to_owned();
    }
    format!("β{}", subscript(state.column()))
}

/// Why there are no bars; `None` where there are.
pub fn nothing(trouble: Option<Trouble>) -> Option<&'static str> {
    match trouble? {
        Trouble::ZeroOverZero => Some("0 / 0 is undefined"),
        Trouble::TooFew => Some(TOO_FEW),
        Trouble::NoNumber => Some("no number in, no number out"),
        Trouble::Padding => None,
    }
}

/// One feature followed through the four steps, short enough to stand under each.
pub fn step_captions(state: &NormalizeState, r: &Reading) -> [String; 4] {
    in_numbers(state, r, &n((r.variance + state.eps).sqrt()))
}

/// The same with all that the root is of.
pub fn step_arithmetic(state: &NormalizeState, r: &Reading) -> [String; 4] {
    let eps = format_value(state.eps, 3);
    in_numbers(state, r, &format!("√({} + {eps})", n(r.variance)))
}

/// What x − μ is divided by is written as `root`.
fn in_numbers(state: &NormalizeState, r: &Reading, root: &str) -> [String; 4] {
    let k = subscript(r.feature);
    let x = format!("x{k} = {}", n(r.x));
    match r.trouble {
        Some(Trouble::ZeroOverZero) => {
            let centred = if state.norm == NormName::Rms {
                "0".to_owned()
            } else {
                format!("{} − {} = 0", n(r.x), bracketed(r.mean))
            };
            return [
                x,
                centred,
                "0 / √(0 + 0) = 0/0".to_owned(),
                "no value to scale".to_owned(),
            ];
        }
        Some(Trouble::TooFew) => {
            let centred = format!("{} − {} = 0", n(r.x), bracketed(r.x));
            return [
                x,
                centred,
                TOO_FEW.to_owned(),
                "no value to scale".to_owned(),
            ];
        }
        Some(Trouble::NoNumber) => {
            let none = || NO_NUMBER.to_owned();
            return [x, none(), none(), none()];
        }
        Some(Trouble::Padding) => {
            let nothing = || "0".to_owned();
            return ["padding".to_owned(), nothing(), nothing(), nothing()];
        }
        None => {}
    }
    let centered = r.x - r.mean;
    let (centred, normalized) = match state.norm {
        NormName::DyT => (
            n(r.x),
            format!(
                "tanh({} × {}) = {}",
                n(state.alpha),
                bracketed(r.x),
                n(r.normalized)
            ),
        ),
        NormName::None => (n(r.x), n(r.normalized)),
        NormName::Rms => (n(r.x), format!("{} / {root} = {}", n(r.x), n(r.normalized))),
        _ => (
            format!("{} − {} = {}", n(r.x), bracketed(r.mean), n(centered)),
            format!("{} / {root} = {}", n(centered), n(r.normalized)),
        ),
    };
    let (gamma, beta) = (state.gamma_of(r.feature), state.beta_of(r.feature));
    let output = match (state.affine, state.has_beta()) {
        (true, true) => format!(
            "{} × {} + {} = {}",
            n(gamma),
            bracketed(r.normalized),
            bracketed(beta),
            n(r.output)
        ),
        (true, false) => format!(
            "{} × {} = {}",
            n(gamma),
            bracketed(r.normalized),
            n(r.output)
        ),
        _ => n(r.output),
    };
    [x, centred, normalized, output]
}

/// A cell of one of the three matrices, in numbers.
pub fn matrix_tip(state: &NormalizeState, r: &Reading, panel_idx: usize) -> String {
    let [x, _, normalized, output] = step_arithmetic(state, r);
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

/// What the values share their mean and variance with, in the plural.
fn groups_word(norm: NormName) -> &'static str {
    match norm {
        NormName::Layer | NormName::Rms => "tokens",
        NormName::Batch => "features",
        NormName::Instance => "features of samples",
        _ => "groups of samples",
    }
}

/// What the matrices show.
#[allow(clippy::cast_precision_loss)]
pub fn matrix_summary(
    state: &NormalizeState,
    reach: f64,
    is_too_few: bool,
    n_undefined: usize,
    eps_counts: bool,
) -> String {
    let shape = format!(
        "{} × {} of {} features, colours from −{reach} to {reach}.",
        state.batch,
        counted(state.seq_len, "token"),
        state.d_model
    );
    if is_too_few {
        return format!(
            "{shape} *Batch norm cannot be trained on this*: each feature has one value, which is its own mean, and the variance is 0. PyTorch stops here; every output would be β whatever the input. More tokens or samples help."
        );
    }
    if n_undefined > 0 {
        return format!(
            "{shape} *{} {} are 0/0*: all their values are equal, so the variance is 0, and ε = 0 adds nothing under the root. They are hatched; any ε above 0 makes them β.",
            format_count(n_undefined as u64),
            groups_word(state.norm),
        );
    }
    let padding = match (state.padding, state.masked) {
        (false, _) => "",
        (true, true) => " Padding is 0 everywhere and left out of the statistics.",
        (true, false) => " Padding is 0 in x and *counts like a token*.",
    };
    let inflation = if state.padding && !state.masked && state.norm == NormName::Batch {
        let n_padding = (0..state.rows()).filter(|&row_idx| state.is_padding(row_idx));
        inflation(n_padding.count() as f64 / state.rows() as f64)
    } else {
        String::new()
    };
    format!("{shape} {}{padding}{inflation}", noticed(state, eps_counts))
}

/// Whether each value has a mean and a variance of its own.
fn is_alone(state: &NormalizeState) -> bool {
    let n_features = match state.norm {
        NormName::Instance => 1,
        NormName::Group => state.d_model / state.n_groups(),
        _ => return false,
    };
    state.seq_len * n_features == 1
}

/// Said where batch norm evaluates without ever having been trained.
const NOTHING_REMEMBERED: &str = "*Nothing could be remembered*: batches with one value per feature cannot be trained on, so the mean is still 0 and the variance 1.";

fn noticed(state: &NormalizeState, eps_counts: bool) -> &'static str {
    match state.norm {
        NormName::Layer => match state.input {
            Distribution::Tokens if eps_counts => {
                "*Each token has a mean and a spread of its own* in x; in x̂ they keep some of it, because ε is not small beside their variance."
            }
            Distribution::Tokens if state.padding => {
                "*Each token has a mean and a spread of its own* in x; in x̂ all that are no padding have the same."
            }
            Distribution::Tokens => {
                "*Each token has a mean and a spread of its own* in x; in x̂ all have the same."
            }
            Distribution::Outlier => {
                "*One feature is far larger than the rest*: it takes most of the variance, and the others are pressed together in x̂."
            }
            Distribution::Constant => {
                "*All features are equal*: nothing is left after the mean is taken out, and y is β."
            }
            Distribution::Encoded => {
                "*Words plus positions*, what a transformer's first norm receives: the slow waves at the right add almost 0 and 1 in turn to every token."
            }
            _ => {
                "*Each row is normalised by itself*: mean and variance are taken over its features."
            }
        },
        NormName::Rms => {
            "*Each row is divided by the root of its mean square*; its mean is scaled with it and stays."
        }
        NormName::Batch if state.evaluates() && state.has_too_few() => NOTHING_REMEMBERED,
        NormName::Batch if state.mode == BatchMode::Eval => {
            "*Each column by what was remembered* of 50 batches like this one: the batch at hand has no say."
        }
        NormName::Batch => {
            "*Each column is normalised by itself*, over all tokens of all samples: wide tokens stay wide."
        }
        NormName::Instance | NormName::Group if is_alone(state) => {
            "*Each value is alone with its mean*, which it is itself: x̂ is 0 and y is β, whatever x is. More tokens help."
        }
        NormName::Instance => {
            "*Each column of each sample is normalised by itself*: tokens of a sample depend on each other."
        }
        NormName::Group => {
            "*Some columns of each sample together* have mean 0 and variance 1: tokens of a sample depend on each other."
        }
        NormName::DyT => {
            "*Each value by itself*: what is large ends at ±1, and wide tokens stay wider than narrow ones."
        }
        NormName::None => "*Nothing is taken out*: y keeps the mean and the spread of x.",
    }
}

/// The heading of the histograms.
pub fn histograms_title(state: &NormalizeState) -> String {
    match state.per {
        Per::Tensor => format!(
            "Histograms on one axis, token {} in full colour",
            state.row()
        ),
        Per::Token => format!("Histograms of token {}", state.row()),
        Per::Feature => format!("Histograms of feature {} in all tokens", state.column()),
    }
}

/// What is counted, and the part of it in full colour, for the legend.
pub fn histogram_parts(state: &NormalizeState) -> (&'static str, &'static str) {
    match state.per {
        Per::Tensor => ("all tokens", "selected token"),
        Per::Token => ("the token", ""),
        Per::Feature => ("the feature", ""),
    }
}

/// The statistics under a histogram.
pub fn histogram_caption(summary: &Summary, n_undefined: usize) -> String {
    if summary.n_finite == 0 {
        return format!(
            "no values: {} that are no number",
            format_count(n_undefined as u64)
        );
    }
    // Without any spread there is no shape to speak of.
    let shape = |value: f64| {
        if value.is_nan() {
            "–".to_owned()
        } else {
            sized(value, 1.0)
        }
    };
    let [mean, std] = mean_and_std(summary);
    let numbers = format!(
        "mean {mean}  std {std}  skew {}  kurt {}",
        shape(summary.skewness),
        shape(summary.kurtosis),
    );
    if n_undefined == 0 {
        return numbers;
    }
    format!("{numbers}  {} no number", format_count(n_undefined as u64))
}

/// Mean and std as they are read.
fn mean_and_std(summary: &Summary) -> [String; 2] {
    let size = if summary.std > 0.0 {
        summary.std
    } else {
        summary.mean.abs()
    };
    [summary.mean, summary.std].map(|value| sized(value, size))
}

/// What the histograms show.
pub fn histograms_summary(
    state: &NormalizeState,
    x: &Summary,
    y: &Summary,
    has_line: bool,
) -> String {
    let what = match state.per {
        Per::Tensor => format!("All {} values", format_count(x.n as u64)),
        Per::Token => format!("The token's {} values", format_count(x.n as u64)),
        Per::Feature => format!("The feature's {} values", format_count(x.n as u64)),
    };
    let zeros = if state.padding && state.per != Per::Token {
        ", the zeros of padding among them"
    } else {
        ""
    };
    let [mean, std] = mean_and_std(x);
    let before = format!("{what}{zeros}: mean {mean} and std {std} before");
    if y.n_finite == 0 {
        return format!("{before}. *Nothing after*: there is no variance to divide by.");
    }
    let has_own = |own: &PerFeature| !own.within(state.d_model).is_empty();
    let own = [
        has_own(&state.gamma_at),
        state.has_beta() && has_own(&state.beta_at),
    ];
    let affine = match own {
        _ if !state.affine => String::new(),
        [true, true] => " (γ and β differ from feature to feature)".to_owned(),
        [true, false] => " (γ differs from feature to feature)".to_owned(),
        [false, true] => " (β differs from feature to feature)".to_owned(),
        _ if state.has_beta() => format!(" (γ = {}, β = {})", n(state.gamma), n(state.beta)),
        _ => format!(" (γ = {})", n(state.gamma)),
    };
    let [mean, std] = mean_and_std(y);
    let line = if has_line {
        "The line is the standard normal; kurt is the excess over it."
    } else {
        "kurt is the excess over the standard normal."
    };
    format!("{before}, *mean {mean} and std {std} after*{affine}. {line}")
}

/// The heading of the steps.
pub fn steps_title(state: &NormalizeState) -> String {
    let name = token_name(state, state.row());
    format!("T{}, step by step", name.trim_start_matches('t'))
}

/// Stands in place of a step that is not shown yet.
pub const NOT_YET: &str = "not yet: Play or Step forward";

/// The step that is shown last, where more follow.
fn step_summary(state: &NormalizeState, r: &Reading) -> String {
    let arithmetic = step_arithmetic(state, r);
    let done = match (state.shown, state.norm) {
        (1, _) => "the token *as it comes*",
        (2, NormName::Rms | NormName::DyT | NormName::None) => "*no mean is taken out*",
        (2, _) => "*minus the mean μ*, so that the bars stand around 0",
        (_, NormName::DyT) => "*bent by tanh*",
        (_, NormName::None) => "*nothing is divided*",
        _ => "*divided by the spread*, so that every token has the same",
    };
    let arithmetic = arithmetic.get(state.shown - 1).map_or("", String::as_str);
    format!(
        "Step {} of {N_STEPS}: {done}. Feature {}: {arithmetic}.",
        state.shown, r.feature
    )
}

/// What the steps show. `largest` is that of x̂ without its sign.
#[allow(clippy::cast_precision_loss)]
pub fn steps_summary(state: &NormalizeState, reading: Option<&Reading>, largest: f64) -> String {
    let Some(r) = reading else {
        return String::new();
    };
    if (1..N_STEPS).contains(&state.shown) {
        return step_summary(state, r);
    }
    match r.trouble {
        Some(Trouble::ZeroOverZero) => {
            return "All values that share a variance here are equal: x − μ is 0, the variance is 0, and *with ε = 0 the quotient is 0/0*, which no computer can give a value. Any ε above 0 makes x̂ 0 and y = β.".to_owned();
        }
        Some(Trouble::TooFew) => {
            return "Batch norm in training needs *at least two values per feature*: one value is its own mean, and x̂ would be 0 whatever it is.".to_owned();
        }
        Some(Trouble::NoNumber) if !r.x.is_finite() => {
            return format!(
                "x is {} here: there is *no number to normalise*, and none that shares a mean or a variance with it can be.",
                n(r.x)
            );
        }
        Some(Trouble::NoNumber) => {
            return "A value that shares its mean and variance with this one *is NaN or infinite*: so are they, and there is nothing to divide by.".to_owned();
        }
        Some(Trouble::Padding) => {
            return "There is *no token* here: padding is left out of the statistics and stays 0."
                .to_owned();
        }
        None => {}
    }
    let ends = format!("Feature {} ends at *{}*.", r.feature, n(r.output));
    let (mean, std) = (n(r.mean), n(r.variance.sqrt()));
    let root = n((r.variance + state.eps).sqrt());
    if r.n_values == 1 {
        return format!(
            "*One value is its own mean*: x − μ is 0, σ is 0, and x̂ is 0 whatever x is. {ends}"
        );
    }
    let over = match state.norm {
        NormName::Layer => format!("over {} features", r.n_values),
        NormName::Rms => {
            return format!(
                "√(mean x² + ε) = *{root}* over {} features; no mean is taken out. {ends}",
                r.n_values
            );
        }
        NormName::Batch if state.evaluates() && state.has_too_few() => {
            return format!("{NOTHING_REMEMBERED} {ends}");
        }
        NormName::Batch if state.mode == BatchMode::Eval => {
            return format!(
                "μ = *{mean}*, σ = *{std}* for feature {}, remembered of 50 batches; √(σ² + ε) = *{root}*. {ends}",
                r.feature
            );
        }
        NormName::Batch => format!("over the {} tokens of all samples", r.n_values),
        NormName::Instance => format!("over the {} tokens of the sample", r.n_values),
        NormName::Group => format!(
            "over {} values: {} features of each token of the sample",
            r.n_values,
            state.d_model / state.n_groups()
        ),
        NormName::DyT => {
            return format!(
                "tanh bends each value by itself, α = {}: *no mean, no variance*. {ends}",
                n(state.alpha)
            );
        }
        NormName::None => return format!("*x̂ is x*. {ends}"),
    };
    let degrees = if state.is_unbiased() {
        let d = state.d_model as f64;
        format!(
            "σ² divides by n − 1 = {}: *x̂ has variance {}, not 1*, its largest value is {}; the {} features are all there is, no sample to estimate a population from",
            r.n_values - 1,
            format_value((d - 1.0) / d, 4),
            n(largest),
            r.n_values
        )
    } else {
        format!(
            "σ² divides by n, not n − 1; the largest x̂ is {}",
            n(largest)
        )
    };
    format!(
        "μ = *{mean}*, σ = *{std}* {over} ({degrees}), √(σ² + ε) = √({} + {}) = *{root}*. {ends}",
        n(r.variance),
        format_value(state.eps, 3)
    )
}

/// Symbol and note above γ and β.
pub fn affine_heads(state: &NormalizeState) -> [(&'static str, &'static str); 2] {
    let gamma = if state.affine {
        "scale of each feature"
    } else {
        "none"
    };
    let beta = if state.has_beta() {
        "shift of each feature"
    } else {
        "none"
    };
    [("γ", gamma), ("β", beta)]
}

/// Why there is no γ (0) or β (1); `None` where there is.
pub fn no_affine(state: &NormalizeState, panel_idx: usize) -> Option<&'static str> {
    match panel_idx {
        _ if !state.affine => Some("switched off"),
        1 if !state.has_beta() => Some("RMSNorm has no β"),
        _ => None,
    }
}

/// γ or β of the feature that is read.
pub fn affine_caption(state: &NormalizeState, panel_idx: usize) -> String {
    if no_affine(state, panel_idx).is_some() {
        return String::new();
    }
    let feature = state.column();
    let k = subscript(feature);
    if panel_idx == 0 {
        format!("γ{k} = {}", n(state.gamma_of(feature)))
    } else {
        format!("β{k} = {}", n(state.beta_of(feature)))
    }
}

/// γ and β of a feature.
pub fn affine_tip(state: &NormalizeState, feature: usize) -> String {
    let (gamma, beta) = (n(state.gamma_of(feature)), n(state.beta_of(feature)));
    if state.has_beta() {
        format!("feature {feature}: γ = {gamma}, β = {beta}")
    } else {
        format!("feature {feature}: γ = {gamma}")
    }
}

/// What γ and β show.
pub fn affine_summary(state: &NormalizeState) -> String {
    if !state.affine {
        return "γ and β are *switched off*: y = x̂.".to_owned();
    }
    let n_own = |own: usize| match own {
        0 => "all features have the same".to_owned(),
        1 => "1 feature has its own".to_owned(),
        _ => format!("{own} features have their own"),
    };
    let gamma = n_own(state.gamma_at.within(state.d_model).len());
    if !state.has_beta() {
        return format!("γ: {gamma}. *Draw on the bars* to change them, and watch y.");
    }
    let beta = n_own(state.beta_at.within(state.d_model).len());
    let undone = if state.norm == NormName::Layer {
        ": each feature has one γ and one β for *all* tokens, so they can undo the norm for one token but not for two"
    } else {
        ""
    };
    format!("γ: {gamma}; β: {beta}. *Draw on the bars* to change them, and watch y{undone}.")
}

/// The norm with ε as in PyTorch, as MathML; sources stand in the lead.
pub fn formula(state: &NormalizeState) -> String {
    const X_HAT: &str = "<mover><mi>x</mi><mo>^</mo></mover>";
    let mut text = String::from("<math><mi>y</mi><mo>=</mo>");
    if state.affine {
        text.push_str("<mi class=\"gamma\">γ</mi><mo>·</mo>");
    }
    text.push_str(X_HAT);
    if state.has_beta() {
        text.push_str("<mo>+</mo><mi class=\"beta\">β</mi>");
    }
    text.push_str("</math><math>");
    text.push_str(X_HAT);
    text.push_str("<mo>=</mo>");
    text.push_str(match state.norm {
        NormName::None => "<mi>x</mi>",
        NormName::DyT => "<mi>tanh</mi><mo>(</mo><mi>α</mi><mi>x</mi><mo>)</mo>",
        NormName::Rms => {
            "<mfrac><mi>x</mi><msqrt><mrow><mfrac><mn>1</mn><mi>d</mi></mfrac><munder><mo>∑</mo><mi>k</mi></munder>\
             <msubsup><mi>x</mi><mi>k</mi><mn>2</mn></msubsup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>"
        }
        _ => {
            "<mfrac><mrow><mi>x</mi><mo>−</mo><mi class=\"mu\">μ</mi></mrow>\
             <msqrt><mrow><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>"
        }
    });
    text.push_str("</math>");
    if state.norm == NormName::Layer && state.part == 0 {
        text.push_str(
            "<math><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>=</mo><mfrac><mn>1</mn>",
        );
        text.push_str(if state.is_unbiased() {
            "<mrow><mi>d</mi><mo>−</mo><mn>1</mn></mrow>"
        } else {
            "<mi>d</mi>"
        });
        text.push_str(
            "</mfrac><mo>∑</mo><msup><mrow><mo>(</mo><mi>x</mi><mo>−</mo><mi class=\"mu\">μ</mi><mo>)</mo></mrow><mn>2</mn></msup></math>",
        );
    }
    text
}

/// The current numbers beside the formula, each in its symbol's colour.
pub fn facts(state: &NormalizeState, r: &Reading) -> Vec<Fact> {
    let coloured = |name, symbol, value| Fact {
        name,
        symbol,
        value: n(value),
    };
    let mut facts = vec![Fact::new("token", r.row_idx.to_string())];
    let has_statistics = state.norm.has_statistics();
    let is_known = r.trouble.is_none_or(|why| why == Trouble::ZeroOverZero);
    if has_statistics && is_known {
        if state.norm == NormName::Rms {
            facts.push(coloured("√(mean x²)", "sigma", r.variance.sqrt()));
        } else {
            facts.push(coloured("μ", "mu", r.mean));
            facts.push(coloured("σ", "sigma", r.variance.sqrt()));
        }
    }
    if state.norm == NormName::DyT {
        facts.push(coloured("α", "", state.alpha));
    }
    if state.affine {
        facts.push(coloured("γ", "gamma", state.gamma_of(r.feature)));
    }
    if state.has_beta() {
        facts.push(coloured("β", "beta", state.beta_of(r.feature)));
    }
    if has_statistics {
        facts.push(Fact::new("ε", format_value(state.eps, 3)));
    }
    facts
}
