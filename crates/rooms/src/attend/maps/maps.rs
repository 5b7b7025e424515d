//! Who looks at whom: a map of query × key for every head, in both orders; or the scores of one head, in parts.

use std::borrow::Cow;

use figures::number::{bracketed, format_value};
use figures::{Axis, Colours, Cross, Figure, Head, Heatmap, Panel, Plot, Ramp, Rows, Worked};
use ndarray::ArrayView2;

use super::super::lab::Attend;
use super::super::order::kept::ROUNDING;
use super::super::scene::AttendScene;
use super::super::sentence::{EMPTY, TO_USUAL, word};
use super::super::state::{AttendState, Show};
use super::kept::{Kept, Partners, Split, is_split};
use super::made::made;
use super::python;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};
use crate::sentence::Sentence;

/// The figure.
pub const FIGURE: FigureSpec<Attend> =
    FigureSpec::<Attend>::new("attend-maps", "Who looks at whom", scene, code)
        .ways(&[TO_USUAL])
        .height(172)
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Up and down arrow keys move through the queries, left and right through the keys.",
        ));

/// What the orders are called.
pub const ORDERS: [&str; 2] = ["A", "B"];

/// Where a key is that a query may not look at.
const MASKED: &str = "masked: a later word";

/// What can be said of the maps.
struct Numbers {
    /// The head that is read, from 1 on, of how many.
    head: usize,
    n_heads: usize,
    n_words: usize,
    /// The word that looks, and what it looks at; none without words.
    gaze: Option<Gaze>,
    orders: Orders,
    show: Show,
    /// The least and the largest score.
    scores: [f32; 2],
    /// For how many words all heads have the same word that they look at most.
    n_agreed: usize,
    /// The score that is read, in parts, where that is shown.
    parts: Option<Split>,
    pair: Pair,
}

/// What a word looks at.
struct Gaze {
    query: String,
    /// The one it looks at most; none where it looks at all alike.
    key: Option<String>,
    weight: f32,
    score: f32,
    /// How many words it may look at.
    n_seen: usize,
}

/// The pair of words that is read.
struct Pair {
    words: [String; 2],
    /// Its score, after it what that is made of; empty where the mask hides it.
    scores: Vec<f32>,
}

/// What the second order does to the maps.
enum Orders {
    /// Other words stand in it, or none that both have.
    OtherWords,
    /// All words stand where they stood.
    Same,
    /// The same numbers stand elsewhere, but for rounding.
    Rearranged(f32),
    /// What two words have of each other is so different.
    Different(f32),
}

fn numbers(
    kept: &Kept,
    state: &AttendState,
    sentences: &[Sentence; 2],
    partners: &Partners,
) -> Numbers {
    let maps = &*kept.maps;
    let n_words = maps.n_words[0];
    let head_idx = state.head_idx();
    let [weights, scores] = [Show::Weights, Show::Scores].map(|show| maps.of(show, 0, head_idx));
    let (query, key) = (state.query(), state.key());
    let n_shared = partners.n_shared();
    let orders = if maps.n_words != [n_shared; 2] || n_shared == 0 {
        Orders::OtherWords
    } else if partners.is_same_order() {
        Orders::Same
    } else {
        let largest = partners.largest_difference(maps, state.show);
        let reach = match state.show {
            Show::Weights => 1.0,
            Show::Scores => maps.reach,
        };
        if f64::from(largest) < ROUNDING * f64::from(reach) {
            Orders::Rearranged(largest)
        } else {
            Orders::Different(largest)
        }
    };
    let ends = scores.iter().filter(|score| score.is_finite());
    let ends = ends.fold([f32::INFINITY, f32::NEG_INFINITY], |[min, max], &score| {
        [min.min(score), max.max(score)]
    });
    let parts = is_split(state).then(|| Split::of(state.scheme));
    let mut of_pair: Vec<_> = scores.get([query, key]).copied().into_iter().collect();
    if let Some(split) = parts {
        let all = 0..split.names().len();
        of_pair.extend(all.filter_map(|idx| kept.parts.of(0, idx).get([query, key]).copied()));
    }
    if of_pair.iter().any(|score| !score.is_finite()) {
        of_pair.clear();
    }
    let agreed = (0..n_words).filter(|&query| {
        let favourites =
            (0..maps.n_heads).map(|head_idx| favourite(maps.of(Show::Weights, 0, head_idx), query));
        let mut favourites = favourites.map(|it| it.map(|(key, ..)| key));
        let first = favourites.next();
        favourites.all(|it| Some(it) == first)
    });
    Numbers {
        head: head_idx + 1,
        n_heads: maps.n_heads,
        n_words,
        gaze: favourite(weights, query).map(|(most, [weight, least], n_seen)| Gaze {
            query: word(&sentences[0], query),
            key: (weight - least > 1e-6 || n_seen == 1).then(|| word(&sentences[0], most)),
            weight,
            score: scores[[query, most]],
            n_seen,
        }),
        orders,
        show: state.show,
        scores: ends,
        n_agreed: agreed.count(),
        parts,
        pair: Pair {
            words: [query, key].map(|place| word(&sentences[0], place)),
            scores: of_pair,
        },
    }
}

