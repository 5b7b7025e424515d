//! A room that is open: its state, its scene, and how figures and controls reach them.

use std::ops::Range;
use std::pin::Pin;

use figures::Figure;
use leptos::{prelude::*, task::spawn_local};

use rooms::address;
use rooms::desk::Item;
use rooms::page::{FIGURE_KEY, PageState};
use rooms::python::Code;
use rooms::room::{
    Cell, Fact, FigureSpec, Handling, Keeps, Lab, Part, Pointing, ReadingPlace, Tab, Tabs,
};
use rooms::settings::{Control, Notice, Settings, control, read_pairs, write_pairs};

use crate::browser::dom;
use crate::browser::frame::FrameTask;
use crate::browser::late::{NotLoaded, when_asked_again};
use crate::browser::page::link_with;
use crate::ui::figure::figure_view;
use crate::ui::follow::{follow, memo, view_of};
use crate::ui::frame::set_if_new;
use crate::ui::html::{CONTENTS, Link, MISSING, Said, html_view, links_view, waiting_view};
use crate::ui::page::Page;
use crate::ui::source::{FigureSnapshot, FigureSource};
use crate::ui::text::{filler, push_escaped, rich_html};

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
    /// Every setting back to how the room opens, in the part that is shown; gives what brings them back.
    fn reset(&self) -> Box<dyn Fn()>;
}

/// Where a part comes from.
pub enum Arrival<L: Lab> {
    /// It is there from the start.
    AtOnce(Content<L>),
    /// It is fetched first.
    Late(fn() -> Arriving<L>),
    /// The first picture needs only some of it. The rest is fetched once that is painted, and fits itself
    /// in: what is there stays where it is.
    InTwoSteps {
        /// What is there from the start. In states that it knows nothing of, its figures say that they wait.
        first: Content<L>,
        /// The whole part: it begins with the figures, for every state, and with the desk of `first`.
        whole: fn() -> Arriving<L>,
    },
}

/// A part on its way.
pub type Arriving<L> = Pin<Box<dyn Future<Output = Result<Content<L>, NotLoaded>>>>;

/// A part, and what shows the things on its desk: the rarer ones are only in modules with a part that has them.
pub struct Content<L: Lab> {
    /// The part.
    pub part: &'static Part<L>,
    /// Shows the controls in front of it.
    pub front: FrontView<L>,
    /// Shows one thing on its desk.
    pub desk: DeskView<L>,
    /// What one can do beside that; `None` before it arrives.
    pub more: Option<&'static More<L>>,
}

