//! A word in two sentences: at which words it looks, and its features before and after that.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{
    Axis, Bars, CellAxis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp,
    Rows, Table, Worked,
};
use ndarray::ArrayView1;

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL, axis};
use super::super::state::AttendState;
use super::kept::{Context, Taken, last_place, n_shared};
use super::written::{FEATURES, N_FEATURES, python};
use crate::columns;
use crate::python::{Code, double, fill, word_list};
use crate::rich::given;
use crate::room::{Cell, FigureSpec, Pointing, Way};
use crate::sentence::Sentence;
use crate::settings::{Notice, number_text};

/// The figure.
pub const FIGURE: FigureSpec<Attend> = FigureSpec::<Attend>::new(
    "attend-context",
    "A word before and after attention",
    scene,
    code,
)
.ways(&[TO_AMBIGUOUS])
.pointing(
    Pointing::<Attend>::new(
        read,
        here,
        tip,
        "Up and down arrow keys move through the features. Click a word to read it.",
    )
    .picking("query", pick),
);

/// To the word that both of the usual sentences have.
const TO_AMBIGUOUS: Way<AttendState> = Way::new("Read “bank”", |state: &mut AttendState| {
    state.query = None;
    (TO_USUAL.mend)(state);
});

/// What can be said of a word in two sentences.
struct Numbers {
    word: String,
    has_features: bool,
    said: [Said; 2],
    /// Words of the first sentence without features.
    left_out: Vec<String>,
}

/// What can be said of it in one of them.
enum Said {
    /// The sentence does not have it.
    NotThere,
    /// No neighbour has features.
    Alone,
    /// All neighbours count alike, and there are so many.
    Alike(usize),
    /// It looks at a neighbour most.
    Looks {
        at: String,
        weight: f32,
        /// A feature that rises.
        risen: usize,
        before: f32,
        after: f32,
    },
}

/// None without words that have features.
fn numbers(context: &Context, sentences: &[Sentence; 2]) -> Option<Numbers> {
    let word = given(context.word.as_ref()?);
    let [first, _] = &context.taken;
    let has_features = |features: &[f32; N_FEATURES]| features.iter().any(|it| *it != 0.0);
    first.features.iter().any(has_features).then(|| {
        let mut orders = context.taken.iter().zip(sentences);
        let mut left_out = Vec::new();
        for (word, features) in sentences[0].words().iter().zip(&first.features) {
            let word = given(word);
            if !has_features(features) && !left_out.contains(&word) {
                left_out.push(word);
            }
        }
        Numbers {
            word,
            has_features: has_features(&context.before),
            said: [(); 2].map(|()| match orders.next() {
                Some((taken, sentence)) => said(taken, sentence, &context.before),
                None => Said::NotThere,
            }),
            left_out,
        }
    })
}

fn said(taken: &Taken, sentence: &Sentence, before: &[f32; N_FEATURES]) -> Said {
    if taken.place.is_none() {
        return Said::NotThere;
    }
    let Some(at) = taken.strongest() else {
        return Said::Alone;
    };
    let weight = taken.weights[at];
    let mut seen = (0..taken.weights.len()).filter(|key| taken.sees(*key));
    if taken.n_seen() > 1 && seen.all(|key| taken.weights[key] == weight) {
        return Said::Alike(taken.n_seen());
    }
    // Of what it brings the feature that both have, the first of several.
    let brought = (0..N_FEATURES).filter(|feature| taken.features[at][*feature] != 0.0);
    let most = brought
        .rev()
        .max_by(|a, b| before[*a].total_cmp(&before[*b]));
    let most = most.unwrap_or_default();
    Said::Looks {
        at: given(&sentence.words()[at]),
        weight,
        risen: most,
        before: before[most],
        after: taken.after[most],
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let sentences = [0, 1].map(|order| state.sentence(order));
    let context = scene.context.context(state);
    let numbers = numbers(context, &sentences);
    let nothing = numbers.is_none().then_some(match context.word {
        Some(_) => NO_FEATURES,
        None => EMPTY,
    });
    let mut panels = Vec::new();
    for ((taken, sentence), symbol) in context.taken.iter().zip(&sentences).zip(["A", "B"]) {
        let plot = match (nothing, taken.place) {
            (Some(nothing), _) => Plot::Empty(nothing.into()),
            (None, None) => Plot::Empty(NOT_THERE.into()),
            (None, Some(_)) => Plot::Bars(Bars {
                values: ArrayView1::from(&taken.weights),
                cells_on: CellAxis::Y,
                colours: Colours {
                    ramp: Ramp::Sequential,
                    min: 0.0,
                    max: 1.0,
                },
                roles: &[],
                undefined: Cow::Borrowed(""),
            }),
        };
        panels.push(Panel {
            head: Head {
                symbol: symbol.into(),
                note: Cow::Owned(sentence_of(&numbers, taken)),
            },
            cross: Cross {
                x: None,
                y: taken.place.map(|place| place as u64),
            },
            ..Panel::new(Axis::values("weight", 0.0, 1.0), axis("", sentence), plot)
        });
    }
    let largest = context.outputs.iter().copied().filter(|it| it.is_finite());
    let plot = match nothing {
        Some(nothing) => Plot::Empty(nothing.into()),
        None => Plot::Heatmap(Heatmap {
            values: context.turned.view(),
            rows: Rows::Down,
            colours: Colours {
                ramp: Ramp::Sequential,
                min: 0.0,
                max: largest.fold(2.0, f32::max),
            },
            undefined: Cow::Borrowed("not in the sentence"),
            version: context.version,
        }),
    };
    panels.push(Panel {
        head: Head {
            symbol: "x".into(),
            note: Cow::Owned(numbers.as_ref().map_or_else(String::new, features_of)),
        },
        cross: Cross {
            x: None,
            y: Some(state.feature as u64),
        },
        ..Panel::new(
            Axis {
                names: Cow::Owned(STAGES.map(str::to_owned).into()),
                ..Axis::cells("", "", 0, STAGES.len())
            },
            Axis {
                names: Cow::Owned(FEATURES.map(str::to_owned).into()),
                ..Axis::cells("feature", "", 0, N_FEATURES)
            },
            plot,
        )
    });
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(numbers.as_ref(), nothing),
        panels,
        table: table(context),
        read_rows: 0..0,
    }
}

