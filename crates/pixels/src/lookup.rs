//! From a value to a colour.

use lanes::F32x4;

/// How many colours a table has. Odd, so that a diverging ramp has one in the middle for zero.
pub const TABLE_LEN: usize = 513;
/// The last entry of a table.
pub const LAST: f32 = (TABLE_LEN - 1) as f32;
/// The entry in the middle.
pub const MIDDLE: f32 = ((TABLE_LEN - 1) / 2) as f32;

/// Opaque RGBA colours from the first end of a ramp to the last.
pub type Table = [[u8; 4]; TABLE_LEN];

/// From a value to its place in a table: `centre + (value - zero) * (below or above)`, rounded and held
/// inside the table. One form for both ramps, so that the loop over pixels has no branches.
#[derive(Clone, Copy, Debug)]
pub struct Lookup {
    zero: f32,
    centre: f32,
    below: f32,
    above: f32,
}

impl Lookup {
    /// `min` has the first colour, `max` the last one.
    pub fn from_end_to_end(min: f32, max: f32) -> Self {
        let scale = scale(LAST, max - min);
        Self {
            zero: min,
            centre: 0.0,
            below: scale,
            above: scale,
        }
    }

    /// Zero has the colour in the middle whatever the ends are; a side without an end follows the other one.
    pub fn from_zero(min: f32, max: f32) -> Self {
        let (below, above) = match (min < 0.0, max > 0.0) {
            (false, true) => (max, max),
            (true, false) => (-min, -min),
            _ => (-min, max),
        };
        Self {
            zero: 0.0,
            centre: MIDDLE,
            below: scale(MIDDLE, below),
            above: scale(MIDDLE, above),
        }
    }

    /// The entries of the table for four values, always inside it; of NaN any entry.
    #[allow(clippy::cast_sign_loss)]
    #[inline(always)]
    pub(crate) fn entries(self, values: F32x4) -> [usize; 4] {
        let zero = F32x4::splat(0.0);
        let d = values - F32x4::splat(self.zero);
        // One of the two products is zero: cheaper than choosing a factor.
        let place = zero.min(d) * F32x4::splat(self.below)
            + zero.max(d) * F32x4::splat(self.above)
            + F32x4::splat(self.centre + 0.5);
        // Cutting off the fraction of what is half too large rounds.
        let place = F32x4::splat(0.5).max(place);
        let place = F32x4::splat(LAST + 0.5).min(place);
        place.truncate().map(|idx| idx as usize)
    }

    /// The entry of the table for a value.
    pub(crate) fn entry(self, value: f32) -> usize {
        let [entry, ..] = self.entries(F32x4::splat(value));
        entry
    }

    /// The entry of the table; `None` if the value is not finite.
    pub fn idx(self, value: f32) -> Option<usize> {
        value.is_finite().then(|| self.entry(value))
    }
}

/// Steps per unit of value; 0 (everything has the first colour) where the ends do not span anything.
fn scale(steps: f32, span: f32) -> f32 {
    let scale = steps / span;
    if span > 0.0 && scale.is_finite() {
        scale
    } else {
        0.0
    }
}
