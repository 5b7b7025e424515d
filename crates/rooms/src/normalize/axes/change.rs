//! Change one token: which tokens' outputs move, by norm.

use std::borrow::Cow;

use figures::number::format_count;
use figures::{Axis, Colours, Cross, Figure, Heatmap, Panel, Plot, Ramp, Rows, Table};

use super::super::lab::Normalize;
use super::super::names::norm_word;
use super::super::phrases::{NO_NUMBER, counted, n, token_name};
use super::super::pointing::{idx_from, read_token};
use super::super::scales::tokens;
use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState, Nudged};
use super::compared::{compared_idx, pick_norm};
use super::kept::{Moved, N};
use super::python::every_norm;
use crate::python::{Code, fill};
use crate::room::{Cell, FigureSpec, Pointing};
use crate::settings::{Notice, number_text};

/// The figure.
pub const FIGURE: FigureSpec<Normalize> = FigureSpec::new(
    "normalize-change",
    "Change one token: which outputs move?",
    scene,
    code,
)
.ignoring(|state: &mut NormalizeState| {
    if state.nudged == Nudged::Token {
        state.feature = None;
    }
})
.pointing(
    Pointing::new(
        read_token,
        here,
        tip,
        "Left and right arrow keys choose the token that is changed, Enter the norm.",
    )
    .picking("norm", pick),
);

/// What can be said of the change.
struct Numbers {
    /// What is added.
    added: f64,
    /// The feature that it is added to; none where it is all of them, up and down in turn.
    feature: Option<usize>,
    n_samples: usize,
    seq_len: usize,
    row_idx: usize,
    /// Whether the token that is changed is none.
    is_padding: bool,
    /// What moved, by norm; none where a norm cannot be computed.
    moved: [Option<Moved>; N],
}

fn numbers(scene: &NormalizeScene, state: &NormalizeState) -> Numbers {
    let mut moved = scene.axes.moved.map(Some);
    for (norm, moved) in NormName::COMPARED.into_iter().zip(&mut moved) {
        if norm == NormName::Batch && state.has_too_few() {
            *moved = None;
        }
    }
    Numbers {
        added: state.nudge,
        feature: (state.nudged == Nudged::Value).then(|| state.column()),
        n_samples: state.batch,
        seq_len: state.seq_len,
        row_idx: state.row(),
        is_padding: state.is_padding(state.row()),
        moved,
    }
}

fn scene<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_change(state);
    let numbers = numbers(scene, state);
    let kept = &scene.axes;
    let finite = kept.change.iter().filter(|value| value.is_finite());
    let largest = finite.fold(0.0_f32, |largest, &value| largest.max(value));
    let norm_idx = compared_idx(state);
    let names = NormName::COMPARED.map(|norm| norm_word(norm).to_owned());
    let panel = Panel {
        cross: Cross {
            x: Some(state.row() as u64),
            y: norm_idx.map(|idx| idx as u64),
        },
        caption: Cow::Owned(caption(&numbers)),
        ..Panel::new(
            tokens(state, 0),
            Axis {
                names: Cow::Owned(names.to_vec()),
                ..Axis::cells("", "", 0, N)
            },
            Plot::Heatmap(Heatmap {
                values: kept.change.view(),
                rows: Rows::Down,
                colours: Colours {
                    ramp: Ramp::Sequential,
                    min: 0.0,
                    max: if largest > 0.0 { largest } else { 1.0 },
                },
                undefined: Cow::Borrowed(NO_NUMBER),
                version: kept.version,
            }),
        )
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(FIGURE.title),
        summary: scene.with_no_numbers(summary(&numbers)),
        panels: vec![panel],
        table: Table::Matrix {
            index: "norm",
            first: 0,
            prefix: "token_",
            columns: Cow::Owned((0..state.rows()).collect()),
            values: kept.change.view(),
        },
        read_rows: norm_idx.map_or(0..0, |idx| idx..idx + 1),
    }
}

/// What is changed.
fn caption(numbers: &Numbers) -> String {
    let added = n(numbers.added);
    let token = token_name(numbers.n_samples, numbers.seq_len, numbers.row_idx);
    match numbers.feature {
        Some(feature) => format!("{added} added to feature {feature} of {token}"),
        None => format!("{added} added to and taken from the features of {token}, in turn"),
    }
}

