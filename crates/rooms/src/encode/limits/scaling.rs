//! ω′/ω by each method of scaling, and how far each pair has turned at the end.

use std::borrow::Cow;
use std::f64::consts::TAU;

use figures::number::format_value;
use figures::{Axis, Cross, Figure, Line, Panel, Plot, Role, Table};
use maths::encode::{frequency, pair_of};
use maths::scaling::scaled_frequency;
use ndarray::Array1;

use super::super::lab::Encode;
use super::super::pointing::read_pair;
use super::super::python::double;
use super::super::scene::EncodeScene;
use super::super::state::{EncodeState, ScalingMethod};
use super::kept::Kept;
use crate::columns;
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::number_text;

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-scaling",
    "Frequencies for longer contexts",
    scene,
    code,
)
.height(300)
.ignoring(|state| (state.dims, state.pos) = (None, None))
.pointing(Pointing::<Encode>::new(
    read_pair,
    here,
    tip,
    "Left and right arrow keys move through the pairs.",
));

/// The methods, as they are drawn.
const METHODS: [ScalingMethod; 4] = [
    ScalingMethod::None,
    ScalingMethod::Interpolation,
    ScalingMethod::Ntk,
    ScalingMethod::Yarn,
];

/// What can be said of it.
struct Numbers {
    /// Whether the scheme has waves, which alone can be scaled.
    has_waves: bool,
    factor: f64,
}

fn numbers(state: &EncodeState) -> Numbers {
    Numbers {
        has_waves: state.scheme.has_waves(),
        factor: state.factor,
    }
}

fn update(kept: &mut Kept, state: &EncodeState) {
    let n_pairs = state.d_model / 2;
    let omega = |pair| frequency(pair, state.d_model, state.base);
    let scaled =
        |pair, method| scaled_frequency(pair, state.d_model, state.base, state.scaling_by(method));
    kept.ratios = METHODS.map(|method| {
        let ratio = |pair| (scaled(pair, method) / omega(pair)) as f32;
        (0..n_pairs).map(ratio).collect()
    });
    let trained = state.trained_len as f64;
    let asked = trained * state.factor;
    let [none, interpolation, ntk, yarn] = METHODS.map(|method| {
        let turns = |pair| (scaled(pair, method) * asked / TAU) as f32;
        (0..n_pairs).map(turns).collect::<Array1<f32>>()
    });
    let seen = (0..n_pairs).map(|pair| (omega(pair) * trained / TAU) as f32);
    kept.turns = [seen.collect(), none, interpolation, ntk, yarn];
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.limits, state);
    let kept = &scene.limits;
    let n_pairs = state.d_model / 2;
    let ratio_lines = METHOD_NAMES.into_iter().zip(&kept.ratios).enumerate();
    let ratio_lines =
        ratio_lines.map(|(idx, (name, values))| Line::new(name, role_of(idx), values.view()));
    let names = [SEEN_NAME].into_iter().chain(METHOD_NAMES);
    let turn_lines = names.zip(&kept.turns).enumerate();
    let turn_lines = turn_lines.map(|(idx, (name, values))| {
        let role = idx.checked_sub(1).map_or(Role::Ink, role_of);
        Line::new(name, role, values.view())
    });
    let turns = || kept.turns.iter().flatten().copied();
    let lowest = turns().filter(|turns| *turns > 0.0).fold(1.0, f32::min);
    let highest = turns().fold(1.0, f32::max);
    let panel = |y, lines| Panel {
        cross: Cross {
            x: here(state).x,
            y: None,
        },
        ..Panel::new(
            Axis::cells("", "pair i", 0, n_pairs),
            y,
            if state.scheme.has_waves() {
                Plot::Lines(lines)
            } else {
                Plot::Empty(Cow::Borrowed(NO_WAVES))
            },
        )
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: words(&numbers(state)),
        panels: vec![
            panel(Axis::values("ω′ / ω", 0.0, 1.05), ratio_lines.collect()),
            panel(
                Axis::log(
                    "turns at L′",
                    10_f64.powf(f64::from(lowest).log10().floor()),
                    10_f64.powf(f64::from(highest).log10().ceil()),
                ),
                turn_lines.collect(),
            ),
        ],
        table: {
            let columns = ["none", "interpolation", "ntk", "yarn"].into_iter();
            let columns = columns
                .zip(&kept.ratios)
                .map(|(name, ratios)| columns::array(name, ratios));
            let pairs = columns::indices("pair", n_pairs);
            Table::Columns(std::iter::once(pairs).chain(columns).collect())
        },
        read_rows: 0..0,
    }
}

