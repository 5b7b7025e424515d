//! The sample that stays, by LayerNorm, and by batch norm with two draws of mates.

use std::borrow::Cow;

use figures::{Axis, Figure, Head, Heatmap, Panel, Plot, Rows, Table};
use maths::normalize::{
    BATCH_SIZES, BatchExperiment, BatchMode, Norm, NormSpec, largest_difference, normalize,
};
use ndarray::{Array2, ArrayView2, s};

use super::super::lab::Normalize;
use super::super::phrases::n;
use super::super::scales::symmetric;
use super::super::scene::{NormalizeScene, flat};
use super::super::state::NormalizeState;
use super::experiment::{forget_block, size_idx};
use super::kept::Kept;
use super::python::whole;
use crate::columns::{self, index};
use crate::python::{Code, fill};
use crate::room::FigureSpec;
use crate::settings::number_text;

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-mates",
    "One sample with two sets of mates",
    scene,
    code,
)
.height(180)
.ignoring(forget_block);

/// Symbol and note above the sample and its three outputs.
const HEADS: [(&str, &str); 4] = [
    ("x", "the sample"),
    ("LayerNorm", "both times"),
    ("batch norm", "mates 1"),
    ("batch norm", "mates 2"),
];

/// What can be said of the sample among its mates.
struct Numbers {
    /// How many samples a batch has.
    size: usize,
    /// How far apart the two outputs of batch norm are at most.
    batch: f64,
    /// The same of LayerNorm.
    layer: f64,
}

impl Kept {
    /// Normalises the batch of the first drawing and that of the second.
    fn normalize_two(&mut self, state: &NormalizeState) {
        let Self {
            experiment,
            drawings,
            real_lens,
            traces,
            version,
            ..
        } = self;
        *version += 1;
        for (drawing, block) in drawings.iter_mut().enumerate() {
            experiment.fill_batch(drawing, BATCH_SIZES[size_idx(state)], block, real_lens);
        }
        for (traces, norm) in traces
            .iter_mut()
            .zip([Norm::Layer, Norm::Batch(BatchMode::Train)])
        {
            let spec = NormSpec {
                norm,
                eps: state.eps,
                ..NormSpec::default()
            };
            for (trace, drawing) in traces.iter_mut().zip(&*drawings) {
                // A sample has twelve tokens: never too few.
                normalize(drawing.view(), BatchExperiment::SEQ_LEN, &spec, trace).ok();
            }
        }
    }
}

/// The rows of the sample that stays: the first of its batch.
fn own(batch: &Array2<f32>) -> ArrayView2<'_, f32> {
    batch.slice(s![..BatchExperiment::SEQ_LEN.min(batch.nrows()), ..])
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.batch.begin(state);
    scene.batch.normalize_two(state);
    let kept = &scene.batch;
    let [[layer, other_layer], [first, other]] = kept
        .traces
        .each_ref()
        .map(|traces| traces.each_ref().map(|trace| own(&trace.normalized)));
    let x = own(&kept.drawings[0]);
    let numbers = Numbers {
        size: BATCH_SIZES[size_idx(state)],
        batch: largest_difference(first, other),
        layer: largest_difference(layer, other_layer),
    };
    let (seq_len, d_model) = (BatchExperiment::SEQ_LEN, BatchExperiment::D_MODEL);
    let panels = [x, layer, first, other]
        .into_iter()
        .zip(HEADS)
        .map(|(values, (symbol, note))| Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            ..Panel::new(
                Axis::cells("", "", 0, d_model),
                Axis::cells("", "", 0, seq_len),
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Down,
                    colours: symmetric(3.0),
                    undefined: Cow::Borrowed("0 / 0"),
                    version: kept.version,
                }),
            )
        })
        .collect();
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels,
        table: Table::Columns(vec![
            index("token", d_model, seq_len, x.len()),
            index("feature", 1, d_model, x.len()),
            columns::numbers("input", flat(&x)),
            columns::numbers("layer", flat(&layer)),
            columns::numbers("batch_first", flat(&first)),
            columns::numbers("batch_other", flat(&other)),
        ]),
        read_rows: 0..d_model,
    }
}

/// What the sample among two draws of mates shows.
fn summary(numbers: &Numbers) -> String {
    if numbers.size == 1 {
        return "The sample is alone in its batch, so *it has no mates that could change it*. Batch norm is instance norm then.".to_owned();
    }
    format!(
        "The same {} tokens of {} features with two sets of mates, in batches of {}. Under batch norm they differ by up to *{}*, under LayerNorm by *{}*.",
        BatchExperiment::SEQ_LEN,
        BatchExperiment::D_MODEL,
        numbers.size,
        n(numbers.batch),
        n(numbers.layer),
    )
}

/// One batch size, two drawings.
const SIZE: &str = "\
def normalize(x, axes):
    variance, mean = {var_mean}
    return (x - mean) / (variance + eps) ** 0.5


first, other = (x[mates(drawing, {size})] for drawing in range(2))
layer, batch_first, batch_other = normalize(x[:1], -1), normalize(first, (0, 1)), normalize(other, (0, 1))
result = {lib}.stack([x[0], layer[0], batch_first[0], batch_other[0]]){float}
";

/// The sample that stays, by LayerNorm and by batch norm with two draws of mates, (4, 12, 32).
fn code(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let size = number_text(BATCH_SIZES[size_idx(state)]);
    whole(state, |library| {
        fill(
            SIZE,
            &[
                ("lib", library.name()),
                ("size", &size),
                (
                    "var_mean",
                    library.pick(
                        "x.var(axis=axes, keepdims=True), x.mean(axis=axes, keepdims=True)",
                        "torch.var_mean(x, axes, unbiased=False, keepdim=True)",
                    ),
                ),
                ("float", library.pick(".astype(np.float32)", ".float()")),
            ],
        )
    })
}
