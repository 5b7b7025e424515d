//! What one can do in a part: its motion and the questions that people ask, in a row under its lead; and the banner of the
//! question that was asked, over the figure that answers.

use std::cell::Cell;

use leptos::prelude::*;
use rooms::address;
use rooms::room::{FigureSpec, Lab, Part, Question};
use rooms::settings::{read_pairs, write_pairs};

use crate::browser::dom::{self, Press, on_key, on_press};
use crate::browser::frame::FrameTask;
use crate::browser::page::{
    after, bring_near, focus_in, scroll_to, scrolled_to, show_under, wants_less_motion,
};
use crate::ui::follow::{follow, view_of};
use crate::ui::frame::set_if_new;
use crate::ui::html::{CONTENTS, Said, hold, html_view};
use crate::ui::play::{self, toggle};
use crate::ui::quiz::quiz_view;
use crate::ui::room::{More, NONE, Room};
use crate::ui::text::{push_escaped, rich_html};
use crate::ui::ways;

impl<L: Lab> More<L> {
    /// All of it.
    pub const ALL: Self = Self {
        row: row_view,
        banner: banner_view,
        equip,
    };
}

/// What a figure gets beside what every figure has.
fn equip<L: Lab>(
    room: Room<L>,
    part: &'static Part<L>,
    spec: &'static FigureSpec<L>,
    figure: &dom::Part,
) {
    ways::equip(room, spec, figure);
    if let Some(play) = part.play.as_ref().filter(|play| play.figure_id == spec.id) {
        play::equip(room, play, figure);
    }
}

/// Things to do: the motion, or what the part begins with, then the questions.
fn row_view<L: Lab>(room: Room<L>, part: &'static Part<L>) -> AnyView {
    let mut html =
        String::from("<div class=\"acts-row\" role=\"group\" aria-label=\"Things to do here\">");
    let mut class = "act first";
    if let Some(play) = &part.play {
        html.push_str("<button type=\"button\" class=\"act first plays\" data-do=\"play\">");
        if wants_less_motion() {
            html.push_str("Next step: ");
        }
        push_escaped(&mut html, play.label);
        html.push_str("</button>");
        class = "act";
    } else if let Some(first) = &part.first {
        html.push_str("<a class=\"act first\" data-do=\"first\">");
        push_escaped(&mut html, first.label);
        html.push_str("</a>");
        class = "act";
    }
    // The row is one stop of the Tab key: arrows go on in it.
    let mut rest = if class == "act" {
        " tabindex=\"-1\""
    } else {
        ""
    };
    for (idx, question) in part.questions.iter().enumerate() {
        html.push_str(&format!("<a class=\"{class}\" data-do=\"{idx}\"{rest}>"));
        push_escaped(&mut html, question.asked);
        html.push_str("</a>");
        (class, rest) = ("act", " tabindex=\"-1\"");
    }
    html.push_str(
        "</div><button type=\"button\" class=\"act\" data-do=\"more\" aria-expanded=\"false\">",
    );
    html.push_str(&more_label(part.questions.len(), false));
    html.push_str("</button>");
    html_view("acts", html, move |root| {
        if let Some(button) = root.find(".plays") {
            follow_playing(room, button);
        }
        if let Some(first) = &part.first
            && let Some(link) = root.find("[data-do=\"first\"]")
        {
            follow(move || {
                let state = room.state.get();
                let mut begun = state.clone();
                (first.mend)(&mut begun);
                let href = room.link_to(&begun);
                link.set_hidden(href == room.link_to(&state));
                link.set("href", &href);
            });
        }
        for (idx, question) in part.questions.iter().enumerate() {
            if let Some(link) = root.find(&format!("[data-do=\"{idx}\"]")) {
                follow(move || link.set("href", &link_of(room, part, question)));
            }
        }
        let all = root.clone();
        hold(on_press(&root, move |press| {
            let Press::Button(word) = press else {
                return false;
            };
            match (word.as_str(), &part.play) {
                ("play", Some(play)) => {
                    bring_near(play.figure_id);
                    toggle(room);
                    true
                }
                ("more", _) => {
                    let opens = !all.has_class("open");
                    all.set_class("open", opens);
                    if let Some(button) = all.find("[data-do=\"more\"]") {
                        button.set("aria-expanded", if opens { "true" } else { "false" });
                        button.set_text(&more_label(part.questions.len(), opens));
                    }
                    true
                }
                // The link is followed as any other.
                (word, _) => {
                    if let Ok(idx) = word.parse() {
                        ask(room, idx);
                    } else if let Some(spec) = part.figures.first() {
                        bring_near(spec.id);
                    }
                    false
                }
            }
        }));
    })
}

/// A button of the motion shows whether it is on. Its words stay, so that nothing beside it moves.
fn follow_playing<L: Lab>(room: Room<L>, button: dom::Part) {
    follow(move || {
        let is_playing = room.is_playing.get();
        button.set("aria-pressed", if is_playing { "true" } else { "false" });
    });
}

/// What the button of the row's other lines says.
fn more_label(n_questions: usize, is_open: bool) -> String {
    if is_open {
        "Fewer questions".to_owned()
    } else {
        format!("All questions ({n_questions})")
    }
}

