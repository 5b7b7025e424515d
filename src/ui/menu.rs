//! A button that opens a short menu, by the pattern that screen readers know as a menu button.
//!
//! Written as HTML and not as views, like all of a figure's frame; the entries are made when it is opened.

use crate::browser::dom::Part;
use crate::ui::text::push_escaped;

/// One entry of a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct MenuItem<A> {
    /// Its name.
    pub name: String,
    /// What it does.
    pub act: A,
    /// Whether it is chosen, for what can be.
    pub kind: ItemKind,
    /// Stands above it where a group of entries begins; otherwise empty.
    pub heading: &'static str,
}

/// What kind of entry it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// It does something.
    Act,
    /// It is on or off.
    Switch(bool),
    /// It is one of a group, and chosen or not.
    OneOf(bool),
}

impl<A> MenuItem<A> {
    /// An entry that does something.
    pub fn new(name: &str, act: A) -> Self {
        Self {
            name: name.to_owned(),
            act,
            kind: ItemKind::Act,
            heading: "",
        }
    }

    /// The same entry as something that can be chosen.
    #[must_use]
    pub fn kind(self, kind: ItemKind) -> Self {
        Self { kind, ..self }
    }

    /// The same entry under a heading.
    #[must_use]
    pub fn under(self, heading: &'static str) -> Self {
        Self { heading, ..self }
    }
}

/// A button that is a picture, at the figure with this id, whose heading is part of its name. `word` is what a press on it says,
/// `path` the lines of its picture, 16 by 16.
pub fn push_icon(
    html: &mut String,
    id: &str,
    word: &str,
    name: &str,
    path: &str,
    attributes: &str,
) {
    for part in [
        "<button type=\"button\" class=\"icon\" data-do=\"",
        word,
        "\" aria-label=\"",
        name,
        "\" id=\"",
        id,
        "-",
        word,
        "\" aria-labelledby=\"",
        id,
        "-",
        word,
        " ",
        id,
        "-title\"",
        attributes,
        "><svg class=\"glyph\" viewBox=\"0 0 16 16\" aria-hidden=\"true\"><path d=\"",
        path,
        "\"/></svg></button>",
    ] {
        html.push_str(part);
    }
}

/// A menu's button with its list, still empty, at the figure with this id. Safari gives the focus to a button that is clicked only
/// where it has a `tabindex`; without the focus the click would close the menu by leaving it, and then open it again.
pub fn push_menu(html: &mut String, id: &str, word: &str, name: &str, path: &str) {
    for part in ["<div class=\"menu\" data-menu=\"", word, "\">"] {
        html.push_str(part);
    }
    let attributes = [
        " title=\"",
        name,
        "\" tabindex=\"0\" aria-haspopup=\"menu\" aria-expanded=\"false\"",
    ]
    .concat();
    push_icon(html, id, word, name, path, &attributes);
    for part in [
        "<div class=\"menu-list\" role=\"menu\" aria-label=\"",
        name,
        "\" hidden></div></div>",
    ] {
        html.push_str(part);
    }
}

/// What a press on the entry with this number says.
const ITEM_WORD: &str = "item ";

/// The number of the entry that a press was on.
pub fn item_of_word(word: &str) -> Option<usize> {
    word.strip_prefix(ITEM_WORD)?.parse().ok()
}

fn items_html<A>(items: &[MenuItem<A>]) -> String {
    let mut html = String::new();
    for (idx, item) in items.iter().enumerate() {
        if !item.heading.is_empty() {
            html.push_str("<p aria-hidden=\"true\">");
            push_escaped(&mut html, item.heading);
            html.push_str("</p>");
        }
        let (role, is_chosen) = match item.kind {
            ItemKind::Act => ("menuitem", None),
            ItemKind::Switch(is_on) => ("menuitemcheckbox", Some(is_on)),
            ItemKind::OneOf(is_chosen) => ("menuitemradio", Some(is_chosen)),
        };
        html.push_str("<button type=\"button\" tabindex=\"-1\" data-do=\"");
        html.push_str(ITEM_WORD);
        html.push_str(&idx.to_string());
        html.push_str("\" role=\"");
        html.push_str(role);
        if let Some(is_chosen) = is_chosen {
            html.push_str("\" aria-checked=\"");
            html.push_str(if is_chosen { "true" } else { "false" });
        }
        html.push_str("\">");
        push_escaped(&mut html, &item.name);
        html.push_str("</button>");
    }
    html
}

/// The menu of a frame that is open.
pub struct OpenMenu<A> {
    /// The word of its button.
    pub word: String,
    /// What its entries do, in their order.
    pub items: Vec<MenuItem<A>>,
    button: Part,
    list: Part,
}

impl<A> OpenMenu<A> {
    /// Opens the menu with this word and puts the focus on its first entry.
    pub fn open(frame: &Part, word: &str, items: Vec<MenuItem<A>>) -> Option<Self> {
        let menu = frame.find(&format!("[data-menu=\"{word}\"]"))?;
        let (button, list) = (menu.find(".icon")?, menu.find(".menu-list")?);
        list.set_html(&items_html(&items));
        list.set_hidden(false);
        button.set("aria-expanded", "true");
        list.focus_button(0);
        Some(Self {
            word: word.to_owned(),
            items,
            button,
            list,
        })
    }

    /// Closes it; the focus goes back to the button unless it went elsewhere already.
    pub fn close(self, focus_returns: bool) {
        if focus_returns {
            self.button.focus();
        }
        self.list.set_hidden(true);
        self.list.set_text("");
        self.button.set("aria-expanded", "false");
    }

    /// Moves through the entries.
    pub fn step(&self, steps: isize) {
        self.list.focus_button(steps);
    }
}
