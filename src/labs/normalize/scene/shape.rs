//! What is left of a vector, as figures: tokens in space, scale and shift, ε, and what γ and β may take back.

use std::borrow::Cow;
use std::ops::Range;

use figures::ticks::nice_above;
use figures::{
    Anchor, Axis, Bars, CellAxis, Cells, Cross, Figure, Form, Head, Line, Panel, Plot, Points,
    Role, Shape, Sketch, Table,
};
use maths::half::round_to_f16;
use maths::normalize::{
    Basis, BatchMode, GeometryTrace, InvarianceTrace, MOST_AXES, Norm, NormSpec, NormTrace,
    Padding, Undo, normalize,
};
use maths::trig::sin_cos;
use ndarray::{Array2, ArrayView1, ArrayView2, s};

use super::super::state::{NormName, NormalizeState};
use super::super::story::{Trouble, shape as story};
use super::gradient::{decades, symmetric};
use super::{NormalizeScene, column, features, idx_from};
use crate::labs::{Cell, Fact};
use crate::settings::number_text;

/// The most tokens that are drawn in space.
const MOST_POINTS: usize = 512;

/// The most values from which principal axes are found in a frame.
const MOST_VALUES: usize = 1 << 15;

/// For how many scales each norm is tried at most, and at least.
const SCALES: (usize, usize) = (25, 3);

/// How many values are normalised for all these scales together, by each norm.
const MOST_SCALED_VALUES: usize = 25 << 12;

/// The powers of ten at the ends of the scales that all norms are tried with.
pub const SCALE_DECADES: (f64, f64) = (-4.0, 2.0);

/// The powers of ten at the ends of the scales for ε: from where the smallest usual one, 1e-12, shows.
pub const EPS_DECADES: (f64, f64) = (-7.0, 2.0);

/// For how many scales ε is shown.
pub const N_EPS_SCALES: usize = 91;

/// The a and c that leave x as it is.
const STILL: [f64; 2] = [1.0, 0.0];

/// How much of a sketch stays free around what is drawn: the names of axes have room there.
const MARGIN: f64 = 1.3;

/// How far an axis's name stands from its end or from the circle, in the units of a sketch.
const NAME_GAP: f64 = 0.07;

/// An axis that is seen shorter than this part of a sketch is named at its end, well inside of the circle.
const SHORT_AXIS: f64 = 0.1;

/// Shorter than this an axis is seen as a point.
const NO_LENGTH: f64 = 1e-6;

/// From which direction on a name stands beside an axis's end and not above or below it.
const SIDEWAYS: f64 = 0.3;

/// The diameters of sketches in their units.
const SPACE: f64 = 2.0;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct Kept {
    geometry: GeometryTrace,
    /// What the axes were chosen for: the version of x, the rows, how many axes, which.
    axes_of: Option<(u64, Range<usize>, usize, Basis)>,
    /// The coordinates of x and of the stage at hand, axis by axis. (2 · axes, points)
    coordinates: Vec<Vec<f32>>,
    /// What the points were placed for: the versions of x, x̂ and y, and the rows.
    placed_of: Option<([u64; 3], Range<usize>)>,
    /// What all norms make of many scales, and of their own output.
    invariance: InvarianceTrace,
    /// What a norm makes of the samples that are scaled.
    tried: NormTrace,
    curves: Curves,
    /// What the norm in use makes of a · x + c.
    moved_block: InvarianceTrace,
    /// The versions, a and c that it is of, and by how much the outputs differ.
    moved_of: Option<([u64; 3], [f64; 2])>,
    largest_move: f64,
    /// y(a · x + c) of the selected token. (C)
    moved: Vec<f32>,
    /// The versions that the norm was applied twice to, and by how much the outputs differ.
    twice: Option<([u64; 3], f64)>,
    eps: EpsCurves,
    undo: Undo,
}

/// The largest change of an output, over the scale of the input, by norm.
#[derive(Default)]
struct Curves {
    of: Option<CurvesOf>,
    scales: Vec<f32>,
    /// One for each of `NormName::COMPARED`.
    differences: Vec<Vec<f32>>,
}

/// What they were made from.
#[derive(Clone, PartialEq)]
struct CurvesOf {
    x: u64,
    shape: [usize; 3],
    shift: f64,
    eps: f64,
    affine: [Vec<f32>; 2],
    groups: usize,
    alpha: f64,
}

/// What ε leaves of a token's spread, over the scale of the input.
#[derive(Default)]
struct EpsCurves {
    scales: Vec<f32>,
    inside: Vec<f32>,
    outside: Vec<f32>,
    half: Vec<f32>,
}

/// Ten to powers that are evenly spaced.
#[allow(clippy::cast_precision_loss)]
pub fn log_scale((first, last): (f64, f64), idx: usize, n: usize) -> f64 {
    10_f64.powf(first + (last - first) * idx as f64 / (n - 1) as f64)
}

/// The tokens that are drawn: as many as can be, and the selected one among them.
pub fn shown_rows(state: &NormalizeState) -> Range<usize> {
    let n = (MOST_VALUES / state.d_model)
        .min(MOST_POINTS)
        .min(state.rows());
    let first = (state.row() + 1).saturating_sub(n);
    first..first + n
}

/// How many directions are drawn.
pub fn n_axes(state: &NormalizeState) -> usize {
    state.d_model.min(MOST_AXES)
}

/// The directions that are drawn, (axes, C), one after the other; empty where they are those of the features.
pub fn axes<'a>(scene: &'a mut NormalizeScene, state: &NormalizeState) -> &'a [f32] {
    place(scene, state);
    if state.d_model <= MOST_AXES {
        return &[];
    }
    scene.shape.geometry.axes.as_slice().unwrap_or_default()
}

