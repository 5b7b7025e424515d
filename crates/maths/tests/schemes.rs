//! The tables of all schemes that are added, against NumPy and against their definitions.

use maths::encode::{Layout, Sinusoidal, SinusoidalTable};
use maths::scaling::Scaling;
use maths::schemes::{EncodingSpec, EncodingTable, LEARNED_STD, Scheme};
use maths::statistics::summarize;
use ndarray::{Array2, s};
use proptest::prelude::*;

use crate::golden;
use crate::matrices::bits;
use crate::sinusoids::SINUSOIDAL;

fn table(spec: EncodingSpec) -> Array2<f32> {
    let mut table = EncodingTable::default();
    assert!(table.update(spec));
    table.values().to_owned()
}

#[test]
fn tables_agree_with_numpy() {
    for case in golden::cases("schemes") {
        let spec = EncodingSpec {
            scheme: match case.text("scheme") {
                "learned" => Scheme::Learned {
                    seed: case.number("seed"),
                    max_len: case.number("max_len"),
                },
                "none" => Scheme::None,
                "index" => Scheme::Index,
                "fraction" => Scheme::Fraction {
                    length: case.number("length"),
                },
                "binary" => Scheme::Binary,
                other => panic!("{other} is no scheme"),
            },
            seq_len: case.number("seq_len"),
            d_model: case.number("d_model"),
            start: case.number("start"),
        };
        let found = table(spec);
        let expected: Vec<f32> = case.numbers("values");
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            // The logarithm's last bit may move a learned value by one unit.
            let close = (found - expected).abs() <= 2.0 * f32::EPSILON * expected.abs();
            assert!(
                close || found.is_nan() && expected.is_nan(),
                "{spec:?}: {found}, {expected}"
            );
        }
    }
}

#[test]
fn the_sinusoidal_scheme_is_the_sinusoidal_table() {
    let mut direct = SinusoidalTable::default();
    direct.update_scaled(
        Sinusoidal {
            seq_len: 90,
            d_model: 12,
            base: 500.0,
            start: 40,
            layout: Layout::Concatenated,
        },
        Scaling::Ntk { factor: 3.0 },
    );
    let found = table(EncodingSpec {
        scheme: Scheme::Sinusoidal {
            base: 500.0,
            layout: Layout::Concatenated,
            scaling: Scaling::Ntk { factor: 3.0 },
        },
        seq_len: 90,
        d_model: 12,
        start: 40,
    });
    assert_eq!(found, direct.values());
}

#[test]
fn learned_rows_are_what_a_model_begins_with() {
    let values = table(EncodingSpec {
        scheme: Scheme::Learned {
            seed: 1,
            max_len: 512,
        },
        seq_len: 512,
        d_model: 96,
        start: 0,
    });
    let summary = summarize(values.as_slice().unwrap());
    assert!(summary.mean.abs() < 4.0 * LEARNED_STD / (values.len() as f64).sqrt());
    assert!((summary.std / LEARNED_STD - 1.0).abs() < 0.01);
    assert!(summary.kurtosis.abs() < 0.1);
    // No row is another's, and none is an activation's of the same seed.
    assert_ne!(values.row(3), values.row(4));
}

#[test]
fn comparisons_show_what_is_wrong_with_them() {
    let spec = |scheme| EncodingSpec {
        scheme,
        seq_len: 8,
        d_model: 4,
        start: 0,
    };
    // The index outgrows any embedding, the fraction depends on the length.
    assert_eq!(table(spec(Scheme::Index))[[7, 2]], 7.0);
    assert_eq!(table(spec(Scheme::Fraction { length: 8 }))[[4, 0]], 0.5);
    assert_eq!(table(spec(Scheme::Fraction { length: 16 }))[[4, 0]], 0.25);
    // From 3 to 4 three digits change at once.
    let binary = table(spec(Scheme::Binary));
    let changed = |p: usize| {
        let difference = &binary.row(p + 1) - &binary.row(p);
        difference.iter().filter(|step| **step != 0.0).count()
    };
    assert_eq!((changed(2), changed(3)), (1, 3));
    assert_eq!(table(spec(Scheme::None)).sum(), 0.0);
    // Without a length there is nothing to divide by.
    let no_length = table(spec(Scheme::Fraction { length: 0 }));
    assert!(no_length[[0, 0]].is_nan() && no_length[[1, 0]].is_infinite());
}

