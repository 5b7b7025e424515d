//! Normalize's settings: plain data, their table, and what follows from them.

use maths::inputs::{Distribution, Given, InputSpec, fill_input};
use maths::normalize::{Basis, BatchMode, Mistake, Norm, NormSpec, nearest_divisor};
use ndarray::Array2;

use super::budget::{self, Wanted};
use super::per_feature::{LIMITS, PerFeature};

use super::values::Values;
use crate::quiz::{Asked, Quizzed};
use crate::sentence::{ALLOWED, Sentence, USUAL};
use crate::settings::{Amount, Shared, any, whole};
use crate::{settings, words};

/// The token that is read until one is chosen, as far as there are so many.
const USUAL_TOKEN: usize = 5;

/// The feature that is read until one is chosen, as far as there are so many.
const USUAL_FEATURE: usize = 12;

/// Samples, tokens and features until others are chosen or given.
const USUAL_BLOCK: [usize; 3] = [4, 8, 64];

/// Which of them is the width.
const WIDTH: usize = 2;

/// The width at which a token can be seen whole: as a point in space.
const SPATIAL: usize = 3;

/// The number of groups until one is chosen, or the nearest that divides d_model.
const USUAL_GROUPS: usize = 4;

/// How many steps a token goes through: x, x − μ, x̂, y.
pub const N_STEPS: usize = 4;

/// How many seeds the table allows.
const N_SEEDS: u64 = 10_000;

/// How far random γ and β spread around the common ones.
const RANDOM_STD: f64 = 0.5;

/// What makes noise for γ and β of a seed that is also the input's.
const RANDOM_SEED: u64 = 1 << 63;

/// From this part of σ and σ² on, ε shows where it stands.
const SEEN_EPS: f64 = 1e-3;

/// The part that is taken instead of a smaller one, to show it.
const SHOWN_EPS: f64 = 0.1;

/// The parts of the whole length that real samples have, one after the other, where lengths differ.
const REAL_QUARTERS: [usize; 4] = [4, 2, 3, 1];

words! {
    /// The parts of the room, in the order of their tabs.
    pub enum NormalizePart:
    /// The formula from left to right.
    Steps "steps" "Steps";
    /// Which numbers share a mean and a variance.
    Axes "axes" "Axes";
    /// One sample that stays while its mates change.
    Batch "batch" "Batch";
    /// What a norm does to gradients.
    Gradient "gradient" "Gradient";
    /// What is left of a vector.
    Shape "shape" "Shape";
    /// Real bugs.
    Mistakes "mistakes" "Mistakes";
}

words! {
    /// The norms.
    pub enum NormName:
    /// LayerNorm.
    Layer "layer" "Layer normalization";
    /// RMSNorm.
    Rms "rms" "RMSNorm";
    /// Batch norm.
    Batch "batch" "Batch normalization";
    /// Instance norm.
    Instance "instance" "Instance normalization";
    /// Group norm.
    Group "group" "Group normalization";
    /// Dynamic tanh.
    DyT "dyt" "Dynamic tanh";
    /// Nothing.
    None "none" "none";
}

impl NormName {
    /// Those that do something, side by side.
    pub const COMPARED: [Self; 6] = [
        Self::Layer,
        Self::Rms,
        Self::Batch,
        Self::Instance,
        Self::Group,
        Self::DyT,
    ];

    /// Whether tokens share statistics.
    pub fn mixes_tokens(self) -> bool {
        matches!(self, Self::Batch | Self::Instance | Self::Group)
    }

    /// Whether it divides by anything made of the input.
    pub fn has_statistics(self) -> bool {
        !matches!(self, Self::DyT | Self::None)
    }
}

words! { BatchMode:
    Train "train" "training";
    Eval "eval" "evaluation";
}

words! {
    /// What the variance divides by.
    pub enum Variance:
    /// n, as LayerNorm does.
    Biased "biased" "÷ n (biased)";
    /// n − 1, as torch.var does.
    Unbiased "unbiased" "÷ (n − 1) (unbiased)";
}

words! { Distribution:
    Tokens "tokens" "tokens, each with its spread";
    Normal "normal" "normal";
    Uniform "uniform" "uniform";
    Heavy "heavy" "heavy-tailed";
    Outlier "outlier" "one outlier feature";
    Constant "constant" "constant";
    Encoded "encoded" "words + positions";
    Custom "custom" "custom values";
}

words! {
    /// Whose values the histograms count.
    pub enum Per:
    /// Those of all tokens.
    Tensor "tensor" "all values";
    /// Those of the selected token.
    Token "token" "the token";
    /// Those of the selected feature, in all tokens.
    Feature "feature" "the feature";
}

words! {
    /// What something is added to.
    pub enum Nudged:
    /// The selected token.
    Token "token" "the token";
    /// The selected feature alone.
    Value "value" "one value";
}

words! {
    /// What the other samples of a batch are like.
    pub enum Mates:
    /// Each has a mean and a spread of its own.
    Varied "varied" "unlike the sample";
    /// All are like the sample that stays.
    Alike "alike" "like the sample";
}

words! {
    /// The gradient that comes in from above.
    pub enum Incoming:
    /// Normal noise for every output, from the seed.
    Seeded "seeded" "noise from the seed";
    /// 1 for the selected output, 0 for all others.
    OneHot "one_hot" "the selected feature alone";
}

words! {
    /// Where a token is pushed.
    pub enum Along:
    /// All features by the same.
    Ones "ones" "all features by the same";
    /// Along the token's own x̂.
    Normalized "normalized" "along x̂";
    /// The selected feature alone.
    Feature "feature" "the selected feature";
}

