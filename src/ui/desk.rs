//! The desk: what a part has there as data becomes views.

use leptos::prelude::*;
use rooms::desk::{Button, Item};
use rooms::room::Lab;

use crate::ui::chips::chips_view;
use crate::ui::controls::group_view;
use crate::ui::follow::memo;
use crate::ui::order::order_view;
use crate::ui::room::Room;
use crate::ui::values::values_view;

/// What the first picture has on its desk; nothing else is in the module that arrives with it.
pub fn first_desk_view<L: Lab>(room: Room<L>, item: &'static Item<L::State>) -> AnyView {
    match item {
        Item::Group(group) => group_view(room, group, first_desk_view),
        Item::Chips(chips) => chips_view(room, chips),
        _ => ().into_any(),
    }
}

/// Anything on a desk.
pub fn desk_view<L: Lab>(room: Room<L>, item: &'static Item<L::State>) -> AnyView {
    match item {
        Item::Group(group) => group_view(room, group, desk_view),
        Item::Chips(chips) => chips_view(room, chips),
        Item::Buttons(buttons) => buttons_view(room, buttons),
        Item::Values(values) => values_view(room, values),
        Item::Order(order) => order_view(room, order),
        Item::Items(items) => items
            .iter()
            .map(|item| desk_view(room, item))
            .collect::<Vec<_>>()
            .into_any(),
    }
}

/// Buttons in a row, which is there as long as one of them is.
fn buttons_view<L: Lab>(room: Room<L>, buttons: &'static [Button<L::State>]) -> AnyView {
    let is_there = memo(move || {
        room.state
            .with(|state| buttons.iter().any(|button| (button.applies)(state)))
    });
    let views: Vec<_> = buttons
        .iter()
        .map(|button| button_view(room, button))
        .collect();
    view! { <div class="control actions" hidden=move || !is_there.get()>{views}</div> }.into_any()
}

fn button_view<L: Lab>(room: Room<L>, button: &'static Button<L::State>) -> AnyView {
    let applies = memo(move || room.state.with(button.applies));
    let label = memo(move || room.state.with(button.label));
    let press = move |_| {
        let notice = room.apply(button.press);
        let (own, others) = match button.clears.split_last() {
            Some((own, others)) => (*own, others),
            None => ("", &[][..]),
        };
        for key in others {
            room.page.note(key, None);
        }
        room.page.note(own, notice);
    };
    view! {
        <button
            type="button"
            hidden=move || !applies.get()
            on:click=press
            prop:textContent=move || label.get()
        ></button>
    }
    .into_any()
}
