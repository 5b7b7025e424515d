//! The block of cells: those that share a mean and a variance with the one that is read are full.

use std::borrow::Cow;

use figures::number::format_count;
use figures::{Anchor, Cross, Figure, Form, Panel, Plot, Role, Shape, Sketch, Table};
use maths::normalize::Groups;

use super::super::lab::Normalize;
use super::super::names::norm_word;
use super::super::phrases::{counted, n, token_name};
use super::super::pointing::{here_at_cell, idx_from, read_cell};
use super::super::reading::Reading;
use super::super::scales::{features, tokens};
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::cells::{Cells, MARGIN};
use super::groups::{groups, one_word, pair_word};
use super::kept::Kept;
use crate::columns::{self, indices};
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::{Words, number_text};

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-axes",
    "Which values share a mean and a variance",
    scene,
    code,
)
.height(200)
.pointing(Pointing::new(
    read_cell,
    here_at_cell,
    tip,
    "Arrow keys move through tokens and features.",
));

/// What can be said of the groups.
struct Numbers {
    norm: NormName,
    n_samples: usize,
    seq_len: usize,
    d_model: usize,
    n_groups: usize,
    /// How many values each group has.
    n_values: usize,
}

fn numbers(state: &NormalizeState, groups: &Groups) -> Numbers {
    Numbers {
        norm: state.norm,
        n_samples: state.batch,
        seq_len: state.seq_len,
        d_model: state.d_model,
        n_groups: groups.count(),
        n_values: groups.size(),
    }
}