/// Places the tokens.
fn place(scene: &mut NormalizeScene, state: &NormalizeState) {
    scene.update(state);
    let mut kept = std::mem::take(&mut scene.shape);
    let (rows, n_axes) = (shown_rows(state), n_axes(state));
    let axes_of = Some((scene.versions[0], rows.clone(), n_axes, state.basis));
    let has_new_axes = kept.axes_of != axes_of;
    if has_new_axes {
        let x = scene.x();
        let shown = x.slice(s![rows.clone(), ..]);
        kept.geometry.choose_axes(shown, n_axes, state.basis);
        kept.axes_of = axes_of;
    }
    if kept.placed_of != Some((scene.versions, rows.clone())) || has_new_axes {
        let spec = scene.spec(state, state.norm);
        kept.geometry
            .update(scene.x(), rows.clone(), &spec, &scene.trace);
        kept.placed_of = Some((scene.versions, rows.clone()));
    }
    kept.coordinates.resize(2 * n_axes, Vec::new());
    for (idx, out) in kept.coordinates.iter_mut().enumerate() {
        let stage = if idx < n_axes { 0 } else { state.stage };
        out.clear();
        out.extend(kept.geometry.stages[stage].column(idx % n_axes));
    }
    scene.shape = kept;
}

/// How space is turned: from coordinates to the right, upwards.
struct Turn {
    yaw: (f64, f64),
    pitch: (f64, f64),
}

impl Turn {
    fn of(state: &NormalizeState) -> Self {
        Self {
            yaw: sin_cos(state.yaw.to_radians()),
            pitch: sin_cos(state.pitch.to_radians()),
        }
    }

    /// Where a point is seen, to the right and upwards; with two axes as it is.
    fn see(&self, point: &[f32]) -> (f64, f64) {
        let at = |idx: usize| point.get(idx).map_or(0.0, |&value| f64::from(value));
        if point.len() < MOST_AXES {
            return (at(0), at(1));
        }
        let (sin, cos) = self.yaw;
        let right = at(0) * cos - at(1) * sin;
        let away = at(0) * sin + at(1) * cos;
        let (sin, cos) = self.pitch;
        (right, at(2) * cos + away * sin)
    }
}

/// From coordinates to the units of a sketch.
struct View {
    turn: Turn,
    /// What the sketch's half shows.
    reach: f64,
}

impl View {
    fn see(&self, point: &[f32]) -> (f64, f64) {
        let (right, up) = self.turn.see(point);
        let half = 0.5 * SPACE;
        (
            half + half * right / self.reach,
            half - half * up / self.reach,
        )
    }

    fn line(&self, points: &Array2<f32>, role: Role, width: f64) -> Option<Shape<'static>> {
        let seen: Vec<_> = points
            .outer_iter()
            .map(|point| self.see(&point.to_vec()))
            .collect();
        (!seen.is_empty()).then(|| {
            Shape::new(Form::Line {
                points: seen,
                width,
                role,
            })
        })
    }
}

/// Tokens in space: as they come, and at the stage that is chosen.
pub fn geometry<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    place(scene, state);
    let scene = &*scene;
    let kept = &scene.shape;
    let views = [0, state.stage].map(|stage| view(scene, state, stage));
    let rows = shown_rows(state);
    let selected = state.row() - rows.start;
    let begin = views[1].see(&kept.geometry.stages[0].row(selected).to_vec());
    let is_inside = |at: f64| (0.0..=SPACE).contains(&at);
    let comes_from_beyond = !(is_inside(begin.0) && is_inside(begin.1));
    let point = kept.geometry.stages[state.stage].row(selected);
    let missing = (!point.iter().all(|it| it.is_finite()))
        .then(|| story::why(trouble(scene, state, state.row())));
    let panels = [0, state.stage]
        .into_iter()
        .zip(&views)
        .enumerate()
        .map(|(idx, (stage, view))| space_panel(scene, state, stage, view, idx == 1))
        .collect();
    let n_axes = n_axes(state);
    let names = if n_axes == 2 {
        &["input_1", "input_2", "stage_1", "stage_2"][..]
    } else {
        &[
            "input_1", "input_2", "input_3", "stage_1", "stage_2", "stage_3",
        ]
    };
    let columns = names.iter().zip(&kept.coordinates);
    Figure {
        id: "normalize-geometry",
        title: Cow::Owned(story::geometry_title(state)),
        summary: scene.with_no_numbers(story::geometry_summary(
            state,
            &lengths(scene, state),
            &story::Drawn {
                n: rows.len(),
                missing,
                comes_from_beyond,
            },
        )),
        panels,
        table: Table::Columns(
            columns
                .map(|(name, values)| column(name, Cells::F32(values)))
                .collect(),
        ),
        read_rows: selected..selected + 1,
    }
}

/// The selected token's length at every stage, in all its features.
fn lengths(scene: &NormalizeScene, state: &NormalizeState) -> story::Lengths {
    let row_idx = state.row();
    let length = |values: ArrayView1<'_, f32>| {
        let squares = values.iter().map(|&v| f64::from(v) * f64::from(v));
        squares.sum::<f64>().sqrt()
    };
    let normalized = scene.trace.normalized.row(row_idx);
    story::Lengths {
        x: length(scene.x().row(row_idx)),
        normalized: length(normalized),
        sum: normalized.iter().map(|&v| f64::from(v)).sum(),
        output: length(scene.trace.output.row(row_idx)),
    }
}

/// The radius √d of the sphere that x̂ lies on.
#[allow(clippy::cast_precision_loss)]
fn sphere_radius(state: &NormalizeState) -> f64 {
    (state.d_model as f64).sqrt()
}

/// Whether the sphere is drawn; in space its outline is a circle from everywhere.
fn has_sphere(state: &NormalizeState, stage: usize) -> bool {
    matches!(state.norm, NormName::Layer | NormName::Rms) && stage == 2
}

/// What the circle has become at a stage: outlines and their colours.
fn drawn_outlines(stage: usize) -> &'static [(usize, Role)] {
    match stage {
        2 => &[(0, Role::Sigma)],
        3 => &[(0, Role::Sigma), (1, Role::Gamma)],
        4 => &[(1, Role::Gamma), (2, Role::Beta)],
        _ => &[],
    }
}

/// Space at a stage, as large as what is drawn there.
fn view(scene: &NormalizeScene, state: &NormalizeState, stage: usize) -> View {
    let geometry = &scene.shape.geometry;
    let length = |point: ArrayView1<'_, f32>| {
        let squares = point.iter().map(|&v| f64::from(v) * f64::from(v));
        Some(squares.sum::<f64>().sqrt()).filter(|it| it.is_finite())
    };
    let of_outlines = drawn_outlines(stage)
        .iter()
        .flat_map(|(idx, _)| geometry.outlines[*idx].outer_iter());
    let least = if has_sphere(state, stage) {
        sphere_radius(state)
    } else {
        0.0
    };
    let reach = geometry.stages[stage]
        .outer_iter()
        .chain(of_outlines)
        .filter_map(length)
        .fold(least, f64::max);
    View {
        turn: Turn::of(state),
        reach: if reach > 0.0 { MARGIN * reach } else { 1.0 },
    }
}