words! {
    /// The stages of a token, in the order of `maths::normalize::GeometryTrace::stages`.
    pub enum Stage:
    /// As it comes.
    Input "input" "x";
    /// Without its mean.
    Centred "centred" "x − μ";
    /// Divided by its spread.
    Normalized "normalized" "x̂";
    /// Scaled by γ.
    Scaled "scaled" "γ x̂";
    /// Shifted by β.
    Shifted "shifted" "γ x̂ + β";
}

words! { Basis:
    Principal "principal" "where x varies most";
    PlaneAndOnes "plane" "the plane of mean 0";
}

words! { Mistake:
    OverTokens "token_feature" "statistics over tokens too";
    OverBatch "over_batch" "statistics over the batch";
    Unbiased "unbiased" "variance ÷ (n − 1)";
    EpsOutside "eps_outside" "ε outside the root";
    ScalarAffine "scalar_affine" "γ and β as single numbers";
    BatchStatistics "batch_eval" "batch statistics in evaluation";
    PaddingCounted "padding" "padding counted";
}

impl Quizzed for Mistake {
    const ASKED: &'static [Self] = &[
        Self::Unbiased,
        Self::OverTokens,
        Self::PaddingCounted,
        Self::ScalarAffine,
        Self::BatchStatistics,
        Self::EpsOutside,
        Self::OverBatch,
    ];
}

/// How far the steps of a token are shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    /// How many of them, 1 to [`N_STEPS`].
    pub n_steps: usize,
    /// How far the last of these has come, 0 to 1; no part of a link.
    pub glide: f64,
}

impl Shown {
    /// All of them.
    const ALL: Self = Self {
        n_steps: N_STEPS,
        glide: 1.0,
    };
}

impl Amount for Shown {
    fn to_f64(&self) -> f64 {
        self.n_steps.to_f64()
    }

    fn from_f64(number: f64) -> Self {
        Self {
            n_steps: usize::from_f64(number),
            ..Self::ALL
        }
    }
}

