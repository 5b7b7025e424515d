//! Ridge regression against NumPy, and against what least squares means.

use maths::regression::{RIDGE, Ridge, r_squared};
use ndarray::{Array1, Array2};
use proptest::prelude::*;

use crate::golden;

fn predict(ridge: &mut Ridge, x: &[f32], n_targets: usize) -> Vec<f64> {
    let mut out = vec![0.0; n_targets];
    ridge.predict_into(x, &mut out);
    out
}

#[test]
fn weights_and_predictions_agree_with_numpy() {
    let mut ridge = Ridge::default();
    for case in golden::cases("regression") {
        let shape: Vec<usize> = case.numbers("shape");
        let [n_rows, n_features, n_targets] = shape[..] else {
            unreachable!("three numbers")
        };
        let x = Array2::from_shape_vec((n_rows, n_features), case.numbers("x")).unwrap();
        let y = Array2::from_shape_vec((n_rows, n_targets), case.numbers("y")).unwrap();
        // The memory of the case before is no matter.
        ridge.fit(x.view(), y.view(), case.number("ridge"));
        let expected: Vec<f64> = case.numbers("weights");
        assert_eq!(ridge.weights().len(), expected.len());
        for (found, expected) in ridge.weights().iter().zip(expected) {
            assert!((found - expected).abs() < 1e-8, "{shape:?}");
        }
        let asked: Vec<f32> = case.numbers("asked");
        let expected: Vec<f64> = case.numbers("predicted");
        let rows = asked.chunks(n_features).zip(expected.chunks(n_targets));
        for (row, expected) in rows {
            for (found, expected) in predict(&mut ridge, row, n_targets).iter().zip(expected) {
                assert!((found - expected).abs() < 1e-8, "{shape:?}");
            }
        }
    }
}

#[test]
fn features_that_repeat_each_other_are_no_obstacle() {
    // The plain index, in every column.
    let x = Array2::from_shape_fn((4096, 6), |(row, _)| row as f32);
    let y = Array2::from_shape_fn((4096, 1), |(row, _)| row as f64);
    let mut ridge = Ridge::default();
    ridge.fit(x.view(), y.view(), RIDGE);
    let found = predict(&mut ridge, &[5000.0; 6], 1)[0];
    assert!((found - 5000.0).abs() < 1e-3, "{found}");
    // Nothing to learn from leaves the mean.
    ridge.fit(
        Array2::zeros((5, 3)).view(),
        y.slice(ndarray::s![..5, ..]),
        RIDGE,
    );
    assert_eq!(predict(&mut ridge, &[1.0; 3], 1), [2.0]);
}

#[test]
fn what_is_missing_is_answered_in_numbers() {
    let mut ridge = Ridge::default();
    for (n_rows, n_features) in [(0, 0), (0, 3), (4, 0)] {
        let x = Array2::<f32>::zeros((n_rows, n_features));
        let y = Array2::<f64>::ones((n_rows, 2));
        ridge.fit(x.view(), y.view(), RIDGE);
        let found = predict(&mut ridge, &[1.0, 2.0], 3);
        // Without rows there is no mean, and there is no third target.
        assert_eq!(found[0].is_nan(), n_rows == 0);
        assert!(found[2].is_nan());
    }
    let mut x = Array2::<f32>::ones((4, 2));
    x[[1, 1]] = f32::NAN;
    ridge.fit(x.view(), Array2::ones((4, 1)).view(), RIDGE);
    assert!(predict(&mut ridge, &[1.0, 1.0], 1)[0].is_nan());
    // More rows of x than of y: the others are left out.
    let x = Array2::from_shape_fn((6, 1), |(row, _)| row as f32);
    let y = Array2::from_shape_fn((3, 1), |(row, _)| 2.0 * row as f64);
    ridge.fit(x.view(), y.view(), RIDGE);
    assert!((predict(&mut ridge, &[10.0], 1)[0] - 20.0).abs() < 1e-4);
}

#[test]
fn r_squared_is_one_zero_or_below() {
    let actual = [1.0, 2.0, 3.0, 6.0];
    assert_eq!(r_squared(&actual, &actual), 1.0);
    assert_eq!(r_squared(&actual, &[3.0; 4]), 0.0);
    assert!(r_squared(&actual, &[6.0, 3.0, 2.0, 1.0]) < 0.0);
    assert!(r_squared(&[2.0; 3], &[1.0; 3]).is_infinite());
    assert!(r_squared(&[], &[]).is_nan());
}

fn any_problem() -> impl Strategy<Value = (Array2<f32>, Array2<f64>)> {
    (2_usize..30, 1_usize..30, 1_usize..4).prop_flat_map(|(n, d, m)| {
        let x = prop::collection::vec(-3.0..3.0_f32, n * d);
        let y = prop::collection::vec(-3.0..3.0_f64, n * m);
        (x, y).prop_map(move |(x, y)| {
            (
                Array2::from_shape_vec((n, d), x).unwrap(),
                Array2::from_shape_vec((n, m), y).unwrap(),
            )
        })
    })
}

proptest! {
    #[test]
    fn the_gradient_is_zero_at_the_solution((x, y) in any_problem(), ridge in 0.01..10.0_f64) {
        let mut fitted = Ridge::default();
        fitted.fit(x.view(), y.view(), ridge);
        let (n, d, m) = (x.nrows(), x.ncols(), y.ncols());
        let residuals: Vec<Vec<f64>> = x.rows().into_iter().zip(y.rows()).map(|(x, y)| {
            let predicted = predict(&mut fitted, x.as_slice().unwrap(), m);
            y.iter().zip(predicted).map(|(y, predicted)| y - predicted).collect()
        }).collect();
        let mean: Array1<f64> = x.mapv(f64::from).mean_axis(ndarray::Axis(0)).unwrap();
        for target in 0..m {
            // With a constant that is not held back, residuals sum to 0.
            let sum: f64 = residuals.iter().map(|residual| residual[target]).sum();
            prop_assert!(sum.abs() < 1e-9 * n as f64);
            for feature in 0..d {
                let slope: f64 = residuals.iter().zip(x.rows()).map(|(residual, x)| residual[target] * (f64::from(x[feature]) - mean[feature])).sum();
                let weight = fitted.weights()[target * d + feature];
                prop_assert!((slope - ridge * weight).abs() < 1e-8, "{} {}", slope, ridge * weight);
            }
        }
    }

    #[test]
    fn a_linear_truth_is_found(weights in prop::collection::vec(-2.0..2.0_f64, 1..8), constant in -5.0..5.0_f64, seed in 1_u64..1000) {
        let d = weights.len();
        let value = |row: usize, feature: usize| ((row * 31 + feature * 17 + 7) as f64 * seed as f64).sin() as f32;
        let x = Array2::from_shape_fn((60, d), |(row, feature)| value(row, feature));
        let truth = |x: &[f32]| constant + x.iter().zip(&weights).map(|(&x, w)| f64::from(x) * w).sum::<f64>();
        let y = Array2::from_shape_fn((60, 1), |(row, _)| truth(x.row(row).as_slice().unwrap()));
        let mut ridge = Ridge::default();
        ridge.fit(x.view(), y.view(), 1e-9);
        let asked: Vec<f32> = (0..d).map(|feature| value(99, feature)).collect();
        prop_assert!((predict(&mut ridge, &asked, 1)[0] - truth(&asked)).abs() < 1e-4);
    }
}
