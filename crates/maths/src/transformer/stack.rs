//! Many layers one after the other, from random tokens to a loss and back: what depth makes of activations and gradients.
//!
//! One sequence of n tokens, each feature N(0, 1); weights drawn by [`BlockWeights::draw`]; γ = 1, β = 0, ε = 10⁻⁵; no mask, no
//! bias vectors. A head W_h, drawn like the others, turns the last activations into 32 scores for each token. The loss is the mean
//! over tokens of the cross entropy with a random class each, or of half the squared distance to 32 random numbers each.

use std::mem;

use lanes::F64x2;
use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis};
use rand_pcg::rand_core::RngCore as _;

use super::attention::{AttentionSpec, MATRICES_PER_LAYER};
use super::block::{
    BlockGradients, BlockSpec, BlockTrace, BlockWeights, Placement, block, block_backward,
};
use super::product::Product;
use crate::normal::Normals;
use crate::normalize::{Norm, NormGradients, NormSpec, NormTrace, normalize, normalize_backward};
use crate::random::{Kind, fill_normal, row_of, row_rng};
use crate::shape::reshape;
use crate::sum::sum_of;

/// How many classes there are to tell apart, or numbers to hit.
pub const N_CLASSES: usize = 32;

/// Which norm stands where in every layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Arrangement {
    /// [`Placement::Post`] with LayerNorm.
    #[default]
    Post,
    /// [`Placement::Pre`] with LayerNorm, one more after the last layer.
    Pre,
    /// [`Placement::Pre`] with RMSNorm, one more after the last layer: Llama (Touvron et al. 2023, §2.2).
    PreRms,
    /// [`Placement::Peri`] with LayerNorm, one more after the last layer.
    Peri,
    /// [`Placement::Deep`], α = (2L)^¼, all weights but W_Q and W_K smaller by (8L)^¼ (Wang et al. 2022, table 2, encoder).
    Deep,
    /// No norm.
    None,
    /// Neither norm nor residual.
    NoResidual,
}

impl Arrangement {
    fn placement(self, n_layers: usize) -> Placement {
        match self {
            Self::Post => Placement::Post,
            Self::Pre | Self::PreRms => Placement::Pre,
            Self::Peri => Placement::Peri,
            Self::Deep => Placement::Deep {
                alpha: (2.0 * n_layers as f64).powf(0.25) as f32,
            },
            Self::None => Placement::None,
            Self::NoResidual => Placement::NoResidual,
        }
    }

    /// What the gain of W_V, W_O, W₁ and W₂ is multiplied with.
    fn of_values(self, n_layers: usize) -> f64 {
        match self {
            Self::Deep => (8.0 * n_layers as f64).powf(-0.25),
            _ => 1.0,
        }
    }

    fn norm(self) -> Norm {
        match self {
            Self::PreRms => Norm::Rms,
            _ => Norm::Layer,
        }
    }

    /// Whether there is one more norm after the last layer.
    pub fn has_final_norm(self) -> bool {
        matches!(self, Self::Pre | Self::PreRms | Self::Peri)
    }
}

/// What is to be hit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Loss {
    /// Cross entropy with a random class for each token.
    #[default]
    CrossEntropy,
    /// Half the squared distance to [`N_CLASSES`] numbers N(0, 1) for each token.
    SquaredError,
}

/// Everything that a stack depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StackSpec {
    /// Which norm stands where.
    pub arrangement: Arrangement,
    /// Layers L ≥ 1.
    pub n_layers: usize,
    /// Features d.
    pub d_model: usize,
    /// Heads; the nearest divisor of d is used.
    pub n_heads: usize,
    /// Tokens n.
    pub n_tokens: usize,
    /// What the std of all weights but the head's is multiplied with: 1 is Xavier's.
    pub gain: f64,
    /// What is to be hit.
    pub loss: Loss,
    /// Another seed, other tokens, targets and weights.
    pub seed: u64,
}

