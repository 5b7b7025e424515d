//! The strip above a plot: a symbol, a note, and what the colours mean.

use super::frame::{axis_label_y, cut};
use super::pen::{Anchor, Pen, Words};
use super::{DrawError, Surface};
use crate::layout::{PanelBox, Rect, TOP_PX, text_width};
use crate::number::format_value;
use crate::{Colours, Line, Panel, Plot};

const BAR_WIDTH_PX: f64 = 72.0;
const BAR_HEIGHT_PX: f64 = 8.0;
/// Between the parts of the strip.
const GAP_PX: f64 = 6.0;

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let (plot, grow, text_px) = (place.plot, pen.grow, pen.theme.text_px);
    let y = plot.y - TOP_PX * grow * 0.5 - grow;
    let symbol_px = text_px * 1.25;
    let symbol = Words {
        colour: pen.theme.ink,
        text_px: symbol_px,
        bold: true,
        ..pen.quiet(Anchor::Left)
    };
    pen.text(&panel.head.symbol, (plot.x, y), symbol)?;
    let mut left = plot.x;
    if !panel.head.symbol.is_empty() {
        left += text_width(&panel.head.symbol, symbol_px) + 2.0 * GAP_PX * grow;
    }
    let mut right = plot.right();
    let note_width = text_width(&panel.head.note, text_px);

    // What is at the right pushes the note to the left; what does not fit beside it goes elsewhere.
    let taken = match &panel.plot {
        Plot::Heatmap(heatmap) => {
            let bar = ColourBar::of(heatmap.colours, text_px, grow);
            if left + note_width + 2.0 * GAP_PX * grow + bar.width <= right {
                bar.draw(pen, right - bar.width, y)?;
                bar.width
            } else {
                let label_left = plot.right() - text_width(&panel.x.label, text_px);
                if plot.x + bar.width + GAP_PX * grow <= label_left {
                    bar.draw(pen, plot.x, axis_label_y(place, grow))?;
                }
                0.0
            }
        }
        Plot::Lines(curves) => {
            let room = right - left - note_width;
            draw_legend(pen, curves, (right, y), room)?
        }
        Plot::Bars(_) | Plot::Histogram(_) | Plot::Empty(_) => 0.0,
    };
    if taken > 0.0 {
        right -= taken + 2.0 * GAP_PX * grow;
        let note = cut(&panel.head.note, right - left, text_px);
        pen.text(&note, (left, y), pen.quiet(Anchor::Left))
    } else {
        let note = cut(&panel.head.note, right - left, text_px);
        pen.text(&note, (right, y), pen.quiet(Anchor::Right))
    }
}

/// A ramp with the values at its ends.
struct ColourBar {
    colours: Colours,
    min: String,
    max: String,
    min_width: f64,
    /// All of it.
    width: f64,
}

impl ColourBar {
    fn of(colours: Colours, text_px: f64, grow: f64) -> Self {
        let min = format_value(f64::from(colours.min), 3);
        let max = format_value(f64::from(colours.max), 3);
        let min_width = text_width(&min, text_px);
        Self {
            width: min_width + text_width(&max, text_px) + (BAR_WIDTH_PX + 2.0 * GAP_PX) * grow,
            min_width,
            colours,
            min,
            max,
        }
    }

    /// From `left` on, its middle at `y`.
    fn draw<S: Surface>(&self, pen: &Pen<S>, left: f64, y: f64) -> Result<(), DrawError> {
        let gap = GAP_PX * pen.grow;
        let bar = Rect {
            x: (left + self.min_width + gap).round(),
            y: (y - BAR_HEIGHT_PX * pen.grow * 0.5).round(),
            width: (BAR_WIDTH_PX * pen.grow).round(),
            height: (BAR_HEIGHT_PX * pen.grow).round(),
        };
        let Colours { min, max, .. } = self.colours;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let n = bar.width as usize;
        for k in 0..n {
            #[allow(clippy::cast_precision_loss)]
            let value = min + (max - min) * (k as f32 + 0.5) / n as f32;
            if let Some(rgb) = self.colours.rgb(value, pen.theme.scheme) {
                let step = Rect {
                    x: bar.x + k as f64,
                    width: 1.0,
                    ..bar
                };
                pen.fill(step, rgb, 1.0)?;
            }
        }
        pen.outline(bar, pen.theme.line)?;
        pen.text(&self.min, (bar.x - gap, y), pen.quiet(Anchor::Right))?;
        pen.text(&self.max, (bar.right() + gap, y), pen.quiet(Anchor::Left))
    }
}

/// The names of the curves, right-aligned, each with a stroke of its colour; all of them or none.
/// Returns the width taken.
fn draw_legend<S: Surface>(
    pen: &Pen<S>,
    curves: &[Line],
    (right, y): (f64, f64),
    room: f64,
) -> Result<f64, DrawError> {
    let (grow, text_px) = (pen.grow, pen.theme.text_px);
    let stroke = 14.0 * grow;
    let gap = GAP_PX * grow;
    let named = || curves.iter().filter(|curve| !curve.name.is_empty());
    let entry = |curve: &Line| stroke + gap + text_width(&curve.name, text_px) + 2.0 * gap;
    let width = named().map(entry).sum::<f64>() - 2.0 * gap;
    if width <= 0.0 || width > room {
        return Ok(0.0);
    }
    let mut x = right - width;
    for curve in named() {
        let colour = pen.theme.role(curve.role);
        pen.path(&[(x, y), (x + stroke, y)], 2.0 * grow, colour, 1.0)?;
        pen.text(&curve.name, (x + stroke + gap, y), pen.quiet(Anchor::Left))?;
        x += entry(curve);
    }
    Ok(width)
}
