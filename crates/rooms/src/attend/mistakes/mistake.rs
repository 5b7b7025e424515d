//! Who looks at whom as it should be, as a real bug makes it, and how far apart the two are. Where positions are added in every
//! layer, how alike the words come out.

use std::borrow::Cow;

use figures::number::format_value;
use figures::ticks::nice_above;
use figures::{Axis, Colours, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table};
use maths::transformer::WeightSymptom;
use ndarray::ArrayView2;

use super::super::lab::Attend;
use super::super::python::model;
use super::super::scene::AttendScene;
use super::super::sentence::word;
use super::super::state::{AttendState, Bug, MISTAKEN_LAYERS, N_PADDING, N_POSITIONS};
use super::kept::Shown;
use super::rotary;
use super::ways::TO_QUIZ;
use crate::columns;
use crate::python::{Code, Library, fill, word_list};
use crate::quiz::{NONE_CHOSEN, hidden_code};
use crate::room::{Cell, Fact, FigureSpec, Pointing};
use crate::rotary_mix;
use crate::sentence::Sentence;

/// The figure. Its heading is the same for every bug.
pub const FIGURE: FigureSpec<Attend> = FigureSpec::<Attend>::new(
    "attend-mistake",
    "As it should be, and as it is",
    scene,
    code,
)
.ways(&[TO_QUIZ])
.caption(225)
.height(210)
.pointing(Pointing::new(
    read,
    here,
    tip,
    "Arrow keys move through the words.",
));

/// What can be said of a bug: what it does to the numbers, never which one it is.
enum Numbers {
    /// To weights of so many words that are no padding.
    Weights(WeightSymptom, usize),
    /// To how alike words come out.
    Alike(Alike),
}

/// Cosines of words after all layers, right and wrong.
struct Alike {
    /// The largest difference.
    most: f64,
    /// Of the same word at two places.
    same: [f32; 2],
    /// Of words side by side, in the mean.
    near: [f32; 2],
    /// Of the first and the last word.
    far: [f32; 2],
}

/// Where the sentence has the same word twice.
const SAME: [usize; 2] = [0, 3];

fn numbers(shown: &Shown, bug: Bug) -> Numbers {
    let both = [&shown.maps.right, &shown.maps.wrong];
    let last = shown.maps.right.nrows() - 1;
    match bug {
        Bug::EveryLayer => Numbers::Alike(Alike {
            most: shown.symptom.most,
            same: both.map(|map| map[SAME]),
            near: both.map(|map| (0..last).map(|p| map[[p, p + 1]]).sum::<f32>() / last as f32),
            far: both.map(|map| map[[0, last]]),
        }),
        Bug::Padding => Numbers::Weights(shown.symptom, last + 1 - N_PADDING),
        _ => Numbers::Weights(shown.symptom, last + 1),
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    if state.bug() == Some(Bug::RotaryMixed) {
        let positions = Axis::cells("position", "position of the query", 0, N_POSITIONS);
        let query = state.query().min(N_POSITIONS - 1);
        let mixed = rotary::mixed(scene, state);
        return mixed.figure((FIGURE.id, FIGURE.title), positions, query..query + 1);
    }
    let sentence = state.mistaken_sentence();
    let (Some(shown), Some(bug)) = (scene.mistaken(state), state.bug()) else {
        return nothing();
    };
    let n = shown.maps.right.nrows();
    let query = state.query().min(n.saturating_sub(1));
    let panel = |name: &'static str, note: &'static str, values, colours| Panel {
        head: Head {
            symbol: Cow::Borrowed(name),
            note: Cow::Borrowed(note),
        },
        cross: Cross {
            x: None,
            y: Some(query as u64),
        },
        ..Panel::new(
            axis("key", bug, &sentence),
            axis("query", bug, &sentence),
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours,
                undefined: Cow::Borrowed(""),
                version: shown.version,
            }),
        )
    };
    let usual = colours(shown, bug);
    let most = nice_above(shown.symptom.most) as f32;
    let (right, wrong) = (shown.maps.right.view(), shown.maps.wrong.view());
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers(shown, bug)),
        panels: vec![
            panel("A", "right", right, usual),
            panel("B", "wrong", wrong, usual),
            panel(
                "B − A",
                "",
                shown.difference.view(),
                Colours {
                    ramp: Ramp::Diverging,
                    min: -most,
                    max: most,
                },
            ),
        ],
        table: exported([right, wrong]),
        read_rows: query * n..(query + 1) * n,
    }
}

