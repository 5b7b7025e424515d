//! Similarity against NumPy, against plain sums, and against what is known of sinusoids.

use maths::encode::frequency;
use maths::schemes::{EncodingSpec, EncodingTable, Scheme};
use maths::similarity::{ByOffset, Measure, Offsets, Similarity};
use ndarray::{Array2, ArrayView2, s};
use proptest::prelude::*;

use crate::golden;
use crate::sinusoids::SINUSOIDAL;

const MEASURES: [Measure; 2] = [Measure::Dot, Measure::Cosine];

fn prepared(table: ArrayView2<'_, f32>, measure: Measure, n_most: usize) -> Similarity {
    let mut similarity = Similarity::default();
    similarity.prepare(table, measure, n_most);
    similarity
}

fn matrix(table: ArrayView2<'_, f32>, measure: Measure, n_most: usize) -> Array2<f32> {
    let mut out = Array2::default((0, 0));
    prepared(table, measure, n_most).matrix_into(&mut out);
    out
}

fn offsets(table: ArrayView2<'_, f32>, measure: Measure) -> Offsets {
    let mut offsets = Offsets::default();
    offsets.measure(&prepared(table, measure, usize::MAX));
    offsets
}

fn sinusoidal(seq_len: usize, d_model: usize) -> Array2<f32> {
    let mut table = EncodingTable::default();
    table.update(EncodingSpec {
        scheme: SINUSOIDAL,
        seq_len,
        d_model,
        start: 0,
    });
    table.values().to_owned()
}

fn learned(seq_len: usize, d_model: usize, max_len: u64) -> Array2<f32> {
    let mut table = EncodingTable::default();
    table.update(EncodingSpec {
        scheme: Scheme::Learned { seed: 1, max_len },
        seq_len,
        d_model,
        start: 0,
    });
    table.values().to_owned()
}

/// Within what `f32` sums may be off.
fn assert_close<'a>(found: impl IntoIterator<Item = &'a f32>, expected: Vec<f64>, size: f64) {
    let found: Vec<f32> = found.into_iter().copied().collect();
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!(
            (f64::from(*found) - expected).abs() < 1e-6 * size,
            "{found}, {expected}"
        );
    }
}

#[test]
fn maps_and_bands_and_means_agree_with_numpy() {
    for case in golden::cases("similarity") {
        let shape: Vec<usize> = case.numbers("shape");
        let table = Array2::from_shape_vec((shape[0], shape[1]), case.numbers("table")).unwrap();
        for (measure, key) in MEASURES.into_iter().zip(["dot", "cosine"]) {
            let gram: Vec<f64> = case.numbers(key);
            let size = gram.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
            assert_close(&matrix(table.view(), measure, 100), gram, size);
            let offsets = offsets(table.view(), measure);
            let of = |part| case.numbers(&format!("{key}_{part}"));
            assert_close(offsets.mean(), of("mean"), size);
            assert_close(offsets.min(), of("min"), size);
            assert_close(offsets.max(), of("max"), size);
            let means = matrix(table.view(), measure, case.number("n_px"));
            assert_close(&means, of("px"), size);
        }
    }
}

#[test]
fn for_sinusoids_the_band_has_no_width() {
    for (n, d, widest) in [(512, 64, 1e-5), (300, 512, 1.5e-4)] {
        let offsets = offsets(sinusoidal(n, d).view(), Measure::Dot);
        for k in 0..n {
            let closed_form: f64 = (0..d / 2)
                .map(|idx| (k as f64 * frequency(idx, d, 10_000.0)).cos())
                .sum();
            let (min, max) = (offsets.min()[k], offsets.max()[k]);
            assert!(f64::from(max - min) < widest, "offset {k}: {min} to {max}");
            assert!((f64::from(offsets.mean()[k]) - closed_form).abs() < widest);
        }
    }
}

#[test]
fn a_map_from_the_offsets_is_the_one_that_is_measured() {
    // One position a pixel, whole numbers of them, and parts; pixels cut in the middle of a position.
    for (n, d, n_most) in [
        (1, 2, 9),
        (40, 6, 40),
        (96, 64, 32),
        (100, 30, 33),
        (513, 16, 512),
        (4096, 128, 512),
        (4095, 64, 512),
    ] {
        for measure in MEASURES {
            let table = sinusoidal(n, d);
            let mut by_offset = ByOffset::default();
            by_offset.measure(table.view(), measure);
            let mut map = Array2::default((0, 0));
            by_offset.matrix_into(n_most, &mut map);
            let measured = matrix(table.view(), measure, n_most);
            assert_eq!(map.dim(), measured.dim());
            let size = by_offset.products()[0];
            for (found, expected) in map.iter().zip(&measured) {
                assert!(
                    (found - expected).abs() <= 1e-6 * size,
                    "{n} × {d}, {n_most}: {found}, {expected}"
                );
            }
        }
    }
    // Of nothing, and of rows without features.
    for shape in [(0, 0), (0, 3), (3, 0)] {
        let mut by_offset = ByOffset::default();
        by_offset.measure(Array2::zeros(shape).view(), Measure::Dot);
        let mut map = Array2::default((0, 0));
        by_offset.matrix_into(9, &mut map);
        assert_eq!(map.dim(), (shape.0, shape.0));
    }
}