/// What shows what one can do in a part beside its desk.
pub struct More<L: Lab> {
    /// The row of things to do.
    pub row: fn(Room<L>, &'static Part<L>) -> AnyView,
    /// The banner of the question that is asked.
    pub banner: fn(Room<L>, &'static Part<L>) -> AnyView,
    /// Puts what a figure has of it into its frame.
    pub equip: fn(Room<L>, &'static Part<L>, &'static FigureSpec<L>, &dom::Part),
}

/// Shows the controls with these keys, which stand in front of a desk.
pub type FrontView<L> = fn(Room<L>, &'static [&'static str]) -> AnyView;

/// Shows one thing on a desk.
pub type DeskView<L> = fn(Room<L>, &'static Item<<L as Lab>::State>) -> AnyView;

impl<L: Lab> Clone for Content<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Lab> Copy for Content<L> {}

/// An open room.
pub struct Room<L: Lab> {
    /// The page it stands in.
    pub page: Page,
    /// Its settings.
    pub state: RwSignal<L::State>,
    /// The number of the part that is shown.
    part_idx: Memo<usize>,
    /// Where the pointer is.
    hover: RwSignal<Option<Hover<L::State>>>,
    scene: StoredValue<L::Scene, LocalStorage>,
    /// Where its parts come from, in their order.
    arrivals: &'static [Arrival<L>],
    /// The contents that have been fetched, one place for each part.
    contents: StoredValue<Vec<Option<Content<L>>>, LocalStorage>,
    /// Grows when a content arrives: who shows one follows it.
    n_fetched: RwSignal<u32>,
    /// The number of the part that did not arrive last.
    missing: RwSignal<usize>,
    /// The number of the question that is asked, or none of any.
    pub asked: RwSignal<usize>,
    /// What was set before it was asked, and how far down the page was scrolled.
    pub mine: StoredValue<Option<(L::State, f64)>>,
    /// What moves by itself in the part is on its way.
    pub is_playing: RwSignal<bool>,
    /// The key of the control that was used last in this part; empty before that.
    last_used: RwSignal<&'static str>,
}

/// No number of a part or a question.
pub const NONE: usize = usize::MAX;

/// The cell under the pointer, and how it is read.
struct Hover<S> {
    read: fn(&mut S, Cell),
    cell: Cell,
}

impl<S> Clone for Hover<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Hover<S> {}

impl<S> PartialEq for Hover<S> {
    fn eq(&self, other: &Self) -> bool {
        self.cell == other.cell && std::ptr::fn_addr_eq(self.read, other.read)
    }
}

impl<L: Lab> Clone for Room<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L: Lab> Copy for Room<L> {}

impl<L: Lab> Room<L> {
    /// The room as it opens.
    pub fn new(page: Page, arrivals: &'static [Arrival<L>]) -> Self {
        let state = RwSignal::new(L::State::default());
        Self {
            page,
            state,
            part_idx: memo(move || state.with(L::part)),
            hover: RwSignal::new(None),
            scene: StoredValue::new_local(L::Scene::default()),
            arrivals,
            contents: StoredValue::new_local(vec![None; arrivals.len()]),
            n_fetched: RwSignal::new(0),
            missing: RwSignal::new(NONE),
            asked: RwSignal::new(NONE),
            mine: StoredValue::new(None),
            is_playing: RwSignal::new(false),
            last_used: RwSignal::new(""),
        }
    }

    /// The state as it is read now: the pointer's cell counts as selected while it is there.
    fn read_state(self) -> L::State {
        let mut state = self.state.get();
        if let Some(Hover { read, cell }) = self.hover.get() {
            read(&mut state, cell);
        }
        state
    }

    /// The content of a part as far as it is there. Followed by whoever asks inside an effect.
    fn content(self, part_idx: usize) -> Option<Content<L>> {
        self.fetched(part_idx).or(self.first_content(part_idx))
    }

    /// The content of a part that is there from the start.
    fn first_content(self, part_idx: usize) -> Option<Content<L>> {
        match self.arrivals.get(part_idx)? {
            Arrival::AtOnce(first) | Arrival::InTwoSteps { first, .. } => Some(*first),
            Arrival::Late(_) => None,
        }
    }

    /// The content of a part that has been fetched. Followed by whoever asks inside an effect.
    fn fetched(self, part_idx: usize) -> Option<Content<L>> {
        self.n_fetched.track();
        self.contents
            .with_value(|contents| contents.get(part_idx).copied().flatten())
    }

    /// A part as far as it is there. Followed by whoever asks inside an effect.
    fn part(self, part_idx: usize) -> Option<&'static Part<L>> {
        self.content(part_idx).map(|content| content.part)
    }

    /// Asks for what is not there yet of the part that is shown.
    fn fetch(self) {
        let idx = self.part_idx.get();
        if untrack(|| self.fetched(idx)).is_some() {
            return;
        }
        match self.arrivals.get(idx) {
            Some(&Arrival::Late(load)) => self.fetch_now(idx, load),
            Some(&Arrival::InTwoSteps { whole, .. }) if self.page.has_picture.get() => {
                self.fetch_now(idx, whole);
            }
            _ => {}
        }
    }

    fn fetch_now(self, idx: usize, load: fn() -> Arriving<L>) {
        let loading = load();
        spawn_local(async move {
            match self.page.arrival(loading).await {
                Ok(content) => {
                    self.contents.update_value(|contents| {
                        if let Some(place) = contents.get_mut(idx) {
                            *place = Some(content);
                        }
                    });
                    self.n_fetched.update(|n| *n += 1);
                }
                Err(NotLoaded) => {
                    set_if_new(self.missing, idx);
                    self.page.said.set(MISSING.to_owned());
                    when_asked_again(Box::new(move || untrack(|| self.fetch())));
                }
            }
        });
    }

    /// Whether a part, or the rest of it, did not arrive. Followed by whoever asks inside an effect.
    fn is_missing(self, idx: usize) -> bool {
        self.missing.get() == idx && self.fetched(idx).is_none()
    }

    /// The room's link as its settings stand, at another of its parts.
    fn link_to_part(self, idx: usize) -> String {
        let mut state = self.state.get();
        L::set_part(&mut state, idx);
        self.link_to(&state)
    }

    /// The room's link in a state.
    pub fn link_to(self, state: &L::State) -> String {
        let pairs = write_pairs(state);
        let page_pairs = self.page.state.with(write_pairs);
        let is_here = self.part_idx.get() == L::part(state);
        let page_pairs = page_pairs
            .iter()
            .filter(|pair| is_here || pair.0 != FIGURE_KEY);
        let pairs = pairs.iter().chain(page_pairs);
        address::fragment(L::SLUG, pairs.map(|(key, value)| (*key, value.as_str())))
    }

    /// One link per part; none where there is only one.
    fn tabs_view(self) -> Option<AnyView> {
        let links: Vec<_> = L::TABS
            .iter()
            .enumerate()
            .map(|(idx, Tab { word, question })| Link {
                name: word.label,
                title: question,
                href: Box::new(move || self.link_to_part(idx)),
                is_current: Box::new(move || self.part_idx.get() == idx),
            })
            .collect();
        let before = format!("<nav class=\"parts\" aria-label=\"Parts of {}\">", L::TITLE);
        (links.len() > 1).then(|| links_view((&before, "</nav>"), "true", links))
    }

    /// Figures of a part, each in its frame.
    fn figure_views(self, part_idx: usize, figures: Range<usize>) -> Vec<AnyView> {
        figures
            .map(|figure_idx| {
                let figure = RoomFigure {
                    room: self,
                    part_idx,
                    figure_idx,
                    inputs: memo(move || {
                        let mut state = self.read_state();
                        if let Some(spec) = self.figure(part_idx, figure_idx) {
                            (spec.forget)(&mut state);
                        }
                        state
                    }),
                };
                figure_view(self.page, Box::new(figure))
            })
            .collect()
    }

    /// A figure of a part, as it is there now.
    fn figure(self, part_idx: usize, figure_idx: usize) -> Option<&'static FigureSpec<L>> {
        self.part(part_idx)?.figures.get(figure_idx)
    }

