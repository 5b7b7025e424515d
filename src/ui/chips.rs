//! Numbers of a setting as chips: one button each that takes it away, and one that adds what is read.

use leptos::prelude::*;
use rooms::desk::Chips;
use rooms::room::Lab;

use crate::browser::dom::{Press, on_press};
use crate::ui::follow::{follow, memo};
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::room::Room;

/// The chips of an open room.
pub fn chips_view<L: Lab>(room: Room<L>, chips: &'static Chips<L::State>) -> AnyView {
    let html = "<ul class=\"chips control\"></ul>";
    html_view(CONTENTS, html.to_owned(), move |root| {
        hold(on_press(&root, move |press| {
            let Press::Button(word) = press else {
                return false;
            };
            if let Ok(number) = word.parse() {
                room.take(chips.key, chips.key, |state| (chips.toggle)(state, number));
            }
            true
        }));
        let shown = memo(move || room.state.with(chips.shown));
        if let Some(list) = root.find(".chips") {
            follow(move || {
                let html = shown
                    .with(|(numbers, read)| chips_html(numbers, *read, (chips.noun, chips.remove)));
                list.set_html(&html);
            });
        }
    })
}

fn chips_html(numbers: &[usize], read: usize, (noun, remove): (&str, &str)) -> String {
    let mut html = String::new();
    for (idx, number) in numbers.iter().enumerate() {
        let series = idx + 1;
        html.push_str(&format!(
            "<li><button type=\"button\" class=\"chip series-{series}\" data-do=\"{number}\" \
             aria-label=\"{remove} {number}\">{number}<span aria-hidden=\"true\"> ×</span></button></li>"
        ));
    }
    if !numbers.contains(&read) {
        html.push_str(&format!(
            "<li><button type=\"button\" class=\"chip chip-add\" data-do=\"{read}\">+ {noun} {read}</button></li>"
        ));
    }
    html
}
