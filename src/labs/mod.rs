//! The registry of rooms: navigation, links, figures and tests all loop over [`ALL`].
//!
//! A room is a folder of one shape (`state`, `scene`, `story`, `code`, `panel`) and one row here. Rooms never
//! import each other.

#![allow(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

use std::pin::Pin;

use figures::Figure;
use leptos::prelude::AnyView;

use crate::labs::code::Code;
use crate::late::NotLoaded;
use crate::settings::{Choosable, Settings};
#[cfg(not(target_arch = "wasm32"))]
use crate::settings::{Control, ControlDoc, Notice, read_pairs, write_pairs};
use crate::ui::page::Page;
use crate::ui::room::{AnyRoom, Room};

pub mod code;
pub mod encode;
pub mod normalize;

/// Every room, in the order of the navigation; the first one is where the page opens.
pub const ALL: &[LabEntry] = &[
    entry::<encode::Encode>(Open::AtOnce(|page| {
        Box::new(Room::<encode::Encode>::new(page))
    })),
    entry::<normalize::Normalize>(Open::Late(|page| Box::pin(normalize::open(page)))),
];

/// What a room is made of.
pub trait Lab: Send + Sync + Sized + 'static {
    /// Its settings.
    type State: Settings + Send + Sync;
    /// What it keeps from one frame to the next so that nothing is computed or allocated twice.
    type Scene: Default + 'static;
    /// Its word in links, folders and snapshot names.
    const SLUG: &'static str;
    /// Its name in the navigation.
    const TITLE: &'static str;
    /// Its parts, in the order of their tabs; the first one is where it opens. At least one.
    const PARTS: &'static [Part<Self>];

    /// The number of the part that is shown.
    fn part(state: &Self::State) -> usize;

    /// Goes to another part.
    fn set_part(state: &mut Self::State, idx: usize);

    /// Whether the figure with this id, as it was made last, is to be made again: it computes a bounded part of its
    /// data each time and keeps what it has. It is drawn with each frame until it is finished.
    fn is_unfinished(_: &Self::Scene, _figure_id: &str) -> bool {
        false
    }

    /// What a hand that is held down does to the figure with this id; `None` where it does what it does everywhere.
    fn handling(_figure_id: &str) -> Option<Handling<Self::State>> {
        None
    }
}

/// What a hand that is held down does to a figure.
pub enum Handling<S: 'static> {
    /// It draws bars.
    Draw(&'static Drawing<S>),
    /// It turns space: so many degrees around the upright axis, so many towards the reader.
    Turn(fn(&mut S, f64, f64)),
}

/// How bars are drawn by hand: the pointer, held down, leaves in each cell the value that it is at.
pub struct Drawing<S: 'static> {
    /// Gives the bar of a cell a value of the panel's value axis, as near as it may be.
    pub draw: fn(&mut S, Cell, f64),
    /// The value of a cell's bar now, for keys that go on from it.
    pub value: fn(&S, Cell) -> f64,
    /// What such a key adds or takes away.
    pub nudge: f64,
}

/// A part of a room: one question, the controls that matter to it, one screen of figures.
pub struct Part<L: Lab> {
    /// Its word in links and its name on the tab.
    pub name: &'static Choosable,
    /// Its heading.
    pub question: &'static str,
    /// What answers it.
    pub body: Body<L>,
}

/// Where a part's content is.
pub enum Body<L: Lab> {
    /// There from the start.
    AtOnce(&'static PartBody<L>),
    /// To be fetched first.
    Late(fn() -> LoadingBody<L>),
    /// The first picture needs only a part of it. The rest is fetched once that is painted, and fits itself
    /// in: what is there stays where it is.
    InTwoSteps {
        /// What is there from the start. In states that it knows nothing of, its figures say that they wait.
        first: &'static PartBody<L>,
        /// The whole content: of its figures the first ones are those of `first`, for every state; its panel
        /// stands after that of `first`.
        whole: fn() -> LoadingBody<L>,
    },
}

/// A part's content on its way.
pub type LoadingBody<L> = Pin<Box<dyn Future<Output = Result<&'static PartBody<L>, NotLoaded>>>>;

/// The content of a part.
pub struct PartBody<L: Lab> {
    /// One or two sentences on how to read what it shows; `*…*` marks what is set in bold.
    pub lead: fn(&L::State) -> String,
    /// Its formula with the current numbers put in, as MathML.
    pub formula: fn(&L::State) -> String,
    /// Its figures, in reading order.
    pub figures: &'static [FigureSpec<L::State, L::Scene>],
    /// The numbers of what is read right now.
    pub reading: Option<Reading<L::State, L::Scene>>,
    /// Its controls.
    pub panel: fn(Room<L>) -> AnyView,
    /// What people ask of it.
    pub questions: &'static [Question],
}

/// A question that people ask, and the state in which a figure answers it.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The question.
    pub asked: &'static str,
    /// What to move and what to look at. No numbers that a figure says itself.
    pub answer: &'static str,
    /// The settings, as they stand in a link without the part.
    pub settings: &'static str,
    /// The figure that answers.
    pub figure_id: &'static str,
}