    /// A part's question, formula and figures, and what arrives of it later.
    fn part_view(self, part_idx: usize) -> AnyView {
        // A pointer that was over a figure of the part before is over none that is left.
        self.hover.set(None);
        set_if_new(self.asked, NONE);
        set_if_new(self.last_used, "");
        on_cleanup(move || {
            self.scene.try_update_value(Keeps::leave);
        });
        let tab = L::TABS.get(part_idx);
        let (slug, question) = tab.map_or(("", ""), |tab| (tab.word.slug, tab.question));
        let part = move || self.part(part_idx);
        let n_figures = memo(move || part().map_or(0, |part| part.figures.len()));
        let n_first = n_figures.get_untracked();
        let place = untrack(part)
            .and_then(|part| part.reading.as_ref())
            .map(|reading| reading.place);
        let more_figures = view_of(move || {
            let n_figures = n_figures.get();
            let mut views = self.figure_views(part_idx, n_first..n_figures);
            // That the rest is on its way need not be said: nobody asked for it.
            if n_figures == n_first && self.is_missing(part_idx) {
                views.push(waiting_view(true));
            }
            views
        });
        let more = move || {
            let content = self.content(part_idx)?;
            Some((content.more?, content.part))
        };
        let row = view_of(move || more().map(|(more, part)| (more.row)(self, part)));
        let banner = view_of(move || more().map(|(more, part)| (more.banner)(self, part)));
        let mut figures = self.figure_views(part_idx, 0..n_first);
        let formula = self.formula_view(part_idx, place == Some(ReadingPlace::BesideFormula));
        figures.insert(1.min(figures.len()), formula);
        let card = (place == Some(ReadingPlace::Card)).then(|| {
            html_view(CONTENTS, READING.to_owned(), move |root| {
                self.follow_reading(part_idx, &root);
            })
        });
        view! {
            {self.head_view(part_idx, question)}
            <div class="acts-place">{row}</div>
            {banner}
            <div id="figures" tabindex="-1" class=format!("figures figures-{}-{slug}", L::SLUG)>
                {figures}
                {card}
                {more_figures}
            </div>
        }
        .into_any()
    }

    /// A part's question, and why anyone should care.
    fn head_view(self, part_idx: usize, question: &str) -> AnyView {
        let mut html = String::from("<div class=\"question\"><h1>");
        push_escaped(&mut html, question);
        html.push_str("</h1><p>");
        let why = untrack(|| self.part(part_idx)).map_or("", |part| part.why);
        html.push_str(&rich_html(why));
        html.push_str("</p></div>");
        html_view(CONTENTS, html, |_| {})
    }

