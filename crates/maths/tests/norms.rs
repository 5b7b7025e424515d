//! Every norm, forward and backward: against PyTorch, against its definition written out cell by cell,
//! and against what is known of it.

use maths::inputs::{Distribution, Given, InputSpec, fill_input};
use maths::normalize::{
    Cell, GroupMoments, Groups, Norm, NormGradients, NormSpec, NormTrace, Padding, RunningSpec,
    RunningStatistics, RunningTable, TooFewValues, nearest_divisor, normalize, normalize_backward,
};
use ndarray::Array2;
use proptest::prelude::*;

use crate::golden;
use crate::matrices::{matrix, wide};
use crate::normed::{BATCH, BATCH_EVAL, all_norms, backward, forward, untrained};

/// The largest difference, as a share of the largest expected size (and of `floor`).
fn error(got: &[f64], expected: &[f64], floor: f64) -> f64 {
    assert_eq!(got.len(), expected.len());
    let scale = expected.iter().fold(floor, |max, x| max.max(x.abs()));
    let errors = got.iter().zip(expected).map(|(got, expected)| {
        assert!(got.is_finite() && expected.is_finite());
        (got - expected).abs()
    });
    errors.fold(0.0, f64::max) / scale.max(f64::MIN_POSITIVE)
}

#[test]
fn forward_and_backward_agree_with_pytorch() {
    let mut n_cases = 0;
    for case in golden::cases("norms") {
        let [n_samples, seq_len, n_features]: [usize; 3] =
            case.numbers("shape").try_into().unwrap();
        let norm = match case.text("norm") {
            "layer" => Norm::Layer,
            "rms" => Norm::Rms,
            "batch" => BATCH,
            "batch_eval" => BATCH_EVAL,
            "instance" => Norm::Instance,
            "group" => Norm::Group {
                n_groups: case.number("n_groups"),
            },
            "dyt" => Norm::DyT {
                alpha: case.number("alpha"),
            },
            "none" => Norm::None,
            other => panic!("{other}"),
        };
        let name = format!("{}, {norm:?}", case.text("name"));
        let x = matrix(n_features, &case.numbers::<f32>("x"));
        let dy = matrix(n_features, &case.numbers::<f32>("dy"));
        assert_eq!(x.nrows(), n_samples * seq_len);
        let mut running = untrained(n_features);
        running.mean = case.numbers("running_mean");
        running.variance = case.numbers("running_variance");
        let (gamma, beta): (Vec<f32>, Vec<f32>) = (case.numbers("gamma"), case.numbers("beta"));
        let real_lens: Vec<usize> = case.numbers("lens");
        let spec = NormSpec {
            norm,
            eps: case.number("eps"),
            gamma: &gamma,
            beta: &beta,
            unbiased: case.number::<u8>("unbiased") == 1,
            eps_outside: case.number::<u8>("eps_outside") == 1,
            padding: Padding {
                real_lens: &real_lens,
                counted: case.number::<u8>("counted") == 1,
            },
            running: Some(&running),
        };

        let trace = forward(&x, seq_len, &spec);
        let gradients = backward(&x, &spec, &trace, &dy);

        let check = |what: &str, got: &[f64], tolerance: f64, floor: f64| {
            let error = error(got, &case.numbers::<f64>(what), floor);
            assert!(error <= tolerance, "{name}: {what} is off by {error:e}");
        };
        check("output", &wide(&trace.output), 2e-7, 0.0);
        // Where every group has one value or two, dx is what ε leaves of a difference of equal numbers.
        check("dx", &wide(&gradients.dx), 2e-7, 1e-6);
        check("dgamma", &gradients.dgamma, 1e-6, 1e-6);
        check("dbeta", &gradients.dbeta, 1e-6, 0.0);
        if norm == BATCH && case.text("name") == "plain" {
            let mut running = running.clone();
            running
                .observe(x.view(), seq_len, spec.padding, 0.1)
                .unwrap();
            check("running_mean_after", &running.mean, 1e-9, 0.0);
            check("running_variance_after", &running.variance, 1e-9, 0.0);
        }
        n_cases += 1;
    }
    assert_eq!(n_cases, 59);
}

