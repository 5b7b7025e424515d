//! Normalize's figures as data: one function each, from the state, by calling the maths.

use std::borrow::Cow;

use figures::{
    Axis, Bars, CellAxis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Histogram, Panel,
    Plot, Ramp, Role, Rows, Rule, Table, ticks::nice_above,
};
use maths::inputs::InputTable;
use maths::normalize::{LayerNormTrace, layer_norm};
use maths::statistics::{Summary, count_into, shared_bins, summarize};
use ndarray::{ArrayView1, ArrayView2, Axis as ArrayAxis};

use super::state::NormalizeState;
use super::story::{self, Reading};
use crate::labs::Cell;

pub mod gradient;
mod spec;

/// About how many bins the histograms have; the exact number follows from round edges.
const N_BINS: usize = 48;

/// How many times x may reach beyond x̂ and y before these get a scale of their own.
const LARGEST_COMMON_REACH: f64 = 4.0;

/// Standard deviations on each side of the mean for which the standard normal's curve is drawn.
const REFERENCE_REACH: f64 = 4.0;

/// What Normalize keeps from frame to frame.
#[derive(Default)]
pub struct NormalizeScene {
    input: InputTable,
    gamma: Vec<f32>,
    beta: Vec<f32>,
    trace: LayerNormTrace,
    /// What `trace` was made from: the input's version, γ, β and ε.
    traced: Option<(u64, f64, f64, f64)>,
    /// Of x, x̂ and y each: grows whenever it may have changed. γ and β leave x and x̂ as they are.
    versions: [u64; 3],
    /// The selected token's x − μ, shape `(C,)`.
    centered: Vec<f32>,
    bins: Bins,
    spec_buffers: spec::SpecBuffers,
    gradient: gradient::GradientScene,
}

/// The histograms and statistics of x, x̂ and y.
#[derive(Default)]
struct Bins {
    edges: Vec<f32>,
    /// What `edges` were before, to see whether they changed.
    edges_before: Vec<f32>,
    of: [StepBins; 3],
}

/// The histogram and the statistics of one step.
#[derive(Default)]
struct StepBins {
    /// The version of the step that was summarised and counted.
    version: Option<u64>,
    /// The version and the token whose share was counted.
    highlighted_of: Option<(u64, usize)>,
    counts: Vec<u32>,
    highlighted: Vec<u32>,
    n_undefined: usize,
    summary: Summary,
}

impl NormalizeScene {
    /// Brings input and trace up to this state.
    #[allow(clippy::cast_possible_truncation)]
    fn update(&mut self, state: &NormalizeState) {
        self.input.update(&state.input_spec());
        self.spec_buffers.update(state);
        let made_from = (self.input.version(), state.gamma, state.beta, state.eps);
        if self.traced == Some(made_from) {
            return;
        }
        let [x, normalized, output] = &mut self.versions;
        let (input, _, _, eps) = made_from;
        // Exactly: any other ε gives other values.
        #[allow(clippy::float_cmp)]
        if self
            .traced
            .is_none_or(|(old_input, _, _, old_eps)| old_input != input || old_eps != eps)
        {
            *normalized += 1;
        }
        *x = input;
        *output += 1;
        self.gamma.clear();
        self.gamma.resize(state.d_model, state.gamma as f32);
        self.beta.clear();
        self.beta.resize(state.d_model, state.beta as f32);
        layer_norm(
            self.input.values(),
            &self.gamma,
            &self.beta,
            state.eps,
            &mut self.trace,
        );
        self.traced = Some(made_from);
    }

    /// x, x̂ and y, each of shape `(B·T, C)`.
    fn steps(&self) -> [ArrayView2<'_, f32>; 3] {
        [
            self.input.values(),
            self.trace.normalized.view(),
            self.trace.output.view(),
        ]
    }

    /// The numbers at one token and feature.
    fn reading(&self, state: &NormalizeState, row_idx: usize, feature: usize) -> Option<Reading> {
        let [x, normalized, output] = self
            .steps()
            .map(|step| step.get((row_idx, feature)).copied());
        Some(Reading {
            row_idx,
            feature,
            x: x?.into(),
            mean: *self.trace.mean.get(row_idx)?,
            variance: *self.trace.variance.get(row_idx)?,
            normalized: normalized?.into(),
            output: output?.into(),
            zero_over_zero: self.trace.is_zero_over_zero(row_idx) && state.eps == 0.0,
        })
    }
}

