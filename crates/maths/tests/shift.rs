//! Shifts against NumPy: one rotation for all positions, and why it takes sine and cosine.

use maths::encode::{Layout, Sinusoidal};
use maths::scaling::Scaling;
use maths::shift::{Shift, ShiftSpec, shift_block, wave_regression};
use proptest::prelude::*;

use crate::golden;
use crate::sinusoids;

fn spec(seq_len: usize, d_model: usize, offset: u64) -> ShiftSpec {
    ShiftSpec {
        table: sinusoids::spec(seq_len, d_model),
        scaling: Scaling::None,
        offset,
    }
}

fn shift(spec: ShiftSpec) -> Shift {
    let mut shift = Shift::default();
    assert!(shift.update(spec));
    shift
}

#[test]
fn blocks_and_rows_and_regressions_agree_with_numpy() {
    for case in golden::cases("shift") {
        let spec = ShiftSpec {
            table: sinusoids::spec_of(&case),
            scaling: Scaling::None,
            offset: case.number("k"),
        };
        let shift = shift(spec);
        let blocks: Vec<f64> = case.numbers("blocks");
        let found = shift.blocks().iter().flatten().flatten();
        assert_eq!(found.clone().count(), blocks.len());
        for (found, expected) in found.zip(blocks) {
            assert!((found - expected).abs() < 1e-13);
        }
        let expected: Vec<f64> = case.numbers("shifted");
        for (shifted, expected) in shift.shifted().iter().zip(&expected) {
            assert!((f64::from(*shifted) - expected).abs() < 3e-7);
        }
        for (moved, expected) in shift.moved().iter().zip(&expected) {
            assert!((f64::from(*moved) - expected).abs() < 6e-7 || moved.is_nan());
        }
        let dims: Vec<usize> = case.numbers("dims");
        let expected = case
            .numbers::<f64>("on_sine")
            .into_iter()
            .zip(case.numbers::<f64>("on_pair"));
        for (dim, (on_sine, on_pair)) in dims.into_iter().zip(expected) {
            let found = wave_regression(spec, dim);
            assert!((found.on_sine - on_sine).abs() < 1e-9, "{dim}: {found:?}");
            assert!((found.on_pair - on_pair).abs() < 1e-6, "{dim}: {found:?}");
        }
    }
}

#[test]
fn the_sine_alone_does_not_make_the_shifted_sine() {
    // What people tried and failed with: column 128 of 512, k = 10.
    let found = wave_regression(spec(1000, 512, 10), 128);
    assert!((found.on_sine - 0.296).abs() < 5e-4);
    assert!((found.on_pair - 1.0).abs() < 1e-12);
    // Unshifted it explains itself.
    let same = wave_regression(spec(1000, 512, 0), 128);
    assert!((same.on_sine - 1.0).abs() < 1e-12);
    // Two positions are always on a line, one position does not vary, a column beyond the last is not there.
    let two = wave_regression(spec(2, 8, 3), 2);
    assert!((two.on_sine - 1.0).abs() < 1e-9 && (two.on_pair - 1.0).abs() < 1e-9);
    assert!(wave_regression(spec(1, 8, 3), 2).on_pair.is_nan());
    assert!(wave_regression(spec(100, 8, 3), 8).on_pair.is_nan());
    assert!(wave_regression(spec(0, 0, 3), 0).on_sine.is_nan());
}

#[test]
fn errors_are_those_of_the_trials() {
    for (offset, layout) in [
        (1, Layout::Interleaved),
        (64, Layout::Concatenated),
        (300, Layout::Interleaved),
    ] {
        let mut spec = spec(1024, 64, offset);
        spec.table.layout = layout;
        let errors = shift(spec).errors();
        assert_eq!(errors.n_rows_of_f64, 1024);
        assert!(errors.of_f64 < 1e-12, "{errors:?}");
        assert!(errors.of_f32 > 1e-8 && errors.of_f32 < 6e-7, "{errors:?}");
    }
    // A wide table is checked in part.
    let errors = shift(spec(600, 1024, 5)).errors();
    assert!(errors.n_rows_of_f64 < 600 && errors.of_f64 < 1e-12);
}

#[test]
fn a_lone_sine_cannot_be_shifted() {
    for (layout, lone) in [(Layout::Interleaved, 6), (Layout::Concatenated, 3)] {
        let mut spec = spec(5, 7, 2);
        spec.table.layout = layout;
        let shift = shift(spec);
        for ((_, dim), value) in shift.moved().indexed_iter() {
            assert_eq!(value.is_nan(), dim == lone, "{layout:?}");
        }
        assert!(shift.errors().of_f32 < 6e-7);
    }
}

#[test]
fn an_update_without_change_does_nothing() {
    let mut shift = Shift::default();
    assert_eq!((shift.moved().dim(), shift.version()), ((0, 0), 0));
    assert!(shift.update(spec(4, 6, 1)));
    assert!(!shift.update(spec(4, 6, 1)));
    assert!(shift.update(spec(4, 6, 2)));
    assert_eq!(
        (shift.moved().dim(), shift.blocks().len(), shift.version()),
        ((4, 6), 3, 2)
    );
    for (seq_len, d_model) in [(0, 6), (4, 0), (1, 1), (1, 2)] {
        shift.update(spec(seq_len, d_model, 2));
        assert_eq!(shift.moved().dim(), (seq_len, d_model));
        assert!(shift.errors().of_f64 < 1e-15);
    }
}

proptest! {
    #[test]
    fn moved_rows_are_shifted_rows(
        seq_len in 0_usize..80, d_model in 0_usize..40, base in 2.0..1e6_f64, start in 0_u64..1_000_000, offset in 0_u64..5000, halves in any::<bool>(), factor in 1.0..9.0_f64
    ) {
        let layout = if halves { Layout::Concatenated } else { Layout::Interleaved };
        let table = Sinusoidal { seq_len, d_model, base, start, layout };
        let spec = ShiftSpec { table, scaling: Scaling::Ntk { factor }, offset };
        let shift = shift(spec);
        for (moved, shifted) in shift.moved().iter().zip(shift.shifted()) {
            prop_assert!((moved - shifted).abs() < 9e-7 || moved.is_nan());
        }
        prop_assert_eq!(shift.moved().iter().filter(|moved| moved.is_nan()).count(), seq_len * (d_model % 2));
        // 1e6 · 2⁻⁵³ for each angle.
        prop_assert!(shift.errors().of_f64 < 1e-9);
    }

    #[test]
    fn blocks_are_rotations_that_add_up(omega in 1e-6..1.0_f64, a in 0_u64..1000, b in 0_u64..1000) {
        let [[p, q], [r, s]] = shift_block(omega, a);
        prop_assert!((p * s - q * r - 1.0).abs() < 1e-14);
        let [[t, u], _] = shift_block(omega, b);
        let [[both, ..], _] = shift_block(omega, a + b);
        prop_assert!((p * t - q * u - both).abs() < 1e-12);
    }
}
