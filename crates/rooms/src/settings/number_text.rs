//! Numbers as they stand in links and fields.

use std::fmt;

use figures::number::exponent_form;

/// The shortest text that reads back to the same number: plain, with an exponent only where plain
/// digits would have to be counted.
pub fn number_text(value: impl fmt::Display) -> String {
    const LONGEST_PLAIN: usize = 7;
    let plain = value.to_string();
    let many_zeros = plain
        .trim_start_matches('-')
        .bytes()
        .take_while(|b| b"0.".contains(b))
        .count()
        > 4;
    match exponent_form(&plain) {
        Some(exponent)
            if exponent.len() < plain.len() && (many_zeros || plain.len() > LONGEST_PLAIN) =>
        {
            exponent
        }
        _ => plain,
    }
}
