//! The room as a type, for its parts and figures to be of: a file of its own, because `mod.rs` lists what is of it.

/// The room.
pub struct Attend;
