//! Normalize's settings: plain data, their table, and what follows from them.

use maths::inputs::{Distribution, InputSpec, fill_input};
use maths::normalize::{Basis, BatchMode, Mistake, Norm, NormSpec, nearest_divisor};
use ndarray::Array2;

use crate::settings::{
    Choice, Choosable, Control, Grain, Kind, Number, Scale, Settings, Text, always, never,
};

mod choices;
mod per_feature;
mod values;

use choices::{ALONG, BASES, BASIS_WORDS, INCOMING, MISTAKE_WORDS, QUESTIONS, STAGES};
pub use choices::{Along, Incoming, MISTAKES, mistake_idx, next_asked};
pub use per_feature::{LIMITS, PerFeature};
pub use values::{MOST_BYTES, Values, too_large, unreadable};

/// The token that is read until one is chosen, as far as there are so many.
const USUAL_TOKEN: usize = 5;

/// The feature that is read until one is chosen, as far as there are so many.
const USUAL_FEATURE: usize = 12;

/// The number of groups until one is chosen, or the nearest that divides d_model.
const USUAL_GROUPS: usize = 4;

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

/// What Normalize shows.
#[derive(Clone, Debug, PartialEq)]
pub struct NormalizeState {
    /// The number of the part that is shown.
    pub part: usize,
    /// Which norm.
    pub norm: NormName,
    /// Whether batch norm is trained or used.
    pub mode: BatchMode,
    /// The weight of each new batch in batch norm's running statistics, 0 to 1.
    pub momentum: f64,
    /// The chosen number of group norm's groups; `None` until one is chosen.
    pub groups: Option<usize>,
    /// DyT's α, 0 to 10.
    pub alpha: f64,
    /// Whether there are γ and β at all.
    pub affine: bool,
    /// γ of features that have one of their own.
    pub gamma_at: PerFeature,
    /// β of features that have one of their own.
    pub beta_at: PerFeature,
    /// Whether samples differ in length and are padded with zeros.
    pub padding: bool,
    /// Whether the padding is left out of the statistics.
    pub masked: bool,
    /// Whose values the histograms count.
    pub per: Per,
    /// What is added to the selected token, -10 to 10.
    pub nudge: f64,
    /// Whether it is added to the selected feature alone.
    pub nudges_one: bool,
    /// Whether the mates of a batch are like the sample that stays.
    pub alike: bool,
    /// How many samples, 1 to 64.
    pub batch: usize,
    /// How many tokens a sample has, 1 to 256.
    pub seq_len: usize,
    /// How many features a token has, 2 to 1024.
    pub d_model: usize,
    /// The scale of every feature after normalization, -4 to 4.
    pub gamma: f64,
    /// The shift of every feature after normalization, -4 to 4.
    pub beta: f64,
    /// What is added to the variance under the root, 0 to 1.
    pub eps: f64,
    /// Whether LayerNorm's variance divides by n − 1, see [`Self::is_unbiased`].
    pub unbiased: bool,
    /// How the activations are drawn.
    pub input: Distribution,
    /// Added to every activation, -100 to 100.
    pub mean: f64,
    /// The scale of the noise, 0 to 100.
    pub std: f64,
    /// The rows of custom activations.
    pub values: Values,
    /// The seed of the noise.
    pub seed: u64,
    /// The selected token, counted over all samples; `None` follows the shape.
    pub token: Option<usize>,
    /// The selected feature; `None` follows the shape.
    pub feature: Option<usize>,
    /// How many of the steps are shown, 1 to [`N_STEPS`].
    pub shown: usize,
    /// How far the last of them has come, 0 to 1; not in the link.
    pub glide: f64,
    /// The gradient that comes in from above.
    pub dy: Incoming,
    /// Where the selected token is pushed.
    pub push: Along,
    /// How far, -10 to 10.
    pub push_size: f64,
    /// What the input is multiplied by where scale and shift are tried, -100 to 100.
    pub scale_a: f64,
    /// What is added to it there, -10,000 to 10,000.
    pub shift_c: f64,
    /// The number of the stage that is shown in space, 0 to 4.
    pub stage: usize,
    /// What points are looked at along, where there are more than three features.
    pub basis: Basis,
    /// How far space is turned around its upright axis, in degrees, -180 to 180.
    pub yaw: f64,
    /// How far it is tilted towards the reader, in degrees, -90 to 90.
    pub pitch: f64,
    /// The bug that is shown, if one is.
    pub mistake: Option<Mistake>,
    /// The bug that is to be guessed; `None` for no quiz.
    pub quiz: Option<Mistake>,
    /// What was answered to the quiz; not in the link.
    pub answer: Option<usize>,
}

