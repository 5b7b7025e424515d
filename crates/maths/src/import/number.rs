//! Words that stand for values: numbers as people, programs and countries write them.

use std::borrow::Cow;

use super::reading::ParseNumber;

/// What commas may be within a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Comma {
    /// Nothing: they stand between numbers.
    #[default]
    Never,
    /// Before the fraction.
    Decimal,
    /// Before every three digits.
    Grouping,
}

/// Longer words are no numbers: a double that is written out has fewer characters.
const LONGEST: usize = 2000;

/// The value of a word: a number, NaN, an infinity, true or false; perhaps in quotes, perhaps with the
/// minus sign of a typesetter.
///
/// Its f32 is that of the nearest double, though it need not be the nearest double itself.
pub(super) fn value_of(word: &str, comma: Comma, parse: ParseNumber) -> Option<f64> {
    if word.len() > LONGEST {
        return None;
    }
    let word = unquoted(word);
    let (sign, size) = match word.strip_prefix(['-', '−']) {
        Some(size) => (-1.0, size),
        None => (1.0, word.strip_prefix('+').unwrap_or(word)),
    };
    if size.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let number = match plain(size, comma)? {
            Cow::Borrowed(size) => decimal(size, parse),
            Cow::Owned(size) => decimal(&size, parse),
        };
        return number.map(|number| sign * number);
    }
    let is = |names: &[&str]| names.iter().any(|name| size.eq_ignore_ascii_case(name));
    if is(&["nan"]) {
        Some(f64::NAN)
    } else if is(&["inf", "infinity"]) {
        Some(sign * f64::INFINITY)
    } else if word.len() != size.len() {
        None
    } else if is(&["true"]) {
        Some(1.0)
    } else if is(&["false"]) {
        Some(0.0)
    } else {
        None
    }
}

/// A word without the quotes around it.
pub(super) fn unquoted(word: &str) -> &str {
    let in_quotes = |quote: char| word.strip_prefix(quote)?.strip_suffix(quote);
    in_quotes('"')
        .or_else(|| in_quotes('\''))
        .unwrap_or(word)
        .trim()
}

/// What people and programs write for values that are left out.
pub(super) fn is_ellipsis(word: &str) -> bool {
    word.starts_with("...")
        || word == ".."
        || word.starts_with(['…', '⋯', '⋮', '⋱'])
        || ["\\dots", "\\ldots", "\\cdots", "\\vdots", "\\ddots"].contains(&word)
}

/// Whether a character can stand before every three digits, besides points and commas.
pub(super) fn groups_digits(c: char) -> bool {
    matches!(
        c,
        ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '\'' | '’' | '_'
    )
}

/// A number without what groups its digits, and with a point before its fraction; `None` where marks
/// stand as in no number.
fn plain(size: &str, comma: Comma) -> Option<Cow<'_, str>> {
    let (mark, group) = match comma {
        Comma::Never => ('.', '\0'),
        Comma::Decimal => (',', '.'),
        Comma::Grouping => ('.', ','),
    };
    let is_plain = |byte: u8| byte.is_ascii_digit() || b"eE+-.".contains(&byte);
    if mark == '.' && size.bytes().all(is_plain) {
        return Some(Cow::Borrowed(size));
    }
    let (mantissa, exponent) = match size.find(['e', 'E']) {
        Some(place) => size.split_at(place),
        None => (size, ""),
    };
    let (whole, fraction) = mantissa.split_once(mark).unwrap_or((mantissa, ""));
    // A comma is between digits.
    if comma == Comma::Decimal
        && mantissa.len() > whole.len()
        && (whole.is_empty() || fraction.is_empty())
    {
        return None;
    }
    let mut groups = whole.split(|c| groups_digits(c) || c == group);
    let first = groups.next().unwrap_or_default();
    let mut number = first.to_owned();
    for digits in groups {
        if digits.len() != 3 || !(1..=3).contains(&first.len()) || first.starts_with('0') {
            return None;
        }
        number.push_str(digits);
    }
    let are_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(&number) || !are_digits(fraction) {
        return None;
    }
    number.push('.');
    number.push_str(fraction);
    number.push_str(exponent);
    Some(Cow::Owned(number))
}

/// The powers of ten that doubles hold.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// A decimal number without sign. Most are read here, because a call of the platform costs more than the
/// rest of the reading: up to 19 digits and a power of ten that is exact give at most two roundings, and
/// where these could change the f32 the platform is asked (W. D. Clinger, How to read floating point
/// numbers accurately, 1990).
fn decimal(text: &str, parse: ParseNumber) -> Option<f64> {
    let bytes = text.as_bytes();
    let (mut digits, mut n_digits, mut exponent) = (0_u64, 0, 0_i32);
    let mut place = 0;
    let mut has_point = false;
    while let Some(&byte) = bytes.get(place) {
        match byte {
            b'0'..=b'9' => {
                // Zeros in front are no digits of it.
                n_digits += usize::from(digits > 0 || byte > b'0');
                if n_digits > 19 {
                    return parse(text);
                }
                digits = 10 * digits + u64::from(byte - b'0');
                exponent -= i32::from(has_point);
            }
            b'.' if !has_point => has_point = true,
            _ => break,
        }
        place += 1;
    }
    if let Some(b'e' | b'E') = bytes.get(place) {
        let written = text
            .get(place + 1..)
            .and_then(|text| text.parse::<i16>().ok());
        let Some(written) = written else {
            return parse(text);
        };
        exponent += i32::from(written);
    } else if place < bytes.len() {
        return None;
    }
    let power = POWERS.get(usize::try_from(exponent.unsigned_abs()).ok()?);
    let (Some(power), true) = (power, place > usize::from(has_point)) else {
        return parse(text);
    };
    let number = if exponent < 0 {
        digits as f64 / power
    } else {
        digits as f64 * power
    };
    // Twice the error that two roundings can make.
    let is_sure = (number * (1.0 - 4e-16)) as f32 == (number * (1.0 + 4e-16)) as f32;
    if digits < 1 << 53 || is_sure {
        Some(number)
    } else {
        parse(text)
    }
}
