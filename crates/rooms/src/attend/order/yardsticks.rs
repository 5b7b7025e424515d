//! How far the mean of all words' outputs moves: with the other order, with one word replaced, with other words altogether.

use std::borrow::Cow;

use figures::{
    Axis, Bars, CellAxis, Cells, Colours, Column, Figure, Panel, Plot, Ramp, Role, Table,
};
use ndarray::ArrayView1;

use super::super::lab::Attend;
use super::super::python::model;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL};
use super::super::state::AttendState;
use super::difference::{rounding, share};
use super::kept::{ROUNDING, Yardsticks, others};
use super::python::{both, nothing};
use crate::columns;
use crate::python::{Code, fill, word_list};
use crate::rich::given;
use crate::room::{FigureSpec, Way};

/// The figure.
pub const FIGURE: FigureSpec<Attend> = FigureSpec::<Attend>::new(
    "attend-yardsticks",
    "Is that difference large?",
    scene,
    code,
)
.ways(&[
    TO_USUAL.when(|state| has_no_words(state) && state.emb_std > 0.0),
    TO_STD,
])
.ignoring(|state| (state.query, state.feature) = (None, 0));

/// To embeddings that are not 0.
const TO_STD: Way<AttendState> = Way::new("Take embeddings of std 1", |state: &mut AttendState| {
    state.emb_std = 1.0;
    if has_no_words(state) {
        (TO_USUAL.mend)(state);
    }
});

fn has_no_words(state: &AttendState) -> bool {
    (0..2).any(|order| state.sentence(order).n_words() == 0)
}

/// What can be said of how far the mean moves, relative to its length.
struct Numbers {
    /// With the second sentence, with one word replaced, with other words; none where its length is 0.
    relative: Option<[f64; 3]>,
    /// Whether the second sentence has the words of the first one.
    has_same_words: bool,
    is_same: bool,
    /// What the other sentences are.
    others: [String; 2],
}

fn numbers(yardsticks: &Yardsticks, n_alone: usize, state: &AttendState) -> Numbers {
    let relative = yardsticks.relative.map(f64::from);
    Numbers {
        relative: relative.iter().all(|it| it.is_finite()).then_some(relative),
        has_same_words: n_alone == 0,
        is_same: state.sentence(0).words() == state.sentence(1).words(),
        others: others(&state.sentence(0)).map(|it| given(it.text())),
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let n_alone = scene.compared(state).n_alone;
    let is_empty = has_no_words(state);
    let yardsticks = scene.yardsticks(state);
    let numbers = numbers(yardsticks, n_alone, state);
    let longest = yardsticks.relative.into_iter().filter(|it| it.is_finite());
    let longest = longest.fold(0.0, f32::max).max(1.0);
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: if is_empty {
            EMPTY.to_owned()
        } else {
            summary(&numbers)
        },
        panels: vec![Panel::new(
            Axis {
                names: bar_names(yardsticks).into(),
                ..Axis::cells("", "", 0, yardsticks.names.len())
            },
            Axis::values("difference ÷ length", 0.0, f64::from(longest) * 1.05),
            match numbers.relative {
                _ if is_empty => Plot::Empty(EMPTY.into()),
                None => Plot::Empty(NO_LENGTH.into()),
                Some(_) => Plot::Bars(Bars {
                    values: ArrayView1::from(&yardsticks.relative),
                    cells_on: CellAxis::X,
                    colours: Colours {
                        ramp: Ramp::Sequential,
                        min: 0.0,
                        max: longest,
                    },
                    roles: &[Role::Series(0), Role::Quiet, Role::Quiet],
                    undefined: Cow::Borrowed(""),
                }),
            },
        )],
        table: Table::Columns(vec![
            Column {
                name: "sentence",
                cells: Cells::Words(&yardsticks.names),
            },
            columns::numbers("relative_difference", &yardsticks.relative),
        ]),
        read_rows: 0..0,
    }
}

/// What each bar is, and how long.
fn bar_names(yardsticks: &Yardsticks) -> Vec<String> {
    let bars = yardsticks.names.iter().zip(yardsticks.relative);
    bars.map(|(name, relative)| format!("{name} {}", share(relative.into())))
        .collect()
}

/// Said where nothing can be relative to its length.
const NO_LENGTH: &str = "The mean of all outputs is 0: nothing is large or small beside it.";

/// How far the mean moves, and what beside.
fn summary(numbers: &Numbers) -> String {
    let [one, all] = &numbers.others;
    let how = format!(
        "\nOne new word: “{one}”. New words: “{all}”. The weights are random: training may make more of the order, or less."
    );
    let Some([order, word, words]) = numbers.relative else {
        return NO_LENGTH.to_owned();
    };
    let beside = format!(
        "One new word moves it by {}, new words altogether by {}.",
        share(word),
        share(words)
    );
    let second = match order {
        _ if numbers.is_same => "Both sentences are the same, so the mean is, too.".to_owned(),
        _ if !numbers.has_same_words => format!(
            "The second sentence has other words: its mean is *{}* of the length away.",
            share(order)
        ),
        _ if order < ROUNDING => format!(
            "*The other order does nothing* to the mean: {}.",
            rounding(order)
        ),
        _ => format!(
            "The other order moves the mean by *{}* of its length.",
            share(order)
        ),
    };
    format!("{second} {beside}{how}")
}

const CODE: &str = "\
replaced = {replaced}
other = {other}
pooled = [model(words, n_layers - 1)[2].mean(0) for words in (first, second, replaced, other)]
size = (pooled[0] ** 2).sum() ** 0.5
apart = {lib}.stack([((pooled[0] - it) ** 2).sum() ** 0.5 for it in pooled[1:]])
result = (apart / (size if size > 0 else float(\"nan\"))){single}  # (3,)
";

/// The three relative differences, (3,).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    let sentences = [0, 1].map(|order| state.sentence(order));
    Code::for_both(|library| {
        if has_no_words(state) {
            return nothing("full((3,), float(\"nan\"))", library);
        }
        let [replaced, other] = others(&sentences[0]).map(|it| word_list(it.words()));
        let title = "How far another order, another word and other words move the mean";
        let mut text = model(title, &state.model(), library);
        text.push_str(&both(&sentences));
        text.push_str(&fill(
            CODE,
            &[
                ("replaced", replaced.as_str()),
                ("other", &other),
                ("lib", library.name()),
                ("single", library.pick(".astype(np.float32)", ".float()")),
            ],
        ));
        text
    })
}
