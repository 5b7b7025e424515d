//! NumPy and PyTorch of all norms side by side.

use maths::normalize::BatchMode;

use super::super::python::{Form, Input, Part, imports, norm_text, padding_text, settings_of};
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use crate::python::{Code, Library};

/// x, a function of x that gives the outputs of all norms, and `end`.
pub fn every_norm(
    scene: &mut NormalizeScene,
    state: &NormalizeState,
    end: impl Fn(Library) -> String,
) -> Code {
    let input = Input::new(scene, state, Part::All);
    Code::for_both(|library| {
        let function = function(scene, state, library);
        let mut text = imports(&input, library, &function);
        text.push_str("\n# Every norm of the same x; sources and axes: Wu & He 2018, figure 2, but LayerNorm as in transformers.\n");
        text.push_str(&settings_of(state, library, &NormName::COMPARED));
        text.push_str(&input.text(state, library));
        text.push_str(&padding_text(state, library));
        text.push_str("\n\n");
        text.push_str(&function);
        text.push_str("\n\n");
        text.push_str(&end(library));
        text
    })
}

/// The function `norms`.
fn function(scene: &mut NormalizeScene, state: &NormalizeState, library: Library) -> String {
    // Given values may be equal throughout a group; functions that multiply out leave a remainder of their size.
    let form = if state.is_custom() {
        Form::Steps
    } else {
        Form::Short
    };
    let mut text = String::from("def norms(x):\n");
    for norm in NormName::COMPARED {
        let one = NormalizeState {
            norm,
            mode: BatchMode::Train,
            ..state.clone()
        };
        let lines = norm_text(scene, &one, library, form);
        let name = norm.word().slug;
        for line in lines.lines().chain([&*format!("{name} = output")]) {
            text.push_str("    ");
            text.push_str(line);
            text.push('\n');
        }
    }
    let names = NormName::COMPARED.map(|norm| norm.word().slug);
    text.push_str("    return [");
    text.push_str(&names.join(", "));
    text.push_str("]\n");
    text
}