/// The key that a query looks at most, the largest and the least of its weights, and how many keys it may look at.
fn favourite(weights: ArrayView2<'_, f32>, query: usize) -> Option<(usize, [f32; 2], usize)> {
    if query >= weights.nrows() {
        return None;
    }
    let row = weights.row(query);
    let seen = row.iter().copied().enumerate();
    let seen = seen.filter(|(_, weight)| !weight.is_nan());
    let mut found: Option<(usize, [f32; 2], usize)> = None;
    for (key, weight) in seen {
        found = Some(match found {
            None => (key, [weight; 2], 1),
            Some((most, [largest, least], n)) if weight <= largest => {
                (most, [largest, least.min(weight)], n + 1)
            }
            Some((_, [_, least], n)) => (key, [weight, least], n + 1),
        });
    }
    found
}

fn scene<'a>(scene: &'a mut AttendScene, state: &'a AttendState) -> Figure<'a> {
    let kept = made(scene, state);
    let sentences = [0, 1].map(|order| state.sentence(order));
    let partners = Partners::of(state);
    let numbers = numbers(kept, state, &sentences, &partners);
    let maps = &*kept.maps;
    let (ramp, min, max) = match (numbers.parts, state.show) {
        (Some(_), _) => {
            let reach = kept.parts.reach;
            (Ramp::Diverging, -reach, reach)
        }
        (None, Show::Scores) => (Ramp::Diverging, -maps.reach, maps.reach),
        (None, Show::Weights) => (Ramp::Sequential, 0.0, maps.largest),
    };
    // Ten panels in two rows leave the line below the axes to what explains the colours.
    let key_label = match numbers.parts {
        Some(Split::Added) => "",
        _ => "key",
    };
    let panel = |order: usize, note: Cow<'a, str>, values: ArrayView2<'a, f32>, version| {
        let n = maps.n_words[order];
        let axis = |key, label| Axis {
            names: Cow::Owned(sentences[order].shown().to_vec()),
            ..Axis::cells(key, label, 0, n)
        };
        let place = |first| partners.place(first, order).map(|place| place as u64);
        Panel {
            head: Head {
                symbol: Cow::Borrowed(ORDERS[order]),
                note,
            },
            cross: Cross {
                x: place(state.key()),
                y: place(state.query()),
            },
            ..Panel::new(
                axis("key", key_label),
                axis("query", "query"),
                if n == 0 {
                    Plot::Empty(EMPTY.into())
                } else {
                    Plot::Heatmap(Heatmap {
                        values,
                        rows: Rows::Down,
                        colours: Colours { ramp, min, max },
                        undefined: Cow::Borrowed(MASKED),
                        version,
                    })
                },
            )
        }
    };
    let mut panels = Vec::new();
    for order in 0..2 {
        if let Some(split) = numbers.parts {
            let whole = maps.of(Show::Scores, order, state.head_idx());
            panels.push(panel(order, "score".into(), whole, maps.version));
            for (idx, name) in split.names().iter().enumerate() {
                let values = kept.parts.of(order, idx);
                panels.push(panel(order, (*name).into(), values, kept.parts.version));
            }
        } else {
            for head_idx in 0..maps.n_heads {
                let note = format!("head {}", head_idx + 1).into();
                let values = maps.of(state.show, order, head_idx);
                panels.push(panel(order, note, values, maps.version));
            }
        }
    }
    let row = maps.row_of(state.head_idx(), state.query());
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(title(&numbers)),
        summary: summary(&numbers),
        panels,
        table: maps.table(),
        read_rows: row..row + maps.n_words[0],
    }
}

