//! Which numbers share a mean and a variance?

pub(super) mod kept;

use super::lab::Normalize;
use super::state::{NormName, NormalizePart, NormalizeState};
use crate::room::Part;

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Axes.word(),
    "Which numbers share a mean and a variance?",
    lead,
    formula,
);

/// How to read the part.
fn lead(_: &NormalizeState) -> String {
    "Each norm makes groups of the activations and takes one mean and one variance for each. *Point at a cell* to see its group; change a token to see whose outputs feel it.".to_owned()
}

/// μ over a group, as MathML.
fn formula(state: &NormalizeState) -> String {
    let (of, sum, count) = match state.norm {
        NormName::Layer | NormName::Rms => ("b,t", "c", "C"),
        NormName::Batch => ("c", "b,t", "B T"),
        NormName::Instance => ("b,c", "t", "T"),
        NormName::Group => ("b,g", "t, c in g", "T C/G"),
        NormName::DyT => {
            return "<math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mi>tanh</mi><mo>(</mo><mi>α</mi><mi>x</mi><mo>)</mo></math>".to_owned();
        }
        NormName::None => {
            return "<math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mi>x</mi></math>"
                .to_owned();
        }
    };
    let value = "<msub><mi>x</mi><mtext>b,t,c</mtext></msub>";
    let (symbol, class, value) = if state.norm == NormName::Rms {
        (
            "mean x²",
            "sigma",
            format!("<msup><mrow>{value}</mrow><mn>2</mn></msup>"),
        )
    } else {
        ("μ", "mu", value.to_owned())
    };
    format!(
        "<math><msub><mi class=\"{class}\">{symbol}</mi><mtext>{of}</mtext></msub><mo>=</mo>\
         <mfrac><mn>1</mn><mtext>{count}</mtext></mfrac><munder><mo>∑</mo><mtext>{sum}</mtext></munder>{value}</math>"
    )
}
