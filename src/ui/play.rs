//! A number that moves by itself, on the figure that it moves: play, pause, a step back and forward, how fast, and what the
//! step did.

use leptos::prelude::*;
use rooms::play::Play;
use rooms::room::Lab;
use rooms::settings::{Control, Kind, Number, control};

use crate::browser::dom::{Part, Press, on_key, on_press};
use crate::browser::fields::{Field, on_field};
use crate::browser::frame::FrameTask;
use crate::browser::page::wants_less_motion;
use crate::browser::timing::now_ms;
use crate::ui::follow::follow;
use crate::ui::html::{Said, hold};
use crate::ui::room::Room;
use crate::ui::text::push_escaped;

/// Steps per second that can be chosen.
const SPEEDS: [u32; 5] = [1, 2, 5, 10, 30];

/// After a pause of the page, such as in a hidden tab, at most this much is made up for.
const LONGEST_FRAME_MS: f64 = 250.0;

/// What part of a step's time is the way to it; for the rest it stands, to be read.
const GLIDING: f64 = 0.6;

/// A number on its way.
struct Motion<L: Lab> {
    room: Room<L>,
    play: &'static Play<L::State>,
    number: &'static Number<L::State>,
    glide: Option<fn(&mut L::State, f64)>,
    speed: RwSignal<u32>,
    /// When the last frame was, and how much of a step has passed since the last one.
    clock: StoredValue<(f64, f64)>,
    is_gliding: StoredValue<bool>,
    ticking: StoredValue<Option<FrameTask>, LocalStorage>,
}

impl<L: Lab> Clone for Motion<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Lab> Copy for Motion<L> {}

impl<L: Lab> Motion<L> {
    fn is_at_end(self) -> bool {
        self.room.state.with_untracked(|state| {
            let (_, max) = self.number.limits(state);
            (self.number.get)(state) >= max
        })
    }

    /// What comes before what: a step forward glides, one back and one to the other end jump.
    fn step(self, by: f64) {
        self.room.state.update(|state| {
            let (min, max) = self.number.limits(state);
            let next = (self.number.get)(state) + by;
            let is_inside = (min..=max).contains(&next);
            let wrapped = if next > max { min } else { max };
            self.number
                .moved(state, if is_inside { next } else { wrapped });
            if let Some(glide) = self.glide.filter(|_| is_inside && by > 0.0) {
                glide(state, 0.0);
            }
        });
    }

    fn ask(self) {
        self.ticking
            .with_value(|task| task.iter().for_each(FrameTask::ask));
    }

    fn arrive(self) {
        if self.is_gliding.get_value()
            && let Some(glide) = self.glide
        {
            self.is_gliding.set_value(false);
            self.room.state.update(|state| glide(state, 1.0));
        }
    }

    fn begin(self, by: f64) {
        self.arrive();
        self.step(by);
        self.is_gliding.set_value(self.glide.is_some() && by > 0.0);
        self.clock.set_value((now_ms(), 0.0));
        self.ask();
    }

    fn tick(self) {
        // The figure is gone with its part: then so is the speed, and nothing asks for the next frame.
        let Some(speed) = self.speed.try_get_untracked() else {
            return;
        };
        let plays = self.room.is_playing.get_untracked();
        if !plays && !self.is_gliding.get_value() {
            return;
        }
        let (before, passed) = self.clock.get_value();
        let now = now_ms();
        let elapsed = (now - before).clamp(0.0, LONGEST_FRAME_MS);
        let mut passed = passed + elapsed * f64::from(speed) / 1000.0;
        while plays && passed >= 1.0 {
            passed -= 1.0;
            self.arrive();
            self.step(1.0);
            self.is_gliding.set_value(self.glide.is_some());
        }
        self.clock.set_value((now, passed));
        if passed >= GLIDING {
            self.arrive();
            if plays && !self.play.is_endless && self.is_at_end() {
                self.room.is_playing.set(false);
            }
        } else if self.is_gliding.get_value()
            && let Some(glide) = self.glide
        {
            self.room
                .state
                .update(|state| glide(state, passed / GLIDING));
        }
        self.ask();
    }
}

