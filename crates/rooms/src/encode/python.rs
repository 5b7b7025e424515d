//! Lines that leave a scheme's table in a variable.

use maths::encode::Layout;
use maths::scaling::Scaling;
use ndarray::ArrayView2;

use super::state::{EncodeState, dims_list};
use crate::encoding::Encoding;
use crate::python::{Library, MOST_LITERALS, double, fill, long_list, wave_slices, yarn_kept};
use crate::settings::number_text;

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

/// Leaves one row of the plain sinusoidal table (d_model) in `result`, without the table.
pub fn one_position(state: &EncodeState, library: Library) -> String {
    let settings = fill(
        ONE_POSITION,
        &[
            ("d_model", &state.d_model.to_string()),
            ("base", &number_text(state.base)),
            ("position", &state.position().to_string()),
        ],
    );
    sinusoidal(state, library, &settings, ["result", "d_model", "", ""])
}

/// Leaves the columns of `table` that are curves in `result`.
pub fn chosen_columns(state: &EncodeState) -> String {
    format!(
        "dims = [{}]\nresult = table[:, dims]\n",
        dims_list(&state.curves(), ", ")
    )
}

/// Leaves the sinusoidal table in `name`; `scaled` is what happens to its frequencies.
pub fn sinusoids(state: &EncodeState, library: Library, name: &str, scaled: &str) -> String {
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
    sinusoidal(
        state,
        library,
        &settings,
        [name, "(seq_len, d_model)", ":, ", scaled],
    )
}

fn sinusoidal(
    state: &EncodeState,
    library: Library,
    settings: &str,
    [table, shape, rows, scaled]: [&str; 4],
) -> String {
    let layout = match state.layout {
        Layout::Interleaved => INTERLEAVED,
        Layout::Concatenated => CONCATENATED,
    };
    let [sin, cos] = wave_slices(state.layout);
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
                    "The plain index in every dimension"
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
        Scaling::Yarn { ramp, .. } => {
            let kept = yarn_kept(ramp);
            &format!("{kept}omega = (1 - kept) * omega / {{factor}} + kept * omega\n")
        }
    };
    fill(
        template,
        &[
            ("factor", &factor),
            ("trained_len", &state.trained_len.to_string()),
            ("lib", library.name()),
            ("clip", "clip"),
            ("double", double(library)),
        ],
    )
}
