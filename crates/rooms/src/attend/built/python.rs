//! The head in NumPy and PyTorch.

use super::super::model::SINUSOIDAL;
use super::super::state::AttendState;
use super::super::written::{heads, turn};
use super::kept::HeadSpec;
use crate::python::{Code, WORD_NUMBER, double, encoding, fill, start};
use crate::settings::number_text;

const POSITIONS: &str = "\
# {title}
import {import}

looks_at, sharpness, n, d_model = {looks_at}, {sharpness}, {n}, {d_model}


{encoding}

{heads}
x = encoding(n, d_model)
";

const BOTH: &str = "\
{start}looks_at, sharpness, n, d_model = {looks_at}, {sharpness}, {n}, {d_model}
std, seed = {std}, {seed}


{number}
{encoding}

{heads}
rows = [normal(seed, number(str(idx)), d_model) for idx in range(n)]  # n words, each with its own vector
x = ({array}(rows{double}) * std){single} + encoding(n, d_model)
";

const MATRICES: &str = "\
W_Q, W_K = turn(looks_at, d_model), {lib}.eye(d_model{float})
";

/// Code that has the vectors x, (n, d_model), W_Q and W_K, and goes on with `rest`.
pub fn head(title: &str, state: &AttendState, rest: &str) -> Code {
    let spec = HeadSpec::of(state);
    Code::for_both(|library| {
        let (std, seed) = spec.words.map_or((0.0, 0), |words| (words.std, words.seed));
        let names = [
            ("title", title.to_owned()),
            ("start", start(title, false, library)),
            ("import", library.pick("numpy as np", "torch").to_owned()),
            ("looks_at", spec.looks_at.to_string()),
            ("sharpness", number_text(spec.sharpness)),
            ("n", spec.n_words.to_string()),
            ("d_model", spec.d_model.to_string()),
            ("std", number_text(std)),
            ("seed", seed.to_string()),
            ("number", WORD_NUMBER.to_owned()),
            ("encoding", encoding(SINUSOIDAL, library)),
            ("heads", heads(library)),
            ("lib", library.name().to_owned()),
            ("array", library.pick("np.array", "torch.tensor").to_owned()),
            ("double", double(library).to_owned()),
            (
                "single",
                library.pick(".astype(np.float32)", ".float()").to_owned(),
            ),
            ("float", library.pick(", dtype=np.float32", "").to_owned()),
        ];
        let names = names.each_ref().map(|(name, text)| (*name, text.as_str()));
        let vectors = if spec.words.is_some() {
            BOTH
        } else {
            POSITIONS
        };
        [vectors, MATRICES, rest]
            .map(|template| fill(template, &names))
            .concat()
    })
}

const ALONE: &str = "\
# A head that is written down: its matrices
import {import}

looks_at, d_model = {looks_at}, {d_model}


{turn}
{matrices}result = {lib}.stack([W_Q, W_K])  # (matrix, row, column)
";

/// Code of the matrices alone, (2, d, d).
pub fn matrices(state: &AttendState) -> Code {
    Code::for_both(|library| {
        let float = library.pick(", dtype=np.float32", "");
        let lib = ("lib", library.name());
        fill(
            ALONE,
            &[
                lib,
                ("import", library.pick("numpy as np", "torch")),
                ("looks_at", &state.looks_at.to_string()),
                ("d_model", &state.d_model.to_string()),
                ("turn", &turn(library)),
                ("matrices", &fill(MATRICES, &[lib, ("float", float)])),
            ],
        )
    })
}
