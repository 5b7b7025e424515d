//! The token before and after scale and shift, and every norm over all scales.

use std::borrow::Cow;

use figures::number::format_value;
use figures::ticks::nice_above;
use figures::{Axis, Bars, CellAxis, Cross, Figure, Head, Panel, Plot, Points, Role, Table};
use ndarray::{Array2, ArrayView1};

use super::super::forget;
use super::super::lab::Normalize;
use super::super::names::norm_word;
use super::super::phrases::{TOO_FEW, given, number};
use super::super::pointing::{here_at_feature, idx_from, read_feature};
use super::super::python::{Input, Part};
use super::super::reading::Trouble;
use super::super::scales::{decades, features, symmetric};
use super::super::scene::{NormalizeScene, flat};
use super::super::state::{NormName, NormalizeState};
use super::super::ways::TO_MORE_TOKENS;
use super::curves::{SCALE_DECADES, SCALES, n_tried};
use super::every_norm;
use super::kept::Curves;
use super::nothing::NOTHING;
use super::trouble::{trouble, why};
use crate::columns;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// What a norm forgets of its input.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::<Normalize>::new(
    "normalize-invariance",
    "Scale and shift: what stays?",
    scene,
    code,
)
.ways(&[TO_MORE_TOKENS])
.height(220)
.ignoring(|state: &mut NormalizeState| {
    forget::gradient(state);
    forget::space(state);
})
.pointing(Pointing::<Normalize>::new(
    read_feature,
    here_at_feature,
    tip,
    "Left and right arrow keys move through the features.",
));

/// Symbol and note of the token before and after scale and shift.
const HEADS: [(&str, &str); 2] = [("y(x)", "as it is"), ("y(a x + c)", "moved")];

/// What can be said of scale and shift.
struct Numbers {
    norm: NormName,
    /// Whether running statistics are used.
    evaluates: bool,
    scale_a: f64,
    shift_c: f64,
    moves: Moves,
    /// By how much normalising once more changes y at most.
    twice: Option<f64>,
    n_samples: usize,
    /// How many samples the curves are of.
    n_tried: usize,
}

/// What becomes of outputs.
enum Moves {
    /// There is no y(x) at all, and why.
    NoOutput(&'static str),
    /// There is no y(a x + c) at all, and why.
    NoMoved(&'static str),
    /// They differ by so much at most.
    Most(f64),
}

fn numbers(scene: &mut NormalizeScene, state: &NormalizeState) -> Numbers {
    let largest = scene.update_moved(state);
    let twice = scene.update_twice(state);
    // The first value ends the search, unless there is none.
    let is_empty = |values: &Array2<f32>| !values.iter().any(|it| it.is_finite());
    let moves = match largest {
        Some(largest) if !is_empty(&scene.trace.output) => {
            if is_empty(scene.moved_output(state)) {
                // Scaled down to nothing, or up to infinity.
                let is_divided = state.norm.has_statistics() && state.eps == 0.0;
                Moves::NoMoved(why(is_divided.then_some(Trouble::ZeroOverZero)))
            } else {
                Moves::Most(largest)
            }
        }
        _ => Moves::NoOutput(why(trouble(scene, state, state.row()))),
    };
    Numbers {
        norm: state.norm,
        evaluates: state.evaluates(),
        scale_a: state.scale_a,
        shift_c: state.shift_c,
        moves,
        twice,
        n_samples: state.batch,
        n_tried: n_tried(state),
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let numbers = numbers(scene, state);
    scene.update_curves(state);
    let scene = &*scene;
    let Curves {
        scales,
        differences,
    } = &*scene.shape.curves;
    let mut panels = token_panels(scene, state);
    panels.push(curves_panel(&scene.shape.curves));
    let mut columns = vec![columns::numbers("scale", scales)];
    columns.extend(
        NormName::COMPARED
            .into_iter()
            .zip(differences)
            .map(|(norm, values)| columns::numbers(norm.word().slug, values)),
    );
    Figure {
        id: "normalize-invariance",
        title: Cow::Borrowed("Scale and shift: what stays?"),
        summary: scene.with_no_numbers(words(&numbers)),
        panels,
        table: Table::Columns(columns),
        read_rows: 0..0,
    }
}

/// The token before and after.
fn token_panels<'a>(scene: &'a NormalizeScene, state: &'a NormalizeState) -> Vec<Panel<'a>> {
    let [_, _, output] = scene.steps();
    let row_len = state.d_model;
    let before = flat(&output)
        .get(state.row() * row_len..(state.row() + 1) * row_len)
        .unwrap_or_default();
    let after = &scene.shape.moved[..];
    let finite = before.iter().chain(after).filter(|v| v.is_finite());
    let reach = nice_above(finite.fold(0.0, |max: f64, &v| max.max(f64::from(v.abs()))));
    [before, after]
        .into_iter()
        .zip(HEADS)
        .map(|(values, (symbol, note))| Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: None,
            },
            ..Panel::new(
                features("feature", state),
                Axis::values("", -reach, reach),
                if scene.too_few.is_some() {
                    Plot::Empty(Cow::Borrowed(TOO_FEW))
                } else {
                    Plot::Bars(Bars {
                        values: ArrayView1::from(values),
                        cells_on: CellAxis::X,
                        colours: symmetric(reach),
                        roles: &[],
                        undefined: scene.undefined(),
                    })
                },
            )
        })
        .collect()
}

/// Every norm.
fn curves_panel(curves: &Curves) -> Panel<'_> {
    let is_curve = curves.scales.len() == SCALES.0;
    let sets = NormName::COMPARED
        .into_iter()
        .zip(&curves.differences)
        .enumerate()
        .map(|(idx, (norm, values))| Points {
            name: Cow::Borrowed(norm_word(norm)),
            role: Role::Series(idx),
            x: ArrayView1::from(&curves.scales[..]),
            y: ArrayView1::from(&values[..]),
            names: Cow::Borrowed(&[]),
            size: if is_curve { 0.0 } else { 4.0 },
            is_joined: is_curve,
        })
        .collect();
    let (first, last) = SCALE_DECADES;
    let x = Axis::log("input scale a", 10_f64.powf(first), 10_f64.powf(last));
    match decades(curves.differences.iter().flatten()) {
        Some((min, max)) => Panel {
            head: Head {
                symbol: Cow::Borrowed("Δy"),
                note: Cow::Borrowed("largest change"),
            },
            ..Panel::new(x, Axis::log("", min, max), Plot::Points(sets))
        },
        None => Panel::new(
            x,
            Axis::log("", 0.1, 10.0),
            Plot::Empty(Cow::Borrowed("no norm has anything to show here")),
        ),
    }
}

