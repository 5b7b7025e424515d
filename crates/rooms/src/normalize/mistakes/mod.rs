//! What do bugs in a norm look like?

pub(super) mod kept;

use super::lab::Normalize;
use super::state::NormalizePart;
use crate::room::Part;

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Mistakes.word(),
    "What do bugs in a norm look like?",
    |_| String::new(),
    |_| String::new(),
);
