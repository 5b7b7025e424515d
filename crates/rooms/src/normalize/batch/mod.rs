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
use crate::desk::group;
use crate::mathml::X_HAT;
use crate::room::{Part, Question};

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Batch.word(),
    "Does my token depend on its neighbours?",
    lead,
    formula,
)
.why(
    "A sentence should come out the same, whichever other sentences are computed together with it.",
)
.figures(&[spread::FIGURE, mates::FIGURE])
.front(&["batch", "mates", "momentum", "eps", "groups"])
.desk(&[group("Batch"), group("Normalization"), INPUT])
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why not batch norm?",
        answer: "The same sample comes out differently with other mates, and most differently with few of them. {moves the sample} Alone in its batch it has none, and stays the same. Padding (the middle panel) counts, too. Move Batch size and change Mates.",
        settings: "batch=2",
        figure_id: "normalize-batch",
    },
    Question {
        asked: "Why does a model behave differently in evaluation?",
        answer: "Batch norm then uses averages that it remembers from training. The mates no longer count, but what it remembers may not fit this input. {away from training} Move Momentum.",
        settings: "momentum=0.01",
        figure_id: "normalize-batch",
    },
];

/// How to read the part.
fn lead(_: &NormalizeState) -> String {
    format!(
        "One sample of {} [token|tokens] stays as it is. The other samples of its [batch|batch], its mates, are replaced by random ones again and again. *Does what comes out for it change?* That would show dependence, not that [batch-norm|batch norm] trains worse.",
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
