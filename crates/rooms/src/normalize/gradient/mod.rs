//! What does LayerNorm do to gradients?

pub(super) mod kept;

use maths::normalize::{BatchMode, Norm};

use super::lab::Normalize;
use super::phrases::n;
use super::state::{NormalizePart, NormalizeState};
use crate::room::Part;

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Gradient.word(),
    "What does LayerNorm do to gradients?",
    lead,
    formula,
);

/// How to read the part.
fn lead(state: &NormalizeState) -> String {
    let what = match state.norm_in_use() {
        _ if state.is_shut() => "γ of every feature is 0: *no direction gets through*.",
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
fn formula(state: &NormalizeState) -> String {
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
