//! What no sentence of the page may say. The page does not carry it.

/// What may be said all the same.
const MEANT: &[&str] = &[
    // Of the input, which is what a reader gave.
    "NaN or infinite",
    "x = ∞",
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
    if text.contains("<math>") {
        return formula_trouble(text);
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

/// What is wrong with MathML: what one engine or all of them show otherwise than it is meant.
fn formula_trouble(html: &str) -> Option<&'static str> {
    /// What stands in a row.
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        /// A name of several letters, such as a function's.
        Name,
        /// A number, one letter, or what is built of such.
        Operand,
        /// A sign or a space.
        Between,
    }
    let row = |tag: &str| ["math", "mrow", "mtd", "msqrt"].contains(&tag);
    // The elements that are open, each with what was last in it.
    let mut open = vec![("math", Kind::Between)];
    for piece in html.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let (name, is_empty) = (tag.trim_end_matches('/'), tag.ends_with('/'));
        let word = name.split(' ').next().unwrap_or_default();
        if let Some(closed) = word.strip_prefix('/') {
            if open.pop().map(|(tag, _)| tag) != Some(closed) {
                return Some("an element that is not closed where it was opened");
            }
            continue;
        }
        if word == "mo" && text == "^" && !tag.contains("stretchy=\"false\"") {
            return Some("a hat that is stretched to a bar");
        }
        let kind = match word {
            "mi" if text.chars().count() > 1 => Kind::Name,
            "mi" | "mn" | "msub" | "msup" | "msubsup" | "mfrac" | "msqrt" | "mover" => {
                Kind::Operand
            }
            // The sign for the application of a function takes no room.
            "mo" if text == "\u{2061}" => open.last().map_or(Kind::Between, |(_, last)| *last),
            _ => Kind::Between,
        };
        if let Some((parent, last)) = open.last_mut() {
            let pair = [*last, kind];
            let is_joined = pair.contains(&Kind::Name) && !pair.contains(&Kind::Between);
            if row(parent) && is_joined && text != "\u{2061}" {
                return Some("a name that runs into its neighbour");
            }
            *last = kind;
        }
        if !is_empty {
            open.push((word, Kind::Between));
        }
    }
    None
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
            (
                "<math><mi>cos</mi><mo>\u{2061}</mo><mspace/><mi>ω</mi></math>",
                None,
            ),
            (
                "<math><mi>cos</mi><mo>\u{2061}</mo><mi>ω</mi></math>",
                Some("a name that runs into its neighbour"),
            ),
            (
                "<math><mn>2</mn><mi>ln</mi><mo>(</mo></math>",
                Some("a name that runs into its neighbour"),
            ),
            (
                "<math><mover><mi>x</mi><mo>^</mo></mover></math>",
                Some("a hat that is stretched to a bar"),
            ),
        ] {
            assert_eq!(trouble(text), expected, "{text}");
        }
    }
}
