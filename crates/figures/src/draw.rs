//! Drawing a figure on any surface: the same function paints the canvas and writes the SVG.
//!
//! Everything here is in CSS pixels as f64 until the pen turns it into the surface's whole
//! numbers, [`SUBPIXELS`] to a CSS pixel: so curves stay smooth on a backend whose coordinates are i32.
//!
//! No text is ever measured: it is anchored at its left, right or middle, and where room must be known it
//! is estimated ([`crate::layout::text_width`]). Measuring would lay out the page in the middle of a frame.

mod bars;
mod frame;
mod head;
mod heatmap;
mod histogram;
mod lines;
mod pen;
mod points;
mod sheet;
mod sketch;

use std::fmt;

use ndarray::{ArrayView2, Axis};
use plotters_backend::{DrawingBackend, DrawingErrorKind};

use crate::layout::{Layout, PanelBox, Rect};
use crate::raster::{Coverage, Holes, Raster};
use crate::{Colours, Cross, Figure, Heatmap, Panel, Plot, Rows, Scheme, Theme};

pub(crate) use pen::Pen;
pub use sheet::{Sheet, draw_sheet, sheet_size};

/// Surface coordinates per CSS pixel.
pub const SUBPIXELS: i32 = 8;

/// What a figure can be drawn on: a plotters backend that can also show pixels.
///
/// What a surface keeps, so that a canvas and an SVG look the same:
/// - `get_size` is the size in CSS pixels times [`SUBPIXELS`], and so are all coordinates, radii and stroke
///   widths; a canvas sets its transform to `pixel_ratio / SUBPIXELS`;
/// - strokes have round joins;
/// - a text's `style.size()` is its font size, also in subpixels; `family()` is the theme's CSS list; the
///   style is normal or bold, the transform none or a quarter turn to the left (`Rotate270`) about the
///   anchor; the vertical anchor is always the middle;
/// - a filled rectangle covers exactly from its upper left to its lower right corner.
pub trait Surface: DrawingBackend {
    /// Shows a raster. `at` is in CSS pixels; at a pixel ratio of `r` its left upper device pixel is
    /// `(round(at.x · r), round(at.y · r))`, and the raster's size is that of the device pixels up to
    /// the rounded right and lower edge: `putImageData` at that point is exact.
    ///
    /// # Errors
    /// Those of the surface.
    fn blit(&mut self, raster: &Raster, at: Rect) -> Result<(), DrawingErrorKind<Self::ErrorType>>;
}

/// How large a drawing is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    /// In CSS pixels.
    pub width: f64,
    /// In CSS pixels.
    pub height: f64,
    /// Device pixels per CSS pixel, above 0.
    pub pixel_ratio: f64,
}

/// A surface refused; the text says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawError(pub String);

impl fmt::Display for DrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the figure cannot be drawn: {}", self.0)
    }
}

impl std::error::Error for DrawError {}

/// The rasters of one figure, one for each panel, kept from frame to frame: a heatmap is painted again
/// only when its data, its colours or its size changed, not when a crosshair moves over it.
#[derive(Clone, Debug, Default)]
pub struct Rasters {
    slots: Vec<Slot>,
    /// Painted anew for each colour bar and each hatched bar: that takes microseconds.
    small: Raster,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    key: Option<Key>,
    raster: Raster,
    coverage: Coverage,
    holes: Holes,
}

/// All that a raster depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    version: u64,
    /// Where the values are in memory and how they stand there: another window is another raster.
    values: (usize, [isize; 2], [usize; 2]),
    rows: Rows,
    colours: Colours,
    scheme: Scheme,
    size_px: (usize, usize),
}

impl Rasters {
    /// How many cells a pixel of that panel covers, as it was last drawn; `None` if it was not a heatmap.
    pub fn coverage(&self, panel_idx: usize) -> Option<Coverage> {
        let slot = self.slots.get(panel_idx)?;
        slot.key.map(|_| slot.coverage)
    }

