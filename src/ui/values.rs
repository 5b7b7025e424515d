//! A field for many values: typed, pasted, or from a file that is chosen or dropped.

use leptos::{prelude::*, task::spawn_local};
use rooms::desk::{Given, MOST_BYTES, Manner, Shown, Values};
use rooms::room::Lab;

use crate::browser::dom::{Part, Press, on_press};
use crate::browser::open::{Gift, on_gift, set_text_of, text_of};
use crate::browser::page::{PIECE_MS, pause};
use crate::browser::timing::now_ms;
use crate::ui::follow::{follow, memo};
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::room::Room;
use crate::ui::text::push_escaped;

/// How long reading may take before it is shown, in milliseconds.
const SHOWN_AFTER_MS: f64 = 250.0;

/// Bytes that are read between two looks at the clock.
const BYTES_AT_ONCE: usize = 1 << 14;

/// Bytes of a file that the browser is asked for at once.
const FILE_BYTES: usize = 1 << 21;

/// How much of the whole it is to bring a file, before it is read.
const FILE_SHARE: f64 = 0.2;

/// How what is shown was read, and how else it can be.
#[derive(Clone, Default, PartialEq)]
struct Told {
    /// What the field showed then: of other values nothing is told.
    text: String,
    note: String,
    other: Option<(Manner, String)>,
}

/// The field, as what goes on in it sees it.
#[derive(Clone, Copy)]
struct Field {
    shown: Memo<Shown>,
    told: RwSignal<Told>,
    /// How far a long reading is, from 0 to 1.
    progress: RwSignal<Option<f64>>,
    /// Grows with each reading and when one is stopped: an older one ends.
    turn: StoredValue<u32>,
    /// What was given last.
    gift: StoredValue<Option<Gift>, LocalStorage>,
    take: Callback<Given>,
}

/// The field of an open room's values.
pub fn values_view<L: Lab>(room: Room<L>, values: &'static Values<L::State>) -> AnyView {
    let shown = memo(move || room.state.with(values.shown));
    let applies = memo(move || room.state.with(values.applies));
    let told = RwSignal::new(Told::default());
    let take = Callback::new(move |given| {
        let mut now = Told::default();
        room.take(values.key, values.name, |state| {
            let taken = (values.take)(state, given);
            now = Told {
                text: (values.shown)(state).text,
                note: taken.note,
                other: taken.other,
            };
            taken.notice
        });
        told.set(now);
    });
    let field = Field {
        shown,
        told,
        progress: RwSignal::new(None),
        turn: StoredValue::new(0),
        gift: StoredValue::new_local(None),
        take,
    };
    let view = field_view(values.name, field);
    view! { <div hidden=move || !applies.get()>{view}</div> }.into_any()
}

/// The field under its `name`, with a button that opens files; files and text can be dropped on it too.
fn field_view(name: &'static str, field: Field) -> AnyView {
    let html = format!(
        "<div class=\"control values\"><label for=\"control-values\">{name}</label>\
         <textarea id=\"control-values\" rows=\"4\" spellcheck=\"false\" autocomplete=\"off\" \
         aria-describedby=\"values-help\"></textarea>\
         <p class=\"values-note\" role=\"status\" hidden></p>\
         <div class=\"actions values-other\" hidden></div>\
         <div class=\"export\" hidden></div>\
         <p id=\"values-help\">Rows of numbers, JSON or what NumPy prints; or drop a CSV or NPY file here. \
         It is read in this page and sent nowhere.</p>\
         <div class=\"actions\"><button type=\"button\" data-do=\"take\">Use these</button>\
         <label class=\"button\">Open a file<input type=\"file\" class=\"visually-hidden\" \
         accept=\".csv,.tsv,.txt,.json,.npy,.safetensors\" /></label></div></div>"
    );
    html_view(CONTENTS, html, move |root| {
        let [area, note, other, progress] =
            ["textarea", ".values-note", ".values-other", ".export"].map(|it| root.find(it));
        let (Some(area), Some(note), Some(other), Some(progress)) = (area, note, other, progress)
        else {
            return;
        };
        let shown_area = area.clone();
        follow(move || {
            let text = field.shown.get().text;
            set_text_of(&shown_area, &text);
        });
        follow(move || field.show_told(&note, &other));
        let is_shown = memo(move || field.progress.get().is_some());
        let bar = progress.clone();
        follow(move || {
            // The same elements from beginning to end: the button must stay under the pointer.
            progress.set_hidden(!is_shown.get());
            progress.set_html(if is_shown.get() { READING } else { "" });
        });
        follow(move || {
            let bar = bar.find("progress");
            if let (Some(bar), Some(progress)) = (bar, field.progress.get()) {
                bar.set("value", &(progress * 100.0).floor().to_string());
            }
        });
        // Leaving the field gives its text, and so does the button: the same text twice changes nothing.
        let given_area = area.clone();
        hold(on_gift(&root, move |gift| match gift {
            Gift::Text(text) => {
                if text_of(&given_area) != text {
                    set_text_of(&given_area, &text);
                }
                field.give_text(text);
            }
            Gift::File(_) => field.read(gift, Manner::default()),
        }));
        hold(on_press(&root, move |press| {
            let Press::Button(word) = press else {
                return false;
            };
            match &*word {
                "take" => field.give_text(text_of(&area)),
                "other" => field.read_otherwise(),
                "stop" => field.stop(),
                _ => return false,
            }
            true
        }));
    })
}