settings! {
    /// What Normalize shows.
    pub struct NormalizeState {
        /// Which of the lab's questions is shown.
        part: NormalizePart = NormalizePart::Steps, "" "Part" (words(Self::take_part));
        /// Which values share a mean and a variance, if any.
        norm: NormName = NormName::Layer, "Normalization" "Normalization" (words).when(Self::chooses_norm);
        /// In training, batch norm uses mean and variance of this batch; in evaluation, those that it remembers.
        mode: BatchMode = BatchMode::Train, "Normalization" "Mode" (words).when(|s| s.norm == NormName::Batch && s.shows_norm());
        /// How much each new batch counts in what batch norm remembers.
        momentum: f64 = 0.1, "Normalization" "Momentum" (any(0.0, 1.0, 0.01))
            .when(|s| s.evaluates() && s.shows_norm() || s.part == NormalizePart::Batch);
        /// How steep the tanh is at 0.
        alpha: f64 = 0.5, "Normalization" "α (DyT)" (any(0.0, 10.0, 0.05).log(1.0))
            .when(|s| s.norm == NormName::DyT && s.shows_norm() || s.part == NormalizePart::Axes);
        /// Whether normalised values are scaled and shifted.
        affine: bool = true, "Normalization" "γ and β" (on_off).when(Self::chooses_norm);
        /// Multiplies every normalised value. A trained layer has one γ for each feature.
        gamma: f64 = 1.0, "Normalization" "γ (scale)" (any(LIMITS.0, LIMITS.1, 0.05)).symbol("gamma").when(Self::shows_gamma);
        /// Added to every value at the end. A trained layer has one β for each feature.
        beta: f64 = 0.0, "Normalization" "β (shift)" (any(LIMITS.0, LIMITS.1, 0.05)).symbol("beta").when(Self::shows_beta);
        /// Added to the variance under the root. Matters once the variance is about as small.
        eps: f64 = 1e-5, "Normalization" "ε (epsilon)" (any(0.0, 1.0, 1e-5).log(1e-8))
            .when(|s| s.norm.has_statistics() && s.has_block() || s.compares() || s.part == NormalizePart::Shape);
        /// Whether the variance divides by n, as LayerNorm does, or by n − 1, as torch.var does.
        variance: Variance = Variance::Biased, "Normalization" "Variance" (words)
            .when(|s| s.part == NormalizePart::Steps && (s.norm == NormName::Layer || s.variance == Variance::Unbiased));
        /// How the activations are drawn.
        input: Distribution = Distribution::Tokens, "Input" "Input" (words(Self::take_input)).when(Self::has_block);
        /// Activations of your own, in a shape of their own: numbers separated by commas, tokens by semicolons.
        values: Values = Values::default(), "" "Values" (text(Values::ALLOWED, "1,2,3,4", |s| s.values.written(),
            |s| s.values.link_text(), Self::read_values)).when(|s| s.is_custom() && s.has_block());
        /// Each word gets a vector of its own; its position in the sample is added. The words fill sample after sample.
        text: Sentence = Sentence::default(), "Input" "Sentence" (text(ALLOWED, USUAL, |s| s.text.written(),
            |s| s.text.text().to_owned(), |s, text| s.text.read(text))).when(|s| s.has_words() && s.has_block());
        /// How many samples. LayerNorm never mixes them. Batch × length × d_model is at most 2 097 152; the size moved longest ago gives way.
        batch: usize = USUAL_BLOCK[0], "Input" "Batch size" (whole(1.0, 64.0).log(8.0))
            .when(Self::shows_anything).following(|s: &Self| s.batch, |s: &Self| s.usual_block()[0])
            .sharing(budget(|s| s.wanted_size(0)), |s, n| s.set_size(0, n));
        /// How many tokens each sample has. Each token is normalised by itself. Batch × length × d_model is at most 2 097 152; the size moved longest ago gives way.
        seq_len: usize = USUAL_BLOCK[1], "Input" "Sequence length" (whole(1.0, 256.0).log(16.0)).when(Self::has_block)
            .following(|s: &Self| s.seq_len, |s: &Self| s.usual_block()[1])
            .sharing(budget(|s| s.wanted_size(1)), |s, n| s.set_size(1, n));
        /// How many features a token has: mean and variance are taken over these. Batch × length × d_model is at most 2 097 152; the size moved longest ago gives way.
        d_model: usize = USUAL_BLOCK[2], "Input" "d_model" (whole(1.0, 1024.0).log(32.0)).when(Self::has_block)
            .following(|s: &Self| s.d_model, |s: &Self| s.usual_block()[2])
            .sharing(budget(|s| s.wanted_size(2)), |s, n| s.set_size(2, n));
        /// Group norm: how many groups of features; each has its own mean and variance.
        groups: Option<usize> = None, "Normalization" "Groups" (whole(1.0, 1024.0).log(8.0))
            .when(|s| s.norm == NormName::Group && s.shows_norm() || s.compares()).within(Self::group_limits).following(Self::n_groups, Self::usual_groups);
        /// Features with a value of their own; they can also be drawn in the figure.
        gamma_at: PerFeature = PerFeature::default(), "Per feature" "γ per feature" (text(PerFeature::ALLOWED, "none",
            |s| s.gamma_at.text(s.d_model), |s| s.gamma_at.shown(s.d_model), |s, it| s.gamma_at.read(it, s.d_model))).when(Self::shows_gamma);
        /// Features with a value of their own; they can also be drawn in the figure.
        beta_at: PerFeature = PerFeature::default(), "Per feature" "β per feature" (text(PerFeature::ALLOWED, "none",
            |s| s.beta_at.text(s.d_model), |s| s.beta_at.shown(s.d_model), |s, it| s.beta_at.read(it, s.d_model))).when(Self::shows_beta);
        /// Samples differ in length and are filled up with zeros.
        padding: bool = false, "Input" "Padding" (off_on).when(|s| s.chooses_norm() && s.feels_padding());
        /// Whether mean and variance leave the padding out, as a mask does.
        masked: bool = false, "Input" "Padding left out" (off_on).when(|s| s.padding && s.chooses_norm() && s.feels_mask());
        /// Moves every activation. LayerNorm removes it again.
        mean: f64 = 0.0, "Input" "Input mean" (any(-100.0, 100.0, 0.1).symmetric(4.0)).symbol("mu")
            .when(|s| !s.is_custom() && s.has_block());
        /// Stretches every activation. LayerNorm removes that, too.
        std: f64 = 1.0, "Input" "Input std" (any(0.0, 100.0, 0.1).log(4.0)).symbol("sigma").when(|s| s.has_noise() && s.has_block());
        /// Another seed, other noise; the same seed, the same noise, in every browser.
        seed: u64 = 0, "Input" "Seed" (whole(0.0, 9999.0)).when(Self::is_random);
        /// The token that is followed through the arithmetic, counted over all samples.
        token: Option<usize> = None, "Reading" "Token" (whole(0.0, 16_383.0)).when(Self::shows_anything)
            .within(|s| (0.0, s.rows() as f64 - 1.0)).following(Self::row, Self::usual_row);
        /// The feature whose numbers are written out.
        feature: Option<usize> = None, "Reading" "Feature" (whole(0.0, 1023.0)).when(Self::shows_anything)
            .within(|s| (0.0, s.d_model as f64 - 1.0)).following(Self::column, Self::usual_column);
        /// How many of the token's steps are shown: x, x − μ, x̂, y.
        shown: Shown = Shown::ALL, "Step by step" "Steps shown" (whole(1.0, N_STEPS as f64)).when(|s| s.part == NormalizePart::Steps);
        /// Whose values are counted.
        per: Per = Per::Tensor, "Reading" "Histogram of" (words).when(|s| s.part == NormalizePart::Steps);
        /// What is added to the selected token: up and down in turn, or to one feature.
        nudge: f64 = 1.0, "Change" "Added" (any(-10.0, 10.0, 0.1).symmetric(1.0));
        /// The whole token, or one of its features.
        nudged: Nudged = Nudged::Token, "Change" "Added to" (words);
        /// What the other samples are like.
        mates: Mates = Mates::Varied, "Batch" "Mates" (words);
        /// The gradient that comes in: how much the error grows with each output.
        dy: Incoming = Incoming::Seeded, "Gradient" "Incoming gradient" (words);
        /// In which direction the selected token is pushed.
        push: Along = Along::Feature, "Gradient" "Push" (words);
        /// How far the token is pushed.
        push_size: f64 = 1.0, "Gradient" "Push size" (any(-10.0, 10.0, 0.1));
        /// The input is multiplied by this before it is normalised.
        scale_a: f64 = 1.0, "Scale and shift" "Input scale a" (any(-100.0, 100.0, 0.1).symmetric(1e-4));
        /// Added to every value of the scaled input.
        shift_c: f64 = 0.0, "Scale and shift" "Input shift c" (any(-1e4, 1e4, 0.1).symmetric(1.0));
        /// Which step of the formula the points show.
        stage: Stage = Stage::Normalized, "Space" "Stage" (words);
        /// Which three of the many directions are drawn.
        basis: Basis = Basis::Principal, "Space" "Seen along" (words).when(|s| s.d_model > 3);
        /// Turns space around its upright axis, in degrees.
        yaw: f64 = 30.0, "Space" "Turn" (any(-180.0, 180.0, 5.0)).when(|s| s.d_model > 2);
        /// Tilts space towards you, in degrees.
        pitch: f64 = 20.0, "Space" "Tilt" (any(-90.0, 90.0, 5.0)).when(|s| s.d_model > 2);
        /// A bug that was found in public code.
        mistake: Option<Mistake> = None, "Mistakes" "Mistake" (words(Self::take_mistake)).when(|s| s.quiz.is_none());
        /// Shows what a bug does and asks for its line.
        quiz: Option<Asked<Mistake>> = None, "Mistakes" "Quiz" (words(Self::take_quiz))
            .following(|s: &Self| s.quiz, Self::usual_quiz);
    }
    beside {
        /// Somebody chose the width: it no longer follows the part.
        has_width: bool = false;
        /// Somebody chose or answered a question of the quiz, or turned it off: it no longer follows the part.
        has_quiz: bool = false;
        /// What the sizes of the block are wanted to be.
        wanted: Wanted = Wanted::default();
    }
    settled by NormalizeState::show_bug;
}

