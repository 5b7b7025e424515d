//! Is a position lost when it is added to a word?

pub mod kept;

use super::lab::Encode;
use super::state::EncodePart;
use crate::room::Part;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Sum.word(),
    "Is a position lost when it is added to a word?",
    |_| String::new(),
    |_| String::new(),
);
