//! The figure frame: heading, toolbar, canvas, tip and summary, the same around every figure.
//!
//! It owns the canvas, the pixel ratio, resizing, the one effect that follows the figure's inputs, and
//! their clean-up. It draws at most once a frame, and only while the figure is on screen.

use std::cell::{Cell as Flag, RefCell};

use figures::draw::Rasters;
use figures::layout::{self, Layout};
use figures::{Size, Span};
use leptos::{ev, html, prelude::*};

use crate::browser::canvas;
use crate::browser::frame::FrameTask;
use crate::browser::observe::watch;
use crate::browser::save;
use crate::browser::timing::{measure_since, now_ms};
use crate::labs::Cell;
use crate::ui::menu::{MenuItem, menu_view};
use crate::ui::page::Page;
use crate::ui::room::{FigureSource, set_if_new};
use crate::ui::text::{plain, rich_html};

/// How far Shift moves the crosshair at once.
const BIG_STEP: i64 = 10;

/// Everything between a figure's source and its pixels.
struct Frame {
    page: Page,
    source: Box<dyn FigureSource>,
    canvas: NodeRef<html::Canvas>,
    /// Painted rasters, kept while their data stay.
    rasters: RefCell<Rasters>,
    /// How large the canvas was drawn; sizes that it already has ask for nothing.
    drawn: Flag<Option<Size>>,
    /// Where things are on the canvas now.
    layout: RefCell<Layout>,
    on_screen: Flag<bool>,
    /// The picture is older than its inputs.
    stale: Flag<bool>,
    title: RwSignal<String>,
    summary: RwSignal<String>,
    /// How many cells a pixel stands for, where it is more than one.
    coverage: RwSignal<Option<String>>,
    tip: RwSignal<Option<Tip>>,
}

/// The words beside the cell that is pointed at.
#[derive(Clone, Debug, PartialEq)]
struct Tip {
    text: String,
    /// In CSS pixels on the canvas.
    x: f64,
    y: f64,
    /// The cell is in the right half, so that the tip goes to its left.
    to_left: bool,
}

impl Frame {
    /// Computes and draws, if there is anything new and anyone can see it.
    fn update(&self) {
        if !self.on_screen.get() || !self.stale.get() {
            return;
        }
        let Some(canvas) = self.canvas.get_untracked() else {
            return;
        };
        self.stale.set(false);
        let id = self.source.id();
        let started = now_ms();
        self.source.with(&mut |figure| {
            measure_since(format!("compute:{id}"), started);
            let started = now_ms();
            let scheme = untrack(|| self.page.scheme());
            let size = canvas::fit(&canvas, |width| {
                let rows = u32::try_from(layout::rows(figure.panels.len(), width)).unwrap_or(1);
                f64::from(rows * self.source.panel_height())
            });
            self.drawn.set(Some(size));
            let rasters = &mut self.rasters.borrow_mut();
            let drawn = self.page.with_theme(scheme, |theme| {
                canvas::draw(&canvas, figure, theme, size, rasters)
            });
            measure_since(format!("draw:{id}"), started);
            if let Some((layout, coverage)) = drawn {
                *self.layout.borrow_mut() = layout;
                set_if_new(self.coverage, coverage.caption());
            }
            set_if_new(self.title, figure.title.clone().into_owned());
            set_if_new(self.summary, figure.summary.clone());
        });
    }

    /// The cell under the pointer.
    fn cell_at(&self, event: &ev::MouseEvent) -> Option<Cell> {
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        let layout = self.layout.borrow();
        let (panel_idx, panel) = layout.panel_at(x, y)?;
        let (x, y) = panel.cell_at(x, y)?;
        Some(Cell { panel_idx, x, y })
    }