fn space_panel<'a>(
    scene: &'a NormalizeScene,
    state: &'a NormalizeState,
    stage: usize,
    view: &View,
    has_path: bool,
) -> Panel<'a> {
    let geometry = &scene.shape.geometry;
    let n_axes = n_axes(state);
    let is_flat = n_axes < MOST_AXES;
    let rows = shown_rows(state);
    let selected = state.row() - rows.start;
    let outlines = &geometry.outlines;
    let (radius, reach) = (sphere_radius(state), view.reach);
    let has_sphere = has_sphere(state, stage);
    let drawn = drawn_outlines(stage);
    let is_round = has_sphere || !drawn.is_empty() && !outlines[0].is_empty();
    let mut shapes = axis_shapes(view, state, is_round);
    // The plane of zero mean, as a disc; a line where there are two features.
    if let (NormName::Layer, true) = (state.norm, state.d_model <= MOST_AXES) {
        let scale = (reach / radius) as f32;
        let corners: Vec<_> = outlines[0]
            .outer_iter()
            .map(|point| view.see(&point.iter().map(|v| v * scale).collect::<Vec<_>>()))
            .collect();
        shapes.push(Shape::new(if is_flat {
            Form::Line {
                points: corners,
                width: 1.0,
                role: Role::Mu,
            }
        } else {
            Form::Polygon {
                points: corners,
                role: Role::Mu,
                opacity: 0.12,
            }
        }));
    }
    if has_sphere && outlines[0].is_empty() {
        shapes.push(Shape::new(Form::Circle {
            at: (0.5 * SPACE, 0.5 * SPACE),
            radius: 0.5 * SPACE * radius / reach,
            width: 1.0,
            role: Role::Sigma,
        }));
    }
    for (idx, role) in drawn {
        if is_flat {
            // Two points, not a line: a little larger than the tokens.
            for point in outlines[*idx].outer_iter() {
                let at = view.see(&point.to_vec());
                shapes.push(Shape::new(Form::Circle {
                    at,
                    radius: 0.05,
                    width: 1.5,
                    role: *role,
                }));
            }
        } else {
            shapes.extend(view.line(&outlines[*idx], *role, 1.5));
        }
    }
    let dot = |row_idx: usize, radius, role, opacity| {
        let point = geometry.stages[stage].row(row_idx - rows.start).to_vec();
        let at = view.see(&point);
        (at.0.is_finite() && at.1.is_finite()).then_some(Shape {
            form: Form::Disc {
                at,
                radius,
                role,
                opacity,
            },
            cell: Some((row_idx as u64, 0)),
        })
    };
    shapes.extend(
        rows.clone()
            .filter_map(|row_idx| dot(row_idx, 0.022, Role::Series(0), 0.7)),
    );
    if has_path {
        let path: Vec<_> = (0..=stage)
            .map(|stage| view.see(&geometry.stages[stage].row(selected).to_vec()))
            .collect();
        if path.iter().all(|at| at.0.is_finite() && at.1.is_finite()) {
            shapes.push(Shape::new(Form::Line {
                points: path,
                width: 1.0,
                role: Role::Series(1),
            }));
        }
    }
    shapes.extend(dot(state.row(), 0.035, Role::Series(1), 1.0));
    let (symbol, note) = story::stage_head(state, stage);
    Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol),
            note: Cow::Borrowed(note),
        },
        cross: Cross {
            x: Some(state.row() as u64),
            y: Some(0),
        },
        caption: Cow::Owned(story::space_caption(reach)),
        ..Panel::new(
            Axis::cells("", "", 0, state.rows()),
            Axis::cells("", "", 0, 1),
            Plot::Sketch(Sketch {
                width: SPACE,
                height: SPACE,
                shapes,
            }),
        )
    }
}

/// The axes, from the origin, with their names: past their ends, and outside of what `is_round`.
#[allow(clippy::cast_possible_truncation)]
fn axis_shapes(view: &View, state: &NormalizeState, is_round: bool) -> Vec<Shape<'static>> {
    let n_axes = n_axes(state);
    let mut shapes = Vec::new();
    for idx in 0..n_axes {
        let mut end = vec![0.0_f32; n_axes];
        let origin = view.see(&end);
        end[idx] = (view.reach / MARGIN) as f32;
        let tip = view.see(&end);
        shapes.push(Shape::new(Form::Line {
            points: vec![origin, tip],
            width: 1.0,
            role: Role::Line,
        }));
        let (right, down) = (tip.0 - origin.0, tip.1 - origin.1);
        let length = right.hypot(down);
        // Seen from its end an axis has no direction: its name stands beside the point that it is.
        let (right, down) = if length < NO_LENGTH {
            (1.0, 0.0)
        } else {
            (right / length, down / length)
        };
        let is_short = length < SHORT_AXIS * SPACE;
        let rim = 0.5 * SPACE / MARGIN;
        let at = NAME_GAP + if is_round && !is_short { rim } else { length };
        shapes.push(Shape::new(Form::Text {
            at: (origin.0 + at * right, origin.1 + at * down),
            text: Cow::Owned(story::axis_name(state, idx)),
            anchor: if right > SIDEWAYS {
                Anchor::Left
            } else if right < -SIDEWAYS {
                Anchor::Right
            } else {
                Anchor::Middle
            },
            size: 1.0,
            room: 0.0,
            role: Role::Quiet,
            is_bold: false,
        }));
    }
    shapes
}

/// A token that is pointed at in space.
pub fn geometry_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    place(scene, state);
    let rows = shown_rows(state);
    let row_idx = idx_from(cell.x, state.row());
    let row_idx = row_idx.clamp(rows.start, rows.end - 1);
    let stage = if cell.panel_idx == 0 { 0 } else { state.stage };
    let place = row_idx - rows.start;
    let point = scene.shape.geometry.stages[stage].row(place).to_vec();
    story::point_tip(state, row_idx, &point)
}

/// How many samples all norms are tried on: as many as a frame allows.
pub fn n_tried(state: &NormalizeState) -> usize {
    let per_sample = state.seq_len * state.d_model;
    (MOST_SCALED_VALUES / SCALES.0 / per_sample).clamp(1, state.batch)
}

