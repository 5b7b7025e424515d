//! A question with a few answers: one is picked and given, as often as three times, each wrong one with what it would do; then
//! the right one is shown with its reason. Nothing is given away before.
//!
//! Words that change are set as what an element says, not as a text node of its own: browsers that translate a page put
//! others in the place of its text nodes, and what is written into the old ones is never seen.

use leptos::{html, prelude::*};
use rooms::quiz::{Answer, Quiz, Sheet};
use rooms::room::Lab;

use crate::browser::dom::Part;
use crate::ui::follow::{follow, memo, view_of};
use crate::ui::room::Room;
use crate::ui::text::rich_html;

/// The question of a quiz, while one is asked.
pub fn quiz_view<L: Lab>(room: Room<L>, quiz: &'static Quiz<L::State>) -> AnyView {
    let sheet = memo(move || room.state.with(quiz.sheet));
    let give = Callback::new(move |idx| {
        room.state
            .update(|state| (quiz.quizzing)(state).answer(idx));
    });
    let another = Callback::new(move |()| {
        room.state.update(|state| (quiz.quizzing)(state).another());
    });
    let is_asking = memo(move || sheet.with(Option::is_some));
    view_of(move || is_asking.get().then(|| sheet_view(sheet, give, another)))
}

/// What is said of the answers so far.
fn verdict_of(sheet: &Sheet) -> String {
    let (beginning, rest) = match sheet.answer {
        Some(given) if given == sheet.right => ("*Right.* ", sheet.explanation.as_str()),
        Some(_) => (
            "*Not this one either.* The answer: ",
            sheet.explanation.as_str(),
        ),
        None if sheet.tried.is_empty() => (
            "",
            "Look at what differs, then pick a line. You have three tries.",
        ),
        None => (
            "*Not this one.* That line would do something else: ",
            sheet.hint.as_str(),
        ),
    };
    let left = match (sheet.answer, sheet.n_left()) {
        (None, 2) => " Two tries are left.",
        (None, 1) => " One try is left.",
        _ => "",
    };
    rich_html(&[beginning, rest, left].concat())
}

/// The answers as radio buttons, a button that gives the picked one, and what is said of it.
///
/// `give` takes an answer, `another` goes to another question.
fn sheet_view(sheet: Memo<Option<Sheet>>, give: Callback<usize>, another: Callback<()>) -> AnyView {
    let now = memo(move || sheet.get().unwrap_or_default());
    let question = memo(move || {
        let Sheet {
            question,
            options,
            right,
            is_code,
            ..
        } = now.get();
        (question, options, right, is_code)
    });
    let picked = RwSignal::new(None::<usize>);
    // Another question, or another try, begins without an answer.
    follow(move || {
        let is_open = now.with(|now| now.answer.is_none());
        if is_open {
            picked.set(None);
        }
    });
    let is_answered = move || now.with(|now| now.answer.is_some());
    let legend = NodeRef::<html::Legend>::new();
    let options = move || {
        let (_, options, _, is_code) = question.get();
        options
            .into_iter()
            .map(|option| option_view((option, is_code), (now, picked)))
            .collect::<Vec<_>>()
    };
    let verdict = NodeRef::<html::Div>::new();
    follow(move || {
        if let Some(verdict) = verdict.get() {
            Part::from(verdict).set_html(&now.with(verdict_of));
        }
    });
    let next = move |_| {
        another.run(());
        // The button that had the focus is gone.
        if let Some(legend) = legend.get_untracked() {
            legend.focus().ok();
        }
    };
    view! {
        <fieldset class="quiz">
            <legend
                node_ref=legend
                tabindex="-1"
                prop:textContent=move || question.with(|(question, ..)| question.clone())
            ></legend>
            <div class="quiz-options">{options}</div>
            <div class="quiz-acts">
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
                <button type="button" class="button" hidden=move || !is_answered() on:click=next>"Another one"</button>
            </div>
            <div class="quiz-verdict" role="status" node_ref=verdict></div>
        </fieldset>
    }
    .into_any()
}

/// One answer. What it turned out to be stands beside it in words, not only in colour.
fn option_view(
    (Answer { idx, text }, is_code): (Answer, bool),
    (now, picked): (Memo<Sheet>, RwSignal<Option<usize>>),
) -> AnyView {
    let is_tried = move || now.with(|now| now.tried.contains(&idx));
    let mark = move || {
        now.with(|now| match now.answer {
            Some(_) if now.right == idx => "✓ this one",
            Some(given) if given == idx => "✗ your answer",
            _ if now.tried.contains(&idx) => "✗ not this one",
            _ => "",
        })
    };
    let text = if is_code {
        view! { <code>{text}</code> }.into_any()
    } else {
        view! { <span>{text}</span> }.into_any()
    };
    view! {
        <label class="quiz-option">
            <input
                type="radio"
                name="quiz"
                prop:checked=move || picked.get() == Some(idx)
                disabled=move || is_tried() || now.with(|now| now.answer.is_some())
                on:change=move |_| picked.set(Some(idx))
            />
            <b prop:textContent=mark></b>
            {text}
        </label>
    }
    .into_any()
}
