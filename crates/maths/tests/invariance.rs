//! What norms do not see, what ε breaks of it, and what real bugs look like.

use maths::normalize::{
    Difference, InvarianceTrace, Mistake, MistakeTrace, Norm, NormSpec, NormTrace, Padding,
    TooFewValues, Undo, largest_difference, normalize,
};
use ndarray::{Array2, s};
use proptest::prelude::*;

use crate::matrices::matrix;
use crate::normed::{BATCH, BATCH_EVAL, forward, spec, untrained};

const WITHOUT_EPS: f64 = 0.0;

/// Rows whose values have mean 0 and this variance, each at another angle.
fn waves(n_rows: usize, n_features: usize, variance: f64) -> Array2<f32> {
    let raw = Array2::from_shape_fn((n_rows, n_features), |(row, feature)| {
        ((row * 31 + feature * feature * 7) as f64 * 0.37).sin()
    });
    let mean = raw.mean().unwrap();
    let std = raw.std(0.0);
    raw.mapv(|x| ((x - mean) / std * variance.sqrt()) as f32)
}

fn moved(x: &Array2<f32>, seq_len: usize, norm: Norm, eps: f64, a: f64, c: f64) -> f64 {
    let spec = spec(norm, eps);
    let original = forward(x, seq_len, &spec);
    let mut trace = InvarianceTrace::default();
    trace
        .scale_and_shift(x.view(), seq_len, &spec, &original, [a, c])
        .unwrap()
}

#[test]
fn each_norm_has_its_own_blind_spots() {
    let x = waves(6, 32, 1.0);
    // Scale by 3, shift by 2, and a different shift for each feature, each token.
    for (norm, sees_scale, sees_shift) in [
        (Norm::Layer, false, false),
        (Norm::Rms, false, true),
        (BATCH, false, false),
        (BATCH_EVAL, true, true),
        (Norm::Instance, false, false),
        (Norm::Group { n_groups: 4 }, false, false),
        (Norm::DyT { alpha: 0.5 }, true, true),
        (Norm::None, true, true),
    ] {
        let difference = |a, c| moved(&x, 3, norm, WITHOUT_EPS, a, c);
        assert_eq!(difference(3.0, 0.0) > 1e-5, sees_scale, "{norm:?}");
        assert_eq!(difference(1.0, 2.0) > 1e-5, sees_shift, "{norm:?}");
    }
}

#[test]
fn epsilon_breaks_the_invariance_of_tiny_inputs() {
    // E5: rows of variance 0.833 whose largest |x̂| is 2.6.
    let mut x = waves(1, 64, 1.0);
    x[[0, 5]] = 2.7;
    let mean = x.mean().unwrap();
    let std = f64::from(x.std(0.0));
    x.mapv_inplace(|x| ((f64::from(x - mean)) / std * 0.833_f64.sqrt()) as f32);
    let largest = x.iter().fold(0.0_f32, |max, x| max.max(x.abs())) / 0.833_f32.sqrt();
    assert!((2.5..2.7).contains(&largest));

    let layer = |eps, a| moved(&x, 1, Norm::Layer, eps, a, 0.0);
    assert!(layer(0.0, 3.0) < 4e-7);
    assert!((layer(1e-5, 3.0) / 1.4e-5 - 1.0).abs() < 0.1);
    assert!((layer(1e-5, 0.01) / 0.14 - 1.0).abs() < 0.05);
    assert!((layer(1e-5, 0.001) / 1.9 - 1.0).abs() < 0.05);
    // A negative scale turns the sign.
    assert!((layer(0.0, -1.0) - 2.0 * f64::from(largest)).abs() < 1e-5);

    // The gradient is as much larger as the input is smaller, until ε takes over.
    let dy = Array2::from_shape_fn(x.dim(), |(_, feature)| (feature as f32 * 1.3).cos());
    let (mut trace, mut original) = (InvarianceTrace::default(), NormTrace::default());
    for (a, expected, tolerance) in [
        (100.0, 1.0, 1e-4),
        (0.5, 1.0, 1e-4),
        (0.1, 0.9994, 1e-4),
        (0.01, 0.945, 2e-3),
        (0.001, 0.277, 2e-3),
    ] {
        let spec = spec(Norm::Layer, 1e-5);
        normalize(x.view(), 1, &spec, &mut original).unwrap();
        trace
            .scale_and_shift(x.view(), 1, &spec, &original, [a, 0.0])
            .unwrap();
        let [before, after] = trace.gradient_sizes(x.view(), &spec, &original, dy.view());
        assert!(
            (a * after / before - expected).abs() < tolerance,
            "{a}: {}",
            a * after / before
        );
    }
}

