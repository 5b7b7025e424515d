//! The outputs of the words in one order, the same words' in the other order, and their difference: words downwards, features to
//! the right.

use std::borrow::Cow;

use figures::number::{bracketed, format_count, format_value};
use figures::{
    Axis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table,
    Worked,
};
use maths::compare::Apart;

use super::super::lab::Attend;
use super::super::python::model;
use super::super::scene::AttendScene;
use super::super::sentence::{TO_USUAL, word};
use super::super::state::{AttendState, MaskName};
use super::kept::{Compared, ROUNDING, places};
use crate::columns;
use crate::encoding::Encoding;
use crate::python::{Code, fill, word_list};
use crate::rich::given;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::sentence::Sentence;

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-order", "The same words in two orders", scene, code)
        .ways(&[TO_USUAL])
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Up and down arrow keys move through the words, left and right through the features.",
        ));

/// What can be said of the two orders.
struct Numbers {
    /// Words that stand in one of the sentences only.
    n_alone: usize,
    /// Whether all words stand where they stood.
    is_same_order: bool,
    /// The word whose outputs are furthest apart; none without words.
    furthest: Option<(String, Apart)>,
    /// How far the pooled vectors are apart.
    pooled: Apart,
    /// The largest difference of any output, relative to the largest output.
    relative: f64,
    scheme: Encoding,
    mask: MaskName,
    /// How many times as long as its position's vector a word's is, where positions are added.
    drowned: Option<f64>,
}

fn numbers(
    compared: &Compared,
    sentences: &[Sentence; 2],
    state: &AttendState,
    drowned: Option<f64>,
) -> Numbers {
    let largest = compared.apart.iter().take(compared.places.len());
    let largest = largest.fold(0.0, |largest: f64, apart| largest.max(apart.largest));
    Numbers {
        n_alone: compared.n_alone,
        is_same_order: compared.n_alone == 0 && compared.places.iter().all(|[a, b]| a == b),
        furthest: compared
            .furthest()
            .map(|(idx, apart)| (word(&sentences[0], compared.places[idx][0]), apart)),
        pooled: compared.pooled_apart(),
        relative: largest / f64::from(compared.reach),
        scheme: state.scheme,
        mask: state.mask,
        drowned,
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let drowned = scene.word_to_position(state);
    let sentences = [0, 1].map(|order| state.sentence(order));
    let compared = scene.compared(state);
    let numbers = numbers(compared, &sentences, state, drowned);
    let n = compared.places.len();
    let axis = || Axis {
        names: compared.shown.as_slice().into(),
        ..Axis::cells("token", "word", 0, n)
    };
    let here = compared.row_of(state.query());
    let panel = |symbol: &'static str, note: String, values| Panel {
        head: Head {
            symbol: symbol.into(),
            note: note.into(),
        },
        cross: Cross {
            x: Some(state.feature as u64),
            y: here.map(|row| row as u64),
        },
        ..Panel::new(
            Axis::cells("feature", "feature", 0, state.d_model),
            axis(),
            if n == 0 {
                Plot::Empty(NO_SHARED.into())
            } else {
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Down,
                    colours: Colours {
                        ramp: Ramp::Diverging,
                        min: -compared.reach,
                        max: compared.reach,
                    },
                    undefined: Cow::Borrowed(""),
                    version: compared.version,
                })
            },
        )
    };
    let [a, b] = &sentences;
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels: vec![
            panel("A", quoted(a), compared.of(0)),
            panel("B", quoted(b), compared.of(1)),
            panel("A − B", String::new(), compared.differences.view()),
        ],
        table: Table::Beside {
            columns: vec![
                Column {
                    name: "word",
                    cells: Cells::Words(&compared.words),
                },
                columns::numbers("position_a", &compared.positions[0]),
                columns::numbers("position_b", &compared.positions[1]),
                columns::numbers("largest_difference", &compared.columns[0]),
                columns::numbers("relative_difference", &compared.columns[1]),
            ],
            shape: vec![2, n, state.d_model],
            values: compared.outputs.as_slice().unwrap_or_default(),
        },
        read_rows: here.map_or(0..0, |row| row..row + 1),
    }
}

/// Said where the sentences share no word.
const NO_SHARED: &str = "No word stands in both sentences.";

/// A sentence above its outputs.
fn quoted(sentence: &Sentence) -> String {
    format!("“{}”", given(sentence.text()))
}

