//! What rooms need of the platform: reading a decimal number, and cutting a sentence into words.
//!
//! A browser knows both; tables of our own would be tens of kilobytes of the page. So the app hands its forms over at
//! the start, and outside of a browser the standard forms stand in, for tests.

use std::sync::OnceLock;

/// The platform's own forms.
#[derive(Clone, Copy, Debug)]
pub struct Platform {
    /// The double nearest to a decimal number, whose grammar has been checked.
    pub read_decimal: fn(&str) -> Option<f64>,
    /// A text cut at every word boundary (Unicode Standard Annex 29); the pieces give the text again.
    pub segments: fn(&str) -> Vec<String>,
    /// A text in lower case.
    pub lower_case: fn(&str) -> String,
}

static PLATFORM: OnceLock<Platform> = OnceLock::new();

/// Hands the platform's forms over, once, before any room is opened. Later ones change nothing.
pub fn set(platform: Platform) {
    // Only the first is taken; a second one would be the same.
    PLATFORM.set(platform).ok();
}

fn platform() -> &'static Platform {
    PLATFORM.get_or_init(|| STANDARD)
}

/// The standard library's forms, for tests outside of a browser. Scripts without blanks are cut by a dictionary in
/// browsers and into characters here.
#[cfg(not(target_arch = "wasm32"))]
const STANDARD: Platform = Platform {
    read_decimal: |text| text.parse().ok(),
    segments: |text| {
        use unicode_segmentation::UnicodeSegmentation as _;
        text.split_word_bounds().map(str::to_owned).collect()
    },
    lower_case: str::to_lowercase,
};

/// Before anything has been handed over a browser reads nothing: the standard forms would be in the page for that.
#[cfg(target_arch = "wasm32")]
const STANDARD: Platform = Platform {
    read_decimal: |_| None,
    segments: |text| vec![text.to_owned()],
    lower_case: str::to_owned,
};

/// The double nearest to a decimal number such as `-3`, `.5` or `1e-5`; `None` for anything else, words
/// like `inf` and `NaN` included. Numbers beyond the range of doubles become infinite.
pub fn parse_number(text: &str) -> Option<f64> {
    let text = text.trim();
    is_decimal(text).then(|| (platform().read_decimal)(text))?
}

/// Digits with at most one point, perhaps a sign before and an exponent after.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    fn unsigned(text: &str) -> &str {
        text.strip_prefix(['+', '-']).unwrap_or(text)
    }
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = unsigned(mantissa);
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digit = !whole.is_empty() || !part.is_empty();
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = unsigned(exponent);
        !digits.is_empty() && are_digits(digits)
    });
    has_digit && are_digits(whole) && are_digits(part) && exponent_fits
}

/// The words of a text in their order, as they stand: what lies between two word boundaries and is not blank.
/// Punctuation and emoji are words of their own.
pub fn words(text: &str) -> Vec<String> {
    let mut words = (platform().segments)(text);
    words.retain(|word| !word.trim().is_empty());
    words
}

/// The text in lower case.
pub fn lower_case(text: &str) -> String {
    (platform().lower_case)(text)
}

#[cfg(test)]
mod tests {
    use super::{lower_case, parse_number, words};

    #[test]
    fn decimal_numbers_are_read_and_everything_else_is_not() {
        for (text, value) in [
            ("64", Some(64.0)),
            (" 1e-5 ", Some(1e-5)),
            ("-.5", Some(-0.5)),
            ("+3.", Some(3.0)),
            ("1e999", Some(f64::INFINITY)),
            ("2E3", Some(2000.0)),
            ("", None),
            (".", None),
            ("e5", None),
            ("1e", None),
            ("1e+", None),
            ("--1", None),
            ("inf", None),
            ("NaN", None),
            ("0x10", None),
            ("1_000", None),
            ("1,5", None),
            ("٣", None),
        ] {
            assert_eq!(parse_number(text), value, "{text:?}");
        }
    }

    #[test]
    fn words_end_at_boundaries_and_punctuation_stands_alone() {
        for (text, expected) in [
            (
                "the dog bit the man",
                vec!["the", "dog", "bit", "the", "man"],
            ),
            (
                " It's 3.5 m, isn't it? ",
                vec!["It's", "3.5", "m", ",", "isn't", "it", "?"],
            ),
            ("", vec![]),
            (" \t\n\u{a0}", vec![]),
            ("?!", vec!["?", "!"]),
            // A family and a flag are one word each, however many code points they take.
            (
                "👩\u{200d}👩\u{200d}👧 🇫🇮",
                vec!["👩\u{200d}👩\u{200d}👧", "🇫🇮"],
            ),
            ("שלום עולם", vec!["שלום", "עולם"]),
            ("naïve e\u{301}t", vec!["naïve", "e\u{301}t"]),
        ] {
            assert_eq!(words(text), expected, "{text:?}");
        }
    }

    #[test]
    fn case_is_lowered_beyond_ascii() {
        assert_eq!(lower_case("The ÄRGER"), "the ärger");
        assert_eq!(lower_case(""), "");
    }
}
