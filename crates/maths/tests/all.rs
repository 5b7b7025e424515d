//! All tests of this crate in one program, but for those that count allocations: what they share is there once, and so
//! is the linking.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]
#![allow(clippy::needless_pass_by_value, reason = "views are taken by value")]
#![allow(clippy::print_stdout, reason = "times are shown, not asserted")]

mod added;
mod attend;
mod attention_mistakes;
mod batch;
mod bias;
mod built;
mod encode;
mod extrapolate;
mod files;
mod geometry;
mod golden;
mod half;
mod import;
mod inputs;
mod invariance;
mod jacobian;
mod matrices;
mod mistakes;
mod mutations;
mod normalize;
mod normed;
mod norms;
mod prints;
mod probe;
mod reading;
mod regression;
mod rope;
mod scaling;
mod schemes;
mod several;
mod shift;
mod similarity;
mod sinusoids;
mod stack;
mod statistics;
mod symptom;
mod tables;
mod transformer;
mod trig;
mod unique;
mod words;
