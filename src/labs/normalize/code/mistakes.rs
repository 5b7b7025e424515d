//! The outputs of real bugs in NumPy and PyTorch.

use maths::normalize::{BatchMode, Mistake};

use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::{Form, Part, norm_text, whole};
use crate::labs::code::{Code, Library, fill};

const NOTHING: &str = "\
import {import}

# No mistake chosen: there is nothing to make.
result = {lib}.full((2, {shape}), float(\"nan\"), dtype={lib}.float32)
";

const HIDDEN: &str = "\
import numpy as np
{import}
# After an answer to the quiz there is code here that makes the outputs
result = {array}(np.load(\"normalize-mistake.npy\"))  # (2, batch, seq_len, d_model)
";

/// The right and the wrong output, (2, batch, seq_len, d_model). Before an answer to the quiz it would give the bug away.
pub fn mistake(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let Some(bug) = state.bug() else {
        return Code::for_both(|library| {
            fill(
                NOTHING,
                &[
                    ("import", library.pick("numpy as np", "torch")),
                    ("lib", library.name()),
                    (
                        "shape",
                        &format!("{}, {}, {}", state.batch, state.seq_len, state.d_model),
                    ),
                ],
            )
        });
    };
    if !state.is_revealed() {
        return Code::for_both(|library| {
            fill(
                HIDDEN,
                &[
                    ("import", library.pick("", "import torch\n")),
                    ("array", library.pick("np.asarray", "torch.from_numpy")),
                ],
            )
        });
    }
    let shown = state.with_bug(bug);
    let wrong =
        [Library::NumPy, Library::PyTorch].map(|library| wrong_text(scene, &shown, bug, library));
    whole(scene, &shown, Part::All, Form::Steps, |library| {
        let [numpy, pytorch] = &wrong;
        let wrong = match library {
            Library::NumPy => numpy,
            Library::PyTorch => pytorch,
        };
        format!(
            "right = output\n\n# The mistake.\n{wrong}result = {}.stack([right, output])\n",
            library.name()
        )
    })
}

/// The lines that make `output` once more, with the mistake.
fn wrong_text(
    scene: &mut NormalizeScene,
    shown: &NormalizeState,
    bug: Mistake,
    library: Library,
) -> String {
    let norm = |scene: &mut NormalizeScene, state: &NormalizeState| {
        norm_text(scene, state, library, Form::Steps)
    };
    let (spread, variance) = match shown.norm {
        NormName::Rms => ("x", "mean_square"),
        _ => ("(x - mean)", "variance"),
    };
    let (root, narrow) = (
        library.pick("np.sqrt", "torch.sqrt"),
        library.pick(".astype(np.float32)", ".float()"),
    );
    match bug {
        Mistake::OverTokens => {
            let mut wrong = shown.clone();
            wrong.norm = NormName::Group;
            wrong.groups = Some(1);
            format!("groups = 1\n{}", norm(scene, &wrong))
        }
        Mistake::OverBatch => {
            let mut wrong = shown.clone();
            wrong.norm = NormName::Batch;
            wrong.mode = BatchMode::Train;
            norm(scene, &wrong)
        }
        Mistake::BatchStatistics => {
            let mut wrong = shown.clone();
            wrong.mode = BatchMode::Train;
            norm(scene, &wrong)
        }
        Mistake::PaddingCounted => {
            let mut wrong = shown.clone();
            wrong.masked = false;
            norm(scene, &wrong)
        }
        Mistake::Unbiased => {
            let n = shown.d_model;
            format!(
                "variance = {variance} * {n} / ({n} - 1)\nnormalized = ({spread} / {root}(variance + eps)){narrow}\n{}",
                affine(shown)
            )
        }
        Mistake::EpsOutside => format!(
            "normalized = ({spread} / ({root}({variance}) + eps)){narrow}\n{}",
            affine(shown)
        ),
        Mistake::ScalarAffine => {
            let mean = |name: &str| match library {
                Library::NumPy => {
                    format!("{name} = np.float32({name}.mean(dtype=np.float64))\n")
                }
                Library::PyTorch => format!("{name} = {name}.double().mean().float()\n"),
            };
            // One that is common to all features is a number already.
            let mut text = String::new();
            if !shown.gamma_at.within(shown.d_model).is_empty() {
                text.push_str(&mean("gamma"));
            }
            if shown.has_beta() && !shown.beta_at.within(shown.d_model).is_empty() {
                text.push_str(&mean("beta"));
            }
            text + &affine(shown)
        }
    }
}

/// From `normalized` to `output`.
fn affine(state: &NormalizeState) -> String {
    match (state.affine, state.has_beta()) {
        (true, true) => "output = gamma * normalized + beta\n",
        (true, false) => "output = gamma * normalized\n",
        _ => "output = normalized\n",
    }
    .to_owned()
}
