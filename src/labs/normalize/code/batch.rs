//! The code about batches: the whole experiment, samples and mates by the page's own random numbers.

use maths::normalize::{BATCH_SIZES, BatchExperiment, nearest_divisor};

use super::super::scene::NormalizeScene;
use super::super::scene::batch::{N_DRAWINGS, size_idx, spec};
use super::super::state::NormalizeState;
use crate::labs::code::{Code, Library, fill};
use crate::settings::number_text;

/// Random numbers, samples and mates.
const SAMPLES: &str = "\
from math import exp
from statistics import NormalDist

import {module}

seed, eps = {seed}, {eps}
seq_len, d_model, n_mates = 12, 32, 512
U64 = 2 ** 64 - 1


def mix(n):  # SplitMix64
    z = (n + 0x9E3779B97F4A7C15) & U64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & U64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & U64
    return z ^ (z >> 31)


def numbers(row):  # PCG32, the row as its stream: 32 random bits at a time
    step = (row << 1 | 1) & U64
    state = ((mix(mix(seed) ^ row) + step) * 6364136223846793005 + step) & U64
    while True:
        bits, turn = ((state >> 18 ^ state) >> 27) & 0xFFFFFFFF, state >> 59
        yield (bits >> turn | bits << (-turn & 31)) & 0xFFFFFFFF
        state = (state * 6364136223846793005 + step) & U64


def sample(idx):  # the one that stays is number 0
    random = numbers(7 << 56 | idx)
    normal = [NormalDist().inv_cdf((next(random) + 0.5) / 2 ** 32) for _ in range(d_model + 1 + seq_len * d_model)]
    varied = {varied}
    spread = exp(0.3 * varied * normal[d_model])
    noise = normal[d_model + 1:]
    length = 6 if idx == 0 else 3 + (next(random) * 10 >> 32)
    return [spread * z + 0.5 * varied * normal[k % d_model] for k, z in enumerate(noise)], length


def mates(drawing, n):
    random = numbers(8 << 56 | drawing)
    return [0] + [1 + (next(random) * n_mates >> 32) for _ in range(n - 1)]


values, lengths = zip(*(sample(idx) for idx in range(1 + n_mates)))
x = {array}(values, dtype={lib}.float32).reshape(-1, seq_len, d_model){double}
";