/// For how many scales.
pub fn n_scales(state: &NormalizeState) -> usize {
    let n_values = n_tried(state) * state.seq_len * state.d_model;
    (MOST_SCALED_VALUES / n_values).clamp(SCALES.1, SCALES.0)
}

impl NormalizeScene {
    /// A norm without padding; batch norm as in training.
    fn plain_spec(&self, state: &NormalizeState, name: NormName) -> NormSpec<'_> {
        NormSpec {
            norm: match name {
                NormName::Batch => Norm::Batch(BatchMode::Train),
                _ => state.with_settings(name),
            },
            padding: Padding::default(),
            ..self.spec(state, name)
        }
    }

    #[allow(clippy::cast_possible_truncation)]
    fn update_curves(&mut self, state: &NormalizeState) {
        self.update(state);
        let of = CurvesOf {
            x: self.versions[0],
            shape: [state.batch, state.seq_len, state.d_model],
            shift: state.shift_c,
            eps: state.eps,
            affine: [self.gamma.clone(), self.beta.clone()],
            groups: state.n_groups(),
            alpha: state.alpha,
        };
        if self.shape.curves.of.as_ref() == Some(&of) {
            return;
        }
        let mut kept = std::mem::take(&mut self.shape);
        let n_rows = n_tried(state) * state.seq_len;
        let x = self.x();
        let x = x.slice(s![..n_rows, ..]);
        let n = n_scales(state);
        let curves = &mut kept.curves;
        curves.scales.clear();
        let scales = (0..n).map(|idx| log_scale(SCALE_DECADES, idx, n));
        curves.scales.extend(scales.map(|scale| scale as f32));
        curves.differences.clear();
        for name in NormName::COMPARED {
            let spec = self.plain_spec(state, name);
            let (seq_len, tried) = (state.seq_len, &mut kept.tried);
            // Too few values stay too few.
            normalize(x.view(), seq_len, &spec, tried).ok();
            let differences = (0..n).map(|idx| {
                let move_by = [log_scale(SCALE_DECADES, idx, n), state.shift_c];
                let result =
                    kept.invariance
                        .scale_and_shift(x.view(), seq_len, &spec, tried, move_by);
                result.map_or(f32::NAN, |difference| difference as f32)
            });
            curves.differences.push(differences.collect());
        }
        curves.of = Some(of);
        self.shape = kept;
    }

    /// The norm in use on a · x + c; says by how much the outputs differ at most.
    fn update_moved(&mut self, state: &NormalizeState) -> f64 {
        self.update(state);
        let mut kept = std::mem::take(&mut self.shape);
        let by = [state.scale_a, state.shift_c];
        let of = Some((self.versions, by));
        if by == STILL {
            // The output that there is, without another norm of a million values.
            kept.largest_move = if self.too_few.is_some() {
                f64::NAN
            } else {
                0.0
            };
        } else if kept.moved_of != of {
            let spec = self.spec(state, state.norm);
            let result =
                kept.moved_block
                    .scale_and_shift(self.x(), state.seq_len, &spec, &self.trace, by);
            kept.largest_move = result.unwrap_or(f64::NAN);
            kept.moved_of = of;
        }
        let largest = kept.largest_move;
        self.shape = kept;
        let mut moved = std::mem::take(&mut self.shape.moved);
        let output = self.moved_output(state);
        moved.clear();
        if output.nrows() > state.row() {
            moved.extend(output.row(state.row()));
        }
        moved.resize(state.d_model, f32::NAN);
        self.shape.moved = moved;
        largest
    }

    /// What the norm in use makes of a · x + c. (N, C)
    fn moved_output(&self, state: &NormalizeState) -> &Array2<f32> {
        if [state.scale_a, state.shift_c] == STILL {
            &self.trace.output
        } else {
            &self.shape.moved_block.other.output
        }
    }

    /// By how much the norm changes its own output at most.
    fn update_twice(&mut self, state: &NormalizeState) -> f64 {
        self.update(state);
        let mut kept = std::mem::take(&mut self.shape);
        let difference = match kept.twice {
            Some((of, difference)) if of == self.versions => difference,
            _ => {
                let spec = self.spec(state, state.norm);
                let result = kept.invariance.twice(state.seq_len, &spec, &self.trace);
                result.unwrap_or(f64::NAN)
            }
        };
        kept.twice = Some((self.versions, difference));
        self.shape = kept;
        difference
    }
}