/// A stack with its weights, its activations and its gradients, in buffers that are used again.
#[derive(Clone, Debug, Default)]
pub struct Stack {
    spec: Option<StackSpec>,
    /// x₀. (n, d)
    input: Array2<f32>,
    /// What is to be hit.
    target: Target,
    /// At least as many layers as are asked for; never fewer than before.
    weights: Vec<BlockWeights>,
    /// W_h. (d, 32)
    head: Array2<f32>,
    traces: Vec<BlockTrace>,
    end: End,
    gradients: Vec<BlockGradients>,
    /// ∂L/∂W_h. (d, 32)
    dhead: Array2<f32>,
    /// ∂L/∂x_L. (n, d)
    dlast: Array2<f32>,
    dnorm: NormGradients,
    trial: Trial,
    product: Product,
}

/// What is to be hit.
#[derive(Clone, Debug, Default)]
struct Target {
    /// The class of each token. (n)
    classes: Vec<usize>,
    /// The numbers of each token. (n, 32)
    numbers: Array2<f32>,
}

/// From the last layer to the loss.
#[derive(Clone, Debug, Default)]
struct End {
    /// The norm after the last layer, where there is one.
    norm: NormTrace,
    /// What the head says. (n, 32)
    said: Array2<f32>,
    /// ∂L/∂said. (n, 32)
    dsaid: Array2<f32>,
    loss: f64,
}

/// The same tokens through other weights, forward alone: a layer's are made when it is its turn.
#[derive(Clone, Debug, Default)]
struct Trial {
    weights: BlockWeights,
    head: Array2<f32>,
    /// The layer below and the present one.
    traces: [BlockTrace; 2],
    end: End,
}

impl Stack {
    /// Draws tokens, targets and weights where they are others, and goes forward. Allocates only when there was never so
    /// much.
    pub fn forward(&mut self, spec: StackSpec) {
        if self.spec == Some(spec) {
            return;
        }
        self.draw(spec);
        self.spec = Some(spec);
        let of_layer = block_spec(spec);
        for idx in 0..spec.n_layers {
            let (before, after) = self.traces.split_at_mut(idx);
            let x = before
                .last()
                .map_or_else(|| self.input.view(), BlockTrace::output);
            // There are as many layers as are asked for.
            if let (Some(weights), Some(trace)) = (self.weights.get(idx), after.first_mut()) {
                block(x, weights, &of_layer, trace);
            }
        }
        let last = last_of(&self.traces, spec.n_layers, &self.input);
        let (head, target) = (&self.head, &self.target);
        self.end.reach(last, head, target, spec, &mut self.product);
    }

    /// Draws everything that the seed decides.
    fn draw(&mut self, spec: StackSpec) {
        let StackSpec {
            n_tokens,
            n_layers,
            d_model,
            seed,
            gain,
            ..
        } = spec;
        let mut normals = Normals::default();
        let mut fill = |table: &mut Array2<f32>, kind, n_features: usize| {
            let rows = reshape(table, n_tokens, n_features).chunks_exact_mut(n_features.max(1));
            for (row, idx) in rows.zip(0..) {
                fill_normal(seed, row_of(kind, idx), 1.0, row, &mut normals);
            }
        };
        fill(&mut self.input, Kind::Token, d_model);
        fill(&mut self.target.numbers, Kind::Target, N_CLASSES);
        let mut rng = row_rng(seed, row_of(Kind::Class, 0));
        let classes = (0..n_tokens).map(|_| rng.next_u32() as usize % N_CLASSES);
        self.target.classes.clear();
        self.target.classes.extend(classes);
        if self.weights.len() < n_layers {
            self.weights.resize_with(n_layers, BlockWeights::default);
            self.traces.resize_with(n_layers, BlockTrace::default);
            self.gradients
                .resize_with(n_layers, BlockGradients::default);
        }
        let gains = [gain, gain * spec.arrangement.of_values(n_layers)];
        for (idx, weights) in self.weights.iter_mut().take(n_layers).enumerate() {
            weights.draw(seed, idx, d_model, gains);
        }
        let std = (2.0 / (d_model + N_CLASSES) as f64).sqrt();
        let values = reshape(&mut self.head, d_model, N_CLASSES);
        fill_normal(seed, row_of(Kind::Head, 0), std, values, &mut normals);
    }

