//! What a figure is drawn on.

use std::fmt;

use pixels::Raster;
use plotters_backend::{DrawingBackend, DrawingErrorKind};

use crate::{Dash, Rect};

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
    /// Whether curves come as a raster, or as paths. A canvas notes paths down and rasterises them after the frame's
    /// work: thousands of points take it tens of milliseconds.
    const HAS_CURVES_PAINTED: bool = false;

    /// Shows a raster. `at` is in CSS pixels; at a pixel ratio of `r` its left upper device pixel is
    /// `(round(at.x · r), round(at.y · r))`, and the raster's size is that of the device pixels up to
    /// the rounded right and lower edge: `putImageData` at that point is exact.
    ///
    /// # Errors
    /// Those of the surface.
    fn blit(&mut self, raster: &Raster, at: Rect) -> Result<(), DrawingErrorKind<Self::ErrorType>>;

    /// Paths drawn from now on have these strokes and gaps, in such units of surface coordinates; none for unbroken ones. A
    /// surface without this draws them unbroken.
    fn set_dash(&mut self, _dash: Dash, _unit: f64) {}
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
