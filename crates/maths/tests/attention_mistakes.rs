//! What real bugs make of attention.

use maths::transformer::{
    AttentionMistake, AttentionSpec, AttentionTrace, BlockSpec, BlockTrace, BlockWeights,
    MistakeMaps, WeightSymptom, attention, block,
};
use ndarray::{Array2, Axis};
use proptest::prelude::*;

use crate::matrices::{bits, matrix};

const D_MODEL: usize = 8;

fn layer(seed: u64, layer_idx: usize) -> BlockWeights {
    let mut layer = BlockWeights::default();
    layer.draw(seed, layer_idx, D_MODEL, [1.0; 2]);
    layer
}

/// Tokens with numbers of a seed.
fn tokens(seed: u64, n_tokens: usize) -> Array2<f32> {
    let values = layer(seed, 7).feed_forward.inner;
    let values: Vec<_> = values
        .iter()
        .take(n_tokens * D_MODEL)
        .map(|x| 3.0 * x)
        .collect();
    matrix(D_MODEL, &values)
}

fn made(seed: u64, n_tokens: usize, mistake: AttentionMistake) -> MistakeMaps {
    let mut maps = MistakeMaps::default();
    maps.weights(
        tokens(seed, n_tokens).view(),
        &layer(seed, 0).attention,
        mistake,
    );
    maps
}

/// Scores of one head without a mask, before the softmax.
fn scores(seed: u64, n_tokens: usize) -> Array2<f64> {
    let mut trace = AttentionTrace::default();
    let spec = AttentionSpec {
        n_heads: 1,
        ..AttentionSpec::default()
    };
    let x = tokens(seed, n_tokens);
    attention(x.view(), &layer(seed, 0).attention, &spec, &mut trace);
    trace.scores.mapv(f64::from)
}

/// exp(score) / Σ exp(score) over the places along an axis that are seen: slow and obvious.
fn softmax(scores: &Array2<f64>, axis: usize, sees: impl Fn(usize, usize) -> bool) -> Array2<f64> {
    let mut parts = scores.mapv(f64::exp);
    for ((query, key), part) in parts.indexed_iter_mut() {
        if !sees(query, key) {
            *part = 0.0;
        }
    }
    let sums = parts.sum_axis(Axis(axis)).insert_axis(Axis(axis));
    parts / sums
}

fn is_near(got: &Array2<f32>, expected: &Array2<f64>) -> bool {
    got.dim() == expected.dim()
        && got
            .iter()
            .zip(expected)
            .all(|(&got, expected)| (f64::from(got) - expected).abs() < 1e-5)
}

proptest! {
    #[test]
    fn right_and_wrong_are_as_their_lines_say(seed in 0_u64..50, n in 1_usize..9) {
        let scores = scores(seed, n);
        let all = |_, _| true;
        let usual = softmax(&scores, 1, all);

        let maps = made(seed, n, AttentionMistake::SoftmaxOverQueries);
        prop_assert!(is_near(&maps.right, &usual));
        prop_assert!(is_near(&maps.wrong, &softmax(&scores, 0, all)));

        let earlier = |query, key| key <= query;
        let maps = made(seed, n, AttentionMistake::MaskAfterSoftmax);
        prop_assert!(is_near(&maps.right, &softmax(&scores, 1, earlier)));
        let mut masked = usual.clone();
        masked.indexed_iter_mut().for_each(|((query, key), weight)| {
            *weight *= f64::from(u8::from(earlier(query, key)));
        });
        prop_assert!(is_near(&maps.wrong, &masked));

        let maps = made(seed, n, AttentionMistake::DividedByWidth);
        prop_assert!(is_near(&maps.right, &usual));
        let small = &scores / (D_MODEL as f64).sqrt();
        prop_assert!(is_near(&maps.wrong, &softmax(&small, 1, all)));

        let n_padding = n / 2;
        let maps = made(seed, n, AttentionMistake::PaddingSeen { n_padding });
        prop_assert!(is_near(&maps.right, &softmax(&scores, 1, |_, key| key < n - n_padding)));
        prop_assert!(is_near(&maps.wrong, &usual));
    }

    #[test]
    fn positions_once_are_a_stack_of_layers_as_it_is(seed in 0_u64..20, n_layers in 1_usize..4) {
        let (words, positions) = (tokens(seed, 5), tokens(seed + 1, 5));
        let layers: Vec<_> = (0..n_layers).map(|idx| layer(seed, idx)).collect();
        let spec = BlockSpec::default();
        let mut maps = MistakeMaps::default();
        maps.similarities(words.view(), positions.view(), &layers, &spec);
        let mut x = &words + &positions;
        let mut trace = BlockTrace::default();
        for weights in &layers {
            block(x.view(), weights, &spec, &mut trace);
            x = trace.output().to_owned();
        }
        let norm = |p: usize| x.row(p).dot(&x.row(p)).sqrt();
        for ((p, q), &cosine) in maps.right.indexed_iter() {
            let expected = x.row(p).dot(&x.row(q)) / (norm(p) * norm(q));
            prop_assert!((cosine - expected).abs() < 1e-5);
        }
        // One layer has no second time.
        prop_assert_eq!(n_layers == 1, bits(maps.right.view()) == bits(maps.wrong.view()));
    }
}

#[test]
fn symptoms_of_weights_that_are_known() {
    let right = matrix(3, &[1.0, 0.0, 0.0, 0.5, 0.5, 0.0, 0.5, 0.5, 0.0]);
    let wrong = matrix(3, &[0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.0, 0.0, 1.5]);
    let symptom = WeightSymptom::of([right.view(), wrong.view()], 1);
    assert_eq!(symptom.most, 1.5);
    assert_eq!(symptom.row_sums, [[1.0, 1.0], [1.0, 1.5]]);
    // Padding looks, too, but nobody asks at what.
    assert_eq!(symptom.on_padding, [0.0, 0.25]);
    let close = |got: f64, expected: f64| (got - expected).abs() < 1e-9;
    assert!(close(symptom.looked_at[0], 1.5));
    assert!(close(symptom.looked_at[1], 8_f64.sqrt()));
}

#[test]
fn nothing_to_look_at_is_no_trouble() {
    for mistake in [
        AttentionMistake::SoftmaxOverQueries,
        AttentionMistake::MaskAfterSoftmax,
        AttentionMistake::DividedByWidth,
        AttentionMistake::PaddingSeen { n_padding: 0 },
    ] {
        assert_eq!(made(0, 0, mistake).wrong.dim(), (0, 0));
    }
}
