//! NumPy and PyTorch of what every norm makes of the input at many scales.

use super::super::python::{Input, affine_text, imports, padding_text};
use super::super::state::NormalizeState;
use super::curves::{SCALE_DECADES, n_scales, n_tried};
use crate::python::{Library, fill};
use crate::settings::number_text;

const NORMS_NUMPY: &str = "
groups = {groups}


def norms(x):  # layer, rms, batch, instance, group, dyt
    by_group = x.reshape(*x.shape[:2], groups, -1)

    def over(values, axes):
        mean = values.mean(axis=axes, keepdims=True)
        variance = values.var(axis=axes, keepdims=True)  # biased
        return ((values - mean) / np.sqrt(variance + eps)).reshape(x.shape)

    rms = x / np.sqrt(np.square(x).mean(axis=-1, keepdims=True) + eps)
    batch = {batch}
    yield from (over(x, -1), rms, batch, over(x, 1), over(by_group, (1, 3)), np.tanh(alpha * x))


def outputs(x):
    for idx, normalized in enumerate(norms(x.astype(np.float64))):
        # RMSNorm has no beta.
        yield (gamma * normalized.astype(np.float32){beta}).astype(np.float32).astype(np.float64)


def change(scaled):
    pairs = zip(outputs(scaled), outputs(x))
    return [np.fmax.reduce(np.abs(new - old), axis=None, initial=0) for new, old in pairs]


";
const NORMS_PYTORCH: &str = "
groups = {groups}


def norms(x):  # layer, rms, batch, instance, group, dyt
    by_group = x.reshape(*x.shape[:2], groups, -1)

    def over(values, axes):
        mean = values.mean(axes, keepdim=True)
        variance = values.var(axes, unbiased=False, keepdim=True)
        return ((values - mean) / torch.sqrt(variance + eps)).reshape(x.shape)

    rms = x / torch.sqrt(x.square().mean(-1, keepdim=True) + eps)
    batch = {batch}
    yield from (over(x, -1), rms, batch, over(x, 1), over(by_group, (1, 3)), torch.tanh(alpha * x))


def outputs(x):
    for idx, normalized in enumerate(norms(x.double())):
        # RMSNorm has no beta.
        yield (gamma * normalized.float(){beta}).float().double()


def change(scaled):
    pairs = zip(outputs(scaled), outputs(x))
    differences = [(new - old).abs() for new, old in pairs]
    return [it.masked_fill(it.isnan(), 0).max() for it in differences]


";
const CHANGES_NUMPY: &str = "\
scales = np.logspace({first}, {last}, {n})
changes = [change((a * x.astype(np.float64) + {c}).astype(np.float32)) for a in scales]
{too_few}result = np.concatenate([scales[None], np.transpose(changes)]).astype(np.float32)
";
const CHANGES_PYTORCH: &str = "\
scales = torch.logspace({first}, {last}, {n}, dtype=torch.float64)
changes = torch.tensor([change((a * x.double() + {c}).float()) for a in scales], dtype=torch.float64)
{too_few}result = torch.cat([scales[None], changes.T]).float()
";

/// Everything from the imports to the scales and the largest change by every norm.
pub fn text(input: &Input, state: &NormalizeState, library: Library) -> String {
    let n_tried = n_tried(state);
    let has_few = n_tried * state.seq_len < 2;
    let mut text = imports(input, library, "");
    text.push_str(
        "\n# What every norm makes of a * x + c, for many scales a; batch norm as in training.\n",
    );
    text.push_str(&settings_text(state, library));
    text.push_str(&input.text(state, library));
    text.push_str(&padding_text(state, library));
    if n_tried < state.batch {
        text.push_str(&format!("x = x[:{n_tried}]\n"));
    }
    text.push_str(&norms_text(state, library, has_few));
    text.push_str(&changes_text(state, library, has_few));
    text
}

/// The lines that set γ and β, as arrays, and what else norms have.
fn settings_text(state: &NormalizeState, library: Library) -> String {
    let mut text = String::new();
    if state.affine {
        for (name, common, own) in [
            ("gamma", state.gamma, &state.gamma_at),
            ("beta", state.beta, &state.beta_at),
        ] {
            let own = own.within(state.d_model);
            text.push_str(&affine_text(name, common, own, state, library));
        }
    } else {
        text.push_str("gamma = 1\n");
    }
    text.push_str(&format!(
        "eps, alpha = {}, {}\n",
        number_text(state.eps),
        number_text(state.alpha)
    ));
    text
}

/// The lines that define `change`, of all norms.
fn norms_text(state: &NormalizeState, library: Library, has_few: bool) -> String {
    let batch = if has_few {
        "x * float(\"nan\")  # one value per feature has no variance"
    } else {
        "over(x, (0, 1))"
    };
    let beta = if state.affine {
        " + beta * (idx != 1)"
    } else {
        ""
    };
    fill(
        library.pick(NORMS_NUMPY, NORMS_PYTORCH),
        &[
            ("groups", &state.n_groups().to_string()),
            ("batch", batch),
            ("beta", beta),
        ],
    )
}

/// The lines that leave the scales and the changes.
fn changes_text(state: &NormalizeState, library: Library, has_few: bool) -> String {
    let too_few = match (has_few, library) {
        (false, _) => "",
        (true, Library::NumPy) => "changes = np.array(changes)\nchanges[:, 2] = np.nan\n",
        (true, Library::PyTorch) => "changes[:, 2] = float(\"nan\")\n",
    };
    let (first, last) = SCALE_DECADES;
    fill(
        library.pick(CHANGES_NUMPY, CHANGES_PYTORCH),
        &[
            ("first", &number_text(first)),
            ("last", &number_text(last)),
            ("n", &n_scales(state).to_string()),
            ("c", &number_text(state.shift_c)),
            ("too_few", too_few),
        ],
    )
}
