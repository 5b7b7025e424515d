//! Sine and cosine against the standard library's.

use maths::trig::{LARGEST_ANGLE, sin_cos};
use proptest::prelude::*;

/// Both are within an ulp or so of the truth, whose size is at most 1.
const TOLERANCE: f64 = 3e-16;

fn assert_close(angle: f64) {
    let (sin, cos) = sin_cos(angle);
    assert!(
        (sin - angle.sin()).abs() <= TOLERANCE,
        "sin {angle}: {sin} and not {}",
        angle.sin()
    );
    assert!(
        (cos - angle.cos()).abs() <= TOLERANCE,
        "cos {angle}: {cos} and not {}",
        angle.cos()
    );
}

#[test]
fn whole_numbers_and_multiples_of_a_quarter_turn() {
    for n in 0..20_000_u32 {
        for angle in [
            f64::from(n),
            f64::from(n * 50),
            f64::from(n) * std::f64::consts::FRAC_PI_2,
        ] {
            assert_close(angle);
            assert_close(-angle);
        }
    }
    assert_eq!(sin_cos(0.0), (0.0, 1.0));
    // The position that comes nearest to a whole number of turns below ten thousand: 355/113 is nearly π.
    assert_close(710.0);
}

proptest! {
    #[test]
    fn any_angle_up_to_the_largest(angle in -LARGEST_ANGLE..LARGEST_ANGLE) {
        assert_close(angle);
    }
}
