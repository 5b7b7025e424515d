//! ω′/ω by each method of scaling, and how far each pair has turned at the end.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Band, Cross, Figure, Line, Panel, Plot, Role, Rule, Table};
use maths::encode::pair_of;
use maths::scaling::{Scaling, YarnRamp, scaled_frequency};
use ndarray::{Array1, ArrayView1};

use super::super::lab::Encode;
use super::super::pointing::read_pair;
use super::super::scene::EncodeScene;
use super::super::state::{EncodeState, ScalingMethod};
use super::super::ways::ADDING;
use super::angles::{n_new, turns};
use super::kept::{Kept, N_METHODS};
use crate::columns;
use crate::python::{Code, double, fill, yarn_kept};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::number_text;

/// The figure.
pub const FIGURE: FigureSpec<Encode> = FigureSpec::<Encode>::new(
    "encode-scaling",
    "Slower waves for longer texts",
    scene,
    code,
)
.ways(ADDING)
.height(300)
.ignoring(|state| (state.dims, state.pos) = (None, None))
.pointing(Pointing::<Encode>::new(
    read_pair,
    here,
    tip,
    "Left and right arrow keys move through the pairs.",
));

/// The methods, as they are drawn.
fn methods(state: &EncodeState) -> [Scaling; N_METHODS] {
    let yarn = |ramp| Scaling::Yarn {
        factor: state.factor,
        trained_len: state.trained_len as f64,
        ramp,
    };
    [
        Scaling::None,
        state.scaling_by(ScalingMethod::Interpolation),
        state.scaling_by(ScalingMethod::Ntk),
        yarn(YarnRamp::Turns),
        yarn(YarnRamp::Pair),
    ]
}

/// What can be said of it.
struct Numbers {
    factor: f64,
    n_pairs: usize,
    /// How many pairs meet angles that training has not seen, by each method.
    n_new: [usize; N_METHODS],
    /// How far apart the vectors of neighbours are, by each method.
    neighbours: [f64; N_METHODS],
    /// The pair at which the two ramps of YaRN differ most, with ω′/ω by each; `None` where they are the same.
    ramps: Option<(usize, [f64; 2])>,
}

/// `None` where the scheme has no waves, which alone can be scaled.
fn numbers(kept: &Kept, state: &EncodeState) -> Option<Numbers> {
    let n_pairs = state.d_model / 2;
    let apart = |pair: usize| {
        let [turns, pair] = [3, 4].map(|method| f64::from(kept.ratios[method][pair]));
        (turns - pair).abs()
    };
    let most = (0..n_pairs).max_by(|&a, &b| apart(a).total_cmp(&apart(b)))?;
    let methods = methods(state);
    state.scheme.has_waves().then(|| Numbers {
        factor: state.factor,
        n_pairs,
        n_new: methods.map(|scaling| n_new(state, state.d_model, scaling)),
        neighbours: methods.map(|scaling| neighbours(state, scaling)),
        ramps: (apart(most) > 0.0005).then(|| {
            (
                most,
                [3, 4].map(|method| f64::from(kept.ratios[method][most])),
            )
        }),
    })
}

/// ‖PE(p + 1) − PE(p)‖, the same at every p: each pair turns by ω′, and the chord of that is 2 sin(ω′/2).
fn neighbours(state: &EncodeState, scaling: Scaling) -> f64 {
    let chord = |pair| {
        let omega = scaled_frequency(pair, state.d_model, state.base, scaling);
        2.0 * (omega / 2.0).sin()
    };
    let squares = (0..state.d_model / 2).map(chord).map(|chord| chord * chord);
    squares.sum::<f64>().sqrt()
}

