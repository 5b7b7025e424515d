//! One layer of a stack: attention, then feed-forward, each with its residual and its norm.

use ndarray::{Array2, ArrayView2};

use super::attention::{
    AttentionGradients, AttentionSpec, AttentionTrace, Projections, attention, attention_backward,
    draw_matrix,
};
use super::feed_forward::{
    FeedForward, FeedForwardGradients, FeedForwardTrace, feed_forward, feed_forward_backward,
};
use crate::normal::Normals;
use crate::normalize::{NormGradients, NormSpec, NormTrace, normalize, normalize_backward};
use crate::shape::reshape;

/// Where the norm stands, f being attention or feed-forward.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Placement {
    /// Norm(x + f(x)): the original (Vaswani et al. 2017, §3.1), BERT.
    #[default]
    Post,
    /// x + f(Norm(x)), with one more norm after the last layer: GPT-2 (Xiong et al. 2020, §3.1).
    Pre,
    /// x + Norm(f(Norm(x))), with one more norm after the last layer: Peri-LN (Kim et al. 2025, §3), Gemma 2.
    Peri,
    /// Norm(α·x + f(x)): DeepNorm (Wang et al. 2022, §3), which also draws smaller weights.
    Deep {
        /// α = (2·layers)^¼ in an encoder.
        alpha: f32,
    },
    /// x + f(x).
    None,
    /// f(x): neither norm nor residual.
    NoResidual,
}

impl Placement {
    /// What x is multiplied with before f(x) is added.
    fn residual(self) -> f32 {
        match self {
            Placement::Deep { alpha } => alpha,
            Placement::NoResidual => 0.0,
            Placement::Post | Placement::Pre | Placement::Peri | Placement::None => 1.0,
        }
    }

    /// Whether f reads the norm of x.
    fn is_before(self) -> bool {
        matches!(self, Placement::Pre | Placement::Peri)
    }

    /// Whether the norm is of the sum.
    fn is_after_sum(self) -> bool {
        matches!(self, Placement::Post | Placement::Deep { .. })
    }
}

/// The weights of a layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockWeights {
    /// Of attention.
    pub attention: Projections,
    /// Of feed-forward, d_ff = 4d.
    pub feed_forward: FeedForward,
}

impl BlockWeights {
    /// W_Q, W_K, W_V, W_O, W₁ and W₂.
    pub fn all_mut(&mut self) -> [&mut Array2<f32>; 6] {
        let [query, key, value, output] = self.attention.all_mut();
        let FeedForward { inner, outer } = &mut self.feed_forward;
        [query, key, value, output, inner, outer]
    }

    /// Draws all matrices of layer `layer_idx`, each weight N(0, gain² · 2/(inputs + outputs)) (Glorot & Bengio 2010,
    /// equation 12), d_ff = 4d. `gain` is of W_Q and W_K, then of the others: DeepNorm makes the latter smaller.
    pub fn draw(&mut self, seed: u64, layer_idx: usize, d_model: usize, gain: [f64; 2]) {
        let std = |n_inputs: usize, n_outputs: usize, gain: f64| {
            gain * (2.0 / (n_inputs + n_outputs) as f64).sqrt()
        };
        let d_ff = 4 * d_model;
        let [of_scores, of_values] = gain;
        let [query, key, value, output, inner, outer] = self.all_mut();
        let mut normals = Normals::default();
        let matrices = [
            (query, d_model, d_model, of_scores),
            (key, d_model, d_model, of_scores),
            (value, d_model, d_model, of_values),
            (output, d_model, d_model, of_values),
            (inner, d_model, d_ff, of_values),
            (outer, d_ff, d_model, of_values),
        ];
        for (idx, (matrix, n_inputs, n_outputs, gain)) in matrices.into_iter().enumerate() {
            let std = std(n_inputs, n_outputs, gain);
            let shape = [n_inputs, n_outputs];
            draw_matrix(matrix, shape, std, seed, [layer_idx, idx], &mut normals);
        }
    }
}

/// Everything that a layer depends on besides activations and weights.
#[derive(Clone, Copy, Debug, Default)]
pub struct BlockSpec<'a> {
    /// How its tokens look at each other.
    pub attention: AttentionSpec<'a>,
    /// By what it normalizes; the sequence is one sample.
    pub norm: NormSpec<'a>,
    /// Where.
    pub placement: Placement,
}

