//! The names of curves, at their lines where there is room: who cannot tell the colours apart need not go to the legend.

use super::lines::{self, Path, clip_segment};
use super::pen::{Pen, Words};
use super::surface::{DrawError, Surface};
use crate::layout::PanelBox;
use crate::text::text_width;
use crate::{Anchor, Line, Panel, Plot, Rect, Role};

/// The size of a name, as a part of the theme's.
const NAME_EM: f64 = 0.92;
/// Between a name and its line.
const GAP_PX: f64 = 3.0;
/// Where along the plot a name may stand, from its end on: the middle of the name, as a part of the width.
const PLACES: [f64; 6] = [1.0, 0.9, 0.8, 0.7, 0.6, 0.5];
/// The most by which a line may rise or fall along its name, in sizes of text: over a steeper one it would float.
const STEEPEST_EM: f64 = 2.5;

/// A curve that has a name, and where it runs.
struct Named<'a> {
    name: &'a str,
    role: Role,
    points: Vec<(f64, f64)>,
}

/// Names each of several curves where its name stands on nothing else; none where curves fill the plot.
pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let Plot::Lines(curves) = &panel.plot else {
        return Ok(());
    };
    let named: Vec<_> = curves
        .iter()
        .filter_map(|curve| Named::of(pen, curve, place))
        .collect();
    let plot = place.plot;
    let is_full = named
        .iter()
        .any(|curve| !lines::is_sparse(&curve.points, plot));
    if named.len() < 2 || is_full {
        return Ok(());
    }
    let mut taken = rule_rects(pen, panel, place);
    for curve in &named {
        let Some(rect) = curve.place(pen, plot, &named, &taken) else {
            continue;
        };
        taken.push(rect);
        pen.fill(rect, pen.theme.card, 0.8)?;
        let words = Words {
            colour: pen.theme.role(curve.role),
            text_px: NAME_EM * pen.theme.text_px,
            bold: true,
            ..pen.quiet(Anchor::Middle)
        };
        let middle = (rect.x + rect.width * 0.5, rect.y + rect.height * 0.5);
        pen.text(curve.name, middle, words)?;
    }
    Ok(())
}

impl<'a> Named<'a> {
    fn of<S: Surface>(pen: &Pen<S>, curve: &'a Line, place: &PanelBox) -> Option<Self> {
        if curve.name.is_empty() || curve.values.is_empty() {
            return None;
        }
        Some(Self {
            name: &curve.name,
            role: curve.role,
            points: lines::points_of(curve, &Path::of(curve, place)?, pen.pixel_ratio),
        })
    }

    /// Where its name stands: above or below the line, as near to its end as there is room.
    fn place<S: Surface>(
        &self,
        pen: &Pen<S>,
        plot: Rect,
        all: &[Self],
        taken: &[Rect],
    ) -> Option<Rect> {
        let text_px = NAME_EM * pen.theme.text_px;
        let (width, height) = (text_width(self.name, text_px), 1.2 * text_px);
        let gap = GAP_PX * pen.grow;
        PLACES.iter().find_map(|part| {
            let furthest = plot.right() - width - gap;
            let x = (plot.x + plot.width * part - width * 0.5).min(furthest);
            let along = || within(&self.points, x, x + width).iter().map(|p| p.1);
            let top = along().fold(f64::INFINITY, f64::min);
            let bottom = along().fold(f64::NEG_INFINITY, f64::max);
            // Of nothing, too: the difference is then below zero.
            if !(0.0..=STEEPEST_EM * text_px).contains(&(bottom - top)) {
                return None;
            }
            let rects = [top - gap - height, bottom + gap].map(|y| Rect {
                x,
                y,
                width,
                height,
            });
            rects.into_iter().find(|rect| {
                let is_inside =
                    rect.x >= plot.x && rect.y >= plot.y && rect.bottom() <= plot.bottom();
                is_inside
                    && !taken.iter().any(|other| rect.overlaps(*other))
                    && !all.iter().any(|curve| curve.crosses(*rect))
            })
        })
    }

    fn crosses(&self, rect: Rect) -> bool {
        let points = within(&self.points, rect.x, rect.right());
        points
            .windows(2)
            .any(|pair| clip_segment((pair[0], pair[1]), rect).is_some())
    }
}

/// Of points in ascending x those in a range, and the next on either side; a gap stays one.
fn within(points: &[(f64, f64)], from: f64, to: f64) -> &[(f64, f64)] {
    let first = points.iter().position(|p| p.0 >= from);
    let last = points.iter().rposition(|p| p.0 <= to);
    match (first, last) {
        (Some(first), Some(last)) => {
            let first = first.saturating_sub(1);
            points
                .get(first..(last + 2).min(points.len()))
                .unwrap_or_default()
        }
        _ => &[],
    }
}

/// Where lines at one value run, with their names: a name of a curve stands on none.
fn rule_rects<S: Surface>(pen: &Pen<S>, panel: &Panel, place: &PanelBox) -> Vec<Rect> {
    let plot = place.plot;
    let rules = panel.rules.iter().map(|rule| {
        let y = place.y.px_from_value(rule.at);
        Rect {
            x: plot.x,
            y: y - pen.theme.text_px,
            width: plot.width,
            height: pen.theme.text_px + 2.0 * pen.grow,
        }
    });
    rules.collect()
}
