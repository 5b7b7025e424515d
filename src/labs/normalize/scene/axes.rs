//! The figures about axes: the block of cells, all norms side by side, and what one change moves.

use std::borrow::Cow;

use figures::{
    Anchor, Axis, Cells, Colours, Cross, Figure, Form, Head, Heatmap, Panel, Plot, Ramp, Role,
    Rows, Shape, Sketch, Table,
};
use maths::normalize::{
    BatchMode, Difference, GroupMoments, Groups, Norm, NormSpec, NormTrace, RunningStatistics,
    normalize,
};
use ndarray::{Array2, ArrayView2, s};

use super::{NormalizeScene, column, features, flat};
use crate::labs::normalize::state::{NORMS, NormName, NormalizeState};
use crate::labs::normalize::story::axes as story;
use crate::labs::{Cell, Fact};

/// How many norms stand side by side.
const N: usize = NormName::COMPARED.len();

/// What is drawn of a large block at most: samples, tokens, features.
const MOST_DRAWN: [usize; 3] = [4, 6, 8];

/// How far a row of cells is shifted for the next one, in cells: samples are seen at an angle.
const SLANT: f64 = 0.3;
/// How high a row is.
const ROW: f64 = 0.85;
/// The gap between samples.
const GAP: f64 = 1.2;
/// What cells leave free around them.
const SEAM: f64 = 0.06;
/// Room for the words around the block.
const MARGIN: [f64; 2] = [2.6, 1.2];

/// What these figures keep.
#[derive(Default)]
pub(super) struct Kept {
    /// One for each norm, of the sample that is read.
    before: [NormTrace; N],
    after: [NormTrace; N],
    /// Batch norm of all samples, before and after.
    whole: [NormTrace; 2],
    /// What `before` was made from.
    before_of: Option<MadeFrom>,
    /// What `whole[0]` was made from.
    whole_of: Option<MadeFrom>,
    /// What `change` was made from: the token, the feature where one counts, and what is added.
    change_of: Option<(MadeFrom, usize, Option<usize>, f64)>,
    /// The means and variances of the whole block that batch norm takes, before and after.
    batch: [RunningStatistics; 2],
    moments: GroupMoments,
    /// x with the change. (N, C)
    nudged: Array2<f32>,
    /// The version of x that it is of, and the row that is changed.
    nudged_of: Option<(u64, usize)>,
    /// The largest change of each token's outputs, by norm. (N, B·T)
    change: Array2<f32>,
    /// How many outputs and tokens moved, by norm.
    moved: [story::Moved; N],
    /// Changes with the values.
    version: u64,
    /// Pairs and values each, by norm.
    counts: [Vec<f32>; 2],
}

#[derive(Clone, Copy, PartialEq)]
struct MadeFrom {
    x: u64,
    affine: u64,
    sample: usize,
    eps: f64,
    alpha: f64,
    n_groups: usize,
    masked: bool,
}

/// The block that is drawn: which sample, token and feature stands at each place of each axis.
struct Block {
    samples: Vec<usize>,
    tokens: Vec<usize>,
    features: Vec<usize>,
}

/// The places of an axis that are drawn: evenly spaced, the one that is read among them.
fn drawn(len: usize, most: usize, read: usize) -> Vec<usize> {
    let n = len.min(most).max(1);
    let place_of_read = read * n / len.max(1);
    (0..n)
        .map(|place| {
            if place == place_of_read {
                read
            } else {
                // The first one of as many as a place stands for.
                (place * len).div_ceil(n)
            }
        })
        .collect()
}

impl Block {
    fn new(state: &NormalizeState) -> Self {
        let [samples, tokens, features] = MOST_DRAWN;
        let row_idx = state.row();
        Self {
            samples: drawn(state.batch, samples, row_idx / state.seq_len),
            tokens: drawn(state.seq_len, tokens, row_idx % state.seq_len),
            features: drawn(state.d_model, features, state.column()),
        }
    }

    fn is_whole(&self, state: &NormalizeState) -> bool {
        [self.samples.len(), self.tokens.len(), self.features.len()]
            == [state.batch, state.seq_len, state.d_model]
    }

