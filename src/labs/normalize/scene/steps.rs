//! The figures of the steps: activations, histograms, one token, γ and β.

use std::borrow::Cow;

use figures::{
    Axis, Bars, CellAxis, Cells, Colours, Cross, Figure, Head, Heatmap, Histogram, Panel, Plot,
    Ramp, Role, Rows, Rule, Table, ticks::nice_above,
};
use maths::statistics::{Summary, count_into, shared_bins, summarize};
use ndarray::{ArrayView1, Axis as ArrayAxis};

use super::{NormalizeScene, Onlooker, colours, column, features, flat, idx_from};
use crate::labs::Cell;
use crate::labs::normalize::state::{LIMITS, N_STEPS, NormName, NormalizeState, Per};
use crate::labs::normalize::story::{Trouble, steps as story};

/// About how many bins the histograms have; the exact number follows from round edges.
const N_BINS: usize = 48;

/// How many times x may reach beyond x̂ and y before these get a scale of their own.
const LARGEST_COMMON_REACH: f64 = 4.0;

/// Standard deviations on each side of the mean for which the standard normal's curve is drawn.
const REFERENCE_REACH: f64 = 4.0;

/// The widest bins, in standard deviations, among which the standard normal has a shape.
const WIDEST_FOR_REFERENCE: f32 = 2.0;

/// What these figures keep.
#[derive(Default)]
pub(super) struct Kept {
    /// The selected token's x − μ, shape `(C,)`.
    centered: Vec<f32>,
    /// The bars of the last step that is shown, on their way from those of the step before. (C)
    moving: Vec<f32>,
    /// γ and β as they are drawn: 1 and 0 where there are none. (C)
    affine: [Vec<f32>; 2],
    bins: Bins,
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
    /// The version of the step that was summarised and counted, and of what part of it.
    counted_of: Option<(u64, Part)>,
    /// The version and the token whose share was counted.
    highlighted_of: Option<(u64, usize)>,
    /// The values of a feature, side by side. (N)
    column: Vec<f32>,
    counts: Vec<u32>,
    highlighted: Vec<u32>,
    n_undefined: usize,
    summary: Summary,
}

/// What is counted.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    All,
    Row(usize),
    Column(usize),
}

/// The edges of the histograms' bins.
pub fn edges<'a>(scene: &'a mut NormalizeScene, state: &NormalizeState) -> &'a [f32] {
    scene.update(state);
    count(scene, state);
    &scene.steps.bins.edges
}

/// The cell that is pointed at, in numbers.
pub fn cell_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let row_idx = idx_from(cell.y, state.row());
    let feature = idx_from(cell.x, state.column());
    scene
        .reading(state, row_idx, feature)
        .map(|reading| story::matrix_tip(state, &reading, cell.panel_idx))
        .unwrap_or_default()
}

/// One step of the selected token that is pointed at, in numbers.
pub fn step_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let feature = idx_from(cell.x, state.column());
    scene
        .reading(state, state.row(), feature)
        .filter(|_| cell.panel_idx < state.shown)
        .map(|reading| {
            let [x, centered, normalized, output] = story::step_arithmetic(state, &reading);
            [x, centered, normalized, output]
                .into_iter()
                .nth(cell.panel_idx)
                .unwrap_or_default()
        })
        .unwrap_or_default()
}

/// x, x̂ and y as heatmaps, one row per token, on one scale of colours.
pub fn matrix<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_for(Onlooker::Matrix, state);
    let scene = &*scene;
    let colours = colours(state);
    let cross = Cross {
        x: Some(state.column() as u64),
        y: Some(state.row() as u64),
    };
    let steps = scene.steps();
    let eps_counts = scene.eps_counts(state);
    let panels = steps
        .into_iter()
        .zip(story::heads(state, eps_counts))
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
            plot: if let (Some(_), 1..) = (scene.too_few, idx) {
                Plot::Empty(Cow::Borrowed(story::TOO_FEW))
            } else {
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Down,
                    colours,
                    undefined: scene.undefined(),
                    version: scene.versions[idx],
                })
            },
            cross,
            rules: Vec::new(),
            caption: Cow::Borrowed(story::matrix_caption(state, idx)),
        })
        .collect();
    let [input, normalized, output] = steps.each_ref().map(flat);
    let len = input.len();
    let index = |every, modulo| Cells::Index { every, modulo, len };
    let row_idx = state.row();
    Figure {
        id: "normalize-matrix",
        title: Cow::Borrowed("Activations, tokens × features"),
        summary: scene.with_no_numbers(story::matrix_summary(
            state,
            colours.max.into(),
            scene.too_few.is_some(),
            n_zero_over_zero(scene, state),
            eps_counts,
        )),
        panels,
        table: Table::Columns(vec![
            column("sample", index(state.seq_len * state.d_model, state.batch)),
            column("token", index(state.d_model, state.seq_len)),
            column("feature", index(1, state.d_model)),
            column("input", Cells::F32(input)),
            column("normalized", Cells::F32(normalized)),
            column("output", Cells::F32(output)),
        ]),
        read_rows: row_idx * state.d_model..(row_idx + 1) * state.d_model,
    }
}

