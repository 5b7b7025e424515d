//! What hands and keys do with a figure: reading, zooming, its menus.
//!
//! Fetched when a hand first does anything: the first picture does not need it. It is a second half of
//! [`Frame`], which see.

use figures::{Scale, Scheme, Window, Windows};
use leptos::prelude::*;

use crate::browser::dom::{Part, Press};
use crate::browser::input::{Input, Place, capture};
use crate::browser::late::late;
use crate::browser::page::{scroll_to, scrolled_to};
use crate::ui::acts::{Act, File, Language, Picture};
use crate::ui::export;
use crate::ui::frame::{Frame, FrameHandle, Parts, ZoomAxis, window_words};
use crate::ui::gestures::{CLICK_PX, Wish};
use crate::ui::legend::entry_of_word;
use crate::ui::menu::{ItemKind, MenuItem, OpenMenu, item_of_word};
use crate::ui::picture;
use crate::ui::table::{TableWriter, table_html};
use rooms::room::Cell;

/// How much larger cells get by a key, a button or a double click.
const ZOOM_STEP: f64 = 2.0;

/// How far space turns by a key, in degrees.
const TURN_STEP: f64 = 5.0;

/// How far it turns with a hand: half around by the width of a phone.
const DEGREES_PER_PX: f64 = 0.5;

/// What a frame calls when a hand does something.
#[derive(Clone, Copy)]
pub struct Tools {
    /// Reads what hands and keys do on the canvas; says whether the browser is to do nothing of its own.
    pub take_input: fn(&Frame, Input) -> bool,
    /// Does what is asked for by a button of the frame; says whether that was all that is to happen.
    pub take_press: fn(&Frame, FrameHandle, Press) -> bool,
    /// Writes the table of what is read.
    pub write_table: TableWriter,
}

late! {
    tools,
    /// The tools, once they have arrived.
    pub fn tools() -> Tools {
        Tools {
            take_input: Frame::take_input,
            take_press: Frame::take_press,
            write_table: table_html,
        }
    }
}

/// The words beside the cell that is pointed at.
#[derive(Clone, Debug, PartialEq)]
struct Tip {
    text: String,
    /// The middle of the cell's upper edge, in CSS pixels on the canvas.
    x: f64,
    y: f64,
    /// The cell is in the right half, so that the tip goes to its left.
    to_left: bool,
    /// From the cell to the end of the figure on that side.
    room: f64,
}