/// The definition, cell by cell in `f64`: y, and x̂, of x in shape (B·T, C).
fn slow(x: &[f64], n_features: usize, seq_len: usize, spec: &NormSpec<'_>) -> [Vec<f64>; 2] {
    let cells: Vec<Cell> = (0..x.len())
        .map(|idx| {
            let row = idx / n_features;
            [row / seq_len, row % seq_len, idx % n_features]
        })
        .collect();
    let is_padding = |[sample, token, _]: Cell| spec.padding.is_padding(sample, token);
    let is_left_out = |cell| is_padding(cell) && !spec.padding.counted;
    let value = |idx: usize| if is_padding(cells[idx]) { 0.0 } else { x[idx] };
    let groups = Groups::of(spec.norm, x.len() / n_features, seq_len, n_features);
    let normalized: Vec<f64> = (0..x.len())
        .map(|idx| {
            let x = value(idx);
            match spec.norm {
                _ if is_left_out(cells[idx]) => return 0.0,
                Norm::None => return x,
                Norm::DyT { alpha } => return (alpha * x).tanh(),
                _ => {}
            }
            let mates: Vec<f64> = (0..cells.len())
                .filter(|&mate| !is_left_out(cells[mate]))
                .filter(|&mate| groups.share(cells[idx], cells[mate]))
                .map(value)
                .collect();
            let n = mates.len() as f64;
            let mut mean = mates.iter().sum::<f64>() / n;
            let mut degrees = if spec.unbiased { n - 1.0 } else { n };
            if spec.norm == Norm::Rms {
                (mean, degrees) = (0.0, n);
            }
            let mut variance = mates.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / degrees;
            if spec.norm == BATCH_EVAL {
                let feature = cells[idx][2];
                let running = spec.running.unwrap();
                (mean, variance) = (running.mean[feature], running.variance[feature]);
            }
            let scale = if spec.eps_outside {
                variance.sqrt() + spec.eps
            } else {
                (variance + spec.eps).sqrt()
            };
            (x - mean) / scale
        })
        .collect();
    let affine = |(idx, normalized): (usize, &f64)| {
        let [.., feature] = cells[idx];
        let gamma = spec.gamma.get(feature).map_or(1.0, |&gamma| gamma.into());
        let beta = spec.beta.get(feature).map_or(0.0, |&beta| beta.into());
        let beta = if spec.norm == Norm::Rms { 0.0 } else { beta };
        if is_left_out(cells[idx]) {
            0.0
        } else {
            gamma * normalized + beta
        }
    };
    let output = normalized.iter().enumerate().map(affine).collect();
    [output, normalized]
}

/// A block of any shape with everything that can be said about how to normalize it.
#[derive(Clone, Debug)]
struct Task {
    seq_len: usize,
    x: Array2<f32>,
    dy: Array2<f32>,
    norm: Norm,
    eps: f64,
    gamma: Vec<f32>,
    beta: Vec<f32>,
    unbiased: bool,
    eps_outside: bool,
    real_lens: Vec<usize>,
    counted: bool,
    running: RunningStatistics,
}

impl Task {
    fn spec(&self) -> NormSpec<'_> {
        NormSpec {
            norm: self.norm,
            eps: self.eps,
            gamma: &self.gamma,
            beta: &self.beta,
            unbiased: self.unbiased,
            eps_outside: self.eps_outside,
            padding: Padding {
                real_lens: &self.real_lens,
                counted: self.counted,
            },
            running: Some(&self.running),
        }
    }
}

