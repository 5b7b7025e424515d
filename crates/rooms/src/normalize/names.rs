//! How norms are called in running text.

use super::state::NormName;

/// A norm as it is called in running text.
pub fn norm_word(norm: NormName) -> &'static str {
    match norm {
        NormName::Layer => "LayerNorm",
        NormName::Rms => "RMSNorm",
        NormName::Batch => "batch norm",
        NormName::Instance => "instance norm",
        NormName::Group => "group norm",
        NormName::DyT => "DyT",
        NormName::None => "none",
    }
}
