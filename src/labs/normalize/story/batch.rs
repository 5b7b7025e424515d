//! The words about batches.

use figures::number::format_value;
use maths::normalize::{BATCH_SIZES, BatchExperiment, nearest_divisor};

use super::{inflation, n};
use crate::labs::Question;
use crate::labs::normalize::state::NormalizeState;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why not batch norm?",
        answer: "The same sample comes out differently among other mates, the more so the smaller the batch, and padding (the middle panel) joins in. LayerNorm's line stays at zero. Move Batch size and change Mates.",
        settings: "batch=2",
        figure_id: "normalize-batch",
    },
    Question {
        asked: "Why does a model behave differently in evaluation?",
        answer: "Batch norm then uses what it remembers of earlier batches, so the mates no longer count, but what it remembers may not fit. Move Momentum.",
        settings: "momentum=0.01",
        figure_id: "normalize-batch",
    },
];

/// Symbol and note above the three panels of curves.
pub const HEADS: [(&str, &str); 3] = [
    ("no padding", "spread of x̂"),
    ("padding", "spread of x̂"),
    ("evaluation", "off training by"),
];

/// Symbol and note above the sample and its three outputs.
pub const MATES_HEADS: [(&str, &str); 4] = [
    ("x", "the sample"),
    ("LayerNorm", "either"),
    ("batch norm", "draw 1"),
    ("batch norm", "draw 2"),
];

/// How to read the part.
pub fn lead(_: &NormalizeState) -> String {
    format!(
        "One sample of {} tokens stays as it is; the other samples of its batch are drawn anew, again and again. *Does its normalised value change?* This shows dependence, not that batch norm trains worse.",
        BatchExperiment::SEQ_LEN
    )
}

/// The spread of x̂ over the drawings, as MathML.
pub fn formula(_: &NormalizeState) -> String {
    "<math><mi>spread</mi><mo>=</mo><msqrt><mrow><msub><mi>mean</mi><mtext>t,c</mtext></msub><mspace width=\"0.2em\"/>\
     <msub><mi>var</mi><mtext>mates</mtext></msub><mspace width=\"0.2em\"/><msub><mover><mi>x</mi><mo>^</mo></mover><mtext>t,c</mtext></msub></mrow></msqrt></math>"
        .to_owned()
}

/// The names of the series, in the order of the table; the panel says the rest.
pub fn line_names(state: &NormalizeState) -> [String; 11] {
    let n_groups = nearest_divisor(state.n_groups(), BatchExperiment::D_MODEL);
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
fn shown(value: f32) -> String {
    if value.is_nan() {
        "–".to_owned()
    } else {
        format_value(value.into(), 3)
    }
}

/// What the curves show at the batch size that is read. `padded` is the part of the first drawing that is padding.
pub fn spread_summary(
    state: &NormalizeState,
    n_done: usize,
    size_idx: usize,
    series: &[Vec<f32>; 11],
    padded: f64,
) -> String {
    let at = |idx: usize| {
        let value = series.get(idx).and_then(|series| series.get(size_idx));
        shown(value.copied().unwrap_or(f32::NAN))
    };
    let size = BATCH_SIZES.get(size_idx).copied().unwrap_or(1);
    let mates = if state.alike {
        "like the sample"
    } else {
        "each of its own mean and spread"
    };
    let spread = if size == 1 {
        format!("Alone in its batch nothing moves it: batch norm {}", at(1))
    } else {
        format!(
            "In batches of {size} batch norm moves the sample by *{}* of its std",
            at(1)
        )
    };
    let padded = if size == 1 {
        String::new()
    } else {
        format!(
            " Padded, with mates of other lengths, batch norm moves by {}, and *instance norm by {}*: the longest mate says how many zeros it gets, unless they are masked.{}",
            at(3),
            at(5),
            inflation(padded)
        )
    };
    let gap = if n_done > 50 {
        format!(
            " Evaluation by remembered statistics is {} away from training, {} once the input has shifted (1.5 x + 1); LayerNorm knows no difference.",
            at(8),
            at(9)
        )
    } else {
        String::new()
    };
    format!(
        "{n_done} draws of mates, {mates}. {spread}, *LayerNorm by {}*.{padded}{gap} At batch size 1 batch norm over samples only has one value per feature and no variance: its curves begin at {}.",
        at(7),
        BATCH_SIZES.get(1).copied().unwrap_or(2)
    )
}

/// All curves of a panel at one batch size.
pub fn spread_tip<'a>(size_idx: usize, values: impl Iterator<Item = (&'a str, f32)>) -> String {
    let size = BATCH_SIZES.get(size_idx).copied().unwrap_or(1);
    let mut text = format!("batch size {size}");
    for (idx, (name, value)) in values.enumerate() {
        text.push_str(if idx == 0 { ": " } else { ", " });
        text.push_str(name);
        text.push(' ');
        text.push_str(&shown(value));
    }
    text
}

/// What the sample among two draws of mates shows.
pub fn mates_summary(size_idx: usize, batch: f64, layer: f64) -> String {
    let size = BATCH_SIZES.get(size_idx).copied().unwrap_or(1);
    if size == 1 {
        return "The sample is alone in its batch: *there are no mates that could change it*. Batch norm is instance norm then.".to_owned();
    }
    format!(
        "The same {} tokens of {} features in two batches of {size}: under batch norm they differ by up to *{}*, under LayerNorm by *{}*.",
        BatchExperiment::SEQ_LEN,
        BatchExperiment::D_MODEL,
        n(batch),
        n(layer),
    )
}
