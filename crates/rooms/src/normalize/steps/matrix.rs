//! x, x̂ and y as matrices, one row per token, on one scale of colours.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::ticks::nice_above;
use figures::{Cross, Figure, Head, Heatmap, Panel, Plot, Rows, Table};
use maths::inputs::Distribution;
use maths::statistics::range_of;

use super::super::block::places;
use super::super::forget;
use super::super::lab::Normalize;
use super::super::phrases::{TOO_FEW, counted, inflation, n, token_name};
use super::super::pointing::{here_at_cell, idx_from, read_cell};
use super::super::python::{Form, Part, whole};
use super::super::scales::{colours, features, symmetric, tokens};
use super::super::scene::{NormalizeScene, flat};
use super::super::state::{NormName, NormalizeState};
use super::super::ways::TO_MORE_TOKENS;
use super::arithmetic::{Arithmetic, written_out};
use super::heads::{Way, heads};
use super::remembered::{NOTHING_REMEMBERED, is_untrained};
use crate::columns::numbers as column;
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-matrix",
    "Activations, tokens × features",
    scene,
    code,
)
.ways(&[TO_MORE_TOKENS])
.caption(210)
.ignoring(forget::motion)
.pointing(Pointing::new(
    read_cell,
    here_at_cell,
    tip,
    "Arrow keys move through tokens and features.",
));

/// What can be said of the matrices.
struct Numbers {
    batch: usize,
    seq_len: usize,
    d_model: usize,
    /// Where the colours of x, x̂ and y end.
    ends: [f64; 3],
    /// How far their values reach.
    reaches: [f64; 3],
    way: Way,
    input: Distribution,
    /// How many words the sentence has, where the input is words.
    n_words: usize,
    padding: bool,
    masked: bool,
    /// The part of all tokens that is padding, where batch norm counts it.
    counted_padding: Option<f64>,
    /// Whether batch norm cannot be trained on this.
    is_too_few: bool,
    /// Whether it evaluates without ever having been trained.
    is_untrained: bool,
    /// Whether each value has a mean and a variance of its own.
    is_alone: bool,
    /// How many groups have no normalised values because ε = 0 leaves 0/0.
    n_zero_over_zero: usize,
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    Numbers {
        batch: state.batch,
        seq_len: state.seq_len,
        d_model: state.d_model,
        ends: ends(scene, state),
        reaches: reaches(scene),
        way: Way::of(scene, state),
        input: state.input,
        n_words: state.input_spec().words.len(),
        padding: state.padding,
        masked: state.masked,
        counted_padding: counted_padding(state),
        is_too_few: scene.too_few.is_some(),
        is_untrained: is_untrained(state),
        is_alone: is_alone(state),
        n_zero_over_zero: n_zero_over_zero(scene, state),
    }
}

/// How many times values may reach beyond the common scale of colours, or this beyond them, before they get one of their
/// own.
const LARGEST_COMMON_REACH: f64 = 4.0;

/// How far x, x̂ and y reach.
fn reaches(scene: &NormalizeScene) -> [f64; 3] {
    scene
        .steps
        .reaches
        .map(|kept| kept.map_or(0.0, |(_, reach)| reach))
}

/// Where the colours of x, x̂ and y end: all of them at the same value, but for those that would be of one colour there.
fn ends(scene: &NormalizeScene, state: &NormalizeState) -> [f64; 3] {
    let common = f64::from(colours(state).max);
    let shared = common / LARGEST_COMMON_REACH..=common * LARGEST_COMMON_REACH;
    reaches(scene).map(|reach| {
        if reach == 0.0 || shared.contains(&reach) {
            common
        } else {
            nice_above(reach)
        }
    })
}

impl NormalizeScene {
    /// Brings up to date how far x, x̂ and y reach.
    fn update_reaches(&mut self) {
        let mut reaches = self.steps.reaches;
        let steps = self.steps().into_iter().zip(self.versions);
        for (kept, (step, version)) in reaches.iter_mut().zip(steps) {
            if kept.is_none_or(|(of, _)| of != version) {
                let (min, max) = range_of(flat(&step));
                // They are NaN where there are no numbers.
                *kept = Some((version, min.abs().max(max.abs()).max(0.0)));
            }
        }
        self.steps.reaches = reaches;
    }
}

#[allow(clippy::cast_precision_loss)]
fn counted_padding(state: &NormalizeState) -> Option<f64> {
    (state.padding && !state.masked && state.norm == NormName::Batch).then(|| {
        let n_padding = (0..state.rows()).filter(|&row_idx| state.is_padding(row_idx));
        n_padding.count() as f64 / state.rows() as f64
    })
}

fn is_alone(state: &NormalizeState) -> bool {
    let n_values = match state.norm {
        NormName::Layer => state.d_model,
        NormName::Instance => state.seq_len,
        NormName::Group => state.seq_len * (state.d_model / state.n_groups()),
        _ => return false,
    };
    n_values == 1
}

