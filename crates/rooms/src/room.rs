//! What a room is made of: the contract between rooms, which are data, and the page, which shows them.
//!
//! What is usual is silent: a [`FigureSpec`] and a [`Part`] say only what differs from it.

use figures::Figure;

use crate::desk::Item;
use crate::page::{FIGURE_KEY, NO_FIGURE};
use crate::play::Play;
use crate::python::Code;
use crate::quiz::Quiz;
use crate::settings::{Kind, Notice, Settings, Word, control};

/// A room.
pub trait Lab: Send + Sync + Sized + 'static {
    /// Its settings. One of them has the key `part`: which part is shown, in the order of [`Lab::PARTS`].
    type State: Settings + Send + Sync;
    /// What it keeps from one frame to the next so that nothing is computed or allocated twice.
    type Scene: Keeps;
    /// Its word in links, folders and snapshot names.
    const SLUG: &'static str;
    /// Its name in the navigation.
    const TITLE: &'static str;
    /// Its parts, in the order of their tabs; the first one is where it opens. At least one.
    ///
    /// Whoever names this in the page's main module has all parts in it: the page takes them one by one, from where
    /// they arrive with, and reads only [`Lab::TABS`].
    const PARTS: &'static [&'static Part<Self>];
    /// What is known of the parts before they arrive.
    const TABS: Tabs = Tabs::of(Self::PARTS);

    /// The number of the part that is shown.
    fn part(state: &Self::State) -> usize {
        match part_row::<Self>() {
            Some(Kind::Choice(choice)) => (choice.get)(state),
            _ => 0,
        }
    }

    /// Goes to another part.
    fn set_part(state: &mut Self::State, idx: usize) {
        if let Some(Kind::Choice(choice)) = part_row::<Self>() {
            (choice.set)(state, idx);
            state.settle();
        }
    }
}

/// What a room keeps from one frame to the next.
///
/// What takes longer than a frame is made in steps: whatever reads it notes here whether it is whole, so that no figure has to
/// know what it is made of.
pub trait Keeps: Default + 'static {
    /// Somebody is about to be shown something: a figure by its id, or the readings. Who comes a second time comes in
    /// another frame.
    fn begin(&mut self, _asker: &'static str) {}

    /// Whether anything that was read since then is only as far as a frame allows. Usually everything is made at once.
    fn is_unfinished(&self) -> bool {
        false
    }

    /// The part that was shown is left: what only its figures are made from is given back.
    fn leave(&mut self) {}
}

fn part_row<L: Lab>() -> Option<&'static Kind<L::State>> {
    control::<L::State>("part").map(|row| &row.kind)
}

/// What is known of a part before it arrives.
#[derive(Clone, Copy, Debug)]
pub struct Tab {
    /// Its word in links and its name on the tab.
    pub word: Word,
    /// Its question.
    pub question: &'static str,
}

