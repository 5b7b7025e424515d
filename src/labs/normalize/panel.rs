//! Normalize's controls: the table's rows, a new seed, and the shape of custom values.

use leptos::prelude::*;
use maths::inputs::Distribution;

use super::Normalize;
use super::state::{MISTAKES, NormalizeState, mistake_idx, next_asked};
use super::story::mistakes as story;
use crate::ui::controls::group_view;
use crate::ui::quiz::{Quiz, quiz_view};
use crate::ui::room::Room;

/// How many seeds the table allows.
const N_SEEDS: u64 = 10_000;

/// The controls of the steps.
pub fn steps(room: Room<Normalize>) -> AnyView {
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
    let affine = Memo::new(move |_| room.state.read().affine);
    let randomise = move |_| room.state.update(NormalizeState::randomise_affine);
    let reset = move |_| room.state.update(NormalizeState::reset_affine);
    view! {
        {group_view(room, "Normalization")}
        {group_view(room, "Per feature")}
        <div class="control actions" hidden=move || !affine.get()>
            <button type="button" on:click=randomise>"By the seed"</button>
            <button type="button" on:click=reset>"All the same"</button>
        </div>
        {group_view(room, "Input")}
        <div class="control actions">
            <button type="button" hidden=move || !has_noise() on:click=next_seed>"Other noise"</button>
            <button type="button" hidden=move || !is_custom() on:click=fit>"Shape of the values"</button>
        </div>
        {group_view(room, "Reading")}
    }
    .into_any()
}

/// The controls of the axes.
pub fn axes(room: Room<Normalize>) -> AnyView {
    view! {
        {group_view(room, "Normalization")}
        {group_view(room, "Change")}
        {group_view(room, "Input")}
        {group_view(room, "Reading")}
    }
    .into_any()
}

/// The controls of gradients.
pub fn gradient(room: Room<Normalize>) -> AnyView {
    view! {
        {group_view(room, "Gradient")}
        {group_view(room, "Scale and shift")}
        {steps(room)}
    }
    .into_any()
}

/// The controls of the batch.
pub fn batch(room: Room<Normalize>) -> AnyView {
    view! {
        {group_view(room, "Batch")}
        {group_view(room, "Normalization")}
        {group_view(room, "Input")}
    }
    .into_any()
}

/// The controls of shape.
pub fn shape(room: Room<Normalize>) -> AnyView {
    view! {
        {group_view(room, "Space")}
        {group_view(room, "Scale and shift")}
        {steps(room)}
    }
    .into_any()
}

/// The mistake, the quiz about it, and the smallest input on which n and n − 1 differ visibly.
pub fn mistakes(room: Room<Normalize>) -> AnyView {
    let quiz = Memo::new(move |_| {
        room.state.with(|state| {
            state.quiz.map_or_else(Quiz::default, |bug| Quiz {
                question: story::QUESTION.to_owned(),
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
    let one_hot = move |_| room.state.update(NormalizeState::try_one_hot);
    view! {
        {group_view(room, "Mistakes")}
        {move || is_asking.get().then(|| quiz_view(quiz, answer, give, another))}
        <div class="control actions" hidden=move || is_asking.get()>
            <button type="button" on:click=one_hot>"n or n − 1 on [1, 0, 0, 0]"</button>
        </div>
        {steps(room)}
    }
    .into_any()
}
