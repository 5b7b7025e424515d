//! The figure frame: what follows a figure's inputs and draws it.
//!
//! It owns the canvas, the pixel ratio, resizing, the one effect that follows the figure's inputs, and
//! their clean-up. It draws at most once a frame, and only while the figure is on screen.
//!
//! Its words are written straight into HTML and not as views: they follow the hand like the picture, and
//! every view costs bytes of the first load.

use std::cell::{Cell as Flag, RefCell};

use figures::draw::Rasters;
use figures::layout::{self, Layout};
use figures::number::format_count;
use figures::raster;
use figures::theme::{Scheme, Theme};
use figures::{ColourChoice, Figure, LegendEntry, Panel, Plot, Size, Window, plain};
use leptos::prelude::*;
use rooms::room::Cell;

use crate::browser::canvas::{self, Medium};
use crate::browser::dom::Part;
use crate::browser::frame::FrameTask;
use crate::browser::input::Place;
use crate::browser::late::{ask_again, when_asked_again};
use crate::browser::page::window_size;
use crate::browser::timing::{measure_since, now_ms};
use crate::ui::acts::Act;
use crate::ui::gestures::Hands;
use crate::ui::html::{AGAIN, MISSING, Said};
use crate::ui::legend::{entry_selector, legend_html};
use crate::ui::menu::OpenMenu;
use crate::ui::page::{Page, with_theme};
use crate::ui::source::FigureSource;
use crate::ui::table::TableWriter;
use crate::ui::text::{main_sentence, push_escaped, rich_html};

/// Everything between a figure's source and its pixels.
pub struct Frame {
    /// The page it stands in.
    pub page: Page,
    /// Where its data come from.
    pub source: Box<dyn FigureSource>,
    pub(super) parts: Parts,
    /// Painted rasters, kept while their data stay.
    rasters: RefCell<Rasters>,
    /// How large the canvas was drawn; sizes that it already has ask for nothing.
    pub(super) drawn: Flag<Option<Size>>,
    /// How large the canvas was when the browser last said so. Asking while words of other figures have just been
    /// written would have the whole page laid out once for each figure.
    pub(super) seen: Flag<Option<Size>>,
    /// It has all of the window that the controls leave.
    pub(super) is_large: Flag<bool>,
    /// The size of its text, to which everything that is drawn is scaled.
    text_px: Flag<f64>,
    /// How far the page was scrolled before.
    pub(super) scrolled_to: Flag<f64>,
    /// Where things are on the canvas now.
    pub(super) layout: RefCell<Layout>,
    /// The axes of each panel that can be zoomed, x before y.
    pub(super) axes: RefCell<Vec<[Option<ZoomAxis>; 2]>>,
    pub(super) hands: RefCell<Hands>,
    /// Whether any of it is seen; not known before the browser says so, which is a frame late for the first picture.
    pub(super) on_screen: Flag<Option<bool>>,
    /// It is being printed.
    is_on_paper: Flag<bool>,
    /// The picture is older than its inputs.
    stale: Flag<bool>,
    /// The subjects of its axes, so that the zoom of others is not followed.
    pub(super) subjects: RwSignal<Vec<&'static str>>,
    /// The curves that can be taken away.
    legend: RefCell<Vec<LegendEntry>>,
    /// The numbers of those that were, as the link has them, when the figure was last drawn; and their names, by which they are
    /// known when others come or go.
    off: RefCell<Vec<usize>>,
    off_names: RefCell<Vec<String>>,
    /// What writes the table of what is read: it is fetched when one is first opened.
    pub(super) write_table: Flag<Option<TableWriter>>,
    /// The hand draws bars: where it was last.
    pub(super) drawn_at: Flag<Option<(Cell, f64)>>,
    /// A finger came down on bars, and may still be about to scroll.
    pub(super) touched_at: Flag<Option<Place>>,
    /// The hand has drawn since it came down, so that letting go is no click.
    pub(super) has_drawn: Flag<bool>,
    /// The hand turns the figure: where it was last.
    pub(super) turned_at: Flag<Option<Place>>,
    /// The panel in which bars were drawn last, where keys go on.
    pub(super) drawn_panel: Flag<usize>,
    pub(super) menu: RefCell<Option<OpenMenu<Act>>>,
    /// Files that are being written, and what became of the last one.
    pub(super) exports: RefCell<Exports>,
    /// How often it was said whether code arrived that was asked for here: only who asked last asks again.
    n_asked: Flag<u32>,
    /// It is said that code did not arrive.
    is_missing: Flag<bool>,
    /// Asks for being drawn.
    pub(super) redraw: RefCell<Option<FrameTask>>,
}

/// A frame, as what is fetched later holds it.
pub type FrameHandle = StoredValue<Frame, LocalStorage>;

