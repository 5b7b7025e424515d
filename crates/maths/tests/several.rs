//! Four heads against one of the same width.

use std::time::Instant;

use maths::transformer::built::{Look, in_slots, write_heads};
use maths::transformer::several::{Readouts, Several, SeveralSpec, word_vectors};
use maths::transformer::{AttentionSpec, AttentionTrace, Projections, attention};
use ndarray::{Array2, s};

use crate::matrices::max_error;

const LOOKS: [Look; 4] = [Look::Offset(-1), Look::Offset(1), Look::Same, Look::First];

fn spec(d: usize, sharpness: f64) -> SeveralSpec {
    SeveralSpec {
        looks: LOOKS,
        d,
        sharpness,
        seed: 3,
    }
}

fn wide(matrix: &Array2<f32>) -> Array2<f64> {
    matrix.mapv(f64::from)
}

fn readouts(spec: &SeveralSpec, n_words: usize) -> Readouts {
    let mut readouts = Readouts::default();
    readouts.update(spec, n_words);
    readouts
}

/// The one head is attention with one head and the same matrices: the mean of scores is what a scale of a quarter gives.
#[test]
fn the_one_head_has_the_matrices_of_the_four() {
    let (d, sharpness) = (6, 2.5);
    let words = word_vectors(&[5, 9, 5, 1, 7], 4 * d, 0);
    let mut several = Several::default();
    several.update(&spec(d, sharpness), words.view());

    let mut projections = Projections::default();
    write_heads(&mut projections, &LOOKS, d, 10_000.0);
    let positions = maths::encode::sinusoidal_reference(maths::encode::Sinusoidal {
        seq_len: 5,
        d_model: d,
        base: 10_000.0,
        start: 0,
        layout: maths::encode::Layout::Interleaved,
    });
    let positions = positions.mapv(|value| value as f32);
    let x = in_slots(words.slice(s![.., ..d]), positions.view());
    let mut traces = [AttentionTrace::default(), AttentionTrace::default()];
    for (trace, n_heads) in traces.iter_mut().zip([4, 1]) {
        let attention_spec = AttentionSpec {
            n_heads,
            scale: Some(sharpness * n_heads as f64 / 4.0),
            ..AttentionSpec::default()
        };
        attention(x.view(), &projections, &attention_spec, trace);
    }
    let [four, one] = traces;
    assert!(max_error(several.four.weights.view(), &wide(&four.weights)) < 1e-5);
    assert!(max_error(several.four.mixed.view(), &wide(&four.mixed)) < 1e-5);
    assert!(max_error(several.scores.view(), &wide(&one.scores)) < 1e-4);
    assert!(max_error(several.weights.view(), &wide(&one.weights)) < 1e-5);
    let mixed: Array2<f32> = one.weights.dot(&words);
    assert!(max_error(several.mixed.view(), &wide(&mixed)) < 1e-4);
}

#[test]
fn four_heads_know_what_one_loses() {
    for (d, n_words) in [(16, 11), (16, 5), (32, 20), (64, 11)] {
        let Readouts { four, one, .. } = readouts(&spec(d, 4.0), n_words);
        println!("d {d}, {n_words} words: four {four:?}, one {one:?}");
        assert!(four.iter().all(|part| *part > 0.85), "{four:?}");
        let mean = |parts: [f32; 4]| parts.iter().sum::<f32>() / 4.0;
        assert!(mean(one) < 0.6, "{one:?}");
    }
}

/// Sharp heads hand on the very words that are asked for.
#[test]
fn sharp_heads_know_everything() {
    let Readouts { four, .. } = readouts(&spec(16, 32.0), 11);
    println!("{four:?}");
    assert!(four.iter().all(|part| *part > 0.98), "{four:?}");
}

/// Two heads that do the same leave a question unanswered.
#[test]
fn what_no_head_looks_at_is_not_known() {
    let mut spec = spec(16, 8.0);
    spec.looks[1] = Look::Offset(-1);
    let Readouts { four, .. } = readouts(&spec, 11);
    println!("{four:?}");
    assert!(four[0] > 0.95 && four[1] < 0.3, "{four:?}");
}

#[test]
fn too_few_words_are_not_measured() {
    for n_words in 0..3 {
        let Readouts { four, one, .. } = readouts(&spec(8, 4.0), n_words);
        assert!(four.iter().chain(&one).all(|part| part.is_nan()));
    }
    assert!(
        readouts(&spec(8, 4.0), 3)
            .four
            .iter()
            .all(|it| !it.is_nan())
    );
}

#[test]
fn without_sharpness_heads_are_alike() {
    let Readouts { four, one, .. } = readouts(&spec(16, 0.0), 11);
    println!("{four:?} {one:?}");
    assert!(four.iter().chain(&one).all(|part| *part < 0.5));
}

/// Times are shown, not asserted.
#[test]
fn measuring_takes_a_frame() {
    for (d, n_words) in [(2, 3), (16, 11), (16, 16), (64, 64)] {
        let mut readouts = Readouts::default();
        readouts.update(&spec(d, 4.0), n_words);
        let start = Instant::now();
        readouts.update(&spec(d, 4.1), n_words);
        println!("d {d}, {n_words} words: {:?}", start.elapsed());
    }
}
