//! Which angles training has seen, and which waves meet others in the longer text.

use std::f64::consts::TAU;

use maths::scaling::{Scaling, scaled_frequency};

use super::super::state::EncodeState;

/// How often a pair turns in the trained length, unscaled, and in the longer text.
#[derive(Clone, Copy, Debug)]
pub struct Turns {
    /// In the trained length L.
    pub seen: f64,
    /// In the longer text, s · L.
    pub asked: f64,
}

/// The turns of a pair of `d_model` dimensions.
#[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
pub fn turns(state: &EncodeState, d_model: usize, pair: usize, scaling: Scaling) -> Turns {
    let turns = |scaling| {
        let omega = scaled_frequency(pair, d_model, state.base, scaling);
        omega * state.trained_len as f64 / TAU
    };
    Turns {
        seen: turns(Scaling::None),
        asked: turns(scaling) * state.factor,
    }
}

impl Turns {
    /// Whether training has seen every angle: a full turn has all of them.
    pub fn has_seen_all(self) -> bool {
        self.seen >= 1.0
    }

    /// Whether the longer text has angles that training has not.
    pub fn is_new(self) -> bool {
        // More than rounding: interpolation ends exactly where training did.
        !self.has_seen_all() && self.asked > self.seen * (1.0 + 1e-9)
    }
}

/// How many of the pairs of `d_model` dimensions meet angles that training has not seen.
pub fn n_new(state: &EncodeState, d_model: usize, scaling: Scaling) -> usize {
    let pairs = 0..d_model / 2;
    pairs
        .filter(|&pair| turns(state, d_model, pair, scaling).is_new())
        .count()
}

#[cfg(test)]
mod tests {
    use maths::scaling::{Scaling, YarnRamp};

    use super::super::super::state::EncodeState;
    use super::{n_new, turns};

    #[test]
    fn waves_that_have_turned_once_meet_no_new_angle() {
        let state = EncodeState::default();
        let n_new = |scaling| n_new(&state, state.d_model, scaling);
        let factor = state.factor;
        let yarn = |ramp| Scaling::Yarn {
            factor,
            trained_len: state.trained_len as f64,
            ramp,
        };
        let slow = (0..64).filter(|&pair| !turns(&state, 128, pair, Scaling::None).has_seen_all());
        let n_slow = slow.count();
        // 512 positions are one turn of a wave of 2π · 10000^(30.6/64).
        assert_eq!((n_slow, n_new(Scaling::None)), (33, 33));
        assert_eq!(n_new(Scaling::Interpolation { factor }), 0);
        assert_eq!(n_new(yarn(YarnRamp::Turns)), 0);
        assert_eq!(n_new(yarn(YarnRamp::Pair)), 0);
        // Only its slowest wave is slowed by all of s (Peng et al. 2023, §3.1).
        assert_eq!(n_new(Scaling::Ntk { factor }), 32);
        let none_longer = EncodeState {
            factor: 1.0,
            ..EncodeState::default()
        };
        assert_eq!(super::n_new(&none_longer, 128, Scaling::None), 0);
    }
}
