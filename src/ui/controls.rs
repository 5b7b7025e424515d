//! Controls made from the table: a native form element each, named as the table says.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;
use rooms::desk::Group;
use rooms::room::Lab;
use rooms::settings::{Control, Grain, Kind, Notice, Scale, Word, control, number_text};

use crate::browser::dom::{Part, Press, on_press};
use crate::browser::fields::{Field, on_field, set_value};
use crate::ui::follow::follow;
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::room::{DeskView, Room};
use crate::ui::text::push_escaped;

/// How far Page Up and Page Down go, in steps of an arrow key.
const PAGE_STEPS: f64 = 10.0;

/// What part of a logarithmic slider an arrow key covers.
const LOG_STEP: f64 = 0.01;

/// A control of an open room without the room's types, so that all rooms share one set of views.
pub trait AnyControl {
    /// Its words.
    fn words(&self) -> RowWords;
    /// What kind of control it is.
    fn kind(&self) -> AnyKind;
    /// Whether it means anything in the present state; followed by whoever asks inside an effect, like
    /// everything below up to the writers.
    fn applies(&self) -> bool;
    /// Whether it is the one that stays in reach of the thumb.
    fn is_in_reach(&self) -> bool;
    /// What it is, after its name.
    fn said(&self) -> String;
    /// A number's value and its limits.
    fn number(&self) -> (f64, (f64, f64));
    /// The index of a choice's option.
    fn chosen(&self) -> usize;
    /// What stands in a text's field.
    fn text(&self) -> String;
    /// Takes what was typed or chosen.
    fn typed(&self, text: &str);
    /// Takes a value from the slider.
    fn moved(&self, value: f64);
}

/// A row's words.
#[derive(Clone, Copy)]
pub struct RowWords {
    key: &'static str,
    name: &'static str,
    symbol: Option<&'static str>,
    help: &'static str,
}

/// A kind of control without the room's types.
#[derive(Clone, Copy)]
pub enum AnyKind {
    /// A number in a range.
    Number(Grain, Scale),
    /// One of a few words.
    Choice(fn(usize) -> Option<Word>),
    /// Text with a grammar of its own.
    Text,
}

struct RoomControl<L: Lab> {
    room: Room<L>,
    row: &'static Control<L::State>,
}

impl<L: Lab> RoomControl<L> {
    /// Applies a change: to the state, to the notices, to the list of used controls.
    fn change(&self, change: impl FnOnce(&mut L::State) -> Option<Notice>) {
        let Self { room, row } = self;
        room.take(row.key, row.name, change);
    }
}

impl<L: Lab> AnyControl for RoomControl<L> {
    fn words(&self) -> RowWords {
        let Control {
            key,
            name,
            symbol,
            help,
            ..
        } = *self.row;
        RowWords {
            key,
            name,
            symbol,
            help,
        }
    }

    fn kind(&self) -> AnyKind {
        match &self.row.kind {
            Kind::Number(number) => AnyKind::Number(number.range.grain, number.range.scale),
            Kind::Choice(choice) => AnyKind::Choice(choice.option),
            Kind::Text(_) => AnyKind::Text,
        }
    }

    fn applies(&self) -> bool {
        self.room.state.with(self.row.applies)
    }

    fn is_in_reach(&self) -> bool {
        self.room.in_reach() == self.row.key
    }

    fn said(&self) -> String {
        self.room.state.with(|state| self.row.said(state, ""))
    }

    fn number(&self) -> (f64, (f64, f64)) {
        match &self.row.kind {
            Kind::Number(number) => self
                .room
                .state
                .with(|state| ((number.get)(state), number.limits(state))),
            _ => Default::default(),
        }
    }

    fn chosen(&self) -> usize {
        match &self.row.kind {
            Kind::Choice(choice) => self.room.state.with(choice.get),
            _ => 0,
        }
    }

    fn text(&self) -> String {
        self.room.state.with(|state| self.row.shown_text(state))
    }

    fn typed(&self, text: &str) {
        self.change(|state| self.row.typed(state, text));
    }

    fn moved(&self, value: f64) {
        if let Kind::Number(number) = &self.row.kind {
            self.change(|state| {
                number.moved(state, value);
                None
            });
        }
    }
}

type Controls = Vec<Box<dyn AnyControl>>;

