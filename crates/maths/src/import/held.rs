//! Values as they are collected: f32, and which numbers that does not hold.

use super::imported::Remark;
use super::text::MOST_FOUND;

/// Values so far.
#[derive(Default)]
pub(super) struct Held {
    pub(super) values: Vec<f32>,
    n_lost: usize,
    /// The first that was lost: as it was given, and what it became.
    first_lost: Option<(String, f32)>,
}

impl Held {
    /// Adds a value that was given as `word`.
    pub(super) fn push(&mut self, value: f64, word: &str) {
        let held = value as f32;
        let is_beyond = held.is_infinite() && word.contains(|c: char| c.is_ascii_digit());
        // The shortest digits of an f32 stand for it: that is how the page writes large ones.
        if is_beyond || is_lost(value, held) && held.to_string() != value.to_string() {
            self.lose(held, || word.chars().take(MOST_FOUND).collect());
        }
        self.values.push(held);
    }

    /// Adds a double.
    pub(super) fn push_double(&mut self, value: f64) {
        let held = value as f32;
        if is_lost(value, held) {
            self.lose(held, || double_text(value));
        }
        self.values.push(held);
    }

    /// Adds a whole number.
    pub(super) fn push_whole(&mut self, is_negative: bool, size: u64) {
        let sign = if is_negative { "-" } else { "" };
        let held = if is_negative {
            -(size as f32)
        } else {
            size as f32
        };
        // An f32 has 24 bits beside its power of two.
        let n_outer_zeros = size.leading_zeros() + size.trailing_zeros();
        if size > 0 && n_outer_zeros < 64 - 24 {
            self.lose(held, || format!("{sign}{size}"));
        }
        self.values.push(held);
    }

    fn lose(&mut self, held: f32, given: impl FnOnce() -> String) {
        self.n_lost += 1;
        self.first_lost.get_or_insert_with(|| (given(), held));
    }

    /// What is to be said of numbers that are not held.
    pub(super) fn remark(&mut self) -> Option<Remark> {
        let (given, held) = self.first_lost.take()?;
        Some(Remark::NotHeld {
            n_values: self.n_lost,
            given,
            held,
        })
    }
}

/// Whether a number became another one in a way that people do not expect: a whole number that is
/// rounded, infinity or zero out of something finite. Fractions are always rounded.
fn is_lost(value: f64, held: f32) -> bool {
    const TWO_TO_64: f64 = 18_446_744_073_709_551_616.0;
    let is_whole = value.fract() == 0.0 && value.abs() < TWO_TO_64;
    f64::from(held) != value && !value.is_nan() && (is_whole || held.is_infinite() || held == 0.0)
}

/// A double that was lost, in words: exact if it is whole, otherwise its first digit and its power of
/// ten. (The standard library's way to write doubles would be kilobytes of the page.)
fn double_text(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 1e18 {
        return (value as i64).to_string();
    }
    let sign = if value < 0.0 { "-" } else { "" };
    let (mut digit, mut exponent) = (value.abs(), 0_i32);
    while digit >= 10.0 {
        digit /= 10.0;
        exponent += 1;
    }
    while digit < 1.0 {
        digit *= 10.0;
        exponent -= 1;
    }
    format!("about {sign}{}e{exponent}", digit.round() as u8)
}
