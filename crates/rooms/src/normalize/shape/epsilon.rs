//! What ε leaves of a token's spread, over the scale of the input.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Figure, Head, Panel, Plot, Points, Role, Table};
use maths::half::round_to_f16;
use ndarray::ArrayView1;

use super::super::forget;
use super::super::lab::Normalize;
use super::super::names::norm_word;
use super::super::phrases::given;
use super::super::python::{Input, Part, imports};
use super::super::reading::Trouble;
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::eps_curves::{EPS_DECADES, N_EPS_SCALES};
use super::trouble::why;
use crate::columns;
use crate::python::{Code, Library, fill};
use crate::room::FigureSpec;
use crate::settings::number_text;

/// What small inputs lose.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::<Normalize>::new(
    "normalize-epsilon",
    "ε: what small inputs lose",
    scene,
    code,
)
.height(220)
.ignoring(|state: &mut NormalizeState| {
    forget::gradient(state);
    forget::space(state);
    forget::moves(state);
    state.feature = None;
});

/// What can be said of ε.
struct Numbers {
    norm: NormName,
    token: usize,
    /// Whether the token is made of numbers.
    is_finite: bool,
    eps: f64,
    /// ε in half precision.
    half_eps: f64,
    /// What is left at a = 1, 0.1, 0.01 and 0.001, with ε inside of the root; `None` for 0/0.
    inside: [Option<f64>; 4],
    /// The same with ε outside.
    outside: [Option<f64>; 4],
    /// At how many of the scales half precision has no value.
    n_undefined: usize,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    let kept = &scene.shape.eps;
    let shrunk = |curve: &[f32]| {
        [1.0, 0.1, 0.01, 0.001].map(|scale| {
            let left = curve.get(scale_idx(scale)).copied().map(f64::from);
            left.filter(|left| !left.is_nan())
        })
    };
    Numbers {
        norm: state.norm,
        token: state.row(),
        is_finite: scene.x().row(state.row()).iter().all(|x| x.is_finite()),
        eps: state.eps,
        half_eps: round_to_f16(state.eps),
        inside: shrunk(&kept.inside),
        outside: shrunk(&kept.outside),
        n_undefined: kept.half.iter().filter(|left| !left.is_finite()).count(),
    }
}

/// The place of a scale in the curves.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]
fn scale_idx(scale: f64) -> usize {
    let (first, last) = EPS_DECADES;
    let part = (scale.log10() - first) / (last - first);
    (part * (N_EPS_SCALES - 1) as f64).round() as usize
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_eps(state);
    let numbers = numbers(scene, state);
    let kept = &scene.shape.eps;
    let curves = [&kept.inside, &kept.outside, &kept.half];
    let sets = curves
        .into_iter()
        .zip(curve_names(&numbers))
        .enumerate()
        .map(|(idx, (values, name))| Points {
            name: Cow::Borrowed(name),
            role: Role::Series(idx),
            x: ArrayView1::from(&kept.scales[..]),
            y: ArrayView1::from(&values[..]),
            names: Cow::Borrowed(&[]),
            size: 0.0,
            is_joined: true,
        })
        .collect();
    let (first, last) = EPS_DECADES;
    let panel = Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol(&numbers)),
            note: Cow::Owned(format!("{}, token {}", norm_words(&numbers), numbers.token)),
        },
        ..Panel::new(
            Axis::log("input scale a", 10_f64.powf(first), 10_f64.powf(last)),
            Axis::values("", 0.0, 1.25),
            Plot::Points(sets),
        )
    };
    Figure {
        id: "normalize-epsilon",
        title: Cow::Owned(format!(
            "ε: what small inputs lose, by {}",
            norm_words(&numbers)
        )),
        summary: scene.with_no_numbers(words(&numbers)),
        panels: vec![panel],
        table: Table::Columns(vec![
            columns::numbers("scale", &kept.scales),
            columns::numbers("inside", &kept.inside),
            columns::numbers("outside", &kept.outside),
            columns::numbers("half", &kept.half),
        ]),
        read_rows: 0..0,
    }
}

/// The norm whose ε is shown: that of one token.
fn norm_words(numbers: &Numbers) -> &'static str {
    norm_word(match numbers.norm {
        NormName::Rms => NormName::Rms,
        _ => NormName::Layer,
    })
}