    /// A part's formula, the numbers of what is read where they stand there, and how to read the part.
    fn formula_view(self, part_idx: usize, has_reading: bool) -> AnyView {
        let mut html = String::from("<div class=\"formula\"><div class=\"formula-math\"></div>");
        if has_reading {
            html.push_str(READING);
        }
        html.push_str("<div class=\"roomy\"><p></p></div></div>");
        html_view(CONTENTS, html, move |root| {
            let text = move |of: TextOf<L>| {
                self.part(part_idx)
                    .map(|part| self.state.with(of(part)))
                    .unwrap_or_default()
            };
            if let Some((place, lead)) = root.find(".roomy").zip(root.find("p")) {
                let lead = Said::new(lead);
                let mut longest = 0;
                follow(move || {
                    let text = text(|part| part.lead);
                    // A number with a digit more needs no line more.
                    let len = text.len() + text.len() / 10;
                    if len > longest {
                        longest = len;
                        place.set("data-room", &filler(len));
                    }
                    lead.html(rich_html(&text));
                });
            }
            if let Some(formula) = root.find(".formula-math") {
                let formula = Said::new(formula);
                follow(move || formula.html(text(|part| part.formula)));
            }
            self.follow_reading(part_idx, &root);
        })
    }

    /// What a figure says in the present state, as far as a frame allows, and whether something is left for the next one.
    pub fn summary(self, spec: &'static FigureSpec<L>) -> (String, bool) {
        let state = self.state.get_untracked();
        let summary = self.scene.try_update_value(|scene| {
            let summary = spec.make(scene, &state).summary;
            (summary, scene.is_unfinished())
        });
        summary.unwrap_or_default()
    }

    /// Keeps the numbers of what is read up to date in the list that is in `root`, once a frame like the figures.
    fn follow_reading(self, part_idx: usize, root: &dom::Part) {
        let Some(list) = root.find(".reading") else {
            return;
        };
        let list = Said::new(list);
        // What is computed in steps is read again.
        let n_steps = RwSignal::new(0_u32);
        let refresh = FrameTask::late(move || {
            let state = untrack(|| self.read_state());
            let reading = untrack(|| self.part(part_idx)?.reading.as_ref());
            let facts = reading.and_then(|reading| {
                self.scene
                    .try_update_value(|scene| (reading.make(scene, &state), scene.is_unfinished()))
            });
            let (facts, is_unfinished) = facts.unwrap_or_default();
            list.html(facts_html(&facts));
            if is_unfinished {
                n_steps.update(|n| *n = n.wrapping_add(1));
            }
        });
        follow(move || {
            n_steps.track();
            self.read_state();
            self.part(part_idx);
            refresh.ask();
        });
    }

    /// What is on a desk, after so many things.
    fn desk_views(self, content: Content<L>, n_before: usize) -> Vec<AnyView> {
        let items = content.part.desk.iter().skip(n_before);
        items.map(|item| (content.desk)(self, item)).collect()
    }

    /// Applies a change to the settings. Only what is new is set: an unchanged state must not wake the figures.
    pub fn apply<T>(self, change: impl FnOnce(&mut L::State) -> T) -> T {
        let mut state = self.state.get_untracked();
        let result = change(&mut state);
        state.settle();
        for row in L::State::CONTROLS {
            let narrowed = row.narrowed(&state);
            let before = self.state.with_untracked(|before| row.narrowed(before));
            if before != narrowed {
                // The link's own notice of it stands under the key.
                self.page.note(row.key, None);
                self.page
                    .note(row.name, narrowed.map(|it| it.notice(row.name)));
            }
        }
        set_if_new(self.state, state);
        result
    }

    /// Takes what was given to a control: its change, its notice, and that it was used.
    pub fn take(
        self,
        key: &'static str,
        name: &str,
        change: impl FnOnce(&mut L::State) -> Option<Notice>,
    ) {
        let notice = self.apply(change);
        // The link may have left a notice under the key, a field leaves it under the name.
        self.page.note(key, None);
        self.page.note(name, notice);
        self.used(key);
        self.page.has_moved.set_value(true);
    }

    /// Remembers that this control was used.
    pub fn used(self, key: &'static str) {
        set_if_new(self.last_used, key);
    }

