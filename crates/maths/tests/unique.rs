//! Distances between rows against NumPy, closed form against measurement, and the trials' closest pairs.

use maths::encode::Sinusoidal;
use maths::scaling::Scaling;
use maths::unique::{
    ClosestPair, DistanceSpec, F32_ROUNDOFF, Nearest, Neighbour, OffsetDistances, SmallestTable,
};
use ndarray::{Array2, arr2};
use proptest::prelude::*;

use crate::golden;
use crate::sinusoids::{self, table};

fn spec(seq_len: usize, d_model: usize) -> DistanceSpec {
    DistanceSpec {
        seq_len,
        d_model,
        base: 10_000.0,
        scaling: Scaling::None,
    }
}

fn distances(spec: DistanceSpec) -> OffsetDistances {
    let mut distances = OffsetDistances::default();
    assert!(distances.update(spec));
    distances
}

fn sinusoidal(seq_len: usize, d_model: usize, base: f64) -> Array2<f32> {
    table(Sinusoidal {
        base,
        ..sinusoids::spec(seq_len, d_model)
    })
}

fn nearest(table: &Array2<f32>) -> Nearest {
    let mut nearest = Nearest::default();
    nearest.update(table.view(), u64::MAX);
    assert_eq!(nearest.stride(), 1);
    nearest
}

#[test]
fn distances_agree_with_numpy() {
    for case in golden::cases("unique") {
        if case.has("table") {
            let shape: Vec<usize> = case.numbers("shape");
            let table =
                Array2::from_shape_vec((shape[0], shape[1]), case.numbers("table")).unwrap();
            let nearest = nearest(&table);
            assert_eq!(nearest.neighbours(), case.numbers::<u32>("neighbours"));
            let expected: Vec<f64> = case.numbers("nearest");
            for (found, expected) in nearest.distances().iter().zip(expected) {
                assert!((f64::from(*found) / expected - 1.0).abs() < 1e-6);
            }
            continue;
        }
        let spec = DistanceSpec {
            base: case.number("base"),
            ..spec(case.number("seq_len"), case.number("d_model"))
        };
        let distances = distances(spec);
        let closest = distances.closest().unwrap();
        assert_eq!(closest.offset, case.number("offset"), "{spec:?}");
        let expected: f64 = case.number("distance");
        assert!((closest.distance - expected).abs() < 2e-11);
        let offsets: Vec<usize> = case.numbers("offsets");
        for (offset, expected) in offsets.into_iter().zip(case.numbers::<f64>("distances")) {
            assert!((distances.distances()[offset] - expected).abs() < 2e-11);
        }
    }
}

#[test]
fn the_closest_pairs_are_those_of_the_trials() {
    for (d_model, seq_len, distance, offset) in [
        (2, 512, 8.8e-3, 333),
        (2, 4096, 6.03e-5, 710),
        (2, 65_536, 6.03e-5, 710),
        (4, 512, 0.242, 19),
        (4, 4096, 0.044, 1885),
        (4, 65_536, 7.7e-3, 13_823),
        (6, 512, 0.328, 132),
        (6, 4096, 0.207, 2840),
        (6, 65_536, 0.056, 32_082),
        (8, 512, 0.645, 63),
        (8, 4096, 0.645, 63),
        (8, 65_536, 0.074, 31_416),
        (16, 65_536, 1.015, 1),
        (32, 65_536, 1.172, 1),
        (64, 65_536, 1.472, 1),
        (128, 4096, 1.953, 1),
        (512, 4096, 3.714, 1),
    ] {
        let closest = distances(spec(seq_len, d_model)).closest().unwrap();
        assert_eq!(closest.offset, offset, "d = {d_model}, N = {seq_len}");
        assert!((closest.distance / distance - 1.0).abs() < 0.01);
    }
    for (d_model, distance) in [(2, 0.959), (4, 0.959), (6, 0.960), (8, 0.964)] {
        assert!((distances(spec(2, d_model)).distances()[1] - distance).abs() < 6e-4);
    }
}

#[test]
fn the_measured_table_knows_the_same_neighbours() {
    for d_model in [2, 4, 8, 64] {
        let closed = distances(spec(800, d_model));
        let measured = nearest(&sinusoidal(800, d_model, 10_000.0));
        for row in 0..800 {
            let neighbour = closed.nearest(row).unwrap();
            let distance = f64::from(measured.distances()[row]);
            assert!(
                (distance - neighbour.distance).abs() < 3e-7 * (d_model as f64).sqrt(),
                "d = {d_model}, row {row}: {distance}, {neighbour:?}"
            );
        }
        let pair = measured.closest().unwrap();
        let closest = closed.closest().unwrap();
        assert!((f64::from(pair.distance) - closest.distance).abs() < 1e-6);
        assert_eq!(pair.rows[0].abs_diff(pair.rows[1]) % closest.offset, 0);
    }
}

#[test]
fn a_row_near_the_end_has_fewer_offsets_to_choose_from() {
    let distances = distances(spec(1000, 2));
    // 710 fits on one side of row 100, and on neither side of row 500.
    assert_eq!(distances.nearest(100).unwrap().offset, 710);
    assert_eq!(distances.nearest(900).unwrap().offset, 710);
    assert_eq!(distances.nearest(500).unwrap().offset, 333);
    assert_eq!(distances.nearest(1000), None);
}

