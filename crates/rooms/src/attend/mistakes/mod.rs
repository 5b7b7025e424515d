//! What goes wrong in real code?

pub mod kept;
mod mistake;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::room::Part;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Mistakes.word(),
    "What goes wrong in real code?",
    lead,
    formula,
)
.why("To be written.")
.figures(&[mistake::FIGURE]);

/// How to read the part.
fn lead(_: &AttendState) -> String {
    String::new()
}

/// Its formula, as MathML.
fn formula(_: &AttendState) -> String {
    String::new()
}
