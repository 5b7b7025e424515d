//! The way out of a state in which a figure has nothing to show, on the figure itself.

use leptos::prelude::*;
use rooms::room::{FigureSpec, Lab};

use crate::browser::dom::Part;
use crate::ui::follow::follow;
use crate::ui::html::Said;
use crate::ui::room::Room;
use crate::ui::text::push_escaped;

/// Puts a link to a state with something to show into a figure; the style sheet shows it where the figure is empty.
pub fn equip<L: Lab>(room: Room<L>, spec: &'static FigureSpec<L>, figure: &Part) {
    if spec.ways.is_empty() {
        return;
    }
    let Some(place) = figure.add("way", "figcaption").map(Said::new) else {
        return;
    };
    follow(move || {
        let way = room.state.with(|state| spec.way_out(state));
        let html = way.map_or_else(String::new, |(label, mended)| {
            let mut html = String::from("<a class=\"button\" href=\"");
            push_escaped(&mut html, &room.link_to(&mended));
            html.push_str("\">");
            push_escaped(&mut html, label);
            html.push_str("</a>");
            html
        });
        place.html(html);
    });
}
