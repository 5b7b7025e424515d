//! The sinusoidal table against NumPy, against its own slow form, and against what is known of it.

use std::f64::consts::TAU;

use maths::encode::{
    Layout, Pair, Sinusoidal, SinusoidalTable, Wave, frequency, pair_of, sinusoidal_at,
    sinusoidal_reference, wavelength,
};
use ndarray::Array2;
use proptest::prelude::*;

use crate::golden;
use crate::matrices::{bits, max_error};
use crate::sinusoids::{spec, spec_of, table};

/// What the budget allows between the table and the exact values, anywhere.
const BUDGET: f64 = 3e-7;

const LAYOUTS: [Layout; 2] = [Layout::Interleaved, Layout::Concatenated];

#[test]
fn both_forms_agree_with_numpy() {
    for case in golden::cases("encode") {
        let spec = spec_of(&case);
        let expected =
            Array2::from_shape_vec((spec.seq_len, spec.d_model), case.numbers("values")).unwrap();
        assert!(
            max_error(table(spec).view(), &expected) < BUDGET,
            "{spec:?}"
        );
        // The slow form is off by the rounding of pos · ω in f64: 1e6 times 1e-16.
        let slow = sinusoidal_reference(spec);
        let slow_error = (&slow - &expected)
            .iter()
            .fold(0.0_f64, |max, error| max.max(error.abs()));
        assert!(slow_error < 4e-10, "{spec:?}: {slow_error}");
    }
}

#[test]
fn the_table_stays_within_the_budget_at_its_extremes() {
    for layout in LAYOUTS {
        for (base, start) in [
            (2.0, 0),
            (10_000.0, 0),
            (1e6, 0),
            (2.0, 1_000_000),
            (10_000.0, 1_000_000),
            (1e6, 1_000_000),
        ] {
            let spec = Sinusoidal {
                base,
                start,
                layout,
                ..spec(4096, 128)
            };
            let error = max_error(table(spec).view(), &sinusoidal_reference(spec));
            assert!(error < BUDGET, "{spec:?}: {error}");
        }
        let spec = Sinusoidal {
            layout,
            ..spec(4096, 1024)
        };
        let error = max_error(table(spec).view(), &sinusoidal_reference(spec));
        assert!(error < BUDGET, "{spec:?}: {error}");
    }
}

#[test]
fn position_zero_is_zeros_and_ones() {
    for (layout, expected) in [
        (Layout::Interleaved, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]),
        (Layout::Concatenated, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0]),
    ] {
        assert_eq!(
            table(Sinusoidal {
                layout,
                ..spec(1, 6)
            })
            .as_slice()
            .unwrap(),
            expected
        );
    }
}

#[test]
fn columns_hold_the_wave_they_are_said_to() {
    use Wave::{Cos, Sin};
    for (layout, expected) in [
        (
            Layout::Interleaved,
            [(0, Sin), (0, Cos), (1, Sin), (1, Cos), (2, Sin), (2, Cos)],
        ),
        (
            Layout::Concatenated,
            [(0, Sin), (1, Sin), (2, Sin), (0, Cos), (1, Cos), (2, Cos)],
        ),
    ] {
        for (dim, (idx, wave)) in expected.into_iter().enumerate() {
            assert_eq!(
                pair_of(dim, 6, layout),
                Pair { idx, wave },
                "{layout:?}, dimension {dim}"
            );
        }
    }
}

#[test]
fn wavelengths_run_geometrically_from_a_turn_to_less_than_the_base_allows() {
    // The last values are those of the trials: 2π · base^((d−2)/d), not 62831.9.
    for (d_model, last) in [(4, 628.3), (8, 6283.2), (64, 47_117.0), (512, 60_611.6)] {
        let wavelengths: Vec<f64> = (0..d_model / 2)
            .map(|idx| wavelength(idx, d_model, 10_000.0))
            .collect();
        assert_eq!(wavelengths[0], TAU);
        let found = wavelengths[d_model / 2 - 1];
        assert!((found / last - 1.0).abs() < 1e-4, "{found}");
        let exact = TAU * 10_000_f64.powf((d_model - 2) as f64 / d_model as f64);
        assert!((found / exact - 1.0).abs() < 1e-12);
        let ratio = 10_000_f64.powf(2.0 / d_model as f64);
        for pair in wavelengths.windows(2) {
            assert!((pair[1] / pair[0] / ratio - 1.0).abs() < 1e-12);
        }
    }
}

