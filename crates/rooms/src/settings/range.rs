//! The range of a number: its ends, which numbers between them are allowed, and how a slider's length maps to them.

use super::number_text::number_text;
use crate::platform;

/// A range of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The lower and the upper end.
    pub ends: (f64, f64),
    /// Which numbers between them are allowed.
    pub grain: Grain,
    /// How a slider's length maps to them.
    pub scale: Scale,
}

/// Which numbers of a range are allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grain {
    /// Whole numbers.
    Whole,
    /// Even whole numbers.
    Even,
    /// Any number; `nudge` is what an arrow key adds.
    Any {
        /// What an arrow key adds, and what dragging rounds to, on a linear scale.
        nudge: f64,
    },
}

/// How a slider's length maps to its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// Evenly up to about `knee` above the lower end, then evenly in the logarithm: small values stay
    /// easy to reach though the range is long.
    Log {
        /// Where the scale bends, in units of the setting.
        knee: f64,
    },
    /// Like [`Scale::Log`] in both directions from zero, for ranges from `-max` to `max`.
    Symmetric {
        /// Where the scale bends on both sides of zero, in units of the setting.
        knee: f64,
    },
}

/// Whole numbers from `min` to `max`.
pub const fn whole(min: f64, max: f64) -> Range {
    Range::of(Grain::Whole, min, max)
}

/// Even numbers from `min` to `max`.
pub const fn even(min: f64, max: f64) -> Range {
    Range::of(Grain::Even, min, max)
}

/// Any numbers from `min` to `max`; an arrow key adds `nudge`.
pub const fn any(min: f64, max: f64, nudge: f64) -> Range {
    Range::of(Grain::Any { nudge }, min, max)
}

impl Range {
    const fn of(grain: Grain, min: f64, max: f64) -> Self {
        Self {
            ends: (min, max),
            grain,
            scale: Scale::Linear,
        }
    }

    /// The same numbers on a logarithmic slider that bends at `knee` above the lower end.
    pub const fn log(self, knee: f64) -> Self {
        Self {
            scale: Scale::Log { knee },
            ..self
        }
    }

    /// The same numbers on a slider that is logarithmic on both sides of zero.
    pub const fn symmetric(self, knee: f64) -> Self {
        Self {
            scale: Scale::Symmetric { knee },
            ..self
        }
    }
}

impl Range {
    /// Numbers like these between other ends, in words.
    pub fn between(self, (min, max): (f64, f64)) -> String {
        let what = match self.grain {
            Grain::Whole => "whole numbers",
            Grain::Even => "even numbers",
            Grain::Any { .. } => "numbers",
        };
        format!("{what} from {} to {}", number_text(min), number_text(max))
    }
}

impl Scale {
    /// Where on the slider, from 0 to 1, a value of `limits` stands.
    pub fn fraction_from_value(self, value: f64, (min, max): (f64, f64)) -> f64 {
        if max <= min {
            return 0.0;
        }
        let fraction = match self {
            Self::Linear => (value - min) / (max - min),
            Self::Log { knee } => ((value - min) / knee).ln_1p() / ((max - min) / knee).ln_1p(),
            Self::Symmetric { knee } => {
                let from_zero = (value.abs() / knee).ln_1p() / (max / knee).ln_1p();
                0.5 + 0.5 * from_zero.copysign(value)
            }
        };
        fraction.clamp(0.0, 1.0)
    }

    /// The value of `limits` at a place on the slider from 0 to 1.
    pub fn value_from_fraction(self, fraction: f64, (min, max): (f64, f64)) -> f64 {
        let fraction = fraction.clamp(0.0, 1.0);
        match self {
            Self::Linear => min + fraction * (max - min),
            Self::Log { knee } => min + knee * (fraction * ((max - min) / knee).ln_1p()).exp_m1(),
            Self::Symmetric { knee } => {
                let from_zero = 2.0 * fraction - 1.0;
                let size = knee * (from_zero.abs() * (max / knee).ln_1p()).exp_m1();
                size.copysign(from_zero)
            }
        }
    }
}

impl Grain {
    /// A value from the slider's place, rounded as a hand means it: to the grain, or to the nudge, or
    /// to two digits where the scale is logarithmic.
    pub fn round_dragged(self, value: f64, scale: Scale) -> f64 {
        match (self, scale) {
            (Self::Whole | Self::Even, _) => value.round(),
            // Divided, not multiplied by 0.05: 23 * 0.05 would show as 1.1500000000000001.
            (Self::Any { nudge }, Scale::Linear) => (value / nudge).round() / nudge.recip(),
            (Self::Any { .. }, Scale::Log { .. } | Scale::Symmetric { .. }) => {
                // Formatting rounds in decimal, so that 1.2e-5 is the double that reads as 1.2e-5.
                platform::parse_number(&format!("{value:.1e}")).unwrap_or(value)
            }
        }
    }
}
