//! Two heads that are written down and continue a text, stage by stage: who looks at whom, what the last word finds, what it gets.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{
    Axis, Bars, CellAxis, Colours, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table,
};
use ndarray::{ArrayView1, ArrayView2};

use super::super::lab::Attend;
use super::super::model::SINUSOIDAL;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL};
use super::super::state::AttendState;
use super::super::written::{heads, percent};
use super::kept::{Continued, START, order};
use crate::columns;
use crate::python::{Code, WORD_NUMBER, double, encoding, fill, start, word_list};
use crate::rich::given;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::number_text;

/// The figure.
pub const FIGURE: FigureSpec<Attend> = FigureSpec::<Attend>::new(
    "attend-induction",
    "Two heads continue the sentence",
    scene,
    code,
)
.height(300)
.ways(&[TO_USUAL])
.pointing(Pointing::new(
    read,
    here,
    tip,
    "Up and down arrow keys move through the words that look at others.",
));

/// What can be said of it.
struct Numbers {
    /// The word that is continued; none without words.
    last: Option<String>,
    /// The words that follow it elsewhere in the sentence, each with its part of what is handed on, the largest first.
    expected: Vec<(String, f64)>,
    /// By how much the first of these scores more than the second, where each of them followed at one place.
    lead: Option<f64>,
    /// The word with the largest part.
    first: (String, f64),
    /// At how many places it stands.
    n_first: usize,
    has_positions: bool,
    is_shuffled: bool,
    sharpness: f64,
    /// How much the first head gives the word before, at least and in the mean.
    noted: [f64; 2],
    /// How much the second one gives to the places that it looks for.
    found: f64,
}

impl Numbers {
    /// Whether the first head cannot tell places apart.
    fn is_blind(&self) -> bool {
        !self.has_positions || self.sharpness == 0.0
    }
}

fn numbers(continued: &Continued, state: &AttendState) -> Numbers {
    let named = |word: usize| {
        (
            given(&continued.distinct[word]),
            f64::from(continued.shares[word]),
        )
    };
    let mut expected = continued.expected.clone();
    expected.sort_by(|a, b| continued.shares[*b].total_cmp(&continued.shares[*a]));
    let lead = match expected[..] {
        [first, second, ..] => {
            let scores = [first, second].map(|word| continued.score_after(word));
            let [first, second] = scores.map(|score| score.map(f64::from));
            first.zip(second).map(|(first, second)| first - second)
        }
        _ => None,
    };
    let shares = continued.shares.iter().enumerate();
    let first = shares
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(word, _)| word);
    let last = continued.last();
    Numbers {
        last: (last > 0).then(|| given(&continued.distinct[last])),
        expected: expected.into_iter().map(named).collect(),
        lead,
        n_first: first.map_or(0, |word| continued.n_places(word)),
        first: first.map(named).unwrap_or_default(),
        has_positions: state.positions,
        is_shuffled: state.shuffled,
        sharpness: state.sharpness,
        noted: continued.noted(),
        found: continued.found(),
    }
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let continued = scene.continuing.continued(state);
    let numbers = numbers(continued, state);
    let n = continued.n_tokens();
    let query = state.query() + 1;
    let names = |key, label: &'static str, names: &'a [String]| Axis {
        names: names.into(),
        ..Axis::cells(key, label, 0, names.len())
    };
    let colours = Colours {
        ramp: Ramp::Sequential,
        min: 0.0,
        max: 1.0,
    };
    let bars = |values: ArrayView1<'a, f32>| {
        Plot::Bars(Bars {
            values,
            cells_on: CellAxis::Y,
            colours,
            roles: &[],
            undefined: Cow::Borrowed(""),
        })
    };
    // The first map is whole, so there is no other case.
    let first = ArrayView2::from_shape((n, n), &continued.maps[..n * n])
        .unwrap_or(ArrayView2::from(&[[]; 0]));
    let shown = |plot| {
        if numbers.last.is_some() {
            plot
        } else {
            Plot::Empty(EMPTY.into())
        }
    };
    let head = |symbol: &'static str, note: &'static str| Head {
        symbol: symbol.into(),
        note: note.into(),
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels: vec![
            Panel {
                head: head(
                    "1",
                    if numbers.is_blind() {
                        "looks at all words alike"
                    } else {
                        "looks one word back"
                    },
                ),
                cross: Cross {
                    x: Some(query as u64 - 1),
                    y: Some(query as u64),
                },
                ..Panel::new(
                    names("key", "key", &continued.shown),
                    names("query", "query", &continued.shown),
                    shown(Plot::Heatmap(Heatmap {
                        values: first,
                        rows: Rows::Down,
                        colours,
                        undefined: Cow::Borrowed(""),
                        version: continued.version,
                    })),
                )
            },
            Panel {
                head: head("2", "looks in the notes"),
                ..Panel::new(
                    Axis::values("weight", 0.0, 1.0),
                    names("key", "[note] word", &continued.places),
                    shown(bars(continued.last_row().into())),
                )
            },
            Panel {
                head: head("3", "what comes next"),
                ..Panel::new(
                    Axis::values("share", 0.0, 1.0),
                    names("", "word", &continued.distinct),
                    shown(bars(continued.shares.as_slice().into())),
                )
            },
        ],
        table: Table::Columns(vec![
            columns::index("head", n * n, 2, 2 * n * n),
            columns::index("query", n, n, 2 * n * n),
            columns::index("key", 1, n, 2 * n * n),
            columns::numbers("weight", &continued.maps),
        ]),
        read_rows: query * n..(query + 1) * n,
    }
}

