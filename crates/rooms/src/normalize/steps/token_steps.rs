//! The selected token in four steps as bars, with one feature's arithmetic in numbers.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Bars, CellAxis, Cross, Figure, Head, Panel, Plot, Role, Rule, Table};
use ndarray::ArrayView1;

use super::super::lab::Normalize;
use super::super::phrases::{counted, n, nothing, step_heads, subscript, token_name};
use super::super::pointing::{here_at_feature, idx_from, read_cell};
use super::super::python::{Form, Part, stands_alone, whole};
use super::super::reading::Trouble;
use super::super::scales::{colours, features};
use super::super::scene::NormalizeScene;
use super::super::state::{N_STEPS, NormName, NormalizeState};
use super::super::ways::TO_MORE_TOKENS;
use super::arithmetic::{Arithmetic, Texts, captions, written_out};
use super::remembered::{NOTHING_REMEMBERED, is_untrained};
use crate::columns::{indices, numbers as column};
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::number_text;

/// The figure.
pub const FIGURE: FigureSpec<Normalize> =
    FigureSpec::new("normalize-steps", "One token, step by step", scene, code)
        .ways(&[TO_MORE_TOKENS])
        .height(208)
        .pointing(Pointing::new(
            read_cell,
            here_at_feature,
            tip,
            "Left and right arrow keys move through the features.",
        ));

/// What can be said of the steps.
struct Numbers {
    batch: usize,
    seq_len: usize,
    d_model: usize,
    token: usize,
    feature: usize,
    norm: NormName,
    affine: bool,
    n_groups: usize,
    is_unbiased: bool,
    /// Whether the norm uses what it remembers of earlier batches.
    evaluates: bool,
    /// Whether there was nothing to remember.
    is_untrained: bool,
    /// How many steps are shown.
    n_shown: usize,
    /// μ as it is drawn, where it is a number.
    mean: Option<f64>,
    /// β as it is drawn, where there is one.
    beta: Option<f64>,
    /// Whether some feature has a β of its own.
    has_own_beta: bool,
    /// The largest x̂ without its sign.
    largest: f64,
    /// Of the feature that is read.
    arithmetic: Option<Arithmetic>,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    let (token, feature) = (state.row(), state.column());
    let arithmetic = Arithmetic::at(scene, state, token, feature);
    let mean = arithmetic.as_ref().map_or(0.0, |it| it.reading.mean);
    let has_mean = state.norm.has_statistics() && state.norm != NormName::Rms;
    let [_, _, normalized, _] = scene.token_steps(token);
    Numbers {
        batch: state.batch,
        seq_len: state.seq_len,
        d_model: state.d_model,
        token,
        feature,
        norm: state.norm,
        affine: state.affine,
        n_groups: state.n_groups(),
        is_unbiased: state.is_unbiased(),
        evaluates: state.evaluates(),
        is_untrained: is_untrained(state),
        n_shown: state.shown.n_steps,
        mean: (has_mean && mean.is_finite()).then_some(mean),
        beta: state.has_beta().then(|| state.beta_of(feature)),
        has_own_beta: !state.beta_at.within(state.d_model).is_empty(),
        largest: normalized.iter().fold(0.0_f64, |largest, &value| {
            largest.max(f64::from(value.abs()))
        }),
        arithmetic,
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    let reaches = scene.update_token_steps(state);
    let scene = &*scene;
    let numbers = numbers(scene, state);
    let steps = scene.token_steps(numbers.token);
    let trouble = numbers
        .arithmetic
        .as_ref()
        .and_then(|it| it.reading.trouble);
    let has_none = steps[2].iter().all(|value| value.is_nan());
    let nothing = nothing(trouble).filter(|_| has_none);
    let moving = ArrayView1::from(&scene.steps.moving[..]);
    let heads = step_heads(numbers.norm, numbers.affine);
    let captions = numbers.arithmetic.as_ref().map(captions);
    let parts = steps
        .into_iter()
        .zip(captions.unwrap_or_default())
        .zip(rules(&numbers));
    let panels = parts.enumerate().map(|(idx, ((values, caption), rule))| {
        let is_shown = idx < numbers.n_shown;
        let plot = match nothing {
            _ if !is_shown => Plot::Empty(Cow::Borrowed(NOT_YET)),
            Some(why) if idx >= 2 => Plot::Empty(Cow::Borrowed(why)),
            _ => Plot::Bars(Bars {
                values: if idx + 1 == numbers.n_shown && !moving.is_empty() {
                    moving
                } else {
                    values
                },
                cells_on: CellAxis::X,
                colours: colours(state),
                roles: &[],
                undefined: scene.undefined(),
            }),
        };
        let label = if idx == 0 { "feature" } else { "" };
        Panel {
            head: Head {
                symbol: Cow::Borrowed(heads[idx].0),
                note: Cow::Borrowed(heads[idx].1),
            },
            cross: Cross {
                x: Some(numbers.feature as u64),
                y: None,
            },
            rules: rule.filter(|_| is_shown).into_iter().collect(),
            caption: if is_shown {
                Cow::Owned(caption)
            } else {
                Cow::Borrowed("")
            },
            ..Panel::new(
                features(label, state),
                Axis::values("", -reaches[idx], reaches[idx]),
                plot,
            )
        }
    });
    let summary = match trouble {
        Some(Trouble::NoNumber) => summary(&numbers),
        _ => scene.with_no_numbers(summary(&numbers)),
    };
    let panels = panels.collect();
    let [x, centered, normalized, output] = steps.map(|step| step.to_slice().unwrap_or_default());
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary,
        panels,
        table: Table::Columns(vec![
            indices("feature", state.d_model),
            column("x", x),
            column("centered", centered),
            column("normalized", normalized),
            column("output", output),
        ]),
        read_rows: 0..state.d_model,
    }
}

