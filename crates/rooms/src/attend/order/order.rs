//! The outputs of the words in one order, the same words' in the other order, and their difference: words downwards, features to
//! the right.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{
    Axis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table,
};
use maths::compare::Apart;

use super::super::lab::Attend;
use super::super::python::model;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL, word};
use super::super::state::{AttendState, MaskName};
use super::difference::{rounding, share, worked};
use super::kept::{Compared, ROUNDING, places};
use super::python::{both, nothing};
use crate::columns;
use crate::encoding::Encoding;
use crate::python::{Code, fill};
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
    /// Why there is nothing to compare, where there is nothing.
    empty: &'static str,
    /// Words that stand in one of the sentences only.
    n_alone: usize,
    /// Whether all words stand where they stood.
    is_same_order: bool,
    /// Whether the second sentence is the first one read backwards.
    is_reversed: bool,
    /// The word whose outputs are furthest apart; none without words.
    furthest: Option<(String, Apart)>,
    /// How far the pooled vectors are apart.
    pooled: Apart,
    /// The largest difference of any output, relative to the largest output.
    relative: f64,
    /// Whether the embeddings are zero.
    is_zero: bool,
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
    Numbers {
        empty: why_empty(compared),
        n_alone: compared.n_alone,
        is_same_order: compared.n_alone == 0 && compared.places.iter().all(|[a, b]| a == b),
        is_reversed: sentences[0]
            .hashes()
            .iter()
            .eq(sentences[1].hashes().iter().rev()),
        furthest: compared
            .furthest()
            .map(|(idx, apart)| (word(&sentences[0], compared.places[idx][0]), apart)),
        pooled: compared.pooled_apart(),
        relative: compared.largest(),
        is_zero: state.emb_std == 0.0,
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
                Plot::Empty(why_empty(compared).into())
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

/// Why there is nothing to compare.
fn why_empty(compared: &Compared) -> &'static str {
    if compared.is_empty { EMPTY } else { NO_SHARED }
}

/// A sentence above its outputs.
fn quoted(sentence: &Sentence) -> String {
    format!("“{}”", given(sentence.text()))
}

/// From so many times as strong on, words and positions are said to be of different strength.
const STRONGER: f64 = 3.0;

/// Up to this relative difference of the means, hardly anything is left of the weaker one.
const HARDLY: f64 = 0.05;

/// What the two orders do to the outputs.
fn summary(numbers: &Numbers) -> String {
    let Some((word, apart)) = &numbers.furthest else {
        return format!("{} *Type the same words in another order.*", numbers.empty);
    };
    let comes_out = format!(
        "“{word}” comes out {} different, the mean of all words {}.",
        share(apart.relative),
        share(numbers.pooled.relative)
    );
    let main = if numbers.is_zero {
        "*All words have the same vector, zero*: only their places are left, so no order differs from another.".to_owned()
    } else if numbers.is_same_order {
        "Both sentences are the same, and so are the outputs. *Move a word of the second one.*"
            .to_owned()
    } else if numbers.relative < ROUNDING {
        format!(
            "*The order makes no difference.* Each word comes out the same: the largest difference is {}.{}",
            rounding(numbers.relative),
            why_not(numbers)
        )
    } else if numbers.n_alone > 0 {
        format!("*The words differ, not only their order*: {comes_out}")
    } else {
        format!(
            "*The order counts*: {comes_out}{}{}",
            why(numbers),
            strength(numbers)
        )
    };
    let rows = "A row is a word, in the order of A in all three; a column is one of its [feature|features]. All have the same colours.";
    let alone = match numbers.n_alone {
        0 => String::new(),
        1 => " 1 word stands in one sentence only and is left out.".to_owned(),
        n => format!(
            " {} words stand in one sentence only and are left out.",
            format_count(n as u64)
        ),
    };
    format!("{main}\n{rows}{alone}")
}

/// Why it does not count, where there are positions.
fn why_not(numbers: &Numbers) -> &'static str {
    match (numbers.scheme, numbers.mask) {
        (Encoding::Alibi, MaskName::None) if numbers.is_reversed => {
            " ALiBi counts distances, and read backwards they are the same."
        }
        _ => "",
    }
}

/// Why the order counts, where that is not the positions.
fn why(numbers: &Numbers) -> &'static str {
    match (numbers.scheme, numbers.mask) {
        (Encoding::None, MaskName::Causal) => {
            " It needs no positions for that: with the mask, a word sees only what stands before it."
        }
        _ => "",
    }
}

/// Which of word and position is the stronger one, where that is much.
fn strength(numbers: &Numbers) -> String {
    let hardly = numbers.pooled.relative < HARDLY;
    match numbers.drowned {
        Some(ratio) if ratio > STRONGER => format!(
            " Words are {} times as strong as positions{}.",
            format_value(ratio, 2),
            if hardly { ", which *nearly drown*" } else { "" }
        ),
        Some(ratio) if ratio > 0.0 && ratio < STRONGER.recip() => format!(
            " Positions are {} times as strong as words{}.",
            format_value(ratio.recip(), 2),
            if hardly { ", which *nearly drown*" } else { "" }
        ),
        _ => String::new(),
    }
}

