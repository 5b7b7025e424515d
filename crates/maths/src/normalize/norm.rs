//! The norms there are.

/// A way to normalize, see the table [there](super).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Norm {
    /// Each token on its own.
    #[default]
    Layer,
    /// Each token on its own, by the root of its mean square. A given β is not used: the norm has none.
    Rms,
    /// Each feature over all tokens of all samples.
    Batch(BatchMode),
    /// Each feature of each sample over its tokens.
    Instance,
    /// So many features of each sample over its tokens.
    Group {
        /// G. Where it does not divide C, the [nearest divisor](super::nearest_divisor) is used.
        n_groups: usize,
    },
    /// No statistics: the hyperbolic tangent keeps values within ±1.
    DyT {
        /// α, finite. The paper starts at 0.5.
        alpha: f64,
    },
    /// x̂ is x; γ and β still apply.
    None,
}

/// Batch norm behaves differently while a model is trained and when it is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BatchMode {
    /// By the mean and variance of the batch at hand.
    #[default]
    Train,
    /// By the running statistics of earlier batches: [`NormSpec::running`](super::NormSpec::running).
    Eval,
}
