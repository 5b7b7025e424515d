//! LayerNorm against PyTorch, and against what is known of it.

use maths::normalize::{LayerNormTrace, layer_norm};
use ndarray::{Array2, ArrayView2};
use proptest::prelude::*;

use crate::golden;
use crate::matrices::{bits, matrix, wide};

fn norm(x: ArrayView2<'_, f32>, gamma: &[f32], beta: &[f32], eps: f64) -> LayerNormTrace {
    let mut trace = LayerNormTrace::default();
    layer_norm(x, gamma, beta, eps, &mut trace);
    assert_eq!(trace.normalized.dim(), x.dim());
    assert_eq!(trace.output.dim(), x.dim());
    for per_row in [&trace.mean, &trace.variance, &trace.rstd] {
        assert_eq!(per_row.len(), x.nrows());
    }
    trace
}

/// x̂ alone: γ = 1, β = 0.
fn normalized(x: ArrayView2<'_, f32>, eps: f64) -> Array2<f32> {
    let (ones, zeros) = (vec![1.0; x.ncols()], vec![0.0; x.ncols()]);
    let trace = norm(x, &ones, &zeros, eps);
    assert_eq!(bits(trace.output.view()), bits(trace.normalized.view()));
    trace.normalized
}

/// The largest |got − expected| / max(1, |expected|).
fn max_error<'a>(
    got: impl IntoIterator<Item = f64>,
    expected: impl IntoIterator<Item = &'a f64>,
) -> f64 {
    let errors = got
        .into_iter()
        .zip(expected)
        .map(|(got, expected)| (got - expected).abs() / expected.abs().max(1.0));
    errors.fold(0.0, f64::max)
}

#[test]
fn every_step_agrees_with_pytorch() {
    for case in golden::cases("normalize") {
        let name = case.text("name");
        let shape: Vec<usize> = case.numbers("shape");
        let x = matrix(shape[1], &case.numbers::<f32>("x"));
        let (gamma, beta): (Vec<f32>, Vec<f32>) = (case.numbers("gamma"), case.numbers("beta"));
        let trace = norm(x.view(), &gamma, &beta, case.number("eps"));

        let check = |what: &str, got: Vec<f64>, tolerance: f64| {
            let expected: Vec<f64> = case.numbers(what);
            assert_eq!(got.len(), expected.len(), "{name}: {what}");
            let error = max_error(got, &expected);
            assert!(error <= tolerance, "{name}: {what} is off by {error}");
        };
        check("mean", trace.mean.clone(), 1e-13);
        check("variance", trace.variance.clone(), 1e-13);
        check("normalized", wide(&trace.normalized), 1e-7);
        check("output", wide(&trace.output), 3e-7);
        // PyTorch itself loses digits in single precision where the mean is large for the spread.
        let single = match name {
            "large_mean" | "constant_rows" | "one_feature" => 2e-3,
            _ => 2e-6,
        };
        check("output_f32", wide(&trace.output), single);
    }
}

#[test]
fn a_large_mean_does_not_eat_up_the_variance() {
    let x = Array2::from_shape_fn((3, 41), |(row, feature)| {
        1e4 + ((row * 41 + feature) as f32 * 0.7).sin()
    });
    let centered = x.mapv(|x| x - 1e4);
    let (far, near) = (
        norm(x.view(), &[], &[], 0.0),
        norm(centered.view(), &[], &[], 0.0),
    );
    for row in 0..3 {
        assert!((far.variance[row] / near.variance[row] - 1.0).abs() < 1e-10);
    }
    let error = max_error(
        far.normalized.iter().map(|&x| f64::from(x)),
        &near.normalized.mapv(f64::from),
    );
    assert!(error < 1e-6, "{error}");
}

#[test]
fn the_trace_holds_what_the_formula_says() {
    // x̂ and σ = √1.25 of 1, 2, 3, 4 are those of the trials.
    let x = matrix(4, &[1.0, 2.0, 3.0, 4.0]);
    let trace = norm(
        x.view(),
        &[1.0, 2.0, -1.0, 0.0],
        &[0.0, 1.0, 0.5, -3.0],
        0.0,
    );
    assert_eq!(
        (trace.mean[0], trace.variance[0], trace.rstd[0]),
        (2.5, 1.25, 1.25_f64.sqrt().recip())
    );
    assert_eq!(trace.centered(x.view(), 0), [-1.5, -0.5, 0.5, 1.5]);
    assert_eq!(trace.centered(x.view(), 1), [0.0; 0]);
    assert_eq!(
        trace.normalized.as_slice().unwrap(),
        [-1.341_640_8, -0.447_213_6, 0.447_213_6, 1.341_640_8]
    );
    assert_eq!(
        trace.output.as_slice().unwrap(),
        [-1.341_640_8, 0.105_572_82, 0.052_786_41, -3.0]
    );
}