fn n_zero_over_zero(scene: &NormalizeScene, state: &NormalizeState) -> usize {
    if state.eps > 0.0 {
        return 0;
    }
    (0..scene.trace.groups.count())
        .filter(|&group_idx| scene.trace.is_zero_over_zero(group_idx))
        .count()
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    scene.update_reaches();
    let scene = &*scene;
    let numbers = numbers(scene, state);
    let steps = scene.steps();
    let panels = steps.into_iter().zip(heads(&numbers.way)).enumerate();
    let panels = panels.map(|(idx, (values, (symbol, note)))| {
        let plot = if scene.too_few.is_some() && idx > 0 {
            Plot::Empty(Cow::Borrowed(TOO_FEW))
        } else {
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours: symmetric(numbers.ends[idx]),
                undefined: scene.undefined(),
                version: scene.versions[idx],
            })
        };
        Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: Some(state.row() as u64),
            },
            caption: Cow::Borrowed(caption(&numbers, idx)),
            ..Panel::new(features("feature", state), tokens(state, idx), plot)
        }
    });
    let panels = panels.collect();
    let [input, normalized, output] = steps.each_ref().map(flat);
    let mut columns = Vec::from(places([state.batch, state.seq_len, state.d_model]));
    columns.extend([
        column("input", input),
        column("normalized", normalized),
        column("output", output),
    ]);
    let row_idx = state.row();
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: scene.with_no_numbers(summary(&numbers)),
        panels,
        table: Table::Columns(columns),
        read_rows: row_idx * state.d_model..(row_idx + 1) * state.d_model,
    }
}

/// What each of the three matrices is.
fn caption(numbers: &Numbers, panel_idx: usize) -> &'static str {
    match panel_idx {
        0 => "what the layer receives",
        1 => match numbers.way.norm {
            NormName::Layer | NormName::Rms => "the same scale for every token",
            NormName::Batch => "the same scale for every feature",
            NormName::Instance => "the same scale for every feature of a sample",
            NormName::Group => "the same scale for every group of a sample",
            NormName::DyT => "between −1 and 1",
            NormName::None => "as it was",
        },
        _ => "what the next layer receives",
    }
}

/// What the matrices show.
fn summary(numbers: &Numbers) -> String {
    let shape = format!(
        "{} × {} of {}.",
        numbers.batch,
        counted(numbers.seq_len, "token"),
        counted(numbers.d_model, "feature"),
    );
    if numbers.is_too_few {
        return format!(
            "{shape} *Batch norm cannot be trained on this*: one value per feature has no variance. Take more tokens or samples.\nThe value is its own mean, so every output would be β, for any input. PyTorch stops here."
        );
    }
    if numbers.n_zero_over_zero > 0 {
        return format!(
            "{shape} *{} {} are 0/0* (hatched): all their values are equal, so the variance is 0. Any ε above 0 makes them β.",
            format_count(numbers.n_zero_over_zero as u64),
            groups_word(numbers.way.norm),
        );
    }
    let padding = match (numbers.padding, numbers.masked) {
        (false, _) => "",
        (true, true) => " Padding is 0 everywhere and left out of mean and variance.",
        (true, false) => " Padding is 0 in x and *counts like a token*.",
    };
    let inflation = numbers.counted_padding.map(inflation).unwrap_or_default();
    format!(
        "{shape} {}\n{}{padding}{inflation}",
        noticed(numbers),
        colours_words(numbers)
    )
}

/// What the colours say, and what lies beyond them.
fn colours_words(numbers: &Numbers) -> String {
    let [x, normalized, output] = numbers.ends.map(n);
    let ends = if x == normalized && x == output {
        format!("Colours go from −{x} to {x}")
    } else {
        format!("Colours go up to ±{x} in x, ±{normalized} in x̂, ±{output} in y")
    };
    let names = ["x", "x̂", "y"]
        .into_iter()
        .zip(numbers.reaches)
        .zip(numbers.ends);
    let beyond = names.filter(|((_, reach), end)| reach > end);
    let beyond: Vec<_> = beyond
        .map(|((name, reach), _)| format!("{name} reaches ±{}", format_value(reach, 2)))
        .collect();
    match &beyond[..] {
        [] => format!("{ends}."),
        beyond => format!(
            "{ends}. Larger values have the last colour: {}.",
            beyond.join(", ")
        ),
    }
}

/// What the values share their mean and variance with, in the plural.
fn groups_word(norm: NormName) -> &'static str {
    match norm {
        NormName::Layer | NormName::Rms => "tokens",
        NormName::Batch => "features",
        NormName::Instance => "features of samples",
        _ => "groups of samples",
    }
}

