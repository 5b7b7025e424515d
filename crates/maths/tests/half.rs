//! Half precision against NumPy, and by what is known of it.

use maths::half::{f64_from_f16_bits, round_to_f16};
use proptest::prelude::*;

use crate::golden;

#[test]
fn rounding_and_bits_agree_with_numpy() {
    for case in golden::cases("half") {
        let (x, rounded): (Vec<f64>, Vec<f64>) = (case.numbers("x"), case.numbers("rounded"));
        let bits: Vec<u16> = case.numbers("bits");
        assert_eq!([x.len(), rounded.len(), bits.len()], [case.number("n"); 3]);
        for ((x, rounded), bits) in x.into_iter().zip(rounded).zip(bits) {
            assert_eq!(round_to_f16(x).to_bits(), rounded.to_bits(), "{x:e}");
            assert_eq!(
                f64_from_f16_bits(bits).to_bits(),
                rounded.to_bits(),
                "{bits:x}"
            );
        }
    }
}

#[test]
fn every_half_is_its_own_rounding_and_they_ascend() {
    let mut last = f64::NEG_INFINITY;
    let negative = (0x8001_u16..=0xfc00).rev();
    for bits in negative.chain(0..=0x7c00) {
        let x = f64_from_f16_bits(bits);
        assert_eq!(round_to_f16(x).to_bits(), x.to_bits());
        assert!(x > last || bits == 0xfc00);
        last = x;
    }
    for bits in [0x7c01, 0x7fff, 0xfc01, 0xffff] {
        assert!(f64_from_f16_bits(bits).is_nan());
    }
    assert!(round_to_f16(f64::NAN).is_nan());
    assert_eq!(f64_from_f16_bits(0x8000).to_bits(), (-0.0_f64).to_bits());
}

#[test]
fn berts_epsilon_is_nothing_in_half_precision() {
    assert_eq!(round_to_f16(1e-12), 0.0);
    assert!(round_to_f16(1e-5) > 0.0 && round_to_f16(1e-6) > 0.0);
}

proptest! {
    #[test]
    fn no_half_is_nearer(x in prop_oneof![-70_000.0..70_000.0, -1e-4..1e-4_f64], other: u16) {
        let (rounded, other) = (round_to_f16(x), f64_from_f16_bits(other));
        prop_assume!(rounded.is_finite() && other.is_finite());
        prop_assert!((rounded - x).abs() <= (other - x).abs());
    }
}