/// What the word adds up from, word by word; the NPY has its features before and after.
fn table(context: &Context) -> Table<'_> {
    let [scores, weights, features @ ..] = &context.columns;
    let mut table = vec![
        columns::numbers("sentence", &context.sentences),
        Column {
            name: "word",
            cells: Cells::Words(&context.words),
        },
        columns::numbers("score", scores),
        columns::numbers("weight", weights),
    ];
    let features = FEATURES.iter().zip(features);
    table.extend(features.map(|(name, values)| columns::numbers(name, values)));
    Table::Beside {
        columns: table,
        shape: vec![context.outputs.len() / N_FEATURES, N_FEATURES],
        values: &context.outputs,
    }
}

/// The columns of the word's features.
const STAGES: [&str; 3] = ["before", "in A", "in B"];

/// Said where no word of the first sentence is in the list.
const NO_FEATURES: &str = "None of these words has features.";

/// Said where the second sentence does not have the word.
const NOT_THERE: &str = "This sentence does not have the word.";

/// Whose weights they are.
fn sentence_of(numbers: &Option<Numbers>, taken: &Taken) -> String {
    match (numbers, taken.place) {
        (Some(numbers), Some(_)) => format!("“{}” looks at", numbers.word),
        _ => String::new(),
    }
}

/// Whose features they are.
fn features_of(numbers: &Numbers) -> String {
    format!("features of “{}”", numbers.word)
}

/// What the word takes in, in both sentences.
fn summary(numbers: Option<&Numbers>, nothing: Option<&str>) -> String {
    let Some(numbers) = numbers else {
        let nothing = nothing.unwrap_or_default();
        return format!("{nothing} *Use words of the list below*: the others have no features.");
    };
    let mut text = String::new();
    if !numbers.has_features {
        text = format!(
            "*“{}” has no features*: no word fits it better than another. ",
            numbers.word
        );
    }
    let sentences = numbers.said.iter().zip(["A", "B"]);
    let sentences = sentences.map(|(said, order)| said_of(numbers, said, order));
    text.push_str(&sentences.collect::<Vec<_>>().join(" "));
    text.push_str("\nThe word keeps its own features: what it takes in is added to them.");
    if let [others @ .., last] = &numbers.left_out[..] {
        let others = others.iter().map(|word| format!("“{word}”, "));
        let others: String = others.take(MOST_LEFT_OUT).collect();
        text.push_str(&format!(
            " A score of 0 still gives some weight. So words without features are left out, in A {others}“{last}”."
        ));
    }
    text
}

/// At most so many words are listed before the last one.
const MOST_LEFT_OUT: usize = 8;