#[test]
fn similarity_decays_on_average_but_not_steadily() {
    // The trials' values for d = 64.
    let similarity = |k: f64| {
        (0..32)
            .map(|idx| (k * frequency(idx, 64, 10_000.0)).cos())
            .sum::<f64>()
            / 32.0
    };
    for (k, expected) in [
        (1.0, 0.966),
        (5.0, 0.734),
        (10.0, 0.658),
        (50.0, 0.490),
        (100.0, 0.559),
        (1000.0, 0.279),
    ] {
        assert!(
            (similarity(k) - expected).abs() < 6e-4,
            "offset {k}: {}",
            similarity(k)
        );
    }
}

#[test]
fn between_positions_the_wave_is_smooth() {
    let spec = Sinusoidal {
        start: 40,
        ..spec(3, 4)
    };
    for (position, dim, expected) in [
        (0.5, 0, 0.5_f64.sin()),
        (2.25, 1, 2.25_f64.cos()),
        (50.0, 2, 0.5_f64.sin()),
    ] {
        assert!((sinusoidal_at(position, dim, spec) - expected).abs() < 1e-15);
    }
}

#[test]
fn an_update_without_change_does_nothing() {
    let mut table = SinusoidalTable::default();
    assert_eq!(
        (table.values().dim(), table.version(), table.spec()),
        ((0, 0), 0, None)
    );
    assert!(table.update(spec(5, 6)));
    let version = table.version();
    assert!(!table.update(spec(5, 6)));
    assert_eq!((table.version(), table.spec()), (version, Some(spec(5, 6))));
    assert!(table.update(spec(6, 6)));
    assert!(table.version() > version);
}

#[test]
fn positions_have_the_same_bits_wherever_the_table_begins() {
    let long = table(spec(4300, 6));
    for (start, seq_len) in [
        (1, 5),
        (63, 2),
        (64, 64),
        (100, 333),
        (4095, 3),
        (4097, 200),
    ] {
        let part = table(Sinusoidal {
            start: start as u64,
            ..spec(seq_len, 6)
        });
        let same = long.slice(ndarray::s![start..start + seq_len, ..]);
        assert_eq!(bits(part.view()), bits(same), "start {start}");
    }
}

#[test]
fn no_two_of_many_positions_share_a_row() {
    // d = 8 up to 512: the closest pair of the trials is 0.645 apart.
    let table = table(spec(512, 8));
    for (p, row) in table.rows().into_iter().enumerate() {
        for other in table.rows().into_iter().skip(p + 1) {
            let squared: f32 = row.iter().zip(other).map(|(a, b)| (a - b) * (a - b)).sum();
            assert!(squared.sqrt() > 0.64);
        }
    }
}

#[test]
fn odd_and_empty_shapes_are_defined() {
    for layout in LAYOUTS {
        for (seq_len, d_model) in [(0, 4), (3, 0), (0, 0), (5, 1), (5, 7)] {
            let spec = Sinusoidal {
                layout,
                ..spec(seq_len, d_model)
            };
            let table = table(spec);
            assert_eq!(table.dim(), (seq_len, d_model));
            assert!(max_error(table.view(), &sinusoidal_reference(spec)) < BUDGET);
        }
    }
}

#[test]
fn of_an_odd_width_the_last_sine_stands_alone() {
    for (layout, lone_column, its_neighbours) in [
        (Layout::Interleaved, 6, [4, 5]),
        (Layout::Concatenated, 3, [2, 6]),
    ] {
        let pair = pair_of(lone_column, 7, layout);
        let lone = Pair {
            idx: 3,
            wave: Wave::Sin,
        };
        assert_eq!(pair, lone, "{layout:?}");
        for dim in its_neighbours {
            assert_eq!(pair_of(dim, 7, layout).idx, 2, "{layout:?}, {dim}");
        }
        let spec = Sinusoidal {
            layout,
            ..spec(200, 7)
        };
        let error = max_error(table(spec).view(), &sinusoidal_reference(spec));
        assert!(error < BUDGET, "{layout:?}: {error}");
    }
}

fn any_layout() -> impl Strategy<Value = Layout> {
    prop::sample::select(LAYOUTS.to_vec())
}