fn any_task() -> impl Strategy<Value = Task> {
    let shape = (1_usize..4, 2_usize..6, 1_usize..14);
    shape.prop_flat_map(|(batch, seq_len, n_features)| {
        let values = || prop::collection::vec(-3.0_f32..3.0, batch * seq_len * n_features);
        let per_feature = || prop::collection::vec(-2.0_f32..2.0, n_features);
        let n_groups = 1..=n_features;
        (
            (values(), values(), per_feature(), per_feature()),
            (0_usize..8, n_groups, 0.1..2.0_f64, 0.001..1.0_f64),
            (any::<bool>(), any::<bool>(), any::<bool>()),
            // At least two tokens, so that no spread is missing; at times for fewer samples than there
            // are.
            prop::collection::vec(2..=seq_len + 1, 0..=batch + 1),
        )
            .prop_map(
                move |(tables, (norm, n_groups, alpha, eps), flags, real_lens)| {
                    let (x, dy, gamma, beta) = tables;
                    let mut running = untrained(n_features);
                    running.mean = beta.iter().map(|&beta| f64::from(beta) / 2.0).collect();
                    running.variance = gamma.iter().map(|&gamma| f64::from(gamma).abs()).collect();
                    Task {
                        seq_len,
                        x: matrix(n_features, &x),
                        dy: matrix(n_features, &dy),
                        norm: all_norms(n_groups, alpha)[norm],
                        eps,
                        gamma,
                        beta,
                        unbiased: flags.0 && n_features > 1,
                        eps_outside: flags.1,
                        real_lens,
                        counted: flags.2,
                        running,
                    }
                },
            )
    })
}

