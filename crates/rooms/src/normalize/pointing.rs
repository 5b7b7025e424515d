//! How Normalize's figures are read by pointing at them.

use super::state::NormalizeState;
use crate::room::Cell;

/// The number of a cell, or another where the axis has no cells.
pub fn idx_from(number: Option<u64>, otherwise: usize) -> usize {
    to_idx(number).unwrap_or(otherwise)
}

fn to_idx(number: Option<u64>) -> Option<usize> {
    number.and_then(|number| usize::try_from(number).ok())
}

/// Makes a cell the one that is read, as far as it names a token or a feature.
pub fn read_cell(state: &mut NormalizeState, cell: Cell) {
    state.feature = to_idx(cell.x).or(state.feature);
    state.token = to_idx(cell.y).or(state.token);
}

/// Makes a feature the one that is read, whatever else the cell names.
pub fn read_feature(state: &mut NormalizeState, cell: Cell) {
    state.feature = to_idx(cell.x).or(state.feature);
}

/// Makes the token on the x axis the one that is read.
pub fn read_token(state: &mut NormalizeState, cell: Cell) {
    state.token = to_idx(cell.x).or(state.token);
}

/// The cell that is read, in the first panel.
pub fn here_at_cell(state: &NormalizeState) -> Cell {
    Cell {
        y: Some(state.row() as u64),
        ..here_at_feature(state)
    }
}

/// The feature that is read.
pub fn here_at_feature(state: &NormalizeState) -> Cell {
    Cell {
        x: Some(state.column() as u64),
        ..Cell::default()
    }
}
