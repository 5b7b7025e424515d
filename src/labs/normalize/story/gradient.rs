//! The words about gradients.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use maths::normalize::{BatchMode, Norm};

use super::super::state::{Along, Incoming, NormalizeState};
use super::{Trouble, bracketed, n, subscript, token_name};
use crate::labs::{Fact, Question};

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Which changes get lost?",
        answer: "Those in two directions: all features by the same, and along x̂. Choose one for Push and move Push size: the outputs stay, whatever the input does.",
        settings: "push=normalized",
        figure_id: "normalize-gradient",
    },
    Question {
        asked: "Why does a large input get a small gradient?",
        answer: "The output does not grow with the input, so the same change of the input does less. Drag Input scale a.",
        settings: "scale_a=10",
        figure_id: "normalize-gradient-scale",
    },
];

/// What is taken for no difference at all in `f32`.
const NOTHING: f64 = 1e-5;

/// The part of σ² + ε from which on ε is spoken of: what it leaves can be seen.
const EPS_COUNTS: f64 = 1e-3;

/// The part of σ² + ε up to which ten times the input are a tenth of the gradient, but for what cannot be seen.
const EPS_BENDS: f64 = 0.01;

/// The names of the two curves.
pub const SIZE: &str = "‖dx‖";
/// The curve it is compared with.
pub const FALLING: &str = "‖dx‖ at a = 1, divided by a";

/// Symbol and note above dy, dx and dx by steps.
pub const BACKWARD_HEADS: [(&str, &str); 3] = [
    ("dy", "from above"),
    ("dx", "by the formula"),
    ("dx", "by small steps"),
];

/// The numbers of a token's gradients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientReading {
    /// The norm.
    pub norm: Norm,
    /// The feature that is read.
    pub feature: usize,
    /// Its incoming gradient.
    pub dy: f64,
    /// Its outgoing gradient.
    pub dx: f64,
    /// ‖dy‖ of the token.
    pub dy_size: f64,
    /// ‖dx‖ of the token.
    pub dx_size: f64,
    /// Σ dx
    pub dx_sum: f64,
    /// dx · x̂
    pub dx_along: f64,
    /// 1/√(σ² + ε), where the token has one of its own.
    pub rstd: Option<f64>,
    /// ε as a part of σ² + ε, the largest of those that the token is normalised by; 0 where there are none.
    pub eps_share: f64,
    /// The largest difference of dx by the formula and by small steps, where there are both.
    pub error: Option<f64>,
    /// How many other tokens get a gradient.
    pub n_reached: usize,
    /// Why there is no gradient.
    pub trouble: Option<Trouble>,
}

/// The numbers of a Jacobian.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct JacobianReading {
    /// The norm.
    pub norm: Norm,
    /// 1/√(σ² + ε), where the token has one of its own.
    pub rstd: Option<f64>,
    /// What is left of a push along x̂, as a share.
    pub along: f64,
    /// How many factors are 0.
    pub n_zero: usize,
    /// Whether the factors are known.
    pub is_known: bool,
    /// Why there is no Jacobian.
    pub trouble: Option<Trouble>,
}

/// What a push did.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PushReading {
    /// Where the token was pushed.
    pub along: Along,
    /// The selected feature.
    pub feature: usize,
    /// How far.
    pub size: f64,
    /// The largest change of an output.
    pub largest: f64,
    /// The largest that the Jacobian says.
    pub predicted: f64,
    /// The largest change of another token's output, where the norm mixes tokens.
    pub elsewhere: Option<f64>,
}

/// A number, or that it is none.
pub fn number(value: f64) -> String {
    number_of(value, 4)
}

fn number_of(value: f64, digits: usize) -> String {
    if value.is_nan() {
        "no number".to_owned()
    } else {
        format_value(value, digits)
    }
}

/// What the token is divided by is 1 over this.
pub fn rstd_name(norm: Norm) -> &'static str {
    match norm {
        Norm::Rms => "1/√(mean x² + ε)",
        _ => "1/√(σ² + ε)",
    }
}

