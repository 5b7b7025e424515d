//! How much the sample that stays depends on its mates, over the batch size.

use std::borrow::Cow;

use figures::number::format_value;
use figures::ticks::nice_above;
use figures::{Axis, Cross, Figure, Head, Line, Panel, Plot, Role, Table};
use maths::normalize::{BATCH_SIZES, BatchExperiment, nearest_divisor};
use ndarray::ArrayView1;

use super::super::lab::Normalize;
use super::super::phrases::inflation;
use super::super::pointing::idx_from;
use super::super::scene::NormalizeScene;
use super::super::state::{Mates, NormalizeState};
use super::experiment::{N_DRAWINGS, forget_block, size_idx};
use super::kept::{Kept, N};
use super::python::whole;
use super::series::HEADERS;
use crate::columns;
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::number_text;

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::<Normalize>::new(
    "normalize-batch",
    "How much one sample depends on its mates",
    scene,
    code,
)
.height(280)
.ignoring(forget_block)
.pointing(Pointing::new(
    read_size,
    here,
    tip,
    "Left and right arrow keys move through the batch sizes.",
));

/// Which series are drawn in which panel, LayerNorm's in each.
const PANELS: [&[usize]; 3] = [&[1, 2, 7], &[3, 4, 5, 6, 7], &[8, 9, 10, 7]];

/// The colours of the series: what has the same name has the same in every panel.
const COLOURS: [usize; N] = [0, 0, 1, 0, 2, 3, 4, 5, 0, 6, 1];

/// Symbol and note above the panels.
const HEADS: [(&str, &str); 3] = [
    ("no padding", "spread of x̂"),
    ("padding", "spread of x̂"),
    ("evaluation", "gap"),
];

/// What can be said at the batch size that is read.
struct Numbers {
    /// How many samples a batch has.
    size: usize,
    mates: Mates,
    /// How often mates were drawn.
    n_done: usize,
    /// By how much the sample moves under batch norm; none before mates were drawn, like the others.
    batch: Option<f64>,
    batch_padded: Option<f64>,
    batch_masked: Option<f64>,
    instance_padded: Option<f64>,
    layer: Option<f64>,
    /// How far batch norm in evaluation is from training, as the input was and as it has shifted.
    gap: Option<f64>,
    gap_shifted: Option<f64>,
    /// The part of the first drawing that is padding.
    padded: f64,
}

fn numbers(kept: &Kept, state: &NormalizeState) -> Numbers {
    let size_idx = size_idx(state);
    let at = |series_idx| kept.value(series_idx, size_idx);
    Numbers {
        size: BATCH_SIZES[size_idx],
        mates: state.mates,
        n_done: kept.experiment.n_done(),
        batch: at(1),
        batch_padded: at(3),
        batch_masked: at(4),
        instance_padded: at(5),
        layer: at(7),
        gap: at(8),
        gap_shifted: at(9),
        padded: kept.padded,
    }
}

/// How many groups group norm makes of the experiment's features.
fn n_groups(state: &NormalizeState) -> usize {
    nearest_divisor(state.n_groups(), BatchExperiment::D_MODEL)
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let size_idx = size_idx(state);
    scene.batch.go_on(state);
    scene.is_unfinished |= !scene.batch.is_done;
    scene.batch.measure_padding(size_idx);
    let kept = &scene.batch;
    let numbers = numbers(kept, state);
    let names = line_names(n_groups(state));
    let panels = PANELS
        .into_iter()
        .zip(HEADS)
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
    let columns = HEADERS.into_iter().zip(&kept.series);
    let columns = columns.map(|(header, values)| columns::numbers(header, values));
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: summary(&numbers),
        panels,
        table: Table::Columns(columns.collect()),
        read_rows: size_idx..size_idx + 1,
    }
}

