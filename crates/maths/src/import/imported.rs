//! What was read, how much of it there may be, and what has to be said about it.

use super::reading::Commas;

/// How many values are read at most: a block of 64 × 256 × 256, 16 MB.
pub const MOST_VALUES: usize = 1 << 22;

/// How many dimensions are read at most: samples, tokens, features.
pub const MOST_DIMENSIONS: usize = 3;

/// How many bytes a file or a text may have: four million doubles, and a header.
pub const MOST_BYTES: usize = 33 << 20;

/// Values and how they are arranged.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    /// One to three sizes as they were given, the outermost first, none of them 0: a list of numbers has
    /// one, rows have two. An array of NumPy's may have four: several blocks.
    pub shape: Vec<usize>,
    /// Row after row (C order).
    pub values: Vec<f32>,
    /// What the columns are called, if a head says so: as many names as there are columns, or none.
    pub names: Vec<String>,
    /// What a reader should know, in this order: how commas were read, what was left out, what is not
    /// held exactly.
    pub remarks: Vec<Remark>,
}

/// What someone who gave values should know about how they were read.
#[derive(Clone, Debug, PartialEq)]
pub enum Remark {
    /// Commas (and semicolons, where they are) can be read in two ways.
    Commas {
        /// The way that was taken.
        read: Commas,
        /// The way that was not; reading again with it gives [`other_shape`](Self::Commas::other_shape).
        other: Commas,
        /// Rows and columns of the other reading; `None` where it leaves rows of different lengths.
        other_shape: Option<[usize; 2]>,
    },
    /// Something that labels values was left out: it is no value.
    LeftOut {
        /// What it is.
        what: LeftOut,
        /// The first of it, its beginning if it is long; may be empty.
        first: String,
    },
    /// Numbers that f32 does not hold: whole ones that are rounded, and what becomes infinite or zero.
    NotHeld {
        /// How many.
        n_values: usize,
        /// The first, as it was given.
        given: String,
        /// What it became.
        held: f32,
    },
    /// The file goes on after its values.
    Longer {
        /// By how many bytes.
        n_bytes: usize,
    },
}

/// What can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A first row of names; they are in [`Imported::names`].
    Head,
    /// A first column of numbers that count rows.
    Index,
    /// A first column (or several) of words.
    RowNames,
    /// Text before or after a list.
    Around,
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

    /// The features of one token of one sample; empty where the block has none. What is cut from it is
    /// the beginning of every row, sample for sample: `row(b, t).get(..n)`.
    pub fn row(&self, sample: usize, token: usize) -> &[f32] {
        let [n_samples, n_tokens, n_features] = self.block();
        if sample >= n_samples || token >= n_tokens {
            return &[];
        }
        let first = (sample * n_tokens + token) * n_features;
        self.values.get(first..first + n_features).unwrap_or(&[])
    }
}
