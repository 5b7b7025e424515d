//! Attention, feed-forward and the block, forward and backward: against PyTorch's autograd, against finite differences, and
//! against what is known of them.

use maths::bias::{Bias, BiasSpec, BiasTable, Direction};
use maths::normalize::{Norm, NormSpec};
use maths::rope::{Pairing, Rope};
use maths::scaling::Scaling;
use maths::transformer::{
    AttentionGradients, AttentionSpec, AttentionTrace, BlockGradients, BlockSpec, BlockTrace,
    BlockWeights, FeedForward, Mask, Placement, Projections, attention, attention_backward, block,
    block_backward,
};
use ndarray::{Array2, ArrayView2, Axis};
use proptest::prelude::*;

use crate::golden::{self, Case};
use crate::matrices::{matrix, max_error, wide};

fn rope(pairing: Pairing) -> Rope {
    Rope {
        base: 10_000.0,
        pairing,
        scaling: Scaling::None,
    }
}

fn alibi(n_heads: usize, seq_len: usize) -> BiasTable {
    let mut table = BiasTable::default();
    table.update(BiasSpec {
        bias: Bias::Alibi,
        n_heads,
        seq_len,
        direction: Direction::Both,
    });
    table
}

/// A matrix of a golden case in the shape of another.
fn golden_matrix(case: &Case, key: &str, n_columns: usize) -> Array2<f64> {
    let values: Vec<f64> = case.numbers(key);
    Array2::from_shape_vec((values.len() / n_columns, n_columns), values).unwrap()
}

#[test]
fn blocks_agree_with_pytorch() {
    let mut n_cases = 0;
    for case in golden::cases("transformer") {
        let name = case.text("name");
        let [n_tokens, d_model, d_ff]: [usize; 3] = case.numbers("shape").try_into().unwrap();
        let n_heads: usize = case.number("n_heads");
        let given = |key: &str, n_columns| matrix(n_columns, &case.numbers::<f32>(key));
        let [x, dy] = ["x", "dy"].map(|key| given(key, d_model));
        let [query, key, value, output, outer] =
            ["query", "key", "value", "output", "outer"].map(|key| given(key, d_model));
        let weights = BlockWeights {
            attention: Projections {
                query,
                key,
                value,
                output,
            },
            feed_forward: FeedForward {
                inner: given("inner", d_ff),
                outer,
            },
        };
        let table = alibi(n_heads, n_tokens);
        let (gamma, beta): (Vec<f32>, Vec<f32>) = (case.numbers("gamma"), case.numbers("beta"));
        let spec = BlockSpec {
            attention: AttentionSpec {
                n_heads,
                mask: Mask {
                    is_causal: case.number::<u8>("causal") == 1,
                    n_padding: case.number("n_padding"),
                },
                rope: match case.text("rope") {
                    "adjacent" => Some(rope(Pairing::Adjacent)),
                    "halves" => Some(rope(Pairing::Halves)),
                    _ => None,
                },
                bias: (case.number::<u8>("alibi") == 1).then_some(&table),
                scale: case.numbers("scale").first().copied(),
            },
            norm: NormSpec {
                norm: match case.text("norm") {
                    "rms" => Norm::Rms,
                    _ => Norm::Layer,
                },
                gamma: &gamma,
                beta: &beta,
                ..NormSpec::default()
            },
            placement: match case.text("placement") {
                "post" => Placement::Post,
                "pre" => Placement::Pre,
                "peri" => Placement::Peri,
                "deep" => Placement::Deep {
                    alpha: case.number("alpha"),
                },
                "none" => Placement::None,
                _ => Placement::NoResidual,
            },
        };
        let (trace, gradients) = both(x.view(), &weights, &spec, dy.view());
        let check = |key: &str, got: ArrayView2<'_, f32>| {
            let expected = golden_matrix(&case, key, got.ncols());
            let scale = expected.iter().fold(1.0_f64, |max, x| max.max(x.abs()));
            let error = max_error(got, &expected) / scale;
            assert!(error < 2e-6, "{name}: {key} is off by {error:e}");
        };
        check("maps", trace.attention.weights.view());
        check("y", trace.output());
        check("dx", gradients.dx());
        let of_attention = &gradients.attention.weights;
        check("dquery", of_attention.query.view());
        check("dkey", of_attention.key.view());
        check("dvalue", of_attention.value.view());
        check("doutput", of_attention.output.view());
        check("dinner", gradients.feed_forward.weights.inner.view());
        check("douter", gradients.feed_forward.weights.outer.view());
        n_cases += 1;
    }
    assert_eq!(n_cases, 15);
}