/// The token before and after scale and shift, and every norm over all scales.
pub fn invariance<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    let largest = scene.update_moved(state);
    let twice = scene.update_twice(state);
    scene.update_curves(state);
    let scene = &*scene;
    let kept = &scene.shape;
    // The first value ends the search, unless there is none.
    let is_empty = |values: &Array2<f32>| !values.iter().any(|it| it.is_finite());
    let no_output = (largest.is_nan() || is_empty(&scene.trace.output))
        .then(|| story::why(trouble(scene, state, state.row())));
    // Scaled down to nothing, or up to infinity.
    let no_moved = is_empty(scene.moved_output(state)).then(|| {
        let is_divided = state.norm.has_statistics() && state.eps == 0.0;
        story::why(is_divided.then_some(Trouble::ZeroOverZero))
    });
    let row_len = state.d_model;
    let output = scene.trace.output.as_slice().unwrap_or_default();
    let before = output
        .get(state.row() * row_len..(state.row() + 1) * row_len)
        .unwrap_or_default();
    let finite = before.iter().chain(&kept.moved).filter(|v| v.is_finite());
    let reach = nice_above(finite.fold(0.0, |max: f64, &v| max.max(f64::from(v.abs()))));
    let mut panels: Vec<_> = [before, &kept.moved]
        .into_iter()
        .zip(story::INVARIANCE_HEADS)
        .map(|(values, (symbol, note))| Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            cross: Cross {
                x: Some(state.column() as u64),
                y: None,
            },
            ..Panel::new(
                features("feature", state),
                Axis::values("", -reach, reach),
                if scene.too_few.is_some() {
                    Plot::Empty(Cow::Borrowed(story::why(Some(Trouble::TooFew))))
                } else {
                    Plot::Bars(Bars {
                        values: ArrayView1::from(values),
                        cells_on: CellAxis::X,
                        colours: symmetric(reach),
                        undefined: scene.undefined(),
                    })
                },
            )
        })
        .collect();
    let Curves {
        scales,
        differences,
        ..
    } = &kept.curves;
    let is_curve = scales.len() == SCALES.0;
    let sets: Vec<_> = NormName::COMPARED
        .into_iter()
        .zip(differences)
        .enumerate()
        .map(|(idx, (name, values))| Points {
            name: Cow::Borrowed(story::short_name(name)),
            role: Role::Series(idx),
            x: ArrayView1::from(&scales[..]),
            y: ArrayView1::from(&values[..]),
            names: Cow::Borrowed(&[]),
            size: if is_curve { 0.0 } else { 4.0 },
            is_joined: is_curve,
        })
        .collect();
    let (first, last) = SCALE_DECADES;
    let x = Axis::log("input scale a", 10_f64.powf(first), 10_f64.powf(last));
    panels.push(match decades(differences.iter().flatten()) {
        Some((min, max)) => Panel {
            head: Head {
                symbol: Cow::Borrowed("Δy"),
                note: Cow::Borrowed("largest change"),
            },
            ..Panel::new(x, Axis::log("", min, max), Plot::Points(sets))
        },
        None => Panel::new(
            x,
            Axis::log("", 0.1, 10.0),
            Plot::Empty(Cow::Borrowed("no norm has anything to show here")),
        ),
    });
    let mut columns = vec![column("scale", Cells::F32(scales))];
    columns.extend(
        story::COMPARED_KEYS
            .into_iter()
            .zip(differences)
            .map(|(name, values)| column(name, Cells::F32(values))),
    );
    Figure {
        id: "normalize-invariance",
        title: Cow::Borrowed("Scale and shift: what stays?"),
        summary: scene.with_no_numbers(story::invariance_summary(
            state,
            &story::Moves {
                largest,
                twice,
                n_tried: n_tried(state),
                no_output,
                no_moved,
            },
        )),
        panels,
        table: Table::Columns(columns),
        read_rows: 0..0,
    }
}

/// A feature's output, before or after scale and shift.
pub fn invariance_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_moved(state);
    let feature = idx_from(cell.x, state.column());
    let before = scene.trace.output.get((state.row(), feature)).copied();
    let after = scene.shape.moved.get(feature).copied();
    let number = |value: Option<f32>| f64::from(value.unwrap_or(f32::NAN));
    story::invariance_tip(state, feature, number(before), number(after))
}

/// The token's own mean (0 for rms) and variance (mean square for rms).
fn moments(values: impl Iterator<Item = f64> + Clone, is_centred: bool) -> (f64, f64) {
    let (sum, n) = values
        .clone()
        .fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    let mean = if is_centred { sum / n } else { 0.0 };
    let squares = values.map(|v| (v - mean) * (v - mean)).sum::<f64>();
    (mean, squares / n)
}

/// What ε leaves of a token's spread: inside and outside of the root, and in half precision.
#[allow(clippy::cast_possible_truncation)]
fn update_eps(scene: &mut NormalizeScene, state: &NormalizeState) {
    scene.update(state);
    let mut kept = std::mem::take(&mut scene.shape.eps);
    let x = scene.x();
    let token = x.row(state.row());
    let is_centred = state.norm != NormName::Rms;
    for curve in [
        &mut kept.scales,
        &mut kept.inside,
        &mut kept.outside,
        &mut kept.half,
    ] {
        curve.clear();
    }
    let half = |value: f64| round_to_f16(f64::from(value as f32));
    for idx in 0..N_EPS_SCALES {
        let scale = log_scale(EPS_DECADES, idx, N_EPS_SCALES);
        let scaled = token
            .iter()
            .map(|&x| f64::from((scale * f64::from(x)) as f32));
        let (_, variance) = moments(scaled.clone(), is_centred);
        let std = variance.sqrt();
        kept.scales.push(scale as f32);
        kept.inside
            .push((std / (variance + state.eps).sqrt()) as f32);
        kept.outside.push((std / (std + state.eps)) as f32);
        let (_, variance) = moments(scaled.map(round_to_f16), is_centred);
        let root = half(half(variance) + half(state.eps)).sqrt();
        kept.half.push((variance.sqrt() / root) as f32);
    }
    scene.shape.eps = kept;
}

/// What ε leaves of a token's spread, over the scale of the input.
pub fn eps<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    update_eps(scene, state);
    let kept = &scene.shape.eps;
    let curves = [&kept.inside, &kept.outside, &kept.half];
    let sets = curves
        .into_iter()
        .zip(story::eps_names(state))
        .enumerate()
        .map(|(idx, (values, name))| Points {
            name: Cow::Borrowed(name),
            role: Role::Series(idx),
            x: ArrayView1::from(&kept.scales[..]),
            y: ArrayView1::from(&values[..]),
            names: Cow::Borrowed(&[]),
            size: 0.0,
            is_joined: true,
        })
        .collect();
    let (first, last) = EPS_DECADES;
    let n_undefined = kept.half.iter().filter(|value| !value.is_finite()).count();
    let (symbol, note) = story::eps_head(state);
    let panel = Panel {
        head: Head {
            symbol: Cow::Borrowed(symbol),
            note: Cow::Owned(note),
        },
        ..Panel::new(
            Axis::log("input scale a", 10_f64.powf(first), 10_f64.powf(last)),
            Axis::values("", 0.0, 1.25),
            Plot::Points(sets),
        )
    };
    let at = |curve: &[f32], scale: f64| {
        let (first, last) = EPS_DECADES;
        let part = (scale.log10() - first) / (last - first);
        #[allow(clippy::cast_precision_loss, clippy::cast_sign_loss)]
        let idx = (part * (N_EPS_SCALES - 1) as f64).round() as usize;
        f64::from(curve.get(idx).copied().unwrap_or(f32::NAN))
    };
    let shrunk = |curve| [1.0, 0.1, 0.01, 0.001].map(|scale| at(curve, scale));
    Figure {
        id: "normalize-epsilon",
        title: Cow::Owned(format!(
            "ε: what small inputs lose, by {}",
            story::eps_norm(state)
        )),
        summary: scene.with_no_numbers(story::eps_summary(
            state,
            &story::Shrunk {
                inside: shrunk(&kept.inside),
                outside: shrunk(&kept.outside),
                n_undefined,
                half_eps: round_to_f16(state.eps),
                is_finite: scene.x().row(state.row()).iter().all(|x| x.is_finite()),
            },
        )),
        panels: vec![panel],
        table: Table::Columns(vec![
            column("scale", Cells::F32(&kept.scales)),
            column("inside", Cells::F32(&kept.inside)),
            column("outside", Cells::F32(&kept.outside)),
            column("half", Cells::F32(&kept.half)),
        ]),
        read_rows: 0..0,
    }
}

