//! Sums of many `f32` in `f64`, side by side in lanes.

/// How many sums run side by side. A single running sum is a chain of additions that each wait for
/// the one before; independent lanes let the compiler use vector instructions. The order of
/// additions is fixed, so the same values give the same sum on every machine.
const LANES: usize = 8;

/// Σ term(x) over `values`, each x widened to `f64` first.
#[inline(always)]
pub(crate) fn sum_of(values: &[f32], term: impl Fn(f64) -> f64) -> f64 {
    let [sum] = sums_of(values, |x| [term(x)]);
    sum
}

/// Several sums in one pass: Σ terms(x)[k] for each k.
#[inline(always)]
pub(crate) fn sums_of<const K: usize>(values: &[f32], terms: impl Fn(f64) -> [f64; K]) -> [f64; K] {
    let mut sums = [[0.0; LANES]; K];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &x) in chunk.iter().enumerate() {
            for (sum, term) in sums.iter_mut().zip(terms(f64::from(x))) {
                sum[lane] += term;
            }
        }
    }
    for (lane, &x) in rest.iter().enumerate() {
        for (sum, term) in sums.iter_mut().zip(terms(f64::from(x))) {
            sum[lane] += term;
        }
    }
    sums.map(|lanes| lanes.iter().sum())
}