/// How many groups have no normalised values because ε = 0 leaves 0/0.
fn n_zero_over_zero(scene: &NormalizeScene, state: &NormalizeState) -> usize {
    if state.eps > 0.0 {
        return 0;
    }
    (0..scene.trace.groups.count())
        .filter(|&group_idx| scene.trace.is_zero_over_zero(group_idx))
        .count()
}

/// x, x̂ and y as histograms on the same axes, the selected token in full colour.
pub fn histograms<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_for(Onlooker::Histograms, state);
    count(scene, state);
    let bins = &scene.steps.bins;
    let ends = bins.edges.first().zip(bins.edges.last());
    let (min, max) = ends.map_or((0.0, 1.0), |(&min, &max)| (f64::from(min), f64::from(max)));
    let reference = standard_normal(&bins.edges, bins.of[0].summary.n);
    let has_line = !reference.is_empty();
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
    let panels = story::heads(state, scene.eps_counts(state))
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
            plot: if bins.of[idx].summary.n_finite == 0 && scene.too_few.is_some() {
                Plot::Empty(Cow::Borrowed(story::TOO_FEW))
            } else {
                let (name, highlighted_name) = story::histogram_parts(state);
                Plot::Histogram(Histogram {
                    edges: &bins.edges,
                    counts: &bins.of[idx].counts,
                    name: Cow::Borrowed(name),
                    highlighted: &bins.of[idx].highlighted,
                    highlighted_name: Cow::Borrowed(highlighted_name),
                    reference: reference.clone(),
                    reference_name: Cow::Borrowed("standard normal"),
                })
            },
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
        summary: story::histograms_summary(state, &before.summary, &after.summary, has_line),
        panels,
        table: Table::Columns(vec![
            column(
                "bin_start",
                Cells::F32(bins.edges.get(..n_bins).unwrap_or_default()),
            ),
            column(
                "bin_end",
                Cells::F32(bins.edges.get(1..).unwrap_or_default()),
            ),
            column("before", Cells::U32(&before.counts)),
            column("normalized", Cells::U32(&normalized.counts)),
            column("after", Cells::U32(&after.counts)),
        ]),
        read_rows: 0..n_bins,
    }
}