/// The words of an axis. Where words are compared, neither looks at the other.
fn axis<'a>(key: &'static str, bug: Bug, sentence: &Sentence) -> Axis<'a> {
    let label = match (bug, key) {
        (Bug::EveryLayer, _) => "word",
        (_, "key") => "is looked at",
        _ => "looks at",
    };
    Axis {
        names: Cow::Owned(sentence.shown().to_vec()),
        ..Axis::cells(key, label, 0, sentence.n_words())
    }
}

/// Weights from 0 on; cosines, which are large, from the smallest one on.
fn colours(shown: &Shown, bug: Bug) -> Colours {
    let values = || shown.maps.right.iter().chain(&shown.maps.wrong).copied();
    let (min, max) = if bug == Bug::EveryLayer {
        (values().fold(1.0, f32::min), 1.0)
    } else {
        let most = values().fold(0.0, f32::max);
        (0.0, nice_above(most.into()) as f32)
    };
    Colours {
        ramp: Ramp::Sequential,
        min,
        max,
    }
}

/// The figure without a bug.
fn nothing<'a>() -> Figure<'a> {
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: NONE_CHOSEN.to_owned(),
        panels: vec![Panel::new(
            Axis::cells("key", "is looked at", 0, 0),
            Axis::cells("query", "looks at", 0, 0),
            Plot::Empty(NONE_CHOSEN.into()),
        )],
        table: exported([ArrayView2::from(&[[]; 0]); 2]),
        read_rows: 0..0,
    }
}

fn exported<'a>([right, wrong]: [ArrayView2<'a, f32>; 2]) -> Table<'a> {
    let n = right.nrows();
    // Both keep their rows in one piece.
    let [right, wrong] = [right, wrong].map(|map| map.to_slice().unwrap_or_default());
    Table::Columns(vec![
        columns::index("query", n, n, right.len()),
        columns::index("key", 1, n, right.len()),
        columns::numbers("right", right),
        columns::numbers("wrong", wrong),
    ])
}

/// What can be seen in the numbers.
fn summary(numbers: &Numbers) -> String {
    match numbers {
        Numbers::Weights(symptom, n_words) => of_weights(symptom, *n_words),
        Numbers::Alike(alike) => of_alike(alike),
    }
}

/// What is taken for no difference in weights.
const NOTHING: f64 = 5e-4;

fn of_weights(symptom: &WeightSymptom, n_words: usize) -> String {
    let WeightSymptom {
        most,
        row_sums: [right_sums, wrong_sums],
        looked_at: [right_looked, wrong_looked],
        on_padding: [_, on_padding],
    } = *symptom;
    let mut text = format!(
        "The weights of [attention|attention] differ by up to *{}*.",
        format_value(most, 2)
    );
    let sums_differ = right_sums
        .iter()
        .zip(wrong_sums)
        .any(|(right, wrong)| (right - wrong).abs() > NOTHING);
    if sums_differ {
        text.push_str(&format!(
            " Each row should sum to 1. *In B the rows sum to {}.*",
            range_text(wrong_sums)
        ));
    } else if on_padding > NOTHING {
        text.push_str(&format!(
            " In B *{} of the weight* of real words goes to PAD; right: 0 %.",
            percent(on_padding)
        ));
    } else {
        text.push_str(&format!(
            " In B a word looks at about *{} of {n_words} words*; right: {}.\nThat is e to the power of the entropy of its weights: 1 where one word gets all, {n_words} where all get the same.",
            format_value(wrong_looked, 2),
            format_value(right_looked, 2)
        ));
    }
    text
}

fn of_alike(alike: &Alike) -> String {
    let Alike {
        same: [right, wrong],
        near: [_, near],
        far: [_, far],
        ..
    } = *alike;
    format!(
        "How [cosine|alike] the words come out of {MISTAKEN_LAYERS} layers, 1 being the most. In B the two “the” are alike to *{}*; right: {}.\n\
         Words side by side are alike to {} in B, the first and the last word to {}: the further apart, the less.",
        cosine(wrong),
        cosine(right),
        cosine(near),
        cosine(far)
    )
}

fn cosine(value: f32) -> String {
    format_value(value.into(), 3)
}

fn percent(part: f64) -> String {
    format!("{} %", format_value((part * 100.0).round(), 3))
}

/// One number, or from the least to the most.
fn range_text([least, most]: [f64; 2]) -> String {
    let (least, most) = (format_value(least, 3), format_value(most, 3));
    if least == most {
        least
    } else {
        format!("{least} to {most}")
    }
}