/// The elements of the frame.
pub(super) struct Parts {
    pub(super) root: Part,
    pub(super) canvas: Part,
    title: Said,
    label: Said,
    pub(super) legend: Said,
    pub(super) tip: Part,
    pub(super) tip_text: Said,
    summary: Said,
    /// What is folded away, and what it says.
    more: Part,
    details: Said,
    notes: Said,
    zoomed: Said,
    pub(super) export: Said,
    table: Said,
}

/// What the reader chose of a figure, and of all.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Choices {
    windows: Vec<(&'static str, Window)>,
    colours: ColourChoice,
    curves_off: Vec<usize>,
    pub(super) table_is_open: bool,
    pub(super) is_large: bool,
}

/// Files that are being written.
#[derive(Default)]
pub(super) struct Exports {
    /// Those that take long enough to be shown.
    pub(super) going: Vec<Going>,
    /// How many there were.
    pub(super) n_begun: u32,
    /// What became of the last one.
    pub(super) words: String,
    /// How often something was said of one.
    pub(super) n_reports: u32,
}

/// A file that is being written.
pub(super) struct Going {
    /// Which of all that were begun.
    pub(super) number: u32,
    /// What kind of file.
    pub(super) file: &'static str,
    /// How far it is, from 0 to 1.
    pub(super) progress: f64,
    /// The reader does not want it any more.
    pub(super) is_stopped: bool,
}

/// An axis of cells that the reader can see a part of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct ZoomAxis {
    pub(super) key: &'static str,
    pub(super) full: Window,
}

impl Parts {
    pub(super) fn of(root: Part) -> Option<Self> {
        let said = |selector| Some(Said::new(root.find(selector)?));
        Some(Self {
            canvas: root.find("canvas")?,
            title: said("h2")?,
            label: said("canvas")?,
            legend: said(".legend")?,
            tip: root.find(".tip")?,
            tip_text: said(".tip")?,
            summary: said(".summary")?,
            more: root.find("details")?,
            details: said("details div")?,
            notes: said(".notes")?,
            zoomed: said(".zoomed-note")?,
            export: said(".export")?,
            table: said(".figure-table")?,
            root,
        })
    }
}

impl Frame {
    /// A frame around these elements that has not been drawn yet.
    pub(super) fn new(page: Page, source: Box<dyn FigureSource>, parts: Parts) -> Self {
        Self {
            page,
            source,
            parts,
            rasters: RefCell::default(),
            drawn: Flag::new(None),
            seen: Flag::new(None),
            is_large: Flag::new(false),
            text_px: Flag::new(Theme::TEXT_PX),
            scrolled_to: Flag::new(0.0),
            layout: RefCell::default(),
            axes: RefCell::default(),
            hands: RefCell::default(),
            on_screen: Flag::new(None),
            is_on_paper: Flag::new(false),
            stale: Flag::new(true),
            subjects: RwSignal::default(),
            legend: RefCell::default(),
            off: RefCell::default(),
            off_names: RefCell::default(),
            write_table: Flag::new(None),
            drawn_at: Flag::new(None),
            touched_at: Flag::new(None),
            has_drawn: Flag::new(false),
            turned_at: Flag::new(None),
            drawn_panel: Flag::new(0),
            menu: RefCell::default(),
            exports: RefCell::default(),
            n_asked: Flag::new(0),
            is_missing: Flag::new(false),
            redraw: RefCell::default(),
        }
    }

    /// Computes and draws, if there is anything new and anyone can see it.
    pub(super) fn update(&self) {
        let is_seen = || {
            let known = self.on_screen.get();
            known.unwrap_or_else(|| self.parts.canvas.is_in_window())
        };
        if self.stale.get() && is_seen() {
            self.draw();
        }
    }

    /// Draws it for paper, whether anyone sees it or not, and for the screen again after that.
    pub(super) fn print(&self, begins: bool) {
        self.is_on_paper.set(begins);
        self.draw();
        // What takes several frames is whole on paper.
        while begins && self.stale.get() {
            self.draw();
        }
    }

