//! Tokens as points: the plane, the sphere, the ellipsoid, and the axes they are drawn along.

use maths::normalize::{Basis, GeometryTrace, MOST_AXES, Norm, NormSpec};
use ndarray::{Array1, Array2, ArrayView1};
use proptest::prelude::*;

use crate::golden;
use crate::normed::forward;

fn geometry_of(x: &Array2<f32>, spec: &NormSpec<'_>, n_axes: usize, basis: Basis) -> GeometryTrace {
    let mut geometry = GeometryTrace::default();
    geometry.choose_axes(x.view(), n_axes, basis);
    geometry.update(x.view(), 0..x.nrows(), spec, &forward(x, 1, spec));
    geometry
}

fn length(point: ArrayView1<'_, f32>) -> f32 {
    point.dot(&point).sqrt()
}

fn waves(n_rows: usize, n_features: usize) -> Array2<f32> {
    Array2::from_shape_fn((n_rows, n_features), |(row, feature)| {
        2.0 * ((row * 31 + feature * feature * 7) as f32 * 0.37).sin() + feature as f32 * 0.2
    })
}

#[test]
fn principal_axes_agree_with_numpy() {
    for case in golden::cases("geometry") {
        let shape = [case.number("n_rows"), case.number("n_features")];
        let x = Array2::from_shape_vec(shape, case.numbers("x")).unwrap();
        let mut geometry = GeometryTrace::default();
        for (basis, key, n_axes) in [
            (Basis::Principal, "principal", 3),
            (Basis::PlaneAndOnes, "in_plane", 2),
        ] {
            geometry.choose_axes(x.view(), MOST_AXES, basis);
            assert_eq!(geometry.axes.dim(), (3, shape[1]));
            let expected: Vec<f64> = case.numbers(key);
            assert_eq!(expected.len(), n_axes * shape[1]);
            for (got, expected) in geometry.axes.iter().zip(expected) {
                assert!(
                    (f64::from(*got) - expected).abs() < 1e-4,
                    "{} {key}",
                    case.text("name")
                );
            }
        }
    }
}

#[test]
fn three_features_go_to_a_plane_a_circle_an_ellipse() {
    let x = waves(20, 3);
    let (gamma, beta) = ([2.0, -0.5, 1.0], [0.3, 0.0, -1.0]);
    let spec = NormSpec {
        eps: 0.0,
        gamma: &gamma,
        beta: &beta,
        ..NormSpec::default()
    };
    let geometry = geometry_of(&x, &spec, 3, Basis::Principal);
    assert_eq!(geometry.axes, Array2::eye(3));
    let [input, centered, normalized, stretched, shifted] = &geometry.stages;
    assert_eq!(input, x);
    let ones = Array1::from_elem(3, 1.0_f32);
    for row in 0..20 {
        assert!(centered.row(row).dot(&ones).abs() < 1e-5);
        assert!(normalized.row(row).dot(&ones).abs() < 1e-5);
        assert!((length(normalized.row(row)) - 3_f32.sqrt()).abs() < 1e-6);
        for feature in 0..3 {
            let on_ellipse = stretched[[row, feature]];
            assert_eq!(on_ellipse, gamma[feature] * normalized[[row, feature]]);
            assert!((shifted[[row, feature]] - on_ellipse - beta[feature]).abs() < 1e-6);
        }
    }
    // The outlines are those of all tokens there could be.
    let [circle, ellipse, shifted_ellipse] = &geometry.outlines;
    for point in 0..circle.nrows() {
        assert!(circle.row(point).dot(&ones).abs() < 1e-6);
        assert!((length(circle.row(point)) - 3_f32.sqrt()).abs() < 1e-6);
        for feature in 0..3 {
            assert_eq!(
                ellipse[[point, feature]],
                gamma[feature] * circle[[point, feature]]
            );
            assert_eq!(
                shifted_ellipse[[point, feature]],
                ellipse[[point, feature]] + beta[feature]
            );
        }
    }
    let (first, last) = (circle.row(0), circle.row(circle.nrows() - 1));
    assert!(length((&first - &last).view()) < 1e-6);
    // Every token is between two neighbours on the outline.
    for token in normalized.rows() {
        let nearest = circle
            .rows()
            .into_iter()
            .map(|point| length((&point - &token).view()));
        assert!(nearest.fold(f32::INFINITY, f32::min) < 0.06);
    }
    // ε leaves tokens inside of it; n − 1 makes it smaller.
    let inside = geometry_of(&x, &NormSpec { eps: 0.5, ..spec }, 3, Basis::Principal);
    assert!(
        inside.stages[2]
            .rows()
            .into_iter()
            .all(|token| length(token) < 3_f32.sqrt())
    );
    let smaller = geometry_of(
        &x,
        &NormSpec {
            unbiased: true,
            ..spec
        },
        3,
        Basis::Principal,
    );
    assert!((length(smaller.outlines[0].row(5)) - 2_f32.sqrt()).abs() < 1e-6);
    assert!((length(smaller.stages[2].row(5)) - 2_f32.sqrt()).abs() < 1e-6);
}

