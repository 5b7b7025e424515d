//! Rotary position embedding (Su et al. 2021, §3.2): nothing is added to the token; query and key are
//! turned by their position, so that their dot product depends on how far apart they are, not on where.
//!
//! Pair i of a vector x at position m is rotated by the angle a = m · ω_i, ω_i = base^(−2i/d):
//! (x₁, x₂) becomes (x₁ cos a − x₂ sin a, x₁ sin a + x₂ cos a).

use lanes::F64x2;
use ndarray::ArrayView2;

use crate::encode::turned;
use crate::scaling::{Scaling, scaled_frequency, score_factor};
use crate::scores::Scores;
use crate::trig::sin_cos;

/// Which two features of a vector make a pair. The scores of one pairing are those of the other with the
/// features in another order; weights trained with one are wrong with the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pairing {
    /// Features 2i and 2i + 1: the paper, GPT-J.
    #[default]
    Adjacent,
    /// Features i and i + ⌊d/2⌋: GPT-NeoX, Llama as published by Hugging Face.
    Halves,
}

/// The two features of pair `idx`, 0 ≤ idx < ⌊d/2⌋. Of an odd d the last feature is in no pair.
pub fn features_of(idx: usize, d_model: usize, pairing: Pairing) -> [usize; 2] {
    match pairing {
        Pairing::Adjacent => [2 * idx, 2 * idx + 1],
        Pairing::Halves => [idx, idx + d_model / 2],
    }
}

/// How vectors are rotated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rope {
    /// The base of the frequencies; 10000 in the paper.
    pub base: f64,
    /// Which features make a pair.
    pub pairing: Pairing,
    /// How the frequencies are scaled for longer contexts.
    pub scaling: Scaling,
}

/// x at `position`, rotated, into `out`; as long as the shorter of the two, which is d. Angles, sines and
/// products are `f64`. The length of the vector stays; the last feature of an odd d is not rotated.
pub fn rotate(x: &[f32], position: f64, rope: Rope, out: &mut [f64]) {
    let d_model = x.len().min(out.len());
    for (out, &x) in out.iter_mut().zip(x) {
        *out = x.into();
    }
    for idx in 0..d_model / 2 {
        let omega = scaled_frequency(idx, d_model, rope.base, rope.scaling);
        let [first, second] = features_of(idx, d_model, rope.pairing);
        let turned = turn([out[first], out[second]], sin_cos(position * omega));
        [out[first], out[second]] = turned;
    }
}

fn turn([first, second]: [f64; 2], (sin, cos): (f64, f64)) -> [f64; 2] {
    [first * cos - second * sin, first * sin + second * cos]
}

/// The rotations of positions 0, 1, … T − 1, for many vectors of one width: each sine and cosine is computed once.
#[derive(Clone, Debug, Default)]
pub struct RotationTable {
    of: Option<(Rope, usize, usize)>,
    /// Sine and cosine of position · ω_i. (T, d/2)
    turns: Vec<(f64, f64)>,
}

impl RotationTable {
    /// Makes the rotations of `seq_len` positions for vectors of `d_model` features. Allocates only when there were
    /// never so many.
    pub fn update(&mut self, rope: Rope, seq_len: usize, d_model: usize) {
        if self.of == Some((rope, seq_len, d_model)) {
            return;
        }
        let omega = |idx| scaled_frequency(idx, d_model, rope.base, rope.scaling);
        self.turns.clear();
        for position in 0..seq_len {
            let angles = (0..d_model / 2).map(|idx| position as f64 * omega(idx));
            self.turns.extend(angles.map(sin_cos));
        }
        self.of = Some((rope, seq_len, d_model));
    }

    /// Turns x, d features, by the rotation of its position; the other way round if `back`, which is also how a gradient
    /// comes back through a rotation. A position that there is not leaves x as it is.
    pub fn rotate(&self, x: &mut [f32], position: usize, back: bool) {
        let Some((rope, _, d_model)) = self.of else {
            return;
        };
        let n_pairs = d_model / 2;
        let turns = self.turns.iter().skip(position * n_pairs).take(n_pairs);
        for (idx, &(sin, cos)) in turns.enumerate() {
            let [first, second] = features_of(idx, d_model, rope.pairing);
            let sin = if back { -sin } else { sin };
            let turned = turn([x[first].into(), x[second].into()], (sin, cos));
            [x[first], x[second]] = turned.map(|x| x as f32);
        }
    }
}

/// Which scores: everything they depend on, but for the query's positions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RopeSpec {
    /// How q and k are rotated.
    pub rope: Rope,
    /// The features d of q and k.
    pub d_model: usize,
    /// Another seed, another q and k; each N(0, 1).
    pub seed: u64,
    /// The first offset, key − query. The key may stand before position 0.
    pub first_offset: i64,
    /// How many offsets, one after the other.
    pub n_offsets: usize,
}

