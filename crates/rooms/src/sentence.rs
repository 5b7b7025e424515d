//! A sentence that somebody typed: what rooms that show words open with, and what they take.

/// The sentence that is there until somebody types one.
pub const USUAL: &str = "the dog bit the man";

/// What is allowed, in words.
pub const ALLOWED: &str = "up to 1000 characters";

/// So many characters are taken.
const MOST_CHARS: usize = 1000;

/// What is taken of a text: what is not a character becomes a blank, what is too long is cut at one. Says how much is
/// used where that is not all.
pub fn taken(text: &str) -> (String, Result<(), String>) {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    let mut rest = text.chars();
    let mut kept: String = rest.by_ref().take(MOST_CHARS).map(blank).collect();
    if rest.next().is_none() {
        return (kept, Ok(()));
    }
    if let Some(end) = kept.rfind(' ') {
        kept.truncate(end);
    }
    let n_used = kept.chars().count();
    (kept, Err(format!("its first {n_used} characters are used")))
}
