//! What norms have to do with single tokens.

use maths::normalize::{BatchMode, Norm};

/// Whether an output depends on nothing but its own token.
pub fn is_per_token(norm: Norm) -> bool {
    matches!(
        norm,
        Norm::Layer | Norm::Rms | Norm::DyT { .. } | Norm::None | Norm::Batch(BatchMode::Eval)
    )
}

/// Whether the Jacobian is known in full precision.
pub fn is_exact(norm: Norm) -> bool {
    matches!(norm, Norm::Layer | Norm::Rms)
}

/// What the token is divided by is 1 over this.
pub fn rstd_name(norm: Norm) -> &'static str {
    match norm {
        Norm::Rms => "1/√(mean x² + ε)",
        _ => "1/√(σ² + ε)",
    }
}