/// The heading.
fn title(numbers: &Numbers) -> &'static str {
    match (numbers.parts, numbers.show) {
        (Some(_), _) => "The scores of one head, in parts",
        (None, Show::Scores) => "How well query and key fit",
        (None, Show::Weights) => FIGURE.title,
    }
}

/// A part of 1 in percent.
pub fn percent(part: f32) -> String {
    format!("{} %", format_value(f64::from(part) * 100.0, 2))
}

/// What the maps show and what to notice.
fn summary(numbers: &Numbers) -> String {
    let Some(gaze) = &numbers.gaze else {
        return EMPTY.to_owned();
    };
    let details = details(numbers);
    if let Some(split) = numbers.parts {
        return format!("{}{details}", split_text(numbers, split));
    }
    let Numbers { head, .. } = numbers;
    let query = &gaze.query;
    let looks = match (numbers.show, &gaze.key) {
        (Show::Weights, Some(_)) if numbers.n_words == 1 => {
            format!("“{query}” is the only word: *it can look only at itself*.")
        }
        (Show::Weights, Some(_)) if gaze.n_seen == 1 => {
            format!("“{query}” comes first and *may look only at itself*.")
        }
        (Show::Weights, None) => format!(
            "In head {head} “{query}” looks at all words alike: *{} each*.",
            percent(gaze.weight)
        ),
        (Show::Weights, Some(key)) => format!(
            "In head {head} “{query}” looks most at “{key}”: *{} of its attention*, where an even share is {}.",
            percent(gaze.weight),
            percent((gaze.n_seen as f32).recip()),
        ),
        (Show::Scores, key) => format!(
            "In head {head} “{query}” fits {} best, with a [score|score] of *{}*.",
            key.as_ref()
                .map_or_else(|| "all words as".to_owned(), |key| format!("“{key}”")),
            format_value(gaze.score.into(), 4),
        ),
    };
    let what = match numbers.show {
        Show::Weights => "weights",
        Show::Scores => "scores",
    };
    let orders = match numbers.orders {
        Orders::OtherWords | Orders::Same => String::new(),
        Orders::Rearranged(0.0) => format!(" Order B has *exactly the same {what}, only moved*."),
        Orders::Rearranged(largest) => format!(
            " Order B has *the same {what}, only moved*: they differ by {}, which is rounding.",
            format_value(largest.into(), 2)
        ),
        Orders::Different(largest) => format!(
            " Between the orders, {what} of the same two words differ by up to {} in some head.",
            format_value(largest.into(), 2)
        ),
    };
    format!("{looks}{orders}{details}")
}

/// What is more.
fn details(numbers: &Numbers) -> String {
    let mut details = match numbers.show {
        Show::Weights => "\nEach row adds up to 1.".to_owned(),
        Show::Scores => {
            let [min, max] = numbers.scores.map(|end| format_value(end.into(), 3));
            let head = numbers.head;
            format!(
                "\nThe scores of head {head} lie between {min} and {max}. The softmax makes weights of them, row by row."
            )
        }
    };
    if numbers.n_heads > 1 && numbers.n_words > 1 {
        let (n_agreed, n_words) = (numbers.n_agreed, numbers.n_words);
        details.push_str(&format!(
            " All {} heads look most at the same word for {n_agreed} of {n_words} words.",
            numbers.n_heads
        ));
    }
    match numbers.orders {
        Orders::OtherWords => {
            details.push_str(
                " The two sentences do not have the same words, so their maps are not compared.",
            );
        }
        Orders::Same => details.push_str(" Both sentences are the same, and so are their maps."),
        _ => {}
    }
    details
}

/// The score that is read, added up from its parts.
fn split_text(numbers: &Numbers, split: Split) -> String {
    let Pair {
        words: [query, key],
        scores,
    } = &numbers.pair;
    let head = numbers.head;
    let pair = format!("“{query}” with “{key}” in head {head}");
    let Some(texts) = added_up(scores) else {
        return format!(
            "“{query}” *may not look at* “{key}”, which comes later: there is no score."
        );
    };
    let [whole, parts @ ..] = texts.as_slice() else {
        return String::new();
    };
    let sum = sum_of(parts);
    match split {
        Split::Added => format!(
            "{pair}, each its word E plus its position P: *E · E + E · P + P · E + P · P = {sum} = {whole}*."
        ),
        Split::Bias => format!(
            "{pair}: what the words give, and what is added for their distance: *{sum} = {whole}*."
        ),
        Split::Turned => format!(
            "{pair}: what the words give, and what turning by their positions changes: *{sum} = {whole}*. A word with itself is not changed."
        ),
    }
}