/// What it takes in, in one of them.
fn said_of(numbers: &Numbers, said: &Said, order: &str) -> String {
    let word = &numbers.word;
    match said {
        Said::NotThere => format!("{order} does not have “{word}”."),
        Said::Alone => format!("In {order} no neighbour has features, so it stays as it is."),
        Said::Alike(n) => format!(
            "In {order} its {n} neighbours count alike: each has weight *{}*.",
            format_value((*n as f64).recip(), 2)
        ),
        Said::Looks {
            at,
            weight,
            risen,
            before,
            after,
        } => format!(
            "In {order} “{word}” looks at “{at}” with *weight {}*: {} rises from {} to *{}*.",
            format_value((*weight).into(), 2),
            FEATURES[*risen],
            format_value((*before).into(), 3),
            format_value((*after).into(), 3),
        ),
    }
}

/// A word that is looked at, or is not.
fn word_text(word: &str, key: usize, sharpness: f64, at: &str, taken: &Taken) -> String {
    if taken.place == Some(key) {
        return format!("“{word}” keeps its own features");
    }
    if !taken.sees(key) {
        return format!("“{at}” has no features: nobody looks at it");
    }
    let place = taken.place.unwrap_or_default();
    let shared = n_shared(&taken.features[place], &taken.features[key]);
    let mut worked = Worked::default();
    let sharpness = worked.given(sharpness);
    let n = worked.given(shared.into());
    let score = worked.computed(taken.scores[key].into());
    worked.step(score, &[sharpness, n], |it| it[0] * it[1]);
    let texts = worked.texts();
    let features = if shared == 1.0 { "feature" } else { "features" };
    format!(
        "“{word}” and “{at}” share {} {features}: score {} × {} = {}, weight {}",
        texts[n],
        texts[sharpness],
        texts[n],
        texts[score],
        format_value(taken.weights[key].into(), 4)
    )
}

/// A feature before and after.
fn feature_text(feature: usize, context: &Context) -> String {
    let name = FEATURES[feature];
    let before = f64::from(context.before[feature]);
    let taken = context.taken.iter().zip(["A", "B"]);
    let taken = taken.filter(|(taken, _)| taken.place.is_some());
    let after = taken.map(|(taken, order)| {
        let mut worked = Worked::default();
        let after = f64::from(taken.after[feature]);
        let [own, added, after] = [
            worked.given(before),
            worked.computed(after - before),
            worked.computed(after),
        ];
        worked.step(after, &[own, added], |it| it[0] + it[1]);
        let texts = worked.texts();
        format!(
            ", in {order} {} + {} = {}",
            texts[own], texts[added], texts[after]
        )
    });
    let after: String = after.collect();
    format!("{name}: {} before{after}", format_value(before, 4))
}

const CODE: &str = "\
sharpness = {sharpness}


def features(words):  # nothing for words that are not in the list; (word, feature)
    return {array}([written.get(word, [0] * {n_features}) for word in words]{double})


def after(words, place):  # queries, keys and values are the features themselves
    x = features(words)
    seen = x.any(1)  # words without features are left out
    seen[place] = False  # and so is the word itself: it keeps its own features
    scores = sharpness * (x @ x[place])
    weights = {lib}.exp(scores - scores.max()) * seen
    return x[place] + weights @ x / (weights.sum() or 1)


first = {a}
{second}result = {lib}.stack([features(first)[{query}], after(first, {query}), {other}]){single}  # (stage, feature)
";

const NOTHING: &str = "\
import {import}

# There are no words
result = {lib}.zeros((0, {n_features}), dtype={lib}.float32)
";

/// The features of the word before, in the first sentence and in the second one, (3, features).
fn code(scene: &mut AttendScene, state: &AttendState) -> Code {
    let sentences = [0, 1].map(|order| state.sentence(order));
    let context = scene.context.context(state);
    let places = context.taken.each_ref().map(|taken| taken.place);
    let n_features = N_FEATURES.to_string();
    Code::for_both(|library| {
        let names = [
            ("lib", library.name()),
            ("import", library.pick("numpy as np", "torch")),
            ("n_features", &n_features),
        ];
        let Some(query) = places[0] else {
            return fill(NOTHING, &names);
        };
        let [a, b] = sentences.each_ref().map(|it| word_list(it.words()));
        let (second, other) = match places[1] {
            Some(place) => (format!("second = {b}\n"), format!("after(second, {place})")),
            None => (
                format!(
                    "nothing = {}.full(({n_features},), float(\"nan\"))  # the second sentence does not have it\n",
                    library.name()
                ),
                "nothing".to_owned(),
            ),
        };
        let mut text = python("A word before and after attention", library);
        text.push_str(&fill(
            CODE,
            &[
                &names[..],
                &[
                    ("sharpness", &number_text(state.sharpness)),
                    ("array", library.pick("np.array", "torch.tensor")),
                    (
                        "double",
                        library.pick(", dtype=np.float64", double(library)),
                    ),
                    ("single", library.pick(".astype(np.float32)", ".float()")),
                    ("query", &query.to_string()),
                    ("a", &a),
                    ("second", &second),
                    ("other", &other),
                ],
            ]
            .concat(),
        ));
        text
    })
}

