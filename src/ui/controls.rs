//! Controls made from the table: a native form element each, named as the table says.

use leptos::{ev, html, prelude::*};

use crate::browser::page::is_focused;
use crate::labs::Lab;
use crate::settings::{Choice, Control, Grain, Kind, Notice, Number, Scale, Settings, number_text};
use crate::ui::room::Room;

/// How far Page Up and Page Down go, in steps of an arrow key.
const PAGE_STEPS: f64 = 10.0;

/// What part of a logarithmic slider an arrow key covers.
const LOG_STEP: f64 = 0.01;

/// All controls of one group of the desk, under their heading.
pub fn group_view<L: Lab>(room: Room<L>, group: &'static str) -> AnyView {
    let rows: Vec<_> = L::State::CONTROLS
        .iter()
        .filter(|row| row.group == group)
        .map(|row| control_view(room, row))
        .collect();
    view! {
        <h2>{group}</h2>
        {rows}
    }
    .into_any()
}

/// One control.
pub fn control_view<L: Lab>(room: Room<L>, row: &'static Control<L::State>) -> AnyView {
    let applies = Memo::new(move |_| room.state.with(row.applies));
    let recent = Memo::new(move |_| room.recent.with(|recent| recent.contains(&row.key)));
    let body = match &row.kind {
        Kind::Number(number) => number_view(number_field(room, row, number)),
        Kind::Choice(choice) => choice_view(room, row, choice),
        Kind::Text(_) => text_view(room, row),
    };
    view! {
        <div class="control" class:recent=recent hidden=move || !applies.get() title=row.help>
            {body}
        </div>
    }
    .into_any()
}

/// What a number's two fields need, without the room's types.
struct NumberField {
    row: RowWords,
    grain: Grain,
    scale: Scale,
    value: Memo<f64>,
    limits: Memo<(f64, f64)>,
    /// Takes text from the number field.
    typed: Box<dyn Fn(&str)>,
    /// Takes a value from the slider.
    moved: Box<dyn Fn(f64)>,
}

/// A row's words, without the room's types.
#[derive(Clone, Copy)]
struct RowWords {
    key: &'static str,
    name: &'static str,
    symbol: Option<&'static str>,
}

fn words<S: Settings>(row: &'static Control<S>) -> RowWords {
    RowWords { key: row.key, name: row.name, symbol: row.symbol }
}

/// Applies a change from a control: to the state, to the notices, to the list of used controls.
fn change<L: Lab>(
    room: Room<L>,
    row: &'static Control<L::State>,
    change: impl FnOnce(&mut L::State) -> Option<Notice>,
) {
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

fn number_field<L: Lab>(
    room: Room<L>,
    row: &'static Control<L::State>,
    number: &'static Number<L::State>,
) -> NumberField {
    NumberField {
        row: words(row),
        grain: number.grain,
        scale: number.scale,
        value: Memo::new(move |_| room.state.with(number.get)),
        limits: Memo::new(move |_| room.state.with(number.limits)),
        typed: Box::new(move |text| change(room, row, |state| row.typed(state, text))),
        moved: Box::new(move |value| {
            change(room, row, |state| {
                number.moved(state, value);
                None
            });
        }),
    }
}

/// A slider for feel and a number field for exactness, in a group of the same name.
///
/// The range input holds the real value and range, so that scripts and screen readers meet the real
/// numbers, while the hand meets a length on which small values are easy to reach: the thumb that is
/// seen is drawn at the scaled place, and the pointer is read by it.
fn number_view(field: NumberField) -> AnyView {
    let NumberField { row, grain, scale, value, limits, typed, moved } = field;
    let moved = StoredValue::new_local(moved);
    let number_input = NodeRef::<html::Input>::new();
    let range_input = NodeRef::<html::Input>::new();

    let show = move || {
        if let Some(input) = number_input.get_untracked() {
            input.set_value(&number_text(value.get_untracked()));
        }
    };
    // While someone types, `1e` on the way to `1e-5` must not be replaced under their hands.
    let typing = StoredValue::new(false);
    Effect::new(move || {
        let value = value.get();
        let (Some(number), Some(range)) = (number_input.get(), range_input.get()) else { return };
        if !(typing.get_value() && is_focused(&number)) {
            number.set_value(&number_text(value));
        }
        // Ends before the value: the browser clamps a value at once to the ends it knows.
        let (min, max) = limits.get();
        range.set_min(&number_text(min));
        range.set_max(&number_text(max));
        range.set_value(&number_text(value));
    });
    let on_number = move |event: ev::Event| {
        typing.set_value(true);
        typed(&event_target_value(&event));
    };
    let done = move || {
        typing.set_value(false);
        show();
    };

    let move_to_fraction = move |fraction: f64| {
        let value = scale.value_from_fraction(fraction, limits.get_untracked());
        moved.with_value(|moved| moved(grain.round_dragged(value, scale)));
    };
    let drag = move |event: &ev::PointerEvent| {
        let Some(range) = range_input.get_untracked() else { return };
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
        if let Some(range) = range_input.get_untracked() {
            moved.with_value(|moved| moved(range.value_as_number()));
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
        let now = value.get_untracked();
        match grain {
            _ if steps.is_infinite() => move_to_fraction(if steps > 0.0 { 1.0 } else { 0.0 }),
            Grain::Whole => moved.with_value(|moved| moved(now + steps)),
            Grain::Even => moved.with_value(|moved| moved(now + 2.0 * steps)),
            Grain::Any { nudge } if scale == Scale::Linear => {
                let next = grain.round_dragged(now + steps * nudge, scale);
                moved.with_value(|moved| moved(next));
            }
            Grain::Any { .. } => {
                let fraction = scale.fraction_from_value(now, limits.get_untracked());
                move_to_fraction(fraction + steps * LOG_STEP);
            }
        }
    };
    let at = move || {
        format!("--at: {:.4}", scale.fraction_from_value(value.get(), limits.get()))
    };
    let step = if grain == Grain::Whole { "1" } else if grain == Grain::Even { "2" } else { "any" };
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

fn choice_view<L: Lab>(
    room: Room<L>,
    row: &'static Control<L::State>,
    choice: &'static Choice<L::State>,
) -> AnyView {
    let chosen = Memo::new(move |_| room.state.with(choice.get));
    let options: Vec<_> = choice
        .options
        .iter()
        .enumerate()
        .map(|(idx, option)| {
            view! { <option value=option.slug selected=move || chosen.get() == idx>{option.label}</option> }
        })
        .collect();
    let slug = move || choice.options.get(chosen.get()).map(|option| option.slug).unwrap_or_default();
    let on_change = move |event: ev::Event| {
        change(room, row, |state| row.typed(state, &event_target_value(&event)));
    };
    let id = format!("control-{}", row.key);
    view! {
        <div class="choice">
            <label for=id.clone()>{row.name}</label>
            <select id=id prop:value=slug on:change=on_change>{options}</select>
        </div>
    }
    .into_any()
}

fn text_view<L: Lab>(room: Room<L>, row: &'static Control<L::State>) -> AnyView {
    // A text control is written even where it is the default, so that there is something to edit.
    let text = Memo::new(move |_| room.state.with(|state| row.shown_text(state)));
    let on_change = move |event: ev::Event| {
        change(room, row, |state| row.typed(state, &event_target_value(&event)));
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