#[test]
fn the_decay_is_the_trials_and_not_steady() {
    for (d, expected) in [
        (64, [0.966, 0.884, 0.800, 0.734, 0.658, 0.490, 0.559, 0.201]),
        (
            512,
            [0.973, 0.905, 0.827, 0.741, 0.679, 0.512, 0.437, 0.263],
        ),
    ] {
        let offsets = offsets(sinusoidal(501, d).view(), Measure::Cosine);
        for (k, expected) in [1, 2, 3, 5, 10, 50, 100, 500].into_iter().zip(expected) {
            assert!((offsets.mean()[k] - expected).abs() < 6e-4, "offset {k}");
        }
    }
    // The first rise comes after this offset.
    for (d, last_fall) in [(8, 3), (16, 3), (32, 4), (64, 5), (128, 11), (512, 43)] {
        let offsets = offsets(sinusoidal(64, d).view(), Measure::Cosine);
        let rise = offsets.mean().windows(2).position(|pair| pair[1] > pair[0]);
        assert_eq!(rise, Some(last_fall), "d = {d}");
    }
}

#[test]
fn learned_positions_have_a_band_and_an_end() {
    let offsets = offsets(learned(64, 32, 50).view(), Measure::Cosine);
    assert!((1..48).all(|k| offsets.max()[k] - offsets.min()[k] > 0.05));
    // The last offset that two of 50 rows can have is 49.
    assert!(offsets.mean()[49].is_finite() && offsets.mean()[50].is_nan());
    let map = matrix(learned(64, 32, 50).view(), Measure::Dot, 100);
    for ((p, q), value) in map.indexed_iter() {
        assert_eq!(value.is_nan(), p >= 50 || q >= 50);
    }
}

#[test]
fn pixels_over_missing_rows_show_the_mean_of_the_others() {
    // Rows 0 to 9 of 12; three rows to a pixel, so that the last pixel has one row of three.
    let map = matrix(learned(12, 8, 10).view(), Measure::Dot, 4);
    let all = matrix(learned(12, 8, 10).view(), Measure::Dot, 12);
    let mean = |rows: std::ops::Range<usize>, columns: std::ops::Range<usize>| {
        all.slice(s![rows, columns]).mean().unwrap()
    };
    assert!((map[[1, 2]] - mean(3..6, 6..9)).abs() < 1e-9);
    assert!(map[[1, 3]].is_nan() && map[[3, 3]].is_nan());
    // With 11 of 12 rows, two thirds of the last pixel are there, but less than half of its corner.
    let map = matrix(learned(12, 8, 11).view(), Measure::Dot, 4);
    let all = matrix(learned(12, 8, 11).view(), Measure::Dot, 12);
    let expected = all.slice(s![3..6, 9..11]).mean().unwrap();
    assert!((map[[1, 3]] - expected).abs() < 1e-9);
    assert!(map[[3, 3]].is_nan());
}

#[test]
fn a_zero_row_has_no_direction() {
    let mut table = learned(5, 4, 9);
    table.row_mut(2).fill(0.0);
    let map = matrix(table.view(), Measure::Cosine, 9);
    assert!(map[[2, 2]].is_nan() && map[[2, 0]].is_nan() && map[[0, 1]].is_finite());
    assert_eq!(matrix(table.view(), Measure::Dot, 9)[[2, 3]], 0.0);
}

#[test]
fn nothing_is_shown_as_nothing() {
    for shape in [(0, 0), (0, 3), (3, 0)] {
        let table = Array2::<f32>::zeros(shape);
        for measure in MEASURES {
            let map = matrix(table.view(), measure, 9);
            assert_eq!(map.dim(), (shape.0, shape.0));
            assert_eq!(offsets(table.view(), measure).mean().len(), shape.0);
        }
    }
    // One pixel is the least; ranges beyond the rows and places beyond the buffer are left out.
    let similarity = prepared(learned(5, 4, 9).view(), Measure::Dot, 0);
    assert_eq!(similarity.n_rows(), 1);
    let mut out = [7.0; 3];
    for beyond in [4..9, 1..usize::MAX, usize::MAX..usize::MAX] {
        similarity.rows_into(beyond, &mut out);
        assert_eq!(out, [7.0; 3]);
    }
    similarity.block_into(0..2, 0..2, &mut out);
    assert!(out[0] != 7.0 && out[1..] == [7.0, 7.0]);
    similarity.rows_into(0..1, &mut []);
}

