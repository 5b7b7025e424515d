//! Heads that are written down, against the closed forms of their maps.

use maths::encode::{Layout, Sinusoidal, frequency, sinusoidal_reference};
use maths::transformer::built::{Look, in_slots, turn, write_heads, write_offset};
use maths::transformer::{AttentionSpec, AttentionTrace, Induction, Projections, attention};
use maths::words::{EmbeddingSpec, WordSum, word_hash};
use ndarray::{Array2, ArrayView2, Axis, Slice};
use proptest::prelude::*;

use crate::matrices::max_error;

const BASE: f64 = 10_000.0;

fn positions(seq_len: usize, d_model: usize, start: u64) -> Array2<f32> {
    let spec = Sinusoidal {
        seq_len,
        d_model,
        base: BASE,
        start,
        layout: Layout::Interleaved,
    };
    sinusoidal_reference(spec).mapv(|value| value as f32)
}

fn words(hashes: &[u64], d_model: usize) -> Array2<f32> {
    let mut sum = WordSum::default();
    let spec = EmbeddingSpec {
        d_model,
        std: 1.0,
        seed: 0,
        scaled: false,
    };
    sum.update(hashes, spec, &maths::schemes::EncodingTable::default());
    sum.embeddings().to_owned()
}

/// Σ_i cos(distance · ω_i)
fn cosines(distance: f64, d_model: usize) -> f64 {
    (0..d_model / 2)
        .map(|pair| (distance * frequency(pair, d_model, BASE)).cos())
        .sum()
}

/// The softmax of each row of scores, slow and obvious.
fn softmax(scores: &Array2<f64>) -> Array2<f64> {
    let mut weights = scores.clone();
    for mut row in weights.rows_mut() {
        let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        row.mapv_inplace(|score| (score - largest).exp());
        let sum = row.sum();
        row /= sum;
    }
    weights
}

fn attend(
    x: ArrayView2<'_, f32>,
    weights: &Projections,
    n_heads: usize,
    sharpness: f64,
) -> AttentionTrace {
    let spec = AttentionSpec {
        n_heads,
        scale: Some(sharpness),
        ..AttentionSpec::default()
    };
    let mut trace = AttentionTrace::default();
    attention(x, weights, &spec, &mut trace);
    trace
}

proptest! {
    /// Positions of any start are turned by the same matrix.
    #[test]
    fn a_matrix_turns_every_position(
        offset in -512_i64..=512, start in 600_u64..=1_000_000, half in 1_usize..=64,
    ) {
        let d = 2 * half;
        let turned = positions(5, d, start).dot(&turn(offset, d, BASE));
        let expected = positions(5, d, start.saturating_add_signed(offset));
        // A frequency's rounding, 1e-16, times a million positions, and that of f32.
        prop_assert!(max_error(turned.view(), &expected.mapv(f64::from)) < 1e-6);
    }

    /// The map of a head that looks o places on, with slots and without, at any start.
    #[test]
    fn an_offset_is_a_sum_of_cosines(
        offset in -8_i64..=8, n in 1_usize..=48, sharpness in 0.0..=32.0, half in 1_usize..=64, start in 0_u64..=100_000,
    ) {
        let d = 2 * half;
        let positions = positions(n, d, start);
        let mut weights = Projections::default();
        write_offset(&mut weights, offset, d, BASE);
        let alone = attend(positions.view(), &weights, 1, sharpness);
        let words = words(&(0..n as u64).collect::<Vec<_>>(), d);
        write_heads(&mut weights, &[Look::Offset(offset)], d, BASE);
        let in_slots = attend(in_slots(words.view(), positions.view()).view(), &weights, 1, sharpness);
        let expected = softmax(&Array2::from_shape_fn((n, n), |(query, key)| {
            let distance = query as f64 + offset as f64 - key as f64;
            sharpness * cosines(distance, d)
        }));
        // Scores are f32, as large as sharpness · d/2, and a weight is off by so much of itself.
        let tolerance = 1e-6 * (1.0 + sharpness * half as f64);
        for trace in [alone, in_slots] {
            prop_assert!(max_error(trace.weights.view(), &expected) < tolerance);
        }
    }

    /// All heads at once are each what it is alone: the same word, the first one, an offset; and what each hands on.
    #[test]
    fn heads_stand_side_by_side(
        hashes in prop::collection::vec(0_u64..6, 1..24), offset in -3_i64..=3, sharpness in 0.1..=4.0, half in 2_usize..=32,
    ) {
        let (n, d) = (hashes.len(), 2 * half);
        let (words, positions) = (words(&hashes, d), positions(n, d, 0));
        let looks = [Look::Offset(offset), Look::Same, Look::First];
        let mut weights = Projections::default();
        write_heads(&mut weights, &looks, d, BASE);
        let trace = attend(in_slots(words.view(), positions.view()).view(), &weights, looks.len(), sharpness);
        let words = words.mapv(f64::from);
        for (head_idx, look) in looks.into_iter().enumerate() {
            let scores = Array2::from_shape_fn((n, n), |(query, key)| sharpness * match look {
                Look::Offset(offset) => cosines(query as f64 + offset as f64 - key as f64, d),
                Look::Same => words.row(query).dot(&words.row(key)) / 2.0,
                Look::First => cosines(key as f64, d),
            });
            let expected = softmax(&scores);
            let tolerance = 1e-5 * (1.0 + sharpness * half as f64);
            let map = trace.of_head(&trace.weights, head_idx);
            prop_assert!(max_error(map, &expected) < tolerance, "{look:?}");
            let handed_on = trace.output.slice_axis(Axis(1), Slice::from(head_idx * d..(head_idx + 1) * d));
            prop_assert!(max_error(handed_on, &expected.dot(&words)) < 10.0 * tolerance, "{look:?}");
        }
    }
}