fn controls_of<L: Lab>(
    room: Room<L>,
    rows: impl Iterator<Item = &'static Control<L::State>>,
) -> Controls {
    rows.map(|row| Box::new(RoomControl { room, row }) as Box<dyn AnyControl>)
        .collect()
}

/// The controls in front, and on a phone, where only one is in reach, a chip for each.
pub fn front_view<L: Lab>(room: Room<L>, front: &'static [&'static str]) -> AnyView {
    let controls = || controls_of(room, front.iter().filter_map(|key| control(key)));
    let chips = controls();
    let mut html = String::new();
    for chip in &chips {
        html.push_str("<button type=\"button\" class=\"chip\" data-do=\"");
        html.push_str(chip.words().key);
        html.push_str("\"></button>");
    }
    let chips = html_view("reach", html, move |root| {
        for chip in chips {
            let button = root.find(&format!("[data-do={}]", chip.words().key));
            follow(move || {
                if let Some(button) = &button {
                    button.set_hidden(!chip.applies() || chip.is_in_reach());
                    button.set_text(&chip.said());
                }
            });
        }
        hold(on_press(&root, move |press| {
            if let Press::Button(word) = press
                && let Some(key) = front.iter().find(|key| **key == word)
            {
                room.used(key);
            }
            false
        }));
    });
    vec![desk_view(String::new(), controls(), None), chips].into_any()
}

/// A group of the desk, folded until somebody opens it; `desk` shows what stands below its settings.
pub fn group_view<L: Lab>(
    room: Room<L>,
    group: &'static Group<L::State>,
    desk: DeskView<L>,
) -> AnyView {
    let front = room.front();
    let controls = controls_of(room, group.rows(front));
    if controls.is_empty() && group.items.is_empty() {
        return ().into_any();
    }
    let mut html = String::from(
        "<h2><button type=\"button\" class=\"fold\" data-do=\"fold\" aria-expanded=\"false\">",
    );
    push_escaped(&mut html, group.name);
    html.push_str("<span></span></button></h2>");
    let fold = Fold {
        name: group.name,
        summary: Box::new(move || room.state.with(|state| group.summary(front, state))),
    };
    let items: Vec<_> = group.items.iter().map(|item| desk(room, item)).collect();
    let settings = desk_view(html, controls, Some(fold));
    view! { <div class=CONTENTS>{settings}{items}</div> }.into_any()
}

