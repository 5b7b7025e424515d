//! A field for many values: typed, pasted, or from a file that is chosen or dropped.

use leptos::{prelude::*, task::spawn_local};
use rooms::desk::{Given, Shown, Values};
use rooms::room::Lab;

use crate::browser::dom::{Press, on_press};
use crate::browser::open::{Gift, OpenFile, on_gift, set_text_of, text_of};
use crate::ui::follow::{follow, memo};
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::room::Room;

/// The field of an open room's values.
pub fn values_view<L: Lab>(room: Room<L>, values: &'static Values<L::State>) -> AnyView {
    let shown = memo(move || room.state.with(values.shown));
    let applies = memo(move || room.state.with(values.applies));
    let give = Callback::new(move |given| {
        room.take(values.key, values.name, |state| (values.take)(state, given));
    });
    let field = field_view(values.name, shown, values.most_bytes, give);
    view! { <div hidden=move || !applies.get()>{field}</div> }.into_any()
}

/// The field under its `name`, with a button that opens files of at most `most_bytes`; files can be dropped on it too.
fn field_view(
    name: &'static str,
    shown: Memo<Shown>,
    most_bytes: usize,
    give: Callback<Given>,
) -> AnyView {
    let html = format!(
        "<div class=\"control values\"><label for=\"control-values\">{name}</label>\
         <textarea id=\"control-values\" rows=\"4\" spellcheck=\"false\" autocomplete=\"off\" \
         aria-describedby=\"values-help\"></textarea>\
         <p class=\"values-note\" role=\"status\" hidden></p>\
         <p id=\"values-help\">Rows of numbers, JSON or what NumPy prints; or drop a CSV or NPY file here. \
         It is read in this page and sent nowhere.</p>\
         <div class=\"actions\"><button type=\"button\" data-do=\"take\">Use these</button>\
         <label class=\"button\">Open a file<input type=\"file\" class=\"visually-hidden\" \
         accept=\".csv,.tsv,.txt,.json,.npy\" /></label></div></div>"
    );
    html_view(CONTENTS, html, move |root| {
        let area = root.find("textarea");
        let note = root.find(".values-note");
        follow(move || {
            shown.with(|Shown { text, note: words }| {
                if let Some(area) = &area {
                    set_text_of(area, text);
                }
                if let Some(note) = &note {
                    note.set_hidden(words.is_empty());
                    note.set_text(words);
                }
            });
        });
        // Leaving the field gives its text, and so does the button: the same text twice changes nothing.
        hold(on_gift(&root, move |gift| match gift {
            Gift::Text(text) => give_text(shown, give, text),
            Gift::File(file) => open(file, most_bytes, give),
        }));
        let area = root.find("textarea");
        hold(on_press(&root, move |press| {
            let is_take = press == Press::Button("take".to_owned());
            if is_take {
                let text = area.as_ref().map(text_of).unwrap_or_default();
                give_text(shown, give, text);
            }
            is_take
        }));
    })
}

/// Text that is what is shown already is no news.
fn give_text(shown: Memo<Shown>, give: Callback<Given>, text: String) {
    if shown.with_untracked(|shown| shown.text != text) {
        give.run(Given::Text(text));
    }
}

#[allow(clippy::cast_precision_loss)]
fn open(file: OpenFile, most_bytes: usize, give: Callback<Given>) {
    let (name, n_bytes) = (file.name(), file.n_bytes());
    if n_bytes > most_bytes as f64 {
        give.run(Given::TooLarge(name, n_bytes));
        return;
    }
    spawn_local(async move {
        give.run(match file.bytes().await {
            Some(bytes) => Given::File(name, bytes),
            None => Given::Unreadable(name),
        });
    });
}
