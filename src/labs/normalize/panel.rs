//! Normalize's controls: the table's rows, a new seed, and the shape of custom values.

use leptos::prelude::*;
use maths::inputs::Distribution;

use super::Normalize;
use super::scene::shape::{undo_rows, undoing};
use super::state::{
    MISTAKES, MOST_BYTES, NormName, NormalizeState, mistake_idx, next_asked, too_large, unreadable,
};
use super::story::{mistakes as story, shape::undo_notice};
use crate::settings::{Notice, control};
use crate::ui::controls::group_view;
use crate::ui::play::{Motion, play_view};
use crate::ui::quiz::{Quiz, quiz_view};
use crate::ui::room::Room;
use crate::ui::values::{Given, Shown, values_view};

/// How many seeds the table allows.
const N_SEEDS: u64 = 10_000;

/// How the steps follow each other.
const STEPS: Motion<NormalizeState> = Motion {
    first_speed: 1,
    is_endless: false,
    glide: Some(|state, part| state.glide = part),
};

/// The controls of the steps.
pub fn steps(room: Room<Normalize>) -> AnyView {
    let experiments = view! {
        <div class="control actions">
            {one_hot(room, NormalizeState::take_one_hot)}
        </div>
        {group_view(room, "Step by step")}
        {control::<NormalizeState>("shown").map(|row| play_view(room, row, &STEPS))}
    };
    block(room, experiments.into_any())
}

/// The button that takes the smallest input on which n and n − 1 differ visibly.
fn one_hot(room: Room<Normalize>, take: fn(&mut NormalizeState)) -> AnyView {
    view! {
        <button type="button" on:click=move |_| room.state.update(take)>"n or n − 1 on [1, 0, 0, 0]"</button>
    }
    .into_any()
}

/// The controls of the norm, what else is asked of it, the block, and what is read.
fn block(room: Room<Normalize>, experiments: AnyView) -> AnyView {
    let affine = Memo::new(move |_| room.state.read().affine);
    let randomise = move |_| room.state.update(NormalizeState::randomise_affine);
    let reset = move |_| room.state.update(NormalizeState::reset_affine);
    view! {
        {group_view(room, "Normalization")}
        {experiments}
        {group_view(room, "Per feature")}
        <div class="control actions" hidden=move || !affine.get()>
            <button type="button" on:click=randomise>"By the seed"</button>
            <button type="button" on:click=reset>"All the same"</button>
        </div>
        {input(room)}
        {group_view(room, "Reading")}
    }
    .into_any()
}

/// The controls of the input: the table's rows, values of one's own, a new seed.
fn input(room: Room<Normalize>) -> AnyView {
    let input = Memo::new(move |_| room.state.read().input);
    let is_custom = move || input.get() == Distribution::Custom;
    let has_noise = move || !is_custom() && input.get() != Distribution::Constant;
    let next_seed = move |_| {
        room.state
            .update(|state| state.seed = (state.seed + 1) % N_SEEDS);
    };
    let fit = move |_| {
        room.state.update(|state| {
            state.fit_shape_to_values();
        });
    };
    view! {
        {group_view(room, "Input")}
        <div hidden=move || !is_custom()>{values(room)}</div>
        <div class="control actions">
            <button type="button" hidden=move || !has_noise() on:click=next_seed>"Other noise"</button>
            <button type="button" hidden=move || !is_custom() on:click=fit>"Shape of the values"</button>
        </div>
    }
    .into_any()
}

/// The controls of the axes.
pub fn axes(room: Room<Normalize>) -> AnyView {
    view! {
        {group_view(room, "Normalization")}
        {group_view(room, "Change")}
        {input(room)}
        {group_view(room, "Reading")}
    }
    .into_any()
}

/// The controls of gradients.
pub fn gradient(room: Room<Normalize>) -> AnyView {
    view! {
        {group_view(room, "Gradient")}
        {group_view(room, "Scale and shift")}
        {block(room, ().into_any())}
    }
    .into_any()
}