/// The third panel has features; words are only read by a click, so that their bars stay where they are.
fn read(state: &mut AttendState, cell: Cell) {
    if let Some(feature) = cell.y.filter(|_| cell.panel_idx == 2) {
        state.feature = usize::try_from(feature).unwrap_or_default();
    }
}

fn here(state: &AttendState) -> Cell {
    Cell {
        panel_idx: 2,
        x: None,
        y: Some(state.feature as u64),
    }
}

/// Makes a word the one that is read, where the first sentence has it.
fn pick(state: &mut AttendState, cell: Cell) -> Option<Notice> {
    let place = usize::try_from(cell.y?).ok()?;
    let found = match cell.panel_idx {
        0 => Some(place),
        1 => {
            let [first, second] = [0, 1].map(|order| state.sentence(order));
            last_place(&first, second.words().get(place)?)
        }
        _ => None,
    };
    state.query = Some(found?);
    None
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let sentences = [0, 1].map(|order| state.sentence(order));
    let context = scene.context.context(state);
    let text = || {
        let row = usize::try_from(cell.y?).ok()?;
        let word = given(context.word.as_ref()?);
        if cell.panel_idx == 2 {
            return (row < N_FEATURES).then(|| feature_text(row, context));
        }
        let taken = context.taken.get(cell.panel_idx)?;
        taken.place?;
        let at = sentences[cell.panel_idx].words().get(row)?;
        Some(word_text(&word, row, state.sharpness, &given(at), taken))
    };
    text().unwrap_or_default()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use super::super::kept::Kept;
    use super::{FIGURE, NO_FEATURES, numbers, summary};
    use crate::attend::state::{AttendPart, AttendState};
    use crate::sentence::Sentence;
    use crate::settings::control;

    fn said(texts: [&str; 2], sharpness: f64) -> String {
        let mut state = AttendState {
            part: AttendPart::Context,
            sharpness,
            ..AttendState::default()
        };
        let sentences = texts.map(|text| Sentence::new(text.to_owned()));
        for (order, sentence) in sentences.iter().enumerate() {
            state.set_sentence(order, sentence.clone());
        }
        let mut kept = Kept::default();
        let numbers = numbers(kept.context(&state), &sentences);
        summary(numbers.as_ref(), Some(NO_FEATURES))
    }

    #[test]
    fn what_is_said_is_of_each_sentence() {
        for (texts, sharpness, expected) in [
            (
                ["the cat saw the mouse", "the man clicked the mouse"],
                4.0,
                &[
                    "“cat” with *weight 0.98*: animal rises from 1 to *1.98*.",
                    "“clicked” with *weight 0.98*: device rises from 1 to *1.98*.",
                ][..],
            ),
            (
                ["the river bank", "the cat"],
                4.0,
                &["“river” with *weight 1*", "B does not have “bank”."],
            ),
            (
                ["the bank", "man sat bank"],
                4.0,
                &[
                    "In A no neighbour has features, so it stays as it is.",
                    "In B its 2 neighbours count alike: each has weight *0.5*.",
                ],
            ),
            (
                ["river man bank", ""],
                0.0,
                &["its 2 neighbours count alike"],
            ),
            (["the the", "bank"], 4.0, &[NO_FEATURES]),
        ] {
            let said = said(texts, sharpness);
            for part in expected {
                assert!(said.contains(part), "{texts:?}: {said}");
            }
        }
    }

    #[test]
    fn a_word_that_one_sentence_has_leads_to_one_that_both_have() {
        let state = AttendState {
            part: AttendPart::Context,
            query: Some(3),
            ..AttendState::default()
        };
        let (_, mended) = FIGURE.way_out(&state).unwrap();
        let read = |state: &AttendState| state.sentence(0).words()[state.query()].clone();
        assert_eq!([read(&state), read(&mended)], ["by", "bank"]);
    }

    #[test]
    fn the_desk_says_the_sentence_of_the_part() {
        let state = AttendState {
            part: AttendPart::Context,
            ..AttendState::default()
        };
        let said = control::<AttendState>("other").unwrap().said(&state, "");
        assert!(said.ends_with("the man took money from the bank"), "{said}");
    }
}
