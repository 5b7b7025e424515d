//! What a bug does to the numbers of a table, for any bug by the same rules.

use lanes::F32x4;
use ndarray::{Array2, ArrayView1, ArrayView2};

use crate::shape::reshape;

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

/// Measures the tables, right and wrong, and makes `difference` wrong minus right, in one pass: four million values
/// are more than any cache holds. Allocates only when the difference has never been so large.
pub fn measure(
    tables: [ArrayView2<'_, f32>; 2],
    read_idx: usize,
    difference: &mut Array2<f32>,
) -> Symptom {
    let (n_rows, n_columns) = tables[0].dim();
    let whole = tables.each_ref().map(|table| table.as_standard_layout());
    let rows = |k: usize| {
        let rows = whole[k].as_slice().unwrap_or_default();
        rows.chunks_exact(n_columns.max(1))
    };
    // The last one where there are fewer.
    let read_idx = read_idx.min(n_rows.saturating_sub(1));
    let read = [0, 1].map(|k| rows(k).nth(read_idx).unwrap_or_default());
    let mut symptom = Symptom {
        shape: (n_rows, n_columns),
        most: 0.0,
        changed: 0.0,
        still: tables.each_ref().map(still_columns),
        n_looked_at: n_rows.min(N_LOOKED_AT),
        lengths: [[f32::INFINITY, 0.0]; 2],
        products: 0.0,
        n_steps: [0; 2],
    };
    let mut n_changed = 0.0;
    let out = reshape(difference, n_rows, n_columns).chunks_exact_mut(n_columns.max(1));
    let mut before = [None; 2];
    for (out, (right, wrong)) in out.zip(rows(0).zip(rows(1))) {
        let row = measure_row([right, wrong], read, out);
        symptom.most = symptom.most.max(row.most);
        n_changed += f64::from(row.n_changed);
        let [right_product, wrong_product] = row.products;
        symptom.products = symptom.products.max((right_product - wrong_product).abs());
        for (k, here) in [right, wrong].into_iter().enumerate() {
            let length = row.squared[k].sqrt();
            let [least, most] = symptom.lengths[k];
            symptom.lengths[k] = [least.min(length), most.max(length)];
            let is_step = before[k].replace(here).is_some_and(|before| before != here);
            symptom.n_steps[k] += usize::from(is_step);
        }
    }
    symptom.changed = n_changed / difference.len().max(1) as f64;
    symptom
}

/// What is measured of one row of each table.
struct Measured {
    most: f32,
    n_changed: f32,
    squared: [f32; 2],
    products: [f32; 2],
}

fn measure_row(rows: [&[f32]; 2], read: [&[f32]; 2], out: &mut [f32]) -> Measured {
    let zero = F32x4::splat(0.0);
    let (mut most, mut n_changed) = (zero, zero);
    let (mut squared, mut products) = ([zero; 2], [zero; 2]);
    let mut add = |rows: [[f32; F32x4::LANES]; 2], read: [[f32; F32x4::LANES]; 2]| {
        let rows = rows.map(F32x4::from);
        for k in 0..2 {
            squared[k] = squared[k] + rows[k] * rows[k];
            products[k] = products[k] + rows[k] * F32x4::from(read[k]);
        }
        let difference = rows[1] - rows[0];
        most = most.max(difference.abs());
        n_changed = n_changed + difference.differs(zero);
        difference.to_array()
    };
    let (outs, last_out) = out.as_chunks_mut();
    let of = [rows, read].map(|pair| pair.map(|row| &row.as_chunks().0[..outs.len()]));
    for (idx, out) in outs.iter_mut().enumerate() {
        let [rows, read] = of.map(|pair| pair.map(|fours| fours[idx]));
        *out = add(rows, read);
    }
    // What is left is filled up with zeros, which change nothing.
    let [rows, read] = [rows, read].map(|pair| {
        pair.map(|row| {
            let rest = row.as_chunks::<{ F32x4::LANES }>().1;
            let mut four = [0.0; F32x4::LANES];
            four[..rest.len()].copy_from_slice(rest);
            four
        })
    });
    let last = add(rows, read);
    last_out.copy_from_slice(&last[..last_out.len()]);
    let sum = |lanes: F32x4| lanes.to_array().into_iter().sum();
    Measured {
        most: most.to_array().into_iter().fold(0.0, f32::max),
        n_changed: sum(n_changed),
        squared: squared.map(sum),
        products: products.map(sum),
    }
}

/// The part of columns that move less than [`MOVES`] in the first [`N_LOOKED_AT`] positions.
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
