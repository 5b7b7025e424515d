//! The sample that is read by every norm, side by side.

use std::borrow::Cow;

use figures::{Axis, Cross, Figure, Head, Heatmap, Panel, Plot, Rows, Table};
use ndarray::{ArrayView2, s};

use super::super::lab::Normalize;
use super::super::names::{marked_norm, norm_word};
use super::super::phrases::{TOO_FEW, counted, number, sized, token_name};
use super::super::pointing::{here_at_cell, idx_from, read_cell};
use super::super::scales::{colours, features};
use super::super::scene::{NormalizeScene, flat};
use super::super::state::{NormName, NormalizeState, Nudged};
use super::super::ways::TO_MORE_TOKENS;
use super::compared::{compared_idx, pick_norm};
use super::kept::N;
use super::python::every_norm;
use super::ranges::{OfNorm, Ranges};
use super::sample::{rows_read, sample_read};
use crate::columns::{self, index};
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::{Notice, number_text};

/// The figure.
pub const FIGURE: FigureSpec<Normalize> =
    FigureSpec::new("normalize-norms", "One sample, every norm", scene, code)
        .ways(&[TO_MORE_TOKENS])
        .height(208)
        .caption(230)
        .ignoring(|state: &mut NormalizeState| (state.nudge, state.nudged) = (0.0, Nudged::Token))
        .pointing(
            Pointing::new(
                read_cell,
                here,
                tip,
                "Arrow keys move through tokens and features, Enter chooses the norm.",
            )
            .picking("norm", pick),
        );

/// What can be said of the sample.
struct Numbers {
    /// Which one it is; none where it is the only one.
    sample: Option<usize>,
    seq_len: usize,
    d_model: usize,
    /// Mean and std, by norm.
    ranges: [OfNorm; N],
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    Numbers {
        sample: (state.batch > 1).then(|| sample_read(state)),
        seq_len: state.seq_len,
        d_model: state.d_model,
        ranges: scene.ranges(state),
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_before(state);
    let numbers = numbers(scene, state);
    let traces = scene.axes.before.each_ref();
    let outputs: [ArrayView2<'a, f32>; N] = traces.map(|trace| trace.output.view());
    let panels = NormName::COMPARED
        .into_iter()
        .zip(outputs)
        .zip(&numbers.ranges)
        .map(|((norm, values), ranges)| panel(scene, state, norm, values, ranges))
        .collect();
    let x = scene.x().slice_move(s![rows_read(state), ..]);
    let (len, d_model) = (x.len(), state.d_model);
    let mut columns = vec![
        index("token", d_model, state.seq_len, len),
        index("feature", 1, d_model, len),
        columns::numbers("input", flat(&x)),
    ];
    for (norm, values) in NormName::COMPARED.into_iter().zip(outputs) {
        columns.push(columns::numbers(norm.word().slug, flat(&values)));
    }
    let place = state.row() % state.seq_len;
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary: scene.with_no_numbers(summary(&numbers)),
        panels,
        table: Table::Columns(columns),
        read_rows: place * d_model..(place + 1) * d_model,
    }
}

/// What one norm gives.
fn panel<'a>(
    scene: &NormalizeScene,
    state: &NormalizeState,
    norm: NormName,
    values: ArrayView2<'a, f32>,
    ranges: &OfNorm,
) -> Panel<'a> {
    Panel {
        head: Head {
            symbol: Cow::Borrowed(norm_word(norm)),
            note: Cow::Borrowed(axes_of(norm)),
        },
        cross: Cross {
            x: Some(state.column() as u64),
            y: Some(state.row() as u64),
        },
        caption: Cow::Owned(caption(norm, ranges.own)),
        ..Panel::new(
            features("", state),
            Axis::cells(
                "token",
                "token",
                rows_read(state).start as u64,
                state.seq_len,
            ),
            if norm == NormName::Batch && state.has_too_few() {
                Plot::Empty(Cow::Borrowed(TOO_FEW))
            } else {
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Down,
                    colours: colours(state),
                    undefined: scene.undefined(),
                    version: scene.axes.version,
                })
            },
        )
    }
}

fn title(numbers: &Numbers) -> String {
    match numbers.sample {
        Some(sample) => format!("Sample {sample}, every norm"),
        None => "One sample, every norm".to_owned(),
    }
}

