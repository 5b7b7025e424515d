//! Slopes, buckets and biases against the authors' code, and against the papers' words.

use maths::bias::{Bias, BiasSpec, BiasTable, Direction, alibi_slope, t5_bucket};
use ndarray::{Array2, s};
use proptest::prelude::*;

use crate::golden;

fn direction(case: &golden::Case) -> Direction {
    match case.number("causal") {
        1 => Direction::Causal,
        _ => Direction::Both,
    }
}

fn table(spec: BiasSpec) -> BiasTable {
    let mut table = BiasTable::default();
    assert!(table.update(spec));
    table
}

#[test]
fn slopes_and_buckets_and_biases_agree_with_the_authors_code() {
    for case in golden::cases("bias") {
        if case.has("slopes") {
            let expected: Vec<f64> = case.numbers("slopes");
            for (head, &slope) in expected.iter().enumerate() {
                let found = alibi_slope(head, expected.len());
                assert!((found / slope - 1.0).abs() < 1e-14);
            }
        } else if case.has("offsets") {
            let offsets: Vec<i64> = case.numbers("offsets");
            for (offset, bucket) in offsets.into_iter().zip(case.numbers::<u32>("buckets")) {
                let found = t5_bucket(
                    offset,
                    case.number("n_buckets"),
                    case.number("max_distance"),
                    direction(&case),
                );
                assert_eq!(found, bucket, "offset {offset}");
            }
        } else {
            let table = table(BiasSpec {
                bias: match case.text("bias") {
                    "alibi" => Bias::Alibi,
                    _ => Bias::T5 {
                        n_buckets: case.number("n_buckets"),
                        max_distance: case.number("max_distance"),
                        seed: case.number("seed"),
                    },
                },
                n_heads: case.number("n_heads"),
                seq_len: case.number("seq_len"),
                direction: direction(&case),
            });
            let expected: Vec<f32> = case.numbers("values");
            assert_eq!(table.values().len(), expected.len());
            for (found, expected) in table.values().iter().zip(expected) {
                let close = (found - expected).abs() <= 2.0 * f32::EPSILON * expected.abs();
                assert!(close || found.is_nan() && expected.is_nan());
            }
        }
    }
}

#[test]
fn slopes_are_those_of_the_paper() {
    let slopes = |n| (0..n).map(|head| alibi_slope(head, n)).collect::<Vec<_>>();
    assert_eq!(slopes(8), [1, 2, 3, 4, 5, 6, 7, 8].map(|h| 0.5_f64.powi(h)));
    assert_eq!(slopes(4), [0.25, 0.0625, 0.015_625, 0.003_906_25]);
    assert_eq!(slopes(12)[..8], slopes(8));
    // Every other slope of 16 heads, not 2^(−8h/12).
    for (found, exponent) in slopes(12)[8..].iter().zip([-0.5_f64, -1.5, -2.5, -3.5]) {
        assert!((found - exponent.exp2()).abs() < 1e-15);
    }
    assert_eq!(alibi_slope(0, 1), 0.5_f64.powi(8));
    // A head that there is not is answered in numbers.
    assert!(alibi_slope(0, 0).is_finite() && alibi_slope(9, 4).is_finite());
}

#[test]
fn buckets_are_those_of_the_trials() {
    // First distance of each bucket, from 8 and from 16 on.
    let both = [8, 12, 16, 23, 32, 46, 64, 91];
    let causal = [
        16, 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113,
    ];
    for (firsts, n_exact, direction) in [
        (&both[..], 8, Direction::Both),
        (&causal[..], 16, Direction::Causal),
    ] {
        let bucket = |distance: i64| t5_bucket(-distance, 32, 128, direction);
        for distance in 0..i64::from(n_exact) {
            assert_eq!(i64::from(bucket(distance)), distance);
        }
        for (bucket_idx, &first) in (n_exact..).zip(firsts) {
            assert_eq!(bucket(first), bucket_idx);
            assert_eq!(bucket(first - 1), bucket_idx - 1);
        }
    }
    // Keys after the query: the upper half, whose first bucket stays empty; causal, all count as 0.
    assert_eq!(t5_bucket(1, 32, 128, Direction::Both), 17);
    assert_eq!(t5_bucket(1000, 32, 128, Direction::Both), 31);
    assert_eq!(t5_bucket(1000, 32, 128, Direction::Causal), 0);
}

