//! The columns of tables that have a row for each number of a block.

use figures::{Cells, Column};

/// The sample, token and feature of each number of a block (B, T, C), in memory order.
pub fn places<'a>([batch, seq_len, d_model]: [usize; 3]) -> [Column<'a>; 3] {
    let place = |name, every, modulo| Column {
        name,
        cells: Cells::Index {
            every,
            modulo,
            len: batch * seq_len * d_model,
        },
    };
    [
        place("sample", seq_len * d_model, batch),
        place("token", d_model, seq_len),
        place("feature", 1, d_model),
    ]
}
