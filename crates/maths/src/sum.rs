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
    sums_over([values], |[x]| terms(x))
}

/// The same over several series side by side: Σ terms(inputs[0][j], inputs[1][j], …)[k], as far as the
/// shortest one goes.
#[inline(always)]
pub(crate) fn sums_over<const N: usize, const K: usize>(
    inputs: [&[f32]; N],
    terms: impl Fn([F64x2; N]) -> [F64x2; K],
) -> [f64; K] {
    let len = inputs.iter().map(|input| input.len()).min().unwrap_or(0);
    let n_fours = len / F32x4::LANES;
    let fours = inputs.map(|input| &input.as_chunks().0[..n_fours]);
    let zero = F64x2::splat(0.0);
    let (mut low, mut high) = ([zero; K], [zero; K]);
    for idx in 0..n_fours {
        let halves = fours.map(|fours| F32x4::from(fours[idx]).widen());
        let terms_low = terms(halves.map(|[low, _]| low));
        let terms_high = terms(halves.map(|[_, high]| high));
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
    for idx in n_fours * F32x4::LANES..len {
        let terms = terms(inputs.map(|input| F64x2::splat(f64::from(input[idx]))));
        for k in 0..K {
            sums[k] += terms[k].to_array()[0];
        }
    }
    sums
}