    fn show_tip(&self, cell: Option<Cell>) {
        let tip = cell.and_then(|cell| {
            let text = self.source.tip(cell);
            let layout = self.layout.borrow();
            let panel = layout.panels.get(cell.panel_idx)?;
            let middle = (
                panel.plot.x + panel.plot.width / 2.0,
                panel.plot.y + panel.plot.height / 2.0,
            );
            let x = cell
                .x
                .and_then(|x| panel.x.px_from_cell(x))
                .unwrap_or(middle.0);
            let y = cell
                .y
                .and_then(|y| panel.y.px_from_cell(y))
                .unwrap_or(middle.1);
            let width = layout.panels.last().map_or(0.0, |last| last.outer.right());
            (!text.is_empty()).then_some(Tip {
                text,
                x,
                y,
                to_left: x > width / 2.0,
            })
        });
        set_if_new(self.tip, tip);
    }

    fn hover(&self, cell: Option<Cell>) {
        if self.source.keys().is_some() {
            self.source.hover(cell);
            self.show_tip(cell);
        }
    }

    fn on_click(&self, event: &ev::MouseEvent) {
        if let Some(cell) = self.cell_at(event) {
            self.source.pick(cell);
            self.hover(Some(cell));
        }
    }

    /// Moves the crosshair by cells, as the arrow keys ask.
    fn step(&self, dx: i64, dy: i64) {
        let here = self.source.here();
        let cell = {
            let layout = self.layout.borrow();
            let Some(panel) = layout.panels.get(here.panel_idx) else {
                return;
            };
            Cell {
                x: here.x.map(|x| beside(panel.x.span(), x, dx)),
                y: here.y.map(|y| beside(panel.y.span(), y, dy)),
                ..here
            }
        };
        self.source.read(cell);
        self.show_tip(Some(cell));
        self.page.said.set(self.source.tip(cell));
    }

    fn on_key(&self, event: &ev::KeyboardEvent) {
        if self.source.keys().is_none() {
            return;
        }
        let size = if event.shift_key() { BIG_STEP } else { 1 };
        match event.key().as_str() {
            "ArrowLeft" => self.step(-size, 0),
            "ArrowRight" => self.step(size, 0),
            "ArrowUp" => self.step(0, -size),
            "ArrowDown" => self.step(0, size),
            "Enter" | " " => self.source.pick(self.source.here()),
            "Escape" => self.show_tip(None),
            _ => return,
        }
        event.prevent_default();
    }

    fn save_csv(&self) {
        let id = self.source.id();
        self.source.with(&mut |figure| {
            let text = figures::csv::csv(&figure.table);
            if save::text_file(&format!("{id}.csv"), "text/csv", &text).is_none() {
                self.page
                    .said
                    .set("The browser did not let the file be saved.".to_owned());
            }
        });
    }

    fn save_png(&self) {
        let id = self.source.id();
        let scheme = untrack(|| self.page.scheme());
        let Some(canvas) = self.canvas.get_untracked() else {
            return;
        };
        self.source.with(&mut |figure| {
            self.page.with_theme(scheme, |theme| {
                canvas::save_png(&format!("{id}.png"), &canvas, figure, theme);
            });
        });
    }
}

/// The cell `steps` away, or the last one on that side.
fn beside(span: Span, cell: u64, steps: i64) -> u64 {
    let moved = cell.saturating_add_signed(steps);
    match span {
        Span::Cells { first, len } => moved.clamp(first, first + (len as u64).saturating_sub(1)),
        Span::Values { .. } | Span::Log { .. } => moved,
    }
}

