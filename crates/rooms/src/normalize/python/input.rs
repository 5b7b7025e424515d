//! Lines that leave the activations in x.

use maths::inputs::Distribution;

use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;
use crate::python::{Library, MOST_LITERALS, fill, long_list};
use crate::settings::number_text;

/// The words of a library for what is written out, and for what is read from a file.
pub fn loading(library: Library) -> [(&'static str, &'static str); 4] {
    [
        ("lib", library.name()),
        ("array", library.pick("np.array", "torch.tensor")),
        ("open", library.pick("", "torch.from_numpy(")),
        (
            "close",
            library.pick("", ")  # PyTorch reads no NPY by itself"),
        ),
    ]
}

/// How much of the activations a figure shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// (batch, seq_len, d_model)
    All,
    /// The selected token, (d_model,)
    Token,
}

/// What code makes x from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// One value, everywhere the same.
    Full,
    /// All values, few enough to be written out.
    Written,
    /// The given values, few enough to be written out, in a larger array in which all others are missing.
    Within,
    /// The file of the matrix.
    Loaded,
}

/// How code makes x.
pub struct Input {
    /// What x is made from.
    pub source: Source,
    part: Part,
    /// The numbers that are written out.
    numbers: String,
}

impl Input {
    /// The shortest form that has the same values.
    pub fn new(scene: &mut NormalizeScene, state: &NormalizeState, part: Part) -> Self {
        let row_idx = state.row();
        let all = scene.input(state);
        let shown = match part {
            Part::All => all,
            Part::Token => all
                .get(row_idx * state.d_model..(row_idx + 1) * state.d_model)
                .unwrap_or_default(),
        };
        let given = state.values.given();
        let given = match part {
            Part::All => given.values,
            Part::Token => given.row(row_idx / state.seq_len, row_idx % state.seq_len),
        };
        let is_custom = state.is_custom();
        let has_spread = is_custom || state.input != Distribution::Constant && state.std > 0.0;
        let (source, numbers) = if !has_spread {
            (Source::Full, number_text(state.mean))
        } else if shown.len() <= MOST_LITERALS {
            (Source::Written, long_list(shown, state.d_model))
        } else if is_custom && given.len() <= MOST_LITERALS {
            let [_, _, n_features] = state.values.block();
            (Source::Within, long_list(given, n_features))
        } else {
            (Source::Loaded, String::new())
        };
        Self {
            source,
            part,
            numbers,
        }
    }

    /// The lines that make x.
    pub fn text(&self, state: &NormalizeState, library: Library) -> String {
        let template = match (self.source, self.part) {
            (Source::Full, Part::All) => FULL,
            (Source::Full, Part::Token) => FULL_TOKEN,
            (Source::Written, Part::All) => WRITTEN,
            (Source::Written, Part::Token) => WRITTEN_TOKEN,
            (Source::Within, Part::All) => WITHIN,
            (Source::Within, Part::Token) => WITHIN_TOKEN,
            (Source::Loaded, Part::All) => LOADED,
            (Source::Loaded, Part::Token) => LOADED_TOKEN,
        };
        let row_idx = state.row();
        fill(
            template,
            &[
                loading(library).as_slice(),
                &[
                    ("batch", &state.batch.to_string()),
                    ("seq_len", &state.seq_len.to_string()),
                    ("d_model", &state.d_model.to_string()),
                    ("sample", &(row_idx / state.seq_len).to_string()),
                    ("token", &(row_idx % state.seq_len).to_string()),
                    ("numbers", &self.numbers),
                    (
                        "block",
                        &state.values.block().map(|size| size.to_string()).join(", "),
                    ),
                ],
            ]
            .concat(),
        )
    }
}

const FULL: &str = "\
batch, seq_len, d_model = {batch}, {seq_len}, {d_model}
x = {lib}.full((batch, seq_len, d_model), {numbers}, dtype={lib}.float32)
";
const FULL_TOKEN: &str = "\
d_model = {d_model}
x = {lib}.full((d_model,), {numbers}, dtype={lib}.float32)
";
const WRITTEN: &str = "\
batch, seq_len, d_model = {batch}, {seq_len}, {d_model}
x = {array}({numbers}, dtype={lib}.float32).reshape(batch, seq_len, d_model)
";
const WRITTEN_TOKEN: &str = "\
x = {array}({numbers}, dtype={lib}.float32)
";
const WITHIN: &str = "\
batch, seq_len, d_model = {batch}, {seq_len}, {d_model}
given = {array}({numbers}, dtype={lib}.float32).reshape({block})
x = {lib}.full((batch, seq_len, d_model), float(\"nan\"), dtype={lib}.float32)  # missing beyond what is given
given = given[:batch, :seq_len, :d_model]
x[:len(given), :len(given[0]), :len(given[0, 0])] = given
";
const WITHIN_TOKEN: &str = "\
d_model = {d_model}
given = {array}({numbers}, dtype={lib}.float32)[:d_model]
x = {lib}.full((d_model,), float(\"nan\"), dtype={lib}.float32)  # missing beyond what is given
x[:len(given)] = given
";
const LOADED: &str = "\
# The input has too many values to be written here: download the page's figure of activations as NPY in the same
# state, with d_model {d_model}: x is the first array in it.
x = {open}np.load(\"normalize-matrix.npy\")[0]{close}
";
const LOADED_TOKEN: &str = "\
# The input has too many values to be written here: download the page's figure of activations as NPY in the same
# state, with d_model {d_model}: x is the first array in it.
sample, token = {sample}, {token}
x = {open}np.load(\"normalize-matrix.npy\")[0, sample, token]{close}
";