/// The place that is looked for has nearly all the weight, at every length.
#[test]
fn sharp_heads_look_at_one_word() {
    for n in [4, 16, 512] {
        let d = 64;
        let mut weights = Projections::default();
        write_offset(&mut weights, -1, d, BASE);
        let trace = attend(positions(n, d, 0).view(), &weights, 1, 4.0);
        for query in 1..n {
            assert!(trace.weights[[query, query - 1]] > 0.97, "{query} of {n}");
        }
    }
}

/// What two heads make of a text with a start mark: for each word that it has, how much of it the last word gets.
fn continued(text: &str, has_positions: bool, d: usize) -> Vec<(&str, f32)> {
    let tokens: Vec<&str> = std::iter::once("").chain(text.split(' ')).collect();
    let (n, hashes) = (tokens.len(), tokens.iter().map(|token| word_hash(token)));
    let words = words(&hashes.collect::<Vec<_>>(), d);
    let positions = if has_positions {
        positions(n, d, 0)
    } else {
        Array2::zeros((n, d))
    };
    let mut heads = Induction::default();
    heads.update(words.view(), positions.view(), 4.0, BASE);
    let map = heads.map(1);
    let mut shares: Vec<(&str, f32)> = Vec::new();
    for (token, weight) in tokens.iter().zip(map.row(n - 1)) {
        match shares.iter_mut().find(|(known, _)| known == token) {
            Some((_, share)) => *share += weight,
            None => shares.push((*token, *weight)),
        }
    }
    // What comes out is the mixture of words that the shares say.
    let output = heads.output().row(n - 1).mapv(f64::from);
    let mixture = map.row(n - 1).mapv(f64::from).dot(&words.mapv(f64::from));
    assert!(
        (output - mixture)
            .iter()
            .all(|difference| difference.abs() < 1e-5)
    );
    shares
}

/// “the dog bit the man . the dog” goes on with “bit”, for every sentence of a small grammar: at every width from 32 on with
/// nearly all the weight, and without positions no word is found.
#[test]
fn two_heads_continue_a_text() {
    let nouns = ["dog", "man", "cat", "bank"];
    let middles = ["", "old", "very old", "old and very tired"];
    let mut n_sentences = 0;
    for verb in ["bit", "saw", "took"] {
        for a in nouns {
            for b in nouns.into_iter().filter(|&b| b != a) {
                for middle in middles {
                    let text =
                        format!("the {a} {verb} the {middle} {b} . the {a}").replace("  ", " ");
                    for d in [32, 64, 256] {
                        let share = |has_positions| {
                            let shares = continued(&text, has_positions, d);
                            let of_verb = shares.iter().find(|(word, _)| *word == verb);
                            of_verb.unwrap().1
                        };
                        assert!(share(true) > 0.9, "{text} at {d}: {}", share(true));
                        let n_tokens = text.split(' ').count() + 1;
                        let even = 1.0 / n_tokens as f32;
                        assert!((share(false) - even).abs() < 1e-4, "{text} at {d}");
                    }
                    n_sentences += 1;
                }
            }
        }
    }
    assert_eq!(n_sentences, 144);
}

/// The start mark keeps the first word from being taken for what stands before it.
#[test]
fn the_first_word_has_a_place_to_look_at() {
    for (text, expected) in [
        ("dog bit the dog", &[("bit", 1.0)][..]),
        ("dog dog dog", &[("dog", 1.0)]),
        ("a dog bit a dog ate a dog", &[("bit", 0.5), ("ate", 0.5)]),
    ] {
        let shares = continued(text, true, 64);
        for (word, share) in expected {
            let got = shares.iter().find(|(known, _)| known == word).unwrap().1;
            assert!((got - share).abs() < 0.1, "{text}: {word} {got}");
        }
    }
}