/// Pairs of μ and σ, and how many values each is of, for every norm.
#[allow(clippy::cast_precision_loss)]
fn count(kept: &mut Kept, state: &NormalizeState) {
    let [pairs, values_each] = &mut kept.counts;
    pairs.clear();
    values_each.clear();
    for &norm in NormName::ALL {
        let groups = groups(state, norm);
        pairs.push(groups.count() as f32);
        values_each.push(groups.size() as f32);
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    // What a cell is normalised by stands in its tip.
    scene.update_and_train(state);
    count(&mut scene.axes, state);
    let [pairs, values_each] = &scene.axes.counts;
    let groups = groups(state, state.norm);
    let numbers = numbers(state, &groups);
    let cells = Cells::new(state);
    let is_whole = cells.shape() == [state.batch, state.seq_len, state.d_model];
    let mut shapes = cell_shapes(&cells, &groups, state);
    shapes.extend(labels(&cells, &numbers).into_iter().map(Shape::new));
    let (width, height) = cells.size();
    let panel = Panel {
        caption: Cow::Owned(caption(&numbers)),
        cross: Cross {
            x: Some(state.column() as u64),
            y: Some(state.row() as u64),
        },
        ..Panel::new(
            features("", state),
            tokens(state, 0),
            Plot::Sketch(Sketch {
                width,
                height,
                shapes,
            }),
        )
    };
    let norm_idx = state.norm as usize;
    Figure {
        id: FIGURE.id,
        title: Cow::Owned(title(&numbers)),
        summary: summary(&numbers, is_whole),
        panels: vec![panel],
        table: Table::Columns(vec![
            indices("norm", NormName::ALL.len()),
            columns::numbers("pairs", pairs),
            columns::numbers("values_each", values_each),
        ]),
        read_rows: norm_idx..norm_idx + 1,
    }
}

/// The cells, and a line around the one that is read.
fn cell_shapes<'a>(cells: &Cells, groups: &Groups, state: &NormalizeState) -> Vec<Shape<'a>> {
    let row_idx = state.row();
    let read = [
        row_idx / state.seq_len,
        row_idx % state.seq_len,
        state.column(),
    ];
    let mut shapes = Vec::new();
    let mut read_corners = Vec::new();
    for (place, &sample) in cells.samples.iter().enumerate() {
        for (token_place, &token) in cells.tokens.iter().enumerate() {
            for (feature_place, &feature) in cells.features.iter().enumerate() {
                let cell = [sample, token, feature];
                let points = cells.corners([place, token_place, feature_place]);
                let row_idx = sample * state.seq_len + token;
                let (role, opacity) = if groups.share(read, cell) || cell == read {
                    (Role::Accent, 0.9)
                } else if state.is_padding(row_idx) {
                    (Role::Line, 0.5)
                } else {
                    (Role::Accent, 0.14)
                };
                if cell == read {
                    read_corners.clone_from(&points);
                    read_corners.extend(points.first().copied());
                }
                let form = Form::Polygon {
                    points,
                    role,
                    opacity,
                };
                shapes.push(Shape::new(form).at_cell(feature as u64, row_idx as u64));
            }
        }
    }
    shapes.push(Shape::new(Form::Line {
        points: read_corners,
        width: 2.0,
        role: Role::Ink,
    }));
    shapes
}

/// What stands around the block.
#[allow(clippy::cast_precision_loss)]
fn labels<'a>(cells: &Cells, numbers: &Numbers) -> Vec<Form<'a>> {
    let text = |at, text, anchor, room| Form::Text {
        at,
        text,
        anchor,
        size: 1.0,
        room,
        role: Role::Quiet,
        is_bold: false,
    };
    let (width, height, step) = (cells.width(), cells.height(), cells.step());
    let [margin, top] = MARGIN;
    let mut labels = vec![
        text(
            (margin - 0.3, top + height / 2.0),
            Cow::Borrowed("tokens"),
            Anchor::Right,
            margin,
        ),
        text(
            (margin + width / 2.0, top + height + 0.5),
            Cow::Borrowed("features"),
            Anchor::Middle,
            step,
        ),
    ];
    for (place, &sample) in cells.samples.iter().enumerate() {
        let left = margin + place as f64 * step + cells.slant();
        labels.push(text(
            (left + width / 2.0, top - 0.6),
            Cow::Owned(sample_name(numbers, sample)),
            Anchor::Middle,
            step,
        ));
    }
    labels
}

/// Above a sample.
fn sample_name(numbers: &Numbers, sample: usize) -> String {
    if numbers.n_samples == 1 {
        "the sample".to_owned()
    } else {
        format!("sample {sample}")
    }
}

fn title(numbers: &Numbers) -> String {
    format!(
        "Which values share a mean and a variance: {}",
        norm_word(numbers.norm)
    )
}

/// What the groups are, counted.
fn caption(numbers: &Numbers) -> String {
    let word = match numbers.n_groups {
        0 => return "no mean, no variance: each value by itself".to_owned(),
        1 => one_word(numbers.norm),
        _ => pair_word(numbers.norm),
    };
    format!(
        "{} {word}, each of {}",
        format_count(numbers.n_groups as u64),
        counted(numbers.n_values, "value"),
    )
}

/// What the block shows.
fn summary(numbers: &Numbers, is_whole: bool) -> String {
    let shape = format!(
        "{} × {} × [feature|{}]",
        counted(numbers.n_samples, "sample"),
        counted(numbers.seq_len, "token"),
        counted(numbers.d_model, "feature")
    );
    let drawn = if is_whole {
        ""
    } else {
        " Some of them are drawn."
    };
    let count = |groups: &str| format!("*{}*, one for each {groups}.", caption(numbers));
    let what = match numbers.norm {
        NormName::Layer => {
            count("token").replace("μ and σ", "[mu|μ] and [std|σ]")
                + "\nWu & He's well-known picture of [layer-norm|layer norm] is of images: there it averages over the pixels, too. The \
                   [transformer|transformer]'s averages over features alone. Over tokens and features it would be [group-norm|group norm] with one group."
        }
        NormName::Rms => count("token, as in LayerNorm"),
        NormName::Batch => count("feature, over the tokens of all samples"),
        NormName::Instance => count("feature of each sample"),
        NormName::Group => count("group of features of each sample"),
        NormName::DyT | NormName::None => {
            "*There are no groups*: each value is by itself.".to_owned()
        }
    };
    format!("{shape}.{drawn} {what}")
}

/// A cell, and the number of its group where it has one.
fn tip_words(numbers: &Numbers, reading: &Reading, group: Option<usize>) -> String {
    let name = token_name(numbers.n_samples, numbers.seq_len, reading.row_idx);
    let feature = reading.feature;
    let Some(group) = group else {
        return format!("{name}, feature {feature}: by itself");
    };
    let moments = match (reading.trouble, numbers.norm) {
        (Some(_), _) => String::new(),
        (None, NormName::Rms) => format!(", mean square {}", n(reading.variance)),
        (None, _) => format!(
            ", μ = {}, σ = {}",
            n(reading.mean),
            n(reading.variance.sqrt())
        ),
    };
    format!(
        "{name}, feature {feature}: group {group} of {}, {}{moments}",
        format_count(numbers.n_groups as u64),
        counted(numbers.n_values, "value"),
    )
}

const COUNTS: &str = "\
import {module}

batch, seq_len, d_model, groups = {batch}, {seq_len}, {d_model}, {groups}
# Pairs of mean and variance, and how many values each is of: layer, rms, batch, instance, group, dyt, none.
pairs = [batch * seq_len, batch * seq_len, d_model, batch * d_model, batch * groups, 0, 0]
values_each = [d_model, d_model, batch * seq_len, seq_len, seq_len * d_model // groups, 0, 0]
result = {array}([pairs, values_each], dtype={lib}.float32)
";

/// Pairs of mean and variance, and how many values each is of, (2, norms).
fn code(_: &mut NormalizeScene, state: &NormalizeState) -> Code {
    Code::for_both(|library| {
        fill(
            COUNTS,
            &[
                ("module", library.pick("numpy as np", "torch")),
                ("lib", library.name()),
                ("array", library.pick("np.array", "torch.tensor")),
                ("batch", &number_text(state.batch)),
                ("seq_len", &number_text(state.seq_len)),
                ("d_model", &number_text(state.d_model)),
                ("groups", &number_text(state.n_groups())),
            ],
        )
    })
}

/// A cell of the block in words.
fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let row_idx = idx_from(cell.y, state.row());
    let feature = idx_from(cell.x, state.column());
    let groups = groups(state, state.norm);
    let group = groups.group_of([row_idx / state.seq_len, row_idx % state.seq_len, feature]);
    scene
        .reading(state, row_idx, feature)
        .map(|reading| tip_words(&numbers(state, &groups), &reading, group))
        .unwrap_or_default()
}