/// What shares a mean and a variance, B samples, T tokens, C features.
fn axes_of(norm: NormName) -> &'static str {
    match norm {
        NormName::Layer => "over C",
        NormName::Rms => "over C, no mean",
        NormName::Batch => "over B and T",
        NormName::Instance => "over T",
        NormName::Group => "over T and C/G",
        NormName::DyT | NormName::None => "no statistics",
    }
}

/// Mean and std of what a norm gives the same, or of the tokens where it has no groups.
fn caption(norm: NormName, ranges: Option<Ranges>) -> String {
    let Some(Ranges { mean, std }) = ranges else {
        return "not all are numbers".to_owned();
    };
    let of = match norm {
        NormName::Batch => "features of all samples",
        NormName::Instance => "features",
        NormName::Group => "groups",
        _ => "tokens",
    };
    let [_, size] = std;
    let (mean, std) = (between(mean, size), between(std, size));
    format!("{of}: mean {mean}, std {std}")
}

/// Two ends of a range, or one number where they read alike.
fn between(ends: [f64; 2], size: f64) -> String {
    let [low, high] = ends.map(|end| sized(end, size));
    if low == high {
        return low;
    }
    format!("{low} to {high}")
}

/// What the norms side by side show.
fn summary(numbers: &Numbers) -> String {
    let mut alike = Vec::new();
    let mut different = Vec::new();
    let mut without = Vec::new();
    for (norm, ranges) in NormName::COMPARED.into_iter().zip(&numbers.ranges) {
        let names = match ranges.tokens {
            Some(ranges) if ranges.has_one_std() => &mut alike,
            Some(_) => &mut different,
            None => &mut without,
        };
        names.push(marked_norm(norm));
    }
    let list = |names: &[String]| match names {
        [firsts @ .., last] if !firsts.is_empty() => format!("{} and {last}", firsts.join(", ")),
        _ => names.concat(),
    };
    let said = match (alike.is_empty(), different.is_empty()) {
        (true, true) => "*After no norm are all values numbers.*".to_owned(),
        (false, true) => format!("*All tokens have the same std* after {}.", list(&alike)),
        (true, false) => format!("*Each token has its own std* after {}.", list(&different)),
        (false, false) => format!(
            "*All tokens have the same std after {}*, but not after {}.",
            list(&alike),
            list(&different)
        ),
    };
    let missing = if without.is_empty() {
        String::new()
    } else {
        format!(" Some values are hatched after {}.", list(&without))
    };
    format!(
        "{said}{missing}\nThe same {} of {} each time, in the same colours. Batch norm takes its mean and variance from all samples.",
        counted(numbers.seq_len, "token"),
        counted(numbers.d_model, "feature")
    )
}

/// What one norm makes of one value.
fn tip_words(norm: NormName, token: &str, feature: usize, [x, y]: [f64; 2]) -> String {
    format!(
        "{}, {token}, feature {feature}: x = {}, y = {}",
        norm_word(norm),
        number(x),
        number(y)
    )
}

/// x and each norm's output of the sample that is read, (7, seq_len, d_model).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let sample = number_text(sample_read(state));
    every_norm(scene, state, |library| {
        fill(
            "result = {lib}.stack([x, *norms(x)])[:, {sample}]\n",
            &[("lib", library.name()), ("sample", &sample)],
        )
    })
}

/// Makes the cell the one that is read, and uses the norm.
fn pick(state: &mut NormalizeState, cell: Cell) -> Option<Notice> {
    read_cell(state, cell);
    pick_norm(state, cell.panel_idx);
    None
}

/// The cell that is read, in the panel of the norm in use.
fn here(state: &NormalizeState) -> Cell {
    Cell {
        panel_idx: compared_idx(state).unwrap_or(0),
        ..here_at_cell(state)
    }
}

/// The output of a norm at a cell.
fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_before(state);
    let row_idx = idx_from(cell.y, state.row());
    let place = row_idx.saturating_sub(rows_read(state).start);
    let feature = idx_from(cell.x, state.column());
    let x = scene.x().get((row_idx, feature)).copied();
    let trace = scene.axes.before.get(cell.panel_idx);
    let y = trace.and_then(|trace| trace.output.get((place, feature)));
    let norm = NormName::COMPARED.get(cell.panel_idx);
    match (norm, x, y) {
        (Some(&norm), Some(x), Some(&y)) => {
            let token = token_name(state.batch, state.seq_len, row_idx);
            tip_words(norm, &token, feature, [x, y].map(f64::from))
        }
        _ => String::new(),
    }
}