/// Plays or pauses; who asks for less motion gets the next step instead.
pub fn toggle<L: Lab>(room: Room<L>) {
    room.is_playing
        .update(|is_playing| *is_playing = !*is_playing);
}

fn play_html(name: &str, first_speed: u32) -> String {
    let mut html = String::from("<div role=\"group\" aria-label=\"Move ");
    push_escaped(&mut html, name);
    html.push_str(
        "\"><button type=\"button\" class=\"chip\" data-do=\"back\" aria-label=\"Step back\" title=\"Step back\">‹</button>\
         <button type=\"button\" class=\"chip play-toggle\" data-do=\"toggle\" title=\"Space does the same on the figure\"></button>\
         <button type=\"button\" class=\"chip\" data-do=\"on\" aria-label=\"Step forward\" title=\"Step forward\">›</button>",
    );
    if !wants_less_motion() {
        html.push_str("<span data-control=\"\"><select aria-label=\"Speed of ");
        push_escaped(&mut html, name);
        html.push_str("\">");
        for speed in SPEEDS {
            let selected = if speed == first_speed {
                " selected"
            } else {
                ""
            };
            html.push_str(&format!(
                "<option value=\"{speed}\"{selected}>{speed} / s</option>"
            ));
        }
        html.push_str("</select></span>");
    }
    html.push_str("</div><p></p>");
    html
}

/// Puts the buttons into a figure that move it, as long as it is shown. Beyond an end they go on at the other.
///
/// Nothing moves before someone presses one, so that nobody who asked for less motion gets any unasked. It stops with Pause
/// and when the part is left.
pub fn equip<L: Lab>(room: Room<L>, play: &'static Play<L::State>, figure: &Part) {
    let Some(Control {
        kind: Kind::Number(number),
        name,
        ..
    }) = control::<L::State>(play.key)
    else {
        return;
    };
    let Some(bar) = figure.add("play", "figcaption") else {
        return;
    };
    bar.set_html(&play_html(name, play.first_speed));
    let Some(says) = bar.find("p").map(Said::new) else {
        return;
    };
    let motion = Motion {
        room,
        play,
        number,
        glide: play.glide.filter(|_| !wants_less_motion()),
        speed: RwSignal::new(play.first_speed),
        clock: StoredValue::new((0.0, 0.0)),
        is_gliding: StoredValue::new(false),
        ticking: StoredValue::new_local(None),
    };
    motion
        .ticking
        .set_value(Some(FrameTask::new(move || motion.tick())));
    follow(move || says.say(room.state.with(play.says), Part::set_text));
    let step = move |by: f64| {
        motion.begin(by);
        room.page.say_soon(room.state.with_untracked(play.says));
    };
    let toggle_button = bar.find(".play-toggle").map(Said::new);
    follow(move || {
        let plays = room.is_playing.get();
        if plays && wants_less_motion() {
            room.is_playing.set(false);
            step(1.0);
        } else if plays {
            motion.begin(1.0);
        } else {
            motion.arrive();
        }
        if let Some(button) = &toggle_button {
            let word = match room.is_playing.get_untracked() {
                true => "Pause",
                false if wants_less_motion() => "Next step",
                false => "Play",
            };
            button.say(word.to_owned(), Part::set_text);
        }
    });
    on_cleanup(move || room.is_playing.set(false));
    hold(on_press(&bar, move |press| {
        match press {
            Press::Button(word) if word == "toggle" => toggle(room),
            Press::Button(word) => step(if word == "back" { -1.0 } else { 1.0 }),
            _ => return false,
        }
        true
    }));
    hold(on_field(&bar, move |_, field| {
        if let Field::Typed(per_second) = field {
            motion
                .speed
                .set(per_second.parse().unwrap_or(play.first_speed));
        }
        false
    }));
    // Where the figure itself has the focus, not one of its buttons.
    hold(on_key(figure, ".pointed, .figure-plot", move |key| {
        let is_space = key == " ";
        if is_space {
            toggle(room);
        }
        is_space
    }));
}
