//! A number that moves by itself: play, pause, a step back and forward, and how fast.

use leptos::{ev, prelude::*};
use rooms::desk::Play;
use rooms::room::Lab;
use rooms::settings::{Kind, control};

use crate::browser::frame::FrameTask;
use crate::browser::page::wants_less_motion;
use crate::browser::timing::now_ms;
use crate::ui::room::Room;

/// Steps per second that can be chosen.
const SPEEDS: [u32; 5] = [1, 2, 5, 10, 30];

/// After a pause of the page, such as in a hidden tab, at most this much is made up for.
const LONGEST_FRAME_MS: f64 = 250.0;

/// What part of a step's time is the way to it; for the rest it stands, to be read.
const GLIDING: f64 = 0.6;

/// Buttons that move a number control of the room from one end of its range to the other, in steps of one.
///
/// Nothing moves before someone presses a button, so that nobody who asked for less motion gets any unasked. It
/// stops with Pause and when the part is left. Beyond an end the buttons go on at the other.
pub fn play_view<L: Lab>(room: Room<L>, play: &'static Play<L::State>) -> AnyView {
    let Some(row) = control::<L::State>(play.key) else {
        return ().into_any();
    };
    let Kind::Number(number) = &row.kind else {
        return ().into_any();
    };
    let is_playing = RwSignal::new(false);
    let speed = RwSignal::new(play.first_speed);
    let glide = play.glide.filter(|_| !wants_less_motion());
    let is_at_end = move || {
        room.state.with_untracked(|state| {
            let (_, max) = number.limits(state);
            (number.get)(state) >= max
        })
    };
    // What comes before what: a step forward glides, one back and one to the other end jump.
    let step = move |by: f64| {
        room.state.update(|state| {
            let (min, max) = number.limits(state);
            let next = (number.get)(state) + by;
            let is_inside = (min..=max).contains(&next);
            let wrapped = if next > max { min } else { max };
            number.moved(state, if is_inside { next } else { wrapped });
            if let Some(glide) = glide.filter(|_| is_inside && by > 0.0) {
                glide(state, 0.0);
            }
        });
    };
    // When the last frame was, and how much of a step has passed since the last one.
    let clock = StoredValue::new_local((0.0, 0.0));
    let is_gliding = StoredValue::new_local(false);
    let ticking = StoredValue::new_local(None::<FrameTask>);
    let ask = move || ticking.with_value(|task| task.iter().for_each(FrameTask::ask));
    let arrive = move || {
        if is_gliding.get_value()
            && let Some(glide) = glide
        {
            is_gliding.set_value(false);
            room.state.update(|state| glide(state, 1.0));
        }
    };
    let tick = move || {
        // The view is gone with its part: then so is the signal, and nothing asks for the next frame.
        let Some(plays) = is_playing.try_get_untracked() else {
            return;
        };
        if !plays && !is_gliding.get_value() {
            return;
        }
        let (before, passed) = clock.get_value();
        let now = now_ms();
        let elapsed = (now - before).clamp(0.0, LONGEST_FRAME_MS);
        let mut passed = passed + elapsed * f64::from(speed.get_untracked()) / 1000.0;
        while plays && passed >= 1.0 {
            passed -= 1.0;
            arrive();
            step(1.0);
            is_gliding.set_value(glide.is_some());
        }
        clock.set_value((now, passed));
        if passed >= GLIDING {
            arrive();
            if plays && !play.is_endless && is_at_end() {
                is_playing.set(false);
            }
        } else if is_gliding.get_value()
            && let Some(glide) = glide
        {
            room.state.update(|state| glide(state, passed / GLIDING));
        }
        ask();
    };
    ticking.set_value(Some(FrameTask::new(tick)));
    let begin = move |by: f64| {
        arrive();
        step(by);
        is_gliding.set_value(glide.is_some() && by > 0.0);
        clock.set_value((now_ms(), 0.0));
        ask();
    };
    let toggle = move |_: ev::MouseEvent| {
        is_playing.update(|is| *is = !*is);
        if is_playing.get_untracked() {
            begin(1.0);
        } else {
            arrive();
        }
    };
    let choose = move |event: ev::Event| {
        speed.set(
            event_target_value(&event)
                .parse()
                .unwrap_or(play.first_speed),
        );
    };
    let options = SPEEDS.map(|per_second| {
        let value = per_second.to_string();
        view! {
            <option value=value selected=per_second == play.first_speed>{format!("{per_second} / s")}</option>
        }
        .into_any()
    });
    let name = row.name;
    let heading = (!play.heading.is_empty()).then(|| view! { <h2>{play.heading}</h2> }.into_any());
    view! {
        {heading}
        <div class="play control" role="group" aria-label=format!("Move {name}")>
            <button type="button" class="chip" aria-label="Step back" title="Step back" on:click=move |_| begin(-1.0)>
                "‹"
            </button>
            <button
                type="button"
                class="chip play-toggle"
                on:click=toggle
                prop:textContent=move || if is_playing.get() { "Pause" } else { "Play" }
            ></button>
            <button
                type="button"
                class="chip"
                aria-label="Step forward"
                title="Step forward"
                on:click=move |_| begin(1.0)
            >
                "›"
            </button>
            <select aria-label=format!("Speed of {name}") on:change=choose>{Vec::from(options)}</select>
        </div>
    }
    .into_any()
}
