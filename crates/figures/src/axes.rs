//! The axes of a panel on the screen: from values and cells to places, and back.

use crate::rect::Rect;
use crate::{Panel, Plot, Points, Span};

/// One axis on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    span: Span,
    /// Where the first end of the span is.
    start_px: f64,
    /// Where its last end is; before `start_px` for values that grow upwards.
    end_px: f64,
}

impl Scale {
    /// What the axis spans.
    pub fn span(&self) -> Span {
        self.span
    }

    /// The size of a cell in CSS pixels; 0 on a value axis.
    pub fn px_per_cell(&self) -> f64 {
        match self.span {
            Span::Cells { len, .. } if len > 0 => (self.end_px - self.start_px) / len as f64,
            _ => 0.0,
        }
    }

    /// Where a value stands in CSS pixels. On an axis of cells a whole number is the middle of its cell.
    /// Not held to the ends; not finite where the value is not or has no place on the axis, or where that
    /// spans nothing.
    pub fn px_from_value(&self, value: f64) -> f64 {
        self.start_px + self.span.part_from_value(value) * (self.end_px - self.start_px)
    }

    /// The middle of a cell; `None` if the axis has no such cell.
    pub fn px_from_cell(&self, cell: u64) -> Option<f64> {
        match self.span {
            Span::Cells { first, len } => {
                let idx = cell.checked_sub(first).filter(|&idx| idx < len as u64)?;
                // From the index, not the number: exact also for large first cells.
                Some(self.start_px + (idx as f64 + 0.5) * self.px_per_cell())
            }
            Span::Values { .. } | Span::Log { .. } => None,
        }
    }

    /// The value at a place, not held to the ends; `None` if the axis has no extent.
    pub fn value_from_px(&self, px: f64) -> Option<f64> {
        let part = (px - self.start_px) / (self.end_px - self.start_px);
        let value = self.span.value_from_part(part);
        value.is_finite().then_some(value)
    }

    /// The cell at a place, the nearest one beyond the ends; `None` on a value axis or without cells.
    pub fn cell_from_px(&self, px: f64) -> Option<u64> {
        match self.span {
            Span::Cells { first, len } if len > 0 => {
                let idx = (px - self.start_px) / self.px_per_cell();
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                idx.is_finite()
                    .then(|| first + (idx.max(0.0) as u64).min(len as u64 - 1))
            }
            _ => None,
        }
    }
}

/// Both axes of a panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axes {
    /// What they enclose.
    pub(crate) plot: Rect,
    pub(crate) x: Scale,
    pub(crate) y: Scale,
}

impl Axes {
    /// Those of a panel whose plot is there.
    pub(crate) fn of(panel: &Panel, plot: Rect) -> Self {
        let scale = |span, start_px, end_px| Scale {
            span,
            start_px,
            end_px,
        };
        if let Plot::Sketch(sketch) = &panel.plot {
            let per_unit = if sketch.width > 0.0 && sketch.height > 0.0 {
                (plot.width / sketch.width).min(plot.height / sketch.height)
            } else {
                // Then nothing has a place.
                f64::NAN
            };
            let of_units = |units: f64, start: f64, length: f64| {
                let before = (length - units * per_unit) * 0.5;
                let span = Span::Values {
                    min: 0.0,
                    max: units,
                };
                scale(span, start + before, start + length - before)
            };
            let x = of_units(sketch.width, plot.x, plot.width);
            let y = of_units(sketch.height, plot.y, plot.height);
            return Self { plot, x, y };
        }
        let x = scale(panel.x.span, plot.x, plot.right());
        let y = match panel.y.span {
            Span::Cells { .. } => scale(panel.y.span, plot.y, plot.bottom()),
            Span::Values { .. } | Span::Log { .. } => scale(panel.y.span, plot.bottom(), plot.y),
        };
        Self { plot, x, y }
    }

    /// The place of a pair of values, or of a sketch's units.
    pub(crate) fn px_from_values(self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.x.px_from_value(x), self.y.px_from_value(y))
    }

    /// Several such places.
    pub(crate) fn all_px(self, points: &[(f64, f64)]) -> Vec<(f64, f64)> {
        points.iter().map(|&p| self.px_from_values(p)).collect()
    }

    /// Where the points of a set are; what has no place is not finite.
    pub(crate) fn places(self, set: &Points) -> impl Iterator<Item = (f64, f64)> {
        let pairs = set.x.iter().zip(set.y.iter());
        pairs.map(move |(&x, &y)| self.px_from_values((f64::from(x), f64::from(y))))
    }

    /// The length of a sketch's unit.
    pub(crate) fn px_per_unit(self) -> f64 {
        self.x.px_from_value(1.0) - self.x.px_from_value(0.0)
    }
}
