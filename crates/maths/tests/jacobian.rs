//! The Jacobian of a norm on one token: against autograd and LAPACK, by small steps, and what is known
//! of its singular values.

use maths::normalize::{Direction, JacobianTrace, Norm, NormSpec, Padding, token_jacobian};
use ndarray::Array2;
use proptest::prelude::*;

use crate::golden;
use crate::matrices::matrix;
use crate::normed::{all_norms, backward, forward};

fn trace_of(x: &[f32], spec: &NormSpec<'_>) -> JacobianTrace {
    let mut trace = JacobianTrace::default();
    trace.update(x, spec);
    assert_eq!(trace.jacobian.dim(), (x.len(), x.len()));
    trace
}

fn max_error(got: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let errors = got.iter().zip(expected).map(|(got, expected)| {
        assert!(got.is_finite() && expected.is_finite());
        (got - expected).abs()
    });
    errors.fold(0.0, f64::max)
}

/// Singular values by one-sided Jacobi rotations: pairs of columns are turned until all are at right
/// angles; their lengths are the values.
fn slow_singular_values(trace: &JacobianTrace) -> Vec<f64> {
    let n = trace.normalized.len();
    let mut columns: Vec<Vec<f64>> = (0..n)
        .map(|j| (0..n).map(|i| trace.entry(i, j)).collect())
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    for _ in 0..60 {
        let mut largest_cosine = 0.0_f64;
        for p in 0..n {
            for q in p + 1..n {
                let [pp, pq, qq] = [
                    dot(&columns[p], &columns[p]),
                    dot(&columns[p], &columns[q]),
                    dot(&columns[q], &columns[q]),
                ];
                if pq.abs() < 1e-300 {
                    continue;
                }
                largest_cosine = largest_cosine.max(pq.abs() / (pp * qq).sqrt());
                let zeta = (qq - pp) / (2.0 * pq);
                let t = zeta.signum() / (zeta.abs() + (1.0 + zeta * zeta).sqrt());
                let (cos, sin) = ((1.0 + t * t).sqrt().recip(), t / (1.0 + t * t).sqrt());
                let (before, after) = columns.split_at_mut(q);
                for (a, b) in before[p].iter_mut().zip(&mut after[0]) {
                    (*a, *b) = (cos * *a - sin * *b, sin * *a + cos * *b);
                }
            }
        }
        if largest_cosine < 1e-14 {
            break;
        }
    }
    let mut values: Vec<f64> = columns
        .iter()
        .map(|column| dot(column, column).sqrt())
        .collect();
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

#[test]
fn jacobians_and_singular_values_agree_with_pytorch() {
    for case in golden::cases("jacobian") {
        let (x, gamma): (Vec<f32>, Vec<f32>) = (case.numbers("x"), case.numbers("gamma"));
        let spec = NormSpec {
            norm: match case.text("norm") {
                "rms" => Norm::Rms,
                _ => Norm::Layer,
            },
            eps: case.number("eps"),
            gamma: &gamma,
            unbiased: case.number::<u8>("unbiased") == 1,
            eps_outside: case.number::<u8>("eps_outside") == 1,
            ..NormSpec::default()
        };
        let mut trace = trace_of(&x, &spec);
        let n = x.len();
        let entries: Vec<f64> = (0..n * n)
            .map(|idx| trace.entry(idx / n, idx % n))
            .collect();
        let shown: Vec<f64> = trace.jacobian.iter().map(|&entry| entry.into()).collect();
        let expected: Vec<f64> = case.numbers("jacobian");
        assert!(max_error(&entries, &expected) < 1e-9, "{x:?}");
        assert!(max_error(&shown, &expected) < 1e-6);
        let values: Vec<f64> = case.numbers("singular_values");
        let largest = values[0].max(1e-300);
        let error = max_error(trace.singular_values(), &values) / largest;
        assert!(error < 1e-12, "{x:?} {gamma:?}: {error:e}");
    }
}

#[test]
fn one_two_three_four() {
    // E5's fixture: x̂, σ and the gradient of the first output.
    let spec = NormSpec {
        eps: 0.0,
        ..NormSpec::default()
    };
    let mut trace = trace_of(&[1.0, 2.0, 3.0, 4.0], &spec);
    let normalized = [-1.341_640_79, -0.447_213_6, 0.447_213_6, 1.341_640_79];
    assert!(max_error(&trace.normalized, &normalized) < 1e-8);
    assert!((trace.rstd.recip() - 1.118_033_99).abs() < 1e-8);
    let row: Vec<f64> = (0..4).map(|j| trace.entry(0, j)).collect();
    let expected = [0.268_328_16, -0.357_770_88, -0.089_442_72, 0.178_885_44];
    assert!(max_error(&row, &expected) < 1e-8);
    let rstd = trace.rstd;
    assert!(max_error(trace.singular_values(), &[rstd, rstd, 0.0, 0.0]) < 1e-15);
}

/// A token with different features, a scale for each, and ε.
fn any_token() -> impl Strategy<Value = (Vec<f32>, Vec<f32>, f64)> {
    (2_usize..24).prop_flat_map(|n| {
        (
            prop::collection::vec(-3.0_f32..3.0, n),
            prop::collection::vec(-2.0_f32..2.0, n),
            prop_oneof![Just(0.0), 1e-7..1e-4, 0.01..1.0],
        )
            .prop_filter("not nearly constant", |(x, _, _)| {
                trace_of(x, &NormSpec::default()).rstd < 3.0
            })
    })
}

fn norms() -> impl Strategy<Value = Norm> {
    prop_oneof![Just(Norm::Layer), Just(Norm::Rms)]
}

proptest! {
    #[test]
    fn singular_values_are_those_of_rotations((x, gamma, eps) in any_token(), norm in norms(), unbiased: bool, eps_outside: bool) {
        let spec = NormSpec { norm, gamma: &gamma, eps, unbiased, eps_outside, ..NormSpec::default() };
        let mut trace = trace_of(&x, &spec);
        let expected = slow_singular_values(&trace);
        let error = max_error(trace.singular_values(), &expected);
        prop_assert!(error < 1e-12 * expected[0].max(trace.rstd), "{error:e}");
    }

    #[test]
    fn without_gamma_all_but_the_null_directions_have_one_over_sigma((x, _, eps) in any_token(), norm in norms()) {
        let spec = NormSpec { norm, eps, ..NormSpec::default() };
        let mut trace = trace_of(&x, &spec);
        let (n, rstd, along) = (x.len(), trace.rstd, trace.along_normalized);
        let mut expected = vec![rstd; n];
        expected[n - 1] = along * rstd;
        if norm == Norm::Layer {
            (expected[n - 2], expected[n - 1]) = (along * rstd, 0.0);
        }
        // Even the small one, ε/σ³, is exact.
        for (value, expected) in trace.singular_values().iter().zip(expected) {
            prop_assert!((value - expected).abs() <= 1e-13 * rstd);
            prop_assert!(expected < 1e-9 * rstd || (value / expected - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn the_jacobian_turns_a_gradient_back((x, gamma, eps) in any_token(), norm in norms(), unbiased: bool, eps_outside: bool) {
        let spec = NormSpec { norm, gamma: &gamma, eps, unbiased, eps_outside, ..NormSpec::default() };
        let jacobian = trace_of(&x, &spec);
        let n = x.len();
        let dy: Vec<f32> = (0..n).map(|idx| (idx as f32 * 1.3).cos()).collect();
        let as_row = matrix(n, &x);
        let trace = forward(&as_row, 1, &spec);
        let gradients = backward(&as_row, &spec, &trace, &matrix(n, &dy));
        for (j, &dx) in gradients.dx.iter().enumerate() {
            let by_jacobian: f64 = dy.iter().enumerate().map(|(i, &dy)| f64::from(dy) * jacobian.entry(i, j)).sum();
            prop_assert!((by_jacobian - f64::from(dx)).abs() < 1e-5 * jacobian.rstd.max(1.0));
        }
    }

    #[test]
    fn small_steps_agree((x, gamma, eps) in any_token(), norm in norms(), unbiased: bool, eps_outside: bool) {
        let spec = NormSpec { norm, gamma: &gamma, eps, unbiased, eps_outside, ..NormSpec::default() };
        let mut trace = trace_of(&x, &spec);
        let check = trace.finite_differences();
        prop_assert!(check.max_error < 1e-8 * trace.rstd.max(1.0), "{check:?}");
        prop_assert!(check.step > 0.0 && check.largest <= 2.0 * trace.rstd);
    }

    #[test]
    fn pushes_do_what_the_jacobian_says((x, gamma, eps) in any_token(), norm in norms()) {
        let spec = NormSpec { norm, gamma: &gamma, eps, ..NormSpec::default() };
        let mut trace = trace_of(&x, &spec);
        let along: Vec<f64> = (0..x.len()).map(|idx| (idx as f64 * 0.7).sin()).collect();
        for direction in [Direction::Ones, Direction::Normalized, Direction::Given(&along)] {
            let push = trace.push(direction, 1e-6);
            prop_assert!(max_error(&push.change, &push.predicted) < 1e-9);
            prop_assert!(push.change.iter().all(|change| change.abs() <= push.largest));
        }
        // The null directions, to steps of any size.
        if norm == Norm::Layer {
            prop_assert!(trace.push(Direction::Ones, 100.0).largest < 1e-12);
        }
        if eps == 0.0 {
            prop_assert!(trace.push(Direction::Normalized, 3.0).largest < 1e-13);
            // Turned inside out.
            if gamma.iter().any(|gamma| gamma.abs() > 0.5) {
                prop_assert!(trace.push(Direction::Normalized, -3.0 / trace.rstd).largest > 0.01);
            }
        }
    }
}

#[test]
fn differences_are_as_exact_as_in_the_trial() {
    // E5: at most 5.7e-11 for d up to 512.
    for n in [4, 8, 32, 128, 512] {
        let x: Vec<f32> = (0..n).map(|idx| 1.4 * (idx as f32 * 1.7).sin()).collect();
        let mut trace = trace_of(&x, &NormSpec::default());
        let check = trace.finite_differences();
        assert!(check.max_error < 2e-10, "{n}: {check:?}");
    }
}

#[test]
fn a_thousand_features_are_no_limit() {
    let n = 300;
    let x: Vec<f32> = (0..n).map(|idx| (idx as f32 * 1.7).sin()).collect();
    let gamma: Vec<f32> = (0..n).map(|idx| (idx as f32 * 0.37).cos()).collect();
    let spec = NormSpec {
        gamma: &gamma,
        ..NormSpec::default()
    };
    let mut trace = trace_of(&x, &spec);
    let squares: f64 = (0..n * n)
        .map(|idx| trace.entry(idx / n, idx % n).powi(2))
        .sum();
    let values = trace.singular_values().to_vec();
    let by_values: f64 = values.iter().map(|value| value * value).sum();
    assert!((by_values / squares - 1.0).abs() < 1e-12);
    assert!(values.is_sorted_by(|a, b| a >= b));
    // As many as features, one of them 0 and one of ε.
    assert_eq!(values.len(), n);
    assert!(values[n - 1] == 0.0 && values[n - 2] > 0.0 && values[n - 2] < 1e-4 * values[0]);
}

#[test]
fn tokens_without_a_jacobian_say_so_and_the_smallest_have_one() {
    let without_eps = NormSpec {
        eps: 0.0,
        ..NormSpec::default()
    };
    for bad in [
        &[2.0, 2.0, 2.0][..],
        &[1.0, f32::NAN],
        &[1.0, f32::INFINITY],
    ] {
        let mut trace = trace_of(bad, &without_eps);
        assert!(trace.jacobian.iter().all(|entry| entry.is_nan()));
        assert!(trace.singular_values().iter().all(|value| value.is_nan()));
        assert_eq!(trace.singular_values().len(), bad.len());
        assert!(trace.finite_differences().max_error.is_nan());
        assert!(
            trace
                .push(Direction::Ones, 1.0)
                .change
                .iter()
                .all(|change| change.is_nan())
        );
    }
    let mut trace = JacobianTrace::default();
    trace.update(&[], &without_eps);
    assert_eq!(trace.singular_values(), [0.0; 0]);
    assert_eq!(
        trace.finite_differences().largest.to_bits(),
        f64::NAN.to_bits()
    );
    assert!(trace.entry(0, 0).is_nan());
    // One feature leaves nothing to LayerNorm, and ε's share to RMSNorm.
    trace.update(&[3.0], &NormSpec::default());
    assert_eq!(
        (trace.entry(0, 0), trace.singular_values()),
        (0.0, &[0.0][..])
    );
    // γ = 0 lets nothing through.
    trace.update(
        &[1.0, 5.0],
        &NormSpec {
            gamma: &[0.0, 0.0],
            ..NormSpec::default()
        },
    );
    assert_eq!(trace.singular_values(), [0.0, 0.0]);
}

/// A row of the Jacobian within a token is dx of that token for a dy of one output of it.
#[test]
fn jacobians_within_a_token_agree_with_the_gradients_of_every_norm() {
    let (n_rows, seq_len, n_features) = (6, 3, 4);
    let x = Array2::from_shape_fn((n_rows, n_features), |(r, c)| {
        ((r * 7 + c * 5) % 11) as f32 * 0.4 - 1.5
    });
    let gamma = [1.5, -0.5, 2.0, 0.0];
    let real_lens = [2, 3];
    for norm in all_norms(2, 0.7) {
        for (unbiased, eps_outside, counted) in [
            (false, false, false),
            (true, false, false),
            (false, true, true),
        ] {
            let spec = NormSpec {
                norm,
                gamma: &gamma,
                eps: 1e-3,
                unbiased,
                eps_outside,
                padding: Padding {
                    real_lens: &real_lens,
                    counted,
                },
                ..NormSpec::default()
            };
            let trace = forward(&x, seq_len, &spec);
            for row_idx in [0, 2, 4, 6] {
                let mut jacobian = Array2::zeros((1, 1));
                token_jacobian(x.view(), &spec, &trace, row_idx, &mut jacobian);
                assert_eq!(jacobian.dim(), (n_features, n_features));
                // Row 2 is padding, row 6 is not there.
                if row_idx == 6 || row_idx == 2 && !counted {
                    assert!(jacobian.iter().all(|&entry| entry == 0.0));
                    continue;
                }
                for i in 0..n_features {
                    let mut dy = Array2::zeros((n_rows, n_features));
                    dy[(row_idx, i)] = 1.0;
                    let gradients = backward(&x, &spec, &trace, &dy);
                    for j in 0..n_features {
                        let (got, expected) = (jacobian[(i, j)], gradients.dx[(row_idx, j)]);
                        assert!(
                            (got - expected).abs() <= 2e-6 * expected.abs().max(1.0),
                            "{norm:?} {i} {j}: {got} {expected}"
                        );
                    }
                }
            }
        }
    }
}
