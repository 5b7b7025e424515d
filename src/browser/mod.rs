//! Everything that talks to the browser: the only folder that names `web_sys`.
//!
//! Each function here does one thing a room or a view needs, in the page's own words, and turns the
//! browser's refusals into values. Nothing here knows a figure's meaning or a lab's settings.

pub mod canvas;
pub mod carry;
pub mod dom;
pub mod fields;
pub mod frame;
pub mod input;
pub mod late;
pub mod near;
pub mod observe;
pub mod open;
pub mod page;
pub mod platform;
pub mod save;
pub mod timing;
