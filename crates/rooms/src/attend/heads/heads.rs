//! The maps of four heads at once: queries downwards, keys to the right.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Colours, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table};
use maths::transformer::several::N_HEADS;
use ndarray::ArrayView2;

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL, axis, word};
use super::super::state::{AttendState, Role};
use super::kept::Heads;
use super::python;
use crate::columns;
use crate::python::{Code, WORD_NUMBER, double, fill, word_list};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::sentence::Sentence;

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-heads", "Four heads, four maps", scene, code)
        .caption(225)
        .ways(&[TO_USUAL])
        .pointing(Pointing::new(read, here, tip, KEYS));

/// What the keys do on a map.
pub const KEYS: &str = "Up and down arrow keys move through the queries.";

/// What can be said of a word.
struct Numbers {
    word: String,
    /// At which word each head looks most.
    most: [Most; N_HEADS],
    has_neighbours: bool,
    sharpness: f64,
}

/// The word that a head looks at most.
struct Most {
    word: String,
    weight: f32,
    /// Whether it stands at several places that weigh the same, and no other word weighs as much.
    is_shared: bool,
}

/// None without words.
fn numbers(heads: &Heads, sentence: &Sentence, state: &AttendState) -> Option<Numbers> {
    let query = state.query();
    sentence.words().get(query)?;
    let mut head_idx = 0..;
    Some(Numbers {
        word: word(sentence, query),
        most: [(); N_HEADS].map(|()| {
            let map = map(heads, head_idx.next().unwrap_or_default());
            let weights = map.row(query);
            // The first of several.
            let most = (0..weights.len()).rev();
            let most = most.max_by(|a, b| weights[*a].total_cmp(&weights[*b]));
            let most = most.unwrap_or_default();
            let hashes = sentence.hashes();
            let mut others = (0..weights.len()).filter(|key| weights[*key] == weights[most]);
            let is_alike = others.clone().all(|key| hashes[key] == hashes[most]);
            Most {
                word: word(sentence, most),
                weight: weights[most],
                is_shared: is_alike && others.any(|key| key != most),
            }
        }),
        has_neighbours: state
            .roles()
            .iter()
            .any(|role| matches!(role, Role::Previous | Role::Next)),
        sharpness: state.sharpness,
    })
}

/// The weights of one of the four heads. (query, key)
fn map(heads: &Heads, head_idx: usize) -> ArrayView2<'_, f32> {
    let four = &heads.several.four;
    four.of_head(&four.weights, head_idx)
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let sentence = state.sentence(0);
    let n = sentence.n_words();
    let heads = scene.heads.heads(state);
    let panels = state.roles().into_iter().enumerate();
    let panels = panels.map(|(head_idx, role)| {
        let head = Head {
            symbol: Cow::Owned((head_idx + 1).to_string()),
            note: role.word().label.into(),
        };
        map_panel(head, map(heads, head_idx), heads.version, &sentence, state)
    });
    let panels = panels.collect();
    let len = (N_HEADS + 1) * n * n;
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: numbers(heads, &sentence, state)
            .as_ref()
            .map_or_else(|| EMPTY.to_owned(), summary),
        panels,
        table: Table::Columns(vec![
            columns::index("head", n * n, N_HEADS + 1, len),
            columns::index("query", n, n, len),
            columns::index("key", 1, n, len),
            columns::numbers("score", &heads.scores),
            columns::numbers("weight", &heads.weights),
        ]),
        read_rows: 0..0,
    }
}

/// The map of a head, with the query that is read.
pub fn map_panel<'a>(
    head: Head<'a>,
    map: ArrayView2<'a, f32>,
    version: u64,
    sentence: &Sentence,
    state: &AttendState,
) -> Panel<'a> {
    let plot = if map.is_empty() {
        Plot::Empty(EMPTY.into())
    } else {
        Plot::Heatmap(Heatmap {
            values: map,
            rows: Rows::Down,
            colours: Colours {
                ramp: Ramp::Sequential,
                min: 0.0,
                max: 1.0,
            },
            undefined: Cow::Borrowed(""),
            version,
        })
    };
    Panel {
        head,
        cross: Cross {
            x: None,
            y: Some(state.query() as u64),
        },
        ..Panel::new(
            Axis {
                key: "key",
                ..axis("key", sentence)
            },
            Axis {
                key: "query",
                ..axis("query", sentence)
            },
            plot,
        )
    }
}

