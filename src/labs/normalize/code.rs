//! Normalize's figures in NumPy and PyTorch.

use maths::inputs::Distribution;

use super::scene::{self, NormalizeScene};
use super::state::NormalizeState;
use crate::labs::code::{Code, Library, MOST_LITERALS, fill, list, long_list};
use crate::settings::number_text;

pub mod gradient;

const LAYER_NORM: &str = "\
{imports}
# LayerNorm over the features of each token: Ba et al. 2016, section 3, equation 3; eps inside the root.
gamma, beta, eps = {gamma}, {beta}, {eps}
{input}
{steps}";

/// Every step by itself.
const NUMPY_STEPS: &str = "\
# In float64, or a large mean would eat up the variance.
mean = x.mean(axis=-1, keepdims=True, dtype=np.float64)
variance = x.var(axis=-1, keepdims=True, dtype=np.float64)  # biased: divided by d_model
normalized = ((x - mean) / np.sqrt(variance + eps)).astype(np.float32)
output = gamma * normalized + beta
";
const PYTORCH_STEPS: &str = "\
# In float64, or a large mean would eat up the variance.
mean = x.double().mean(-1, keepdim=True)
variance = x.double().var(-1, unbiased=False, keepdim=True)  # biased: divided by d_model
normalized = ((x - mean) / torch.sqrt(variance + eps)).float()
output = gamma * normalized + beta
";
/// By PyTorch's own function.
const PYTORCH_LAYER_NORM: &str = "\
# In float64, or a large mean would eat up the variance, which layer_norm divides by d_model (biased).
normalized = F.layer_norm(x.double(), x.shape[-1:], eps=eps).float()
output = gamma * normalized + beta  # the same as layer_norm's weight and bias
";

const NUMPY_HISTOGRAMS: &str = "\
edges = {edges}
counts = [np.histogram(values, bins=edges)[0] for values in (x, normalized, output)]
result = np.stack([edges[:-1], edges[1:], *counts]).astype(np.float32)
";
const PYTORCH_HISTOGRAMS: &str = "\
edges = {edges}
# Only what is finite: torch.histogram counts NaN in the last bin.
counts = [torch.histogram(values[values.isfinite()], edges).hist for values in (x, normalized, output)]
result = torch.stack([edges[:-1], edges[1:], *counts])
";

/// x, x̂ and y, (3, batch, seq_len, d_model).
pub fn matrix(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let input = Input::new(scene, state, Part::All);
    Code::for_both(|library| {
        let mut steps = library.pick(NUMPY_STEPS, PYTORCH_LAYER_NORM).to_owned();
        steps.push_str("result = ");
        steps.push_str(library.name());
        steps.push_str(".stack([x, normalized, output])\n");
        let functions = "import torch.nn.functional as F\n";
        layer_norm(state, library, &input, functions, &steps)
    })
}

/// The edges of the bins at both sides, and the counts of x, x̂ and y, (5, n_bins).
pub fn histograms(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let input = Input::new(scene, state, Part::All);
    let edges = scene::edges(scene, state);
    Code::for_both(|library| {
        // By the steps themselves: layer_norm multiplies out (x - mean) / std, and what should be 0 may then
        // come to lie in the bin below.
        let mut steps = library.pick(NUMPY_STEPS, PYTORCH_STEPS).to_owned();
        steps.push_str(&fill(
            library.pick(NUMPY_HISTOGRAMS, PYTORCH_HISTOGRAMS),
            &[("edges", &edges_text(edges, library))],
        ));
        layer_norm(state, library, &input, "", &steps)
    })
}

/// The selected token in four steps, (4, d_model).
pub fn steps(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let input = Input::new(scene, state, Part::Token);
    Code::for_both(|library| {
        let mut steps = library.pick(NUMPY_STEPS, PYTORCH_STEPS).to_owned();
        steps.push_str(library.pick(
            "centered = (x - mean).astype(np.float32)\nresult = np",
            "centered = (x - mean).float()\nresult = torch",
        ));
        steps.push_str(".stack([x, centered, normalized, output])\n");
        layer_norm(state, library, &input, "", &steps)
    })
}