impl Default for NormalizeState {
    fn default() -> Self {
        Self {
            part: 0,
            norm: NormName::Layer,
            mode: BatchMode::Train,
            momentum: 0.1,
            groups: None,
            alpha: 0.5,
            affine: true,
            gamma_at: PerFeature::default(),
            beta_at: PerFeature::default(),
            padding: false,
            masked: false,
            per: Per::Tensor,
            nudge: 1.0,
            nudges_one: false,
            alike: false,
            batch: 4,
            seq_len: 8,
            d_model: 64,
            gamma: 1.0,
            beta: 0.0,
            eps: 1e-5,
            unbiased: false,
            input: Distribution::Tokens,
            mean: 0.0,
            std: 1.0,
            values: Values::default(),
            seed: 0,
            token: None,
            feature: None,
            shown: N_STEPS,
            glide: 1.0,
            dy: Incoming::Seeded,
            push: Along::Ones,
            push_size: 1.0,
            scale_a: 1.0,
            shift_c: 0.0,
            stage: 2,
            basis: Basis::Principal,
            yaw: 30.0,
            pitch: 20.0,
            mistake: None,
            quiz: None,
            answer: None,
        }
    }
}

impl NormalizeState {
    /// How many tokens there are in all samples together.
    pub fn rows(&self) -> usize {
        self.batch * self.seq_len
    }

    /// The token that is read, counted over all samples.
    pub fn row(&self) -> usize {
        self.token.unwrap_or(USUAL_TOKEN).min(self.rows() - 1)
    }

