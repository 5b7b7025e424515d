//! The Jacobian of the selected token, how much it stretches, and what a push does.

use std::borrow::Cow;

use figures::number::bracketed;
use figures::ticks::nice_above;
use figures::{Figure, Head, Heatmap, Panel, Plot, Rows, Table, Worked};
use maths::normalize::Norm;

use super::super::forget;
use super::super::lab::Normalize;
use super::super::phrases::{n, number, number_of, subscript};
use super::super::pointing::{here_at_feature, idx_from, read_feature};
use super::super::reading::Trouble;
use super::super::scales::{features, symmetric};
use super::super::scene::NormalizeScene;
use super::super::sizes::largest;
use super::super::state::{Along, NormalizeState};
use super::super::ways::TO_MORE_TOKENS;
use super::kept::Kept;
use super::norms::{is_exact, rstd_name};
use super::nothing::{SHUT, no_gradient, undefined, unless_too_few};
use super::panels::cross;
use super::push;
use super::python::{Writer, tidy};
use super::reading::{known, share};
use super::stretch;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-gradient",
    "What each feature does to each output",
    scene,
    code,
)
.ways(&[TO_MORE_TOKENS])
.height(260)
.caption(200)
.ignoring(forget::space)
.pointing(Pointing::new(
    read_feature,
    here_at_feature,
    tip,
    "Left and right arrow keys move through the features.",
));

/// What can be said of a Jacobian and a push.
struct Numbers {
    norm: Norm,
    row_idx: usize,
    d_model: usize,
    /// Whether γ of every feature is 0.
    is_shut: bool,
    /// What the token is divided by, where it is something of its own.
    own: Option<Own>,
    /// How many factors are 0, where they are known.
    n_zero: Option<usize>,
    /// The largest size of an entry; `None` where one is no number.
    largest: Option<f64>,
    /// Where the colours end.
    reach: f64,
    push: push::Numbers,
    /// Why there is no Jacobian.
    trouble: Option<Trouble>,
}

/// What LayerNorm and RMSNorm divide a token by.
struct Own {
    /// 1/√(σ² + ε)
    rstd: f64,
    /// What is left of a push along x̂, as a share.
    along: f64,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    let part = &scene.gradient;
    let norm = state.norm_in_use();
    let largest = largest(part.jacobian.iter().map(|&entry| f64::from(entry)));
    Numbers {
        norm,
        row_idx: state.row(),
        d_model: state.d_model,
        is_shut: state.is_shut(),
        own: own(part),
        n_zero: stretch::n_zero(part),
        largest: known(largest),
        reach: reach(norm, state.d_model, largest),
        push: push::numbers(scene, state),
        trouble: scene.gradient_trouble(state),
    }
}

fn own(part: &Kept) -> Option<Own> {
    Some(Own {
        rstd: part.rstd().and_then(known)?,
        along: known(part.exact.along_normalized)?,
    })
}

