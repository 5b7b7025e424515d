//! A matrix: one raster, a frame, and the values themselves where cells are large enough.

use super::pen::{Pen, Words};
use super::surface::{DrawError, Surface};
use pixels::Raster;

use crate::layout::PanelBox;
use crate::number::format_value;
use crate::ramp::oklab_from_rgb;
use crate::text::text_width;
use crate::{Anchor, Heatmap, Rect, Rgb, Rows};

/// The least size of a cell whose value is written into it.
const VALUE_CELL_PX: (f64, f64) = (40.0, 17.0);

/// Whether a heatmap's cells are large enough for their values to be written into them.
pub(super) fn has_texts(place: &PanelBox, grow: f64) -> bool {
    place.x.px_per_cell() >= VALUE_CELL_PX.0 * grow
        && place.y.px_per_cell() >= VALUE_CELL_PX.1 * grow
}

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    heatmap: &Heatmap,
    place: &PanelBox,
    raster: &Raster,
) -> Result<(), DrawError> {
    let plot = place.plot;
    pen.blit(raster, plot)?;
    pen.outline(plot, pen.theme.line)?;
    if has_texts(place, pen.grow) {
        draw_values(pen, heatmap, place)?;
    }
    Ok(())
}

fn draw_values<S: Surface>(
    pen: &Pen<S>,
    heatmap: &Heatmap,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let plot = place.plot;
    let text_px = pen.theme.text_px * 0.92;
    let cell = (place.x.px_per_cell(), place.y.px_per_cell());
    for ((row, column), &value) in heatmap.values.indexed_iter() {
        let (across, down) = match heatmap.rows {
            Rows::Down => (column, row),
            Rows::Across => (row, column),
        };
        let at = (
            plot.x + (across as f64 + 0.5) * cell.0,
            plot.y + (down as f64 + 0.5) * cell.1,
        );
        let Some(text) = text_in(cell.0, value, text_px) else {
            continue;
        };
        let background = heatmap.colours.rgb(value, pen.theme.scheme);
        if background.is_none() {
            // Hatching would make the word unreadable.
            let half = (text_width(&text, text_px) * 0.5 + 3.0, text_px * 0.6);
            let patch = Rect {
                x: at.0 - half.0,
                y: at.1 - half.1,
                width: 2.0 * half.0,
                height: 2.0 * half.1,
            };
            pen.fill(patch, pen.theme.card, 1.0)?;
        }
        let words = Words {
            colour: readable_on(background.unwrap_or(pen.theme.card), pen),
            text_px,
            ..pen.quiet(Anchor::Middle)
        };
        pen.text(&text, at, words)?;
    }
    Ok(())
}

/// A value with as many of three digits as fit into a cell of that width; `None` if not even one does.
/// What is not finite is written as what it is, `NaN`, `∞` or `−∞`: the hatching does not tell them apart.
fn text_in(width: f64, value: f32, text_px: f64) -> Option<String> {
    (1..=3)
        .rev()
        .map(|digits| format_value(f64::from(value), digits))
        .find(|text| text_width(text, text_px) + 2.0 <= width)
}

/// Ink or card, whichever differs more in lightness.
fn readable_on<S: Surface>(background: Rgb, pen: &Pen<S>) -> Rgb {
    let lightness = |rgb| oklab_from_rgb(rgb)[0];
    let away = |rgb| (lightness(rgb) - lightness(background)).abs();
    if away(pen.theme.ink) >= away(pen.theme.card) {
        pen.theme.ink
    } else {
        pen.theme.card
    }
}