#[test]
fn layer_norm_twice_is_layer_norm_but_not_with_gamma() {
    let x = waves(6, 32, 4.0);
    let (mut trace, mut once) = (InvarianceTrace::default(), NormTrace::default());
    let mut twice = |spec: &NormSpec<'_>| {
        normalize(x.view(), 3, spec, &mut once).unwrap();
        trace.twice(3, spec, &once).unwrap()
    };
    let plain = spec(Norm::Layer, 1e-5);
    assert!(twice(&plain) < 2e-5);
    assert!(twice(&spec(Norm::Layer, 0.0)) < 1e-6);
    let gamma: Vec<f32> = (0..32).map(|feature| 1.0 + feature as f32 / 10.0).collect();
    let with_gamma = NormSpec {
        gamma: &gamma,
        ..plain
    };
    assert!(twice(&with_gamma) > 0.1);
    // One that scales all features alike is taken out again, and applied again.
    let scalar = NormSpec {
        gamma: &[3.0; 32],
        ..plain
    };
    assert!(twice(&scalar) < 1e-4);
}

#[test]
fn gamma_and_beta_restore_one_token_of_layer_norm_and_all_of_batch_norm() {
    let x = waves(6, 32, 4.0);
    let (mut trace, mut undo) = (NormTrace::default(), Undo::default());
    for (norm, n_restored) in [
        (Norm::Layer, 1),
        (Norm::Rms, 1),
        (BATCH, 6),
        // The tokens of the same sample.
        (Norm::Instance, 3),
        (Norm::Group { n_groups: 4 }, 3),
        (Norm::None, 6),
    ] {
        normalize(x.view(), 3, &spec(norm, 1e-5), &mut trace).unwrap();
        undo.update(&trace, 1);
        let residuals: Vec<f64> = (0..6)
            .map(|row| undo.residual(x.view(), &trace, row))
            .collect();
        assert!(residuals[1] < 1e-6, "{norm:?}");
        let restored = residuals.iter().filter(|&&residual| residual < 1e-6);
        assert_eq!(restored.count(), n_restored, "{norm:?}: {residuals:?}");
    }
    normalize(x.view(), 3, &spec(Norm::Layer, 1e-5), &mut trace).unwrap();
    undo.update(&trace, 6);
    assert!(undo.gamma.iter().all(|gamma| gamma.is_nan()));
    assert!(undo.residual(x.view(), &trace, 6).is_nan());
}

#[test]
fn a_mistake_shows_where_it_is_made() {
    let x = waves(6, 32, 4.0);
    let running = untrained(32);
    let (gamma, beta): (Vec<f32>, Vec<f32>) = (0..32)
        .map(|feature| (feature as f32 / 16.0, feature as f32 - 3.0))
        .unzip();
    let given = NormSpec {
        gamma: &gamma,
        beta: &beta,
        padding: Padding {
            real_lens: &[2, 3],
            counted: false,
        },
        running: Some(&running),
        ..NormSpec::default()
    };
    let mut trace = MistakeTrace::default();
    for norm in [
        Norm::Layer,
        Norm::Rms,
        BATCH,
        BATCH_EVAL,
        Norm::Instance,
        Norm::Group { n_groups: 4 },
        Norm::DyT { alpha: 0.5 },
        Norm::None,
    ] {
        for mistake in Mistake::ALL {
            let difference = trace
                .update(mistake, x.view(), 3, NormSpec { norm, ..given })
                .unwrap();
            assert!(difference > 1e-6, "{mistake:?} {norm:?}");
            assert_eq!(
                difference,
                largest_difference(trace.right.output.view(), trace.wrong.output.view())
            );
            let right = mistake.right(NormSpec { norm, ..given });
            let mut expected = NormTrace::default();
            normalize(x.view(), 3, &right, &mut expected).unwrap();
            assert_eq!(trace.right.output, expected.output);
            // What is given as a mistake already is put right.
            let both = NormSpec {
                norm,
                unbiased: mistake == Mistake::Unbiased,
                eps_outside: mistake == Mistake::EpsOutside,
                ..given
            };
            assert_eq!(mistake.right(both), right);
        }
    }
}