/// A figure with its frame.
pub fn figure_view(page: Page, source: Box<dyn FigureSource>) -> AnyView {
    let id = source.id();
    let keys = source.keys();
    let canvas = NodeRef::<html::Canvas>::new();
    let title = RwSignal::new(source.title().to_owned());
    let (summary, coverage, tip) = (
        RwSignal::default(),
        RwSignal::default(),
        RwSignal::default(),
    );
    let frame = StoredValue::new_local(Frame {
        page,
        source,
        canvas,
        rasters: RefCell::default(),
        drawn: Flag::new(None),
        layout: RefCell::default(),
        on_screen: Flag::new(false),
        stale: Flag::new(true),
        title,
        summary,
        coverage,
        tip,
    });
    // A frame that is asked for may come after the room was left.
    let redraw = StoredValue::new_local(FrameTask::new(move || {
        frame.try_with_value(Frame::update);
    }));
    let ask = move || redraw.with_value(FrameTask::ask);
    let mark_stale = move || {
        frame.with_value(|frame| frame.stale.set(true));
        ask();
    };
    Effect::new(move || {
        frame.with_value(|frame| frame.source.track());
        page.scheme();
        page.pixels.track();
        mark_stale();
    });
    let watched = StoredValue::new_local(None);
    Effect::new(move || {
        let Some(canvas) = canvas.get() else { return };
        let on_size = {
            let canvas = canvas.clone();
            move || {
                let now = Some(canvas::size(&canvas));
                if frame.try_with_value(|frame| frame.drawn.get() != now) == Some(true) {
                    mark_stale();
                }
            }
        };
        let on_sight = move |on_screen| {
            if frame
                .try_with_value(|frame| frame.on_screen.set(on_screen))
                .is_some()
            {
                ask();
            }
        };
        watched.set_value(Some(watch(&canvas, on_size, on_sight)));
    });

    let item = |name, act: fn(&Frame)| MenuItem {
        name,
        act: Box::new(move || frame.with_value(act)),
    };
    let downloads = vec![item("PNG", Frame::save_png), item("CSV", Frame::save_csv)];
    let on_move = move |event: ev::PointerEvent| {
        frame.with_value(|frame| frame.hover(frame.cell_at(&event)));
    };
    let on_leave = move |_: ev::PointerEvent| frame.with_value(|frame| frame.hover(None));
    let on_click = move |event: ev::MouseEvent| frame.with_value(|frame| frame.on_click(&event));
    let on_key = move |event: ev::KeyboardEvent| frame.with_value(|frame| frame.on_key(&event));
    let on_blur = move |_: ev::FocusEvent| frame.with_value(|frame| frame.show_tip(None));
    let label = move || format!("{}. {}", title.get(), plain(&summary.read()));
    let tip_class = move || match tip.read().as_ref() {
        Some(tip) if tip.to_left => "tip tip-left",
        _ => "tip",
    };
    let tip_place = move || {
        tip.read()
            .as_ref()
            .map(|tip| format!("left: {:.0}px; top: {:.0}px", tip.x, tip.y))
    };
    let tip_text = move || tip.read().as_ref().map(|tip| tip.text.clone());
    let coverage_text = move || {
        coverage
            .get()
            .map(|text| format!(" Each pixel is a mean: {text}."))
    };
    view! {
        <figure id=id class="figure" aria-labelledby=format!("{id}-title")>
            <div class="figure-head">
                <h2 id=format!("{id}-title")>{move || title.get()}</h2>
                <div class="figure-tools">{menu_view("Download", download_icon(), downloads)}</div>
            </div>
            <div class="figure-plot">
                <canvas
                    node_ref=canvas
                    role="img"
                    aria-label=label
                    aria-description=keys
                    tabindex=keys.map(|_| "0")
                    class:pointed=keys.is_some()
                    on:pointermove=on_move
                    on:pointerleave=on_leave
                    on:click=on_click
                    on:keydown=on_key
                    on:blur=on_blur
                ></canvas>
                <div class=tip_class style=tip_place aria-hidden="true">{tip_text}</div>
            </div>
            <figcaption>
                <span class="summary" inner_html=move || rich_html(&summary.read())></span>
                <span class="coverage">{coverage_text}</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

fn download_icon() -> AnyView {
    view! {
        <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
            <path d="M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11" />
        </svg>
    }
    .into_any()
}
