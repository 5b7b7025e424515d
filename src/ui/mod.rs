//! Shared views: what every room is shown with.

pub mod controls;
pub mod figure;
pub mod menu;
pub mod notices;
pub mod page;
pub mod room;
pub mod text;