/// How many outputs of a norm move.
fn moved_words(norm: NormName, moved: Option<Moved>) -> String {
    let word = norm_word(norm);
    let Some(Moved {
        n_outputs,
        n_tokens,
    }) = moved
    else {
        return format!("{word} none, for it has one value per feature");
    };
    format!(
        "{word} *{}, in {}*",
        format_count(n_outputs as u64),
        counted(n_tokens, "token")
    )
}

/// What the change shows.
fn summary(numbers: &Numbers) -> String {
    if numbers.added == 0.0 {
        return "Now 0 is added. *Move “Added”* and watch which outputs follow.".to_owned();
    }
    if numbers.is_padding {
        return "The selected token is *padding, which is not read*. Choose another token."
            .to_owned();
    }
    let said = |norms: &[NormName]| {
        let moved = NormName::COMPARED.into_iter().zip(numbers.moved);
        let words = moved.filter(|(norm, _)| norms.contains(norm));
        let words: Vec<_> = words
            .map(|(norm, moved)| moved_words(norm, moved))
            .collect();
        words.join("; ")
    };
    format!(
        "Outputs that move: {}.\nThe others: {}.",
        said(&[NormName::Layer, NormName::Batch]),
        said(&[
            NormName::Rms,
            NormName::Instance,
            NormName::Group,
            NormName::DyT
        ]),
    )
}

/// How far a token moved; `None` where outputs were no numbers and now are, or the other way round.
fn tip_words(norm: NormName, token: &str, change: Option<f64>) -> String {
    let norm = norm_word(norm);
    match change {
        Some(change) => format!("{norm}, {token}: outputs move by up to {}", n(change)),
        None => format!(
            "{norm}, {token}: some outputs are numbers only before the change or only after it"
        ),
    }
}

const NUMPY: &str = "\
before, after = np.stack(norms(x)), np.stack(norms(changed))
stays = np.isnan(before) & np.isnan(after)  # 0 / 0 before and after
change = np.where(stays, np.float32(0), np.abs(after - before))
result = change.max(axis=-1).reshape(6, -1)
";
const PYTORCH: &str = "\
before, after = torch.stack(norms(x)), torch.stack(norms(changed))
stays = before.isnan() & after.isnan()  # 0 / 0 before and after
change = torch.where(stays, torch.zeros_like(after), (after - before).abs())
result = change.amax(-1).reshape(6, -1)
";

/// The largest change of each token's outputs, by norm, (6, batch * seq_len).
fn code(scene: &mut NormalizeScene, state: &NormalizeState) -> Code {
    let row_idx = state.row();
    let place = format!("{}, {}", row_idx / state.seq_len, row_idx % state.seq_len);
    every_norm(scene, state, |library| {
        let mut text = library
            .pick("changed = x.copy()\n", "changed = x.clone()\n")
            .to_owned();
        let lines = match state.nudged {
            _ if state.is_padding(row_idx) => {
                "# Token [{place}] is padding, which nobody reads: nothing is added.\n"
            }
            Nudged::Value => "changed[{place}, {feature}] += {nudge}\n",
            Nudged::Token => {
                "changed[{place}, 0::2] += {nudge}\nchanged[{place}, 1::2] -= {nudge}\n"
            }
        };
        text.push_str(&fill(
            lines,
            &[
                ("place", &place),
                ("feature", &number_text(state.column())),
                ("nudge", &number_text(state.nudge)),
            ],
        ));
        text.push_str(library.pick(NUMPY, PYTORCH));
        text
    })
}

/// Makes the token the one that is changed, and uses the norm.
fn pick(state: &mut NormalizeState, cell: Cell) -> Option<Notice> {
    read_token(state, cell);
    // Nothing stands at N.
    pick_norm(state, idx_from(cell.y, N));
    None
}

/// The token that is changed, and the norm in use.
fn here(state: &NormalizeState) -> Cell {
    Cell {
        x: Some(state.row() as u64),
        y: compared_idx(state).map(|idx| idx as u64),
        ..Cell::default()
    }
}

/// How far a token's outputs moved by a norm.
fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_change(state);
    let row_idx = idx_from(cell.x, state.row());
    let norm_idx = idx_from(cell.y, 0);
    let change = scene.axes.change.get((norm_idx, row_idx));
    match (NormName::COMPARED.get(norm_idx), change) {
        (Some(&norm), Some(&change)) => {
            let token = token_name(state.batch, state.seq_len, row_idx);
            let change = Some(f64::from(change)).filter(|change| !change.is_nan());
            tip_words(norm, &token, change)
        }
        _ => String::new(),
    }
}
