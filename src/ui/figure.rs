//! A figure in its frame: heading, toolbar, canvas, tip, summary and table, the same around every figure.
//!
//! What follows the figure's inputs is in [`super::frame`], what hands do with it in [`super::tools`]; what leaves
//! the page is made in [`super::export`].

use std::cell::{Cell, RefCell};

use leptos::{prelude::*, task::spawn_local};

use crate::browser::canvas;
use crate::browser::dom::{Listening, Part, Press, on_press};
use crate::browser::frame::FrameTask;
use crate::browser::input::{Input, on_input};
use crate::browser::late::NotLoaded;
use crate::browser::observe::{Watch, watch};
use crate::ui::follow::{follow, memo};
use crate::ui::frame::{Frame, FrameHandle, Parts};
use crate::ui::html::{CONTENTS, hold, html_view};
use crate::ui::menu::{push_icon, push_menu};
use crate::ui::page::Page;
use crate::ui::source::FigureSource;
use crate::ui::text::{filler, push_escaped};
use crate::ui::tools::{Tools, tools};

/// The lines of the pictures on the buttons.
const LARGE_PATH: &str = "M9.5 2.5h4v4M13.5 2.5 9 7M6.5 13.5h-4v-4M2.5 13.5 7 9";
const VIEW_PATH: &str = "M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.5v4M6 9.5v4";
const CODE_PATH: &str = "M5.5 4 1.5 8l4 4M10.5 4l4 4-4 4";
const DOWNLOAD_PATH: &str = "M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11";

/// The frame of a figure that is still to be drawn.
fn frame_html(source: &dyn FigureSource) -> String {
    let (id, keys) = (source.id(), source.keys());
    let mut html = format!(
        "<figure id=\"{id}\" class=\"figure\" aria-labelledby=\"{id}-title\">\
         <div class=\"figure-head\"><h2 id=\"{id}-title\">"
    );
    push_escaped(&mut html, source.title());
    html.push_str("</h2><div class=\"figure-tools\">");
    push_icon(
        &mut html,
        id,
        "large",
        "Large",
        LARGE_PATH,
        " title=\"Large (F)\" aria-keyshortcuts=\"F\" aria-pressed=\"false\"",
    );
    push_menu(&mut html, id, "view", "View", VIEW_PATH);
    push_menu(&mut html, id, "code", "Copy code", CODE_PATH);
    push_menu(&mut html, id, "download", "Download", DOWNLOAD_PATH);
    html.push_str(
        "</div></div><div class=\"legend\" role=\"group\" aria-label=\"Legend\" hidden></div>\
         <div class=\"figure-plot\"",
    );
    // What takes keys is no picture but has one, and so is the stop of the Tab key.
    if let Some(keys) = keys {
        html.push_str(&format!(
            " role=\"application\" aria-roledescription=\"figure\" aria-labelledby=\"{id}-title\" tabindex=\"0\" aria-description=\""
        ));
        push_escaped(&mut html, keys);
        html.push_str(" Plus and minus zoom, zero shows everything.\"");
    }
    // The name until the first drawing, which may come late: off screen nothing is drawn.
    html.push_str("><canvas role=\"img\" aria-label=\"");
    push_escaped(&mut html, source.title());
    html.push_str(if keys.is_some() {
        "\" class=\"pointed\" tabindex=\"-1"
    } else {
        ""
    });
    html.push_str(
        "\"></canvas><div class=\"tip\" aria-hidden=\"true\"></div></div><figcaption><div class=\"roomy\" data-room=\"",
    );
    html.push_str(&filler(source.caption_len()));
    html.push_str(
        "\"><div><span class=\"summary\"></span><span class=\"notes\"></span>\
         <span class=\"zoomed-note\" hidden></span></div></div>\
         <details hidden><summary>Details</summary><div></div></details></figcaption>\
         <div class=\"export\" hidden></div>\
         <div class=\"figure-table\" role=\"region\" tabindex=\"0\" aria-label=\"Numbers of what is read\" hidden></div></figure>",
    );
    html
}

/// What a frame holds on to as long as it is in the page.
struct Ties {
    _size: Watch,
    _input: Listening,
    _presses: Listening,
    _printing: Option<Listening>,
}

/// A figure with its frame.
pub fn figure_view(page: Page, source: Box<dyn FigureSource>) -> AnyView {
    let html = frame_html(&*source);
    html_view(CONTENTS, html, move |root| {
        if let Some(parts) = root.find("figure").and_then(Parts::of) {
            enliven(page, source, parts);
        }
    })
}

