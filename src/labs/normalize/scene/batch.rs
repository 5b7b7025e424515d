//! The figures about batches: one sample that stays while its mates change.

use std::borrow::Cow;

use figures::{
    Axis, Cells, Colours, Cross, Figure, Head, Heatmap, Line, Panel, Plot, Ramp, Role, Rows, Table,
    ticks::nice_above,
};
use maths::normalize::{
    BATCH_SIZES, BatchCase, BatchExperiment, BatchMode, BatchSpec, Norm, NormSpec, NormTrace,
    largest_difference, normalize,
};
use ndarray::{Array2, ArrayView1, ArrayView2, s};

use super::{NormalizeScene, column, flat};
use crate::labs::Cell;
use crate::labs::normalize::state::NormalizeState;
use crate::labs::normalize::story::batch as story;

/// How often the mates are drawn.
pub const N_DRAWINGS: usize = 100;

/// How many of these a frame does: some 3 ms.
const DRAWN_AT_ONCE: usize = 25;

/// How many series there are.
const N: usize = 11;

/// The headers of the series: batch sizes, spreads, gaps between training and evaluation.
const HEADERS: [&str; N] = [
    "batch_size",
    "batch",
    "batch_over_samples",
    "batch_padded",
    "batch_masked",
    "instance_padded",
    "group_padded",
    "layer",
    "gap",
    "gap_shifted",
    "gap_over_samples",
];

/// Which series are drawn in which panel, LayerNorm's in each.
const PANELS: [&[usize]; 3] = [&[1, 2, 7], &[3, 4, 5, 6, 7], &[8, 9, 10, 7]];

/// The colours of the series: what has the same name has the same in every panel.
const COLOURS: [usize; N] = [0, 0, 1, 0, 2, 3, 4, 5, 0, 6, 1];

/// What these figures keep.
#[derive(Default)]
pub(super) struct Kept {
    experiment: BatchExperiment,
    /// What it was begun with.
    begun: Option<BatchSpec>,
    is_done: bool,
    /// One value for each batch size.
    series: [Vec<f32>; N],
    /// The batch of the first drawing and that of the second. (N, C)
    drawings: [Array2<f32>; 2],
    real_lens: Vec<usize>,
    /// The part of the first drawing's tokens that is padding, up to its longest sample.
    padded: f64,
    /// LayerNorm and batch norm of both.
    traces: [[NormTrace; 2]; 2],
    version: u64,
}

/// What the experiment is begun with in this state.
pub fn spec(state: &NormalizeState) -> BatchSpec {
    BatchSpec {
        seed: state.seed,
        eps: state.eps,
        n_groups: state.n_groups(),
        momentum: state.momentum,
        alike: state.alike,
        n_resamplings: N_DRAWINGS,
    }
}

/// Where the batch size stands among those that are compared: the nearest.
pub fn size_idx(state: &NormalizeState) -> usize {
    (0..BATCH_SIZES.len())
        .min_by_key(|&idx| BATCH_SIZES[idx].abs_diff(state.batch))
        .unwrap_or(0)
}

impl Kept {
    /// Begins anew where anything changed.
    fn begin(&mut self, state: &NormalizeState) {
        let spec = spec(state);
        if self.begun != Some(spec) {
            self.experiment.restart(spec);
            self.begun = Some(spec);
            self.is_done = false;
        }
    }

    /// Draws some more mates, and fills in the series.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn go_on(&mut self, state: &NormalizeState) {
        self.begin(state);
        if self.is_done {
            return;
        }
        self.is_done = self.experiment.step(DRAWN_AT_ONCE);
        let experiment = &self.experiment;
        for (series_idx, series) in self.series.iter_mut().enumerate() {
            series.clear();
            series.extend((0..BATCH_SIZES.len()).map(|size_idx| {
                let gap = |case, shifted| experiment.gap(case, size_idx, shifted);
                let value = match series_idx {
                    0 => Some(BATCH_SIZES[size_idx] as f64),
                    8 => gap(BatchCase::Batch, false),
                    9 => gap(BatchCase::Batch, true),
                    10 => gap(BatchCase::BatchOverSamples, false),
                    _ => BatchCase::ALL
                        .get(series_idx - 1)
                        .and_then(|&case| experiment.spread(case, size_idx)),
                };
                value.map_or(f32::NAN, |value| value as f32)
            }));
        }
    }
}

impl Kept {
    /// Counts the padding of the first drawing.
    #[allow(clippy::cast_precision_loss)]
    fn measure_padding(&mut self, size_idx: usize) {
        let Self {
            experiment,
            drawings: [first, _],
            real_lens,
            ..
        } = self;
        experiment.fill_batch(0, BATCH_SIZES[size_idx], first, real_lens);
        let longest = real_lens.iter().max().copied().unwrap_or(0);
        let n_places = (longest * real_lens.len()).max(1);
        let n_real: usize = real_lens.iter().sum();
        self.padded = 1.0 - n_real as f64 / n_places as f64;
    }
}

impl NormalizeScene {
    /// Whether mates are still to be drawn.
    pub fn is_drawing(&self) -> bool {
        !self.batch.is_done
    }
}

