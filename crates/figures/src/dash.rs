//! How a curve is broken into strokes, so that curves are told apart without their colours.

use crate::Role;

/// The strokes and gaps of a curve, one after the other from a stroke on, in CSS pixels at the page's text size; none for an
/// unbroken curve.
pub type Dash = &'static [u8];

/// For curves in the order in which they are added. More than there are colours, so that where these are repeated, the strokes
/// are others.
const SERIES: [Dash; 16] = [
    &[],
    &[8, 4],
    &[2, 3],
    &[10, 3, 2, 3],
    &[15, 4],
    &[10, 3, 2, 3, 2, 3],
    &[4, 5],
    &[20, 3, 2, 3],
    &[8, 3, 8, 8],
    &[2, 6],
    &[15, 3, 4, 3],
    &[4, 2, 4, 6],
    &[24, 8],
    &[8, 2, 2, 2, 2, 2],
    &[1, 2],
    &[12, 12],
];

impl Role {
    /// The strokes of a curve with this role.
    pub fn dash(self) -> Dash {
        match self {
            Self::Series(k) => SERIES[k % SERIES.len()],
            // What other curves are compared with.
            Self::Quiet => SERIES[6],
            _ => SERIES[0],
        }
    }
}
