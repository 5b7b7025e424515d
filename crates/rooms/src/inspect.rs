//! A room as tests and documentation look into it. The page does not carry it.

use figures::{Figure, Plot};

use crate::desk::Item;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Keeps, Lab, Part, Question, Tab, Tabs};
use crate::settings::{Control, ControlDoc, Kind, Notice, Settings, read_pairs, write_pairs};

/// What a button says, and the pairs of the state that it leads to.
pub type WayOut = (&'static str, Written);

/// A key and a value as a link gives them.
pub type LinkPair = (String, String);

/// The pairs that a state writes.
pub type Written = Vec<(&'static str, String)>;

/// The pairs that a state writes, and the notices from reading it.
pub type Canonical = (Written, Vec<Notice>);

/// What is done with a figure while its data live.
pub type ReadFigure<'a> = dyn FnMut(&Figure<'_>) + 'a;

/// A control on a desk, by its key, and the pairs of states that a hand on it leads to.
pub type Hand = (&'static str, Vec<Written>);

/// A figure as the registry lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FigureDoc {
    /// Its stable id.
    pub id: &'static str,
    /// The number of its part.
    pub part_idx: usize,
    /// The height of a panel, in CSS pixels.
    pub panel_height: u32,
}

/// A room without its types. Figures have numbers, part after part, in reading order.
pub struct Inspection {
    /// Its parts' words in links and their questions.
    pub parts: fn() -> Vec<Tab>,
    /// What is known of its parts before they arrive.
    pub tabs: fn() -> Tabs,
    /// Its questions, each with the number of its part.
    pub questions: fn() -> Vec<(usize, Question)>,
    /// The number of the part that a link shows.
    pub part: fn(&[LinkPair]) -> usize,
    /// Its figures.
    pub figures: fn() -> Vec<FigureDoc>,
    /// Its controls.
    pub controls: fn() -> Vec<ControlDoc>,
    /// What stands in the lists of its controls.
    pub labels: fn() -> Vec<&'static str>,
    /// Reads a link's pairs into a state and writes that state's pairs again, with the notices.
    pub canonical: fn(&[LinkPair]) -> Canonical,
    /// Makes the data of the figure with this number in the state of a link.
    pub with_figure: fn(&[LinkPair], usize, &mut ReadFigure<'_>),
    /// The pairs of a link's state in which the figure with this number has forgotten what it ignores.
    pub forgotten: fn(&[LinkPair], usize) -> Written,
    /// What is offered where the figure with this number has nothing to show, and the pairs of the state that it leads to.
    pub way_out: fn(&[LinkPair], usize) -> Option<WayOut>,
    /// Writes the code of the figure with this number in the state of a link.
    pub code: fn(&[LinkPair], usize) -> Code,
    /// What the part with this number says beside its figures: lead, formula, readings, and last why one asks.
    pub texts: fn(&[LinkPair], usize) -> Vec<String>,
    /// What the figure with this number says: its title, its summary, and its tips at the cell that is read, at cells
    /// all over it and at cells far beyond it.
    pub sentences: fn(&[LinkPair], usize) -> Vec<String>,
    /// The controls on the desk of the part with this number in the state of a link, each with states that a hand on it
    /// leads to. A control that says why it does not follow is left out.
    pub hands: fn(&[LinkPair], usize) -> Vec<Hand>,
    /// Opens the room: what is kept from one look to the next is kept until it is closed.
    pub open: fn() -> Box<dyn Opened>,
}

/// A room that is open, looked at in one state after another. Its figures have the numbers that they have in [`Inspection`].
pub trait Opened {
    /// Makes the data of a figure as far as a frame allows; says whether something is left for the next one.
    fn frame(&mut self, pairs: &[LinkPair], idx: usize) -> bool;
    /// Goes away from the part that was looked at.
    fn leave(&mut self);
    /// Makes the data of a figure, all of them.
    fn with_figure(&mut self, pairs: &[LinkPair], idx: usize, read: &mut ReadFigure<'_>);
    /// Writes the code of a figure.
    fn code(&mut self, pairs: &[LinkPair], idx: usize) -> Code;
    /// What a part says beside its figures: lead, formula, readings, and last why one asks.
    fn texts(&mut self, pairs: &[LinkPair], part_idx: usize) -> Vec<String>;
    /// What a figure says.
    fn sentences(&mut self, pairs: &[LinkPair], idx: usize) -> Vec<String>;
}

/// An open room, with what it keeps.
struct Kept<L: Lab>(L::Scene);

impl<L: Lab> Default for Kept<L> {
    fn default() -> Self {
        Self(L::Scene::default())
    }
}

impl<L: Lab> Opened for Kept<L> {
    fn frame(&mut self, pairs: &[LinkPair], idx: usize) -> bool {
        figure_at::<L>(pairs, idx).is_some_and(|(spec, state)| {
            spec.make(&mut self.0, &state);
            self.0.is_unfinished()
        })
    }

    fn leave(&mut self) {
        self.0.leave();
    }

    fn with_figure(&mut self, pairs: &[LinkPair], idx: usize, read: &mut ReadFigure<'_>) {
        if let Some((spec, state)) = figure_at::<L>(pairs, idx) {
            spec.finish(&mut self.0, &state);
            read(&(spec.scene)(&mut self.0, &state));
        }
    }

    fn code(&mut self, pairs: &[LinkPair], idx: usize) -> Code {
        figure_at::<L>(pairs, idx).map_or_else(Code::default, |(spec, state)| {
            (spec.code)(&mut self.0, &state)
        })
    }

    fn texts(&mut self, pairs: &[LinkPair], part_idx: usize) -> Vec<String> {
        let mut state = state_of::<L>(pairs);
        L::set_part(&mut state, part_idx);
        let Some(part) = L::PARTS.get(part_idx) else {
            return Vec::new();
        };
        let mut texts = vec![(part.lead)(&state), (part.formula)(&state)];
        if let Some(reading) = &part.reading {
            let facts = reading.finish(&mut self.0, &state);
            texts.extend(facts.into_iter().map(|fact| fact.value));
        }
        texts.push(part.why.to_owned());
        texts
    }

    fn sentences(&mut self, pairs: &[LinkPair], idx: usize) -> Vec<String> {
        figure_at::<L>(pairs, idx)
            .map(|(spec, state)| sentences_of(spec, &mut self.0, &state))
            .unwrap_or_default()
    }
}

impl Inspection {
    /// What there is to see of a room.
    pub const fn of<L: Lab>() -> Self {
        Self {
            parts: || L::TABS.iter().collect(),
            tabs: || L::TABS,
            questions: || {
                let of_part = |(part_idx, part): (usize, &&'static Part<L>)| {
                    part.questions
                        .iter()
                        .map(move |question| (part_idx, *question))
                };
                L::PARTS.iter().enumerate().flat_map(of_part).collect()
            },
            part: |pairs| L::part(&state_of::<L>(pairs)),
            figures: || {
                figures_of::<L>()
                    .map(|(part_idx, spec)| FigureDoc {
                        id: spec.id,
                        part_idx,
                        panel_height: spec.panel_height,
                    })
                    .collect()
            },
            controls: || L::State::CONTROLS.iter().map(Control::doc).collect(),
            labels: || {
                let rows = L::State::CONTROLS.iter();
                let of = |row: &Control<L::State>| match &row.kind {
                    Kind::Choice(choice) => choice.options().map(|word| word.label).collect(),
                    _ => Vec::new(),
                };
                rows.flat_map(of).collect()
            },
            canonical: |pairs| {
                let (state, notices) = read_pairs::<L::State>(pairs, Some(&[]));
                (write_pairs(&state), notices)
            },
            with_figure: |pairs, idx, read| Kept::<L>::default().with_figure(pairs, idx, read),
            forgotten: |pairs, idx| {
                figure_at::<L>(pairs, idx).map_or_else(Vec::new, |(spec, mut state)| {
                    (spec.forget)(&mut state);
                    write_pairs(&state)
                })
            },
            way_out: |pairs, idx| {
                let (spec, state) = figure_at::<L>(pairs, idx)?;
                let (label, mended) = spec.way_out(&state)?;
                Some((label, write_pairs(&mended)))
            },
            code: |pairs, idx| Kept::<L>::default().code(pairs, idx),
            texts: |pairs, part_idx| Kept::<L>::default().texts(pairs, part_idx),
            sentences: |pairs, idx| Kept::<L>::default().sentences(pairs, idx),
            hands: |pairs, part_idx| {
                let mut state = state_of::<L>(pairs);
                L::set_part(&mut state, part_idx);
                let desk = L::PARTS.get(part_idx).map_or(&[][..], |part| part.desk);
                let rows = L::State::CONTROLS.iter();
                rows.filter(|row| is_on(desk, row.group) && (row.applies)(&state))
                    .filter_map(|row| Some((row.key, hand_on(row, &state)?)))
                    .collect()
            },
            open: || Box::new(Kept::<L>::default()),
        }
    }
}

fn state_of<L: Lab>(pairs: &[LinkPair]) -> L::State {
    read_pairs(pairs, None).0
}

/// Whether a desk has the controls of a group.
fn is_on<S>(desk: &[Item<S>], group: &str) -> bool {
    desk.iter().any(|item| match item {
        Item::Group(of) => of.name == group,
        Item::Items(items) => is_on(items, group),
        _ => false,
    })
}

/// States that a hand on a control leads to; `None` where the page says why it leads nowhere else.
fn hand_on<S: Settings>(row: &Control<S>, state: &S) -> Option<Vec<Written>> {
    /// What is written into a text field: a list, a value, a sentence.
    const TEXTS: [&str; 4] = ["1", "none", "0:2", "one two one"];
    let mut is_said = false;
    let mut states = Vec::new();
    let mut lead = |hand: &dyn Fn(&mut S) -> Option<Notice>| {
        let mut other = state.clone();
        is_said |= hand(&mut other).is_some();
        if other != *state {
            states.push(write_pairs(&other));
        }
    };
    match &row.kind {
        Kind::Number(number) => {
            let (min, max) = number.limits(state);
            for part in [0.0, 1.0, 0.5, 0.01, 0.1] {
                let text =
                    crate::settings::number_text(number.nearest(state, min + (max - min) * part));
                lead(&|state| row.typed(state, &text));
            }
        }
        Kind::Choice(choice) => {
            for word in choice.options() {
                lead(&|state| row.typed(state, word.slug));
            }
        }
        Kind::Text(_) => {
            for text in TEXTS {
                lead(&|state| {
                    row.typed(state, text);
                    None
                });
            }
        }
    }
    (!is_said || !states.is_empty()).then_some(states)
}

/// All figures of a room, part after part, each with its part's number.
fn figures_of<L: Lab>() -> impl Iterator<Item = (usize, &'static FigureSpec<L>)> {
    L::PARTS.iter().enumerate().flat_map(|(part_idx, part)| {
        let figures = part.figures.iter();
        figures.map(move |figure| (part_idx, figure))
    })
}

/// A figure by its number, and the state of a link in its part.
fn figure_at<L: Lab>(pairs: &[LinkPair], idx: usize) -> Option<(&'static FigureSpec<L>, L::State)> {
    let (part_idx, spec) = figures_of::<L>().nth(idx)?;
    let mut state = state_of::<L>(pairs);
    L::set_part(&mut state, part_idx);
    Some((spec, state))
}

fn sentences_of<L: Lab>(
    spec: &FigureSpec<L>,
    scene: &mut L::Scene,
    state: &L::State,
) -> Vec<String> {
    /// Places along an axis: its ends and what is between.
    const PLACES: u64 = 4;
    /// Beyond every axis. No hand gets there, but nothing may break there either.
    const FAR: [u64; 4] = [1 << 32, u64::MAX / 2, 1 << 63, u64::MAX];
    spec.finish(scene, state);
    let mut cells = Vec::new();
    let mut sentences = {
        let figure = (spec.scene)(scene, state);
        for (panel_idx, panel) in figure.panels.iter().enumerate() {
            let places = [&panel.x, &panel.y].map(|axis| {
                figures::Window::of(axis.span).map_or_else(Vec::new, |window| {
                    let last = (window.len as u64).saturating_sub(1);
                    (0..=PLACES)
                        .map(|idx| window.first + last * idx / PLACES)
                        .collect()
                })
            });
            // An axis of values names no place.
            let [xs, ys] = places.map(|places| {
                let places: Vec<_> = places.into_iter().map(Some).collect();
                if places.is_empty() {
                    vec![None]
                } else {
                    places
                }
            });
            for &x in &xs {
                for &y in &ys {
                    cells.push(Cell { panel_idx, x, y });
                }
            }
        }
        let mut sentences = vec![figure.title.clone().into_owned(), figure.summary.clone()];
        for panel in &figure.panels {
            let what = match &panel.plot {
                Plot::Heatmap(heatmap) => heatmap.undefined.as_ref(),
                Plot::Bars(bars) => bars.undefined.as_ref(),
                Plot::Empty(why) => why.as_ref(),
                _ => "",
            };
            let (x, y) = (panel.x.label.as_ref(), panel.y.label.as_ref());
            sentences.extend([&panel.head.note, what, x, y].map(str::to_owned));
        }
        sentences.extend(figure.legend().into_iter().map(|entry| entry.name));
        sentences
    };
    if let Some(pointing) = &spec.pointing {
        cells.push((pointing.here)(state));
        for panel_idx in [0, 1, 2, usize::MAX] {
            cells.extend(FAR.map(|at| Cell {
                panel_idx,
                x: Some(at),
                y: Some(at),
            }));
        }
        for cell in cells {
            // As the page does: what is pointed at is what is read.
            let mut read = state.clone();
            (pointing.read)(&mut read, cell);
            sentences.push((pointing.tip)(scene, &read, cell));
            // A click does more; what it says is what the state says then.
            if let Some((_, pick)) = pointing.pick {
                pick(&mut read, cell);
            }
        }
    }
    sentences
}
