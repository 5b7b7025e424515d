//! What each token goes through alone: max(0, x·W₁)·W₂ (Vaswani et al. 2017, §3.3, without bias vectors).

use ndarray::{Array2, ArrayView2};

use super::product::Product;

/// The weights of a feed-forward layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FeedForward {
    /// W₁. (d, d_ff)
    pub inner: Array2<f32>,
    /// W₂. (d_ff, d)
    pub outer: Array2<f32>,
}

/// The steps of [`feed_forward`], in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct FeedForwardTrace {
    /// max(0, x·W₁). (n, d_ff)
    pub hidden: Array2<f32>,
    /// (n, d)
    pub output: Array2<f32>,
    product: Product,
}

/// The gradients that [`feed_forward_backward`] makes.
#[derive(Clone, Debug, Default)]
pub struct FeedForwardGradients {
    /// ∂L/∂x. (n, d)
    pub dx: Array2<f32>,
    /// ∂L/∂W₁ and ∂L/∂W₂, in the shapes of the weights.
    pub weights: FeedForward,
    /// ∂L/∂(x·W₁). (n, d_ff)
    dhidden: Array2<f32>,
    product: Product,
}

/// max(0, x·W₁)·W₂ of activations x. (n, d)
pub fn feed_forward(x: ArrayView2<'_, f32>, weights: &FeedForward, trace: &mut FeedForwardTrace) {
    let FeedForwardTrace {
        hidden,
        output,
        product,
    } = trace;
    product.set(hidden, x, weights.inner.view());
    // Not `max`, which would make 0 of NaN.
    hidden.mapv_inplace(|value| if value < 0.0 { 0.0 } else { value });
    product.set(output, hidden.view(), weights.outer.view());
}

/// The gradients of [`feed_forward`] for dy = ∂L/∂y, shape (n, d), given the input, the weights and the trace.
pub fn feed_forward_backward(
    x: ArrayView2<'_, f32>,
    weights: &FeedForward,
    trace: &FeedForwardTrace,
    dy: ArrayView2<'_, f32>,
    gradients: &mut FeedForwardGradients,
) {
    let FeedForwardGradients {
        dx,
        weights: dweights,
        dhidden,
        product,
    } = gradients;
    product.set(&mut dweights.outer, trace.hidden.t(), dy);
    product.set(dhidden, dy, weights.outer.t());
    // Where the hidden value was held to 0, nothing gets through.
    dhidden.zip_mut_with(&trace.hidden, |gradient, &hidden| {
        if hidden <= 0.0 {
            *gradient = 0.0;
        }
    });
    product.set(&mut dweights.inner, x.t(), dhidden.view());
    product.set(dx, dhidden.view(), weights.inner.t());
}
