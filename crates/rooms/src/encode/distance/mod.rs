//! What does a position's vector know?

pub mod kept;

use super::lab::Encode;
use super::state::EncodePart;
use crate::room::Part;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Distance.word(),
    "What does a position's vector know?",
    |_| String::new(),
    |_| String::new(),
);