    /// The loss; infinite or NaN where `f32` overflowed on the way.
    pub fn loss(&self) -> f64 {
        self.end.loss
    }

    /// The gradients of that loss.
    pub fn backward(&mut self) {
        let Some(spec) = self.spec else {
            return;
        };
        let of_layer = block_spec(spec);
        let last = last_of(&self.traces, spec.n_layers, &self.input);
        let End { norm, dsaid, .. } = &self.end;
        let has_norm = spec.arrangement.has_final_norm();
        let read = if has_norm { norm.output.view() } else { last };
        self.product.set(&mut self.dhead, read.t(), dsaid.view());
        self.product
            .set(&mut self.dlast, dsaid.view(), self.head.t());
        if has_norm {
            let dy = self.dlast.view();
            normalize_backward(last, &of_layer.norm, norm, dy, &mut self.dnorm);
            self.dlast.assign(&self.dnorm.dx);
        }
        for idx in (0..spec.n_layers).rev() {
            let (below, trace) = self.traces.split_at(idx);
            let x = below
                .last()
                .map_or_else(|| self.input.view(), BlockTrace::output);
            let (gradients, above) = self.gradients.split_at_mut(idx + 1);
            let dy = match above.first().filter(|_| idx + 1 < spec.n_layers) {
                Some(above) => above.dx(),
                None => self.dlast.view(),
            };
            let parts = (self.weights.get(idx), trace.first(), gradients.last_mut());
            // There are as many layers as are asked for.
            if let (Some(weights), Some(trace), Some(gradients)) = parts {
                block_backward(x, weights, &of_layer, trace, dy, gradients);
            }
        }
    }

