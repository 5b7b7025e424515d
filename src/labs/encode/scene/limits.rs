//! Beyond the trained length: what a readout makes of it, and frequencies scaled for it.

use std::borrow::Cow;
use std::f64::consts::TAU;

use figures::{Axis, Cross, Figure, Line, Panel, Plot, Role, Table};
use maths::encode::{frequency, pair_of};
use maths::extrapolate::{Extrapolation, ExtrapolationSpec};
use maths::scaling::{Scaling, scaled_frequency};
use maths::schemes::Scheme;
use ndarray::{Array1, ArrayView1};

use super::super::state::{EncodeState, Encoding, ScalingMethod};
use super::super::story::limits as story;
use super::{EncodeScene, indices, numbers, slice};
use crate::labs::Cell;

/// Columns that the readout takes at most, so that it is fitted within a frame.
const MOST_COLUMNS: usize = 256;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct Limits {
    readout: Extrapolation,
    made: u64,
    /// The true positions. (asked)
    actual: Array1<f32>,
    errors: Errors,
    /// ω′/ω by each method. (4, pairs)
    ratios: [Array1<f32>; 4],
    /// Turns of each pair at the last trained position, and by each method at the last one asked. (5, pairs)
    turns: [Array1<f32>; 5],
}

/// How far off the readout is, in positions on average; NaN where nothing is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Errors {
    /// Within the trained length.
    pub within: f64,
    /// Beyond it.
    pub beyond: f64,
    /// Positions that are asked but have no row.
    pub n_missing: usize,
}

/// L, as far as there are rows to be trained.
#[allow(clippy::cast_possible_truncation)]
pub fn trained_len(state: &EncodeState) -> usize {
    if state.scheme == Encoding::Learned {
        // At most 4096.
        state.trained_len.min(state.max_len as usize)
    } else {
        state.trained_len
    }
}

/// Columns that the readout takes.
pub fn n_columns(state: &EncodeState) -> usize {
    state.d_model.min(MOST_COLUMNS)
}

/// The scheme that is fitted, and the one that is asked.
pub fn schemes(state: &EncodeState) -> [Scheme; 2] {
    if state.scheme == Encoding::Fraction {
        // The longer text has a longer L.
        return [trained_len(state), state.asked_len()].map(|length| Scheme::Fraction {
            length: length as u64,
        });
    }
    [Scaling::None, state.scaling()].map(|scaling| state.rows_of(state.scheme, scaling))
}

fn update(limits: &mut Limits, state: &EncodeState) {
    let [trained, asked] = schemes(state);
    let trained_len = trained_len(state);
    limits.readout.update(ExtrapolationSpec {
        trained,
        asked,
        d_model: n_columns(state),
        trained_len,
        asked_len: state.asked_len(),
    });
    if limits.made == limits.readout.version() {
        return;
    }
    limits.made = limits.readout.version();
    let read = limits.readout.positions();
    #[allow(clippy::cast_precision_loss)]
    let positions = || (0..read.len()).map(|position| position as f32);
    limits.actual = positions().collect();
    let away = |range: std::ops::Range<usize>| {
        let (mut sum, mut n) = (0.0, 0.0);
        for (position, read) in positions().zip(read).skip(range.start).take(range.len()) {
            if read.is_finite() {
                sum += f64::from((read - position).abs());
                n += 1.0;
            }
        }
        sum / n
    };
    limits.errors = Errors {
        within: away(0..trained_len),
        beyond: away(trained_len..read.len().max(trained_len)),
        n_missing: read.iter().filter(|read| !read.is_finite()).count(),
    };
}

/// The position that a linear readout, fitted within the trained length, finds at each position.
#[allow(clippy::cast_precision_loss)]
pub fn extrapolate<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    update(&mut scene.limits, state);
    let limits = &scene.limits;
    let read = limits.readout.positions();
    let n = read.len();
    let (within, beyond) = read.split_at(trained_len(state).min(n));
    let names = story::READ_NAMES;
    // Less than the length that is asked, at most 8192.
    #[allow(clippy::cast_possible_truncation)]
    let row = state.asked_position() as usize;
    let plot = if state.scheme.has_rows() {
        Plot::Lines(vec![
            Line::new(names[0], Role::Quiet, limits.actual.view()),
            Line::new(names[1], Role::Series(0), ArrayView1::from(within)),
            Line {
                first: within.len().cast_signed(),
                ..Line::new(names[2], Role::Series(1), ArrayView1::from(beyond))
            },
        ])
    } else {
        Plot::Empty(Cow::Borrowed(story::NOTHING_TO_READ))
    };
    // What is read may be anything: the axis shows what could be right, and as much again on both sides.
    let (low, high) = (-0.25 * n as f64, 1.25 * n as f64);
    Figure {
        id: "encode-extrapolate",
        title: Cow::Borrowed("The position that a readout finds"),
        summary: story::extrapolate_summary(state, limits.errors),
        panels: vec![Panel {
            cross: Cross {
                x: Some(state.asked_position()),
                y: None,
            },
            ..Panel::new(
                Axis::cells("position", "true position", 0, n),
                Axis::values("read", low, high),
                plot,
            )
        }],
        table: Table::Columns(vec![indices("position", n), slice("read", read)]),
        read_rows: row..row + 1,
    }
}

