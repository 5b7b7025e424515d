//! What if the position goes into the score instead?

pub mod kept;

use super::lab::Encode;
use super::state::EncodePart;
use crate::room::Part;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Attention.word(),
    "What if the position goes into the score instead?",
    |_| String::new(),
    |_| String::new(),
);
