//! Does my token depend on its neighbours?

pub(super) mod kept;

use maths::normalize::BatchExperiment;

use super::lab::Normalize;
use super::state::{NormalizePart, NormalizeState};
use crate::room::Part;

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Batch.word(),
    "Does my token depend on its neighbours?",
    lead,
    formula,
);

/// How to read the part.
fn lead(_: &NormalizeState) -> String {
    format!(
        "One sample of {} tokens stays as it is; the other samples of its batch are drawn anew, again and again. *Does its normalised value change?* This shows dependence, not that batch norm trains worse.",
        BatchExperiment::SEQ_LEN
    )
}

/// The spread of x̂ over the drawings, as MathML.
fn formula(_: &NormalizeState) -> String {
    "<math><mi>spread</mi><mo>=</mo><msqrt><mrow><msub><mi>mean</mi><mtext>t,c</mtext></msub><mspace width=\"0.2em\"/>\
     <msub><mi>var</mi><mtext>mates</mtext></msub><mspace width=\"0.2em\"/><msub><mover><mi>x</mi><mo>^</mo></mover><mtext>t,c</mtext></msub></mrow></msqrt></math>"
        .to_owned()
}
