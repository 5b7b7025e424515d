//! Activations to normalize, made from a seed.
//!
//! Every value is mean + std · noise. The noise depends on the seed, the sample, the token and the
//! feature alone: a longer sequence, a larger batch or more features add values and leave those that
//! were there, and moving the mean or the std moves and stretches the same noise.
//!
//! Each row draws from a generator of its own: PCG-XSH-RR 64/32 (O'Neill 2014), with the row's number
//! as stream and a state mixed from seed and row. Normal numbers are made by inverting the distribution
//! function (Wichura 1988), one from each uniform number: the tables of the faster ziggurat would cost
//! several kilobytes of the page's first load, this costs 30 coefficients. The same link gives the same
//! numbers on every machine: besides + − × ÷ and √, which IEEE 754 fixes, only the tails of the normal
//! distribution call a logarithm, whose last bit in `f64` may differ between platforms but is rounded
//! away in `f32`.

use lanes::F64x2;
use ndarray::{Array2, ArrayView2};
use rand_pcg::Pcg32;

use crate::encode::{Layout, Sinusoidal, sinusoidal_at};
use crate::normal::Normals;
use crate::random::{fill_normal, row_rng, signed_uniform};
use crate::shape::{matrix_view, reshape};

/// What the noise is like: see [`fill_input`] for mean and std.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Distribution {
    /// Each token has its own mean, between −1.5 and 1.5, and its own spread, which grows from about
    /// 0.5 to about 3 over every eight tokens: m + s · z, z normal. LayerNorm shows best here.
    #[default]
    Tokens,
    /// N(0, 1).
    Normal,
    /// Uniform between −√3 and √3, so that its std is 1.
    Uniform,
    /// Student's t with 3 degrees of freedom, divided by √3 so that its std is 1. Its fourth moment is
    /// infinite: the kurtosis of a sample grows with the sample.
    Heavy,
    /// N(0, 1), and 20 more in feature [`OUTLIER_FEATURE`] of every token, as in trained transformers
    /// (Dettmers et al. 2022, §4).
    Outlier,
    /// 0: every value is the mean, and the std is not used.
    Constant,
    /// The given values, as they are: neither mean nor std is used.
    Custom,
    /// Words with their positions: the given words as unit normal embeddings, each word from its letters and the
    /// seed as in [`crate::words`], and the sinusoids of their positions in the sample (base 10000, interleaved).
    /// The words go on from sample to sample and begin again after their end, as text is cut for training; so here
    /// `seq_len` says which words a sample has, and `d_model` the frequencies.
    Encoded,
}

/// The feature that is large in every token of [`Distribution::Outlier`]: one that exists at every
/// d_model from 2, so that it stays where it is when d_model changes. With one feature there is none.
pub const OUTLIER_FEATURE: usize = 1;

/// By how many std that feature is larger.
const OUTLIER_SIZE: f64 = 20.0;

/// Everything that activations depend on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputSpec<'a> {
    /// What the noise is like.
    pub distribution: Distribution,
    /// Samples B.
    pub batch: usize,
    /// Tokens T of each sample.
    pub seq_len: usize,
    /// Features C of each token.
    pub d_model: usize,
    /// Added to the noise.
    pub mean: f64,
    /// What the noise is multiplied by.
    pub std: f64,
    /// Another seed, other noise.
    pub seed: u64,
    /// For [`Distribution::Custom`].
    pub given: Given<'a>,
    /// For [`Distribution::Encoded`]: the words, as [`crate::words::word_hash`] numbers them. Without any, positions
    /// alone.
    pub words: &'a [u64],
}

/// Values of one's own, in their own shape. Where fewer are asked for they are cut, each sample and each token at its
/// end; where more are, those beyond are missing: NaN.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Given<'a> {
    /// Samples, tokens, features.
    pub block: [usize; 3],
    /// One after the other, the last index fastest.
    pub values: &'a [f32],
}

impl<'a> Given<'a> {
    /// The features of one token; none beyond what was given.
    pub fn row(self, sample: usize, token: usize) -> &'a [f32] {
        let [n_samples, n_tokens, n_features] = self.block;
        if sample >= n_samples || token >= n_tokens {
            return &[];
        }
        let start = (sample * n_tokens + token) * n_features;
        self.values
            .get(start..start + n_features)
            .unwrap_or_default()
    }
}

impl InputSpec<'_> {
    fn n_rows(&self) -> usize {
        self.batch * self.seq_len
    }
}

/// Makes `out` the activations x = mean + std · noise, shape (B·T, C), row = sample·T + token.
/// Allocates only when `out` has never been so large.
pub fn fill_input(spec: &InputSpec<'_>, out: &mut Array2<f32>) {
    let out = reshape(out, spec.n_rows(), spec.d_model);
    match spec.distribution {
        Distribution::Custom => {
            fill_custom(spec, out);
        }
        _ => {
            fill_noise(spec, out);
            let (mean, std) = affine_of(spec);
            out.iter_mut()
                .for_each(|x| *x = x_from_noise(*x, mean, std));
        }
    }
}