/// The link of the state that answers a question.
fn link_of<L: Lab>(room: Room<L>, part: &'static Part<L>, question: &Question) -> String {
    let page_pairs = room.page.state.with(write_pairs);
    let pairs = question.pairs(part.tab.word.slug);
    let page_pairs = page_pairs.iter().map(|(key, value)| (*key, value.as_str()));
    address::fragment(L::SLUG, pairs.chain(page_pairs))
}

/// A question is asked. What was set before the first of several is kept.
fn ask<L: Lab>(room: Room<L>, idx: usize) {
    if room.asked.get_untracked() == NONE {
        let mine = (room.state.get_untracked(), scrolled_to());
        room.mine.set_value(Some(mine));
    }
    room.asked.set(idx);
}

/// The banner of the question that is asked, while one is, or that of a quiz.
fn banner_view<L: Lab>(room: Room<L>, part: &'static Part<L>) -> AnyView {
    let quiz = part.quiz.as_ref().map(|quiz| quiz_view(room, quiz));
    let banner = view_of(move || {
        let idx = room.asked.get();
        let question = part.questions.get(idx)?;
        Some(question_view(room, part, (idx, question)))
    });
    view! {
        {banner}
        {quiz}
    }
    .into_any()
}

fn question_view<L: Lab>(
    room: Room<L>,
    part: &'static Part<L>,
    (idx, question): (usize, &'static Question),
) -> AnyView {
    let next = (idx + 1) % part.questions.len();
    let mut html = String::from(
        "<section class=\"banner\" tabindex=\"-1\" aria-labelledby=\"asked\"><div class=\"banner-head\"><h2 id=\"asked\">",
    );
    push_escaped(&mut html, question.asked);
    html.push_str(
        "</h2><button type=\"button\" class=\"icon\" data-do=\"close\" aria-label=\"Close the question\" title=\"Close the question (Escape)\">×</button></div>\
         <p></p><div class=\"banner-acts\"><button type=\"button\" class=\"button\" data-do=\"mine\">Back to mine</button>",
    );
    if next != idx {
        html.push_str("<a class=\"button\" data-do=\"next\">Next question ›</a>");
    }
    // The row with its button may be out of sight.
    if part.play.is_some() && question.answer.starts_with("Press Play") {
        html.push_str(
            "<button type=\"button\" class=\"button act plays\" data-do=\"play\">Play</button>",
        );
    }
    html.push_str("</div></section>");
    html_view(CONTENTS, html, move |root| {
        let Some(banner) = root.find(".banner") else {
            return;
        };
        if let Some(button) = root.find(".plays") {
            follow_playing(room, button);
        }
        if let Some(link) = root.find("[data-do=\"next\"]")
            && let Some(question) = part.questions.get(next)
        {
            follow(move || link.set("href", &link_of(room, part, question)));
        }
        follow_answer(room, part, question, &root);
        let shown = banner.clone();
        let place = FrameTask::late(move || {
            shown.focus_here();
            show_under(question.figure_id, &shown);
        });
        // Once its state is there; whoever moves on from it is not called back.
        let given: Vec<_> = question
            .pairs(part.tab.word.slug)
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let target = write_pairs(&read_pairs::<L::State>(&given, None).0);
        let (is_placed, has_left) = (Cell::new(false), Cell::new(false));
        follow(move || {
            let is_here = room.state.with(write_pairs) == target;
            if is_here && !is_placed.replace(true) {
                place.ask();
            }
            // Who has gone back has no question any more.
            let is_mine = room.mine.with_value(|mine| {
                mine.as_ref()
                    .is_some_and(|(mine, _)| room.state.with(|state| mine == state))
            });
            if !is_mine {
                has_left.set(true);
            } else if has_left.get() {
                set_if_new(room.asked, NONE);
            }
        });
        let close = move || {
            focus_in(question.figure_id);
            room.asked.set(NONE);
        };
        hold(on_press(&banner, move |press| {
            match press {
                Press::Button(word) if word == "close" => close(),
                Press::Button(word) if word == "play" => toggle(room),
                Press::Button(word) if word == "mine" => {
                    let mine = room.mine.get_value();
                    if let Some((mine, _)) = &mine {
                        set_if_new(room.state, mine.clone());
                    }
                    close();
                    // Once the banner is gone.
                    if let Some((_, y)) = mine {
                        after(0, move || scroll_to(y));
                    }
                }
                Press::Button(_) => {
                    ask(room, next);
                    return false;
                }
                _ => return false,
            }
            true
        }));
        hold(on_key(&banner, "*", move |key| {
            let closes = key == "Escape";
            if closes {
                close();
            }
            closes
        }));
    })
}

/// Keeps the answer with its numbers up to date, once a frame like the figures.
fn follow_answer<L: Lab>(
    room: Room<L>,
    part: &'static Part<L>,
    question: &'static Question,
    root: &dom::Part,
) {
    let spec = part
        .figures
        .iter()
        .find(|spec| spec.id == question.figure_id);
    let Some((answer, spec)) = root.find("p").zip(spec) else {
        return;
    };
    let answer = Said::new(answer);
    let n_steps = RwSignal::new(0_u32);
    let refresh = FrameTask::late(move || {
        let (summary, is_unfinished) = room.summary(spec);
        answer.html(rich_html(&question.answered(&summary)));
        if is_unfinished {
            n_steps.try_update(|n| *n = n.wrapping_add(1));
        }
    });
    follow(move || {
        n_steps.track();
        room.state.track();
        refresh.ask();
    });
}
