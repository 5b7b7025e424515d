//! Who looks at whom?

pub mod kept;
#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod maps;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::room::Part;

/// The part.
pub const PART: Part<Attend> =
    Part::new(AttendPart::Maps.word(), "Who looks at whom?", lead, formula)
        .why("To be written.")
        .figures(&[maps::FIGURE]);

/// How to read the part.
fn lead(_: &AttendState) -> String {
    String::new()
}

/// Its formula, as MathML.
fn formula(_: &AttendState) -> String {
    String::new()
}
