//! Stacks: what is known of depth, tried beforehand with PyTorch in `f64` (eight seeds of its own), and slopes against losses.

use maths::transformer::{Arrangement, Loss, Stack, StackSpec};
use proptest::prelude::*;

const DEPTHS: [usize; 4] = [6, 12, 24, 48];
const SEEDS: u64 = 12;

const SPEC: StackSpec = StackSpec {
    arrangement: Arrangement::Post,
    n_layers: 24,
    d_model: 32,
    n_heads: 4,
    n_tokens: 16,
    gain: 1.0,
    loss: Loss::CrossEntropy,
    seed: 0,
};

/// The geometric mean over the seeds of something that a stack shows.
fn mean(spec: StackSpec, mut of: impl FnMut(&mut Stack) -> f64) -> f64 {
    let mut stack = Stack::default();
    let logs = (0..SEEDS).map(|seed| {
        stack.forward(StackSpec { seed, ..spec });
        stack.backward();
        of(&mut stack).ln()
    });
    (logs.sum::<f64>() / SEEDS as f64).exp()
}

/// ‖∂L/∂W₂‖ of the last layer, for each depth.
fn last_dw2(arrangement: Arrangement) -> [f64; 4] {
    DEPTHS.map(|n_layers| {
        let spec = StackSpec {
            arrangement,
            n_layers,
            ..SPEC
        };
        mean(spec, |stack| stack.sizes(n_layers - 1).unwrap().dw2)
    })
}

/// The slope of log y on log L.
fn slope(y: [f64; 4]) -> f64 {
    let x = DEPTHS.map(|n_layers| (n_layers as f64).ln());
    let y = y.map(f64::ln);
    let (x_mean, y_mean) = (x.iter().sum::<f64>() / 4.0, y.iter().sum::<f64>() / 4.0);
    let products = x.iter().zip(y).map(|(x, y)| (x - x_mean) * (y - y_mean));
    products.sum::<f64>() / x.iter().map(|x| (x - x_mean).powi(2)).sum::<f64>()
}

/// Xiong et al. 2020, theorem 1: the last layer's gradients stay with Post-LN and fall as 1/√L with Pre-LN; DeepNorm's
/// fall so in every layer.
#[test]
fn gradients_follow_depth_as_the_papers_say() {
    let post = last_dw2(Arrangement::Post);
    let pre = last_dw2(Arrangement::Pre);
    let rms = last_dw2(Arrangement::PreRms);
    let deep = last_dw2(Arrangement::Deep);
    for (what, sizes, expected) in [
        ("post", post, 0.0),
        ("pre", pre, -0.5),
        ("rms", rms, -0.5),
        ("deep", deep, -0.5),
    ] {
        let slope = slope(sizes);
        println!("{what}: slope {slope:.3}, sizes {sizes:.3?}");
        assert!((slope - expected).abs() <= 0.15, "{what}: {slope}");
    }
    let ratios: [f64; 4] = std::array::from_fn(|idx| post[idx] / pre[idx]);
    for (ratio, expected) in ratios.iter().zip([1.9, 3.1, 4.2, 5.6]) {
        assert!((ratio / expected).ln().abs() < 0.4, "{ratios:?}");
    }
}

/// Without norms activations explode, without residuals they die; norms keep them, and Post-LN's tokens become one.
#[test]
fn activations_follow_depth_as_tried_beforehand() {
    let at_the_end = |arrangement| {
        let spec = StackSpec {
            arrangement,
            n_layers: 48,
            ..SPEC
        };
        [0, 1].map(|idx| {
            mean(spec, |stack| {
                let stream = stack.stream(48);
                [stream.std, stream.cosine.abs()][idx]
            })
        })
    };
    let [std, cosine] = at_the_end(Arrangement::Post);
    assert!((std - 1.0).abs() < 1e-3 && cosine > 0.999, "{std} {cosine}");
    let [std, cosine] = at_the_end(Arrangement::Pre);
    assert!((6.0..9.5).contains(&std), "{std}");
    assert!((0.8..0.99).contains(&cosine), "{cosine}");
    let [std, cosine] = at_the_end(Arrangement::Deep);
    assert!((std - 1.0).abs() < 1e-3 && cosine < 0.05, "{std} {cosine}");
    let [std, _] = at_the_end(Arrangement::None);
    assert!((1e7..1e12).contains(&std), "{std}");
    let [std, _] = at_the_end(Arrangement::NoResidual);
    assert!((1e-17..1e-9).contains(&std), "{std}");
}

