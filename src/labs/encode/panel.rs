//! Encode's controls: the table's rows, and the curves as chips.

use leptos::prelude::*;

use super::Encode;
use super::state::{Bug, EncodeState};
use super::story::mistakes as story;
use crate::browser::dom::{Press, on_press};
use crate::settings::control;
use crate::ui::controls::group_view;
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::play::{Motion, play_view};
use crate::ui::quiz::{Quiz, quiz_view};
use crate::ui::room::Room;

/// The controls of the table.
pub fn table(room: Room<Encode>) -> AnyView {
    view! {
        {group_view(room, "Scheme")}
        {group_view(room, "Scaling")}
        {group_view(room, "Table")}
        {group_view(room, "Reading")}
        {group_view(room, "Curves")}
        {chips(room)}
    }
    .into_any()
}

/// The controls of what is compared.
pub fn distance(room: Room<Encode>) -> AnyView {
    view! {
        {group_view(room, "Scheme")}
        {group_view(room, "Distance")}
        {group_view(room, "Table")}
        {group_view(room, "Reading")}
        {group_view(room, "Scaling")}
    }
    .into_any()
}

/// The controls of words with positions.
pub fn sum(room: Room<Encode>) -> AnyView {
    view! {
        {group_view(room, "Sentence")}
        {group_view(room, "Readout")}
        {group_view(room, "Scheme")}
        {group_view(room, "Scaling")}
        {group_view(room, "Table")}
        {group_view(room, "Reading")}
    }
    .into_any()
}

/// The controls of the trained length and what is beyond.
pub fn limits(room: Room<Encode>) -> AnyView {
    view! {
        {group_view(room, "Scheme")}
        {group_view(room, "Scaling")}
        {group_view(room, "Table")}
        {group_view(room, "Reading")}
    }
    .into_any()
}

/// The controls of positions inside attention.
pub fn attention(room: Room<Encode>) -> AnyView {
    view! {
        {group_view(room, "Scheme")}
        {group_view(room, "Attention")}
        {group_view(room, "Scaling")}
        {group_view(room, "Table")}
        {group_view(room, "Reading")}
        {group_view(room, "Distance")}
    }
    .into_any()
}

/// The controls of real bugs, and the quiz about them.
pub fn mistakes(room: Room<Encode>) -> AnyView {
    let quiz = Memo::new(move |_| {
        room.state.with(|state| {
            state.quiz.map_or_else(Quiz::default, |bug| Quiz {
                question: story::QUIZ.to_owned(),
                options: Bug::ALL.map(|bug| story::wrong_line(bug).to_owned()).into(),
                is_code: true,
                right: bug as usize,
                explanation: story::explanation(state, bug),
            })
        })
    });
    let answer = Memo::new(move |_| room.state.read().answer);
    let give = Callback::new(move |idx| room.state.update(|state| state.answer = Some(idx)));
    let another = Callback::new(move |()| {
        room.state.update(|state| {
            state.quiz = state.quiz.and_then(Bug::next_asked);
            state.answer = None;
        });
    });
    let is_asking = Memo::new(move |_| room.state.read().quiz.is_some());
    view! {
        {group_view(room, "Mistakes")}
        {move || is_asking.get().then(|| quiz_view(quiz, answer, give, another))}
        {group_view(room, "Scheme")}
        {group_view(room, "Table")}
        {group_view(room, "Reading")}
    }
    .into_any()
}

/// How the position moves.
const POSITIONS: Motion<EncodeState> = Motion {
    first_speed: 5,
    is_endless: true,
    glide: None,
};

/// The position, moving by itself.
pub fn motion(room: Room<Encode>) -> AnyView {
    let position = control::<EncodeState>("pos");
    view! {
        <h2>"Motion"</h2>
        {position.map(|row| play_view(room, row, &POSITIONS))}
    }
    .into_any()
}

/// One button per curve that takes it away, and one that adds the dimension that is read.
fn chips(room: Room<Encode>) -> AnyView {
    html_view(CONTENTS, CHIPS.to_owned(), move |root| {
        hold(on_press(&root, move |press| {
            let Press::Button(word) = press else {
                return false;
            };
            if let Ok(dim) = word.parse() {
                room.state.update(|state| state.toggle_curve(dim));
            }
            true
        }));
        let shown =
            Memo::new(move |_| room.state.with(|state| (state.curves(), state.dimension())));
        if let Some(list) = root.find(".chips") {
            Effect::new(move || shown.with(|(dims, read)| list.set_html(&chips_html(dims, *read))));
        }
    })
}

const CHIPS: &str = "<ul class=\"chips control\"></ul>";

fn chips_html(dims: &[usize], read: usize) -> String {
    let mut html = String::new();
    for (idx, dim) in dims.iter().enumerate() {
        let series = idx + 1;
        html.push_str(&format!(
            "<li><button type=\"button\" class=\"chip series-{series}\" data-do=\"{dim}\" \
             aria-label=\"Remove the curve of dimension {dim}\">{dim}<span aria-hidden=\"true\"> ×</span></button></li>"
        ));
    }
    if !dims.contains(&read) {
        html.push_str(&format!(
            "<li><button type=\"button\" class=\"chip chip-add\" data-do=\"{read}\">+ dimension {read}</button></li>"
        ));
    }
    html
}