/// A table of up to 40 rows and columns, with what may stand in one.
fn any_table() -> impl Strategy<Value = Array2<f32>> {
    (1_usize..40, 1_usize..40).prop_flat_map(|(n, d)| {
        prop::collection::vec(-3.0..3.0_f32, n * d)
            .prop_map(move |values| Array2::from_shape_vec((n, d), values).unwrap())
    })
}

proptest! {
    #[test]
    fn a_map_is_made_of_its_blocks(table in any_table(), n_most in 1_usize..50, cut in 0_usize..40, first_key in 0_usize..40) {
        for measure in MEASURES {
            let similarity = prepared(table.view(), measure, n_most);
            let n = similarity.n_rows();
            let map = matrix(table.view(), measure, n_most);
            let (cut, first_key) = (cut.min(n), first_key.min(n));
            let mut rows = vec![0.0; (n - cut) * n];
            similarity.rows_into(cut..n, &mut rows);
            let close = |a: f32, b: f32| (a - b).abs() < 1e-4 || a.is_nan() && b.is_nan();
            for (found, &expected) in rows.iter().zip(map.slice(s![cut.., ..])) {
                prop_assert!(close(*found, expected));
            }
            let mut block = vec![0.0; cut * (n - first_key)];
            similarity.block_into(0..cut, first_key..n, &mut block);
            for (found, &expected) in block.iter().zip(map.slice(s![..cut, first_key..])) {
                prop_assert!(close(*found, expected));
            }
        }
    }

    #[test]
    fn a_map_is_symmetric_and_holds_plain_sums(table in any_table()) {
        let map = matrix(table.view(), Measure::Dot, 99);
        let cosines = matrix(table.view(), Measure::Cosine, 99);
        prop_assert_eq!(&map, &map.t());
        for ((p, q), &value) in map.indexed_iter() {
            let dot = |a: usize, b: usize| -> f64 {
                table.row(a).iter().zip(table.row(b)).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum()
            };
            let size = (dot(p, p) * dot(q, q)).sqrt();
            prop_assert!((f64::from(value) - dot(p, q)).abs() <= 1e-6 * size);
            prop_assert!((f64::from(cosines[[p, q]]) - dot(p, q) / size).abs() < 1e-6);
        }
    }

    #[test]
    fn means_do_not_depend_on_how_the_map_is_made(table in any_table(), n_px in 1_usize..40) {
        // The mean of all pixels, weighted equally, is the mean of all cells.
        let mean = |map: &Array2<f32>| map.iter().map(|&x| f64::from(x)).sum::<f64>() / map.len() as f64;
        let whole = mean(&matrix(table.view(), Measure::Dot, 99));
        let pixels = mean(&matrix(table.view(), Measure::Dot, n_px));
        prop_assert!((whole - pixels).abs() < 1e-4);
    }

    #[test]
    fn cosines_do_not_feel_the_length(table in any_table(), factor in 0.01..100.0_f32) {
        let cosines = matrix(table.view(), Measure::Cosine, 99);
        let scaled = matrix((&table * factor).view(), Measure::Cosine, 99);
        for (a, b) in cosines.iter().zip(&scaled) {
            prop_assert!((a - b).abs() < 2e-6);
        }
    }

    #[test]
    fn steps_give_what_one_pass_gives(table in any_table(), step in 1_usize..10) {
        let similarity = prepared(table.view(), Measure::Dot, usize::MAX);
        let n = similarity.n_rows();
        let mut stepped = Offsets::default();
        stepped.reset(n);
        let mut block = Vec::new();
        for first in (0..n).step_by(step) {
            let end = n.min(first + step);
            block.resize((end - first) * (n - first), 0.0);
            similarity.block_into(first..end, first..n, &mut block);
            stepped.add_block(n - first, &block);
        }
        let at_once = offsets(table.view(), Measure::Dot);
        prop_assert_eq!(stepped.min(), at_once.min());
        prop_assert_eq!(stepped.max(), at_once.max());
        prop_assert_eq!(stepped.mean(), at_once.mean());
        for k in 0..n {
            prop_assert!(at_once.min()[k] <= at_once.max()[k]);
            prop_assert!(at_once.min()[k] <= at_once.mean()[k] + 1e-4 && at_once.mean()[k] <= at_once.max()[k] + 1e-4);
        }
    }

    #[test]
    fn columns_in_another_order_change_nothing(table in any_table()) {
        // What interleaved or concatenated is about: the picture changes, the similarity does not. A view with its
        // columns reversed is not contiguous either.
        let map = matrix(table.view(), Measure::Dot, 99);
        let reversed = matrix(table.slice(s![.., ..;-1]), Measure::Dot, 99);
        for (a, b) in map.iter().zip(&reversed) {
            prop_assert!((a - b).abs() < 1e-3);
        }
    }
}
