//! The figures of shape in NumPy and PyTorch.

use maths::normalize::MOST_AXES;

use super::super::scene::{NormalizeScene, shape as scene};
use super::super::state::{NormName, NormalizeState};
use super::{Form, Input, Part, affine_text, imports, n_values, whole};
use crate::labs::code::{Code, Library, fill, long_list};
use crate::settings::number_text;

const GEOMETRY_NUMPY: &str = "\
{axes}rows = [values.reshape(-1, x.shape[-1])[{first}:{end}].astype(np.float64) for values in (x, {stage})]
result = np.concatenate([{along} for values in rows]).astype(np.float32)
";
const GEOMETRY_PYTORCH: &str = "\
{axes}rows = [values.reshape(-1, x.shape[-1])[{first}:{end}].double() for values in (x, {stage})]
result = torch.cat([{along} for values in rows]).float()
";

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

const EPS_NUMPY: &str = "
def variance(values):
    return np.square(values{centre}).mean()


def half(value):  # as half precision has it
    return np.float64(np.float16(np.float32(value)))


curves = []
for a in np.logspace({first}, {last}, {n}):
    scaled = (a * x.astype(np.float64)).astype(np.float32)
    var = variance(scaled.astype(np.float64))
    var_half = variance(scaled.astype(np.float16).astype(np.float64))
    in_half = np.sqrt(var_half) / np.sqrt(half(half(var_half) + half(eps)))
    curves.append([a, np.sqrt(var) / np.sqrt(var + eps), np.sqrt(var) / (np.sqrt(var) + eps), in_half])
result = np.transpose(curves).astype(np.float32)
";
const EPS_PYTORCH: &str = "
def variance(values):
    return values{centre}.square().mean()


def half(value):  # as half precision has it
    return value.float().half().double()


curves = []
eps = torch.tensor(eps, dtype=torch.float64)
for a in torch.logspace({first}, {last}, {n}, dtype=torch.float64):
    scaled = (a * x.double()).float()
    var = variance(scaled.double())
    var_half = variance(scaled.half().double())
    in_half = var_half.sqrt() / half(half(var_half) + half(eps)).sqrt()
    curves.append(torch.stack([a, var.sqrt() / (var + eps).sqrt(), var.sqrt() / (var.sqrt() + eps), in_half]))
result = torch.stack(curves).T.float()
";

/// The coordinates of x and of the stage at hand, (2 · axes, points).
pub fn geometry(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let axes = scene::axes(scene, state).to_vec();
    let rows = scene::shown_rows(state);
    let is_centred = state.norm.has_statistics() && state.norm != NormName::Rms;
    let stage = match state.stage {
        1 if is_centred => "x - mean",
        0 | 1 => "x",
        3 if state.affine => "gamma * normalized",
        2 | 3 => "normalized",
        _ => "output",
    };
    whole(scene, state, Part::All, Form::Steps, |library| {
        let axes_text = if axes.is_empty() {
            String::new()
        } else {
            fill(
                "# The directions that are drawn, as the page finds them.\naxes = {array}({numbers}, dtype={lib}.float32)\naxes = axes.reshape({n}, -1){wide}\n",
                &[
                    ("array", library.pick("np.array", "torch.tensor")),
                    ("lib", library.name()),
                    ("numbers", &long_list(&axes, axes.len())),
                    ("n", &MOST_AXES.to_string()),
                    ("wide", library.pick(".astype(np.float64)", ".double()")),
                ],
            )
        };
        fill(
            library.pick(GEOMETRY_NUMPY, GEOMETRY_PYTORCH),
            &[
                ("axes", &axes_text),
                (
                    "along",
                    if axes.is_empty() {
                        "values.T"
                    } else {
                        "axes @ values.T"
                    },
                ),
                ("first", &rows.start.to_string()),
                ("end", &rows.end.to_string()),
                ("stage", stage),
            ],
        )
    })
}

