//! What a sample's mates do to it: one sample stays, the others of its batch are drawn anew, again and
//! again.
//!
//! Batch norm's output for the sample moves, because its statistics are of all samples; less in larger
//! batches. LayerNorm's does not move at all. Instance and group norm move only through padding: the
//! longest mate says how many zeros the sample gets.
//!
//! The set-up: samples of T = 12 tokens with C = 32 features. The one that stays is N(0, 1); each mate
//! is N(0, 1) times a spread of its own, exp(0.3 z), plus an offset of its own for each feature, 0.5 z.
//! With padding the one that stays has 6 tokens and its mates 3 to 12; the block is as long as the
//! longest of them.

use ndarray::Array2;
use rand_pcg::rand_core::RngCore as _;

use super::columns;
use crate::normal::Normals;
use crate::random::{Kind, row_of, row_rng, signed_uniform};
use crate::shape::reshape;

/// T.
const SEQ_LEN: usize = 12;

/// C.
const D_MODEL: usize = 32;

/// How many tokens the sample that stays really has, where there is padding.
const REAL_LEN: usize = 6;

/// The batch sizes that are compared.
pub const BATCH_SIZES: [usize; 7] = [1, 2, 4, 8, 16, 32, 64];

/// How many samples there are for batches to be drawn from, with replacement, besides the one that
/// stays.
const N_MATES: usize = 512;

/// After so many batches running statistics have left their start: of it 0.9⁵⁰ = 0.005 is left.
const WARM_UP: usize = 50;

/// T·C.
const N_CELLS: usize = SEQ_LEN * D_MODEL;

/// Which norm, over which axes, with which padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BatchCase {
    /// Batch norm over samples and tokens.
    Batch,
    /// Batch norm over samples alone, each token by itself: as if a sample had one token.
    BatchOverSamples,
    /// Batch norm with padding that counts.
    BatchPadded,
    /// Batch norm with padding left out.
    BatchMasked,
    /// Instance norm with padding that counts.
    InstancePadded,
    /// Group norm with padding that counts.
    GroupPadded,
    /// LayerNorm, rms, and instance and group norm where padding is absent or left out: nothing of a
    /// mate enters.
    Layer,
}

impl BatchCase {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Batch,
        Self::BatchOverSamples,
        Self::BatchPadded,
        Self::BatchMasked,
        Self::InstancePadded,
        Self::GroupPadded,
        Self::Layer,
    ];

    /// Whether samples are shorter than the block.
    pub fn is_padded(self) -> bool {
        matches!(
            self,
            Self::BatchPadded | Self::BatchMasked | Self::InstancePadded | Self::GroupPadded
        )
    }
}

/// How many cases can move.
const N_MOVING: usize = BatchCase::ALL.len() - 1;

/// What the experiment depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchSpec {
    /// Another seed, other samples and other batches.
    pub seed: u64,
    /// ε ≥ 0, inside the root.
    pub eps: f64,
    /// G of group norm; where it does not divide 32, the nearest divisor is used.
    pub n_groups: usize,
    /// The weight of each new batch in running statistics.
    pub momentum: f64,
    /// Mates are N(0, 1) like the sample that stays, without a spread and offsets of their own.
    pub alike: bool,
    /// How often the mates are drawn.
    pub n_resamplings: usize,
}

impl Default for BatchSpec {
    fn default() -> Self {
        Self {
            seed: 0,
            eps: 1e-5,
            n_groups: 4,
            momentum: 0.1,
            alike: false,
            n_resamplings: 100,
        }
    }
}

/// The experiment as far as it was run, in steps that fit between frames.
#[derive(Clone, Debug, Default)]
pub struct BatchExperiment {
    spec: BatchSpec,
    n_done: usize,
    /// The sample that stays, then those that batches are drawn from. (1 + N_MATES, T, C)
    samples: Vec<f32>,
    /// How many tokens each really has. (1 + N_MATES)
    real_lens: Vec<usize>,
    /// What each adds to the sums of a batch. (1 + N_MATES)
    sums: Vec<Sums>,
    /// What each batch size has seen. (BATCH_SIZES)
    sizes: Vec<OfSize>,
}

