//! A room that is open: its state, its scene, and how figures and controls reach them.

use figures::Figure;
use leptos::prelude::*;

use crate::browser::frame::FrameTask;
use crate::labs::{Cell, Fact, FigureSpec, Lab, Pointing, ReadingPlace};
use crate::settings::{Notice, Settings, read_pairs, write_pairs};
use crate::ui::figure::figure_view;
use crate::ui::page::{Page, PageState};
use crate::ui::text::push_escaped;

/// A room without its types, as the shell sees it.
pub trait AnyRoom {
    /// Takes a link's settings; says which could not be used as they were.
    fn take_link(&self, pairs: &[(String, String)]) -> Vec<Notice>;
    /// The settings for the link; followed by whoever asks inside an effect.
    fn link_pairs(&self) -> Vec<(&'static str, String)>;
    /// The controls.
    fn panel(&self) -> AnyView;
    /// Question, formula and figures.
    fn work(&self) -> AnyView;
    /// Everything back to how the room opens.
    fn reset(&self);
}

/// An open room.
pub struct Room<L: Lab> {
    /// The page it stands in.
    pub page: Page,
    /// Its settings.
    pub state: RwSignal<L::State>,
    /// Where the pointer is: the figure's number and the cell.
    hover: RwSignal<Option<(usize, Cell)>>,
    scene: StoredValue<L::Scene, LocalStorage>,
    /// The keys of the two controls used last, latest first: they stay on a phone's folded sheet.
    pub recent: RwSignal<[&'static str; 2]>,
}

impl<L: Lab> Clone for Room<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Lab> Copy for Room<L> {}

impl<L: Lab> Room<L> {
    /// The room as it opens.
    pub fn new(page: Page) -> Self {
        let key_of = |idx: usize| L::State::CONTROLS.get(idx).map_or("", |row| row.key);
        Self {
            page,
            state: RwSignal::new(L::State::default()),
            hover: RwSignal::new(None),
            scene: StoredValue::new_local(L::Scene::default()),
            recent: RwSignal::new([key_of(0), key_of(1)]),
        }
    }

    /// The state as it is read now: the pointer's cell counts as selected while it is there.
    fn read_state(self) -> L::State {
        let mut state = self.state.get();
        if let Some((idx, cell)) = self.hover.get()
            && let Some(pointing) = L::FIGURES.get(idx).and_then(|spec| spec.pointing.as_ref())
        {
            (pointing.read)(&mut state, cell);
        }
        state
    }

    /// The numbers of what is read, brought up to date once a frame like the figures.
    fn reading_view(self) -> AnyView {
        let html = RwSignal::new(String::new());
        let refresh = FrameTask::late(move || {
            let state = untrack(|| self.read_state());
            let facts = self
                .scene
                .try_update_value(|scene| L::reading(scene, &state));
            set_if_new(html, facts_html(&facts.unwrap_or_default()));
        });
        Effect::new(move || {
            self.read_state();
            refresh.ask();
        });
        view! { <dl class="reading" inner_html=move || html.get()></dl> }.into_any()
    }

    /// Remembers that this control was used.
    pub fn used(self, key: &'static str) {
        let [last, _] = self.recent.get_untracked();
        if key != last {
            self.recent.set([key, last]);
        }
    }
}

fn facts_html(facts: &[Fact]) -> String {
    let mut html = String::new();
    for Fact {
        name,
        symbol,
        value,
    } in facts
    {
        html.push_str("<div><dt class=\"");
        html.push_str(symbol);
        html.push_str("\">");
        push_escaped(&mut html, name);
        html.push_str("</dt><dd class=\"");
        html.push_str(symbol);
        html.push_str("\">");
        push_escaped(&mut html, value);
        html.push_str("</dd></div>");
    }
    html
}

/// Sets a signal only to what it does not hold yet, and not at all after its view is gone.
pub fn set_if_new<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|now| *now != value) == Some(true) {
        signal.set(value);
    }
}

impl<L: Lab> AnyRoom for Room<L> {
    fn take_link(&self, pairs: &[(String, String)]) -> Vec<Notice> {
        let is_page_key = |key: &str| PageState::CONTROLS.iter().any(|row| row.key == key);
        let (state, notices) = read_pairs::<L::State>(pairs, is_page_key);
        if self.state.with_untracked(|now| *now != state) {
            self.state.set(state);
        }
        notices
    }

    fn link_pairs(&self) -> Vec<(&'static str, String)> {
        self.state.with(write_pairs)
    }

    fn panel(&self) -> AnyView {
        L::panel(*self)
    }