#[test]
fn f32_tells_all_positions_apart_from_two_columns_on() {
    let mut smallest = SmallestTable::default();
    for (seq_len, base) in [(512, 10_000.0), (4096, 2.0), (65_536, 1e6), (1, 10_000.0)] {
        assert_eq!(smallest.update(2, seq_len, base, F32_ROUNDOFF), Some(2));
    }
    let table = sinusoidal(4096, 2, 10_000.0);
    let mut rows: Vec<_> = table
        .rows()
        .into_iter()
        .map(|row| [row[0].to_bits(), row[1].to_bits()])
        .collect();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), 4096);
    // bfloat16 has 8 bits, float16 has 11.
    assert_eq!(smallest.update(2, 4096, 10_000.0, 2_f64.powi(-8)), Some(4));
    assert_eq!(smallest.update(2, 512, 10_000.0, 2_f64.powi(-11)), Some(2));
    // With one pair the base does not occur; with two it does, and twice as many positions as it says are told apart.
    assert_eq!(smallest.update(4, 20_000, 10_000.0, F32_ROUNDOFF), Some(4));
    // Asked for more than any table has.
    assert_eq!(smallest.update(2, 512, 10_000.0, 1.0), None);
}

#[test]
fn few_rows_have_few_neighbours() {
    for seq_len in [0, 1] {
        let distances = distances(spec(seq_len, 8));
        assert_eq!((distances.closest(), distances.nearest(0)), (None, None));
        let nearest = nearest(&Array2::zeros((seq_len, 8)));
        assert_eq!(nearest.closest(), None);
        assert!(nearest.distances().iter().all(|distance| distance.is_nan()));
    }
    // Without columns all positions are the same.
    let none = distances(spec(3, 0));
    let same = Neighbour {
        offset: 1,
        distance: 0.0,
    };
    assert_eq!(none.closest(), Some(same));
    let found = nearest(&Array2::zeros((3, 0))).closest();
    let first = ClosestPair {
        rows: [0, 1],
        distance: 0.0,
    };
    assert_eq!(found, Some(first));
}

#[test]
fn a_row_without_numbers_is_nobodys_neighbour() {
    let table = arr2(&[[0.0, 0.0], [f32::NAN, 0.0], [3.0, 4.0], [0.0, 1.0]]);
    let nearest = nearest(&table);
    assert_eq!(nearest.distances()[0], 1.0);
    assert!(nearest.distances()[1].is_nan());
    assert_eq!(nearest.neighbours()[2], 3);
    assert_eq!(nearest.closest().unwrap().rows, [0, 3]);
}

#[test]
fn a_bounded_measurement_is_exact_where_it_measures() {
    let table = sinusoidal(300, 8, 10_000.0);
    let all = nearest(&table);
    let mut some = Nearest::default();
    some.update(table.view(), 300 * 8 * 30);
    assert_eq!(some.stride(), 10);
    for (row, (some, all)) in some.distances().iter().zip(all.distances()).enumerate() {
        if row % 10 == 0 {
            assert_eq!(some, all);
        } else {
            assert!(some.is_nan());
        }
    }
    // At least one row is measured.
    some.update(table.view(), 0);
    assert_eq!(
        (some.stride(), some.distances()[0]),
        (300, all.distances()[0])
    );
}

#[test]
fn an_update_without_change_does_nothing() {
    let mut distances = OffsetDistances::default();
    assert!(distances.update(spec(5, 4)));
    assert!(!distances.update(spec(5, 4)));
    assert!(distances.update(spec(6, 4)));
    assert_eq!(distances.version(), 2);
    assert_eq!(distances.distances().len(), 6);
}

proptest! {
    #[test]
    fn turning_is_as_good_as_computing(seq_len in 1_usize..300, n_pairs in 1_usize..20, base in 2.0..1e6_f64, factor in 1.0..8.0_f64) {
        let scaling = Scaling::Ntk { factor };
        let d_model = 2 * n_pairs;
        let distances = distances(DistanceSpec { seq_len, d_model, base, scaling });
        for (k, found) in distances.distances().iter().enumerate() {
            let squares = (0..n_pairs).map(|idx| {
                let omega = maths::scaling::scaled_frequency(idx, d_model, base, scaling);
                (k as f64 * omega / 2.0).sin().powi(2)
            });
            prop_assert!((found - 2.0 * squares.sum::<f64>().sqrt()).abs() < 1e-12);
        }
    }

    #[test]
    fn nearest_is_the_nearest(values in prop::collection::vec(-2.0..2.0_f32, 1..200), d in 1_usize..12) {
        let n = values.len() / d;
        let table = Array2::from_shape_vec((n, d), values[..n * d].to_vec()).unwrap();
        let found = nearest(&table);
        for p in 0..n {
            let distance = |q: usize| {
                let squares = table.row(p).into_iter().zip(table.row(q)).map(|(&a, &b)| f64::from(a - b).powi(2));
                squares.sum::<f64>().sqrt()
            };
            let smallest = (0..n).filter(|&q| q != p).map(distance).fold(f64::NAN, f64::min);
            let measured = f64::from(found.distances()[p]);
            prop_assert!((measured - smallest).abs() <= 1e-6 * smallest || smallest.is_nan() && measured.is_nan());
            if !smallest.is_nan() {
                prop_assert!(distance(found.neighbours()[p] as usize) <= smallest * (1.0 + 1e-6));
            }
        }
    }
}
