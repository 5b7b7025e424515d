//! The strip above a plot: a symbol, a note, and what the colours mean.

use ndarray::{Axis, aview1};

use super::frame::axis_label_y;
use super::pen::{Anchor, Pen, Words};
use super::{DrawError, Surface};
use crate::layout::{Layout, PanelBox, Rect, TOP_PX, cut, text_width};
use crate::number::format_value;
use crate::raster::{Raster, paint};
use crate::{Colours, Figure, Heatmap, Line, Panel, Plot, Rows};

const BAR_WIDTH_PX: f64 = 72.0;
const BAR_HEIGHT_PX: f64 = 8.0;
/// The values painted into it.
const N_STEPS: usize = 256;
/// Between the parts of the strip.
const GAP_PX: f64 = 6.0;

/// Whether the colour bars of all heatmaps of a figure fit beside what else is in the strip. All are
/// drawn there or none: side by side, a thing is looked for where it was in the panel before.
pub(super) fn colour_bars_fit<S: Surface>(pen: &Pen<S>, figure: &Figure, layout: &Layout) -> bool {
    figure
        .panels
        .iter()
        .zip(&layout.panels)
        .all(|(panel, place)| match &panel.plot {
            Plot::Heatmap(heatmap) => {
                let bar = ColourBar::of(heatmap.colours, pen);
                let note = text_width(&panel.head.note, pen.theme.text_px);
                note_left(pen, panel, place) + note + 2.0 * GAP_PX * pen.grow + bar.width
                    <= place.plot.right()
            }
            _ => true,
        })
}

/// Where a note behind the symbol begins.
fn note_left<S: Surface>(pen: &Pen<S>, panel: &Panel, place: &PanelBox) -> f64 {
    let symbol = &panel.head.symbol;
    if symbol.is_empty() {
        return place.plot.x;
    }
    place.plot.x + text_width(symbol, symbol_px(pen)) + 2.0 * GAP_PX * pen.grow
}

fn symbol_px<S: Surface>(pen: &Pen<S>) -> f64 {
    pen.theme.text_px * 1.25
}

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
    bars_in_head: bool,
    raster: &mut Raster,
) -> Result<(), DrawError> {
    let (plot, grow, text_px) = (place.plot, pen.grow, pen.theme.text_px);
    let y = plot.y - TOP_PX * grow * 0.5 - grow;
    let symbol = Words {
        colour: pen.theme.ink,
        text_px: symbol_px(pen),
        bold: true,
        ..pen.quiet(Anchor::Left)
    };
    pen.text(&panel.head.symbol, (plot.x, y), symbol)?;
    let left = note_left(pen, panel, place);

    // What stands at the right moves the note to the left, behind the symbol.
    let taken = match &panel.plot {
        Plot::Heatmap(heatmap) => {
            let bar = ColourBar::of(heatmap.colours, pen);
            if bars_in_head {
                bar.draw(pen, (plot.right() - bar.width, y), raster)?;
                bar.width
            } else {
                // Else in the line of the axis label, if that leaves room.
                let label_left = plot.right() - text_width(&panel.x.label, text_px);
                if plot.x + bar.width + GAP_PX * grow <= label_left {
                    bar.draw(pen, (plot.x, axis_label_y(place, grow)), raster)?;
                }
                0.0
            }
        }
        Plot::Lines(curves) => {
            let room = plot.right() - left - text_width(&panel.head.note, text_px);
            draw_legend(pen, curves, (plot.right(), y), room)?
        }
        Plot::Bars(_) | Plot::Histogram(_) | Plot::Empty(_) => 0.0,
    };
    let room = plot.right() - left - taken;
    if taken > 0.0 {
        let note = cut(&panel.head.note, room - 2.0 * GAP_PX * grow, text_px);
        pen.text(&note, (left, y), pen.quiet(Anchor::Left))
    } else {
        let note = cut(&panel.head.note, room, text_px);
        pen.text(&note, (plot.right(), y), pen.quiet(Anchor::Right))
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
    fn of<S: Surface>(colours: Colours, pen: &Pen<S>) -> Self {
        let (text_px, grow) = (pen.theme.text_px, pen.grow);
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
    fn draw<S: Surface>(
        &self,
        pen: &Pen<S>,
        (left, y): (f64, f64),
        raster: &mut Raster,
    ) -> Result<(), DrawError> {
        let gap = GAP_PX * pen.grow;
        let bar = Rect {
            x: (left + self.min_width + gap).round(),
            y: (y - BAR_HEIGHT_PX * pen.grow * 0.5).round(),
            width: (BAR_WIDTH_PX * pen.grow).round(),
            height: (BAR_HEIGHT_PX * pen.grow).round(),
        };
        let Colours { min, max, .. } = self.colours;
        #[allow(clippy::cast_precision_loss)]
        let values: [f32; N_STEPS] = std::array::from_fn(|k| {
            let at = (k as f32 + 0.5) / N_STEPS as f32;
            // Not `min + (max - min) * at`: that difference may overflow.
            min * (1.0 - at) + max * at
        });
        let heatmap = Heatmap {
            values: aview1(&values).insert_axis(Axis(0)),
            rows: Rows::Down,
            colours: self.colours,
            version: 0,
        };
        let (width, height) = pen.device_size(bar);
        paint(&heatmap, pen.theme.scheme, width, height, raster);
        pen.blit(raster, bar)?;
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
