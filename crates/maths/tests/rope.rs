//! Rotations and scores against complex numbers in NumPy, and against what rotation means.

use maths::rope::{Pairing, Rope, RopeScores, RopeSpec, features_of, rotate};
use maths::scaling::{Scaling, YarnRamp, score_factor};
use proptest::prelude::*;

use crate::golden;

const PLAIN: Rope = Rope {
    base: 10_000.0,
    pairing: Pairing::Adjacent,
    scaling: Scaling::None,
};

fn scores(spec: RopeSpec, positions: &[u64]) -> RopeScores {
    let mut scores = RopeScores::default();
    assert!(scores.update(spec, positions));
    scores
}

#[test]
fn scores_agree_with_numpy() {
    for case in golden::cases("rope") {
        let factor = case.number("factor");
        let spec = RopeSpec {
            rope: Rope {
                base: 10_000.0,
                pairing: match case.text("pairing") {
                    "adjacent" => Pairing::Adjacent,
                    _ => Pairing::Halves,
                },
                scaling: Scaling::Interpolation { factor },
            },
            d_model: case.number("d_model"),
            seed: case.number("seed"),
            first_offset: case.number("first_offset"),
            n_offsets: case.number("n_offsets"),
        };
        let positions: Vec<u64> = case.numbers("positions");
        let scores = scores(spec, &positions);
        let ulps = |found: &[f32], expected: Vec<f32>| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() <= 2.0 * f32::EPSILON * expected.abs());
            }
        };
        ulps(scores.query(), case.numbers("query"));
        ulps(scores.key(), case.numbers("key"));
        let expected: Vec<f64> = case.numbers("scores");
        assert_eq!(scores.values().len(), expected.len());
        for (found, expected) in scores.values().iter().zip(expected) {
            assert!((f64::from(*found) - expected).abs() < 5e-7, "{spec:?}");
        }
        let mut rotated = vec![0.0; spec.d_model];
        let last = *positions.last().unwrap() as f64;
        rotate(scores.query(), last, spec.rope, &mut rotated);
        for (found, expected) in rotated.iter().zip(case.numbers::<f64>("rotated_query")) {
            // The query's own f32 may differ in its last bit.
            assert!((found - expected).abs() < 1e-6);
        }
    }
}

#[test]
fn only_the_offset_counts() {
    for d_model in [32, 128] {
        let spec = RopeSpec {
            rope: PLAIN,
            d_model,
            seed: 1,
            first_offset: -100,
            n_offsets: 201,
        };
        let scores = scores(spec, &[0, 17, 500, 65_000]);
        assert!(scores.spread() < 7e-12, "{}", scores.spread());
        assert_eq!(scores.values().dim(), (4, 201));
        for row in scores.values().rows() {
            let first = scores.values().row(0).to_owned();
            assert!(row.iter().zip(first).all(|(a, b)| (a - b).abs() < 1e-6));
        }
    }
}

#[test]
fn yarn_multiplies_the_scores() {
    let yarn = Scaling::Yarn {
        factor: 4.0,
        trained_len: 128.0,
        ramp: YarnRamp::Turns,
    };
    let spec = |scaling| RopeSpec {
        rope: Rope { scaling, ..PLAIN },
        d_model: 16,
        seed: 3,
        first_offset: 0,
        n_offsets: 1,
    };
    // At offset 0 the angles do not matter.
    let ratio = scores(spec(yarn), &[0]).values()[[0, 0]]
        / scores(spec(Scaling::None), &[0]).values()[[0, 0]];
    assert!((f64::from(ratio) / score_factor(yarn) - 1.0).abs() < 1e-6);
}