/// Σ x and Σ x² down the columns. (C)
#[derive(Clone, Copy, Debug)]
struct Sums {
    /// Of all tokens.
    all: [[f64; D_MODEL]; 2],
    /// Of those that are real where there is padding.
    real: [[f64; D_MODEL]; 2],
}

/// What one batch size has seen.
#[derive(Clone, Debug)]
struct OfSize {
    spreads: [Spread; N_MOVING],
    /// Of batch norm, and of batch norm over samples.
    running: [Running; 2],
}

/// The mean and the sum of squared distances of what each cell was so far (Welford 1962). (T, C)
#[derive(Clone, Debug)]
struct Spread {
    mean: [f64; N_CELLS],
    squares: [f64; N_CELLS],
}

/// Running statistics, and how far evaluation with them is from training.
#[derive(Clone, Debug)]
struct Running {
    /// (C), or (T, C) over samples.
    mean: [f64; N_CELLS],
    variance: [f64; N_CELLS],
    /// Σ (x̂ in training − x̂ in evaluation)², on the same input and on a shifted one.
    gaps: [f64; 2],
    /// How many terms the sums have.
    n: f64,
}

/// Mean and variance of each feature (C), or of each cell (T, C).
struct Moments {
    mean: [f64; N_CELLS],
    variance: [f64; N_CELLS],
    /// Of how many values.
    n: f64,
    /// C or T·C.
    len: usize,
}

/// The sums of a batch that grows.
struct Batch {
    sums: Sums,
    /// Σ x and Σ x² of each token and feature. (T, C)
    cells: [[f64; N_CELLS]; 2],
    n_samples: usize,
    n_real: usize,
    longest: usize,
}

impl BatchExperiment {
    /// T, the tokens of a sample.
    pub const SEQ_LEN: usize = SEQ_LEN;

    /// C, the features of a token.
    pub const D_MODEL: usize = D_MODEL;

    /// How many tokens the sample that stays really has, where there is padding.
    pub const REAL_LEN: usize = REAL_LEN;

    /// Begins anew: draws the samples, 512 of them, in 3 ms.
    pub fn restart(&mut self, spec: BatchSpec) {
        let Self {
            samples,
            real_lens,
            sums,
            sizes,
            ..
        } = self;
        (self.spec, self.n_done) = (spec, 0);
        samples.resize((1 + N_MATES) * N_CELLS, 0.0);
        real_lens.clear();
        sums.clear();
        let mut normals = Normals::default();
        // Offsets, a spread, and the noise.
        let mut drawn = [0.0; D_MODEL + 1 + N_CELLS];
        for (idx, sample) in samples.chunks_exact_mut(N_CELLS).enumerate() {
            let mut rng = row_rng(spec.seed, row_of(Kind::Sample, idx as u64));
            normals.fill(&mut drawn, (0.0, 1.0), || signed_uniform(&mut rng) / 2.0);
            let (offsets, rest) = drawn.split_at(D_MODEL);
            let (spread, noise) = rest.split_at(1);
            let varied = if spec.alike || idx == 0 { 0.0 } else { 1.0 };
            let spread = (0.3 * varied * f64::from(spread[0])).exp();
            let offsets = offsets
                .iter()
                .map(|&offset| 0.5 * varied * f64::from(offset));
            for ((x, &noise), offset) in sample.iter_mut().zip(noise).zip(offsets.cycle()) {
                *x = (spread * f64::from(noise) + offset) as f32;
            }
            let len = if idx == 0 {
                REAL_LEN
            } else {
                3 + below(rng.next_u32(), SEQ_LEN - 2)
            };
            real_lens.push(len);
            sums.push(Sums::of(sample, len));
        }
        sizes.clear();
        sizes.resize(BATCH_SIZES.len(), OfSize::NONE);
    }