/// In deep Post-LN the query gradients of late layers vanish, those of feed-forward do not: both sides.
#[test]
fn what_vanishes_in_post_ln_is_the_queries() {
    let sizes = |idx: usize, of: fn(maths::transformer::GradientSizes) -> f64| {
        let spec = StackSpec {
            n_layers: 48,
            ..SPEC
        };
        mean(spec, |stack| of(stack.sizes(idx).unwrap()))
    };
    let queries = [0, 47].map(|idx| sizes(idx, |sizes| sizes.dwq));
    assert!(queries[0] > 0.02 && queries[1] < 1e-6, "{queries:?}");
    let forward = [0, 47].map(|idx| sizes(idx, |sizes| sizes.dw2));
    let ratio = forward[0] / forward[1];
    assert!((0.15..1.6).contains(&ratio), "{forward:?}");
}

/// A push of all weights shows at the output, more with depth after Post-LN (Liu et al. 2020).
#[test]
fn pushes_grow_with_depth_in_post_ln() {
    let change = |arrangement, n_layers| {
        let spec = StackSpec {
            arrangement,
            n_layers,
            ..SPEC
        };
        mean(spec, |stack| stack.change_of(1e-3))
    };
    let of = |arrangement| DEPTHS.map(|n_layers| change(arrangement, n_layers));
    let [post, pre, deep] = [Arrangement::Post, Arrangement::Pre, Arrangement::Deep].map(of);
    println!("post {post:?}, pre {pre:?}, deep {deep:?}");
    assert!((slope(post) - 0.67).abs() < 0.4, "{}", slope(post));
    assert!((slope(pre) - 0.44).abs() < 0.3, "{}", slope(pre));
    assert!((slope(deep) + 0.51).abs() < 0.2, "{}", slope(deep));
}

fn arrangements() -> impl Strategy<Value = Arrangement> {
    prop_oneof![
        Just(Arrangement::Post),
        Just(Arrangement::Pre),
        Just(Arrangement::PreRms),
        Just(Arrangement::Peri),
        Just(Arrangement::Deep),
        Just(Arrangement::None),
        Just(Arrangement::NoResidual),
    ]
}

proptest! {
    /// A small step lowers the loss by rate · slope, and leaves the stack as it was.
    #[test]
    fn a_small_step_goes_down_the_slope(
        arrangement in arrangements(),
        n_layers in 1_usize..5,
        n_heads in 1_usize..5,
        n_tokens in 1_usize..6,
        seed in 0_u64..100,
        squared: bool,
    ) {
        let spec = StackSpec {
            arrangement,
            n_layers,
            d_model: 12,
            n_heads,
            n_tokens,
            loss: if squared { Loss::SquaredError } else { Loss::CrossEntropy },
            seed,
            ..SPEC
        };
        let mut stack = Stack::default();
        stack.forward(spec);
        stack.backward();
        let (before, slope) = (stack.loss(), stack.slope());
        prop_assert!(before.is_finite() && slope > 0.0);
        prop_assert_eq!(stack.loss_after(0.0), before);
        // A part of the loss, by what the slope says. Large steps bend and wake hidden units, small ones drown in rounding: one is
        // right. Up and down, so that bending cancels.
        let errors = [1e-3, 1e-4, 1e-5].map(|part| {
            let rate = part * before / slope;
            let fell = (stack.loss_after(-rate) - stack.loss_after(rate)) / 2.0;
            (fell / (rate * slope) - 1.0).abs()
        });
        let least = errors.into_iter().fold(f64::INFINITY, f64::min);
        prop_assert!(least < 0.05, "{:?}", errors);
        prop_assert_eq!(stack.loss(), before);
    }
}

/// What overflowed is said as such: no NaN hides in a finite number.
#[test]
fn overflow_shows() {
    let spec = StackSpec {
        arrangement: Arrangement::None,
        n_layers: 48,
        gain: 4.0,
        ..SPEC
    };
    let mut stack = Stack::default();
    stack.forward(spec);
    stack.backward();
    assert!(!stack.loss().is_finite());
    assert!(!stack.stream(48).std.is_finite());
    assert!(stack.stream(0).std.is_finite());
    assert!(!stack.slope().is_finite());
}

#[test]
fn fewer_layers_after_more_are_the_same_as_from_scratch() {
    let few = StackSpec {
        n_layers: 3,
        arrangement: Arrangement::Pre,
        ..SPEC
    };
    let mut stack = Stack::default();
    stack.forward(SPEC);
    stack.backward();
    stack.forward(few);
    stack.backward();
    let mut anew = Stack::default();
    anew.forward(few);
    anew.backward();
    assert_eq!(stack.loss(), anew.loss());
    assert_eq!(stack.slope(), anew.slope());
    assert_eq!(stack.stream(48), anew.stream(3));
    assert!(stack.sizes(2).is_some() && stack.sizes(3).is_none());
}
