//! What can be pointed at where axes do not say it: shapes of a sketch, points of a set.

use crate::axes::Axes;
use crate::rect::Rect;
use crate::text::text_width;
use crate::{Anchor, Form, Plot, Points, Sketch};

/// How far beside a thing a pointer may be, in CSS pixels: thin and small things are hard to hit.
const REACH_PX: f64 = 10.0;

/// A thing on the screen and the cell that it stands for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    area: Area,
    cell: (u64, u64),
}

#[derive(Clone, Debug, PartialEq)]
enum Area {
    Path(Vec<(f64, f64)>),
    Polygon(Vec<(f64, f64)>),
    Disc { at: (f64, f64), radius: f64 },
    Rect(Rect),
}

/// The targets of a plot; `None` where its axes have the cells.
pub(crate) fn of(plot: &Plot, axes: Axes, text_px: f64) -> Option<Vec<Target>> {
    match plot {
        Plot::Points(sets) => Some(of_points(sets, axes)),
        Plot::Sketch(sketch) => Some(of_sketch(sketch, axes, text_px)),
        _ => None,
    }
}

fn of_points(sets: &[Points], axes: Axes) -> Vec<Target> {
    let mut targets = Vec::new();
    for (set, y) in sets.iter().zip(0..) {
        for (at, x) in axes.places(set).zip(0..) {
            // What is beyond the plot is not drawn.
            if axes.plot.holds(at) {
                let area = Area::Disc { at, radius: 0.0 };
                targets.push(Target { area, cell: (x, y) });
            }
        }
    }
    targets
}

fn of_sketch(sketch: &Sketch, axes: Axes, text_px: f64) -> Vec<Target> {
    let shapes = sketch.shapes.iter();
    let targets = shapes.filter_map(|shape| {
        Some(Target {
            area: area_of(&shape.form, axes, text_px),
            cell: shape.cell?,
        })
    });
    targets.collect()
}

fn area_of(form: &Form, axes: Axes, text_px: f64) -> Area {
    match form {
        Form::Line { points, .. } => Area::Path(axes.all_px(points)),
        Form::Polygon { points, .. } => Area::Polygon(axes.all_px(points)),
        Form::Disc { at, radius, .. } | Form::Circle { at, radius, .. } => Area::Disc {
            at: axes.px_from_values(*at),
            radius: radius * axes.px_per_unit(),
        },
        Form::Text {
            at,
            text,
            anchor,
            size,
            ..
        } => {
            let (x, y) = axes.px_from_values(*at);
            let text_px = text_px * size;
            let width = text_width(text, text_px);
            let before = match anchor {
                Anchor::Left => 0.0,
                Anchor::Middle => 0.5,
                Anchor::Right => 1.0,
            };
            Area::Rect(Rect {
                x: x - width * before,
                y: y - text_px * 0.6,
                width,
                height: text_px * 1.2,
            })
        }
        Form::Cell { at, size, .. } => {
            let (x, y) = axes.px_from_values(*at);
            Area::Rect(Rect {
                x,
                y,
                width: size.0 * axes.px_per_unit(),
                height: size.1 * axes.px_per_unit(),
            })
        }
    }
}

/// The cell of the nearest target, the frontmost of several; `None` if none is within reach.
pub(crate) fn nearest(targets: &[Target], at: (f64, f64)) -> Option<(u64, u64)> {
    let mut best = None;
    let mut least = REACH_PX;
    for target in targets.iter().rev() {
        let distance = target.area.distance(at);
        // What is not finite is nowhere near.
        if distance < least || (distance == 0.0 && best.is_none()) {
            (least, best) = (distance, Some(target.cell));
        }
    }
    best
}

/// The middle of the frontmost target of a cell.
pub(crate) fn middle_of(targets: &[Target], x: Option<u64>, y: Option<u64>) -> Option<(f64, f64)> {
    let is_it = |target: &&Target| {
        x.is_none_or(|x| x == target.cell.0) && y.is_none_or(|y| y == target.cell.1)
    };
    let target = targets.iter().rev().find(is_it)?;
    let (x, y) = target.area.middle()?;
    (x.is_finite() && y.is_finite()).then_some((x, y))
}

impl Area {
    /// How far a point is from it; 0 inside.
    fn distance(&self, at: (f64, f64)) -> f64 {
        match self {
            Self::Path(points) => points
                .windows(2)
                .map(|ends| distance_to_segment(at, ends[0], ends[1]))
                .fold(f64::INFINITY, f64::min),
            Self::Disc { at: middle, radius } => {
                ((at.0 - middle.0).hypot(at.1 - middle.1) - radius).max(0.0)
            }
            Self::Polygon(points) if contains(points, at) => 0.0,
            Self::Rect(rect) if rect.contains(at.0, at.1) => 0.0,
            Self::Polygon(_) | Self::Rect(_) => f64::INFINITY,
        }
    }

    fn middle(&self) -> Option<(f64, f64)> {
        match self {
            Self::Path(points) | Self::Polygon(points) => {
                let mut points = points.iter().copied();
                let first = points.next()?;
                let (low, high) = points.fold((first, first), |(low, high), p| {
                    (
                        (low.0.min(p.0), low.1.min(p.1)),
                        (high.0.max(p.0), high.1.max(p.1)),
                    )
                });
                Some(((low.0 + high.0) * 0.5, (low.1 + high.1) * 0.5))
            }
            Self::Disc { at, .. } => Some(*at),
            Self::Rect(rect) => Some((rect.x + rect.width * 0.5, rect.y + rect.height * 0.5)),
        }
    }
}

fn distance_to_segment(at: (f64, f64), a: (f64, f64), b: (f64, f64)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let squared = dx * dx + dy * dy;
    let part = ((at.0 - a.0) * dx + (at.1 - a.1) * dy) / squared;
    // Of no length: 0 / 0.
    let part = if part.is_nan() {
        0.0
    } else {
        part.clamp(0.0, 1.0)
    };
    length(at.0 - a.0 - part * dx, at.1 - a.1 - part * dy)
}

/// Not `hypot`, whose care for very large and small numbers takes room.
fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

/// Whether a ray from the point crosses the outline an odd number of times.
pub(crate) fn contains(points: &[(f64, f64)], at: (f64, f64)) -> bool {
    let mut is_inside = false;
    let Some(mut from) = points.last().copied() else {
        return false;
    };
    for &to in points {
        let crosses = (from.1 > at.1) != (to.1 > at.1);
        if crosses && at.0 < from.0 + (at.1 - from.1) / (to.1 - from.1) * (to.0 - from.0) {
            is_inside = !is_inside;
        }
        from = to;
    }
    is_inside
}