/// The unscaled frequencies are what the others are compared with.
fn role_of(method_idx: usize) -> Role {
    method_idx.checked_sub(1).map_or(Role::Quiet, Role::Series)
}

/// The curves of the methods.
const METHOD_NAMES: [&str; 4] = [
    "none",
    "interpolation",
    "NTK-aware",
    "YaRN (the paper's ramp)",
];

/// The curve of turns in the trained length.
const SEEN_NAME: &str = "seen in training";

/// Why there is nothing to scale.
const NO_WAVES: &str = "Only sinusoids and RoPE have frequencies.";

/// What it shows and what to notice.
fn words(numbers: &Numbers) -> String {
    if !numbers.has_waves {
        return "Only sinusoids and RoPE have frequencies that can be *scaled*. The files hold those of the base and the width."
            .to_owned();
    }
    format!(
        "For s = {}: interpolation (Chen et al. 2023) slows all pairs alike, *neighbours come s times closer*; NTK-aware scaling \
         and YaRN (Peng et al. 2023) *leave the fast pairs and slow the slow ones*. Right: where a method stays at or below what \
         was seen in training, no angle is new. YaRN is drawn with the paper's ramp; code in use often ramps by the pair's number.",
        number_text(numbers.factor)
    )
}

/// A pair's ratios by all methods but none.
fn ratios_text(pair: usize, ratios: [f32; 3]) -> String {
    let [interpolation, ntk, yarn] = ratios.map(|ratio| format_value(ratio.into(), 3));
    format!("pair {pair}, ω′ / ω: interpolation {interpolation} · NTK-aware {ntk} · YaRN {yarn}")
}

/// A pair's turns: seen in training, and by each method.
fn turns_text(pair: usize, turns: [f32; 5]) -> String {
    let [seen, none, interpolation, ntk, yarn] = turns.map(|turns| format_value(turns.into(), 3));
    format!(
        "pair {pair}, turns: {seen} in training · unscaled {none} · interpolation {interpolation} · NTK-aware {ntk} · YaRN {yarn}"
    )
}

const RATIOS: &str = "\
import {import}

# How fast each pair turns for longer contexts, as a part of how fast it turned in training
d_model, base, factor, trained_len = {d_model}, {base}, {factor}, {trained_len}
exponent = -{lib}.arange(0, d_model, 2{arange}) / d_model
none = base ** exponent
interpolation = none / factor  # Chen et al. 2023
ntk = {ntk}  # NTK-aware: Peng et al. 2023, section 3.1
kept = {lib}.clip((trained_len * none / (2 * {lib}.pi) - 1) / 31, 0, 1)
yarn = (1 - kept) * none / factor + kept * none  # with the paper's ramp: Peng et al. 2023, section 3.2
result = ({lib}.stack([none, interpolation, ntk, yarn]) / none).{float}
";

/// ω′/ω by each method, (4, pairs).
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    // With one pair alone there is no base to change.
    let ntk = if state.d_model == 2 {
        "none"
    } else {
        "(base * factor ** (d_model / (d_model - 2))) ** exponent"
    };
    Code::for_both(|library| {
        fill(
            RATIOS,
            &[
                ("import", library.pick("numpy as np", "torch")),
                ("lib", library.name()),
                ("arange", double(library)),
                ("float", library.pick("astype(np.float32)", "float()")),
                ("d_model", &state.d_model.to_string()),
                ("base", &number_text(state.base)),
                ("factor", &number_text(state.factor)),
                ("trained_len", &state.trained_len.to_string()),
                ("ntk", ntk),
            ],
        )
    })
}

fn here(state: &EncodeState) -> Cell {
    let pair = pair_of(state.dimension(), state.d_model, state.layout);
    Cell {
        x: Some(pair.idx as u64),
        ..Cell::default()
    }
}

fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let kept = &scene.limits;
    let Some(pair) = cell
        .x
        .and_then(|pair| usize::try_from(pair).ok())
        .filter(|&pair| pair < kept.turns[0].len() && state.scheme.has_waves())
    else {
        return String::new();
    };
    if cell.panel_idx == 0 {
        ratios_text(pair, [1, 2, 3].map(|idx| kept.ratios[idx][pair]))
    } else {
        turns_text(pair, [0, 1, 2, 3, 4].map(|idx| kept.turns[idx][pair]))
    }
}