fn both(
    x: ArrayView2<'_, f32>,
    weights: &BlockWeights,
    spec: &BlockSpec<'_>,
    dy: ArrayView2<'_, f32>,
) -> (BlockTrace, BlockGradients) {
    let (mut trace, mut gradients) = <(BlockTrace, BlockGradients)>::default();
    block(x, weights, spec, &mut trace);
    block_backward(x, weights, spec, &trace, dy, &mut gradients);
    (trace, gradients)
}

/// Some tokens, (n, d), N(0, 1) by the same drawing as weights.
fn tokens(seed: u64, n_tokens: usize, d_model: usize) -> Array2<f32> {
    let mut drawn = Projections::default();
    drawn.draw(seed, 77, d_model.max(n_tokens), 1.0);
    let rows = drawn.query.as_slice().unwrap()[..n_tokens * d_model].to_vec();
    Array2::from_shape_vec((n_tokens, d_model), rows).unwrap()
}

fn placements() -> impl Strategy<Value = Placement> {
    prop_oneof![
        Just(Placement::Post),
        Just(Placement::Pre),
        Just(Placement::Peri),
        Just(Placement::Deep { alpha: 2.6 }),
        Just(Placement::None),
        Just(Placement::NoResidual),
    ]
}

/// Σ dy · y in `f64`.
fn loss(trace: &BlockTrace, dy: &Array2<f32>) -> f64 {
    let y = trace.output().to_owned();
    wide(&y).iter().zip(wide(dy)).map(|(y, dy)| y * dy).sum()
}

proptest! {
    /// A step of any weight and any feature changes the loss as its gradient says.
    #[test]
    fn gradients_are_slopes(
        seed in 0_u64..1000,
        placement in placements(),
        n_tokens in 1_usize..6,
        heads in 1_usize..4,
        is_causal: bool,
        turns: bool,
        matrix_idx in 0_usize..7,
        at in any::<prop::sample::Index>(),
    ) {
        let d_model = 6;
        let mut weights = BlockWeights::default();
        weights.draw(seed, 0, d_model, [1.0, 1.0]);
        let mut x = tokens(seed, n_tokens, d_model);
        let dy = tokens(seed + 1, n_tokens, d_model);
        let spec = BlockSpec {
            attention: AttentionSpec {
                n_heads: heads,
                mask: Mask { is_causal, n_padding: 0 },
                rope: turns.then(|| rope(Pairing::Halves)),
                ..AttentionSpec::default()
            },
            // Six features with unlucky tokens have tiny variances, where differences say nothing.
            norm: NormSpec { eps: 0.1, ..NormSpec::default() },
            placement,
        };
        let (_, gradients) = both(x.view(), &weights, &spec, dy.view());
        let slopes = gradients.all();
        let slope = slopes.get(matrix_idx).map_or_else(
            || gradients.dx().iter().copied().nth(at.index(x.len())),
            |slopes| slopes.iter().copied().nth(at.index(slopes.len())),
        );
        let slope = f64::from(slope.unwrap());
        let mut trace = BlockTrace::default();
        let loss_after = |step: f32| {
            let mut moved = weights.clone();
            let changed = match moved.all_mut().into_iter().nth(matrix_idx) {
                Some(matrix) => matrix,
                None => &mut x,
            };
            let idx = at.index(changed.len());
            let value = &mut changed.as_slice_mut().unwrap()[idx];
            let before = *value;
            *value += step;
            let made = f64::from(*value) - f64::from(before);
            block(x.view(), &moved, &spec, &mut trace);
            if matrix_idx == 6 {
                x.as_slice_mut().unwrap()[idx] = before;
            }
            let awake: Vec<bool> = trace.feed_forward.hidden.iter().map(|&x| x > 0.0).collect();
            (loss(&trace, &dy), made, awake)
        };
        let [(above, up, awake_above), (below, down, awake_below)] = [2e-3, -2e-3].map(loss_after);
        // Not where ReLU has its kink between the two.
        prop_assume!(awake_above == awake_below);
        let difference = (above - below) / (up - down);
        prop_assert!(
            (difference - slope).abs() <= 2e-3 * (1.0 + slope.abs()),
            "{slope} against {difference}"
        );
    }

    /// Attn(P·x) = P·Attn(x): without mask, bias and rotation attention does not see order.
    #[test]
    fn order_does_not_show(
        seed in 0_u64..1000,
        n_heads in 1_usize..9,
        order in Just((0..7).collect::<Vec<usize>>()).prop_shuffle(),
        n_tokens in 1_usize..8,
        causal: bool,
    ) {
        let d_model = 16;
        let order: Vec<usize> = order.into_iter().filter(|&idx| idx < n_tokens).collect();
        let x = tokens(seed, n_tokens, d_model);
        let moved = x.select(Axis(0), &order);
        let mut weights = Projections::default();
        weights.draw(seed, 0, d_model, 0.25);
        let attend = |x: &Array2<f32>, is_causal| {
            let spec = AttentionSpec {
                n_heads,
                mask: Mask { is_causal, n_padding: 0 },
                ..AttentionSpec::default()
            };
            let mut trace = AttentionTrace::default();
            attention(x.view(), &weights, &spec, &mut trace);
            trace.output
        };
        let expected = attend(&x, false).select(Axis(0), &order).mapv(f64::from);
        let largest = expected.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
        prop_assert!(max_error(attend(&moved, false).view(), &expected) <= 1e-6 * largest.max(1.0));
        // A mask sees it: the token that comes first is alone.
        let first = order[0];
        if causal && first > 0 {
            let masked = attend(&x, true).select(Axis(0), &order).mapv(f64::from);
            prop_assert!(max_error(attend(&moved, true).view(), &masked) > 1e-4);
        }
    }

    /// Distances without direction (ALiBi, both ways) are those of the reversed order; rotations tell which token stands first.
    #[test]
    fn distances_alone_do_not_show_which_way_one_reads(
        seed in 0_u64..1000,
        n_heads in 1_usize..5,
        n_tokens in 2_usize..8,
    ) {
        let d_model = 16;
        let n_heads = n_heads.next_power_of_two();
        let x = tokens(seed, n_tokens, d_model);
        let backwards: Vec<usize> = (0..n_tokens).rev().collect();
        let mut weights = Projections::default();
        weights.draw(seed, 0, d_model, 0.25);
        let table = alibi(n_heads, n_tokens);
        let error = |rope, bias| {
            let attend = |x: &Array2<f32>| {
                let spec = AttentionSpec {
                    n_heads,
                    rope,
                    bias,
                    ..AttentionSpec::default()
                };
                let mut trace = AttentionTrace::default();
                attention(x.view(), &weights, &spec, &mut trace);
                trace.output
            };
            let expected = attend(&x).select(Axis(0), &backwards).mapv(f64::from);
            let largest = expected.iter().fold(0.0_f64, |max, x| max.max(x.abs()));
            let moved = x.select(Axis(0), &backwards);
            max_error(attend(&moved).view(), &expected) / largest
        };
        prop_assert!(error(None, Some(&table)) <= 1e-5);
        prop_assert!(error(Some(rope(Pairing::Adjacent)), None) > 1e-5);
    }
}