/// The names of the series, in the order of the table; the panel says the rest.
fn line_names(n_groups: usize) -> [String; N] {
    let group = format!("group norm ({n_groups})");
    [
        "batch size",
        "batch norm",
        "batch norm over samples only",
        "batch norm",
        "batch norm, masked",
        "instance norm",
        &group,
        "LayerNorm",
        "batch norm",
        "batch norm, input shifted",
        "batch norm over samples only",
    ]
    .map(str::to_owned)
}

/// A number of a series, or a dash where there is none.
fn shown(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format_value(value, 3))
}

/// What the curves show.
fn summary(numbers: &Numbers) -> String {
    let mates = match numbers.mates {
        Mates::Alike => "like the sample",
        Mates::Varied => "each with its own mean and spread",
    };
    let [batch, layer] = [numbers.batch, numbers.layer].map(shown);
    let size = numbers.size;
    let spread = if size == 1 {
        format!("Alone in its batch, the sample is moved by {batch} under batch norm")
    } else {
        format!(
            "With other mates in a batch of {size}, batch norm moves the sample by *{batch}* of its [std|std]"
        )
    };
    let masked = match (numbers.batch_masked, numbers.batch_padded) {
        (Some(masked), Some(padded)) if masked > padded => format!(
            "\nWith the padding left out, batch norm moves it by {}. That is more: the zeros are the same each time, and without them the mean is \
             made of fewer tokens.",
            shown(Some(masked))
        ),
        _ => String::new(),
    };
    let padded = if size == 1 {
        String::new()
    } else {
        format!(
            "\nWith [padding|padding], batch norm moves it by {}, and *[instance-norm|instance norm] by {}*: how many zeros it gets depends on the longest \
             mate.{}{masked}",
            shown(numbers.batch_padded),
            shown(numbers.instance_padded),
            inflation(numbers.padded)
        )
    };
    let gap = if numbers.n_done > 50 {
        format!(
            "\nIn [evaluation|evaluation], with what it remembers, batch norm is {} away from training, and {} once the input has shifted (1.5 x + 1). \
             LayerNorm is the same in both.",
            shown(numbers.gap),
            shown(numbers.gap_shifted)
        )
    } else {
        String::new()
    };
    format!(
        "{spread}, *[layer-norm|LayerNorm] by {layer}*.\n{} sets of mates were drawn, {mates}.{padded}{gap}\nOver samples only, a batch of 1 has one value per \
         [feature|feature] and no [variance|variance]: these curves begin at {}.",
        numbers.n_done, BATCH_SIZES[1]
    )
}

/// All curves of a panel at one batch size.
fn tip_words<'a>(size: usize, values: impl Iterator<Item = (&'a str, Option<f64>)>) -> String {
    let mut text = format!("batch size {size}");
    for (idx, (name, value)) in values.enumerate() {
        text.push_str(if idx == 0 { ": " } else { ", " });
        text.push_str(name);
        text.push(' ');
        text.push_str(&shown(value));
    }
    text
}