proptest! {
    #[test]
    fn every_norm_is_what_its_definition_says(task in any_task()) {
        let trace = forward(&task.x, task.seq_len, &task.spec());
        let [output, normalized] = slow(&wide(&task.x), task.x.ncols(), task.seq_len, &task.spec());
        prop_assert!(error(&wide(&trace.normalized), &normalized, 1.0) < 2e-7);
        prop_assert!(error(&wide(&trace.output), &output, 1.0) < 4e-7);
    }

    #[test]
    fn gradients_are_what_small_steps_give(task in any_task(), direction in 0_usize..1000) {
        let (spec, n_features) = (task.spec(), task.x.ncols());
        let trace = forward(&task.x, task.seq_len, &spec);
        let gradients = backward(&task.x, &spec, &trace, &task.dy);
        let (x, dy) = (wide(&task.x), wide(&task.dy));
        let loss = |x: &[f64], spec: &NormSpec<'_>| {
            let [output, _] = slow(x, n_features, task.seq_len, spec);
            output.iter().zip(&dy).map(|(y, dy)| y * dy).sum::<f64>()
        };

        // One direction of x in which all cells move.
        let direction: Vec<f64> = (0..x.len()).map(|idx| ((idx * 7 + direction) as f64).sin()).collect();
        let moved = |step: f64| -> Vec<f64> { x.iter().zip(&direction).map(|(x, d)| x + step * d).collect() };
        let h = 1e-5;
        let by_steps = (loss(&moved(h), &spec) - loss(&moved(-h), &spec)) / (2.0 * h);
        let is_real = |idx: &usize| !spec.padding.is_padding(idx / n_features / task.seq_len, idx / n_features % task.seq_len);
        let real = (0..x.len()).filter(is_real);
        let along = real.map(|idx| direction[idx] * f64::from(gradients.dx.as_slice().unwrap()[idx])).sum::<f64>();
        let size = wide(&gradients.dx).iter().map(|dx| dx.abs()).sum::<f64>().max(1.0);
        prop_assert!((by_steps - along).abs() < 1e-5 * size, "{by_steps} {along}");

        // γ and β are f32, but y is linear in both: any step is small.
        for feature in 0..n_features {
            let nudged = |values: &[f32], by: f32| -> Vec<f32> {
                let mut values = values.to_vec();
                values[feature] += by;
                values
            };
            let gammas = [1.0, -1.0].map(|by| nudged(&task.gamma, by));
            let betas = [1.0, -1.0].map(|by| nudged(&task.beta, by));
            let [up, down] = gammas.each_ref().map(|gamma| loss(&x, &NormSpec { gamma, ..spec }));
            prop_assert!(((up - down) / 2.0 - gradients.dgamma[feature]).abs() < 1e-4);
            let [up, down] = betas.each_ref().map(|beta| loss(&x, &NormSpec { beta, ..spec }));
            let dbeta = gradients.dbeta.get(feature).copied().unwrap_or(0.0);
            prop_assert!(((up - down) / 2.0 - dbeta).abs() < 1e-4);
        }
    }

    #[test]
    fn gradients_have_nothing_along_what_the_norm_takes_out(task in any_task()) {
        // Without ε: neither along ones nor along x̂, in any group; rms takes out x alone.
        let padding = Padding::default();
        for norm in [Norm::Layer, Norm::Rms, BATCH, Norm::Instance, task.norm] {
            if matches!(norm, BATCH_EVAL | Norm::DyT { .. } | Norm::None) {
                continue;
            }
            let spec = NormSpec { norm, eps: 0.0, padding, unbiased: false, ..task.spec() };
            let trace = forward(&task.x, task.seq_len, &spec);
            let gradients = backward(&task.x, &spec, &trace, &task.dy);
            let n_groups = trace.groups.count();
            let (mut ones, mut along, mut sizes) = (vec![0.0; n_groups], vec![0.0; n_groups], vec![0.0; n_groups]);
            for ((row, feature), &dx) in gradients.dx.indexed_iter() {
                let group = trace.groups.group_of([row / task.seq_len, row % task.seq_len, feature]).unwrap();
                ones[group] += f64::from(dx);
                along[group] += f64::from(dx) * f64::from(trace.normalized[[row, feature]]);
                sizes[group] += 4.0 * trace.rstd[group] * (1.0 + f64::from(dx).abs());
            }
            for group in 0..n_groups {
                if trace.rstd[group].is_finite() {
                    prop_assert!(along[group].abs() < 1e-5 * sizes[group]);
                    prop_assert!(norm == Norm::Rms || ones[group].abs() < 1e-5 * sizes[group]);
                }
            }
        }
    }

    #[test]
    fn groups_divide_the_block(task in any_task()) {
        let (n_rows, n_features) = task.x.dim();
        let groups = Groups::of(task.norm, n_rows, task.seq_len, n_features);
        let mut sizes = vec![0; groups.count()];
        for row in 0..n_rows {
            for feature in 0..n_features {
                let cell = [row / task.seq_len, row % task.seq_len, feature];
                match groups.group_of(cell) {
                    Some(group) => sizes[group] += 1,
                    None => prop_assert_eq!(groups.count(), 0),
                }
                prop_assert_eq!(groups.share(cell, cell), groups.count() > 0);
            }
        }
        prop_assert!(sizes.iter().all(|&size| size == groups.size()));
        let batch = n_rows / task.seq_len;
        for outside in [[batch, 0, 0], [0, task.seq_len, 0], [0, 0, n_features], [usize::MAX; 3]] {
            prop_assert_eq!(groups.group_of(outside), None);
        }
    }

    #[test]
    fn normalized_groups_have_mean_zero_and_std_one(task in any_task()) {
        let spec = NormSpec { eps: 0.0, unbiased: false, padding: Padding { counted: true, ..task.spec().padding }, ..task.spec() };
        let trace = forward(&task.x, task.seq_len, &spec);
        let mut moments = GroupMoments::default();
        moments.update(trace.normalized.view(), trace.groups, Padding::default());
        prop_assert_eq!(moments.mean.len(), trace.groups.count());
        for (group, (mean, std)) in moments.mean.iter().zip(&moments.std).enumerate() {
            if task.norm != BATCH_EVAL && task.norm != Norm::Rms && trace.variance[group] > 1e-6 {
                prop_assert!(mean.abs() < 1e-6 && (std - 1.0).abs() < 1e-6, "{} {}", mean, std);
            }
        }
    }

    #[test]
    fn the_nearest_divisor_divides_and_none_is_nearer(n_groups in 0_usize..2000, n_features in 1_usize..1100) {
        let divisor = nearest_divisor(n_groups, n_features);
        prop_assert_eq!(n_features % divisor, 0);
        for other in (1..=n_features).filter(|other| n_features % other == 0) {
            prop_assert!(divisor.abs_diff(n_groups) <= other.abs_diff(n_groups));
        }
    }
}

