//! Embeddings by word against Python, and what adding positions does to them.

use maths::schemes::{EncodingSpec, EncodingTable, Scheme};
use maths::statistics::summarize;
use maths::words::{EmbeddingSpec, WordSum, word_hash};
use ndarray::s;
use proptest::prelude::*;

use crate::golden;
use crate::sinusoids::SINUSOIDAL;

fn encoding(seq_len: usize, d_model: usize) -> EncodingTable {
    table(SINUSOIDAL, seq_len, d_model)
}

fn table(scheme: Scheme, seq_len: usize, d_model: usize) -> EncodingTable {
    let mut table = EncodingTable::default();
    table.update(EncodingSpec {
        scheme,
        seq_len,
        d_model,
        start: 0,
    });
    table
}

fn spec(d_model: usize) -> EmbeddingSpec {
    EmbeddingSpec {
        d_model,
        std: 1.0,
        seed: 1,
        scaled: false,
    }
}

fn sum(words: &[u64], spec: EmbeddingSpec, encoding: &EncodingTable) -> WordSum {
    let mut sum = WordSum::default();
    assert!(sum.update(words, spec, encoding));
    sum
}

fn hashes(text: &str) -> Vec<u64> {
    text.split_whitespace().map(word_hash).collect()
}

#[test]
fn sums_agree_with_python() {
    for case in golden::cases("words") {
        let words = hashes(case.text("words"));
        assert_eq!(words, case.numbers::<u64>("hashes"));
        let spec = EmbeddingSpec {
            d_model: case.number("d_model"),
            std: case.number("std"),
            seed: case.number("seed"),
            scaled: case.number::<u8>("scaled") == 1,
        };
        let sum = sum(&words, spec, &encoding(words.len(), spec.d_model));
        let close = |found: &[f32], expected: Vec<f64>| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!((f64::from(*found) - expected).abs() < 1e-6);
            }
        };
        close(
            sum.embeddings().as_slice().unwrap(),
            case.numbers("embeddings"),
        );
        close(sum.sum().as_slice().unwrap(), case.numbers("sum"));
        close(&sum.norms().embedding, case.numbers("embedding_norms"));
        close(&sum.norms().sum, case.numbers("sum_norms"));
        let of_sinusoids = (spec.d_model as f32 / 2.0).sqrt();
        assert!(
            sum.norms()
                .encoding
                .iter()
                .all(|norm| (norm - of_sinusoids).abs() < 1e-5)
        );
    }
}

#[test]
fn the_same_word_has_the_same_vector_until_positions_are_added() {
    let words = hashes("the dog bites the man");
    let sum = sum(&words, spec(128), &encoding(5, 128));
    assert_eq!(sum.embeddings().row(0), sum.embeddings().row(3));
    let same = sum.cosines(0, 3);
    assert!((same.embedding - 1.0).abs() < 1e-12);
    assert!(same.sum < 0.95 && same.sum > 0.7, "{same:?}");
    let other = sum.cosines(0, 1);
    assert!(other.embedding.abs() < 0.3 && other.sum > other.embedding);
    assert!(sum.cosines(0, 5).sum.is_nan());
}

#[test]
fn scaling_makes_words_as_long_as_positions() {
    // ‖PE‖ = √(512/2) = 16; a word of N(0, 1/d) is 1 long, and √512 = 22.6 after scaling.
    let words = hashes("a few words of one sentence");
    let std = 512_f64.sqrt().recip();
    let of = |scaled| {
        let spec = EmbeddingSpec {
            std,
            scaled,
            ..spec(512)
        };
        sum(&words, spec, &encoding(6, 512))
    };
    let (plain, scaled) = (of(false), of(true));
    let mean = |norms: &[f32]| summarize(norms).mean;
    assert!((mean(&plain.norms().embedding) - 1.0).abs() < 0.05);
    assert!((mean(&scaled.norms().embedding) / 512_f64.sqrt() - 1.0).abs() < 0.05);
    assert!((mean(&plain.norms().encoding) - 16.0).abs() < 1e-4);
    // Unscaled, different words are nearly the same vector once positions are added.
    assert!(plain.cosines(1, 2).sum > 0.95 && scaled.cosines(1, 2).sum < 0.6);
}