/// The symptom in numbers.
fn facts(numbers: &Numbers) -> Vec<Fact> {
    let both = |[right, wrong]: [String; 2]| format!("{wrong}, right: {right}");
    match numbers {
        Numbers::Weights(symptom, _) => vec![
            Fact::new("largest difference", format_value(symptom.most, 3)),
            Fact::new("sum of a row", both(symptom.row_sums.map(range_text))),
            Fact::new(
                "words looked at",
                both(symptom.looked_at.map(|it| format_value(it, 2))),
            ),
            Fact::new("weight on padding", both(symptom.on_padding.map(percent))),
        ],
        Numbers::Alike(alike) => vec![
            Fact::new("largest difference", format_value(alike.most, 3)),
            Fact::new("“the” and “the”", both(alike.same.map(cosine))),
            Fact::new("words side by side", both(alike.near.map(cosine))),
            Fact::new("first and last word", both(alike.far.map(cosine))),
        ],
    }
}

/// A cell of the maps, or the row that is read.
fn cell_text(bug: Bug, [query, key]: [&str; 2], [right, wrong]: [f32; 2]) -> String {
    let between = if bug == Bug::EveryLayer { "and" } else { "→" };
    let value = |value: f32| format_value(value.into(), 3);
    format!(
        "“{query}” {between} “{key}”: right {}, wrong {}",
        value(right),
        value(wrong)
    )
}

const NO_BUG: &str = "\
import {import}

# No mistake
result = {lib}.zeros((2, 0), dtype={lib}.float32)
";

const WEIGHTS: &str = "\
def softmax(x, axis=-1):
    x = {lib}.exp(x - {lib}.amax(x, axis, keepdims=True))
    return x / x.sum(axis, keepdims=True)


words = {words}
scores = model(words, 0)[0][0]  # (query, key)
{bug}
result = {lib}.stack([right, wrong])  # (2, query, key)
";

const SOFTMAX_AXIS: &str = "\
right = softmax(scores)
wrong = softmax(scores, 0)  # over the queries";