#[test]
fn there_are_as_many_pairs_of_mean_and_variance_as_groups() {
    // B = 4, T = 8, C = 64.
    let counts = all_norms(4, 0.5).map(|norm| Groups::of(norm, 32, 8, 64).count());
    assert_eq!(counts, [32, 32, 64, 64, 256, 16, 0, 0]);
    let sizes = all_norms(4, 0.5).map(|norm| Groups::of(norm, 32, 8, 64).size());
    assert_eq!(sizes, [64, 64, 32, 32, 8, 128, 0, 0]);
    // What one token, one feature of it, and its sample share with others.
    let layer = Groups::of(Norm::Layer, 32, 8, 64);
    assert!(layer.share([1, 2, 3], [1, 2, 60]) && !layer.share([1, 2, 3], [1, 3, 3]));
    let batch = Groups::of(BATCH, 32, 8, 64);
    assert!(batch.share([1, 2, 3], [3, 7, 3]) && !batch.share([1, 2, 3], [1, 2, 4]));
    let group = Groups::of(Norm::Group { n_groups: 4 }, 32, 8, 64);
    assert!(group.share([1, 2, 3], [1, 7, 15]) && !group.share([1, 2, 3], [1, 2, 16]));
    // A group count that does not divide is the nearest that does.
    let odd = Norm::Group { n_groups: 5 };
    assert_eq!(Groups::of(odd, 32, 8, 64), group);
    assert_eq!(nearest_divisor(1000, 0), 1);
}

#[test]
fn batch_norm_in_training_needs_two_values_of_a_feature() {
    let x = matrix(3, &[1.0, 2.0, 3.0]);
    let spec = NormSpec {
        norm: BATCH,
        ..NormSpec::default()
    };
    let mut trace = NormTrace::default();
    assert_eq!(
        normalize(x.view(), 1, &spec, &mut trace),
        Err(TooFewValues { n_values: 1 })
    );
    assert_eq!(trace.output.dim(), (1, 3));
    assert!(
        trace
            .output
            .iter()
            .chain(&trace.normalized)
            .all(|y| y.is_nan())
    );
    assert!(
        trace
            .mean
            .iter()
            .chain(&trace.rstd)
            .all(|moment| moment.is_nan())
    );
    // Nor where all but one are padding, if that is left out.
    let x = matrix(3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]);
    for (real_lens, n_values) in [(&[1, 0, 0], 1), (&[0, 0, 0], 0)] {
        let padding = Padding {
            real_lens,
            counted: false,
        };
        let spec = NormSpec { padding, ..spec };
        let mut trace = NormTrace::default();
        let refused = normalize(x.view(), 1, &spec, &mut trace);
        assert_eq!(refused, Err(TooFewValues { n_values }));
        let mut running = untrained(3);
        let refused = running.observe(x.view(), 1, padding, 0.1);
        assert_eq!(refused, Err(TooFewValues { n_values }));
        assert_eq!((running.n_batches, running.mean), (0, vec![0.0; 3]));
    }
    // In evaluation one is enough: PyTorch's layer does nearly nothing before its first batch.
    let eval = NormSpec {
        norm: BATCH_EVAL,
        eps: 0.0,
        ..NormSpec::default()
    };
    assert_eq!(forward(&x, 3, &eval).output, x);
}

#[test]
fn rms_has_no_beta() {
    let x = matrix(2, &[3.0, 4.0]);
    let spec = NormSpec {
        norm: Norm::Rms,
        eps: 0.0,
        gamma: &[2.0],
        beta: &[7.0, 7.0],
        ..NormSpec::default()
    };
    let trace = forward(&x, 1, &spec);
    assert_eq!((trace.mean[0], trace.variance[0]), (0.0, 12.5));
    assert_eq!(
        trace.output.as_slice().unwrap()[0],
        2.0 * trace.normalized[[0, 0]]
    );
    let gradients = backward(&x, &spec, &trace, &x);
    assert_eq!(gradients.dbeta, [0.0; 0]);
    assert_eq!(gradients.dgamma.len(), 2);
}

