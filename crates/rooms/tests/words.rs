//! What rooms say, in every state: never a number where there is none.
#![allow(clippy::panic, reason = "a test may stop at what it did not expect")]

mod common;

use common::{odd_queries, queries};
use rooms::ALL;
use rooms::address::Address;

/// What may be said all the same.
const MEANT: &[&str] = &[
    // Of the input, which is what a reader gave.
    "NaN or infinite",
    "x = ∞",
    // A mask is no number that was computed.
    "masked with −∞",
];

/// What is wrong with a sentence; `None` if nothing is.
fn trouble(text: &str) -> Option<&'static str> {
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

#[test]
fn nothing_says_a_number_that_is_none() {
    let mut troubles = Vec::new();
    for lab in ALL {
        let (figures, parts) = ((lab.inspect.figures)(), (lab.inspect.parts)());
        let drawn = queries(lab).into_iter().map(str::to_owned);
        for query in drawn.chain(odd_queries(lab)) {
            let pairs = Address::parse(&format!("#/{}?{query}", lab.slug)).pairs;
            let mut look = |who: &str, said: Vec<String>| {
                for text in said {
                    if let Some(why) = trouble(&text) {
                        troubles.push(format!("{why}: {who} at {query}: {text}"));
                    }
                }
            };
            for (idx, figure) in figures.iter().enumerate() {
                look(figure.id, (lab.inspect.sentences)(&pairs, idx));
            }
            for (idx, part) in parts.iter().enumerate() {
                look(part.word.slug, (lab.inspect.texts)(&pairs, idx));
            }
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

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