/// The activations in memory order, (B, T, C).
pub fn input<'a>(scene: &'a mut NormalizeScene, state: &NormalizeState) -> &'a [f32] {
    scene.update(state);
    flat(&scene.input.values())
}

/// The edges of the histograms' bins.
pub fn edges<'a>(scene: &'a mut NormalizeScene, state: &NormalizeState) -> &'a [f32] {
    scene.update(state);
    count(scene, state);
    &scene.bins.edges
}

/// What is read now.
pub fn read(scene: &mut NormalizeScene, state: &NormalizeState) -> Option<Reading> {
    scene.update(state);
    scene.reading(state, state.row(), state.column())
}

/// The cell that is pointed at, in numbers.
pub fn cell_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let to_idx = |number: Option<u64>| number.and_then(|n| usize::try_from(n).ok());
    let row_idx = to_idx(cell.y).unwrap_or(state.row());
    let feature = to_idx(cell.x).unwrap_or(state.column());
    scene
        .reading(state, row_idx, feature)
        .map(|reading| story::matrix_tip(state, &reading, cell.panel_idx))
        .unwrap_or_default()
}

/// One step of the selected token that is pointed at, in numbers.
pub fn step_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let feature = cell
        .x
        .and_then(|x| usize::try_from(x).ok())
        .unwrap_or(state.column());
    scene
        .reading(state, state.row(), feature)
        .map(|reading| {
            let [x, centered, normalized, output] = story::step_captions(state, &reading);
            [x, centered, normalized, output]
                .into_iter()
                .nth(cell.panel_idx)
                .unwrap_or_default()
        })
        .unwrap_or_default()
}

/// The number of a cell, or another where the axis has no cells.
fn idx_from(number: Option<u64>, otherwise: usize) -> usize {
    number
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(otherwise)
}

fn features(label: &'static str, state: &NormalizeState) -> Axis<'static> {
    Axis::cells("feature", label, 0, state.d_model)
}

/// x, x̂ and y as heatmaps, one row per token, on one scale of colours.
pub fn matrix<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    let scene = &*scene;
    let colours = colours(state);
    let cross = Cross {
        x: Some(state.column() as u64),
        y: Some(state.row() as u64),
    };
    let steps = scene.steps();
    let panels = steps
        .into_iter()
        .zip(story::HEADS)
        .enumerate()
        .map(|(idx, (values, (symbol, note)))| Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            x: features("feature", state),
            y: Axis::cells(
                "token",
                if idx == 0 { "token" } else { "" },
                0,
                state.rows(),
            ),
            plot: Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours,
                undefined: Cow::Borrowed("0 / 0"),
                version: scene.versions[idx],
            }),
            cross,
            rules: Vec::new(),
            caption: Cow::Borrowed(story::MATRIX_CAPTIONS[idx]),
        })
        .collect();
    let [input, normalized, output] = steps.each_ref().map(flat);
    let len = input.len();
    let index = |every, modulo| Cells::Index { every, modulo, len };
    let row_idx = state.row();
    Figure {
        id: "normalize-matrix",
        title: Cow::Borrowed("Activations, tokens × features"),
        summary: story::matrix_summary(state, colours.max.into(), n_zero_over_zero(scene, state)),
        panels,
        table: Table::Columns(vec![
            Column {
                name: "sample",
                cells: index(state.seq_len * state.d_model, state.batch),
            },
            Column {
                name: "token",
                cells: index(state.d_model, state.seq_len),
            },
            Column {
                name: "feature",
                cells: index(1, state.d_model),
            },
            Column {
                name: "input",
                cells: Cells::F32(input),
            },
            Column {
                name: "normalized",
                cells: Cells::F32(normalized),
            },
            Column {
                name: "output",
                cells: Cells::F32(output),
            },
        ]),
        read_rows: row_idx * state.d_model..(row_idx + 1) * state.d_model,
    }
}

/// How many tokens have no normalised values because ε = 0 leaves 0/0.
fn n_zero_over_zero(scene: &NormalizeScene, state: &NormalizeState) -> usize {
    if state.eps > 0.0 {
        return 0;
    }
    (0..state.rows())
        .filter(|&row_idx| scene.trace.is_zero_over_zero(row_idx))
        .count()
}

/// One scale for all three matrices, wide enough for most of x̂ and y; what lies beyond has the last
/// colour. It does not follow x, whose mean and spread would otherwise bleach the other two.
#[allow(clippy::cast_possible_truncation)]
fn colours(state: &NormalizeState) -> Colours {
    let reach = (2.5 * state.gamma.abs() + state.beta.abs()).max(4.0).ceil() as f32;
    Colours {
        ramp: Ramp::Diverging,
        min: -reach,
        max: reach,
    }
}