#[test]
fn one_hot_of_four_is_1_732_or_1_5() {
    let x = matrix(4, &[1.0, 0.0, 0.0, 0.0]);
    let spec = NormSpec {
        eps: 0.0,
        ..NormSpec::default()
    };
    let unbiased = NormSpec {
        unbiased: true,
        ..spec
    };
    assert!((forward(&x, 1, &spec).output[[0, 0]] - 3_f32.sqrt()).abs() < 1e-6);
    assert!((forward(&x, 1, &unbiased).output[[0, 0]] - 1.5).abs() < 1e-6);
}

#[test]
fn rows_that_are_multiples_become_equal_per_token_but_not_over_tokens() {
    let x = matrix(4, &[1.0, 2.0, 3.0, 4.0, 10.0, 20.0, 30.0, 40.0]);
    let per_token = NormSpec {
        eps: 0.0,
        ..NormSpec::default()
    };
    let trace = forward(&x, 2, &per_token);
    assert!(error(&wide(&trace.output)[..4], &wide(&trace.output)[4..], 0.0) < 1e-6);
    let over_both = NormSpec {
        norm: Norm::Group { n_groups: 1 },
        ..per_token
    };
    let trace = forward(&x, 2, &over_both);
    assert!(error(&wide(&trace.output)[..4], &wide(&trace.output)[4..], 0.0) > 0.5);
}

#[test]
fn two_rows_of_padding_move_batch_norm_and_not_layer_norm() {
    // Batch norm's output of 1, 2 goes from −1, 1 to 0.30, 1.51 when two zeros join in.
    let x = matrix(1, &[1.0, 2.0, 0.0, 0.0]);
    let padded = |counted| NormSpec {
        norm: BATCH,
        eps: 0.0,
        padding: Padding {
            real_lens: &[2],
            counted,
        },
        ..NormSpec::default()
    };
    assert_eq!(
        forward(&x, 4, &padded(false)).output.as_slice().unwrap(),
        [-1.0, 1.0, 0.0, 0.0]
    );
    let counted = forward(&x, 4, &padded(true));
    let expected = [0.301_511_34, 1.507_556_7, -0.904_534, -0.904_534];
    assert!(error(&wide(&counted.output), &expected, 0.0) < 1e-6);
    // What stands in the padding is not read.
    let noisy = matrix(1, &[1.0, 2.0, 5.0, f32::NAN]);
    assert_eq!(forward(&noisy, 4, &padded(true)).output, counted.output);
}

#[test]
fn counted_padding_shrinks_the_std_by_the_share_that_is_real() {
    // E4: a share f of zeros makes the output on real tokens larger by 1/√(1 − f), if their mean is 0.
    let (seq_len, n_features) = (64, 33);
    let x = Array2::from_shape_fn((seq_len, n_features), |(token, feature)| {
        let size = 1.0 + ((token / 2 * 31 + feature * 17) % 13) as f32;
        if token % 2 == 0 { size } else { -size }
    });
    for (n_real, factor) in [(48, 1.155), (32, 1.414), (16, 2.0)] {
        let [masked, counted] = [false, true].map(|counted| {
            let padding = Padding {
                real_lens: &[n_real],
                counted,
            };
            let spec = NormSpec {
                norm: BATCH,
                padding,
                ..NormSpec::default()
            };
            forward(&x, seq_len, &spec).output
        });
        for (masked, counted) in masked.iter().zip(&counted).take(n_real * n_features) {
            assert!((counted / masked - factor).abs() < 1e-3);
        }
    }
}

#[test]
fn a_bad_value_spoils_its_own_group_only() {
    let mut x = Array2::from_shape_fn((6, 8), |(row, feature)| ((row * 8 + feature) as f32).sin());
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        x[[1, 5]] = bad;
        for norm in [
            Norm::Layer,
            BATCH,
            Norm::Instance,
            Norm::Group { n_groups: 4 },
        ] {
            let spec = NormSpec {
                norm,
                ..NormSpec::default()
            };
            let trace = forward(&x, 3, &spec);
            for ((row, feature), y) in trace.output.indexed_iter() {
                let cell = [row / 3, row % 3, feature];
                assert_eq!(y.is_nan(), trace.groups.share(cell, [0, 1, 5]), "{norm:?}");
            }
        }
        // An infinity saturates the tangent.
        let spec = NormSpec {
            norm: Norm::DyT { alpha: -2.0 },
            ..NormSpec::default()
        };
        let y = forward(&x, 3, &spec).output[[1, 5]];
        assert!(if bad.is_nan() {
            y.is_nan()
        } else {
            y == -bad.signum()
        });
    }
}