    /// Draws mates at most `n_more` times, until it was as often as the spec says; returns whether it
    /// was. One time takes 0.1 ms for all batch sizes and cases, a hundred 10 ms. Does nothing before
    /// the first [restart](Self::restart).
    pub fn step(&mut self, n_more: usize) -> bool {
        let end = self
            .spec
            .n_resamplings
            .min(self.n_done.saturating_add(n_more));
        while self.n_done < end && !self.sizes.is_empty() {
            let mut batch = Batch::alone(self.sums[0], &self.samples[..N_CELLS]);
            let mut mates = mates(self.spec.seed, self.n_done);
            for (size_idx, &size) in BATCH_SIZES.iter().enumerate() {
                for mate in mates.by_ref().take(size - batch.n_samples) {
                    let sample = &self.samples[mate * N_CELLS..(mate + 1) * N_CELLS];
                    batch.add(&self.sums[mate], sample, self.real_lens[mate]);
                }
                self.observe(size_idx, &batch);
            }
            self.n_done += 1;
        }
        self.n_done >= self.spec.n_resamplings
    }

    /// How often mates were drawn.
    pub fn n_done(&self) -> usize {
        self.n_done
    }

    /// How much x̂ of the sample that stays depends on its mates: the standard deviation of each of its
    /// cells over all drawings so far, as the root of the mean square over its (real) cells. 0 for what
    /// nothing of a mate enters; `None` where it cannot be computed: batch norm over one sample alone.
    pub fn spread(&self, case: BatchCase, size_idx: usize) -> Option<f64> {
        let of_size = self.sizes.get(size_idx)?;
        if case == BatchCase::BatchOverSamples && BATCH_SIZES[size_idx] == 1 {
            return None;
        }
        let Some(spread) = of_size.spreads.get(case as usize) else {
            return Some(0.0);
        };
        let n_cells = if case.is_padded() {
            REAL_LEN * D_MODEL
        } else {
            N_CELLS
        };
        let squares: f64 = spread.squares[..n_cells].iter().sum();
        Some((squares / (n_cells * self.n_done.max(1)) as f64).sqrt())
    }

    /// How far evaluation is from training: the root of the mean squared difference of x̂ of the sample
    /// that stays, by the batch's own statistics and by the running ones of the batches before, over
    /// all drawings after the 50th. `shifted` is about an input that has become 1.5 x + 1 after
    /// training, which training would not notice.
    ///
    /// `None` before there are so many, for cases with padding, and where training cannot be computed.
    /// 0 for LayerNorm, which knows no difference.
    pub fn gap(&self, case: BatchCase, size_idx: usize, shifted: bool) -> Option<f64> {
        let of_size = self.sizes.get(size_idx)?;
        let running = match case {
            BatchCase::Layer => return Some(0.0),
            BatchCase::Batch => &of_size.running[0],
            BatchCase::BatchOverSamples if BATCH_SIZES[size_idx] > 1 => &of_size.running[1],
            _ => return None,
        };
        (running.n > 0.0).then(|| (running.gaps[usize::from(shifted)] / running.n).sqrt())
    }

    /// The batch of one drawing, the sample that stays first, as a block (n_samples · T, C), and how
    /// many of its tokens are real where there is padding. Smaller batches are the first samples of
    /// larger ones.
    pub fn fill_batch(
        &self,
        drawing: usize,
        n_samples: usize,
        out: &mut Array2<f32>,
        real_lens: &mut Vec<usize>,
    ) {
        let n_samples = if self.sizes.is_empty() { 0 } else { n_samples };
        let out = reshape(out, n_samples * SEQ_LEN, D_MODEL);
        real_lens.clear();
        let drawn = std::iter::once(0).chain(mates(self.spec.seed, drawing));
        for (out, sample) in out.chunks_exact_mut(N_CELLS).zip(drawn) {
            out.copy_from_slice(&self.samples[sample * N_CELLS..(sample + 1) * N_CELLS]);
            real_lens.push(self.real_lens[sample]);
        }
    }