    /// The residual stream after `depth` layers, the tokens after none; at most that after the last. (n, d)
    pub fn activations(&self, depth: usize) -> ArrayView2<'_, f32> {
        last_of(&self.traces, depth.min(self.n_layers()), &self.input)
    }

    /// What can be said of the residual stream after `depth` layers.
    pub fn stream(&self, depth: usize) -> Stream {
        Stream::of(self.activations(depth))
    }

    /// The sizes of the gradients of layer `idx`, from 0, as [`Stack::backward`] left them; none for a layer that there
    /// is not.
    pub fn sizes(&self, idx: usize) -> Option<GradientSizes> {
        let gradients = self.gradients.get(idx).filter(|_| idx < self.n_layers())?;
        Some(GradientSizes {
            dw2: size_of(gradients.feed_forward.weights.outer.view()),
            dwq: size_of(gradients.attention.weights.query.view()),
            dx: size_of(gradients.dx()),
        })
    }

    /// ‖∂L/∂x_L‖, of what the last layer gave, as [`Stack::backward`] left it.
    pub fn last_dx(&self) -> f64 {
        size_of(self.dlast.view())
    }

    /// Σ over all weights of (∂L/∂weight)², as [`Stack::backward`] left them: a small step of gradient descent lowers the
    /// loss by its rate times this.
    pub fn slope(&self) -> f64 {
        let layers = self.gradients.iter().take(self.n_layers());
        let matrices = layers.flat_map(BlockGradients::all);
        let sizes = matrices.chain([&self.dhead]).map(|it| size_of(it.view()));
        sizes.map(|size| size * size).sum()
    }

    /// The loss after one step of gradient descent with this rate, given the gradients of [`Stack::backward`]. The stack
    /// stays as it is.
    pub fn loss_after(&mut self, rate: f64) -> f64 {
        let rate = rate as f32;
        self.try_with(
            |idx, weights, gradients, _| {
                if let Some(gradients) = gradients.get(idx) {
                    for (weights, gradient) in weights.all_mut().into_iter().zip(gradients.all()) {
                        weights.scaled_add(-rate, gradient);
                    }
                }
            },
            |head, dhead| head.scaled_add(-rate, dhead),
        );
        self.trial.end.loss
    }

    /// How much the output, normalized, changes if every weight of the layers is moved by `part` of its std times N(0, 1):
    /// ‖Δ‖²/‖output‖² (Liu et al. 2020, §4.1, amplification of small changes). The stack stays as it is.
    pub fn change_of(&mut self, part: f64) -> f64 {
        let Some(spec) = self.spec else {
            return f64::NAN;
        };
        let seed = spec.seed;
        let mut normals = Normals::default();
        self.try_with(
            |idx, weights, _, noise| {
                for (matrix_idx, weights) in weights.all_mut().into_iter().enumerate() {
                    let std = f64::from(weights.std(0.0));
                    let values = reshape(noise, weights.nrows(), weights.ncols());
                    let row = row_of(Kind::Push, (idx * MATRICES_PER_LAYER + matrix_idx) as u64);
                    fill_normal(seed, row, part * std, values, &mut normals);
                    *weights += &*noise;
                }
            },
            |_, _| {},
        );
        let last = last_of(&self.traces, spec.n_layers, &self.input);
        let [_, moved] = &self.trial.traces;
        let norm = |x: ArrayView2<'_, f32>| {
            let mut trace = NormTrace::default();
            normalize(x, spec.n_tokens, &block_spec(spec).norm, &mut trace).ok();
            trace.output
        };
        let (before, after) = (norm(last), norm(moved.output()));
        let change = size_of((&after - &before).view()) / size_of(before.view());
        change * change
    }

    /// Goes forward with changed weights.
    fn try_with(
        &mut self,
        mut change: impl FnMut(usize, &mut BlockWeights, &[BlockGradients], &mut Array2<f32>),
        change_head: impl FnOnce(&mut Array2<f32>, &Array2<f32>),
    ) {
        let Some(spec) = self.spec else {
            return;
        };
        let of_layer = block_spec(spec);
        let Trial {
            weights,
            head,
            traces: [below, here],
            end,
        } = &mut self.trial;
        let mut noise = Array2::default((0, 0));
        for (idx, given) in self.weights.iter().take(spec.n_layers).enumerate() {
            weights.clone_from(given);
            change(idx, weights, &self.gradients, &mut noise);
            mem::swap(below, here);
            let x = if idx == 0 {
                self.input.view()
            } else {
                below.output()
            };
            block(x, weights, &of_layer, here);
        }
        let last = if spec.n_layers == 0 {
            self.input.view()
        } else {
            here.output()
        };
        head.clone_from(&self.head);
        change_head(head, &self.dhead);
        end.reach(last, head, &self.target, spec, &mut self.product);
    }

    fn n_layers(&self) -> usize {
        self.spec.map_or(0, |spec| spec.n_layers)
    }
}

impl End {
    /// From the last layer to the loss, and the loss's gradient in what the head says.
    fn reach(
        &mut self,
        last: ArrayView2<'_, f32>,
        head: &Array2<f32>,
        target: &Target,
        spec: StackSpec,
        product: &mut Product,
    ) {
        let mut read = last;
        if spec.arrangement.has_final_norm() {
            // LayerNorm and RMSNorm have values enough.
            normalize(last, spec.n_tokens, &block_spec(spec).norm, &mut self.norm).ok();
            read = self.norm.output.view();
        }
        product.set(&mut self.said, read, head.view());
        reshape(&mut self.dsaid, spec.n_tokens, N_CLASSES);
        let rows = self.said.rows().into_iter().zip(self.dsaid.rows_mut());
        let wanted = target.classes.iter().zip(target.numbers.rows());
        let mut sum = 0.0;
        for ((said, dsaid), (&class, numbers)) in rows.zip(wanted) {
            sum += match spec.loss {
                Loss::CrossEntropy => cross_entropy(said, class, dsaid),
                Loss::SquaredError => squared_error(said, numbers, dsaid),
            };
        }
        let n_tokens = spec.n_tokens.max(1) as f64;
        self.dsaid /= n_tokens as f32;
        self.loss = sum / n_tokens;
    }
}

