//! Lanes against plain numbers.

use lanes::{F32x4, F64x2, map};
use proptest::prelude::*;

/// NaN is NaN, whatever its bits: IEEE 754 leaves them open.
fn bits(x: f32) -> u32 {
    if x.is_nan() { u32::MAX } else { x.to_bits() }
}

/// Bit for bit, but for NaN.
fn same(got: f64, expected: f64) -> bool {
    got.to_bits() == expected.to_bits() || got.is_nan() && expected.is_nan()
}

fn any_f32() -> impl Strategy<Value = f32> {
    prop::num::f32::ANY
}

#[test]
fn min_and_max_keep_the_first_where_either_is_nan() {
    let (numbers, nans) = (F32x4::from([1.0, -0.0, 0.0, 3.0]), F32x4::splat(f32::NAN));
    assert_eq!(numbers.min(nans).to_array(), numbers.to_array());
    assert_eq!(numbers.max(nans).to_array(), numbers.to_array());
    assert!(nans.min(numbers).to_array().into_iter().all(f32::is_nan));
    assert!(nans.max(numbers).to_array().into_iter().all(f32::is_nan));
}

#[test]
fn what_is_cut_off_is_held_to_i32() {
    let cut = |lanes: [f32; 4]| F32x4::from(lanes).truncate();
    assert_eq!(cut([1.9, -1.9, 0.5, -0.5]), [1, -1, 0, 0]);
    assert_eq!(
        cut([3e9, -3e9, f32::NAN, f32::NEG_INFINITY]),
        [i32::MAX, i32::MIN, 0, i32::MIN]
    );
}

#[test]
fn nan_is_between_nothing_and_differs_from_itself() {
    let mixed = F32x4::from([f32::NAN, -0.0, 1.0, f32::INFINITY]);
    let other = F32x4::from([f32::NAN, 0.0, -1.0, f32::INFINITY]);
    assert_eq!(mixed.differs(other).to_array(), [1.0, 0.0, 1.0, 0.0]);
    let ends = [F32x4::splat(-1.0), F32x4::splat(1.0)];
    assert!(F32x4::from([-1.0, 0.0, -0.0, 1.0]).are_between(ends));
    assert!(!F32x4::from([0.0, 0.0, f32::NAN, 0.0]).are_between(ends));
    assert!(!F32x4::splat(0.0).are_between([ends[0], F32x4::splat(f32::NAN)]));
}

#[test]
fn a_map_without_values_does_nothing() {
    map([], &mut [], |[]| F32x4::splat(1.0));
    let mut out = [7.0];
    map([&[][..], &[1.0]], &mut out, |[a, b]| a + b);
    assert_eq!(out.map(bits), [7.0].map(bits));
}

proptest! {
    #[test]
    fn arithmetic_is_that_of_the_numbers(a: [f64; 2], b: [f64; 2], x: [f32; 4], y: [f32; 4], whole: [i32; 4]) {
        let (left, right) = (F64x2::from(a), F64x2::from(b));
        let (first, second) = (F32x4::from(x), F32x4::from(y));
        for lane in 0..2 {
            prop_assert!(same((left + right).to_array()[lane], a[lane] + b[lane]));
            prop_assert!(same((left - right).to_array()[lane], a[lane] - b[lane]));
            prop_assert!(same((left * right).to_array()[lane], a[lane] * b[lane]));
            prop_assert!(same((left / right).to_array()[lane], a[lane] / b[lane]));
        }
        let is_between = (0..4).all(|lane| -1e9 <= x[lane] && x[lane] <= y[lane]);
        prop_assert_eq!(first.are_between([F32x4::splat(-1e9), second]), is_between);
        for lane in 0..4 {
            prop_assert_eq!(bits((first + second).to_array()[lane]), bits(x[lane] + y[lane]));
            prop_assert_eq!(bits((first - second).to_array()[lane]), bits(x[lane] - y[lane]));
            prop_assert_eq!(bits((first * second).to_array()[lane]), bits(x[lane] * y[lane]));
            prop_assert_eq!(first.min(second).to_array()[lane], x[lane].min(y[lane]));
            prop_assert_eq!(first.abs().to_array()[lane], x[lane].abs());
            prop_assert_eq!(first.differs(second).to_array()[lane], f32::from(u8::from(x[lane] != y[lane])));
            prop_assert_eq!(first.differs(first).to_array()[lane], 0.0);
            prop_assert_eq!(F32x4::from(whole).to_array()[lane].to_bits(), (whole[lane] as f32).to_bits());
            prop_assert_eq!(first.max(second).to_array()[lane], x[lane].max(y[lane]));
        }
    }

    #[test]
    fn widening_is_exact_and_narrowing_rounds(lanes: [f32; 4], wide: [f64; 4]) {
        let [low, high] = F32x4::from(lanes).widen();
        prop_assert_eq!(low.to_array(), [lanes[0], lanes[1]].map(f64::from));
        prop_assert_eq!(high.to_array(), [lanes[2], lanes[3]].map(f64::from));
        let [a, b, c, d] = wide;
        let narrow = F64x2::narrow([F64x2::from([a, b]), F64x2::from([c, d])]);
        #[allow(clippy::cast_possible_truncation, reason = "rounded on purpose")]
        let expected = wide.map(|x| x as f32);
        prop_assert_eq!(narrow.to_array(), expected);
    }

    #[test]
    fn a_map_treats_every_value_alike(pairs in prop::collection::vec((any_f32(), any_f32()), 0..40), n_more in 0_usize..9) {
        let (left, mut right): (Vec<f32>, Vec<f32>) = pairs.into_iter().unzip();
        let len = left.len();
        right.resize(len + n_more, 1.0);
        let mut out = vec![0.5; len + n_more / 2];
        map([&left, &right], &mut out, |[a, b]| a * b - a);
        for (idx, &got) in out.iter().enumerate() {
            let expected = if idx < len { left[idx] * right[idx] - left[idx] } else { 0.5 };
            prop_assert_eq!(bits(got), bits(expected), "{}", idx);
        }
    }
}