/// Where the colours end: the diagonal would leave nothing of the rest.
#[allow(clippy::cast_precision_loss)]
fn reach(norm: Norm, d_model: usize, largest: f64) -> f64 {
    if is_exact(norm) {
        nice_above(largest * (4.0 / d_model as f64).min(1.0))
    } else {
        nice_above(largest)
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_push(state);
    let numbers = numbers(scene, state);
    let Numbers { norm, trouble, .. } = numbers;
    let part = &scene.gradient;
    let values = part.jacobian.view();
    let heatmap = Plot::Heatmap(Heatmap {
        values,
        rows: Rows::Down,
        colours: symmetric(numbers.reach),
        undefined: undefined(part),
        version: part.version,
    });
    let map = Panel {
        head: Head {
            symbol: Cow::Borrowed("∂y/∂x"),
            note: Cow::Borrowed("Jacobian"),
        },
        cross: cross(state),
        caption: Cow::Owned(caption(&numbers)),
        ..Panel::new(
            features("input feature", state),
            features("output feature", state),
            unless_too_few(trouble, heatmap),
        )
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary: summary(&numbers),
        panels: vec![
            map,
            stretch::panel(part, norm, trouble),
            push::panel(scene, state, &numbers.push, trouble),
        ],
        table: Table::Matrix {
            index: "output",
            first: 0,
            prefix: "input_",
            columns: (0..state.d_model).collect(),
            values,
        },
        read_rows: state.column()..state.column() + 1,
    }
}

fn title(numbers: &Numbers) -> String {
    format!(
        "What each feature of token {} does to each output",
        numbers.row_idx
    )
}

/// The range of the colours.
fn caption(numbers: &Numbers) -> String {
    let Some(largest) = numbers.largest else {
        return String::new();
    };
    let beyond = if largest > numbers.reach {
        format!(", largest {}", n(largest))
    } else {
        String::new()
    };
    format!("colours ±{}{beyond}", n(numbers.reach))
}

/// What the Jacobian and the push show.
fn summary(numbers: &Numbers) -> String {
    if let Some(trouble) = numbers.trouble {
        return no_gradient(trouble, numbers.norm).to_owned();
    }
    if numbers.is_shut {
        return format!("{SHUT}: all slopes are 0, so a push moves no output.");
    }
    let pushed = push::sentence(&numbers.push);
    let Some(Own { rstd, along }) = numbers.own else {
        let kept = match numbers.norm {
            Norm::Group { .. } => {
                "Features of different groups do not act on each other: the matrix has blocks."
            }
            _ => "Features do not act on each other: only the diagonal has colour.",
        };
        return format!("{pushed}\n{kept}");
    };
    let zeros = match numbers.n_zero {
        None => String::new(),
        Some(0) => format!(
            "\nOf {} directions, each at right angles to the others, none is lost: no [singular|singular value] is 0.",
            numbers.d_model
        ),
        Some(1) => format!(
            "\nOf {} directions, each at right angles to the others, 1 is lost: its [singular|singular value] is 0.",
            numbers.d_model
        ),
        Some(n) => format!(
            "\nOf {} directions, each at right angles to the others, {n} are lost: their [singular|singular values] are 0.",
            numbers.d_model
        ),
    };
    let scale = format!("{} = *{}*", rstd_name(numbers.norm), number(rstd));
    if along >= 1.0 {
        let kept =
            format!(" x̂ is 0 and has no direction. Every other change is multiplied by {scale}.");
        let zeros = if zeros.is_empty() { "\n" } else { &zeros };
        return match numbers.push.along {
            Along::Normalized => format!("*x̂ is 0 and has no direction.*{zeros}{kept}"),
            _ => format!("{pushed}{zeros}{kept}"),
        };
    }
    let left = if along == 0.0 {
        format!(" A change along x̂ is lost; any other is multiplied by {scale}.")
    } else {
        format!(
            " Of a change along x̂, ε leaves {} of {scale}.",
            share(along)
        )
    };
    {
        let zeros = if zeros.is_empty() {
            "\n".to_owned()
        } else {
            zeros
        };
        format!("{pushed}{zeros}{left}")
    }
}

/// An entry of the Jacobian.
struct Entry {
    norm: Norm,
    d_model: usize,
    /// Of the output and of the input.
    features: [usize; 2],
    /// x̂ of the two.
    normalized: [f64; 2],
    rstd: Option<f64>,
    /// γ of the output.
    gamma: f64,
    /// `None` where it is no number.
    value: Option<f64>,
}

/// An entry with its numbers put in.
fn entry_words(entry: &Entry) -> String {
    let [i, j] = entry.features;
    let name = format!("∂y{}/∂x{}", subscript(i), subscript(j));
    let Some(value) = entry.value.filter(|value| value.is_finite()) else {
        return format!("{name}: {}", number(entry.value));
    };
    let Some(rstd) = entry.rstd else {
        return format!("{name} = {}", n(value));
    };
    let [x_i, x_j] = entry.normalized;
    let mut worked = Worked::default();
    let given = [
        entry.gamma,
        if i == j { 1.0 } else { 0.0 },
        entry.d_model as f64,
    ];
    let [gamma, delta, d] = given.map(|value| worked.given(value));
    let [rstd, x_i, x_j, value] = [rstd, x_i, x_j, value].map(|value| worked.computed(value));
    let terms = [gamma, rstd, delta, x_i, x_j, d];
    let has_mean = entry.norm != Norm::Rms;
    worked.step(
        value,
        &terms,
        if has_mean {
            |it| it[0] * it[1] * (it[2] - 1.0 / it[5] - it[3] * it[4] / it[5])
        } else {
            |it| it[0] * it[1] * (it[2] - it[3] * it[4] / it[5])
        },
    );
    let texts = worked.texts();
    let [gamma, rstd, delta, x_i, x_j, d] = terms.map(|idx| &*texts[idx]);
    let mean = if has_mean {
        format!("1/{d} − ")
    } else {
        String::new()
    };
    format!(
        "{name} = {gamma} × {rstd} × ({delta} − {mean}{} × {} / {d}) = {}",
        bracketed(x_i),
        bracketed(x_j),
        texts[value],
    )
}

/// The change of an output.
fn change_words(feature: usize, change: Option<f64>) -> String {
    format!("Δy{} = {}", subscript(feature), number_of(change, 3))
}

/// Each output's own gradient is a row of the Jacobian.
const NUMPY: &str = "\
# A row for each output: its gradient.
result = np.stack([backward(x.astype(np.float64), one) for one in np.eye(d_model)]).astype(np.float32)
";
const PYTORCH: &str = "result = torch.autograd.functional.jacobian(forward, x.double()).float()\n";
const SHARED_NUMPY: &str = "\
# A row for each output of the token: its gradient within the token.
dy = np.zeros((d_model, batch, seq_len, d_model))
dy[range(d_model), {sample}, {token}, range(d_model)] = 1
result = np.stack([backward(x.astype(np.float64), one)[{sample}, {token}] for one in dy])
group = np.arange(d_model) // (d_model // groups)
result = np.where(group[:, None] == group, result, 0).astype(np.float32)  # other groups do not touch
";
const SHARED_PYTORCH: &str = "

def of_token(values):
    block = x.double()
    block[{sample}, {token}] = values
    return forward(block)[{sample}, {token}]


result = torch.autograd.functional.jacobian(of_token, x[{sample}, {token}].double())
group = torch.arange(d_model) // (d_model // groups)
result = result.masked_fill(group[:, None] != group, 0).float()  # other groups do not touch
";

/// ∂yᵢ/∂xⱼ of the selected token, (d_model, d_model).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let writer = Writer::new(scene, state);
    Code::for_both(|library| {
        let mut text = writer.head(library, true, false);
        text.push_str(&writer.norm(library));
        if writer.is_per_token {
            text.push_str(library.pick(NUMPY, PYTORCH));
        } else {
            text.push_str(&writer.at_token(library.pick(SHARED_NUMPY, SHARED_PYTORCH)));
        }
        tidy(text)
    })
}

/// An entry of the Jacobian, or an output's change, in numbers.
fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_push(state);
    let part = &scene.gradient;
    let [input, output] = [cell.x, cell.y].map(|number| idx_from(number, state.column()));
    let given = |value: Option<&f32>| value.and_then(|&value| known(value.into()));
    if cell.panel_idx == 2 {
        return change_words(input, given(part.push.change.get(input)));
    }
    let normalized = part.row_of(&part.trace.normalized);
    let at = |idx: usize| given(normalized.get(idx)).unwrap_or_default();
    entry_words(&Entry {
        norm: state.norm_in_use(),
        d_model: state.d_model,
        features: [output, input],
        normalized: [at(output), at(input)],
        rstd: part.rstd().and_then(known),
        gamma: state.gamma_of(output),
        value: given(part.jacobian.get((output, input))),
    })
}