    /// The feature that is followed through the arithmetic.
    pub fn column(&self) -> usize {
        self.feature.unwrap_or(USUAL_FEATURE).min(self.d_model - 1)
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

    /// Whether batch norm cannot be trained on this block: each feature has one value, or none.
    pub fn has_too_few(&self) -> bool {
        let of_sample = |sample| {
            if self.masked {
                self.real_len(sample)
            } else {
                self.seq_len
            }
        };
        (0..self.batch).map(of_sample).sum::<usize>() < 2
    }

    /// Whether the norm at hand uses running statistics.
    pub fn evaluates(&self) -> bool {
        self.norm == NormName::Batch && self.mode == BatchMode::Eval
    }

    /// Whether the variance divides by n − 1: an experiment with the steps of LayerNorm, and nowhere else.
    pub fn is_unbiased(&self) -> bool {
        self.unbiased && has_degrees(self)
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
            values: &[],
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

    /// What is added to a feature of the selected token: up and down in turn, or to the selected feature alone.
    pub fn nudge_of(&self, feature: usize) -> f64 {
        match (self.nudges_one, feature.is_multiple_of(2)) {
            (true, _) if feature == self.column() => self.nudge,
            (true, _) => 0.0,
            (false, true) => self.nudge,
            (false, false) => -self.nudge,
        }
    }

    /// How many tokens a sample really has: all of them without padding, else at least one.
    pub fn real_len(&self, sample: usize) -> usize {
        let quarters = REAL_QUARTERS[sample % REAL_QUARTERS.len()];
        if self.padding {
            (self.seq_len * quarters).div_ceil(REAL_QUARTERS.len())
        } else {
            self.seq_len
        }
    }

    /// Whether there is no token in this row.
    pub fn is_padding(&self, row_idx: usize) -> bool {
        row_idx % self.seq_len >= self.real_len(row_idx / self.seq_len)
    }

    /// The bug that is shown or asked for; `None` for none.
    pub fn bug(&self) -> Option<Mistake> {
        self.quiz.or(self.mistake)
    }

    /// Whether which bug it is may be said: always, but for a quiz without an answer.
    pub fn is_revealed(&self) -> bool {
        self.quiz.is_none() || self.answer.is_some()
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
            if state.eps < SEEN_EPS * counted {
                state.eps = (SHOWN_EPS * counted).min(1.0);
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
        self.input = Distribution::Custom;
        self.values = Values::new(vec![vec![1.0, 0.0, 0.0, 0.0]]);
        self.fit_shape_to_values();
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
            values: &self.values,
        }
    }

    /// Gives the block the shape of the custom values, as far as its ranges allow.
    pub fn fit_shape_to_values(&mut self) {
        let [batch, seq_len, d_model] = self.values.block();
        self.batch = batch.clamp(1, 64);
        self.seq_len = seq_len.clamp(1, 256);
        self.d_model = d_model.clamp(2, 1024);
    }
}

/// The parts of the room, in the order of their tabs.
pub const PARTS: &[Choosable] = &[
    option("steps", "Steps"),
    option("axes", "Axes"),
    option("batch", "Batch"),
    option("gradient", "Gradient"),
    option("shape", "Shape"),
    option("mistakes", "Mistakes"),
];

/// How many steps a token goes through: x, x − μ, x̂, y.
pub const N_STEPS: usize = 4;

/// The number of the part about steps.
const STEPS_PART: usize = 0;

/// The number of the part about axes.
pub const AXES_PART: usize = 1;

/// The number of the part about batches.
pub const BATCH_PART: usize = 2;

/// The norms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormName {
    /// LayerNorm.
    Layer,
    /// RMSNorm.
    Rms,
    /// Batch norm.
    Batch,
    /// Instance norm.
    Instance,
    /// Group norm.
    Group,
    /// Dynamic tanh.
    DyT,
    /// Nothing.
    None,
}

impl NormName {
    /// All of them, in the order of the list.
    pub const ALL: [Self; 7] = [
        Self::Layer,
        Self::Rms,
        Self::Batch,
        Self::Instance,
        Self::Group,
        Self::DyT,
        Self::None,
    ];

    /// Those that do something, side by side.
    pub const COMPARED: [Self; 6] = [
        Self::Layer,
        Self::Rms,
        Self::Batch,
        Self::Instance,
        Self::Group,
        Self::DyT,
    ];

    /// Whether it divides by anything made of the input.
    pub fn has_statistics(self) -> bool {
        !matches!(self, Self::DyT | Self::None)
    }
}

const fn option(slug: &'static str, label: &'static str) -> Choosable {
    Choosable { slug, label }
}

/// The options of `norm`, in the order of [`NormName::ALL`].
pub const NORMS: &[Choosable] = &[
    option("layer", "Layer normalization"),
    option("rms", "RMSNorm"),
    option("batch", "Batch normalization"),
    option("instance", "Instance normalization"),
    option("group", "Group normalization"),
    option("dyt", "Dynamic tanh"),
    option("none", "none"),
];

const MODES: [BatchMode; 2] = [BatchMode::Train, BatchMode::Eval];

/// Whose values the histograms count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Those of all tokens.
    Tensor,
    /// Those of the selected token.
    Token,
    /// Those of the selected feature, in all tokens.
    Feature,
}

const PERS: [Per; 3] = [Per::Tensor, Per::Token, Per::Feature];

/// A switch, off first.
const OFF_ON: &[Choosable] = &[option("off", "off"), option("on", "on")];

/// The distributions, in the order of [`INPUTS`].
const DISTRIBUTIONS: [Distribution; 8] = [
    Distribution::Tokens,
    Distribution::Normal,
    Distribution::Uniform,
    Distribution::Heavy,
    Distribution::Outlier,
    Distribution::Constant,
    Distribution::Encoded,
    Distribution::Custom,
];

