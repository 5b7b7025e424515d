//! Notices: what could not be used as it was given, visible and dismissible, never in the way.

use leptos::prelude::*;

use crate::ui::page::Page;

/// The list of notices; empty, it takes no room.
pub fn notices_view(page: Page) -> impl IntoView {
    let rows = move || {
        page.notices.get().into_iter().map(|notice| {
            let key = notice.key.clone();
            view! {
                <li class="notice">
                    <span>{notice.to_string()}</span>
                    <button
                        type="button"
                        class="quiet"
                        aria-label=format!("Dismiss the notice about {key}")
                        on:click=move |_| page.note(&key, None)
                    >"×"</button>
                </li>
            }
        }).collect_view()
    };
    view! { <ul>{rows}</ul> }
}
