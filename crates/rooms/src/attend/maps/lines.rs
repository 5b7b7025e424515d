//! Who looks at whom as lines from word to word: one head, in both orders.

use std::borrow::Cow;

use figures::{Anchor, Axis, Figure, Form, Head, Panel, Plot, Role, Shape, Sketch};
use ndarray::ArrayView2;

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL, word};
use super::super::state::{AttendState, Show};
use super::kept::{Kept, Partners};
use super::made::made_lines;
use super::maps::{ORDERS, percent};
use super::python;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::sentence::Sentence;

/// The figure.
pub const FIGURE: FigureSpec<Attend> = FigureSpec::<Attend>::new(
    "attend-lines",
    "The same as lines from word to word",
    scene,
    code,
)
.ways(&[TO_USUAL])
.height(240)
.ignoring(|state| {
    state.show = Show::Weights;
    state.split = false;
})
.pointing(Pointing::new(
    read,
    here,
    tip,
    "Up and down arrow keys move through the words that look, left and right through those that are looked at.",
));

/// The sketch, in its units.
const WIDTH: f64 = 15.0;
const HEIGHT: f64 = 8.0;
/// Where the words end at the left, and begin at the right.
const SIDES: [f64; 2] = [4.5, 10.5];
/// Between a word and its lines.
const GAP: f64 = 0.2;
/// The most words of a column that are all written.
const MOST_WRITTEN: usize = 16;
/// The width of a line of weight 1, in CSS pixels.
const WIDEST_PX: f64 = 12.0;
/// So many of what a word looks at are said.
const N_SAID: usize = 3;

/// What can be said of the lines.
struct Numbers {
    head: usize,
    /// The word that is read, and what it looks at most in each order: words and weights, the largest first; none where it does not
    /// stand.
    query: Option<String>,
    looks_at: [Vec<(String, f32)>; 2],
    n_words: usize,
}

fn numbers(
    kept: &Kept,
    state: &AttendState,
    sentences: &[Sentence; 2],
    partners: &Partners,
) -> Numbers {
    let n_words = kept.maps.n_words[0];
    let looks_at = [0, 1].map(|order| {
        let weights = kept.maps.of(Show::Weights, order, state.head_idx());
        let place = partners.place(state.query(), order);
        let Some(place) = place.filter(|&place| place < weights.nrows()) else {
            return Vec::new();
        };
        let mut all: Vec<_> = weights.row(place).iter().copied().enumerate().collect();
        all.retain(|(_, weight)| !weight.is_nan());
        all.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        let most = all.into_iter().take(N_SAID);
        most.map(|(key, weight)| (word(&sentences[order], key), weight))
            .collect()
    });
    Numbers {
        head: state.head_idx() + 1,
        query: (n_words > 0).then(|| word(&sentences[0], state.query())),
        looks_at,
        n_words,
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let kept = made_lines(scene, state);
    let sentences = [0, 1].map(|order| state.sentence(order));
    let partners = Partners::of(state);
    let numbers = numbers(kept, state, &sentences, &partners);
    let panels = [0, 1].map(|order| {
        let weights = kept.maps.of(Show::Weights, order, state.head_idx());
        let read = [state.query(), state.key()].map(|first| partners.place(first, order));
        let nothing = || Axis::values("", 0.0, 1.0);
        Panel {
            head: Head {
                symbol: Cow::Borrowed(ORDERS[order]),
                note: format!("head {}", numbers.head).into(),
            },
            ..Panel::new(
                nothing(),
                nothing(),
                if weights.is_empty() {
                    Plot::Empty(EMPTY.into())
                } else {
                    Plot::Sketch(Sketch {
                        width: WIDTH,
                        height: HEIGHT,
                        shapes: shapes(weights, sentences[order].shown(), read),
                    })
                },
            )
        }
    });
    let n = kept.maps.n_words[0];
    let row = state.query() * n;
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels: panels.into(),
        table: kept.lines.table(),
        read_rows: row..row + n,
    }
}