/// ln Σ exp(score) − the class's score; leaves softmax − one-hot in `dscores`.
fn cross_entropy(
    scores: ArrayView1<'_, f32>,
    class: usize,
    mut dscores: ArrayViewMut1<'_, f32>,
) -> f64 {
    let largest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let part = |score: f32| (f64::from(score) - f64::from(largest)).exp();
    let total: f64 = scores.iter().map(|&score| part(score)).sum();
    let mut loss = total.ln() + f64::from(largest);
    for (idx, (dscore, &score)) in dscores.iter_mut().zip(scores).enumerate() {
        *dscore = (part(score) / total) as f32;
        if idx == class {
            *dscore -= 1.0;
            loss -= f64::from(score);
        }
    }
    loss
}

/// Half the squared distance; leaves the difference in `dvalues`.
fn squared_error(
    values: ArrayView1<'_, f32>,
    wanted: ArrayView1<'_, f32>,
    mut dvalues: ArrayViewMut1<'_, f32>,
) -> f64 {
    let mut sum = 0.0;
    for ((dvalue, value), wanted) in dvalues.iter_mut().zip(values).zip(wanted) {
        *dvalue = value - wanted;
        sum += f64::from(*dvalue).powi(2) / 2.0;
    }
    sum
}

fn block_spec(spec: StackSpec) -> BlockSpec<'static> {
    BlockSpec {
        attention: AttentionSpec {
            n_heads: spec.n_heads,
            ..AttentionSpec::default()
        },
        norm: NormSpec {
            norm: spec.arrangement.norm(),
            ..NormSpec::default()
        },
        placement: spec.arrangement.placement(spec.n_layers),
    }
}

/// What comes out after so many layers.
fn last_of<'a>(
    traces: &'a [BlockTrace],
    n_layers: usize,
    input: &'a Array2<f32>,
) -> ArrayView2<'a, f32> {
    let layer = n_layers.checked_sub(1).and_then(|idx| traces.get(idx));
    layer.map_or_else(|| input.view(), BlockTrace::output)
}

/// What can be said of the residual stream at one depth. Infinite or NaN where `f32` overflowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stream {
    /// √(mean of squares about the mean), over all values.
    pub std: f64,
    /// The mean of |x|.
    pub mean_abs: f64,
    /// The mean cosine of two different tokens: 1 when they all point the same way. NaN for one token.
    pub cosine: f64,
}

impl Stream {
    /// Of these activations. (n, d)
    fn of(x: ArrayView2<'_, f32>) -> Self {
        let values = x.to_slice().unwrap_or_default();
        let n = values.len() as f64;
        let mean = sum_of(values, |x| x) / n;
        let centre = F64x2::splat(mean);
        let square = |x: F64x2| (x - centre) * (x - centre);
        // Σ over pairs of unit vectors u·v = (‖Σ u‖² − n) / 2.
        let mut directions = vec![0.0; x.ncols()];
        for row in x.rows() {
            let size = size_of(row.insert_axis(Axis(0)));
            for (sum, &value) in directions.iter_mut().zip(row) {
                *sum += f64::from(value) / size;
            }
        }
        let n_tokens = x.nrows() as f64;
        let squares: f64 = directions.iter().map(|x| x * x).sum();
        Self {
            std: (sum_of(values, square) / n).sqrt(),
            mean_abs: values.iter().map(|x| f64::from(x.abs())).sum::<f64>() / n,
            cosine: (squares - n_tokens) / (n_tokens * (n_tokens - 1.0)),
        }
    }
}

/// How large the gradients of a layer are: Euclidean norms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientSizes {
    /// ‖∂L/∂W₂‖, of the second matrix of feed-forward.
    pub dw2: f64,
    /// ‖∂L/∂W_Q‖.
    pub dwq: f64,
    /// ‖∂L/∂x‖, of what the layer was given.
    pub dx: f64,
}

/// ‖x‖ over all values, in `f64`.
fn size_of(x: ArrayView2<'_, f32>) -> f64 {
    let squares = x.rows().into_iter().map(|row| {
        let row = row.to_slice().unwrap_or_default();
        sum_of(row, |x| x * x)
    });
    squares.sum::<f64>().sqrt()
}
