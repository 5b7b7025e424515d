//! Numbers as text: for captions, summaries, tick labels and the arithmetic shown beside a figure.
//!
//! A true minus sign, thin spaces between thousands from 10 000 on, no zeros that say nothing. The
//! exponent keeps its plain hyphen (`1e-5`): there it is notation that can be typed back.

/// The minus sign U+2212, as wide as a plus sign and never broken from its number.
pub const MINUS: char = '\u{2212}';
/// The narrow no-break space U+202F between groups of thousands.
pub const THIN_SPACE: char = '\u{202f}';

/// From this power of ten on there is an exponent.
const LARGEST_EXPONENT: i32 = 12;

/// A number with at most that many significant digits (at least 1), without trailing zeros. Digits before the point are
/// all there: a zero that only stands for another digit would be wrong.
///
/// `0.96489, 4` gives `0.9649`; `54413.7, 4` gives `54 414`; `0.00001, 3` gives `1e-5`; below 10⁻⁴ and
/// from 10¹² on there is an exponent. `NaN`, `∞` and `−∞` stand for themselves.
pub fn format_value(value: f64, digits: usize) -> String {
    if let Some(text) = format_special(value) {
        return text;
    }
    let (mantissa, exponent) = scientific(value, digits);
    let body = if (-4..LARGEST_EXPONENT).contains(&exponent) {
        group(trim_zeros(&without_exponent(&mantissa, exponent)))
    } else {
        format!("{}e{exponent}", trim_zeros(&mantissa))
    };
    with_sign(value, &body)
}

/// The number that [`format_value`] shows.
pub(crate) fn as_shown(value: f64, digits: usize) -> f64 {
    if !value.is_finite() {
        return value;
    }
    let (mantissa, exponent) = scientific(value, digits);
    // Reading it as a decimal number would need tables of 10 KB.
    let (whole, part) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    let number = [whole, part].concat().parse().unwrap_or(0_u64) as f64;
    let power = exponent - i32::try_from(part.len()).unwrap_or(0);
    let ten = 10_f64.powi(power.abs());
    (if power < 0 {
        number / ten
    } else {
        number * ten
    })
    .copysign(value)
}

/// Digits with a point after the first, and the power of ten, without sign.
///
/// Rounded by the formatter itself, so that 9.996 becomes 10.0 before we look at it.
fn scientific(value: f64, digits: usize) -> (String, i32) {
    let digits = digits.max(1);
    let parts = |text: String| {
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        (mantissa.to_owned(), exponent.parse().unwrap_or(0_i32))
    };
    let rounded = parts(format!("{:.*e}", digits - 1, value.abs()));
    match usize::try_from(rounded.1) {
        Ok(exponent) if exponent >= digits && rounded.1 < LARGEST_EXPONENT => {
            parts(format!("{:.*e}", exponent, value.abs().round_ties_even()))
        }
        _ => rounded,
    }
}

/// A number with exactly that many decimals, for columns that are compared: `1.5, 3` gives `1.500`.
/// What rounds to zero has no sign.
pub fn format_fixed(value: f64, decimals: usize) -> String {
    if let Some(text) = format_special(value) {
        return text;
    }
    let body = format!("{:.*}", decimals, value.abs());
    let is_zero = body.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    with_sign(if is_zero { 0.0 } else { value }, &group(&body))
}

/// A number as a factor or a subtrahend: in brackets where it is negative.
pub fn bracketed(text: &str) -> String {
    if text.starts_with(MINUS) {
        format!("({text})")
    } else {
        text.to_owned()
    }
}

/// The same decimal number with an exponent: `0.00012` as `1.2e-4`, `3000000` as `3e6`; `None` for zero
/// and for what has other characters than a sign, digits and a point.
///
/// From the digits and not from the number, whose own way of writing an exponent would come once more
/// for each type of float.
pub fn exponent_form(plain: &str) -> Option<String> {
    let unsigned = plain.trim_start_matches('-');
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits: String = [whole, part].concat();
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let leading = digits.bytes().position(|byte| byte != b'0')?;
    let mut text = plain.get(..plain.len() - unsigned.len())?.to_owned();
    let (first, rest) = digits.get(leading..)?.split_at_checked(1)?;
    text.push_str(first);
    let rest = rest.trim_end_matches('0');
    if !rest.is_empty() {
        text.push('.');
        text.push_str(rest);
    }
    // Both are counts of digits, at most a few hundred.
    #[allow(clippy::cast_possible_wrap)]
    let exponent = whole.len() as isize - leading as isize - 1;
    text.push('e');
    text.push_str(&exponent.to_string());
    Some(text)
}

/// A whole number with thin spaces between thousands from 10 000 on.
pub fn format_count(count: u64) -> String {
    group(&count.to_string())
}

/// What is not finite.
fn format_special(value: f64) -> Option<String> {
    if value.is_nan() {
        Some("NaN".to_owned())
    } else if value.is_infinite() {
        Some(with_sign(value, "∞"))
    } else {
        None
    }
}

fn with_sign(value: f64, body: &str) -> String {
    if value < 0.0 {
        format!("{MINUS}{body}")
    } else {
        body.to_owned()
    }
}

/// The same digits with the point where the exponent moves it: `5.441, 4` gives `54410.`, `5.441, -2`
/// gives `0.05441`. (Reading the number and writing it again would need tables of 10 KB to read it.)
fn without_exponent(mantissa: &str, exponent: i32) -> String {
    let mut digits = mantissa.chars().filter(|&c| c != '.');
    let mut text = String::new();
    text.extend((0..=exponent).map(|_| digits.next().unwrap_or('0')));
    if text.is_empty() {
        text.push('0');
    }
    text.push('.');
    text.extend((exponent + 1..0).map(|_| '0'));
    text.extend(digits);
    text
}

/// Without zeros at the end of a fraction.
pub(crate) fn trim_zeros(text: &str) -> &str {
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// Thin spaces between thousands of the whole part, if it has at least five digits.
fn group(text: &str) -> String {
    let n_whole = text.bytes().take_while(|&byte| byte != b'.').count();
    let mut grouped = String::new();
    for (idx, c) in text.chars().enumerate() {
        if n_whole >= 5 && (1..n_whole).contains(&idx) && (n_whole - idx).is_multiple_of(3) {
            grouped.push(THIN_SPACE);
        }
        grouped.push(c);
    }
    grouped
}