/// The token that γ and β are to restore, and the one they are tried on next: both are no padding. The second is of
/// another sample where there is one and the tokens of a sample share their mean and variance.
pub fn undo_rows(state: &NormalizeState) -> [usize; 2] {
    let is_real = |row_idx: &usize| !state.is_padding(*row_idx);
    // The first token of a sample is never padding.
    let row_idx = Some(state.row()).filter(is_real).unwrap_or(0);
    let is_shared = matches!(state.norm, NormName::Instance | NormName::Group) && state.batch > 1;
    let next = if is_shared {
        (row_idx / state.seq_len + 1) * state.seq_len
    } else {
        row_idx + 1
    };
    let after = (next..state.rows()).chain(0..row_idx);
    [row_idx, after.into_iter().find(is_real).unwrap_or(row_idx)]
}

/// The γ and the β that restore the selected token where all features share them, rounded as the norm takes them;
/// `None` where x̂ is no number.
pub fn undoing(state: &NormalizeState) -> Option<[f64; 2]> {
    let mut scene = NormalizeScene::default();
    scene.update(state);
    let mut undo = Undo::default();
    undo.update(&scene.trace, undo_rows(state)[0]);
    let both = [*undo.gamma.first()?, *undo.beta.first()?];
    both.iter()
        .all(|it| it.is_finite())
        .then(|| both.map(short))
}

/// The number with the fewest digits among those that are the same in 32 bits.
#[allow(clippy::cast_possible_truncation)]
fn short(value: f64) -> f64 {
    crate::number::parse(&number_text(value as f32)).unwrap_or(value)
}

/// What γ and β make of one token, and of another: pressing the button restores the first.
pub fn undo<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update(state);
    let mut undo = std::mem::take(&mut scene.shape.undo);
    let rows = undo_rows(state);
    undo.update(&scene.trace, rows[0]);
    scene.shape.undo = undo;
    let scene = &*scene;
    let undo = &scene.shape.undo;
    let row_len = state.d_model;
    let token = |values: ArrayView2<'a, f32>, row_idx: usize| {
        let values = values.to_slice().unwrap_or_default();
        values
            .get(row_idx * row_len..(row_idx + 1) * row_len)
            .unwrap_or_default()
    };
    let lines = rows.map(|row_idx| {
        let [x, _, y] = scene.steps();
        [token(x, row_idx), token(y, row_idx)]
    });
    let tried = [0, 1].map(|idx| {
        let [x, y] = lines[idx];
        let differences = x.iter().zip(y).map(|(&x, &y)| f64::from(y) - f64::from(x));
        story::Tried {
            row_idx: rows[idx],
            // `max` passes over NaN.
            by_set: differences
                .filter(|it| it.is_finite())
                .fold(f64::NAN, |most, it| most.max(it.abs())),
            by_undoing: undo.residual(scene.x(), &scene.trace, rows[idx]),
            trouble: trouble(scene, state, rows[idx]),
        }
    });
    let finite = lines.iter().flatten().copied().flatten();
    let finite = finite.filter(|v| v.is_finite());
    let reach = nice_above(finite.fold(0.0, |max: f64, &v| max.max(f64::from(v.abs()))));
    let panels = lines
        .into_iter()
        .zip(&tried)
        .map(|([x, y], tried)| {
            let line = |name: &str, role, values: &'a [f32]| {
                Line::new(name, Role::Series(role), ArrayView1::from(values))
            };
            Panel {
                head: Head {
                    symbol: Cow::Borrowed("y"),
                    note: Cow::Owned(format!("token {}", tried.row_idx)),
                },
                cross: Cross {
                    x: Some(state.column() as u64),
                    y: None,
                },
                caption: Cow::Owned(story::missed(tried)),
                ..Panel::new(
                    features("feature", state),
                    Axis::values("", -reach, reach),
                    Plot::Lines(vec![line("x", 0, x), line("y", 1, y)]),
                )
            }
        })
        .collect();
    let first = |values: &[f64]| values.first().copied().unwrap_or(f64::NAN);
    let [[x, y], [other_x, other_y]] = lines;
    Figure {
        id: "normalize-undo",
        title: Cow::Borrowed("Undo: γ and β take one token back"),
        summary: scene.with_no_numbers(story::undo_summary(
            state,
            &tried,
            [first(&undo.gamma), first(&undo.beta)],
        )),
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
            column("x", Cells::F32(x)),
            column("y", Cells::F32(y)),
            column("other_x", Cells::F32(other_x)),
            column("other_y", Cells::F32(other_y)),
        ]),
        read_rows: state.column()..state.column() + 1,
    }
}

/// Why some of a token's x̂ is no number; padding is read as it is.
fn trouble(scene: &NormalizeScene, state: &NormalizeState, row_idx: usize) -> Option<Trouble> {
    let features = 0..state.d_model;
    features
        .filter_map(|feature| scene.reading(state, row_idx, feature)?.trouble)
        .find(|why| *why != Trouble::Padding)
}

/// The numbers beside the formula.
pub fn facts(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    scene.update(state);
    let twice = scene.update_twice(state);
    story::facts(state, &lengths(scene, state), twice)
}

#[cfg(test)]
mod tests {
    use super::super::super::state::Values;
    use super::*;
    use maths::inputs::Distribution;

    fn custom(rows: Vec<Vec<f32>>) -> NormalizeState {
        let mut state = NormalizeState {
            input: Distribution::Custom,
            values: Values::new(rows),
            ..NormalizeState::default()
        };
        state.fit_shape_to_values();
        state
    }

