//! PosNorm Lab: positional encoding and layer normalization, live in the browser.
//!
//! The app is thin: state and words here, numbers in `maths`, pictures in `figures`. ARCHITECTURE.md
//! has the map and the invariants.

pub mod app;
pub mod browser;
pub mod late;
pub mod ui;
