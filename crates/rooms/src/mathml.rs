//! What formulas are put together from where MathML alone looks otherwise in each engine.

/// x with a hat. A stretched one is a bar in WebKit, and a bar is a mean.
pub const X_HAT: &str = "<mover accent=\"true\"><mi>x</mi><mo stretchy=\"false\">^</mo></mover>";

/// What stands between two names that are multiplied.
pub const THIN: &str = "<mspace width=\"0.17em\"/>";

/// A function of what is no bracket, such as cos ω. The sign for its application is for who listens: it takes no room.
pub fn applied(function: &str, argument: &str) -> String {
    format!("<mi>{function}</mi><mo>\u{2061}</mo>{THIN}{argument}")
}
