//! What a word's output knows: the map of one head of the same width, and how much a linear readout finds with four heads and
//! with one.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{
    Axis, Cells, Colours, Column, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table,
};
use maths::transformer::several::{N_HEADS, N_QUESTIONS, N_TEST, N_TRAIN, N_WORDS};

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL};
use super::super::state::AttendState;
use super::heads::{KEYS, here, map_panel, read, tip_at};
use super::kept::{Heads, Measured, QUESTIONS, numbers_per_head};
use super::python;
use crate::columns;
use crate::python::{Code, double, fill};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-readouts", "What a word's output knows", scene, code)
        .caption(225)
        .ways(&[TO_USUAL])
        .pointing(Pointing::new(read_query, here, tip, KEYS));

/// What can be said of the readouts.
struct Numbers {
    n_words: usize,
    d_model: usize,
    numbers_per_head: usize,
    /// The mean part that is right, with four heads and with one; none where nothing can be asked.
    right: Option<[f64; 2]>,
    /// Whether all four heads look at the same.
    is_one_role: bool,
    /// What the one head tells.
    told: Told,
}

/// What the one head tells.
enum Told {
    /// The answer to one question, which its map looks at.
    One(&'static str),
    /// No answer.
    Nothing,
    /// Another part of the answers.
    Some,
}

/// The answers, as a sentence names them.
const ANSWERS: [&str; N_QUESTIONS] = [
    "the word before",
    "the word after",
    "the word itself",
    "the first word",
];

/// How much of the attention, or of the answers, is most of it.
const MOSTLY: f32 = 0.5;

fn told(heads: &Heads, measured: &Measured) -> Told {
    let right = measured.beside.column(1);
    let mut known = (0..N_QUESTIONS).filter(|idx| right[*idx] > MOSTLY);
    match (known.next(), known.next()) {
        (None, _) => Told::Nothing,
        (Some(idx), None) if looks_at(heads, idx) > MOSTLY => Told::One(ANSWERS[idx]),
        _ => Told::Some,
    }
}

/// How much of its attention the one head gives in the mean to the word that a question asks for, from all words that have one.
fn looks_at(heads: &Heads, question: usize) -> f32 {
    let map = heads.several.weights.view();
    let n = map.nrows();
    let asked = |query: usize| match question {
        0 => query.checked_sub(1),
        1 => Some(query + 1).filter(|key| *key < n),
        2 => Some(query),
        _ => Some(0),
    };
    let weights = (0..n).filter_map(|query| Some(map[[query, asked(query)?]]));
    let (n_asked, sum) = weights.fold((0, 0.0), |(n, sum), weight| (n + 1, sum + weight));
    sum / n_asked.max(1) as f32
}

fn numbers(heads: &Heads, measured: &Measured, state: &AttendState) -> Numbers {
    let [first, others @ ..] = state.roles();
    let mean = |column: usize| {
        let parts = measured.beside.column(column);
        parts.iter().copied().map(f64::from).sum::<f64>() / N_QUESTIONS as f64
    };
    let right = [mean(0), mean(1)];
    Numbers {
        n_words: state.sentence(0).n_words(),
        d_model: state.d_model,
        numbers_per_head: numbers_per_head(state),
        right: right.iter().all(|it| it.is_finite()).then_some(right),
        is_one_role: others.iter().all(|role| *role == first),
        told: told(heads, measured),
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let sentence = state.sentence(0);
    let (heads, measured) = scene.heads.both(state);
    let numbers = numbers(heads, measured, state);
    let head = Head {
        symbol: "one head".into(),
        note: "mean of the four scores".into(),
    };
    let map = heads.several.weights.view();
    let plot = match (numbers.n_words, numbers.right) {
        (0, _) => Plot::Empty(EMPTY.into()),
        (_, None) => Plot::Empty(TOO_SHORT.into()),
        _ => Plot::Heatmap(Heatmap {
            values: measured.beside.view(),
            rows: Rows::Down,
            colours: Colours {
                ramp: Ramp::Sequential,
                min: 0.0,
                max: 1.0,
            },
            undefined: Cow::Borrowed(""),
            version: measured.version,
        }),
    };
    let right = Panel {
        head: Head {
            symbol: "".into(),
            note: "share of right answers".into(),
        },
        ..Panel::new(named(&HEADS), named(&QUESTIONS), plot)
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels: vec![map_panel(head, map, heads.version, &sentence, state), right],
        table: Table::Columns(vec![
            Column {
                name: "question",
                cells: Cells::Words(&measured.questions),
            },
            columns::numbers("four_heads", &measured.readouts.four),
            columns::numbers("one_head", &measured.readouts.one),
        ]),
        read_rows: 0..0,
    }
}

fn named<'a>(names: &[&str]) -> Axis<'a> {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let n = names.len();
    Axis {
        names: Cow::Owned(names),
        ..Axis::cells("", "", 0, n)
    }
}

/// What is compared.
const HEADS: [&str; 2] = ["four heads", "one head"];

/// Said where no word has one before and one after it.
const TOO_SHORT: &str = "Three words are needed.";

/// How much is known.
fn summary(numbers: &Numbers) -> String {
    let Some(right) = numbers.right else {
        return match numbers.n_words {
            0 => EMPTY.to_owned(),
            _ => {
                "Only a word with one before and one after it can be asked: *type 3 words or more*."
                    .to_owned()
            }
        };
    };
    let [four, one] = right.map(|part| format_value(100.0 * part, 3));
    let why = match (numbers.is_one_role, right, &numbers.told) {
        (true, ..) => " *Four heads that do the same know no more than one.*".to_owned(),
        (false, [four, one], told) if four > one + 0.1 => match told {
            Told::One(answer) => {
                format!(" The one head mostly looks at {answer}: other answers are lost.")
            }
            Told::Nothing => {
                " One head makes one mixture, and which word is which cannot be told.".to_owned()
            }
            Told::Some => " One head has one map, and not every answer is in it.".to_owned(),
        },
        _ => String::new(),
    };
    let width = N_HEADS * numbers.numbers_per_head;
    let rest = if width == numbers.d_model {
        String::new()
    } else {
        format!(" So {width} of {} numbers are used.", numbers.d_model)
    };
    format!(
        "A [readout|linear readout] finds *{four} %* of the answers with four heads, and *{one} %* with one head of the same width.{why}\nAsked of a word's output: which word stands before it, which after it, which it is itself, which stands \
         first. The rule is fitted by [least-squares|least squares] in {N_TRAIN} random sentences of {} words and tried in {N_TEST} \
         others. A guess is right in 1 of {N_WORDS}. Each of the four heads hands on {} numbers of a word, the one head {width}.{rest}",
        numbers.n_words, numbers.numbers_per_head
    )
}

/// One question.
fn question_text(question: usize, measured: &Measured) -> Option<String> {
    let name = QUESTIONS.get(question)?;
    let row = measured.beside.row(question);
    let [four, one] = [row[0], row[1]].map(|part| format_value(100.0 * f64::from(part), 3));
    row[0]
        .is_finite()
        .then(|| format!("{name}: right in {four} % with four heads, in {one} % with one"))
}

const CODE: &str = "\
n = {n}  # words of a random sentence
vocabulary = {array}([normal(seed, 4 << 56 | word, 4 * d) for word in range({n_words})]{double})
row = 5 << 56 | 1
bits = draws(mix(mix(seed) ^ row), row)


def below(n):
    return next(bits) * n >> 32


outputs, asked = [], []
for _ in range({n_tokens}):
    sentence = [below({n_words}) for _ in range(n)]
    at = 1 + below(n - 2)
    words = vocabulary[sentence]
    each = [scores(words, look)[at] for look in looks]
    four = {lib}.concatenate([softmax(score) @ words[:, :d] for score in each])
    outputs.append({lib}.stack([four, softmax(sum(each) / 4) @ words]))
    asked.append([sentence[place] for place in (at - 1, at + 1, at, 0)])
outputs, asked = {lib}.stack(outputs), {array}(asked)


def right(x):  # the part of right answers to each question, by ridge regression; x (token, 4 * d)
    fitted = {n_train}
    y = vocabulary[asked[:fitted]][..., :d].reshape(fitted, 4 * d)
    mean_x, mean_y = x[:fitted].mean(0), y.mean(0)
    x = x - mean_x
    squares = x[:fitted].T @ x[:fitted] + 1e-6 * {lib}.eye(4 * d)
    read = x[fitted:] @ {lib}.linalg.solve(squares, x[:fitted].T @ (y - mean_y)) + mean_y
    directions = vocabulary[:, :d] / (vocabulary[:, :d] ** 2).sum(1, keepdims=True) ** 0.5
    found = (read.reshape(-1, 4, d) @ directions.T).argmax(-1)
    return (1.0 * (found == asked[fitted:])).mean(0)


result = {lib}.stack([right(outputs[:, idx]) for idx in range(2)]){single}  # (four heads and one, question)
";

const NOTHING: &str = "\
import {import}

# No word of the sentence has one before and one after it
result = {lib}.full((2, 4), float(\"nan\"), dtype={lib}.float32)
";

/// The parts of right answers, (2, 4).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    let n = state.sentence(0).n_words();
    Code::for_both(|library| {
        let lib = ("lib", library.name());
        if n < 3 {
            let import = library.pick("numpy as np", "torch");
            return fill(NOTHING, &[lib, ("import", import)]);
        }
        let mut text = python::heads(
            "What a readout finds with four heads and with one",
            state,
            library,
        );
        text.push_str(&fill(
            CODE,
            &[
                lib,
                ("n", &n.to_string()),
                ("n_words", &N_WORDS.to_string()),
                ("n_tokens", &(N_TRAIN + N_TEST).to_string()),
                ("n_train", &N_TRAIN.to_string()),
                ("array", library.pick("np.array", "torch.tensor")),
                ("double", double(library)),
                ("single", library.pick(".astype(np.float32)", ".float()")),
            ],
        ));
        text
    })
}

/// The map has queries.
fn read_query(state: &mut AttendState, cell: Cell) {
    if cell.panel_idx == 0 {
        read(state, cell);
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let sentence = state.sentence(0);
    if cell.panel_idx == 0 {
        return tip_at(scene.heads.heads(state), &sentence, N_HEADS, cell);
    }
    let question = cell.y.and_then(|y| usize::try_from(y).ok());
    question
        .and_then(|question| question_text(question, scene.heads.measured(state)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attend::state::{AttendPart, Role};

    fn said(change: impl FnOnce(&mut AttendState)) -> String {
        let mut state = AttendState {
            part: AttendPart::Heads,
            ..AttendState::default()
        };
        change(&mut state);
        scene(&mut AttendScene::default(), &state).summary
    }

    #[test]
    fn what_the_one_head_looks_at_is_said() {
        let opened = said(|_| {});
        assert!(
            opened.contains("mostly looks at the word itself: other answers are lost"),
            "{opened}"
        );
        let before = said(|state| (state.head_2, state.head_3) = (Role::Previous, Role::Previous));
        assert!(
            before.contains("mostly looks at the word before"),
            "{before}"
        );
        let blurred = said(|state| state.sharpness = 0.3);
        assert!(blurred.contains("One head has one map"), "{blurred}");
    }
}