/// What the sizes of the block have in common.
const fn budget(wanted: fn(&NormalizeState) -> Option<f64>) -> Shared<NormalizeState> {
    Shared {
        allowed: budget::ALLOWED,
        wanted,
    }
}

impl NormalizeState {
    /// Goes to a part. What nobody has chosen is what it opens with.
    fn take_part(&mut self, part: NormalizePart) {
        let follows = !self.has_width && self.d_model == self.usual_block()[WIDTH];
        self.part = part;
        if follows {
            self.d_model = self.usual_block()[WIDTH];
        }
        self.follow_quiz();
    }

    /// Everything as the part opens.
    pub fn open_again(&mut self) {
        let part = self.part;
        *self = Self::default();
        self.take_part(part);
    }

    /// So many samples and tokens that every norm has values to take a variance of.
    pub fn take_more_tokens(&mut self) {
        for (idx, size) in USUAL_BLOCK.iter().enumerate().take(WIDTH) {
            self.set_size(idx, size.to_f64());
        }
    }

    fn take_mistake(&mut self, mistake: Option<Mistake>) {
        self.mistake = mistake;
        self.follow_quiz();
    }

    fn take_quiz(&mut self, quiz: Option<Asked<Mistake>>) {
        *self.quizzing() = quiz;
    }

    /// The quiz, about to be changed by somebody.
    pub fn quizzing(&mut self) -> &mut Option<Asked<Mistake>> {
        self.has_quiz = true;
        &mut self.quiz
    }

    fn follow_quiz(&mut self) {
        if !self.has_quiz {
            self.quiz = self.usual_quiz();
        }
    }

    /// The quiz until it is chosen: the part about mistakes opens with its first question, unless one is looked at.
    fn usual_quiz(&self) -> Option<Asked<Mistake>> {
        let opens = self.part == NormalizePart::Mistakes && self.mistake.is_none();
        opens.then(Asked::first)
    }

    /// Sets a size of the block, for which another may have to give way.
    fn set_size(&mut self, idx: usize, number: f64) {
        self.has_width |= idx == WIDTH;
        let used = [self.batch, self.seq_len, self.d_model];
        [self.batch, self.seq_len, self.d_model] =
            self.wanted.set(used, idx, usize::from_f64(number));
    }

    /// What a size of the block is wanted to be, where the others leave less.
    fn wanted_size(&self, idx: usize) -> Option<f64> {
        self.wanted.more(idx).map(|size| size.to_f64())
    }

    /// How many tokens there are in all samples together.
    pub fn rows(&self) -> usize {
        self.batch * self.seq_len
    }

    /// The token that is read, counted over all samples.
    pub fn row(&self) -> usize {
        self.token.unwrap_or(USUAL_TOKEN).min(self.rows() - 1)
    }

    fn usual_row(&self) -> usize {
        USUAL_TOKEN.min(self.rows() - 1)
    }

    /// The feature that is followed through the arithmetic.
    pub fn column(&self) -> usize {
        self.feature.unwrap_or(USUAL_FEATURE).min(self.d_model - 1)
    }

    fn usual_column(&self) -> usize {
        USUAL_FEATURE.min(self.d_model - 1)
    }

    /// The norm with its settings.
    pub fn norm_in_use(&self) -> Norm {
        self.with_settings(self.norm)
    }

    /// Any norm with the settings it has.
    pub fn with_settings(&self, name: NormName) -> Norm {
        match name {
            NormName::Layer => Norm::Layer,
            NormName::Rms => Norm::Rms,
            NormName::Batch => Norm::Batch(self.mode),
            NormName::Instance => Norm::Instance,
            NormName::Group => Norm::Group {
                n_groups: self.n_groups(),
            },
            NormName::DyT => Norm::DyT { alpha: self.alpha },
            NormName::None => Norm::None,
        }
    }

    /// The number of groups in use, which divides `d_model`.
    pub fn n_groups(&self) -> usize {
        nearest_divisor(self.groups.unwrap_or(USUAL_GROUPS), self.d_model)
    }

    fn usual_groups(&self) -> usize {
        nearest_divisor(USUAL_GROUPS, self.d_model)
    }

    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn group_limits(&self) -> (f64, f64) {
        (1.0, self.d_model as f64)
    }

    /// Whether there is anything to see: of bugs only where one is chosen or asked for.
    pub fn shows_anything(&self) -> bool {
        self.part != NormalizePart::Mistakes || self.bug().is_some()
    }

