//! How does a position become a vector?

pub mod kept;

use super::Encode;
use super::state::EncodePart;
use crate::room::Part;

/// The part.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Table.word(),
    "How does a position become a vector?",
    |_| String::new(),
    |_| String::new(),
);