#[test]
fn a_constant_row_gives_exactly_beta() {
    let beta: Vec<f32> = (0..11).map(|feature| feature as f32 * 0.3 - 1.0).collect();
    for value in [0.0, 3.7, -1e30, 1e-30, 16_777_217.0] {
        for gamma in [-4.0, 0.0, 1.0] {
            let x = Array2::from_elem((3, 11), value);
            let trace = norm(x.view(), &[gamma; 11], &beta, 1e-5);
            for (row_idx, row) in trace.output.rows().into_iter().enumerate() {
                assert_eq!(row.as_slice().unwrap(), beta);
                assert!(!trace.is_zero_over_zero(row_idx));
            }
        }
    }
}

#[test]
fn a_constant_row_without_epsilon_is_zero_over_zero_and_says_so() {
    let x = matrix(
        4,
        &[1.0, 2.0, 3.0, 4.0, 0.1, 0.1, 0.1, 0.1, 4.0, 3.0, 2.0, 1.0],
    );
    let trace = norm(x.view(), &[1.0; 4], &[0.0; 4], 0.0);
    for (row_idx, is_constant) in [false, true, false].into_iter().enumerate() {
        assert_eq!(trace.is_zero_over_zero(row_idx), is_constant);
        assert!(
            trace
                .normalized
                .row(row_idx)
                .iter()
                .all(|x| x.is_nan() == is_constant)
        );
        assert!(
            trace
                .output
                .row(row_idx)
                .iter()
                .all(|y| y.is_nan() == is_constant)
        );
    }
    assert!(!trace.is_zero_over_zero(3), "there is no such row");
}

#[test]
fn one_feature_leaves_zero_and_two_leave_plus_and_minus_one() {
    let single = matrix(1, &[5.0, -1.0, 0.0]);
    assert_eq!(
        normalized(single.view(), 1e-5).as_slice().unwrap(),
        [0.0; 3]
    );
    let double = matrix(2, &[5.0, -1.0, 0.001, 0.002, -1e6, 1e6]);
    assert_eq!(
        normalized(double.view(), 0.0).as_slice().unwrap(),
        [1.0, -1.0, -1.0, 1.0, -1.0, 1.0]
    );
}

#[test]
fn a_value_that_is_not_finite_spoils_its_own_row_only() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let x = matrix(
            4,
            &[1.0, 2.0, 3.0, 4.0, 1.0, bad, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0],
        );
        let trace = norm(x.view(), &[1.0; 4], &[0.0; 4], 1e-5);
        assert!(trace.output.row(1).iter().all(|y| y.is_nan()));
        assert!(!trace.is_zero_over_zero(1));
        assert_eq!(trace.output.row(0), trace.output.row(2));
        assert!(trace.output.row(0).iter().all(|y| y.is_finite()));
    }
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let x = matrix(4, &[f32::MAX, f32::MIN, f32::MAX, f32::MIN]);
    assert_eq!(
        normalized(x.view(), 1e-5).as_slice().unwrap(),
        [1.0, -1.0, 1.0, -1.0]
    );
}

#[test]
fn rows_need_not_lie_side_by_side() {
    let x = Array2::from_shape_fn((5, 13), |(row, feature)| {
        ((row * 13 + feature) as f32 * 1.3).sin()
    });
    let transposed = x.t().as_standard_layout().into_owned();
    assert_eq!(
        bits(normalized(x.view(), 1e-5).view()),
        bits(normalized(transposed.t(), 1e-5).view())
    );
}

#[test]
fn features_beyond_gamma_and_beta_stay_as_they_are() {
    let x = matrix(3, &[1.0, 2.0, 6.0]);
    let trace = norm(x.view(), &[2.0], &[1.0, 5.0], 1e-5);
    let n = trace.normalized.as_slice().unwrap();
    assert_eq!(
        trace.output.as_slice().unwrap(),
        [2.0 * n[0] + 1.0, n[1] + 5.0, n[2]]
    );
}

#[test]
fn a_trace_is_used_again_for_every_shape() {
    let mut trace = LayerNormTrace::default();
    for (n_rows, n_features) in [(7, 19), (3, 5), (0, 4), (11, 23), (7, 19)] {
        let x = Array2::from_shape_fn((n_rows, n_features), |(row, feature)| {
            (row as f32 + 1.7 * feature as f32).cos()
        });
        layer_norm(x.view(), &[1.5; 23], &[0.5; 23], 1e-5, &mut trace);
        let fresh = norm(x.view(), &[1.5; 23], &[0.5; 23], 1e-5);
        assert_eq!(trace.output, fresh.output);
        assert_eq!(trace.normalized, fresh.normalized);
        assert_eq!(
            (&trace.mean, &trace.variance, &trace.rstd),
            (&fresh.mean, &fresh.variance, &fresh.rstd)
        );
    }
}

