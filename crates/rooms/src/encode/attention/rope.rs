//! The score of one query and one key, moved along together.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{Figure, Line, Panel, Plot, Role};
use maths::added::AddedSpec;
use maths::bias::Direction;
use maths::rope::Pairing;
use maths::schemes::Scheme;
use ndarray::{Array2, ArrayView2};

use super::super::lab::Encode;
use super::super::scene::EncodeScene;
use super::super::sentence::added;
use super::super::state::EncodeState;
use super::inside::{QUERY, rope_spec};
use super::kept::Kept;
use super::offset_axis;
use super::python::{self, ROPE, START};
use super::words::{not_shown, signed};
use crate::encoding::Encoding;
use crate::offsets::{offset_of, row};
use crate::python::{ALIBI, Code, T5, encoding};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::value_axis;

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-rope",
    "One query and one key at other places",
    scene,
    code,
)
.ignoring(|state| state.pos = None)
.pointing(Pointing::<Encode>::new(
    offset_axis::read,
    offset_axis::here,
    tip,
    offset_axis::KEYS,
));

/// Where the query stands.
const QUERIES: [u64; 4] = [QUERY, 200, 1000, 100_000];

/// The headers of their columns.
const QUERY_COLUMNS: [&str; 4] = ["query_64", "query_200", "query_1000", "query_100000"];

/// At most this many offsets to one side: more could not be told apart.
const MOST_OFFSETS: usize = 256;

/// What can be said of it.
struct Numbers {
    scheme: Encoding,
    pairing: Pairing,
    /// The head that is read, from 1 on, of a scheme that has heads.
    head: usize,
    /// How far the curves are apart at most; `None` where no two have a score at one offset.
    spread: Option<f64>,
}

fn numbers(kept: &Kept, state: &EncodeState) -> Numbers {
    Numbers {
        scheme: state.scheme,
        pairing: state.pairing,
        head: state.head(),
        spread: match state.scheme {
            Encoding::Rope => Some(kept.moved.spread()),
            // Biases are the same wherever the query stands.
            _ if state.bias_spec().is_some() => Some(0.0),
            _ => are_compared(kept.added.values()).then(|| kept.added.spread()),
        },
    }
}

/// Whether the first query has a score at an offset where another one has one, too.
fn are_compared(scores: ArrayView2<'_, f32>) -> bool {
    scores.columns().into_iter().any(|scores| {
        let mut scores = scores.iter().map(|score| score.is_finite());
        scores.next() == Some(true) && scores.any(|is_score| is_score)
    })
}

/// The scores of the query at each place, as they were made last. (queries, offsets)
fn scores<'a>(kept: &'a Kept, state: &EncodeState) -> ArrayView2<'a, f32> {
    match state.scheme {
        Encoding::Rope => kept.moved.values(),
        _ if state.bias_spec().is_some() => kept.biased.view(),
        _ => kept.added.values(),
    }
}

/// How many offsets are shown to one side, offset 0 with them.
fn n_offsets(state: &EncodeState) -> usize {
    state.seq_len.min(MOST_OFFSETS)
}

/// What is added to query and key: nothing where biases are added to their score.
fn added_rows(state: &EncodeState) -> Scheme {
    match state.bias_spec() {
        Some(_) => Scheme::None,
        None => added(state),
    }
}

/// What products of query and key are divided by: √d, but for T5, whose weights start smaller instead (Raffel et al.
/// 2020; `T5Attention` of Hugging Face Transformers has no division either).
#[allow(clippy::cast_precision_loss, reason = "at most 1024")]
fn divisor(state: &EncodeState) -> f64 {
    if state.scheme == Encoding::T5 {
        1.0
    } else {
        (state.d_model as f64).sqrt()
    }
}