/// Whether γ of every feature is 0.
fn is_shut(state: &NormalizeState) -> bool {
    (0..state.d_model).all(|feature| state.gamma_of(feature) == 0.0)
}

/// Said where γ of every feature is 0.
const SHUT: &str = "*γ = 0 lets nothing through*";

/// How to read the part.
pub fn lead(state: &NormalizeState) -> String {
    let what = match state.norm_in_use() {
        _ if is_shut(state) => "γ of every feature is 0: *no direction gets through*.",
        Norm::Layer if state.eps > 0.0 => {
            "*Two directions do not get through*: all features by the same amount and, where ε is nothing beside σ², the token's own x̂. All others are divided by √(σ² + ε)."
        }
        Norm::Layer => {
            "*Two directions do not get through*: all features by the same amount, and the token's own x̂. All others are divided by σ."
        }
        Norm::Rms if state.eps > 0.0 => {
            "*One direction does not get through*, where ε is nothing beside the token's mean square: the token itself. All others are divided by √(mean x² + ε)."
        }
        Norm::Rms => {
            "*One direction does not get through*: the token itself. All others are divided by the root of its mean square."
        }
        Norm::Batch(BatchMode::Train) => {
            "Batch norm takes its mean and variance over all tokens: *the gradient of one token reaches the same feature of every other*."
        }
        Norm::Batch(BatchMode::Eval) => {
            "In evaluation the statistics are fixed numbers: *each feature is scaled, and nothing is taken out*."
        }
        Norm::Instance => {
            "Instance norm takes its mean and variance over a sample's tokens: *the gradient of one token reaches the same feature of its whole sample*."
        }
        Norm::Group { .. } => {
            "Group norm takes its mean and variance over a sample's tokens and a group of features: *the gradient of one token reaches the group in its whole sample*."
        }
        Norm::DyT { .. } => {
            "Dynamic tanh has no statistics: *each value has a slope of its own*, γ α (1 − x̂²), small where tanh is flat."
        }
        Norm::None => "Without a norm *the gradient is multiplied by γ*, and nothing else.",
    };
    format!("Move the input's scale a, push the token, choose what comes in from above. {what}")
}

/// The Jacobian of one token (Xu et al. 2019), and dx, as MathML.
pub fn formula(state: &NormalizeState) -> String {
    const ROOT: &str = "<msqrt><mrow><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt>";
    const HAT: &str = "<mover><mi>x</mi><mo>^</mo></mover>";
    let d = state.d_model;
    let derivative = "<mfrac><mrow><mo>∂</mo><msub><mi>y</mi><mi>i</mi></msub></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mi>j</mi></msub></mrow></mfrac><mo>=</mo>";
    let hats = format!("<msub>{HAT}<mi>i</mi></msub><msub>{HAT}<mi>j</mi></msub>");
    let gamma = "<msub><mi class=\"gamma\">γ</mi><mi>i</mi></msub>";
    let delta = "<msub><mi>δ</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>";
    let body = match state.norm_in_use() {
        Norm::Layer => format!(
            "<mfrac>{gamma}{ROOT}</mfrac><mo>(</mo>{delta}<mo>−</mo><mfrac><mn>1</mn><mn>{d}</mn></mfrac><mo>−</mo><mfrac><mrow>{hats}</mrow><mn>{d}</mn></mfrac><mo>)</mo>"
        ),
        Norm::Rms => format!(
            "<mfrac>{gamma}<msqrt><mrow><mover><msup><mi>x</mi><mn>2</mn></msup><mo>¯</mo></mover><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac><mo>(</mo>{delta}<mo>−</mo><mfrac><mrow>{hats}</mrow><mn>{d}</mn></mfrac><mo>)</mo>"
        ),
        Norm::Batch(BatchMode::Eval) => {
            format!("<mfrac>{gamma}{ROOT}</mfrac>{delta}")
        }
        Norm::Batch(BatchMode::Train) | Norm::Instance | Norm::Group { .. } => format!(
            "<mfrac>{gamma}{ROOT}</mfrac><mo>(</mo>{delta}<mo>−</mo><mfrac><mn>1</mn><mi>n</mi></mfrac><mo>−</mo><mfrac><mrow>{hats}</mrow><mi>n</mi></mfrac><mo>)</mo><mspace width=\"1em\"/><mtext>within a group of n values</mtext>"
        ),
        Norm::DyT { alpha } => format!(
            "{gamma}<mo>·</mo><mn>{}</mn><mo>(</mo><mn>1</mn><mo>−</mo><msup><msub>{HAT}<mi>i</mi></msub><mn>2</mn></msup><mo>)</mo>{delta}",
            n(alpha)
        ),
        Norm::None => format!("{gamma}{delta}"),
    };
    let outgoing = "<math><mi>d</mi><msub><mi>x</mi><mi>j</mi></msub><mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder><mi>d</mi><msub><mi>y</mi><mi>i</mi></msub><mfrac><mrow><mo>∂</mo><msub><mi>y</mi><mi>i</mi></msub></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mi>j</mi></msub></mrow></mfrac></math>";
    format!("<math>{derivative}{body}</math>{outgoing}")
}

