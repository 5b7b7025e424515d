//! The table's figures for every scheme in NumPy and PyTorch.

use maths::encode::Layout;
use maths::scaling::Scaling;
use ndarray::ArrayView2;

use super::super::scene::EncodeScene;
use super::super::scene::table::{dial_pairs, rows_of};
use super::super::state::{EncodeState, Encoding};
use super::{chosen_columns, double, sinusoids};
use crate::labs::code::{Code, Library, MOST_LITERALS, fill, long_list};
use crate::settings::number_text;

const COUNTED: &str = "\
import {import}

# {what}
seq_len, d_model, start = {seq_len}, {d_model}, {start}
position = {lib}.arange(start, start + seq_len{double})[:, None]
{row}
{name} = {lib}.broadcast_to({value}, (seq_len, d_model)){float}
";

const BINARY: &str = "\
import {import}

# The position in binary digits, the lowest first
seq_len, d_model, start = {seq_len}, {d_model}, {start}
position = {lib}.arange(start, start + seq_len)[:, None]
digit = {lib}.arange(min(d_model, 32))
{name} = {lib}.zeros((seq_len, d_model), dtype={lib}.float32)
{name}[:, : len(digit)] = position >> digit & 1
";

const ZEROS: &str = "\
import {import}

# Nothing is added to the embedding
seq_len, d_model = {seq_len}, {d_model}
{name} = {lib}.zeros((seq_len, d_model), dtype={lib}.float32)
";

const DRAWN: &str = "\
{imports}

# Learned positions before training: N(0, 0.02) from the page's own generator
{name} = {values}
";

/// The table, (seq_len, d_model).
pub fn heatmap(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    Code::for_both(|library| rows(state, values, library, "result"))
}

/// The vector of the position that is read, (d_model,).
pub fn vector(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    if state.is_plain() {
        return super::vector(scene, state);
    }
    let values = rows_of(scene, state);
    let row_idx = state.position() - state.start;
    Code::for_both(|library| {
        let mut text = rows(state, values, library, "table");
        text.push_str(&format!("result = table[{row_idx}]\n"));
        text
    })
}

/// The chosen columns of the table, (seq_len, number of curves).
pub fn curves(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    Code::for_both(|library| {
        let mut text = rows(state, values, library, "table");
        text.push_str(&chosen_columns(state));
        text
    })
}

/// Both columns of the pairs that have a dial, and their wavelengths, (3, dials).
pub fn clock(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let values = rows_of(scene, state);
    let (n_pairs, n_dials) = (state.d_model / 2, dial_pairs(state).len());
    let pairs = if n_dials < n_pairs {
        format!(
            "[k * {} // {} for k in range({n_dials})]  # evenly spaced",
            n_pairs - 1,
            n_dials - 1
        )
    } else {
        format!("list(range({n_pairs}))")
    };
    let columns = match state.pairing() {
        Layout::Interleaved => ["2 * i", "2 * i + 1"],
        Layout::Concatenated => ["i", "d_model // 2 + i"],
    };
    let columns = columns.map(|column| format!("row[[{column} for i in pairs]]"));
    let wavelengths = if state.scheme.has_waves() {
        "wavelength = 2 * {lib}.pi / omega[pairs]  # positions per turn\n"
    } else {
        "wavelength = {lib}.full((len(first),), {lib}.nan)  # nothing turns\n"
    };
    let row_idx = state.position() - state.start;
    Code::for_both(|library| {
        let mut text = rows(state, values, library, "table");
        text.push_str(&format!(
            "row = table[{row_idx}]\npairs = {pairs}\nfirst = {}\nsecond = {}\n",
            columns[0], columns[1],
        ));
        text.push_str(&fill(wavelengths, &[("lib", library.name())]));
        text.push_str(library.pick(
            "result = np.stack([first, second, wavelength.astype(np.float32)])\n",
            "result = torch.stack([first, second, wavelength.float()])\n",
        ));
        text
    })
}