/// Heads need not be as wide as the tokens, nor queries as values.
#[test]
fn gradients_of_narrow_heads_are_slopes() {
    let (n_tokens, d_model) = (4, 6);
    let mut weights = Projections {
        query: tokens(1, d_model, 4),
        key: tokens(2, d_model, 4),
        value: tokens(3, d_model, 2),
        output: tokens(4, 2, 3),
    };
    let (x, dy) = (tokens(5, n_tokens, d_model), tokens(6, n_tokens, 3));
    let spec = AttentionSpec {
        n_heads: 2,
        ..AttentionSpec::default()
    };
    let mut trace = AttentionTrace::default();
    attention(x.view(), &weights, &spec, &mut trace);
    assert_eq!((trace.output.dim(), trace.d_head()), ((n_tokens, 3), 2));
    let mut gradients = AttentionGradients::default();
    attention_backward(x.view(), &weights, &spec, &trace, dy.view(), &mut gradients);
    let loss = |x: &Array2<f32>, weights: &Projections| {
        let mut trace = AttentionTrace::default();
        attention(x.view(), weights, &spec, &mut trace);
        wide(&trace.output)
            .iter()
            .zip(wide(&dy))
            .map(|(y, dy)| y * dy)
            .sum::<f64>()
    };
    let check = |slope: f32, above: f64, below: f64| {
        let (slope, difference) = (f64::from(slope), (above - below) / 4e-3);
        assert!(
            (slope - difference).abs() <= 5e-3 * (1.0 + slope.abs()),
            "{slope} against {difference}"
        );
    };
    for matrix_idx in 0..4 {
        let slopes = gradients.weights.all_mut()[matrix_idx].clone();
        for (at, &slope) in slopes.indexed_iter() {
            let mut after = |step: f32| {
                weights.all_mut()[matrix_idx][at] += step;
                let loss = loss(&x, &weights);
                weights.all_mut()[matrix_idx][at] -= step;
                loss
            };
            check(slope, after(2e-3), after(-2e-3));
        }
    }
    for (at, &slope) in gradients.dx.indexed_iter() {
        let after = |step: f32| {
            let mut moved = x.clone();
            moved[at] += step;
            loss(&moved, &weights)
        };
        check(slope, after(2e-3), after(-2e-3));
    }
}

