//! How does a word take in its neighbours?

#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod context;
pub mod kept;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::room::Part;

/// The part.
pub const PART: Part<Attend> = Part::new(
    AttendPart::Context.word(),
    "How does a word take in its neighbours?",
    lead,
    formula,
)
.why("To be written.")
.figures(&[context::FIGURE]);

/// How to read the part.
fn lead(_: &AttendState) -> String {
    String::new()
}

/// Its formula, as MathML.
fn formula(_: &AttendState) -> String {
    String::new()
}