/// Words with their parts, two at most.
fn shared(words: &[(String, f64)]) -> String {
    let named: Vec<_> = words
        .iter()
        .take(2)
        .map(|(word, share)| format!("“{word}” gets {}", percent(*share)))
        .collect();
    named.join(", ")
}

/// What the words that followed get where all places weigh the same, and why another one gets more.
fn counted(numbers: &Numbers) -> String {
    let shares = shared(&numbers.expected);
    let (word, share) = &numbers.first;
    let most = numbers.expected.first();
    if most.is_some_and(|(_, most)| most >= share) {
        return format!("{shares}: only how often a word stands there counts.");
    }
    format!(
        "{shares}. “{word}” gets {}, only because it stands there {} times.",
        percent(*share),
        numbers.n_first
    )
}

/// Why words that followed equally often do not get the same.
fn uneven(numbers: &Numbers) -> String {
    let (Some(lead), [(first, a), (second, b), ..]) = (numbers.lead, &numbers.expected[..]) else {
        return String::new();
    };
    // Less is not seen in the parts, and more leaves the second nothing.
    if a - b < 0.001 || *b < 0.001 || lead <= 0.0 {
        return String::new();
    }
    format!(
        " Each note holds a part of other words too: “{first}” scores {} more than “{second}”, and softmax makes that {} times the weight.",
        format_value(lead, 3),
        format_value(lead.exp(), 3)
    )
}

