//! NumPy and PyTorch of what the schemes do inside attention.

use maths::bias::Direction;
use maths::rope::Pairing;
use maths::scaling::score_factor;

use super::super::state::EncodeState;
use super::inside::QUERY;
use crate::encoding::Encoding;
use crate::python::{
    ALIBI, Code, Library, T5, T5_BOTH, T5_CAUSAL, double, fill, frequencies, start,
};
use crate::settings::number_text;

const NOTHING: &str = "\
import {import}

# Nothing happens inside attention
result = {lib}.zeros({shape}, dtype={lib}.float32)
";

/// With the generator of random numbers.
pub const START: &str = "{start}\n";

const PLAIN_START: &str = "\
# {title}
import math

import {import}

";

/// Leaves `score(query, offset)`.
pub const ROPE: &str = "\
# RoPE (Su et al. 2021): query and key rotated by their own positions
seq_len, d_model, seed = {seq_len}, {d_model}, {seed}
q, k = ({array}(normal(seed, 3 << 56 | idx, d_model){double}){single}{wide} for idx in range(2))
{frequencies}

def rotated(x, position):  # (positions, d_model)
    angle = position[:, None] * omega
    a, b = {pairs}
    a, b = a * {lib}.cos(angle) - b * {lib}.sin(angle), a * {lib}.sin(angle) + b * {lib}.cos(angle)
    return {concatenate}([a, b], 1)


def score(query, offset):  # any order of features will do, as long as it is the same for both
    key = rotated(k, query + offset)
    return (rotated(q, query + 0 * offset) * key).sum(-1) / d_model**0.5{factor}

";

/// What a scheme does inside attention, and what is made of its biases or of RoPE's scores. Without any, zeros of a
/// shape.
pub fn inside(state: &EncodeState, of_biases: &str, of_scores: &str, nothing: &str) -> Code {
    Code::for_both(|library| {
        let write = |templates: &[&str]| write(state, library, templates, &[]);
        match state.scheme {
            Encoding::Alibi => write(&[PLAIN_START, ALIBI, of_biases]),
            Encoding::T5 => write(&[START, T5, of_biases]),
            Encoding::Rope => write(&[START, ROPE, of_scores]),
            _ => fill(
                NOTHING,
                &[
                    ("import", library.pick("numpy as np", "torch")),
                    ("lib", library.name()),
                    ("shape", nothing),
                ],
            ),
        }
    })
}

/// Templates one after the other, with the numbers of the state, and more that some of them name.
pub fn write(
    state: &EncodeState,
    library: Library,
    templates: &[&str],
    more: &[(&str, &str)],
) -> String {
    let title = match state.scheme {
        Encoding::T5 => "T5 bias",
        Encoding::Rope => "RoPE",
        _ => "A score by offset",
    };
    let needs_math = state.bias_spec().is_some();
    // No scaling but YaRN's has a factor of its own.
    let factor = score_factor(state.scaling());
    let factor = if factor > 1.0 {
        format!(" * {}", number_text(factor))
    } else {
        String::new()
    };
    let is_causal = state.direction == Direction::Causal;
    let values: &[(&str, &str)] = &[
        ("import", library.pick("numpy as np", "torch")),
        ("lib", library.name()),
        ("double", double(library)),
        ("single", library.pick(".astype(np.float32)", ".float()")),
        ("wide", library.pick(".astype(np.float64)", ".double()")),
        ("array", library.pick("np.array", "torch.tensor")),
        ("concatenate", library.pick("np.concatenate", "torch.cat")),
        ("title", title),
        ("start", &start(title, needs_math, library)),
        ("sizes", &sizes(state)),
        ("head", &state.head().to_string()),
        ("head_idx", &(state.head() - 1).to_string()),
        ("seq_len", &state.seq_len.to_string()),
        ("d_model", &state.d_model.to_string()),
        ("seed", &state.seed.to_string()),
        ("n_buckets", &state.n_buckets.to_string()),
        ("max_distance", &state.max_distance.to_string()),
        (
            "later",
            if is_causal {
                "math.nan if offset > 0 else "
            } else {
                ""
            },
        ),
        ("direction", if is_causal { T5_CAUSAL } else { T5_BOTH }),
        ("end", if is_causal { "1" } else { "seq_len" }),
        ("query", &QUERY.to_string()),
        (
            "frequencies",
            &frequencies(state.base, state.scaling(), library),
        ),
        ("factor", &factor),
        (
            "pairs",
            match state.pairing {
                Pairing::Adjacent => "x[0::2], x[1::2]",
                Pairing::Halves => "x[: d_model // 2], x[d_model // 2 :]",
            },
        ),
    ];
    let values = [values, more].concat();
    let texts = templates.iter().map(|template| fill(template, &values));
    texts.collect()
}

/// The line that sets what biases depend on.
fn sizes(state: &EncodeState) -> String {
    let (heads, seq_len) = (state.heads, state.seq_len);
    match state.scheme {
        Encoding::T5 => format!(
            "heads, seq_len, n_buckets, max_distance, seed = {heads}, {seq_len}, {}, {}, {}",
            state.n_buckets, state.max_distance, state.seed
        ),
        _ => format!("heads, seq_len = {heads}, {seq_len}"),
    }
}
