//! How the offset is read that `Offset k` counts.

use figures::Cross;

use super::super::state::EncodeState;
use crate::offsets::{cell_of, offset_of};
use crate::room::Cell;

/// What the keys do.
pub const KEYS: &str = "Left and right arrow keys move through the offsets.";

/// The offset that is read, on the axis.
pub fn cross(state: &EncodeState) -> Cross {
    Cross {
        x: here(state).x,
        y: None,
    }
}

/// The cell that is read.
pub fn here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(cell_of(0).saturating_sub(state.offset)),
        ..Cell::default()
    }
}

/// Makes the offset of a cell the one that is read; keys after the query are none that `Offset k` counts.
pub fn read(state: &mut EncodeState, cell: Cell) {
    if let Some(Ok(offset)) = cell.x.map(|x| u64::try_from(offset_of(x).saturating_neg())) {
        state.offset = offset;
    }
}