    fn draw(&self) {
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
            let is_open = untrack(|| self.table_is_open());
            let table = self.write_table.get().filter(|_| is_open);
            let table = table.map(|write| write(figure));
            self.parts.table.html_or_hide(table.unwrap_or_default());
            self.adapt(figure);
            let (scheme, medium) = if self.is_on_paper.get() {
                (Scheme::Light, Medium::Paper)
            } else {
                let scheme = untrack(|| self.page.scheme());
                (
                    scheme,
                    Medium::Screen(self.seen.get().map(|size| size.width)),
                )
            };
            let size = canvas::fit(&canvas, medium, |width| {
                let (height, text_px) = self.measures(figure.panels.len(), width);
                self.text_px.set(text_px);
                height
            });
            self.drawn.set(Some(size));
            let rasters = &mut self.rasters.borrow_mut();
            let painter = self.page.painter.get_value();
            let drawn = with_theme(scheme, self.text_px.get(), |theme| {
                painter(&canvas, figure, theme, size, rasters)
            });
            measure_since(format!("draw:{id}"), started);
            let has_drawn = drawn.is_some();
            if let Some(layout) = drawn {
                *self.layout.borrow_mut() = layout;
            }
            self.say_words(figure, rasters, has_drawn);
            set_if_new(self.page.has_picture, true);
        });
        if self.source.is_unfinished() {
            self.mark_stale();
        }
    }

    /// How high the canvas is at this width, and the size of its text: in all of the window, or by the room that the page has.
    fn measures(&self, n_panels: usize, width: f64) -> (f64, f64) {
        let is_on_screen = !self.is_on_paper.get();
        if is_on_screen && self.is_large.get() {
            let size = self.seen.get().or_else(|| self.canvas_size());
            let height = size.map_or(0.0, |size| size.height);
            return (height, layout::filling_text_px(n_panels, width, height));
        }
        let room = if is_on_screen {
            layout::roominess(window_size())
        } else {
            1.0
        };
        let text_px = layout::roomy_text_px(room);
        let panel_px = (f64::from(self.source.panel_height()) * room).round();
        (layout::height(n_panels, width, panel_px, text_px), text_px)
    }

    /// The size of its text as it was last drawn.
    pub fn text_px(&self) -> f64 {
        self.text_px.get()
    }

    /// Has all of the window that the controls leave, or its own place.
    pub(super) fn set_large(&self, is_large: bool) {
        if self.is_large.replace(is_large) != is_large {
            self.parts.root.set_class("large", is_large);
            if let Some(button) = self.parts.root.find("[data-do=large]") {
                button.set("aria-pressed", if is_large { "true" } else { "false" });
            }
            // The style sheet has given it another size, of which the browser has yet to tell.
            self.seen.set(None);
        }
    }

    /// Shows of a figure what the reader wants to see, in the colours the reader wants. What is exported as
    /// numbers stays whole.
    pub fn adapt(&self, figure: &mut Figure<'_>) {
        self.page
            .state
            .with_untracked(|page| figure.recolour(page.colour_choice()));
        let off = self.off_names.borrow();
        figure.hide(|name| off.iter().any(|it| it == name));
        self.page
            .state
            .with_untracked(|page| figure.crop(&page.zoom));
    }

    fn say_words(&self, figure: &Figure<'_>, rasters: &Rasters, has_drawn: bool) {
        let Parts {
            title,
            label,
            summary,
            more,
            details,
            notes,
            zoomed,
            ..
        } = &self.parts;
        title.say(figure.title.clone().into_owned(), Part::set_text);
        let is_empty = |panel: &Panel<'_>| matches!(panel.plot, Plot::Empty(_));
        let root = &self.parts.root;
        root.set_class("empty", figure.panels.iter().any(is_empty));
        let mut texts = figure.summary.split('\n').map(rich_html);
        summary.html(texts.next().unwrap_or_default());
        let said: String = texts.flat_map(|text| ["<p>".to_owned(), text]).collect();
        // Once it was there its line stays, so that nothing below it moves.
        if !said.is_empty() {
            more.set_hidden(false);
        }
        more.set_class("unsaid", said.is_empty());
        details.html(said);
        // Of a moved control the topmost figure that shows it tells, once the hand rests.
        if self.page.has_moved.get_value() {
            self.page.has_moved.set_value(false);
            self.page.say_soon(main_sentence(
                figure.summary.split('\n').next().unwrap_or_default(),
            ));
        }
        let words = format!("{}. {}", figure.title, plain(&figure.summary));
        label.say(words, |canvas, words| canvas.set("aria-label", words));
        let mut notes_now = notes_of(figure, rasters);
        if !has_drawn {
            notes_now.push_str(" This browser lets the page draw nothing: View has a table.");
        }
        notes.say(notes_now, Part::set_text);
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
        let mut off = untrack(|| self.curves_off());
        let (mut before, mut names) = (self.legend.borrow_mut(), self.off_names.borrow_mut());
        if *self.off.borrow() != off {
            // Chosen by a press or by a link.
            let chosen = off.iter().filter_map(|&idx| legend.get(idx));
            *names = chosen.map(|entry| entry.name.clone()).collect();
        } else if *before != legend && !legend.is_empty() {
            // Those that were off stay so under other numbers.
            let numbered = legend.iter().enumerate();
            let still_off = numbered.filter(|(_, entry)| names.contains(&entry.name));
            off = still_off.map(|(idx, _)| idx).collect();
            self.set_curves_off(&off);
        }
        if *before == legend {
            for idx in self.off.borrow().iter().chain(&off) {
                let is_on = if off.contains(idx) { "false" } else { "true" };
                if let Some(button) = self.parts.legend.part.find(&entry_selector(*idx)) {
                    button.set("aria-pressed", is_on);
                }
            }
        } else {
            let html = legend_html(&legend, |idx| off.contains(&idx));
            self.parts.legend.html_or_hide(html);
            *before = legend;
        }
        *self.off.borrow_mut() = off;
    }

    /// What the reader chose that it is drawn by; followed by whoever asks inside an effect.
    pub(super) fn choices(&self) -> Choices {
        let page = self.page.state;
        let (colours, is_large) =
            page.with(|page| (page.colour_choice(), page.figure == self.source.id()));
        Choices {
            windows: self.windows(),
            colours,
            curves_off: self.curves_off(),
            table_is_open: self.table_is_open(),
            is_large,
        }
    }

    /// The numbers of its curves that are off; followed by whoever asks inside an effect.
    pub(super) fn curves_off(&self) -> Vec<usize> {
        self.page
            .state
            .with(|page| page.curves_off.of(self.source.id()))
    }

    /// Takes these curves away, and no others.
    pub(super) fn set_curves_off(&self, curves: &[usize]) {
        if untrack(|| self.curves_off()) != curves {
            self.page
                .state
                .update(|page| page.curves_off.set(self.source.id(), curves));
        }
    }

    /// Whether its table is open; followed by whoever asks inside an effect.
    pub(super) fn table_is_open(&self) -> bool {
        self.page
            .state
            .with(|page| page.tables.has(self.source.id()))
    }

    /// The picture is to be drawn anew before the next paint.
    pub(super) fn mark_stale(&self) {
        self.stale.set(true);
        self.ask();
    }

    /// Nobody sees what is not on screen: it is asked for again when it comes there.
    pub(super) fn ask(&self) {
        if self.on_screen.get() != Some(false)
            && let Some(redraw) = &*self.redraw.borrow()
        {
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

    /// Says that code which was asked for did not arrive, and keeps what is to be done with it once somebody asks again.
    pub(super) fn miss(&self, handle: FrameHandle, ask: Box<dyn FnOnce()>) {
        let nth = self.n_asked.get() + 1;
        self.n_asked.set(nth);
        when_asked_again(Box::new(move || {
            if handle.try_with_value(|frame| frame.n_asked.get()) == Some(nth) {
                ask();
            }
        }));
        self.is_missing.set(true);
        self.parts.export.html_or_hide([MISSING, AGAIN].concat());
        self.page.said.set(MISSING.to_owned());
    }

    /// The code has arrived: what was said of it here is not so any more, and elsewhere it is asked for.
    pub(super) fn find(&self) {
        self.n_asked.set(self.n_asked.get() + 1);
        if self.is_missing.replace(false) {
            self.parts.export.html_or_hide(String::new());
        }
        ask_again();
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
    pub(super) fn windows(&self) -> Vec<(&'static str, Window)> {
        let subjects = self.subjects.read();
        self.page.state.with(|page| {
            let own = page.zoom.iter().filter(|(key, _)| subjects.contains(key));
            own.collect()
        })
    }

    /// Whether zooming out would change anything.
    pub(super) fn is_zoomed(&self) -> bool {
        !self.windows().is_empty()
    }
}

/// What the picture cannot say by itself: that pixels are means, that cells are no numbers.
fn notes_of(figure: &Figure<'_>, rasters: &Rasters) -> String {
    let mut notes = String::new();
    if let Some(coverage) = rasters.coverage(0).and_then(raster::caption) {
        notes.push_str(" Each pixel is a mean: ");
        notes.push_str(&coverage);
        notes.push('.');
    }
    let holes = || (0..figure.panels.len()).map(|idx| rasters.holes(idx));
    let n_holes: usize = holes().map(|holes| holes.n_cells).sum();
    if n_holes > 0 {
        // Curves and dots have gaps, and a pixel's mean leaves out what is less than half of it.
        notes.push_str(if holes().any(|holes| holes.is_hatched) {
            " Hatched"
        } else {
            " Left out"
        });
        notes.push_str(": no value (NaN) in ");
        notes.push_str(&format_count(n_holes as u64));
        notes.push_str(if n_holes == 1 { " place." } else { " places." });
    }
    notes
}

/// What is shown of axes that are not shown whole.
pub(super) fn window_words(windows: &[(&'static str, Window)]) -> String {
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

/// Sets a signal only to what it does not hold yet, and not at all after its view is gone.
pub(super) fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|now| *now != value) == Some(true) {
        signal.set(value);
    }
}
