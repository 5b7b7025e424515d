//! Words that are put in order by hand: chips in a row, one stop of the Tab key, that a pointer drags and keys move.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use rooms::desk::Order;
use rooms::rich::harmless;
use rooms::room::Lab;
use rooms::settings::control;

use crate::browser::carry::{Carry, on_carry};
use crate::browser::dom::{Bounds, Part, Press, on_press};
use crate::browser::input::Place;
use crate::ui::follow::{follow, memo};
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::room::Room;
use crate::ui::text::push_escaped;

/// A word is carried once the pointer has moved so far.
const DRAG_PX: f64 = 4.0;

/// The words of an open room's setting.
pub fn order_view<L: Lab>(room: Room<L>, order: &'static Order<L::State>) -> AnyView {
    let Some(row) = control::<L::State>(order.key) else {
        return ().into_any();
    };
    let words = memo(move || {
        room.state.with(|state| {
            if (row.applies)(state) {
                (order.words)(state)
            } else {
                Vec::new()
            }
        })
    });
    let take = move |text: String| {
        room.take(row.key, row.name, |state| row.typed(state, &text));
    };
    hands_view(order.of, words, room.page.said, Box::new(take))
}

fn hands_view(
    of: &'static str,
    words: Memo<Vec<String>>,
    said: RwSignal<String>,
    take: Box<dyn Fn(String)>,
) -> AnyView {
    let html = format!(
        "<div class=\"order control\" role=\"group\" aria-label=\"Words of {of}\"><ol class=\"chips\"></ol>\
         <p class=\"order-hint\" id=\"order-hint\"><span>Drag a word of {of}, or press Alt + ← or →.</span>\
         <span class=\"for-touch\">Drag a word of {of}, or tap it and then ‹ or ›.</span></p></div>"
    );
    html_view(CONTENTS, html, move |root| {
        let (Some(group), Some(list)) = (root.find(".order"), root.find("ol")) else {
            return;
        };
        let hands = Rc::new(Hands {
            list: list.clone(),
            words,
            said,
            take,
            chosen: Cell::new(0),
            carried: RefCell::default(),
        });
        let shown = Rc::clone(&hands);
        follow(move || {
            words.with(|words| {
                group.set_hidden(words.is_empty());
                shown.write(words);
            });
        });
        let pressed = Rc::clone(&hands);
        hold(on_press(&list, move |press| match press {
            Press::Button(word) => {
                pressed.shift(if word == EARLIER { -1 } else { 1 });
                true
            }
            _ => false,
        }));
        hold(on_carry(&list, move |carry| hands.read(carry)));
    })
}

/// What the buttons beside a word do, for those who have neither keys nor a steady finger.
const EARLIER: &str = "earlier";
const LATER: &str = "later";

/// The words, and what hands do to them.
struct Hands {
    list: Part,
    words: Memo<Vec<String>>,
    said: RwSignal<String>,
    /// Takes a new text.
    take: Box<dyn Fn(String)>,
    /// The number of the word that keys move, which has the buttons.
    chosen: Cell<usize>,
    carried: RefCell<Option<Carried>>,
}

/// A word in a hand.
#[derive(Clone, Copy)]
struct Carried {
    from: usize,
    /// Where it was taken.
    start: Place,
    /// Where it would fall; `None` until it is moved.
    fall: Option<Fall>,
}

/// Where a word falls: before or after the one with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fall {
    idx: usize,
    is_after: bool,
}

impl Fall {
    /// Where a pointer lets a word fall among others: beside the nearest one of the nearest row.
    fn at((x, y): Place, others: &[Bounds]) -> Option<Self> {
        let distance = |bounds: &Bounds| {
            let beyond = (bounds.y[0] - y).max(y - bounds.y[1]).max(0.0);
            (beyond, (x - middle(bounds)).abs())
        };
        let near =
            |(a, a_x): (f64, f64), (b, b_x): (f64, f64)| a.total_cmp(&b).then(a_x.total_cmp(&b_x));
        let (idx, nearest) = others
            .iter()
            .enumerate()
            .min_by(|(_, a), (_, b)| near(distance(a), distance(b)))?;
        Some(Self {
            idx,
            is_after: x > middle(nearest),
        })
    }