/// How much the sample that stays depends on its mates, over the batch size.
pub fn spread<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.batch.go_on(state);
    let size_idx = size_idx(state);
    scene.batch.measure_padding(size_idx);
    let kept = &scene.batch;
    let names = story::line_names(state);
    let panels = PANELS
        .into_iter()
        .zip(story::HEADS)
        .map(|(series, (symbol, note))| {
            let values = series.iter().flat_map(|&idx| &kept.series[idx]);
            let finite = values.filter(|value| value.is_finite());
            let highest = finite.fold(0.0_f64, |highest, &value| highest.max(value.into()));
            let lines = series.iter().map(|&idx| {
                Line::new(
                    names[idx].clone(),
                    Role::Series(COLOURS[idx]),
                    ArrayView1::from(&kept.series[idx][..]),
                )
            });
            Panel {
                head: Head {
                    symbol: Cow::Borrowed(symbol),
                    note: Cow::Borrowed(note),
                },
                cross: Cross {
                    x: Some(size_idx as u64),
                    y: None,
                },
                ..Panel::new(
                    Axis {
                        names: Cow::Owned(BATCH_SIZES.map(|size| size.to_string()).to_vec()),
                        ..Axis::cells("", "batch size", 0, BATCH_SIZES.len())
                    },
                    Axis::values("", 0.0, nice_above(highest)),
                    Plot::Lines(lines.collect()),
                )
            }
        })
        .collect();
    let series = HEADERS
        .into_iter()
        .zip(&kept.series)
        .map(|(header, values)| column(header, Cells::F32(values)));
    Figure {
        id: "normalize-batch",
        title: Cow::Borrowed("How much one sample depends on its mates"),
        summary: story::spread_summary(
            state,
            kept.experiment.n_done(),
            size_idx,
            &kept.series,
            kept.padded,
        ),
        panels,
        table: Table::Columns(series.collect()),
        read_rows: size_idx..size_idx + 1,
    }
}

/// All series at the batch size that is pointed at.
pub fn spread_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    let size_idx = super::idx_from(cell.x, size_idx(state));
    let names = story::line_names(state);
    let series = PANELS.get(cell.panel_idx).copied().unwrap_or_default();
    let values = series.iter().filter_map(|&idx| {
        let value = scene.batch.series.get(idx)?.get(size_idx)?;
        Some((names.get(idx)?.as_str(), *value))
    });
    story::spread_tip(size_idx, values)
}

/// The sample that stays, by LayerNorm, and by batch norm with two draws of mates.
pub fn mates<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.batch.begin(state);
    let size_idx = size_idx(state);
    let Kept {
        experiment,
        drawings,
        real_lens,
        traces,
        version,
        ..
    } = &mut scene.batch;
    *version += 1;
    let seq_len = BatchExperiment::SEQ_LEN;
    for (drawing, block) in drawings.iter_mut().enumerate() {
        experiment.fill_batch(drawing, BATCH_SIZES[size_idx], block, real_lens);
    }
    for (traces, norm) in traces
        .iter_mut()
        .zip([Norm::Layer, Norm::Batch(BatchMode::Train)])
    {
        let norm_spec = NormSpec {
            norm,
            eps: state.eps,
            ..NormSpec::default()
        };
        for (trace, drawing) in traces.iter_mut().zip(&*drawings) {
            // A sample has twelve tokens: never too few.
            normalize(drawing.view(), seq_len, &norm_spec, trace).ok();
        }
    }
    let kept = &scene.batch;
    let own = |matrix: &'a Array2<f32>| -> ArrayView2<'a, f32> {
        matrix.slice(s![..seq_len.min(matrix.nrows()), ..])
    };
    let [layers, batches] = &kept.traces;
    let [layer, other_layer] = layers.each_ref().map(|trace| own(&trace.normalized));
    let [first, other] = batches.each_ref().map(|trace| own(&trace.normalized));
    let x = own(&kept.drawings[0]);
    let panels = [x, layer, first, other]
        .into_iter()
        .zip(story::MATES_HEADS)
        .map(|(values, (symbol, note))| Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            ..Panel::new(
                Axis::cells("", "", 0, BatchExperiment::D_MODEL),
                Axis::cells("", "", 0, seq_len),
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Down,
                    colours: Colours {
                        ramp: Ramp::Diverging,
                        min: -3.0,
                        max: 3.0,
                    },
                    undefined: Cow::Borrowed("0 / 0"),
                    version: kept.version,
                }),
            )
        })
        .collect();
    let len = x.len();
    let d_model = BatchExperiment::D_MODEL;
    let index = |every, modulo| Cells::Index { every, modulo, len };
    let numbers = |values: ArrayView2<'a, f32>| Cells::F32(flat(&values));
    Figure {
        id: "normalize-mates",
        title: Cow::Borrowed("One sample among two draws of mates"),
        summary: story::mates_summary(
            size_idx,
            largest_difference(first, other),
            largest_difference(layer, other_layer),
        ),
        panels,
        table: Table::Columns(vec![
            column("token", index(d_model, seq_len)),
            column("feature", index(1, d_model)),
            column("input", numbers(x)),
            column("layer", numbers(layer)),
            column("batch_first", numbers(first)),
            column("batch_other", numbers(other)),
        ]),
        read_rows: 0..d_model,
    }
}