    /// The controls in front of the part that is shown.
    pub fn front(self) -> &'static [&'static str] {
        untrack(|| self.part(self.part_idx.get())).map_or(&[], |part| part.front)
    }

    /// The key of the control that stays in reach of the thumb: the one that was used last, or the part's first. Followed by
    /// whoever asks inside an effect.
    pub fn in_reach(self) -> &'static str {
        let last = [self.last_used.get()];
        let keys = last.iter().chain(self.front()).copied();
        self.state.with(|state| {
            let applies = |row: &Control<L::State>| (row.applies)(state);
            let mut rows = keys.filter_map(control);
            rows.find(|row| applies(row)).map_or("", |row| row.key)
        })
    }
}

/// One of the texts of a part, which follows the state.
type TextOf<L> = fn(&Part<L>) -> fn(&<L as Lab>::State) -> String;

/// Where the numbers of what is read stand, still without them.
const READING: &str = "<dl class=\"reading\"></dl>";

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

/// The part that a link opens: the one with the figure that it makes large, whatever part it names.
fn part_with_figure(page: Page, tabs: &Tabs, part_idx: usize) -> Result<usize, Notice> {
    let id = page.state.with_untracked(|page| page.figure.clone());
    if id.is_empty() {
        return Ok(part_idx);
    }
    tabs.part_with(&id).ok_or_else(|| {
        page.state.update(|page| page.figure.clear());
        tabs.no_figure(&id)
    })
}

impl<L: Lab> AnyRoom for Room<L> {
    fn take_link(&self, pairs: &[(String, String)]) -> Vec<Notice> {
        let page_keys: Vec<_> = PageState::CONTROLS.iter().map(|row| row.key).collect();
        let (mut state, mut notices) = read_pairs::<L::State>(pairs, Some(&page_keys));
        match part_with_figure(self.page, &L::TABS, L::part(&state)) {
            Ok(part_idx) => L::set_part(&mut state, part_idx),
            Err(notice) => notices.push(notice),
        }
        set_if_new(self.state, state);
        notices
    }

    fn link_pairs(&self) -> Vec<(&'static str, String)> {
        self.state.with(write_pairs)
    }

    fn panel(&self) -> AnyView {
        let room = *self;
        // By what is there first, so that what is in a hand stays when the rest arrives.
        let first = memo(move || {
            let idx = room.part_idx.get();
            (idx, room.content(idx).is_some())
        });
        let desk = view_of(move || {
            let (idx, _) = first.get();
            let content = room.first_content(idx).or(untrack(|| room.fetched(idx)));
            content.map(|content| {
                let mut views = vec![(content.front)(room, content.part.front)];
                views.extend(room.desk_views(content, 0));
                views
            })
        });
        let more = view_of(move || {
            let idx = room.part_idx.get();
            let n_first = room.first_content(idx)?.part.desk.len();
            let content = room.fetched(idx)?;
            Some(room.desk_views(content, n_first))
        });
        view! {
            {desk}
            {more}
        }
        .into_any()
    }

    fn work(&self) -> AnyView {
        let room = *self;
        follow(move || room.fetch());
        let shown = memo(move || {
            let idx = room.part_idx.get();
            (idx, room.content(idx).is_some())
        });
        let part = view_of(move || match shown.get() {
            (idx, true) => room.part_view(idx),
            (idx, false) => waiting_view(room.is_missing(idx)),
        });
        view! {
            {room.tabs_view()}
            {part}
        }
        .into_any()
    }

    fn reset(&self) -> Box<dyn Fn()> {
        let (state, before) = (self.state, self.state.get_untracked());
        let mut usual = L::State::default();
        L::set_part(&mut usual, L::part(&before));
        set_if_new(state, usual);
        Box::new(move || set_if_new(state, before.clone()))
    }
}

struct Snapshot<L: Lab> {
    room: Room<L>,
    spec: Option<&'static FigureSpec<L>>,
    state: L::State,
}

impl<L: Lab> FigureSnapshot for Snapshot<L> {
    fn go_on(&self) -> bool {
        let is_unfinished = self.spec.and_then(|spec| {
            self.room.scene.try_update_value(|scene| {
                spec.make(scene, &self.state);
                scene.is_unfinished()
            })
        });
        is_unfinished == Some(true)
    }

