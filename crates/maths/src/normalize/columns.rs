//! Loops over the features of a row beside one `f64` per feature: what norms need whose groups run down
//! the columns.

use std::array::from_fn;

use lanes::{F32x4, F64x2};

/// Four values in two registers.
type Four = [[f64; 2]; 2];

/// `sums[k][c] += terms([inputs[0][c], …], at[c])[k]` for every column c, as far as the shortest slice
/// goes.
#[inline(always)]
pub(super) fn add<const N: usize, const K: usize>(
    inputs: [&[f32]; N],
    at: &[f64],
    sums: [&mut [f64]; K],
    terms: impl Fn([F64x2; N], F64x2) -> [F64x2; K],
) {
    let len = inputs
        .iter()
        .fold(at.len(), |len, input| len.min(input.len()));
    let len = sums.iter().fold(len, |len, sums| len.min(sums.len()));
    let n_fours = len / F32x4::LANES;
    let mut sums = sums.map(|sums| &mut sums[..len]);
    let input_fours = inputs.map(|input| &input.as_chunks().0[..n_fours]);
    for (idx, at) in fours(at, n_fours).iter().enumerate() {
        let [low, high] = widened(input_fours, idx);
        for (half, inputs) in [low, high].into_iter().enumerate() {
            let terms = terms(inputs, at[half].into());
            for (sums, term) in sums.iter_mut().zip(terms) {
                let sum = &mut fours_mut(sums, n_fours)[idx][half];
                *sum = (F64x2::from(*sum) + term).to_array();
            }
        }
    }
    for column in n_fours * F32x4::LANES..len {
        let inputs = inputs.map(|input| F64x2::splat(input[column].into()));
        let terms = terms(inputs, F64x2::splat(at[column]));
        for (sums, term) in sums.iter_mut().zip(terms) {
            sums[column] += term.to_array()[0];
        }
    }
}

/// `out[c] = f([inputs[0][c], …], [at[0][c], …])` for every column c, as far as the shortest slice
/// goes.
#[inline(always)]
pub(super) fn map<const N: usize, const M: usize>(
    inputs: [&[f32]; N],
    at: [&[f64]; M],
    out: &mut [f32],
    f: impl Fn([F64x2; N], [F64x2; M]) -> F64x2,
) {
    let len = inputs
        .iter()
        .fold(out.len(), |len, input| len.min(input.len()));
    let len = at.iter().fold(len, |len, at| len.min(at.len()));
    let n_fours = len / F32x4::LANES;
    let input_fours = inputs.map(|input| &input.as_chunks().0[..n_fours]);
    let at_fours = at.map(|at| fours(at, n_fours));
    let out_fours = &mut out.as_chunks_mut().0[..n_fours];
    for (idx, out) in out_fours.iter_mut().enumerate() {
        let [low, high] = widened(input_fours, idx);
        let [at_low, at_high] = from_fn(|half| at_fours.map(|fours| fours[idx][half].into()));
        *out = F64x2::narrow([f(low, at_low), f(high, at_high)]).to_array();
    }
    for column in n_fours * F32x4::LANES..len {
        let inputs = inputs.map(|input| F64x2::splat(input[column].into()));
        let at = at.map(|at| F64x2::splat(at[column]));
        let [value, _] = f(inputs, at).to_array();
        out[column] = value as f32;
    }
}

/// The values of every input at one place: the first two, then the last two.
#[inline(always)]
fn widened<const N: usize>(inputs: [&[[f32; 4]]; N], idx: usize) -> [[F64x2; N]; 2] {
    let halves = inputs.map(|fours| F32x4::from(fours[idx]).widen());
    from_fn(|half| halves.map(|halves| halves[half]))
}

#[inline(always)]
fn fours(values: &[f64], n_fours: usize) -> &[Four] {
    &values.as_chunks().0.as_chunks().0[..n_fours]
}

#[inline(always)]
fn fours_mut(values: &mut [f64], n_fours: usize) -> &mut [Four] {
    &mut values.as_chunks_mut().0.as_chunks_mut().0[..n_fours]
}
