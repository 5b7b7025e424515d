//! Code from the imports to what a figure shows.

use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;
use super::input::{Input, Part, Source};
use super::norm::{Form, is_per_token, norm_text, source};
use super::settings::{padding_text, settings};
use crate::python::{Code, Library};

/// Imports, settings, x, the norm, and `end`, which leaves the result. `part` is what x is, as far as the norm
/// lets one token stand alone.
pub fn whole(
    scene: &mut NormalizeScene,
    state: &NormalizeState,
    part: Part,
    form: Form,
    end: impl Fn(Library) -> String,
) -> Code {
    let part = if stands_alone(state) { part } else { Part::All };
    let input = Input::new(scene, state, part);
    Code::for_both(|library| {
        let norm = norm_text(scene, state, library, form);
        let mut text = imports(&input, library, &norm);
        text.push_str("\n# ");
        text.push_str(source(state));
        text.push('\n');
        text.push_str(&settings(state, library));
        text.push_str(&input.text(state, library));
        text.push_str(&padding_text(state, library));
        text.push('\n');
        text.push_str(&norm);
        text.push_str(&end(library));
        text
    })
}

/// Whether one token is enough to normalise it, so that x may be that token alone.
pub fn stands_alone(state: &NormalizeState) -> bool {
    is_per_token(state.norm) && !state.padding
}

/// What the lines of a norm and x need.
pub fn imports(input: &Input, library: Library, norm: &str) -> String {
    let mut text = String::new();
    if library == Library::NumPy || input.source == Source::Loaded {
        text.push_str("import numpy as np\n");
    }
    if library == Library::PyTorch {
        text.push_str("import torch\n");
        if norm.contains("F.") {
            text.push_str("import torch.nn.functional as F\n");
        }
    }
    text
}
