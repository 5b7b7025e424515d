//! The registry of rooms: navigation, links, figures and tests all loop over [`ALL`].
//!
//! A room is a folder of one shape (`state`, `scene`, `story`, `panel`) and one row here. Rooms never
//! import each other.

use std::pin::Pin;

use figures::Figure;
use leptos::prelude::AnyView;

use crate::late::NotLoaded;
use crate::settings::Settings;
#[cfg(not(target_arch = "wasm32"))]
use crate::settings::{Control, ControlDoc, Notice, read_pairs, write_pairs};
use crate::ui::page::Page;
use crate::ui::room::{AnyRoom, Room};

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
pub trait Lab: Send + Sync + 'static {
    /// Its settings.
    type State: Settings + Send + Sync;
    /// What it keeps from one frame to the next so that nothing is computed or allocated twice.
    type Scene: Default + 'static;
    /// Its word in links, folders and snapshot names.
    const SLUG: &'static str;
    /// Its name in the navigation.
    const TITLE: &'static str;
    /// The question it answers, its heading.
    const QUESTION: &'static str;
    /// One sentence on how to read what it shows.
    const LEAD: &'static str;
    /// Its figures, in reading order.
    const FIGURES: &'static [FigureSpec<Self::State, Self::Scene>];

    /// Its formula with the current numbers put in, as MathML.
    fn formula(state: &Self::State) -> String;

    /// Where the numbers of what is read stand.
    const READING_PLACE: ReadingPlace;

    /// The numbers of what is read right now.
    fn reading(scene: &mut Self::Scene, state: &Self::State) -> Vec<Fact>;

    /// Its controls.
    fn panel(room: Room<Self>) -> AnyView
    where
        Self: Sized;
}

/// Where a room shows the numbers of what is read.
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
    /// Sets what the figure does not depend on to a fixed value, so that it is not redrawn for it.
    pub forget: fn(&mut S),
    /// How pointing at a cell reads it; `None` where there is nothing to point at.
    pub pointing: Option<Pointing<S, C>>,
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
    /// Its figures' ids, in reading order.
    pub figure_ids: fn() -> Vec<&'static str>,
    /// Its controls.
    pub controls: fn() -> Vec<ControlDoc>,
    /// Reads a link's pairs into a state and writes that state's pairs again, with the notices.
    pub canonical: fn(&[LinkPair]) -> Canonical,
    /// Makes the data of the figure with this number in the state of a link.
    pub with_figure: fn(&[LinkPair], usize, &mut ReadFigure<'_>),
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

#[cfg(not(target_arch = "wasm32"))]
const fn inspection<L: Lab>() -> Inspection {
    Inspection {
        figure_ids: || L::FIGURES.iter().map(|figure| figure.id).collect(),
        controls: || L::State::CONTROLS.iter().map(Control::doc).collect(),
        canonical: |pairs| {
            let (state, notices) = read_pairs::<L::State>(pairs, |_| false);
            (write_pairs(&state), notices)
        },
        with_figure: |pairs, idx, read| {
            let (state, _) = read_pairs::<L::State>(pairs, |_| false);
            let mut scene = L::Scene::default();
            if let Some(spec) = L::FIGURES.get(idx) {
                read(&(spec.scene)(&mut scene, &state));
            }
        },
    }
}
