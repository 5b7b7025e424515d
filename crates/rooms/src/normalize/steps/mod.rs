//! What does LayerNorm do to activations?

pub(super) mod kept;
mod who_uses;

use super::lab::Normalize;
use super::state::{NormName, NormalizePart, NormalizeState};
use crate::room::Part;
use who_uses::who_uses;

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Steps.word(),
    "What does LayerNorm do to activations?",
    lead,
    formula,
);

/// How to read the steps, and what the norm is for.
fn lead(state: &NormalizeState) -> String {
    format!(
        "Left to right is the formula; each row of a matrix is one token. {}",
        who_uses(state.norm)
    )
}

/// The norm with ε as in PyTorch, as MathML; sources stand in the lead.
fn formula(state: &NormalizeState) -> String {
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
    if state.norm == NormName::Layer && state.part == NormalizePart::Steps {
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
