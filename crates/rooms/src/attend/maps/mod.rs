//! Who looks at whom?

pub mod kept;
mod lines;
#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod maps;
mod python;
mod query;
pub mod way;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::desk::{Item, group};
use crate::encoding::Encoding;
use crate::room::{Part, Question, Way};

/// The part.
pub const PART: Part<Attend> =
    Part::new(AttendPart::Maps.word(), "Who looks at whom?", lead, formula)
        .why("Each word takes in the others, some more than others: a map shows how much, before anything was learned.")
        .figures(&[maps::FIGURE, lines::FIGURE, query::FIGURE])
        .front(&["text", "scheme", "head", "query", "show"])
        .desk(DESK)
        .first(Way::new("Take the positions away", |state: &mut AttendState| {
            state.scheme = Encoding::None;
        }))
        .questions(QUESTIONS);

const DESK: &[Item<AttendState>] = &[group("Sentence"), group("Model"), group("Reading")];

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why divide by √d_head?",
        answer: "A product of q and k adds up as many terms as the head has features: the wider the head, the larger the products. The softmax would then give nearly all to one word. {standard deviation} Move Heads.",
        settings: "d_model=256&heads=1",
        figure_id: "attend-query",
    },
    Question {
        asked: "What does RoPE change in a map?",
        answer: "It turns query and key by their positions before they are multiplied. {turning}",
        settings: "scheme=rope&show=scores&split=on",
        figure_id: "attend-maps",
    },
    Question {
        asked: "What do added positions do to a score?",
        answer: "Query and key hold a word and a position each, so their product has four parts. {positions add up}",
        settings: "show=scores&split=on",
        figure_id: "attend-maps",
    },
    Question {
        asked: "Do two heads look at the same words?",
        answer: "Each head has numbers of its own, random here, and looks elsewhere. Trained heads come to look for different things. {All }",
        settings: "heads=8",
        figure_id: "attend-maps",
    },
];

/// How to read the part.
fn lead(_: &AttendState) -> String {
    "Each [head|head] of [attention|attention] has a map. *A row is a [query|query], a word that looks; a column is a [key|key], a word \
     that is looked at.* The model's own numbers are random, as before training."
        .to_owned()
}

/// Scaled dot-product attention with its numbers, as MathML.
fn formula(state: &AttendState) -> String {
    let (d_model, n_heads) = (state.d_model, state.n_heads());
    let d_head = d_model / n_heads;
    let (added, note) = match state.scheme {
        Encoding::Alibi | Encoding::T5 => {
            ("<mo>+</mo><mi>B</mi>", " B: the bias of each distance.")
        }
        _ => ("", ""),
    };
    format!(
        "<math><mi>softmax</mi><mo>(</mo><mfrac><mrow><mi>Q</mi><msup><mi>K</mi><mi>T</mi></msup></mrow><msqrt><mn>{d_head}</mn></msqrt></mfrac>\
         {added}<mo>)</mo><mi>V</mi></math><span class=\"where\">d_head = {d_model} / {n_heads} = {d_head}.{note}</span>"
    )
}
