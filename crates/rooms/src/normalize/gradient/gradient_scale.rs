//! How the size of dx follows the scale of the input.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Figure, Head, Panel, Plot, Points, Role, Rule, Table};
use maths::normalize::{BatchMode, Norm, normalize, normalize_backward};
use ndarray::{ArrayView1, s};

use super::super::forget;
use super::super::lab::Normalize;
use super::super::phrases::{given, number};
use super::super::scales::{decades, log_scale};
use super::super::scene::NormalizeScene;
use super::super::sizes::length;
use super::super::state::NormalizeState;
use super::super::ways::TO_OPENING;
use super::kept::{Kept, Sizes};
use super::norms::rstd_name;
use super::nothing::{SHUT, no_gradient, unless_too_few};
use super::python::{Writer, tidy};
use super::reading::{GradientReading, share};
use super::token::{moved, rows_of, within};
use crate::columns::numbers as column;
use crate::python::{Code, fill};
use crate::room::FigureSpec;
use crate::settings::number_text;

/// How many input scales the gradient's size is drawn for.
const N_SCALES: usize = 49;

/// The powers of ten at the ends of these scales.
const DECADES: (f64, f64) = (-4.0, 2.0);

/// How many values are normalised for all of these scales together, at most, where there is a curve.
const MOST_VALUES: usize = N_SCALES << 14;

/// How many values are normalised for them in a frame, and those of at least one that is shown.
const NORMALISED_AT_ONCE: usize = 1 << 20;

/// With fewer scales there would be corners in the curve: they are shown as points.
const FEWEST_SCALES: usize = 3;

/// The part of σ² + ε up to which ten times the input are a tenth of the gradient, but for what cannot be seen.
const EPS_BENDS: f64 = 0.01;

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-gradient-scale",
    "The scale of the input, in the gradient",
    scene,
    code,
)
.ways(&[TO_OPENING])
.height(220)
.ignoring(|state| {
    forget::push(state);
    forget::space(state);
});

/// What can be said of the gradient at the scale that is chosen.
struct Numbers {
    /// a
    scale: f64,
    eps: f64,
    reading: GradientReading,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    Numbers {
        scale: state.scale_a,
        eps: state.eps,
        reading: scene.read_gradient(state),
    }
}

/// For how many scales the gradient's size is computed: fewer where the norm mixes many values.
fn n_scales(state: &NormalizeState) -> usize {
    let n_values = rows_of(state).len() * state.d_model;
    (MOST_VALUES / n_values).clamp(FEWEST_SCALES, N_SCALES)
}

impl NormalizeScene {
    /// ‖dx‖ where the input is multiplied by a scale.
    fn size_at(&self, state: &NormalizeState, scale: f64, part: &mut Kept) -> f64 {
        let Sizes {
            input,
            trace,
            gradients,
            ..
        } = &mut part.sizes;
        let spec = within(state, self.spec(state, state.norm));
        let x = self.x();
        let x = x.slice(s![rows_of(state), ..]);
        input.clone_from(&x.mapv(|x| moved(x, (scale, state.shift_c))));
        normalize(input.view(), part.seq_len, &spec, trace).ok();
        normalize_backward(input.view(), &spec, trace, part.dy.view(), gradients);
        length(&gradients.dx.row(part.row_idx))
    }

    /// The size of the gradient for every scale of the input, as far as a frame allows.
    #[allow(clippy::cast_possible_truncation)]
    fn update_sizes(&mut self, state: &NormalizeState) {
        self.update_gradient(state);
        let mut part = std::mem::take(&mut self.gradient);
        let made_from = part.of.clone().map(|mut of| {
            of.state.scale_a = NormalizeState::default().scale_a;
            of
        });
        if part.sizes.of != made_from {
            part.sizes.of = made_from;
            part.sizes.at_one = None;
            part.sizes.scales.clear();
            part.sizes.sizes.clear();
            part.sizes.falling.clear();
        }
        let n_scales = n_scales(state);
        let mut left = NORMALISED_AT_ONCE;
        while part.sizes.scales.len() < n_scales && (left > 0 || part.sizes.scales.is_empty()) {
            let idx = part.sizes.at_one.map(|_| part.sizes.scales.len());
            let scale = idx.map_or(1.0, |idx| log_scale(DECADES, idx, n_scales));
            let size = self.size_at(state, scale, &mut part);
            let sizes = &mut part.sizes;
            match sizes.at_one {
                None => sizes.at_one = Some(size),
                Some(at_one) => {
                    sizes.scales.push(scale as f32);
                    sizes.sizes.push(size as f32);
                    sizes.falling.push((at_one / scale) as f32);
                }
            }
            left = left.saturating_sub(part.sizes.input.len());
        }
        self.is_unfinished |= part.sizes.scales.len() < n_scales;
        self.gradient = part;
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_sizes(state);
    let numbers = numbers(scene, state);
    let Sizes {
        scales,
        sizes,
        falling,
        ..
    } = &scene.gradient.sizes;
    let is_curve = scales.len() == N_SCALES;
    let (first, last) = DECADES;
    let x = Axis::log("input scale a", 10_f64.powf(first), 10_f64.powf(last));
    let set = |name, role, values: &'a [f32]| Points {
        name: Cow::Borrowed(name),
        role: Role::Series(role),
        x: ArrayView1::from(&scales[..]),
        y: ArrayView1::from(values),
        names: Cow::Borrowed(&[]),
        size: if is_curve { 0.0 } else { 4.0 },
        is_joined: is_curve,
    };
    let panel = match decades(sizes.iter()) {
        Some((min, max)) => {
            let here = numbers.reading.dx_size.filter(|here| here.is_finite());
            let rule = here.map(|at| Rule {
                at,
                role: Role::Mu,
                name: Cow::Borrowed("now"),
            });
            let sets = vec![
                set("‖dx‖ at a = 1, divided by a", 1, falling),
                set("‖dx‖", 0, sizes),
            ];
            Panel {
                head: Head {
                    symbol: Cow::Borrowed("‖dx‖"),
                    note: Cow::Borrowed("the same dy, the input times a"),
                },
                rules: rule.into_iter().collect(),
                ..Panel::new(x, Axis::log("", min, max), Plot::Points(sets))
            }
        }
        None => Panel::new(
            x,
            Axis::log("", 0.1, 10.0),
            unless_too_few(
                numbers.reading.trouble,
                Plot::Empty(Cow::Borrowed(NO_SIZES)),
            ),
        ),
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels: vec![panel],
        table: Table::Columns(vec![column("scale", scales), column("dx_size", sizes)]),
        read_rows: 0..0,
    }
}