    /// What the sample that stays becomes in this batch, by every case.
    fn observe(&mut self, size_idx: usize, batch: &Batch) {
        let BatchSpec {
            eps,
            n_groups,
            momentum,
            ..
        } = self.spec;
        let own = &self.samples[..N_CELLS];
        let own_sums = &self.sums[0];
        let of_size = &mut self.sizes[size_idx];
        let n_samples = batch.n_samples as f64;
        let n_tokens = n_samples * SEQ_LEN as f64;
        let longest = batch.longest as f64;
        let features_per_group = D_MODEL / super::nearest_divisor(n_groups, D_MODEL);
        let n_drawings = (self.n_done + 1) as f64;
        for case in BatchCase::ALL {
            let moments = match case {
                BatchCase::Batch => Moments::new(&batch.sums.all, 1, n_tokens),
                BatchCase::BatchOverSamples => Moments::new(&batch.cells, 1, n_samples),
                BatchCase::BatchPadded => Moments::new(&batch.sums.real, 1, n_samples * longest),
                BatchCase::BatchMasked => Moments::new(&batch.sums.real, 1, batch.n_real as f64),
                BatchCase::InstancePadded => Moments::new(&own_sums.real, 1, longest),
                BatchCase::GroupPadded => Moments::new(&own_sums.real, features_per_group, longest),
                BatchCase::Layer => continue,
            };
            let cells = if case.is_padded() {
                REAL_LEN * D_MODEL
            } else {
                N_CELLS
            };
            let normalized = moments.normalize(&own[..cells], eps);
            of_size.spreads[case as usize].observe(&normalized[..cells], n_drawings);
            if let Some(running) = of_size.running.get_mut(case as usize) {
                if self.n_done >= WARM_UP {
                    running.compare(&moments, own, &normalized, eps);
                }
                running.observe(&moments, momentum);
            }
        }
    }
}

/// A number below `n`, each equally likely but for 2⁻³² of it.
fn below(random: u32, n: usize) -> usize {
    ((u64::from(random) * n as u64) >> 32) as usize
}

/// The mates of one drawing, without end.
fn mates(seed: u64, drawing: usize) -> impl Iterator<Item = usize> {
    // Streams of token 1: those of token 0 make the samples.
    let mut rng = row_rng(seed, row_of(Kind::Mates, drawing as u64));
    std::iter::repeat_with(move || 1 + below(rng.next_u32(), N_MATES))
}

impl Sums {
    fn of(sample: &[f32], real_len: usize) -> Self {
        let mut of = Self {
            all: [[0.0; D_MODEL]; 2],
            real: [[0.0; D_MODEL]; 2],
        };
        for (token, row) in sample.chunks_exact(D_MODEL).enumerate() {
            add_squares(row, &mut of.all);
            if token < real_len {
                add_squares(row, &mut of.real);
            }
        }
        of
    }
}

/// Adds x and x² to the sums. Sums of squares are exact enough here, where means are about as large as
/// spreads.
fn add_squares<const N: usize>(values: &[f32], [sums, squares]: &mut [[f64; N]; 2]) {
    columns::add([values], &[0.0; N], [sums, squares], |[x], _| [x, x * x]);
}

impl Batch {
    /// The sample that stays without mates.
    fn alone(sums: Sums, sample: &[f32]) -> Self {
        let mut cells = [[0.0; N_CELLS]; 2];
        add_squares(sample, &mut cells);
        Self {
            sums,
            cells,
            n_samples: 1,
            n_real: REAL_LEN,
            longest: REAL_LEN,
        }
    }

