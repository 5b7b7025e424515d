//! Summaries and histograms against NumPy, and shared bins against what a reader of axes expects.

use maths::statistics::{count_into, shared_bins, summarize};
use proptest::prelude::*;

use crate::golden;

fn bins(series: &[&[f32]], n_bins: usize) -> Vec<f32> {
    let mut edges = vec![f32::NAN; 3];
    let summaries: Vec<_> = series.iter().map(|values| summarize(values)).collect();
    shared_bins(&summaries, n_bins, &mut edges);
    edges
}

fn count(values: &[f32], edges: &[f32]) -> (Vec<u32>, usize) {
    let mut counts = vec![7; 2];
    let n_left_out = count_into(values, edges, &mut counts);
    (counts, n_left_out)
}

/// The bins by definition, one comparison after the other.
fn count_slowly(values: &[f32], edges: &[f32]) -> (Vec<u32>, usize) {
    let n_bins = edges.len() - 1;
    let mut counts = vec![0; n_bins];
    let mut n_left_out = 0;
    for &x in values {
        let is_in = |bin: usize| {
            edges[bin] <= x && (x < edges[bin + 1] || bin == n_bins - 1 && x == edges[n_bins])
        };
        match (0..n_bins).find(|&bin| is_in(bin)) {
            Some(bin) => counts[bin] += 1,
            None => n_left_out += 1,
        }
    }
    (counts, n_left_out)
}

#[test]
fn summaries_and_counts_agree_with_numpy() {
    for case in golden::cases("statistics") {
        let name = case.text("name");
        let values: Vec<f32> = case.numbers("values");
        let summary = summarize(&values);
        assert_eq!(
            (summary.n, summary.n_finite),
            (values.len(), case.number("n_finite")),
            "{name}"
        );
        assert_eq!(
            (summary.min, summary.max),
            (case.number("min"), case.number("max")),
            "{name}"
        );
        for (what, got) in [
            ("mean", summary.mean),
            ("std", summary.std),
            ("skewness", summary.skewness),
            ("kurtosis", summary.kurtosis),
        ] {
            let expected: f64 = case.number(what);
            assert!(
                (got - expected).abs() < 1e-11 * expected.abs().max(1.0),
                "{name}: {what} {got}, not {expected}"
            );
        }
        let (counts, n_left_out) = count(&values, &case.numbers::<f32>("edges"));
        assert_eq!(counts, case.numbers::<u32>("counts"), "{name}");
        assert_eq!(
            n_left_out,
            values.len() - counts.iter().sum::<u32>() as usize,
            "{name}"
        );
    }
}

#[test]
fn summaries_of_what_has_no_spread_are_defined() {
    const NAN: f64 = f64::NAN;
    // values, n_finite, min, max, mean, std
    let cases: [(&[f32], usize, [f64; 4]); 5] = [
        (&[], 0, [NAN; 4]),
        (&[f32::NAN, f32::INFINITY], 0, [NAN; 4]),
        (&[3.5], 1, [3.5, 3.5, 3.5, 0.0]),
        (&[-2.0; 37], 37, [-2.0, -2.0, -2.0, 0.0]),
        (
            &[f32::NEG_INFINITY, 4.0, 4.0, f32::NAN],
            2,
            [4.0, 4.0, 4.0, 0.0],
        ),
    ];
    for (values, n_finite, expected) in cases {
        let summary = summarize(values);
        assert_eq!((summary.n, summary.n_finite), (values.len(), n_finite));
        let got = [summary.min, summary.max, summary.mean, summary.std];
        for (got, expected) in got.into_iter().zip(expected) {
            assert!(
                got == expected || got.is_nan() && expected.is_nan(),
                "{values:?}: {summary:?}"
            );
        }
        assert!(summary.skewness.is_nan() && summary.kurtosis.is_nan());
    }
}