    /// The number that the word with the number `from` has then.
    fn place(self, from: usize) -> usize {
        let before = self.idx + usize::from(self.is_after);
        // It leaves its own place.
        before - usize::from(before > from)
    }
}

fn middle(bounds: &Bounds) -> f64 {
    f64::midpoint(bounds.x[0], bounds.x[1])
}

impl Hands {
    /// Writes the words. What has the focus keeps it: the word that keys move, or its button.
    fn write(&self, words: &[String]) {
        self.carried.take();
        self.chosen
            .set(self.chosen.get().min(words.len().saturating_sub(1)));
        let focused = self.list.find(":focus").map(|it| it.get("data-do"));
        self.list.set_html(&words_html(words));
        self.mark();
        if let Some(button) = focused {
            let selector = button.map(|word| format!(".chosen [data-do={word}]:enabled"));
            let button = selector.and_then(|selector| self.list.find(&selector));
            if let Some(it) = button.or_else(|| self.list.find(".chosen .chip")) {
                it.focus_here();
            }
        }
    }

    /// Shows which word keys move.
    fn mark(&self) {
        for (idx, place) in self.list.find_all("li").iter().enumerate() {
            let is_chosen = idx == self.chosen.get();
            place.set_class("chosen", is_chosen);
            if let Some(chip) = place.find(".chip") {
                chip.set("tabindex", if is_chosen { "0" } else { "-1" });
            }
        }
    }

    /// Makes a word the one that keys move, with the focus.
    fn choose(&self, idx: usize) {
        self.chosen.set(idx);
        self.mark();
        if let Some(chip) = self.list.find(".chosen .chip") {
            chip.focus_here();
        }
    }

    /// Moves the chosen word so many places.
    fn shift(&self, steps: isize) {
        let from = self.chosen.get();
        self.carry(from, from.saturating_add_signed(steps));
    }

    /// Carries a word to another place, as far as there is one.
    fn carry(&self, from: usize, to: usize) {
        let mut words = self.words.get_untracked();
        let to = to.min(words.len().saturating_sub(1));
        if from >= words.len() || from == to {
            return;
        }
        let word = words.remove(from);
        let said = format!("{}, now {} of {}", harmless(&word), to + 1, words.len() + 1);
        words.insert(to, word);
        self.choose(to);
        (self.take)(words.join(" "));
        self.said.set(said);
    }

    /// Does what a hand wants; says whether that is all that is to happen.
    fn read(&self, carry: Carry) -> bool {
        match carry {
            Carry::Taken(from, start) => {
                self.choose(from);
                self.carried.replace(Some(Carried {
                    from,
                    start,
                    fall: None,
                }));
                false
            }
            Carry::Moved(at) => self.drag(at),
            Carry::Dropped => {
                let carried = self.carried.take();
                self.show(None, (0.0, 0.0));
                if let Some(Carried {
                    from,
                    fall: Some(fall),
                    ..
                }) = carried
                {
                    self.carry(from, fall.place(from));
                }
                false
            }
            Carry::Lost => self.let_go(),
            Carry::Key { key, has_alt } => self.press(&key, has_alt),
        }
    }

    /// The word in the hand stays where it was; says whether there was one.
    fn let_go(&self) -> bool {
        let was_held = self.carried.take().is_some();
        self.show(None, (0.0, 0.0));
        was_held
    }

    fn drag(&self, at: Place) -> bool {
        let Some(mut carried) = *self.carried.borrow() else {
            return false;
        };
        let by = (at.0 - carried.start.0, at.1 - carried.start.1);
        if carried.fall.is_none() && by.0.hypot(by.1) < DRAG_PX {
            return false;
        }
        let places = self.list.find_all("li");
        let bounds: Vec<_> = places.iter().map(Part::bounds).collect();
        carried.fall = Fall::at(at, &bounds);
        self.carried.replace(Some(carried));
        self.show(Some(carried), by);
        true
    }

