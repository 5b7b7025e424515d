//! Lines from x to what a norm makes of it.

use maths::normalize::BatchMode;

use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use crate::python::{Library, fill};
use crate::settings::number_text;

/// How a norm is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Every step by itself.
    Steps,
    /// The steps, and `centered`.
    Centred,
    /// PyTorch's own function where it has one.
    Short,
}

/// What a norm is over, which numbers go into it, and where it is from.
pub fn source(state: &NormalizeState) -> &'static str {
    match state.norm {
        NormName::Layer => {
            "LayerNorm over the features of each token: Ba et al. 2016, section 3, equation 3; eps inside the root."
        }
        NormName::Rms => {
            "RMSNorm over the features of each token: Zhang & Sennrich 2019, equation 4; eps as in Llama."
        }
        NormName::Batch if state.mode == BatchMode::Eval => {
            "Batch norm in evaluation: by running statistics, here of 50 batches; Ioffe & Szegedy 2015, algorithm 2."
        }
        NormName::Batch => {
            "Batch norm in training, over all tokens of each feature: Ioffe & Szegedy 2015, algorithm 1."
        }
        NormName::Instance => {
            "Instance norm over the tokens of each sample and feature: Ulyanov et al. 2016."
        }
        NormName::Group => {
            "Group norm over the tokens and a group of features of each sample: Wu & He 2018, equation 7."
        }
        NormName::DyT => "Dynamic tanh: Zhu et al. 2025.",
        NormName::None => "No norm.",
    }
}

/// Whether one token is enough to normalise it.
pub fn is_per_token(norm: NormName) -> bool {
    !matches!(norm, NormName::Batch | NormName::Instance | NormName::Group)
}

/// The lines from x to `normalized` and `output`.
pub fn norm_text(
    scene: &mut NormalizeScene,
    state: &NormalizeState,
    library: Library,
    form: Form,
) -> String {
    let is_masked = state.padding && state.masked;
    let n_values = n_values(state);
    let mut text = match state.norm {
        NormName::None => "normalized = x\n".to_owned(),
        NormName::DyT => library
            .pick(
                "normalized = np.tanh(alpha * x.astype(np.float64)).astype(np.float32)\n",
                "normalized = torch.tanh(alpha * x.double()).float()\n",
            )
            .to_owned(),
        NormName::Rms => library.pick(NUMPY_RMS, PYTORCH_RMS).to_owned(),
        NormName::Batch if state.mode == BatchMode::Train && n_values < 2 => {
            TOO_FEW.replace("{lib}", library.name())
        }
        norm => {
            // PyTorch's functions refuse groups of one value, and not all of them give 0 / 0 where it is.
            let is_short = form == Form::Short
                && library == Library::PyTorch
                && !is_masked
                && !state.is_unbiased()
                && (state.eps > 0.0 || norm == NormName::Layer)
                && (n_values > 1 || state.evaluates());
            let mut text = String::new();
            if state.evaluates() {
                text.push_str(&running_text(scene, state, library));
            }
            if is_short {
                text.push_str("# In float64, or a large mean would eat up the variance.\n");
                text.push_str(match norm {
                    NormName::Layer => {
                        "normalized = F.layer_norm(x.double(), x.shape[-1:], eps=eps).float()\n"
                    }
                    NormName::Batch if state.mode == BatchMode::Eval => PYTORCH_BATCH_EVAL,
                    NormName::Batch => PYTORCH_BATCH,
                    NormName::Instance => PYTORCH_INSTANCE,
                    _ => PYTORCH_GROUP,
                });
            } else {
                if !state.evaluates() {
                    text.push_str(&moments_text(state, library));
                }
                text.push_str(library.pick(
                    "normalized = ((x - mean) / np.sqrt(variance + eps)).astype(np.float32)\n",
                    "normalized = ((x - mean) / torch.sqrt(variance + eps)).float()\n",
                ));
            }
            text
        }
    };
    let is_centred = state.norm.has_statistics() && state.norm != NormName::Rms;
    if form == Form::Centred {
        text.push_str(match (is_centred, library) {
            (false, _) => "centered = x\n",
            (true, Library::NumPy) => "centered = (x - mean).astype(np.float32)\n",
            (true, Library::PyTorch) => "centered = (x - mean).float()\n",
        });
    }
    text.push_str(match (state.affine, state.has_beta()) {
        (true, true) => "output = gamma * normalized + beta\n",
        (true, false) => "output = gamma * normalized\n",
        _ => "output = normalized\n",
    });
    if is_masked {
        let names: &[&str] = match form {
            Form::Centred => &["centered", "normalized", "output"],
            _ => &["normalized", "output"],
        };
        for name in names {
            text.push_str(&fill(
                "{name} = {lib}.where(real, {name}, {zero})\n",
                &[
                    ("name", name),
                    ("lib", library.name()),
                    ("zero", library.pick("np.float32(0)", "torch.zeros_like(x)")),
                ],
            ));
        }
    }
    text
}

/// How many values the smallest group has.
pub fn n_values(state: &NormalizeState) -> usize {
    let lens = state.counted_lens();
    match state.norm {
        NormName::Batch => lens.sum(),
        NormName::Instance => lens.min().unwrap_or(0),
        NormName::Group => lens.min().unwrap_or(0) * (state.d_model / state.n_groups()),
        _ => state.d_model,
    }
}