/// x, x̂ and y as histograms on the same axes, the selected token in full colour.
pub fn histograms<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    count(scene, state);
    let bins = &scene.bins;
    let ends = bins.edges.first().zip(bins.edges.last());
    let (min, max) = ends.map_or((0.0, 1.0), |(&min, &max)| (f64::from(min), f64::from(max)));
    let reference = standard_normal(&bins.edges, state.rows() * state.d_model);
    let highest = bins
        .of
        .iter()
        .flat_map(|step| &step.counts)
        .copied()
        .max()
        .unwrap_or(1);
    let highest = reference
        .iter()
        .map(|&(_, count)| count)
        .fold(f64::from(highest), f64::max);
    let panels = story::HEADS
        .into_iter()
        .enumerate()
        .map(|(idx, (symbol, note))| Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            x: Axis::values("value", min, max),
            y: Axis::values(
                if idx == 0 { "count" } else { "" },
                0.0,
                nice_above(highest),
            ),
            plot: Plot::Histogram(Histogram {
                edges: &bins.edges,
                counts: &bins.of[idx].counts,
                name: Cow::Borrowed(story::HISTOGRAM_PARTS.0),
                highlighted: &bins.of[idx].highlighted,
                highlighted_name: Cow::Borrowed(story::HISTOGRAM_PARTS.1),
                reference: reference.clone(),
                reference_name: Cow::Borrowed("standard normal"),
            }),
            cross: Cross::default(),
            rules: Vec::new(),
            caption: Cow::Owned(story::histogram_caption(
                &bins.of[idx].summary,
                bins.of[idx].n_undefined,
            )),
        })
        .collect();
    let [before, normalized, after] = &bins.of;
    let n_bins = before.counts.len();
    Figure {
        id: "normalize-histograms",
        title: Cow::Owned(story::histograms_title(state)),
        summary: story::histograms_summary(state, &before.summary, &after.summary),
        panels,
        table: Table::Columns(vec![
            Column {
                name: "bin_start",
                cells: Cells::F32(bins.edges.get(..n_bins).unwrap_or_default()),
            },
            Column {
                name: "bin_end",
                cells: Cells::F32(bins.edges.get(1..).unwrap_or_default()),
            },
            Column {
                name: "before",
                cells: Cells::U32(&before.counts),
            },
            Column {
                name: "normalized",
                cells: Cells::U32(&normalized.counts),
            },
            Column {
                name: "after",
                cells: Cells::U32(&after.counts),
            },
        ]),
        read_rows: 0..n_bins,
    }
}

/// Counts x, x̂ and y, and the selected token's share, into shared bins; only what changed.
fn count(scene: &mut NormalizeScene, state: &NormalizeState) {
    let row_idx = state.row();
    let versions = scene.versions;
    let mut bins = std::mem::take(&mut scene.bins);
    let steps = scene.steps();
    let flat_steps = steps.each_ref().map(flat);
    let is_new = |step: &StepBins, version| step.version != Some(version);
    if bins
        .of
        .iter()
        .zip(versions)
        .any(|(step, version)| is_new(step, version))
    {
        std::mem::swap(&mut bins.edges, &mut bins.edges_before);
        shared_bins(&flat_steps, N_BINS, &mut bins.edges);
    }
    let has_new_edges = bins.edges != bins.edges_before;
    bins.edges_before.clone_from(&bins.edges);
    for (idx, step) in bins.of.iter_mut().enumerate() {
        let is_new = is_new(step, versions[idx]);
        if is_new {
            step.summary = summarize(flat_steps[idx]);
            step.version = Some(versions[idx]);
        }
        if is_new || has_new_edges {
            step.n_undefined = count_into(flat_steps[idx], &bins.edges, &mut step.counts);
        }
        let token = Some((versions[idx], row_idx));
        if has_new_edges || step.highlighted_of != token {
            let values = steps[idx].row(row_idx);
            count_into(
                values.to_slice().unwrap_or_default(),
                &bins.edges,
                &mut step.highlighted,
            );
            step.highlighted_of = token;
        }
    }
    scene.bins = bins;
}

/// The values in memory order; every matrix here is contiguous, so nothing is copied.
fn flat<'a>(values: &ArrayView2<'a, f32>) -> &'a [f32] {
    values.to_slice().unwrap_or_default()
}

