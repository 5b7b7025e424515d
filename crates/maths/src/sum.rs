//! Sums of many `f32` in `f64`, side by side in lanes.
//!
//! A single running sum is a chain of additions that each wait for the one before; lanes do not wait for
//! each other. The order of additions is fixed, so the same values give the same sum on every machine.

use lanes::{F32x4, F64x2};

/// Σ term(x) over `values`, each x widened to `f64` first.
#[inline(always)]
pub(crate) fn sum_of(values: &[f32], term: impl Fn(F64x2) -> F64x2) -> f64 {
    let [sum] = sums_of(values, |x| [term(x)]);
    sum
}

/// Several sums in one pass: Σ terms(x)[k] for each k.
#[inline(always)]
pub(crate) fn sums_of<const K: usize>(
    values: &[f32],
    terms: impl Fn(F64x2) -> [F64x2; K],
) -> [f64; K] {
    let zero = F64x2::splat(0.0);
    let (mut low, mut high) = ([zero; K], [zero; K]);
    let (fours, rest) = values.as_chunks();
    for &four in fours {
        let [x_low, x_high] = F32x4::from(four).widen();
        let (terms_low, terms_high) = (terms(x_low), terms(x_high));
        for k in 0..K {
            low[k] = low[k] + terms_low[k];
            high[k] = high[k] + terms_high[k];
        }
    }
    let mut sums = [0.0; K];
    for k in 0..K {
        let [a, b] = (low[k] + high[k]).to_array();
        sums[k] = a + b;
    }
    for &x in rest {
        let terms = terms(F64x2::splat(f64::from(x)));
        for k in 0..K {
            sums[k] += terms[k].to_array()[0];
        }
    }
    sums
}