const INPUTS: &[Choosable] = &[
    option("tokens", "tokens of their own spread"),
    option("normal", "normal"),
    option("uniform", "uniform"),
    option("heavy", "heavy-tailed"),
    option("outlier", "one outlier feature"),
    option("constant", "constant"),
    option("encoded", "words + positions"),
    option("custom", "custom values"),
];

/// Where a value stands in its list.
fn idx_of<T: PartialEq>(list: &[T], value: &T) -> usize {
    list.iter().position(|it| it == value).unwrap_or_default()
}

/// Whether the part is about the block of activations: the experiment with batches has samples of its own.
fn has_block(state: &NormalizeState) -> bool {
    state.part != BATCH_PART
}

/// Whether n or n − 1 is a question: in the steps of LayerNorm, whose n is d_model and never 1.
fn has_degrees(state: &NormalizeState) -> bool {
    state.norm == NormName::Layer && state.part == STEPS_PART
}

fn is_drawn(state: &NormalizeState) -> bool {
    state.input != Distribution::Custom
}

impl Settings for NormalizeState {
    // Whole numbers up to a million pass through f64 and back exactly, and `nearest` keeps them in range.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )]
    const CONTROLS: &'static [Control<Self>] = &[
        Control {
            key: "part",
            name: "Part",
            symbol: None,
            help: "Which of the lab's questions is shown.",
            group: "",
            applies: always,
            kind: Kind::Choice(Choice {
                options: PARTS,
                get: |s| s.part,
                set: |s, idx| s.part = idx,
            }),
        },
        Control {
            key: "norm",
            name: "Normalization",
            symbol: None,
            help: "Which values share a mean and a variance, if any.",
            group: "Normalization",
            applies: has_block,
            kind: Kind::Choice(Choice {
                options: NORMS,
                get: |s| idx_of(&NormName::ALL, &s.norm),
                set: |s, idx| {
                    if let Some(norm) = NormName::ALL.get(idx) {
                        s.norm = *norm;
                    }
                },
            }),
        },
        Control {
            key: "mode",
            name: "Mode",
            symbol: None,
            help: "Batch norm by the batch at hand, or by what it remembers of earlier ones.",
            group: "Normalization",
            applies: |s| s.norm == NormName::Batch && s.part != AXES_PART && s.part != BATCH_PART,
            kind: Kind::Choice(Choice {
                options: &[option("train", "training"), option("eval", "evaluation")],
                get: |s| idx_of(&MODES, &s.mode),
                set: |s, idx| {
                    if let Some(mode) = MODES.get(idx) {
                        s.mode = *mode;
                    }
                },
            }),
        },
        Control {
            key: "momentum",
            name: "Momentum",
            symbol: None,
            help: "The weight of each new batch in what batch norm remembers.",
            group: "Normalization",
            applies: |s| s.evaluates() || s.part == BATCH_PART,
            kind: Kind::Number(Number {
                range: (0.0, 1.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.01 },
                scale: Scale::Linear,
                get: |s| s.momentum,
                set: |s, v| s.momentum = v,
                follows: never,
            }),
        },
        Control {
            key: "alpha",
            name: "α (DyT)",
            symbol: None,
            help: "How steep the tanh is at 0.",
            group: "Normalization",
            applies: |s| s.norm == NormName::DyT || s.part == AXES_PART,
            kind: Kind::Number(Number {
                range: (0.0, 10.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.05 },
                scale: Scale::Log { knee: 1.0 },
                get: |s| s.alpha,
                set: |s, v| s.alpha = v,
                follows: never,
            }),
        },
        Control {
            key: "affine",
            name: "γ and β",
            symbol: None,
            help: "Whether normalised values are scaled and shifted.",
            group: "Normalization",
            applies: has_block,
            kind: Kind::Choice(Choice {
                options: &[option("on", "on"), option("off", "off")],
                get: |s| usize::from(!s.affine),
                set: |s, idx| s.affine = idx == 0,
            }),
        },
        Control {
            key: "gamma",
            name: "γ (scale)",
            symbol: Some("gamma"),
            help: "Multiplies every normalised value. A trained layer has one γ for each feature.",
            group: "Normalization",
            applies: |s| s.affine && has_block(s),
            kind: Kind::Number(Number {
                range: LIMITS,
                narrowed: None,
                grain: Grain::Any { nudge: 0.05 },
                scale: Scale::Linear,
                get: |s| s.gamma,
                set: |s, v| s.gamma = v,
                follows: never,
            }),
        },
        Control {
            key: "beta",
            name: "β (shift)",
            symbol: Some("beta"),
            help: "Added to every value at the end. A trained layer has one β for each feature.",
            group: "Normalization",
            applies: |s| s.has_beta() && has_block(s),
            kind: Kind::Number(Number {
                range: LIMITS,
                narrowed: None,
                grain: Grain::Any { nudge: 0.05 },
                scale: Scale::Linear,
                get: |s| s.beta,
                set: |s, v| s.beta = v,
                follows: never,
            }),
        },
        Control {
            key: "eps",
            name: "ε (epsilon)",
            symbol: None,
            help: "Added to the variance under the root. Matters once the variance is about as small.",
            group: "Normalization",
            applies: |s| s.norm.has_statistics() || s.part != 0,
            kind: Kind::Number(Number {
                range: (0.0, 1.0),
                narrowed: None,
                grain: Grain::Any { nudge: 1e-5 },
                scale: Scale::Log { knee: 1e-8 },
                get: |s| s.eps,
                set: |s, v| s.eps = v,
                follows: never,
            }),
        },
        Control {
            key: "variance",
            name: "Variance",
            symbol: None,
            help: "Whether the variance divides by n, as LayerNorm does, or by n − 1, as torch.var does.",
            group: "Normalization",
            applies: has_degrees,
            kind: Kind::Choice(Choice {
                options: &[
                    option("biased", "÷ n (biased)"),
                    option("unbiased", "÷ (n − 1) (unbiased)"),
                ],
                get: |s| usize::from(s.unbiased),
                set: |s, idx| s.unbiased = idx == 1,
            }),
        },
        Control {
            key: "input",
            name: "Input",
            symbol: None,
            help: "How the activations are drawn.",
            group: "Input",
            applies: has_block,
            kind: Kind::Choice(Choice {
                options: INPUTS,
                get: |s| idx_of(&DISTRIBUTIONS, &s.input),
                set: |s, idx| {
                    if let Some(distribution) = DISTRIBUTIONS.get(idx) {
                        s.input = *distribution;
                    }
                },
            }),
        },
        Control {
            key: "values",
            name: "Values",
            symbol: None,
            help: "Activations of your own: numbers separated by commas, tokens by semicolons.",
            group: "",
            applies: |s| !is_drawn(s) && has_block(s),
            kind: Kind::Text(Text {
                allowed: "up to 1024 numbers separated by commas, tokens separated by semicolons",
                default: "1,2,3,4",
                get: |s| {
                    (s.values != NormalizeState::default().values).then(|| s.values.link_text())
                },
                shown: |s| s.values.link_text(),
                set: values::read_link,
            }),
        },
        Control {
            key: "batch",
            name: "Batch size",
            symbol: None,
            help: "How many samples. LayerNorm never mixes them.",
            group: "Input",
            applies: always,
            kind: Kind::Number(Number {
                range: (1.0, 64.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 8.0 },
                get: |s| s.batch as f64,
                set: |s, v| s.batch = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "seq_len",
            name: "Sequence length",
            symbol: None,
            help: "How many tokens each sample has. Each token is normalised by itself.",
            group: "Input",
            applies: has_block,
            kind: Kind::Number(Number {
                range: (1.0, 256.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 16.0 },
                get: |s| s.seq_len as f64,
                set: |s, v| s.seq_len = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "d_model",
            name: "d_model",
            symbol: None,
            help: "How many features a token has: mean and variance are taken over these.",
            group: "Input",
            applies: has_block,
            kind: Kind::Number(Number {
                range: (2.0, 1024.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Log { knee: 32.0 },
                get: |s| s.d_model as f64,
                set: |s, v| s.d_model = v as usize,
                follows: never,
            }),
        },
        Control {
            key: "groups",
            name: "Groups",
            symbol: None,
            help: "Group norm: how many groups of features; each has its own mean and variance.",
            group: "Normalization",
            applies: |s| s.norm == NormName::Group || s.part == AXES_PART || s.part == BATCH_PART,
            kind: Kind::Number(Number {
                range: (1.0, 1024.0),
                narrowed: Some(|s| (1.0, s.d_model as f64)),
                grain: Grain::Whole,
                scale: Scale::Log { knee: 8.0 },
                get: |s| s.n_groups() as f64,
                set: |s, v| s.groups = Some(nearest_divisor(v as usize, s.d_model)),
                follows: |s| s.n_groups() == nearest_divisor(USUAL_GROUPS, s.d_model),
            }),
        },
        Control {
            key: "gamma_at",
            name: "γ per feature",
            symbol: None,
            help: "Features with a value of their own; they can also be drawn in the figure.",
            group: "Per feature",
            applies: |s| s.affine && has_block(s),
            kind: Kind::Text(Text {
                allowed: PerFeature::ALLOWED,
                default: "none",
                get: |s| s.gamma_at.text(s.d_model),
                shown: |s| s.gamma_at.text(s.d_model).unwrap_or_default(),
                set: |s, text| s.gamma_at.read(text, s.d_model),
            }),
        },
        Control {
            key: "beta_at",
            name: "β per feature",
            symbol: None,
            help: "Features with a value of their own; they can also be drawn in the figure.",
            group: "Per feature",
            applies: |s| s.has_beta() && has_block(s),
            kind: Kind::Text(Text {
                allowed: PerFeature::ALLOWED,
                default: "none",
                get: |s| s.beta_at.text(s.d_model),
                shown: |s| s.beta_at.text(s.d_model).unwrap_or_default(),
                set: |s, text| s.beta_at.read(text, s.d_model),
            }),
        },
        Control {
            key: "padding",
            name: "Padding",
            symbol: None,
            help: "Samples differ in length and are filled up with zeros.",
            group: "Input",
            applies: has_block,
            kind: Kind::Choice(Choice {
                options: OFF_ON,
                get: |s| usize::from(s.padding),
                set: |s, idx| s.padding = idx == 1,
            }),
        },
        Control {
            key: "masked",
            name: "Padding left out",
            symbol: None,
            help: "Whether statistics leave the padding out, as a mask does.",
            group: "Input",
            applies: |s| s.padding && has_block(s),
            kind: Kind::Choice(Choice {
                options: OFF_ON,
                get: |s| usize::from(s.masked),
                set: |s, idx| s.masked = idx == 1,
            }),
        },
        Control {
            key: "mean",
            name: "Input mean",
            symbol: Some("mu"),
            help: "Moves every activation. LayerNorm takes it out again.",
            group: "Input",
            applies: |s| is_drawn(s) && has_block(s),
            kind: Kind::Number(Number {
                range: (-100.0, 100.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Symmetric { knee: 4.0 },
                get: |s| s.mean,
                set: |s, v| s.mean = v,
                follows: never,
            }),
        },
        Control {
            key: "std",
            name: "Input std",
            symbol: Some("sigma"),
            help: "Stretches every activation. LayerNorm takes that out again too.",
            group: "Input",
            applies: |s| is_drawn(s) && has_block(s) && s.input != Distribution::Constant,
            kind: Kind::Number(Number {
                range: (0.0, 100.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Log { knee: 4.0 },
                get: |s| s.std,
                set: |s, v| s.std = v,
                follows: never,
            }),
        },
        Control {
            key: "seed",
            name: "Seed",
            symbol: None,
            help: "Another seed, other noise; the same seed, the same noise, in every browser.",
            group: "Input",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 9999.0),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.seed as f64,
                set: |s, v| s.seed = v as u64,
                follows: never,
            }),
        },
        Control {
            key: "token",
            name: "Token",
            symbol: None,
            help: "The token that is followed through the arithmetic, counted over all samples.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 16_383.0),
                narrowed: Some(|s| (0.0, s.rows() as f64 - 1.0)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.row() as f64,
                set: |s, v| s.token = Some(v as usize),
                follows: |s| s.row() == USUAL_TOKEN.min(s.rows() - 1),
            }),
        },
        Control {
            key: "feature",
            name: "Feature",
            symbol: None,
            help: "The feature whose numbers are written out.",
            group: "Reading",
            applies: always,
            kind: Kind::Number(Number {
                range: (0.0, 1023.0),
                narrowed: Some(|s| (0.0, s.d_model as f64 - 1.0)),
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.column() as f64,
                set: |s, v| s.feature = Some(v as usize),
                follows: |s| s.column() == USUAL_FEATURE.min(s.d_model - 1),
            }),
        },
        Control {
            key: "shown",
            name: "Steps shown",
            symbol: None,
            help: "How many of the token's steps are shown: x, x − μ, x̂, y.",
            group: "Step by step",
            applies: |s| s.part == STEPS_PART,
            kind: Kind::Number(Number {
                range: (1.0, N_STEPS as f64),
                narrowed: None,
                grain: Grain::Whole,
                scale: Scale::Linear,
                get: |s| s.shown as f64,
                set: |s, v| {
                    s.shown = v as usize;
                    s.glide = 1.0;
                },
                follows: never,
            }),
        },
        Control {
            key: "per",
            name: "Histogram of",
            symbol: None,
            help: "Whose values are counted.",
            group: "Reading",
            applies: |s| s.part == 0,
            kind: Kind::Choice(Choice {
                options: &[
                    option("tensor", "all values"),
                    option("token", "the token"),
                    option("feature", "the feature"),
                ],
                get: |s| idx_of(&PERS, &s.per),
                set: |s, idx| {
                    if let Some(per) = PERS.get(idx) {
                        s.per = *per;
                    }
                },
            }),
        },
        Control {
            key: "nudge",
            name: "Added",
            symbol: None,
            help: "What is added to the selected token: up and down in turn, or to one feature.",
            group: "Change",
            applies: always,
            kind: Kind::Number(Number {
                range: (-10.0, 10.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Symmetric { knee: 1.0 },
                get: |s| s.nudge,
                set: |s, v| s.nudge = v,
                follows: never,
            }),
        },
        Control {
            key: "nudged",
            name: "Added to",
            symbol: None,
            help: "The whole token, or one of its features.",
            group: "Change",
            applies: always,
            kind: Kind::Choice(Choice {
                options: &[option("token", "the token"), option("value", "one value")],
                get: |s| usize::from(s.nudges_one),
                set: |s, idx| s.nudges_one = idx == 1,
            }),
        },
        Control {
            key: "mates",
            name: "Mates",
            symbol: None,
            help: "What the other samples are like.",
            group: "Batch",
            applies: always,
            kind: Kind::Choice(Choice {
                options: &[
                    option("varied", "of their own mean and spread"),
                    option("alike", "like the sample"),
                ],
                get: |s| usize::from(s.alike),
                set: |s, idx| s.alike = idx == 1,
            }),
        },
        Control {
            key: "dy",
            name: "Incoming gradient",
            symbol: None,
            help: "What the loss says of each output.",
            group: "Gradient",
            applies: always,
            kind: Kind::Choice(Choice {
                options: INCOMING,
                get: |s| idx_of(&Incoming::ALL, &s.dy),
                set: |s, idx| s.dy = Incoming::ALL.get(idx).copied().unwrap_or(s.dy),
            }),
        },
        Control {
            key: "push",
            name: "Push",
            symbol: None,
            help: "Where the selected token is moved.",
            group: "Gradient",
            applies: always,
            kind: Kind::Choice(Choice {
                options: ALONG,
                get: |s| idx_of(&Along::ALL, &s.push),
                set: |s, idx| s.push = Along::ALL.get(idx).copied().unwrap_or(s.push),
            }),
        },
        Control {
            key: "push_size",
            name: "Push size",
            symbol: None,
            help: "How far the token is moved.",
            group: "Gradient",
            applies: always,
            kind: Kind::Number(Number {
                range: (-10.0, 10.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Linear,
                get: |s| s.push_size,
                set: |s, v| s.push_size = v,
                follows: never,
            }),
        },
        Control {
            key: "scale_a",
            name: "Input scale a",
            symbol: None,
            help: "The input is multiplied by this before it is normalised.",
            group: "Scale and shift",
            applies: always,
            kind: Kind::Number(Number {
                range: (-100.0, 100.0),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Symmetric { knee: 1e-4 },
                get: |s| s.scale_a,
                set: |s, v| s.scale_a = v,
                follows: never,
            }),
        },
        Control {
            key: "shift_c",
            name: "Input shift c",
            symbol: None,
            help: "Added to every value of the scaled input.",
            group: "Scale and shift",
            applies: always,
            kind: Kind::Number(Number {
                range: (-1e4, 1e4),
                narrowed: None,
                grain: Grain::Any { nudge: 0.1 },
                scale: Scale::Symmetric { knee: 1.0 },
                get: |s| s.shift_c,
                set: |s, v| s.shift_c = v,
                follows: never,
            }),
        },
        Control {
            key: "stage",
            name: "Stage",
            symbol: None,
            help: "How far along the formula the points are.",
            group: "Space",
            applies: always,
            kind: Kind::Choice(Choice {
                options: STAGES,
                get: |s| s.stage,
                set: |s, idx| s.stage = idx,
            }),
        },
        Control {
            key: "basis",
            name: "Seen along",
            symbol: None,
            help: "Which three directions of many are drawn.",
            group: "Space",
            applies: |s| s.d_model > 3,
            kind: Kind::Choice(Choice {
                options: BASIS_WORDS,
                get: |s| idx_of(&BASES, &s.basis),
                set: |s, idx| s.basis = BASES.get(idx).copied().unwrap_or_default(),
            }),
        },
        Control {
            key: "yaw",
            name: "Turn",
            symbol: None,
            help: "Turns space around its upright axis, in degrees.",
            group: "Space",
            applies: |s| s.d_model > 2,
            kind: Kind::Number(Number {
                range: (-180.0, 180.0),
                narrowed: None,
                grain: Grain::Any { nudge: 5.0 },
                scale: Scale::Linear,
                get: |s| s.yaw,
                set: |s, v| s.yaw = v,
                follows: never,
            }),
        },
        Control {
            key: "pitch",
            name: "Tilt",
            symbol: None,
            help: "Tilts space towards you, in degrees.",
            group: "Space",
            applies: |s| s.d_model > 2,
            kind: Kind::Number(Number {
                range: (-90.0, 90.0),
                narrowed: None,
                grain: Grain::Any { nudge: 5.0 },
                scale: Scale::Linear,
                get: |s| s.pitch,
                set: |s, v| s.pitch = v,
                follows: never,
            }),
        },
        Control {
            key: "mistake",
            name: "Mistake",
            symbol: None,
            help: "A bug that was found in public code.",
            group: "Mistakes",
            applies: |s| s.quiz.is_none(),
            kind: Kind::Choice(Choice {
                options: MISTAKE_WORDS,
                get: |s| s.mistake.map_or(0, |bug| mistake_idx(bug) + 1),
                set: |s, idx| {
                    s.mistake = idx
                        .checked_sub(1)
                        .and_then(|idx| MISTAKES.get(idx))
                        .copied();
                },
            }),
        },
        Control {
            key: "quiz",
            name: "Quiz",
            symbol: None,
            help: "Shows what a bug does and asks for its line.",
            group: "Mistakes",
            applies: always,
            kind: Kind::Choice(Choice {
                options: QUESTIONS,
                get: |s| s.quiz.map_or(0, |bug| choices::question(bug) + 1),
                set: |s, idx| {
                    s.quiz = idx.checked_sub(1).and_then(choices::asked);
                    s.answer = None;
                },
            }),
        },
    ];
}