/// Counts x, x̂ and y, and the selected token's share of all values, into shared bins; only what changed.
fn count(scene: &mut NormalizeScene, state: &NormalizeState) {
    let row_idx = state.row();
    let part = match state.per {
        Per::Tensor => Part::All,
        Per::Token => Part::Row(row_idx),
        Per::Feature => Part::Column(state.column()),
    };
    let versions = scene.versions;
    let mut bins = std::mem::take(&mut scene.steps.bins);
    let steps = scene.steps();
    let mut columns = bins
        .of
        .each_mut()
        .map(|step| std::mem::take(&mut step.column));
    if let Part::Column(feature) = part {
        for (column, values) in columns.iter_mut().zip(steps) {
            column.clear();
            column.extend(values.column(feature));
        }
    }
    let mut series: [&[f32]; 3] = [&[]; 3];
    for (idx, series) in series.iter_mut().enumerate() {
        let all = flat(&steps[idx]);
        let of_row = row_idx * state.d_model..(row_idx + 1) * state.d_model;
        *series = match part {
            Part::All => all,
            Part::Row(_) => all.get(of_row).unwrap_or_default(),
            Part::Column(_) => &columns[idx],
        };
    }
    // A million values are not looked through twice.
    let is_same = scene.output_is_normalized();
    let mut are_new = [false; 3];
    for (idx, values) in series.iter().enumerate() {
        let counted_of = Some((versions[idx], part));
        are_new[idx] = bins.of[idx].counted_of != counted_of;
        if are_new[idx] {
            bins.of[idx].summary = match idx {
                2 if is_same => bins.of[1].summary,
                _ => summarize(values),
            };
            bins.of[idx].counted_of = counted_of;
        }
    }
    if are_new.contains(&true) {
        std::mem::swap(&mut bins.edges, &mut bins.edges_before);
        shared_bins(
            bins.of.iter().map(|step| &step.summary),
            N_BINS,
            &mut bins.edges,
        );
    }
    let has_new_edges = bins.edges != bins.edges_before;
    bins.edges_before.clone_from(&bins.edges);
    for (idx, values) in series.iter().enumerate() {
        if are_new[idx] || has_new_edges {
            let [_, normalized, output] = &mut bins.of;
            if idx == 2 && is_same {
                output.counts.clone_from(&normalized.counts);
                output.n_undefined = normalized.n_undefined;
            } else {
                let step = &mut bins.of[idx];
                step.n_undefined = count_into(values, &bins.edges, &mut step.counts);
            }
        }
        let step = &mut bins.of[idx];
        if part != Part::All {
            // What is counted is one row or column already.
            step.highlighted.clear();
            step.highlighted_of = None;
            continue;
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
    for (step, column) in bins.of.iter_mut().zip(columns) {
        step.column = column;
    }
    scene.steps.bins = bins;
}

/// How many of `n` values of a standard normal would fall into a bin around each value; nothing where its
/// middle lies outside of the bins, because a tail alone compares nothing.
#[allow(clippy::cast_precision_loss)]
fn standard_normal(edges: &[f32], n: usize) -> Vec<(f64, f64)> {
    let [Some(&first), Some(&second), Some(&last)] = [edges.first(), edges.get(1), edges.last()]
    else {
        return Vec::new();
    };
    // Nor where all of it would fall into a bin or two.
    if first > 0.0 || last < 0.0 || second - first > WIDEST_FOR_REFERENCE {
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
    scene.update_for(Onlooker::Steps, state);
    let reaches = update_steps(scene, state);
    let scene = &*scene;
    let row_idx = state.row();
    let steps = scene.token_steps(row_idx);
    let feature = state.column();
    let reading = scene.reading(state, row_idx, feature);
    let captions = reading
        .as_ref()
        .map(|r| story::step_captions(state, r))
        .unwrap_or_default();
    let nothing = steps[2]
        .iter()
        .all(|value| value.is_nan())
        .then(|| reading.as_ref().and_then(|r| story::nothing(r.trouble)))
        .flatten();
    let mean = reading.as_ref().map_or(0.0, |r| r.mean);
    let moving = ArrayView1::from(&scene.steps.moving[..]);
    let has_mean = state.norm.has_statistics() && state.norm != NormName::Rms;
    let mu = |at: f64, name: String| Rule {
        at,
        role: Role::Mu,
        name: Cow::Owned(name),
    };
    let rules = [
        (has_mean && mean.is_finite()).then(|| mu(mean, story::mean_name(state))),
        has_mean.then(|| mu(0.0, String::new())),
        None,
        state.has_beta().then(|| Rule {
            at: state.beta_of(feature),
            role: Role::Beta,
            name: Cow::Owned(story::beta_name(state)),
        }),
    ];
    let heads = story::step_heads(state);
    let colours = colours(state);
    let panels = steps
        .into_iter()
        .zip(captions)
        .zip(rules)
        .enumerate()
        .map(|(idx, ((values, caption), rule))| Panel {
            head: Head {
                symbol: Cow::Borrowed(heads[idx].0),
                note: Cow::Borrowed(heads[idx].1),
            },
            x: features(if idx == 0 { "feature" } else { "" }, state),
            y: Axis::values("", -reaches[idx], reaches[idx]),
            plot: match nothing {
                _ if idx >= state.shown => Plot::Empty(Cow::Borrowed(story::NOT_YET)),
                Some(why) if idx >= 2 => Plot::Empty(Cow::Borrowed(why)),
                _ => Plot::Bars(Bars {
                    values: if idx + 1 == state.shown && !moving.is_empty() {
                        moving
                    } else {
                        values
                    },
                    cells_on: CellAxis::X,
                    colours,
                    undefined: scene.undefined(),
                }),
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: None,
            },
            rules: rule.filter(|_| idx < state.shown).into_iter().collect(),
            caption: if idx < state.shown {
                Cow::Owned(caption)
            } else {
                Cow::Borrowed("")
            },
        })
        .collect();
    let largest = steps[2].iter().fold(0.0_f64, |largest, &value| {
        largest.max(f64::from(value.abs()))
    });
    let [x, centered, normalized, output] = steps;
    let slice = |values: ArrayView1<'a, f32>| Cells::F32(values.to_slice().unwrap_or_default());
    let summary = story::steps_summary(state, reading.as_ref(), largest);
    let summary = match reading.as_ref().and_then(|r| r.trouble) {
        Some(Trouble::NoNumber) => summary,
        _ => scene.with_no_numbers(summary),
    };
    Figure {
        id: "normalize-steps",
        title: Cow::Owned(story::steps_title(state)),
        summary,
        panels,
        table: Table::Columns(vec![
            column(
                "feature",
                Cells::Index {
                    every: 1,
                    modulo: state.d_model,
                    len: state.d_model,
                },
            ),
            column("x", slice(x)),
            column("centered", slice(centered)),
            column("normalized", slice(normalized)),
            column("output", slice(output)),
        ]),
        read_rows: 0..state.d_model,
    }
}

/// Makes the selected token's x − μ, and the bars of the last step that is shown where they are still on their way;
/// gives how far each step's axis reaches.
#[allow(clippy::cast_possible_truncation)]
fn update_steps(scene: &mut NormalizeScene, state: &NormalizeState) -> [f64; N_STEPS] {
    let row_idx = state.row();
    let mut centered = scene.trace.centered(scene.x(), row_idx);
    if state.padding && state.masked && state.is_padding(row_idx) {
        centered.fill(0.0);
    }
    scene.steps.centered = centered;
    let mut moving = std::mem::take(&mut scene.steps.moving);
    moving.clear();
    let steps = scene.token_steps(row_idx);
    let reach_of = |steps: &[ArrayView1<'_, f32>]| {
        let finite = steps.iter().flatten().filter(|v| v.is_finite());
        nice_above(finite.fold(0.0_f64, |reach, &v| reach.max(f64::from(v.abs()))))
    };
    let (before, after) = (reach_of(&steps[..2]), reach_of(&steps[2..]));
    // One scale for all four steps, unless x̂ and y would vanish on it.
    let reaches = match before.max(after) {
        common if common <= LARGEST_COMMON_REACH * after => [common; N_STEPS],
        _ => [before, before, after, after],
    };
    let on_its_way = steps.get(..state.shown).filter(|_| state.glide < 1.0);
    if let Some([.., from, to]) = on_its_way {
        let rescale = (reaches[state.shown - 1] / reaches[state.shown - 2]) as f32;
        let part = eased(state.glide) as f32;
        moving.extend(from.iter().zip(to).map(|(&from, &to)| {
            // Bars begin as high as they stand in the panel before.
            let from = from * rescale;
            from + (to - from) * part
        }));
    }
    scene.steps.moving = moving;
    reaches
}

/// A part of a way that begins and ends gently.
fn eased(part: f64) -> f64 {
    part * part * (3.0 - 2.0 * part)
}

impl NormalizeScene {
    /// x, x − μ, x̂ and y of a token. Each (C)
    fn token_steps(&self, row_idx: usize) -> [ArrayView1<'_, f32>; N_STEPS] {
        let [x, normalized, output] = self
            .steps()
            .map(|step| step.index_axis_move(ArrayAxis(0), row_idx));
        let centered = ArrayView1::from(&self.steps.centered[..]);
        [x, centered, normalized, output]
    }
}

/// γ and β of every feature as bars, to be drawn with the pointer.
#[allow(clippy::cast_possible_truncation)]
pub fn affine<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let Kept { affine, .. } = &mut scene.steps;
    let [gamma, beta] = affine;
    for (feature, (gamma, beta)) in resized(gamma, state)
        .iter_mut()
        .zip(resized(beta, state))
        .enumerate()
    {
        *gamma = state.gamma_of(feature) as f32;
        *beta = state.beta_of(feature) as f32;
    }
    let [gamma, beta] = &scene.steps.affine;
    let (min, max) = LIMITS;
    let panels = [gamma, beta]
        .into_iter()
        .zip(story::affine_heads(state))
        .enumerate()
        .map(|(idx, (values, (symbol, note)))| Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: None,
            },
            caption: Cow::Owned(story::affine_caption(state, idx)),
            ..Panel::new(
                features("feature", state),
                Axis::values("", min, max),
                match story::no_affine(state, idx) {
                    Some(why) => Plot::Empty(Cow::Borrowed(why)),
                    None => Plot::Bars(Bars {
                        values: ArrayView1::from(&values[..]),
                        cells_on: CellAxis::X,
                        colours: Colours {
                            ramp: Ramp::Diverging,
                            min: min as f32,
                            max: max as f32,
                        },
                        undefined: Cow::Borrowed(""),
                    }),
                },
            )
        })
        .collect();
    let index = Cells::Index {
        every: 1,
        modulo: state.d_model,
        len: state.d_model,
    };
    let feature = state.column();
    Figure {
        id: "normalize-affine",
        title: Cow::Borrowed("γ and β of each feature"),
        summary: story::affine_summary(state),
        panels,
        table: Table::Columns(vec![
            column("feature", index),
            column("gamma", Cells::F32(gamma)),
            column("beta", Cells::F32(beta)),
        ]),
        read_rows: feature..feature + 1,
    }
}

/// The buffer with a place for every feature.
fn resized<'a>(values: &'a mut Vec<f32>, state: &NormalizeState) -> &'a mut [f32] {
    values.resize(state.d_model, 0.0);
    values
}

/// γ or β of the feature that is pointed at.
pub fn affine_tip(_: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    story::affine_tip(state, idx_from(cell.x, state.column()))
}
