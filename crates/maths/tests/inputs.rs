//! Seeded inputs against an independent generator, and against what each kind promises.

use maths::inputs::{
    Distribution, Given, InputSpec, InputTable, OUTLIER_FEATURE, fill_input, fill_normal_row,
};
use maths::schemes::EncodingTable;
use maths::statistics::{Summary, summarize};
use maths::words::{EmbeddingSpec, WordSum, word_hash};
use ndarray::{Array2, ArrayView2, s};
use proptest::prelude::*;

use crate::golden;
use crate::matrices::bits;
use crate::sinusoids;

const SEEDED: [Distribution; 5] = [
    Distribution::Tokens,
    Distribution::Normal,
    Distribution::Uniform,
    Distribution::Heavy,
    Distribution::Outlier,
];

fn spec(
    distribution: Distribution,
    batch: usize,
    seq_len: usize,
    d_model: usize,
) -> InputSpec<'static> {
    InputSpec {
        distribution,
        batch,
        seq_len,
        d_model,
        mean: 0.0,
        std: 1.0,
        seed: 1,
        given: Given::default(),
        words: &[],
    }
}

fn input(spec: &InputSpec<'_>) -> Array2<f32> {
    let mut out = Array2::default((0, 0));
    fill_input(spec, &mut out);
    assert_eq!(out.dim(), (spec.batch * spec.seq_len, spec.d_model));
    out
}

fn summary(matrix: &Array2<f32>) -> Summary {
    summarize(matrix.as_slice().unwrap())
}

#[test]
fn a_row_of_its_own_is_the_row_of_all() {
    let spec = InputSpec {
        mean: 0.5,
        std: 2.0,
        ..spec(Distribution::Normal, 3, 4, 70)
    };
    let all = input(&spec);
    let mut row = Vec::new();
    for row_idx in 0..12 {
        fill_normal_row(&spec, row_idx, &mut row);
        let row = ArrayView2::from_shape((1, row.len()), &row).unwrap();
        assert_eq!(
            bits(row),
            bits(all.slice(s![row_idx..=row_idx, ..])),
            "row {row_idx}"
        );
    }
}

#[test]
fn noise_agrees_with_a_generator_in_python_to_the_last_bit() {
    for case in golden::cases("inputs") {
        let distribution = match case.text("distribution") {
            "uniform" => Distribution::Uniform,
            "heavy" => Distribution::Heavy,
            "normal" => Distribution::Normal,
            "tokens" => Distribution::Tokens,
            other => panic!("{other} is no golden distribution"),
        };
        let shape: Vec<usize> = case.numbers("shape");
        let seed = case.number("seed");
        let got = input(&InputSpec {
            seed,
            ..spec(distribution, shape[0], shape[1], shape[2])
        });
        assert_eq!(
            got.as_slice().unwrap(),
            case.numbers::<f32>("values"),
            "{distribution:?}, seed {seed}"
        );
    }
}

#[test]
fn a_seed_gives_these_numbers_for_ever() {
    // Links carry the seed only: another number here would change what every shared link shows.
    let cases: [(Distribution, [f32; 4]); 3] = [
        (
            Distribution::Tokens,
            [-0.694459, -0.17514838, -0.2895683, -0.9598737],
        ),
        (
            Distribution::Normal,
            [-0.4859959, -1.7302169, -0.122314796, 0.3484985],
        ),
        (
            Distribution::Outlier,
            [-0.4859959, 18.269783, -0.122314796, 0.3484985],
        ),
    ];
    for (distribution, expected) in cases {
        let got = input(&spec(distribution, 2, 3, 4));
        // Sample 1, token 2.
        assert_eq!(got.row(5).as_slice().unwrap(), expected, "{distribution:?}");
    }
}

