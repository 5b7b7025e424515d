//! Tokens in space: as they come, and at the stage that is chosen.

use std::borrow::Cow;

use figures::number::format_count;
use figures::{Figure, Table};
use maths::normalize::MOST_AXES;

use super::super::forget;
use super::super::lab::Normalize;
use super::super::phrases::{number, token_name};
use super::super::pointing::{idx_from, read_token};
use super::super::python::{Form, Part, whole};
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState, Stage};
use super::lengths::Lengths;
use super::points::{n_axes, shown_rows};
use super::space::Space;
use super::stages::stage_head;
use super::trouble::{trouble, why};
use crate::columns;
use crate::python::{Code, fill, long_list};
use crate::room::{Cell, FigureSpec, Handling, Pointing};
use crate::settings::Chosen;

/// The points before the norm and on their way through it.
pub const FIGURE: FigureSpec<Normalize> =
    FigureSpec::<Normalize>::new("normalize-geometry", "Tokens as points", scene, code)
        .height(300)
        .ignoring(|state: &mut NormalizeState| {
            forget::gradient(state);
            forget::moves(state);
        })
        .pointing(Pointing::<Normalize>::new(
            read_token,
            here,
            tip,
            "Arrow keys turn and tilt space, with Shift left and right move through the tokens.",
        ))
        .handled(Handling::Turn(NormalizeState::turn));