    /// How far one sample is from the next.
    #[allow(clippy::cast_precision_loss)]
    fn step(&self) -> f64 {
        self.features.len() as f64 + SLANT * self.tokens.len() as f64 + GAP
    }

    /// The corners of a cell, each a little inside of it.
    #[allow(clippy::cast_precision_loss)]
    fn corners(&self, [sample, token, feature]: [usize; 3]) -> Vec<(f64, f64)> {
        let n_tokens = self.tokens.len() as f64;
        let at = |token: f64, feature: f64| {
            let x = MARGIN[0] + sample as f64 * self.step() + SLANT * (n_tokens - token) + feature;
            (x, MARGIN[1] + ROW * token)
        };
        let (top, left) = (token as f64 + SEAM, feature as f64 + SEAM);
        let (bottom, right) = (top + 1.0 - 2.0 * SEAM, left + 1.0 - 2.0 * SEAM);
        vec![
            at(top, left),
            at(top, right),
            at(bottom, right),
            at(bottom, left),
        ]
    }

    /// As large as its words and cells are.
    #[allow(clippy::cast_precision_loss)]
    fn size(&self) -> (f64, f64) {
        let width = MARGIN[0] + self.samples.len() as f64 * self.step();
        let height = 2.0 * MARGIN[1] + ROW * self.tokens.len() as f64;
        (width, height)
    }
}

/// The groups that a norm makes of this state's block.
fn groups(state: &NormalizeState, name: NormName) -> Groups {
    let norm = state.with_settings(name);
    Groups::of(norm, state.rows(), state.seq_len, state.d_model)
}

