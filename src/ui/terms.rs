//! Terms that texts mark are explained beside them: when a pointer is over one, when it has the focus, when a finger is on it.
//!
//! What they mean, and how it is shown, is fetched when somebody first comes to one.

use std::cell::{Cell, RefCell};

use leptos::task::spawn_local;
use rooms::glossary;

use crate::browser::dom::Part;
use crate::browser::late::late;
use crate::browser::near::{Near, hide_card, on_near, on_term, show_card};
use crate::ui::text::push_escaped;

thread_local! {
    /// Whether the meanings are there or on their way.
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
    /// The term that is explained.
    static SHOWN: RefCell<Option<Part>> = const { RefCell::new(None) };
}

/// Explains terms from now on. What did not arrive is asked for again at the next term.
pub fn explain_terms() {
    on_term(|term| {
        if !IS_ASKED.replace(true) {
            spawn_local(async move { IS_ASKED.set(begin(term).await.is_ok()) });
        }
    });
}

late! {
    glossary,
    /// Explains this term, and all others that somebody comes to.
    fn begin(term: Part) -> () {
        show(term);
        on_near(|near| match near {
            Near::Comes(term) => {
                show(term);
                true
            }
            Near::Leaves => {
                // With the focus on a term, the keyboard is there.
                let stays = SHOWN.with_borrow(|shown| shown.as_ref().is_some_and(Part::is_focused));
                !stays && hide()
            }
            Near::Done => hide(),
        });
    }
}

/// Explains a term; one that is nobody's is left alone.
fn show(term: Part) {
    let Some(meant) = term.get("data-term").and_then(|slug| glossary::find(&slug)) else {
        return;
    };
    if SHOWN.with_borrow(|shown| shown.as_ref() == Some(&term)) {
        return;
    }
    hide();
    let mut html = String::from("<b>");
    push_escaped(&mut html, meant.name);
    html.push_str("</b> ");
    push_escaped(&mut html, &figures::plain(meant.text));
    if !meant.source.is_empty() {
        html.push_str(" <i>");
        push_escaped(&mut html, meant.source);
        html.push_str("</i>");
    }
    show_card(&term, &html);
    SHOWN.set(Some(term));
}

/// Hides what is shown; says whether anything was.
fn hide() -> bool {
    let Some(term) = SHOWN.take() else {
        return false;
    };
    hide_card(&term);
    true
}