/// Any table that the page can ask for, but not longer than 200 × 80.
fn any_spec() -> impl Strategy<Value = Sinusoidal> {
    let start = prop_oneof![0_u64..5000, 0_u64..=1_000_000];
    (
        1_usize..=200,
        1_usize..=40,
        2.0..1e6_f64,
        start,
        any_layout(),
    )
        .prop_map(|(seq_len, n_pairs, base, start, layout)| Sinusoidal {
            seq_len,
            d_model: 2 * n_pairs,
            base,
            start,
            layout,
        })
}

proptest! {
    #[test]
    fn the_fast_table_is_the_slow_one(spec in any_spec()) {
        prop_assert!(max_error(table(spec).view(), &sinusoidal_reference(spec)) < BUDGET);
    }

    #[test]
    fn what_was_shown_before_leaves_no_trace(specs in prop::collection::vec(any_spec(), 2..5), seq_len in 1_usize..300, start in 0_u64..300) {
        let mut followed = SinusoidalTable::default();
        for spec in specs {
            // Each spec, then one that differs in length only, then in start only.
            for spec in [spec, Sinusoidal { seq_len, ..spec }, Sinusoidal { start, ..spec }] {
                followed.update(spec);
                prop_assert_eq!(followed.spec(), Some(spec));
                prop_assert_eq!(followed.values().dim(), (spec.seq_len, spec.d_model));
                prop_assert_eq!(bits(followed.values()), bits(table(spec).view()));
            }
        }
    }

    #[test]
    fn the_layouts_are_permutations_of_each_other(spec in any_spec()) {
        let interleaved = table(Sinusoidal { layout: Layout::Interleaved, ..spec });
        let concatenated = table(Sinusoidal { layout: Layout::Concatenated, ..spec });
        let n_pairs = spec.d_model / 2;
        for idx in 0..n_pairs {
            prop_assert_eq!(interleaved.column(2 * idx), concatenated.column(idx));
            prop_assert_eq!(interleaved.column(2 * idx + 1), concatenated.column(n_pairs + idx));
        }
    }

    #[test]
    fn every_row_has_the_same_norm(spec in any_spec()) {
        for row in table(spec).rows() {
            let squared: f64 = row.iter().map(|&x| f64::from(x) * f64::from(x)).sum();
            let half = spec.d_model as f64 / 2.0;
            prop_assert!((squared - half).abs() < 4.0 * BUDGET * half);
        }
    }

    #[test]
    fn dot_products_depend_on_the_offset_only_and_not_on_its_sign(spec in any_spec(), k in 0_usize..200) {
        let table = table(Sinusoidal { seq_len: 200, ..spec });
        let omegas = (0..spec.d_model / 2).map(|idx| frequency(idx, spec.d_model, spec.base));
        let expected: f64 = omegas.map(|omega| (k as f64 * omega).cos()).sum();
        for p in (0..200 - k).step_by(17) {
            let (here, there) = (table.row(p), table.row(p + k));
            let dot: f64 = here.iter().zip(there).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            prop_assert!((dot - expected).abs() < 4.0 * BUDGET * spec.d_model as f64);
            let reversed: f64 = there.iter().zip(here).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
            prop_assert_eq!(dot, reversed);
        }
    }

    #[test]
    fn a_shift_is_one_rotation_for_all_positions(spec in any_spec(), k in 0_usize..200) {
        let table = table(Sinusoidal { seq_len: 200, layout: Layout::Interleaved, ..spec });
        for idx in 0..spec.d_model / 2 {
            // M_k's block on (sin, cos): [[cos kω, sin kω], [−sin kω, cos kω]].
            let (sin_k, cos_k) = (k as f64 * frequency(idx, spec.d_model, spec.base)).sin_cos();
            for p in (0..200 - k).step_by(23) {
                let at = |row: usize, dim: usize| f64::from(table[[row, dim]]);
                let (sin, cos) = (at(p, 2 * idx), at(p, 2 * idx + 1));
                prop_assert!((cos_k * sin + sin_k * cos - at(p + k, 2 * idx)).abs() < 3.0 * BUDGET);
                prop_assert!((cos_k * cos - sin_k * sin - at(p + k, 2 * idx + 1)).abs() < 3.0 * BUDGET);
            }
        }
    }
}