/// The numbers beside the formula.
pub fn facts(state: &NormalizeState, r: &GradientReading) -> Vec<Fact> {
    let mut facts = vec![Fact::new("token", state.row().to_string())];
    if let Some(rstd) = r.rstd {
        facts.push(Fact {
            name: rstd_name(r.norm),
            symbol: "sigma",
            value: number(rstd),
        });
    }
    facts.push(Fact::new("‖dy‖", n(r.dy_size)));
    facts.push(Fact::new("‖dx‖", number(r.dx_size)));
    facts.push(Fact::new("Σ dx", near_zero(r.dx_sum, r.dx_size)));
    facts.push(Fact::new("dx · x̂", near_zero(r.dx_along, r.dx_size)));
    if let Some(error) = r.error {
        facts.push(Fact::new(
            "error against small steps",
            format_value(error, 2),
        ));
    }
    facts
}

/// A sum that is 0 but for rounding is told by how small it is.
fn near_zero(value: f64, scale: f64) -> String {
    if value != 0.0 && value.abs() < NOTHING * scale {
        format_value(value, 1)
    } else {
        number(value)
    }
}

/// The heading of the Jacobian.
pub fn jacobian_title(state: &NormalizeState) -> String {
    format!(
        "What each feature of token {} does to each output",
        state.row()
    )
}

/// The range of the colours.
pub fn jacobian_caption(reach: f64, largest: f64) -> String {
    if largest.is_nan() {
        return String::new();
    }
    let beyond = if largest > reach {
        format!(", largest {}", n(largest))
    } else {
        String::new()
    };
    format!("colours ±{}{beyond}", n(reach))
}

/// What the Jacobian and the push show.
pub fn jacobian_summary(state: &NormalizeState, r: &JacobianReading, push: &PushReading) -> String {
    if let Some(trouble) = r.trouble {
        return no_gradient(trouble, r.norm).to_owned();
    }
    if is_shut(state) {
        return format!("{SHUT}: every entry is 0, and no push moves an output.");
    }
    let Some(rstd) = r.rstd else {
        let kept = match r.norm {
            Norm::Group { .. } => {
                "Features of different groups do not touch: the matrix has blocks."
            }
            _ => "Features do not touch each other: the matrix is a diagonal.",
        };
        return format!("{kept} {}", push_sentence(push));
    };
    let zeros = match (r.is_known, r.n_zero) {
        (false, _) => String::new(),
        (true, 0) => format!("None of {} singular values is 0. ", state.d_model),
        (true, 1) => format!("1 of {} singular values is 0. ", state.d_model),
        (true, n) => format!("{n} of {} singular values are 0. ", state.d_model),
    };
    let scale = format!("{} = *{}*", rstd_name(r.norm), number(rstd));
    if r.along >= 1.0 {
        let kept = format!("{zeros}x̂ is 0 and no direction; what passes is multiplied by {scale}.");
        return match push.along {
            Along::Normalized => kept,
            _ => format!("{kept} {}", push_sentence(push)),
        };
    }
    let left = if r.along == 0.0 {
        format!("Along x̂ nothing is left, of other directions {scale}.")
    } else {
        format!("Along x̂ ε leaves {} of {scale}.", share(r.along))
    };
    format!("{zeros}{left} {}", push_sentence(push))
}

