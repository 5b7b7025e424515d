//! What do real bugs look like?

pub mod kept;

use super::lab::Encode;
use super::state::EncodePart;
use crate::room::Part;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Mistakes.word(),
    "What do real bugs look like?",
    |_| String::new(),
    |_| String::new(),
);
