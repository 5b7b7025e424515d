//! Tables as real bugs make them, each beside the right one. Nothing fails and no shape is wrong: only
//! the numbers are.

use lanes::F64x2;
use ndarray::ArrayView2;

use crate::encode::{Layout, Phasors, Sinusoidal, SinusoidalTable, Source, fill_columns, turned};
use crate::frequency::frequency;
use crate::shape::matrix_view;

/// What went wrong: the wrong line of code, and a public thread where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mistake {
    /// `for i in range(0, d_model, 2)`: `pe[pos, i] = sin(pos / 10000 ** (2 * i / d_model))`,
    /// `pe[pos, i + 1] = cos(pos / 10000 ** (2 * (i + 1) / d_model))`: i steps by two already, so the exponent
    /// is twice what it should be, and sine and cosine of a pair turn at different speeds
    /// (SamLynnEvans/Transformer #25). Waves slow down twice as fast, up to 2π · base² positions, and pairs
    /// leave the unit circle: norms differ, dot products depend on more than the offset.
    DoubledExponent,
    /// `pos / torch.pow(1000, …)`: a zero lost (maxjcohen/transformer #62). The base is
    /// [`WRONG_BASE`], and the longest wave a tenth.
    WrongBase,
    /// `pe[:, 0::2] = cos(…)`, `pe[:, 1::2] = sin(…)`: the columns of each pair changed places
    /// (Open-Deep-ML/DML-OpenProblem #595). Similarities stay what they were; only weights trained with the
    /// other order notice, as with halves against interleaving (tensorflow/tensor2tensor #391).
    SwappedWaves,
    /// `position = torch.arange(n).float()`, `position * div_term`: frequency and angle rounded to `f32`
    /// (huggingface/candle #3520; with `bfloat16` far worse, huggingface/transformers #29285, and with `float16`,
    /// EleutherAI/gpt-neox #1003). At position 1,000,000 neighbouring `f32` are 0.06 apart, a hundredth of a turn of the fastest wave.
    F32Angles,
    /// `pos = torch.arange(x.size(0))` where x is (batch, seq_len, d_model): broadcasting raises no error,
    /// and every token of sample b gets row b (cmu-l3/anlp-fall2025-code #1, pytorch/tutorials #1547). The
    /// table is what the tokens of one sample get.
    OneRowPerSample {
        /// The sample b within its batch.
        sample: usize,
    },
    /// `x = embedding(tokens) + pe`: padding is embedded as zeros, and code that looks for rows of zeros to
    /// mask them finds none once positions are added (Kyubyong/transformer #3, #33). The right table has zeros
    /// there.
    EncodedPadding {
        /// How many tokens are real: rows from here on are padding.
        n_tokens: usize,
    },
}

/// The base of [`Mistake::WrongBase`].
pub const WRONG_BASE: f64 = 1000.0;

/// The right and the wrong table, both (seq_len, d_model), of a changing [`Sinusoidal`] and [`Mistake`].
///
/// Cost: two sinusoidal tables, but for [`Mistake::F32Angles`], where each angle is turned by what rounding took from it:
/// some 3 ns for two values. Nothing is allocated once the tables have had their largest shape.
#[derive(Clone, Debug, Default)]
pub struct MistakeTables {
    made_for: Option<(Sinusoidal, Mistake)>,
    version: u64,
    /// The table as the paper has it.
    paper: SinusoidalTable,
    /// The table with other frequencies.
    turned: SinusoidalTable,
    /// The table of neither: wrong, or for padding the right one. (T, d) at least.
    changed: Vec<f32>,
    /// ω_i, rounded to `f32`. (h)
    frequencies: Vec<f64>,
    /// The angles of one position, unrounded. (h)
    phase: Phasors,
    /// The angles of one step. (h)
    turn: Phasors,
    /// The angles of one position, rounded to `f32`. (h)
    rounded: Phasors,
}

impl MistakeTables {
    /// Makes both tables and returns whether values or shape changed.
    pub fn update(&mut self, spec: Sinusoidal, mistake: Mistake) -> bool {
        if self.made_for == Some((spec, mistake)) {
            return false;
        }
        let Self {
            paper,
            turned,
            changed,
            frequencies,
            phase,
            turn,
            rounded,
            ..
        } = self;
        paper.update(spec);
        match mistake {
            Mistake::DoubledExponent => {
                turned.update_from(spec, Source::DoubledExponent);
            }
            Mistake::WrongBase => {
                let base = WRONG_BASE;
                turned.update(Sinusoidal { base, ..spec });
            }
            Mistake::SwappedWaves => {
                for (row, right) in rows(changed, paper, spec) {
                    row.copy_from_slice(right);
                    swap_waves(row, spec.layout);
                }
            }
            Mistake::F32Angles => {
                frequencies.clear();
                frequencies.extend(f32_frequencies(spec.d_model, spec.base).map(f64::from));
                turn.set(frequencies, 1.0);
                for (idx, (row, _)) in rows(changed, paper, spec).enumerate() {
                    let position = (spec.start + idx as u64) as f64;
                    if idx.is_multiple_of(ANCHOR) {
                        phase.set(frequencies, position);
                    } else {
                        phase.turn(turn);
                    }
                    round_angles(rounded, phase, frequencies, position);
                    let Phasors { sin, cos } = &rounded;
                    fill_columns(row, spec.layout, sin.iter().copied(), cos.iter().copied());
                }
            }
            Mistake::OneRowPerSample { sample } => {
                turned.update(Sinusoidal {
                    seq_len: 1,
                    start: sample as u64,
                    ..spec
                });
                let one_row = turned.values().to_slice().unwrap_or_default();
                for (row, _) in rows(changed, paper, spec) {
                    row.copy_from_slice(one_row);
                }
            }
            Mistake::EncodedPadding { n_tokens } => {
                for (idx, (row, right)) in rows(changed, paper, spec).enumerate() {
                    if idx < n_tokens {
                        row.copy_from_slice(right);
                    } else {
                        row.fill(0.0);
                    }
                }
            }
        }
        self.made_for = Some((spec, mistake));
        self.version += 1;
        true
    }

