//! Normalize: what does LayerNorm do to activations?

use crate::room::{Lab, Part};

pub mod axes;
pub mod batch;
mod block;
mod budget;
mod desk;
mod forget;
pub mod gradient;
mod lab;
mod made_from;
pub mod mistakes;
mod names;
#[cfg(test)]
mod odd;
mod opened;
mod per_feature;
mod phrases;
mod pointing;
mod python;
mod reading;
mod scales;
mod scene;
pub mod shape;
mod sizes;
mod state;
pub mod steps;
mod values;
mod values_field;
mod ways;

pub use lab::Normalize;

use scene::NormalizeScene;
use state::NormalizeState;

impl Lab for Normalize {
    type State = NormalizeState;
    type Scene = NormalizeScene;
    const SLUG: &'static str = "normalize";
    const TITLE: &'static str = "Normalize";
    const PARTS: &'static [&'static Part<Self>] = &[
        &steps::PART,
        &axes::PART,
        &batch::PART,
        &gradient::PART,
        &shape::PART,
        &mistakes::PART,
    ];
}
