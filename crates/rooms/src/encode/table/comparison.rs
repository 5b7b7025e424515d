//! A second table beside the first, and the difference of the two.

use maths::scaling::Scaling;
use maths::schemes::EncodingTable;
use ndarray::Array2;

use super::super::state::EncodeState;

/// The table of the compared scheme, and the difference of the two.
#[derive(Default)]
pub struct Comparison {
    /// The compared one. (seq_len, d_model)
    pub second: EncodingTable,
    /// First minus second. (seq_len, d_model)
    pub difference: Array2<f32>,
    /// The versions of the two that it was made from.
    made_of: [u64; 2],
    /// Grows whenever the difference changes.
    pub version: u64,
    /// How far the two are from each other; `None` where no cell has a number in both.
    pub apart: Option<Apart>,
}

/// How far two tables are from each other, in the cells that are numbers in both.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Apart {
    /// The root of the mean square of the differences.
    pub rms: f64,
    /// The largest of them.
    pub most: f64,
}

impl Comparison {
    /// Compares with the table of this state, where it is to be compared.
    pub fn update(&mut self, table: &EncodingTable, state: &EncodeState) {
        if let Some(other) = state.compare {
            self.second.update(state.spec_of(other, Scaling::None));
            self.subtract(table);
        }
    }

    fn subtract(&mut self, table: &EncodingTable) {
        let made_of = [table.version(), self.second.version()];
        if made_of == self.made_of {
            return;
        }
        self.made_of = made_of;
        self.version += 1;
        let (first, second) = (table.values(), self.second.values());
        if self.difference.dim() != first.dim() {
            self.difference = Array2::zeros(first.dim());
        }
        let (mut squares, mut most, mut n_values) = (0.0, 0.0_f32, 0);
        let pairs = first.iter().zip(second.iter());
        for (out, (a, b)) in self.difference.iter_mut().zip(pairs) {
            let difference = a - b;
            *out = difference;
            if difference.is_finite() {
                squares += f64::from(difference) * f64::from(difference);
                most = most.max(difference.abs());
                n_values += 1;
            }
        }
        #[allow(clippy::cast_precision_loss, reason = "at most four million")]
        let mean = squares / n_values as f64;
        self.apart = (n_values > 0).then(|| Apart {
            rms: mean.sqrt(),
            most: most.into(),
        });
    }
}