#[test]
fn each_kind_has_the_moments_it_promises() {
    // kind, mean, std, skewness, kurtosis, and how far the last two may be off
    let cases = [
        (Distribution::Normal, 0.0, 1.0, 0.0, 0.0, 0.03),
        (Distribution::Uniform, 0.0, 1.0, 0.0, -1.2, 0.01),
        // The fourth moment of t₃ is infinite, so only the first two are held.
        (
            Distribution::Heavy,
            0.0,
            1.0,
            0.0,
            f64::INFINITY,
            f64::INFINITY,
        ),
    ];
    for (distribution, mean, std, skewness, kurtosis, tolerance) in cases {
        let got = summary(&input(&spec(distribution, 64, 64, 64)));
        assert!((got.mean - mean).abs() < 0.01, "{distribution:?}: {got:?}");
        assert!((got.std - std).abs() < 0.05, "{distribution:?}: {got:?}");
        if tolerance < 1.0 {
            assert!(
                (got.skewness - skewness).abs() < tolerance,
                "{distribution:?}: {got:?}"
            );
            assert!(
                (got.kurtosis - kurtosis).abs() < tolerance,
                "{distribution:?}: {got:?}"
            );
        }
    }
}

#[test]
fn heavy_noise_has_the_quantiles_of_student_t_with_three_degrees() {
    let mut values = input(&spec(Distribution::Heavy, 64, 64, 64))
        .into_raw_vec_and_offset()
        .0;
    values.sort_by(f32::total_cmp);
    // Tables of t₃ at 0.9, 0.975, 0.995 and 0.9995, divided by √3.
    for (p, t) in [
        (0.5, 0.0),
        (0.9, 1.637_744),
        (0.975, 3.182_446),
        (0.995, 5.840_909),
        (0.9995, 12.923_979),
    ] {
        let got = f64::from(values[(p * values.len() as f64) as usize]);
        let expected = t / 3_f64.sqrt();
        assert!(
            (got - expected).abs() < 0.01 + 0.06 * expected,
            "{p}: {got}, not {expected}"
        );
    }
}

#[test]
fn normal_noise_has_the_quantiles_of_the_normal_distribution() {
    let mut values = input(&spec(Distribution::Normal, 64, 64, 64))
        .into_raw_vec_and_offset()
        .0;
    values.sort_by(f32::total_cmp);
    // Tables of N(0, 1), and how far a quarter of a million values may be off: four standard errors.
    for (p, expected, tolerance) in [
        (0.5, 0.0, 0.01),
        (0.9, 1.281_552, 0.014),
        (0.975, 1.959_964, 0.021),
        (0.995, 2.575_829, 0.039),
        (0.9995, 3.290_527, 0.1),
    ] {
        for (p, expected) in [(p, expected), (1.0 - p, -expected)] {
            let got = f64::from(values[(p * values.len() as f64) as usize]);
            assert!(
                (got - expected).abs() < tolerance,
                "{p}: {got}, not {expected}"
            );
        }
    }
}

#[test]
fn uniform_noise_stays_between_minus_and_plus_root_three() {
    let got = summary(&input(&spec(Distribution::Uniform, 16, 64, 64)));
    assert!(got.min >= -(3_f64.sqrt()) - 1e-7 && got.max <= 3_f64.sqrt() + 1e-7);
    assert!(got.min < -1.73 && got.max > 1.73);
}

#[test]
fn every_token_has_a_mean_and_a_spread_of_its_own() {
    let rows = input(&spec(Distribution::Tokens, 4, 8, 1024));
    let summaries: Vec<Summary> = rows
        .rows()
        .into_iter()
        .map(|row| summarize(row.as_slice().unwrap()))
        .collect();
    for (row_idx, got) in summaries.iter().enumerate() {
        let ramp = 0.5 + 2.5 * (row_idx % 8) as f64 / 7.0;
        assert!((got.std / ramp - 1.0).abs() < 0.2, "row {row_idx}: {got:?}");
        assert!(got.mean.abs() < 1.5 + 0.5, "row {row_idx}: {got:?}");
    }
    let means: Vec<f32> = summaries.iter().map(|got| got.mean as f32).collect();
    assert!(summarize(&means).std > 0.5, "means differ: {means:?}");
}

#[test]
fn one_feature_is_an_outlier_in_every_token() {
    let plain = input(&spec(Distribution::Normal, 2, 5, 16));
    let got = input(&InputSpec {
        std: 3.0,
        mean: 1.0,
        ..spec(Distribution::Outlier, 2, 5, 16)
    });
    for ((row, feature), &x) in got.indexed_iter() {
        let noise = plain[[row, feature]]
            + if feature == OUTLIER_FEATURE {
                20.0
            } else {
                0.0
            };
        assert_eq!(x, (1.0 + 3.0 * f64::from(noise)) as f32);
    }
    assert_eq!(
        input(&spec(Distribution::Outlier, 1, 2, 1)).dim(),
        (2, 1),
        "no such feature, no harm"
    );
}

