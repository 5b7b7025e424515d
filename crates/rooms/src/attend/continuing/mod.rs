//! What are positions good for?

mod induction;
pub mod kept;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::desk::group;
use crate::room::{Part, Question, Way};
use crate::settings::number_text;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Continue.word(),
    "What are positions good for?",
    lead,
    formula,
)
.why("Who knows the order of the words can see what came next the last time, and guess that it comes again.")
.figures(&[induction::FIGURE])
.front(&["text", "positions", "shuffled", "sharpness", "d_model"])
.desk(&[group("Model"), group("Reading")])
.first(Way::new("Take the positions away", |state: &mut AttendState| {
    state.positions = false;
}))
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Do the heads have to know the words?",
        answer: "No: each word is a random vector, and the heads only compare vectors. So they continue words that nobody has ever seen. Type your own.",
        settings: "text=blip zork fap . blip",
        figure_id: "attend-induction",
    },
    Question {
        asked: "What if the word stood there several times?",
        answer: "Then several notes match, and what came after them shares the attention. The parts need not be equal: each note holds a part of other words too, and softmax makes a small lead larger. {was followed by}",
        settings: "text=the dog bit the man . the",
        figure_id: "attend-induction",
    },
    Question {
        asked: "What if the words stand in another order?",
        answer: "The heads copy what came next, and in another order something else comes next. Switch Shuffled, or try another Seed. {among shuffled words}",
        settings: "shuffled=on",
        figure_id: "attend-induction",
    },
    Question {
        asked: "Is this how real models do it?",
        answer: "Pairs of heads that copy like this, a name for instance, were found in trained transformers: induction heads (Elhage et al. 2021, Olsson et al. 2022). Those are learned and less tidy; this pair is written by hand.",
        settings: "text=Anna Berg met Bo . Anna",
        figure_id: "attend-induction",
    },
];

/// How to read the part.
fn lead(state: &AttendState) -> String {
    let order = match (state.positions, state.shuffled) {
        (false, _) => "Without positions, *the first head cannot tell which word stood before*.",
        (true, false) => {
            "The last word is the present one: *what followed it before is handed on*."
        }
        (true, true) => {
            "All words but the last one are shuffled, so *other words may follow each word now*."
        }
    };
    format!(
        "Two [head|heads], written by hand, work one after the other; such a pair is called an [induction|induction head]. The first notes for each word the word before it, \
         in a part of its [vector|vector] that is kept for it. The second looks for the place whose note is the present word. {order}"
    )
}

/// The two heads, as MathML.
fn formula(state: &AttendState) -> String {
    let s = number_text(state.sharpness);
    let softmax = |inner: &str| {
        format!(
            "<mi>softmax</mi><mo>(</mo><mn>{s}</mn><mo>·</mo>{inner}<mo>)</mo><mo>·</mo><mi>E</mi>"
        )
    };
    let moved = "<msub><mi>M</mi><mrow><mo>−</mo><mn>1</mn></mrow></msub>";
    format!(
        "<math><mi>notes</mi><mo>=</mo>{}</math><math><mi>next</mi><mo>=</mo>{}</math>\
         <span class=\"where\">E: the words' vectors, P: {}, M₋₁ moves a position one back; ½ makes a word's match about as large as a position's</span>",
        softmax(&format!(
            "<mi>P</mi><msup>{moved}<mi>T</mi></msup><msup><mi>P</mi><mi>T</mi></msup>"
        )),
        softmax(
            "<mfrac><mn>1</mn><mn>2</mn></mfrac><mi>E</mi><msup><mi>notes</mi><mi>T</mi></msup>"
        ),
        if state.positions {
            "the positions'"
        } else {
            "zeros"
        },
    )
}
