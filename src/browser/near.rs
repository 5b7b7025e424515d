//! Who comes near a term by pointer, finger or key, and goes away from it; and the card that is held beside it.

use wasm_bindgen::JsCast;
use web_sys::KeyboardEvent;

use crate::browser::dom::{Listening, Part, closest};
use crate::browser::page::by_id;

/// What is a term, in a selector; the attribute has its slug.
const TERM: &str = "[data-term]";

/// The id of the card, which stands in index.html.
const CARD: &str = "term";

/// How near the card comes to the edge of the window, in CSS pixels.
const EDGE: f64 = 8.0;

/// Calls `came` with each term that somebody comes to, as long as the page lives.
pub fn on_term(came: impl Fn(Part) + 'static) {
    if let Some(room) = by_id("room") {
        let room = Part::from(room);
        Listening::to(&room, &["pointerover", "focusin"], move |event| {
            if let Some(term) = closest(event, TERM) {
                came(term.into());
            }
        })
        .for_ever();
    }
}

/// What somebody does in the page while terms are explained.
pub enum Near {
    /// Comes to a term.
    Comes(Part),
    /// Moves away from all terms with the pointer.
    Leaves,
    /// Is done with the term: puts a finger elsewhere, goes on with the keyboard, or presses Escape.
    Done,
}

/// Calls `happened` for what somebody does, as long as the page lives; its answer says whether that was all that is to happen.
pub fn on_near(happened: impl Fn(Near) -> bool + 'static) {
    const NAMES: &[&str] = &[
        "pointerover",
        "pointerdown",
        "focusin",
        "focusout",
        "keydown",
    ];
    let Some(body) = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.body())
    else {
        return;
    };
    Listening::to(&Part::from(body), NAMES, move |event| {
        let term = closest(event, TERM).map(Part::from);
        let is_on_card = closest(event, "#term").is_some();
        let name = event.type_();
        let near = match (name.as_str(), term) {
            ("keydown", term) => match event.dyn_ref::<KeyboardEvent>().map(KeyboardEvent::key) {
                Some(key) if key == "Escape" => Near::Done,
                Some(key) if key == "Enter" || key == " " => match term {
                    Some(term) => Near::Comes(term),
                    None => return,
                },
                _ => return,
            },
            ("focusout", Some(_)) => Near::Done,
            ("focusout", None) => return,
            (_, Some(term)) => Near::Comes(term),
            _ if is_on_card => return,
            ("pointerover", _) => Near::Leaves,
            _ => Near::Done,
        };
        // Coming by pointer or focus is not all: a click still moves the focus.
        if happened(near) && name == "keydown" {
            event.prevent_default();
            event.stop_propagation();
        }
    })
    .for_ever();
}

/// Shows the card with this HTML beside a term, in the window as a whole.
pub fn show_card(term: &Part, html: &str) {
    let (Some(card), Some(window)) = (by_id(CARD), web_sys::window()) else {
        return;
    };
    let part = Part::from(card.clone());
    part.set_html(html);
    term.set("aria-describedby", CARD);
    // It may be shown already, at another term.
    card.show_popover().ok();
    let size = |size: Result<wasm_bindgen::JsValue, _>| size.ok().and_then(|it| it.as_f64());
    let number = |it: Option<f64>| it.unwrap_or_default();
    let (width, height) = (
        number(size(window.inner_width())),
        number(size(window.inner_height())),
    );
    let (x, y) = (
        window.scroll_x().unwrap_or_default(),
        window.scroll_y().unwrap_or_default(),
    );
    let at = term.as_ref().get_bounding_client_rect();
    let card_box = card.get_bounding_client_rect();
    let left = at.left().min(width - card_box.width() - EDGE).max(EDGE);
    // Below the term where there is room, else above it; nothing between, so that the pointer can go over.
    let fits_below = at.bottom() + card_box.height() <= height;
    let top = if fits_below || at.top() < card_box.height() {
        at.bottom()
    } else {
        at.top() - card_box.height()
    };
    part.set_style("left", &format!("{}px", left + x));
    part.set_style("top", &format!("{}px", top + y));
}

/// Hides the card.
pub fn hide_card(term: &Part) {
    term.unset("aria-describedby");
    if let Some(card) = by_id(CARD) {
        // It may be hidden already.
        card.hide_popover().ok();
    }
}