#[test]
fn a_constant_is_the_mean_whatever_the_std() {
    for std in [0.0, 1.0, -3.0, 1e9] {
        let got = input(&InputSpec {
            mean: 3.7,
            std,
            ..spec(Distribution::Constant, 2, 3, 4)
        });
        assert!(got.iter().all(|&x| x == 3.7_f32));
    }
}

#[test]
fn given_values_are_cut_at_the_end_of_each_sample_and_token_and_missing_beyond() {
    const NONE: f32 = f32::NAN;
    let values = [1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5];
    let given = Given {
        block: [2, 3, 2],
        values: &values,
    };
    for (shape, expected) in [
        ([2, 3, 2], &values[..]),
        ([2, 2, 2], &[1.0, 1.5, 2.0, 2.5, 4.0, 4.5, 5.0, 5.5]),
        ([2, 3, 1], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
        ([1, 1, 1], &[1.0]),
        ([1, 2, 3], &[1.0, 1.5, NONE, 2.0, 2.5, NONE]),
        ([2, 4, 1], &[1.0, 2.0, 3.0, NONE, 4.0, 5.0, 6.0, NONE]),
        ([3, 1, 2], &[1.0, 1.5, 4.0, 4.5, NONE, NONE]),
    ] {
        let [batch, seq_len, d_model] = shape;
        let spec = InputSpec {
            mean: 9.0,
            std: 9.0,
            given,
            ..spec(Distribution::Custom, batch, seq_len, d_model)
        };
        let got = input(&spec);
        let expected = ArrayView2::from_shape((batch * seq_len, d_model), expected).unwrap();
        assert_eq!(bits(got.view()), bits(expected), "{shape:?}");
    }
    let nothing = input(&spec(Distribution::Custom, 1, 2, 2));
    assert!(nothing.iter().all(|x| x.is_nan()));
}

#[test]
fn encoded_tokens_are_words_plus_positions() {
    let (batch, seq_len, d_model, seed) = (3, 9, 7, 5);
    let words = ["the", "dog", "bit", "the", "man"].map(word_hash);
    let got = input(&InputSpec {
        seed,
        words: &words,
        ..spec(Distribution::Encoded, batch, seq_len, d_model)
    });
    let positions = sinusoids::table(sinusoids::spec(seq_len, d_model));
    let embedding = |word: u64| {
        let mut sum = WordSum::default();
        let embeddings = EmbeddingSpec {
            d_model,
            std: 1.0,
            seed,
            scaled: false,
        };
        sum.update(&[word], embeddings, &EncodingTable::default());
        sum.embeddings().row(0).to_vec()
    };
    for row_idx in 0..batch * seq_len {
        let embedding = embedding(words[row_idx % words.len()]);
        for (feature, embedding) in embedding.into_iter().enumerate() {
            let expected = embedding + positions[(row_idx % seq_len, feature)];
            let x = got[(row_idx, feature)];
            assert!((x - expected).abs() < 1e-6, "{row_idx} {feature}");
        }
    }
    // Without words positions are left.
    let got = input(&spec(Distribution::Encoded, 1, seq_len, d_model));
    let largest = (&got - &positions)
        .iter()
        .fold(0.0_f32, |max, x| max.max(x.abs()));
    assert!(largest < 1e-6, "{largest}");
    for (batch, seq_len, d_model) in [(0, 3, 2), (2, 0, 2), (2, 3, 0), (1, 1, 1)] {
        input(&spec(Distribution::Encoded, batch, seq_len, d_model));
    }
}

#[test]
fn neighbouring_rows_and_columns_are_not_alike() {
    let got = input(&spec(Distribution::Normal, 4, 64, 64));
    let correlation =
        |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>() / a.len() as f32;
    let flat = got.as_slice().unwrap();
    for lag in [1, 2, 63, 64, 65, 64 * 64] {
        let found = correlation(&flat[..flat.len() - lag], &flat[lag..]);
        assert!(found.abs() < 0.03, "lag {lag}: {found}");
    }
    let mut seeds = Vec::new();
    for seed in [0, 1, 2, u64::MAX] {
        seeds.push(input(&InputSpec {
            seed,
            ..spec(Distribution::Normal, 1, 8, 512)
        }));
        for other in &seeds[..seeds.len() - 1] {
            let found = correlation(
                other.as_slice().unwrap(),
                seeds[seeds.len() - 1].as_slice().unwrap(),
            );
            assert!(found.abs() < 0.06, "seed {seed}: {found}");
        }
    }
}

#[test]
fn a_table_tells_when_it_changed() {
    let mut table = InputTable::default();
    assert_eq!((table.values().dim(), table.version()), ((0, 0), 0));
    let mut update = |spec: &InputSpec<'_>| {
        let before = table.version();
        let changed = table.update(spec);
        assert_eq!(table.version() > before, changed);
        assert_eq!(bits(table.values()), bits(input(spec).view()));
        changed
    };
    let first = spec(Distribution::Normal, 2, 3, 5);
    let given = |values| Given {
        block: [1, 1, 2],
        values,
    };
    let custom = InputSpec {
        distribution: Distribution::Custom,
        given: given(&[1.0, 2.0]),
        ..first
    };
    let steps = [
        (first, true),
        (first, false),
        (InputSpec { mean: 2.0, ..first }, true),
        (InputSpec { seed: 2, ..first }, true),
        // The values given play no part unless they are asked for.
        (
            InputSpec {
                seed: 2,
                given: given(&[1.0, 2.0]),
                words: &[],
                ..first
            },
            false,
        ),
        (custom, true),
        (custom, false),
        (
            InputSpec {
                mean: 7.0,
                seed: 3,
                ..custom
            },
            false,
        ),
        (
            InputSpec {
                given: given(&[1.0, 2.5]),
                ..custom
            },
            true,
        ),
        (
            InputSpec {
                seq_len: 2,
                ..custom
            },
            true,
        ),
        (first, true),
        (
            InputSpec {
                batch: 3,
                seq_len: 2,
                ..first
            },
            true,
        ),
    ];
    for (step, (spec, changed)) in steps.into_iter().enumerate() {
        assert_eq!(update(&spec), changed, "step {step}");
    }
}

