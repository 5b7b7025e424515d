//! How does a word take in its neighbours?

#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod context;
mod features;
pub mod kept;
mod written;

pub use written::N_FEATURES;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::desk::{Item, group};
use crate::room::{Part, Question, Way};
use crate::sentence::Sentence;
use crate::settings::number_text;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Context.word(),
    "How does a word take in its neighbours?",
    lead,
    formula,
)
.why("“bank” means one thing by a river and another with money: attention lets a word take in what stands around it.")
.figures(&[context::FIGURE, features::FIGURE])
.front(&["text", "other", "sharpness", "query"])
.desk(DESK)
.first(Way::new("Read “mouse” instead", |state: &mut AttendState| {
    for (order, text) in MOUSE.into_iter().enumerate() {
        state.set_sentence(order, Sentence::new(text.to_owned()));
    }
    state.query = None;
}))
.questions(QUESTIONS);

const DESK: &[Item<AttendState>] = &[group("Reading")];

/// Two sentences with another word of two meanings.
const MOUSE: [&str; 2] = ["the cat saw the mouse", "the man clicked the mouse"];

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "What if no neighbour tells the meaning?",
        answer: "Then attention does not help. It always hands out a weight of 1 in all, so the word takes in what does not matter. {In A}",
        settings: "text=the man sat by the bank",
        figure_id: "attend-context",
    },
    Question {
        asked: "What does sharpness do?",
        answer: "Scores are multiplied by it. At 0 all neighbours count alike; from about 4 on the best one takes nearly all. In a trained model the sizes of queries and keys do this. Drag Sharpness. {In A}",
        settings: "sharpness=0",
        figure_id: "attend-context",
    },
    Question {
        asked: "Does the order of the words count here?",
        answer: "No. Nothing says where a word stands, so the same words in any order give the same. That is why positions are needed. {In A}",
        settings: "text=bank river the by sat man the",
        figure_id: "attend-context",
    },
    Question {
        asked: "Does a real model have such features?",
        answer: "It learns its own, hundreds for each word, and few of them have a name. What it shares with this page is the step: a word's numbers change with the words around it. {In B}",
        settings: "text=the cat saw the mouse&other=the man clicked the mouse",
        figure_id: "attend-context",
    },
];

/// How to read the part.
fn lead(_: &AttendState) -> String {
    "Each word has a few [feature|features], *written by hand, not learned*. A word looks at those that share features with it: the \
     [score|score] is sharpness times how many they share. It adds their features, as much of each as the weight says. That is \
     [attention|attention] in which [query|queries], [key|keys] and values are the features themselves."
        .to_owned()
}

/// x and what is added to it, as MathML.
fn formula(state: &AttendState) -> String {
    let sharpness = number_text(state.sharpness);
    format!(
        "<math><msup><mi>x</mi><mo>′</mo></msup><mo>=</mo><mi>x</mi><mo>+</mo><munder><mo>∑</mo><mi>j</mi></munder>\
         <msub><mi>w</mi><mi>j</mi></msub><msub><mi>x</mi><mi>j</mi></msub><mo>,</mo><mspace width=\"0.6em\"/>\
         <mi>w</mi><mo>=</mo><mi>softmax</mi><mo>(</mo><mn>{sharpness}</mn><mo>·</mo><mi>x</mi><mo>·</mo><msub><mi>x</mi><mi>j</mi></msub><mo>)</mo></math>\
         <span class=\"where\">x: the word's features. j: the other words that have any. softmax: e to the power of each score, divided by their sum.</span>"
    )
}
