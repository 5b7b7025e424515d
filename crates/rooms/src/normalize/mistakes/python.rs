//! Lines of NumPy and PyTorch with a mistake in them.

use maths::normalize::{BatchMode, Mistake};

use super::super::python::{Form, norm_text};
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use crate::python::Library;

/// The lines that make `output` once more, with the mistake.
pub fn wrong_text(
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