/// What is left of the token.
fn symbol(numbers: &Numbers) -> &'static str {
    match numbers.norm {
        NormName::Rms => "√(mean x̂²)",
        _ => "std x̂",
    }
}

/// The curves: inside and outside of the root, and in half precision.
fn curve_names(numbers: &Numbers) -> [&'static str; 3] {
    match numbers.norm {
        NormName::Rms => [
            "√(m + ε), m = mean x²",
            "√m + ε",
            "√(m + ε) in half precision",
        ],
        _ => ["√(σ² + ε)", "σ + ε", "√(σ² + ε) in half precision"],
    }
}

/// What ε does to small inputs.
fn words(numbers: &Numbers) -> String {
    let whose = whose_words(numbers);
    if !numbers.is_finite {
        let why = why(Some(Trouble::NoNumber));
        return format!("*There is no x̂*: {why}.{whose}");
    }
    let is_rms = numbers.norm == NormName::Rms;
    if numbers.inside.iter().all(Option::is_none) {
        let all = if is_rms { "0" } else { "equal" };
        return format!(
            "*There is no x̂*: all features of token {} are {all}, so x̂ would be 0/0. Any ε above 0 makes it 0.{whose}",
            numbers.token
        );
    }
    let [square, root] = if is_rms {
        ["mean x²", "its root"]
    } else {
        ["the [variance|variance σ²]", "σ itself"]
    };
    format!(
        "The input is made smaller: times 1, 0.1, 0.01 and 0.001. {} stays 1 at first, then falls: *{}* with ε inside the root.\nWith ε outside the root it is {}. Inside, the output shrinks once {square} is about ε; outside, once {root} is about ε.{}{whose}",
        if is_rms {
            symbol(numbers)
        } else {
            "[std|std x̂]"
        },
        left_words(numbers.inside),
        left_words(numbers.outside),
        half_words(numbers)
    )
}

/// Whose ε it is, where that is not the norm at hand.
fn whose_words(numbers: &Numbers) -> &'static str {
    match numbers.norm {
        NormName::Layer | NormName::Rms => "",
        NormName::DyT => "\ntanh has no ε; this is LayerNorm.",
        NormName::None => "\nThis is LayerNorm, for comparison.",
        NormName::Batch | NormName::Instance | NormName::Group => {
            "\nThis is LayerNorm; the chosen norm does the same with each of its σ."
        }
    }
}

/// What is left at some scales.
fn left_words(left: [Option<f64>; 4]) -> String {
    let left = left.map(|left| left.map_or_else(|| "0/0".to_owned(), |left| format_value(left, 3)));
    left.join(", ")
}

/// What half precision makes of it.
fn half_words(numbers: &Numbers) -> String {
    let Numbers {
        eps,
        half_eps,
        n_undefined,
        ..
    } = *numbers;
    if eps > 0.0 && half_eps == 0.0 {
        format!(
            " *In half precision (16 bits) ε = {} becomes 0*: its smallest number above 0 is 6e-8. At {n_undefined} of the scales drawn, x̂ is then infinite or 0/0.",
            given(eps),
        )
    } else if n_undefined > 0 {
        " In half precision (16 bits) small variances become 0, and large ones infinite.".to_owned()
    } else {
        String::new()
    }
}

const NUMPY: &str = "
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
const PYTORCH: &str = "
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

/// The scales and the spread of x̂ with ε inside, outside, and in half precision, (4, n_scales).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let input = Input::new(scene, state, Part::Token);
    let (first, last) = EPS_DECADES;
    Code::for_both(|library| {
        let mut text = imports(&input, library, "");
        text.push_str(
            "\n# The spread of one token after the norm, for many scales a of the input.\n",
        );
        text.push_str(&format!("eps = {}\n", number_text(state.eps)));
        text.push_str(&input.text(state, library));
        let centre = match (state.norm, library) {
            (NormName::Rms, _) => "",
            (_, Library::NumPy) => " - values.mean()",
            (_, Library::PyTorch) => ".sub(values.mean())",
        };
        text.push_str(&fill(
            library.pick(NUMPY, PYTORCH),
            &[
                ("centre", centre),
                ("first", &number_text(first)),
                ("last", &number_text(last)),
                ("n", &N_EPS_SCALES.to_string()),
            ],
        ));
        text
    })
}
