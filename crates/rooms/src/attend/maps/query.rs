//! One query followed all the way: its products with the keys, divided, what is added, the softmax, and what its word takes in.

use std::borrow::Cow;

use figures::number::{bracketed, format_value};
use figures::{
    Axis, Bars, CellAxis, Colours, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Table,
    Worked,
};
use ndarray::ArrayView1;

use super::super::lab::Attend;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL, word};
use super::super::state::{AttendState, Show};
use super::kept::largest;
use super::python;
use super::way::Way;
use crate::columns;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::sentence::Sentence;

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-query", "One query, all the way", scene, code)
        .ways(&[TO_USUAL])
        .height(190)
        .caption(210)
        .ignoring(|state| {
            state.show = Show::Weights;
            state.split = false;
        })
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Left and right arrow keys move through the words that are looked at.",
        ));

/// The number of the last panel, which has the words downwards.
const LAST_PANEL: usize = 5;

/// Up to so many words the weighted sum is written out.
const MOST_TERMS: usize = 5;

/// What can be said of the way.
struct Numbers {
    head: usize,
    d_head: usize,
    is_biased: bool,
    /// The words that look and are looked at; none without words.
    words: Option<[String; 2]>,
    /// Of the key that is read; none where the mask hides it.
    step: Option<Step>,
    /// The weights and the first feature of v of every key that is seen.
    terms: Vec<[f32; 2]>,
    /// What they add up to.
    mixed: f32,
    spread: Option<[f64; 2]>,
}

/// The steps of one key.
#[derive(Clone, Copy)]
struct Step {
    product: f32,
    bias: f32,
    score: f32,
    exponential: f32,
    /// Of the exponentials of all keys.
    sum: f64,
    weight: f32,
}

fn step(way: &Way, key: usize) -> Option<Step> {
    let finite = way.exponential.iter().filter(|it| it.is_finite());
    let step = Step {
        product: *way.product.get(key)?,
        bias: way.bias[key],
        score: way.score[key],
        exponential: way.exponential[key],
        sum: finite.map(|&it| f64::from(it)).sum(),
        weight: way.weight[key],
    };
    step.product.is_finite().then_some(step)
}

fn numbers(way: &Way, is_biased: bool, state: &AttendState, sentence: &Sentence) -> Numbers {
    let seen = (0..way.n_words()).filter(|&key| way.weight[key].is_finite());
    Numbers {
        head: state.head_idx() + 1,
        d_head: state.d_model / state.n_heads(),
        is_biased,
        words: (way.n_words() > 0)
            .then(|| [state.query(), state.key()].map(|place| word(sentence, place))),
        step: step(way, state.key()),
        terms: seen
            .map(|key| [way.weight[key], way.value[[key, 0]]])
            .collect(),
        mixed: way.mixed.get([way.n_words(), 0]).copied().unwrap_or(0.0),
        spread: way.spread,
    }
}

