//! The tables of real bugs in NumPy and PyTorch.

use maths::encode::Layout;
use maths::mistakes::WRONG_BASE;
use maths::scaling::Scaling;
use maths::schemes::Scheme;

use super::super::scene::EncodeScene;
use super::super::state::{Bug, EncodeState, SHOWN_SAMPLE};
use super::encoding::{double, encoding};
use crate::labs::code::{Code, Library, fill};
use crate::settings::number_text;

const NOTHING: &str = "\
import {import}

# No mistake
result = {lib}.zeros((2, 0), dtype={lib}.float32)
";

const START: &str = "\
import math

import {import}

# The sinusoidal table as it should be, and as a real bug makes it
seq_len, d_model, start = {seq_len}, {d_model}, {start}


{encoding}

right = encoding(seq_len, d_model, start)
position = {lib}.arange(start, start + seq_len{double})[:, None]
wrong = right + 0
";

const DOUBLE_EXPONENT: &str = "\
column = {lib}.arange(d_model{double})
angle = position / {base} ** (2 * column / d_model)  # steps by one already: twice the exponent
wrong[:, {sin}], wrong[:, {cos}] = {lib}.sin(angle[:, 0::2]), {lib}.cos(angle[:, 1::2])
";

const BASE_1000: &str = "\
angle = position / {wrong_base} ** ({lib}.arange(0, d_model, 2{double}) / d_model)
wrong[:, {sin}], wrong[:, {cos}] = {lib}.sin(angle), {lib}.cos(angle)
";

const SWAPPED: &str = "wrong[:, {sin}], wrong[:, {cos}] = right[:, {cos}], right[:, {sin}]\n";

const F32_ANGLES: &str = "\
step = {lib}.arange(0, d_model, 2, dtype={lib}.float32) * {round_step}
omega = {lib}.exp(step{wide}){single}
angle = (position{single} * omega){wide}  # rounded to 32 bits
wrong[:, {sin}], wrong[:, {cos}] = {lib}.sin(angle), {lib}.cos(angle)
";

const ONE_ROW: &str = "\
wrong = 0 * right + encoding(1, d_model, {sample})  # sample {sample}: its row for each of its tokens
";

const PADDING: &str = "right[{n_tokens}:] = 0  # padding has no position\n";

const END: &str = "result = {lib}.stack([right, wrong])  # (2, position, dimension)\n";

const HIDDEN: &str = "\
import numpy as np
{import}
# After an answer to the quiz there is code here that makes the tables
result = {array}(np.load(\"encode-mistake.npy\"))  # (2, position, dimension)
";

/// The right and the wrong table, (2, T, d). Before an answer to the quiz it would give the bug away.
pub fn mistake(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| match state.bug() {
        Some(_) if !state.is_revealed() => fill(
            HIDDEN,
            &[
                ("import", library.pick("", "import torch\n")),
                ("array", library.pick("np.asarray", "torch.from_numpy")),
            ],
        ),
        Some(bug) => of_bug(state, bug, library),
        None => fill(
            NOTHING,
            &[
                ("import", library.pick("numpy as np", "torch")),
                ("lib", library.name()),
            ],
        ),
    })
}

fn of_bug(state: &EncodeState, bug: Bug, library: Library) -> String {
    let template = match bug {
        Bug::DoubleExponent => DOUBLE_EXPONENT,
        Bug::Base1000 => BASE_1000,
        Bug::Swapped => SWAPPED,
        Bug::F32Angles => F32_ANGLES,
        Bug::OneRow => ONE_ROW,
        Bug::Padding => PADDING,
    };
    let (sin, cos) = match state.layout {
        Layout::Interleaved => ("0::2", "1::2"),
        Layout::Concatenated => (": d_model // 2", "d_model // 2 :"),
    };
    let base = number_text(state.base);
    let encoding = encoding(
        Scheme::Sinusoidal {
            base: state.base,
            layout: state.layout,
            scaling: Scaling::None,
        },
        library,
    );
    let step = format!("-math.log({base}) / d_model");
    let round_step = match library {
        Library::NumPy => format!("np.float32({step})"),
        Library::PyTorch => format!("torch.tensor({step}, dtype=torch.float32)"),
    };
    let values = [
        ("import", library.pick("numpy as np", "torch")),
        ("lib", library.name()),
        ("double", double(library)),
        ("single", library.pick(".astype(np.float32)", ".float()")),
        ("wide", library.pick(".astype(np.float64)", ".double()")),
        ("seq_len", &state.seq_len.to_string()),
        ("d_model", &state.d_model.to_string()),
        ("start", &state.start.to_string()),
        ("encoding", &encoding),
        ("base", &base),
        ("wrong_base", &number_text(WRONG_BASE)),
        ("round_step", &round_step),
        ("sample", &SHOWN_SAMPLE.to_string()),
        ("n_tokens", &state.n_tokens().to_string()),
        ("sin", sin),
        ("cos", cos),
    ];
    [START, template, END]
        .iter()
        .map(|template| fill(template, &values))
        .collect()
}
