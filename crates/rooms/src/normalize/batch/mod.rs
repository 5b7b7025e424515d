//! Does my token depend on its neighbours?

mod experiment;
pub(super) mod kept;
mod mates;
mod python;
mod series;
mod spread;

use maths::normalize::BatchExperiment;

use super::desk::INPUT;
use super::lab::Normalize;
use super::state::{NormalizePart, NormalizeState};
use crate::desk::Item;
use crate::mathml::X_HAT;
use crate::room::{Part, Question};

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Batch.word(),
    "Does my token depend on its neighbours?",
    lead,
    formula,
)
.figures(&[spread::FIGURE, mates::FIGURE])
.desk(&[Item::Group("Batch"), Item::Group("Normalization"), INPUT])
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why not batch norm?",
        answer: "The same sample comes out differently among other mates, the more so the fewer they are; alone in its batch it has none, and stays. {LayerNorm by} Padding (the middle panel) joins in. Move Batch size and change Mates.",
        settings: "batch=2",
        figure_id: "normalize-batch",
    },
    Question {
        asked: "Why does a model behave differently in evaluation?",
        answer: "Batch norm then uses what it remembers of earlier batches, so the mates no longer count, but what it remembers may not fit. {Evaluation by} Move Momentum.",
        settings: "momentum=0.01",
        figure_id: "normalize-batch",
    },
];

/// How to read the part.
fn lead(_: &NormalizeState) -> String {
    format!(
        "One sample of {} tokens stays as it is; the other samples of its batch are drawn anew, again and again. *Does its normalised value change?* This shows dependence, not that batch norm trains worse.",
        BatchExperiment::SEQ_LEN
    )
}

/// The spread of x̂ over the drawings, as MathML.
fn formula(_: &NormalizeState) -> String {
    format!(
        "<math><mi>spread</mi><mo>=</mo><msqrt><mrow><msub><mi>mean</mi><mtext>t,c</mtext></msub><mspace width=\"0.2em\"/>\
         <msub><mi>var</mi><mtext>mates</mtext></msub><mspace width=\"0.2em\"/><msub>{X_HAT}<mtext>t,c</mtext></msub></mrow></msqrt></math>"
    )
}
