//! What the part keeps from frame to frame.

/// What the part keeps.
#[derive(Default)]
pub struct Kept;
