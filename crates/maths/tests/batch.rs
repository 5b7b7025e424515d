//! One sample among changing mates: the fast experiment against the norms themselves, and the numbers
//! of the trial.

use maths::normalize::{
    BATCH_SIZES, BatchCase, BatchExperiment, BatchSpec, Norm, NormSpec, Padding, RunningStatistics,
};
use ndarray::{Array2, s};

use crate::normed::{BATCH, BATCH_EVAL, forward, untrained};

const SEQ_LEN: usize = BatchExperiment::SEQ_LEN;
const D_MODEL: usize = BatchExperiment::D_MODEL;
const REAL_LEN: usize = BatchExperiment::REAL_LEN;

fn run(spec: BatchSpec) -> BatchExperiment {
    let mut experiment = BatchExperiment::default();
    experiment.restart(spec);
    assert!(experiment.step(usize::MAX));
    assert_eq!(experiment.n_done(), spec.n_resamplings);
    experiment
}

/// The first tokens of every sample as a block.
fn cut(block: &Array2<f32>, n_samples: usize, seq_len: usize) -> Array2<f32> {
    Array2::from_shape_fn((n_samples * seq_len, D_MODEL), |(row, feature)| {
        block[[row / seq_len * SEQ_LEN + row % seq_len, feature]]
    })
}

fn normalized(
    x: &Array2<f32>,
    seq_len: usize,
    norm: Norm,
    padding: Padding<'_>,
    running: Option<&RunningStatistics>,
) -> Array2<f32> {
    let spec = NormSpec {
        norm,
        padding,
        running,
        ..NormSpec::default()
    };
    forward(x, seq_len, &spec).normalized
}

/// x̂ of the sample that stays in one batch, the batch normalized as a whole. (T, C), or as many tokens
/// as are real
fn slow(case: BatchCase, norm: Norm, block: &Array2<f32>, real_lens: &[usize]) -> Array2<f32> {
    let n_samples = real_lens.len();
    let longest = *real_lens.iter().max().unwrap();
    let padded = |counted| {
        let block = cut(block, n_samples, longest);
        let padding = Padding { real_lens, counted };
        let all = normalized(&block, longest, norm, padding, None);
        all.slice(s![..REAL_LEN, ..]).to_owned()
    };
    match case {
        BatchCase::BatchPadded | BatchCase::InstancePadded | BatchCase::GroupPadded => padded(true),
        BatchCase::BatchMasked => padded(false),
        BatchCase::BatchOverSamples => {
            let mut all = Array2::zeros((SEQ_LEN, D_MODEL));
            for token in 0..SEQ_LEN {
                let rows = block.slice(s![token..;SEQ_LEN, ..]).to_owned();
                let of_token = normalized(&rows, 1, norm, Padding::default(), None);
                all.row_mut(token).assign(&of_token.row(0));
            }
            all
        }
        BatchCase::Batch | BatchCase::Layer => {
            let all = normalized(block, SEQ_LEN, norm, Padding::default(), None);
            all.slice(s![..SEQ_LEN, ..]).to_owned()
        }
    }
}

/// The root of the mean squared standard deviation of each cell.
fn spread(tables: &[Array2<f32>]) -> f64 {
    let mut squares = 0.0;
    for cell in 0..tables[0].len() {
        let values: Vec<f64> = tables
            .iter()
            .map(|table| table.as_slice().unwrap()[cell].into())
            .collect();
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        let variance = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / values.len() as f64;
        squares += variance;
    }
    (squares / tables[0].len() as f64).sqrt()
}

