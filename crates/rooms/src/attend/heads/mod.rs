//! Why several heads?

#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod heads;
pub mod kept;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::room::Part;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Heads.word(),
    "Why several heads?",
    lead,
    formula,
)
.why("To be written.")
.figures(&[heads::FIGURE]);

/// How to read the part.
fn lead(_: &AttendState) -> String {
    String::new()
}

/// Its formula, as MathML.
fn formula(_: &AttendState) -> String {
    String::new()
}
