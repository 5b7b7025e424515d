//! Gradients in NumPy and PyTorch, up to where a figure goes on: by the formulas in one, by autograd in the other.

use maths::normalize::{BatchMode, Norm};

use super::super::python::{Input, Part, Source, loading, padding_text, running_text, settings};
use super::super::scene::NormalizeScene;
use super::super::state::{Incoming, NormalizeState};
use super::norms::is_per_token;
use crate::python::{Library, MOST_LITERALS, fill, long_list};
use crate::settings::number_text;

const HEAD: &str = "\
{imports}
# {title}
{settings}{input}{scale}";

const SCALE_NUMPY: &str = "x = ({a} * x.astype(np.float64) + {c}).astype(np.float32)\n";
const SCALE_PYTORCH: &str = "x = ({a} * x.double() + {c}).float()\n";

/// What dy is: after x is made.
const ONE_HOT: &str = "dy = {lib}.zeros({d_model}, dtype={lib}.float32)\ndy[{feature}] = 1\n";
const WRITTEN: &str = "dy = {array}({numbers}, dtype={lib}.float32)\n";
const LOADED: &str = "\
# So many values of noise are not written here: download the page's figure of dy and dx as NPY in the same state.
dy = {open}np.load(\"normalize-backward.npy\")[0]{close}
";

/// A norm of one token: x and dy have the shape (d_model,), all in float64.
const LAYER_NUMPY: &str = "

def backward(x, dy):
    centered = x - x.mean()
    rstd = 1 / np.sqrt(np.square(centered).mean() + eps)
    normalized, g = centered * rstd, gamma * dy
    return rstd * (g - g.mean() - normalized * (g * normalized).mean())


";
const LAYER_PYTORCH: &str = "

def forward(x):
    return gamma * F.layer_norm(x, x.shape[-1:], eps=eps)


";
const RMS_NUMPY: &str = "

def backward(x, dy):
    rstd = 1 / np.sqrt(np.square(x).mean() + eps)
    normalized, g = x * rstd, gamma * dy
    return rstd * (g - normalized * (g * normalized).mean())


";
const RMS_PYTORCH: &str = "

def forward(x):
    return gamma * x / torch.sqrt(x.square().mean() + eps)


";
const DYT_NUMPY: &str = "

def backward(x, dy):
    return gamma * dy * alpha / np.cosh(alpha * x) ** 2


";
const DYT_PYTORCH: &str = "

def forward(x):
    return gamma * torch.tanh(alpha * x)


";
const FIXED_NUMPY: &str = "

def backward(x, dy):
    return {factor} * dy


";
const FIXED_PYTORCH: &str = "

def forward(x):
    return {factor} * x


";

/// A norm that mixes tokens: x and dy have the shape (batch, seq_len, d_model), all in float64.
const SHARED_NUMPY: &str = "\
{groups}shape = (batch, seq_len, groups, d_model // groups)
axes = {axes}  # what of that shape shares a mean and a variance
{real}count = real.sum(axis=axes, keepdims=True) * (d_model // groups){spread}


def over(values):  # the mean of each group
    return (values * real).sum(axis=axes, keepdims=True) / count


def backward(x, dy):
    x, g = x.reshape(shape), (gamma * dy).reshape(shape)
    centered = x - over(x)
    rstd = 1 / np.sqrt(over(np.square(centered)) + eps)
    normalized = centered * rstd
    dx = rstd * (g - over(g) - normalized * over(g * normalized))
    return np.where(real, dx, 0).reshape(batch, seq_len, d_model)


";
const SHARED_PYTORCH: &str = "\
{groups}shape = (batch, seq_len, groups, d_model // groups)
axes = {axes}  # what of that shape shares a mean and a variance
{real}count = real.sum(axes, keepdim=True) * (d_model // groups){spread}


def over(values):  # the mean of each group
    return (values * real).sum(axes, keepdim=True) / count


def forward(x):
    centered = x.reshape(shape) - over(x.reshape(shape))
    normalized = centered / torch.sqrt(over(centered.square()) + eps)
    return gamma * normalized.masked_fill(~real, 0).reshape(batch, seq_len, d_model)


";
const ALL_REAL: &str = "real = {lib}.ones((batch, seq_len, 1, 1), dtype={bool})\n";
const GRAD_PYTORCH: &str = "\
def backward(x, dy):
    x = x.double().requires_grad_()
    return torch.autograd.grad(forward(x), x, dy.double())[0]


";

/// Never more than two empty lines, one after a comment's block of imports.
pub fn tidy(mut text: String) -> String {
    while text.contains("\n\n\n\n") {
        text = text.replace("\n\n\n\n", "\n\n\n");
    }
    text
}

/// What is the same in all figures.
pub struct Writer<'a> {
    state: &'a NormalizeState,
    norm: Norm,
    /// Whether x and dy are the token's alone.
    pub is_per_token: bool,
    is_left_out: bool,
    input: Input,
    dy: Vec<f32>,
    /// Batch norm's running statistics in NumPy and in PyTorch; empty where they are not used.
    running: [String; 2],
}

impl<'a> Writer<'a> {
    /// Takes what the code has numbers of.
    pub fn new(scene: &mut NormalizeScene, state: &'a NormalizeState) -> Self {
        let norm = state.norm_in_use();
        let is_per_token = is_per_token(norm);
        let part = if is_per_token { Part::Token } else { Part::All };
        let running = [Library::NumPy, Library::PyTorch].map(|library| {
            if state.evaluates() {
                running_text(scene, state, library)
            } else {
                String::new()
            }
        });
        Self {
            state,
            running,
            norm,
            is_per_token,
            is_left_out: state.masked && state.is_padding(state.row()),
            input: Input::new(scene, state, part),
            dy: scene.incoming(state).to_vec(),
        }
    }

    /// Everything before dx is made: x, scaled where the figure does not do it itself, the functions, and dy.
    pub fn up_to_dy(&self, library: Library, is_scaled: bool) -> String {
        let mut text = self.head(library, is_scaled, true);
        text.push_str(&self.dy(library));
        text.push_str(&self.norm(library));
        text.push_str(library.pick("", GRAD_PYTORCH));
        text.push_str(&self.spread_dy(library));
        text
    }

    /// dx of the token, from `x` and dy in float32.
    pub fn dx(&self, library: Library, x: &str) -> String {
        let mut text = match library {
            Library::NumPy => {
                format!("backward({x}.astype(np.float64), dy.astype(np.float64))")
            }
            Library::PyTorch => format!("backward({x}, dy)"),
        };
        if !self.is_per_token {
            text.push_str(&self.at_token("[{sample}, {token}]"));
        }
        text
    }

    /// Whether dy is loaded.
    fn loads_dy(&self) -> bool {
        self.state.dy == Incoming::Seeded && self.dy.len() > MOST_LITERALS
    }

    /// Imports, ε, x and γ. `has_dy` says whether dy follows.
    pub fn head(&self, library: Library, is_scaled: bool, has_dy: bool) -> String {
        let state = self.state;
        let mut imports = String::new();
        let is_zero = self.is_per_token && state.is_padding(state.row());
        let loads_x = self.input.source == Source::Loaded && !is_zero;
        let loads = loads_x || has_dy && self.loads_dy();
        if library == Library::NumPy {
            imports.push_str("import numpy as np\n");
        } else {
            imports.push_str(if loads { "import numpy as np\n" } else { "" });
            imports.push_str("import torch\n");
            if self.norm == Norm::Layer && !self.is_left_out {
                imports.push_str("import torch.nn.functional as F\n");
            }
        }
        let mut input = if is_zero {
            fill(
                "x = {lib}.zeros({d_model}, dtype={lib}.float32)  # padding\n",
                &[
                    ("lib", library.name()),
                    ("d_model", &state.d_model.to_string()),
                ],
            )
        } else {
            self.input.text(state, library)
        };
        if !input.contains("d_model =") {
            let (batch, seq_len, d_model) = (state.batch, state.seq_len, state.d_model);
            let shape = if self.is_per_token {
                format!("d_model = {d_model}\n")
            } else {
                format!("batch, seq_len, d_model = {batch}, {seq_len}, {d_model}\n")
            };
            input.insert_str(0, &shape);
        }
        let is_moved = state.scale_a != 1.0 || state.shift_c != 0.0;
        let scale = if is_scaled && is_moved && !is_zero {
            fill(
                library.pick(SCALE_NUMPY, SCALE_PYTORCH),
                &[
                    ("a", &number_text(state.scale_a)),
                    ("c", &number_text(state.shift_c)),
                ],
            )
        } else {
            String::new()
        };
        let mut settings = settings(state, library);
        if !state.affine {
            settings.push_str("gamma = 1\n");
        }
        if state.evaluates() {
            settings.push_str(&self.running[usize::from(library == Library::PyTorch)]);
        }
        fill(
            HEAD,
            &[
                ("imports", &imports),
                ("title", title(self.norm)),
                ("settings", &settings),
                ("input", &input),
                ("scale", &scale),
            ],
        )
    }

    /// dy of the selected token.
    fn dy(&self, library: Library) -> String {
        let template = match self.state.dy {
            Incoming::OneHot => ONE_HOT,
            Incoming::Seeded if self.loads_dy() => LOADED,
            Incoming::Seeded => WRITTEN,
        };
        fill(
            template,
            &[
                loading(library).as_slice(),
                &[
                    ("d_model", &self.state.d_model.to_string()),
                    ("feature", &self.state.column().to_string()),
                    ("numbers", &long_list(&self.dy, self.state.d_model)),
                ],
            ]
            .concat(),
        )
    }

    /// The functions of the norm.
    pub fn norm(&self, library: Library) -> String {
        if self.is_left_out && self.is_per_token {
            let template = library.pick(FIXED_NUMPY, FIXED_PYTORCH);
            return fill(template, &[("factor", "0")]);
        }
        let (template, factor) = match self.norm {
            Norm::Layer => (library.pick(LAYER_NUMPY, LAYER_PYTORCH), String::new()),
            Norm::Rms => (library.pick(RMS_NUMPY, RMS_PYTORCH), String::new()),
            Norm::DyT { .. } => (library.pick(DYT_NUMPY, DYT_PYTORCH), String::new()),
            Norm::None => (library.pick(FIXED_NUMPY, FIXED_PYTORCH), "gamma".to_owned()),
            Norm::Batch(BatchMode::Eval) => (
                library.pick(FIXED_NUMPY, FIXED_PYTORCH),
                "gamma / (variance + eps) ** 0.5".to_owned(),
            ),
            Norm::Batch(BatchMode::Train) | Norm::Instance | Norm::Group { .. } => {
                return self.shared(library);
            }
        };
        fill(template, &[("factor", &factor)])
    }

    /// The functions of a norm that mixes tokens.
    fn shared(&self, library: Library) -> String {
        let state = self.state;
        let is_batch = matches!(self.norm, Norm::Batch(_));
        // The settings of group norm say how many.
        let groups = match self.norm {
            Norm::Group { .. } => "",
            _ => "groups = d_model\n",
        };
        let is_numpy = library == Library::NumPy;
        let mut real = padding_text(state, library);
        if state.padding {
            real.push_str("tokens = real\n");
        }
        if state.padding && state.masked {
            real.push_str("real = real[..., None]\n");
        } else {
            real.push_str(&fill(
                ALL_REAL,
                &[
                    ("lib", library.name()),
                    ("bool", library.pick("bool", "torch.bool")),
                ],
            ));
        }
        let spread = match (is_batch, is_numpy) {
            (true, true) => {
                "\ncount = np.where(count > 1, count, np.nan)  # one value has no spread"
            }
            (true, false) => {
                "\ncount = count.double().masked_fill(count < 2, float(\"nan\"))  # one value has no spread"
            }
            (false, _) => "",
        };
        fill(
            library.pick(SHARED_NUMPY, SHARED_PYTORCH),
            &[
                ("groups", groups),
                ("axes", if is_batch { "(0, 1, 3)" } else { "(1, 3)" }),
                ("real", &real),
                ("spread", spread),
            ],
        )
    }

    /// dy of the token within dy of all, which is zero elsewhere.
    fn spread_dy(&self, library: Library) -> String {
        if self.is_per_token {
            return String::new();
        }
        let template = "given, dy = dy, {lib}.zeros_like(x)\ndy[{sample}, {token}] = given\n";
        self.at_token(&template.replace("{lib}", library.name()))
    }

    /// A template with the token's place.
    pub fn at_token(&self, template: &str) -> String {
        let (row_idx, seq_len) = (self.state.row(), self.state.seq_len);
        template
            .replace("{sample}", &(row_idx / seq_len).to_string())
            .replace("{token}", &(row_idx % seq_len).to_string())
    }
}

/// What the norm is, with its source.
fn title(norm: Norm) -> &'static str {
    match norm {
        Norm::Layer => {
            "The gradient of LayerNorm on one token: Xu et al. 2019; beta drops out of it."
        }
        Norm::Rms => "The gradient of RMSNorm on one token: Zhang and Sennrich 2019.",
        Norm::Batch(BatchMode::Train) => {
            "The gradient of batch norm in training: Ioffe and Szegedy 2015, section 3; beta drops out of it."
        }
        Norm::Batch(BatchMode::Eval) => {
            "Batch norm in evaluation is a fixed factor for each feature: 1 / sqrt(running_var + eps)."
        }
        Norm::Instance => {
            "The gradient of instance norm: over the tokens of each sample; beta drops out of it."
        }
        Norm::Group { .. } => {
            "The gradient of group norm: Wu and He 2018, over tokens and a group of features; beta drops out of it."
        }
        Norm::DyT { .. } => {
            "The gradient of dynamic tanh on one token: Zhu et al. 2025; beta drops out of it."
        }
        Norm::None => "No norm: the gradient is multiplied by gamma.",
    }
}
