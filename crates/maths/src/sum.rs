//! Sums of many `f32` in `f64`, side by side in lanes.

/// How many sums run side by side. A single running sum is a chain of additions that each wait for
/// the one before; independent lanes let the compiler use vector instructions. The order of
/// additions is fixed, so the same values give the same sum on every machine.
const LANES: usize = 8;

/// Σ term(x) over `values`, each x widened to `f64` first.
#[inline(always)]
pub(crate) fn sum_of(values: &[f32], term: impl Fn(f64) -> f64) -> f64 {
    let mut sums = [0.0; LANES];
    let chunks = values.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (sum, &x) in sums.iter_mut().zip(chunk) {
            *sum += term(f64::from(x));
        }
    }
    for (sum, &x) in sums.iter_mut().zip(rest) {
        *sum += term(f64::from(x));
    }
    sums.iter().sum()
}
