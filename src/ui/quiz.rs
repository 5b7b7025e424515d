//! A question with a few answers: one is picked and given, then the right one is shown with its reason. Nothing is
//! given away before.
//!
//! Words that change are set as what an element says, not as a text node of its own: browsers that translate a page put
//! others in the place of its text nodes, and what is written into the old ones is never seen.

use leptos::{html, prelude::*};
use rooms::quiz::{Quiz, Sheet};
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

/// The answers as radio buttons, a button that gives the picked one, and after that the right one and why.
///
/// `give` takes an answer, `another` goes to another question.
fn sheet_view(sheet: Memo<Option<Sheet>>, give: Callback<usize>, another: Callback<()>) -> AnyView {
    let quiz = memo(move || {
        sheet.get().map_or_else(Sheet::default, |sheet| Sheet {
            answer: None,
            ..sheet
        })
    });
    let answer = memo(move || sheet.with(|sheet| sheet.as_ref()?.answer));
    let picked = RwSignal::new(None::<usize>);
    // Another question begins without an answer.
    follow(move || {
        quiz.track();
        picked.set(answer.get_untracked());
    });
    let is_answered = move || answer.get().is_some();
    let legend = NodeRef::<html::Legend>::new();
    let options = move || {
        let Sheet {
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
                let beginning = if given == quiz.right {
                    "*Right.* "
                } else {
                    "*Not this one.* "
                };
                rich_html(&[beginning, &quiz.explanation].concat())
            })
        })
    };
    let verdict = NodeRef::<html::Div>::new();
    follow(move || {
        if let Some(verdict) = verdict.get() {
            Part::from(verdict).set_html(&said());
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
                prop:textContent=move || quiz.with(|quiz| quiz.question.clone())
            ></legend>
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
            <div role="status" node_ref=verdict></div>
            <button type="button" class="button" hidden=move || !is_answered() on:click=next>"Another one"</button>
        </fieldset>
    }
    .into_any()
}

/// One answer. What it turned out to be stands beside it in words, not only in colour.
fn option_view(
    (idx, option, is_code): (usize, String, bool),
    (quiz, answer, picked): (Memo<Sheet>, Memo<Option<usize>>, RwSignal<Option<usize>>),
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
            <b prop:textContent=mark></b>
        </label>
    }
    .into_any()
}
