//! The page's own model in NumPy and PyTorch.

use super::model::{BASE, T5 as T5_SIZES, added};
use super::state::ModelSpec;
use crate::encoding::Encoding;
use crate::python::{
    ALIBI, Library, T5, T5_BOTH, T5_CAUSAL, WORD_NUMBER, double, encoding, fill, start,
};
use crate::settings::number_text;

const MODEL: &str = "\
{start}d_model, n_heads, n_layers, std, seed = {d_model}, {n_heads}, {n_layers}, {std}, {seed}


{number}
{encoding}

def embedded(words):  # the same word has the same vector; (words, d_model)
    rows = [normal(seed, number(word), d_model) for word in words]
    return ({array}(rows{double}) * (std{factor})){single} + encoding(len(words), d_model)


@cache
def matrix(layer, idx, n_inputs, n_outputs):  # N(0, 2 / (inputs + outputs)), as before training
    values = {array}(normal(seed, 9 << 56 | 8 * layer + idx, n_inputs * n_outputs){double})
    return (values.reshape(n_inputs, n_outputs) * (2 / (n_inputs + n_outputs)) ** 0.5){single}


{bias}{rotated}def attention(x, layer):  # Vaswani et al. 2017, section 3.2
    n, d_head = len(x), d_model // n_heads
    q, k, v = (
        (x @ matrix(layer, idx, d_model, d_model)).reshape(n, n_heads, d_head).swapaxes(0, 1) for idx in range(3)
    )
{rotate}    scores = q @ k.swapaxes(1, 2) / d_head**0.5{biases}
{mask}    weights = {lib}.exp(scores - {lib}.amax(scores, -1, keepdims=True))
    weights = weights / weights.sum(-1, keepdims=True)
    mixed = (weights @ v).swapaxes(0, 1).reshape(n, d_model)
    return scores, weights, mixed @ matrix(layer, 3, d_model, d_model)

{model}";

const ONE_LAYER: &str = "
def model(words, layer):  # scores and weights (head, query, key), outputs (word, d_model)
    return attention(embedded(words), layer)

";

const LAYERS: &str = "
def norm(x):
    x = x - x.mean(-1, keepdims=True)
    return x / ((x**2).mean(-1, keepdims=True) + 1e-5) ** 0.5


def block(x, layer):
    x = norm(x + attention(x, layer)[2])
    inner = (x @ matrix(layer, 4, d_model, 4 * d_model)).clip(0)
    return norm(x + inner @ matrix(layer, 5, 4 * d_model, d_model))


def model(words, layer):  # scores and weights (head, query, key), outputs (word, d_model)
    x = embedded(words)
    for below in range(layer):
        x = block(x, below)
    return attention(x, layer)

";

const BIASES: &str = "
def biases(n):  # (head, query, key)
    offsets = [[key - query for key in range(n)] for query in range(n)]
    values = [[[bias(head, k) for k in row] for row in offsets] for head in range(heads)]
    return {array}(values{double}){single}


";

const ROTATED: &str = "\
def rotated(x):  # RoPE (Su et al. 2021): pairs of neighbouring features turned by their position
    n, d = x.shape[1:]
    angle = {lib}.arange(n{double})[:, None] * {base} ** (-{lib}.arange(0, d, 2{double}) / d)
    a, b = x[..., 0::2], x[..., 1::2]
    turned = {lib}.empty_like(x)
    turned[..., 0::2] = a * {lib}.cos(angle) - b * {lib}.sin(angle)
    turned[..., 1::2] = a * {lib}.sin(angle) + b * {lib}.cos(angle)
    return turned


";

// Not after a line that ends in a backslash: that takes the blanks away.
const CAUSAL: &str = "    later = {lib}.arange(n)[None, :] > {lib}.arange(n)[:, None]
    scores = {lib}.where(later, {lib}.asarray(-float(\"inf\"), dtype=scores.dtype), scores)
";

/// Whether the code of a model has `biases(n)`: what is added to the scores, (head, query, key).
pub fn has_bias(spec: &ModelSpec) -> bool {
    matches!(spec.scheme, Encoding::Alibi | Encoding::T5)
}

/// Code that has `model(words, layer)`: scores and weights (head, query, key) of a layer, and what comes out of it, (word, d_model).
pub fn model(title: &str, spec: &ModelSpec, library: Library) -> String {
    let has_bias = has_bias(spec);
    let basics = [
        ("lib", library.name()),
        ("double", double(library)),
        ("single", library.pick(".astype(np.float32)", ".float()")),
        ("array", library.pick("np.array", "torch.tensor")),
    ];
    let with =
        |template: &str, more: &[(&str, &str)]| fill(template, &[&basics[..], more].concat());
    let only = |wanted: bool, text: &str| {
        if wanted {
            with(text, &[])
        } else {
            String::new()
        }
    };
    let bias = match spec.scheme {
        Encoding::Alibi => with(ALIBI, &[("sizes", "heads = n_heads"), ("later", "")]),
        Encoding::T5 => {
            let (n_buckets, max_distance) = T5_SIZES;
            let sizes =
                format!("heads, n_buckets, max_distance = n_heads, {n_buckets}, {max_distance}");
            let direction = if spec.mask.is_causal {
                T5_CAUSAL
            } else {
                T5_BOTH
            };
            with(
                T5,
                &[("sizes", &sizes), ("later", ""), ("direction", direction)],
            )
        }
        _ => String::new(),
    };
    let is_rotated = spec.scheme == Encoding::Rope;
    let rotated = if is_rotated {
        with(ROTATED, &[("base", &number_text(BASE))])
    } else {
        String::new()
    };
    with(
        MODEL,
        &[
            (
                "start",
                &start(title, has_bias, library).replacen(
                    "from statistics",
                    "from functools import cache\nfrom statistics",
                    1,
                ),
            ),
            ("d_model", &spec.d_model.to_string()),
            ("n_heads", &spec.n_heads.to_string()),
            ("n_layers", &spec.n_layers.to_string()),
            ("std", &number_text(spec.emb_std)),
            ("seed", &spec.seed.to_string()),
            ("number", WORD_NUMBER),
            ("encoding", &encoding(added(spec), library)),
            ("factor", if spec.sqrt_d { " * d_model**0.5" } else { "" }),
            ("bias", &[bias, only(has_bias, BIASES)].concat()),
            ("rotated", &rotated),
            (
                "rotate",
                only(is_rotated, "    q, k = rotated(q), rotated(k)\n").as_str(),
            ),
            ("biases", if has_bias { " + biases(n)" } else { "" }),
            ("mask", &only(spec.mask.is_causal, CAUSAL)),
            ("model", if spec.n_layers > 1 { LAYERS } else { ONE_LAYER }),
        ],
    )
}
