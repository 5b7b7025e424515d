//! A table as figures show it.

use figures::{Colours, Ramp};
use ndarray::ArrayView2;

/// A table as the figures show it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// (seq_len, d_model)
    pub values: ArrayView2<'a, f32>,
    /// Grows whenever the values may have changed.
    pub version: u64,
    /// Its values lie between −`most` and `most`, in every state.
    pub most: f32,
    /// What a value means that is not a number.
    pub undefined: &'static str,
}

impl Shown<'_> {
    /// The colours of its values.
    pub fn colours(self) -> Colours {
        Colours {
            ramp: Ramp::Diverging,
            min: -self.most,
            max: self.most,
        }
    }
}
