//! Positions that hold no token.

/// Samples shorter than the block: what lies beyond their end is not read and counts as zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Padding<'a> {
    /// How many tokens each sample really has (B); T for samples beyond its end.
    pub real_lens: &'a [usize],
    /// Whether the zeros take part in statistics and are normalized like tokens, as happens where
    /// nothing tells the norm about them. Otherwise they are left out, and x̂ and y are 0 there.
    pub counted: bool,
}

impl Padding<'_> {
    /// That of a block which begins with this sample.
    #[must_use]
    pub fn from_sample(self, sample: usize) -> Self {
        Self {
            real_lens: self.real_lens.get(sample..).unwrap_or_default(),
            ..self
        }
    }

    /// Whether there is no token at this position.
    pub fn is_padding(&self, sample: usize, token: usize) -> bool {
        self.real_lens.get(sample).is_some_and(|&len| token >= len)
    }
}