#[test]
fn where_there_is_no_position_there_is_no_sum() {
    let words = hashes("one two three four");
    let learned = Scheme::Learned {
        seed: 1,
        max_len: 2,
    };
    for encoding in [
        // No rows beyond max_len, a table that is too short, one that is too narrow.
        (table(learned, 4, 6), 2, 6),
        (encoding(3, 6), 3, 6),
        (encoding(4, 5), 4, 5),
        (EncodingTable::default(), 0, 0),
    ] {
        let (encoding, n_rows, n_columns) = encoding;
        let sum = sum(&words, spec(6), &encoding);
        for ((token, feature), x) in sum.sum().indexed_iter() {
            assert_eq!(x.is_nan(), token >= n_rows || feature >= n_columns);
        }
        assert!(sum.embeddings().iter().all(|x| x.is_finite()));
    }
    // Without positions the sum is E.
    let sum = sum(&words, spec(6), &table(Scheme::None, 4, 6));
    assert_eq!(sum.sum(), sum.embeddings());
    assert!(sum.norms().encoding.iter().all(|&norm| norm == 0.0));
}

#[test]
fn an_update_without_change_does_nothing() {
    let words = hashes("one two");
    let mut sum = WordSum::default();
    assert_eq!((sum.sum().dim(), sum.version()), ((0, 0), 0));
    assert!(sum.update(&words, spec(4), &encoding(2, 4)));
    assert!(!sum.update(&words, spec(4), &encoding(2, 4)));
    assert_eq!(sum.version(), 1);
    assert!(sum.update(&words[..1], spec(4), &encoding(2, 4)));
    assert_eq!((sum.sum().dim(), sum.norms().sum.len()), ((1, 4), 1));
    for (words, d_model) in [(&words[..0], 4), (&words[..], 0)] {
        sum.update(words, spec(d_model), &encoding(2, d_model));
        assert_eq!(sum.sum().dim(), (words.len(), d_model));
        assert_eq!(sum.norms().sum.len(), words.len());
    }
}

proptest! {
    #[test]
    fn what_was_shown_before_leaves_no_trace(
        shown in prop::collection::vec((prop::collection::vec("[a-c]{1,2}", 0..9), 0_usize..20, 0_usize..12, 0_u64..3, any::<bool>()), 2..6)
    ) {
        let mut followed = WordSum::default();
        for (words, d_model, n_positions, seed, scaled) in shown {
            let words: Vec<u64> = words.iter().map(|word| word_hash(word)).collect();
            let spec = EmbeddingSpec { seed, scaled, ..spec(d_model) };
            let encoding = encoding(n_positions, d_model);
            followed.update(&words, spec, &encoding);
            let fresh = sum(&words, spec, &encoding);
            let bits = |sum: &WordSum| sum.sum().iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&followed), bits(&fresh));
            prop_assert_eq!(followed.embeddings(), fresh.embeddings());
            prop_assert_eq!(&followed.norms().embedding, &fresh.norms().embedding);
        }
    }

    #[test]
    fn a_word_does_not_depend_on_its_sentence(words in prop::collection::vec(any::<u64>(), 1..9), seed in any::<u64>(), d_model in 1_usize..40) {
        let spec = EmbeddingSpec { seed, ..spec(d_model) };
        let whole = sum(&words, spec, &encoding(words.len(), d_model));
        for (token, &word) in words.iter().enumerate() {
            let alone = sum(&[word], EmbeddingSpec { d_model: 50, ..spec }, &encoding(1, 50));
            let first = alone.embeddings().slice_move(s![0, ..d_model]);
            prop_assert_eq!(whole.embeddings().slice_move(s![token, ..]), first);
        }
    }
}