/// The controls of the batch.
pub fn batch(room: Room<Normalize>) -> AnyView {
    view! {
        {group_view(room, "Batch")}
        {group_view(room, "Normalization")}
        {input(room)}
    }
    .into_any()
}

/// The controls of shape.
pub fn shape(room: Room<Normalize>) -> AnyView {
    let row = Memo::new(move |_| undo_rows(&room.state.read())[0]);
    // All other norms have a σ and a μ of each feature.
    let can_undo = Memo::new(move |_| {
        let norm = room.state.read().norm;
        matches!(norm, NormName::Layer | NormName::Rms)
    });
    let undo = move |_| {
        let mut state = room.state.get_untracked();
        let notice = undo_token(&mut state);
        room.page.note("gamma", None);
        room.page.note("beta", None);
        room.page.note("undo", notice);
        room.state.set(state);
    };
    view! {
        {group_view(room, "Space")}
        {group_view(room, "Scale and shift")}
        <div class="control actions" hidden=move || !can_undo.get()>
            <button type="button" on:click=undo>{move || format!("γ and β that undo token {}", row.get())}</button>
        </div>
        {block(room, ().into_any())}
    }
    .into_any()
}

/// The mistake, the quiz about it, and the smallest input on which n and n − 1 differ visibly.
pub fn mistakes(room: Room<Normalize>) -> AnyView {
    let quiz = Memo::new(move |_| {
        room.state.with(|state| {
            state.quiz.map_or_else(Quiz::default, |bug| Quiz {
                question: story::QUIZ.to_owned(),
                options: MISTAKES.map(|bug| story::wrong_line(bug).to_owned()).into(),
                is_code: true,
                right: mistake_idx(bug),
                explanation: story::explanation(state, bug),
            })
        })
    });
    let answer = Memo::new(move |_| room.state.read().answer);
    let give = Callback::new(move |idx| room.state.update(|state| state.answer = Some(idx)));
    let another = Callback::new(move |()| {
        room.state.update(|state| {
            state.quiz = state.quiz.and_then(next_asked);
            state.answer = None;
        });
    });
    let is_asking = Memo::new(move |_| room.state.read().quiz.is_some());
    view! {
        {group_view(room, "Mistakes")}
        {move || is_asking.get().then(|| quiz_view(quiz, answer, give, another))}
        <div class="control actions" hidden=move || is_asking.get()>
            {one_hot(room, NormalizeState::try_one_hot)}
        </div>
        {block(room, ().into_any())}
    }
    .into_any()
}

/// Gives all features the γ and the β that take the norm back for the token that is read; says where their ranges do
/// not reach so far.
fn undo_token(state: &mut NormalizeState) -> Option<Notice> {
    let [gamma, beta] = undoing(state)?;
    state.set_affine(gamma, beta);
    undo_notice(state, [gamma, beta])
}

/// The field of custom values.
fn values(room: Room<Normalize>) -> AnyView {
    let shown = Memo::new(move |_| {
        room.state.with(|state| {
            let is_linked = state.values.is_linked();
            Shown {
                text: if is_linked {
                    state.values.text()
                } else {
                    String::new()
                },
                note: if is_linked {
                    String::new()
                } else {
                    state.values.note()
                },
            }
        })
    });
    let give = Callback::new(move |given| {
        let mut state = room.state.get_untracked();
        let notice = match given {
            // Nothing in the field stands for what is in memory.
            Given::Text(text) if text.is_empty() && !state.values.is_linked() => None,
            Given::Text(text) => state.take_text(&text),
            Given::File(name, bytes) => state.take_file(&name, &bytes),
            Given::TooLarge(name, n_bytes) => Some(too_large(&name, n_bytes)),
            Given::Unreadable(name) => Some(unreadable(&name)),
        };
        if room.state.with_untracked(|now| *now != state) {
            room.state.set(state);
        }
        // The link may have left a notice under the key, the field leaves it under the name.
        room.page.note("values", None);
        room.page.note("Values", notice);
        room.used("values");
    });
    values_view("Values", shown, MOST_BYTES, give)
}