/// All batch sizes.
const SIZES: &str = "\
groups, momentum, drawings, warm_up = {groups}, {momentum}, {drawings}, 50
lengths = {array}(lengths)
real = (lengths[:, None] > {lib}.arange(seq_len))[..., None]
order = {array}([mates(drawing, 64) for drawing in range(drawings)])
padded = x * real
sums, real_sums = [x.sum(1), (x ** 2).sum(1)], [padded.sum(1), (padded ** 2).sum(1)]
nan = float(\"nan\")


def moments(sums, squares, n):
    mean = sums / n
    return mean, (squares / n - mean ** 2).clip(0)


def normalize(x, mean, variance):
    return (x - mean) / (variance + eps) ** 0.5


def spread(normalized):  # over the drawings, as the root of the mean square over the cells
    return float(((normalized - normalized.mean(0)) ** 2).mean() ** 0.5)


def gaps(own, normalized, mean, variance, n):  # training against evaluation, after a warm-up
    running_mean, running_variance, gap = 0 * mean[0], 0 * mean[0] + 1, []
    for drawing in range(drawings):
        if drawing >= warm_up:
            evaluated = [normalize(x, running_mean, running_variance) for x in (own, 1.5 * own + 1)]
            gap.append([float(((normalized[drawing] - it) ** 2).mean()) for it in evaluated])
        running_mean = running_mean + momentum * (mean[drawing] - running_mean)
        running_variance = running_variance + momentum * (variance[drawing] * n / (n - 1) - running_variance)
    return [(sum(column) / len(gap)) ** 0.5 for column in zip(*gap)]


own, length = x[0], 6
rows = []
for size in {sizes}:
    drawn = order[:, :size]
    total, real_total = ([it[drawn].sum(1)[:, None] for it in pair] for pair in (sums, real_sums))
    longest = {longest}
    n_real = lengths[drawn].sum(1)[:, None, None]

    over_tokens = moments(*total, size * seq_len)
    batch = normalize(own, *over_tokens)
    over_samples = moments(x[drawn].sum(1), (x[drawn] ** 2).sum(1), size)
    samples_only = normalize(own, *over_samples)
    batch_padded = normalize(own[:length], *moments(*real_total, size * longest))
    batch_masked = normalize(own[:length], *moments(*real_total, n_real))
    own_sums = [it[0] for it in real_sums]
    instance = normalize(own[:length], *moments(*own_sums, longest))
    width = d_model // groups
    of_groups = [{repeated} for it in own_sums]
    group = normalize(own[:length], *moments(*of_groups, longest * width))

    gap, shifted = gaps(own, batch, *over_tokens, size * seq_len)
    if size > 1:
        alone, (alone_gap, _) = spread(samples_only), gaps(own, samples_only, *over_samples, size)
    else:  # a variance of one value
        alone, alone_gap = nan, nan
    moving = [spread(it) for it in (batch_padded, batch_masked, instance, group)]
    rows.append([size, spread(batch), alone, *moving, 0, gap, shifted, alone_gap])
result = {array}(rows, dtype={lib}.float32).T
";

/// Batch sizes, spreads and gaps, (11, batch sizes).
fn code(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    whole(state, |library| {
        let sizes: Vec<_> = BATCH_SIZES.iter().map(number_text).collect();
        fill(
            SIZES,
            &[
                ("lib", library.name()),
                ("array", library.pick("np.array", "torch.tensor")),
                ("groups", &number_text(n_groups(state))),
                ("momentum", &number_text(state.momentum)),
                ("drawings", &number_text(N_DRAWINGS)),
                ("sizes", &format!("({})", sizes.join(", "))),
                (
                    "longest",
                    library.pick(
                        "lengths[drawn].max(1)[:, None, None]",
                        "lengths[drawn].amax(1)[:, None, None]",
                    ),
                ),
                (
                    "repeated",
                    library.pick(
                        "np.repeat(it.reshape(groups, -1).sum(1), width)",
                        "it.reshape(groups, -1).sum(1).repeat_interleave(width)",
                    ),
                ),
            ],
        )
    })
}

/// Makes one of the batch sizes the one that is read.
fn read_size(state: &mut NormalizeState, cell: Cell) {
    // Where none is named, none is read anew.
    let idx = idx_from(cell.x, BATCH_SIZES.len());
    if let Some(&size) = BATCH_SIZES.get(idx) {
        state.batch = size;
    }
}

/// The batch size that is read.
fn here(state: &NormalizeState) -> Cell {
    Cell {
        x: Some(size_idx(state) as u64),
        ..Cell::default()
    }
}

/// All series at the batch size that is pointed at.
fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    let size_idx = idx_from(cell.x, size_idx(state));
    let kept = &scene.batch;
    let names = line_names(n_groups(state));
    let series = PANELS.get(cell.panel_idx).copied().unwrap_or_default();
    let values = series
        .iter()
        .map(|&idx| (&*names[idx], kept.value(idx, size_idx)));
    let size = BATCH_SIZES.get(size_idx).copied().unwrap_or(1);
    tip_words(size, values)
}