/// What scale and shift do, and the norm of the norm.
fn words(numbers: &Numbers) -> String {
    let by = format!(
        "a = {}, c = {}: ",
        given(numbers.scale_a),
        given(numbers.shift_c)
    );
    let twice = numbers.twice.map_or_else(String::new, |twice| {
        format!(
            "\nNormalised once more, outputs change by *{}* at most (in all tokens).",
            format_value(twice, 3)
        )
    });
    match numbers.moves {
        Moves::NoOutput(why) => format!("*There is no y to compare*: {why}."),
        Moves::NoMoved(why) => format!("{by}*there is no y(a x + c)*: {why}.{twice}"),
        Moves::Most(largest) => {
            let tried = if numbers.n_tried < numbers.n_samples {
                let n_tried = numbers.n_tried;
                format!(" The curves are of the first {n_tried} samples.")
            } else {
                String::new()
            };
            format!(
                "{by}*the outputs change by {} at most*{}{twice}{tried}",
                format_value(largest, 3),
                why_words(numbers, largest)
            )
        }
    }
}

/// Why outputs change by so much and no more.
fn why_words(numbers: &Numbers, largest: f64) -> &'static str {
    if numbers.scale_a == 1.0 && numbers.shift_c == 0.0 {
        return ". Move a and c.";
    }
    match numbers.norm {
        NormName::Layer if numbers.scale_a < 0.0 => ", because a negative a turns every sign.",
        NormName::Layer if largest > NOTHING => {
            ". LayerNorm removes a and c only while the variance is far above ε and c is not so large that digits of x are lost."
        }
        NormName::Layer => ". *LayerNorm removes scale and shift.*",
        NormName::Rms if numbers.shift_c == 0.0 => ". RMSNorm removes the scale.",
        NormName::Rms => ". RMSNorm does not remove the shift.",
        NormName::DyT | NormName::None => ", because a and c are not removed here.",
        NormName::Batch if numbers.evaluates => {
            ", because the running averages are those of the input before."
        }
        NormName::Batch | NormName::Instance | NormName::Group => {
            ". All tokens move together, so their common mean and variance remove it. *Moved alone, a token would change.*"
        }
    }
}

/// A feature's output before and after.
fn feature_words(token: usize, feature: usize, [before, after]: [Option<f64>; 2]) -> String {
    format!(
        "token {token}, feature {feature}: {} before, {} after",
        number(before),
        number(after)
    )
}

/// The scales and the largest change by every norm, (7, n_scales).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let input = Input::new(scene, state, Part::All);
    Code::for_both(|library| every_norm::text(&input, state, library))
}

fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_moved(state);
    let feature = idx_from(cell.x, state.column());
    let before = scene.trace.output.get((state.row(), feature));
    let after = scene.shape.moved.get(feature);
    let values = [before, after].map(|value| value.map(|&value| value.into()));
    feature_words(state.row(), feature, values)
}