/// Brings the way up to a state; says whether anything is added to its scores.
fn made<'a>(scene: &'a mut AttendScene, state: &AttendState) -> (&'a Way, bool) {
    scene.run(state);
    let AttendScene { runs, maps, .. } = scene;
    let run = &runs[0];
    let place = [state.layer() - 1, state.head_idx(), state.query()];
    let way = &mut maps.way;
    let way = way.get((run.version(), place), |way| way.fill(run, place));
    (way, run.is_biased())
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let (way, is_biased) = made(scene, state);
    let sentence = state.sentence(0);
    let numbers = numbers(way, is_biased, state, &sentence);
    let n = way.n_words();
    let d_head = numbers.d_head;
    let words = || Axis {
        names: Cow::Owned(sentence.shown().to_vec()),
        ..Axis::cells("key", "key", 0, n)
    };
    let bars = |values: &'a [f32], colours| {
        if n == 0 {
            return Plot::Empty(EMPTY.into());
        }
        Plot::Bars(Bars {
            values: ArrayView1::from(values),
            cells_on: CellAxis::X,
            colours,
            roles: &[],
            undefined: Cow::Borrowed("masked: a later word"),
        })
    };
    let around_zero = |head: Head<'a>, x: Axis<'a>, values: &'a [f32], x_read: Option<u64>| {
        let reach = largest(f32::MIN_POSITIVE, values);
        let colours = Colours {
            ramp: Ramp::Diverging,
            min: -reach,
            max: reach,
        };
        Panel {
            head,
            cross: Cross { x: x_read, y: None },
            ..Panel::new(
                x,
                Axis::values("", f64::from(-reach), reach.into()),
                bars(values, colours),
            )
        }
    };
    let from_zero = |head: Head<'a>, values: &'a [f32]| {
        let max = largest(f32::MIN_POSITIVE, values);
        let colours = Colours {
            ramp: Ramp::Sequential,
            min: 0.0,
            max,
        };
        Panel {
            head,
            cross: Cross {
                x: Some(state.key() as u64),
                y: None,
            },
            ..Panel::new(
                words(),
                Axis::values("", 0.0, max.into()),
                bars(values, colours),
            )
        }
    };
    let head = |symbol: &'static str, note: Cow<'a, str>| Head {
        symbol: symbol.into(),
        note,
    };
    let key = Some(state.key() as u64);
    let root = format!("÷ √{d_head}{}", if is_biased { " + bias" } else { "" });
    let mut with_sum = sentence.shown().to_vec();
    with_sum.push("sum".to_owned());
    let mixed_reach = largest(f32::MIN_POSITIVE, &way.mixed);
    let panels = vec![
        around_zero(
            head("q", "what it looks for".into()),
            Axis::cells("", "feature of the head", 0, d_head),
            &way.query,
            None,
        ),
        around_zero(
            head("q · k", "with each key".into()),
            words(),
            &way.product,
            key,
        ),
        around_zero(head("score", root.into()), words(), &way.score, key),
        from_zero(head("exp", "of score − highest".into()), &way.exponential),
        from_zero(head("weight", "÷ their sum".into()), &way.weight),
        Panel {
            head: head("Σ weight · v", Cow::Borrowed("")),
            cross: Cross { x: None, y: key },
            ..Panel::new(
                Axis::cells("", "feature of the head", 0, d_head),
                Axis {
                    names: Cow::Owned(with_sum),
                    ..Axis::cells("", "key", 0, n + 1)
                },
                if n == 0 {
                    Plot::Empty(EMPTY.into())
                } else {
                    Plot::Heatmap(Heatmap {
                        values: way.mixed.view(),
                        rows: Rows::Down,
                        colours: Colours {
                            ramp: Ramp::Diverging,
                            min: -mixed_reach,
                            max: mixed_reach,
                        },
                        undefined: Cow::Borrowed("masked: a later word"),
                        version: way.version,
                    })
                },
            )
        },
    ];
    Figure {
        id: FIGURE.id,
        title: title(&numbers),
        summary: summary(&numbers),
        panels,
        table: Table::Columns(vec![
            columns::indices("key", n),
            columns::sparse("product", &way.product),
            columns::sparse("scaled", &way.scaled),
            columns::sparse("bias", &way.bias),
            columns::sparse("score", &way.score),
            columns::sparse("exponential", &way.exponential),
            columns::sparse("weight", &way.weight),
        ]),
        read_rows: state.key()..state.key() + 1,
    }
}

/// The heading.
fn title(numbers: &Numbers) -> Cow<'static, str> {
    match &numbers.words {
        Some([query, _]) => Cow::Owned(format!("How “{query}” looks at the others, in numbers")),
        None => Cow::Borrowed(FIGURE.title),
    }
}

/// The numbers of a step, with digits with which they add up as shown.
struct Shown {
    product: String,
    bias: String,
    score: String,
    exponential: String,
    sum: String,
    weight: String,
    root: String,
}

fn shown(step: Step, d_head: usize) -> Shown {
    let mut worked = Worked::default();
    let product = worked.computed(step.product.into());
    let root = worked.computed((d_head as f64).sqrt());
    let bias = worked.computed(step.bias.into());
    let score = worked.computed(step.score.into());
    worked.step(score, &[product, root, bias], |it| it[0] / it[1] + it[2]);
    let exponential = worked.computed(step.exponential.into());
    let sum = worked.computed(step.sum);
    let weight = worked.computed(step.weight.into());
    worked.step(weight, &[exponential, sum], |it| it[0] / it[1]);
    let texts = worked.texts();
    let text = |idx: usize| texts[idx].clone();
    Shown {
        product: text(product),
        bias: text(bias),
        score: text(score),
        exponential: text(exponential),
        sum: text(sum),
        weight: text(weight),
        root: text(root),
    }
}

impl Shown {
    /// From product to score.
    fn scored(&self, is_biased: bool) -> String {
        let Self {
            product,
            root,
            bias,
            score,
            ..
        } = self;
        let bias = if is_biased {
            format!(" + {}", bracketed(bias))
        } else {
            String::new()
        };
        format!("{product} ÷ {root}{bias} = {score}")
    }

    /// From the exponential to the weight.
    fn weighed(&self) -> String {
        format!("{} ÷ {} = {}", self.exponential, self.sum, self.weight)
    }
}

/// How the key that is read gets its weight.
fn summary(numbers: &Numbers) -> String {
    let Some([query, key]) = &numbers.words else {
        return EMPTY.to_owned();
    };
    let head = numbers.head;
    let Some(step) = numbers.step else {
        return format!(
            "“{query}” *may not look at* “{key}”, which comes later: no score, no weight.{}",
            details(numbers)
        );
    };
    let shown = shown(step, numbers.d_head);
    let added = if numbers.is_biased { " plus bias" } else { "" };
    format!(
        "“{query}” looks at “{key}” in head {head}. Its product divided by √d_head{added} is the [score|score]: *{}*. The [softmax|softmax] makes that a weight: *{}*.{}",
        shown.scored(numbers.is_biased),
        shown.weighed(),
        details(numbers)
    )
}

