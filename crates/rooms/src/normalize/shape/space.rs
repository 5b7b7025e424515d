//! Space at a stage: the plane, the sphere and what becomes of the circle, and the tokens.

use std::borrow::Cow;

use figures::number::format_value;
use figures::{Axis, Cross, Form, Head, Panel, Plot, Role, Shape, Sketch};
use maths::normalize::{GeometryTrace, MOST_AXES};
use ndarray::Array2;

use super::super::sizes::length;
use super::super::state::{NormName, NormalizeState, Stage};
use super::lengths::sphere_radius;
use super::points::{n_axes, shown_rows};
use super::stages::stage_head;
use super::view::{SPACE, View};
use crate::settings::Chosen;

/// How a token is drawn: its radius in the units of a sketch, its colour, its opacity.
type Dot = (f64, Role, f64);

const TOKEN: Dot = (0.022, Role::Series(0), 0.7);
const SELECTED: Dot = (0.035, Role::Series(1), 1.0);

/// What the circle has become at a stage: outlines and their colours.
fn drawn_outlines(stage: Stage) -> &'static [(usize, Role)] {
    match stage {
        Stage::Input | Stage::Centred => &[],
        Stage::Normalized => &[(0, Role::Sigma)],
        Stage::Scaled => &[(0, Role::Sigma), (1, Role::Gamma)],
        Stage::Shifted => &[(1, Role::Gamma), (2, Role::Beta)],
    }
}

/// Tokens that are placed, at a stage.
pub struct Space<'a> {
    geometry: &'a GeometryTrace,
    state: &'a NormalizeState,
    stage: Stage,
    view: View,
    /// Whether the sphere is drawn; in space its outline is a circle from everywhere.
    has_sphere: bool,
}

impl<'a> Space<'a> {
    /// As large as what is drawn there.
    pub fn new(geometry: &'a GeometryTrace, state: &'a NormalizeState, stage: Stage) -> Self {
        let has_sphere =
            matches!(state.norm, NormName::Layer | NormName::Rms) && stage == Stage::Normalized;
        let least = if has_sphere {
            sphere_radius(state.d_model)
        } else {
            0.0
        };
        let of_outlines = drawn_outlines(stage)
            .iter()
            .flat_map(|(idx, _)| geometry.outlines[*idx].outer_iter());
        let farthest = geometry.stages[stage.idx()]
            .outer_iter()
            .chain(of_outlines)
            .map(|point| length(&point))
            .filter(|length| length.is_finite())
            .fold(least, f64::max);
        Self {
            geometry,
            state,
            stage,
            view: View::new(state, farthest),
            has_sphere,
        }
    }

    /// Where a token would be seen that was at one of these points.
    fn see(&self, points: &Array2<f32>, row_idx: usize) -> (f64, f64) {
        let place = row_idx - shown_rows(self.state).start;
        self.view.see(&points.row(place).to_vec())
    }

    /// Whether the way of the selected token begins beyond the edge.
    pub fn is_entered(&self) -> bool {
        let (right, down) = self.see(&self.geometry.stages[0], self.state.row());
        let is_inside = |at: f64| (0.0..=SPACE).contains(&at);
        !(is_inside(right) && is_inside(down))
    }

    /// What is drawn; with the way of the selected token from x to here.
    pub fn panel(&self, has_way: bool) -> Panel<'a> {
        let state = self.state;
        let mut shapes = self.surroundings();
        shapes.extend(shown_rows(state).filter_map(|row_idx| self.token(row_idx, TOKEN)));
        if has_way {
            shapes.extend(self.way());
        }
        shapes.extend(self.token(state.row(), SELECTED));
        let (symbol, note) = stage_head(self.stage, state.norm, state.affine);
        Panel {
            head: Head {
                symbol: Cow::Borrowed(symbol),
                note: Cow::Borrowed(note),
            },
            cross: Cross {
                x: Some(state.row() as u64),
                y: Some(0),
            },
            caption: Cow::Owned(format!("to the edge {}", format_value(self.view.reach, 3))),
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

    /// What the tokens are drawn in: the axes, and what the norm leaves of space.
    fn surroundings(&self) -> Vec<Shape<'static>> {
        let outlines = &self.geometry.outlines;
        let radius = sphere_radius(self.state.d_model);
        let drawn = drawn_outlines(self.stage);
        let is_round = self.has_sphere || !drawn.is_empty() && !outlines[0].is_empty();
        let mut shapes = self.view.axes(self.state, is_round);
        shapes.extend(self.plane(radius));
        if self.has_sphere && outlines[0].is_empty() {
            shapes.push(Shape::new(Form::Circle {
                at: (0.5 * SPACE, 0.5 * SPACE),
                radius: 0.5 * SPACE * radius / self.view.reach,
                width: 1.0,
                role: Role::Sigma,
            }));
        }
        for &(idx, role) in drawn {
            if self.is_flat() {
                // Two points, not a line: a little larger than the tokens.
                shapes.extend(outlines[idx].outer_iter().map(|point| {
                    Shape::new(Form::Circle {
                        at: self.view.see(&point.to_vec()),
                        radius: 0.05,
                        width: 1.5,
                        role,
                    })
                }));
            } else {
                shapes.extend(self.view.line(&outlines[idx], role, 1.5));
            }
        }
        shapes
    }

    fn is_flat(&self) -> bool {
        n_axes(self.state) < MOST_AXES
    }

    /// The plane of zero mean, as a disc; a line where there are two features.
    #[allow(clippy::cast_possible_truncation)]
    fn plane(&self, radius: f64) -> Option<Shape<'static>> {
        let has_plane = self.state.norm == NormName::Layer && self.state.d_model <= MOST_AXES;
        let scale = (self.view.reach / radius) as f32;
        has_plane.then(|| {
            let points = self.geometry.outlines[0]
                .outer_iter()
                .map(|point| {
                    let corner: Vec<_> = point.iter().map(|v| v * scale).collect();
                    self.view.see(&corner)
                })
                .collect();
            Shape::new(if self.is_flat() {
                Form::Line {
                    points,
                    width: 1.0,
                    role: Role::Mu,
                }
            } else {
                Form::Polygon {
                    points,
                    role: Role::Mu,
                    opacity: 0.12,
                }
            })
        })
    }

    /// A token, where it is a point.
    fn token(&self, row_idx: usize, (radius, role, opacity): Dot) -> Option<Shape<'static>> {
        let at = self.see(&self.geometry.stages[self.stage.idx()], row_idx);
        let disc = Form::Disc {
            at,
            radius,
            role,
            opacity,
        };
        is_finite(at).then(|| Shape::new(disc).at_cell(row_idx as u64, 0))
    }

    /// The way of the selected token from x, where all of it are points.
    fn way(&self) -> Option<Shape<'static>> {
        let stages = self.geometry.stages.iter().take(self.stage.idx() + 1);
        let points: Vec<_> = stages
            .map(|points| self.see(points, self.state.row()))
            .collect();
        points.iter().all(|&at| is_finite(at)).then(|| {
            Shape::new(Form::Line {
                points,
                width: 1.0,
                role: Role::Series(1),
            })
        })
    }
}

fn is_finite((right, down): (f64, f64)) -> bool {
    right.is_finite() && down.is_finite()
}
