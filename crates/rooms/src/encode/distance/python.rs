//! NumPy and PyTorch that the part's figures share.

use maths::similarity::Measure;

use super::super::python::rows;
use super::super::rows::rows_of;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use crate::python::{Code, Library, double, fill};

const PREPARED: &str = "
x = table.{double}
";

const NORMALIZED: &str = "\
norm = {lib}.sqrt((x * x).sum(1))[:, None]
x = x / norm
";

/// The table, its rows normalized where the cosine is asked for, and what follows.
pub fn prepared(
    scene: &mut EncodeScene,
    state: &EncodeState,
    then: impl Fn(Library) -> String,
) -> Code {
    let values = rows_of(scene, state);
    Code::for_both(|library| {
        let mut text = rows(state, values, library, "table");
        text.push_str(&filled(PREPARED, library, &[]));
        if state.measure == Measure::Cosine {
            text.push_str(&filled(NORMALIZED, library, &[]));
        }
        text.push_str(&then(library));
        text
    })
}

/// A template filled with what is named differently in the two libraries, and more.
pub fn filled(template: &str, library: Library, more: &[(&str, &str)]) -> String {
    let both = [
        ("lib", library.name()),
        ("arange", double(library)),
        ("double", library.pick("astype(np.float64)", "double()")),
        ("float", library.pick("astype(np.float32)", "float()")),
    ];
    fill(template, &[&both, more].concat())
}
