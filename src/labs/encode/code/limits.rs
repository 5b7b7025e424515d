//! The figures on lengths beyond the trained one in NumPy and PyTorch.

use super::super::scene::EncodeScene;
use super::super::scene::limits::{n_columns, trained_len};
use super::super::state::{EncodeState, Encoding, ScalingMethod};
use super::double;
use super::table::rows;
use crate::labs::code::{Code, Library, fill};
use crate::settings::number_text;

const READOUT: &str = "
# Least squares with a constant and a little ridge, fitted on the trained positions, asked on all of them
x, asked = trained.{double}, asked.{double}
position = {lib}.arange({trained_len}{arange})
mean = x.mean(0)
ridge = 1e-4 * ((x - mean) ** 2).sum(0).mean() or 1.0
gram = (x - mean).T @ (x - mean) + ridge * {lib}.eye({n_columns}{arange})
weights = {lib}.linalg.solve(gram, (x - mean).T @ (position - position.mean()))
result = ((asked - mean) @ weights + position.mean()).{float}
";

/// The rows are random, and no other figure has as many of them.
const LOADED: &str = "\
{imports}

# What is read from learned rows, which come from the page's own generator: download the figure's numbers as NPY.
result = {load}
";

const RATIOS: &str = "\
import {import}

# How fast each pair turns for longer contexts, as a part of how fast it turned in training
d_model, base, factor, trained_len = {d_model}, {base}, {factor}, {trained_len}
exponent = -{lib}.arange(0, d_model, 2{arange}) / d_model
none = base ** exponent
interpolation = none / factor  # Chen et al. 2023
ntk = {ntk}  # NTK-aware: Peng et al. 2023, section 3.1
kept = {lib}.clip((trained_len * none / (2 * {lib}.pi) - 1) / 31, 0, 1)
yarn = (1 - kept) * none / factor + kept * none  # with the paper's ramp: Peng et al. 2023, section 3.2
result = ({lib}.stack([none, interpolation, ntk, yarn]) / none).{float}
";

/// The position that is read at each position, (asked,).
pub fn extrapolate(_: &mut EncodeScene, state: &EncodeState) -> Code {
    if state.scheme == Encoding::Learned {
        return Code::for_both(|library| filled(LOADED, state, library));
    }
    let of_len = |seq_len, scaling| EncodeState {
        seq_len,
        d_model: n_columns(state),
        start: 0,
        scaling,
        ..state.clone()
    };
    let trained = of_len(trained_len(state), ScalingMethod::None);
    let asked = of_len(state.asked_len(), state.scaling);
    Code::for_both(|library| {
        // No scheme that is left is random: its rows are made from its settings.
        let table = |state, name| rows(state, ndarray::ArrayView2::from(&[[]; 0]), library, name);
        let second = table(&asked, "asked");
        // It begins like the first one: with an import and a blank line.
        let (_, second) = second.split_once("\n\n").unwrap_or_default();
        let mut text = table(&trained, "trained");
        text.push('\n');
        text.push_str(second);
        text.push_str(&filled(READOUT, state, library));
        text
    })
}

/// ω′/ω by each method, (4, pairs).
pub fn scaling(_: &mut EncodeScene, state: &EncodeState) -> Code {
    Code::for_both(|library| filled(RATIOS, state, library))
}

fn filled(template: &str, state: &EncodeState, library: Library) -> String {
    // With one pair alone there is no base to change.
    let ntk = if state.d_model == 2 {
        "none"
    } else {
        "(base * factor ** (d_model / (d_model - 2))) ** exponent"
    };
    fill(
        template,
        &[
            ("import", library.pick("numpy as np", "torch")),
            (
                "imports",
                library.pick("import numpy as np", "import numpy as np\nimport torch"),
            ),
            (
                "load",
                library.pick(
                    "np.load(\"encode-extrapolate.npy\")",
                    "torch.from_numpy(np.load(\"encode-extrapolate.npy\"))",
                ),
            ),
            ("lib", library.name()),
            ("arange", double(library)),
            ("double", library.pick("astype(np.float64)", "double()")),
            ("float", library.pick("astype(np.float32)", "float()")),
            ("trained_len", &state.trained_len.to_string()),
            ("n_columns", &n_columns(state).to_string()),
            ("d_model", &state.d_model.to_string()),
            ("base", &number_text(state.base)),
            ("factor", &number_text(state.factor)),
            ("ntk", ntk),
        ],
    )
}
