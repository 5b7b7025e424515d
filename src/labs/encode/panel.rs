//! Encode's controls: the table's rows, and the curves as chips.

use leptos::prelude::*;

use super::Encode;
use super::state::EncodeState;
use crate::settings::control;
use crate::ui::controls::group_view;
use crate::ui::play::play_view;
use crate::ui::room::Room;

/// The controls of the table.
pub fn table(room: Room<Encode>) -> AnyView {
    view! {
        {group_view(room, "Scheme")}
        {group_view(room, "Scaling")}
        {group_view(room, "Table")}
        {group_view(room, "Reading")}
        {group_view(room, "Curves")}
        {chips(room)}
    }
    .into_any()
}

/// The position, moving by itself.
pub fn motion(room: Room<Encode>) -> AnyView {
    let position = control::<EncodeState>("pos");
    view! {
        <h2>"Motion"</h2>
        {position.map(|row| play_view(room, row))}
    }
    .into_any()
}

/// One button per curve that takes it away, and one that adds the dimension that is read.
fn chips(room: Room<Encode>) -> AnyView {
    let toggle = move |dim: usize| room.state.update(|state| state.toggle_curve(dim));
    let shown = move || {
        room.state
            .read()
            .curves()
            .into_iter()
            .enumerate()
            .map(|(idx, dim)| {
                view! {
                    <li>
                        <button
                            type="button"
                            class=format!("chip series-{}", idx + 1)
                            aria-label=format!("Remove the curve of dimension {dim}")
                            on:click=move |_| toggle(dim)
                        >{dim}<span aria-hidden="true">" ×"</span></button>
                    </li>
                }
            })
            .collect_view()
    };
    let read_dim = Memo::new(move |_| room.state.read().dimension());
    let can_add = Memo::new(move |_| !room.state.read().curves().contains(&read_dim.get()));
    view! {
        <ul class="chips control">
            {shown}
            <li hidden=move || !can_add.get()>
                <button type="button" class="chip chip-add" on:click=move |_| toggle(read_dim.get_untracked())>
                    {move || format!("+ dimension {}", read_dim.get())}
                </button>
            </li>
        </ul>
    }
    .into_any()
}