impl Question {
    /// The link's pairs, the part first.
    pub fn pairs<'a>(self, part: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let settings: &'a str = self.settings;
        let settings = settings.split('&');
        std::iter::once(("part", part)).chain(settings.filter_map(|pair| pair.split_once('=')))
    }
}

/// The numbers of what is read.
pub struct Reading<S: 'static, C: 'static> {
    /// Where they stand.
    pub place: ReadingPlace,
    /// The numbers, in reading order.
    pub facts: fn(&mut C, &S) -> Vec<Fact>,
}

/// Where a part shows the numbers of what is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadingPlace {
    /// In a row beside the formula.
    BesideFormula,
    /// As a card after the figures.
    Card,
}

/// One number of what is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What it is.
    pub name: &'static str,
    /// The colour of its symbol, as a CSS class; empty for none.
    pub symbol: &'static str,
    /// The number, with its unit.
    pub value: String,
}

impl Fact {
    /// A number without a colour of its own.
    pub fn new(name: &'static str, value: impl Into<String>) -> Self {
        Self {
            name,
            symbol: "",
            value: value.into(),
        }
    }
}

/// One figure of a room.
pub struct FigureSpec<S: 'static, C: 'static> {
    /// Its stable id.
    pub id: &'static str,
    /// Its heading until it is first drawn.
    pub title: &'static str,
    /// The height of one of its panels, in CSS pixels.
    pub panel_height: u32,
    /// Its data in this state.
    pub scene: for<'a> fn(&'a mut C, &'a S) -> Figure<'a>,
    /// Code that makes the array of its NPY in this state.
    pub code: fn(&mut C, &S) -> Code,
    /// Sets what the figure does not depend on to a fixed value, so that it is not redrawn for it.
    pub forget: fn(&mut S),
    /// How pointing at a cell reads it; `None` where there is nothing to point at.
    pub pointing: Option<Pointing<S, C>>,
}

impl<S, C> FigureSpec<S, C> {
    /// Makes a figure that takes several frames until nothing is left to compute.
    pub fn finish<L: Lab<State = S, Scene = C>>(&self, scene: &mut C, state: &S) {
        loop {
            // Where it was finished in another state, only making it shows what is left.
            (self.scene)(scene, state);
            if !L::is_unfinished(scene, self.id) {
                return;
            }
        }
    }
}

/// How pointing at a cell of a figure reads it.
pub struct Pointing<S: 'static, C: 'static> {
    /// Makes the cell the one that is read.
    pub read: fn(&mut S, Cell),
    /// What a click or Enter does on top of reading.
    pub pick: fn(&mut S, Cell),
    /// The cell that is read now.
    pub here: fn(&S) -> Cell,
    /// The cell in words and numbers, from the data that the figure is drawn from.
    pub tip: fn(&mut C, &S, Cell) -> String,
    /// What the keys do, for screen readers.
    pub keys: &'static str,
}

/// A place on a figure's axes; `None` on an axis without cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// The number of the panel, from the left.
    pub panel_idx: usize,
    /// The number on the x axis.
    pub x: Option<u64>,
    /// The number on the y axis.
    pub y: Option<u64>,
}

#[cfg(not(target_arch = "wasm32"))]
/// A key and a value as a link gives them.
pub type LinkPair = (String, String);

