//! Wrong tables against the code that makes them, and the symptoms by which they are known.

use maths::encode::{Layout, Sinusoidal};
use maths::mistakes::{Mistake, MistakeTables, MixedScores, MixedSpec};
use ndarray::{Array2, ArrayView1, ArrayView2};
use proptest::prelude::*;

use crate::golden;
use crate::matrices::max_error;
use crate::sinusoids::{layout_of, spec};

const ALL: [Mistake; 6] = [
    Mistake::DoubledExponent,
    Mistake::WrongBase,
    Mistake::SwappedWaves,
    Mistake::F32Angles,
    Mistake::OneRowPerSample { sample: 3 },
    Mistake::EncodedPadding { n_tokens: 9 },
];

fn tables(spec: Sinusoidal, mistake: Mistake) -> MistakeTables {
    let mut tables = MistakeTables::default();
    assert!(tables.update(spec, mistake));
    tables
}

fn dot(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f64 {
    let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
    products.sum()
}

/// Columns that move by less than 0.01 over all rows, as a share.
fn still_columns(table: ArrayView2<'_, f32>) -> f64 {
    let still = table.columns().into_iter().filter(|column| {
        let (min, max) = column.iter().fold((f32::MAX, f32::MIN), |(min, max), &x| {
            (min.min(x), max.max(x))
        });
        max - min < 0.01
    });
    still.count() as f64 / table.ncols() as f64
}

#[test]
fn both_tables_agree_with_the_code_that_was_found() {
    for case in golden::cases("mistakes") {
        let mistake = match case.text("mistake") {
            "doubled_exponent" => Mistake::DoubledExponent,
            "wrong_base" => Mistake::WrongBase,
            "swapped_waves" => Mistake::SwappedWaves,
            "f32_angles" => Mistake::F32Angles,
            "one_row_per_sample" => Mistake::OneRowPerSample { sample: 3 },
            "encoded_padding" => Mistake::EncodedPadding { n_tokens: 9 },
            other => panic!("{other} is no mistake"),
        };
        let spec = Sinusoidal {
            start: case.number("start"),
            layout: layout_of(&case),
            ..spec(case.number("seq_len"), case.number("d_model"))
        };
        let tables = tables(spec, mistake);
        for (found, key) in [(tables.right(), "right"), (tables.wrong(), "wrong")] {
            let shape = (spec.seq_len, spec.d_model);
            let expected = Array2::from_shape_vec(shape, case.numbers(key)).unwrap();
            let error = max_error(found, &expected);
            assert!(error < 3e-7, "{mistake:?}, {key}: {error}");
        }
    }
}

#[test]
fn a_doubled_exponent_stills_the_columns_and_breaks_the_circles() {
    let tables = tables(spec(50, 512), Mistake::DoubledExponent);
    // Of real code: 61 % of the columns hardly move, where it should be 22 %.
    assert!((still_columns(tables.wrong()) - 0.61).abs() < 0.01);
    assert!((still_columns(tables.right()) - 0.22).abs() < 0.01);
    let radius = |table: ArrayView2<'_, f32>| table[[30, 20]].hypot(table[[30, 21]]);
    assert!((radius(tables.right()) - 1.0).abs() < 1e-6);
    assert!((radius(tables.wrong()) - 1.0).abs() > 0.01);
}

#[test]
fn swapped_waves_leave_every_similarity() {
    for layout in [Layout::Interleaved, Layout::Concatenated] {
        let tables = tables(
            Sinusoidal {
                layout,
                ..spec(40, 16)
            },
            Mistake::SwappedWaves,
        );
        let (right, wrong) = (tables.right(), tables.wrong());
        assert_ne!(right, wrong);
        for p in 0..40 {
            let (here, there) = (
                dot(right.row(0), right.row(p)),
                dot(wrong.row(0), wrong.row(p)),
            );
            assert!((here - there).abs() < 1e-5);
        }
    }
    // An odd last column has no partner and stays.
    let odd = tables(spec(5, 7), Mistake::SwappedWaves);
    assert_eq!(odd.right().column(6), odd.wrong().column(6));
}

#[test]
fn f32_angles_lose_digits_with_the_position() {
    let worst = |start| {
        let spec = Sinusoidal {
            start,
            ..spec(64, 128)
        };
        let tables = tables(spec, Mistake::F32Angles);
        let difference = &tables.right() - &tables.wrong();
        difference.iter().fold(0.0_f32, |max, x| max.max(x.abs()))
    };
    assert!(worst(0) < 1e-5);
    let far = worst(1_000_000);
    assert!(far > 0.01 && far < 0.1, "{far}");
}

#[test]
fn all_tokens_of_a_sample_get_one_row() {
    let tables = tables(spec(20, 8), Mistake::OneRowPerSample { sample: 5 });
    for row in tables.wrong().rows() {
        assert_eq!(row, tables.right().row(5));
    }
}

#[test]
fn padding_is_known_by_its_zeros_only_without_positions() {
    let n_tokens = 6;
    let tables = tables(spec(10, 8), Mistake::EncodedPadding { n_tokens });
    for p in 0..10 {
        let is_zero = |table: ArrayView2<'_, f32>| table.row(p).iter().all(|&x| x == 0.0);
        assert_eq!(is_zero(tables.right()), p >= n_tokens);
        assert!(!is_zero(tables.wrong()));
    }
}

fn any_mistake() -> impl Strategy<Value = Mistake> {
    prop::sample::select(ALL.to_vec())
}

proptest! {
    #[test]
    fn what_was_shown_before_leaves_no_trace(
        shown in prop::collection::vec((any_mistake(), 0_usize..70, 0_usize..20, 0_u64..200, any::<bool>()), 2..6)
    ) {
        let mut followed = MistakeTables::default();
        prop_assert_eq!(followed.wrong().dim(), (0, 0));
        for (mistake, seq_len, d_model, start, halves) in shown {
            let layout = if halves { Layout::Concatenated } else { Layout::Interleaved };
            let spec = Sinusoidal { start, layout, ..spec(seq_len, d_model) };
            let version = followed.version();
            let changed = followed.update(spec, mistake);
            prop_assert_eq!(followed.version() > version, changed);
            prop_assert!(!followed.update(spec, mistake));
            let fresh = tables(spec, mistake);
            prop_assert_eq!(followed.right(), fresh.right());
            prop_assert_eq!(followed.wrong(), fresh.wrong());
            prop_assert_eq!(followed.wrong().dim(), (seq_len, d_model));
        }
    }

    #[test]
    fn the_layouts_of_a_mistake_hold_the_same_columns(mistake in any_mistake(), n_pairs in 1_usize..10) {
        let interleaved = tables(spec(30, 2 * n_pairs), mistake);
        let concatenated = tables(Sinusoidal { layout: Layout::Concatenated, ..spec(30, 2 * n_pairs) }, mistake);
        let (interleaved, concatenated) = (interleaved.wrong(), concatenated.wrong());
        for idx in 0..n_pairs {
            prop_assert_eq!(interleaved.column(2 * idx), concatenated.column(idx));
            prop_assert_eq!(interleaved.column(2 * idx + 1), concatenated.column(n_pairs + idx));
        }
    }
}

#[test]
fn a_rotary_table_for_neighbours_and_a_rotation_for_halves_do_not_belong_together() {
    let mut scores = MixedScores::default();
    let spec = MixedSpec {
        d_model: 6,
        base: 10_000.0,
        start: 1,
        n_positions: 501,
        offset: 1,
    };
    assert!(scores.update(spec));
    assert!(!scores.update(spec));
    // Checked against the two lines of Python, with q = 1..6 and k = 6..1.
    for (position, wrong) in [(1, 6.4276), (6, 59.4414), (51, 16.1923), (501, 24.2280)] {
        assert!((scores.right()[position - 1] - 29.0133).abs() < 5e-5);
        assert!((scores.wrong()[position - 1] - wrong).abs() < 5e-5);
    }
    // Far out they are what they are where they are computed anew.
    let far = MixedSpec {
        start: 1_000_063,
        n_positions: 1,
        ..spec
    };
    scores.update(MixedSpec {
        start: 1_000_000,
        n_positions: 64,
        ..spec
    });
    let last = scores.wrong()[63];
    scores.update(far);
    assert!((scores.wrong()[0] - last).abs() < 1e-4);
    // One pair is its own neighbour and its own half; no feature has no score.
    for d_model in [0, 1, 2, 3] {
        scores.update(MixedSpec { d_model, ..spec });
        assert_eq!(scores.right().len(), 501);
        assert_eq!(scores.right(), scores.wrong());
    }
}
