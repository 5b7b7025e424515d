//! Half precision: the 16-bit numbers of IEEE 754, as values in `f64`.
//!
//! They show what becomes of a small ε when a model runs in half precision, and NPY files hold them.

/// Digits of the significand after the point.
const DIGITS: i32 = 10;

/// The exponent of the smallest normal number, 2⁻¹⁴ ≈ 6.1e-5; below it the spacing is that of 2⁻¹⁴.
const MIN_EXPONENT: i32 = -14;

/// What is at least this large rounds to infinity: halfway between the largest number, 65504, and the
/// next power.
const OVERFLOW: f64 = 65520.0;

/// The half-precision number nearest to `x`, ties to the even one: subnormal numbers below 6.1e-5, 0 up
/// to 2⁻²⁵ ≈ 3e-8, infinite from 65520. NaN stays NaN, and the sign stays in every case.
///
/// ```
/// use maths::half::round_to_f16;
/// assert_eq!(round_to_f16(1e-12), 0.0);
/// assert_eq!(round_to_f16(0.1), 0.0999755859375);
/// ```
pub fn round_to_f16(x: f64) -> f64 {
    let size = x.abs();
    if size >= OVERFLOW {
        return f64::INFINITY.copysign(x);
    }
    // A power of two times a whole number: dividing and multiplying by it is exact.
    let spacing = power_of_two(exponent_of(size).max(MIN_EXPONENT) - DIGITS);
    (x / spacing).round_ties_even() * spacing
}

/// The value of the half-precision number with these bits.
pub fn f64_from_f16_bits(bits: u16) -> f64 {
    let exponent = i32::from(bits >> DIGITS & 0x1f);
    let digits = f64::from(bits & 0x3ff);
    let one = power_of_two(DIGITS);
    let size = match exponent {
        0 => digits * power_of_two(MIN_EXPONENT - DIGITS),
        0x1f if digits == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (one + digits) * power_of_two(exponent - 15 - DIGITS),
    };
    if bits >> 15 == 0 { size } else { -size }
}

/// The exponent of the power of two up to x ≥ 0; that of subnormal doubles and of 0 is −1023.
fn exponent_of(x: f64) -> i32 {
    // 11 bits, after the sign.
    (x.to_bits() >> 52 & 0x7ff) as i32 - 1023
}

/// 2^exponent, for exponents of normal doubles.
fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}