/// What can be said of the points.
struct Numbers {
    norm: NormName,
    d_model: usize,
    stage: Stage,
    /// The stage's symbol.
    symbol: &'static str,
    /// The selected token.
    token: usize,
    n_tokens: usize,
    n_drawn: usize,
    /// Why the selected token is not drawn, where it is not.
    missing: Option<&'static str>,
    /// Of the selected token.
    lengths: Lengths,
    /// Whether its way begins beyond the edge.
    comes_from_beyond: bool,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState, space: &Space<'_>) -> Numbers {
    let rows = shown_rows(state);
    let points = &scene.shape.geometry.stages[state.stage.idx()];
    let point = points.row(state.row() - rows.start);
    let is_missing = !point.iter().all(|it| it.is_finite());
    Numbers {
        norm: state.norm,
        d_model: state.d_model,
        stage: state.stage,
        symbol: stage_head(state.stage, state.norm, state.affine).0,
        token: state.row(),
        n_tokens: state.rows(),
        n_drawn: rows.len(),
        missing: is_missing.then(|| why(trouble(scene, state, state.row()))),
        lengths: Lengths::of(scene, state),
        comes_from_beyond: space.is_entered(),
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.place_points(state);
    let scene = &*scene;
    let kept = &scene.shape;
    let [input, space] =
        [Stage::Input, state.stage].map(|stage| Space::new(&kept.geometry, state, stage));
    let names: &[_] = if n_axes(state) < MOST_AXES {
        &["input_1", "input_2", "stage_1", "stage_2"]
    } else {
        &[
            "input_1", "input_2", "input_3", "stage_1", "stage_2", "stage_3",
        ]
    };
    let columns = names.iter().zip(&kept.coordinates);
    let selected = state.row() - shown_rows(state).start;
    let numbers = numbers(scene, state, &space);
    Figure {
        id: "normalize-geometry",
        title: Cow::Owned(title(&numbers)),
        summary: scene.with_no_numbers(words(&numbers)),
        panels: vec![input.panel(false), space.panel(true)],
        table: Table::Columns(
            columns
                .map(|(name, values)| columns::numbers(name, values))
                .collect(),
        ),
        read_rows: selected..selected + 1,
    }
}

/// The heading.
fn title(numbers: &Numbers) -> String {
    format!("Tokens as points: from x to {}", numbers.symbol)
}

/// What the points show.
fn words(numbers: &Numbers) -> String {
    let Numbers { token, symbol, .. } = numbers;
    let mut shown = if numbers.n_drawn < numbers.n_tokens {
        format!(
            "\n{} of {} tokens are drawn. ",
            format_count(numbers.n_drawn as u64),
            format_count(numbers.n_tokens as u64)
        )
    } else {
        String::new()
    };
    if numbers.d_model > MOST_AXES {
        if shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str("You see three directions of many.");
    }
    if let Some(why) = numbers.missing {
        return format!("Token {token} has no {symbol}: *{why}*.{shown}");
    }
    let way = match numbers.stage {
        Stage::Input => "",
        _ if numbers.comes_from_beyond => {
            " The line is its way from x.\nx itself lies outside of the right panel."
        }
        _ => " The line is its way from x.",
    };
    let length = number(numbers.lengths.x);
    let what = stage_words(numbers);
    format!("Token {token}: [norm|‖x‖] = {length}; {what}.{way}{shown}")
}

/// What the norm leaves of space up to the stage.
fn stage_words(numbers: &Numbers) -> String {
    let Numbers {
        d_model, lengths, ..
    } = numbers;
    match (numbers.norm, numbers.stage) {
        (_, Stage::Input) => "the input can be anywhere".to_owned(),
        (NormName::Layer, Stage::Centred) => {
            "*all points lie in one plane*, that of mean 0".to_owned()
        }
        (NormName::Layer, Stage::Normalized) => format!(
            "[x-hat|‖x̂‖] = *{}*. Where [epsilon|ε] is small, *all points lie on {} of radius √{d_model}*{}",
            number(lengths.normalized),
            match d_model {
                2 => "the two ends of a line",
                3 => "one circle",
                _ => "one sphere",
            },
            if *d_model > MOST_AXES {
                "; in this view they lie inside it"
            } else {
                ""
            }
        ),
        (NormName::Rms, Stage::Normalized) => format!(
            "‖x̂‖ = *{}*: a sphere of radius √{d_model}. The mean is still there (Σ x̂ = {})",
            number(lengths.normalized),
            number(lengths.sum)
        ),
        (NormName::Layer | NormName::Rms, Stage::Scaled) => {
            "*γ stretches the axes*: where features have different γ, a circle becomes an ellipse"
                .to_owned()
        }
        (NormName::Layer, Stage::Shifted) => format!(
            "*β shifts all of it*, also out of the plane; ‖y‖ = {}",
            number(lengths.output)
        ),
        (NormName::Rms, Stage::Shifted) => {
            format!("RMSNorm has no β; ‖y‖ = {}", number(lengths.output))
        }
        (_, Stage::Centred) => "distances from 0 stay different".to_owned(),
        _ => format!(
            "distances from 0 stay different, ‖x̂‖ = {} here",
            number(lengths.normalized)
        ),
    }
}

/// A point of space.
fn point_words(token: &str, point: &[f32]) -> String {
    let numbers: Vec<_> = point
        .iter()
        .map(|&value| number(f64::from(value)))
        .collect();
    format!("{token}: ({})", numbers.join(", "))
}

const NUMPY: &str = "\
{axes}rows = [values.reshape(-1, x.shape[-1])[{first}:{end}].astype(np.float64) for values in (x, {stage})]
result = np.concatenate([{along} for values in rows]).astype(np.float32)
";
const PYTORCH: &str = "\
{axes}rows = [values.reshape(-1, x.shape[-1])[{first}:{end}].double() for values in (x, {stage})]
result = torch.cat([{along} for values in rows]).float()
";
const AXES: &str = "\
# The directions that are drawn, as the page finds them.
axes = {array}({numbers}, dtype={lib}.float32)
axes = axes.reshape({n}, -1){wide}
";

/// The coordinates of x and of the stage at hand, (2 · axes, points).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let axes = scene.directions(state).to_vec();
    let rows = shown_rows(state);
    // A point is nowhere where one of its coordinates is no number.
    let coordinates = match scene.n_no_numbers {
        0 => "values.T",
        _ => "values.T + 0 * values.sum(-1)",
    };
    let is_centred = state.norm.has_statistics() && state.norm != NormName::Rms;
    let stage = match state.stage {
        Stage::Centred if is_centred => "x - mean",
        Stage::Input | Stage::Centred => "x",
        Stage::Scaled if state.affine => "gamma * normalized",
        Stage::Normalized | Stage::Scaled => "normalized",
        Stage::Shifted => "output",
    };
    whole(scene, state, Part::All, Form::Steps, |library| {
        let (axes_text, along) = if axes.is_empty() {
            (String::new(), coordinates)
        } else {
            let text = fill(
                AXES,
                &[
                    ("array", library.pick("np.array", "torch.tensor")),
                    ("lib", library.name()),
                    ("numbers", &long_list(&axes, axes.len())),
                    ("n", &MOST_AXES.to_string()),
                    ("wide", library.pick(".astype(np.float64)", ".double()")),
                ],
            );
            (text, "axes @ values.T")
        };
        fill(
            library.pick(NUMPY, PYTORCH),
            &[
                ("axes", &axes_text),
                ("along", along),
                ("first", &rows.start.to_string()),
                ("end", &rows.end.to_string()),
                ("stage", stage),
            ],
        )
    })
}

/// The selected token, at the stage.
fn here(state: &NormalizeState) -> Cell {
    Cell {
        panel_idx: 1,
        x: Some(state.row() as u64),
        y: Some(0),
    }
}

fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.place_points(state);
    let rows = shown_rows(state);
    let row_idx = idx_from(cell.x, state.row()).clamp(rows.start, rows.end - 1);
    let stage = if cell.panel_idx == 0 {
        Stage::Input
    } else {
        state.stage
    };
    let points = &scene.shape.geometry.stages[stage.idx()];
    let point = points.row(row_idx - rows.start).to_vec();
    point_words(&token_name(state.batch, state.seq_len, row_idx), &point)
}