/// Where μ and β lie, in the steps that they belong to.
fn rules<'a>(numbers: &Numbers) -> [Option<Rule<'a>>; N_STEPS] {
    let rule = |at, role, name| Rule {
        at,
        role,
        name: Cow::Owned(name),
    };
    let has_mean = numbers.norm.has_statistics() && numbers.norm != NormName::Rms;
    [
        numbers
            .mean
            .map(|mean| rule(mean, Role::Mu, mean_name(numbers))),
        has_mean.then(|| rule(0.0, Role::Mu, String::new())),
        None,
        numbers
            .beta
            .map(|beta| rule(beta, Role::Beta, beta_name(numbers))),
    ]
}

/// What the mean is called where it is drawn: a feature's own, or the token's.
fn mean_name(numbers: &Numbers) -> String {
    match numbers.norm {
        NormName::Layer => "μ".to_owned(),
        _ => format!("μ{}", subscript(numbers.feature)),
    }
}

/// What the shift is called where it is drawn: a feature's own, or the common one.
fn beta_name(numbers: &Numbers) -> String {
    if numbers.has_own_beta {
        format!("β{}", subscript(numbers.feature))
    } else {
        "β".to_owned()
    }
}

/// The heading.
fn title(numbers: &Numbers) -> String {
    let name = token_name(numbers.batch, numbers.seq_len, numbers.token);
    format!("T{}, step by step", name.trim_start_matches('t'))
}

/// Stands in place of a step that is not shown yet.
const NOT_YET: &str = "not yet: Play or Step forward";

/// What the steps show.
fn summary(numbers: &Numbers) -> String {
    let Some(arithmetic) = &numbers.arithmetic else {
        return String::new();
    };
    if (1..N_STEPS).contains(&numbers.n_shown) {
        return last_step(numbers, arithmetic);
    }
    let r = &arithmetic.reading;
    match r.trouble {
        Some(Trouble::ZeroOverZero) => "All values that share a variance here are equal, so x − μ and the variance are 0. *With ε = 0, x̂ would be 0/0.* Any ε above 0 makes x̂ = 0 and y = β.".to_owned(),
        Some(Trouble::TooFew) => "Batch norm in training needs *at least two values per feature*: one value is its own mean, and x̂ would always be 0.".to_owned(),
        Some(Trouble::NoNumber) if !r.x.is_finite() => "x is missing, NaN or infinite here, so there is *nothing to normalise*. All values that share its mean and variance are hatched as well.".to_owned(),
        Some(Trouble::NoNumber) => "Another value with the same mean and variance *is NaN or infinite*, and so are this mean and this variance.".to_owned(),
        Some(Trouble::Padding) => "There is *no token* here: padding is left out and stays 0.".to_owned(),
        None => all_steps(numbers, arithmetic),
    }
}

