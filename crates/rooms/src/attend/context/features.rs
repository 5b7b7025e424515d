//! All words that have features, with these in plain view: words downwards, features to the right.

use std::borrow::Cow;

use figures::{
    Axis, Cells, Colours, Column, Cross, Figure, Heatmap, Panel, Plot, Ramp, Rows, Table,
};

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::state::AttendState;
use super::written::{FEATURES, N_FEATURES, WORDS, python, row_of};
use crate::columns;
use crate::python::{Code, fill};
use crate::rich::given;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Attend> = FigureSpec::<Attend>::new(
    "attend-features",
    "The features, written by hand",
    scene,
    code,
)
.height(420)
.ignoring(|state| (state.sharpness, state.other) = (0.0, None))
.pointing(Pointing::new(
    read,
    here,
    tip,
    "Left and right arrow keys move through the features.",
));

/// What can be said of the word that is read.
struct Numbers {
    /// The word; none without words.
    word: Option<String>,
    /// The names of its features; none for a word that is not in the list.
    features: Vec<&'static str>,
}

fn numbers(state: &AttendState) -> Numbers {
    let sentence = state.sentence(0);
    let word = sentence.words().get(state.query());
    let row = word.and_then(|word| row_of(word));
    Numbers {
        word: word.map(|word| given(word)),
        features: row.map_or_else(Vec::new, names_of),
    }
}

/// The features that a word of the list has.
fn names_of(row: usize) -> Vec<&'static str> {
    let features = FEATURES.iter().zip(WORDS[row].1);
    let own = features.filter(|(_, value)| *value == 1);
    own.map(|(name, _)| *name).collect()
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let list = &scene.context.list;
    let sentence = state.sentence(0);
    let word = sentence.words().get(state.query());
    let row = word.and_then(|word| row_of(word));
    let names = Cells::Words(&list.names);
    let mut table = vec![Column {
        name: "word",
        cells: names,
    }];
    let columns = list.columns.rows().into_iter().zip(FEATURES);
    table.extend(
        columns.map(|(values, name)| columns::numbers(name, values.to_slice().unwrap_or_default())),
    );
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers(state)),
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.feature as u64),
                y: row.map(|row| row as u64),
            },
            ..Panel::new(
                Axis {
                    names: Cow::Owned(FEATURES.map(str::to_owned).into()),
                    ..Axis::cells("feature", "", 0, N_FEATURES)
                },
                Axis {
                    names: list.names.as_slice().into(),
                    ..Axis::cells("", "", 0, WORDS.len())
                },
                Plot::Heatmap(Heatmap {
                    values: list.features.view(),
                    rows: Rows::Down,
                    colours: Colours {
                        ramp: Ramp::Sequential,
                        min: 0.0,
                        max: 2.0,
                    },
                    undefined: Cow::Borrowed(""),
                    version: 0,
                }),
            )
        }],
        table: Table::Columns(table),
        read_rows: row.map_or(0..0, |row| row..row + 1),
    }
}

/// What the word has, and where the features are from.
fn summary(numbers: &Numbers) -> String {
    let has = match (&numbers.word, &numbers.features[..]) {
        (None, _) => String::new(),
        (Some(word), []) => format!(" “{word}” has none: it is not in the list."),
        (Some(word), [feature]) => format!(" “{word}” has *1*: {feature}."),
        (Some(word), [features @ .., last]) => format!(
            " “{word}” has *{}*: {} and {last}.",
            numbers.features.len(),
            features.join(", ")
        ),
    };
    format!(
        "A 1 says that a word has to do with a feature. *Everything here is written by hand, nothing is learned.*{has}"
    )
}

/// A word and a feature.
fn cell_text(word: usize, feature: usize) -> Option<String> {
    let (word, features) = WORDS.get(word)?;
    let (name, value) = (FEATURES.get(feature)?, features.get(feature)?);
    Some(format!("“{word}”: {name} {value}"))
}

const CODE: &str = "\
result = {array}(list(written.values()), dtype={lib}.float32).T  # (feature, word)
";

/// The list, (features, words).
fn code(_: &mut AttendScene, _: &AttendState) -> Code {
    Code::for_both(|library| {
        let names = [
            ("lib", library.name()),
            ("array", library.pick("np.array", "torch.tensor")),
        ];
        let mut text = python("Words and their features", library);
        text.push_str(&fill(CODE, &names));
        text
    })
}

fn read(state: &mut AttendState, cell: Cell) {
    if let Some(feature) = cell.x.and_then(|x| usize::try_from(x).ok()) {
        state.feature = feature;
    }
}

fn here(state: &AttendState) -> Cell {
    let sentence = state.sentence(0);
    let word = sentence.words().get(state.query());
    Cell {
        x: Some(state.feature as u64),
        y: word.and_then(|word| row_of(word)).map(|row| row as u64),
        ..Cell::default()
    }
}

fn tip(_: &mut AttendScene, _: &AttendState, cell: Cell) -> String {
    let place = |at: Option<u64>| usize::try_from(at?).ok();
    let text = || cell_text(place(cell.y)?, place(cell.x)?);
    text().unwrap_or_default()
}
