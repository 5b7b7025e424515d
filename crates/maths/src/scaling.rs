//! Longer than trained: other frequencies for sinusoids and RoPE, so that positions beyond the trained
//! length L turn as positions within it did.
//!
//! With the factor s = L′/L ≥ 1 and ω_i = base^(−2i/d), pair i turns by ω′_i per position:
//!
//! - position interpolation (Chen et al. 2023, §2.2): ω′ = ω/s, which is the same as position pos/s;
//! - NTK-aware (bloc97 2023; Peng et al. 2023, §3.1): the base becomes base · s^(d/(d−2)), which leaves
//!   the fastest pair alone and slows the slowest one of an even d by exactly s;
//! - YaRN (Peng et al. 2023, §3.2 and §3.4): ω′ = (1 − γ) ω/s + γ ω with the paper's ramp
//!   γ = (r − 1)/31 held to 0..=1, r = L ω/2π the turns that the pair makes in the trained length.
//!   Scores are multiplied by (0.1 ln s + 1)². Code in use takes a ramp that is linear in the pair's
//!   index instead: see [`YarnRamp`].
//!
//! A factor of 1 changes nothing, whatever the method.

use std::f64::consts::TAU;

use crate::frequency::frequency;

/// How the frequencies are scaled.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Scaling {
    /// Not at all: ω′ = ω.
    #[default]
    None,
    /// Position interpolation.
    Interpolation {
        /// s: how many times longer than trained, at least 1.
        factor: f64,
    },
    /// NTK-aware scaling of the base.
    Ntk {
        /// s: how many times longer than trained, at least 1.
        factor: f64,
    },
    /// YaRN.
    Yarn {
        /// s: how many times longer than trained, at least 1.
        factor: f64,
        /// L, in positions.
        trained_len: f64,
        /// What its ramp is linear in.
        ramp: YarnRamp,
    },
}

/// What YaRN's ramp is linear in, between the pair that turns 32 times in the trained length, which is kept, and
/// the one that turns once, which is interpolated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum YarnRamp {
    /// The turns, as in the paper (Peng et al. 2023, §3.2).
    #[default]
    Turns,
    /// The number of the pair, as in the authors' code and in Hugging Face Transformers
    /// (`find_correction_range`, with `truncate=False` as gpt-oss has it; usually both ends go outwards to whole
    /// pairs). As there, a range that lies outside the pairs keeps or interpolates all of them.
    Pair,
}

/// A pair that turns more often than this within the trained length keeps its frequency (β of YaRN).
const KEPT_TURNS: f64 = 32.0;

/// A pair that turns less often than this is interpolated fully (α of YaRN).
const INTERPOLATED_TURNS: f64 = 1.0;

/// ω′_i of pair i, in radians per position. A factor that is 0, infinite or NaN gives what IEEE 754 says.
///
/// ```
/// use maths::scaling::{Scaling, scaled_frequency};
/// let half = Scaling::Interpolation { factor: 2.0 };
/// assert_eq!(scaled_frequency(0, 8, 10_000.0, half), 0.5);
/// ```
pub fn scaled_frequency(pair_idx: usize, d_model: usize, base: f64, scaling: Scaling) -> f64 {
    let omega = frequency(pair_idx, d_model, base);
    match scaling {
        Scaling::None => omega,
        Scaling::Interpolation { factor } => omega / factor,
        Scaling::Ntk { factor } => frequency(pair_idx, d_model, ntk_base(d_model, base, factor)),
        Scaling::Yarn {
            factor,
            trained_len,
            ramp,
        } => {
            let kept = yarn_ramp(pair_idx, d_model, base, trained_len, ramp);
            (1.0 - kept) * omega / factor + kept * omega
        }
    }
}

/// The base that NTK-aware scaling uses in place of `base`: base · s^(d/(d−2)). With d = 2 there is no pair
/// whose frequency depends on the base, and it is infinite (for s above 1).
pub fn ntk_base(d_model: usize, base: f64, factor: f64) -> f64 {
    let d = d_model as f64;
    base * factor.powf(d / (d - 2.0))
}

/// γ of YaRN for a pair: 1 where it is kept, 0 where it is interpolated, between where it turns 1 to 32 times in
/// `trained_len` positions.
pub fn yarn_ramp(
    pair_idx: usize,
    d_model: usize,
    base: f64,
    trained_len: f64,
    ramp: YarnRamp,
) -> f64 {
    match ramp {
        YarnRamp::Turns => {
            let turns = trained_len * frequency(pair_idx, d_model, base) / TAU;
            ((turns - INTERPOLATED_TURNS) / (KEPT_TURNS - INTERPOLATED_TURNS)).clamp(0.0, 1.0)
        }
        YarnRamp::Pair => {
            let d = d_model as f64;
            // The pair that turns so often, as a number that need not be whole.
            let pair_of =
                |turns: f64| d * (trained_len / (turns * TAU)).log10() / (2.0 * base.log10());
            let low = pair_of(KEPT_TURNS).max(0.0);
            let mut high = pair_of(INTERPOLATED_TURNS).min(d - 1.0);
            // Equal only where both are held to an end: as in the code in use.
            if low == high {
                high += 0.001;
            }
            1.0 - ((pair_idx as f64 - low) / (high - low)).clamp(0.0, 1.0)
        }
    }
}

/// What attention scores are multiplied by: (0.1 ln s + 1)² for YaRN (q and k are each multiplied by the
/// root of it), 1 for the others. Below s = 1 it stays 1.
pub fn score_factor(scaling: Scaling) -> f64 {
    match scaling {
        Scaling::Yarn { factor, .. } => {
            let per_vector = 0.1 * factor.max(1.0).ln() + 1.0;
            per_vector * per_vector
        }
        _ => 1.0,
    }
}