/// What is worth looking at.
fn noticed(numbers: &Numbers) -> &'static str {
    let way = &numbers.way;
    match way.norm {
        NormName::Layer if numbers.is_alone => {
            "*One feature is its own mean*: x̂ is 0 and y is β, for any x. LayerNorm needs more features."
        }
        NormName::Layer => match numbers.input {
            Distribution::Tokens if way.eps_counts => {
                "In x *each token has its own mean and spread*. In x̂ some of it stays, because ε is large compared with their variance."
            }
            Distribution::Tokens if numbers.padding => {
                "In x *each token has its own mean and spread*; in x̂ all real tokens have the same."
            }
            Distribution::Tokens => {
                "In x *each token has its own mean and spread*; in x̂ all have the same."
            }
            Distribution::Outlier => {
                "*One feature is far larger than the rest*: it makes most of the variance, so the others are squeezed together in x̂."
            }
            Distribution::Constant => {
                "*All features are equal*: minus the mean they are 0, and y is β."
            }
            Distribution::Encoded if numbers.n_words == 0 => {
                "*No words*: type a sentence. Only the positions are left."
            }
            Distribution::Encoded if numbers.batch * numbers.seq_len > numbers.n_words => {
                "*Each row is a word plus its position*, as the first norm of GPT-2 ([pre-norm|pre-norm]) receives it. After its last word the sentence begins again."
            }
            Distribution::Encoded => {
                "*Each row is a word plus its position*, as the first norm of GPT-2 ([pre-norm|pre-norm]) receives it. In the original transformer attention comes before the norm."
            }
            _ => {
                "*Each row is normalised by itself*: its mean and variance are those of its own features."
            }
        },
        NormName::Rms => {
            "*Each row is divided by the root of its mean square*. Its mean is not taken off."
        }
        NormName::Batch if numbers.is_untrained => NOTHING_REMEMBERED,
        NormName::Batch if way.evaluates => {
            "*Each column uses what was remembered* of 50 batches like this one; the values of this batch do not count."
        }
        NormName::Batch => {
            "*Each column is normalised by itself*, over all tokens of all samples. Tokens with a wide spread keep it."
        }
        NormName::Instance | NormName::Group if numbers.is_alone => {
            "*Each value is its own mean*: x̂ is 0 and y is β, for any x. More tokens help."
        }
        NormName::Instance => {
            "*Each column of each sample is normalised by itself*, so the tokens of a sample depend on each other."
        }
        NormName::Group => {
            "*Some columns of each sample together* have mean 0 and variance 1, so the tokens of a sample depend on each other."
        }
        NormName::DyT => {
            "*Each value by itself*: large values end near ±1, and tokens with a wide spread keep a wider one."
        }
        NormName::None => "*y keeps the mean and the spread of x*, but for γ and β.",
    }
}

/// A cell of one of the three matrices, in numbers.
fn tip_words(token: &str, panel_idx: usize, arithmetic: &Arithmetic) -> String {
    let [x, _, normalized, output] = written_out(arithmetic);
    let step = match panel_idx {
        0 => x,
        1 => normalized,
        _ => output,
    };
    format!("{token}, feature {}: {step}", arithmetic.reading.feature)
}

/// x, x̂ and y, (3, batch, seq_len, d_model).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    whole(scene, state, Part::All, Form::Short, |library| {
        fill(
            "result = {lib}.stack([x, normalized, output])\n",
            &[("lib", library.name())],
        )
    })
}

fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let row_idx = idx_from(cell.y, state.row());
    let feature = idx_from(cell.x, state.column());
    let mut token = token_name(state.batch, state.seq_len, row_idx);
    if state.has_words()
        && let Some(word) = state.text.word_at(row_idx)
    {
        token = format!("“{word}”, {token}");
    }
    Arithmetic::at(scene, state, row_idx, feature)
        .map(|arithmetic| tip_words(&token, cell.panel_idx, &arithmetic))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_over_zero_keeps_its_name() {
        let mut state = NormalizeState::default();
        state.take_text("2,2,2,2");
        state.eps = 0.0;
        let mut made_with = NormalizeScene::default();
        let figure = scene(&mut made_with, &state);
        let is_zero = figure.panels.iter().any(|panel| {
            matches!(&panel.plot, Plot::Heatmap(Heatmap { undefined, .. }) if undefined.contains("0 / 0"))
        });
        assert!(
            is_zero && figure.summary.contains("0/0"),
            "{}",
            figure.summary
        );
    }

    #[test]
    fn colours_show_every_step_and_say_what_lies_beyond() {
        for (mean, std, n_scales, is_clipped) in [
            (0.0, 1.0, 1, true),
            (0.0, 0.001, 2, false),
            (100.0, 1.0, 2, false),
            (0.0, 0.5, 1, true),
        ] {
            let state = NormalizeState {
                mean,
                std,
                ..NormalizeState::default()
            };
            let mut made_with = NormalizeScene::default();
            let figure = scene(&mut made_with, &state);
            let mut scales = Vec::new();
            for panel in &figure.panels {
                let Plot::Heatmap(heatmap) = &panel.plot else {
                    continue;
                };
                let largest = heatmap
                    .values
                    .iter()
                    .fold(0.0_f32, |max, x| max.max(x.abs()));
                assert!(largest >= 0.2 * heatmap.colours.max, "{mean} {std}");
                scales.push(heatmap.colours.max);
            }
            scales.dedup();
            let summary = &figure.summary;
            assert_eq!(
                (scales.len(), summary.contains("last colour")),
                (n_scales, is_clipped),
                "{summary}"
            );
        }
    }
}
