//! NumPy and PyTorch of the experiment: samples and mates by the page's own random numbers.

use super::super::state::NormalizeState;
use super::experiment::spec;
use crate::python::{Code, Library, fill};
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

/// Random numbers, samples and mates, then `end`.
pub fn whole(state: &NormalizeState, end: impl Fn(Library) -> String) -> Code {
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