/// What comes next, or which of the heads fails.
fn summary(numbers: &Numbers) -> String {
    let Some(last) = &numbers.last else {
        return EMPTY.to_owned();
    };
    let [least, mean] = numbers.noted;
    let details = format!(
        "\nHead 1 gives the word before {} of its [attention|attention] in the mean, {} at least. From the last word, head 2 gives {} to words that follow “{last}”. {START} marks the start: the first word looks at it.",
        percent(mean),
        percent(least),
        percent(numbers.found),
    );
    let right: f64 = numbers.expected.iter().map(|(_, share)| share).sum();
    let shares = shared(&numbers.expected);
    let main = if numbers.expected.is_empty() {
        format!(
            "“{last}” stands nowhere before, so *there is nothing to copy*: head 2 finds no note of it."
        )
    } else if numbers.sharpness == 0.0 {
        format!(
            "Sharpness 0: *both heads look at all words alike*, and nothing is found. {}",
            counted(numbers)
        )
    } else if !numbers.has_positions {
        format!(
            "*Head 1 fails*: without positions it looks at all words alike, so all notes are the same. {}",
            counted(numbers)
        )
    } else if numbers.is_shuffled && right < 0.5 {
        let (word, share) = &numbers.first;
        format!(
            "*Both heads work, but the order is lost*: among shuffled words “{word}” gets {}. What followed “{last}” in the sentence loses: {shares}.",
            percent(*share),
        )
    } else if right < 0.5 {
        format!(
            "Too blurred: {shares}. *Raise Sharpness or d_model*, so that {}.",
            if mean < 0.5 {
                "head 1 notes one word and no mixture"
            } else {
                "head 2 finds the note"
            }
        )
    } else if numbers.expected.len() > 1 {
        format!(
            "“{last}” was followed by {} words, which *share the attention*: {shares}.",
            numbers.expected.len()
        )
    } else {
        format!(
            "After “{last}” comes *{}*: head 1 notes for each word the one before, head 2 finds the note “{last}” and hands on its word.",
            shares.replace(" gets ", " with "),
        )
    };
    let why = if numbers.is_blind() {
        String::new()
    } else {
        uneven(numbers)
    };
    main + &details + &why
}

const HEADS: &str = "\
{start}sharpness, d_model, seed = {sharpness}, {d_model}, {seed}
# A start mark, so that the first word has something to look at, and the words{shuffled}
words = {words}


{number}
{encoding}

{heads}
rows = [normal(seed, number(word), d_model) for word in words]
E = {array}(rows{double}){single}  # (word, d_model)
P = {positions}

first = softmax(sharpness * (P @ turn(-1, d_model)) @ P.T)  # each word looks at the one before
notes = first @ E  # and notes it
second = softmax(sharpness * E @ notes.T / 2)  # each word looks for itself in the notes
handed_on = second[-1] @ E  # what the last word gets: the word that came next
result = {lib}.stack([first, second])  # (head, query, key)
";

/// Both maps, (2, n, n).
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    let sentence = state.sentence(0);
    let order = order(sentence.n_words(), state.shuffled, state.seed);
    let mut words = vec![START.to_owned()];
    words.extend(order.iter().map(|&place| sentence.words()[place].clone()));
    Code::for_both(|library| {
        let positions = if state.positions {
            "encoding(len(words), d_model)"
        } else {
            "0 * E  # no positions"
        };
        fill(
            HEADS,
            &[
                (
                    "start",
                    &start(
                        "Two heads that are written down continue a text",
                        false,
                        library,
                    ),
                ),
                ("sharpness", &number_text(state.sharpness)),
                ("d_model", &state.d_model.to_string()),
                ("seed", &state.seed.to_string()),
                ("shuffled", if state.shuffled { ", shuffled" } else { "" }),
                ("words", &word_list(&words)),
                ("number", WORD_NUMBER),
                ("encoding", &encoding(SINUSOIDAL, library)),
                ("heads", &heads(library)),
                ("array", library.pick("np.array", "torch.tensor")),
                ("double", double(library)),
                ("single", library.pick(".astype(np.float32)", ".float()")),
                ("positions", positions),
                ("lib", library.name()),
            ],
        )
    })
}

fn read(state: &mut AttendState, cell: Cell) {
    let query = cell.y.filter(|_| cell.panel_idx == 0);
    if let Some(word) = query.and_then(|y| usize::try_from(y.checked_sub(1)?).ok()) {
        state.query = Some(word);
    }
}