/// The block of cells; those that share a mean and a variance with the cell that is read are full.
pub fn block<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    count(&mut scene.axes, state);
    let [pairs, values_each] = &scene.axes.counts;
    let groups = groups(state, state.norm);
    let block = Block::new(state);
    let [row_idx, feature] = [state.row(), state.column()];
    let read = [row_idx / state.seq_len, row_idx % state.seq_len, feature];
    let mut shapes = Vec::new();
    let mut read_corners = Vec::new();
    for (place, &sample) in block.samples.iter().enumerate() {
        for (token_place, &token) in block.tokens.iter().enumerate() {
            for (feature_place, &feature) in block.features.iter().enumerate() {
                let cell = [sample, token, feature];
                let points = block.corners([place, token_place, feature_place]);
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
    shapes.extend(words(&block, state).into_iter().map(Shape::new));
    let (width, height) = block.size();
    let sketch = Sketch {
        width,
        height,
        shapes,
    };
    let panel = Panel {
        caption: Cow::Owned(story::block_caption(state, &groups)),
        cross: Cross {
            x: Some(feature as u64),
            y: Some(row_idx as u64),
        },
        ..Panel::new(
            features("", state),
            Axis::cells("token", "", 0, state.rows()),
            Plot::Sketch(sketch),
        )
    };
    let n = NORMS.len();
    Figure {
        id: "normalize-axes",
        title: Cow::Owned(story::block_title(state)),
        summary: story::block_summary(state, &groups, block.is_whole(state)),
        panels: vec![panel],
        table: Table::Columns(vec![
            column(
                "norm",
                Cells::Index {
                    every: 1,
                    modulo: n,
                    len: n,
                },
            ),
            column("pairs", Cells::F32(pairs)),
            column("values_each", Cells::F32(values_each)),
        ]),
        read_rows: state.norm as usize..state.norm as usize + 1,
    }
}

/// Pairs of μ and σ, and how many values each is of, for every norm.
#[allow(clippy::cast_precision_loss)]
fn count(kept: &mut Kept, state: &NormalizeState) {
    let [pairs, values_each] = &mut kept.counts;
    pairs.clear();
    values_each.clear();
    for name in NormName::ALL {
        let groups = groups(state, name);
        pairs.push(groups.count() as f32);
        values_each.push(groups.size() as f32);
    }
}

/// What stands around the block.
#[allow(clippy::cast_precision_loss)]
fn words<'a>(block: &Block, state: &NormalizeState) -> Vec<Form<'a>> {
    let text = |at, text: String, anchor, room| Form::Text {
        at,
        text: Cow::Owned(text),
        anchor,
        size: 1.0,
        room,
        role: Role::Quiet,
        is_bold: false,
    };
    let n_tokens = block.tokens.len() as f64;
    let width = block.features.len() as f64;
    let bottom = MARGIN[1] + ROW * n_tokens + 0.5;
    let mut words = vec![
        text(
            (MARGIN[0] - 0.3, MARGIN[1] + ROW * n_tokens / 2.0),
            "tokens".to_owned(),
            Anchor::Right,
            MARGIN[0],
        ),
        text(
            (MARGIN[0] + width / 2.0, bottom),
            "features".to_owned(),
            Anchor::Middle,
            block.step(),
        ),
    ];
    for (place, &sample) in block.samples.iter().enumerate() {
        let left = MARGIN[0] + place as f64 * block.step() + SLANT * n_tokens;
        let at = (left + width / 2.0, MARGIN[1] - 0.6);
        let name = if state.batch == 1 {
            "the sample".to_owned()
        } else {
            format!("sample {sample}")
        };
        words.push(text(at, name, Anchor::Middle, block.step()));
    }
    words
}

/// A cell of the block in words.
pub fn block_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update(state);
    let row_idx = super::idx_from(cell.y, state.row());
    let feature = super::idx_from(cell.x, state.column());
    scene
        .reading(state, row_idx, feature)
        .map(|reading| story::block_tip(state, &groups(state, state.norm), &reading))
        .unwrap_or_default()
}

impl NormalizeScene {
    /// Which rows the sample has that is read, and its number.
    fn rows_read(state: &NormalizeState) -> (std::ops::Range<usize>, usize) {
        let sample = state.row() / state.seq_len;
        (sample * state.seq_len..(sample + 1) * state.seq_len, sample)
    }

    /// Brings the norms of the sample that is read up to this state.
    fn update_before(&mut self, state: &NormalizeState) {
        self.update_x(state);
        let (_, sample) = Self::rows_read(state);
        let made_from = MadeFrom {
            x: self.versions[0],
            affine: self.affine_version,
            sample,
            eps: state.eps,
            alpha: state.alpha,
            n_groups: state.n_groups(),
            masked: state.masked,
        };
        if self.axes.before_of == Some(made_from) {
            return;
        }
        let mut kept = std::mem::take(&mut self.axes);
        let Kept {
            before,
            batch: [batch, _],
            moments,
            ..
        } = &mut kept;
        self.normalize_sample(state, self.x(), before, batch, moments);
        kept.version += 1;
        kept.before_of = Some(made_from);
        self.axes = kept;
    }

    /// The sample that is read by every norm: batch norm by the mean and variance of the whole block.
    fn normalize_sample(
        &self,
        state: &NormalizeState,
        x: ArrayView2<'_, f32>,
        traces: &mut [NormTrace; N],
        batch: &mut RunningStatistics,
        moments: &mut GroupMoments,
    ) {
        let (rows, sample) = Self::rows_read(state);
        let whole = self.spec(state, NormName::Layer);
        let of_batch = Groups::of(
            Norm::Batch(BatchMode::Train),
            state.rows(),
            state.seq_len,
            state.d_model,
        );
        moments.update(x, of_batch, whole.padding);
        batch.mean.clone_from(&moments.mean);
        batch.variance.clear();
        let squares = moments.std.iter().map(|std| std * std);
        if state.has_too_few() {
            batch.mean.fill(f64::NAN);
        }
        batch.variance.extend(squares);
        let x = x.slice_move(s![rows, ..]);
        let padding = whole.padding.from_sample(sample);
        for (name, trace) in NormName::COMPARED.into_iter().zip(traces) {
            let norm = match name {
                NormName::Batch => Norm::Batch(BatchMode::Eval),
                _ => state.with_settings(name),
            };
            let spec = NormSpec {
                norm,
                padding,
                running: Some(batch),
                ..whole
            };
            // In evaluation nothing is too few.
            normalize(x, state.seq_len, &spec, trace).ok();
        }
    }
}

impl NormalizeScene {
    /// Mean and std of the outputs of a norm's own groups, as far as the sample has them; of the tokens where it has
    /// none.
    fn own_ranges(
        &self,
        state: &NormalizeState,
        name: NormName,
        trace: &NormTrace,
    ) -> Option<story::Ranges> {
        let (_, sample) = Self::rows_read(state);
        let values = trace.output.view();
        match name {
            // All samples are in a feature's mean: what becomes of it is known without their outputs.
            NormName::Batch => {
                let [of_block, _] = &self.axes.batch;
                let moments = of_block.mean.iter().zip(&of_block.variance);
                story::ranges(moments.enumerate().map(|(feature, (mean, variance))| {
                    let std =
                        state.gamma_of(feature).abs() * (variance / (variance + state.eps)).sqrt();
                    // Too few values have no mean.
                    (state.beta_of(feature) + 0.0 * mean, std)
                }))
            }
            NormName::Instance | NormName::Group => {
                let mut moments = GroupMoments::default();
                let padding = super::padding(&self.real_lens, state).from_sample(sample);
                moments.update(values, trace.groups, padding);
                story::ranges(moments.mean.into_iter().zip(moments.std))
            }
            _ => story::ranges_of_tokens(values),
        }
    }
}

/// The sample that is read by every norm, side by side.
pub fn norms<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_before(state);
    let (rows, sample) = NormalizeScene::rows_read(state);
    let colours = super::colours(state);
    let place = state.row() % state.seq_len;
    let first_row = rows.start as u64;
    let outputs: [ArrayView2<'a, f32>; N] = scene
        .axes
        .before
        .each_ref()
        .map(|trace| trace.output.view());
    let panels = NormName::COMPARED
        .into_iter()
        .zip(outputs)
        .enumerate()
        .map(|(idx, (name, values))| Panel {
            head: Head {
                symbol: Cow::Borrowed(story::norm_word(name)),
                note: Cow::Borrowed(story::axes_of(name)),
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: Some(state.row() as u64),
            },
            caption: Cow::Owned(story::moments_caption(
                name,
                scene.own_ranges(state, name, &scene.axes.before[idx]),
            )),
            ..Panel::new(
                features("", state),
                Axis::cells("token", "token", first_row, state.seq_len),
                if name == NormName::Batch && state.has_too_few() {
                    Plot::Empty(Cow::Borrowed(story::TOO_FEW))
                } else {
                    Plot::Heatmap(Heatmap {
                        values,
                        rows: Rows::Down,
                        colours,
                        undefined: scene.undefined(),
                        version: scene.axes.version,
                    })
                },
            )
        })
        .collect();
    let x = scene.x().slice_move(s![rows, ..]);
    let len = x.len();
    let mut columns = vec![
        column(
            "token",
            Cells::Index {
                every: state.d_model,
                modulo: state.seq_len,
                len,
            },
        ),
        column(
            "feature",
            Cells::Index {
                every: 1,
                modulo: state.d_model,
                len,
            },
        ),
        column("input", Cells::F32(flat(&x))),
    ];
    for (name, values) in NormName::COMPARED.into_iter().zip(outputs) {
        let header = NORMS.get(name as usize).map_or("", |norm| norm.slug);
        columns.push(column(header, Cells::F32(flat(&values))));
    }
    Figure {
        id: "normalize-norms",
        title: Cow::Owned(story::norms_title(state, sample)),
        summary: scene.with_no_numbers(story::norms_summary(state, outputs)),
        panels,
        table: Table::Columns(columns),
        read_rows: place * state.d_model..(place + 1) * state.d_model,
    }
}

/// The output of a norm at a cell.
pub fn norms_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_before(state);
    let (rows, _) = NormalizeScene::rows_read(state);
    let row_idx = super::idx_from(cell.y, state.row());
    let place = row_idx.saturating_sub(rows.start);
    let feature = super::idx_from(cell.x, state.column());
    let x = scene.x().get((row_idx, feature)).copied();
    let trace = scene.axes.before.get(cell.panel_idx);
    let y = trace.and_then(|trace| trace.output.get((place, feature)));
    let name = NormName::COMPARED.get(cell.panel_idx);
    match (name, x, y) {
        (Some(&name), Some(x), Some(&y)) => {
            story::norms_tip(state, name, [row_idx, feature], [x, y])
        }
        _ => String::new(),
    }
}