fn any_seeded() -> impl Strategy<Value = Distribution> {
    prop::sample::select(SEEDED.to_vec())
}

proptest! {
    #[test]
    fn growing_reshuffles_nothing(distribution in any_seeded(), seed: u64, small in (1_usize..4, 1_usize..5, 2_usize..24), more in (0_usize..3, 0_usize..5, 0_usize..24)) {
        let (batch, seq_len, d_model) = small;
        let less = input(&InputSpec { seed, ..spec(distribution, batch, seq_len, d_model) });
        let seq_len_grown = seq_len + more.1;
        let grown = input(&InputSpec { seed, ..spec(distribution, batch + more.0, seq_len_grown, d_model + more.2) });
        for sample in 0..batch {
            let was = less.slice(s![sample * seq_len..(sample + 1) * seq_len, ..]);
            let is = grown.slice(s![sample * seq_len_grown..sample * seq_len_grown + seq_len, ..d_model]);
            prop_assert_eq!(bits(was), bits(is));
        }
    }

    #[test]
    fn mean_and_std_move_and_stretch_the_same_noise(distribution in any_seeded(), seed: u64, mean in -9.0..9.0_f64, std in 0.0..9.0_f64) {
        let noise = input(&InputSpec { seed, ..spec(distribution, 2, 3, 7) });
        let got = input(&InputSpec { seed, mean, std, ..spec(distribution, 2, 3, 7) });
        prop_assert_eq!(got, noise.mapv(|noise| (mean + std * f64::from(noise)) as f32));
    }

    #[test]
    fn a_table_gives_what_a_fresh_fill_gives(steps in prop::collection::vec((any_seeded(), 0_u64..3, 1_usize..4, 1_usize..5, 1_usize..9, 0..3_i8), 1..12)) {
        let mut table = InputTable::default();
        for (distribution, seed, batch, seq_len, d_model, mean) in steps {
            let spec = InputSpec { seed, mean: mean.into(), ..spec(distribution, batch, seq_len, d_model) };
            table.update(&spec);
            prop_assert_eq!(table.values().dim(), (batch * seq_len, d_model));
            prop_assert_eq!(bits(table.values()), bits(input(&spec).view()));
        }
    }
}