#[test]
fn an_update_without_change_does_nothing() {
    let mut table = EncodingTable::default();
    assert_eq!(
        (table.values().dim(), table.version(), table.spec()),
        ((0, 0), 0, None)
    );
    let spec = EncodingSpec {
        scheme: Scheme::Binary,
        seq_len: 3,
        d_model: 4,
        start: 0,
    };
    assert!(table.update(spec));
    assert!(!table.update(spec));
    let version = table.version();
    assert!(table.update(EncodingSpec {
        scheme: SINUSOIDAL,
        ..spec
    }));
    assert!(table.version() > version);
    assert_eq!(table.spec().unwrap().scheme, SINUSOIDAL);
}

fn any_scheme() -> impl Strategy<Value = Scheme> {
    prop_oneof![
        Just(SINUSOIDAL),
        (any::<u64>(), 0_u64..300).prop_map(|(seed, max_len)| Scheme::Learned { seed, max_len }),
        Just(Scheme::None),
        Just(Scheme::Index),
        (0_u64..500).prop_map(|length| Scheme::Fraction { length }),
        Just(Scheme::Binary),
    ]
}

fn any_spec() -> impl Strategy<Value = EncodingSpec> {
    let start = prop_oneof![0_u64..300, 999_000_u64..=1_000_000];
    (any_scheme(), 0_usize..60, 0_usize..30, start).prop_map(|(scheme, seq_len, d_model, start)| {
        EncodingSpec {
            scheme,
            seq_len,
            d_model,
            start,
        }
    })
}

proptest! {
    #[test]
    fn what_was_shown_before_leaves_no_trace(specs in prop::collection::vec(any_spec(), 2..6), seq_len in 0_usize..80) {
        let mut followed = EncodingTable::default();
        for spec in specs {
            for spec in [spec, EncodingSpec { seq_len, ..spec }] {
                followed.update(spec);
                prop_assert_eq!(followed.values().dim(), (spec.seq_len, spec.d_model));
                prop_assert_eq!(bits(followed.values()), bits(table(spec).view()));
            }
        }
    }

    #[test]
    fn a_position_has_the_same_row_wherever_the_table_begins(spec in any_spec(), skipped in 0_usize..60) {
        let skipped = skipped.min(spec.seq_len);
        let part = EncodingSpec { start: spec.start + skipped as u64, seq_len: spec.seq_len - skipped, ..spec };
        let whole = table(spec);
        prop_assert_eq!(bits(whole.slice(s![skipped.., ..])), bits(table(part).view()));
    }

    #[test]
    fn more_columns_leave_those_of_learned_and_binary_rows(seed in any::<u64>(), start in 0_u64..1000) {
        for scheme in [Scheme::Learned { seed, max_len: 2000 }, Scheme::Binary] {
            let spec = EncodingSpec { scheme, seq_len: 5, d_model: 90, start };
            let narrow = table(EncodingSpec { d_model: 7, ..spec });
            let wide = table(spec);
            prop_assert_eq!(narrow, wide.slice(s![.., ..7]));
        }
    }

    #[test]
    fn formulas_hold_between_positions_too(spec in any_spec()) {
        let values = table(spec);
        for ((row, dim), &value) in values.indexed_iter() {
            let position = (spec.start + row as u64) as f64;
            let expected = spec.at(position, dim);
            if let Scheme::Learned { max_len, .. } = spec.scheme {
                prop_assert!(expected.is_nan());
                prop_assert_eq!(value.is_nan(), spec.start + row as u64 >= max_len);
            } else if expected.is_finite() {
                prop_assert!((f64::from(value) - expected).abs() <= 3e-7 * expected.abs().max(1.0));
            } else {
                prop_assert_eq!(value.to_string(), expected.to_string());
            }
        }
    }
}