/// The tabs of a room, in their order.
#[derive(Clone, Copy, Debug)]
pub struct Tabs {
    tabs: [Option<Tab>; Self::MOST],
    /// The ids of the figures of each part: a link may name one whose part has not arrived. Empty where there is none.
    figure_ids: [[&'static str; Self::MOST]; Self::MOST],
}

impl Tabs {
    /// The most parts that a room has, and figures that a part has: more would be a wall.
    const MOST: usize = 8;

    const fn of<L: Lab>(parts: &[&Part<L>]) -> Self {
        let mut tabs = [None; Self::MOST];
        let mut figure_ids = [[""; Self::MOST]; Self::MOST];
        let mut idx = 0;
        while idx < parts.len() {
            tabs[idx] = Some(parts[idx].tab);
            let figures = parts[idx].figures;
            let mut nth = 0;
            while nth < figures.len() {
                figure_ids[idx][nth] = figures[nth].id;
                nth += 1;
            }
            idx += 1;
        }
        Self { tabs, figure_ids }
    }

    /// The number of the part that has a figure.
    pub fn part_with(&self, figure_id: &str) -> Option<usize> {
        let has = |ids: &[&str; Self::MOST]| ids.contains(&figure_id);
        self.figure_ids.iter().position(has)
    }

    /// Says that no part has a figure.
    pub fn no_figure(&self, given: &str) -> Notice {
        let allowed = [
            "the id of a figure of this lab, such as ",
            self.figure_ids[0][0],
        ];
        Notice::new(FIGURE_KEY, given, allowed.concat(), NO_FIGURE)
    }

    /// One after the other.
    pub fn iter(&self) -> impl Iterator<Item = Tab> {
        self.tabs.iter().copied().flatten()
    }

    /// The tab with this number.
    pub fn get(&self, idx: usize) -> Option<Tab> {
        self.tabs.get(idx).copied().flatten()
    }

    /// How many there are.
    pub fn n_tabs(&self) -> usize {
        self.iter().count()
    }
}

/// A part of a room: one question, the controls that matter to it, one screen of figures.
pub struct Part<L: Lab> {
    /// What is known of it before it arrives.
    pub tab: Tab,
    /// Why anyone should care: one plain sentence without a symbol, true in every state.
    pub why: &'static str,
    /// One or two sentences on how to read what it shows, which stand with its formula; `*…*` marks what is set in bold.
    pub lead: fn(&L::State) -> String,
    /// Its formula with the current numbers put in, as MathML.
    pub formula: fn(&L::State) -> String,
    /// Its figures, in reading order.
    pub figures: &'static [FigureSpec<L>],
    /// The numbers of what is read right now.
    pub reading: Option<Reading<L>>,
    /// The keys of the controls that move its first figure, in their order; at most five of them mean anything at once.
    pub front: &'static [&'static str],
    /// Its other controls.
    pub desk: &'static [Item<L::State>],
    /// What moves by itself in it.
    pub play: Option<Play<L::State>>,
    /// What asks the reader.
    pub quiz: Option<Quiz<L::State>>,
    /// What one does first where nothing moves.
    pub first: Option<Way<L::State>>,
    /// What people ask of it. Without either the first one is the first thing to do.
    pub questions: &'static [Question],
}

impl<L: Lab> Part<L> {
    /// A part with its word and its question as heading, still without content.
    pub const fn new(
        word: Word,
        question: &'static str,
        lead: fn(&L::State) -> String,
        formula: fn(&L::State) -> String,
    ) -> Self {
        Self {
            tab: Tab { word, question },
            why: "",
            lead,
            formula,
            figures: &[],
            reading: None,
            front: &[],
            desk: &[],
            play: None,
            quiz: None,
            first: None,
            questions: &[],
        }
    }

    /// With these figures, in reading order.
    pub const fn figures(mut self, figures: &'static [FigureSpec<L>]) -> Self {
        self.figures = figures;
        self
    }

    /// With these numbers of what is read.
    pub const fn reading(
        mut self,
        place: ReadingPlace,
        facts: fn(&mut L::Scene, &L::State) -> Vec<Fact>,
    ) -> Self {
        self.reading = Some(Reading { place, facts });
        self
    }

    /// With this reason to care.
    pub const fn why(mut self, why: &'static str) -> Self {
        self.why = why;
        self
    }

    /// With the controls of these keys in front.
    pub const fn front(mut self, front: &'static [&'static str]) -> Self {
        self.front = front;
        self
    }

    /// With these other controls.
    pub const fn desk(mut self, desk: &'static [Item<L::State>]) -> Self {
        self.desk = desk;
        self
    }

    /// With something that moves by itself.
    pub const fn play(mut self, play: Play<L::State>) -> Self {
        self.play = Some(play);
        self
    }

    /// With a quiz.
    pub const fn quiz(mut self, quiz: Quiz<L::State>) -> Self {
        self.quiz = Some(quiz);
        self
    }

    /// With something that one does first.
    pub const fn first(mut self, first: Way<L::State>) -> Self {
        self.first = Some(first);
        self
    }

    /// With these questions that people ask.
    pub const fn questions(mut self, questions: &'static [Question]) -> Self {
        self.questions = questions;
        self
    }
}

/// A question that people ask, and the state in which a figure answers it.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The question.
    pub asked: &'static str,
    /// What to move and what to look at. No numbers that a figure says itself: [`Question::answered`] has those. `{…}` stands for
    /// the sentence of the figure that has these words in it.
    pub answer: &'static str,
    /// The settings, as they stand in a link without the part.
    pub settings: &'static str,
    /// The figure that answers.
    pub figure_id: &'static str,
}

