//! A function that makes the rows of any scheme, in NumPy and PyTorch: what copied code is built around.

use maths::encode::Layout;
use maths::scaling::{Scaling, YarnRamp};
use maths::schemes::Scheme;

use super::{GENERATOR, Library, fill};
use crate::settings::number_text;

const START: &str = "\
# {title}
{math}from statistics import NormalDist

import {import}

{generator}";

/// Title, imports and [`GENERATOR`].
pub fn start(title: &str, needs_math: bool, library: Library) -> String {
    fill(
        START,
        &[
            ("title", title),
            ("math", if needs_math { "import math\n" } else { "" }),
            ("import", library.pick("numpy as np", "torch")),
            ("generator", GENERATOR),
        ],
    )
}

/// Divided, whole numbers become 64-bit floats in NumPy and 32-bit ones in PyTorch.
pub fn double(library: Library) -> &'static str {
    library.pick("", ", dtype=torch.float64")
}

const SINUSOIDAL: &str = "\
def encoding(n, d_model, start=0):
    position = {lib}.arange(start, start + n{double})[:, None]
{frequencies}    angle = position * omega  # float64: far out, float32 would lose digits
    table = {lib}.empty((n, d_model), dtype={lib}.float32)
    table[:, {sin}] = {lib}.sin(angle)
    table[:, {cos}] = {lib}.cos(angle)
    return table
";

const FREQUENCIES: &str = "\
base = {base}
omega = base ** (-{lib}.arange(0, d_model, 2{double}) / d_model)  # radians per position
";

const INTERPOLATION: &str =
    "omega = omega / {factor}  # position interpolation (Chen et al. 2023)\n";
const NTK: &str = "\
if d_model > 2:  # NTK-aware: another base (Peng et al. 2023, section 3.1)
    base = base * {factor} ** (d_model / (d_model - 2))
    omega = base ** (-{lib}.arange(0, d_model, 2{double}) / d_model)
";
/// Leaves in `kept` how much of its frequency each pair keeps.
const KEPT_BY_TURNS: &str = "\
turns = {trained_len} * omega / (2 * {lib}.pi)  # in the trained length
kept = ((turns - 1) / 31).{clip}(0, 1)  # YaRN with the paper's ramp: Peng et al. 2023, section 3.2
";
const KEPT_BY_PAIR: &str = "\
from math import log, pi
low, high = (d_model * log({trained_len} / (turns * 2 * pi)) / (2 * log(base)) for turns in (32, 1))
low, high = max(low, 0), min(high, d_model - 1)  # pairs: Hugging Face's find_correction_range, truncate=False
high += 0.001 * (low == high)
kept = 1 - (({lib}.arange(d_model // 2{double}) - low) / (high - low)).{clip}(0, 1)  # YaRN by the pair
";
const YARN: &str = "omega = (1 - kept) * omega / {factor} + kept * omega\n";

/// Lines that leave in `kept` how much of its frequency each pair keeps in YaRN. They are filled with `lib`, `double`,
/// `clip` and `trained_len`.
pub fn yarn_kept(ramp: YarnRamp) -> &'static str {
    match ramp {
        YarnRamp::Turns => KEPT_BY_TURNS,
        YarnRamp::Pair => KEPT_BY_PAIR,
    }
}

const LEARNED: &str = "\
def encoding(n, d_model, start=0):
    # Before training: N(0, 0.02), and no vector from max_len on
    nothing = [float(\"nan\")] * d_model
    positions = range(start, start + n)
    rows = [normal({seed}, 1 << 56 | p, d_model) if p < {max_len} else nothing for p in positions]
    return ({array}(rows{double}) * 0.02){single}
";

const NONE: &str = "\
def encoding(n, d_model, start=0):
    return {lib}.zeros((n, d_model), dtype={lib}.float32)
";

const INDEX: &str = "\
def encoding(n, d_model, start=0):
    position = {lib}.arange(start, start + n{double})[:, None]
    return (position{length} * {lib}.ones(d_model{double})){single}
";

const BINARY: &str = "\
def encoding(n, d_model, start=0):
    position, digit = {lib}.arange(start, start + n)[:, None], {lib}.arange(d_model).{clip}(0, 40)
    return (position >> digit & 1){single}
";

/// The columns of the sines and of the cosines, as slices.
pub fn wave_slices(layout: Layout) -> [&'static str; 2] {
    match layout {
        Layout::Interleaved => ["0::2", "1::2"],
        Layout::Concatenated => [": d_model // 2", "d_model // 2 :"],
    }
}

/// Lines that leave the frequencies of `d_model` features in `omega`.
pub fn frequencies(base: f64, scaling: Scaling, library: Library) -> String {
    let (more, factor, trained_len): (&[_], _, _) = match scaling {
        Scaling::None => (&[], 1.0, 1.0),
        Scaling::Interpolation { factor } => (&[INTERPOLATION], factor, 1.0),
        Scaling::Ntk { factor } => (&[NTK], factor, 1.0),
        Scaling::Yarn {
            factor,
            trained_len,
            ramp,
        } => (&[yarn_kept(ramp), YARN], factor, trained_len),
    };
    let values = [
        ("lib", library.name()),
        ("double", double(library)),
        ("clip", library.pick("clip", "clamp")),
        ("base", &number_text(base)),
        ("factor", &number_text(factor)),
        ("trained_len", &number_text(trained_len)),
    ];
    let mut text = fill(FREQUENCIES, &values);
    text.extend(more.iter().map(|template| fill(template, &values)));
    text
}

/// The definition of `encoding(n, d_model, start=0)`: rows of float32, shape (n, d_model).
pub fn encoding(scheme: Scheme, library: Library) -> String {
    let basics = [
        ("lib", library.name()),
        ("double", double(library)),
        ("single", library.pick(".astype(np.float32)", ".float()")),
        ("clip", library.pick("clip", "clamp")),
    ];
    let with =
        |template: &str, more: &[(&str, &str)]| fill(template, &[&basics[..], more].concat());
    match scheme {
        Scheme::Sinusoidal {
            base,
            layout,
            scaling,
        } => {
            let lines = frequencies(base, scaling, library);
            let indented: String = lines
                .lines()
                .flat_map(|line| ["    ", line, "\n"])
                .collect();
            let [sin, cos] = wave_slices(layout);
            let columns = [
                ("frequencies", indented.as_str()),
                ("sin", sin),
                ("cos", cos),
            ];
            with(SINUSOIDAL, &columns)
        }
        Scheme::Learned { seed, max_len } => with(
            LEARNED,
            &[
                ("seed", &seed.to_string()),
                ("max_len", &max_len.to_string()),
                ("array", library.pick("np.array", "torch.tensor")),
            ],
        ),
        Scheme::None => with(NONE, &[]),
        Scheme::Index => with(INDEX, &[("length", "")]),
        Scheme::Fraction { length } => with(INDEX, &[("length", &format!(" / {length}"))]),
        Scheme::Binary => with(BINARY, &[]),
    }
}
