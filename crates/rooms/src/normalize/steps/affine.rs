//! γ and β of every feature as bars, to be drawn with the pointer.

use std::borrow::Cow;

use figures::{Axis, Bars, CellAxis, Cross, Figure, Head, Panel, Plot, Table};
use ndarray::ArrayView1;

use super::super::forget;
use super::super::lab::Normalize;
use super::super::per_feature::LIMITS;
use super::super::phrases::{given, subscript};
use super::super::pointing::{here_at_feature, idx_from, read_cell};
use super::super::python::affine_text;
use super::super::scales::{features, symmetric};
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::super::ways::TO_AFFINE;
use crate::columns::{indices, numbers as column};
use crate::python::{Code, fill};
use crate::room::{Cell, Drawing, FigureSpec, Handling, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-affine",
    "γ and β of each feature",
    scene,
    code,
)
.ways(&[TO_AFFINE])
.height(180)
.ignoring(|state| {
    forget::motion(state);
    NormalizeState {
        mean: state.mean,
        std: state.std,
        eps: state.eps,
        ..
    } = NormalizeState::default();
})
.handled(Handling::Draw(&DRAWING))
.pointing(Pointing::new(
    read_cell,
    here_at_feature,
    tip,
    "Left and right arrow keys move through the features, up and down change the value, Enter goes from γ to β and back.",
));

/// γ in the first panel, β in the second.
const DRAWING: Drawing<NormalizeState> = Drawing {
    draw: |state, cell, value| {
        let (has_beta, affine) = (state.has_beta(), state.affine);
        let own = match cell.panel_idx {
            0 if affine => &mut state.gamma_at,
            1 if has_beta => &mut state.beta_at,
            _ => return,
        };
        if let Some(feature) = cell.x.and_then(|x| usize::try_from(x).ok())
            && feature < state.d_model
        {
            own.draw(feature, value);
        }
    },
    value: |state, cell| {
        let feature = idx_from(cell.x, state.column());
        if cell.panel_idx == 0 {
            state.gamma_of(feature)
        } else {
            state.beta_of(feature)
        }
    },
    nudge: 0.05,
};

/// What can be said of γ and β.
struct Numbers {
    norm: NormName,
    /// The feature that is read.
    feature: usize,
    gamma: Option<Affine>,
    beta: Option<Affine>,
}

/// γ or β.
struct Affine {
    /// Of the feature that is read.
    value: f64,
    /// How many features have their own.
    n_own: usize,
}

fn numbers(state: &NormalizeState) -> Numbers {
    let feature = state.column();
    Numbers {
        norm: state.norm,
        feature,
        gamma: state.affine.then(|| Affine {
            value: state.gamma_of(feature),
            n_own: state.gamma_at.within(state.d_model).len(),
        }),
        beta: state.has_beta().then(|| Affine {
            value: state.beta_of(feature),
            n_own: state.beta_at.within(state.d_model).len(),
        }),
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let [gamma, beta] = &mut scene.steps.affine;
    fill_bars(gamma, state, NormalizeState::gamma_of);
    fill_bars(beta, state, NormalizeState::beta_of);
    let [gamma, beta] = &scene.steps.affine;
    let numbers = numbers(state);
    let (min, max) = LIMITS;
    let panels = [gamma, beta].into_iter().zip(heads(&numbers)).enumerate();
    let panels = panels.map(|(idx, (values, (symbol, note)))| {
        let plot = match no_bars(&numbers, idx) {
            Some(why) => Plot::Empty(Cow::Borrowed(why)),
            None => Plot::Bars(Bars {
                values: ArrayView1::from(&values[..]),
                cells_on: CellAxis::X,
                colours: symmetric(max),
                undefined: Cow::Borrowed(""),
            }),
        };
        Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            cross: Cross {
                x: Some(numbers.feature as u64),
                y: None,
            },
            caption: Cow::Owned(caption(&numbers, idx)),
            ..Panel::new(features("feature", state), Axis::values("", min, max), plot)
        }
    });
    let panels = panels.collect();
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels,
        table: Table::Columns(vec![
            indices("feature", state.d_model),
            column("gamma", gamma),
            column("beta", beta),
        ]),
        read_rows: numbers.feature..numbers.feature + 1,
    }
}

