//! Seeded numbers: a generator of its own for each row of whatever is made, so that a row does not depend
//! on how many there are.
//!
//! PCG-XSH-RR 64/32 (O'Neill 2014), with the row's number as stream and a state mixed from seed and row.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::RngCore as _;

use crate::normal::Normals;

/// What rows are made for. It stands in the highest byte of a row's number, so that rows of different
/// kinds have nothing in common although they come from one seed. Activations have 0 there; the row of a word
/// that has a text is its hash.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A learned position.
    Position = 1,
    /// A T5 bias for each bucket, a row per head.
    Bias = 2,
    /// A query and a key.
    QueryAndKey = 3,
    /// A word of a vocabulary without texts.
    Word = 4,
    /// Which word stands at which position.
    Draw = 5,
    /// Noise added to a vector.
    Noise = 6,
    /// A sample of a batch.
    Sample = 7,
    /// The other samples of its batch, a row per drawing.
    Mates = 8,
    /// The weights of a matrix, a row per matrix.
    Weight = 9,
    /// The weights of the head after a stack.
    Head = 10,
    /// The features of a token without a word, a row per token.
    Token = 11,
    /// The numbers that a token's output is to be, a row per token.
    Target = 12,
    /// How weights are pushed about, a row per matrix.
    Push = 13,
    /// The classes that tokens are to be told as, one row for all.
    Class = 14,
    /// The order of words, one row for all.
    Order = 15,
}

/// The number of row `idx` of a kind.
pub(crate) fn row_of(kind: Kind, idx: u64) -> u64 {
    ((kind as u64) << 56) | idx
}

/// The generator of one row. The state is mixed, because the states of neighbouring streams that
/// begin alike stay in lockstep, which would show as patterns down the columns.
pub(crate) fn row_rng(seed: u64, row: u64) -> Pcg32 {
    Pcg32::new(mix(mix(seed) ^ row), row)
}

/// Fills `out` with N(0, std²), the numbers of one row.
pub(crate) fn fill_normal(seed: u64, row: u64, std: f64, out: &mut [f32], normals: &mut Normals) {
    let mut rng = row_rng(seed, row);
    normals.fill(out, (0.0, std), || signed_uniform(&mut rng) / 2.0);
}

/// Uniform in −1 < u < 1, symmetric: the midpoints of 2³² equal parts.
pub(crate) fn signed_uniform(rng: &mut Pcg32) -> f64 {
    (f64::from(rng.next_u32()) + 0.5) / 2_f64.powi(31) - 1.0
}

/// One step of SplitMix64 (Steele, Lea & Flood 2014): neighbouring numbers become unrelated ones.
fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
