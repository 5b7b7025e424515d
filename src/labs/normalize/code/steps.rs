//! The code of the steps: activations, histograms, one token, γ and β.

use super::super::scene::{NormalizeScene, steps as scene};
use super::super::state::{NormalizeState, Per};
use super::{Form, Part, affine_text, whole};
use crate::labs::code::{Code, Library, fill, long_list};
use crate::settings::number_text;

const NUMPY_HISTOGRAMS: &str = "\
edges = {edges}
counts = [np.histogram(values{part}, bins=edges)[0] for values in (x, normalized, output)]
result = np.stack([edges[:-1], edges[1:], *counts]).astype(np.float32)
";
const PYTORCH_HISTOGRAMS: &str = "\
edges = {edges}
counted = [values{part} for values in (x, normalized, output)]
# Only what is finite: torch.histogram counts NaN in the last bin.
counts = [torch.histogram(values[values.isfinite()], edges).hist for values in counted]
result = torch.stack([edges[:-1], edges[1:], *counts])
";

/// x, x̂ and y, (3, batch, seq_len, d_model).
pub fn matrix(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    whole(scene, state, Part::All, Form::Short, |library| {
        fill(
            "result = {lib}.stack([x, normalized, output])\n",
            &[("lib", library.name())],
        )
    })
}

/// The edges of the bins at both sides, and the counts of x, x̂ and y, (5, n_bins).
pub fn histograms(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let edges = scene::edges(scene, state).to_vec();
    let part = match state.per {
        Per::Tensor => String::new(),
        Per::Token => format!(
            "[{}, {}]",
            state.row() / state.seq_len,
            state.row() % state.seq_len
        ),
        Per::Feature => format!("[..., {}]", state.column()),
    };
    // By the steps themselves: layer_norm multiplies out (x - mean) / std, and what should be 0 may then
    // come to lie in the bin below.
    whole(scene, state, Part::All, Form::Steps, |library| {
        fill(
            library.pick(NUMPY_HISTOGRAMS, PYTORCH_HISTOGRAMS),
            &[("edges", &edges_text(&edges, library)), ("part", &part)],
        )
    })
}

/// The selected token in four steps, (4, d_model).
pub fn steps(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    whole(scene, state, Part::Token, Form::Centred, |library| {
        let stack = "{lib}.stack([x, centered, normalized, output])";
        let is_token_alone = super::is_per_token(state.norm) && !state.padding;
        let template = if is_token_alone {
            format!("result = {stack}\n")
        } else {
            format!("result = {stack}[:, {{sample}}, {{token}}]\n")
        };
        fill(
            &template,
            &[
                ("lib", library.name()),
                ("sample", &number_text(state.row() / state.seq_len)),
                ("token", &number_text(state.row() % state.seq_len)),
            ],
        )
    })
}

/// γ and β of every feature, (2, d_model).
pub fn affine(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let (gamma, beta) = (&state.gamma_at, &state.beta_at);
    let (has_gamma, has_beta) = (state.affine, state.has_beta());
    Code::for_both(|library| {
        let mut text = fill(
            "import {module}\n\n",
            &[("module", library.pick("numpy as np", "torch"))],
        );
        for (name, common, missing, own, is_there) in [
            ("gamma", state.gamma, 1.0, gamma, has_gamma),
            ("beta", state.beta, 0.0, beta, has_beta),
        ] {
            let own = own.within(if is_there { state.d_model } else { 0 });
            let common = if is_there { common } else { missing };
            text.push_str(&affine_text(name, common, own, state, library));
        }
        text.push_str("result = ");
        text.push_str(library.name());
        text.push_str(".stack([gamma, beta])\n");
        text
    })
}

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