/// At which words the heads look.
fn summary(numbers: &Numbers) -> String {
    if numbers.sharpness == 0.0 {
        return format!(
            "Sharpness 0: *every head gives all words the same weight*, {} each.",
            format_value(numbers.most[0].weight.into(), 2)
        );
    }
    let most = numbers.most.iter().zip(1..);
    let most = most.map(|(most, number)| {
        let weight = format_value(most.weight.into(), 2);
        let each = if most.is_shared { "each " } else { "" };
        format!("head {number} at {each}“{}” (*{weight}*)", most.word)
    });
    let most: Vec<_> = most.collect();
    let most = most.join(", ");
    let word = &numbers.word;
    let ends = if numbers.has_neighbours {
        " The first word has none before it, and the last none after it: there a head looks at the nearest place."
    } else {
        ""
    };
    format!(
        "Each head has a map of its own. “{word}” looks most: {most}.\nThe numbers are weights, and each line of each map adds up to 1. In \
         the CSV, heads 0 to 3 are these and 4 is the one head of the next figure.{ends}"
    )
}

/// A query and a key.
pub fn cell_text(sentence: &Sentence, query: usize, key: usize, score: f32, weight: f32) -> String {
    format!(
        "“{}” looks at “{}”: score {}, weight {}",
        word(sentence, query),
        word(sentence, key),
        format_value(score.into(), 4),
        format_value(weight.into(), 4)
    )
}

const CODE: &str = "\
{number}
words = {words}
vectors = {array}([normal(seed, number(word), 4 * d) for word in words]{double})
each = [scores(vectors, look) for look in looks]
each = {lib}.stack([*each, sum(each) / 4])  # the last one is the one head of the same width
result = {lib}.stack([each, softmax(each)]){single}  # score and weight; (2, head, query, key)
";

const NOTHING: &str = "\
import {import}

# There are no words
result = {lib}.zeros((2, 0), dtype={lib}.float32)
";

/// Scores and weights of the four heads and of the one, (2, 5, n, n).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    let sentence = state.sentence(0);
    Code::for_both(|library| {
        let lib = ("lib", library.name());
        if sentence.n_words() == 0 {
            let import = library.pick("numpy as np", "torch");
            return fill(NOTHING, &[lib, ("import", import)]);
        }
        let mut text = python::heads("Four heads that are written down", state, library);
        text.push_str(&fill(
            CODE,
            &[
                lib,
                ("number", WORD_NUMBER),
                ("words", &word_list(sentence.words())),
                ("array", library.pick("np.array", "torch.tensor")),
                ("double", double(library)),
                ("single", library.pick(".astype(np.float32)", ".float()")),
            ],
        ));
        text
    })
}

/// Makes a query the one that is read.
pub fn read(state: &mut AttendState, cell: Cell) {
    if let Some(query) = cell.y.and_then(|y| usize::try_from(y).ok()) {
        state.query = Some(query);
    }
}

/// The query that is read.
pub fn here(state: &AttendState) -> Cell {
    Cell {
        y: Some(state.query() as u64),
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let sentence = state.sentence(0);
    let heads = scene.heads.heads(state);
    tip_at(heads, &sentence, cell.panel_idx, cell)
}

/// A cell of the map of a head, the one head being the last.
pub fn tip_at(heads: &Heads, sentence: &Sentence, head_idx: usize, cell: Cell) -> String {
    let n = sentence.n_words();
    let text = || {
        let query = usize::try_from(cell.y?).ok().filter(|it| *it < n)?;
        let at = |key: usize| (head_idx * n + query) * n + key;
        let key = match cell.x {
            Some(key) => usize::try_from(key).ok().filter(|it| *it < n)?,
            // Keys move through queries: the key that weighs most.
            None => (0..n)
                .rev()
                .max_by(|a, b| heads.weights[at(*a)].total_cmp(&heads.weights[at(*b)]))?,
        };
        let (score, weight) = (*heads.scores.get(at(key))?, *heads.weights.get(at(key))?);
        Some(cell_text(sentence, query, key, score, weight))
    };
    text().unwrap_or_default()
}
