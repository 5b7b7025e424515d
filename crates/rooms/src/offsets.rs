//! Offsets, key − query, as the cells of an axis, and the table of what stands over them.

use std::borrow::Cow;
use std::iter::once;

use figures::number::MINUS;
use figures::{Axis, Table};
use maths::bias::Direction;
use ndarray::{ArrayView1, ArrayView2, Axis as Dimension};

use crate::columns::numbers;

/// The number of the cell of offset 0: cells count from 0 on, offsets do not. Every round step divides it, so that
/// there is a name at 0.
const ZERO_CELL: u64 = 1_000_000;

/// Offsets one after the other.
#[derive(Default)]
pub struct Offsets {
    /// The first one.
    pub first: i64,
    values: Vec<f32>,
    names: Vec<String>,
}

impl Offsets {
    /// From −(n − 1) to 0, and on to n − 1 where later keys count too.
    pub fn update(&mut self, n: usize, direction: Direction) {
        let first = 1 - n as i64;
        let last = match direction {
            Direction::Causal => 0,
            Direction::Both => -first,
        };
        let len = usize::try_from(last - first + 1).unwrap_or_default();
        if (self.first, self.values.len()) == (first, len) {
            return;
        }
        self.first = first;
        self.values.clear();
        #[allow(clippy::cast_precision_loss, reason = "at most 4095")]
        self.values.extend((first..=last).map(|k| k as f32));
        self.names.clear();
        self.names.extend((first..=last).map(name));
    }

    /// How many there are.
    pub fn n_offsets(&self) -> usize {
        self.values.len()
    }

    /// The place of offset 0 among them.
    pub fn zero_idx(&self) -> usize {
        usize::try_from(-self.first).unwrap_or_default()
    }

    /// The place of a cell among them, where it is one of them.
    pub fn idx_of(&self, cell: u64) -> Option<usize> {
        let idx = usize::try_from(cell.checked_sub(cell_of(self.first))?).ok()?;
        (idx < self.n_offsets()).then_some(idx)
    }

    /// The axis.
    pub fn axis(&self) -> Axis<'_> {
        Axis {
            names: Cow::Borrowed(&self.names),
            // Without a subject: it is always shown whole, its cells' numbers are none that a reader knows.
            ..Axis::cells("", "key − query", cell_of(self.first), self.values.len())
        }
    }

    /// What stands over it as files have it: the offsets, then a column for each row of the values.
    pub fn table<'a>(&'a self, names: &[&'static str], values: ArrayView2<'a, f32>) -> Table<'a> {
        let offsets = if values.is_empty() {
            &[]
        } else {
            &*self.values
        };
        let rows = names.iter().zip(0..values.nrows());
        // A row of offsets is in one piece.
        let rows =
            rows.map(|(name, idx)| numbers(name, row(values, idx).to_slice().unwrap_or_default()));
        Table::Columns(once(numbers("offset", offsets)).chain(rows).collect())
    }
}

/// A row of values by offset, which there is.
pub fn row(values: ArrayView2<'_, f32>, idx: usize) -> ArrayView1<'_, f32> {
    values.index_axis_move(Dimension(0), idx)
}

/// An offset in figures.
pub fn name(offset: i64) -> String {
    if offset < 0 {
        format!("{MINUS}{}", offset.unsigned_abs())
    } else {
        offset.to_string()
    }
}

/// The cell of an offset.
pub fn cell_of(offset: i64) -> u64 {
    ZERO_CELL.saturating_add_signed(offset)
}

/// The offset of a cell.
pub fn offset_of(cell: u64) -> i64 {
    (cell as i64).saturating_sub(ZERO_CELL as i64)
}
