//! The maths of the page, pure: arrays in, arrays out. It knows no browser, no colours, no settings.
//!
//! One file per subject; its tests and goldens stand under the same word:
//!
//! - [`encode`]: how a position becomes a vector;
//! - [`scaling`]: other frequencies, for more positions than were trained;
//! - [`schemes`]: the table of any scheme that is added to embeddings;
//! - [`mistakes`]: tables as real bugs make them;
//! - [`rope`], [`bias`]: schemes inside attention;
//! - [`added`]: an attention score where positions were added before;
//! - [`similarity`], [`unique`], [`shift`]: what a position's vector has to do with the others;
//! - [`words`]: embeddings, and embeddings with positions;
//! - [`regression`], [`probe`], [`extrapolate`]: what a linear readout gets back from them;
//! - [`normalize`]: what layer normalization and its relatives do to activations, with every intermediate
//!   step, forward and backward;
//! - [`transformer`]: attention, feed-forward and the block of both, forward and backward;
//! - [`inputs`]: activations to try it on, from a seed;
//! - [`import`]: activations from pasted text and from NumPy's files;
//! - [`half`]: what half precision keeps of a number;
//! - [`compare`]: how far apart two vectors are;
//! - [`statistics`]: numbers and histograms that describe a series.
//!
//! # Conventions
//!
//! Dimension letters, the same in every doc and comment:
//!
//! | letter | meaning | range on the page |
//! |---|---|---|
//! | B | samples in a batch, `batch` | 1..=64 |
//! | T | positions or tokens in a sequence, `seq_len` | 1..=4096 |
//! | C, d | features of a token, `d_model` | 1..=1024 |
//! | N | rows, N = B·T, sample after sample: row = sample·T + token | 1..=16384 |
//! | h | pairs of columns that share a frequency, h = d/2 | 1..=512 |
//!
//! Matrices are row-major (C order) with shape (rows, columns): a row is a position or a token, a
//! column a dimension or a feature. Shapes are written beside arrays, `// (N, C)`. Positions and
//! indices count from 0. Angles are in radians. Values that are drawn and exported are `f32`; what
//! they are made from (angles, sums, moments) is `f64`.
//!
//! Names: functions are named after the formula, traces (results with their intermediate steps) end
//! in `Trace`, indices in `_idx`, counts begin with `n_`, a gradient would begin with `d`. What
//! ends in `Table` owns its buffers, recomputes only what changed and, once it has been as large as
//! it gets, allocates nothing.
//!
//! Nothing here fails or panics on bad numbers: NaN and infinities go through as IEEE 754 says,
//! and each doc says what comes out.

#![forbid(unsafe_code)]

pub mod added;
pub mod bias;
pub mod compare;
pub mod encode;
pub mod extrapolate;
mod frequency;
pub mod half;
pub mod import;
pub mod inputs;
pub mod mistakes;
mod normal;
pub mod normalize;
pub mod probe;
mod random;
pub mod regression;
pub mod rope;
mod rows;
pub mod scaling;
pub mod schemes;
mod scores;
mod shape;
pub mod shift;
pub mod similarity;
pub mod statistics;
mod sum;
pub mod symptom;
mod tanh;
pub mod transformer;
pub mod trig;
pub mod unique;
pub mod words;