impl NormalizeScene {
    /// Brings the change of every norm's outputs up to this state.
    #[allow(clippy::cast_possible_truncation)]
    fn update_change(&mut self, state: &NormalizeState) {
        self.update_before(state);
        let Some(before_of) = self.axes.before_of else {
            return;
        };
        let row_idx = state.row();
        let one = state.nudges_one.then(|| state.column());
        let change_of = Some((before_of, row_idx, one, state.nudge));
        if self.axes.change_of == change_of {
            return;
        }
        let mut kept = std::mem::take(&mut self.axes);
        kept.change_of = change_of;
        // Which sample is read is no matter to the whole.
        let whole_of = Some(MadeFrom {
            sample: 0,
            ..before_of
        });
        let has_whole = std::mem::replace(&mut kept.whole_of, whole_of) == whole_of;
        let Kept {
            before,
            after,
            whole: [whole_before, whole_after],
            batch: [batch, batch_after],
            moments,
            nudged,
            nudged_of,
            change,
            moved,
            ..
        } = &mut kept;
        let x = self.x();
        // A million values are not copied for one row.
        match *nudged_of {
            Some((version, before)) if version == self.versions[0] => {
                nudged.row_mut(before).assign(&x.row(before));
            }
            _ => {
                if nudged.dim() != x.dim() {
                    *nudged = Array2::zeros(x.dim());
                }
                nudged.assign(&x);
            }
        }
        *nudged_of = Some((self.versions[0], row_idx));
        if !state.is_padding(row_idx) {
            for (feature, x) in nudged.row_mut(row_idx).iter_mut().enumerate() {
                *x += state.nudge_of(feature) as f32;
            }
        }
        // Batch norm of all samples by the means and variances that were taken for the one that is read.
        let whole = |x, batch: &RunningStatistics, trace| {
            let spec = NormSpec {
                norm: Norm::Batch(BatchMode::Eval),
                running: Some(batch),
                ..self.spec(state, NormName::Batch)
            };
            // In evaluation nothing is too few.
            normalize(x, state.seq_len, &spec, trace).ok();
        };
        if !has_whole {
            whole(x, batch, whole_before);
        }
        self.normalize_sample(state, nudged.view(), after, batch_after, moments);
        whole(nudged.view(), batch_after, whole_after);

        if change.dim() != (N, state.rows()) {
            *change = Array2::zeros((N, state.rows()));
        }
        change.fill(0.0);
        let (rows, _) = Self::rows_read(state);
        for (idx, (mut change, moved)) in change.outer_iter_mut().zip(moved).enumerate() {
            *moved = story::Moved::default();
            let (first, before, after) = if NormName::COMPARED.get(idx) == Some(&NormName::Batch) {
                (0, &*whole_before, &*whole_after)
            } else {
                // Nothing leaves the sample.
                (rows.start, &before[idx], &after[idx])
            };
            let [before, after] =
                [before, after].map(|trace| flat(&trace.output.view()).chunks_exact(state.d_model));
            for (change, (before, after)) in change.iter_mut().skip(first).zip(before.zip(after)) {
                let Difference {
                    largest,
                    n_different,
                } = Difference::between(before, after);
                *change = largest;
                moved.n_outputs += n_different;
                moved.n_tokens += usize::from(n_different > 0);
            }
        }
        kept.version += 1;
        self.axes = kept;
    }
}

