//! The figure frame: heading, toolbar, canvas, tip, summary and table, the same around every figure.
//!
//! It owns the canvas, the pixel ratio, resizing, the one effect that follows the figure's inputs, and
//! their clean-up. It draws at most once a frame, and only while the figure is on screen. What hands do on
//! the canvas is read in [`super::gestures`]; what leaves the page is made in [`super::export`].
//!
//! Its words are written straight into HTML and not as views: they follow the hand like the picture, and
//! every view costs bytes of the first load.

use std::cell::{Cell as Flag, RefCell};

use figures::draw::Rasters;
use figures::layout::{self, Layout};
use figures::number::format_count;
use figures::{Figure, LegendEntry, Scale, Size, Window, Windows, excerpt};
use leptos::{html, prelude::*};

use crate::browser::canvas;
use crate::browser::dom::{Listening, Part, Press, on_press};
use crate::browser::frame::FrameTask;
use crate::browser::input::{Input, Place, capture, on_input};
use crate::browser::observe::{Watch, watch};
use crate::browser::timing::{measure_since, now_ms};
use crate::labs::Cell;
use crate::ui::export::{self, File, Language};
use crate::ui::gestures::{Hands, Wish};
use crate::ui::legend::{entry_of_word, legend_html};
use crate::ui::menu::{ItemKind, MenuItem, OpenMenu, item_of_word, push_menu};
use crate::ui::page::{ColourItem, Page};
use crate::ui::room::{FigureSource, set_if_new};
use crate::ui::table::table_html;
use crate::ui::text::{plain, push_escaped, rich_html};

/// How much larger cells get by a key, a button or a double click.
const ZOOM_STEP: f64 = 2.0;

/// Everything between a figure's source and its pixels.
pub struct Frame {
    /// The page it stands in.
    pub page: Page,
    /// Where its data come from.
    pub source: Box<dyn FigureSource>,
    parts: Parts,
    /// Painted rasters, kept while their data stay.
    rasters: RefCell<Rasters>,
    /// How large the canvas was drawn; sizes that it already has ask for nothing.
    drawn: Flag<Option<Size>>,
    /// Where things are on the canvas now.
    layout: RefCell<Layout>,
    /// The axes of each panel that can be zoomed, x before y.
    axes: RefCell<Vec<[Option<ZoomAxis>; 2]>>,
    hands: RefCell<Hands>,
    on_screen: Flag<bool>,
    /// The picture is older than its inputs.
    stale: Flag<bool>,
    /// The subjects of its axes, so that the zoom of others is not followed.
    subjects: RwSignal<Vec<&'static str>>,
    /// The curves that can be taken away, and the names of those that were.
    legend: RefCell<Vec<LegendEntry>>,
    hidden: RefCell<Vec<String>>,
    table_is_open: Flag<bool>,
    menu: RefCell<Option<OpenMenu<Act>>>,
    /// The reader does not want the export any more that is going on.
    stopped: Flag<bool>,
    /// Asks for being drawn.
    redraw: RefCell<Option<FrameTask>>,
}

/// The elements of the frame.
struct Parts {
    root: Part,
    canvas: Part,
    title: Said,
    label: Said,
    legend: Said,
    tip: Part,
    tip_text: Said,
    summary: Said,
    notes: Said,
    zoomed: Said,
    export: Said,
    table: Said,
}

/// An element and what it says, so that what is said already is not written again.
struct Said {
    part: Part,
    now: RefCell<String>,
}

impl Said {
    fn new(part: Part) -> Self {
        Self {
            part,
            now: RefCell::default(),
        }
    }

    /// Writes by `write` what is not there yet.
    fn say(&self, words: String, write: impl FnOnce(&Part, &str)) {
        if *self.now.borrow() != words {
            write(&self.part, &words);
            *self.now.borrow_mut() = words;
        }
    }

    fn html(&self, html: String) {
        self.say(html, Part::set_html);
    }

    /// Writes HTML, and hides the element where there is none.
    fn html_or_hide(&self, html: String) {
        self.part.set_hidden(html.is_empty());
        self.html(html);
    }
}

