//! Words with bold parts.

use leptos::prelude::*;

/// Shows text in which `**…**` marks what is set in bold.
pub fn rich_view(text: &str) -> Vec<AnyView> {
    text.split("**")
        .enumerate()
        .filter(|(_, part)| !part.is_empty())
        .map(|(idx, part)| {
            let part = part.to_owned();
            if idx % 2 == 1 { view! { <b>{part}</b> }.into_any() } else { part.into_any() }
        })
        .collect()
}

/// The same text without marks, for labels.
pub fn plain(text: &str) -> String {
    text.replace("**", "")
}
