//! The words about positions inside attention.

use figures::number::{MINUS, format_count, format_fixed, format_value};
use maths::bias::{Direction, alibi_slope, t5_bucket};
use maths::rope::Pairing;
use maths::scaling::score_factor;
use ndarray::{ArrayView1, ArrayView2};

use super::super::state::{EncodeState, Encoding};
use crate::labs::Fact;
use crate::labs::Question;
use crate::settings::number_text;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Does only the offset count in RoPE?",
        answer: "Move First position: the score of the same query and key over their distance stays as it is, while each of the two vectors turns on.",
        settings: "scheme=rope&start=1000",
        figure_id: "encode-rope",
    },
    Question {
        asked: "What if the number of heads is no power of two?",
        answer: "ALiBi then takes the slopes of the next lower power and every other slope of the next higher one: the paper's rule. Move Heads.",
        settings: "scheme=alibi&heads=12",
        figure_id: "encode-bias",
    },
    Question {
        asked: "What are T5's buckets?",
        answer: "Small distances have a bias each, larger ones share one, ever more of them, up to the maximum distance. Move Buckets and Max distance.",
        settings: "scheme=t5",
        figure_id: "encode-bias",
    },
];

/// Why there is nothing to draw.
pub const NOTHING_INSIDE: &str =
    "Nothing happens inside attention. Choose RoPE, ALiBi or T5 bias as the scheme.";

/// What the chosen scheme does inside attention.
pub fn lead(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Alibi => {
            "ALiBi takes from each score in proportion to the distance: *nothing is learned, and no length is the last*. Each \
             head has a slope of its own, so that some look near and some far (Press et al. 2022)."
        }
        Encoding::T5 => {
            "T5 adds a number for the distance, learned for each head: near distances have a number each, far ones share \
             buckets. Here they are drawn at random, as before training (Raffel et al. 2020)."
        }
        Encoding::Rope => {
            "RoPE rotates query and key by their positions before they meet: *each by its own, and the score keeps only the \
             difference* (Su et al. 2021)."
        }
        _ => {
            "This scheme is added before the first layer; inside attention nothing happens. *Choose RoPE, ALiBi or T5 bias* \
             to put the position into the score instead."
        }
    }
    .to_owned()
}

/// The score with the scheme's numbers put in.
pub fn formula(state: &EncodeState) -> String {
    const PLAIN: &str = "<mfrac><mrow><msub><mi>q</mi><mi>m</mi></msub><mo>·</mo><msub><mi>k</mi><mi>n</mi></msub></mrow>\
                         <msqrt><mi>d</mi></msqrt></mfrac>";
    let (score, note) = match state.scheme {
        Encoding::Alibi => {
            let head = state.head();
            let slope = number_text(rounded(alibi_slope(head - 1, state.heads)));
            let later = match state.direction {
                Direction::Causal => "<mo>(</mo><mi>m</mi><mo>−</mo><mi>n</mi><mo>)</mo>",
                Direction::Both => "<mo>|</mo><mi>m</mi><mo>−</mo><mi>n</mi><mo>|</mo>",
            };
            (
                format!("{PLAIN}<mo>−</mo><mn>{slope}</mn><mo>·</mo>{later}"),
                format!("head {head} of {}", state.heads),
            )
        }
        Encoding::T5 => (
            format!(
                "{PLAIN}<mo>+</mo><msub><mi>b</mi><mrow><mi>bucket</mi><mo>(</mo><mi>n</mi><mo>−</mo><mi>m</mi><mo>)</mo></mrow></msub>"
            ),
            format!(
                "{} buckets, the last from distance {} on at the latest",
                state.n_buckets,
                format_count(state.max_distance)
            ),
        ),
        Encoding::Rope => (
            "<mfrac><mrow><mo>(</mo><msub><mi>R</mi><mi>m</mi></msub><mi>q</mi><mo>)</mo><mo>·</mo><mo>(</mo><msub><mi>R</mi><mi>n</mi></msub>\
             <mi>k</mi><mo>)</mo></mrow><msqrt><mi>d</mi></msqrt></mfrac><mo>=</mo><mfrac><mrow><mi>q</mi><mo>·</mo><msub><mi>R</mi>\
             <mrow><mi>n</mi><mo>−</mo><mi>m</mi></mrow></msub><mi>k</mi></mrow><msqrt><mi>d</mi></msqrt></mfrac>"
                .to_owned(),
            format!(
                "pair i turned by pos · {}^(−2i/{}): features {}{}",
                number_text(state.base),
                state.d_model,
                match state.pairing {
                    Pairing::Adjacent => "2i and 2i + 1".to_owned(),
                    Pairing::Halves => format!("i and i + {}", state.d_model / 2),
                },
                factor_note(state),
            ),
        ),
        _ => (PLAIN.to_owned(), "no position in it".to_owned()),
    };
    format!("<math><mi>score</mi><mo>=</mo>{score}</math><span class=\"where\">{note}</span>")
}

