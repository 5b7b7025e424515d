//! Shared views: what every room is shown with.

pub mod acts;
pub mod asking;
pub mod chips;
pub mod controls;
pub mod desk;
pub mod export;
pub mod figure;
pub mod follow;
pub mod frame;
pub mod gestures;
pub mod html;
pub mod legend;
pub mod menu;
pub mod notices;
pub mod page;
pub mod picture;
pub mod play;
pub mod quiz;
pub mod room;
pub mod source;
pub mod table;
pub mod terms;
pub mod text;
pub mod tools;
pub mod values;
pub mod ways;
