//! All tests of this crate in one program: what they share is there once, and so is the linking.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "a test fails by panicking; views are passed like slices"
)]
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "small numbers"
)]

mod choice;
mod colours;
mod curves;
mod draw;
mod every_panel;
mod layout;
mod legend;
mod npy;
mod panels;
mod pictures;
mod png_text;
mod raster;
mod sheet;
mod spy;
mod vision;
mod words;
mod zoom;