    /// users' question: shrink [1, 2, 3, 4] and see what is left of the spread.
    #[test]
    fn eps_takes_the_spread_of_small_inputs() {
        let state = custom(vec![vec![1.0, 2.0, 3.0, 4.0]]);
        let mut scene = NormalizeScene::default();
        update_eps(&mut scene, &state);
        let kept = &scene.shape.eps;
        for (scale, expected) in [(1.0, 1.0), (1e-2, 0.962), (1e-3, 0.333), (1e-4, 0.035)] {
            let idx = (0..N_EPS_SCALES).find(|&idx| {
                (log_scale(EPS_DECADES, idx, N_EPS_SCALES) / scale - 1.0_f64).abs() < 1e-9
            });
            let inside = idx.and_then(|idx| kept.inside.get(idx)).copied();
            assert!(
                inside.is_some_and(|it| (f64::from(it) - expected).abs() < 5e-4),
                "{scale}: {inside:?}"
            );
        }
    }

    #[test]
    fn half_precision_has_no_eps_of_bert() {
        let mut state = custom(vec![vec![1.0, 2.0, 3.0, 4.0]]);
        state.eps = 1e-12;
        let mut scene = NormalizeScene::default();
        update_eps(&mut scene, &state);
        // Small inputs have variance 0 there, and nothing is added to it: x̂ is infinite.
        assert!(scene.shape.eps.half[0].is_infinite());
        assert!(scene.shape.eps.inside.iter().all(|it| it.is_finite()));
    }

    #[test]
    fn scale_and_shift_are_forgotten_by_the_norms_that_take_them_out() {
        let largest = |norm, scale_a, shift_c| {
            let state = NormalizeState {
                norm,
                scale_a,
                shift_c,
                eps: 0.0,
                ..NormalizeState::default()
            };
            NormalizeScene::default().update_moved(&state)
        };
        for (norm, a, c, moves) in [
            (NormName::Layer, 3.0, 2.0, false),
            (NormName::Layer, -1.0, 0.0, true),
            (NormName::Rms, 3.0, 0.0, false),
            (NormName::Rms, 1.0, 2.0, true),
            (NormName::Batch, 3.0, 2.0, false),
            (NormName::Instance, 3.0, 2.0, false),
            (NormName::DyT, 3.0, 0.0, true),
        ] {
            assert_eq!(largest(norm, a, c) > 1e-4, moves, "{norm:?} {a} {c}");
        }
    }

    #[test]
    fn layer_norm_again_changes_nothing_unless_gamma_differs() {
        let mut state = NormalizeState::default();
        assert!(NormalizeScene::default().update_twice(&state) < 1e-3);
        // A common γ and β come back as they are.
        (state.gamma, state.beta) = (0.5, 2.0);
        assert!(NormalizeScene::default().update_twice(&state) < 1e-3);
        state.randomise_affine();
        assert!(NormalizeScene::default().update_twice(&state) > 0.1);
    }

    #[test]
    fn undo_restores_one_token_and_with_batch_norm_all() {
        let residuals = |norm| {
            let state = NormalizeState {
                norm,
                ..NormalizeState::default()
            };
            let mut scene = NormalizeScene::default();
            undo(&mut scene, &state);
            undo_rows(&state)
                .map(|row_idx| scene.shape.undo.residual(scene.x(), &scene.trace, row_idx))
        };
        let [here, other] = residuals(NormName::Layer);
        assert!(here < 1e-5 && other > 0.1, "{here} {other}");
        let [here, other] = residuals(NormName::Batch);
        assert!(here < 1e-5 && other < 1e-5, "{here} {other}");
    }

    #[test]
    fn what_is_drawn_comes_back_by_the_button_and_the_next_token_does_not() {
        let mut state = NormalizeState::default();
        // How far y is from x: of the token, and of the other one.
        let missed = |state: &NormalizeState| {
            let mut scene = NormalizeScene::default();
            let figure = undo(&mut scene, state);
            let csv = figures::csv::csv(&figure.table);
            let rows = csv.lines().skip(1).map(|line| {
                let values = line.split(',').map(|it| it.parse().unwrap_or(f32::NAN));
                values.collect::<Vec<_>>()
            });
            rows.fold([0.0_f32; 2], |[here, other], row| {
                let miss = |x: usize| (row[x] - row[x + 1]).abs();
                [here.max(miss(1)), other.max(miss(3))]
            })
        };
        assert!(missed(&state)[0] > 0.1);
        let [gamma, beta] = undoing(&state).unwrap_or([f64::NAN; 2]);
        state.set_affine(gamma, beta);
        let [here, other] = missed(&state);
        assert!(here < 1e-6 && other > 0.1, "{here} {other}");
        state.token = Some(state.row() + 1);
        assert!(missed(&state)[0] > 0.1);
    }

    #[test]
    fn undoing_is_tried_on_a_token_of_other_statistics_where_there_is_one() {
        let state = |norm, batch| NormalizeState {
            norm,
            batch,
            padding: true,
            ..NormalizeState::default()
        };
        let seq_len = NormalizeState::default().seq_len;
        for norm in [NormName::Instance, NormName::Group] {
            let several = NormalizeState {
                token: Some(2 * seq_len),
                ..state(norm, 3)
            };
            assert_eq!(undo_rows(&several), [2 * seq_len, 0], "{norm:?}");
            assert_eq!(undo_rows(&state(norm, 2))[1], seq_len, "{norm:?}");
            let [here, other] = undo_rows(&state(norm, 1));
            assert!(here != other && other < seq_len, "{norm:?}");
        }
    }

    #[test]
    fn two_features_leave_two_points_and_three_a_circle() {
        for (d_model, radius) in [(2, 2_f64.sqrt()), (3, 3_f64.sqrt())] {
            let state = NormalizeState {
                d_model,
                eps: 0.0,
                ..NormalizeState::default()
            };
            let mut scene = NormalizeScene::default();
            place(&mut scene, &state);
            for point in scene.shape.geometry.stages[2].outer_iter() {
                let length = point
                    .iter()
                    .map(|&x| f64::from(x) * f64::from(x))
                    .sum::<f64>();
                assert!((length.sqrt() - radius).abs() < 1e-5, "{point}");
                assert!(point.sum().abs() < 1e-5, "{point}");
            }
        }
    }