/// Leaves the scheme's table (seq_len, d_model) in `name`; `values` is what is in it.
pub fn rows(
    state: &EncodeState,
    values: ArrayView2<'_, f32>,
    library: Library,
    name: &str,
) -> String {
    match state.scheme {
        Encoding::Sinusoidal | Encoding::Rope => {
            sinusoids(state, library, name, &scaled(state, library))
        }
        Encoding::Learned => drawn(values, library, name),
        Encoding::None | Encoding::Alibi | Encoding::T5 => counted(state, library, name, ZEROS),
        Encoding::Index | Encoding::Fraction => counted(state, library, name, COUNTED),
        Encoding::Binary => counted(state, library, name, BINARY),
    }
}

fn counted(state: &EncodeState, library: Library, name: &str, template: &str) -> String {
    let is_index = state.scheme == Encoding::Index;
    let length = format!("L = {}", state.length());
    fill(
        template,
        &[
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
            ("double", double(library)),
            ("name", name),
            ("seq_len", &state.seq_len.to_string()),
            ("d_model", &state.d_model.to_string()),
            ("start", &state.start.to_string()),
            (
                "what",
                if is_index {
                    "The plain index in every column"
                } else {
                    "The index divided by the length"
                },
            ),
            (
                "row",
                if is_index {
                    "# It has no upper end."
                } else {
                    &length
                },
            ),
            ("value", if is_index { "position" } else { "position / L" }),
            ("float", library.pick(".astype(np.float32)", ".float()")),
        ],
    )
}

/// Random numbers are written out where they are few, and loaded from the table's NPY where they are many.
fn drawn(values: ArrayView2<'_, f32>, library: Library, name: &str) -> String {
    let numbers = values.to_slice().unwrap_or_default();
    let is_short = numbers.len() <= MOST_LITERALS && numbers.iter().all(|x| x.is_finite());
    let (imports, values) = if is_short {
        let list = long_list(numbers, values.ncols());
        let shape = format!("{}, {}", values.nrows(), values.ncols());
        (
            library.pick("import numpy as np", "import torch"),
            match library {
                Library::NumPy => format!("np.array({list}, dtype=np.float32).reshape({shape})"),
                Library::PyTorch => format!("torch.tensor({list}).reshape({shape})"),
            },
        )
    } else {
        (
            library.pick("import numpy as np", "import numpy as np\nimport torch"),
            library
                .pick(
                    "np.load(\"encode-heatmap.npy\")  # download the page's table as NPY in the same state",
                    "torch.from_numpy(np.load(\"encode-heatmap.npy\"))  # the page's table, downloaded as NPY",
                )
                .to_owned(),
        )
    };
    fill(
        DRAWN,
        &[("imports", imports), ("name", name), ("values", &values)],
    )
}

/// What happens to `omega`.
fn scaled(state: &EncodeState, library: Library) -> String {
    let factor = number_text(state.factor);
    let template = match state.scaling() {
        Scaling::None => return String::new(),
        Scaling::Interpolation { .. } => {
            "omega = omega / {factor}  # position interpolation: Chen et al. 2023\n"
        }
        Scaling::Ntk { .. } if state.d_model == 2 => {
            "# NTK-aware scaling changes the base, which the only pair does not depend on.\n"
        }
        Scaling::Ntk { .. } => {
            "base = base * {factor} ** (d_model / (d_model - 2))  # NTK-aware: Peng et al. 2023, section 3.1\n\
             omega = base ** (-{lib}.arange(0, d_model, 2{double}) / d_model)\n"
        }
        Scaling::Yarn { .. } => {
            "turns = {trained_len} * omega / (2 * {lib}.pi)  # in the trained length\n\
             kept = {lib}.clip((turns - 1) / 31, 0, 1)  # YaRN with the paper's ramp: Peng et al. 2023, section 3.2\n\
             omega = (1 - kept) * omega / {factor} + kept * omega\n"
        }
    };
    fill(
        template,
        &[
            ("factor", &factor),
            ("trained_len", &state.trained_len.to_string()),
            ("lib", library.name()),
            ("double", double(library)),
        ],
    )
}
