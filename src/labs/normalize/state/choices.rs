//! What can be chosen in the parts about gradients, shape and mistakes.

use maths::normalize::{Basis, Mistake};

use super::option;
use crate::settings::Choosable;

/// The gradient that comes in from above.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// Normal noise for every output, from the seed.
    Seeded,
    /// 1 for the selected output, 0 for all others.
    OneHot,
}

impl Incoming {
    /// All of them, in the order of [`INCOMING`].
    pub const ALL: [Self; 2] = [Self::Seeded, Self::OneHot];
}

/// The options of `dy`.
pub const INCOMING: &[Choosable] = &[
    option("seeded", "noise from the seed"),
    option("one_hot", "the selected feature alone"),
];

/// Where a token is pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Along {
    /// All features by the same.
    Ones,
    /// Along the token's own x̂.
    Normalized,
    /// The selected feature alone.
    Feature,
}

impl Along {
    /// All of them, in the order of [`ALONG`].
    pub const ALL: [Self; 3] = [Self::Ones, Self::Normalized, Self::Feature];
}

/// The options of `push`.
pub const ALONG: &[Choosable] = &[
    option("ones", "all features by the same"),
    option("normalized", "along x̂"),
    option("feature", "the selected feature"),
];

/// The stages of a token, in the order of `maths::normalize::GeometryTrace::stages`.
pub const STAGES: &[Choosable] = &[
    option("input", "x"),
    option("centred", "x − μ"),
    option("normalized", "x̂"),
    option("scaled", "γ x̂"),
    option("shifted", "γ x̂ + β"),
];

/// The bases, in the order of [`BASIS_WORDS`].
pub const BASES: [Basis; 2] = [Basis::Principal, Basis::PlaneAndOnes];

/// The options of `basis`.
pub const BASIS_WORDS: &[Choosable] = &[
    option("principal", "where x spreads most"),
    option("plane", "the plane of zero mean, and its normal"),
];

/// The mistakes after `none`, in the order of [`MISTAKE_WORDS`].
pub const MISTAKES: [Mistake; 7] = [
    Mistake::OverTokens,
    Mistake::OverBatch,
    Mistake::Unbiased,
    Mistake::EpsOutside,
    Mistake::ScalarAffine,
    Mistake::BatchStatistics,
    Mistake::PaddingCounted,
];

/// The options of `mistake`.
pub const MISTAKE_WORDS: &[Choosable] = &[
    option("none", "none"),
    option("token_feature", "statistics over tokens and features"),
    option("over_batch", "statistics over the batch"),
    option("unbiased", "variance ÷ (n − 1)"),
    option("eps_outside", "ε outside the root"),
    option("scalar_affine", "γ and β as single numbers"),
    option("batch_eval", "batch statistics in evaluation"),
    option("padding", "padding counted"),
];

/// A bug's place in [`MISTAKES`].
pub fn mistake_idx(bug: Mistake) -> usize {
    place(&MISTAKES, bug)
}

/// In the order of the quiz: not that of the list, by which one could count, and by numbers, so that a link does not
/// give them away.
const ASKED: [Mistake; 7] = [
    Mistake::Unbiased,
    Mistake::OverTokens,
    Mistake::PaddingCounted,
    Mistake::ScalarAffine,
    Mistake::BatchStatistics,
    Mistake::EpsOutside,
    Mistake::OverBatch,
];

/// The options of `quiz`: none, then in the order of [`ASKED`].
pub const QUESTIONS: &[Choosable] = &[
    option("off", "off"),
    option("1", "question 1"),
    option("2", "question 2"),
    option("3", "question 3"),
    option("4", "question 4"),
    option("5", "question 5"),
    option("6", "question 6"),
    option("7", "question 7"),
];

fn place(list: &[Mistake], bug: Mistake) -> usize {
    list.iter().position(|it| *it == bug).unwrap_or_default()
}

/// A bug's place in the quiz, from 0 on.
pub fn question(bug: Mistake) -> usize {
    place(&ASKED, bug)
}

/// The bug of a question, from 0 on.
pub fn asked(question: usize) -> Option<Mistake> {
    ASKED.get(question).copied()
}

/// The one that is asked for after this one.
pub fn next_asked(bug: Mistake) -> Option<Mistake> {
    asked((question(bug) + 1) % ASKED.len())
}
