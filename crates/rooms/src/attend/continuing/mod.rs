//! What are positions good for?

mod induction;
pub mod kept;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::room::Part;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Continue.word(),
    "What are positions good for?",
    lead,
    formula,
)
.why("To be written.")
.figures(&[induction::FIGURE]);

/// How to read the part.
fn lead(_: &AttendState) -> String {
    String::new()
}

/// Its formula, as MathML.
fn formula(_: &AttendState) -> String {
    String::new()
}