/// A position in numbers.
/// Reads an asked position.
pub fn read_asked(state: &mut EncodeState, cell: Cell) {
    if cell.x.is_some() {
        state.pos = cell.x;
    }
}

/// A position as it is read, in numbers.
pub fn extrapolate_tip(scene: &mut EncodeScene, _: &EncodeState, cell: Cell) -> String {
    let read = scene.limits.readout.positions();
    cell.x
        .and_then(|position| Some((position, *read.get(usize::try_from(position).ok()?)?)))
        .map(|(position, read)| story::extrapolate_tip(position, read))
        .unwrap_or_default()
}

/// ω′/ω by each method, and how far each pair has turned at the end.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
pub fn scaling<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    let n_pairs = state.d_model / 2;
    let limits = &mut scene.limits;
    let omega = |pair| frequency(pair, state.d_model, state.base);
    let scaled =
        |pair, method| scaled_frequency(pair, state.d_model, state.base, state.scaling_by(method));
    limits.ratios = ScalingMethod::ALL.map(|method| {
        let ratio = |pair| (scaled(pair, method) / omega(pair)) as f32;
        (0..n_pairs).map(ratio).collect()
    });
    let trained = state.trained_len as f64;
    let asked = trained * state.factor;
    let [none, interpolation, ntk, yarn] = ScalingMethod::ALL.map(|method| {
        let turns = |pair| (scaled(pair, method) * asked / TAU) as f32;
        (0..n_pairs).map(turns).collect::<Array1<f32>>()
    });
    let seen = (0..n_pairs).map(|pair| (omega(pair) * trained / TAU) as f32);
    limits.turns = [seen.collect(), none, interpolation, ntk, yarn];
    let limits = &scene.limits;
    let cross = Cross {
        x: Some(pair_of(state.dimension(), state.d_model, state.layout).idx as u64),
        y: None,
    };
    let pairs = || Axis::cells("", "pair i", 0, n_pairs);
    let names = story::METHOD_NAMES;
    let ratio_lines = names.into_iter().zip(&limits.ratios).enumerate();
    let turn_lines = [story::SEEN_NAME]
        .into_iter()
        .chain(names)
        .zip(&limits.turns)
        .enumerate();
    let lowest = limits
        .turns
        .iter()
        .flatten()
        .copied()
        .filter(|turns| *turns > 0.0)
        .fold(1.0, f32::min);
    let highest = limits.turns.iter().flatten().copied().fold(1.0, f32::max);
    let panel = |y, lines| Panel {
        cross,
        ..Panel::new(
            pairs(),
            y,
            if state.scheme.has_waves() {
                Plot::Lines(lines)
            } else {
                Plot::Empty(Cow::Borrowed(super::super::story::table::NO_WAVES))
            },
        )
    };
    Figure {
        id: "encode-scaling",
        title: Cow::Borrowed("Frequencies for longer contexts"),
        summary: story::scaling_summary(state),
        panels: vec![
            panel(
                Axis::values("ω′ / ω", 0.0, 1.05),
                ratio_lines
                    .map(|(idx, (name, values))| Line::new(name, role_of(idx), values.view()))
                    .collect(),
            ),
            panel(
                Axis::log(
                    "turns at L′",
                    10_f64.powf(f64::from(lowest).log10().floor()),
                    10_f64.powf(f64::from(highest).log10().ceil()),
                ),
                turn_lines
                    .map(|(idx, (name, values))| {
                        let role = idx.checked_sub(1).map_or(Role::Ink, role_of);
                        Line::new(name, role, values.view())
                    })
                    .collect(),
            ),
        ],
        table: Table::Columns(vec![
            indices("pair", n_pairs),
            numbers("none", &limits.ratios[0]),
            numbers("interpolation", &limits.ratios[1]),
            numbers("ntk", &limits.ratios[2]),
            numbers("yarn", &limits.ratios[3]),
        ]),
        read_rows: 0..0,
    }
}

/// The unscaled frequencies are what the others are compared with.
fn role_of(method_idx: usize) -> Role {
    method_idx.checked_sub(1).map_or(Role::Quiet, Role::Series)
}

/// Reads the dimension of a pair's sine.
pub fn read_pair(state: &mut EncodeState, cell: Cell) {
    super::table::read_dial(state, cell);
}

/// The pair that is read.
pub fn pair_here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(pair_of(state.dimension(), state.d_model, state.layout).idx as u64),
        ..Cell::default()
    }
}

/// A pair in numbers.
pub fn pair_tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let limits = &scene.limits;
    let Some(pair) = cell
        .x
        .and_then(|pair| usize::try_from(pair).ok())
        .filter(|&pair| pair < limits.turns[0].len() && state.scheme.has_waves())
    else {
        return String::new();
    };
    if cell.panel_idx == 0 {
        let ratios = [1, 2, 3].map(|method_idx| limits.ratios[method_idx][pair]);
        story::ratio_tip(pair, ratios)
    } else {
        let turns = [0, 1, 2, 3, 4].map(|idx| limits.turns[idx][pair]);
        story::turns_tip(pair, turns)
    }
}
