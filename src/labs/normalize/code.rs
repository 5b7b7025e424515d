//! Normalize's figures in NumPy and PyTorch. Here is what they share: x, the settings, and every norm; each part has
//! a file of its own.

use maths::inputs::Distribution;
use maths::normalize::BatchMode;

use super::scene::{self, NormalizeScene};
use super::state::{NormName, NormalizeState, PerFeature};
use crate::labs::code::{Code, Library, MOST_LITERALS, fill, list, long_list};
use crate::settings::number_text;

pub mod axes;
pub mod batch;
pub mod gradient;
pub mod mistakes;
pub mod shape;
pub mod steps;

/// How a norm is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Every step by itself.
    Steps,
    /// The steps, and `centered`.
    Centred,
    /// PyTorch's own function where it has one.
    Short,
}

/// What a norm is over, which numbers go into it, and where it is from.
fn source(state: &NormalizeState) -> &'static str {
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
fn is_per_token(norm: NormName) -> bool {
    !matches!(norm, NormName::Batch | NormName::Instance | NormName::Group)
}

/// Imports, settings, x, the norm, and `end`, which leaves the result. `part` is what x is, as far as the norm
/// lets one token stand alone.
fn whole(
    scene: &mut NormalizeScene,
    state: &NormalizeState,
    part: Part,
    form: Form,
    end: impl Fn(Library) -> String,
) -> Code {
    let part = if is_per_token(state.norm) && !state.padding {
        part
    } else {
        Part::All
    };
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

/// The words of a library for what is written out, and for what is read from a file.
fn loading(library: Library) -> [(&'static str, &'static str); 4] {
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

/// What the lines of a norm and x need.
fn imports(input: &Input, library: Library, norm: &str) -> String {
    let mut text = String::new();
    if input.source == Source::Repeated {
        text.push_str("from itertools import cycle, islice\n\n");
    }
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

/// The lines that set ε and what else there is.
fn settings(state: &NormalizeState, library: Library) -> String {
    settings_of(state, library, &[state.norm])
}

/// The same for several norms.
fn settings_of(state: &NormalizeState, library: Library, norms: &[NormName]) -> String {
    let has_beta = state.affine && norms.iter().any(|&norm| norm != NormName::Rms);
    let mut names = Vec::new();
    let mut numbers = Vec::new();
    let mut arrays = String::new();
    if state.affine {
        let mut own = |name: &'static str, common: f64, own: &PerFeature| {
            let entries = own.within(state.d_model);
            if entries.is_empty() {
                names.push(name);
                numbers.push(number_text(common));
                return;
            }
            arrays.push_str(&affine_text(name, common, entries, state, library));
        };
        own("gamma", state.gamma, &state.gamma_at);
        if has_beta {
            own("beta", state.beta, &state.beta_at);
        }
    }
    if norms.iter().any(|norm| norm.has_statistics()) {
        names.push("eps");
        numbers.push(number_text(state.eps));
    }
    if norms.contains(&NormName::DyT) {
        names.push("alpha");
        numbers.push(number_text(state.alpha));
    }
    if norms.contains(&NormName::Group) {
        names.push("groups");
        numbers.push(number_text(state.n_groups()));
    }
    let mut text = String::new();
    if !names.is_empty() {
        text.push_str(&names.join(", "));
        text.push_str(" = ");
        text.push_str(&numbers.join(", "));
        text.push('\n');
    }
    text.push_str(&arrays);
    text
}

/// γ or β as an array: the common value, then those of single features.
#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
fn affine_text(
    name: &str,
    common: f64,
    own: &[(usize, f64)],
    state: &NormalizeState,
    library: Library,
) -> String {
    let mut text = fill(
        "{name} = {lib}.full(({d_model},), {common}, dtype={lib}.float32)\n",
        &[
            ("name", name),
            ("lib", library.name()),
            ("d_model", &number_text(state.d_model)),
            ("common", &number_text(common)),
        ],
    );
    if own.is_empty() {
        return text;
    }
    let values: Vec<f32> = own.iter().map(|&(_, value)| value as f32).collect();
    let features: Vec<f32> = own.iter().map(|&(feature, _)| feature as f32).collect();
    text.push_str(&fill(
        "{name}[{features}] = {array}({values}, dtype={lib}.float32)\n",
        &[
            ("name", name),
            ("lib", library.name()),
            ("array", library.pick("np.array", "torch.tensor")),
            ("features", &lines(&features)),
            ("values", &lines(&values)),
        ],
    ));
    text
}

/// A list in as many lines as it takes.
fn lines(values: &[f32]) -> String {
    if values.len() <= SHORT {
        list(values)
    } else {
        long_list(values, values.len())
    }
}

/// How many numbers fit into one line.
const SHORT: usize = 8;

/// Where real tokens are, and zeros where there are none.
fn padding_text(state: &NormalizeState, library: Library) -> String {
    if !state.padding {
        return String::new();
    }
    #[allow(clippy::cast_precision_loss)]
    let lens: Vec<f32> = (0..state.batch)
        .map(|sample| state.real_len(sample) as f32)
        .collect();
    fill(
        "# How many tokens each sample really has; the rest is padding.\n\
         real_lens = {array}({lens})\n\
         real = ({lib}.arange(x.shape[1]) < real_lens[:, None])[..., None]\n\
         x = {lib}.where(real, x, {zero})\n",
        &[
            ("lib", library.name()),
            ("array", library.pick("np.array", "torch.tensor")),
            ("zero", library.pick("np.float32(0)", "torch.zeros_like(x)")),
            ("lens", &lines(&lens)),
        ],
    )
}

/// The lines from x to `normalized` and `output`.
fn norm_text(
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
fn n_values(state: &NormalizeState) -> usize {
    let of_sample = |sample| {
        if state.masked {
            state.real_len(sample)
        } else {
            state.seq_len
        }
    };
    let lens = (0..state.batch).map(of_sample);
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
fn running_text(scene: &mut NormalizeScene, state: &NormalizeState, library: Library) -> String {
    let statistics = scene::running(scene, state);
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

/// How much of the activations a figure shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// (batch, seq_len, d_model)
    All,
    /// The selected token, (d_model,)
    Token,
}

/// What code makes x from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// One value, everywhere the same.
    Full,
    /// All values, few enough to be written out.
    Written,
    /// The given rows, few enough to be written out, repeated over tokens and features.
    Repeated,
    /// The file of the matrix.
    Loaded,
}

/// How code makes x.
struct Input {
    source: Source,
    part: Part,
    /// The numbers that are written out.
    numbers: String,
}

impl Input {
    /// The shortest form that has the same values.
    fn new(scene: &mut NormalizeScene, state: &NormalizeState, part: Part) -> Self {
        let row_idx = state.row();
        let all = scene::input(scene, state);
        let shown = match part {
            Part::All => all,
            Part::Token => all
                .get(row_idx * state.d_model..(row_idx + 1) * state.d_model)
                .unwrap_or_default(),
        };
        let given = match part {
            Part::All => &state.values[..],
            Part::Token => {
                let idx = row_idx % state.values.len().max(1);
                state.values.get(idx..=idx).unwrap_or_default()
            }
        };
        let is_custom = state.input == Distribution::Custom;
        let has_spread = is_custom || state.input != Distribution::Constant && state.std > 0.0;
        let (source, numbers) = if !has_spread {
            (Source::Full, number_text(state.mean))
        } else if shown.len() <= MOST_LITERALS {
            (Source::Written, long_list(shown, state.d_model))
        } else if is_custom && given.iter().map(Vec::len).sum::<usize>() <= MOST_LITERALS {
            let rows: Vec<_> = given.iter().map(|row| list(row)).collect();
            (Source::Repeated, rows.join(",\n    "))
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
    fn text(&self, state: &NormalizeState, library: Library) -> String {
        let template = match (self.source, self.part) {
            (Source::Full, Part::All) => FULL,
            (Source::Full, Part::Token) => FULL_TOKEN,
            (Source::Written, Part::All) => WRITTEN,
            (Source::Written, Part::Token) => WRITTEN_TOKEN,
            (Source::Repeated, Part::All) => REPEATED,
            (Source::Repeated, Part::Token) => REPEATED_TOKEN,
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
const REPEATED: &str = "\
batch, seq_len, d_model = {batch}, {seq_len}, {d_model}
given = [
    {numbers},
]
rows = [list(islice(cycle(row), d_model)) for row in given]
x = {array}(list(islice(cycle(rows), batch * seq_len)), dtype={lib}.float32)
x = x.reshape(batch, seq_len, d_model)
";
const REPEATED_TOKEN: &str = "\
d_model = {d_model}
given = {numbers}
x = {array}(list(islice(cycle(given), d_model)), dtype={lib}.float32)
";
const LOADED: &str = "\
# The input has too many values to be written here: download the page's figure of activations as NPY in the same
# state, x is the first array in it.
x = {open}np.load(\"normalize-matrix.npy\")[0]{close}
";
const LOADED_TOKEN: &str = "\
# The input has too many values to be written here: download the page's figure of activations as NPY in the same
# state, x is the first array in it.
sample, token = {sample}, {token}
x = {open}np.load(\"normalize-matrix.npy\")[0, sample, token]{close}
";