/// All batch sizes.
const SPREAD: &str = "\
groups, momentum, drawings, warm_up = {groups}, {momentum}, {drawings}, 50
lengths = {array}(lengths)
real = (lengths[:, None] > {lib}.arange(seq_len))[..., None]
order = {array}([mates(drawing, 64) for drawing in range(drawings)])
padded = x * real
sums, real_sums = [x.sum(1), (x ** 2).sum(1)], [padded.sum(1), (padded ** 2).sum(1)]
nan = float(\"nan\")


def moments(sums, squares, n):
    mean = sums / n
    return mean, (squares / n - mean ** 2).clip(0)


def normalize(x, mean, variance):
    return (x - mean) / (variance + eps) ** 0.5


def spread(normalized):  # over the drawings, as the root of the mean square over the cells
    return float(((normalized - normalized.mean(0)) ** 2).mean() ** 0.5)


def gaps(own, normalized, mean, variance, n):  # training against evaluation, after a warm-up
    running_mean, running_variance, gap = 0 * mean[0], 0 * mean[0] + 1, []
    for drawing in range(drawings):
        if drawing >= warm_up:
            evaluated = [normalize(x, running_mean, running_variance) for x in (own, 1.5 * own + 1)]
            gap.append([float(((normalized[drawing] - it) ** 2).mean()) for it in evaluated])
        running_mean = running_mean + momentum * (mean[drawing] - running_mean)
        running_variance = running_variance + momentum * (variance[drawing] * n / (n - 1) - running_variance)
    return [(sum(column) / len(gap)) ** 0.5 for column in zip(*gap)]


own, length = x[0], 6
rows = []
for size in {sizes}:
    drawn = order[:, :size]
    total, real_total = ([it[drawn].sum(1)[:, None] for it in pair] for pair in (sums, real_sums))
    longest = {longest}
    n_real = lengths[drawn].sum(1)[:, None, None]

    over_tokens = moments(*total, size * seq_len)
    batch = normalize(own, *over_tokens)
    over_samples = moments(x[drawn].sum(1), (x[drawn] ** 2).sum(1), size)
    samples_only = normalize(own, *over_samples)
    batch_padded = normalize(own[:length], *moments(*real_total, size * longest))
    batch_masked = normalize(own[:length], *moments(*real_total, n_real))
    own_sums = [it[0] for it in real_sums]
    instance = normalize(own[:length], *moments(*own_sums, longest))
    width = d_model // groups
    of_groups = [{repeated} for it in own_sums]
    group = normalize(own[:length], *moments(*of_groups, longest * width))

    gap, shifted = gaps(own, batch, *over_tokens, size * seq_len)
    if size > 1:
        alone, (alone_gap, _) = spread(samples_only), gaps(own, samples_only, *over_samples, size)
    else:  # a variance of one value
        alone, alone_gap = nan, nan
    moving = [spread(it) for it in (batch_padded, batch_masked, instance, group)]
    rows.append([size, spread(batch), alone, *moving, 0, gap, shifted, alone_gap])
result = {array}(rows, dtype={lib}.float32).T
";

/// One batch size, two drawings.
const MATES: &str = "\
def normalize(x, axes):
    variance, mean = {var_mean}
    return (x - mean) / (variance + eps) ** 0.5


first, other = (x[mates(drawing, {size})] for drawing in range(2))
layer, batch_first, batch_other = normalize(x[:1], -1), normalize(first, (0, 1)), normalize(other, (0, 1))
result = {lib}.stack([x[0], layer[0], batch_first[0], batch_other[0]]){float}
";

/// Batch sizes, spreads and gaps, (11, batch sizes).
pub fn spread(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    whole(state, |library| {
        let sizes: Vec<_> = BATCH_SIZES.iter().map(number_text).collect();
        let groups = nearest_divisor(state.n_groups(), BatchExperiment::D_MODEL);
        fill(
            SPREAD,
            &[
                ("lib", library.name()),
                ("array", library.pick("np.array", "torch.tensor")),
                ("groups", &number_text(groups)),
                ("momentum", &number_text(state.momentum)),
                ("drawings", &number_text(N_DRAWINGS)),
                ("sizes", &format!("({})", sizes.join(", "))),
                (
                    "longest",
                    library.pick(
                        "lengths[drawn].max(1)[:, None, None]",
                        "lengths[drawn].amax(1)[:, None, None]",
                    ),
                ),
                (
                    "repeated",
                    library.pick(
                        "np.repeat(it.reshape(groups, -1).sum(1), width)",
                        "it.reshape(groups, -1).sum(1).repeat_interleave(width)",
                    ),
                ),
            ],
        )
    })
}

/// The sample that stays, by LayerNorm and by batch norm with two draws of mates, (4, 12, 32).
pub fn mates(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let size = number_text(BATCH_SIZES[size_idx(state)]);
    whole(state, |library| {
        fill(
            MATES,
            &[
                ("lib", library.name()),
                ("size", &size),
                (
                    "var_mean",
                    library.pick(
                        "x.var(axis=axes, keepdims=True), x.mean(axis=axes, keepdims=True)",
                        "torch.var_mean(x, axes, unbiased=False, keepdim=True)",
                    ),
                ),
                ("float", library.pick(".astype(np.float32)", ".float()")),
            ],
        )
    })
}

/// Random numbers, samples and mates, then `end`.
fn whole(state: &NormalizeState, end: impl Fn(Library) -> String) -> Code {
    let spec = spec(state);
    Code::for_both(|library| {
        let mut text = fill(
            SAMPLES,
            &[
                ("module", library.pick("numpy as np", "torch")),
                ("lib", library.name()),
                ("array", library.pick("np.array", "torch.tensor")),
                ("double", library.pick(".astype(np.float64)", ".double()")),
                ("seed", &number_text(spec.seed)),
                ("eps", &number_text(spec.eps)),
                (
                    "varied",
                    if spec.alike {
                        "0  # mates are like it"
                    } else {
                        "0 if idx == 0 else 1"
                    },
                ),
            ],
        );
        text.push_str(&end(library));
        text
    })
}