    /// All that the part says in a state.
    fn said(state: &NormalizeState) -> Vec<String> {
        let mut said = vec![story::lead(state), story::formula(state)];
        let scene = &mut NormalizeScene::default();
        for fact in facts(scene, state) {
            said.push(format!("{} {}", fact.name, fact.value));
        }
        for panel_idx in 0..2 {
            let cell = Cell {
                x: Some(0),
                y: Some(0),
                panel_idx,
            };
            said.push(geometry_tip(scene, state, cell));
            said.push(invariance_tip(scene, state, cell));
        }
        type Make = for<'a> fn(&'a mut NormalizeScene, &'a NormalizeState) -> Figure<'a>;
        for make in [geometry as Make, invariance, eps, undo] {
            let mut scene = NormalizeScene::default();
            let figure = make(&mut scene, state);
            said.push(figure.title.to_string());
            said.push(figure.summary);
            for panel in figure.panels {
                said.push(format!("{} {}", panel.head.symbol, panel.head.note));
                said.push(panel.caption.to_string());
            }
        }
        let mut scene = NormalizeScene::default();
        scene.update(state);
        // Of the input it may be said.
        let of_input = super::super::story::no_numbers(scene.n_no_numbers);
        said.iter().map(|it| it.replace(&of_input, "")).collect()
    }

    #[test]
    fn no_sentence_has_a_number_that_is_none() {
        let default = NormalizeState::default;
        let states = [
            default(),
            NormalizeState {
                batch: 1,
                seq_len: 1,
                ..default()
            },
            NormalizeState {
                input: Distribution::Constant,
                eps: 0.0,
                ..default()
            },
            NormalizeState {
                input: Distribution::Constant,
                mean: 0.0,
                eps: 0.0,
                scale_a: 2.0,
                ..default()
            },
            NormalizeState {
                scale_a: 0.0,
                shift_c: 1.0,
                eps: 0.0,
                alpha: 0.0,
                ..default()
            },
            NormalizeState {
                padding: true,
                masked: true,
                eps: 0.0,
                token: Some(2 * default().seq_len - 1),
                ..default()
            },
            NormalizeState {
                d_model: 2,
                affine: false,
                ..default()
            },
            custom(vec![vec![f32::NAN; 3]; 2]),
            custom(vec![vec![1.0, 2.0, 3.0], vec![f32::NAN, 1.0, 2.0]]),
            custom(vec![vec![f32::INFINITY, 1.0], vec![f32::MAX, f32::MIN]]),
            NormalizeState {
                eps: 0.0,
                ..custom(vec![vec![1.0, 2.0], vec![1.0, 1.0], vec![0.0, 0.0]])
            },
            NormalizeState {
                eps: 0.0,
                ..custom(vec![vec![1e-45, 0.0], vec![1e-38, 2e-38]])
            },
        ];
        for given in states {
            for norm in NormName::ALL {
                for stage in 0..5 {
                    for row_idx in 0..given.rows().min(3) {
                        let state = NormalizeState {
                            norm,
                            stage,
                            token: given.token.or(Some(row_idx)),
                            ..given.clone()
                        };
                        for text in said(&state) {
                            assert!(!text.contains("NaN"), "{state:?}\n{text}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_missing_is_said_by_its_reason() {
        let reasons = |state: NormalizeState| {
            let said = said(&state).join("\n");
            let known = [
                "one value per feature has no variance",
                "0 / 0 is undefined",
                "0/0",
                "no number in, no number out",
            ];
            known.map(|it| said.matches(it).count())
        };
        let [too_few, ..] = reasons(NormalizeState {
            norm: NormName::Batch,
            batch: 1,
            seq_len: 1,
            ..NormalizeState::default()
        });
        // In space, in scale and shift, and in undo.
        assert_eq!(too_few, 3);
        let [_, undefined, divided, _] = reasons(NormalizeState {
            input: Distribution::Constant,
            eps: 0.0,
            ..NormalizeState::default()
        });
        assert_eq!((undefined, divided), (5, 1));
        let [.., no_number] = reasons(custom(vec![vec![f32::NAN, 1.0]; 2]));
        assert_eq!(no_number, 6);
    }

    #[test]
    fn names_of_axes_stand_clear_of_the_axes_and_of_the_circle() {
        for d_model in [2, 3, 64] {
            for (yaw, pitch) in [(30.0, 20.0), (0.0, 0.0), (180.0, -90.0), (75.0, 40.0)] {
                let state = NormalizeState {
                    d_model,
                    yaw,
                    pitch,
                    ..NormalizeState::default()
                };
                let mut scene = NormalizeScene::default();
                place(&mut scene, &state);
                let view = view(&scene, &state, 2);
                let shapes = axis_shapes(&view, &state, true);
                let pairs = shapes.chunks(2).filter_map(|pair| match pair {
                    [line, name] => match (&line.form, &name.form) {
                        (Form::Line { points, .. }, Form::Text { at, .. }) => Some((points, at)),
                        _ => None,
                    },
                    _ => None,
                });
                assert_eq!(pairs.clone().count(), n_axes(&state));
                for (points, at) in pairs {
                    let from_middle = |at: (f64, f64)| (at.0 - 1.0).hypot(at.1 - 1.0);
                    let (end, name) = (from_middle(points[1]), from_middle(*at));
                    assert!(name > end + 0.05, "{d_model}, {yaw}: {name} after {end}");
                    let rim = 1.0 / MARGIN;
                    assert!((name - rim).abs() > 0.05 && name < 1.0, "{d_model}: {name}");
                }
            }
        }
    }

    /// Files may hold anything.
    #[test]
    fn every_figure_draws_what_is_no_number() {
        let odd = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            1e-45,
            0.0,
        ];
        for first in odd {
            for norm in NormName::ALL {
                let state = NormalizeState {
                    norm,
                    quiz: Some(maths::normalize::Mistake::EpsOutside),
                    ..custom(vec![vec![first, 1.0, 2.0], vec![3.0, 1.0, 0.0]])
                };
                let scene = &mut NormalizeScene::default();
                assert_eq!(geometry(scene, &state).panels.len(), 2);
                assert_eq!(invariance(scene, &state).panels.len(), 3);
                assert_eq!(eps(scene, &state).panels.len(), 1);
                assert_eq!(undo(scene, &state).panels.len(), 2);
                assert_eq!(
                    super::super::gradient::jacobian(scene, &state).panels.len(),
                    3
                );
                assert_eq!(
                    super::super::gradient::backward(scene, &state).panels.len(),
                    3
                );
                assert_eq!(super::super::gradient::sizes(scene, &state).panels.len(), 1);
                assert_eq!(
                    super::super::mistakes::mistake(scene, &state).panels.len(),
                    3
                );
            }
        }
    }
}