#[test]
fn the_tangent_is_the_standard_librarys() {
    for alpha in [0.5_f64, 1.0, 3.7] {
        let x = Array2::from_shape_fn((1, 20_001), |(_, idx)| (idx as f32 - 1e4) * 2e-3);
        let spec = NormSpec {
            norm: Norm::DyT { alpha },
            ..NormSpec::default()
        };
        let trace = forward(&x, 1, &spec);
        for (&x, &y) in x.iter().zip(&trace.output) {
            let expected = (alpha * f64::from(x)).tanh();
            assert!((f64::from(y) - expected).abs() <= 6.1e-8 * expected.abs());
        }
    }
}

#[test]
fn the_same_trace_serves_every_norm_and_shape() {
    let (mut trace, mut gradients) = (NormTrace::default(), NormGradients::default());
    for (n_rows, n_features, seq_len) in [
        (6, 7, 3),
        (2, 12, 1),
        (0, 5, 4),
        (4, 0, 2),
        (8, 9, 0),
        (7, 4, 3),
    ] {
        let x = Array2::from_shape_fn((n_rows, n_features), |(row, feature)| {
            (row as f32 + 1.7 * feature as f32).cos()
        });
        for norm in all_norms(3, 0.5) {
            let spec = NormSpec {
                norm,
                gamma: &[2.0, 3.0],
                ..NormSpec::default()
            };
            let result = normalize(x.view(), seq_len, &spec, &mut trace);
            normalize_backward(x.view(), &spec, &trace, x.view(), &mut gradients);
            let mut fresh = NormTrace::default();
            assert_eq!(normalize(x.view(), seq_len, &spec, &mut fresh), result);
            let mut fresh_gradients = backward(&x, &spec, &fresh, &x);
            assert_eq!(trace.output, fresh.output);
            assert_eq!(gradients.dx, fresh_gradients.dx);
            assert_eq!(gradients.dgamma, fresh_gradients.dgamma);
            assert_eq!(trace.output.dim(), x.dim());
            // The features of a row need not lie side by side.
            let turned = x.t().as_standard_layout().into_owned();
            assert_eq!(normalize(turned.t(), seq_len, &spec, &mut fresh), result);
            normalize_backward(turned.t(), &spec, &fresh, turned.t(), &mut fresh_gradients);
            assert_eq!(trace.output, fresh.output);
            assert_eq!(gradients.dx, fresh_gradients.dx);
        }
    }
}

#[test]
fn running_statistics_forget_their_start() {
    // Constant batches: what is left of the start after n batches is 0.9ⁿ (E4: 0.349 after 10, 0.005
    // after 50).
    let x = matrix(2, &[3.0, 5.0, 3.0, 5.0, 3.0, 5.0]);
    let mut running = untrained(2);
    for (n_batches, left) in [(10, 0.349), (50, 0.005)] {
        while running.n_batches < n_batches {
            running
                .observe(x.view(), 3, Padding::default(), 0.1)
                .unwrap();
        }
        assert!((running.mean[0] - 3.0 * (1.0 - left)).abs() < 2e-3);
        assert!((running.variance[1] - left).abs() < 5e-4);
    }
}

fn training_input(distribution: Distribution) -> InputSpec<'static> {
    InputSpec {
        distribution,
        batch: 4,
        seq_len: 6,
        d_model: 5,
        mean: 2.0,
        std: 3.0,
        seed: 7,
        given: Given::default(),
        words: &[],
    }
}