    /// Whether the part is about the block of activations: the experiment with batches has samples of its own.
    pub fn has_block(&self) -> bool {
        self.shows_anything() && self.part != NormalizePart::Batch
    }

    /// Whether the norm is the reader's to choose. A quiz takes what its bug is shown with, and says nothing of it.
    fn chooses_norm(&self) -> bool {
        self.has_block() && (self.part != NormalizePart::Mistakes || self.quiz.is_none())
    }

    /// Whether the chosen norm is the one that is shown, with its settings.
    fn shows_norm(&self) -> bool {
        self.chooses_norm() && !self.compares()
    }

    /// Whether padding changes anything that is shown: the gradient of one token does not know of others, unless they are
    /// in its statistics.
    fn feels_padding(&self) -> bool {
        self.part != NormalizePart::Gradient
            || self.norm.mixes_tokens()
            || self.row() % self.seq_len >= self.padded_len(self.row() / self.seq_len)
    }

    /// Whether leaving padding out of the statistics changes anything that is shown.
    fn feels_mask(&self) -> bool {
        let is_one_norm = matches!(self.part, NormalizePart::Gradient | NormalizePart::Shape);
        !is_one_norm || self.norm.mixes_tokens()
    }

    /// Whether anything that is shown is random.
    fn is_random(&self) -> bool {
        self.part == NormalizePart::Batch
            || self.part == NormalizePart::Gradient && self.dy == Incoming::Seeded
            || self.has_noise() && self.has_block()
    }

    /// Whether the part has several norms side by side.
    fn compares(&self) -> bool {
        matches!(self.part, NormalizePart::Axes | NormalizePart::Batch)
    }

    /// Whether γ is on the desk.
    pub fn shows_gamma(&self) -> bool {
        self.affine && self.has_block()
    }

    fn shows_beta(&self) -> bool {
        self.has_beta() && self.has_block() && self.part != NormalizePart::Gradient
    }

    /// Whether n or n − 1 is a question: in the steps of LayerNorm, whose n is d_model and never 1.
    fn has_degrees(&self) -> bool {
        self.norm == NormName::Layer && self.part == NormalizePart::Steps
    }

    /// Whether the activations are values of one's own.
    pub fn is_custom(&self) -> bool {
        self.input == Distribution::Custom
    }

    /// Whether the activations are words with their positions.
    pub fn has_words(&self) -> bool {
        self.input == Distribution::Encoded
    }

    /// Whether the activations are drawn with a spread.
    pub fn has_noise(&self) -> bool {
        !self.is_custom() && self.input != Distribution::Constant
    }

    /// Whether batch norm cannot be trained on this block: each feature has one value, or none.
    pub fn has_too_few(&self) -> bool {
        self.counted_lens().sum::<usize>() < 2
    }

    /// Whether the norm at hand uses running statistics.
    pub fn evaluates(&self) -> bool {
        self.norm == NormName::Batch && self.mode == BatchMode::Eval
    }

    /// Whether the variance divides by n − 1: an experiment with the steps of LayerNorm, and nowhere else.
    pub fn is_unbiased(&self) -> bool {
        self.variance == Variance::Unbiased && self.has_degrees()
    }

    /// Sets a γ and a β for all features.
    pub fn set_affine(&mut self, gamma: f64, beta: f64) {
        self.reset_affine();
        self.affine = true;
        let (min, max) = LIMITS;
        self.gamma = gamma.clamp(min, max);
        self.beta = beta.clamp(min, max);
    }

    /// Turns space so far around its upright axis, and tilts it, in degrees; a full turn begins anew.
    pub fn turn(&mut self, yaw: f64, pitch: f64) {
        self.yaw = (self.yaw + yaw + 180.0).rem_euclid(360.0) - 180.0;
        self.pitch = (self.pitch + pitch).clamp(-90.0, 90.0);
    }

    /// Whether β is added: it is one of the two that can be switched off, and rms has none.
    pub fn has_beta(&self) -> bool {
        self.affine && self.norm != NormName::Rms
    }

    /// γ of one feature.
    pub fn gamma_of(&self, feature: usize) -> f64 {
        let own = self.gamma_at.get(feature).filter(|_| self.affine);
        own.unwrap_or(if self.affine { self.gamma } else { 1.0 })
    }

    /// β of one feature.
    pub fn beta_of(&self, feature: usize) -> f64 {
        let own = self.beta_at.get(feature).filter(|_| self.has_beta());
        own.unwrap_or(if self.has_beta() { self.beta } else { 0.0 })
    }

    /// Whether some feature has a γ or β of its own.
    pub fn has_own(&self) -> bool {
        let own = [&self.gamma_at, &self.beta_at];
        self.affine && own.iter().any(|own| !own.within(self.d_model).is_empty())
    }

    /// Takes the seed after this one; after the last the first.
    pub fn take_next_seed(&mut self) {
        self.seed = (self.seed + 1) % N_SEEDS;
    }

    /// Makes `gamma` and `beta` the values of all features (C); none where there are no γ and β.
    #[allow(clippy::cast_possible_truncation)]
    pub fn fill_affine(&self, gamma: &mut Vec<f32>, beta: &mut Vec<f32>) {
        let n = if self.affine { self.d_model } else { 0 };
        for (all, common, own) in [
            (gamma, self.gamma, &self.gamma_at),
            (beta, self.beta, &self.beta_at),
        ] {
            all.clear();
            all.resize(n, common as f32);
            for &(feature, value) in own.within(n) {
                if let Some(place) = all.get_mut(feature) {
                    *place = value as f32;
                }
            }
        }
    }