impl Question {
    /// The answer with its numbers, from all that the figure says: the sentences that it asks for, or the last one with a number
    /// in bold, or with a number.
    pub fn answered(self, summary: &str) -> String {
        let has_number = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
        let lines = summary.lines();
        let sentences: Vec<_> = lines
            .flat_map(|line| line.split_inclusive(". ").map(str::trim))
            .collect();
        if let Some((before, rest)) = self.answer.split_once('{')
            && let Some((words, after)) = rest.split_once('}')
        {
            let asked = sentences.iter().find(|sentence| sentence.contains(words));
            return [before, asked.copied().unwrap_or_default(), after].concat();
        }
        let bold = |sentence: &&&str| sentence.split('*').skip(1).step_by(2).any(has_number);
        let last = sentences.iter().rfind(bold);
        let last = last.or_else(|| sentences.iter().rfind(|sentence| has_number(sentence)));
        [self.answer, " ", last.copied().unwrap_or_default()].concat()
    }

    /// The link's pairs, the part first.
    pub fn pairs<'a>(self, part: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let settings: &'a str = self.settings;
        let settings = settings.split('&');
        std::iter::once(("part", part)).chain(settings.filter_map(|pair| pair.split_once('=')))
    }
}

/// The numbers of what is read.
pub struct Reading<L: Lab> {
    /// Where they stand.
    pub place: ReadingPlace,
    /// The numbers, in reading order.
    pub facts: fn(&mut L::Scene, &L::State) -> Vec<Fact>,
}

impl<L: Lab> Reading<L> {
    /// Makes the numbers as far as a frame allows.
    pub fn make(&self, scene: &mut L::Scene, state: &L::State) -> Vec<Fact> {
        scene.begin("");
        (self.facts)(scene, state)
    }

    /// Makes the numbers when nothing is left to compute.
    pub fn finish(&self, scene: &mut L::Scene, state: &L::State) -> Vec<Fact> {
        loop {
            let facts = self.make(scene, state);
            if !scene.is_unfinished() {
                return facts;
            }
        }
    }
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
pub struct FigureSpec<L: Lab> {
    /// Its stable id.
    pub id: &'static str,
    /// Its heading until it is first drawn.
    pub title: &'static str,
    /// The height of one of its panels, in CSS pixels.
    pub panel_height: u32,
    /// How many characters its caption may have: so much room is kept for it.
    pub caption_len: usize,
    /// Its data in this state.
    pub scene: SceneOf<L>,
    /// Code that makes the array of its NPY in this state.
    pub code: CodeOf<L>,
    /// Sets what the figure does not depend on to a fixed value, so that it is not redrawn for it.
    pub forget: fn(&mut L::State),
    /// How pointing at a cell reads it; `None` where there is nothing to point at.
    pub pointing: Option<Pointing<L>>,
    /// What a hand that is held down does to it; `None` where it does what it does everywhere.
    pub handling: Option<Handling<L::State>>,
    /// The ways out of states in which it has nothing to show; the first that applies is offered.
    pub ways: &'static [Way<L::State>],
}

/// A way to another state, such as out of one in which a figure has nothing to show.
pub struct Way<S: 'static> {
    /// What stands on its button.
    pub label: &'static str,
    /// Whether it leads out of this state.
    pub applies: fn(&S) -> bool,
    /// Makes the state one in which there is something to show.
    pub mend: fn(&mut S),
}

impl<S> Way<S> {
    /// A way out of any state.
    pub const fn new(label: &'static str, mend: fn(&mut S)) -> Self {
        Self {
            label,
            applies: |_| true,
            mend,
        }
    }

    /// The same, only out of these states.
    pub const fn when(mut self, applies: fn(&S) -> bool) -> Self {
        self.applies = applies;
        self
    }
}

/// A figure's data from a state.
pub type SceneOf<L> = for<'a> fn(&'a mut <L as Lab>::Scene, &'a <L as Lab>::State) -> Figure<'a>;

/// A figure's code from a state.
pub type CodeOf<L> = fn(&mut <L as Lab>::Scene, &<L as Lab>::State) -> Code;

impl<L: Lab> FigureSpec<L> {
    /// The height of a panel of which nothing else is said, in CSS pixels.
    const USUAL_HEIGHT: u32 = 236;

    /// The characters of a caption of which nothing else is said.
    const USUAL_CAPTION: usize = 190;

