//! How Encode's figures are read by pointing at them.

use super::state::EncodeState;
use crate::room::Cell;

/// Makes a cell the one that is read, as far as it names a position or a dimension.
pub fn read_cell(state: &mut EncodeState, cell: Cell) {
    if cell.x.is_some() {
        state.pos = cell.x;
    }
    if let Some(dim) = cell.y.and_then(|y| usize::try_from(y).ok()) {
        state.dim = Some(dim);
    }
}

/// The position and the dimension that are read, in the first panel.
pub fn here_at_cell(state: &EncodeState) -> Cell {
    Cell {
        y: Some(state.dimension() as u64),
        ..here_at_position(state)
    }
}

/// The position that is read.
pub fn here_at_position(state: &EncodeState) -> Cell {
    Cell {
        x: Some(state.position()),
        ..Cell::default()
    }
}

/// Makes the first dimension of a pair the one that is read.
pub fn read_pair(state: &mut EncodeState, cell: Cell) {
    if let Some(pair) = state.pair_at(cell.x) {
        let [first, _] = state.columns_of(pair);
        state.dim = Some(first);
    }
}