#[cfg(not(target_arch = "wasm32"))]
/// The pairs that a state writes, and the notices from reading it.
pub type Canonical = (Vec<(&'static str, String)>, Vec<Notice>);

#[cfg(not(target_arch = "wasm32"))]
/// What is done with a figure while its data live.
pub type ReadFigure<'a> = dyn FnMut(&Figure<'_>) + 'a;

/// A room without its types, as the shell and the tests see it.
pub struct LabEntry {
    /// Its word in links.
    pub slug: &'static str,
    /// Its name in the navigation.
    pub title: &'static str,
    /// The room itself, with its state, ready to be shown.
    pub open: Open,
    /// What tests and documentation loop over; the page does not carry it.
    #[cfg(not(target_arch = "wasm32"))]
    pub inspect: Inspection,
}

/// How a room is opened.
#[derive(Clone, Copy)]
pub enum Open {
    /// Its code is there from the start.
    AtOnce(fn(Page) -> Box<dyn AnyRoom>),
    /// Its code is fetched first.
    Late(fn(Page) -> OpeningRoom),
}

/// A room on its way.
pub type OpeningRoom = Pin<Box<dyn Future<Output = Result<Box<dyn AnyRoom>, NotLoaded>>>>;

/// A room as tests and documentation look into it.
#[cfg(not(target_arch = "wasm32"))]
pub struct Inspection {
    /// Its parts' words in links and their questions.
    pub parts: fn() -> Vec<(&'static str, &'static str)>,
    /// Its questions, each with the number of its part.
    pub questions: fn() -> Vec<(usize, Question)>,
    /// The number of the part that a link shows.
    pub part: fn(&[LinkPair]) -> usize,
    /// Its figures, part after part, in reading order: id, the number of the part, the height of a panel.
    pub figures: fn() -> Vec<(&'static str, usize, u32)>,
    /// Its figures' ids, in the same order.
    pub figure_ids: fn() -> Vec<&'static str>,
    /// Its controls.
    pub controls: fn() -> Vec<ControlDoc>,
    /// Reads a link's pairs into a state and writes that state's pairs again, with the notices.
    pub canonical: fn(&[LinkPair]) -> Canonical,
    /// Makes the data of the figure with this number in the state of a link.
    pub with_figure: fn(&[LinkPair], usize, &mut ReadFigure<'_>),
    /// Writes the code of the figure with this number in the state of a link.
    pub code: fn(&[LinkPair], usize) -> Code,
    /// What the part with this number says beside its figures: lead, formula, readings.
    pub texts: fn(&[LinkPair], usize) -> Vec<String>,
}

/// The room with this slug.
pub fn by_slug(slug: &str) -> Option<&'static LabEntry> {
    ALL.iter().find(|lab| lab.slug == slug)
}

const fn entry<L: Lab>(open: Open) -> LabEntry {
    LabEntry {
        slug: L::SLUG,
        title: L::TITLE,
        open,
        #[cfg(not(target_arch = "wasm32"))]
        inspect: inspection::<L>(),
    }
}

/// All figures of a room, part after part, each with its part's number.
#[cfg(not(target_arch = "wasm32"))]
fn figures_of<L: Lab>() -> impl Iterator<Item = (usize, &'static FigureSpec<L::State, L::Scene>)> {
    L::PARTS.iter().enumerate().flat_map(|(part_idx, part)| {
        let figures = content_of(part).map_or(&[][..], |content| content.figures);
        figures.iter().map(move |figure| (part_idx, figure))
    })
}

/// A part's content. Outside of a browser nothing is fetched: what is late is ready when it is asked for.
#[cfg(not(target_arch = "wasm32"))]
fn content_of<L: Lab>(part: &Part<L>) -> Option<&'static PartBody<L>> {
    match part.body {
        Body::AtOnce(content) => Some(content),
        Body::Late(load) | Body::InTwoSteps { whole: load, .. } => {
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            match load().as_mut().poll(&mut context) {
                std::task::Poll::Ready(content) => content.ok(),
                std::task::Poll::Pending => None,
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
const fn inspection<L: Lab>() -> Inspection {
    Inspection {
        parts: || {
            L::PARTS
                .iter()
                .map(|part| (part.name.slug, part.question))
                .collect()
        },
        questions: || {
            L::PARTS
                .iter()
                .enumerate()
                .flat_map(|(part_idx, part)| {
                    let questions = content_of(part).map_or(&[][..], |content| content.questions);
                    questions.iter().map(move |question| (part_idx, *question))
                })
                .collect()
        },
        part: |pairs| L::part(&read_pairs::<L::State>(pairs, |_| false).0),
        figures: || {
            figures_of::<L>()
                .map(|(part_idx, figure)| (figure.id, part_idx, figure.panel_height))
                .collect()
        },
        figure_ids: || figures_of::<L>().map(|(_, figure)| figure.id).collect(),
        controls: || L::State::CONTROLS.iter().map(Control::doc).collect(),
        canonical: |pairs| {
            let (state, notices) = read_pairs::<L::State>(pairs, |_| false);
            (write_pairs(&state), notices)
        },
        with_figure: |pairs, idx, read| {
            let (mut state, _) = read_pairs::<L::State>(pairs, |_| false);
            let mut scene = L::Scene::default();
            if let Some((part_idx, spec)) = figures_of::<L>().nth(idx) {
                L::set_part(&mut state, part_idx);
                spec.finish::<L>(&mut scene, &state);
                read(&(spec.scene)(&mut scene, &state));
            }
        },
        code: |pairs, idx| {
            let (mut state, _) = read_pairs::<L::State>(pairs, |_| false);
            let figure = figures_of::<L>().nth(idx);
            figure.map_or_else(Code::default, |(part_idx, spec)| {
                L::set_part(&mut state, part_idx);
                (spec.code)(&mut L::Scene::default(), &state)
            })
        },
        texts: |pairs, part_idx| {
            let (mut state, _) = read_pairs::<L::State>(pairs, |_| false);
            L::set_part(&mut state, part_idx);
            let mut scene = L::Scene::default();
            let content = L::PARTS.get(part_idx).and_then(content_of);
            content.map_or_else(Vec::new, |content| {
                let mut texts = vec![(content.lead)(&state), (content.formula)(&state)];
                let facts = content
                    .reading
                    .as_ref()
                    .map(|reading| (reading.facts)(&mut scene, &state));
                texts.extend(facts.unwrap_or_default().into_iter().map(|fact| fact.value));
                texts
            })
        },
    }
}
