//! What is left of a vector?

pub(super) mod kept;

use super::lab::Normalize;
use super::state::{NormName, NormalizePart, NormalizeState};
use crate::room::Part;

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Shape.word(),
    "What is left of a vector?",
    lead,
    formula,
);

/// How to read the part.
fn lead(state: &NormalizeState) -> String {
    match (state.norm, state.d_model) {
        (NormName::Layer, 2) => "With two features *only the sign of their difference is left*: every token ends at one of two points. Take d_model 3 for a circle.".to_owned(),
        (NormName::Layer, 3) => "Step through the stages: *a plane, a circle, an ellipse*. Then scale and shift the input and see what does not move.".to_owned(),
        (NormName::Layer, d) => format!(
            "Taking off the mean costs one direction, dividing by σ costs the length: *of {d} numbers {} are left*. Take d_model 3 or 2 to see it all.",
            d - 2
        ),
        (NormName::Rms, d) => format!(
            "RMSNorm takes the length and leaves the mean: *of {d} numbers {} are left*.",
            d - 1
        ),
        (NormName::Batch, _) => "Batch norm shifts and scales features, not tokens: *points keep their neighbours*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::Instance, _) => "Instance norm shifts and scales each feature of each sample: *tokens of one sample move together*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::Group, _) => "Group norm shifts and scales each sample, a group of features at a time: *tokens of one sample move together*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::DyT, _) => "DyT bends each value by itself: *every feature ends between −1 and 1*, and lengths stay different. Compare LayerNorm.".to_owned(),
        (NormName::None, _) => "Without a norm *every token stays where it is* until γ and β move it. Compare LayerNorm.".to_owned(),
    }
}

/// From x to the sphere, as MathML.
fn formula(state: &NormalizeState) -> String {
    let d = state.d_model;
    let hat = "<mover><mi>x</mi><mo>^</mo></mover>";
    let sphere = format!(
        "<mrow><mo>‖</mo>{hat}<mo>‖</mo></mrow><mo>=</mo><msqrt><mn>{d}</mn></msqrt><mo>·</mo><mfrac><mi class=\"sigma\">σ</mi><msqrt><mrow><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>"
    );
    match state.norm {
        NormName::Layer => format!(
            "<math><munder><mo>∑</mo><mi>i</mi></munder><msub>{hat}<mi>i</mi></msub><mo>=</mo><mn>0</mn></math><math>{sphere}</math>"
        ),
        NormName::Rms => format!(
            "<math><mrow><mo>‖</mo>{hat}<mo>‖</mo></mrow><mo>≤</mo><msqrt><mn>{d}</mn></msqrt></math>"
        ),
        _ => format!(
            "<math><mi>y</mi><mo>=</mo><mi class=\"gamma\">γ</mi><mo>·</mo>{hat}<mo>+</mo><mi class=\"beta\">β</mi></math>"
        ),
    }
}