#[test]
fn training_batches_are_seeded_and_may_come_in_steps() {
    let input = training_input(Distribution::Normal);
    let spec = RunningSpec {
        input,
        padding: Padding::default(),
        n_batches: 40,
        momentum: 0.1,
    };
    let [mut at_once, mut in_steps] = [RunningTable::default(), RunningTable::default()];
    for table in [&mut at_once, &mut in_steps] {
        table.restart(input.d_model);
    }
    assert_eq!(at_once.step(&spec, usize::MAX), Ok(true));
    let mut n_steps = 1;
    while in_steps.step(&spec, 7) == Ok(false) {
        n_steps += 1;
    }
    assert_eq!(n_steps, 6);
    assert_eq!(at_once.statistics(), in_steps.statistics());
    assert_eq!(at_once.statistics().n_batches, 40);
    for feature in 0..input.d_model {
        let running = at_once.statistics();
        assert!((running.mean[feature] - 2.0).abs() < 0.7);
        assert!((running.variance[feature] - 9.0).abs() < 3.0);
    }
    let other_seed = RunningSpec {
        input: InputSpec { seed: 8, ..input },
        ..spec
    };
    in_steps.restart(input.d_model);
    in_steps.step(&other_seed, 40).unwrap();
    assert_ne!(at_once.statistics(), in_steps.statistics());
    // One value per feature cannot be trained on.
    let alone = RunningSpec {
        input: InputSpec {
            batch: 1,
            seq_len: 1,
            ..input
        },
        ..spec
    };
    in_steps.restart(input.d_model);
    assert_eq!(in_steps.step(&alone, 1), Err(TooFewValues { n_values: 1 }));
}

/// The statistics follow another mean and std without another training, and are those of that training.
#[test]
fn running_statistics_move_with_the_input() {
    let real_lens = [5, 2, 6, 1];
    for distribution in [
        Distribution::Tokens,
        Distribution::Constant,
        Distribution::Outlier,
    ] {
        for (real_lens, counted) in [
            (&[][..], false),
            (&real_lens[..], false),
            (&real_lens[..], true),
        ] {
            let input = training_input(distribution);
            let spec = RunningSpec {
                input,
                padding: Padding { real_lens, counted },
                n_batches: 9,
                momentum: 0.2,
            };
            let mut table = RunningTable::default();
            table.restart(5);
            table.step(&spec, 4).unwrap();
            let moved = RunningSpec {
                input: InputSpec {
                    mean: -1.5,
                    std: 0.25,
                    ..input
                },
                ..spec
            };
            assert_eq!(moved.is_affine(), !counted);
            if counted {
                table.restart(5);
            }
            assert_eq!(table.step(&moved, 9), Ok(true));
            let mut expected = untrained(5);
            let mut x = Array2::default((0, 0));
            for batch_idx in 0..9_u64 {
                let seed = 7 ^ ((batch_idx + 1) << 32);
                fill_input(
                    &InputSpec {
                        seed,
                        ..moved.input
                    },
                    &mut x,
                );
                expected.observe(x.view(), 6, moved.padding, 0.2).unwrap();
            }
            let got = table.statistics();
            assert_eq!(got.n_batches, 9);
            for (got, expected) in [
                (&got.mean, &expected.mean),
                (&got.variance, &expected.variance),
            ] {
                for (got, expected) in got.iter().zip(expected) {
                    assert!(
                        (got - expected).abs() < 1e-6 * expected.abs().max(1.0),
                        "{got} {expected}"
                    );
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_together_gives_nan() {
    let (x, other) = (
        matrix(3, &[1.0, 2.0, 4.0, 0.0, 5.0, 9.0]),
        matrix(2, &[1.0, 2.0, 4.0, 0.0]),
    );
    let spec = NormSpec::default();
    let trace = forward(&x, 2, &spec);
    for (x, dy) in [(&other, &other), (&other, &x), (&x, &other)] {
        let gradients = backward(x, &spec, &trace, dy);
        assert_eq!(gradients.dx.dim(), x.dim());
        assert!(gradients.dx.iter().all(|dx| dx.is_nan()));
    }
    let mut moments = GroupMoments::default();
    for norm in all_norms(3, 0.5) {
        let groups = Groups::of(norm, 2, 1, 3);
        moments.update(other.view(), groups, Padding::default());
        assert_eq!(moments.mean.len(), groups.count());
    }
}