/// The steps and the result of [`block`], in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct BlockTrace {
    /// The first half of the layer.
    pub attention: AttentionTrace,
    /// The second half.
    pub feed_forward: FeedForwardTrace,
    /// What is around each of them.
    around: [Around; 2],
    placement: Placement,
}

impl BlockTrace {
    /// The residual stream after attention: what feed-forward adds to. (n, d)
    pub fn middle(&self) -> ArrayView2<'_, f32> {
        self.around[0].output(self.placement)
    }

    /// The residual stream after the layer. (n, d)
    pub fn output(&self) -> ArrayView2<'_, f32> {
        self.around[1].output(self.placement)
    }
}

/// The gradients that [`block_backward`] makes, in buffers that the next call uses again.
#[derive(Clone, Debug, Default)]
pub struct BlockGradients {
    /// Of attention: ∂L/∂W_Q and so on.
    pub attention: AttentionGradients,
    /// Of feed-forward: ∂L/∂W₁ and ∂L/∂W₂.
    pub feed_forward: FeedForwardGradients,
    around: [AroundGradients; 2],
}

impl BlockGradients {
    /// The gradients of W_Q, W_K, W_V, W_O, W₁ and W₂.
    pub fn all(&self) -> [&Array2<f32>; 6] {
        let Projections {
            query,
            key,
            value,
            output,
        } = &self.attention.weights;
        let FeedForward { inner, outer } = &self.feed_forward.weights;
        [query, key, value, output, inner, outer]
    }

    /// ∂L/∂x, of what the layer was given. (n, d)
    pub fn dx(&self) -> ArrayView2<'_, f32> {
        self.around[0].dx.view()
    }
}

/// One layer on the residual stream x. (n, d)
///
/// A norm that has too few values, as batch norm of one token, makes everything NaN.
pub fn block(
    x: ArrayView2<'_, f32>,
    weights: &BlockWeights,
    spec: &BlockSpec<'_>,
    trace: &mut BlockTrace,
) {
    let [first, second] = &mut trace.around;
    trace.placement = spec.placement;
    let input = first.begin(x, spec);
    attention(
        input,
        &weights.attention,
        &spec.attention,
        &mut trace.attention,
    );
    first.finish(x, trace.attention.output.view(), spec);
    let middle = first.output(spec.placement);
    let input = second.begin(middle, spec);
    feed_forward(input, &weights.feed_forward, &mut trace.feed_forward);
    second.finish(middle, trace.feed_forward.output.view(), spec);
}

/// The gradients of [`block`] for dy = ∂L/∂y, shape (n, d), given the input, the weights, the spec and the trace.
pub fn block_backward(
    x: ArrayView2<'_, f32>,
    weights: &BlockWeights,
    spec: &BlockSpec<'_>,
    trace: &BlockTrace,
    dy: ArrayView2<'_, f32>,
    gradients: &mut BlockGradients,
) {
    let [first, second] = &trace.around;
    let [dfirst, dsecond] = &mut gradients.around;
    let middle = first.output(spec.placement);
    let df = dsecond.begin(second, trace.feed_forward.output.view(), spec, dy);
    feed_forward_backward(
        second.input(middle, spec),
        &weights.feed_forward,
        &trace.feed_forward,
        df,
        &mut gradients.feed_forward,
    );
    dsecond.finish(second, middle, spec, dy, gradients.feed_forward.dx.view());
    let dmiddle = dsecond.dx.view();
    let df = dfirst.begin(first, trace.attention.output.view(), spec, dmiddle);
    attention_backward(
        first.input(x, spec),
        &weights.attention,
        &spec.attention,
        &trace.attention,
        df,
        &mut gradients.attention,
    );
    dfirst.finish(first, x, spec, dmiddle, gradients.attention.dx.view());
}

/// What is around one f: its norms and the sum.
#[derive(Clone, Debug, Default)]
struct Around {
    /// The norm of x, where f reads that.
    before: NormTrace,
    /// The norm of f(x), with [`Placement::Peri`].
    after: NormTrace,
    /// residual · x + f. (n, d)
    sum: Array2<f32>,
    /// The norm of the sum.
    of_sum: NormTrace,
}

