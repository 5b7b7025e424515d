//! How far two outputs are apart.

use lanes::F32x4;
use ndarray::ArrayView2;

/// How one series differs from another of the same length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// The largest |other − one|, rounded to `f32`; NaN where one of a pair is a number and the other is not.
    pub largest: f32,
    /// How many pairs differ. NaN is like NaN.
    pub n_different: usize,
}

impl Difference {
    /// As far as the shorter of the two goes.
    pub fn between(one: &[f32], other: &[f32]) -> Self {
        let mut whole = Self::default();
        for (one, other) in one.chunks(AT_ONCE).zip(other.chunks(AT_ONCE)) {
            let part = of_numbers(one, other).unwrap_or_else(|| of_any(one, other));
            // `max` passes over NaN, which is to be seen.
            if part.largest.is_nan() || part.largest > whole.largest {
                whole.largest = part.largest;
            }
            whole.n_different += part.n_different;
        }
        whole
    }
}

/// How many pairs are compared before the result is looked at: `f32` counts as many one by one.
const AT_ONCE: usize = 1 << 16;

/// `None` where a difference is no number or infinite.
fn of_numbers(one: &[f32], other: &[f32]) -> Option<Difference> {
    let zero = F32x4::splat(0.0);
    let (mut largest, mut n_different, mut check) = (zero, zero, zero);
    let mut compare = |one: F32x4, other: F32x4| {
        let distance = (other - one).abs();
        largest = largest.max(distance);
        n_different = n_different + one.differs(other);
        // Times zero, a finite number is zero and any other is NaN, which stays.
        check = check + distance * zero;
    };
    let (fours, rest) = one.as_chunks();
    let (other_fours, other_rest) = other.as_chunks();
    for (&one, &other) in fours.iter().zip(other_fours) {
        compare(one.into(), other.into());
    }
    // The other lanes are alike.
    for (&one, &other) in rest.iter().zip(other_rest) {
        compare([one, 0.0, 0.0, 0.0].into(), [other, 0.0, 0.0, 0.0].into());
    }
    let is_finite = check.to_array() == [0.0; F32x4::LANES];
    let n_different: f32 = n_different.to_array().into_iter().sum();
    is_finite.then(|| Difference {
        largest: largest.to_array().into_iter().fold(0.0, f32::max),
        n_different: n_different as usize,
    })
}

#[cold]
fn of_any(one: &[f32], other: &[f32]) -> Difference {
    let mut found = Difference::default();
    for (&one, &other) in one.iter().zip(other) {
        if one == other || one.is_nan() && other.is_nan() {
            continue;
        }
        let distance = (other - one).abs();
        found.n_different += 1;
        if distance.is_nan() || distance > found.largest {
            found.largest = distance;
        }
    }
    found
}

/// The largest |one − other| of two matrices of the same shape; values that are not numbers are passed
/// over.
pub fn largest_difference(one: ArrayView2<'_, f32>, other: ArrayView2<'_, f32>) -> f64 {
    let between = |one: &[f32], other: &[f32]| {
        let whole = Difference::between(one, other).largest;
        if !whole.is_nan() {
            return whole;
        }
        let distances = one
            .iter()
            .zip(other)
            .map(|(one, other)| (one - other).abs());
        distances.fold(0.0, f32::max)
    };
    let rows = one.outer_iter().zip(other.outer_iter());
    let of_rows = rows.map(|(one, other)| match (one.to_slice(), other.to_slice()) {
        (Some(one), Some(other)) => between(one, other),
        _ => between(&one.to_vec(), &other.to_vec()),
    });
    of_rows.fold(0.0, f32::max).into()
}