/// Makes `out` one row of what [`fill_input`] makes of normal noise (C).
pub fn fill_normal_row(spec: &InputSpec<'_>, row_idx: usize, out: &mut Vec<f32>) {
    out.clear();
    out.resize(spec.d_model, 0.0);
    let seq_len = spec.seq_len.max(1);
    let (sample, token) = (row_idx / seq_len, row_idx % seq_len);
    let mut rng = row_rng(spec.seed, row_number(sample, token));
    let normals = &mut Normals::default();
    fill_noise_row(Distribution::Normal, token, &mut rng, out, normals);
    let (mean, std) = (spec.mean, spec.std);
    out.iter_mut()
        .for_each(|x| *x = x_from_noise(*x, mean, std));
}

/// Activations that follow a changing [`InputSpec`]: the same values as [`fill_input`] gives, but the
/// noise is kept, so that moving the mean or the std draws no random number.
#[derive(Clone, Debug, Default)]
pub struct InputTable {
    noise_of: Option<NoiseKey>,
    /// The words that are in it.
    words: Vec<u64>,
    affine: (f64, f64),
    version: u64,
    shape: (usize, usize),
    /// (B·T, C), at least; never shrinks.
    noise: Vec<f32>,
    /// (B·T, C), at least; never shrinks.
    values: Vec<f32>,
}

/// Everything that the noise depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NoiseKey {
    distribution: Distribution,
    batch: usize,
    seq_len: usize,
    d_model: usize,
    seed: u64,
}

impl InputTable {
    /// Makes the values what `spec` says and returns whether they or their shape changed.
    /// Nothing is allocated once the table has had its largest shape.
    pub fn update(&mut self, spec: &InputSpec<'_>) -> bool {
        let &InputSpec {
            distribution,
            batch,
            seq_len,
            d_model,
            seed,
            ..
        } = spec;
        let key = NoiseKey {
            distribution,
            batch,
            seq_len,
            d_model,
            seed,
        };
        let shape = (spec.n_rows(), d_model);
        let n_values = shape.0 * shape.1;
        if self.values.len() < n_values {
            self.values.resize(n_values, 0.0);
        }
        let changed = if distribution == Distribution::Custom {
            self.noise_of = None;
            fill_custom(spec, &mut self.values[..n_values]) || self.shape != shape
        } else {
            let affine = affine_of(spec);
            let other_words = distribution == Distribution::Encoded && self.words != spec.words;
            let new_noise = self.noise_of != Some(key) || other_words;
            if new_noise {
                self.words.clear();
                self.words.extend_from_slice(spec.words);
                if self.noise.len() < n_values {
                    self.noise.resize(n_values, 0.0);
                }
                fill_noise(spec, &mut self.noise[..n_values]);
                self.noise_of = Some(key);
            }
            let changed = new_noise || self.affine != affine;
            if changed {
                apply_affine(
                    &self.noise[..n_values],
                    affine,
                    &mut self.values[..n_values],
                );
                self.affine = affine;
            }
            changed
        };
        self.shape = shape;
        self.version += u64::from(changed);
        changed
    }

    /// The activations, shape (B·T, C), row = sample·T + token; empty before the first update.
    pub fn values(&self) -> ArrayView2<'_, f32> {
        matrix_view(&self.values, self.shape.0, self.shape.1)
    }

    /// Grows with every change of the values or the shape.
    pub fn version(&self) -> u64 {
        self.version
    }
}

/// The mean and std in use: a constant has no spread, whatever the std.
pub(crate) fn affine_of(spec: &InputSpec<'_>) -> (f64, f64) {
    match spec.distribution {
        Distribution::Constant => (spec.mean, 0.0),
        _ => (spec.mean, spec.std),
    }
}

fn x_from_noise(noise: f32, mean: f64, std: f64) -> f32 {
    (mean + std * f64::from(noise)) as f32
}

/// The same for many values.
fn apply_affine(noise: &[f32], (mean, std): (f64, f64), out: &mut [f32]) {
    let (mean, std) = (F64x2::splat(mean), F64x2::splat(std));
    lanes::map([noise], out, |[noise]| {
        F64x2::narrow(noise.widen().map(|noise| mean + std * noise))
    });
}