    fn with(&self, read: &mut dyn FnMut(&mut Figure<'_>)) {
        self.spec.and_then(|spec| {
            self.room.scene.try_update_value(|scene| {
                spec.finish(scene, &self.state);
                read(&mut (spec.scene)(scene, &self.state));
            })
        });
    }

    fn code(&self) -> Code {
        let code = self.spec.and_then(|spec| {
            self.room
                .scene
                .try_update_value(|scene| (spec.code)(scene, &self.state))
        });
        code.unwrap_or_default()
    }
}

struct RoomFigure<L: Lab> {
    room: Room<L>,
    part_idx: usize,
    figure_idx: usize,
    inputs: Memo<L::State>,
}

impl<L: Lab> RoomFigure<L> {
    fn spec(&self) -> Option<&'static FigureSpec<L>> {
        untrack(|| self.room.figure(self.part_idx, self.figure_idx))
    }

    fn pointing(&self) -> Option<&'static Pointing<L>> {
        self.spec()?.pointing.as_ref()
    }

    fn handling(&self) -> Option<&'static Handling<L::State>> {
        self.spec()?.handling.as_ref()
    }

    fn change(&self, change: impl FnOnce(&mut L::State)) {
        self.room.state.update(|state| {
            change(state);
        });
    }
}

impl<L: Lab> FigureSource for RoomFigure<L> {
    fn id(&self) -> &'static str {
        self.spec().map_or("", |spec| spec.id)
    }

    fn title(&self) -> &'static str {
        self.spec().map_or("", |spec| spec.title)
    }

    fn panel_height(&self) -> u32 {
        self.spec().map_or(0, |spec| spec.panel_height)
    }

    fn equip(&self, root: &dom::Part) {
        let (room, part_idx, figure_idx) = (self.room, self.part_idx, self.figure_idx);
        let root = root.clone();
        follow(move || {
            if let Some(Content {
                part,
                more: Some(more),
                ..
            }) = room.content(part_idx)
                && let Some(spec) = part.figures.get(figure_idx)
            {
                (more.equip)(room, part, spec, &root);
            }
        });
    }

    fn caption_len(&self) -> usize {
        self.spec().map_or(0, |spec| spec.caption_len)
    }

    fn track(&self) {
        // What arrives of the part may draw it otherwise.
        self.room.content(self.part_idx);
        // Read, not only followed: a memo that nobody has read counts its first value as a change.
        self.inputs.with(|_| ());
    }

    fn with(&self, read: &mut dyn FnMut(&mut Figure<'_>)) {
        let Some(spec) = self.spec() else {
            return;
        };
        self.inputs.with_untracked(|state| {
            self.room
                .scene
                .update_value(|scene| read(&mut spec.make(scene, state)));
        });
    }

    fn is_unfinished(&self) -> bool {
        self.room.scene.try_with_value(Keeps::is_unfinished) == Some(true)
    }

    fn snapshot(&self) -> Box<dyn FigureSnapshot> {
        Box::new(Snapshot {
            room: self.room,
            spec: self.spec(),
            state: self.inputs.get_untracked(),
        })
    }

    fn link(&self) -> String {
        untrack(|| link_with(&self.room.link_to_part(self.room.part_idx.get())))
    }

    fn keys(&self) -> Option<&'static str> {
        self.pointing().map(|pointing| pointing.keys)
    }

    fn hover(&self, cell: Option<Cell>) {
        let at = cell.zip(self.pointing()).map(|(cell, pointing)| Hover {
            read: pointing.read,
            cell,
        });
        if self.room.hover.with_untracked(|now| *now != at) {
            self.room.hover.set(at);
        }
    }

    fn pick(&self, cell: Cell) -> Option<Notice> {
        let Some((key, pick)) = self.pointing()?.pick else {
            self.read(cell);
            return None;
        };
        self.room.used(key);
        self.room.apply(|state| pick(state, cell))
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

    fn can_draw(&self) -> bool {
        matches!(self.handling(), Some(Handling::Draw(_)))
    }

    fn can_turn(&self) -> bool {
        matches!(self.handling(), Some(Handling::Turn(_)))
    }

    fn turn(&self, yaw: f64, pitch: f64) {
        if let Some(Handling::Turn(turn)) = self.handling() {
            self.change(|state| turn(state, yaw, pitch));
        }
    }

    fn draw(&self, cell: Cell, value: f64) {
        if let Some(Handling::Draw(drawing)) = self.handling() {
            self.change(|state| (drawing.draw)(state, cell, value));
        }
    }

    fn nudge(&self, cell: Cell, steps: f64) {
        if let Some(Handling::Draw(drawing)) = self.handling() {
            self.change(|state| {
                let value = (drawing.value)(state, cell) + steps * drawing.nudge;
                (drawing.draw)(state, cell, value);
            });
        }
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
