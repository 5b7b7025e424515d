//! Encode: how does a position become a vector, and what does that vector know?

use crate::room::{Lab, Part};

pub mod attention;
mod axes;
pub mod distance;
mod lab;
pub mod limits;
pub mod mistakes;
mod pointing;
mod python;
mod rows;
mod scaling_formula;
pub mod scene;
mod sentence;
mod shown;
pub mod state;
pub mod sum;
pub mod table;
mod waves;
mod ways;

pub use lab::Encode;

use scene::EncodeScene;
use state::EncodeState;

impl Lab for Encode {
    type State = EncodeState;
    type Scene = EncodeScene;
    const SLUG: &'static str = "encode";
    const TITLE: &'static str = "Encode";
    const PARTS: &'static [&'static Part<Self>] = &[
        &table::PART,
        &distance::PART,
        &sum::PART,
        &attention::PART,
        &limits::PART,
        &mistakes::PART,
    ];
}