    /// Shows the word that is carried, moved so far, and where it would fall.
    fn show(&self, carried: Option<Carried>, (x, y): Place) {
        for (idx, place) in self.list.find_all("li").iter().enumerate() {
            let is_carried = carried.is_some_and(|it| it.from == idx);
            let fall = carried.and_then(|it| it.fall.filter(|fall| fall.place(it.from) != it.from));
            let falls = |is_after| fall == Some(Fall { idx, is_after });
            place.set_class("falls-before", falls(false));
            place.set_class("falls-after", falls(true));
            place.set_class("carried", is_carried);
            if let Some(chip) = place.find(".chip") {
                let moved = format!("translate({x}px, {y}px)");
                chip.set_style("transform", if is_carried { &moved } else { "" });
            }
        }
    }

    fn press(&self, key: &str, has_alt: bool) -> bool {
        let last = self.words.with_untracked(Vec::len).saturating_sub(1);
        let chosen = self.chosen.get();
        match (key, has_alt) {
            ("ArrowLeft", true) => self.shift(-1),
            ("ArrowRight", true) => self.shift(1),
            ("ArrowLeft", false) => self.choose(chosen.saturating_sub(1)),
            ("ArrowRight", false) => self.choose((chosen + 1).min(last)),
            ("Home", false) => self.choose(0),
            ("End", false) => self.choose(last),
            ("Escape", false) => return self.let_go(),
            _ => return false,
        }
        true
    }
}

fn words_html(words: &[String]) -> String {
    let mut html = String::new();
    for (idx, word) in words.iter().enumerate() {
        let mut shown = String::new();
        push_escaped(&mut shown, &harmless(word));
        let button = |does: &str, sign: char, is_off: bool| {
            let disabled = if is_off { " disabled" } else { "" };
            format!(
                "<button type=\"button\" class=\"order-step\" tabindex=\"-1\" data-do=\"{does}\" \
                 aria-label=\"Move {shown} one place {does}\"{disabled}>{sign}</button>"
            )
        };
        html.push_str("<li>");
        html.push_str(&button(EARLIER, '‹', idx == 0));
        html.push_str(&format!(
            "<button type=\"button\" class=\"chip\" data-idx=\"{idx}\" aria-describedby=\"order-hint\"><bdi>{shown}</bdi></button>"
        ));
        html.push_str(&button(LATER, '›', idx + 1 == words.len()));
        html.push_str("</li>");
    }
    html
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Fall, words_html};

    /// Two rows of words: three, then one.
    fn rows() -> Vec<Bounds> {
        [(0.0, 0.0), (50.0, 0.0), (100.0, 0.0), (0.0, 40.0)]
            .map(|(x, y)| Bounds {
                x: [x, x + 40.0],
                y: [y, y + 30.0],
            })
            .to_vec()
    }

    #[test]
    fn a_word_falls_beside_the_nearest_one_of_the_nearest_row() {
        for (at, idx, is_after) in [
            ((-500.0, 10.0), 0, false),
            ((22.0, 10.0), 0, true),
            ((60.0, 29.0), 1, false),
            ((400.0, 5.0), 2, true),
            // Far to the right of the second row is still the second row.
            ((130.0, 50.0), 3, true),
            ((10.0, 900.0), 3, false),
            ((75.0, -40.0), 1, true),
        ] {
            assert_eq!(
                Fall::at(at, &rows()),
                Some(Fall { idx, is_after }),
                "{at:?}"
            );
        }
        assert_eq!(Fall::at((0.0, 0.0), &[]), None);
    }

    #[test]
    fn it_leaves_its_own_place() {
        let place = |idx, is_after, from| Fall { idx, is_after }.place(from);
        // On either side of itself it stays.
        for (idx, is_after) in [(0, true), (1, false), (1, true), (2, false)] {
            assert_eq!(place(idx, is_after, 1), 1);
        }
        assert_eq!(place(0, false, 1), 0);
        assert_eq!(place(2, true, 0), 2);
        assert_eq!(place(2, true, 1), 2);
        assert_eq!(place(0, true, 2), 1);
    }

    #[test]
    fn words_stand_for_themselves() {
        let html = words_html(&["<b>".to_owned(), "\u{202e}a".to_owned()]);
        assert!(html.contains("<bdi>&#60;b&#62;</bdi>"));
        assert!(html.contains("<bdi>\u{fffd}a</bdi>"));
        assert_eq!(html.matches(" disabled").count(), 2, "the ends are ends");
    }
}