    /// What it should be, shape (seq_len, d_model); empty before the first update.
    pub fn right(&self) -> ArrayView2<'_, f32> {
        match self.made_for {
            Some((spec, Mistake::EncodedPadding { .. })) => self.changed(spec),
            _ => self.paper.values(),
        }
    }

    /// What the bug makes, shape (seq_len, d_model); empty before the first update.
    pub fn wrong(&self) -> ArrayView2<'_, f32> {
        match self.made_for {
            Some((_, Mistake::DoubledExponent | Mistake::WrongBase)) => self.turned.values(),
            Some((_, Mistake::EncodedPadding { .. })) | None => self.paper.values(),
            Some((spec, _)) => self.changed(spec),
        }
    }

    /// Grows with every change of either table.
    pub fn version(&self) -> u64 {
        self.version
    }

    fn changed(&self, spec: Sinusoidal) -> ArrayView2<'_, f32> {
        matrix_view(&self.changed, spec.seq_len, spec.d_model)
    }
}

/// The rows of a buffer beside those of the paper's table. (T, d) each
fn rows<'a>(
    changed: &'a mut Vec<f32>,
    paper: &'a SinusoidalTable,
    spec: Sinusoidal,
) -> impl Iterator<Item = (&'a mut [f32], &'a [f32])> {
    let n_values = spec.seq_len * spec.d_model;
    if changed.len() < n_values {
        changed.resize(n_values, 0.0);
    }
    let width = spec.d_model.max(1);
    let right = paper.values().to_slice().unwrap_or_default();
    let changed = &mut changed[..n_values];
    changed
        .chunks_exact_mut(width)
        .zip(right.chunks_exact(width))
}

/// Sine and cosine change places. Of an odd d the last column has nothing to change places with.
fn swap_waves(row: &mut [f32], layout: Layout) {
    match layout {
        Layout::Interleaved => {
            for pair in row.chunks_exact_mut(2) {
                pair.reverse();
            }
        }
        Layout::Concatenated => {
            let (sines, cosines) = row.split_at_mut(row.len().div_ceil(2));
            for (sin, cos) in sines.iter_mut().zip(cosines) {
                std::mem::swap(sin, cos);
            }
        }
    }
}

/// The frequencies as PyTorch's tutorial makes them, rounded to `f32` at each step:
/// `torch.exp(torch.arange(0, d, 2).float() * (-math.log(base) / d))`.
fn f32_frequencies(d_model: usize, base: f64) -> impl Iterator<Item = f32> {
    let step = (-base.ln() / d_model as f64) as f32;
    let exponents = (0..d_model.div_ceil(2)).map(move |idx| (2 * idx) as f32 * step);
    exponents.map(|exponent| f64::from(exponent).exp() as f32)
}

/// Sine and cosine of the angles position · ω as `f32` has them, from those of the angles as they are. The product is exact
/// in `f64`: two numbers of 24 bits. What rounding adds to an angle is at most 1/32 up to a million, so that three terms
/// of a sine and a cosine are enough.
fn round_angles(rounded: &mut Phasors, exact: &Phasors, frequencies: &[f64], position: f64) {
    let position = F64x2::splat(position);
    let [one, sixth, half, twentieth, twelfth] =
        [1.0, 1.0 / 6.0, 0.5, 1.0 / 20.0, 1.0 / 12.0].map(F64x2::splat);
    let round = |omega: F64x2, exact: [F64x2; 2]| {
        let angle = position * omega;
        let [single, _] = F64x2::narrow([angle, angle]).widen();
        let added = single - angle;
        let squared = added * added;
        let sin = added * (one - squared * sixth * (one - squared * twentieth));
        let cos = one - squared * half * (one - squared * twelfth);
        turned(exact, [sin, cos])
    };
    rounded.sin.resize(frequencies.len(), 0.0);
    rounded.cos.resize(frequencies.len(), 0.0);
    let (omegas, last_omega) = frequencies.as_chunks();
    let (sines, last_sine) = exact.sin.as_chunks();
    let (cosines, last_cosine) = exact.cos.as_chunks();
    let (out_sines, last_out_sine) = rounded.sin.as_chunks_mut();
    let (out_cosines, last_out_cosine) = rounded.cos.as_chunks_mut();
    let exact = sines.iter().zip(cosines);
    let outs = out_sines.iter_mut().zip(out_cosines);
    for ((&omega, (&sin, &cos)), (out_sin, out_cos)) in omegas.iter().zip(exact).zip(outs) {
        let turned = round(omega.into(), [sin.into(), cos.into()]);
        [*out_sin, *out_cos] = turned.map(F64x2::to_array);
    }
    let exact = last_sine.iter().zip(last_cosine);
    let outs = last_out_sine.iter_mut().zip(last_out_cosine);
    for ((&omega, (&sin, &cos)), (out_sin, out_cos)) in last_omega.iter().zip(exact).zip(outs) {
        let turned = round(F64x2::splat(omega), [sin, cos].map(F64x2::splat));
        [*out_sin, *out_cos] = turned.map(|it| it.to_array()[0]);
    }
}

