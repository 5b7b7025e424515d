//! dy, dx, and dx by small steps, of the selected token.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::ticks::nice_above;
use figures::{Figure, Head, Panel, Plot, Table};
use maths::normalize::{BatchMode, Norm};

use super::super::forget;
use super::super::lab::Normalize;
use super::super::phrases::{n, number, subscript};
use super::super::pointing::{here_at_feature, idx_from, read_feature};
use super::super::scene::NormalizeScene;
use super::super::sizes::largest;
use super::super::state::{Incoming, NormalizeState};
use super::super::ways::TO_MORE_TOKENS;
use super::nothing::{SHUT, no_gradient};
use super::panels::bars;
use super::python::{Writer, tidy};
use super::reading::{EPS_COUNTS, GradientReading, known, near_zero, share};
use crate::columns::{indices, numbers as column};
use crate::python::{Code, Library};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-backward",
    "The gradient, coming in and going out",
    scene,
    code,
)
.ways(&[TO_MORE_TOKENS])
.height(220)
.ignoring(|state| {
    forget::push(state);
    forget::space(state);
})
.pointing(Pointing::new(
    read_feature,
    here_at_feature,
    tip,
    "Left and right arrow keys move through the features.",
));

/// What can be said of dy and dx.
struct Numbers {
    incoming: Incoming,
    reading: GradientReading,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    Numbers {
        incoming: state.dy,
        reading: scene.read_gradient(state),
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_gradient(state);
    let numbers = numbers(scene, state);
    let part = &scene.gradient;
    let (dy, dx) = (part.row_of(&part.dy), part.row_of(&part.gradients.dx));
    let reach = |bars: &[f32]| nice_above(largest(bars.iter().map(|&value| value.into())));
    let trouble = numbers.reading.trouble;
    let [of_dy, of_dx, of_steps] = captions(&numbers.reading);
    let panel = |values, reach, trouble, (symbol, note), caption| Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol),
            note: Cow::Borrowed(note),
        },
        caption: Cow::Owned(caption),
        ..bars(("feature", values), reach, part, state, trouble)
    };
    // dy comes in from above, whatever the norm does.
    let above = panel(dy, reach(dy), None, ("dy", "comes in"), of_dy);
    let below = panel(dx, reach(dx), trouble, ("dx", "by the formula"), of_dx);
    let head = ("dx", "by small steps");
    let mut by_steps = panel(&part.by_steps, reach(dx), trouble, head, of_steps);
    if part.by_steps.is_empty() {
        by_steps.plot = Plot::Empty(Cow::Borrowed(no_small_steps(&numbers)));
    }
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary: summary(&numbers),
        panels: vec![above, below, by_steps],
        table: Table::Columns(vec![
            indices("feature", state.d_model),
            column("dy", dy),
            column("dx", dx),
        ]),
        read_rows: state.column()..state.column() + 1,
    }
}

fn title(numbers: &Numbers) -> String {
    format!(
        "The gradient of token {}, coming in and going out",
        numbers.reading.row_idx
    )
}

/// Under dy, dx and dx by steps.
fn captions(reading: &GradientReading) -> [String; 3] {
    let k = subscript(reading.feature);
    [
        format!("dy{k} = {}, ‖dy‖ = {}", n(reading.dy), n(reading.dy_size)),
        format!(
            "dx{k} = {}, ‖dx‖ = {}",
            number(reading.dx),
            number(reading.dx_size)
        ),
        reading.error.map_or_else(String::new, |error| {
            format!("largest difference {}", format_value(error, 2))
        }),
    ]
}

/// Why there is no check by small steps.
fn no_small_steps(numbers: &Numbers) -> &'static str {
    match numbers.reading.norm {
        Norm::Layer | Norm::Rms => "more than 256 features: too many to move one by one",
        _ => "checked for LayerNorm and RMSNorm",
    }
}

/// What dy and dx show.
fn summary(numbers: &Numbers) -> String {
    let reading = &numbers.reading;
    if let Some(trouble) = reading.trouble {
        return no_gradient(trouble, reading.norm).to_owned();
    }
    let row_idx = reading.row_idx;
    let incoming = match numbers.incoming {
        Incoming::Seeded => {
            format!("dy, the gradient that comes in for token {row_idx}, is random here.")
        }
        Incoming::OneHot => format!(
            "Only output {} of token {row_idx} counts in the error here.",
            reading.feature
        ),
    };
    let checked = reading.error.map_or_else(String::new, |error| {
        format!(
            "\nMoving every feature a little and measuring gives the same (difference {}).",
            format_value(error, 2)
        )
    });
    format!("{incoming} {}{checked}", taken(reading))
}

/// What the norm took off.
fn taken(reading: &GradientReading) -> String {
    let sum = near_zero(reading.dx_sum, reading);
    let along = near_zero(reading.dx_along, reading);
    let left = reading.eps_share.filter(|&share| share > EPS_COUNTS);
    match (reading.norm, left.map(share)) {
        _ if reading.is_shut => format!("{SHUT}: dx is 0."),
        (Norm::Layer, Some(left)) => format!(
            "dx, which goes out, has *mean 0* (Σ dx = {sum}). Of what dy has along x̂, *ε leaves {left}* (dx · x̂ = {along})."
        ),
        (Norm::Layer, None) => format!(
            "dx, which goes out, has *mean 0 and nothing along x̂*: Σ dx = {sum}, dx · x̂ = {along}."
        ),
        (Norm::Rms, Some(left)) => format!(
            "dx goes out. Of what dy has along x̂, *ε leaves {left}* (dx · x̂ = {along}); its mean stays (Σ dx = {sum})."
        ),
        (Norm::Rms, None) => format!(
            "dx, which goes out, has *nothing along x̂* (dx · x̂ = {along}); its mean stays (Σ dx = {sum})."
        ),
        (Norm::Batch(BatchMode::Eval) | Norm::DyT { .. } | Norm::None, _) => {
            "Each dx is its own dy times one number.".to_owned()
        }
        (Norm::Batch(BatchMode::Train) | Norm::Instance | Norm::Group { .. }, _) => {
            let reached = match reading.n_reached {
                0 => return "*No other token gets a gradient.*".to_owned(),
                1 => "1 other token gets".to_owned(),
                n => format!("{} other tokens get", format_count(n as u64)),
            };
            format!("*{reached} a gradient too*, because they share mean and variance.")
        }
    }
}

/// A feature's two gradients.
fn tip_words(feature: usize, [dy, dx]: [Option<f64>; 2]) -> String {
    format!(
        "feature {feature}: dy = {}, dx = {}",
        number(dy),
        number(dx)
    )
}

/// dy and dx, (2, d_model).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let writer = Writer::new(scene, state);
    let shown = if writer.is_per_token { "dy" } else { "given" };
    Code::for_both(|library| {
        let mut text = writer.up_to_dy(library, true);
        let dx = writer.dx(library, "x");
        text.push_str(&match library {
            Library::NumPy => {
                format!("dx = {dx}\nresult = np.stack([{shown}, dx]).astype(np.float32)\n")
            }
            Library::PyTorch => {
                format!("dx = {dx}\nresult = torch.stack([{shown}, dx]).float()\n")
            }
        });
        tidy(text)
    })
}

/// A feature's gradients in numbers.
fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_gradient(state);
    let part = &scene.gradient;
    let feature = idx_from(cell.x, state.column());
    let gradients = [&part.dy, &part.gradients.dx].map(|all| {
        let value = part.row_of(all).get(feature);
        value.and_then(|&value| known(value.into()))
    });
    tip_words(feature, gradients)
}