#[test]
fn each_mistake_is_the_one_it_says() {
    let x = waves(6, 8, 4.0);
    let mut trace = MistakeTrace::default();
    let plain = spec(Norm::Layer, 0.0);
    // Over (T, C): the tokens of a sample keep their means.
    trace
        .update(Mistake::OverTokens, x.view(), 3, plain)
        .unwrap();
    let sample = trace.wrong.output.slice(s![..3, ..]);
    assert!(sample.mean().unwrap().abs() < 1e-6 && (sample.std(0.0) - 1.0).abs() < 1e-6);
    // Over (B, T): every feature has mean 0.
    trace
        .update(Mistake::OverBatch, x.view(), 3, plain)
        .unwrap();
    assert!(trace.wrong.output.column(5).mean().unwrap().abs() < 1e-6);
    // n − 1: smaller by √(7/8) everywhere.
    trace.update(Mistake::Unbiased, x.view(), 3, plain).unwrap();
    for (wrong, right) in trace.wrong.output.iter().zip(&trace.right.output) {
        assert!((wrong / right - 0.875_f32.sqrt()).abs() < 1e-6);
    }
    // ε outside: σ/(σ + ε) of what it was without ε.
    trace
        .update(Mistake::EpsOutside, x.view(), 3, spec(Norm::Layer, 0.5))
        .unwrap();
    for row in 0..6 {
        let std = trace.right.variance[row].sqrt();
        assert!((trace.wrong.rstd[row] - 1.0 / (std + 0.5)).abs() < 1e-12);
        assert!((trace.right.rstd[row] - 1.0 / (std * std + 0.5).sqrt()).abs() < 1e-12);
    }
    // Scalars: the means of γ and β, of features without one too.
    let given = NormSpec {
        gamma: &[3.0, 5.0],
        beta: &[8.0],
        ..plain
    };
    trace
        .update(Mistake::ScalarAffine, x.view(), 3, given)
        .unwrap();
    for (y, x) in trace.wrong.output.iter().zip(&trace.wrong.normalized) {
        assert_eq!(*y, 1.75 * x + 1.0);
    }
    // Batch statistics: one value per feature cannot be normalized by itself.
    let one = x.slice(s![..1, ..]);
    assert_eq!(
        trace.update(Mistake::BatchStatistics, one, 1, plain),
        Err(TooFewValues { n_values: 1 })
    );
    assert!(
        trace.right.output.iter().all(|y| y.is_finite())
            && trace.wrong.output.iter().all(|y| y.is_nan())
    );
}

#[test]
fn outputs_of_which_one_is_no_number_do_not_agree() {
    // Token 1 alone is 0/0, with its sample it is not.
    let mut x = waves(4, 8, 4.0);
    x.row_mut(1).fill(2.0);
    let mut trace = MistakeTrace::default();
    let plain = spec(Norm::Layer, 0.0);
    let difference = trace.update(Mistake::OverTokens, x.view(), 4, plain);
    assert!(difference.unwrap().is_nan());
    // Both have none: that is no difference.
    let difference = trace.update(Mistake::EpsOutside, x.view(), 4, plain);
    assert!(difference.unwrap() < 1e-6);
}

proptest! {
    #[test]
    fn scale_and_shift_do_not_show_without_epsilon(a in 0.01..100.0_f64, c in -5.0..5.0_f64) {
        let x = waves(4, 16, 1.0);
        // c is rounded to f32 beside values of the size a.
        let tolerance = 1e-6 * (1.0 + c.abs() / a);
        prop_assert!(moved(&x, 2, Norm::Layer, WITHOUT_EPS, a, c) < tolerance);
        prop_assert!(moved(&x, 2, Norm::Rms, WITHOUT_EPS, a, 0.0) < 1e-6);
    }
}

