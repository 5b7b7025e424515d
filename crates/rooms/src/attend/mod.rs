//! Attend: why does self-attention need positions at all?

use crate::room::{Lab, Part};

mod lab;
mod model;
pub mod order;
mod python;
pub mod scene;
mod sentences;
pub mod state;

pub use lab::Attend;

use scene::AttendScene;
use state::AttendState;

impl Lab for Attend {
    type State = AttendState;
    type Scene = AttendScene;
    const SLUG: &'static str = "attend";
    const TITLE: &'static str = "Attend";
    const PARTS: &'static [&'static Part<Self>] = &[&order::PART];
}