/// Why the token has no gradient.
fn no_gradient(trouble: Trouble, norm: Norm) -> &'static str {
    match (trouble, norm) {
        (Trouble::TooFew, _) => {
            "*One value per feature has no variance*: batch norm in training cannot be computed here, and the gradient has no value. Take more tokens or samples."
        }
        (Trouble::Padding, _) => {
            "There is *no token* here: padding is left out, stays 0 and gets no gradient."
        }
        (Trouble::NoNumber, _) => {
            "A value that this token is normalised with is no number, or infinite: *x̂ and the gradient have no value*."
        }
        (Trouble::ZeroOverZero, Norm::Layer) => {
            "All features of this token are equal and ε = 0: *x̂ is 0/0, and so is every gradient*. Any ε above 0 gives them numbers."
        }
        (Trouble::ZeroOverZero, Norm::Rms) => {
            "All features of this token are 0 and ε = 0: *x̂ is 0/0, and so is every gradient*. Any ε above 0 gives them numbers."
        }
        (Trouble::ZeroOverZero, _) => {
            "Values that share a variance are all equal, and ε = 0: *x̂ is 0/0 there, and so is the gradient*. Any ε above 0 gives them numbers."
        }
    }
}

/// A share from 0 to 1: small ones are no percentages.
fn share(part: f64) -> String {
    if part < EPS_COUNTS {
        format_value(part, 2)
    } else {
        format!("{} %", format_value(100.0 * part, 3))
    }
}

fn push_sentence(push: &PushReading) -> String {
    let pushed = format!("Pushed by {} {}", n(push.size), direction(push));
    if !push.largest.is_finite() {
        return format!("{pushed}, *some outputs are no numbers*.");
    }
    let moved = format!(
        "{pushed}, *the outputs move by {} at most*",
        format_value(push.largest, 3)
    );
    match push.elsewhere {
        Some(elsewhere) if !elsewhere.is_finite() => {
            format!("{moved}; some of other tokens are no numbers.")
        }
        Some(elsewhere) => format!(
            "{moved}, those of other tokens by {}: they share its statistics.",
            format_value(elsewhere, 3)
        ),
        None if push.largest <= NOTHING * push.size.abs() && push.along != Along::Feature => {
            format!("{moved}: the norm does not see this direction.")
        }
        None => format!(
            "{moved}; the Jacobian says {}.",
            number_of(push.predicted, 3)
        ),
    }
}

/// Where the token is pushed, in words.
fn direction(push: &PushReading) -> Cow<'static, str> {
    match push.along {
        Along::Ones => Cow::Borrowed("in all features"),
        Along::Normalized => Cow::Borrowed("along x̂"),
        Along::Feature => Cow::Owned(format!("in feature {}", push.feature)),
    }
}

/// Above the bars of the push.
pub fn push_note(push: &PushReading) -> String {
    let size = bracketed(push.size);
    match push.along {
        Along::Ones => format!("after x + {size}"),
        Along::Normalized => format!("after x + {size} · x̂"),
        Along::Feature => format!("after x{} + {size}", subscript(push.feature)),
    }
}

/// Under the bars of the push.
pub fn push_caption(push: &PushReading) -> String {
    if push.largest.is_nan() {
        return String::new();
    }
    format!(
        "largest {}, by ∂y/∂x {}",
        format_value(push.largest, 3),
        number_of(push.predicted, 3)
    )
}

