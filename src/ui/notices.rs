//! Notices: what could not be used as it was given, visible and dismissible, never in the way.

use leptos::prelude::*;

use crate::ui::page::Page;

/// How many notices are shown at once: the figures must stay in sight.
const MOST_SHOWN: usize = 4;

/// The list of notices; empty, it takes no room.
pub fn notices_view(page: Page) -> impl IntoView {
    let rows = move || {
        page.notices
            .get()
            .into_iter()
            .take(MOST_SHOWN)
            .map(|notice| {
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
            })
            .collect_view()
    };
    let n_more = move || page.notices.read().len().saturating_sub(MOST_SHOWN);
    view! {
        <ul>{rows}</ul>
        <p hidden=move || n_more() == 0>{move || format!("{} more like these.", n_more())}</p>
    }
}