    /// What was not a number in that panel, as it was last drawn: cells of a heatmap, bars, points of curves.
    pub fn holes(&self, panel_idx: usize) -> Holes {
        self.slots
            .get(panel_idx)
            .map_or_else(Holes::default, |slot| slot.holes)
    }

    /// How many bytes the rasters hold.
    pub fn n_bytes(&self) -> usize {
        self.slots.iter().map(|s| s.raster.rgba.capacity()).sum()
    }

    /// Paints the heatmaps that are not already what they should be, and looks for holes in the others.
    fn update<S: Surface>(&mut self, pen: &Pen<S>, figure: &Figure, layout: &Layout) {
        self.slots.resize_with(figure.panels.len(), Slot::default);
        let panels = figure.panels.iter().zip(&layout.panels);
        for (slot, (panel, place)) in self.slots.iter_mut().zip(panels) {
            match &panel.plot {
                Plot::Heatmap(heatmap) if !place.plot.is_empty() => {
                    slot.paint(heatmap, pen.theme.scheme, pen.device_size(place.plot));
                    continue;
                }
                Plot::Bars(bars) => slot.holes = bars::holes(pen, bars, place),
                Plot::Lines(curves) => slot.holes = lines::holes(curves, place),
                Plot::Points(sets) => slot.holes = points::holes(sets),
                Plot::Sketch(sketch) => slot.holes = sketch::holes(sketch),
                Plot::Heatmap(_) | Plot::Histogram(_) | Plot::Empty(_) => {
                    slot.holes = Holes::default();
                }
            }
            slot.key = None;
        }
    }
}

impl Slot {
    fn paint(&mut self, heatmap: &Heatmap, scheme: Scheme, size_px: (usize, usize)) {
        let key = Key {
            version: heatmap.version,
            values: place_of(&heatmap.values),
            rows: heatmap.rows,
            colours: heatmap.colours,
            scheme,
            size_px,
        };
        if self.key != Some(key) {
            let (width, height) = size_px;
            (self.coverage, self.holes) =
                crate::raster::paint(heatmap, scheme, width, height, &mut self.raster);
            self.key = Some(key);
        }
    }
}

/// What tells the windows of one matrix apart.
fn place_of(values: &ArrayView2<f32>) -> (usize, [isize; 2], [usize; 2]) {
    let strides = [0, 1].map(|axis| values.stride_of(Axis(axis)));
    let (n_rows, n_columns) = values.dim();
    (values.as_ptr().addr(), strides, [n_rows, n_columns])
}

/// The kinds of plots that a drawing can draw: a program carries only those that it names.
pub trait Kinds {
    /// Draws a plot that is neither [`Common`] nor empty; nothing where it is of no kind that this can draw.
    ///
    /// # Errors
    /// Only those of the surface.
    fn draw_other<S: Surface>(plot: &Plot, stage: Stage<S>) -> Result<(), DrawError>;
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
    fn draw_other<S: Surface>(_: &Plot, _: Stage<S>) -> Result<(), DrawError> {
        Ok(())
    }
}

/// Every kind there is.
pub struct All;

impl Kinds for All {
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

/// From the back to the front: grid, plot, frame, rules, cross, then the words around.
fn draw_panel<K: Kinds, S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
    raster: &Raster,
    small: &mut Raster,
) -> Result<(), DrawError> {
    frame::draw_grid(pen, panel, place)?;
    match &panel.plot {
        Plot::Heatmap(heatmap) => heatmap::draw(pen, heatmap, place, raster)?,
        Plot::Lines(curves) => lines::draw(pen, curves, place)?,
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
        frame::draw_rules(pen, panel, place)?;
        frame::draw_cross(pen, panel, place)?;
    }
    if let Plot::Lines(curves) = &panel.plot {
        lines::draw_dots(pen, curves, panel.cross, place)?;
    }
    frame::draw_axes(pen, panel, place)
}
