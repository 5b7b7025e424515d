//! What was read, and how much of it there may be.

/// How many values are read at most: a block of 64 × 256 × 256, 16 MB.
pub const MOST_VALUES: usize = 1 << 22;

/// How many dimensions are read at most: samples, tokens, features.
pub const MOST_DIMENSIONS: usize = 3;

/// How much of what was found an error repeats, in characters.
pub(super) const MOST_FOUND: usize = 24;

/// Values and how they are arranged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// One to three sizes, the outermost first, none of them 0.
    pub shape: Vec<usize>,
    /// Row after row (C order).
    pub values: Vec<f32>,
}

impl Imported {
    /// The shape as a block of (samples, tokens, features): what is missing in front is 1.
    pub fn block(&self) -> [usize; 3] {
        let mut block = [1; 3];
        for (size, &given) in block.iter_mut().rev().zip(self.shape.iter().rev()) {
            *size = given;
        }
        block
    }
}
