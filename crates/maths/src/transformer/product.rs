//! Products of matrices in lanes.
//!
//! A tile of the result, 4 × 8, is summed in registers while four rows of the left matrix and eight columns of the right
//! one pass by. Both are copied first into the order in which they pass, so that a transposed matrix costs no more than
//! another and the inner loop has no bounds to check.

use lanes::F32x4;
use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use crate::shape::reshape;

const TILE_ROWS: usize = 4;
const TILE_COLUMNS: usize = 2 * F32x4::LANES;

/// Room for the operands of a product, in the order in which they pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Product {
    /// For every four rows of the left matrix its columns one after the other, filled up with zeros.
    left: Vec<[f32; TILE_ROWS]>,
    /// For eight columns of the right matrix its rows one after the other, filled up with zeros.
    right: Vec<[[f32; F32x4::LANES]; 2]>,
}

impl Product {
    /// `out` = left · right. (n, k) · (k, m) → (n, m)
    pub(super) fn set(
        &mut self,
        out: &mut Array2<f32>,
        left: ArrayView2<'_, f32>,
        right: ArrayView2<'_, f32>,
    ) {
        reshape(out, left.nrows(), right.ncols()).fill(0.0);
        self.add(out.view_mut(), left, right);
    }

    /// `out` += left · right. (n, k) · (k, m) → (n, m); what does not fit together is left out.
    pub(super) fn add(
        &mut self,
        mut out: ArrayViewMut2<'_, f32>,
        left: ArrayView2<'_, f32>,
        right: ArrayView2<'_, f32>,
    ) {
        let depth = left.ncols().min(right.nrows());
        if depth == 0 {
            return;
        }
        self.left.clear();
        for first in (0..left.nrows()).step_by(TILE_ROWS) {
            self.left.extend((0..depth).map(|k| {
                std::array::from_fn(|row| left.get([first + row, k]).copied().unwrap_or(0.0))
            }));
        }
        for first_column in (0..right.ncols()).step_by(TILE_COLUMNS) {
            let column = |k, column| {
                right
                    .get([k, first_column + column])
                    .copied()
                    .unwrap_or(0.0)
            };
            self.right.clear();
            self.right.extend((0..depth).map(|k| {
                [0, F32x4::LANES].map(|half| std::array::from_fn(|idx| column(k, half + idx)))
            }));
            for (tile, left) in self.left.chunks_exact(depth).enumerate() {
                let sums = tile_of(left, &self.right);
                let rows = out.rows_mut().into_iter().skip(tile * TILE_ROWS);
                for (mut row, sums) in rows.zip(sums) {
                    let places = row.iter_mut().skip(first_column);
                    for (place, sum) in places.zip(sums.as_flattened()) {
                        *place += sum;
                    }
                }
            }
        }
    }
}

/// The sums of four rows with eight columns.
fn tile_of(
    left: &[[f32; TILE_ROWS]],
    right: &[[[f32; F32x4::LANES]; 2]],
) -> [[[f32; F32x4::LANES]; 2]; TILE_ROWS] {
    let mut sums = [[F32x4::splat(0.0); 2]; TILE_ROWS];
    for (left, right) in left.iter().zip(right) {
        let right = right.map(F32x4::from);
        for (sums, &x) in sums.iter_mut().zip(left) {
            let x = F32x4::splat(x);
            for (sum, right) in sums.iter_mut().zip(right) {
                *sum = *sum + x * right;
            }
        }
    }
    sums.map(|sums| sums.map(F32x4::to_array))
}
