//! Questions that people ask of a part's subject, each with a link to the state that answers it.

use leptos::prelude::*;
use rooms::address;
use rooms::room::Question;
use rooms::settings::write_pairs;

use crate::browser::dom::{Part, Press, on_press};
use crate::browser::page::show_by_id;
use crate::ui::follow::follow;
use crate::ui::html::{hold, html_view};
use crate::ui::page::Page;
use crate::ui::text::push_escaped;

/// The questions of the part of a room. A click on one sets the room up and shows the figure that answers.
pub fn questions_view(
    page: Page,
    (slug, part): (&'static str, &'static str),
    questions: &'static [Question],
) -> AnyView {
    let mut html = String::from(
        "<section aria-labelledby=\"questions-title\"><h2 id=\"questions-title\">Questions people ask</h2><dl>",
    );
    for Question {
        asked,
        answer,
        figure_id,
        ..
    } in questions
    {
        html.push_str("<dt><a data-do=\"");
        html.push_str(figure_id);
        html.push_str("\">");
        push_escaped(&mut html, asked);
        html.push_str("</a></dt><dd>");
        push_escaped(&mut html, answer);
        html.push_str("</dd>");
    }
    html.push_str("</dl></section>");
    html_view("questions", html, move |root| {
        let links: Vec<Part> = (1..=questions.len())
            .filter_map(|nth| root.find(&format!("dt:nth-of-type({nth}) a")))
            .collect();
        follow(move || {
            let page_pairs = page.state.with(write_pairs);
            for (link, question) in links.iter().zip(questions) {
                let pairs = question
                    .pairs(part)
                    .chain(page_pairs.iter().map(|(key, value)| (*key, value.as_str())));
                link.set("href", &address::fragment(slug, pairs));
            }
        });
        hold(on_press(&root, |press| {
            if let Press::Button(figure_id) = press {
                show_by_id(&figure_id);
            }
            // The link is followed as any other.
            false
        }));
    })
}
