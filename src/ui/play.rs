//! A number that moves by itself: play, pause, a step, and how fast.

use leptos::{ev, prelude::*};

use crate::browser::frame::FrameTask;
use crate::browser::timing::now_ms;
use crate::labs::Lab;
use crate::settings::{Control, Kind};
use crate::ui::room::Room;

/// Steps per second that can be chosen.
const SPEEDS: [u32; 5] = [1, 2, 5, 10, 30];

/// The one chosen at first.
const FIRST_SPEED: u32 = 5;

/// After a pause of the page, such as in a hidden tab, at most this much is made up for.
const LONGEST_FRAME_MS: f64 = 250.0;

/// Buttons that move a number control of the room from one end of its range to the other and begin again.
///
/// Nothing moves before someone presses Play, so that nobody who asked for less motion gets any unasked. It
/// stops with Pause and when the part is left.
pub fn play_view<L: Lab>(room: Room<L>, row: &'static Control<L::State>) -> AnyView {
    let Kind::Number(number) = &row.kind else {
        return ().into_any();
    };
    let is_playing = RwSignal::new(false);
    let speed = RwSignal::new(FIRST_SPEED);
    let step = move || {
        room.state.update(|state| {
            let (min, max) = number.limits(state);
            let next = (number.get)(state) + 1.0;
            number.moved(state, if next > max { min } else { next });
        });
    };
    // When the last frame was, and how much of a step has passed since the last one.
    let clock = StoredValue::new_local((0.0, 0.0));
    let ticking = StoredValue::new_local(None::<FrameTask>);
    let tick = move || {
        // The view is gone with its part: then so is the signal, and nothing asks for the next frame.
        if is_playing.try_get_untracked() != Some(true) {
            return;
        }
        let (before, passed) = clock.get_value();
        let now = now_ms();
        let elapsed = (now - before).clamp(0.0, LONGEST_FRAME_MS);
        let mut passed = passed + elapsed * f64::from(speed.get_untracked()) / 1000.0;
        while passed >= 1.0 {
            passed -= 1.0;
            step();
        }
        clock.set_value((now, passed));
        ticking.with_value(|task| task.iter().for_each(FrameTask::ask));
    };
    ticking.set_value(Some(FrameTask::new(tick)));
    let toggle = move |_: ev::MouseEvent| {
        is_playing.update(|is| *is = !*is);
        clock.set_value((now_ms(), 0.0));
        ticking.with_value(|task| task.iter().for_each(FrameTask::ask));
    };
    let choose = move |event: ev::Event| {
        speed.set(event_target_value(&event).parse().unwrap_or(FIRST_SPEED));
    };
    let options = SPEEDS.map(|per_second| {
        let value = per_second.to_string();
        view! {
            <option value=value selected=per_second == FIRST_SPEED>{format!("{per_second} per second")}</option>
        }
        .into_any()
    });
    let name = row.name;
    view! {
        <div class="play control" role="group" aria-label=format!("Move {name}")>
            <button type="button" class="chip" on:click=toggle>
                {move || if is_playing.get() { "Pause" } else { "Play" }}
            </button>
            <button type="button" class="chip" on:click=move |_| step()>"Step"</button>
            <select aria-label=format!("Speed of {name}") on:change=choose>{Vec::from(options)}</select>
        </div>
    }
    .into_any()
}