/// Brings a frame to life: from now on it follows its inputs, its size, hands and keys.
fn enliven(page: Page, source: Box<dyn FigureSource>, parts: Parts) {
    let (root, canvas) = (parts.root.clone(), parts.canvas.clone());
    let plot = root.find(".figure-plot");
    let frame = StoredValue::new_local(Frame::new(page, source, parts));
    // A frame that is asked for may come after the room was left.
    let redraw = FrameTask::new(move || {
        frame.try_with_value(Frame::update);
    });
    frame.with_value(|frame| {
        *frame.redraw.borrow_mut() = Some(redraw);
        // Its place is kept until it is drawn.
        let height = frame.source.panel_height().to_string();
        canvas.set_style("height", &(height + "px"));
        canvas.set_class("drawn", frame.source.can_draw());
        canvas.set_class("turned", frame.source.can_turn());
        frame.source.equip(&root);
    });

    let choices = memo(move || frame.with_value(Frame::choices));
    follow(move || {
        frame.with_value(|frame| frame.source.track());
        page.scheme();
        page.pixels.track();
        // Read, not only followed: a memo that nobody has read counts its first value as a change.
        if choices.with(|choices| choices.table_is_open)
            && frame.with_value(|frame| frame.write_table.get().is_none())
        {
            take(frame, Hand::Table);
        }
        let is_large = choices.with(|choices| choices.is_large);
        frame.with_value(|frame| frame.set_large(is_large));
        frame.with_value(Frame::mark_stale);
    });

    let size_of = canvas.canvas();
    let on_size = move || {
        let now = size_of.as_ref().map(canvas::size);
        frame.try_with_value(|frame| {
            frame.seen.set(now);
            if frame.drawn.get() != now {
                frame.mark_stale();
                // It would stay where the figure was wider, and the page with it.
                frame.parts.tip_text.say(String::new(), Part::set_text);
            }
        });
    };
    let on_sight = move |on_screen| {
        frame.try_with_value(|frame| {
            frame.on_screen.set(Some(on_screen));
            frame.ask();
        });
    };
    let ties = Ties {
        _size: watch(canvas.as_ref(), on_size, on_sight),
        _input: on_input(plot.as_ref().unwrap_or(&canvas), move |input| {
            // The page must not scroll under a figure that has yet to learn what the key means.
            let scrolls =
                matches!(&input, Input::Key { key, .. } if key == " " || key.starts_with("Arrow"));
            take(frame, Hand::Input(input)) || scrolls
        }),
        _presses: on_press(&root, move |press| take(frame, Hand::Press(press))),
        _printing: Listening::to_printing(move |begins| {
            frame.try_with_value(|frame| frame.print(begins));
        }),
    };
    hold(ties);
}

thread_local! {
    static TOOLS: Cell<Coming> = const { Cell::new(Coming::Unasked) };
    /// What hands did before the tools are there.
    static DONE: RefCell<Vec<(FrameHandle, Hand)>> = const { RefCell::new(Vec::new()) };
}

/// Where the tools are, with which hands do something to figures.
#[derive(Clone, Copy)]
enum Coming {
    Unasked,
    OnTheirWay,
    /// They did not arrive: only who presses a button asks once more.
    Missing,
    There(Tools),
}

/// What a hand does.
enum Hand {
    Input(Input),
    Press(Press),
    /// The table is to be there, by a link or a press.
    Table,
}

/// Lets a hand do something to a figure: at once where the tools are there, else when they have been fetched. Says whether the
/// browser is to do nothing of its own.
fn take(frame: FrameHandle, hand: Hand) -> bool {
    match TOOLS.get() {
        Coming::There(tools) => {
            let taken = frame.try_with_value(|it| match hand {
                Hand::Input(input) => (tools.take_input)(it, input),
                Hand::Press(press) => (tools.take_press)(it, frame, press),
                Hand::Table => {
                    it.write_table.set(Some(tools.write_table));
                    it.mark_stale();
                    false
                }
            });
            return taken == Some(true);
        }
        Coming::Missing if !matches!(hand, Hand::Press(Press::Button(_))) => return false,
        Coming::Missing | Coming::Unasked => fetch_tools(frame),
        Coming::OnTheirWay => {}
    }
    DONE.with_borrow_mut(|done| done.push((frame, hand)));
    false
}

/// Fetches the tools that were asked for at this frame.
fn fetch_tools(handle: FrameHandle) {
    TOOLS.set(Coming::OnTheirWay);
    spawn_local(async move {
        let come = tools().await;
        TOOLS.set(come.map_or(Coming::Missing, Coming::There));
        handle.try_with_value(|frame| match come {
            Ok(_) => frame.find(),
            Err(NotLoaded) => frame.miss(handle, Box::new(move || fetch_tools(handle))),
        });
        if come.is_ok() {
            for (frame, hand) in DONE.take() {
                take(frame, hand);
            }
        }
    });
}