fn update(kept: &mut Kept, state: &EncodeState) {
    kept.moved_offsets.update(n_offsets(state), state.direction);
    let (first_offset, n_offsets) = (kept.moved_offsets.first, kept.moved_offsets.n_offsets());
    if state.scheme == Encoding::Rope {
        let spec = rope_spec(state, first_offset, n_offsets);
        kept.moved.update(spec, &QUERIES);
        return;
    }
    let spec = AddedSpec {
        scheme: added_rows(state),
        d_model: state.d_model,
        seed: state.seed,
        first_offset,
        n_offsets,
        divisor: divisor(state),
    };
    kept.added.update(spec, &QUERIES);
    if let Some(spec) = state.bias_spec() {
        kept.bias.update(spec);
        add_biases(kept, state);
    }
}

fn add_biases(kept: &mut Kept, state: &EncodeState) {
    let scores = kept.added.values();
    if kept.biased.dim() != scores.dim() {
        kept.biased = Array2::zeros(scores.dim());
    }
    let biases = kept.bias.by_offset();
    // The bias has more offsets at both ends.
    let skipped = state.seq_len - n_offsets(state);
    let rows = kept.biased.rows_mut().into_iter();
    for (mut out, scores) in rows.zip(scores.rows()) {
        // A key before position 0 has no row, but a bias: where it stands makes no difference.
        let score = scores.iter().copied().fold(f32::NAN, f32::max);
        for (idx, out) in out.iter_mut().enumerate() {
            let bias = biases.get((state.head() - 1, skipped + idx));
            *out = score + bias.copied().unwrap_or(f32::NAN);
        }
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.attention, state);
    let kept = &scene.attention;
    let values = scores(kept, state);
    let lines = QUERIES.iter().enumerate();
    let lines = lines
        .map(|(idx, &query)| Line::new(query_name(query), Role::Series(idx), row(values, idx)));
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: words(&numbers(kept, state)),
        panels: vec![Panel {
            cross: offset_axis::cross(state),
            ..Panel::new(
                kept.moved_offsets.axis(),
                value_axis::axis("score", value_axis::range(values)),
                Plot::Lines(lines.collect()),
            )
        }],
        table: kept.moved_offsets.table(&QUERY_COLUMNS, values),
        read_rows: 0..0,
    }
}

/// A curve's name.
fn query_name(query: u64) -> String {
    format!("query at {}", format_count(query))
}

/// What it shows and what to notice.
fn words(numbers: &Numbers) -> String {
    let Some(spread) = numbers.spread else {
        return "Here positions are added to query and key. Without vectors for these positions, *there are no two scores to compare*."
            .to_owned();
    };
    let spread = format_value(spread, 2);
    match numbers.scheme {
        Encoding::Rope => format!(
            "The same query and key at four places of the text: *the four curves are one*. Only how far apart they are counts (rounding: {spread}).\n{}",
            match numbers.pairing {
                Pairing::Adjacent =>
                    "With Pairing set to halves, other [feature|features] turn together. The curves still agree.",
                Pairing::Halves =>
                    "With Pairing set to adjacent, other features turn together. The curves still agree.",
            }
        ),
        Encoding::Alibi | Encoding::T5 => format!(
            "The same query and key at four places of the text: *the four curves are one*. Head {} adds the same at every place.",
            numbers.head
        ),
        Encoding::None => {
            "No positions: *the score is the same at every offset* and at every place.".to_owned()
        }
        _ => format!(
            "The same [query|query] and [key|key] at four places of the text, positions added: *the curves differ*, by up to {spread}. So the place counts, \
             too, not only how far apart they are."
        ),
    }
}

/// The scores at an offset: `(query, score)` each; `None` where query or key has no row.
fn scores_text(offset: i64, scores: &[(u64, Option<f32>)]) -> String {
    let mut text = format!("offset {}", signed(offset));
    for &(query, score) in scores {
        let score = score.map_or_else(|| "no vector".to_owned(), |it| format_value(it.into(), 5));
        text.push_str(&format!(" · {}: {score}", query_name(query)));
    }
    text
}

const MOVED: &str = "
offset = {lib}.arange(1 - {n}, {moved_end}{double})
scores = [score(query, offset) for query in ({queries})]
result = {lib}.stack([offset] + scores){single}  # (offset and queries, offset)
";

const ADDED: &str = "\
# One query and one key with their positions added, and weights that change nothing
d_model, seed = {d_model}, {seed}
q, k = ({array}(normal(seed, 3 << 56 | idx, d_model){double}){single}{wide} for idx in range(2))