/// Which tokens' outputs move when one token is changed, by norm.
pub fn change<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_change(state);
    let kept = &scene.axes;
    let finite = kept.change.iter().filter(|value| value.is_finite());
    let largest = finite.fold(0.0_f32, |largest, &value| largest.max(value));
    let norm_idx = NormName::COMPARED.iter().position(|&it| it == state.norm);
    let panel = Panel {
        cross: Cross {
            x: Some(state.row() as u64),
            y: norm_idx.map(|idx| idx as u64),
        },
        caption: Cow::Owned(story::change_caption(state)),
        ..Panel::new(
            Axis::cells("token", "token of any sample", 0, state.rows()),
            Axis {
                names: Cow::Owned(story::norm_names()),
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
                undefined: Cow::Borrowed("no number"),
                version: kept.version,
            }),
        )
    };
    Figure {
        id: "normalize-change",
        title: Cow::Borrowed("Change one token: which outputs move?"),
        summary: scene.with_no_numbers(story::change_summary(
            state,
            &kept.moved,
            state.has_too_few(),
        )),
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

/// How far a token's outputs moved by a norm.
pub fn change_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    let token = super::idx_from(cell.x, state.row());
    let norm_idx = super::idx_from(cell.y, 0);
    scene.update_change(state);
    let change = scene.axes.change.get((norm_idx, token));
    match (NormName::COMPARED.get(norm_idx), change) {
        (Some(&name), Some(&change)) => story::change_tip(state, name, token, change),
        _ => String::new(),
    }
}