    fn add(&mut self, sums: &Sums, sample: &[f32], real_len: usize) {
        let pairs = [
            (&mut self.sums.all, &sums.all),
            (&mut self.sums.real, &sums.real),
        ];
        for (total, more) in pairs {
            for (total, more) in total.as_flattened_mut().iter_mut().zip(more.as_flattened()) {
                *total += more;
            }
        }
        add_squares(sample, &mut self.cells);
        self.n_samples += 1;
        self.n_real += real_len;
        self.longest = self.longest.max(real_len);
    }
}

impl Moments {
    /// From Σ x and Σ x² of columns with `n` values each, `width` of which side by side share their
    /// moments.
    fn new<const N: usize>([sums, squares]: &[[f64; N]; 2], width: usize, n: f64) -> Self {
        let n = n * width as f64;
        let mut moments = Self {
            mean: [0.0; N_CELLS],
            variance: [0.0; N_CELLS],
            n,
            len: N,
        };
        for first in (0..N).step_by(width) {
            let group = first..first + width;
            let mean = sums[group.clone()].iter().sum::<f64>() / n;
            let square = squares[group.clone()].iter().sum::<f64>() / n;
            moments.mean[group.clone()].fill(mean);
            moments.variance[group].fill((square - mean * mean).max(0.0));
        }
        moments
    }

    /// x̂ of some cells.
    fn normalize(&self, cells: &[f32], eps: f64) -> [f64; N_CELLS] {
        let mut normalized = [0.0; N_CELLS];
        let mut rstd = [0.0; N_CELLS];
        for (rstd, variance) in rstd.iter_mut().zip(&self.variance[..self.len]) {
            *rstd = (variance + eps).sqrt().recip();
        }
        let rows = normalized.chunks_mut(self.len).zip(cells.chunks(self.len));
        for (normalized, cells) in rows {
            let moments = self.mean.iter().zip(&rstd);
            for ((normalized, &x), (mean, rstd)) in normalized.iter_mut().zip(cells).zip(moments) {
                *normalized = (f64::from(x) - mean) * rstd;
            }
        }
        normalized
    }
}

impl OfSize {
    const NONE: Self = Self {
        spreads: [const {
            Spread {
                mean: [0.0; N_CELLS],
                squares: [0.0; N_CELLS],
            }
        }; N_MOVING],
        running: [const {
            Running {
                mean: [0.0; N_CELLS],
                variance: [1.0; N_CELLS],
                gaps: [0.0; 2],
                n: 0.0,
            }
        }; 2],
    };
}

impl Spread {
    /// One more of each cell, which makes them `n`.
    fn observe(&mut self, cells: &[f64], n: f64) {
        let share = n.recip();
        for (&x, (mean, squares)) in cells
            .iter()
            .zip(self.mean.iter_mut().zip(&mut self.squares))
        {
            let distance = x - *mean;
            *mean += distance * share;
            *squares += distance * (x - *mean);
        }
    }
}

impl Running {
    fn observe(&mut self, moments: &Moments, momentum: f64) {
        let unbiased = moments.n / (moments.n - 1.0);
        for (running, batch) in self.mean.iter_mut().zip(&moments.mean[..moments.len]) {
            *running += momentum * (batch - *running);
        }
        for (running, batch) in self
            .variance
            .iter_mut()
            .zip(&moments.variance[..moments.len])
        {
            *running += momentum * (unbiased * batch - *running);
        }
    }

    fn compare(&mut self, moments: &Moments, own: &[f32], normalized: &[f64], eps: f64) {
        for (idx, (&x, normalized)) in own.iter().zip(normalized).enumerate() {
            let (x, column) = (f64::from(x), idx % moments.len);
            let rstd = (self.variance[column] + eps).sqrt().recip();
            for (gap, x) in self.gaps.iter_mut().zip([x, 1.5 * x + 1.0]) {
                let distance = normalized - (x - self.mean[column]) * rstd;
                *gap += distance * distance;
            }
        }
        self.n += own.len() as f64;
    }
}