/// What an entry of a menu does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    Table,
    /// Larger cells (1) or smaller ones (−1).
    Zoom(i32),
    Whole,
    Colour(ColourItem),
    Save(File),
    Copy(Language),
}

/// An axis of cells that the reader can see a part of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ZoomAxis {
    key: &'static str,
    full: Window,
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
        let Some(canvas) = self.parts.canvas.canvas() else {
            return;
        };
        self.stale.set(false);
        let id = self.source.id();
        let started = now_ms();
        self.source.with(&mut |figure| {
            measure_since(format!("compute:{id}"), started);
            let started = now_ms();
            self.note_axes(figure);
            self.note_legend(figure);
            let table = self.table_is_open.get();
            let table = table.then(|| table_html(&excerpt(figure)));
            self.parts.table.html_or_hide(table.unwrap_or_default());
            self.adapt(figure);
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
            if let Some(layout) = drawn {
                *self.layout.borrow_mut() = layout;
            }
            self.say_words(figure, rasters);
        });
    }

    /// Shows of a figure what the reader wants to see, in the colours the reader wants. What is exported as
    /// numbers stays whole.
    pub fn adapt(&self, figure: &mut Figure<'_>) {
        self.page
            .state
            .with_untracked(|page| figure.recolour(page.colours));
        let hidden = self.hidden.borrow();
        figure.hide(|name| hidden.iter().any(|it| it == name));
        self.page
            .state
            .with_untracked(|page| figure.crop(&page.zoom));
    }

    fn say_words(&self, figure: &Figure<'_>, rasters: &Rasters) {
        let Parts {
            title,
            label,
            summary,
            notes,
            zoomed,
            ..
        } = &self.parts;
        title.say(figure.title.clone().into_owned(), Part::set_text);
        summary.html(rich_html(&figure.summary));
        let words = format!("{}. {}", figure.title, plain(&figure.summary));
        label.say(words, |canvas, words| canvas.set("aria-label", words));
        notes.say(notes_of(figure, rasters), Part::set_text);
        let windows = untrack(|| self.windows());
        self.parts.canvas.set_class("zoomed", !windows.is_empty());
        let mut html = String::new();
        if !windows.is_empty() {
            push_escaped(&mut html, &window_words(&windows));
            html.push_str(" <button type=\"button\" class=\"link\" data-do=\"whole\">Show everything</button>");
        }
        zoomed.html_or_hide(html);
    }

    /// The legend, made anew only for other curves: who pressed one of its buttons keeps the focus.
    fn note_legend(&self, figure: &Figure<'_>) {
        let legend = figure.legend();
        if *self.legend.borrow() != legend {
            let hidden = self.hidden.borrow();
            let html = legend_html(&legend, |name| hidden.iter().any(|it| it == name));
            self.parts.legend.html_or_hide(html);
            *self.legend.borrow_mut() = legend;
        }
    }

    /// Takes a curve away or brings it back.
    fn toggle_curve(&self, idx: usize) {
        let legend = self.legend.borrow();
        let Some(LegendEntry { name, .. }) = legend.get(idx) else {
            return;
        };
        let mut hidden = self.hidden.borrow_mut();
        let before = hidden.iter().position(|it| it == name);
        match before {
            Some(idx) => {
                hidden.remove(idx);
            }
            None => hidden.push(name.clone()),
        }
        if let Some(button) = self
            .parts
            .legend
            .part
            .find(&format!("[data-do=\"curve {idx}\"]"))
        {
            button.set(
                "aria-pressed",
                if before.is_some() { "true" } else { "false" },
            );
        }
        self.mark_stale();
    }

    /// The picture is to be drawn anew before the next paint.
    fn mark_stale(&self) {
        self.stale.set(true);
        self.ask();
    }

    fn ask(&self) {
        if let Some(redraw) = &*self.redraw.borrow() {
            redraw.ask();
        }
    }

    /// The canvas on which the figure is drawn.
    pub fn canvas_size(&self) -> Option<Size> {
        self.parts
            .canvas
            .canvas()
            .map(|canvas| canvas::size(&canvas))
    }

    /// Shows how far a long export is, from 0 to 1; false where the reader has stopped it.
    pub fn go_on(&self, progress: f64) -> bool {
        let was_stopped = self.stopped.replace(false);
        if was_stopped {
            self.report("");
        } else {
            self.parts.export.html_or_hide(format!(
                "<progress max=\"100\" value=\"{}\" aria-label=\"Writing the file\"></progress>\
                 <button type=\"button\" class=\"link\" data-do=\"stop\">Stop</button>",
                (progress * 100.0).floor(),
            ));
        }
        !was_stopped
    }

    /// Says what became of an export, to be seen and heard for a while; nothing where there is nothing to say.
    pub fn report(&self, words: &str) {
        let mut html = String::new();
        push_escaped(&mut html, words);
        self.parts.export.html_or_hide(html);
        if !words.is_empty() {
            self.page.said.set(words.to_owned());
        }
    }

    fn note_axes(&self, figure: &Figure<'_>) {
        let zoom_axis = |axis: &figures::Axis<'_>| {
            let full = Window::of(axis.span)?;
            (!axis.key.is_empty()).then_some(ZoomAxis {
                key: axis.key,
                full,
            })
        };
        let axes: Vec<_> = figure
            .panels
            .iter()
            .map(|panel| [zoom_axis(&panel.x), zoom_axis(&panel.y)])
            .collect();
        let mut subjects = Vec::new();
        for ZoomAxis { key, .. } in axes.iter().flatten().flatten() {
            if !subjects.contains(key) {
                subjects.push(*key);
            }
        }
        *self.axes.borrow_mut() = axes;
        set_if_new(self.subjects, subjects);
    }

    /// The windows of its own axes; followed by whoever asks inside an effect.
    fn windows(&self) -> Vec<(&'static str, Window)> {
        let subjects = self.subjects.read();
        self.page.state.with(|page| {
            let own = page.zoom.iter().filter(|(key, _)| subjects.contains(key));
            own.collect()
        })
    }

    /// The cell at a place on the canvas.
    fn cell_at(&self, (x, y): Place) -> Option<Cell> {
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
        let Parts {
            tip: part,
            tip_text,
            ..
        } = &self.parts;
        if let Some(Tip { x, y, to_left, .. }) = tip {
            part.set("style", &format!("left: {x:.0}px; top: {y:.0}px"));
            part.set_class("tip-left", to_left);
        }
        tip_text.say(tip.map_or_else(String::new, |tip| tip.text), Part::set_text);
    }

    fn hover(&self, cell: Option<Cell>) {
        if self.source.keys().is_some() {
            self.source.hover(cell);
            self.show_tip(cell);
        }
    }

    /// Reads what hands and keys do on the canvas; says whether anything came of it.
    fn take_input(&self, input: Input) -> bool {
        if self.source.keys().is_none() && matches!(input, Input::Key { .. }) {
            return false;
        }
        let can_zoom = self
            .subjects
            .with_untracked(|subjects| !subjects.is_empty());
        if !can_zoom && matches!(input, Input::Wheel { .. } | Input::DoubleClicked { .. }) {
            return false;
        }
        let is_zoomed = untrack(|| self.is_zoomed());
        if let Input::Down(pointer) = input
            && is_zoomed
        {
            capture(&self.parts.canvas, pointer);
        }
        let may_scroll = matches!(input, Input::Wheel { .. } | Input::Key { .. });
        let wish = self.hands.borrow_mut().read(input, is_zoomed);
        let is_something = wish != Wish::Nothing;
        self.grant(wish);
        // Only what the browser would do something else with: a click must still move the focus.
        is_something && may_scroll
    }

    /// Does what is asked for by a button of the frame; says whether that was all.
    fn take_press(&self, frame: StoredValue<Self, LocalStorage>, press: Press) -> bool {
        match press {
            Press::FocusLeft => {
                self.close_menu(false);
                false
            }
            Press::MenuKey(key) => {
                let menu = self.menu.borrow();
                match (key.as_str(), &*menu) {
                    ("ArrowDown", Some(menu)) => menu.step(1),
                    ("ArrowUp", Some(menu)) => menu.step(-1),
                    ("Escape", Some(_)) => {
                        drop(menu);
                        self.close_menu(true);
                    }
                    _ => return false,
                }
                true
            }
            Press::Button(word) => {
                match word.as_str() {
                    "whole" => self.show_whole(),
                    "stop" => self.stopped.set(true),
                    word => {
                        if let Some(idx) = entry_of_word(word) {
                            self.toggle_curve(idx);
                        } else if let Some(idx) = item_of_word(word) {
                            let menu = self.menu.borrow();
                            let act = menu
                                .as_ref()
                                .and_then(|menu| Some(menu.items.get(idx)?.act));
                            drop(menu);
                            self.close_menu(true);
                            if let Some(act) = act {
                                self.act(frame, act);
                            }
                        } else {
                            self.open_menu(word);
                        }
                    }
                }
                true
            }
        }
    }

    /// Opens the menu with this word; closes it where it is open.
    fn open_menu(&self, word: &str) {
        let was_open = self
            .menu
            .borrow()
            .as_ref()
            .is_some_and(|menu| menu.word == word);
        self.close_menu(was_open);
        if !was_open {
            let menu = OpenMenu::open(&self.parts.root, word, self.items(word));
            *self.menu.borrow_mut() = menu;
        }
    }

    fn close_menu(&self, focus_returns: bool) {
        // Taken out first: closing moves the focus, which asks for closing again.
        let menu = self.menu.borrow_mut().take();
        if let Some(menu) = menu {
            menu.close(focus_returns);
        }
    }

    /// The entries of a menu.
    fn items(&self, word: &str) -> Vec<MenuItem<Act>> {
        match word {
            "view" => {
                let table = ItemKind::Switch(self.table_is_open.get());
                let mut items =
                    vec![MenuItem::new("Table of what is read", Act::Table).kind(table)];
                if self
                    .subjects
                    .with_untracked(|subjects| !subjects.is_empty())
                {
                    items.extend([
                        MenuItem::new("Zoom in", Act::Zoom(1)),
                        MenuItem::new("Zoom out", Act::Zoom(-1)),
                        MenuItem::new("Show everything", Act::Whole),
                    ]);
                }
                items.extend(self.page.colour_items(Act::Colour));
                items
            }
            "code" => vec![
                MenuItem::new("NumPy", Act::Copy(Language::NumPy)),
                MenuItem::new("PyTorch", Act::Copy(Language::PyTorch)),
            ],
            _ => vec![
                MenuItem::new("PNG", Act::Save(File::Png { pixel_ratio: 1 })),
                MenuItem::new("SVG", Act::Save(File::Svg)),
                MenuItem::new("CSV", Act::Save(File::Csv)),
                MenuItem::new("NPY", Act::Save(File::Npy)),
                MenuItem::new("Picture at 2×", Act::Save(File::Png { pixel_ratio: 2 })),
            ],
        }
    }

    fn act(&self, frame: StoredValue<Self, LocalStorage>, act: Act) {
        match act {
            Act::Table => {
                self.table_is_open.set(!self.table_is_open.get());
                self.mark_stale();
            }
            Act::Zoom(direction) => self.zoom_here(ZOOM_STEP.powi(direction)),
            Act::Whole => self.show_whole(),
            Act::Colour(item) => self.page.choose_colour(item),
            Act::Save(file) => export::save(frame, file),
            Act::Copy(language) => export::copy_code(frame, language),
        }
    }

    /// Does what hands or keys asked for.
    fn grant(&self, wish: Wish) {
        match wish {
            Wish::Nothing => {}
            Wish::Hover(at) => self.hover(at.and_then(|at| self.cell_at(at))),
            Wish::Pick(at) => {
                if let Some(cell) = self.cell_at(at) {
                    self.source.pick(cell);
                    self.hover(Some(cell));
                }
            }
            Wish::PickHere => self.source.pick(self.source.here()),
            Wish::Step(dx, dy) => self.step(dx, dy),
            Wish::Quiet => self.show_tip(None),
            Wish::ZoomAt(at, factor) => self.zoom_at(at, factor),
            Wish::ZoomHere(direction) => self.zoom_here(ZOOM_STEP.powi(direction)),
            Wish::Whole => self.show_whole(),
            Wish::Hold => {
                let windows = self.page.state.with_untracked(|page| page.zoom.clone());
                self.hands.borrow_mut().hold(windows);
            }
            Wish::Drag { from, to, held } => self.drag(from, to, &held),
            Wish::Pinch {
                about,
                factor,
                held,
            } => {
                self.show_windows(held);
                self.zoom_at(about, factor);
            }
        }
    }

    /// Moves the crosshair by cells, as the arrow keys ask; what is zoomed follows it.
    fn step(&self, dx: i64, dy: i64) {
        let here = self.source.here();
        let Some([x_axis, y_axis]) = self.axes.borrow().get(here.panel_idx).copied() else {
            return;
        };
        let spans = {
            let layout = self.layout.borrow();
            let Some(panel) = layout.panels.get(here.panel_idx) else {
                return;
            };
            [panel.x, panel.y].map(|scale| Window::of(scale.span()))
        };
        let moved = |cell: Option<u64>, axis: Option<ZoomAxis>, span: Option<Window>, steps| {
            let full = axis.map(|axis| axis.full).or(span)?;
            Some(beside(full, cell?, steps))
        };
        let cell = Cell {
            x: moved(here.x, x_axis, spans[0], dx),
            y: moved(here.y, y_axis, spans[1], dy),
            ..here
        };
        self.source.read(cell);
        for (axis, cell) in [(x_axis, cell.x), (y_axis, cell.y)] {
            if let (Some(axis), Some(cell)) = (axis, cell) {
                self.change_window(axis, |window| window.reveal(cell, axis.full));
            }
        }
        self.show_tip(Some(cell));
        self.page.say_soon(self.source.tip(cell));
    }

    /// Changes the window of one axis, if that shows anything else.
    fn change_window(&self, axis: ZoomAxis, change: impl FnOnce(Window) -> Window) {
        let mut zoom = self.page.state.with_untracked(|page| page.zoom.clone());
        zoom.update(axis.key, axis.full, change);
        self.show_windows(zoom);
    }

    fn show_windows(&self, zoom: Windows) {
        if self.page.state.with_untracked(|page| page.zoom != zoom) {
            self.page.state.update(|page| page.zoom = zoom);
            self.page
                .say_soon(untrack(|| window_words(&self.windows())));
        }
    }

    /// Both axes of a panel, each with its scale and the place on it that counts; only one of them where the
    /// place is beside the plot, on that axis' labels.
    fn axes_at(&self, (x, y): Place) -> Option<[Option<(ZoomAxis, Scale, f64)>; 2]> {
        let layout = self.layout.borrow();
        let (panel_idx, panel) = layout.panel_at(x, y)?;
        let [x_axis, y_axis] = *self.axes.borrow().get(panel_idx)?;
        let plot = panel.plot;
        let (on_y_labels, on_x_labels) = (x < plot.x, y >= plot.bottom());
        let x_axis = x_axis.filter(|_| !on_y_labels || on_x_labels);
        let y_axis = y_axis.filter(|_| !on_x_labels || on_y_labels);
        Some([
            x_axis.map(|axis| (axis, panel.x, x)),
            y_axis.map(|axis| (axis, panel.y, y)),
        ])
    }

    fn zoom_at(&self, at: Place, factor: f64) {
        for (axis, scale, px) in self.axes_at(at).into_iter().flatten().flatten() {
            if let Some(about) = scale.value_from_px(px) {
                self.change_window(axis, |window| window.zoom(about, factor, axis.full));
            }
        }
    }

    /// Zooms about the crosshair.
    #[allow(clippy::cast_precision_loss)]
    fn zoom_here(&self, factor: f64) {
        let here = self.source.here();
        let Some(axes) = self.axes.borrow().get(here.panel_idx).copied() else {
            return;
        };
        for (axis, cell) in axes.into_iter().zip([here.x, here.y]) {
            if let Some(axis) = axis {
                let middle = axis.full.first as f64 + axis.full.len as f64 / 2.0;
                let about = cell.map_or(middle, |cell| cell as f64);
                self.change_window(axis, |window| window.zoom(about, factor, axis.full));
            }
        }
    }

    /// Moves what was shown when the hand came down along with the hand.
    #[allow(clippy::cast_possible_truncation)]
    fn drag(&self, from: Place, to: Place, held: &Windows) {
        let mut zoom = self.page.state.with_untracked(|page| page.zoom.clone());
        let moved = [to.0 - from.0, to.1 - from.1];
        for (axis, px) in self.axes_at(from).into_iter().flatten().zip(moved) {
            if let Some((axis, scale, _)) = axis
                && let Some(window) = held.get(axis.key)
            {
                let cells = (-px / scale.px_per_cell()).round() as i64;
                zoom.update(axis.key, axis.full, |_| window.pan(cells, axis.full));
            }
        }
        self.show_windows(zoom);
    }

    /// Shows its axes whole.
    fn show_whole(&self) {
        let mut zoom = self.page.state.with_untracked(|page| page.zoom.clone());
        self.subjects
            .with_untracked(|subjects| subjects.iter().for_each(|key| zoom.remove(key)));
        self.show_windows(zoom);
    }

    /// Whether zooming out would change anything.
    fn is_zoomed(&self) -> bool {
        !self.windows().is_empty()
    }
}