/// The step that is shown last, where more follow.
fn last_step(numbers: &Numbers, arithmetic: &Arithmetic) -> String {
    let n_shown = numbers.n_shown;
    let done = match (n_shown, numbers.norm) {
        (1, _) => "the token *as it comes*",
        (2, NormName::Rms | NormName::DyT | NormName::None) => "*the mean stays*",
        (2, _) => "*minus the mean μ*, so that the bars lie around 0",
        (_, NormName::DyT) => "*bent by tanh*",
        (_, NormName::None) => "*x stays as it is*",
        _ => "*divided by the spread σ*, so that every token has the same",
    };
    let feature = numbers.feature;
    let steps = written_out(arithmetic);
    let step = steps.get(n_shown - 1).map_or("", String::as_str);
    format!("Step {n_shown} of {N_STEPS}: {done}. Feature {feature}: {step}.")
}

/// What x is taken from and divided by, and where the feature ends.
fn all_steps(numbers: &Numbers, arithmetic: &Arithmetic) -> String {
    let r = &arithmetic.reading;
    let feature = numbers.feature;
    let Texts {
        mean,
        variance,
        eps,
        root,
        alpha,
        output,
        ..
    } = &arithmetic.texts;
    let ends = format!("Feature {feature} ends at *{output}*.");
    let std = n(r.variance.sqrt());
    if r.n_values == 1 {
        return format!("*One value is its own mean*: x − μ, σ and x̂ are 0 for any x. {ends}");
    }
    let over = match numbers.norm {
        NormName::Layer => format!("over {} [feature|features]", r.n_values),
        NormName::Rms => {
            return format!(
                "√(mean x² + ε) = *{root}* over {} features; the mean is not taken off. {ends}",
                r.n_values
            );
        }
        NormName::Batch if numbers.is_untrained => return format!("{NOTHING_REMEMBERED} {ends}"),
        NormName::Batch if numbers.evaluates => {
            return format!(
                "For feature {feature}, μ = *{mean}* and σ = *{std}* are remembered of 50 batches; √(σ² + ε) = *{root}*. {ends}"
            );
        }
        NormName::Batch => format!("over the {} tokens of all samples", r.n_values),
        NormName::Instance => format!("over the {} tokens of the sample", r.n_values),
        NormName::Group => format!(
            "over {} values ({} of each token of the sample)",
            r.n_values,
            counted(numbers.d_model / numbers.n_groups, "feature")
        ),
        NormName::DyT => {
            return format!(
                "tanh bends each value by itself (α = {alpha}), *without mean and variance*. {ends}"
            );
        }
        NormName::None => return format!("*x̂ is x*. {ends}"),
    };
    format!(
        "[mu|μ] = *{mean}* and [std|σ] = *{std}* {over}. x − μ is divided by √([variance|σ²] + [epsilon|ε]) = *{root}*. {ends}\n√(σ² + ε) = √({variance} + {eps}). {}",
        degrees(numbers, r.n_values)
    )
}

/// What σ² divides by, and what comes of it.
#[allow(clippy::cast_precision_loss)]
fn degrees(numbers: &Numbers, n_values: usize) -> String {
    let largest = n(numbers.largest);
    if !numbers.is_unbiased {
        return format!(
            "σ² divides by n = {n_values}, not n − 1. The largest [x-hat|x̂] is {largest}."
        );
    }
    let d = numbers.d_model as f64;
    format!(
        "σ² divides by n − 1 = {}, so *x̂ has variance {} instead of 1*. The largest x̂ is {largest}.",
        n_values - 1,
        format_value((d - 1.0) / d, 4),
    )
}

/// One step of a feature, in numbers.
fn tip_words(arithmetic: &Arithmetic, panel_idx: usize) -> String {
    let steps = written_out(arithmetic);
    steps.into_iter().nth(panel_idx).unwrap_or_default()
}

/// The selected token in four steps, (4, d_model).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let one = if stands_alone(state) {
        ""
    } else {
        "[:, {sample}, {token}]"
    };
    let template = format!("result = {{lib}}.stack([x, centered, normalized, output]){one}\n");
    whole(scene, state, Part::Token, Form::Centred, |library| {
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

fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let feature = idx_from(cell.x, state.column());
    Arithmetic::at(scene, state, state.row(), feature)
        .filter(|_| cell.panel_idx < state.shown.n_steps)
        .map(|arithmetic| tip_words(&arithmetic, cell.panel_idx))
        .unwrap_or_default()
}
