//! Phrases and numbers as they stand in the sentences of several parts.

use figures::Worked;
use figures::number::{format_count, format_fixed, format_value};

use super::reading::Trouble;
use super::state::NormName;

/// What hatching means where the input is no number.
pub const NO_NUMBER: &str = "no number";

/// Why outputs are hatched where `n` values of the input are missing or no numbers.
pub fn no_numbers(n: usize) -> String {
    let (values, are) = if n == 1 {
        ("value", "is")
    } else {
        ("values", "are")
    };
    format!(
        "*{} {values} of x {are} missing, NaN or infinite*: what is computed from them is hatched.",
        format_count(n as u64)
    )
}

/// Why batch norm does nothing with one value per feature.
pub const TOO_FEW: &str = "one value per feature has no variance";

/// A number of the arithmetic: four digits, and what is negligible is zero.
pub fn n(value: f64) -> String {
    format_value(value, 4)
}

/// A number that somebody set, as it stands in its field.
pub fn given(value: f64) -> String {
    /// From here on `f64` itself rounds.
    const ALL: usize = 15;
    format_value(value, ALL)
}

/// So many of something: `1 token`, `2 tokens`.
pub fn counted(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {what}{plural}", format_count(n as u64))
}

/// A number of which two digits behind the point are enough, where values have this `size`; what is next to nothing
/// beside it is 0.
pub fn sized(value: f64, size: f64) -> String {
    if size == 0.0 || (0.01..1e5).contains(&size) || !size.is_finite() {
        return format_fixed(value, 2);
    }
    if value.abs() < 0.005 * size {
        return "0".to_owned();
    }
    format_value(value, 3)
}

/// What zeros that are counted do to batch norm, where they are the part `f` of all tokens.
pub fn inflation(f: f64) -> String {
    if f <= 0.0 {
        return String::new();
    }
    let mut worked = Worked::default();
    let [part, factor] = [f, (1.0 - f).sqrt().recip()].map(|value| worked.computed(value));
    worked.step(factor, &[part], |it| (1.0 - it[0]).sqrt().recip());
    let texts = worked.texts();
    format!(
        "\nA part f = {} of all tokens is padding. Counted, its zeros make σ smaller: real values come out larger by *1/√(1 − f) = {}* where the mean is 0.",
        texts[part], texts[factor]
    )
}

/// `token 5 (sample 0, place 5)`, or `token 5` where there is one sample.
pub fn token_name(batch: usize, seq_len: usize, row_idx: usize) -> String {
    if batch == 1 {
        return format!("token {row_idx}");
    }
    format!(
        "token {row_idx} (sample {}, place {})",
        row_idx / seq_len,
        row_idx % seq_len
    )
}

/// The feature's number as a subscript.
pub fn subscript(number: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    number
        .to_string()
        .bytes()
        .filter_map(|digit| DIGITS.get(usize::from(digit.wrapping_sub(b'0'))))
        .collect()
}

/// Why there are no bars; `None` where there are.
pub fn nothing(trouble: Option<Trouble>) -> Option<&'static str> {
    match trouble? {
        Trouble::ZeroOverZero => Some("0 / 0 is undefined"),
        Trouble::TooFew => Some(TOO_FEW),
        Trouble::NoNumber => Some("no number in, no number out"),
        Trouble::Padding => None,
    }
}

/// Symbol and note above the four steps of one token.
pub fn step_heads(norm: NormName, affine: bool) -> [(&'static str, &'static str); 4] {
    let (centred, normalized) = match norm {
        NormName::Rms => (("x", "no mean is taken out"), "÷ √(mean x² + ε)"),
        NormName::DyT => (("x", "no mean, no variance"), "tanh(α x)"),
        NormName::None => (("x", "no mean, no variance"), "x itself"),
        _ => (("x − μ", "centred"), "÷ √(σ² + ε)"),
    };
    let output = match norm {
        _ if !affine => "x̂",
        NormName::Rms => "γ · x̂",
        _ => "γ · x̂ + β",
    };
    [("x", "input"), centred, ("x̂", normalized), ("y", output)]
}

/// A number, or that there is none.
pub fn number(value: impl Into<Option<f64>>) -> String {
    number_of(value, 4)
}

/// The same with so many digits.
pub fn number_of(value: impl Into<Option<f64>>, digits: usize) -> String {
    match value.into().filter(|value| !value.is_nan()) {
        Some(value) => format_value(value, digits),
        None => NO_NUMBER.to_owned(),
    }
}