/// The numbers of the block.
pub fn facts(_: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    story::facts(state, &groups(state, state.norm))
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    reason = "a test may stop at what it did not expect"
)]
mod tests {
    use maths::normalize::normalize;

    use super::{NormName, NormalizeScene, NormalizeState, drawn, story::Moved};

    fn moved(state: &NormalizeState) -> [(usize, usize); 6] {
        let mut scene = NormalizeScene::default();
        scene.update_change(state);
        let counts = |Moved {
                          n_outputs,
                          n_tokens,
                      }: Moved| (n_outputs, n_tokens);
        scene.axes.moved.map(counts)
    }

    #[test]
    fn a_changed_token_moves_the_outputs_that_share_its_statistics() {
        let own = (64, 1);
        let sample = (8 * 64, 8);
        let all = (4 * 8 * 64, 4 * 8);
        let expected = [own, own, all, sample, sample, own];
        assert_eq!(moved(&NormalizeState::default()), expected);
    }

    #[test]
    fn a_changed_value_moves_exactly_its_group() {
        let state = NormalizeState {
            nudges_one: true,
            ..NormalizeState::default()
        };
        // A group of 16 features; one feature; DyT looks at the value alone.
        let expected = [(64, 1), (64, 1), (32, 32), (8, 8), (8 * 16, 8), (1, 1)];
        assert_eq!(moved(&state), expected);
    }

    #[test]
    fn nothing_added_and_padding_move_nothing() {
        let still = NormalizeState {
            nudge: 0.0,
            ..NormalizeState::default()
        };
        assert_eq!(moved(&still), [(0, 0); 6]);
        for masked in [false, true] {
            let padding = NormalizeState {
                padding: true,
                masked,
                token: Some(31),
                ..NormalizeState::default()
            };
            assert!(padding.is_padding(31));
            assert_eq!(moved(&padding), [(0, 0); 6]);
        }
    }

    /// One sample by itself, with the whole batch's mean and variance, is what it is in the whole batch.
    #[test]
    fn a_sample_is_what_it_is_in_its_batch() {
        for (padding, masked) in [(false, false), (true, false), (true, true)] {
            let state = NormalizeState {
                padding,
                masked,
                token: Some(9),
                gamma: 1.5,
                beta: -0.5,
                ..NormalizeState::default()
            };
            let mut scene = NormalizeScene::default();
            scene.update_before(&state);
            for (idx, name) in NormName::COMPARED.into_iter().enumerate() {
                let mut whole = maths::normalize::NormTrace::default();
                let spec = scene.spec(&state, name);
                normalize(scene.x(), state.seq_len, &spec, &mut whole).unwrap();
                let of_sample = &scene.axes.before[idx].output;
                for ((place, feature), &y) in of_sample.indexed_iter() {
                    let expected = whole.output[(8 + place, feature)];
                    assert!((y - expected).abs() <= 1e-6, "{name:?} {place} {feature}");
                }
            }
        }
    }

    #[test]
    fn what_is_drawn_has_what_is_read() {
        for len in 1..40 {
            for read in 0..len {
                let places = drawn(len, 8, read);
                assert_eq!(places.len(), len.min(8));
                assert!(places.contains(&read), "{read} of {len}: {places:?}");
                assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
                assert!(places.iter().all(|&place| place < len));
            }
        }
    }
}