/// The lines that make `mean` and `variance`.
fn moments_text(state: &NormalizeState, library: Library) -> String {
    let axes = match state.norm {
        NormName::Batch => "(0, 1)",
        NormName::Instance => "1",
        NormName::Group => "(1, 3)",
        _ => "-1",
    };
    let is_masked = state.padding && state.masked && !is_per_token(state.norm);
    let is_grouped = state.norm == NormName::Group;
    let degrees = match (state.is_unbiased(), library) {
        (false, _) => ["", "biased: divided by n"],
        (true, Library::NumPy) => [", ddof=1", "unbiased: divided by n - 1"],
        (true, Library::PyTorch) => ["", "unbiased: divided by n - 1"],
    };
    let template = match (is_masked, library) {
        (false, Library::NumPy) => NUMPY_MOMENTS,
        (false, Library::PyTorch) => PYTORCH_MOMENTS,
        (true, Library::NumPy) => NUMPY_MASKED,
        (true, Library::PyTorch) => PYTORCH_MASKED,
    };
    let mut text = String::new();
    if is_grouped {
        text.push_str("grouped = x.reshape(*x.shape[:2], groups, -1)\n");
    }
    text.push_str(&fill(
        template,
        &[
            ("x", if is_grouped { "grouped" } else { "x" }),
            (
                "real",
                if is_grouped {
                    "real[..., None]"
                } else {
                    "real"
                },
            ),
            ("axes", axes),
            ("ddof", degrees[0]),
            (
                "unbiased",
                if state.is_unbiased() { "True" } else { "False" },
            ),
            ("divided", degrees[1]),
        ],
    ));
    if is_grouped {
        text.push_str(library.pick(
            "width = x.shape[-1] // groups\n\
             mean, variance = (np.repeat(it[:, 0, :, 0], width, axis=-1)[:, None] for it in (mean, variance))\n",
            "width = x.shape[-1] // groups\n\
             mean, variance = (it[:, 0, :, 0].repeat_interleave(width, -1)[:, None] for it in (mean, variance))\n",
        ));
    }
    text
}

const NUMPY_MOMENTS: &str = "\
# In float64, or a large mean would eat up the variance.
mean = {x}.mean(axis={axes}, keepdims=True, dtype=np.float64)
variance = {x}.var(axis={axes}, keepdims=True, dtype=np.float64{ddof})  # {divided}
";
const PYTORCH_MOMENTS: &str = "\
# In float64, or a large mean would eat up the variance.
mean = {x}.double().mean({axes}, keepdim=True)
variance = {x}.double().var({axes}, unbiased={unbiased}, keepdim=True)  # {divided}
";
const NUMPY_MASKED: &str = "\
weight = np.broadcast_to({real}, {x}.shape).astype(np.float64)  # 0 where padding is left out
n = weight.sum(axis={axes}, keepdims=True)
mean = (weight * {x}).sum(axis={axes}, keepdims=True) / n
variance = (weight * ({x} - mean) ** 2).sum(axis={axes}, keepdims=True) / n  # biased
";
const PYTORCH_MASKED: &str = "\
weight = {real}.expand({x}.shape).double()  # 0 where padding is left out
n = weight.sum({axes}, keepdim=True)
mean = (weight * {x}).sum({axes}, keepdim=True) / n
variance = (weight * ({x} - mean) ** 2).sum({axes}, keepdim=True) / n  # biased
";
const NUMPY_RMS: &str = "\
mean_square = np.square(x, dtype=np.float64).mean(axis=-1, keepdims=True)
normalized = (x / np.sqrt(mean_square + eps)).astype(np.float32)
";
const PYTORCH_RMS: &str = "\
mean_square = x.double().square().mean(-1, keepdim=True)
normalized = (x / torch.sqrt(mean_square + eps)).float()
";
const PYTORCH_BATCH: &str = "\
features_second = x.double().transpose(1, 2)  # as BatchNorm1d has them: (batch, d_model, seq_len)
normalized = F.batch_norm(features_second, None, None, training=True, eps=eps).transpose(1, 2).float()
";
const PYTORCH_BATCH_EVAL: &str = "\
features_second = x.double().transpose(1, 2)  # as BatchNorm1d has them: (batch, d_model, seq_len)
normalized = F.batch_norm(features_second, mean, variance, eps=eps).transpose(1, 2).float()
";
const PYTORCH_INSTANCE: &str = "\
features_second = x.double().transpose(1, 2)  # as InstanceNorm1d has them: (batch, d_model, seq_len)
normalized = F.instance_norm(features_second, eps=eps).transpose(1, 2).float()
";
const PYTORCH_GROUP: &str = "\
features_second = x.double().transpose(1, 2)  # as GroupNorm has them: (batch, d_model, seq_len)
normalized = F.group_norm(features_second, groups, eps=eps).transpose(1, 2).float()
";
const TOO_FEW: &str = "\
# Batch norm in training needs more than one value per feature: PyTorch's stops with an error here.
mean = float(\"nan\")
normalized = x * mean
";

/// The running statistics as they are.
pub fn running_text(
    scene: &mut NormalizeScene,
    state: &NormalizeState,
    library: Library,
) -> String {
    let statistics = scene.running(state);
    let mut text = String::new();
    for (name, values) in [
        ("mean", &statistics.mean),
        ("variance", &statistics.variance),
    ] {
        text.push_str(name);
        text.push_str(library.pick(" = np.array([\n", " = torch.tensor([\n"));
        for line in values.chunks(PER_LINE) {
            let numbers: Vec<_> = line.iter().map(number_text).collect();
            text.push_str("    ");
            text.push_str(&numbers.join(", "));
            text.push_str(",\n");
        }
        text.push_str(library.pick("])\n", "], dtype=torch.float64)\n"));
    }
    text
}

/// How many 64-bit numbers stand in a line.
const PER_LINE: usize = 4;
