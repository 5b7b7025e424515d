//! A button that opens a short menu, by the pattern that screen readers know as a menu button.

use leptos::{ev, html, prelude::*};

use crate::browser::page::{focus_first_in, focus_next_in, holds_focus};

/// One entry of a menu.
pub struct MenuItem {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub act: Box<dyn Fn()>,
}

/// A quiet icon button named `name` that opens a menu of `items`.
pub fn menu_view(name: &'static str, icon: AnyView, items: Vec<MenuItem>) -> AnyView {
    let open = RwSignal::new(false);
    let button = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    let close_and_return = move || {
        open.set(false);
        if let Some(button) = button.get_untracked() {
            button.focus().ok();
        }
    };
    // After the list is in the page: a hidden element takes no focus.
    Effect::new(move || {
        if open.get()
            && let Some(list) = list.get()
        {
            focus_first_in(&list);
        }
    });
    let on_keydown = move |event: ev::KeyboardEvent| {
        let Some(list) = list.get_untracked() else {
            return;
        };
        match event.key().as_str() {
            "Escape" => close_and_return(),
            "ArrowDown" => focus_next_in(&list, 1),
            "ArrowUp" => focus_next_in(&list, -1),
            "Tab" => return open.set(false),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    };
    // Focus leaves one entry before it reaches the next one: only what happens after that counts.
    let on_focusout = move |event: ev::FocusEvent| {
        let goes_to = event.related_target();
        if let Some(list) = list.get_untracked()
            && !holds_focus(&list, goes_to.as_ref())
            && !button
                .get_untracked()
                .is_some_and(|button| holds_focus(&button, goes_to.as_ref()))
        {
            open.set(false);
        }
    };
    let rows: Vec<_> = items
        .into_iter()
        .map(|MenuItem { name, act }| {
            view! {
                <button
                    type="button"
                    role="menuitem"
                    tabindex="-1"
                    on:click=move |_| {
                        close_and_return();
                        act();
                    }
                >
                    {name}
                </button>
            }
        })
        .collect();
    view! {
        <div class="menu">
            <button
                type="button"
                class="icon"
                title=name
                aria-label=name
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                node_ref=button
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {icon}
            </button>
            <div
                class="menu-list"
                role="menu"
                aria-label=name
                hidden=move || !open.get()
                node_ref=list
                on:keydown=on_keydown
                on:focusout=on_focusout
            >
                {rows}
            </div>
        </div>
    }
    .into_any()
}