/// How many of `n` values of a standard normal would fall into a bin around each value; nothing where its
/// middle lies outside of the bins, because a tail alone compares nothing.
#[allow(clippy::cast_precision_loss)]
fn standard_normal(edges: &[f32], n: usize) -> Vec<(f64, f64)> {
    let [Some(&first), Some(&second), Some(&last)] = [edges.first(), edges.get(1), edges.last()]
    else {
        return Vec::new();
    };
    if first > 0.0 || last < 0.0 {
        return Vec::new();
    }
    let per_bin = n as f64 * f64::from(second - first) / std::f64::consts::TAU.sqrt();
    const STEPS: u32 = 96;
    (0..=STEPS)
        .map(|step| REFERENCE_REACH * (2.0 * f64::from(step) / f64::from(STEPS) - 1.0))
        .filter(|z| (f64::from(first)..=f64::from(last)).contains(z))
        .map(|z| (z, per_bin * (-0.5 * z * z).exp()))
        .collect()
}

/// The selected token in four steps as bars, with one feature's arithmetic in numbers.
pub fn steps<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    let row_idx = state.row();
    scene.centered = scene.trace.centered(scene.input.values(), row_idx);
    let scene = &*scene;
    let [x, normalized, output] = scene
        .steps()
        .map(|step| step.index_axis_move(ArrayAxis(0), row_idx));
    let centered = ArrayView1::from(&scene.centered[..]);
    let reading = scene.reading(state, row_idx, state.column());
    let captions = reading
        .as_ref()
        .map(|r| story::step_captions(state, r))
        .unwrap_or_default();
    let zero_over_zero = reading.as_ref().is_some_and(|r| r.zero_over_zero);
    let mean = reading.as_ref().map_or(0.0, |r| r.mean);
    let reach_of = |steps: [ArrayView1<'_, f32>; 2]| {
        let finite = steps.iter().flatten().filter(|v| v.is_finite());
        nice_above(finite.fold(0.0_f64, |reach, &v| reach.max(f64::from(v.abs()))))
    };
    let (before, after) = (reach_of([x, centered]), reach_of([normalized, output]));
    // One scale for all four steps, unless x̂ and y would vanish on it.
    let reaches = match before.max(after) {
        common if common <= LARGEST_COMMON_REACH * after => [common; 4],
        _ => [before, before, after, after],
    };
    let rules = [
        Some(Rule {
            at: mean,
            role: Role::Mu,
            name: Cow::Borrowed("μ"),
        }),
        Some(Rule {
            at: 0.0,
            role: Role::Mu,
            name: Cow::Borrowed(""),
        }),
        None,
        Some(Rule {
            at: state.beta,
            role: Role::Beta,
            name: Cow::Borrowed("β"),
        }),
    ];
    let colours = colours(state);
    let panels = [x, centered, normalized, output]
        .into_iter()
        .zip(captions)
        .zip(rules)
        .enumerate()
        .map(|(idx, ((values, caption), rule))| Panel {
            head: Head {
                symbol: Cow::Borrowed(story::STEP_HEADS[idx].0),
                note: Cow::Borrowed(story::STEP_HEADS[idx].1),
            },
            x: features(if idx == 0 { "feature" } else { "" }, state),
            y: Axis::values("", -reaches[idx], reaches[idx]),
            plot: if zero_over_zero && idx >= 2 {
                Plot::Empty(Cow::Borrowed("0 / 0 is undefined"))
            } else {
                Plot::Bars(Bars {
                    values,
                    cells_on: CellAxis::X,
                    colours,
                    undefined: Cow::Borrowed("0 / 0"),
                })
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: None,
            },
            rules: rule.into_iter().collect(),
            caption: Cow::Owned(caption),
        })
        .collect();
    let slice = |values: ArrayView1<'a, f32>| Cells::F32(values.to_slice().unwrap_or_default());
    Figure {
        id: "normalize-steps",
        title: Cow::Owned(story::steps_title(state)),
        summary: story::steps_summary(state, reading.as_ref()),
        panels,
        table: Table::Columns(vec![
            Column {
                name: "feature",
                cells: Cells::Index {
                    every: 1,
                    modulo: state.d_model,
                    len: state.d_model,
                },
            },
            Column {
                name: "x",
                cells: slice(x),
            },
            Column {
                name: "centered",
                cells: slice(centered),
            },
            Column {
                name: "normalized",
                cells: slice(normalized),
            },
            Column {
                name: "output",
                cells: slice(output),
            },
        ]),
        read_rows: 0..state.d_model,
    }
}
