//! Readouts beyond the trained length, against NumPy and against what each scheme lets one expect.

use maths::encode::Layout;
use maths::extrapolate::{Extrapolation, ExtrapolationSpec, MOST_FITTED};
use maths::scaling::Scaling;
use maths::schemes::Scheme;

use crate::golden;

fn sinusoidal(scaling: Scaling) -> Scheme {
    Scheme::Sinusoidal {
        base: 10_000.0,
        layout: Layout::Interleaved,
        scaling,
    }
}

fn spec(trained: Scheme, asked: Scheme) -> ExtrapolationSpec {
    ExtrapolationSpec {
        trained,
        asked,
        d_model: 128,
        trained_len: 64,
        asked_len: 128,
        stride: 1,
    }
}

fn extrapolation(spec: ExtrapolationSpec) -> Vec<f32> {
    let mut extrapolation = Extrapolation::default();
    assert!(extrapolation.update(spec));
    extrapolation.positions().to_vec()
}

#[test]
fn readings_agree_with_numpy() {
    for case in golden::cases("extrapolate") {
        let plain = sinusoidal(Scaling::None);
        let (trained, asked) = match case.text("scheme") {
            "sinusoidal" => (plain, plain),
            "interpolated" => (plain, sinusoidal(Scaling::Interpolation { factor: 2.0 })),
            "binary" => (Scheme::Binary, Scheme::Binary),
            "index" => (Scheme::Index, Scheme::Index),
            "none" => (Scheme::None, Scheme::None),
            other => panic!("{other} is no scheme"),
        };
        let found = extrapolation(ExtrapolationSpec {
            trained,
            asked,
            d_model: case.number("d_model"),
            trained_len: case.number("trained_len"),
            asked_len: case.number("asked_len"),
            stride: 1,
        });
        let expected: Vec<f64> = case.numbers("positions");
        assert_eq!(found.len(), expected.len());
        for (position, (found, expected)) in found.iter().zip(expected).enumerate() {
            // The weights multiply the last bit of the table's f32.
            assert!(
                (f64::from(*found) - expected).abs() < 2e-3,
                "{trained:?}, {position}: {found}, {expected}"
            );
        }
    }
}

#[test]
fn sinusoids_are_defined_beyond_but_what_was_learned_is_not() {
    let plain = sinusoidal(Scaling::None);
    let found = extrapolation(spec(plain, plain));
    for (position, &read) in found.iter().enumerate() {
        let error = (read - position as f32).abs();
        if position < 64 {
            // The ridge costs that much.
            assert!(error < 0.1, "{position}: {read}");
        }
        if position > 80 {
            assert!(error > 10.0, "{position}: {read}");
        }
    }
}

#[test]
fn each_scheme_fails_in_its_own_way() {
    let at = |found: &[f32], position: usize| found[position];
    let same = |scheme| extrapolation(spec(scheme, scheme));
    // The index goes on, binary digits wrap, learned rows end, none says the mean.
    assert!((at(&same(Scheme::Index), 127) - 127.0).abs() < 0.01);
    assert!((at(&same(Scheme::Binary), 100) - 36.0).abs() < 0.01);
    let learned = same(Scheme::Learned {
        seed: 1,
        max_len: 64,
    });
    assert!((at(&learned, 63) - 63.0).abs() < 0.1 && at(&learned, 64).is_nan());
    assert!((at(&same(Scheme::None), 100) - 31.5).abs() < 1e-6);
    // pos/L with the longer L reads half of every position, and so does interpolation.
    let fraction = |length| Scheme::Fraction { length };
    let halved = extrapolation(spec(fraction(64), fraction(128)));
    assert!((at(&halved, 100) - 50.0).abs() < 0.01);
    let interpolated = extrapolation(spec(
        sinusoidal(Scaling::None),
        sinusoidal(Scaling::Interpolation { factor: 2.0 }),
    ));
    assert!((at(&interpolated, 100) - 50.0).abs() < 0.01);
}

#[test]
fn of_a_long_training_some_positions_are_fitted_and_all_are_found() {
    // Slow enough for positions to be read by a line.
    let slow = Scheme::Sinusoidal {
        base: 1e9,
        layout: Layout::Interleaved,
        scaling: Scaling::None,
    };
    for trained_len in [MOST_FITTED, MOST_FITTED + 1, 131_072] {
        let of_stride = |stride| ExtrapolationSpec {
            trained_len,
            asked_len: trained_len,
            stride,
            ..spec(slow, slow)
        };
        // In step with a power of two, and with nothing.
        for stride in [64, 77] {
            let found = extrapolation(of_stride(stride));
            assert_eq!(found.len(), trained_len.div_ceil(stride));
            let part = 0.02 * trained_len as f32;
            for (idx, read) in found.iter().enumerate() {
                let position = (idx * stride) as f32;
                assert!((read - position).abs() < part, "{position}: {read}");
            }
        }
    }
    // What is asked at a stride is what is asked there anyway.
    let plain = sinusoidal(Scaling::None);
    let every = extrapolation(spec(plain, plain));
    let third = extrapolation(ExtrapolationSpec {
        stride: 3,
        ..spec(plain, plain)
    });
    for (read, every) in third.iter().zip(every.iter().step_by(3)) {
        assert!((read - every).abs() < 1e-2, "{read}: {every}");
    }
}

#[test]
fn an_update_without_change_does_nothing() {
    let plain = sinusoidal(Scaling::None);
    let mut extrapolation = Extrapolation::default();
    assert!(extrapolation.update(spec(plain, plain)));
    assert!(!extrapolation.update(spec(plain, plain)));
    let before = extrapolation.positions().to_vec();
    // Asked further, the fit stays.
    let longer = ExtrapolationSpec {
        asked_len: 200,
        ..spec(plain, plain)
    };
    assert!(extrapolation.update(longer));
    assert_eq!(extrapolation.positions()[..128], before);
    assert_eq!(extrapolation.version(), 2);
    for (d_model, trained_len, asked_len) in [(0, 5, 5), (4, 0, 3), (4, 3, 0), (1, 1, 2), (2, 1, 2)]
    {
        extrapolation.update(ExtrapolationSpec {
            d_model,
            trained_len,
            asked_len,
            ..spec(plain, plain)
        });
        let read = extrapolation.positions();
        assert_eq!(read.len(), asked_len);
        assert!(read.iter().all(|read| read.is_nan() == (trained_len == 0)));
    }
}