/// What YaRN does to scores beside the frequencies.
fn factor_note(state: &EncodeState) -> String {
    let factor = score_factor(state.scaling());
    if factor > 1.0 {
        format!(", times {} (YaRN)", format_value(factor, 4))
    } else {
        String::new()
    }
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

/// The number of the head that is read, from 0 on; RoPE's one query and key are the only ones.
pub fn head_idx(state: &EncodeState) -> usize {
    if state.bias_spec().is_some() {
        state.head() - 1
    } else {
        0
    }
}

/// Above the map.
pub fn map_symbol(state: &EncodeState) -> String {
    if state.bias_spec().is_some() {
        format!("head {}", state.head())
    } else {
        String::new()
    }
}

/// The same, more quietly.
pub fn map_note(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Alibi => format!("slope {}", slope_text(state, state.head() - 1)),
        Encoding::Rope => "one q, one k, at every query and key".to_owned(),
        _ => String::new(),
    }
}

fn slope_text(state: &EncodeState, head_idx: usize) -> String {
    format_value(alibi_slope(head_idx, state.heads), 4)
}

/// The heading of the map.
pub fn bias_title(state: &EncodeState) -> String {
    match state.scheme {
        Encoding::Rope => "Score by query and key",
        _ => "What is added to the score, by query and key",
    }
    .to_owned()
}

/// A curve's name.
pub fn head_name(state: &EncodeState, idx: usize) -> String {
    match state.scheme {
        Encoding::Rope => "score".to_owned(),
        Encoding::Alibi => format!("head {}: {}", idx + 1, slope_text(state, idx)),
        _ => format!("head {}", idx + 1),
    }
}

/// A curve's name where the query moves.
pub fn query_name(query: u64) -> String {
    format!("query at {}", format_count(query))
}

/// The ends of an axis of values that has 0 on it and some room.
pub fn value_axis(low: f32, high: f32) -> (f64, f64) {
    let (low, high) = (f64::from(low), f64::from(high));
    let room = ((high - low) * 0.05).max(1e-3);
    (low - room, high + room)
}

/// How a masked key is hatched.
fn masked(state: &EncodeState) -> &'static str {
    match state.direction {
        Direction::Causal => " Hatched: later keys, masked with −∞.",
        Direction::Both => "",
    }
}

/// What the map shows.
pub fn bias_summary(state: &EncodeState, by_offset: ArrayView2<'_, f32>) -> String {
    let shape = format!(
        "{} queries × {} keys",
        format_count(state.seq_len as u64),
        format_count(state.seq_len as u64)
    );
    match state.scheme {
        Encoding::Alibi => {
            let row = by_offset.row(head_idx(state).min(by_offset.nrows().saturating_sub(1)));
            let least = row.iter().copied().fold(0.0, f32::min);
            format!(
                "{shape} of head {}: 0 on the diagonal, down to {}: *the same along each diagonal*, only the distance counts.{}",
                state.head(),
                format_value(least.into(), 4),
                masked(state)
            )
        }
        Encoding::T5 => format!(
            "{shape} of head {}: *the same along each diagonal*, in stripes that widen with the distance.{}",
            state.head(),
            masked(state)
        ),
        Encoding::Rope => format!(
            "{shape}: one and the same query and key everywhere. *The same along each diagonal*: RoPE itself masks nothing."
        ),
        _ => NOTHING_INSIDE.to_owned(),
    }
}

/// What the curves show.
pub fn offsets_summary(state: &EncodeState, by_offset: ArrayView2<'_, f32>) -> String {
    match state.scheme {
        Encoding::Alibi => {
            let slopes = |idx: usize| slope_text(state, idx);
            if state.heads == 1 {
                return format!("One head, one slope: *{}* per position.", slopes(0));
            }
            let rule = if state.heads.is_power_of_two() {
                "a geometric series"
            } else {
                "no power of two: the slopes of the next lower one, then every other of the next higher one"
            };
            let slopes: Vec<_> = (0..state.heads).map(slopes).collect();
            format!(
                "{} heads, slopes *{}*: {rule}.",
                state.heads,
                slopes.join(", ")
            )
        }
        Encoding::T5 => {
            let n_exact = match state.direction {
                Direction::Causal => state.n_buckets / 2,
                Direction::Both => state.n_buckets / 4,
            };
            format!(
                "{} heads, each with {} numbers: *distances below {n_exact} have a bucket each*, larger ones share buckets, the last \
                 holds all from {} on.{}",
                state.heads,
                state.n_buckets,
                format_count(last_bucket_from(state)),
                match state.direction {
                    Direction::Causal => "",
                    Direction::Both => " Half of the buckets are for later keys.",
                }
            )
        }
        Encoding::Rope => {
            let values = by_offset.iter().copied();
            let (low, high) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), it| {
                (low.min(it), high.max(it))
            });
            format!(
                "Between {} and {}: *d/2 waves of as many frequencies*, each as strong as query and key are in its two features.",
                format_value(low.into(), 3),
                format_value(high.into(), 3)
            )
        }
        _ => NOTHING_INSIDE.to_owned(),
    }
}