/// Every difference by definition.
fn difference_slowly(one: &[f32], other: &[f32]) -> (f32, usize) {
    let pairs = || one.iter().zip(other);
    let differs = |(a, b): &(&f32, &f32)| !(a == b || a.is_nan() && b.is_nan());
    let largest = pairs().filter(differs).fold(0.0_f32, |largest, (a, b)| {
        let distance = (b - a).abs();
        if largest.is_nan() || distance < largest {
            largest
        } else {
            distance
        }
    });
    (largest, pairs().filter(differs).count())
}

proptest! {
    #[test]
    fn differences_are_those_of_every_pair(
        pairs in prop::collection::vec((any_value(), any_value(), any::<bool>()), 0..40),
        n_before in 0_usize..3,
    ) {
        // As long as several parts that are compared together.
        let zeros = n_before * 40_000;
        let mut one = vec![0.0_f32; zeros];
        let mut other = one.clone();
        one.extend(pairs.iter().map(|&(a, ..)| a));
        other.extend(pairs.iter().map(|&(a, b, is_same)| if is_same { a } else { b }));
        let got = Difference::between(&one, &other);
        let (largest, n_different) = difference_slowly(&one, &other);
        prop_assert_eq!(got.n_different, n_different);
        prop_assert!(got.largest == largest || got.largest.is_nan() && largest.is_nan(), "{:?} {}", got, largest);
        // For matrices, what is no number is passed over.
        let matrix = |values: &[f32]| matrix(values.len(), values);
        let finite: Vec<_> = one.iter().zip(&other).filter(|(a, b)| !(*b - *a).is_nan()).collect();
        let expected = finite.iter().fold(0.0_f32, |largest, (a, b)| largest.max((*b - *a).abs()));
        prop_assert_eq!(largest_difference(matrix(&one).view(), matrix(&other).view()), f64::from(expected));
    }
}

/// Numbers of any size, and now and then none.
fn any_value() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -3.0_f32..3.0,
        1 => prop::num::f32::ANY,
        1 => prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY)],
    ]
}

/// Looking at one sample where that is enough is looking at all.
#[test]
fn what_other_tokens_move_is_found_for_every_mistake() {
    let x = waves(12, 6, 2.0);
    let running = untrained(6);
    for (norm, real_lens) in [
        (Norm::Layer, &[][..]),
        (BATCH_EVAL, &[4, 2, 3]),
        (Norm::Instance, &[]),
    ] {
        let given = NormSpec {
            running: Some(&running),
            padding: Padding {
                real_lens,
                counted: true,
            },
            ..spec(norm, 1e-3)
        };
        for mistake in Mistake::ALL {
            let mut trace = MistakeTrace::default();
            trace.update(mistake, x.view(), 4, given).unwrap();
            for row_idx in [0, 5, 8] {
                let got = trace.moved_by_others(mistake, x.view(), 4, given, (row_idx, 1.5));
                let mut others = 1.5 * &x;
                others.row_mut(row_idx).assign(&x.row(row_idx));
                let mut moved = MistakeTrace::default();
                moved.update(mistake, others.view(), 4, given).unwrap();
                for (idx, (before, after)) in
                    [(&trace.right, &moved.right), (&trace.wrong, &moved.wrong)]
                        .into_iter()
                        .enumerate()
                {
                    let rows =
                        [before, after].map(|trace| trace.output.slice(s![row_idx..=row_idx, ..]));
                    let expected = largest_difference(rows[0], rows[1]);
                    assert!(
                        (got[idx] - expected).abs() < 1e-6,
                        "{norm:?} {mistake:?} {row_idx}: {got:?} {expected}"
                    );
                }
            }
            assert!(
                trace
                    .moved_by_others(mistake, x.view(), 4, given, (12, 1.5))
                    .iter()
                    .all(|it| it.is_nan())
            );
            assert_eq!(trace.difference, &trace.wrong.output - &trace.right.output);
        }
    }
}
