//! Outputs as real bugs make them: right, wrong, and how far apart.

use std::borrow::Cow;

use figures::{Axis, Cells, Cross, Figure, Head, Heatmap, Panel, Plot, Rows, Table};
use maths::normalize::{MistakeTrace, TooFewValues};
use ndarray::{Array2, ArrayView2};

use super::super::state::NormalizeState;
use super::super::story::mistakes as story;
use super::gradient::{reach_above, symmetric};
use super::{NormalizeScene, colours, column, features, flat, idx_from};
use crate::labs::{Cell, Fact};

/// What all other tokens are multiplied with to see whether a token depends on them.
const OTHERS_SCALE: f32 = 1.5;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct Kept {
    trace: MistakeTrace,
    /// The same where all tokens but the selected one are others.
    of_others: MistakeTrace,
    /// x with other tokens. (N, C)
    others: Array2<f32>,
    /// Wrong minus right. (N, C)
    difference: Array2<f32>,
    symptom: Symptom,
    /// The state that all this is of, and the version of x.
    of: Option<(NormalizeState, u64)>,
    /// Grows whenever anything here changes.
    version: u64,
}

/// What a bug does to the numbers of a token, right and wrong where there are two.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Symptom {
    /// The largest difference of any output.
    pub most: f64,
    /// The mean of the token's outputs.
    pub mean: [f64; 2],
    /// Their std, divided by n.
    pub std: [f64; 2],
    /// The largest of them, without its sign.
    pub largest: [f64; 2],
    /// How far the token's outputs move when all other tokens are made larger.
    pub by_others: [f64; 2],
    /// Too few values for batch norm.
    pub too_few: bool,
}

/// Makes both outputs of the bug that is shown, and says in which state; `None` without a bug.
fn update(scene: &mut NormalizeScene, state: &NormalizeState) -> Option<NormalizeState> {
    let bug = state.bug()?;
    let shown = state.with_bug(bug);
    scene.update(&shown);
    let of = Some((shown.clone(), scene.versions[0]));
    if scene.mistakes.of == of {
        return Some(shown);
    }
    let mut kept = std::mem::take(&mut scene.mistakes);
    kept.version += 1;
    kept.of = of;
    let x = scene.x();
    let spec = scene.spec(&shown, shown.norm);
    let result = kept.trace.update(bug, x, shown.seq_len, spec);
    kept.others.clone_from(&x.to_owned());
    for (row_idx, mut row) in kept.others.outer_iter_mut().enumerate() {
        if row_idx != shown.row() {
            row.mapv_inplace(|x| OTHERS_SCALE * x);
        }
    }
    kept.of_others
        .update(bug, kept.others.view(), shown.seq_len, spec)
        .ok();
    let (right, wrong) = (&kept.trace.right.output, &kept.trace.wrong.output);
    kept.difference.clone_from(&(wrong - right));
    kept.symptom = kept.measure(shown.row(), result);
    scene.mistakes = kept;
    Some(shown)
}

impl Kept {
    fn outputs(&self) -> [ArrayView2<'_, f32>; 2] {
        [&self.trace.right, &self.trace.wrong].map(|trace| trace.output.view())
    }

    #[allow(clippy::cast_precision_loss)]
    fn measure(&self, row_idx: usize, result: Result<f64, TooFewValues>) -> Symptom {
        let others = [&self.of_others.right, &self.of_others.wrong].map(|trace| &trace.output);
        let mut symptom = Symptom {
            most: result.unwrap_or(f64::NAN),
            too_few: result.is_err(),
            ..Symptom::default()
        };
        for (idx, output) in self.outputs().into_iter().enumerate() {
            let row = output.row(row_idx);
            let n = row.len() as f64;
            let wide = || row.iter().map(|&y| f64::from(y));
            let mean = wide().sum::<f64>() / n;
            symptom.mean[idx] = mean;
            symptom.std[idx] = (wide().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n).sqrt();
            symptom.largest[idx] = wide().fold(0.0, |max: f64, y| max.max(y.abs()));
            let moved = others[idx].row(row_idx);
            let moves = wide()
                .zip(moved)
                .map(|(y, &moved)| (f64::from(moved) - y).abs());
            symptom.by_others[idx] = moves.fold(0.0, f64::max);
        }
        symptom
    }
}

/// Right, wrong, and the difference.
pub fn mistake<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let Some(shown) = update(scene, state) else {
        return Figure {
            id: "normalize-mistake",
            title: Cow::Borrowed(story::TITLE),
            summary: story::NONE_CHOSEN.to_owned(),
            panels: vec![Panel::new(
                features("feature", state),
                Axis::cells("token", "token", 0, state.rows()),
                Plot::Empty(Cow::Borrowed(story::NONE_CHOSEN)),
            )],
            table: table(state, [&[], &[]]),
            read_rows: 0..0,
        };
    };
    let kept = &scene.mistakes;
    let usual = colours(&shown);
    let of_difference = symmetric(reach_above(kept.symptom.most));
    let [right, wrong] = kept.outputs();
    let panels = [
        (right, usual),
        (wrong, usual),
        (kept.difference.view(), of_difference),
    ]
    .into_iter()
    .zip(story::HEADS)
    .enumerate()
    .map(|(idx, ((values, colours), (symbol, note)))| Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol),
            note: Cow::Borrowed(note),
        },
        cross: Cross {
            x: Some(state.column() as u64),
            y: Some(state.row() as u64),
        },
        caption: Cow::Owned(story::caption(colours)),
        ..Panel::new(
            features("feature", state),
            Axis::cells(
                "token",
                if idx == 0 { "token" } else { "" },
                0,
                state.rows(),
            ),
            Plot::Heatmap(Heatmap {
                values,
                rows: Rows::Down,
                colours,
                undefined: Cow::Borrowed("no number"),
                version: kept.version,
            }),
        )
    })
    .collect();
    let first = state.row() * state.d_model;
    Figure {
        id: "normalize-mistake",
        title: Cow::Borrowed(story::TITLE),
        summary: story::symptom(state, &kept.symptom),
        panels,
        table: table(state, [flat(&right), flat(&wrong)]),
        read_rows: first..first + state.d_model,
    }
}

fn table<'a>(state: &NormalizeState, [right, wrong]: [&'a [f32]; 2]) -> Table<'a> {
    let len = state.rows() * state.d_model;
    let index = |every, modulo| Cells::Index { every, modulo, len };
    Table::Columns(vec![
        column("sample", index(state.seq_len * state.d_model, state.batch)),
        column("token", index(state.d_model, state.seq_len)),
        column("feature", index(1, state.d_model)),
        column("right", Cells::F32(right)),
        column("wrong", Cells::F32(wrong)),
    ])
}

/// A cell in numbers.
pub fn tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    if update(scene, state).is_none() {
        return String::new();
    }
    let at = [
        idx_from(cell.y, state.row()),
        idx_from(cell.x, state.column()),
    ];
    let [right, wrong] = scene
        .mistakes
        .outputs()
        .map(|output| f64::from(output.get(at).copied().unwrap_or(f32::NAN)));
    story::tip(state, at, right, wrong)
}

/// The symptom in numbers.
pub fn facts(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    if update(scene, state).is_none() {
        return Vec::new();
    }
    story::facts(state, &scene.mistakes.symptom)
}