impl Frame {
    /// Takes a curve away or brings it back.
    fn toggle_curve(&self, idx: usize) {
        let mut off = untrack(|| self.curves_off());
        match off.iter().position(|it| *it == idx) {
            Some(at) => {
                off.remove(at);
            }
            None => off.push(idx),
        }
        self.set_curves_off(&off);
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
            let (x, y) = panel.middle_of(cell.x, cell.y);
            // Above the cell, which may be high.
            let y = y - cell.y.map_or(0.0, |_| panel.y.px_per_cell().abs() / 2.0);
            let width = layout.panels.last().map_or(0.0, |last| last.outer.right());
            let to_left = x > width / 2.0;
            (!text.is_empty()).then_some(Tip {
                text,
                x,
                y,
                to_left,
                room: if to_left { x } else { width - x },
            })
        });
        let Parts {
            tip: part,
            tip_text,
            ..
        } = &self.parts;
        if let Some(Tip {
            x,
            y,
            to_left,
            room,
            ..
        }) = tip
        {
            part.set_style("left", &format!("{x:.0}px"));
            part.set_style("top", &format!("{y:.0}px"));
            part.set_style(
                "max-width",
                &format!("min(360px, calc({room:.0}px - 14px))"),
            );
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
        if self.source.can_draw()
            && let Some(taken) = self.take_drawing(&input)
        {
            return taken;
        }
        let turns = self.source.can_turn();
        if turns && self.take_turning_key(&input) {
            return true;
        }
        let can_zoom = self
            .subjects
            .with_untracked(|subjects| !subjects.is_empty());
        if !can_zoom && matches!(input, Input::Wheel { .. } | Input::DoubleClicked { .. }) {
            return false;
        }
        let is_zoomed = turns || untrack(|| self.is_zoomed());
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

    /// Turns space by the arrow keys; with Shift they are left to who moves through cells.
    fn take_turning_key(&self, input: &Input) -> bool {
        let Input::Key {
            key,
            has_shift: false,
        } = input
        else {
            return false;
        };
        let (yaw, pitch) = match key.as_str() {
            "ArrowLeft" => (-TURN_STEP, 0.0),
            "ArrowRight" => (TURN_STEP, 0.0),
            "ArrowUp" => (0.0, -TURN_STEP),
            "ArrowDown" => (0.0, TURN_STEP),
            _ => return false,
        };
        self.source.turn(yaw, pitch);
        true
    }

    /// Reads what a hand does to bars that it can draw; `None` where it does something else.
    fn take_drawing(&self, input: &Input) -> Option<bool> {
        match input {
            Input::Down(pointer) if pointer.is_primary_button => {
                self.drawn_at.set(None);
                self.has_drawn.set(false);
                if pointer.is_touch {
                    self.touched_at.set(Some(pointer.at));
                } else {
                    capture(&self.parts.canvas, *pointer);
                    self.draw_to(pointer.at);
                }
                // The focus still goes to the figure, so that keys can go on.
                Some(false)
            }
            Input::Moved(pointer) => {
                if let Some(from) = self.touched_at.get() {
                    let [across, along] =
                        [pointer.at.0 - from.0, pointer.at.1 - from.1].map(f64::abs);
                    // Up and down the page scrolls.
                    if across > CLICK_PX && across > along {
                        self.touched_at.set(None);
                        capture(&self.parts.canvas, *pointer);
                        self.draw_to(from);
                    }
                }
                self.drawn_at.get()?;
                self.draw_to(pointer.at);
                Some(true)
            }
            Input::Up(_) => {
                self.drawn_at.set(None);
                self.touched_at.set(None);
                None
            }
            // Coming down was all; a finger that only taps reads.
            Input::Clicked(_) => self.has_drawn.get().then_some(false),
            Input::DoubleClicked { .. } => Some(false),
            Input::Key { key, has_shift } => {
                let steps = match key.as_str() {
                    "ArrowUp" => 1.0,
                    "ArrowDown" => -1.0,
                    "Enter" | " " => 0.0,
                    _ => return None,
                };
                if steps == 0.0 {
                    let n_panels = self.layout.borrow().panels.len().max(1);
                    self.drawn_panel
                        .set((self.drawn_panel.get() + 1) % n_panels);
                }
                let cell = Cell {
                    panel_idx: self.drawn_panel.get(),
                    ..self.source.here()
                };
                if steps != 0.0 {
                    let steps = if *has_shift { 10.0 * steps } else { steps };
                    self.source.nudge(cell, steps);
                }
                self.show_tip(Some(cell));
                self.page.say_soon(self.source.tip(cell));
                Some(true)
            }
            _ => None,
        }
    }

    /// Draws bars to where the hand is, those on its way included: a hand is faster than its events.
    #[allow(clippy::cast_precision_loss)]
    fn draw_to(&self, at: Place) {
        let Some((cell, value)) = self.value_at(at) else {
            return;
        };
        let before = self.drawn_at.replace(Some((cell, value)));
        let Some(to) = cell.x else { return };
        let (from, from_value) = before
            .filter(|(before, _)| before.panel_idx == cell.panel_idx)
            .and_then(|(before, value)| Some((before.x?, value)))
            .unwrap_or((to, value));
        let n_steps = from.abs_diff(to);
        for step in 0..=n_steps {
            let x = if from <= to { from + step } else { from - step };
            let part = if n_steps == 0 {
                1.0
            } else {
                step as f64 / n_steps as f64
            };
            let here = Cell { x: Some(x), ..cell };
            self.source
                .draw(here, from_value + (value - from_value) * part);
        }
        self.has_drawn.set(true);
        self.drawn_panel.set(cell.panel_idx);
        self.source.read(cell);
        self.hover(Some(cell));
    }

    /// The cell under a place and the value on the value axis there; beyond the plot the nearest.
    fn value_at(&self, (x, y): Place) -> Option<(Cell, f64)> {
        let layout = self.layout.borrow();
        let before = self.drawn_at.get().map(|(cell, _)| cell.panel_idx);
        let (panel_idx, panel) = match before {
            // A hand that leaves its panel goes on in it.
            Some(panel_idx) => (panel_idx, layout.panels.get(panel_idx)?),
            None => layout
                .panel_at(x, y)
                .filter(|(_, panel)| panel.plot.contains(x, y))?,
        };
        let y = y.clamp(panel.plot.y, panel.plot.bottom());
        let cell = Cell {
            panel_idx,
            x: Some(panel.x.cell_from_px(x)?),
            y: None,
        };
        Some((cell, panel.y.value_from_px(y)?))
    }

    /// Does what is asked for by a button of the frame; says whether that was all.
    fn take_press(&self, frame: FrameHandle, press: Press) -> bool {
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
                    "large" => self.toggle_large(),
                    "whole" => self.show_whole(),
                    word => {
                        if let Some(number) = export::number_of_word(word) {
                            self.stop_export(number);
                        } else if let Some(idx) = entry_of_word(word) {
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

    /// Gives the figure all of the window, or gives that back: the page is then as it was, with the focus where one leaves it.
    fn toggle_large(&self) {
        let was_large = self.is_large.get();
        let id = if was_large { "" } else { self.source.id() };
        if !was_large {
            self.scrolled_to.set(scrolled_to());
        }
        self.set_large(!was_large);
        self.page
            .state
            .update(|page| id.clone_into(&mut page.figure));
        if was_large {
            scroll_to(self.scrolled_to.get());
        }
        if let Some(button) = self.parts.root.find("[data-do=large]") {
            button.focus();
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
            if word != "view" {
                export::prepare();
            }
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
                let table = ItemKind::Switch(untrack(|| self.table_is_open()));
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
            _ => self.files(),
        }
    }

    /// The entries for files.
    fn files(&self) -> Vec<MenuItem<Act>> {
        let png = |name, picture| MenuItem::new(name, Act::Save(File::Png(picture)));
        let mut items = vec![
            png("PNG", Picture::Screen { pixel_ratio: 1 }),
            MenuItem::new("SVG", Act::Save(File::Svg)),
            MenuItem::new("CSV", Act::Save(File::Csv)),
            MenuItem::new("NPY", Act::Save(File::Npy)),
        ];
        if self.layout.borrow().panels.len() > 1 {
            items.push(MenuItem::new("CSV of every panel", Act::Save(File::Panels)));
        }
        items.extend([
            png("Picture at 2×", Picture::Screen { pixel_ratio: 2 }).under("Pictures"),
            png("For a slide, 1920 × 1080", Picture::Slide),
            png("For paper, 300 dpi", Picture::Paper),
        ]);
        if untrack(|| self.page.scheme()) == Scheme::Dark {
            let are_dark = ItemKind::Switch(picture::has_own_colours());
            items.push(MenuItem::new("In dark colours", Act::OwnColours).kind(are_dark));
        }
        items
    }

    fn act(&self, frame: FrameHandle, act: Act) {
        match act {
            Act::Table => self
                .page
                .state
                .update(|page| page.tables.toggle(self.source.id())),
            Act::Zoom(direction) => self.zoom_here(ZOOM_STEP.powi(direction)),
            Act::Whole => self.show_whole(),
            Act::Colour(item) => self.page.choose_colour(item),
            Act::Save(file) => export::save(frame, file),
            Act::OwnColours => picture::switch_colours(),
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
                    self.pick(cell);
                    self.hover(Some(cell));
                }
            }
            Wish::PickHere => self.pick(self.source.here()),
            Wish::Step(dx, dy) if self.source.can_turn() => self.step(dx.signum(), dy.signum()),
            Wish::Step(dx, dy) => self.step(dx, dy),
            Wish::Quiet => self.show_tip(None),
            Wish::ZoomAt(at, factor) => self.zoom_at(at, factor),
            Wish::ZoomHere(direction) => self.zoom_here(ZOOM_STEP.powi(direction)),
            Wish::Whole => self.show_whole(),
            Wish::Hold => {
                self.turned_at.set(None);
                let windows = self.page.state.with_untracked(|page| page.zoom.clone());
                self.hands.borrow_mut().hold(windows);
            }
            Wish::Drag { from, to, .. } if self.source.can_turn() => {
                let before = self.turned_at.replace(Some(to)).unwrap_or(from);
                self.show_tip(None);
                self.source.turn(
                    (to.0 - before.0) * DEGREES_PER_PX,
                    (to.1 - before.1) * DEGREES_PER_PX,
                );
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

    /// Picks a cell. What is to be said of it stands below the figure: above it would move what is under the pointer.
    fn pick(&self, cell: Cell) {
        let notice = self.source.pick(cell);
        self.report(&notice.map_or_else(String::new, |notice| notice.to_string()));
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
            // Where no axis has cells, as with dials, who reads knows how many there are.
            match axis.map(|axis| axis.full).or(span) {
                Some(full) => (full.len > 0).then_some(beside(full, cell?, steps)),
                None => Some(cell?.saturating_add_signed(steps)),
            }
        };
        let cell = Cell {
            x: moved(here.x, x_axis, spans[0], dx),
            y: moved(here.y, y_axis, spans[1], dy),
            ..here
        };
        self.source.read(cell);
        // Else a pointer that rests on the figure would go on being read, and every step begin there.
        self.source.hover(None);
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
}

/// The cell `steps` away, or the last one on that side.
fn beside(full: Window, cell: u64, steps: i64) -> u64 {
    let last = full.first + (full.len as u64).saturating_sub(1);
    cell.saturating_add_signed(steps).clamp(full.first, last)
}
