//! Encode's figures in NumPy and PyTorch.

use maths::encode::Layout;

use super::scene::EncodeScene;
use super::state::{EncodeState, dims_list};
use crate::labs::code::{Code, Library, fill};
use crate::settings::number_text;

pub mod attention;
pub mod distance;
mod encoding;
pub mod limits;
pub mod mistakes;
pub mod sum;
pub mod table;

const TABLE: &str = "\
import {import}

# Sinusoidal positional encoding, {layout}
{settings}
omega = base ** (-{lib}.arange(0, d_model, 2{double}) / d_model)  # radians per position
{scaled}angle = position * omega  # float64: far out, float32 would lose digits
{table} = {lib}.empty({shape}, dtype={lib}.float32)
{table}[{rows}{sin}] = {lib}.sin(angle)
{table}[{rows}{cos}] = {lib}.cos(angle)
";

const POSITIONS: &str = "\
seq_len, d_model, base, start = {seq_len}, {d_model}, {base}, {start}
position = {lib}.arange(start, start + seq_len{double})[:, None]";

const ONE_POSITION: &str = "\
d_model, base, position = {d_model}, {base}, {position}";

const INTERLEAVED: &str = "sin and cos side by side: Vaswani et al. 2017, section 3.5.";
const CONCATENATED: &str = "first all sin, then all cos (as in tensor2tensor):\n# frequencies of Vaswani et al. 2017, section 3.5.";

/// The table, (seq_len, d_model).
pub fn heatmap(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| sinusoids(state, library, "result", ""))
}

/// The selected position's vector, (d_model,).
pub fn vector(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| {
        let settings = fill(
            ONE_POSITION,
            &[
                ("d_model", &state.d_model.to_string()),
                ("base", &number_text(state.base)),
                ("position", &state.position().to_string()),
            ],
        );
        encoding(state, library, &settings, ["result", "d_model", "", ""])
    })
}

/// The chosen columns of the table, (seq_len, number of curves).
pub fn curves(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| {
        let mut text = sinusoids(state, library, "table", "");
        text.push_str(&chosen_columns(state));
        text
    })
}

/// Leaves the columns of `table` that are curves in `result`.
fn chosen_columns(state: &EncodeState) -> String {
    format!(
        "dims = [{}]\nresult = table[:, dims]\n",
        dims_list(&state.curves(), ", ")
    )
}

/// Leaves the sinusoidal table in `name`; `scaled` is what happens to its frequencies.
fn sinusoids(state: &EncodeState, library: Library, name: &str, scaled: &str) -> String {
    let settings = fill(
        POSITIONS,
        &[
            ("lib", library.name()),
            ("double", double(library)),
            ("seq_len", &state.seq_len.to_string()),
            ("d_model", &state.d_model.to_string()),
            ("base", &number_text(state.base)),
            ("start", &state.start.to_string()),
        ],
    );
    encoding(
        state,
        library,
        &settings,
        [name, "(seq_len, d_model)", ":, ", scaled],
    )
}

fn encoding(
    state: &EncodeState,
    library: Library,
    settings: &str,
    [table, shape, rows, scaled]: [&str; 4],
) -> String {
    let (layout, sin, cos) = match state.layout {
        Layout::Interleaved => (INTERLEAVED, "0::2", "1::2"),
        Layout::Concatenated => (CONCATENATED, ": d_model // 2", "d_model // 2 :"),
    };
    fill(
        TABLE,
        &[
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
            ("double", double(library)),
            ("layout", layout),
            ("settings", settings),
            ("scaled", scaled),
            ("table", table),
            ("shape", shape),
            ("rows", rows),
            ("sin", sin),
            ("cos", cos),
        ],
    )
}

/// Divided, whole numbers become 64-bit floats in NumPy and 32-bit ones in PyTorch.
fn double(library: Library) -> &'static str {
    library.pick("", ", dtype=torch.float64")
}
