//! Pictures of simple shapes.

use super::bars::rect_between;
use super::lines::{clip_polygon, draw_curve};
use super::pen::{Pen, Words};
use super::surface::{DrawError, Surface};
use pixels::{Holes, Raster};

use crate::layout::PanelBox;
use crate::text::{cut, text_width};
use crate::{Anchor, Form, Sketch};

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    sketch: &Sketch,
    place: &PanelBox,
    small: &mut Raster,
) -> Result<(), DrawError> {
    for shape in &sketch.shapes {
        draw_form(pen, &shape.form, place, small)?;
    }
    Ok(())
}

/// How many cells are not finite.
pub(super) fn holes(sketch: &Sketch) -> Holes {
    let is_hole = |form: &Form| matches!(form, Form::Cell { value, .. } if !value.is_finite());
    let n_cells = sketch.shapes.iter().filter(|shape| is_hole(&shape.form));
    let n_cells = n_cells.count();
    Holes {
        n_cells,
        is_hatched: n_cells > 0,
    }
}

fn draw_form<S: Surface>(
    pen: &Pen<S>,
    form: &Form,
    place: &PanelBox,
    small: &mut Raster,
) -> Result<(), DrawError> {
    let (axes, outer) = (place.axes(), place.outer);
    let (plot, theme, grow) = (axes.plot, pen.theme, pen.grow);
    match form {
        Form::Line {
            points,
            width,
            role,
        } => {
            let colour = theme.role(*role);
            draw_curve(pen, &axes.all_px(points), plot, |pen, path| {
                pen.path(path, width * grow, colour, 1.0)
            })
        }
        Form::Polygon {
            points,
            role,
            opacity,
        } => {
            let points = axes.all_px(points);
            if points.iter().any(|p| !(p.0.is_finite() && p.1.is_finite())) {
                return Ok(());
            }
            pen.polygon(&clip_polygon(points, plot), theme.role(*role), *opacity)
        }
        Form::Disc {
            at,
            radius,
            role,
            opacity,
        } => {
            let at = axes.px_from_values(*at);
            if plot.holds(at) {
                pen.dot(at, radius * axes.px_per_unit(), theme.role(*role), *opacity)?;
            }
            Ok(())
        }
        Form::Circle {
            at,
            radius,
            width,
            role,
        } => {
            let at = axes.px_from_values(*at);
            if plot.holds(at) {
                let radius = radius * axes.px_per_unit();
                pen.ring(at, radius, width * grow, theme.role(*role))?;
            }
            Ok(())
        }
        Form::Text {
            at,
            text,
            anchor,
            size,
            room,
            role,
            is_bold,
        } => {
            let at = axes.px_from_values(*at);
            let text_px = theme.text_px * size;
            let words = Words {
                colour: theme.role(*role),
                text_px,
                bold: *is_bold,
                ..pen.quiet(*anchor)
            };
            if !plot.holds(at) {
                return Ok(());
            }
            if *room > 0.0 {
                let text = cut(text, room * axes.px_per_unit(), text_px);
                return pen.text(&text, at, words);
            }
            // Where it would be cut by an edge, it moves inwards.
            let width = text_width(text, text_px);
            let left = match anchor {
                Anchor::Left => at.0,
                Anchor::Middle => at.0 - width * 0.5,
                Anchor::Right => at.0 - width,
            };
            let inside = left.min(outer.right() - width).max(outer.x);
            pen.text(text, (at.0 + inside - left, at.1), words)
        }
        Form::Cell {
            at,
            size,
            value,
            colours,
        } => {
            let from = axes.px_from_values(*at);
            let to = axes.px_from_values((at.0 + size.0, at.1 + size.1));
            let is_finite = |p: (f64, f64)| p.0.is_finite() && p.1.is_finite();
            if !(is_finite(from) && is_finite(to)) {
                return Ok(());
            }
            // Not `clamp`, which panics where the ends are not in order.
            let x = |px: f64| pen.snap(px.max(plot.x).min(plot.right()));
            let y = |px: f64| pen.snap(px.max(plot.y).min(plot.bottom()));
            let rect = rect_between((x(from.0), x(to.0)), (y(from.1), y(to.1)));
            if rect.is_empty() {
                return Ok(());
            }
            match colours.rgb(*value, theme.scheme) {
                Some(rgb) => pen.fill(rect, rgb, 1.0),
                None => pen.hatch(rect, small),
            }
        }
    }
}