/// The given values, as far as they go; returns whether any value changed.
fn fill_custom(spec: &InputSpec<'_>, out: &mut [f32]) -> bool {
    let mut changed = false;
    for (row_idx, row) in out.chunks_exact_mut(spec.d_model.max(1)).enumerate() {
        let given = spec
            .given
            .row(row_idx / spec.seq_len, row_idx % spec.seq_len);
        let and_missing = given.iter().copied().chain(std::iter::repeat(f32::NAN));
        for (x, value) in row.iter_mut().zip(and_missing) {
            changed |= x.to_bits() != value.to_bits();
            *x = value;
        }
    }
    changed
}

/// The noise of every value. (B·T, C)
pub(crate) fn fill_noise(spec: &InputSpec<'_>, out: &mut [f32]) {
    let mut normals = Normals::default();
    if spec.distribution == Distribution::Encoded {
        fill_encoded(spec, &mut normals, out);
        return;
    }
    let mut rows = out.chunks_exact_mut(spec.d_model.max(1));
    for sample in 0..spec.batch {
        for (token, row) in (0..spec.seq_len).zip(&mut rows) {
            let mut rng = row_rng(spec.seed, row_number(sample, token));
            fill_noise_row(spec.distribution, token, &mut rng, row, &mut normals);
        }
    }
}

/// The number of a token's noise: the same, however many there are.
fn row_number(sample: usize, token: usize) -> u64 {
    ((sample as u64) << 32) | token as u64
}

/// The noise of one token. (C)
fn fill_noise_row(
    distribution: Distribution,
    token: usize,
    rng: &mut Pcg32,
    row: &mut [f32],
    normals: &mut Normals,
) {
    match distribution {
        Distribution::Tokens | Distribution::Normal | Distribution::Outlier => {
            let affine = match distribution {
                Distribution::Tokens => token_mean_and_spread(token, rng),
                _ => (0.0, 1.0),
            };
            normals.fill(row, affine, || signed_uniform(rng) / 2.0);
            if let (Distribution::Outlier, Some(x)) = (distribution, row.get_mut(OUTLIER_FEATURE)) {
                *x += OUTLIER_SIZE as f32;
            }
        }
        Distribution::Uniform => row.fill_with(|| (3_f64.sqrt() * signed_uniform(rng)) as f32),
        Distribution::Heavy => row.fill_with(|| heavy(rng) as f32),
        Distribution::Constant | Distribution::Custom | Distribution::Encoded => row.fill(0.0),
    }
}

/// How many waves of a token are added to all samples together.
const WAVES_AT_ONCE: usize = 64;

/// Words plus positions. (B·T, C)
fn fill_encoded(spec: &InputSpec<'_>, normals: &mut Normals, out: &mut [f32]) {
    let &InputSpec {
        seq_len,
        d_model,
        seed,
        ..
    } = spec;
    if spec.words.is_empty() {
        out.fill(0.0);
    }
    let words = spec.words.iter().cycle();
    for (row, &word) in out.chunks_exact_mut(d_model.max(1)).zip(words) {
        fill_normal(seed, word, 1.0, row, normals);
    }
    let table = Sinusoidal {
        seq_len,
        d_model,
        base: 10_000.0,
        start: 0,
        layout: Layout::Interleaved,
    };
    // A sine or cosine once for all samples: they are what takes the time. Some side by side, as they lie in memory.
    let mut waves = [0.0; WAVES_AT_ONCE];
    for token in 0..seq_len {
        for first in (0..d_model).step_by(WAVES_AT_ONCE) {
            let n_waves = WAVES_AT_ONCE.min(d_model - first);
            for (dim, wave) in (first..).zip(&mut waves[..n_waves]) {
                *wave = sinusoidal_at(token as f64, dim, table) as f32;
            }
            for sample in out.chunks_exact_mut(seq_len * d_model) {
                let row = &mut sample[token * d_model + first..];
                for (x, wave) in row.iter_mut().zip(&waves[..n_waves]) {
                    *x += wave;
                }
            }
        }
    }
}

/// A token's own mean, uniform in ±1.5, and own spread: a ramp over every eight tokens, so that the
/// default page shows narrow and wide tokens side by side, blurred by a tenth.
fn token_mean_and_spread(token: usize, rng: &mut Pcg32) -> (f64, f64) {
    let mean = 1.5 * signed_uniform(rng);
    let ramp = (token % 8) as f64 / 7.0;
    let spread = (0.5 + 2.5 * ramp) * (1.0 + 0.1 * signed_uniform(rng));
    (mean, spread)
}

/// t₃/√3 without any transcendental function. t₃/√3 is z₀/√(z₁² + z₂² + z₃²), z normal; that is
/// w/√(1 − w²), w a coordinate of a random point on the sphere in four dimensions; and w is
/// distributed like a coordinate of a random point in the unit disc.
fn heavy(rng: &mut Pcg32) -> f64 {
    loop {
        let (w, v) = (signed_uniform(rng), signed_uniform(rng));
        if w * w + v * v < 1.0 {
            return w / (1.0 - w * w).sqrt();
        }
    }
}
