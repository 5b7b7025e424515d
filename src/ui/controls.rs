//! Controls made from the table: a native form element each, named as the table says.

use leptos::{ev, html, prelude::*};

use crate::browser::page::is_focused;
use crate::labs::Lab;
use crate::settings::{Choosable, Control, Grain, Kind, Notice, Scale, Settings, number_text};
use crate::ui::room::Room;

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
    /// Whether it is one of those used last.
    fn is_recent(&self) -> bool;
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
    Choice(&'static [Choosable]),
    /// Text with a grammar of its own.
    Text,
}

/// A view's hold on its control.
type Handle = StoredValue<Box<dyn AnyControl>, LocalStorage>;

struct RoomControl<L: Lab> {
    room: Room<L>,
    row: &'static Control<L::State>,
}

impl<L: Lab> RoomControl<L> {
    /// Applies a change: to the state, to the notices, to the list of used controls.
    fn change(&self, change: impl FnOnce(&mut L::State) -> Option<Notice>) {
        let Self { room, row } = self;
        let mut state = room.state.get_untracked();
        let notice = change(&mut state);
        // Only what is new is set: an unchanged state must not wake the figures.
        if room.state.with_untracked(|now| *now != state) {
            room.state.set(state);
        }
        // The link may have left a notice under the key, a field leaves it under the name.
        room.page.note(row.key, None);
        room.page.note(row.name, notice);
        room.used(row.key);
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
            Kind::Number(number) => AnyKind::Number(number.grain, number.scale),
            Kind::Choice(choice) => AnyKind::Choice(choice.options),
            Kind::Text(_) => AnyKind::Text,
        }
    }

    fn applies(&self) -> bool {
        self.room.state.with(self.row.applies)
    }

    fn is_recent(&self) -> bool {
        self.room
            .recent
            .with(|recent| recent.contains(&self.row.key))
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

/// All controls of one group of the desk, under their heading.
pub fn group_view<L: Lab>(room: Room<L>, group: &'static str) -> AnyView {
    let rows = L::State::CONTROLS.iter().filter(|row| row.group == group);
    let views: Vec<_> = rows
        .map(|row| control_view(Box::new(RoomControl { room, row })))
        .collect();
    view! {
        <h2>{group}</h2>
        {views}
    }
    .into_any()
}

fn control_view(control: Box<dyn AnyControl>) -> AnyView {
    let (row, kind) = (control.words(), control.kind());
    let handle = Handle::new_local(control);
    let is_hidden = move || !handle.with_value(|control| control.applies());
    let is_recent = move || handle.with_value(|control| control.is_recent());
    let body = match kind {
        AnyKind::Number(grain, scale) => number_view(handle, row, grain, scale),
        AnyKind::Choice(options) => choice_view(handle, row, options),
        AnyKind::Text => text_view(handle, row),
    };
    view! {
        <div class="control" class:recent=is_recent hidden=is_hidden title=row.help>{body}</div>
    }
    .into_any()
}

/// A slider for feel and a number field for exactness, in a group of the same name.
///
/// The range input holds the real value and range, so that scripts and screen readers meet the real
/// numbers, while the hand meets a length on which small values are easy to reach: the thumb that is
/// seen is drawn at the scaled place, and the pointer is read by it.
fn number_view(handle: Handle, row: RowWords, grain: Grain, scale: Scale) -> AnyView {
    let number = Memo::new(move |_| handle.with_value(|control| control.number()));
    let moved = move |value: f64| handle.with_value(|control| control.moved(value));
    let number_input = NodeRef::<html::Input>::new();
    let range_input = NodeRef::<html::Input>::new();

    let show = move || {
        if let Some(input) = number_input.get_untracked() {
            input.set_value(&number_text(number.get_untracked().0));
        }
    };
    // While someone types, `1e` on the way to `1e-5` must not be replaced under their hands.
    let typing = StoredValue::new(false);
    Effect::new(move || {
        let (value, (min, max)) = number.get();
        let (Some(field), Some(range)) = (number_input.get(), range_input.get()) else {
            return;
        };
        if !(typing.get_value() && is_focused(&field)) {
            field.set_value(&number_text(value));
        }
        // Ends before the value: the browser clamps a value at once to the ends it knows.
        range.set_min(&number_text(min));
        range.set_max(&number_text(max));
        range.set_value(&number_text(value));
    });
    let on_number = move |event: ev::Event| {
        typing.set_value(true);
        handle.with_value(|control| control.typed(&event_target_value(&event)));
    };
    let done = move || {
        typing.set_value(false);
        show();
    };

    let move_to_fraction = move |fraction: f64| {
        typing.set_value(false);
        let value = scale.value_from_fraction(fraction, number.get_untracked().1);
        moved(grain.round_dragged(value, scale));
    };
    let drag = move |event: &ev::PointerEvent| {
        let Some(range) = range_input.get_untracked() else {
            return;
        };
        let width = f64::from(range.client_width()).max(1.0);
        let x = f64::from(event.client_x()) - range.get_bounding_client_rect().left();
        move_to_fraction(x / width);
    };
    let held = StoredValue::new(false);
    let on_down = move |event: ev::PointerEvent| {
        if event.button() != 0 {
            return;
        }
        event.prevent_default();
        if let Some(range) = range_input.get_untracked() {
            range.focus().ok();
            // Without capture the drag would end at the slider's edge, no worse.
            range.set_pointer_capture(event.pointer_id()).ok();
        }
        held.set_value(true);
        drag(&event);
    };
    let on_move = move |event: ev::PointerEvent| {
        if held.get_value() {
            drag(&event);
        }
    };
    let on_up = move |_: ev::PointerEvent| held.set_value(false);
    let on_range = move |_: ev::Event| {
        typing.set_value(false);
        if let Some(range) = range_input.get_untracked() {
            moved(range.value_as_number());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let steps = match event.key().as_str() {
            "ArrowRight" | "ArrowUp" => 1.0,
            "ArrowLeft" | "ArrowDown" => -1.0,
            "PageUp" => PAGE_STEPS,
            "PageDown" => -PAGE_STEPS,
            "Home" => f64::NEG_INFINITY,
            "End" => f64::INFINITY,
            _ => return,
        };
        event.prevent_default();
        let (now, limits) = number.get_untracked();
        match grain {
            _ if steps.is_infinite() => move_to_fraction(if steps > 0.0 { 1.0 } else { 0.0 }),
            Grain::Whole => {
                let mut next = now + steps;
                moved(next);
                // Where only some numbers are allowed, as divisors, on to the next one of them.
                while number.get_untracked().0 == now && limits.0 < next && next < limits.1 {
                    next += steps.signum();
                    moved(next);
                }
            }
            Grain::Even => moved(now + 2.0 * steps),
            Grain::Any { nudge } if scale == Scale::Linear => {
                moved(grain.round_dragged(now + steps * nudge, scale));
            }
            Grain::Any { .. } => {
                move_to_fraction(scale.fraction_from_value(now, limits) + steps * LOG_STEP);
            }
        }
    };
    let at = move || {
        let (value, limits) = number.get();
        format!("--at: {:.4}", scale.fraction_from_value(value, limits))
    };
    let step = if grain == Grain::Whole {
        "1"
    } else if grain == Grain::Even {
        "2"
    } else {
        "any"
    };
    let id = format!("control-{}", row.key);
    view! {
        <div role="group" aria-label=row.name class="number">
            <label for=id.clone()>{name_view(row)}</label>
            <input
                id=id
                type="number"
                aria-label=row.name
                inputmode="decimal"
                step=step
                autocomplete="off"
                node_ref=number_input
                on:input=on_number
                on:change=move |_| done()
                on:blur=move |_| done()
            />
            <div class=format!("slider {}", row.symbol.unwrap_or_default()) style=at>
                <input
                    type="range"
                    aria-label=row.name
                    step=step
                    node_ref=range_input
                    on:input=on_range
                    on:keydown=on_key
                    on:pointerdown=on_down
                    on:pointermove=on_move
                    on:pointerup=on_up
                    on:pointercancel=on_up
                />
                <span class="slider-track" aria-hidden="true"></span>
                <span class="slider-thumb" aria-hidden="true"></span>
            </div>
        </div>
    }
    .into_any()
}

/// A control's visible name, its symbol in its colour.
fn name_view(row: RowWords) -> AnyView {
    match (row.symbol, row.name.split_once(' ')) {
        (Some(symbol), Some((first, rest))) if first.chars().count() == 1 => {
            let rest = rest.trim_matches(['(', ')']).to_owned();
            view! { <b class=symbol>{first}</b>" "{rest} }.into_any()
        }
        _ => row.name.into_any(),
    }
}

fn choice_view(handle: Handle, row: RowWords, options: &'static [Choosable]) -> AnyView {
    let chosen = move || handle.with_value(|control| control.chosen());
    let rows: Vec<_> = options
        .iter()
        .enumerate()
        .map(|(idx, Choosable { slug, label })| {
            let is_chosen = untrack(chosen) == idx;
            view! { <option value=*slug selected=is_chosen>{*label}</option> }.into_any()
        })
        .collect();
    let slug = move || {
        options
            .get(chosen())
            .map(|option| option.slug)
            .unwrap_or_default()
    };
    let on_change = move |event: ev::Event| {
        handle.with_value(|control| control.typed(&event_target_value(&event)));
    };
    let id = format!("control-{}", row.key);
    view! {
        <div class="choice">
            <label for=id.clone()>{row.name}</label>
            <select id=id prop:value=slug on:change=on_change>{rows}</select>
        </div>
    }
    .into_any()
}

fn text_view(handle: Handle, row: RowWords) -> AnyView {
    let text = move || handle.with_value(|control| control.text());
    let on_change = move |event: ev::Event| {
        handle.with_value(|control| control.typed(&event_target_value(&event)));
    };
    let id = format!("control-{}", row.key);
    view! {
        <div class="text">
            <label for=id.clone()>{row.name}</label>
            <input id=id type="text" autocomplete="off" spellcheck="false" prop:value=text on:change=on_change />
        </div>
    }
    .into_any()
}