#[test]
fn two_features_leave_two_points() {
    let x = waves(9, 2);
    let spec = NormSpec {
        eps: 0.0,
        ..NormSpec::default()
    };
    let geometry = geometry_of(&x, &spec, 3, Basis::PlaneAndOnes);
    let ends = &geometry.outlines[0];
    assert_eq!(ends.dim(), (2, 2));
    assert_eq!(ends.as_slice().unwrap(), [1.0, -1.0, -1.0, 1.0]);
    for token in geometry.stages[2].rows() {
        assert!(
            ends.rows()
                .into_iter()
                .any(|end| length((&end - &token).view()) < 1e-6)
        );
    }
}

#[test]
fn rms_has_the_sphere_without_the_plane() {
    let x = waves(9, 3);
    let spec = NormSpec {
        norm: Norm::Rms,
        eps: 0.0,
        beta: &[5.0; 3],
        ..NormSpec::default()
    };
    let geometry = geometry_of(&x, &spec, 3, Basis::Principal);
    assert_eq!(geometry.stages[1], geometry.stages[0]);
    assert!(
        geometry.stages[2]
            .rows()
            .into_iter()
            .all(|token| (length(token) - 3_f32.sqrt()).abs() < 1e-6)
    );
    assert_eq!(geometry.stages[4], geometry.stages[3]);
    assert!(geometry.outlines.iter().all(Array2::is_empty));
}

#[test]
fn the_plane_has_no_height_above_ones() {
    let x = waves(30, 17);
    let spec = NormSpec {
        eps: 0.0,
        ..NormSpec::default()
    };
    let geometry = geometry_of(&x, &spec, 3, Basis::PlaneAndOnes);
    assert!(
        geometry
            .axes
            .row(2)
            .iter()
            .all(|&component| (component - 17_f32.sqrt().recip()).abs() < 1e-7)
    );
    for row in 0..30 {
        let height = x.row(row).sum() / 17_f32.sqrt();
        assert!((geometry.stages[0][[row, 2]] - height).abs() < 1e-4);
        assert!(geometry.stages[1][[row, 2]].abs() < 1e-5);
        // A sphere seen from anywhere is a disc of its radius.
        assert!(length(geometry.stages[2].row(row)) < 17_f32.sqrt());
    }
}