/// A bar for every feature.
#[allow(clippy::cast_possible_truncation)]
fn fill_bars(bars: &mut Vec<f32>, state: &NormalizeState, of: fn(&NormalizeState, usize) -> f64) {
    bars.clear();
    bars.extend((0..state.d_model).map(|feature| of(state, feature) as f32));
}

/// Symbol and note above γ and β.
fn heads(numbers: &Numbers) -> [(&'static str, &'static str); 2] {
    let gamma = match numbers.gamma {
        Some(_) => "scale of each feature",
        None => "none",
    };
    let beta = match numbers.beta {
        Some(_) => "shift of each feature",
        None => "none",
    };
    [("γ", gamma), ("β", beta)]
}

/// Why there is no γ (0) or β (1); `None` where there is.
fn no_bars(numbers: &Numbers, panel_idx: usize) -> Option<&'static str> {
    match (&numbers.gamma, &numbers.beta) {
        (None, _) => Some("switched off"),
        (_, None) if panel_idx == 1 => Some("RMSNorm has no β"),
        _ => None,
    }
}

/// γ or β of the feature that is read.
fn caption(numbers: &Numbers, panel_idx: usize) -> String {
    let (symbol, affine) = match panel_idx {
        0 => ("γ", &numbers.gamma),
        _ => ("β", &numbers.beta),
    };
    affine.as_ref().map_or_else(String::new, |affine| {
        let k = subscript(numbers.feature);
        format!("{symbol}{k} = {}", given(affine.value))
    })
}

/// What γ and β show.
fn summary(numbers: &Numbers) -> String {
    let Some(gamma) = &numbers.gamma else {
        return "γ and β are *switched off*: y = x̂.".to_owned();
    };
    let gamma = own(gamma.n_own);
    let Some(beta) = &numbers.beta else {
        return format!("*Draw on the bars* to change γ, and watch y. γ is {gamma}.");
    };
    let beta = own(beta.n_own);
    let undone = if numbers.norm == NormName::Layer {
        " All tokens share them, so they can undo the norm for one token but not for two."
    } else {
        ""
    };
    format!(
        "*Draw on the bars* to change γ and β, and watch y.{undone}\nγ is {gamma}, β is {beta}."
    )
}

/// How many features have their own.
fn own(n_own: usize) -> String {
    match n_own {
        0 => "the same for all features".to_owned(),
        1 => "its own for 1 feature".to_owned(),
        _ => format!("its own for {n_own} features"),
    }
}

/// γ and β of a feature; β where there is one.
fn tip_words(feature: usize, gamma: f64, beta: Option<f64>) -> String {
    let beta = beta.map_or_else(String::new, |beta| format!(", β = {}", given(beta)));
    format!("feature {feature}: γ = {}{beta}", given(gamma))
}

/// γ and β of every feature, (2, d_model).
fn code(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let (gamma, beta) = (&state.gamma_at, &state.beta_at);
    let (has_gamma, has_beta) = (state.affine, state.has_beta());
    Code::for_both(|library| {
        let mut text = fill(
            "import {module}\n\n",
            &[("module", library.pick("numpy as np", "torch"))],
        );
        for (name, common, missing, own, is_there) in [
            ("gamma", state.gamma, 1.0, gamma, has_gamma),
            ("beta", state.beta, 0.0, beta, has_beta),
        ] {
            let own = own.within(if is_there { state.d_model } else { 0 });
            let common = if is_there { common } else { missing };
            text.push_str(&affine_text(name, common, own, state, library));
        }
        text.push_str("result = ");
        text.push_str(library.name());
        text.push_str(".stack([gamma, beta])\n");
        text
    })
}

fn tip(_: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    let feature = idx_from(cell.x, state.column());
    let beta = state.has_beta().then(|| state.beta_of(feature));
    tip_words(feature, state.gamma_of(feature), beta)
}
