//! How fast the pairs of an encoding turn: a geometric row of frequencies.

use std::f64::consts::TAU;

/// ω_i = base^(−2i/d), in radians per position: 1 for pair 0, falling towards 1/base.
pub fn frequency(pair_idx: usize, d_model: usize, base: f64) -> f64 {
    base.powf(-2.0 * pair_idx as f64 / d_model as f64)
}

/// 2π/ω_i, in positions per full turn: 2π for pair 0, at most 2π · base^((d−2)/d).
pub fn wavelength(pair_idx: usize, d_model: usize, base: f64) -> f64 {
    TAU / frequency(pair_idx, d_model, base)
}
