//! Figures as data, and what is made of them: pictures, exports, words.
//!
//! Pure: no browser, no clock, no state. A room's scene fills a [`Figure`]; drawing is generic over the
//! plotters backend, so the function that paints the canvas also writes the SVG and is tested natively.
//!
//! What a reader chooses is applied to the data before anything is made of them: [`Figure::crop`] to a
//! window, [`Figure::recolour`] to a ramp and a range, [`Figure::hide`] to what is left of a legend.
//!
//! From data to pixels: [`layout`] says where everything stands, [`raster`] turns a matrix into pixels by
//! the colours of [`ramp`], [`draw`] puts it on a [`Surface`] in the colours of a [`Theme`]. From
//! data to files and text: [`csv`], [`npy`], [`svg`], [`excerpt`] for what is selected, [`number`] for people.

#![forbid(unsafe_code)]
// Cells, pixels and counts stay far below 2^52, where f64 still has every whole number.
#![allow(clippy::cast_precision_loss)]

mod axes;
mod colours;
pub mod csv;
mod dash;
pub mod draw;
mod excerpt;
mod figure;
pub mod layout;
mod legend;
mod marks;
pub mod npy;
pub mod number;
pub mod panels;
pub mod png_text;
pub mod ramp;
pub mod raster;
mod rect;
pub mod svg;
mod target;
mod text;
pub mod theme;
pub mod ticks;
mod window;
mod worked;

pub use axes::Scale;
pub use colours::{ColourChoice, RangeChoice};
pub use dash::Dash;
pub use draw::{DrawError, Rasters, SUBPIXELS, Size, Surface};
pub use excerpt::{Excerpt, MAX_EXCERPT_ROWS, excerpt};
pub use figure::*;
pub use layout::{Layout, PanelBox};
pub use legend::{LegendBox, LegendEntry, Mark};
pub use marks::plain;
pub use pixels::{Coverage, Holes, Raster, Rows, finite_range};
pub use rect::Rect;
pub use svg::SvgSurface;
pub use text::text_width;
pub use theme::{MissingToken, Rgb, Scheme, Theme};
pub use window::{Window, Windows};
pub use worked::Worked;