{encoding}

def score(query, offset):
    first = query + int(offset[0])
    n_before = max(-first, 0)  # keys before position 0 have no row
    keys = encoding(len(offset) - n_before, d_model, max(first, 0)){wide} + k
    scores = keys @ (q + encoding(1, d_model, query)[0]{wide}) / d_model**0.5
    return {concatenate}([{lib}.full((n_before,), {nan}{double}), scores])

";

const BIASED: &str = "
d_model, seed = {d_model}, {seed}
q, k = ({array}(normal(seed, 3 << 56 | idx, d_model){double}){single}{wide} for idx in range(2))
by_offset = [bias({head_idx}, int(offset)) for offset in range(1 - {n}, {moved_end})]


def score(query, offset):  # wherever the query stands
    return ((q @ k{divided}){single} + {array}(by_offset{double}){single}){wide}

";

/// The score at each place of the query, (1 + queries, offsets): the offsets stand first.
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    let templates: &[&str] = match state.scheme {
        Encoding::Rope => &[START, ROPE, MOVED],
        Encoding::Alibi => &[START, ALIBI, BIASED, MOVED],
        Encoding::T5 => &[START, T5, BIASED, MOVED],
        _ => &[START, ADDED, MOVED],
    };
    let n = n_offsets(state).to_string();
    let queries = QUERIES.map(|query| query.to_string()).join(", ");
    Code::for_both(|library| {
        let more: &[(&str, &str)] = &[
            ("n", &n),
            (
                "moved_end",
                if state.direction == Direction::Causal {
                    "1"
                } else {
                    &n
                },
            ),
            ("queries", &queries),
            ("encoding", &encoding(added_rows(state), library)),
            ("nan", library.pick("np.nan", "torch.nan")),
            (
                "divided",
                if state.scheme == Encoding::T5 {
                    ""
                } else {
                    " / d_model**0.5"
                },
            ),
        ];
        python::write(state, library, templates, more)
    })
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let Some(x) = cell.x else {
        return String::new();
    };
    let kept = &mut scene.attention;
    update(kept, state);
    let Some(idx) = kept.moved_offsets.idx_of(x) else {
        return not_shown(offset_of(x));
    };
    let values = scores(kept, state);
    let rows = values.outer_iter().zip(QUERIES);
    let scores: Vec<_> = rows
        .filter_map(|(row, query)| Some((query, *row.get(idx)?)))
        .map(|(query, score)| (query, score.is_finite().then_some(score)))
        .collect();
    scores_text(offset_of(x), &scores)
}

#[cfg(test)]
mod tests {
    use super::super::super::scene::EncodeScene;
    use super::super::super::state::EncodeState;
    use super::super::offset_axis;
    use super::{scene, tip};
    use crate::encoding::Encoding;

    #[test]
    fn curves_that_nothing_can_be_compared_of_do_not_differ_by_nothing() {
        let state = EncodeState {
            scheme: Encoding::Learned,
            max_len: 8,
            ..EncodeState::default()
        };
        let mut kept = EncodeScene::default();
        let summary = scene(&mut kept, &state).summary;
        assert!(summary.contains("no two scores to compare"), "{summary}");
        assert!(!summary.contains("differ, by"), "{summary}");
    }

    #[test]
    fn keys_before_the_first_position_have_no_row_and_no_score() {
        let tip_of = |scheme| {
            let state = EncodeState {
                scheme,
                seq_len: 256,
                offset: 100,
                ..EncodeState::default()
            };
            let cell = offset_axis::here(&state);
            tip(&mut EncodeScene::default(), &state, cell)
        };
        let added = tip_of(Encoding::Sinusoidal);
        assert!(added.starts_with("offset −100 · query at 64: no vector · query at 200: "));
        assert_eq!(added.matches("no vector").count(), 1, "{added}");
        // A rotation and a bias do not ask where the sequence begins.
        for scheme in [Encoding::Rope, Encoding::Alibi, Encoding::T5] {
            assert!(!tip_of(scheme).contains("no vector"));
        }
    }
}