    /// A figure that depends on every setting and has nothing to point at.
    pub const fn new(
        id: &'static str,
        title: &'static str,
        scene: SceneOf<L>,
        code: CodeOf<L>,
    ) -> Self {
        Self {
            id,
            title,
            panel_height: Self::USUAL_HEIGHT,
            caption_len: Self::USUAL_CAPTION,
            scene,
            code,
            forget: |_| {},
            pointing: None,
            handling: None,
            ways: &[],
        }
    }

    /// With panels of this height, in CSS pixels.
    pub const fn height(mut self, panel_height: u32) -> Self {
        self.panel_height = panel_height;
        self
    }

    /// With a caption of at most so many characters.
    pub const fn caption(mut self, caption_len: usize) -> Self {
        self.caption_len = caption_len;
        self
    }

    /// Not drawn anew for what `forget` sets to a fixed value.
    pub const fn ignoring(mut self, forget: fn(&mut L::State)) -> Self {
        self.forget = forget;
        self
    }

    /// Read by pointing at it.
    pub const fn pointing(mut self, pointing: Pointing<L>) -> Self {
        self.pointing = Some(pointing);
        self
    }

    /// Changed by a hand that is held down.
    pub const fn handled(mut self, handling: Handling<L::State>) -> Self {
        self.handling = Some(handling);
        self
    }

    /// With ways out of states in which it has nothing to show.
    pub const fn ways(mut self, ways: &'static [Way<L::State>]) -> Self {
        self.ways = ways;
        self
    }

    /// The way out of a state in which it has nothing to show, and where that leads; `None` where there is none.
    pub fn way_out(&self, state: &L::State) -> Option<(&'static str, L::State)> {
        let way = self.ways.iter().find(|way| (way.applies)(state))?;
        let mut mended = state.clone();
        (way.mend)(&mut mended);
        mended.settle();
        Some((way.label, mended))
    }

    /// The same figure made in another way: with more than the first picture needs.
    pub const fn made_by(mut self, scene: SceneOf<L>, code: CodeOf<L>) -> Self {
        self.scene = scene;
        self.code = code;
        self
    }

    /// Makes the figure's data as far as a frame allows. Until nothing is left ([`Keeps::is_unfinished`]) it is made again
    /// with each frame.
    pub fn make<'a>(&self, scene: &'a mut L::Scene, state: &'a L::State) -> Figure<'a> {
        scene.begin(self.id);
        (self.scene)(scene, state)
    }

    /// Makes the figure until nothing is left to compute.
    pub fn finish(&self, scene: &mut L::Scene, state: &L::State) {
        loop {
            // Where it was finished in another state, only making it shows what is left.
            self.make(scene, state);
            if !scene.is_unfinished() {
                return;
            }
        }
    }
}

/// How pointing at a cell of a figure reads it.
pub struct Pointing<L: Lab> {
    /// Makes the cell the one that is read.
    pub read: fn(&mut L::State, Cell),
    /// What a click or Enter does instead of only reading: the key of the control that it moves, and how.
    pub pick: Option<(&'static str, PickOf<L>)>,
    /// The cell that is read now.
    pub here: fn(&L::State) -> Cell,
    /// The cell in words and numbers, from the data that the figure is drawn from.
    pub tip: TipOf<L>,
    /// What the keys do, for screen readers.
    pub keys: &'static str,
}

/// Moves a control by picking a cell; says what could not be used as it was given.
pub type PickOf<L> = fn(&mut <L as Lab>::State, Cell) -> Option<Notice>;

/// A cell in words and numbers.
pub type TipOf<L> = fn(&mut <L as Lab>::Scene, &<L as Lab>::State, Cell) -> String;

impl<L: Lab> Pointing<L> {
    /// Pointing that reads a cell; a click does no more.
    pub const fn new(
        read: fn(&mut L::State, Cell),
        here: fn(&L::State) -> Cell,
        tip: TipOf<L>,
        keys: &'static str,
    ) -> Self {
        Self {
            read,
            pick: None,
            here,
            tip,
            keys,
        }
    }

    /// With a control that a click or Enter moves.
    pub const fn picking(mut self, key: &'static str, pick: PickOf<L>) -> Self {
        self.pick = Some((key, pick));
        self
    }
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
