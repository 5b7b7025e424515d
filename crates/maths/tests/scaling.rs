//! Scaled frequencies against NumPy, and against what each method promises.

use maths::encode::{Layout, Sinusoidal, SinusoidalTable, frequency};
use maths::scaling::{Scaling, YarnRamp, ntk_base, scaled_frequency, score_factor, yarn_ramp};
use proptest::prelude::*;

use crate::golden;

fn scaling_of(method: &str, factor: f64, trained_len: f64) -> Scaling {
    match method {
        "none" => Scaling::None,
        "interpolation" => Scaling::Interpolation { factor },
        "ntk" => Scaling::Ntk { factor },
        "yarn" | "yarn_pair" => Scaling::Yarn {
            factor,
            trained_len,
            ramp: if method == "yarn" {
                YarnRamp::Turns
            } else {
                YarnRamp::Pair
            },
        },
        other => panic!("{other} is no scaling"),
    }
}

#[test]
fn frequencies_agree_with_numpy() {
    for case in golden::cases("scaling") {
        let (d_model, base) = (case.number("d_model"), case.number("base"));
        let scaling = scaling_of(
            case.text("method"),
            case.number("factor"),
            case.number("trained_len"),
        );
        for (idx, expected) in case.numbers::<f64>("frequencies").into_iter().enumerate() {
            let found = scaled_frequency(idx, d_model, base, scaling);
            assert!(
                (found / expected - 1.0).abs() < 1e-13,
                "{scaling:?}, pair {idx}: {found}"
            );
        }
        let expected: f64 = case.number("score_factor");
        assert!((score_factor(scaling) / expected - 1.0).abs() < 1e-15);
    }
}

#[test]
fn the_trials_values_come_out() {
    for (factor, base) in [
        (2.0, 20_221.3),
        (4.0, 40_889.9),
        (8.0, 82_684.6),
        (16.0, 167_198.7),
        (32.0, 338_096.9),
    ] {
        assert!((ntk_base(128, 10_000.0, factor) - base).abs() < 0.05);
    }
    let ratio = |idx, scaling| {
        scaled_frequency(idx, 128, 10_000.0, scaling) / frequency(idx, 128, 10_000.0)
    };
    for (factor, expected) in [(2.0, 0.7032), (4.0, 0.4945), (8.0, 0.3478)] {
        assert!((ratio(32, Scaling::Ntk { factor }) - expected).abs() < 5e-5);
    }
    let yarn = Scaling::Yarn {
        factor: 4.0,
        trained_len: 4096.0,
        ramp: YarnRamp::Turns,
    };
    for (idx, expected) in [
        (20, 1.0),
        (25, 0.658),
        (30, 0.436),
        (35, 0.328),
        (40, 0.276),
        (46, 0.25),
    ] {
        assert!((ratio(idx, yarn) - expected).abs() < 5e-4, "pair {idx}");
    }
    for (factor, expected) in [
        (2.0, 1.06931_f64),
        (4.0, 1.13863),
        (8.0, 1.20794),
        (16.0, 1.27726),
        (32.0, 1.34657),
    ] {
        let found = score_factor(Scaling::Yarn {
            factor,
            trained_len: 4096.0,
            ramp: YarnRamp::Pair,
        });
        assert!((found.sqrt() - expected).abs() < 5e-6);
    }
    // In the classroom no pair turns 32 times within the trained length, so none is kept as it was.
    assert!(yarn_ramp(0, 32, 10_000.0, 128.0, YarnRamp::Turns) < 1.0);
    // Only YaRN touches the scores, and not below a factor of 1.
    assert_eq!(score_factor(Scaling::Ntk { factor: 8.0 }), 1.0);
    assert_eq!(
        score_factor(Scaling::Yarn {
            factor: 0.5,
            trained_len: 128.0,
            ramp: YarnRamp::Turns,
        }),
        1.0
    );
}

#[test]
fn the_two_ramps_of_yarn_differ_as_paper_and_code_do() {
    let kept = |idx, ramp| yarn_ramp(idx, 64, 150_000.0, 4096.0, ramp);
    // gpt-oss: base 150000, 64 features, trained on 4096, 32 times longer.
    let ratio = |idx, ramp| {
        let scaling = Scaling::Yarn {
            factor: 32.0,
            trained_len: 4096.0,
            ramp,
        };
        scaled_frequency(idx, 64, 150_000.0, scaling) / frequency(idx, 64, 150_000.0)
    };
    assert!((ratio(12, YarnRamp::Turns) - 0.233).abs() < 5e-4);
    assert!((ratio(12, YarnRamp::Pair) - 0.593).abs() < 5e-4);
    // They agree on what is kept and on what is interpolated: 32 turns at pair 8.09, one at 17.40.
    for idx in (0..=8).chain(18..32) {
        let [turns, pair] = [YarnRamp::Turns, YarnRamp::Pair].map(|ramp| kept(idx, ramp));
        assert_eq!(turns, pair, "pair {idx}");
        assert_eq!(pair, if idx <= 8 { 1.0 } else { 0.0 });
    }
    // Where no pair turns once the code keeps all of them, and where all turn more often it interpolates them.
    assert_eq!(yarn_ramp(3, 64, 10_000.0, 6.0, YarnRamp::Pair), 1.0);
    assert_eq!(yarn_ramp(0, 2, 2.0, 131_072.0, YarnRamp::Pair), 0.0);
}