/// The scales and the largest change by every norm, (7, n_scales).
pub fn invariance(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let input = Input::new(scene, state, Part::All);
    let (first, last) = scene::SCALE_DECADES;
    Code::for_both(|library| {
        let mut text = imports(&input, library, "");
        text.push_str("\n# What every norm makes of a * x + c, for many scales a; batch norm as in training.\n");
        let affine = |name, common, own| affine_text(name, common, own, state, library);
        if state.affine {
            text.push_str(&affine(
                "gamma",
                state.gamma,
                state.gamma_at.within(state.d_model),
            ));
            text.push_str(&affine(
                "beta",
                state.beta,
                state.beta_at.within(state.d_model),
            ));
        } else {
            text.push_str("gamma = 1\n");
        }
        text.push_str(&format!(
            "eps, alpha = {}, {}\n",
            number_text(state.eps),
            number_text(state.alpha)
        ));
        text.push_str(&input.text(state, library));
        if state.padding {
            text.push_str(&super::padding_text(state, library));
        }
        let n_tried = scene::n_tried(state);
        if n_tried < state.batch {
            text.push_str(&format!("x = x[:{n_tried}]\n"));
        }
        let has_few = n_tried * state.seq_len < 2;
        text.push_str(&fill(
            library.pick(NORMS_NUMPY, NORMS_PYTORCH),
            &[
                ("groups", &state.n_groups().to_string()),
                (
                    "batch",
                    if has_few {
                        "x * float(\"nan\")  # one value per feature has no variance"
                    } else {
                        "over(x, (0, 1))"
                    },
                ),
                (
                    "beta",
                    if state.affine {
                        " + beta * (idx != 1)"
                    } else {
                        ""
                    },
                ),
            ],
        ));
        text.push_str(&fill(
            library.pick(CHANGES_NUMPY, CHANGES_PYTORCH),
            &[
                ("first", &number_text(first)),
                ("last", &number_text(last)),
                ("n", &scene::n_scales(state).to_string()),
                ("c", &number_text(state.shift_c)),
                (
                    "too_few",
                    match (has_few, library) {
                        (false, _) => "",
                        (true, Library::NumPy) => {
                            "changes = np.array(changes)\nchanges[:, 2] = np.nan\n"
                        }
                        (true, Library::PyTorch) => "changes[:, 2] = float(\"nan\")\n",
                    },
                ),
            ],
        ));
        text
    })
}

/// The scales and the spread of x̂ with ε inside, outside, and in half precision, (4, n_scales).
pub fn eps(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let input = Input::new(scene, state, Part::Token);
    let (first, last) = scene::EPS_DECADES;
    Code::for_both(|library| {
        let mut text = imports(&input, library, "");
        text.push_str(
            "\n# The spread of one token after the norm, for many scales a of the input.\n",
        );
        text.push_str(&format!("eps = {}\n", number_text(state.eps)));
        text.push_str(&input.text(state, library));
        text.push_str(&fill(
            library.pick(EPS_NUMPY, EPS_PYTORCH),
            &[
                (
                    "centre",
                    match (state.norm, library) {
                        (NormName::Rms, _) => "",
                        (_, Library::NumPy) => " - values.mean()",
                        (_, Library::PyTorch) => ".sub(values.mean())",
                    },
                ),
                ("first", &number_text(first)),
                ("last", &number_text(last)),
                ("n", &scene::N_EPS_SCALES.to_string()),
            ],
        ));
        text
    })
}

/// x and y of the token that is to be restored and of another, (4, d_model), and the γ and β that restore the first.
pub fn undo(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let rows = scene::undo_rows(state);
    let at = |row_idx: usize| format!("[{}, {}]", row_idx / state.seq_len, row_idx % state.seq_len);
    let [here, other] = rows.map(at);
    let is_defined = state.norm.has_statistics()
        && (state.norm != NormName::Batch || state.evaluates() || n_values(state) > 1);
    whole(scene, state, Part::All, Form::Steps, |library| {
        let of_token = |values: &str| match library {
            Library::NumPy => format!("np.broadcast_to({values}, x.shape){here}"),
            Library::PyTorch => format!("({values}).expand(x.shape){here}"),
        };
        let root = library.pick("np.sqrt", "torch.sqrt");
        let mut text = String::new();
        if is_defined {
            text.push_str(
                "# What gamma and beta have to be to take the norm back for the first token.\n",
            );
            let spread = if state.norm == NormName::Rms {
                "mean_square"
            } else {
                "variance"
            };
            let spread = of_token(&format!("{root}({spread} + eps)"));
            text.push_str(&format!("undo_gamma = {spread}\n"));
            if state.norm != NormName::Rms {
                text.push_str(&format!("undo_beta = {}\n", of_token("mean")));
            }
        }
        text.push_str(&fill(
            "# x and y, first of that token, then of another.\nresult = {lib}.stack([x{here}, output{here}, x{other}, output{other}])\n",
            &[("lib", library.name()), ("here", &here), ("other", &other)],
        ));
        text
    })
}