#[test]
fn a_bias_depends_on_the_offset_alone() {
    let spec = BiasSpec {
        bias: Bias::T5 {
            n_buckets: 32,
            max_distance: 128,
            seed: 1,
        },
        n_heads: 3,
        seq_len: 150,
        direction: Direction::Both,
    };
    let table = table(spec);
    let (values, by_offset) = (table.values(), table.by_offset());
    assert_eq!((values.dim(), by_offset.dim()), ((3, 150, 150), (3, 299)));
    for ((head, query, key), value) in values.indexed_iter() {
        assert_eq!(*value, by_offset[[head, key + 149 - query]]);
    }
    assert_ne!(values.slice(s![0, .., ..]), values.slice(s![1, .., ..]));
}

#[test]
fn causal_masks_what_comes_later() {
    for bias in [
        Bias::Alibi,
        Bias::T5 {
            n_buckets: 4,
            max_distance: 3,
            seed: 1,
        },
    ] {
        let table = table(BiasSpec {
            bias,
            n_heads: 2,
            seq_len: 5,
            direction: Direction::Causal,
        });
        for ((_, query, key), value) in table.values().indexed_iter() {
            assert_eq!(value.is_nan(), key > query);
        }
    }
}

#[test]
fn alibi_favours_what_is_near() {
    // softmax over 64 keys of equal content: the weight on the last 1, 4 and 16.
    for (head, n_heads, expected) in [
        (0, 8, [0.394, 0.865, 0.9997]),
        (3, 8, [0.062, 0.225, 0.644]),
        (7, 8, [0.018, 0.070, 0.274]),
    ] {
        let table = table(BiasSpec {
            bias: Bias::Alibi,
            n_heads,
            seq_len: 64,
            direction: Direction::Causal,
        });
        let last_query = table.values().slice(s![head, 63, ..]).to_owned();
        let weights = last_query.mapv(|bias| f64::from(bias).exp());
        for (n_last, expected) in [1, 4, 16].into_iter().zip(expected) {
            let share = weights.slice(s![64 - n_last..]).sum() / weights.sum();
            assert!((share - expected).abs() < 6e-4, "{share}");
        }
    }
}

#[test]
fn an_update_without_change_does_nothing() {
    let spec = BiasSpec {
        bias: Bias::Alibi,
        n_heads: 2,
        seq_len: 3,
        direction: Direction::Causal,
    };
    let mut table = BiasTable::default();
    assert_eq!(table.values().len(), 0);
    assert!(table.update(spec));
    assert!(!table.update(spec));
    assert_eq!(table.version(), 1);
    let expected = ndarray::arr2(&[[-0.0625, 0.0], [-0.125, -0.0625]]);
    assert_eq!(table.values().slice(s![0, 1.., ..2]), expected);
    // Nothing to show is shown as nothing.
    for (n_heads, seq_len) in [(0, 3), (2, 0), (0, 0)] {
        table.update(BiasSpec {
            n_heads,
            seq_len,
            ..spec
        });
        assert_eq!(table.values().len(), 0);
        assert_eq!(table.by_offset().len(), 0);
    }
    table.update(BiasSpec { seq_len: 1, ..spec });
    assert_eq!(table.by_offset(), Array2::<f32>::zeros((2, 1)));
}

proptest! {
    #[test]
    fn any_bucket_is_one_of_them(offset in any::<i64>(), near in -3000_i64..3000, n_buckets in 0_u32..300, max_distance in 0_u64..5000) {
        for offset in [offset, near] {
            for direction in [Direction::Causal, Direction::Both] {
                let bucket = t5_bucket(offset, n_buckets, max_distance, direction);
                prop_assert!(bucket < n_buckets.max(1));
            }
        }
    }

    #[test]
    fn farther_is_never_an_earlier_bucket(distance in 0_i64..5000, n_buckets in 2_u32..100, max_distance in 1_u64..3000) {
        let bucket = |distance: i64| t5_bucket(-distance, n_buckets, max_distance, Direction::Causal);
        prop_assert!(bucket(distance) <= bucket(distance + 1));
        prop_assert!(bucket(max_distance as i64) == n_buckets - 1 || bucket(distance) == 0 || max_distance < u64::from(n_buckets / 2));
        let before = t5_bucket(-distance, n_buckets, max_distance, Direction::Both);
        let after = t5_bucket(distance + 1, n_buckets, max_distance, Direction::Both);
        prop_assert!(before < (n_buckets / 2).max(1) && after >= n_buckets / 2);
    }

    #[test]
    fn symmetric_alibi_is_symmetric(n_heads in 1_usize..20, seq_len in 1_usize..20) {
        let table = table(BiasSpec { bias: Bias::Alibi, n_heads, seq_len, direction: Direction::Both });
        for head in 0..n_heads {
            let map = table.values().slice_move(s![head, .., ..]);
            prop_assert_eq!(map, map.t());
            prop_assert!(map.iter().all(|&bias| bias <= 0.0));
        }
    }
}