/// A cell: the two outputs and their difference.
fn cell_text(word: &str, feature: u64, [a, b]: [usize; 2], outputs: [f32; 2]) -> String {
    let difference = worked(outputs[0], outputs[1]);
    format!("“{word}” at {a} and {b}, feature {feature}: {difference}")
}

const CODE: &str = "\
places = {places}  # of the words that both have
outputs = [model(words, n_layers - 1)[2] for words in (first, second)]
of_order = [outputs[order][[place[order] for place in places]] for order in range(2)]
result = {lib}.stack(of_order)  # (order, word, d_model)
";

/// The outputs of the shared words in both orders, (2, n, d).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    let sentences = [0, 1].map(|order| state.sentence(order));
    let places = places(&sentences);
    Code::for_both(|library| {
        if places.is_empty() {
            return nothing(&format!("zeros((2, 0, {}))", state.d_model), library);
        }
        let places: Vec<_> = places.iter().map(|[a, b]| format!("({a}, {b})")).collect();
        let places = format!("[{}]", places.join(", "));
        let title = "Attention to the same words in two orders";
        let mut text = model(title, &state.model(), library);
        text.push_str(&both(&sentences));
        text.push_str(&fill(
            CODE,
            &[("places", places.as_str()), ("lib", library.name())],
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

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use figures::csv::csv;
    use figures::npy::shape;

    use super::scene;
    use crate::attend::scene::AttendScene;
    use crate::attend::state::AttendState;
    use crate::encoding::Encoding;
    use crate::sentence::Sentence;

    fn state(first: &str, second: &str) -> AttendState {
        let mut state = AttendState::default();
        state.set_sentence(0, Sentence::new(first.to_owned()));
        state.set_sentence(1, Sentence::new(second.to_owned()));
        state
    }

    /// The CSV's fields, the NPY's shape, and what is said.
    fn exported(state: &AttendState) -> (Vec<Vec<String>>, Vec<usize>, String) {
        let mut kept = AttendScene::default();
        let figure = scene(&mut kept, state);
        let rows = csv(&figure.table);
        let rows = rows
            .lines()
            .map(|row| row.split(',').map(str::to_owned).collect());
        (rows.collect(), shape(&figure.table), figure.summary)
    }

    #[test]
    fn the_csv_has_a_row_for_each_word_and_one_for_their_mean() {
        let (rows, shape, _) = exported(&state("the dog bit the man", "the man bit the dog"));
        assert_eq!(
            rows[0],
            [
                "word",
                "position_a",
                "position_b",
                "largest_difference",
                "relative_difference"
            ]
        );
        let places: Vec<_> = rows[1..].iter().map(|row| row[..3].join(" ")).collect();
        assert_eq!(
            places,
            [
                "the 0 0", "dog 1 4", "bit 2 2", "the 3 3", "man 4 1", "pooled  "
            ]
        );
        for row in &rows[1..] {
            for number in &row[3..] {
                let number: f32 = number.parse().unwrap();
                assert!(number > 0.01 && number < 2.0, "{row:?}");
            }
        }
        assert_eq!(shape, [2, 5, 64]);
    }

    #[test]
    fn the_array_has_the_outputs_that_the_csv_compares() {
        let mut kept = AttendScene::default();
        let state = AttendState::default();
        let runs = kept.run(&state).map(|run| run.output().to_owned());
        let compared = kept.compared(&state);
        for (row, [first, second]) in [[0, 2], [1, 1], [2, 0]].into_iter().enumerate() {
            assert_eq!(compared.of(0).row(row), runs[0].row(first));
            assert_eq!(compared.of(1).row(row), runs[1].row(second));
            let apart = &runs[0].row(first) - &runs[1].row(second);
            let largest = apart.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
            assert!((compared.columns[0][row] - largest).abs() < 1e-7);
        }
    }

    #[test]
    fn it_says_what_is_so_at_the_edges() {
        let none = |mut state: AttendState| {
            state.scheme = Encoding::None;
            state
        };
        let alibi = |mut state: AttendState| {
            state.scheme = Encoding::Alibi;
            state
        };
        for (state, words) in [
            (state("dog", "dog"), "Both sentences are the same"),
            (
                none(state("no no no", "no no no")),
                "Both sentences are the same",
            ),
            (
                none(state("dog bites man", "man bites dog")),
                "which is only rounding",
            ),
            (
                none(state("no no no", "no no")),
                "1 word stands in one sentence only",
            ),
            (
                alibi(state("dog bites man", "man bites dog")),
                "read backwards they are the same",
            ),
            (
                alibi(state("dog bites man", "dog man bites")),
                "The order counts",
            ),
            (state("a b", "c"), "No word stands in both sentences"),
            (state("", "a"), "No words"),
            (
                state("a b", "b c"),
                "The words differ, not only their order",
            ),
            (state("🐕 שלום", "שלום 🐕"), "The order counts"),
        ] {
            let (_, _, said) = exported(&state);
            assert!(said.contains(words), "{said} has no {words}");
        }
    }
}
