//! What lies beyond the trained length?

pub mod kept;

use super::lab::Encode;
use super::state::EncodePart;
use crate::room::Part;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Limits.word(),
    "What lies beyond the trained length?",
    |_| String::new(),
    |_| String::new(),
);