/// What the word takes in, and how far scores spread.
fn details(numbers: &Numbers) -> String {
    let mut details = "\nThe softmax takes e to the power of each score less the highest one, and divides by their sum.".to_owned();
    details.push(' ');
    details.push_str(&taken_in(numbers));
    if let Some([of_products, of_scores]) = numbers.spread {
        let d_head = numbers.d_head;
        details.push_str(&format!(
            " All products of this head have a [std|standard deviation] of {}; divided by √{d_head} it is {}.",
            format_value(of_products, 3),
            format_value(of_scores, 3),
        ));
    }
    details
}

/// The weighted sum of one feature.
fn taken_in(numbers: &Numbers) -> String {
    let n = numbers.terms.len();
    if n > MOST_TERMS {
        return format!(
            "Of [feature|feature] 0 of this head it takes in {}: each word's value times its weight, added up.",
            format_value(numbers.mixed.into(), 4)
        );
    }
    let mut worked = Worked::default();
    let result = worked.computed(numbers.mixed.into());
    let terms: Vec<_> = numbers
        .terms
        .iter()
        .flatten()
        .map(|&value| worked.computed(value.into()))
        .collect();
    worked.step(result, &terms, |it| {
        it.chunks_exact(2).map(|pair| pair[0] * pair[1]).sum()
    });
    let texts = worked.texts();
    let products: Vec<_> = terms
        .chunks_exact(2)
        .map(|pair| format!("{} · {}", texts[pair[0]], bracketed(&texts[pair[1]])))
        .collect();
    format!(
        "Of [feature|feature] 0 of this head it takes in each word's value times its weight: {} = {}.",
        products.join(" + "),
        texts[result]
    )
}

/// The steps of one query.
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    python::way(state)
}

/// The word that a cell is of; none for the features of q and for the sum.
fn key_of(state: &AttendState, cell: Cell) -> Option<usize> {
    let place = match cell.panel_idx {
        1..LAST_PANEL => cell.x,
        LAST_PANEL => cell.y,
        _ => None,
    };
    let place = usize::try_from(place?).ok()?;
    (place < state.sentence(0).n_words()).then_some(place)
}

fn read(state: &mut AttendState, cell: Cell) {
    if let Some(key) = key_of(state, cell) {
        state.key = key;
    }
}

fn here(state: &AttendState) -> Cell {
    Cell {
        panel_idx: 1,
        x: Some(state.key() as u64),
        y: None,
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let (way, is_biased) = made(scene, state);
    let idx = |place: Option<u64>| usize::try_from(place.unwrap_or_default()).unwrap_or(usize::MAX);
    if cell.panel_idx == 0 {
        let feature = idx(cell.x);
        return way.query.get(feature).map_or_else(String::new, |value| {
            format!(
                "q, feature {feature} of the head: {}",
                format_value((*value).into(), 4)
            )
        });
    }
    let sentence = state.sentence(0);
    if cell.panel_idx == LAST_PANEL && idx(cell.y) == way.n_words() {
        let sum = way.mixed.get([way.n_words(), idx(cell.x)]);
        return sum.map_or_else(String::new, |value| {
            format!(
                "all words, feature {}: {}",
                idx(cell.x),
                format_value((*value).into(), 4)
            )
        });
    }
    let Some(key) = key_of(state, cell) else {
        return String::new();
    };
    let key_word = word(&sentence, key);
    let Some(step) = step(way, key) else {
        return format!("“{key_word}” comes later: masked");
    };
    if cell.panel_idx == LAST_PANEL {
        let at = [key, idx(cell.x)];
        let (Some(value), Some(taken)) = (way.value.get(at), way.mixed.get(at)) else {
            return String::new();
        };
        return taken_text(&key_word, at[1], step.weight, *value, *taken);
    }
    let shown = shown(step, state.d_model / state.n_heads());
    format!(
        "“{key_word}”: {}; {}",
        shown.scored(is_biased),
        shown.weighed()
    )
}

/// What is taken of one feature of one word.
fn taken_text(word: &str, feature: usize, weight: f32, value: f32, taken: f32) -> String {
    let mut worked = Worked::default();
    let [weight, value, taken] =
        [weight, value, taken].map(|number| worked.computed(number.into()));
    worked.step(taken, &[weight, value], |it| it[0] * it[1]);
    let texts = worked.texts();
    format!(
        "“{word}”, feature {feature}: {} · {} = {}",
        texts[weight],
        bracketed(&texts[value]),
        texts[taken]
    )
}