#[test]
fn the_fast_experiment_is_what_the_norms_do_to_whole_batches() {
    let spec = BatchSpec {
        n_resamplings: 9,
        seed: 3,
        ..BatchSpec::default()
    };
    let experiment = run(spec);
    let (mut block, mut real_lens) = (Array2::zeros((0, 0)), Vec::new());
    for (size_idx, &size) in BATCH_SIZES.iter().enumerate() {
        for (case, norm) in [
            (BatchCase::Batch, BATCH),
            (BatchCase::BatchOverSamples, BATCH),
            (BatchCase::BatchPadded, BATCH),
            (BatchCase::BatchMasked, BATCH),
            (BatchCase::InstancePadded, Norm::Instance),
            (BatchCase::GroupPadded, Norm::Group { n_groups: 4 }),
            (BatchCase::Layer, Norm::Layer),
            (BatchCase::Layer, Norm::Rms),
            (BatchCase::Layer, Norm::Instance),
            (BatchCase::Layer, Norm::Group { n_groups: 4 }),
        ] {
            if case == BatchCase::BatchOverSamples && size == 1 {
                assert_eq!(experiment.spread(case, size_idx), None);
                continue;
            }
            let tables: Vec<_> = (0..spec.n_resamplings)
                .map(|drawing| {
                    experiment.fill_batch(drawing, size, &mut block, &mut real_lens);
                    assert_eq!(block.dim(), (size * SEQ_LEN, D_MODEL));
                    assert_eq!((real_lens.len(), real_lens[0]), (size, REAL_LEN));
                    slow(case, norm, &block, &real_lens)
                })
                .collect();
            let (got, expected) = (experiment.spread(case, size_idx).unwrap(), spread(&tables));
            assert!(
                (got - expected).abs() < 1e-6,
                "{case:?} {norm:?} {size}: {got} {expected}"
            );
            if case == BatchCase::Layer {
                // Bit for bit.
                assert!(tables.iter().all(|table| *table == tables[0]));
            }
        }
        // Masked instance and group norm do not move either.
        for norm in [Norm::Instance, Norm::Group { n_groups: 4 }] {
            let tables: Vec<_> = (0..4)
                .map(|drawing| {
                    experiment.fill_batch(drawing, size, &mut block, &mut real_lens);
                    slow(BatchCase::BatchMasked, norm, &block, &real_lens)
                })
                .collect();
            assert!(tables.iter().all(|table| *table == tables[0]));
        }
    }
}

#[test]
fn gaps_are_those_of_running_statistics() {
    let spec = BatchSpec {
        n_resamplings: 53,
        ..BatchSpec::default()
    };
    let experiment = run(spec);
    let (mut block, mut real_lens) = (Array2::zeros((0, 0)), Vec::new());
    let size_idx = 2;
    let mut running = untrained(D_MODEL);
    let mut squares = [0.0; 2];
    for drawing in 0..53 {
        experiment.fill_batch(drawing, BATCH_SIZES[size_idx], &mut block, &mut real_lens);
        if drawing >= 50 {
            let train = slow(BatchCase::Batch, BATCH, &block, &real_lens);
            for (squares, x) in squares
                .iter_mut()
                .zip([block.clone(), block.mapv(|x| 1.5 * x + 1.0)])
            {
                let eval = normalized(&x, SEQ_LEN, BATCH_EVAL, Padding::default(), Some(&running));
                let own = eval.slice(s![..SEQ_LEN, ..]);
                *squares += (&train - &own)
                    .iter()
                    .map(|&x| f64::from(x) * f64::from(x))
                    .sum::<f64>();
            }
        }
        running
            .observe(block.view(), SEQ_LEN, Padding::default(), spec.momentum)
            .unwrap();
    }
    for (shifted, squares) in [false, true].into_iter().zip(squares) {
        let expected = (squares / (3 * SEQ_LEN * D_MODEL) as f64).sqrt();
        let got = experiment.gap(BatchCase::Batch, size_idx, shifted).unwrap();
        assert!((got - expected).abs() < 1e-6);
    }
}

/// Of several seeds, for the batch sizes from 2.
fn averages(spec: BatchSpec, value: impl Fn(&BatchExperiment, usize) -> f64) -> Vec<f64> {
    let experiments: Vec<_> = (0..4).map(|seed| run(BatchSpec { seed, ..spec })).collect();
    let average = |size_idx| {
        let squares = experiments
            .iter()
            .map(|experiment| value(experiment, size_idx).powi(2));
        (squares.sum::<f64>() / experiments.len() as f64).sqrt()
    };
    (1..BATCH_SIZES.len()).map(average).collect()
}

fn assert_near(what: &str, got: &[f64], expected: [f64; 6], tolerance: f64) {
    for (got_one, expected_one) in got.iter().zip(expected) {
        let error = (got_one - expected_one).abs();
        assert!(
            error <= tolerance * expected_one + 0.006,
            "{what}: {got:.3?} {expected:.3?}"
        );
    }
}

