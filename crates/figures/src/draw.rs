//! Drawing a figure on any surface: the same function paints the canvas and writes the SVG.
//!
//! Everything here is in CSS pixels as f64 until the pen turns it into the surface's whole
//! numbers, [`SUBPIXELS`] to a CSS pixel: so curves stay smooth on a backend whose coordinates are i32.
//!
//! No text is ever measured: it is anchored at its left, right or middle, and where room must be known it
//! is estimated (`text_width`). Measuring would lay out the page in the middle of a frame.

mod bars;
mod frame;
mod head;
mod heatmap;
mod histogram;
mod lines;
mod names;
mod pen;
mod points;
mod rasters;
mod sheet;
mod sketch;
mod surface;

use pixels::Raster;

use crate::layout::{Layout, PanelBox};
use crate::{Cross, Figure, Panel, Plot, Rect, Theme};
use pen::Pen;

pub use rasters::Rasters;
pub use sheet::{Sheet, draw_sheet, figure_size, sheet_size};
pub use surface::{DrawError, SUBPIXELS, Size, Surface};

/// The kinds of plots that a drawing can draw: a program carries only those that it names.
pub trait Kinds {
    /// Draws a plot that is neither [`Common`] nor empty; nothing where it is of no kind that this can draw.
    ///
    /// # Errors
    /// Only those of the surface.
    fn draw_other<S: Surface>(plot: &Plot, stage: Stage<S>) -> Result<(), DrawError>;

    /// Whether curves have their names beside them.
    const NAMES_CURVES: bool;
}

/// Where a plot is drawn.
pub struct Stage<'a, S: Surface> {
    pen: &'a Pen<'a, S>,
    cross: Cross,
    place: &'a PanelBox,
    small: &'a mut Raster,
}

/// Heatmaps, curves and bars.
pub struct Common;

impl Common {
    /// Whether all of a figure can be drawn.
    pub fn can_draw(figure: &Figure) -> bool {
        figure.panels.iter().all(|panel| {
            matches!(
                panel.plot,
                Plot::Heatmap(_) | Plot::Lines(_) | Plot::Bars(_) | Plot::Empty(_)
            )
        })
    }
}

impl Kinds for Common {
    const NAMES_CURVES: bool = false;

    fn draw_other<S: Surface>(_: &Plot, _: Stage<S>) -> Result<(), DrawError> {
        Ok(())
    }
}

/// Every kind there is.
pub struct All;

impl Kinds for All {
    const NAMES_CURVES: bool = true;

    fn draw_other<S: Surface>(plot: &Plot, stage: Stage<S>) -> Result<(), DrawError> {
        let Stage {
            pen,
            cross,
            place,
            small,
        } = stage;
        match plot {
            Plot::Histogram(histogram) => histogram::draw(pen, histogram, place),
            Plot::Points(sets) => points::draw(pen, sets, cross, place),
            Plot::Sketch(sketch) => sketch::draw(pen, sketch, place, small),
            Plot::Heatmap(_) | Plot::Lines(_) | Plot::Bars(_) | Plot::Empty(_) => Ok(()),
        }
    }
}

/// Draws a figure, its background included, so that nothing of an earlier drawing stays.
///
/// # Errors
/// Only those of the surface. Empty sizes, empty data and numbers that are not finite are drawn as gaps.
pub fn draw<S: Surface>(
    surface: S,
    figure: &Figure,
    theme: &Theme,
    size: Size,
    rasters: &mut Rasters,
) -> Result<(), DrawError> {
    draw_kinds::<All, S>(surface, figure, theme, size, rasters)
}

/// The same for a figure of certain kinds of plots.
///
/// # Errors
/// As [`draw`].
pub fn draw_kinds<K: Kinds, S: Surface>(
    surface: S,
    figure: &Figure,
    theme: &Theme,
    size: Size,
    rasters: &mut Rasters,
) -> Result<(), DrawError> {
    let pen = Pen::new(surface, theme, size.pixel_ratio);
    draw_card(&pen, size)?;
    draw_panels::<K, S>(&pen, figure, size, rasters)?;
    pen.finish()
}

/// What everything stands on.
fn draw_card<S: Surface>(pen: &Pen<S>, size: Size) -> Result<(), DrawError> {
    let whole = Rect {
        x: 0.0,
        y: 0.0,
        width: size.width,
        height: size.height,
    };
    if whole.is_empty() {
        return Ok(());
    }
    pen.fill(whole, pen.theme.card, 1.0)
}

/// All panels, from the pen's origin on.
fn draw_panels<K: Kinds, S: Surface>(
    pen: &Pen<S>,
    figure: &Figure,
    size: Size,
    rasters: &mut Rasters,
) -> Result<(), DrawError> {
    let layout = Layout::in_theme(figure, size.width, size.height, pen.theme);
    rasters.update(pen, figure, &layout);
    let heads = head::Heads::of(pen, figure, &layout, rasters);
    let Rasters { slots, small } = rasters;
    for ((panel, place), slot) in figure.panels.iter().zip(&layout.panels).zip(slots) {
        if place.plot.is_empty() {
            continue;
        }
        draw_panel::<K, S>(pen, panel, place, &slot.raster, small)?;
        heads.draw(pen, panel, place, slot.holes, small)?;
    }
    Ok(())
}

/// From the back to the front: grid, plot, frame, cross, rules, then the words around.
fn draw_panel<K: Kinds, S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
    raster: &Raster,
    small: &mut Raster,
) -> Result<(), DrawError> {
    frame::draw_grid(pen, panel, place)?;
    match &panel.plot {
        Plot::Heatmap(heatmap) => {
            heatmap::draw(pen, heatmap, place, raster)?;
            frame::draw_borders(pen, panel, place)?;
        }
        Plot::Lines(curves) => lines::draw(pen, curves, place, small)?,
        Plot::Bars(bars) => bars::draw(pen, bars, place, small)?,
        Plot::Empty(why) => frame::draw_empty(pen, why, place)?,
        other => {
            let stage = Stage {
                pen,
                cross: panel.cross,
                place,
                small,
            };
            K::draw_other(other, stage)?;
        }
    }
    if !matches!(panel.plot, Plot::Empty(_)) {
        frame::draw_cross(pen, panel, place)?;
        frame::draw_rules(pen, panel, place)?;
    }
    if let Plot::Lines(curves) = &panel.plot {
        lines::draw_dots(pen, curves, panel.cross, place)?;
    }
    if K::NAMES_CURVES {
        names::draw(pen, panel, place)?;
    }
    frame::draw_axes(pen, panel, place)
}
