//! The schemes: how a room is told which of them is used.

use crate::words;

words! {
    /// How positions are told to the model.
    pub enum Encoding or "off" "no second scheme":
    /// Sines and cosines, added to the embedding.
    Sinusoidal "sinusoidal" "sinusoidal";
    /// A row of its own for each position, added to the embedding.
    Learned "learned" "learned";
    /// Rotated queries and keys, inside attention.
    Rope "rope" "RoPE";
    /// A penalty on distance, inside attention.
    Alibi "alibi" "ALiBi";
    /// A learned bias per bucket of distances, inside attention.
    T5 "t5" "T5 bias";
    /// Nothing.
    None "none" "none (NoPE)";
    /// For comparison: the plain index.
    Index "index" "plain index";
    /// For comparison: the index divided by the length.
    Fraction "fraction" "pos / L";
    /// For comparison: the index's binary digits.
    Binary "binary" "binary digits";
}

impl Encoding {
    /// Its name on the page.
    pub const fn label(self) -> &'static str {
        self.word().label
    }

    /// Whether it has rows: others add nothing to the embedding.
    pub fn has_rows(self) -> bool {
        !matches!(self, Self::Alibi | Self::T5 | Self::None)
    }

    /// Whether it adds its rows to the embeddings. RoPE has rows, of the angles that it turns by, and does not.
    pub fn adds(self) -> bool {
        self.has_rows() && self != Self::Rope
    }

    /// Whether it is made of waves: these have a base, pairs and a scaling.
    pub fn has_waves(self) -> bool {
        matches!(self, Self::Sinusoidal | Self::Rope)
    }
}
