//! What no sentence of the page may say. The page does not carry it.

/// What may be said all the same.
const MEANT: &[&str] = &[
    // Of the input, which is what a reader gave.
    "NaN or infinite",
    // A mask is no number that was computed.
    "masked with −∞",
];

/// What is wrong with a sentence; `None` if nothing is.
pub fn trouble(text: &str) -> Option<&'static str> {
    let rest = MEANT
        .iter()
        .fold(text.to_owned(), |rest, meant| rest.replace(meant, ""));
    let mut words = rest.split(|c: char| !c.is_alphanumeric());
    if words.any(|word| ["nan", "inf"].contains(&word.to_lowercase().as_str()))
        || rest.contains('∞')
    {
        return Some("a number that is none");
    }
    if has_minus_zero(&rest) {
        return Some("minus zero");
    }
    // A formula may have lines of code in it, in which an asterisk is one.
    let is_rich = !text.starts_with('<');
    let is_open = is_rich && text.matches('*').count() % 2 == 1;
    is_open.then_some("bold that is left open")
}

/// Whether a zero has a sign. What stands between two numbers is none.
fn has_minus_zero(text: &str) -> bool {
    text.char_indices().any(|(at, sign)| {
        let after = &text[at + sign.len_utf8()..];
        let is_part = |c: char| c.is_ascii_digit() || c == '.';
        let number = after.split(|c| !is_part(c)).next().unwrap_or_default();
        let number = number.trim_end_matches('.').parse::<f64>();
        let is_between = text[..at]
            .chars()
            .next_back()
            .is_some_and(char::is_alphanumeric);
        ['−', '-'].contains(&sign) && !is_between && number == Ok(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_sentence_is_found() {
        for (text, expected) in [
            ("0 / 0.003 is −0.5 of 10−0", None),
            ("information is infinite", None),
            ("1 value of x is NaN or infinite", None),
            ("**a** b *c*", None),
            ("<code>10 ** 2 * i</code>", None),
            ("moved by NaN", Some("a number that is none")),
            ("∞ times", Some("a number that is none")),
            ("from -inf", Some("a number that is none")),
            ("it is −0.", Some("minus zero")),
            ("(-0.00, 1)", Some("minus zero")),
            ("*a", Some("bold that is left open")),
        ] {
            assert_eq!(trouble(text), expected, "{text}");
        }
    }
}
