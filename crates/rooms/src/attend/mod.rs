//! Attend: why does self-attention need positions at all?

use crate::room::{Lab, Part};

pub mod built;
pub mod context;
pub mod continuing;
pub mod heads;
mod lab;
pub mod maps;
pub mod mistakes;
mod model;
pub mod order;
mod python;
pub mod scene;
mod sentence;
mod sentences;
pub mod state;
mod written;

pub use lab::Attend;

use scene::AttendScene;
use state::AttendState;

impl Lab for Attend {
    type State = AttendState;
    type Scene = AttendScene;
    const SLUG: &'static str = "attend";
    const TITLE: &'static str = "Attend";
    const PARTS: &'static [&'static Part<Self>] = &[
        &order::PART,
        &maps::PART,
        &built::PART,
        &continuing::PART,
        &heads::PART,
        &context::PART,
        &mistakes::PART,
    ];
}
