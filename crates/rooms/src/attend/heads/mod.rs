//! Why several heads?

#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod heads;
pub mod kept;
mod python;
mod readouts;

use maths::transformer::several::N_HEADS;

use super::lab::Attend;
use super::state::{AttendPart, AttendState, Role};
use crate::desk::{Item, group};
use crate::room::{Part, Question, Way};
use crate::settings::number_text;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Heads.word(),
    "Why several heads?",
    lead,
    formula,
)
.why("A word needs several things from its neighbours at the same time, and one map of attention can only give one mixture of them.")
.figures(&[heads::FIGURE, readouts::FIGURE])
.front(&["text", "head_1", "head_2", "head_3", "head_4"])
.desk(DESK)
.first(Way::new("Let all heads look back", |state: &mut AttendState| {
    (state.head_1, state.head_2) = (Role::Previous, Role::Previous);
    (state.head_3, state.head_4) = (Role::Previous, Role::Previous);
}))
.questions(QUESTIONS);

const DESK: &[Item<AttendState>] = &[group("Head"), group("Model"), group("Reading")];

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "What if two heads do the same?",
        answer: "Then the second one adds nothing, and a question stays open: here, which word comes after. {linear readout}",
        settings: "head_2=previous",
        figure_id: "attend-readouts",
    },
    Question {
        asked: "Is one wide head not enough?",
        answer: "Width does not help: a head of any width has one map, and hands on one mixture of words. Drag d_model under Model. {linear readout}",
        settings: "d_model=256",
        figure_id: "attend-readouts",
    },
    Question {
        asked: "Why does the one head look at the word itself?",
        answer: "Head 1 looks before and head 2 after: the mean of their scores is largest in the middle, at the word itself. Head 3 looks at the same word, so there too. The original paper gives this reason for several heads: averaging inhibits (Vaswani et al. 2017, §3.2.2). {linear readout}",
        settings: "query=4",
        figure_id: "attend-readouts",
    },
    Question {
        asked: "Do real heads look like this?",
        answer: "Some do: Clark et al. 2019 found heads in BERT that look at the word before or after. Many have no such name, and many can be removed with little loss (Michel et al. 2019). Real maps are often less sharp: drag Sharpness under Head. {looks most}",
        settings: "sharpness=1",
        figure_id: "attend-heads",
    },
];

/// How to read the part.
fn lead(_: &AttendState) -> String {
    "These four [head|heads] are *written down, not trained*: each looks for one thing. Together they have the whole [width|width] of a word's \
     [vector|vector], each a quarter of it. One head of the same width has the mean of their [score|scores], and one map."
        .to_owned()
}

/// Heads side by side (Vaswani et al. 2017, §3.2.2), as MathML.
fn formula(state: &AttendState) -> String {
    let d = kept::numbers_per_head(state);
    let width = N_HEADS * d;
    let sharpness = number_text(state.sharpness);
    format!(
        "<math><msub><mi>head</mi><mi>h</mi></msub><mo>=</mo><mi>softmax</mi><mo>(</mo><mn>{sharpness}</mn><mo>·</mo><msub><mi>Q</mi><mi>h</mi></msub>\
         <msubsup><mi>K</mi><mi>h</mi><mi>T</mi></msubsup><mo>)</mo><msub><mi>V</mi><mi>h</mi></msub></math>\
         <math><mn>{N_HEADS}</mn><mo>·</mo><mn>{d}</mn><mo>=</mo><mn>{width}</mn></math>\
         <span class=\"where\">Heads side by side hand on {d} numbers each. One head instead: the mean of the {N_HEADS} scores, softmax, {width} numbers.</span>"
    )
}