/// Under the factors.
pub fn stretch_caption(factors: &[f32]) -> String {
    let n_zero = factors.iter().filter(|&&factor| factor == 0.0).count();
    match n_zero {
        0 => String::new(),
        1 => "one more is 0".to_owned(),
        _ => format!("{} more are 0", format_count(n_zero as u64)),
    }
}

/// Why there are no factors to be seen.
pub fn no_stretch(is_unknown: bool, norm: Norm) -> &'static str {
    match (is_unknown, norm) {
        (true, Norm::Group { .. }) => "blocks of features: not taken apart here",
        (true, _) => "with γ of its own for each of more than 256 features this takes too long",
        (false, _) => "none above 0",
    }
}

/// Why there is no check by small steps.
pub fn no_small_steps(norm: Norm) -> &'static str {
    match norm {
        Norm::Layer | Norm::Rms => "more than 256 features: too many to move one by one",
        _ => "checked for LayerNorm and RMSNorm",
    }
}

/// The heading of dy and dx.
pub fn backward_title(state: &NormalizeState) -> String {
    format!(
        "The gradient of token {}, coming in and going out",
        state.row()
    )
}

/// Under dy, dx and dx by steps.
pub fn backward_captions(r: &GradientReading) -> [String; 3] {
    let k = subscript(r.feature);
    [
        format!("dy{k} = {}, ‖dy‖ = {}", n(r.dy), n(r.dy_size)),
        format!("dx{k} = {}, ‖dx‖ = {}", number(r.dx), number(r.dx_size)),
        r.error.map_or_else(String::new, |error| {
            format!("largest difference {}", format_value(error, 2))
        }),
    ]
}

/// What dy and dx show.
pub fn backward_summary(state: &NormalizeState, r: &GradientReading) -> String {
    if let Some(trouble) = r.trouble {
        return no_gradient(trouble, r.norm).to_owned();
    }
    let incoming = match state.dy {
        Incoming::Seeded => format!(
            "{} gets noise as dy.",
            capital(&token_name(state, state.row()))
        ),
        Incoming::OneHot => format!(
            "Only output {} of {} counts in the loss.",
            r.feature,
            token_name(state, state.row())
        ),
    };
    let (sum, along) = (
        near_zero(r.dx_sum, r.dx_size),
        near_zero(r.dx_along, r.dx_size),
    );
    let is_left = r.eps_share > EPS_COUNTS;
    let left = share(r.eps_share);
    let taken = match r.norm {
        _ if is_shut(state) => format!("{SHUT}: dx is 0."),
        Norm::Layer if is_left => format!(
            "What dy has along ones is taken off, *Σ dx = {sum}*; of what it has along x̂ *ε leaves {left}*, dx · x̂ = {along}."
        ),
        Norm::Layer => format!(
            "What dy has along ones and along x̂ is taken off: *Σ dx = {sum}, dx · x̂ = {along}*."
        ),
        Norm::Rms if is_left => format!(
            "Of what dy has along x̂ *ε leaves {left}*, dx · x̂ = {along}; its mean stays, Σ dx = {sum}."
        ),
        Norm::Rms => format!(
            "What dy has along x̂ is taken off, *dx · x̂ = {along}*; its mean stays, Σ dx = {sum}."
        ),
        Norm::Batch(BatchMode::Eval) | Norm::DyT { .. } | Norm::None => {
            "Each dx is its own dy times a factor; nothing is taken off.".to_owned()
        }
        Norm::Batch(BatchMode::Train) | Norm::Instance | Norm::Group { .. } if r.n_reached == 0 => {
            "*No other token gets a gradient.*".to_owned()
        }
        Norm::Batch(BatchMode::Train) | Norm::Instance | Norm::Group { .. } => format!(
            "*{} other {} a gradient too*, because they share mean and variance.",
            format_count(r.n_reached as u64),
            if r.n_reached == 1 {
                "token gets"
            } else {
                "tokens get"
            }
        ),
    };
    let checked = r.error.map_or_else(String::new, |error| {
        format!(
            " Moving every feature a little and dividing gives the same up to {}.",
            format_value(error, 2)
        )
    });
    format!("{incoming} {taken}{checked}")
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().chain(chars).collect())
        .unwrap_or_default()
}