#[test]
fn inputs_that_do_not_spread_still_have_axes() {
    let straight = |axes: &Array2<f32>| {
        let dots = axes.dot(&axes.t());
        let (n_axes, _) = axes.dim();
        (&dots - &Array2::<f32>::eye(n_axes))
            .iter()
            .all(|x| x.abs() < 1e-5)
    };
    let mut with_bad = waves(9, 5);
    with_bad[[3, 2]] = f32::NAN;
    with_bad[[4, 0]] = f32::INFINITY;
    let mut geometry = GeometryTrace::default();
    for basis in [Basis::Principal, Basis::PlaneAndOnes] {
        for x in [
            Array2::from_elem((6, 4), 3.7),
            Array2::zeros((0, 7)),
            waves(1, 9),
            waves(2, 9),
            with_bad.clone(),
            Array2::from_elem((3, 8), f32::NAN),
        ] {
            for n_axes in [0, 1, 2, 3, 9] {
                geometry.choose_axes(x.view(), n_axes, basis);
                let expected = n_axes.clamp(1, 3).min(x.ncols());
                assert_eq!(geometry.axes.dim(), (expected, x.ncols()));
                assert!(straight(&geometry.axes), "{:?}", geometry.axes);
                geometry.update(
                    x.view(),
                    0..usize::MAX,
                    &NormSpec::default(),
                    &forward(&x, 1, &NormSpec::default()),
                );
                assert!(
                    geometry
                        .stages
                        .iter()
                        .all(|stage| stage.dim() == (x.nrows(), expected))
                );
            }
        }
    }
    // A row of no features, and axes that are another table's.
    let empty = Array2::zeros((3, 0));
    geometry.choose_axes(empty.view(), 3, Basis::Principal);
    geometry.update(
        empty.view(),
        0..3,
        &NormSpec::default(),
        &forward(&empty, 1, &NormSpec::default()),
    );
    let x = waves(4, 6);
    geometry.update(
        x.view(),
        0..4,
        &NormSpec::default(),
        &forward(&x, 1, &NormSpec::default()),
    );
    assert!(geometry.stages.iter().all(Array2::is_empty));
}

/// Few tokens are turned one by one, many by their covariances.
#[test]
fn tokens_given_again_and_again_have_the_same_axes() {
    let x = waves(6, 10);
    let again = Array2::from_shape_fn((30, 10), |(row, feature)| x[[row % 6, feature]]);
    for basis in [Basis::Principal, Basis::PlaneAndOnes] {
        let [mut few, mut many] = [GeometryTrace::default(), GeometryTrace::default()];
        few.choose_axes(x.view(), 3, basis);
        many.choose_axes(again.view(), 3, basis);
        let distances = (&few.axes - &many.axes).mapv(f32::abs);
        assert!(distances.iter().all(|&it| it < 1e-5), "{distances}");
    }
}

#[test]
fn a_token_has_its_place_whichever_others_are_placed() {
    let x = waves(9, 5);
    let spec = NormSpec::default();
    let all = geometry_of(&x, &spec, 3, Basis::Principal);
    let mut some = all.clone();
    some.update(x.view(), 4..7, &spec, &forward(&x, 1, &spec));
    for (some, all) in some.stages.iter().zip(&all.stages) {
        assert_eq!(some, all.slice(ndarray::s![4..7, ..]));
    }
}

proptest! {
    #[test]
    fn axes_are_straight_and_the_same_again(n_rows in 2_usize..20, n_features in 4_usize..12, plane: bool, values in prop::collection::vec(-5.0_f32..5.0, 240)) {
        let x = Array2::from_shape_fn((n_rows, n_features), |(row, feature)| values[row * 12 + feature]);
        let basis = if plane { Basis::PlaneAndOnes } else { Basis::Principal };
        let [mut one, mut other] = [GeometryTrace::default(), GeometryTrace::default()];
        one.choose_axes(x.view(), 3, basis);
        other.choose_axes(waves(5, 9).view(), 3, basis);
        other.choose_axes(x.view(), 3, basis);
        prop_assert_eq!(&one.axes, &other.axes);
        let dots = one.axes.dot(&one.axes.t());
        prop_assert!((&dots - &Array2::<f32>::eye(3)).iter().all(|x| x.abs() < 1e-5));
        // The first axis shows at least nearly the share of the spread that any feature has.
        let mean = x.mean_axis(ndarray::Axis(0)).unwrap();
        let centred = &x - &mean;
        let spread = |axis: ArrayView1<'_, f32>| centred.dot(&axis).iter().map(|x| x * x).sum::<f32>();
        if !plane {
            for feature in 0..n_features {
                let axis = Array1::from_shape_fn(n_features, |idx| if idx == feature { 1.0 } else { 0.0 });
                prop_assert!(spread(one.axes.row(0)) > 0.9 * spread(axis.view()));
            }
        }
    }
}