#[test]
fn bins_are_round_and_cover_all_series() {
    type Case<'a> = (&'a [&'a [f32]], usize, f32, f32, usize);
    // series, n_bins, first edge, last edge, number of bins
    let cases: [Case<'_>; 9] = [
        (&[&[-2.9, 0.0, 3.1]], 16, -3.0, 3.5, 13),
        (&[&[-0.9], &[7.3, 1.0], &[2.0]], 10, -1.0, 8.0, 9),
        (&[&[0.0, 1.0]], 10, 0.0, 1.0, 10),
        (&[&[0.0, 1.0]], 4, 0.0, 1.0, 4),
        (&[&[9998.2, 10_001.7]], 40, 9998.2, 10_001.7, 35),
        (&[&[-1.0, 1.0]], 1, -1.0, 1.0, 2),
        (&[&[0.0, 40.0, f32::NAN, f32::INFINITY]], 8, 0.0, 40.0, 8),
        (&[&[3.0, 3.0]], 6, 1.5, 4.5, 6),
        (&[], 4, -0.5, 0.5, 4),
    ];
    for (series, n_bins, first, last, n_used) in cases {
        let edges = bins(series, n_bins);
        assert_eq!(
            (edges[0], edges[edges.len() - 1], edges.len() - 1),
            (first, last, n_used),
            "{series:?}: {edges:?}"
        );
    }
}

#[test]
fn an_edge_reads_as_the_round_number_it_is() {
    assert_eq!(
        bins(&[&[-0.3, 0.7]], 10),
        [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]
    );
    assert_eq!(bins(&[&[0.25, 1.0]], 2), [0.0, 0.5, 1.0]);
    assert_eq!(bins(&[&[0.25, 1.0]], 3), [0.25, 0.5, 0.75, 1.0]);
}

#[test]
fn values_that_f32_can_hardly_tell_apart_still_get_bins() {
    let next = |x: f32| f32::from_bits(x.to_bits() + 1);
    for x in [1e4, 1.0, 1e-30, 1e-45, 3e38, f32::MAX] {
        for series in [[x, x], [x, next(x).min(f32::MAX)], [-x, -x]] {
            let edges = bins(&[&series], 60);
            assert!(edges.is_sorted_by(|a, b| a < b), "{series:?}: {edges:?}");
            assert!(edges.len() <= 61);
            assert_eq!(count(&series, &edges).1, 0, "{series:?}: {edges:?}");
        }
    }
    assert_eq!(
        count(&[f32::MIN, f32::MAX], &bins(&[&[f32::MIN, f32::MAX]], 60)).1,
        0
    );
}

#[test]
fn any_number_of_equal_bins_is_counted_exactly() {
    let values: Vec<f32> = (0..999_u16).map(|n| f32::from(n) * 0.01 - 5.0).collect();
    // A byte holds the number of an edge up to 255 of them; more are counted another way.
    for n_bins in [1_u16, 2, 7, 253, 254, 255, 256, 400] {
        for (first, width) in [(-4.8, 0.1), (0.3, 1e-3), (-1e4, 33.0), (1.0, 1e-6)] {
            let edges: Vec<f32> = (0..=n_bins).map(|n| first + f32::from(n) * width).collect();
            assert_eq!(count(&values, &edges), count_slowly(&values, &edges));
        }
    }
}

#[test]
fn without_a_bin_everything_is_left_out() {
    for edges in [&[][..], &[1.0]] {
        assert_eq!(count(&[1.0, 2.0], edges), (vec![], 2));
    }
}

/// Values of any kind: some equal, some on round numbers, some not finite.
fn any_values() -> impl Strategy<Value = Vec<f32>> {
    let value = prop_oneof![
        8 => -8.0..8.0_f32,
        4 => (-80_i8..80).prop_map(|tenths| f32::from(tenths) / 10.0),
        1 => prop::num::f32::ANY,
    ];
    prop::collection::vec(value, 0..120)
}

proptest! {
    #[test]
    fn shared_bins_leave_out_only_what_is_not_finite(a in any_values(), b in any_values(), n_bins in 2_usize..90) {
        let edges = bins(&[&a, &b], n_bins);
        prop_assert!((2..=n_bins + 1).contains(&edges.len()), "{:?}", edges);
        prop_assert!(edges.is_sorted_by(|a, b| a < b), "{:?}", edges);
        for values in [a, b] {
            let (counts, n_left_out) = count(&values, &edges);
            prop_assert_eq!(n_left_out, values.iter().filter(|x| !x.is_finite()).count());
            prop_assert_eq!(counts.iter().sum::<u32>() as usize, values.len() - n_left_out);
        }
    }

    #[test]
    fn counts_are_what_comparisons_with_the_edges_say(values in any_values(), n_bins in 2_usize..90) {
        let edges = bins(&[&values], n_bins);
        prop_assert_eq!(count(&values, &edges), count_slowly(&values, &edges));
        // The edges themselves and their neighbours, where rounding would show.
        let around: Vec<_> = edges.iter().flat_map(|&edge| [edge.next_down(), edge, edge.next_up()]).collect();
        prop_assert_eq!(count(&around, &edges), count_slowly(&around, &edges));
    }

    #[test]
    fn bins_need_not_be_equally_wide_nor_cover_the_values(values in any_values(), mut edges in prop::collection::vec(-9.0..9.0_f32, 2..20)) {
        edges.sort_by(f32::total_cmp);
        edges.dedup();
        prop_assume!(edges.len() > 1);
        prop_assert_eq!(count(&values, &edges), count_slowly(&values, &edges));
    }

    #[test]
    fn a_sample_shifted_and_stretched_keeps_its_shape(values in prop::collection::vec(-4.0..4.0_f32, 3..90), shift in -9_i8..9) {
        let summary = summarize(&values);
        prop_assume!(summary.std > 0.1);
        let moved: Vec<f32> = values.iter().map(|x| 2.0 * x + f32::from(shift)).collect();
        let moved = summarize(&moved);
        prop_assert!((moved.mean - (2.0 * summary.mean + f64::from(shift))).abs() < 1e-5);
        prop_assert!((moved.std - 2.0 * summary.std).abs() < 1e-5);
        prop_assert!((moved.skewness - summary.skewness).abs() < 1e-3);
        prop_assert!((moved.kurtosis - summary.kurtosis).abs() < 1e-3);
    }
}