/// What the two orders do to the outputs.
fn summary(numbers: &Numbers) -> String {
    let Some((word, apart)) = &numbers.furthest else {
        return "No word stands in both sentences: *type the same words in another order*."
            .to_owned();
    };
    let alone = match numbers.n_alone {
        0 => String::new(),
        1 => "\n1 word stands in one sentence only and is left out.".to_owned(),
        n => format!(
            "\n{} words stand in one sentence only and are left out.",
            format_count(n as u64)
        ),
    };
    if numbers.is_same_order {
        return format!(
            "Both sentences are the same, and so are the outputs. *Move a word of the second one.*{alone}"
        );
    }
    if numbers.relative < ROUNDING {
        return format!(
            "*The order makes no difference.* Each word comes out the same in both sentences: the largest difference is {}, which is only \
             rounding.{alone}",
            format_value(numbers.relative, 2)
        );
    }
    let why = match (numbers.scheme, numbers.mask) {
        (Encoding::None, MaskName::Causal) => {
            " No positions are needed for it: the mask lets a word see only what stands before it."
        }
        _ => "",
    };
    let drowned = match numbers.drowned {
        Some(ratio) if ratio > 3.0 => format!(
            " Words are {} times as strong as positions, which *drown*.",
            format_value(ratio, 2)
        ),
        _ => String::new(),
    };
    format!(
        "*The order counts*: “{word}” comes out {} % different, the mean of all words {} %.{why}{drowned}{alone}",
        format_value(100.0 * apart.relative, 2),
        format_value(100.0 * numbers.pooled.relative, 2),
    )
}

/// A cell: the two outputs and their difference.
fn cell_text(word: &str, feature: u64, positions: [usize; 2], outputs: [f32; 2]) -> String {
    let mut worked = Worked::default();
    let [a, b] = outputs.map(|value| worked.computed(value.into()));
    let difference = worked.computed(f64::from(outputs[0]) - f64::from(outputs[1]));
    worked.step(difference, &[a, b], |it| it[0] - it[1]);
    let texts = worked.texts();
    format!(
        "“{word}” at {} and {}, feature {feature}: {} − {} = {}",
        positions[0],
        positions[1],
        texts[a],
        bracketed(&texts[b]),
        texts[difference],
    )
}

const CODE: &str = "\
first = {a}
second = {b}
places = {places}  # of the words that both have
outputs = [model(words, n_layers - 1)[2] for words in (first, second)]
result = {lib}.stack([outputs[order][[place[order] for place in places]] for order in range(2)])  # (order, word, d_model)
";

const NOTHING: &str = "\
import {import}

# No word stands in both sentences
result = {lib}.zeros((2, 0, {d_model}), dtype={lib}.float32)
";

/// The outputs of the shared words in both orders, (2, n, d).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    let sentences = [0, 1].map(|order| state.sentence(order));
    let places = places(&sentences);
    Code::for_both(|library| {
        let names = [
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
        ];
        if places.is_empty() {
            let d_model = state.d_model.to_string();
            return fill(NOTHING, &[&names[..], &[("d_model", &d_model)]].concat());
        }
        let [a, b] = sentences.each_ref().map(|it| word_list(it.words()));
        let places: Vec<_> = places.iter().map(|[a, b]| format!("({a}, {b})")).collect();
        let places = format!("[{}]", places.join(", "));
        let mut text = model(
            "Attention to the same words in two orders",
            &state.model(),
            library,
        );
        text.push_str(&fill(
            CODE,
            &[
                ("a", a.as_str()),
                ("b", &b),
                ("places", &places),
                ("lib", library.name()),
            ],
        ));
        text
    })
}

fn read(state: &mut AttendState, cell: Cell) {
    let places = places(&[0, 1].map(|order| state.sentence(order)));
    let row = cell.y.and_then(|y| usize::try_from(y).ok());
    if let Some(&[first, _]) = row.and_then(|row| places.get(row)) {
        state.query = Some(first);
    }
    if let Some(feature) = cell.x.and_then(|x| usize::try_from(x).ok()) {
        state.feature = feature;
    }
}

fn here(state: &AttendState) -> Cell {
    let places = places(&[0, 1].map(|order| state.sentence(order)));
    let row = places.iter().position(|&[first, _]| first == state.query());
    Cell {
        x: Some(state.feature as u64),
        y: row.map(|row| row as u64),
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let sentence = state.sentence(0);
    let compared = scene.compared(state);
    let text = || {
        let row = usize::try_from(cell.y?).ok()?;
        let feature = usize::try_from(cell.x?).ok()?;
        let &positions = compared.places.get(row)?;
        let output = |order: usize| compared.of(order).get([row, feature]).copied();
        let outputs = [output(0)?, output(1)?];
        Some(cell_text(
            &word(&sentence, positions[0]),
            feature as u64,
            positions,
            outputs,
        ))
    };
    text().unwrap_or_default()
}