#[test]
fn without_pairs_that_depend_on_the_base_nothing_breaks() {
    for d_model in [1, 2] {
        let omega = scaled_frequency(0, d_model, 10_000.0, Scaling::Ntk { factor: 4.0 });
        assert_eq!(omega, 1.0);
    }
    // Bad factors are answered in numbers.
    let bad = Scaling::Interpolation { factor: 0.0 };
    assert_eq!(scaled_frequency(0, 8, 10_000.0, bad), f64::INFINITY);
    let bad = Scaling::Yarn {
        factor: f64::NAN,
        trained_len: f64::NAN,
        ramp: YarnRamp::Turns,
    };
    assert!(scaled_frequency(3, 8, 10_000.0, bad).is_nan());
}

fn any_scaling() -> impl Strategy<Value = Scaling> {
    (
        prop::sample::select(vec!["none", "interpolation", "ntk", "yarn", "yarn_pair"]),
        1.0..64.0_f64,
        1.0..1e5_f64,
    )
        .prop_map(|(method, factor, trained_len)| scaling_of(method, factor, trained_len))
}

proptest! {
    #[test]
    fn no_pair_turns_faster_than_trained_or_slower_than_interpolated(
        scaling in any_scaling(), n_pairs in 1_usize..100, base in 2.0..1e9_f64
    ) {
        let factor = match scaling {
            Scaling::None => 1.0,
            Scaling::Interpolation { factor } | Scaling::Ntk { factor } | Scaling::Yarn { factor, .. } => factor,
        };
        let mut before = f64::INFINITY;
        for idx in 0..n_pairs {
            let omega = frequency(idx, 2 * n_pairs, base);
            let scaled = scaled_frequency(idx, 2 * n_pairs, base, scaling);
            prop_assert!(scaled <= omega * (1.0 + 1e-12));
            prop_assert!(scaled >= omega / factor * (1.0 - 1e-12));
            prop_assert!(scaled <= before);
            before = scaled;
        }
        // NTK's ends: the fastest pair stays, the slowest is interpolated.
        if let Scaling::Ntk { factor } = scaling {
            prop_assert_eq!(scaled_frequency(0, 2 * n_pairs, base, scaling), 1.0);
            if n_pairs > 1 {
                let last = frequency(n_pairs - 1, 2 * n_pairs, base) / factor;
                prop_assert!((scaled_frequency(n_pairs - 1, 2 * n_pairs, base, scaling) / last - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_table_takes_scaled_frequencies(
        scaling in any_scaling(), d_model in 1_usize..40, start in 0_u64..1_000_000, layout in prop::sample::select(vec![Layout::Interleaved, Layout::Concatenated])
    ) {
        let spec = Sinusoidal { seq_len: 70, d_model, base: 10_000.0, start, layout };
        let mut table = SinusoidalTable::default();
        prop_assert!(table.update_scaled(spec, scaling));
        prop_assert!(!table.update_scaled(spec, scaling));
        for (row, values) in table.values().rows().into_iter().enumerate() {
            for (dim, &value) in values.iter().enumerate() {
                let pair = maths::encode::pair_of(dim, d_model, layout);
                let angle = (start + row as u64) as f64 * scaled_frequency(pair.idx, d_model, 10_000.0, scaling);
                let expected = match pair.wave {
                    maths::encode::Wave::Sin => angle.sin(),
                    maths::encode::Wave::Cos => angle.cos(),
                };
                prop_assert!((f64::from(value) - expected).abs() < 3e-7);
            }
        }
        // Back without scaling it is the plain table.
        let mut plain = SinusoidalTable::default();
        plain.update(spec);
        table.update(spec);
        prop_assert_eq!(table.values(), plain.values());
    }

    #[test]
    fn interpolation_is_a_slower_position(factor in 1_u64..20, k in 0_u64..50) {
        let spec = |start| Sinusoidal { seq_len: 1, d_model: 32, base: 10_000.0, start, layout: Layout::Interleaved };
        let mut slow = SinusoidalTable::default();
        slow.update_scaled(spec(k * factor), Scaling::Interpolation { factor: factor as f64 });
        let mut plain = SinusoidalTable::default();
        plain.update(spec(k));
        for (slow, plain) in slow.values().iter().zip(plain.values()) {
            prop_assert!((slow - plain).abs() < 6e-7);
        }
    }
}