/// Both columns of words, and the lines between them: those of the word that is read over the strongest of every other one.
fn shapes(
    weights: ArrayView2<'_, f32>,
    words: &[String],
    [query, key]: [Option<usize>; 2],
) -> Vec<Shape<'static>> {
    let n = words.len();
    let y = |place: usize| (place as f64 + 0.5) * HEIGHT / n as f64;
    let line = |query: usize, key: usize, role: Role| Form::Line {
        points: vec![(SIDES[0] + GAP, y(query)), (SIDES[1] - GAP, y(key))],
        width: f64::from(weights[[query, key]]) * WIDEST_PX,
        role,
    };
    let mut shapes = Vec::new();
    for (idx, row) in weights.rows().into_iter().enumerate() {
        let seen = row
            .iter()
            .enumerate()
            .filter(|(_, weight)| !weight.is_nan());
        let most = seen.max_by(|(_, a), (_, b)| a.total_cmp(b));
        if let Some((key, _)) = most.filter(|_| Some(idx) != query) {
            shapes.push(Shape::new(line(idx, key, Role::Edge)));
        }
    }
    if let Some(query) = query {
        for (key, weight) in weights.row(query).iter().enumerate() {
            if !weight.is_nan() {
                let shape = Shape::new(line(query, key, Role::Accent));
                shapes.push(shape.at_cell(key as u64, query as u64));
            }
        }
    }
    let step = n.div_ceil(MOST_WRITTEN);
    let columns = [(0, query, Anchor::Right), (1, key, Anchor::Left)];
    for (side, read, anchor) in columns {
        for (place, text) in words.iter().enumerate() {
            let is_read = read == Some(place);
            let is_covered = read.is_some_and(|read| place.abs_diff(read) < step);
            if !is_read && (!place.is_multiple_of(step) || is_covered) {
                continue;
            }
            let shape = Shape::new(Form::Text {
                at: (SIDES[side], y(place)),
                text: Cow::Owned(text.clone()),
                anchor,
                size: 1.0,
                room: SIDES[0],
                role: if is_read { Role::Ink } else { Role::Quiet },
                is_bold: is_read,
            });
            let [query, key] = [query, key].map(|read| read.unwrap_or_default() as u64);
            shapes.push(if side == 0 {
                shape.at_cell(key, place as u64)
            } else {
                shape.at_cell(place as u64, query)
            });
        }
    }
    shapes
}

/// Words and their shares.
fn shares(of: &[(String, f32)]) -> String {
    let shares: Vec<_> = of
        .iter()
        .map(|(word, weight)| format!("“{word}” {}", percent(*weight)))
        .collect();
    shares.join(", ")
}

/// What the lines show.
fn summary(numbers: &Numbers) -> String {
    let Some(query) = &numbers.query else {
        return EMPTY.to_owned();
    };
    let [first, second] = &numbers.looks_at;
    let head = numbers.head;
    let pale = if numbers.n_words > 1 {
        " Pale: what each other word looks at most."
    } else {
        ""
    };
    let other = if second.is_empty() {
        format!("\n“{query}” does not stand in order B.")
    } else {
        format!("\nIn order B: {}.", shares(second))
    };
    format!(
        "What “{query}” looks at in head {head}, *the thicker the more*: {}.{pale}{other}",
        shares(first)
    )
}

/// The weights of the head in both orders.
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    python::lines(state)
}

fn read(state: &mut AttendState, cell: Cell) {
    if cell.panel_idx > 1 {
        return;
    }
    let last = state.sentence(cell.panel_idx).n_words().saturating_sub(1) as u64;
    let within = |place: Option<u64>| place.map(|place| place.min(last));
    let cell = Cell {
        x: within(cell.x),
        y: within(cell.y),
        ..cell
    };
    Partners::of(state).read(state, cell, cell.panel_idx);
}

fn here(state: &AttendState) -> Cell {
    Cell {
        panel_idx: 0,
        x: Some(state.key() as u64),
        y: Some(state.query() as u64),
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let kept = made_lines(scene, state);
    let text = || {
        let order = cell.panel_idx;
        if order > 1 {
            return None;
        }
        let sentence = state.sentence(order);
        let at = [
            usize::try_from(cell.y?).ok()?,
            usize::try_from(cell.x?).ok()?,
        ];
        let weights = kept.maps.of(Show::Weights, order, state.head_idx());
        let weight = weights.get(at).copied()?;
        let [query, key] = at.map(|place| word(&sentence, place));
        Some(if weight.is_nan() {
            format!("“{query}” may not look at “{key}”, which comes later")
        } else {
            format!("“{query}” looks at “{key}”: {}", percent(weight))
        })
    };
    text().unwrap_or_default()
}
