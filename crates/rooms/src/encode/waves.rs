//! The waves of a table, in words.

use figures::number::{format_count, format_value};
use maths::encode::{Wave, pair_of};

use super::state::EncodeState;
use crate::settings::number_text;

/// `64 positions × 128 dimensions`.
pub fn shape(n_positions: usize, d_model: usize) -> String {
    format!(
        "{} {} × {} dimensions",
        format_count(n_positions as u64),
        if n_positions == 1 {
            "position"
        } else {
            "positions"
        },
        format_count(d_model as u64)
    )
}

/// The function of a column.
pub fn wave_name(wave: Wave) -> &'static str {
    match wave {
        Wave::Sin => "sin",
        Wave::Cos => "cos",
    }
}

/// A value of the plain table, and what it is of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WaveCell {
    /// Its position.
    pub position: u64,
    /// The function of its column.
    pub wave: Wave,
    /// The number of its pair.
    pub pair: usize,
    /// The base of the wavelengths.
    pub base: f64,
    /// The width of the table.
    pub d_model: usize,
    /// What is in the table.
    pub value: f32,
}

impl WaveCell {
    /// A cell of the plain table with what is in it.
    pub fn new(state: &EncodeState, position: u64, dim: usize, value: f32) -> Self {
        let pair = pair_of(dim, state.d_model, state.layout);
        Self {
            position,
            wave: pair.wave,
            pair: pair.idx,
            base: state.base,
            d_model: state.d_model,
            value,
        }
    }

    /// Its formula with its numbers put in, as one would type it, and the value that is in the table:
    /// `sin(5 / 10000^(12/128)) = 0.9…`.
    pub fn words(self) -> String {
        format!(
            "{}({} / {}^({}/{})) = {}",
            wave_name(self.wave),
            self.position,
            number_text(self.base),
            2 * self.pair,
            self.d_model,
            format_value(self.value.into(), 4)
        )
    }
}
