//! Scores of a query and a key with positions added, against the sum written out, and against what they mean.

use maths::added::{AddedScores, AddedSpec};
use maths::rope::{Pairing, Rope, RopeScores, RopeSpec};
use maths::scaling::Scaling;
use maths::schemes::{EncodingSpec, Scheme};
use proptest::prelude::*;

use crate::sinusoids::SINUSOIDAL;

fn scores(spec: AddedSpec, positions: &[u64]) -> AddedScores {
    let mut scores = AddedScores::default();
    assert!(scores.update(spec, positions));
    assert!(!scores.update(spec, positions));
    scores
}

/// q and k of a seed, from the scores that goldens hold.
fn query_and_key(seed: u64, d_model: usize) -> [Vec<f32>; 2] {
    let rope = Rope {
        base: 10_000.0,
        pairing: Pairing::Adjacent,
        scaling: Scaling::None,
    };
    let spec = RopeSpec {
        rope,
        d_model,
        seed,
        first_offset: 0,
        n_offsets: 1,
    };
    let mut scores = RopeScores::default();
    scores.update(spec, &[0]);
    [scores.query().to_vec(), scores.key().to_vec()]
}

proptest! {
    #[test]
    fn scores_are_the_sum_written_out(
        seed in 0_u64..100,
        d_model in 1_usize..20,
        first_offset in -30_i64..30,
        n_offsets in 0_usize..40,
        divisor in 1.0..8.0_f64,
        positions in prop::collection::vec(0_u64..2_000_000, 0..4),
    ) {
        let spec = AddedSpec { scheme: SINUSOIDAL, d_model, seed, first_offset, n_offsets, divisor };
        let scores = scores(spec, &positions);
        prop_assert_eq!(scores.values().dim(), (positions.len(), n_offsets));
        let [query, key] = query_and_key(seed, d_model);
        let table = EncodingSpec { scheme: SINUSOIDAL, seq_len: 1, d_model, start: 0 };
        for ((row, idx), &found) in scores.values().indexed_iter() {
            let position = positions[row] as i64;
            let other = position + first_offset + idx as i64;
            if other < 0 {
                prop_assert!(found.is_nan());
                continue;
            }
            let at = |x: f32, position: i64, dim| f64::from(x) + table.at(position as f64, dim);
            let sum: f64 = (0..d_model)
                .map(|dim| at(query[dim], position, dim) * at(key[dim], other, dim))
                .sum();
            let expected = sum / divisor;
            prop_assert!((f64::from(found) - expected).abs() < 1e-5 * (1.0 + expected.abs()));
        }
    }
}

#[test]
fn without_positions_every_score_is_the_same() {
    let spec = AddedSpec {
        scheme: Scheme::None,
        d_model: 16,
        seed: 3,
        first_offset: -5,
        n_offsets: 11,
        divisor: 4.0,
    };
    let scores = scores(spec, &[5, 100]);
    let first = scores.values()[(0, 0)];
    assert!(scores.values().iter().all(|&score| score == first));
    assert_eq!(scores.spread(), 0.0);
}

#[test]
fn where_they_stand_counts_and_not_only_how_far_apart() {
    let spec = AddedSpec {
        scheme: SINUSOIDAL,
        d_model: 64,
        seed: 0,
        first_offset: -10,
        n_offsets: 11,
        divisor: 4.0,
    };
    let scores = scores(spec, &[64, 200, 1000]);
    assert!(scores.spread() > 0.1);
}

#[test]
fn what_there_is_not_is_no_number_and_no_difference() {
    let learned = Scheme::Learned {
        seed: 0,
        max_len: 8,
    };
    let spec = AddedSpec {
        scheme: learned,
        d_model: 4,
        seed: 0,
        first_offset: -3,
        n_offsets: 4,
        divisor: 2.0,
    };
    let found = scores(spec, &[1, 9]);
    let values = found.values();
    assert!(values.row(0).iter().take(2).all(|it| it.is_nan()));
    assert!(values.row(0).iter().skip(2).all(|it| it.is_finite()));
    assert!(values.row(1).iter().all(|it| it.is_nan()));
    assert_eq!(found.spread(), 0.0);
    let far = AddedSpec {
        first_offset: i64::MIN,
        ..spec
    };
    assert!(scores(far, &[7]).values().iter().all(|it| it.is_nan()));
}