/// The cell `steps` away, or the last one on that side.
fn beside(full: Window, cell: u64, steps: i64) -> u64 {
    let last = full.first + (full.len as u64).saturating_sub(1);
    cell.saturating_add_signed(steps).clamp(full.first, last)
}

/// What the picture cannot say by itself: that pixels are means, that cells are no numbers.
fn notes_of(figure: &Figure<'_>, rasters: &Rasters) -> String {
    let mut notes = String::new();
    if let Some(coverage) = rasters.coverage(0).and_then(|coverage| coverage.caption()) {
        notes.push_str(" Each pixel is a mean: ");
        notes.push_str(&coverage);
        notes.push('.');
    }
    let n_holes: usize = (0..figure.panels.len())
        .map(|idx| rasters.holes(idx).n_cells)
        .sum();
    if n_holes > 0 {
        notes.push_str(" Hatched: ");
        notes.push_str(&format_count(n_holes as u64));
        notes.push_str(if n_holes == 1 {
            " value that is"
        } else {
            " values that are"
        });
        notes.push_str(" no number.");
    }
    notes
}

/// What is shown of axes that are not shown whole.
fn window_words(windows: &[(&'static str, Window)]) -> String {
    if windows.is_empty() {
        return "Everything is shown.".to_owned();
    }
    let parts: Vec<_> = windows
        .iter()
        .map(|(key, window)| {
            let last = window.first + (window.len as u64).saturating_sub(1);
            format!("{key} {} to {last}", window.first)
        })
        .collect();
    format!("Zoomed: {}.", parts.join(", "))
}

/// The lines of the pictures on the buttons.
const VIEW_PATH: &str = "M2 4.5h6M12 4.5h2M2 11.5h2M8 11.5h6M10 2.5v4M6 9.5v4";
const CODE_PATH: &str = "M5.5 4 1.5 8l4 4M10.5 4l4 4-4 4";
const DOWNLOAD_PATH: &str = "M8 2v8M4.8 7 8 10.2 11.2 7M2.5 13.5h11";

/// The frame of a figure that is still to be drawn.
fn frame_html(source: &dyn FigureSource) -> String {
    let (id, keys) = (source.id(), source.keys());
    let mut html = format!("<div class=\"figure-head\"><h2 id=\"{id}-title\">");
    push_escaped(&mut html, source.title());
    html.push_str("</h2><div class=\"figure-tools\">");
    push_menu(&mut html, "view", "View", VIEW_PATH);
    push_menu(&mut html, "code", "Copy code", CODE_PATH);
    push_menu(&mut html, "download", "Download", DOWNLOAD_PATH);
    html.push_str(
        "</div></div><div class=\"legend\" role=\"group\" aria-label=\"Legend\" hidden></div>\
         <div class=\"figure-plot\"><canvas role=\"img\"",
    );
    if let Some(keys) = keys {
        html.push_str(" class=\"pointed\" tabindex=\"0\" aria-description=\"");
        push_escaped(&mut html, keys);
        html.push_str(" Plus and minus zoom, zero shows everything.\"");
    }
    html.push_str(
        "></canvas><div class=\"tip\" aria-hidden=\"true\"></div></div><figcaption>\
         <span class=\"summary\"></span><span class=\"notes\"></span>\
         <span class=\"zoomed-note\" hidden></span></figcaption>\
         <div class=\"export\" hidden></div>\
         <div class=\"figure-table\" role=\"region\" tabindex=\"0\" aria-label=\"Numbers of what is read\" hidden></div>",
    );
    html
}

impl Parts {
    fn of(root: Part) -> Option<Self> {
        let said = |selector| Some(Said::new(root.find(selector)?));
        Some(Self {
            canvas: root.find("canvas")?,
            title: said("h2")?,
            label: said("canvas")?,
            legend: said(".legend")?,
            tip: root.find(".tip")?,
            tip_text: said(".tip")?,
            summary: said(".summary")?,
            notes: said(".notes")?,
            zoomed: said(".zoomed-note")?,
            export: said(".export")?,
            table: said(".figure-table")?,
            root,
        })
    }
}

/// What a frame holds on to as long as it is in the page.
struct Ties {
    _size: Watch,
    _input: Listening,
    _presses: Listening,
}

/// A figure with its frame.
pub fn figure_view(page: Page, source: Box<dyn FigureSource>) -> AnyView {
    let id = source.id();
    let html = frame_html(&*source);
    let root = NodeRef::<html::Figure>::new();
    let mut source = Some(source);
    Effect::new(move || {
        if let Some(root) = root.get()
            && let Some(parts) = Parts::of(Part::from(root))
            && let Some(source) = source.take()
        {
            enliven(page, source, parts);
        }
    });
    view! {
        <figure node_ref=root id=id class="figure" aria-labelledby=format!("{id}-title") inner_html=html></figure>
    }
    .into_any()
}

/// Brings a frame to life: from now on it follows its inputs, its size, hands and keys.
fn enliven(page: Page, source: Box<dyn FigureSource>, parts: Parts) {
    let (root, canvas) = (parts.root.clone(), parts.canvas.clone());
    let frame = StoredValue::new_local(Frame {
        page,
        source,
        parts,
        rasters: RefCell::default(),
        drawn: Flag::new(None),
        layout: RefCell::default(),
        axes: RefCell::default(),
        hands: RefCell::default(),
        on_screen: Flag::new(false),
        stale: Flag::new(true),
        subjects: RwSignal::default(),
        legend: RefCell::default(),
        hidden: RefCell::default(),
        table_is_open: Flag::new(false),
        menu: RefCell::default(),
        stopped: Flag::new(false),
        redraw: RefCell::default(),
    });
    // A frame that is asked for may come after the room was left.
    let redraw = FrameTask::new(move || {
        frame.try_with_value(Frame::update);
    });
    frame.with_value(|frame| *frame.redraw.borrow_mut() = Some(redraw));

    let windows = Memo::new(move |_| frame.with_value(Frame::windows));
    let colours = Memo::new(move |_| page.state.read().colours);
    Effect::new(move || {
        frame.with_value(|frame| frame.source.track());
        page.scheme();
        page.pixels.track();
        // Read, not only followed: a memo that nobody has read counts its first value as a change.
        windows.with(|_| ());
        colours.with(|_| ());
        frame.with_value(Frame::mark_stale);
    });

    let size_of = canvas.canvas();
    let on_size = move || {
        let now = size_of.as_ref().map(canvas::size);
        frame.try_with_value(|frame| {
            if frame.drawn.get() != now {
                frame.mark_stale();
            }
        });
    };
    let on_sight = move |on_screen| {
        frame.try_with_value(|frame| {
            frame.on_screen.set(on_screen);
            frame.ask();
        });
    };
    let ties = Ties {
        _size: watch(canvas.as_ref(), on_size, on_sight),
        _input: on_input(&canvas, move |input| {
            frame.try_with_value(|frame| frame.take_input(input)) == Some(true)
        }),
        _presses: on_press(&root, move |press| {
            frame.try_with_value(|it| it.take_press(frame, press)) == Some(true)
        }),
    };
    // Held as long as whoever shows the figure, and let go with it.
    StoredValue::new_local(ties);
}
