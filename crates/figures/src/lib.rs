//! Figures as data, and what is made of them: pictures, exports, words.
//!
//! Pure: no browser, no clock, no state. A room's scene fills a [`Figure`]; drawing is generic over the
//! plotters backend, so the function that paints the canvas also writes the SVG and is tested natively.

#![forbid(unsafe_code)]

mod figure;

pub use figure::*;