impl Around {
    /// Makes what f reads.
    fn begin<'a>(
        &'a mut self,
        x: ArrayView2<'a, f32>,
        spec: &BlockSpec<'_>,
    ) -> ArrayView2<'a, f32> {
        if spec.placement.is_before() {
            norm_of(x, spec, &mut self.before);
        }
        self.input(x, spec)
    }

    /// What f reads.
    fn input<'a>(&'a self, x: ArrayView2<'a, f32>, spec: &BlockSpec<'_>) -> ArrayView2<'a, f32> {
        if spec.placement.is_before() {
            self.before.output.view()
        } else {
            x
        }
    }

    /// Adds f's output to x.
    fn finish(&mut self, x: ArrayView2<'_, f32>, f: ArrayView2<'_, f32>, spec: &BlockSpec<'_>) {
        let mut f = f;
        if spec.placement == Placement::Peri {
            norm_of(f, spec, &mut self.after);
            f = self.after.output.view();
        }
        reshape(&mut self.sum, x.nrows(), x.ncols());
        self.sum.assign(&f);
        add_residual(&mut self.sum, x, spec.placement);
        if spec.placement.is_after_sum() {
            norm_of(self.sum.view(), spec, &mut self.of_sum);
        }
    }

    fn output(&self, placement: Placement) -> ArrayView2<'_, f32> {
        if placement.is_after_sum() {
            self.of_sum.output.view()
        } else {
            self.sum.view()
        }
    }
}

/// The gradients of what is around one f.
#[derive(Clone, Debug, Default)]
struct AroundGradients {
    of_sum: NormGradients,
    after: NormGradients,
    before: NormGradients,
    /// ∂L/∂x. (n, d)
    dx: Array2<f32>,
}

impl AroundGradients {
    /// ∂L/∂f of f's output.
    fn begin<'a>(
        &'a mut self,
        around: &Around,
        f: ArrayView2<'_, f32>,
        spec: &BlockSpec<'_>,
        dy: ArrayView2<'a, f32>,
    ) -> ArrayView2<'a, f32> {
        if spec.placement.is_after_sum() {
            let sum = around.sum.view();
            normalize_backward(sum, &spec.norm, &around.of_sum, dy, &mut self.of_sum);
        }
        if spec.placement != Placement::Peri {
            return dsum(&self.of_sum, spec, dy);
        }
        // The sum has no norm of its own there.
        normalize_backward(f, &spec.norm, &around.after, dy, &mut self.after);
        self.after.dx.view()
    }

    /// ∂L/∂x, from ∂L/∂ of what f read.
    fn finish(
        &mut self,
        around: &Around,
        x: ArrayView2<'_, f32>,
        spec: &BlockSpec<'_>,
        dy: ArrayView2<'_, f32>,
        dinput: ArrayView2<'_, f32>,
    ) {
        let mut through_f = dinput;
        if spec.placement.is_before() {
            normalize_backward(x, &spec.norm, &around.before, dinput, &mut self.before);
            through_f = self.before.dx.view();
        }
        reshape(&mut self.dx, x.nrows(), x.ncols());
        self.dx.assign(&through_f);
        let dsum = dsum(&self.of_sum, spec, dy);
        add_residual(&mut self.dx, dsum, spec.placement);
    }
}

/// ∂L/∂sum, given the gradients of the sum's norm.
fn dsum<'a>(
    of_sum: &'a NormGradients,
    spec: &BlockSpec<'_>,
    dy: ArrayView2<'a, f32>,
) -> ArrayView2<'a, f32> {
    if spec.placement.is_after_sum() {
        of_sum.dx.view()
    } else {
        dy
    }
}

/// `sum` += residual · x.
fn add_residual(sum: &mut Array2<f32>, x: ArrayView2<'_, f32>, placement: Placement) {
    let residual = placement.residual();
    if residual != 0.0 {
        sum.scaled_add(residual, &x);
    }
}

fn norm_of(x: ArrayView2<'_, f32>, spec: &BlockSpec<'_>, trace: &mut NormTrace) {
    // Too few values make the trace NaN, which is what the layer then gives.
    normalize(x, x.nrows(), &spec.norm, trace).ok();
}
