//! Positions inside attention in NumPy and PyTorch.

use maths::bias::Direction;
use maths::rope::Pairing;
use maths::scaling::{Scaling, score_factor};
use maths::schemes::Scheme;

use super::super::scene::EncodeScene;
use super::super::scene::attention::{MOST_OFFSETS, QUERIES};
use super::super::scene::sum::added;
use super::super::state::{EncodeState, Encoding};
use super::encoding::{double, encoding, frequencies, start};
use crate::labs::code::{Code, Library, fill};
use crate::settings::number_text;

const NOTHING: &str = "\
import {import}

# Nothing happens inside attention
result = {lib}.zeros({shape}, dtype={lib}.float32)
";

/// With the generator of random numbers.
const START: &str = "{start}\n";

const PLAIN_START: &str = "\
# {title}
import math

import {import}

";

const ALIBI: &str = "\
# ALiBi (Press et al. 2022): minus slope times distance
heads, seq_len = {heads}, {seq_len}


def slopes(n):  # n not a power of two: those of the next lower one, then every other of the next higher one
    power = 2 ** int(math.log2(n))
    first = [2 ** (-8 * h / power) for h in range(1, power + 1)]
    return first + [2 ** (-4 * h / power) for h in range(1, 2 * power, 2)][: n - power]


def bias(head, offset):  # offset = key - query
    return {later}-slopes(heads)[head] * abs(offset)

";

const T5: &str = "\
# T5 (Raffel et al. 2020): a number for each head and bucket of offsets, N(0, 1) as before training
heads, seq_len, n_buckets, max_distance, seed = {heads}, {seq_len}, {n_buckets}, {max_distance}, {seed}
table = [normal(seed, 2 << 56 | head, n_buckets) for head in range(heads)]


def bucket(offset):  # offset = key - query
{direction}    exact = n // 2
    if distance < exact:
        return first + distance
    if max_distance <= exact:
        return first + n - 1
    part = math.log(distance / exact) / math.log(max_distance / exact) if exact else 0
    return first + min(exact + int(part * (n - exact) + 1e-9), n - 1)


def bias(head, offset):
    return {later}table[head][bucket(offset)]

";

const T5_CAUSAL: &str = "    first, n, distance = 0, n_buckets, -min(offset, 0)\n";
const T5_BOTH: &str = "    n = n_buckets // 2
    first, distance = n if offset > 0 else 0, abs(offset)
";

const MAP: &str = "
head = {head_idx}  # head {head}
by_offset = [bias(head, offset) for offset in range(1 - seq_len, seq_len)]
key, query = {lib}.arange(seq_len)[None, :], {lib}.arange(seq_len)[:, None]
result = {array}(by_offset{double})[key - query + seq_len - 1]{single}  # (query, key)
";

const OFFSETS: &str = "
offsets = range(1 - seq_len, {end})
rows = [[bias(head, offset) for offset in offsets] for head in range(heads)]
result = {array}([list(offsets)] + rows{double}){single}  # (offset and heads, offset)
";

const ROPE: &str = "\
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

const ROPE_MAP: &str = "
offset = {lib}.arange(1 - seq_len, seq_len{double})
by_offset = score({query}, offset)
key, query = {lib}.arange(seq_len)[None, :], {lib}.arange(seq_len)[:, None]
result = by_offset[key - query + seq_len - 1]{single}  # (query, key)
";

const ROPE_OFFSETS: &str = "
offset = {lib}.arange(1 - seq_len, {end}{double})
result = {lib}.stack([offset, score({query}, offset)]){single}
";

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
    return ((q @ k / d_model**0.5){single} + {array}(by_offset{double}){single}){wide}

";

fn settings<'a>(library: Library) -> [(&'a str, &'a str); 8] {
    [
        ("import", library.pick("numpy as np", "torch")),
        ("lib", library.name()),
        ("double", double(library)),
        ("single", library.pick(".astype(np.float32)", ".float()")),
        ("wide", library.pick(".astype(np.float64)", ".double()")),
        ("array", library.pick("np.array", "torch.tensor")),
        ("concatenate", library.pick("np.concatenate", "torch.cat")),
        ("nan", library.pick("np.nan", "torch.nan")),
    ]
}