thread_local! {
    /// The groups that are open, in whichever part, as long as the page is.
    static OPEN: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Whether a group is open, after it was turned where it `turns`.
fn is_open(name: &'static str, turns: bool) -> bool {
    OPEN.with_borrow_mut(|open| {
        let is_open = open.contains(&name) != turns;
        if turns && is_open {
            open.push(name);
        } else if turns {
            open.retain(|it| *it != name);
        }
        is_open
    })
}

/// What a group is folded by.
struct Fold {
    /// Its name.
    name: &'static str,
    /// What is set in it; followed by whoever asks inside an effect.
    summary: Box<dyn Fn() -> String>,
}

impl Fold {
    fn enliven(self, root: &Part) {
        let (Some(button), Some(words)) = (root.find(".fold"), root.find(".fold span")) else {
            return;
        };
        let summary = self.summary;
        follow(move || {
            let summary = summary();
            words.set_text(&if summary.is_empty() {
                summary
            } else {
                [": ", &summary].concat()
            });
        });
        let desk = root.clone();
        let show = move |is_open: bool| {
            desk.set_class("closed", !is_open);
            button.set("aria-expanded", if is_open { "true" } else { "false" });
        };
        show(is_open(self.name, false));
        hold(on_press(root, move |press| {
            if matches!(press, Press::Button(_)) {
                show(is_open(self.name, true));
            }
            false
        }));
    }
}

/// A control with its elements.
struct Desk {
    control: Box<dyn AnyControl>,
    part: Part,
    /// Where a number is typed, a text written, a choice made.
    field: Part,
    /// A number's slider: the range input and what is seen of it.
    slider: Option<(Part, Part)>,
    /// While someone types, `1e` on the way to `1e-5` must not be replaced under their hands.
    is_typing: Cell<bool>,
    /// The slider is held.
    is_held: Cell<bool>,
}

/// As HTML and not as views, like all that is there many times: a view for each attribute costs bytes of the
/// first load.
fn desk_view(mut html: String, controls: Controls, fold: Option<Fold>) -> AnyView {
    for control in &controls {
        push_control(&mut html, &**control);
    }
    html_view("desk", html, move |root| {
        enliven(&root, controls);
        if let Some(fold) = fold {
            fold.enliven(&root);
        }
    })
}

/// Brings the controls to life: each follows its setting, and sets it.
fn enliven(root: &Part, controls: Controls) {
    let desks: Vec<_> = controls
        .into_iter()
        .filter_map(|control| Desk::of(root, control))
        .collect();
    let n_desks = desks.len();
    let desks = StoredValue::new_local(desks);
    if let Some(heading) = root.find("h2") {
        follow(move || {
            let applies = |desks: &Vec<Desk>| {
                desks.is_empty() || desks.iter().any(|desk| desk.control.applies())
            };
            // A heading over nothing would be noise.
            heading.set_hidden(!desks.with_value(applies));
        });
    }
    for idx in 0..n_desks {
        follow(move || {
            desks.with_value(|desks| desks.get(idx).map(Desk::show));
        });
    }
    let listening = on_field(root, move |key, field| {
        let taken = desks.try_with_value(|desks| {
            let desk = desks.iter().find(|desk| desk.control.words().key == key);
            desk.is_some_and(|desk| desk.take(field))
        });
        taken == Some(true)
    });
    hold(listening);
}

impl Desk {
    fn of(root: &Part, control: Box<dyn AnyControl>) -> Option<Self> {
        let part = root.find(&format!("[data-control={}]", control.words().key))?;
        Some(Self {
            field: part.find("input, select")?,
            slider: part.find("[type=range]").zip(part.find(".slider")),
            control,
            part,
            is_typing: Cell::new(false),
            is_held: Cell::new(false),
        })
    }

    /// Shows the setting as it is; followed by the effect that asks.
    fn show(&self) {
        self.part.set_hidden(!self.control.applies());
        self.part.set_class("in-reach", self.control.is_in_reach());
        match self.control.kind() {
            AnyKind::Number(_, scale) => {
                let (value, limits) = self.control.number();
                self.show_number(value);
                if let Some((range, slider)) = &self.slider {
                    // Ends before the value: the browser clamps a value at once to the ends it knows.
                    range.set("min", &number_text(limits.0));
                    range.set("max", &number_text(limits.1));
                    set_value(range, &number_text(value));
                    let at = scale.fraction_from_value(value, limits);
                    slider.set_style("--at", &format!("{at:.4}"));
                }
            }
            AnyKind::Choice(option) => {
                let slug = option(self.control.chosen()).map(|option| option.slug);
                set_value(&self.field, slug.unwrap_or_default());
            }
            AnyKind::Text => set_value(&self.field, &self.control.text()),
        }
    }

    fn show_number(&self, value: f64) {
        if !(self.is_typing.get() && self.field.is_focused()) {
            set_value(&self.field, &number_text(value));
        }
    }

    /// Does what someone does to the control; says whether the browser is to do nothing of its own.
    fn take(&self, field: Field) -> bool {
        match field {
            Field::Typed(text) => {
                self.is_typing.set(true);
                self.control.typed(&text);
                false
            }
            Field::Done => {
                self.is_typing.set(false);
                self.show_number(untrack(|| self.control.number().0));
                false
            }
            Field::Ranged(value) => {
                self.is_typing.set(false);
                self.control.moved(value);
                false
            }
            Field::Key(key) => self.take_key(&key),
            Field::Down(at) => {
                self.is_held.set(true);
                self.move_to_fraction(at);
                true
            }
            Field::Moved(at) => {
                if self.is_held.get() {
                    self.move_to_fraction(at);
                }
                false
            }
            Field::Up => {
                self.is_held.set(false);
                false
            }
        }
    }

    /// Takes a place on the slider's length.
    fn move_to_fraction(&self, fraction: f64) {
        self.is_typing.set(false);
        if let AnyKind::Number(grain, scale) = self.control.kind() {
            let (_, limits) = untrack(|| self.control.number());
            let value = scale.value_from_fraction(fraction, limits);
            self.control.moved(grain.round_dragged(value, scale));
        }
    }

    fn take_key(&self, key: &str) -> bool {
        let AnyKind::Number(grain, scale) = self.control.kind() else {
            return false;
        };
        let steps = match key {
            "ArrowRight" | "ArrowUp" => 1.0,
            "ArrowLeft" | "ArrowDown" => -1.0,
            "PageUp" => PAGE_STEPS,
            "PageDown" => -PAGE_STEPS,
            "Home" => return self.go_to_end(0.0),
            "End" => return self.go_to_end(1.0),
            _ => return false,
        };
        self.is_typing.set(false);
        let (now, limits) = untrack(|| self.control.number());
        match grain {
            Grain::Whole => {
                let mut next = now + steps;
                self.control.moved(next);
                // Where only some numbers are allowed, as divisors, on to the next one of them.
                let stays = || untrack(|| self.control.number().0 == now);
                while limits.0 < next && next < limits.1 && stays() {
                    next += steps.signum();
                    self.control.moved(next);
                }
            }
            Grain::Even => self.control.moved(now + 2.0 * steps),
            Grain::Any { nudge } if scale == Scale::Linear => {
                let value = grain.round_dragged(now + steps * nudge, scale);
                self.control.moved(value);
            }
            Grain::Any { .. } => {
                let fraction = scale.fraction_from_value(now, limits) + steps * LOG_STEP;
                self.move_to_fraction(fraction);
            }
        }
        true
    }

    fn go_to_end(&self, fraction: f64) -> bool {
        self.move_to_fraction(fraction);
        true
    }
}

/// A control's frame, still without values.
fn push_control(html: &mut String, control: &dyn AnyControl) {
    let RowWords {
        key,
        name,
        symbol,
        help,
    } = control.words();
    let push =
        |html: &mut String, parts: &[&str]| parts.iter().for_each(|part| html.push_str(part));
    push(
        html,
        &["<div class=\"control\" data-control=\"", key, "\" title=\""],
    );
    push_escaped(html, help);
    // What it is described by: each of its fields says the whole of it.
    let described = ["\" aria-describedby=\"help-", key, "\""].concat();
    let label = |html: &mut String| {
        push(html, &["<label for=\"control-", key, "\">"]);
        push_name(html, name, symbol);
        html.push_str("</label>");
    };
    match control.kind() {
        AnyKind::Number(grain, _) => {
            push(
                html,
                &[
                    "\"><div role=\"group\" class=\"number\" aria-label=\"",
                    name,
                    "\">",
                ],
            );
            label(html);
            let step = match grain {
                Grain::Whole => "1",
                Grain::Even => "2",
                Grain::Any { .. } => "any",
            };
            push(
                html,
                &[
                    "<input id=\"control-",
                    key,
                    "\" type=\"number\" inputmode=\"decimal\" autocomplete=\"off\" aria-label=\"",
                    name,
                    &described,
                    " step=\"",
                    step,
                    "\"><div class=\"slider ",
                    symbol.unwrap_or_default(),
                    "\"><input type=\"range\" tabindex=\"-1\" aria-label=\"",
                    name,
                    &described,
                    " step=\"",
                    step,
                    "\"><span class=\"slider-track\" aria-hidden=\"true\"></span>\
                     <span class=\"slider-thumb\" aria-hidden=\"true\"></span></div></div>",
                ],
            );
        }
        AnyKind::Choice(option) => {
            html.push_str("\"><div class=\"choice\">");
            label(html);
            push(html, &["<select id=\"control-", key, &described, ">"]);
            for Word { slug, label } in (0..).map_while(option) {
                push(html, &["<option value=\"", slug, "\">"]);
                push_escaped(html, label);
                html.push_str("</option>");
            }
            html.push_str("</select></div>");
        }
        AnyKind::Text => {
            html.push_str("\"><div class=\"text\">");
            label(html);
            push(
                html,
                &[
                    "<input id=\"control-",
                    key,
                    &described,
                    " type=\"text\" autocomplete=\"off\" spellcheck=\"false\"></div>",
                ],
            );
        }
    }
    push(html, &["<p class=\"help\" id=\"help-", key, "\">"]);
    push_escaped(html, help);
    html.push_str("</p></div>");
}

/// A control's visible name, its symbol in its colour.
fn push_name(html: &mut String, name: &str, symbol: Option<&str>) {
    match (symbol, name.split_once(' ')) {
        (Some(symbol), Some((first, rest))) if first.chars().count() == 1 => {
            html.push_str("<b class=\"");
            html.push_str(symbol);
            html.push_str("\">");
            html.push_str(first);
            html.push_str("</b> ");
            html.push_str(rest.trim_matches(['(', ')']));
        }
        _ => html.push_str(name),
    }
}