/// Shows how far a long reading is, and stops it.
const READING: &str = "<progress max=\"100\" aria-label=\"Reading the values\"></progress>\
     <button type=\"button\" class=\"link\" data-do=\"stop\">Stop</button>";

impl Field {
    /// Says what the text does not: how it was read, and how else it can be.
    fn show_told(self, note: &Part, other: &Part) {
        let (shown, told) = (self.shown.get(), self.told.get());
        let told = if told.text == shown.text {
            told
        } else {
            Told::default()
        };
        let words = [told.note, shown.note].join(" ");
        note.set_hidden(words.trim().is_empty());
        note.set_text(words.trim());
        let mut html = String::new();
        if let Some((_, button)) = told.other {
            html.push_str("<button type=\"button\" data-do=\"other\">");
            push_escaped(&mut html, &button);
            html.push_str("</button>");
        }
        other.set_hidden(html.is_empty());
        other.set_html(&html);
    }

    /// Text that is what is shown already is no news.
    fn give_text(self, text: String) {
        if self.shown.with_untracked(|shown| shown.text != text) {
            self.read(Gift::Text(text), Manner::default());
        }
    }

    /// Reads what was given last in the other way.
    fn read_otherwise(self) {
        let gift = self.gift.get_value();
        let other = self.told.with_untracked(|told| told.other.clone());
        if let (Some(gift), Some((manner, _))) = (gift, other) {
            self.read(gift, manner);
        }
    }

    /// Ends what is being read; nothing changes.
    fn stop(self) {
        self.turn.update_value(|turn| *turn = turn.wrapping_add(1));
        self.progress.set(None);
    }

    /// Reads what was given, a piece at a time, and takes it.
    fn read(self, gift: Gift, manner: Manner) {
        self.stop();
        let turn = self.turn.get_value();
        spawn_local(async move {
            let reading = Reading {
                field: self,
                turn,
                start_ms: now_ms(),
            };
            if let Some(given) = reading.given(&gift, manner).await {
                self.gift.set_value(Some(gift));
                self.progress.set(None);
                self.take.run(given);
            }
        });
    }
}

/// A reading that goes on.
struct Reading {
    field: Field,
    /// The turn it began with.
    turn: u32,
    start_ms: f64,
}

impl Reading {
    /// What was given, when it is read; `None` where it is not wanted any more.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    async fn given(&self, gift: &Gift, manner: Manner) -> Option<Given> {
        let (name, mut reader, share) = match gift {
            Gift::Text(text) => (String::new(), manner.text(text.clone()), 0.0),
            Gift::File(file) => {
                let (name, n_bytes) = (file.name(), file.n_bytes());
                if n_bytes > MOST_BYTES as f64 {
                    return Some(Given::too_large(name, n_bytes));
                }
                let mut bytes = Vec::new();
                while (bytes.len() as f64) < n_bytes {
                    let start = bytes.len() as f64;
                    let Some(piece) = file.bytes(start..start + FILE_BYTES as f64).await else {
                        let read = None;
                        return Some(Given { name, manner, read });
                    };
                    if piece.is_empty() {
                        break;
                    }
                    bytes.extend(piece);
                    self.go_on(FILE_SHARE * bytes.len() as f64 / n_bytes)?;
                }
                (name, manner.file(bytes), FILE_SHARE)
            }
        };
        loop {
            let until = now_ms() + PIECE_MS;
            while now_ms() < until {
                if let Some(read) = reader.advance(BYTES_AT_ONCE) {
                    let read = Some(read);
                    return Some(Given { name, manner, read });
                }
            }
            self.go_on(share + (1.0 - share) * reader.progress())?;
            pause().await;
        }
    }

    /// Shows how far it is, once it takes long; `None` where it was stopped or something else is read.
    fn go_on(&self, progress: f64) -> Option<()> {
        // The field may be gone.
        if self.field.turn.try_get_value()? != self.turn {
            return None;
        }
        if now_ms() - self.start_ms > SHOWN_AFTER_MS {
            self.field.progress.set(Some(progress));
        }
        Some(())
    }
}
