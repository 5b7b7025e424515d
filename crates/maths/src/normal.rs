//! Normal numbers, one from each uniform number.
//!
//! z = Φ⁻¹(½ + q) for q uniform in −½ < q < ½, by algorithm AS 241 (PPND16) of Wichura 1988, which is off by
//! about 1e-16 of z: in the centre, |q| ≤ 0.425, a rational function of q², beyond it one of √(−ln p), p
//! the probability of what lies further out. A third one, for p below e^−25, is left out: q is made from
//! 32 bits here, so that p is at least 2⁻³³ and z stays within ±6.34.

use lanes::F64x2;

/// How many values are made at a time.
const AT_ONCE: usize = 64;

/// Makes normal numbers; holds what is between the steps.
#[derive(Debug)]
pub(crate) struct Normals {
    /// The uniform numbers.
    q: [f64; AT_ONCE],
    /// Arguments of the rational functions, then the values.
    z: [f64; AT_ONCE],
    /// Which of them lie beyond the centre.
    tail_idx: [usize; AT_ONCE],
    /// The same for these.
    tail: [f64; AT_ONCE],
}

impl Default for Normals {
    fn default() -> Self {
        Self {
            q: [0.0; AT_ONCE],
            z: [0.0; AT_ONCE],
            tail_idx: [0; AT_ONCE],
            tail: [0.0; AT_ONCE],
        }
    }
}

impl Normals {
    /// Fills `out` with mean + std · z, one z from each q that `uniform` gives.
    pub(crate) fn fill(
        &mut self,
        out: &mut [f32],
        (mean, std): (f64, f64),
        mut uniform: impl FnMut() -> f64,
    ) {
        let Self {
            q,
            z,
            tail_idx,
            tail,
        } = self;
        for out in out.chunks_mut(AT_ONCE) {
            let n = out.len();
            // All are treated as if they lay in the centre, and those beyond it once more: a branch for
            // each value could not be predicted, and would cost more.
            let mut n_tails = 0;
            for (idx, (q, z)) in q.iter_mut().zip(&mut *z).enumerate().take(n) {
                *q = uniform();
                *z = 0.180_625 - *q * *q;
                tail_idx[n_tails % AT_ONCE] = idx;
                n_tails += usize::from(q.abs() > 0.425);
            }
            rational(&CENTRE, &mut z[..n]);
            let (tail_idx, tail) = (&tail_idx[..n_tails], &mut tail[..n_tails]);
            for (tail, &idx) in tail.iter_mut().zip(tail_idx) {
                *tail = (-(0.5 - q[idx].abs()).ln()).sqrt() - 1.6;
            }
            rational(&TAIL, tail);
            for (&tail, &idx) in tail.iter().zip(tail_idx) {
                z[idx] = tail;
                q[idx] = 1_f64.copysign(q[idx]);
            }
            for (out, (q, z)) in out.iter_mut().zip(q.iter().zip(&*z)) {
                *out = (mean + std * (q * z)) as f32;
            }
        }
    }
}

/// Makes each r P(r)/Q(r), both by Horner's rule, side by side in one register.
// Not inlined, so that the coefficients stay in registers over the whole loop.
#[inline(never)]
fn rational([first, others @ ..]: &[[f64; 2]; 8], each_r: &mut [f64]) {
    for each in each_r {
        let r = F64x2::splat(*each);
        let horner = |sum, &next: &[f64; 2]| sum * r + next.into();
        let [p, q] = others.iter().fold(F64x2::from(*first), horner).to_array();
        *each = p / q;
    }
}

/// The coefficients of P and Q, the highest power first: a₇ to a₀ beside b₇ to b₁ and 1.
#[allow(clippy::excessive_precision, reason = "as printed in the paper")]
const CENTRE: [[f64; 2]; 8] = [
    [2.509_080_928_730_122_672_7e3, 5.226_495_278_852_854_561e3],
    [3.343_057_558_358_812_810_5e4, 2.872_908_573_572_194_267_4e4],
    [6.726_577_092_700_870_085_3e4, 3.930_789_580_009_271_061e4],
    [4.592_195_393_154_987_145_7e4, 2.121_379_430_158_659_586_7e4],
    [1.373_169_376_550_946_112_5e4, 5.394_196_021_424_751_107_7e3],
    [1.971_590_950_306_551_442_7e3, 6.871_870_074_920_579_083e2],
    [1.331_416_678_917_843_774_5e2, 4.231_333_070_160_091_125_2e1],
    [3.387_132_872_796_366_608, 1.0],
];

/// c₇ to c₀ beside d₇ to d₁ and 1.
#[allow(clippy::excessive_precision, reason = "as printed in the paper")]
const TAIL: [[f64; 2]; 8] = [
    [
        7.745_450_142_783_414_076_4e-4,
        1.050_750_071_644_416_843_24e-9,
    ],
    [
        2.272_384_498_926_918_458_33e-2,
        5.475_938_084_995_344_946e-4,
    ],
    [
        2.417_807_251_774_506_117_7e-1,
        1.519_866_656_361_645_719_66e-2,
    ],
    [1.270_458_252_452_368_382_58, 1.481_039_764_274_800_745_9e-1],
    [3.647_848_324_763_204_605_04, 6.897_673_349_851_000_045_5e-1],
    [5.769_497_221_460_691_405_5, 1.676_384_830_183_803_849_4],
    [4.630_337_846_156_545_295_9, 2.053_191_626_637_758_821_87],
    [1.423_437_110_749_683_577_34, 1.0],
];