/// The smallest distance of the last bucket: by trying, for the rule has roundings in it.
fn last_bucket_from(state: &EncodeState) -> u64 {
    let bucket = |distance: i64| {
        t5_bucket(
            -distance,
            state.n_buckets,
            state.max_distance,
            state.direction,
        )
    };
    let last = bucket(i64::MAX);
    // Buckets never fall with the distance, so halving finds it.
    let (mut below, mut from) = (-1, 4096);
    while from - below > 1 {
        let middle = i64::midpoint(below, from);
        if bucket(middle) == last {
            from = middle;
        } else {
            below = middle;
        }
    }
    from.unsigned_abs()
}

/// What moving along shows.
pub fn moved_summary(state: &EncodeState, spread: f64) -> String {
    let spread_text = format_value(spread, 2);
    match state.scheme {
        Encoding::Rope => format!(
            "The query at four places, the key k positions from it: *four curves on top of each other*, apart by at most {spread_text}, \
             which is rounding. {}",
            match state.pairing {
                Pairing::Adjacent =>
                    "Pairing halves instead changes which features meet, not that.",
                Pairing::Halves =>
                    "Pairing adjacent features instead changes which meet, not that.",
            }
        ),
        Encoding::Alibi | Encoding::T5 => format!(
            "The query at four places: *four curves on top of each other*, for head {} adds the same wherever the two stand.",
            state.head()
        ),
        Encoding::None => {
            "No positions: *the score is the same at every offset*, wherever query and key stand."
                .to_owned()
        }
        _ => format!(
            "Positions added to query and key, with weights that change nothing: *where they stand counts*, not only how far apart. \
             The curves differ by up to {spread_text}."
        ),
    }
}

fn signed(offset: i64) -> String {
    if offset < 0 {
        format!("{MINUS}{}", format_count(offset.unsigned_abs()))
    } else {
        format_count(offset.unsigned_abs())
    }
}

/// Which bucket an offset is in, where there are buckets.
fn bucket_text(state: &EncodeState, offset: i64) -> String {
    if state.scheme == Encoding::T5 {
        let bucket = t5_bucket(offset, state.n_buckets, state.max_distance, state.direction);
        format!(", bucket {bucket}")
    } else {
        String::new()
    }
}

/// A cell of the map.
#[allow(clippy::cast_possible_wrap, reason = "below 4096")]
pub fn map_tip(state: &EncodeState, query: u64, key: u64, value: f32) -> String {
    let offset = key as i64 - query as i64;
    let value = if value.is_nan() {
        "masked".to_owned()
    } else {
        format_value(value.into(), 4)
    };
    format!(
        "query {query}, key {key}: offset {}{}, {value}",
        signed(offset),
        bucket_text(state, offset)
    )
}

/// Heads at an offset: `(number from 0 on, value)` each.
pub fn offset_tip(state: &EncodeState, offset: i64, values: &[(usize, f32)]) -> String {
    let mut text = format!("offset {}{}", signed(offset), bucket_text(state, offset));
    for &(idx, value) in values {
        let value = format_value(value.into(), 4);
        if state.scheme == Encoding::Rope {
            text.push_str(&format!(" · score {value}"));
        } else {
            text.push_str(&format!(" · head {}: {value}", idx + 1));
        }
    }
    text
}

/// The scores at an offset: `(query, score)` each.
pub fn moved_tip(offset: i64, scores: &[(u64, f32)]) -> String {
    let mut text = format!("offset {}", signed(offset));
    for &(query, score) in scores {
        text.push_str(&format!(
            " · query at {}: {}",
            format_count(query),
            format_value(score.into(), 5)
        ));
    }
    text
}

/// Keys of which the share is told.
const NEAREST: usize = 4;

/// The head that is read in numbers; `past` are the values of all keys up to the query, the query's own last.
pub fn reading(state: &EncodeState, value: Option<f32>, past: ArrayView1<'_, f32>) -> Vec<Fact> {
    let read = value.map_or_else(
        || "beyond the sequence".to_owned(),
        |value| format_value(value.into(), 4),
    );
    #[allow(clippy::cast_possible_wrap, reason = "below 4096")]
    let offset = -(state.offset as i64);
    let mut facts = vec![Fact::new("offset", signed(offset))];
    if state.scheme == Encoding::Rope {
        facts.push(Fact::new("score", read));
        return facts;
    }
    if state.scheme == Encoding::Alibi {
        facts.push(Fact::new("slope", slope_text(state, state.head() - 1)));
    } else {
        let bucket = t5_bucket(offset, state.n_buckets, state.max_distance, state.direction);
        facts.push(Fact::new("bucket", bucket.to_string()));
    }
    facts.push(Fact::new("bias", read));
    // With equal content the attention of the last query is the softmax of its biases alone.
    let weights = past.iter().map(|&bias| f64::from(bias).exp());
    let sum: f64 = weights.clone().sum();
    let nearest: f64 = weights.rev().take(NEAREST).sum();
    facts.push(Fact::new(
        "nearest 4 keys, equal content",
        format!("{} of the attention", format_fixed(nearest / sum, 3)),
    ));
    facts
}
