//! What a bug does to the numbers, for any bug by the same rules.

use ndarray::{Array2, ArrayView1, ArrayView2};

/// How far along the positions it is looked whether a column moves.
const N_LOOKED_AT: usize = 50;

/// A column moves where its values differ by at least this.
pub const MOVES: f32 = 0.01;

/// What is seen of a bug in the numbers of its tables: (T, d) each.
#[derive(Clone, Copy, Debug, Default)]
pub struct Symptom {
    /// T and d.
    pub shape: (usize, usize),
    /// The largest difference, without its sign.
    pub most: f32,
    /// The part of the values that differ at all.
    pub changed: f64,
    /// Of each table, right and wrong: the part of columns that move less than [`MOVES`] in the first positions.
    pub still: [f64; 2],
    /// How many positions these are.
    pub n_looked_at: usize,
    /// Of each table the least and the largest length of a row.
    pub lengths: [[f32; 2]; 2],
    /// The largest difference between the dot products of two positions in the two tables, of the one that is
    /// read with any other.
    pub products: f32,
    /// How many rows of each table differ from the one before.
    pub n_steps: [usize; 2],
}

/// Measures the tables, right and wrong, and their difference.
#[allow(clippy::cast_precision_loss, reason = "at most four million")]
pub fn measure(
    tables: [ArrayView2<'_, f32>; 2],
    difference: &Array2<f32>,
    read_idx: usize,
) -> Symptom {
    let sizes = difference.iter().map(|it| it.abs());
    let n_changed = sizes.clone().filter(|&size| size != 0.0).count();
    let lengths = tables.map(|table| {
        let rows = table.outer_iter();
        let lengths = rows.map(|row| row.iter().map(|x| x * x).sum::<f32>().sqrt());
        lengths.fold([f32::INFINITY, 0.0], |[least, most], it| {
            [it.min(least), it.max(most)]
        })
    });
    let products = tables.map(|table| {
        let read = (read_idx < table.nrows()).then(|| table.row(read_idx));
        let rows = table.outer_iter();
        rows.map(|row| read.map_or(0.0, |read| read.dot(&row)))
            .collect::<Vec<_>>()
    });
    let [right, wrong] = &products;
    let apart = right.iter().zip(wrong).map(|(a, b)| (a - b).abs());
    Symptom {
        shape: difference.dim(),
        most: sizes.fold(0.0, f32::max),
        changed: n_changed as f64 / difference.len().max(1) as f64,
        still: tables.each_ref().map(still_columns),
        n_looked_at: tables[0].nrows().min(N_LOOKED_AT),
        lengths,
        products: apart.fold(0.0, f32::max),
        n_steps: tables.map(|table| {
            let rows = table.outer_iter().zip(table.outer_iter().skip(1));
            rows.filter(|(a, b)| a != b).count()
        }),
    }
}

/// The part of columns that move less than [`MOVES`] in the first [`N_LOOKED_AT`] positions.
#[allow(clippy::cast_precision_loss, reason = "at most 1024")]
fn still_columns(table: &ArrayView2<'_, f32>) -> f64 {
    let columns = table.columns().into_iter();
    let is_still = |column: &ArrayView1<'_, f32>| {
        let values = column.iter().take(N_LOOKED_AT);
        let (low, high) = values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &it| {
            (low.min(it), high.max(it))
        });
        high - low < MOVES
    };
    columns.filter(is_still).count() as f64 / table.ncols().max(1) as f64
}