#[test]
fn an_update_without_change_does_nothing() {
    let spec = RopeSpec {
        rope: PLAIN,
        d_model: 6,
        seed: 1,
        first_offset: 0,
        n_offsets: 4,
    };
    let mut scores = RopeScores::default();
    assert_eq!(scores.values().dim(), (0, 0));
    assert!(scores.update(spec, &[1, 2]));
    assert!(!scores.update(spec, &[1, 2]));
    assert!(scores.update(spec, &[1, 3]));
    assert_eq!((scores.version(), scores.values().dim()), (2, (2, 4)));
    // Nothing to show is shown as nothing.
    assert!(scores.update(spec, &[]));
    assert_eq!((scores.values().dim(), scores.spread()), ((0, 4), 0.0));
    assert!(scores.update(RopeSpec { d_model: 0, ..spec }, &[1]));
    assert!(scores.values().iter().all(|score| score.is_nan()));
}

fn any_rope() -> impl Strategy<Value = Rope> {
    let pairing = prop::sample::select(vec![Pairing::Adjacent, Pairing::Halves]);
    (2.0..1e6_f64, pairing, 1.0..16.0_f64).prop_map(|(base, pairing, factor)| Rope {
        base,
        pairing,
        scaling: Scaling::Ntk { factor },
    })
}

fn length(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

proptest! {
    #[test]
    fn a_rotation_keeps_the_length_and_adds_up(
        rope in any_rope(), x in prop::collection::vec(-10.0..10.0_f32, 0..40), m in 0_u32..100_000, n in 0_u32..1000
    ) {
        let mut out = vec![0.0; x.len()];
        rotate(&x, 0.0, rope, &mut out);
        let wide: Vec<f64> = x.iter().map(|&x| x.into()).collect();
        prop_assert_eq!(&out, &wide);
        rotate(&x, m.into(), rope, &mut out);
        prop_assert!((length(&out) - length(&wide)).abs() <= 1e-12 * length(&wide));
        // First by m, then by n, is by m + n. Between the two the vector is rounded to f32.
        let between: Vec<f32> = out.iter().map(|&x| x as f32).collect();
        let mut twice = vec![0.0; x.len()];
        rotate(&between, n.into(), rope, &mut twice);
        rotate(&x, f64::from(m) + f64::from(n), rope, &mut out);
        for (twice, once) in twice.iter().zip(&out) {
            prop_assert!((twice - once).abs() < 2e-6);
        }
        // Another vector may be shorter than its place.
        let mut longer = vec![7.0; x.len() + 2];
        rotate(&x, 3.0, rope, &mut longer);
        prop_assert_eq!(&longer[x.len()..], &[7.0, 7.0]);
    }

    #[test]
    fn pairings_are_an_order_of_the_features(d_model in 0_usize..40) {
        for pairing in [Pairing::Adjacent, Pairing::Halves] {
            let mut features: Vec<_> = (0..d_model / 2).flat_map(|idx| features_of(idx, d_model, pairing)).collect();
            features.sort_unstable();
            prop_assert_eq!(features, (0..d_model / 2 * 2).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_score_is_a_sum_of_cosines(rope in any_rope(), d_model in 1_usize..40, seed in any::<u64>(), m in 0_u64..1000, offset in -50_i64..50) {
        let spec = RopeSpec { rope, d_model, seed, first_offset: offset, n_offsets: 1 };
        let scores = scores(spec, &[m]);
        // |q_i| |k_i| cos(offset · ω_i + the angle between them), from complex numbers q̄_i k_i.
        let mut expected = 0.0;
        for idx in 0..d_model / 2 {
            let [first, second] = features_of(idx, d_model, rope.pairing);
            let [q, k] = [scores.query(), scores.key()].map(|x| (f64::from(x[first]), f64::from(x[second])));
            let (re, im) = (q.0 * k.0 + q.1 * k.1, q.0 * k.1 - q.1 * k.0);
            let omega = maths::scaling::scaled_frequency(idx, d_model, rope.base, rope.scaling);
            let (sin, cos) = (offset as f64 * omega).sin_cos();
            expected += re * cos - im * sin;
        }
        if d_model % 2 == 1 {
            expected += f64::from(scores.query()[d_model - 1]) * f64::from(scores.key()[d_model - 1]);
        }
        expected /= (d_model as f64).sqrt();
        prop_assert!((f64::from(scores.values()[[0, 0]]) - expected).abs() < 2e-6 * expected.abs().max(1.0));
    }
}