/// The whole code: imports, settings, x, then `steps`. PyTorch also gets `functions` imported.
fn layer_norm(
    state: &NormalizeState,
    library: Library,
    input: &Input,
    functions: &str,
    steps: &str,
) -> String {
    let mut imports = String::new();
    if input.source == Source::Repeated {
        imports.push_str("from itertools import cycle, islice\n\n");
    }
    if library == Library::NumPy || input.source == Source::Loaded {
        imports.push_str("import numpy as np\n");
    }
    if library == Library::PyTorch {
        imports.push_str("import torch\n");
        imports.push_str(functions);
    }
    fill(
        LAYER_NORM,
        &[
            ("imports", &imports),
            ("gamma", &number_text(state.gamma)),
            ("beta", &number_text(state.beta)),
            ("eps", &number_text(state.eps)),
            ("input", &input.text(state, library)),
            ("steps", steps),
        ],
    )
}

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
                ("lib", library.name()),
                ("array", library.pick("np.array", "torch.tensor")),
                ("open", library.pick("", "torch.from_numpy(")),
                (
                    "close",
                    library.pick("", ")  # PyTorch reads no NPY by itself"),
                ),
                ("batch", &state.batch.to_string()),
                ("seq_len", &state.seq_len.to_string()),
                ("d_model", &state.d_model.to_string()),
                ("sample", &(row_idx / state.seq_len).to_string()),
                ("token", &(row_idx % state.seq_len).to_string()),
                ("numbers", &self.numbers),
            ],
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

/// The edges of the bins as multiples of their width where that gives the same 32-bit floats, else as they are.
fn edges_text(edges: &[f32], library: Library) -> String {
    let Some(multiples) = Multiples::of(edges) else {
        return fill(
            "{array}({edges}, dtype={lib}.float32)",
            &[
                ("array", library.pick("np.array", "torch.tensor")),
                ("lib", library.name()),
                ("edges", &long_list(edges, edges.len())),
            ],
        );
    };
    let mut scale = String::new();
    for (sign, factor) in [(" * ", multiples.count), (" / ", multiples.divisor)] {
        if factor != 1 {
            scale.push_str(sign);
            scale.push_str(&factor.to_string());
        }
    }
    fill(
        library.pick(
            "(np.arange({first}, {end}){scale}).astype(np.float32)",
            "(torch.arange({first}, {end}, dtype=torch.float64){scale}).float()",
        ),
        &[
            ("first", &multiples.first.to_string()),
            ("end", &multiples.end.to_string()),
            ("scale", &scale),
        ],
    )
}

/// Edges `multiple * count / divisor`, rounded once to 32 bits: as the bins are made.
struct Multiples {
    first: i64,
    /// One past the last.
    end: i64,
    count: i64,
    divisor: i64,
}

impl Multiples {
    /// The shortest fraction for which every edge is met exactly; none for bins narrower than a millionth.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::float_cmp
    )]
    fn of(edges: &[f32]) -> Option<Self> {
        let (&low, &high) = edges.first().zip(edges.last())?;
        let (low, high) = (f64::from(low), f64::from(high));
        let width = (high - low) / edges.len().saturating_sub(1) as f64;
        let mut divisor = 1;
        while divisor <= 1_000_000 {
            // Casts hold what is too large at the ends of i64, where no edge is met.
            let count = (width * divisor as f64).round() as i64;
            let first = (low * divisor as f64 / count as f64).round() as i64;
            let multiple = |idx: usize| first.saturating_add(idx as i64);
            let is_met = edges.iter().enumerate().all(|(idx, &edge)| {
                (multiple(idx) as f64 * count as f64 / divisor as f64) as f32 == edge
            });
            if is_met {
                return Some(
                    Self {
                        first,
                        end: multiple(edges.len()),
                        count,
                        divisor,
                    }
                    .shortened(),
                );
            }
            divisor *= 10;
        }
        None
    }

    /// 5/10 as 1/2: the quotient, and so its rounding, is the same.
    fn shortened(mut self) -> Self {
        for factor in [2, 5] {
            while self.count % factor == 0 && self.divisor % factor == 0 {
                self.count /= factor;
                self.divisor /= factor;
            }
        }
        self
    }
}