    /// Gives every feature a γ and a β of its own, spread around the common ones by the seed.
    pub fn randomise_affine(&mut self) {
        let mut noise = Array2::default((0, 0));
        let spec = InputSpec {
            distribution: Distribution::Normal,
            batch: 1,
            seq_len: 2,
            d_model: self.d_model,
            mean: 0.0,
            std: RANDOM_STD,
            seed: self.seed ^ RANDOM_SEED,
            given: Given::default(),
            words: &[],
        };
        fill_input(&spec, &mut noise);
        for ((row, feature), &noise) in noise.indexed_iter() {
            let (common, own) = match row {
                0 => (self.gamma, &mut self.gamma_at),
                _ => (self.beta, &mut self.beta_at),
            };
            own.draw(feature, common + f64::from(noise));
        }
    }

    /// Gives every feature the common γ and β again.
    pub fn reset_affine(&mut self) {
        self.gamma_at.clear();
        self.beta_at.clear();
    }

    /// Whether γ of every feature is 0.
    pub fn is_shut(&self) -> bool {
        (0..self.d_model).all(|feature| self.gamma_of(feature) == 0.0)
    }

    /// What is added to a feature of the selected token: up and down in turn, or to the selected feature alone.
    pub fn nudge_of(&self, feature: usize) -> f64 {
        match self.nudged {
            Nudged::Value if feature == self.column() => self.nudge,
            Nudged::Value => 0.0,
            Nudged::Token if feature.is_multiple_of(2) => self.nudge,
            Nudged::Token => -self.nudge,
        }
    }

    /// How many tokens a sample really has: all of them without padding, else at least one.
    pub fn real_len(&self, sample: usize) -> usize {
        if self.padding {
            self.padded_len(sample)
        } else {
            self.seq_len
        }
    }

    /// How many tokens a sample really has where lengths differ.
    fn padded_len(&self, sample: usize) -> usize {
        let quarters = REAL_QUARTERS[sample % REAL_QUARTERS.len()];
        (self.seq_len * quarters).div_ceil(REAL_QUARTERS.len())
    }

    /// How many tokens of each sample count in statistics.
    pub fn counted_lens(&self) -> impl Iterator<Item = usize> {
        (0..self.batch).map(|sample| {
            if self.masked {
                self.real_len(sample)
            } else {
                self.seq_len
            }
        })
    }

    /// Whether there is no token in this row.
    pub fn is_padding(&self, row_idx: usize) -> bool {
        row_idx % self.seq_len >= self.real_len(row_idx / self.seq_len)
    }

    /// The bug that is shown or asked for; `None` for none.
    pub fn bug(&self) -> Option<Mistake> {
        self.quiz.map(|asked| asked.bug).or(self.mistake)
    }

    /// Whether which bug it is may be said: always, but for a quiz without an answer.
    pub fn is_revealed(&self) -> bool {
        self.quiz.is_none_or(|asked| asked.answer.is_some())
    }

    /// Where a bug is looked at, the settings are those that it is shown with. A quiz gives nothing away.
    fn show_bug(&mut self) {
        if self.part == NormalizePart::Mistakes
            && self.quiz.is_none()
            && let Some(bug) = self.mistake
        {
            *self = self.with_bug(bug);
        }
    }

    /// The state in which a bug shows: with a norm that it can be made with, with samples of different lengths where
    /// it is about padding and without otherwise, with γ and β of each feature where it is about these, and with an ε
    /// that counts where it is about ε and the one at hand would not be seen.
    pub fn with_bug(&self, bug: Mistake) -> Self {
        let mut state = self.clone();
        state.padding = bug == Mistake::PaddingCounted;
        state.masked = state.padding;
        if bug == Mistake::ScalarAffine {
            state.affine = true;
            if !state.has_own() {
                state.randomise_affine();
            }
        }
        let right = bug.right(NormSpec {
            norm: state.norm_in_use(),
            ..NormSpec::default()
        });
        (state.norm, state.mode) = match right.norm {
            Norm::Layer => (NormName::Layer, state.mode),
            Norm::Batch(mode) => (NormName::Batch, mode),
            // Any other norm is the one in use.
            _ => (state.norm, state.mode),
        };
        if bug == Mistake::EpsOutside {
            let variance = state.usual_variance();
            // Outside of the root ε counts beside σ, inside beside σ².
            let counted = variance.min(variance.sqrt());
            // Whoever chose an ε may see that it shows nothing; a quiz asks about what is seen.
            let is_free = self.quiz.is_some() || state.eps == Self::default().eps;
            if is_free && state.eps < SEEN_EPS * counted {
                let power = (SHOWN_EPS * counted).min(1.0).log10().floor();
                // Divided, because 0.1 has no exact form and 10 has.
                state.eps = 10_f64.powf(-power).recip();
            }
        }
        state
    }

    /// About what ε is added to, as far as the settings of the input say: σ², or the mean of x² for rms; 0 where they
    /// say nothing.
    fn usual_variance(&self) -> f64 {
        let (mean, std) = match self.input {
            Distribution::Custom => (0.0, 0.0),
            Distribution::Constant => (self.mean, 0.0),
            _ => (self.mean, self.std),
        };
        let mean = if self.norm == NormName::Rms {
            mean
        } else {
            0.0
        };
        mean * mean + std * std
    }

    /// The smallest input on which n and n − 1 differ visibly: 1.732 and 1.5 for its first feature.
    pub fn take_one_hot(&mut self) {
        self.take_values(Values::new([1, 1, 4], &[1.0, 0.0, 0.0, 0.0]));
        self.norm = NormName::Layer;
        self.feature = Some(0);
    }