const MASK_AFTER: &str = "\
later = {lib}.arange(len(words))[None, :] > {lib}.arange(len(words))[:, None]
right = softmax({lib}.where(later, {lib}.asarray(-float(\"inf\"), dtype=scores.dtype), scores))
wrong = {lib}.where(later, {lib}.zeros_like(scores), softmax(scores))  # the mask after the softmax";

const DIVIDED_BY_D: &str = "\
right = softmax(scores)
wrong = softmax(scores / (d_model // n_heads) ** 0.5)  # divided by the root a second time";

const PADDING: &str = "\
is_padding = {lib}.arange(len(words)) >= {n_real}
right = softmax({lib}.where(is_padding, {lib}.asarray(-float(\"inf\"), dtype=scores.dtype), scores))
wrong = softmax(scores)  # no mask";

const EVERY_LAYER: &str = "\
def alike(words, adds_again):  # cosines of every two words after all layers
    positions = encoding(len(words), d_model)
    x = embedded(words) - positions
    for layer in range({n_layers}):
        if layer == 0 or adds_again:
            x = x + positions
        x = block(x, layer)
    x = x / (x**2).sum(-1, keepdims=True) ** 0.5
    return x @ x.T


words = {words}
result = {lib}.stack([alike(words, again) for again in (False, True)])  # (2, word, word)
";

/// Right and wrong, (2, T, T). Before an answer to the quiz it would give the bug away.
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    if !state.is_revealed() {
        return if state.bug() == Some(Bug::RotaryMixed) {
            hidden_code(FIGURE.id, "scores", "(2, position)")
        } else {
            hidden_code(FIGURE.id, "maps", "(2, query, key)")
        };
    }
    Code::for_both(|library| match state.bug() {
        Some(bug) => of_bug(state, bug, library),
        None => fill(
            NO_BUG,
            &[
                ("import", library.pick("numpy as np", "torch")),
                ("lib", library.name()),
            ],
        ),
    })
}

fn of_bug(state: &AttendState, bug: Bug, library: Library) -> String {
    let (template, lines) = match bug {
        Bug::SoftmaxAxis => (WEIGHTS, SOFTMAX_AXIS),
        Bug::MaskAfter => (WEIGHTS, MASK_AFTER),
        Bug::DividedByD => (WEIGHTS, DIVIDED_BY_D),
        Bug::Padding => (WEIGHTS, PADDING),
        Bug::EveryLayer => (EVERY_LAYER, ""),
        Bug::RotaryMixed => return rotary_mix::code(rotary::SPEC, library),
    };
    let sentence = state.mistaken_sentence();
    let n_real = (sentence.n_words() - N_PADDING.min(sentence.n_words())).to_string();
    let lines = fill(lines, &[("lib", library.name()), ("n_real", &n_real)]);
    let end = fill(
        template,
        &[
            ("lib", library.name()),
            ("words", &word_list(sentence.words())),
            ("bug", &lines),
            ("n_layers", &MISTAKEN_LAYERS.to_string()),
        ],
    );
    let title = "Attention as it should be, and as a real bug makes it";
    [model(title, &state.mistaken_model(), library), end].join("\n")
}

/// The facts of the part; none without a bug.
pub fn reading(scene: &mut AttendScene, state: &AttendState) -> Vec<Fact> {
    match state.bug() {
        Some(Bug::RotaryMixed) => rotary::mixed(scene, state).facts(),
        Some(bug) => {
            let shown = scene.mistaken(state);
            shown.map_or_else(Vec::new, |shown| facts(&numbers(shown, bug)))
        }
        None => Vec::new(),
    }
}

fn read(state: &mut AttendState, cell: Cell) {
    // Of the curves of scores, the position is the query's.
    let at = if state.bug() == Some(Bug::RotaryMixed) {
        cell.x
    } else {
        cell.y
    };
    if let Some(query) = at.and_then(|at| usize::try_from(at).ok()) {
        state.query = Some(query);
    }
}

fn here(state: &AttendState) -> Cell {
    let query = Some(state.query() as u64);
    if state.bug() == Some(Bug::RotaryMixed) {
        return Cell {
            x: query,
            ..Cell::default()
        };
    }
    Cell {
        x: query,
        y: query,
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    if state.bug() == Some(Bug::RotaryMixed) {
        return rotary::mixed(scene, state).tip(cell.x);
    }
    let sentence = state.mistaken_sentence();
    let mut text = || {
        let shown = scene.mistaken(state)?;
        let place = [
            usize::try_from(cell.y?).ok()?,
            usize::try_from(cell.x?).ok()?,
        ];
        let values = [*shown.maps.right.get(place)?, *shown.maps.wrong.get(place)?];
        let words = place.map(|place| word(&sentence, place));
        let words = words.each_ref().map(String::as_str);
        Some(cell_text(state.bug()?, words, values))
    };
    text().unwrap_or_default()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use super::*;
    use crate::settings::Words;

    fn state(bug: Bug, seed: u64) -> AttendState {
        AttendState {
            mistake: Some(bug),
            seed,
            ..AttendState::default()
        }
    }

    /// A quiz shows what a bug does before it asks; and the seed that somebody tries should not hide it.
    #[test]
    fn every_bug_shows_with_every_seed() {
        let mut made = AttendScene::default();
        for seed in 0..100 {
            let mut numbers_of = |bug| {
                let shown = made.mistaken(&state(bug, seed)).unwrap();
                numbers(shown, bug)
            };
            let mut symptom = |bug| match numbers_of(bug) {
                Numbers::Weights(symptom, _) => symptom,
                Numbers::Alike(_) => panic!("{bug:?} is about weights"),
            };
            let [least, most] = symptom(Bug::SoftmaxAxis).row_sums[1];
            assert!(least < 0.9 && most > 1.1, "{seed}: {least} to {most}");
            let [least, most] = symptom(Bug::MaskAfter).row_sums[1];
            assert!(least < 0.8 && (most - 1.0).abs() < 1e-6, "{seed}: {least}");
            let [right, wrong] = symptom(Bug::DividedByD).looked_at;
            assert!(right + 0.3 < wrong, "{seed}: {right}, {wrong}");
            let [right, wrong] = symptom(Bug::Padding).on_padding;
            assert!(right == 0.0 && wrong > 0.01, "{seed}: {wrong}");
            let Numbers::Alike(alike) = numbers_of(Bug::EveryLayer) else {
                panic!("it is about cosines");
            };
            let Alike {
                same, near, far, ..
            } = alike;
            assert!(same[1] + 0.03 < same[0], "{seed}: {same:?}");
            assert!(far[1] < near[1], "{seed}: {near:?}, {far:?}");
        }
    }

    #[test]
    fn what_is_seen_is_said_without_the_name_of_the_bug() {
        let mut made = AttendScene::default();
        for &bug in Bug::ALL {
            let state = state(bug, 0);
            let said = scene(&mut made, &state).summary.to_lowercase();
            for name in ["softmax", "mask", "divided", "layers again", "mixed"] {
                assert!(!said.contains(name), "{bug:?}: {said}");
            }
        }
    }
}
