//! How norms are called in running text.

use super::super::state::NormName;

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

/// The same in a text, as a term where the part has not explained it before.
pub fn marked_norm(norm: NormName) -> String {
    let word = norm_word(norm);
    let slug = match norm {
        NormName::Rms => "rms-norm",
        NormName::Batch => "batch-norm",
        NormName::Instance => "instance-norm",
        NormName::DyT => "dyt",
        NormName::Layer | NormName::Group | NormName::None => return word.to_owned(),
    };
    format!("[{slug}|{word}]")
}