    fn work(&self) -> AnyView {
        let room = *self;
        let figures: Vec<_> = L::FIGURES
            .iter()
            .enumerate()
            .map(|(idx, spec)| {
                let inputs = Memo::new(move |_| {
                    let mut state = room.read_state();
                    (spec.forget)(&mut state);
                    state
                });
                figure_view(
                    room.page,
                    Box::new(RoomFigure {
                        room,
                        idx,
                        spec,
                        inputs,
                    }),
                )
            })
            .collect();
        view! {
            <div class="question">
                <h1>{L::QUESTION}</h1>
                <p>{L::LEAD}</p>
            </div>
            <div class="formula">
                <div class="formula-math" inner_html=move || room.state.with(L::formula)></div>
                {(L::READING_PLACE == ReadingPlace::BesideFormula).then(|| room.reading_view())}
            </div>
            <div class=format!("figures figures-{}", L::SLUG)>
                {figures}
                {(L::READING_PLACE == ReadingPlace::Card).then(|| room.reading_view())}
            </div>
        }
        .into_any()
    }

    fn reset(&self) {
        self.state.set(L::State::default());
    }
}

/// A figure of an open room without its types, as the figure frame sees it.
pub trait FigureSource {
    /// The figure's stable id.
    fn id(&self) -> &'static str;
    /// Its heading until it is first drawn.
    fn title(&self) -> &'static str;
    /// The height of one of its panels, in CSS pixels.
    fn panel_height(&self) -> u32;
    /// Follows everything the figure is made from, inside an effect.
    fn track(&self);
    /// Makes the figure's data and lends them.
    fn with(&self, read: &mut dyn FnMut(&Figure<'_>));
    /// What the keys do, where the figure can be pointed at.
    fn keys(&self) -> Option<&'static str>;
    /// The pointer is over this cell, or over none.
    fn hover(&self, cell: Option<Cell>);
    /// The cell is clicked.
    fn pick(&self, cell: Cell);
    /// The cell is read, as with the keys.
    fn read(&self, cell: Cell);
    /// The cell that is read now.
    fn here(&self) -> Cell;
    /// A cell in words and numbers.
    fn tip(&self, cell: Cell) -> String;
}

struct RoomFigure<L: Lab> {
    room: Room<L>,
    idx: usize,
    spec: &'static FigureSpec<L::State, L::Scene>,
    inputs: Memo<L::State>,
}

impl<L: Lab> RoomFigure<L> {
    fn pointing(&self) -> Option<&'static Pointing<L::State, L::Scene>> {
        self.spec.pointing.as_ref()
    }

    fn change(&self, change: impl FnOnce(&mut L::State)) {
        self.room.state.update(|state| {
            change(state);
        });
    }
}

impl<L: Lab> FigureSource for RoomFigure<L> {
    fn id(&self) -> &'static str {
        self.spec.id
    }

    fn title(&self) -> &'static str {
        self.spec.title
    }

    fn panel_height(&self) -> u32 {
        self.spec.panel_height
    }

    fn track(&self) {
        // Read, not only followed: a memo that nobody has read counts its first value as a change.
        self.inputs.with(|_| ());
    }

    fn with(&self, read: &mut dyn FnMut(&Figure<'_>)) {
        self.inputs.with_untracked(|state| {
            self.room
                .scene
                .update_value(|scene| read(&(self.spec.scene)(scene, state)));
        });
    }

    fn keys(&self) -> Option<&'static str> {
        self.pointing().map(|pointing| pointing.keys)
    }

    fn hover(&self, cell: Option<Cell>) {
        let at = cell.map(|cell| (self.idx, cell));
        if self.room.hover.get_untracked() != at {
            self.room.hover.set(at);
        }
    }

    fn pick(&self, cell: Cell) {
        if let Some(pointing) = self.pointing() {
            self.change(|state| (pointing.pick)(state, cell));
        }
    }

    fn read(&self, cell: Cell) {
        if let Some(pointing) = self.pointing() {
            self.change(|state| (pointing.read)(state, cell));
        }
    }

    fn here(&self) -> Cell {
        self.pointing()
            .map(|pointing| (pointing.here)(&self.room.read_state()))
            .unwrap_or_default()
    }

    fn tip(&self, cell: Cell) -> String {
        let Some(pointing) = self.pointing() else {
            return String::new();
        };
        let state = untrack(|| self.room.read_state());
        self.room
            .scene
            .try_update_value(|scene| (pointing.tip)(scene, &state, cell))
            .unwrap_or_default()
    }
}