#[test]
fn the_numbers_of_the_trial() {
    // E4: for B = 2, 4, 8, 16, 32, 64.
    for (case, expected, tolerance) in [
        (
            BatchCase::Batch,
            [0.319, 0.271, 0.201, 0.145, 0.103, 0.073],
            0.08,
        ),
        (
            BatchCase::BatchOverSamples,
            [0.862, 0.617, 0.422, 0.295, 0.207, 0.148],
            0.1,
        ),
        (
            BatchCase::BatchPadded,
            [0.364, 0.300, 0.224, 0.162, 0.115, 0.082],
            0.12,
        ),
        (
            BatchCase::BatchMasked,
            [0.387, 0.316, 0.230, 0.164, 0.117, 0.083],
            0.12,
        ),
        (
            BatchCase::InstancePadded,
            [0.215, 0.155, 0.078, 0.035, 0.008, 0.0],
            0.2,
        ),
        (
            BatchCase::GroupPadded,
            [0.159, 0.123, 0.067, 0.031, 0.008, 0.0],
            0.2,
        ),
        (BatchCase::Layer, [0.0; 6], 0.0),
    ] {
        let got = averages(BatchSpec::default(), |experiment, size_idx| {
            experiment.spread(case, size_idx).unwrap()
        });
        assert_near(&format!("{case:?}"), &got, expected, tolerance);
    }
    // Alone, nothing moves, and batch norm over samples cannot be computed.
    let experiment = run(BatchSpec::default());
    for case in BatchCase::ALL {
        let expected = if case == BatchCase::BatchOverSamples {
            None
        } else {
            Some(0.0)
        };
        assert_eq!(experiment.spread(case, 0), expected);
    }
    // Training against evaluation with mates that are all alike; the trial had other samples, of one
    // token.
    let alike = BatchSpec {
        alike: true,
        ..BatchSpec::default()
    };
    let got = averages(alike, |experiment, size_idx| {
        experiment
            .gap(BatchCase::BatchOverSamples, size_idx, false)
            .unwrap()
    });
    assert_near("gap", &got, [0.91, 0.66, 0.45, 0.32, 0.24, 0.16], 0.15);
    let got = averages(alike, |experiment, size_idx| {
        experiment
            .gap(BatchCase::BatchOverSamples, size_idx, true)
            .unwrap()
    });
    assert_near(
        "gap under a shift",
        &got,
        [1.66, 1.43, 1.31, 1.25, 1.22, 1.21],
        0.15,
    );
}

#[test]
fn steps_give_what_one_run_gives() {
    let spec = BatchSpec {
        n_resamplings: 60,
        ..BatchSpec::default()
    };
    let at_once = run(spec);
    let mut in_steps = BatchExperiment::default();
    assert!(!in_steps.step(5));
    assert_eq!(
        (in_steps.n_done(), in_steps.spread(BatchCase::Batch, 1)),
        (0, None)
    );
    in_steps.restart(BatchSpec { seed: 9, ..spec });
    in_steps.step(3);
    in_steps.restart(spec);
    let mut n_steps = 1;
    while !in_steps.step(7) {
        n_steps += 1;
        let is_warm = in_steps.n_done() > 50;
        assert_eq!(in_steps.gap(BatchCase::Batch, 3, false).is_some(), is_warm);
    }
    assert_eq!(n_steps, 9);
    for size_idx in 0..BATCH_SIZES.len() {
        for case in BatchCase::ALL {
            assert_eq!(
                at_once.spread(case, size_idx),
                in_steps.spread(case, size_idx)
            );
            assert_eq!(
                at_once.gap(case, size_idx, true),
                in_steps.gap(case, size_idx, true)
            );
        }
        assert_eq!(at_once.gap(BatchCase::Layer, size_idx, false), Some(0.0));
        assert_eq!(at_once.gap(BatchCase::BatchMasked, size_idx, false), None);
    }
    assert_eq!(at_once.spread(BatchCase::Batch, BATCH_SIZES.len()), None);
    // Another seed, other batches.
    let other = run(BatchSpec { seed: 1, ..spec });
    assert_ne!(
        at_once.spread(BatchCase::Batch, 1),
        other.spread(BatchCase::Batch, 1)
    );
}

#[test]
fn strange_settings_stop_nothing() {
    for spec in [
        BatchSpec {
            n_resamplings: 0,
            ..BatchSpec::default()
        },
        BatchSpec {
            n_resamplings: 1,
            n_groups: 0,
            eps: 0.0,
            ..BatchSpec::default()
        },
        BatchSpec {
            n_resamplings: 1,
            n_groups: 1000,
            eps: f64::NAN,
            momentum: f64::INFINITY,
            ..BatchSpec::default()
        },
    ] {
        let experiment = run(spec);
        assert_eq!(experiment.gap(BatchCase::Batch, 1, false), None);
        assert!(experiment.spread(BatchCase::GroupPadded, 1).is_some());
        let (mut block, mut real_lens) = (Array2::zeros((0, 0)), vec![7]);
        experiment.fill_batch(0, 0, &mut block, &mut real_lens);
        assert!(block.is_empty() && real_lens.is_empty());
    }
    let (mut block, mut real_lens) = (Array2::zeros((0, 0)), Vec::new());
    BatchExperiment::default().fill_batch(0, 4, &mut block, &mut real_lens);
    assert!(block.is_empty());
}
