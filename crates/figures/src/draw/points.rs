//! Sets of points, and the way through them.

use super::lines::draw_curve;
use super::pen::{Pen, Words};
use super::surface::{DrawError, Surface};
use pixels::Holes;

use crate::layout::PanelBox;
use crate::text::text_width;
use crate::{Anchor, Cross, Points, Rect};

const STROKE_PX: f64 = 1.5;
/// From the edge of a point to its name, and to the ring around the one that is read.
const NAME_GAP_PX: f64 = 4.0;
const RING_GAP_PX: f64 = 2.0;
const RING_STROKE_PX: f64 = 1.5;

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    sets: &[Points],
    cross: Cross,
    place: &PanelBox,
) -> Result<(), DrawError> {
    for set in sets.iter().filter(|set| set.is_joined) {
        let points: Vec<_> = place.axes().places(set).collect();
        draw_curve(pen, &points, place.plot, |pen, path| {
            pen.curve(path, STROKE_PX * pen.grow, set.role, true)
        })?;
    }
    for set in sets {
        let radius = radius(set, pen.grow);
        for at in place
            .axes()
            .places(set)
            .filter(|&at| radius > 0.0 && place.plot.holds(at))
        {
            pen.dot(at, radius, pen.theme.role(set.role), 1.0)?;
        }
    }
    let read = read_points(sets, cross);
    for &(set_idx, idx) in &read {
        let set = &sets[set_idx];
        let at = place.axes().places(set).nth(idx);
        if let Some(at) = at.filter(|&at| place.plot.holds(at)) {
            let ring = radius(set, pen.grow) + RING_GAP_PX * pen.grow;
            pen.ring(at, ring, RING_STROKE_PX * pen.grow, pen.theme.ink)?;
        }
    }
    draw_names(pen, sets, &read, place)
}

/// The points that are read, of one set or of each: the numbers of the set and of the point.
fn read_points(sets: &[Points], cross: Cross) -> Vec<(usize, usize)> {
    let Some(idx) = cross.x.and_then(|idx| usize::try_from(idx).ok()) else {
        return Vec::new();
    };
    (0..sets.len())
        .filter(|&set_idx| cross.y.is_none_or(|y| y == set_idx as u64))
        .map(|set_idx| (set_idx, idx))
        .collect()
}

/// How many points have no place because a coordinate of theirs is not finite.
pub(super) fn holes(sets: &[Points]) -> Holes {
    let is_hole = |(x, y): (&f32, &f32)| !(x.is_finite() && y.is_finite());
    let in_set = |set: &Points| set.x.iter().zip(set.y).filter(|&p| is_hole(p)).count();
    Holes {
        n_cells: sets.iter().map(in_set).sum(),
        is_hatched: false,
    }
}

fn radius(set: &Points, grow: f64) -> f64 {
    if set.size.is_finite() {
        set.size.max(0.0) * 0.5 * grow
    } else {
        0.0
    }
}

/// Names at the right of their points, or at the left where that has the room; none over another point or
/// another name. Those of the points that are read come first; where there are very many, only those.
fn draw_names<S: Surface>(
    pen: &Pen<S>,
    sets: &[Points],
    read: &[(usize, usize)],
    place: &PanelBox,
) -> Result<(), DrawError> {
    if sets.iter().all(|set| set.names.is_empty()) {
        return Ok(());
    }
    let n_points: usize = sets.iter().map(|set| set.x.len()).sum();
    let others = sets
        .iter()
        .enumerate()
        .flat_map(|(set_idx, set)| (0..set.names.len()).map(move |idx| (set_idx, idx)))
        .filter(|point| !read.contains(point))
        .take(if n_points <= MANY { MANY } else { 0 });
    let mut taken = Taken {
        bounds: (place.plot.x, place.outer.right()),
        rects: Vec::new(),
    };
    if n_points <= MANY {
        for set in sets {
            let side = 2.0 * radius(set, pen.grow);
            taken.rects.extend(place.axes().places(set).map(|at| Rect {
                x: at.0 - side * 0.5,
                y: at.1 - side * 0.5,
                width: side,
                height: side,
            }));
        }
    }
    for (set_idx, idx) in read.iter().copied().chain(others) {
        let set = &sets[set_idx];
        let name = set.names.get(idx).filter(|name| !name.is_empty());
        let at = place.axes().places(set).nth(idx);
        if let (Some(name), Some(at)) = (name, at.filter(|&at| place.plot.holds(at))) {
            let away = radius(set, pen.grow) + NAME_GAP_PX * pen.grow;
            draw_name(pen, name, at, away, &mut taken)?;
        }
    }
    Ok(())
}

/// More points than this have no names: they would stand on each other.
const MANY: usize = 400;

/// Where a name must not stand.
struct Taken {
    /// From where to where there is room for names.
    bounds: (f64, f64),
    rects: Vec<Rect>,
}

fn draw_name<S: Surface>(
    pen: &Pen<S>,
    name: &str,
    at: (f64, f64),
    away: f64,
    taken: &mut Taken,
) -> Result<(), DrawError> {
    let text_px = pen.theme.text_px * 0.92;
    let width = text_width(name, text_px);
    for (anchor, x, left) in [
        (Anchor::Left, at.0 + away, at.0 + away),
        (Anchor::Right, at.0 - away, at.0 - away - width),
    ] {
        let rect = Rect {
            x: left,
            y: at.1 - text_px * 0.6,
            width,
            height: text_px * 1.2,
        };
        let is_inside = rect.x >= taken.bounds.0 && rect.right() <= taken.bounds.1;
        if is_inside && !taken.rects.iter().any(|other| rect.overlaps(*other)) {
            taken.rects.push(rect);
            let words = Words {
                text_px,
                ..pen.quiet(anchor)
            };
            return pen.text(name, (x, at.1), words);
        }
    }
    Ok(())
}