fn here(state: &AttendState) -> Cell {
    let query = state.query() as u64;
    Cell {
        x: Some(query),
        y: Some(query + 1),
        ..Cell::default()
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let continued = scene.continuing.continued(state);
    let place = |number: Option<u64>| usize::try_from(number?).ok();
    let word = |place: usize| continued.shown.get(place).map(|word| given(word));
    let weighed = |[weight, score]: [f32; 2]| {
        let [weight, score] =
            [(weight, 3), (score, 4)].map(|(value, digits)| format_value(value.into(), digits));
        format!("weight {weight}, score {score}")
    };
    let text = || match cell.panel_idx {
        0 => {
            let [query, key] = [place(cell.y)?, place(cell.x)?];
            let (from, to) = (word(query)?, word(key)?);
            let weights = weighed(continued.weight(0, [query, key])?);
            Some(format!("“{from}” looks at “{to}”: {weights}"))
        }
        1 => {
            let key = place(cell.y)?;
            let to = word(key)?;
            let slot = continued.slots.get(key)?;
            let held = given(&continued.distinct[slot.word]);
            let share = percent(slot.share);
            let weights = weighed(continued.weight(1, [continued.n_tokens() - 1, key])?);
            Some(format!(
                "“{to}”, whose note is “{held}” to {share}: {weights}"
            ))
        }
        _ => {
            let idx = place(cell.y)?;
            let (name, share) = (continued.distinct.get(idx)?, continued.shares.get(idx)?);
            let share = percent(f64::from(*share));
            Some(format!("“{}” gets {share}", given(name)))
        }
    };
    text().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sentence::Sentence;

    fn said(text: &str, change: impl FnOnce(&mut AttendState)) -> String {
        let mut state = AttendState {
            part: crate::attend::state::AttendPart::Continue,
            text: Some(Sentence::new(text.to_owned())),
            ..AttendState::default()
        };
        change(&mut state);
        scene(&mut AttendScene::default(), &state).summary
    }

    /// Right on a small grammar at the sharpness that the part opens with, and the head that fails is named.
    #[test]
    fn the_word_that_followed_is_found_by_positions_alone() {
        for (a, b) in [("dog", "man"), ("cat", "river"), ("DOG", "Kind")] {
            for verb in ["bit", "saw", "!", "🐕"] {
                for joint in [". the", ". Then an old man saw that the"] {
                    let text = format!("the {a} {verb} the {b} {joint} {a}");
                    let found = said(&text, |_| {});
                    assert!(
                        found.starts_with(&format!("After “{a}” comes *“{verb}” with ")),
                        "{text}: {found}"
                    );
                    let blind = said(&text, |state| state.positions = false);
                    assert!(blind.starts_with("*Head 1 fails*"), "{text}: {blind}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_found_is_said() {
        for (text, expected) in [
            ("dog", "“dog” stands nowhere before"),
            ("the dog bit", "“bit” stands nowhere before"),
            ("dog dog dog", "After “dog” comes *“dog” with "),
            ("", EMPTY),
            ("a dog bit a dog ate a dog", "“dog” was followed by 2 words"),
        ] {
            let said = said(text, |_| {});
            assert!(said.starts_with(expected), "{text}: {said}");
        }
        let twice = said("the dog bit the man . the", |_| {});
        assert!(
            twice.contains("“man” gets 61.7 %, “dog” gets 38.3 %"),
            "{twice}"
        );
        assert!(
            twice.contains(
                "“man” scores 0.475 more than “dog”, and softmax makes that 1.61 times the weight"
            ),
            "{twice}"
        );
        let even = said("the dog bit the man . the", |state| state.sharpness = 16.0);
        assert!(!even.contains(" more"), "{even}");
        let text = "the dog bit the man . the dog";
        let blind = said(text, |state| state.positions = false);
        assert!(
            blind.contains(
                "“bit” gets 11.1 %. “the” gets 33.3 %, only because it stands there 3 times."
            ),
            "{blind}"
        );
        let dull = said(text, |state| state.sharpness = 0.2);
        assert!(dull.starts_with("Too blurred"), "{dull}");
        let none = said(text, |state| state.sharpness = 0.0);
        assert!(none.starts_with("Sharpness 0"), "{none}");
    }

    /// Whatever the seed, shuffled words are continued as they stand now.
    #[test]
    fn shuffled_words_are_continued_in_their_new_order() {
        let mut n_lost = 0;
        for seed in 0..20 {
            let said = said("the dog bit the man . the dog", |state| {
                (state.shuffled, state.seed) = (true, seed);
            });
            n_lost += usize::from(said.starts_with("*Both heads work"));
        }
        assert!(n_lost > 10, "{n_lost} of 20");
    }
}