/// A score and its parts, with digits with which they add up as shown; `None` where there is none.
fn added_up(scores: &[f32]) -> Option<Vec<String>> {
    if scores.len() < 2 {
        return None;
    }
    let mut worked = Worked::default();
    let places: Vec<_> = scores
        .iter()
        .map(|&score| worked.computed(score.into()))
        .collect();
    worked.step(places[0], &places[1..], |it| it.iter().sum());
    Some(worked.texts())
}

/// Numbers with plus signs between them.
fn sum_of(parts: &[String]) -> String {
    let terms = parts.iter().enumerate();
    let terms: Vec<_> = terms
        .map(|(idx, part)| {
            if idx == 0 {
                part.clone()
            } else {
                bracketed(part)
            }
        })
        .collect();
    terms.join(" + ")
}

/// Scores and weights of both orders.
fn code(_: &mut AttendScene, state: &AttendState) -> Code {
    python::maps(state)
}

/// The order that a panel is of, and what it shows of that: the number of a head, or of a part.
fn shown_by(state: &AttendState, panel_idx: usize) -> Option<(usize, usize)> {
    let n_panels = if is_split(state) {
        1 + Split::of(state.scheme).names().len()
    } else {
        state.n_heads()
    };
    let (order, idx) = (panel_idx / n_panels, panel_idx % n_panels);
    (order < 2).then_some((order, idx))
}

fn read(state: &mut AttendState, cell: Cell) {
    let Some((order, idx)) = shown_by(state, cell.panel_idx) else {
        return;
    };
    if !is_split(state) {
        state.head = idx + 1;
    }
    Partners::of(state).read(state, cell, order);
}

fn here(state: &AttendState) -> Cell {
    Cell {
        panel_idx: if is_split(state) { 0 } else { state.head_idx() },
        x: Some(state.key() as u64),
        y: Some(state.query() as u64),
    }
}

fn tip(scene: &mut AttendScene, state: &AttendState, cell: Cell) -> String {
    let kept = made(scene, state);
    let text = || {
        let (order, idx) = shown_by(state, cell.panel_idx)?;
        let sentence = state.sentence(order);
        let at = [
            usize::try_from(cell.y?).ok()?,
            usize::try_from(cell.x?).ok()?,
        ];
        let head_idx = if is_split(state) {
            state.head_idx()
        } else {
            idx
        };
        let of = |show| kept.maps.of(show, order, head_idx).get(at).copied();
        let (score, weight) = (of(Show::Scores)?, of(Show::Weights)?);
        let words = at.map(|place| word(&sentence, place));
        if is_split(state) {
            let split = Split::of(state.scheme);
            let parts = (0..split.names().len()).map(|idx| kept.parts.of(order, idx)[at]);
            let scores: Vec<_> = std::iter::once(score).chain(parts).collect();
            return Some(split_tip(&words, split, &scores));
        }
        Some(cell_text(head_idx + 1, &words, score, weight))
    };
    text().unwrap_or_default()
}

/// A cell of a map.
fn cell_text(head: usize, [query, key]: &[String; 2], score: f32, weight: f32) -> String {
    if weight.is_nan() {
        return format!("head {head}: “{query}” may not look at “{key}”, which comes later");
    }
    format!(
        "head {head}: “{query}” looks at “{key}” with weight {}; score {}",
        format_value(weight.into(), 3),
        format_value(score.into(), 4),
    )
}

/// A cell of a score in parts.
fn split_tip([query, key]: &[String; 2], split: Split, scores: &[f32]) -> String {
    let texts = if scores.iter().all(|score| score.is_finite()) {
        added_up(scores)
    } else {
        None
    };
    let Some([whole, parts @ ..]) = texts.as_deref() else {
        return format!("“{query}” may not look at “{key}”, which comes later");
    };
    format!(
        "“{query}” with “{key}”: {}; {} = {whole}",
        split.names().join(", "),
        sum_of(parts)
    )
}