/// Where query and key stand, and what they are rotated by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MixedSpec {
    /// The features d of q = (1, 2, …, d) and k = (d, …, 2, 1), an even number: of an odd one the last is left out.
    pub d_model: usize,
    /// The base of the frequencies.
    pub base: f64,
    /// The first position of the query.
    pub start: u64,
    /// How many positions, one after the other.
    pub n_positions: usize,
    /// How many positions before the query the key stands. It may stand before position 0.
    pub offset: u64,
}

/// The score ⟨R_m q, R_n k⟩ by the query's position m, with n = m − offset, of a rotary table and a rotation that do
/// not belong together (raiyanyahya/how-to-train-your-gpt #6; asked for in huggingface/transformers #40462, and in
/// rasbt/LLMs-from-scratch #838, where the code was right).
///
/// `emb = freqs.repeat_interleave(2, dim=-1)`: features 2i and 2i + 1 turn by ω_i, as for neighbours that are a pair.
/// `q * emb.cos() + rotate_half(q) * emb.sin()`: features i and i + d/2 are a pair, and now turn at two speeds. That is
/// no rotation, and the score depends on where the two stand. Right for halves is `torch.cat((freqs, freqs), dim=-1)`.
///
/// Cost: some 10 ns for each position and feature. Nothing is allocated once there were as many.
#[derive(Clone, Debug, Default)]
pub struct MixedScores {
    spec: Option<MixedSpec>,
    right: Vec<f32>,
    wrong: Vec<f32>,
    frequencies: Vec<f64>,
    /// The angles of the query, of the key, and of one position.
    query: Phasors,
    key: Phasors,
    turn: Phasors,
}

/// Positions between two at which angles are computed anew, as in [`crate::unique`].
const ANCHOR: usize = 64;

impl MixedScores {
    /// Makes the scores and returns whether they changed.
    pub fn update(&mut self, spec: MixedSpec) -> bool {
        if self.spec == Some(spec) {
            return false;
        }
        let half = spec.d_model / 2;
        self.frequencies.clear();
        let omegas = (0..half).map(|idx| frequency(idx, spec.d_model, spec.base));
        self.frequencies.extend(omegas);
        self.turn.set(&self.frequencies, 1.0);
        self.right.clear();
        self.wrong.clear();
        for idx in 0..spec.n_positions {
            if idx.is_multiple_of(ANCHOR) {
                let position = spec.start as f64 + idx as f64;
                self.query.set(&self.frequencies, position);
                self.key
                    .set(&self.frequencies, position - spec.offset as f64);
            } else {
                self.query.turn(&self.turn);
                self.key.turn(&self.turn);
            }
            let angles = (&self.query, &self.key);
            self.right
                .push(score(half, angles, |feature| feature % half));
            self.wrong.push(score(half, angles, |feature| feature / 2));
        }
        self.spec = Some(spec);
        true
    }
    /// Table and rotation for halves. (T)
    pub fn right(&self) -> &[f32] {
        &self.right
    }

    /// A table for neighbours and a rotation for halves. (T)
    pub fn wrong(&self) -> &[f32] {
        &self.wrong
    }
}

/// ⟨R_m q, R_n k⟩ with a table that has the pair of each feature.
fn score(half: usize, (query, key): (&Phasors, &Phasors), table: impl Fn(usize) -> usize) -> f32 {
    let width = 2 * half;
    let features = (0..width).map(|feature| {
        let pair = table(feature);
        let q = rotated(|idx| idx as f64 + 1.0, feature, half, query, pair);
        let k = rotated(|idx| (width - idx) as f64, feature, half, key, pair);
        q * k
    });
    features.sum::<f64>() as f32
}

/// A feature of a vector, rotated with the feature half the width away, by the angle of a pair.
fn rotated(
    x: impl Fn(usize) -> f64,
    feature: usize,
    half: usize,
    angles: &Phasors,
    pair: usize,
) -> f64 {
    let partner = if feature < half {
        -x(feature + half)
    } else {
        x(feature - half)
    };
    x(feature) * angles.cos[pair] + partner * angles.sin[pair]
}
