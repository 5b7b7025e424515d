//! What Encode keeps from frame to frame.

use maths::encode::SinusoidalTable;
use maths::schemes::EncodingTable;

use super::attention::kept as attention;
use super::distance::kept as distance;
use super::limits::kept as limits;
use super::mistakes::kept as mistakes;
use super::sum::kept as sum;
use super::table::kept as table;
use crate::lazy::Lazy;
use crate::room::Keeps;

/// What Encode keeps, so that nothing is computed or allocated twice.
#[derive(Default)]
pub struct EncodeScene {
    /// The table of the first picture.
    pub plain: SinusoidalTable,
    /// The table of any scheme.
    pub scheme: Lazy<EncodingTable>,
    /// Of the part `table`.
    pub table: Lazy<table::Kept>,
    /// Of the part `distance`.
    pub distance: Lazy<distance::Kept>,
    /// Of the part `sum`.
    pub sum: Lazy<sum::Kept>,
    /// Of the part `attention`.
    pub attention: Lazy<attention::Kept>,
    /// Of the part `limits`.
    pub limits: Lazy<limits::Kept>,
    /// Of the part `mistakes`.
    pub mistakes: Lazy<mistakes::Kept>,
    /// Whether something that was read is made in steps, of which some are left.
    pub is_unfinished: bool,
}

impl Keeps for EncodeScene {
    fn begin(&mut self, _: &'static str) {
        self.is_unfinished = false;
    }

    fn is_unfinished(&self) -> bool {
        self.is_unfinished
    }

    fn leave(&mut self) {
        let Self { plain, scheme, .. } = std::mem::take(self);
        *self = Self {
            plain,
            scheme,
            ..Self::default()
        };
    }
}
