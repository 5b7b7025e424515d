//! Notices: what could not be used as it was given, visible and dismissible, never in the way.

use leptos::prelude::*;

use crate::browser::dom::{Press, on_press};
use crate::ui::follow::follow;
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::page::Page;
use crate::ui::text::push_escaped;
use rooms::settings::Notice;

/// How many notices are shown at once: the figures must stay in sight.
const MOST_SHOWN: usize = 4;

/// The list of notices; empty, it takes no room.
pub fn notices_view(page: Page) -> AnyView {
    html_view(CONTENTS, String::new(), move |root| {
        hold(on_press(&root, move |press| {
            if let Press::Button(key) = press {
                page.note(&key, None);
                return true;
            }
            false
        }));
        follow(move || root.set_html(&notices_html(&page.notices.read())));
    })
}

fn notices_html(notices: &[Notice]) -> String {
    let mut html = String::from("<ul>");
    for notice in notices.iter().take(MOST_SHOWN) {
        html.push_str("<li class=\"notice\"><span>");
        push_escaped(&mut html, &notice.to_string());
        html.push_str("</span><button type=\"button\" aria-label=\"Dismiss the notice about ");
        push_escaped(&mut html, &notice.key);
        html.push_str("\" data-do=\"");
        push_escaped(&mut html, &notice.key);
        html.push_str("\">×</button></li>");
    }
    html.push_str("</ul>");
    let n_more = notices.len().saturating_sub(MOST_SHOWN);
    if n_more > 0 {
        html.push_str("<p>");
        html.push_str(&n_more.to_string());
        html.push_str(" more, about");
        for (idx, notice) in notices[MOST_SHOWN..].iter().enumerate() {
            html.push_str(if idx == 0 { " " } else { ", " });
            push_escaped(&mut html, &notice.key);
        }
        html.push_str(".</p>");
    }
    html
}