fn update(kept: &mut Kept, state: &EncodeState) {
    let n_pairs = state.d_model / 2;
    let turns = |pair, scaling| turns(state, state.d_model, pair, scaling);
    let of_pairs = |value: &dyn Fn(usize) -> f64| -> Array1<f32> {
        (0..n_pairs).map(|pair| value(pair) as f32).collect()
    };
    let methods = methods(state);
    kept.ratios = methods.map(|scaling| {
        of_pairs(&|pair| {
            let omega = |scaling| scaled_frequency(pair, state.d_model, state.base, scaling);
            omega(scaling) / omega(Scaling::None)
        })
    });
    kept.turns = methods.map(|scaling| of_pairs(&|pair| turns(pair, scaling).asked));
    kept.seen = of_pairs(&|pair| turns(pair, Scaling::None).seen);
    let all = || kept.turns.iter().chain([&kept.seen]).flatten().copied();
    let power =
        |turns: f32, round: fn(f64) -> f64| 10_f64.powf(round(f64::from(turns).log10())) as f32;
    let lowest = all().filter(|turns| *turns > 0.0).fold(1.0, f32::min);
    let highest = all().fold(1.0, f32::max);
    let (low, high) = (power(lowest, f64::floor), power(highest, f64::ceil));
    let up_to = kept
        .seen
        .iter()
        .map(|&seen| if seen >= 1.0 { high } else { seen });
    kept.known = [Array1::from_elem(n_pairs, low), up_to.collect()];
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.limits, state);
    let kept = &scene.limits;
    let numbers = numbers(kept, state);
    let n_pairs = state.d_model / 2;
    let lines = |values: &'a [Array1<f32>; N_METHODS]| {
        let lines = METHOD_NAMES.into_iter().zip(values).enumerate();
        lines.map(|(idx, (name, values))| Line::new(name, role_of(idx), values.view()))
    };
    // An area without a curve, which would lie under that of interpolation.
    let [from, up_to] = &kept.known;
    let known = Line {
        band: Some(Band {
            min: from.view(),
            max: up_to.view(),
        }),
        ..Line::new(KNOWN_NAME, Role::Quiet, ArrayView1::from(&[]))
    };
    let ends = |values: &Array1<f32>, end: fn(f32, f32) -> f32| {
        values.iter().copied().fold(1.0, end).into()
    };
    let panel = |y, lines| Panel {
        cross: Cross {
            x: here(state).x,
            y: None,
        },
        ..Panel::new(
            Axis::cells("", "pair i", 0, n_pairs),
            y,
            if numbers.is_some() {
                Plot::Lines(lines)
            } else {
                Plot::Empty(Cow::Borrowed(NO_WAVES))
            },
        )
    };
    let turns_axis = Axis::log("turns at L′", ends(from, f32::min), ends(up_to, f32::max));
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: words(numbers.as_ref()),
        panels: vec![
            panel(
                Axis::values("ω′ / ω", 0.0, 1.05),
                lines(&kept.ratios).collect(),
            ),
            Panel {
                rules: vec![Rule {
                    at: 1.0,
                    role: Role::Edge,
                    name: Cow::Borrowed(ONE_TURN),
                }],
                ..panel(
                    turns_axis,
                    std::iter::once(known).chain(lines(&kept.turns)).collect(),
                )
            },
        ],
        table: {
            let columns = ["none", "interpolation", "ntk", "yarn", "yarn_by_pair"].into_iter();
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
    method_idx.checked_sub(1).map_or(Role::Ink, Role::Series)
}

/// The curves of the methods.
const METHOD_NAMES: [&str; N_METHODS] = [
    "none",
    "interpolation",
    "NTK-aware",
    "YaRN, ramp by turns",
    "YaRN, ramp by pair",
];

/// The area in which a curve meets no angle that training has not seen.
const KNOWN_NAME: &str = "no new angle";

/// The line from which on a wave has every angle.
const ONE_TURN: &str = "one turn";

/// Why there is nothing to scale.
const NO_WAVES: &str = "Only sinusoids and RoPE have waves.";

/// What it shows and what to notice.
fn words(numbers: Option<&Numbers>) -> String {
    let Some(numbers) = numbers else {
        return "Only sinusoids and RoPE have waves that can be *slowed down*. The files hold the frequencies that follow from base and width."
            .to_owned();
    };
    let [none, interpolation, ntk, yarn, by_pair] = numbers.n_new;
    let mut text = format!(
        "Shaded: angles that training has seen. *From one turn on, a wave has shown all of its angles.* In a text {} times as long, \
         {none} of {} waves ([pair|pairs]) reach new ones.",
        number_text(numbers.factor),
        numbers.n_pairs,
    );
    text.push_str(&format!(
        "\nWith [interpolation|interpolation] it is {interpolation}, with [ntk|NTK-aware] scaling {ntk}, with [yarn|YaRN] {}.",
        if yarn == by_pair {
            yarn.to_string()
        } else {
            format!("{yarn} by turns and {by_pair} by pair")
        },
    ));
    let [none, interpolation, ntk, yarn, by_pair] =
        numbers.neighbours.map(|apart| format_value(apart, 3));
    text.push_str(&format!(
        "\n*The vectors of neighbours are {none} apart* unscaled. With interpolation they are {interpolation} apart, NTK-aware {ntk}, YaRN {}.",
        if yarn == by_pair {
            yarn
        } else {
            format!("{yarn} by turns and {by_pair} by pair")
        },
    ));
    if let Some((pair, ratios)) = numbers.ramps {
        let [turns, by_pair] = ratios.map(|ratio| format_value(ratio, 3));
        text.push_str(&format!(
            "\nYaRN's two ramps differ most at pair {pair}. By turns (Peng et al. 2023), its [frequency|frequency] is {turns} of what it was; by the \
             pair's number (code in use), {by_pair}."
        ));
    }
    text
}

