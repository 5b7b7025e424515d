//! Sine and cosine of large angles, in little code.
//!
//! The standard library's reduce angles of any size, for which they carry a table of 2/π that alone takes
//! 5 KB (gzip) of the page's first load. Positions end at about a million, so three quarters of that never runs.

use std::f64::consts::FRAC_2_PI;

/// The first 33 bits of π/2: times a whole number up to 2²⁰ it is exact.
const HALF_PI_HIGH: f64 = 1.570_796_326_734_125_6;

/// The rest of π/2.
const HALF_PI_LOW: f64 = 6.077_100_506_506_192e-11;

/// The largest angle whose reduction is exact, 2²⁰ quarter turns.
pub const LARGEST_ANGLE: f64 = 1_647_099.0;

/// Coefficients of sin x = x + x³(S₁ + x²(S₂ + …)) on a quarter turn around 0 (fdlibm, k_sin.c).
const SIN: [f64; 6] = [
    -1.666_666_666_666_663_2e-1,
    8.333_333_333_322_49e-3,
    -1.984_126_982_985_795e-4,
    2.755_731_370_707_006_8e-6,
    -2.505_076_025_340_686_3e-8,
    1.589_690_995_211_55e-10,
];

/// Coefficients of cos x = 1 − x²/2 + x⁴(C₁ + x²(C₂ + …)) on a quarter turn around 0 (fdlibm, k_cos.c).
const COS: [f64; 6] = [
    4.166_666_666_666_66e-2,
    -1.388_888_888_887_411e-3,
    2.480_158_728_947_673e-5,
    -2.755_731_435_139_066_3e-7,
    2.087_572_321_298_175e-9,
    -1.135_964_755_778_819_5e-11,
];

/// `(sin angle, cos angle)` in radians, within 3e-16 for angles up to [`LARGEST_ANGLE`] on both sides of zero.
pub fn sin_cos(angle: f64) -> (f64, f64) {
    let quarters = (angle * FRAC_2_PI).round_ties_even();
    let rest = (angle - quarters * HALF_PI_HIGH) - quarters * HALF_PI_LOW;
    let square = rest * rest;
    let sin = rest + rest * square * polynomial(&SIN, square);
    let cos = 1.0 - 0.5 * square + square * square * polynomial(&COS, square);
    #[allow(clippy::cast_possible_truncation)]
    match quarters as i64 & 3 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// Horner's rule, from the highest coefficient down.
fn polynomial(coefficients: &[f64; 6], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}
