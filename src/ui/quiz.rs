//! A question with a few answers: one is picked and given, then the right one is shown with its reason. Nothing is
//! given away before.

use leptos::{html, prelude::*};

use crate::ui::text::rich_html;

/// A question. What it is about is the caller's business: it is text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quiz {
    /// What is asked.
    pub question: String,
    /// What can be answered, in the order of the list.
    pub options: Vec<String>,
    /// Whether these are lines of code.
    pub is_code: bool,
    /// The number of the right one.
    pub right: usize,
    /// Why it is right, said only after an answer; `*…*` marks what is set in bold.
    pub explanation: String,
}

/// The answers as radio buttons, a button that gives the picked one, and after that the right one and why.
///
/// `answer` is what was given, `None` as long as nothing was; `give` takes an answer, `another` goes to another
/// question.
pub fn quiz_view(
    quiz: Memo<Quiz>,
    answer: Memo<Option<usize>>,
    give: Callback<usize>,
    another: Callback<()>,
) -> AnyView {
    let picked = RwSignal::new(None::<usize>);
    // Another question begins without an answer.
    Effect::new(move || {
        quiz.track();
        picked.set(answer.get_untracked());
    });
    let is_answered = move || answer.get().is_some();
    let legend = NodeRef::<html::Legend>::new();
    let options = move || {
        let Quiz {
            options, is_code, ..
        } = quiz.get();
        options
            .into_iter()
            .enumerate()
            .map(|(idx, option)| option_view((idx, option, is_code), (quiz, answer, picked)))
            .collect::<Vec<_>>()
    };
    let said = move || {
        answer.get().map_or_else(String::new, |given| {
            quiz.with(|quiz| {
                let verdict = if given == quiz.right {
                    "*Right.* "
                } else {
                    "*Not this one.* "
                };
                rich_html(&[verdict, &quiz.explanation].concat())
            })
        })
    };
    let next = move |_| {
        another.run(());
        // The button that had the focus is gone.
        if let Some(legend) = legend.get_untracked() {
            legend.focus().ok();
        }
    };
    view! {
        <fieldset class="quiz">
            <legend node_ref=legend tabindex="-1">{move || quiz.with(|quiz| quiz.question.clone())}</legend>
            {options}
            <button
                type="button"
                class="button primary"
                hidden=is_answered
                disabled=move || picked.get().is_none()
                on:click=move |_| {
                    if let Some(idx) = picked.get_untracked() {
                        give.run(idx);
                    }
                }
            >"Answer"</button>
            <p class="quiz-said" role="status" inner_html=said></p>
            <button type="button" class="button" hidden=move || !is_answered() on:click=next>"Another one"</button>
        </fieldset>
    }
    .into_any()
}

/// One answer. What it turned out to be stands beside it in words, not only in colour.
fn option_view(
    (idx, option, is_code): (usize, String, bool),
    (quiz, answer, picked): (Memo<Quiz>, Memo<Option<usize>>, RwSignal<Option<usize>>),
) -> AnyView {
    let mark = move || match answer.get() {
        Some(_) if quiz.with(|quiz| quiz.right) == idx => "✓ this one",
        Some(given) if given == idx => "✗ your answer",
        _ => "",
    };
    let text = if is_code {
        view! { <code>{option}</code> }.into_any()
    } else {
        view! { <span>{option}</span> }.into_any()
    };
    view! {
        <label class="quiz-option">
            <input
                type="radio"
                name="quiz"
                prop:checked=move || picked.get() == Some(idx)
                disabled=move || answer.get().is_some()
                on:change=move |_| picked.set(Some(idx))
            />
            {text}
            <b>{mark}</b>
        </label>
    }
    .into_any()
}
