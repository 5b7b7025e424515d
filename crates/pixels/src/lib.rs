//! Matrices and curves as pixels: the loops over cells, points and pixels, compiled for speed.
//!
//! `figures` says which matrix and which colours; its tests hold all of this to a slow and obvious way.

#![forbid(unsafe_code)]
// Counts of cells and pixels are far below 2^53, and colours need no more than f32.
#![allow(clippy::cast_precision_loss)]

mod lookup;
mod paint;
mod range;
mod ribbon;

pub use lookup::{LAST, Lookup, MIDDLE, TABLE_LEN, Table};
pub use paint::{
    Coverage, Hatch, Holes, MAX_PIXELS, Picture, Raster, Rows, edge_px, paint, paint_hatched,
};
pub use range::finite_range;
pub use ribbon::{Ink, Ribbons};
