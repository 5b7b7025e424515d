//! Space as it is seen: turned, in the units of a sketch, with its axes.

use std::borrow::Cow;

use figures::{Anchor, Form, Role, Shape};
use maths::normalize::{Basis, MOST_AXES};
use maths::trig::sin_cos;
use ndarray::Array2;

use super::super::state::NormalizeState;
use super::points::n_axes;

/// The diameters of sketches in their units.
pub const SPACE: f64 = 2.0;

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
pub struct View {
    turn: Turn,
    /// What the sketch's half shows.
    pub reach: f64,
}

impl View {
    /// A view of what goes so far from the origin, and of the names around it.
    pub fn new(state: &NormalizeState, farthest: f64) -> Self {
        Self {
            turn: Turn::of(state),
            reach: if farthest > 0.0 {
                MARGIN * farthest
            } else {
                1.0
            },
        }
    }

    /// Where a point is seen.
    pub fn see(&self, point: &[f32]) -> (f64, f64) {
        let (right, up) = self.turn.see(point);
        let half = 0.5 * SPACE;
        (
            half + half * right / self.reach,
            half - half * up / self.reach,
        )
    }

    /// Points that are joined; nothing where there are none.
    pub fn line(&self, points: &Array2<f32>, role: Role, width: f64) -> Option<Shape<'static>> {
        let points: Vec<_> = points
            .outer_iter()
            .map(|point| self.see(&point.to_vec()))
            .collect();
        (!points.is_empty()).then(|| {
            Shape::new(Form::Line {
                points,
                width,
                role,
            })
        })
    }

    /// The axes, from the origin, with their names: past their ends, and outside of what `is_round`.
    #[allow(clippy::cast_possible_truncation)]
    pub fn axes(&self, state: &NormalizeState, is_round: bool) -> Vec<Shape<'static>> {
        let n_axes = n_axes(state);
        let mut shapes = Vec::new();
        for idx in 0..n_axes {
            let mut end = vec![0.0_f32; n_axes];
            let origin = self.see(&end);
            end[idx] = (self.reach / MARGIN) as f32;
            let tip = self.see(&end);
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
                text: Cow::Owned(axis_name(state.d_model, state.basis, idx)),
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
}

/// What an axis is called.
fn axis_name(d_model: usize, basis: Basis, idx: usize) -> String {
    if d_model <= MOST_AXES {
        format!("feature {idx}")
    } else if idx == 2 && basis == Basis::PlaneAndOnes {
        "ones".to_owned()
    } else {
        format!("axis {}", idx + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                let shapes = View::new(&state, 8.0).axes(&state, true);
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
}
