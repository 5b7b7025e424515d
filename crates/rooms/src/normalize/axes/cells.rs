//! The block of cells as it is drawn: which of them, and where.

use super::super::state::NormalizeState;

/// What is drawn of a large block at most: samples, tokens, features.
const MOST_DRAWN: [usize; 3] = [4, 8, 8];

/// How far a row of cells is shifted for the next one, in cells: samples are seen at an angle.
const SLANT: f64 = 0.3;
/// How high a row is.
const ROW: f64 = 0.85;
/// The gap between samples.
const GAP: f64 = 1.2;
/// What cells leave free around them.
const SEAM: f64 = 0.06;
/// Room for the words around the block.
pub const MARGIN: [f64; 2] = [2.6, 1.2];

/// Which sample, token and feature stands at each place of each axis.
pub struct Cells {
    /// The samples, from the left.
    pub samples: Vec<usize>,
    /// The tokens of each, from the top down.
    pub tokens: Vec<usize>,
    /// The features of each, from the left.
    pub features: Vec<usize>,
}

/// The places of an axis that are drawn: evenly spaced, the one that is read among them.
fn drawn(len: usize, most: usize, read: usize) -> Vec<usize> {
    let n = len.min(most).max(1);
    let place_of_read = read * n / len.max(1);
    (0..n)
        .map(|place| {
            if place == place_of_read {
                read
            } else {
                // The first one of as many as a place stands for.
                (place * len).div_ceil(n)
            }
        })
        .collect()
}

#[allow(clippy::cast_precision_loss)]
impl Cells {
    /// Those of this state, the one that is read among them.
    pub fn new(state: &NormalizeState) -> Self {
        let [samples, tokens, features] = MOST_DRAWN;
        let row_idx = state.row();
        Self {
            samples: drawn(state.batch, samples, row_idx / state.seq_len),
            tokens: drawn(state.seq_len, tokens, row_idx % state.seq_len),
            features: drawn(state.d_model, features, state.column()),
        }
    }

    /// How many samples, tokens and features are drawn.
    pub fn shape(&self) -> [usize; 3] {
        [self.samples.len(), self.tokens.len(), self.features.len()]
    }

    /// How far one sample is from the next.
    pub fn step(&self) -> f64 {
        self.width() + self.slant() + GAP
    }

    /// How wide a sample's row is.
    pub fn width(&self) -> f64 {
        self.features.len() as f64
    }

    /// How high a sample is.
    pub fn height(&self) -> f64 {
        ROW * self.tokens.len() as f64
    }

    /// How far the top of a sample is to the right of its bottom.
    pub fn slant(&self) -> f64 {
        SLANT * self.tokens.len() as f64
    }

    /// As large as its words and cells are.
    pub fn size(&self) -> (f64, f64) {
        let width = MARGIN[0] + self.samples.len() as f64 * self.step();
        (width, 2.0 * MARGIN[1] + self.height())
    }

    /// The corners of the cell at a place, each a little inside of it.
    pub fn corners(&self, [sample, token, feature]: [usize; 3]) -> Vec<(f64, f64)> {
        let n_tokens = self.tokens.len() as f64;
        let at = |token: f64, feature: f64| {
            let x = MARGIN[0] + sample as f64 * self.step() + SLANT * (n_tokens - token) + feature;
            (x, MARGIN[1] + ROW * token)
        };
        let (top, left) = (token as f64 + SEAM, feature as f64 + SEAM);
        let (bottom, right) = (top + 1.0 - 2.0 * SEAM, left + 1.0 - 2.0 * SEAM);
        vec![
            at(top, left),
            at(top, right),
            at(bottom, right),
            at(bottom, left),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_has_what_is_read() {
        for len in 1..40 {
            for read in 0..len {
                let places = drawn(len, 8, read);
                assert_eq!(places.len(), len.min(8));
                assert!(places.contains(&read), "{read} of {len}: {places:?}");
                assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
                assert!(places.iter().all(|&place| place < len));
            }
        }
    }
}