/// Why the curve is not drawn.
pub const NO_SIZES: &str = "the gradient is 0 everywhere, or no number";

/// What the scale of the input does.
pub fn sizes_summary(state: &NormalizeState, r: &GradientReading) -> String {
    if let Some(trouble) = r.trouble {
        return no_gradient(trouble, r.norm).to_owned();
    }
    let now = format!(
        "At a = {} ‖dx‖ is *{}*",
        format_value(state.scale_a, 3),
        number(r.dx_size)
    );
    if is_shut(state) {
        return format!("{now}, whatever a is: {SHUT}.");
    }
    if r.dx_size == 0.0 && state.norm.has_statistics() {
        return format!("{now}: *nothing of this dy gets through*.");
    }
    match r.norm {
        Norm::Layer
        | Norm::Rms
        | Norm::Batch(BatchMode::Train)
        | Norm::Instance
        | Norm::Group { .. } => {
            let scale = r.rstd.map_or_else(String::new, |rstd| {
                format!(", {} is {}", rstd_name(r.norm), number(rstd))
            });
            let spread = match r.norm {
                Norm::Rms => "mean x²",
                _ => "σ²",
            };
            let eps = format_value(state.eps, 3);
            let rule = "*Ten times the input, a tenth of the gradient*: the output does not change, so what changes it must.";
            if r.eps_share > EPS_BENDS {
                let most = if r.rstd.is_some() { "" } else { "up to " };
                format!(
                    "{now}{scale}. *ε = {eps} is {most}{} of {spread} + ε*: here the curve bends and falls less than tenfold for ten times the input. It is a tenth only where {spread} is far above ε.",
                    share(r.eps_share)
                )
            } else if state.eps > 0.0 {
                format!("{now}{scale}. {rule} It ends where {spread} comes down to ε = {eps}.")
            } else {
                format!(
                    "{now}{scale}. {rule} With ε = 0 that does not end, however small the input."
                )
            }
        }
        Norm::DyT { .. } => format!(
            "{now}. *Large inputs lie where tanh is flat*: their gradient vanishes faster than 1/a."
        ),
        Norm::Batch(BatchMode::Eval) | Norm::None => {
            format!("{now}, *whatever a is*: nothing here depends on the scale of the input.")
        }
    }
}

/// An entry of the Jacobian with its numbers put in.
pub fn jacobian_tip(
    state: &NormalizeState,
    norm: Norm,
    (i, j): (usize, usize),
    (x_i, x_j): (f64, f64),
    rstd: Option<f64>,
    gamma: f64,
    entry: f64,
) -> String {
    let name = format!("∂y{}/∂x{}", subscript(i), subscript(j));
    let delta = if i == j { "1" } else { "0" };
    let d = state.d_model;
    if !entry.is_finite() {
        return format!("{name}: {}", number(entry));
    }
    let hats = format!("{} × {} / {d}", bracketed(x_i), bracketed(x_j));
    match (norm, rstd) {
        (Norm::Layer, Some(rstd)) => format!(
            "{name} = {} × {} × ({delta} − 1/{d} − {hats}) = {}",
            n(gamma),
            number(rstd),
            number(entry)
        ),
        (Norm::Rms, Some(rstd)) => format!(
            "{name} = {} × {} × ({delta} − {hats}) = {}",
            n(gamma),
            number(rstd),
            number(entry)
        ),
        _ => format!("{name} = {}", number(entry)),
    }
}

/// The change of an output.
pub fn change_tip(feature: usize, change: f64) -> String {
    format!("Δy{} = {}", subscript(feature), number_of(change, 3))
}

/// A feature's two gradients.
pub fn backward_tip(feature: usize, dy: f64, dx: f64) -> String {
    format!(
        "feature {feature}: dy = {}, dx = {}",
        number(dy),
        number(dx)
    )
}