#[test]
fn weights_sum_to_one_or_to_nothing() {
    let x = tokens(3, 5, 8);
    let mut weights = Projections::default();
    weights.draw(3, 0, 8, 0.35);
    for (is_causal, n_padding) in [(false, 0), (true, 0), (false, 2), (true, 4), (false, 5)] {
        let mask = Mask {
            is_causal,
            n_padding,
        };
        let spec = AttentionSpec {
            n_heads: 2,
            mask,
            ..AttentionSpec::default()
        };
        let mut trace = AttentionTrace::default();
        attention(x.view(), &weights, &spec, &mut trace);
        for head_idx in 0..2 {
            let scores = trace.of_head(&trace.scores, head_idx);
            let of_head = trace.of_head(&trace.weights, head_idx);
            for ((query, key), weight) in of_head.indexed_iter() {
                let is_allowed = mask.allows(query, key, 5);
                assert_eq!(scores[[query, key]].is_nan(), !is_allowed);
                assert_eq!(*weight > 0.0, is_allowed);
            }
            for row in of_head.rows() {
                let expected = if n_padding == 5 { 0.0 } else { 1.0 };
                assert!((row.sum() - expected).abs() < 1e-6);
            }
        }
        assert!(trace.output.iter().all(|value| value.is_finite()));
    }
}

#[test]
fn heads_that_do_not_divide_take_the_nearest_that_do() {
    let x = tokens(1, 3, 12);
    let mut weights = Projections::default();
    weights.draw(1, 0, 12, 0.3);
    for (asked, taken) in [(0, 1), (5, 4), (8, 6), (12, 12), (100, 12)] {
        let spec = AttentionSpec {
            n_heads: asked,
            ..AttentionSpec::default()
        };
        let mut trace = AttentionTrace::default();
        attention(x.view(), &weights, &spec, &mut trace);
        assert_eq!((trace.n_heads, trace.d_head()), (taken, 12 / taken));
        assert_eq!(trace.weights.dim(), (taken * 3, 3));
    }
}

/// One score that is larger than all others by far takes all, also where `f32` has no number for it.
#[test]
fn overflow_takes_all_and_nan_stays() {
    let mut weights = Projections::default();
    weights.draw(1, 0, 4, 0.5);
    let mut trace = AttentionTrace::default();
    let huge = tokens(1, 3, 4).mapv(|x| x * 1e18);
    let spec = AttentionSpec {
        n_heads: 1,
        ..AttentionSpec::default()
    };
    attention(huge.view(), &weights, &spec, &mut trace);
    assert!(trace.weights.rows().into_iter().all(|row| row.sum() == 1.0));
    let mut block_weights = BlockWeights::default();
    block_weights.draw(1, 0, 4, [1.0, 1.0]);
    let mut with_nan = tokens(1, 3, 4);
    with_nan[[1, 2]] = f32::NAN;
    let mut trace = BlockTrace::default();
    block(
        with_nan.view(),
        &block_weights,
        &BlockSpec::default(),
        &mut trace,
    );
    assert!(trace.output().row(1).iter().all(|value| value.is_nan()));
}

#[test]
fn layers_and_seeds_have_weights_of_their_own() {
    let draw = |seed, layer_idx| {
        let mut weights = BlockWeights::default();
        weights.draw(seed, layer_idx, 32, [1.0, 0.5]);
        weights
    };
    assert_eq!(draw(1, 0), draw(1, 0));
    assert_ne!(draw(1, 0), draw(1, 1));
    assert_ne!(draw(1, 0), draw(2, 0));
    let mut weights = draw(1, 0);
    let stds = weights.all_mut().map(|matrix| matrix.std(0.0));
    // Xavier's: √(2/(32 + 32)) of four, √(2/(32 + 128)) of two.
    for (std, expected) in stds.iter().zip([0.177, 0.177, 0.088, 0.088, 0.056, 0.056]) {
        assert!((std / expected - 1.0).abs() < 0.08, "{stds:?}");
    }
}