    /// The same, with the bug that makes the difference.
    pub fn try_one_hot(&mut self) {
        self.take_one_hot();
        self.mistake = Some(Mistake::Unbiased);
    }

    /// What the activations are made from.
    pub fn input_spec(&self) -> InputSpec<'_> {
        InputSpec {
            distribution: self.input,
            batch: self.batch,
            seq_len: self.seq_len,
            d_model: self.d_model,
            mean: self.mean,
            std: self.std,
            seed: self.seed,
            given: self.values.given(),
            words: if self.has_words() {
                self.text.hashes()
            } else {
                &[]
            },
        }
    }

    /// Samples, tokens and features of the activations.
    pub fn block(&self) -> [usize; 3] {
        [self.batch, self.seq_len, self.d_model]
    }

    /// The shape until another is chosen: that of the values where these are one's own.
    fn usual_block(&self) -> [usize; 3] {
        if self.is_custom() {
            self.values.block()
        } else if self.part == NormalizePart::Shape {
            [USUAL_BLOCK[0], USUAL_BLOCK[1], SPATIAL]
        } else {
            USUAL_BLOCK
        }
    }

    /// Whether values of one's own are shown in another shape than they have.
    pub fn has_other_shape(&self) -> bool {
        self.is_custom() && self.block() != self.values.block()
    }

    /// Gives the activations the shape that they have until another is chosen.
    pub fn take_usual_block(&mut self) {
        [self.batch, self.seq_len, self.d_model] = self.usual_block();
        self.wanted = Wanted::default();
        self.has_width = false;
    }

    /// Makes values the input, in their shape.
    pub fn take_values(&mut self, values: Values) {
        self.values = values;
        self.take_input(Distribution::Custom);
    }

    /// Chooses the input. Values of one's own bring their shape; any other has the one that was chosen, if one was.
    fn take_input(&mut self, input: Distribution) {
        let is_chosen = self.block() != self.usual_block();
        self.input = input;
        if self.is_custom() || !is_chosen {
            self.take_usual_block();
        }
    }

    /// Takes the values of a link, and their shape.
    fn read_values(&mut self, text: &str) -> Result<(), String> {
        let said = self.values.read_link(text);
        if self.is_custom() {
            self.take_usual_block();
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Control, Settings, Words, control, read_pairs, write_pairs};

    fn read(link: &str) -> (NormalizeState, Vec<String>) {
        let pairs: Vec<_> = link
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, text)| (key.to_owned(), text.to_owned()))
            .collect();
        let (state, notices) = read_pairs::<NormalizeState>(&pairs, Some(&[]));
        (state, notices.iter().map(ToString::to_string).collect())
    }

    fn written(state: &NormalizeState) -> String {
        let pairs = write_pairs(state);
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(key, text)| format!("{key}={text}"))
            .collect();
        pairs.join("&")
    }

    #[test]
    fn links_say_what_differs_in_the_order_of_the_table() {
        for (given, link) in [
            (
                "beta_at=7:-1, 3:2.5&groups=8&norm=group&gamma_at=",
                "norm=group&groups=8&beta_at=3:2.5,7:-1",
            ),
            ("groups=4&d_model=6", "d_model=6"),
            ("eps=0.00001&gamma=1.0&beta=-0", ""),
            ("eps=1e-12&gamma=1.5", "gamma=1.5&eps=1e-12"),
            (
                "input=custom&values=1, 2\n3 4.50,;;NaN,-INF;-0,1e3;",
                "input=custom&values=1,2;3,4.5;;NaN,-inf;0,1000",
            ),
            (
                "variance=unbiased&nudged=value&mates=alike&shown=2&stage=input&basis=plane",
                "variance=unbiased&shown=2&nudged=value&mates=alike&stage=input&basis=plane",
            ),
            (
                "affine=off&padding=on&masked=on&quiz=3&mistake=batch_eval",
                "affine=off&padding=on&masked=on&mistake=batch_eval&quiz=3",
            ),
            ("token=5&feature=12&seed=0", ""),
            ("batch=1&seq_len=1&token=0", "batch=1&seq_len=1"),
        ] {
            assert_eq!(written(&read(given).0), link, "{given}");
        }
    }

    #[test]
    fn what_is_not_taken_as_it_stands_is_said() {
        for (given, expected) in [
            (
                "groups=5",
                "groups: “5” was given; allowed: whole numbers from 1 to 64; 4 is used.",
            ),
            (
                "d_model=7&groups=6",
                "groups: “6” was given; allowed: whole numbers from 1 to 7; 7 is used.",
            ),
            (
                "gamma_at=3:2.5,99:1",
                "gamma_at: “3:2.5,99:1” was given; allowed: feature:value, from -4 to 4, separated by commas; a value alone is the next feature's; 3:2.5 is used.",
            ),
            (
                "values=x",
                "values: “x” was given; allowed: up to 1024 numbers, nan or inf; a comma between features, a semicolon between tokens, two between samples, as many in each; “x” is no 32-bit number; 1,2,3,4 is used.",
            ),
            (
                "values=1,2,3;4,5",
                "values: “1,2,3;4,5” was given; allowed: up to 1024 numbers, nan or inf; a comma between features, a semicolon between tokens, two between samples, as many in each; row 2 has 2 numbers and row 1 has 3; 1,2,3,4 is used.",
            ),
            (
                "quiz=8",
                "quiz: “8” was given; allowed: off, 1, 2, 3, 4, 5, 6, 7; off is used.",
            ),
        ] {
            assert_eq!(read(given).1, [expected], "{given}");
        }
    }

    #[test]
    fn a_size_that_is_moved_stays_and_the_notice_says_what_gave_way() {
        let mut state = read("batch=64&seq_len=256").0;
        let mut give = |key: &str, text: &str| {
            let row = control::<NormalizeState>(key);
            assert_eq!(row.and_then(|row| row.typed(&mut state, text)), None);
            let rows = NormalizeState::CONTROLS.iter();
            let notices =
                rows.filter_map(|row| Some(row.narrowed(&state)?.notice(row.name).to_string()));
            (written(&state), notices.collect::<Vec<_>>())
        };
        let narrowed = |name: &str, given: usize, used: usize| {
            format!(
                "{name}: “{given}” was given; allowed: whole numbers from 1 to {used}, with {}; {used} is used.",
                budget::ALLOWED
            )
        };
        for (key, text, link, expected) in [
            (
                "d_model",
                "1024",
                "batch=8&seq_len=256&d_model=1024",
                vec![narrowed("Batch size", 64, 8)],
            ),
            ("d_model", "64", "batch=64&seq_len=256", vec![]),
            (
                "d_model",
                "1024",
                "batch=8&seq_len=256&d_model=1024",
                vec![narrowed("Batch size", 64, 8)],
            ),
            (
                "batch",
                "64",
                "batch=64&seq_len=32&d_model=1024",
                vec![narrowed("Sequence length", 256, 32)],
            ),
            ("batch", "4", "seq_len=256&d_model=1024", vec![]),
        ] {
            assert_eq!(
                give(key, text),
                (link.to_owned(), expected),
                "{key} = {text}"
            );
        }
    }

    #[test]
    fn the_quiz_asks_for_every_bug_once() {
        let all = <Mistake as Words>::ALL;
        assert_eq!(Mistake::ASKED.len(), all.len());
        assert!(all.iter().all(|bug| Mistake::ASKED.contains(bug)));
    }

    #[test]
    fn controls_say_what_a_bug_is_shown_with() {
        let of = |link: &str| {
            let (state, notices) = read(&format!("part=mistakes&{link}"));
            (written(&state), notices)
        };
        for (link, shown) in [
            (
                "mistake=batch_eval",
                "norm=batch&mode=eval&mistake=batch_eval",
            ),
            ("mistake=eps_outside", "eps=0.1&mistake=eps_outside"),
            (
                "mistake=eps_outside&std=0.01",
                "eps=1e-5&std=0.01&mistake=eps_outside",
            ),
            (
                "mistake=eps_outside&eps=1e-8",
                "eps=1e-8&mistake=eps_outside",
            ),
            (
                "mistake=padding",
                "norm=batch&padding=on&masked=on&mistake=padding",
            ),
            ("mistake=unbiased", "mistake=unbiased"),
        ] {
            let (link, notices) = of(link);
            let shown = shown.replace("eps=1e-5&", "");
            assert_eq!(link, format!("part=mistakes&{shown}"));
            assert_eq!(notices, [""; 0], "{link}");
            assert_eq!(written(&read(&link).0), link, "as it is written it is read");
        }
        let (_, notices) = of("norm=rms&mistake=over_batch");
        let expected =
            "norm: “rms” was given; allowed: what the rest can be shown with; layer is used.";
        assert_eq!(notices, [expected]);
        // Elsewhere, and in a quiz, which would be given away, settings are as they were given.
        for link in [
            "mistake=batch_eval",
            "part=mistakes&mistake=batch_eval&quiz=5",
        ] {
            assert_eq!(read(link).0.norm, NormName::Layer, "{link}");
        }
        // A norm that a bug cannot be shown with is not taken, and that is said.
        let mut state = read("part=mistakes&mistake=batch_eval").0;
        let row = control::<NormalizeState>("norm");
        let notice = row.and_then(|row| row.typed(&mut state, "layer"));
        assert!(notice.is_some_and(|notice| notice.to_string().contains("batch is used")));
        assert_eq!(state.norm, NormName::Batch);
    }

    #[test]
    fn steps_that_are_chosen_stand_still() {
        let mut state = NormalizeState::default();
        state.shown.glide = 0.25;
        let row = control::<NormalizeState>("shown");
        assert_eq!(row.and_then(|row| row.typed(&mut state, "3")), None);
        let expected = Shown {
            n_steps: 3,
            glide: 1.0,
        };
        assert_eq!(state.shown, expected);
    }

    #[test]
    fn settings_are_on_the_desk_where_they_mean_something() {
        let shown = |state: &NormalizeState| {
            let rows = NormalizeState::CONTROLS.iter();
            let rows = rows.filter(|row| row.group == "Normalization" && (row.applies)(state));
            rows.map(|row: &Control<_>| row.key).collect::<Vec<_>>()
        };
        let mut state = NormalizeState::default();
        let usual = ["norm", "affine", "gamma", "beta", "eps", "variance"];
        assert_eq!(shown(&state), usual);
        state.norm = NormName::Rms;
        assert_eq!(shown(&state), ["norm", "affine", "gamma", "eps"]);
        (state.norm, state.mode) = (NormName::Batch, BatchMode::Eval);
        let batch = ["norm", "mode", "momentum", "affine", "gamma", "beta", "eps"];
        assert_eq!(shown(&state), batch);
        state.part = NormalizePart::Batch;
        assert_eq!(shown(&state), ["momentum", "eps", "groups"]);
        state.part = NormalizePart::Axes;
        let axes = ["norm", "alpha", "affine", "gamma", "beta", "eps", "groups"];
        assert_eq!(shown(&state), axes);
    }
}
