//! How Encode's figures are read by pointing at them.

use super::axes::turned;
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

/// The same in a table, whichever way its axes run.
pub fn read_place(state: &mut EncodeState, cell: Cell) {
    let cell = turned(state, cell);
    read_cell(state, cell);
}

/// The position and the dimension that are read, in the first panel of tables.
pub fn here_at_place(state: &EncodeState) -> Cell {
    let cell = Cell {
        y: Some(state.dimension() as u64),
        ..here_at_position(state)
    };
    turned(state, cell)
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
    if let Some(pair) = cell.x.and_then(|pair| usize::try_from(pair).ok()) {
        let [first, _] = state.columns_of(pair);
        state.dim = Some(first);
    }
}