/// The score of one query and key over offsets, with the query at several absolute positions: rows that
/// are equal up to rounding, because only the offset counts.
///
/// A score is ⟨R_m q, R_n k⟩ / √d, times the factor of YaRN ([`score_factor`]), with q at position m and k at
/// n = m + offset, each rotated by its own absolute position. Cost: positions · offsets · d/2 times some
/// 2 ns.
#[derive(Clone, Debug, Default)]
pub struct RopeScores {
    spec: Option<RopeSpec>,
    scores: Scores,
    /// R_m q. (d)
    rotated: Vec<f64>,
    /// ω_i. (d/2)
    frequencies: Vec<f64>,
    /// The products of a row. (offsets)
    row: Vec<f64>,
    /// (offsets)
    first_row: Vec<f64>,
}

impl RopeScores {
    /// Makes the scores and returns whether they or their shape changed. Allocates only when there were
    /// never so many.
    pub fn update(&mut self, spec: RopeSpec, positions: &[u64]) -> bool {
        if self.spec == Some(spec) && self.scores.positions == positions {
            return false;
        }
        self.scores
            .restart(positions, spec.n_offsets, spec.seed, spec.d_model);
        self.fill(spec);
        self.spec = Some(spec);
        true
    }

    /// The scores, shape (positions, offsets); empty before the first update.
    pub fn values(&self) -> ArrayView2<'_, f32> {
        self.scores.view()
    }

    /// The largest difference from the first position's score at the same offset, in `f64`: rounding, some
    /// 1e-14 times the largest angle. 0 for fewer than two positions.
    pub fn spread(&self) -> f64 {
        self.scores.spread
    }

    /// q, the same for every position. (d)
    pub fn query(&self) -> &[f32] {
        &self.scores.query
    }

    /// k, the same for every position. (d)
    pub fn key(&self) -> &[f32] {
        &self.scores.key
    }

    /// Grows with every change of the scores.
    pub fn version(&self) -> u64 {
        self.scores.version()
    }

    fn fill(&mut self, spec: RopeSpec) {
        let RopeSpec { rope, d_model, .. } = spec;
        let omegas =
            (0..d_model / 2).map(|idx| scaled_frequency(idx, d_model, rope.base, rope.scaling));
        self.frequencies.clear();
        self.frequencies.extend(omegas);
        self.rotated.resize(d_model, 0.0);
        self.first_row.clear();
        let factor = score_factor(rope.scaling) / (d_model as f64).sqrt();
        let scores = &mut self.scores;
        for (row_idx, &position) in scores.positions.iter().enumerate() {
            let position = position as f64;
            rotate(&scores.query, position, rope, &mut self.rotated);
            // The last feature of an odd d is in no pair.
            let alone = match (d_model % 2, self.rotated.last(), scores.key.last()) {
                (1, Some(q), Some(&k)) => q * f64::from(k),
                _ => 0.0,
            };
            self.row.clear();
            self.row.resize(spec.n_offsets, alone);
            let first = position + spec.first_offset as f64;
            for (idx, &omega) in self.frequencies.iter().enumerate() {
                let features = features_of(idx, d_model, rope.pairing);
                let [q, q_second] = features.map(|feature| self.rotated[feature]);
                let [k, k_second] = features.map(|feature| f64::from(scores.key[feature]));
                // ⟨q, R_n k⟩ of a pair.
                let waves = [q * k + q_second * k_second, q_second * k - q * k_second];
                add_waves(&mut self.row, first, omega, waves);
            }
            for (idx, product) in self.row.iter().enumerate() {
                let score = product * factor;
                scores.values.push(score as f32);
                if row_idx == 0 {
                    self.first_row.push(score);
                }
                scores.spread = scores.spread.max((score - self.first_row[idx]).abs());
            }
        }
    }
}

/// From so many offsets to the next ones the angle is computed anew: between them sine and cosine are turned on, and each turn adds a
/// rounding.
const TURNED_ON: usize = 64;

/// `row[j]` += a · cos((first + j) · ω) + b · sin((first + j) · ω), four at a time: two turns that do not wait for each
/// other.
fn add_waves(row: &mut [f64], first: f64, omega: f64, [of_cos, of_sin]: [f64; 2]) {
    let by = |n: f64| <[f64; 2]>::from(sin_cos(n * omega));
    let [one, two, four] = [1.0, 2.0, 4.0].map(by);
    let [two, four] = [two, four].map(|by| by.map(F64x2::splat));
    let [of_cos, of_sin] = [of_cos, of_sin].map(F64x2::splat);
    for (idx, block) in row.chunks_mut(TURNED_ON).enumerate() {
        let here = by(first + (idx * TURNED_ON) as f64);
        let next = turned(here, one);
        let mut low = [0, 1].map(|k| F64x2::from([here[k], next[k]]));
        let mut high = turned(low, two);
        let sum = |[sin, cos]: [F64x2; 2]| of_cos * cos + of_sin * sin;
        let (fours, rest) = block.as_chunks_mut::<4>();
        for [a, b, c, d] in fours {
            [*a, *b] = (F64x2::from([*a, *b]) + sum(low)).to_array();
            [*c, *d] = (F64x2::from([*c, *d]) + sum(high)).to_array();
            (low, high) = (turned(low, four), turned(high, four));
        }
        let sums = [low, high].map(|it| sum(it).to_array());
        for (place, sum) in rest.iter_mut().zip(sums.as_flattened()) {
            *place += sum;
        }
    }
}
