//! Views written as HTML and then brought to life.
//!
//! Leptos makes code for every attribute and every child of every `view!`. What the first picture needs is
//! written as HTML instead, and effects set what changes in it: a fifth of the first load.

use std::cell::RefCell;

use leptos::{html, prelude::*};

use crate::browser::dom::Part;
use crate::ui::follow::follow;
use crate::ui::text::push_escaped;

/// An element with this class that holds `html`; once it is in the page, `enliven` is called with it. In
/// `html` everything that people give is escaped. It is written when the element is there and not by `view!`, which would
/// write it past the one place that may.
pub fn html_view(
    class: &'static str,
    html: String,
    enliven: impl FnOnce(Part) + 'static,
) -> AnyView {
    boxed_view(class, html, Box::new(enliven))
}

fn boxed_view(class: &'static str, html: String, enliven: Box<dyn FnOnce(Part)>) -> AnyView {
    let root = NodeRef::<html::Div>::new();
    let mut enliven = Some(enliven);
    follow(move || {
        if let Some(root) = root.get()
            && let Some(enliven) = enliven.take()
        {
            let root = Part::from(root);
            root.set_html(&html);
            enliven(root);
        }
    });
    view! { <div class=class node_ref=root></div> }.into_any()
}

/// What is said where code did not arrive.
pub const MISSING: &str = "This part of the page did not arrive. Is the network there?";

/// A button that asks for all that did not arrive once more; index.html hears it.
pub const AGAIN: &str = " <button type=\"button\" class=\"link\" data-again>Try again</button>";

/// What stands where something will be when its code has arrived. It stays as it is while that is asked for again, so that who
/// pressed the button keeps the focus.
pub fn waiting_view(is_missing: bool) -> AnyView {
    let html = if is_missing {
        ["<p class=\"waiting\">", MISSING, AGAIN, "</p>"].concat()
    } else {
        "<p class=\"waiting\" role=\"status\">Fetching this part of the page …</p>".to_owned()
    };
    html_view(CONTENTS, html, |_| {})
}

/// The class of an element that is not there for the style sheet: its children stand in its place.
pub const CONTENTS: &str = "contents";

/// Holds on to something as long as the present view is shown, and lets it go with it.
pub fn hold<T: 'static>(thing: T) {
    StoredValue::new_local(thing);
}

/// An element and what it says, so that what is said already is not written again.
pub struct Said {
    pub(super) part: Part,
    now: RefCell<String>,
}

impl Said {
    /// An element that says nothing yet.
    pub fn new(part: Part) -> Self {
        Self {
            part,
            now: RefCell::default(),
        }
    }

    /// Writes by `write` what is not there yet.
    pub(super) fn say(&self, words: String, write: impl FnOnce(&Part, &str)) {
        if *self.now.borrow() != words {
            write(&self.part, &words);
            *self.now.borrow_mut() = words;
        }
    }

    /// It holds this HTML.
    pub fn html(&self, html: String) {
        self.say(html, Part::set_html);
    }

    /// Writes HTML, and hides the element where there is none.
    pub(super) fn html_or_hide(&self, html: String) {
        self.part.set_hidden(html.is_empty());
        self.html(html);
    }
}

/// A link whose address follows the state.
pub struct Link {
    /// What it says.
    pub name: &'static str,
    /// What it says when one waits over it; may be empty.
    pub title: &'static str,
    /// Where it leads; followed.
    pub href: Box<dyn Fn() -> String>,
    /// Whether it leads to what is shown; followed.
    pub is_current: Box<dyn Fn() -> bool>,
}

/// Links in an element that is opened by `before` and closed by `after`; the one that is shown says so by
/// `aria-current`, whose value is `current`.
pub fn links_view(
    (before, after): (&str, &str),
    current: &'static str,
    links: Vec<Link>,
) -> AnyView {
    let mut html = before.to_owned();
    for (idx, link) in links.iter().enumerate() {
        html.push_str("<a data-link=\"");
        html.push_str(&idx.to_string());
        html.push_str("\" title=\"");
        push_escaped(&mut html, link.title);
        html.push_str("\">");
        push_escaped(&mut html, link.name);
        html.push_str("</a>");
    }
    html.push_str(after);
    html_view(CONTENTS, html, move |root| {
        for (
            idx,
            Link {
                href, is_current, ..
            },
        ) in links.into_iter().enumerate()
        {
            if let Some(link) = root.find(&format!("[data-link=\"{idx}\"]")) {
                follow(move || {
                    link.set("href", &href());
                    let is_current = is_current();
                    if is_current {
                        link.set("aria-current", current);
                    } else {
                        link.unset("aria-current");
                    }
                    // One stop for all; index.html has the arrows that go through them.
                    link.set("tabindex", if is_current { "0" } else { "-1" });
                });
            }
        }
    })
}
