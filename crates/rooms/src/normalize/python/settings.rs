//! Lines that set γ, β, ε, what else a norm has, and where padding is.

use super::super::per_feature::PerFeature;
use super::super::state::{NormName, NormalizeState};
use crate::python::{Library, fill, list, long_list};
use crate::settings::number_text;

/// The lines that set ε and what else there is.
pub fn settings(state: &NormalizeState, library: Library) -> String {
    settings_of(state, library, &[state.norm])
}

/// The same for several norms.
pub fn settings_of(state: &NormalizeState, library: Library, norms: &[NormName]) -> String {
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
pub fn affine_text(
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
pub fn padding_text(state: &NormalizeState, library: Library) -> String {
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