/// The numbers of the state that the templates name.
fn numbers(state: &EncodeState) -> Vec<(&'static str, String)> {
    let n = state.seq_len.min(MOST_OFFSETS);
    let is_causal = state.direction == Direction::Causal;
    let queries: Vec<_> = QUERIES.iter().map(ToString::to_string).collect();
    vec![
        ("heads", state.heads.to_string()),
        ("head", state.head().to_string()),
        ("head_idx", (state.head() - 1).to_string()),
        ("seq_len", state.seq_len.to_string()),
        ("d_model", state.d_model.to_string()),
        ("seed", state.seed.to_string()),
        ("n_buckets", state.n_buckets.to_string()),
        ("max_distance", state.max_distance.to_string()),
        (
            "later",
            if is_causal {
                "math.nan if offset > 0 else ".to_owned()
            } else {
                String::new()
            },
        ),
        (
            "direction",
            if is_causal { T5_CAUSAL } else { T5_BOTH }.to_owned(),
        ),
        ("end", if is_causal { "1" } else { "seq_len" }.to_owned()),
        (
            "moved_end",
            if is_causal {
                "1".to_owned()
            } else {
                n.to_string()
            },
        ),
        ("n", n.to_string()),
        ("query", QUERIES[0].to_string()),
        ("queries", queries.join(", ")),
    ]
}

fn write(state: &EncodeState, library: Library, templates: &[&str]) -> String {
    let numbers = numbers(state);
    let title = match state.scheme {
        Encoding::T5 => "T5 bias",
        Encoding::Rope => "RoPE",
        _ => "A score by offset",
    };
    let needs_math = state.bias_spec().is_some();
    let start = start(title, needs_math, library);
    let frequencies = frequencies(state.base, state.scaling(), library);
    let factor = score_factor(state.scaling());
    let factor = match state.scaling() {
        Scaling::Yarn { .. } if factor > 1.0 => format!(" * {}", number_text(factor)),
        _ => String::new(),
    };
    let scheme = match state.bias_spec() {
        Some(_) => Scheme::None,
        None => added(state),
    };
    let encoding = encoding(scheme, library);
    let pairs = match state.pairing {
        Pairing::Adjacent => "x[0::2], x[1::2]",
        Pairing::Halves => "x[: d_model // 2], x[d_model // 2 :]",
    };
    let mut values = settings(library).to_vec();
    values.extend(numbers.iter().map(|(name, value)| (*name, value.as_str())));
    values.extend([
        ("title", title),
        ("start", start.as_str()),
        ("frequencies", &frequencies),
        ("factor", &factor),
        ("encoding", &encoding),
        ("pairs", pairs),
    ]);
    templates
        .iter()
        .map(|template| fill(template, &values))
        .collect()
}

fn nothing(library: Library, shape: &str) -> String {
    fill(
        NOTHING,
        &[
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
            ("shape", shape),
        ],
    )
}

/// What one head adds, (query, key).
pub fn bias(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| match state.scheme {
        Encoding::Alibi => write(state, library, &[PLAIN_START, ALIBI, MAP]),
        Encoding::T5 => write(state, library, &[START, T5, MAP]),
        Encoding::Rope => write(state, library, &[START, ROPE, ROPE_MAP]),
        _ => nothing(library, "(0, 0)"),
    })
}

/// All heads by offset, (1 + heads, offsets): the offsets stand first.
pub fn offsets(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| match state.scheme {
        Encoding::Alibi => write(state, library, &[PLAIN_START, ALIBI, OFFSETS]),
        Encoding::T5 => write(state, library, &[START, T5, OFFSETS]),
        Encoding::Rope => write(state, library, &[START, ROPE, ROPE_OFFSETS]),
        _ => nothing(library, "(0,)"),
    })
}

/// The score at each place of the query, (1 + queries, offsets): the offsets stand first.
pub fn moved(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| match state.scheme {
        Encoding::Rope => write(state, library, &[START, ROPE, MOVED]),
        Encoding::Alibi => write(state, library, &[START, ALIBI, BIASED, MOVED]),
        Encoding::T5 => write(state, library, &[START, T5, BIASED, MOVED]),
        _ => write(state, library, &[START, ADDED, MOVED]),
    })
}