/// Numbers of a pair by all methods.
fn methods_text(numbers: [f32; N_METHODS]) -> String {
    let [none, interpolation, ntk, yarn, by_pair] =
        numbers.map(|number| format_value(number.into(), 3));
    format!(
        "unscaled {none} · interpolation {interpolation} · NTK-aware {ntk} · YaRN {yarn} by turns, {by_pair} by pair"
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
omega = none
{by_turns}yarn = (1 - kept) * none / factor + kept * none
{by_pair}yarn_by_pair = (1 - kept) * none / factor + kept * none
result = ({lib}.stack([none, interpolation, ntk, yarn, yarn_by_pair]) / none).{float}
";

/// ω′/ω by each method, (5, pairs).
fn code(_: &mut EncodeScene, state: &EncodeState) -> Code {
    // With one pair alone there is no base to change.
    let ntk = if state.d_model == 2 {
        "none"
    } else {
        "(base * factor ** (d_model / (d_model - 2))) ** exponent"
    };
    Code::for_both(|library| {
        let kept = |ramp| {
            let values = [
                ("lib", library.name()),
                ("double", double(library)),
                ("clip", "clip"),
                ("trained_len", "trained_len"),
            ];
            fill(yarn_kept(ramp), &values)
        };
        fill(
            RATIOS,
            &[
                ("by_turns", &kept(YarnRamp::Turns)),
                ("by_pair", &kept(YarnRamp::Pair)),
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
        .filter(|&pair| pair < kept.seen.len() && state.scheme.has_waves())
    else {
        return String::new();
    };
    let of_pair = |values: &[Array1<f32>; N_METHODS]| {
        methods_text(values.each_ref().map(|values| values[pair]))
    };
    if cell.panel_idx == 0 {
        format!("pair {pair}, ω′ / ω: {}", of_pair(&kept.ratios))
    } else {
        let seen = format_value(kept.seen[pair].into(), 3);
        format!(
            "pair {pair}, turns: {seen} in training · {}",
            of_pair(&kept.turns)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::scene::EncodeScene;
    use super::super::super::state::EncodeState;
    use super::{FIGURE, scene};

    #[test]
    fn what_models_run_on_is_told_from_the_paper() {
        // gpt-oss: 64 dimensions, base 150000, trained on 4096, 32 times longer.
        let state = EncodeState {
            base: 150_000.0,
            d_model: 64,
            trained_len: 4096,
            factor: 32.0,
            ..EncodeState::default()
        };
        let mut kept = EncodeScene::default();
        let said = figures::plain(&scene(&mut kept, &state).summary);
        assert!(
            said.contains(
                "at pair 12. By turns (Peng et al. 2023), its frequency is 0.233 of what it was; by the pair's number (code in use), 0.593."
            ),
            "{said}"
        );
        let cell = super::Cell {
            x: Some(12),
            ..super::Cell::default()
        };
        let tip = super::tip(&mut kept, &state, cell);
        assert!(tip.ends_with("YaRN 0.233 by turns, 0.593 by pair"), "{tip}");
    }

    #[test]
    fn no_curve_lies_under_another() {
        let state = EncodeState::default();
        let mut kept = EncodeScene::default();
        let figure = scene(&mut kept, &state);
        assert_eq!(figure.id, FIGURE.id);
        let said = figures::plain(&figure.summary);
        assert!(
            said.contains("33 of 64 waves (pairs) reach new ones. With interpolation it is 0, with NTK-aware scaling 32, with YaRN 0."),
            "{said}"
        );
        for panel in &figure.panels {
            let figures::Plot::Lines(lines) = &panel.plot else {
                continue;
            };
            let drawn: Vec<_> = lines
                .iter()
                .map(|line| line.values)
                .filter(|it| !it.is_empty())
                .collect();
            for (idx, a) in drawn.iter().enumerate() {
                assert!(drawn[..idx].iter().all(|b| a != b));
            }
        }
    }
}