/// Rows that are not constant: (N, C) with C > N, never square.
fn any_matrix() -> impl Strategy<Value = Array2<f32>> {
    (1_usize..6, 1_usize..40).prop_flat_map(|(n_rows, more)| {
        let n_features = n_rows + more;
        prop::collection::vec(-100.0_f32..100.0, n_rows * n_features)
            .prop_map(move |values| matrix(n_features, &values))
            .prop_filter("no row is nearly constant", |x| {
                norm(x.view(), &[], &[], 0.0)
                    .variance
                    .iter()
                    .all(|&variance| variance > 1.0)
            })
    })
}

proptest! {
    #[test]
    fn normalized_rows_have_mean_zero_variance_one_and_norm_root_c(x in any_matrix()) {
        for row in normalized(x.view(), 0.0).rows() {
            let n = row.len() as f64;
            let mean = row.iter().map(|&x| f64::from(x)).sum::<f64>() / n;
            let squares = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>();
            prop_assert!(mean.abs() < 1e-6);
            prop_assert!((squares / n - 1.0).abs() < 1e-6);
            prop_assert!((squares.sqrt() - n.sqrt()).abs() < 1e-6 * n.sqrt());
        }
    }

    #[test]
    fn scale_and_shift_of_the_input_do_not_show(x in any_matrix(), exponent in -3_i32..7, c in -50_i8..50) {
        // A power of two is exact in f32, and so the comparison is sharp.
        let a = 2_f32.powi(exponent);
        let expected = normalized(x.view(), 0.0);
        prop_assert_eq!(bits(normalized(x.mapv(|x| a * x).view(), 0.0).view()), bits(expected.view()));
        prop_assert_eq!(normalized(x.mapv(|x| -a * x).view(), 0.0), expected.mapv(|x| -x));
        // x + c is rounded to f32: 150 has a spacing of 1.5e-5, against a spread of at least 1.
        let shifted = normalized(x.mapv(|x| x + f32::from(c)).view(), 0.0);
        for (shifted, expected) in shifted.iter().zip(&expected) {
            prop_assert!((shifted - expected).abs() < 5e-5);
        }
    }

    #[test]
    fn epsilon_shrinks_what_is_normalized(x in any_matrix(), eps in 0.0..1.0_f64) {
        let trace = norm(x.view(), &[], &[], eps);
        for (row_idx, row) in trace.normalized.rows().into_iter().enumerate() {
            let variance = trace.variance[row_idx];
            let squares = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum::<f64>() / row.len() as f64;
            prop_assert!((squares - variance / (variance + eps)).abs() < 1e-6);
        }
    }

    #[test]
    fn gamma_scales_and_beta_shifts(x in any_matrix(), gamma in -4.0..4.0_f32, beta in -4.0..4.0_f32) {
        let n_features = x.ncols();
        let trace = norm(x.view(), &vec![gamma; n_features], &vec![beta; n_features], 1e-5);
        prop_assert_eq!(&trace.output, &trace.normalized.mapv(|x| gamma * x + beta));
    }

    #[test]
    fn gamma_and_beta_belong_to_features(x in any_matrix(), feature in 0_usize..7, gamma in -4.0..4.0_f32, beta in -4.0..4.0_f32) {
        let n_features = x.ncols();
        let feature = feature % n_features;
        let (mut gammas, mut betas) = (vec![1.0; n_features], vec![0.0; n_features]);
        (gammas[feature], betas[feature]) = (gamma, beta);
        let trace = norm(x.view(), &gammas, &betas, 1e-5);
        for ((row, column), &y) in trace.output.indexed_iter() {
            let x = trace.normalized[[row, column]];
            prop_assert_eq!(y, if column == feature { gamma * x + beta } else { x });
        }
    }

    #[test]
    fn a_row_depends_on_no_other(x in any_matrix(), mate in -1e6..1e6_f32) {
        let together = normalized(x.view(), 1e-5);
        for row_idx in 0..x.nrows() {
            let mut others = Array2::from_elem(x.dim(), mate);
            others.row_mut(row_idx).assign(&x.row(row_idx));
            let among_others = normalized(others.view(), 1e-5);
            let alone = normalized(x.slice(ndarray::s![row_idx..=row_idx, ..]), 1e-5);
            let expected = bits(together.slice(ndarray::s![row_idx..=row_idx, ..]));
            prop_assert_eq!(bits(among_others.slice(ndarray::s![row_idx..=row_idx, ..])), expected.clone());
            prop_assert_eq!(bits(alone.view()), expected);
        }
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(x in any_matrix()) {
        let backwards = x.slice(ndarray::s![..;-1, ..]);
        let expected = normalized(x.view(), 1e-5);
        prop_assert_eq!(normalized(backwards, 1e-5), expected.slice(ndarray::s![..;-1, ..]));
    }
}