/// Why the curve is not drawn.
const NO_SIZES: &str = "the gradient is 0 everywhere, or no number";

/// What the scale of the input does.
fn summary(numbers: &Numbers) -> String {
    let reading = &numbers.reading;
    if let Some(trouble) = reading.trouble {
        return no_gradient(trouble, reading.norm).to_owned();
    }
    let now = format!(
        "At a = {}, [norm|‖dx‖] is *{}*",
        format_value(numbers.scale, 3),
        number(reading.dx_size)
    );
    if reading.is_shut {
        return format!("{now}, and so for every a: {SHUT}.");
    }
    let has_statistics = !matches!(reading.norm, Norm::DyT { .. } | Norm::None);
    if reading.dx_size == Some(0.0) && has_statistics {
        return format!("{now}: *the norm ignores this dy*.");
    }
    match reading.norm {
        Norm::Layer
        | Norm::Rms
        | Norm::Batch(BatchMode::Train)
        | Norm::Instance
        | Norm::Group { .. } => format!("{now}{}", falling_words(numbers)),
        Norm::DyT { .. } => format!(
            "{now}. *Large inputs lie where tanh is flat*: their gradient falls faster than 1/a."
        ),
        Norm::Batch(BatchMode::Eval) | Norm::None => {
            format!("{now}, *the same for every a*: the scale of the input does not count here.")
        }
    }
}

/// How the gradient falls where the norm takes the scale out again.
fn falling_words(numbers: &Numbers) -> String {
    const RULE: &str = "*Ten times the input, a tenth of the gradient*: the output stays the same, so a step of x moves it a tenth as far.";
    let reading = &numbers.reading;
    let scale = reading.rstd.map_or_else(String::new, |rstd| {
        format!(" {} is {}.", rstd_name(reading.norm), number(rstd))
    });
    let spread = match reading.norm {
        Norm::Rms => "mean x²",
        _ => "σ²",
    };
    let eps = given(numbers.eps);
    if let Some(part) = reading.eps_share.filter(|&part| part > EPS_BENDS) {
        let most = if reading.has_rstd { "" } else { "up to " };
        return format!(
            ". *ε = {eps} is {most}{} of {spread} + ε*: here the curve bends, and ten times the input leaves more than a tenth of the gradient.{}",
            share(part),
            scale.replacen(' ', "\n", 1)
        );
    }
    if numbers.eps > 0.0 {
        format!(
            ". {RULE}\nThe rule ends for inputs so small that {spread} is about ε = {eps}.{scale}"
        )
    } else {
        format!(". {RULE}\nWith ε = 0 the rule holds for the smallest inputs, too.{scale}")
    }
}

const NUMPY: &str = "\
scales = np.logspace(-4, 2, {n})
inputs = [{open}(a * x.astype(np.float64) + {c}){close}.astype(np.float32) for a in scales]
sizes = [np.linalg.norm({dx}) for scaled in inputs]
result = np.stack([scales, sizes]).astype(np.float32)
";
const PYTORCH: &str = "\
scales = torch.logspace(-4, 2, {n}, dtype=torch.float64)
inputs = [(a * x.double() + {c}).float(){pad} for a in scales]
sizes = torch.stack([{dx}.norm() for scaled in inputs])
result = torch.stack([scales, sizes]).float()
";

/// The scales and ‖dx‖ at each of them, (2, n_scales).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let writer = Writer::new(scene, state);
    // Scaled and shifted, what is beyond the end of a sample would no longer be zero.
    let [open, close, pad] = if state.padding && !writer.is_per_token {
        ["np.where(tokens, ", ", 0)", ".masked_fill(~tokens, 0)"]
    } else {
        [""; 3]
    };
    Code::for_both(|library| {
        let mut text = writer.up_to_dy(library, false);
        text.push_str(&fill(
            library.pick(NUMPY, PYTORCH),
            &[
                ("n", &n_scales(state).to_string()),
                ("c", &number_text(state.shift_c)),
                ("dx", &writer.dx(library, "scaled")),
                ("open", open),
                ("close", close),
                ("pad", pad),
            ],
        ));
        tidy(text)
    })
}
