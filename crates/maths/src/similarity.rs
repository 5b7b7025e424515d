//! How alike the rows of a table are: position against position, and by offset.
//!
//! For sinusoids PE(p) · PE(q) = Σ_i cos((q − p) ω_i): it depends on the offset only, is the same forwards
//! and backwards, and falls on average, not steadily. [`Similarity`] and [`Offsets`] use nothing of that: they measure
//! the table's `f32`, whatever its scheme. [`ByOffset`] does, for maps of so many positions that measuring each pair
//! would take longer than a frame.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use crate::rows::Rows;
use crate::shape::reshape;
use crate::sum::{sum_of, sums_over};

/// How two rows are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Measure {
    /// a · b
    #[default]
    Dot,
    /// a · b / (‖a‖ ‖b‖); NaN where a row is zero.
    Cosine,
}

/// The rows of a table, made ready for comparison: each with each, a block at a time.
///
/// Where there are more rows than are wanted (pixels, say), rows are averaged first: the mean of dot products
/// over a block of cells is the dot product of the mean rows, exactly. So n pixels of 4096 positions cost
/// n²·d multiplications instead of 4096²·d, and no map of all positions is ever stored. The cells under pixel
/// p of n are those of `figures::raster`, from p·N/n to (p+1)·N/n, cells at its ends weighted by the part
/// that is covered; NaN where less than half of a pixel's cells are finite, else the mean of these.
///
/// Cost, native: Q·K·d · 0.13 ns for Q queries and K keys. So a map of 512 rows of 512 features takes 10 ms
/// by [`Similarity::matrix_into`], which computes half of it, one of 600 pixels of 1024 features 26 ms, and 8
/// rows of 4096 positions of 1024 features 5 ms. Sums are `f32`, in four parts: off by some 1e-7 of the sum
/// of the terms' sizes.
#[derive(Clone, Debug, Default)]
pub struct Similarity {
    /// Normalized or averaged rows.
    rows: Rows,
    /// Which part of a row's cells is finite: 1 where it is not averaged.
    finite_part: Vec<f64>,
}

/// How many rows [`Similarity::matrix_into`] and [`Offsets::measure`] do at a time.
const BAND: usize = 32;

impl Similarity {
    /// Takes the rows of `table` (N, d), averaged to `n_most` where there are more (0 counts as 1). Rows with
    /// a NaN or an infinity are left out of means, as are zero rows under [`Measure::Cosine`]. Costs one pass
    /// over the table; allocates only when there was never so much, or when the table is not contiguous.
    pub fn prepare(&mut self, table: ArrayView2<'_, f32>, measure: Measure, n_most: usize) {
        let (n_positions, n_features) = table.dim();
        let n_rows = n_positions.min(n_most.max(1));
        self.rows.reset(n_rows, n_features);
        self.finite_part.clear();
        let table = table.as_standard_layout();
        let values = table.as_slice().unwrap_or_default();
        let row_of = |position: usize| {
            let row = &values[position * n_features..(position + 1) * n_features];
            let squared = sum_of(row, |x| x * x);
            let factor = match measure {
                Measure::Dot => 1.0,
                Measure::Cosine => squared.sqrt().recip(),
            };
            // Without a finite square or with 1/0 there is nothing to compare.
            let is_finite = squared.is_finite() && factor.is_finite();
            (row, if is_finite { factor } else { f64::NAN })
        };
        for idx in 0..n_rows {
            let mut weight_here = 0.0;
            let (from, to) = (idx * n_positions, (idx + 1) * n_positions);
            // Counted in parts of 1/n_rows of a position, so that every edge is a whole number.
            let mut position = from / n_rows;
            while position * n_rows < to {
                let begin = from.max(position * n_rows);
                let end = to.min((position + 1) * n_rows);
                let weight = (end - begin) as f64 / n_rows as f64;
                let (row, factor) = row_of(position);
                if !factor.is_nan() {
                    weight_here += weight;
                    self.rows.add_scaled(idx, (weight * factor) as f32, row);
                }
                position += 1;
            }
            // NaN for 0/0, which makes all of the row's products NaN.
            if weight_here != 1.0 {
                self.rows.scale(idx, weight_here.recip() as f32);
            }
            let whole = n_positions as f64 / n_rows as f64;
            self.finite_part.push(weight_here / whole);
        }
    }

    /// How many rows there are: those of the table, or the wanted number.
    pub fn n_rows(&self) -> usize {
        self.finite_part.len()
    }

    /// Row by row, each query against each key, into `out` (queries, keys). What lies beyond the rows or
    /// beyond `out` is left out.
    pub fn block_into(&self, queries: Range<usize>, keys: Range<usize>, out: &mut [f32]) {
        let stride = keys.len();
        self.strided_into(queries, keys, out, stride);
    }

    /// Some rows of the map, into `out` (queries, n_rows): for doing a large map in steps, of a few
    /// milliseconds each.
    pub fn rows_into(&self, queries: Range<usize>, out: &mut [f32]) {
        self.block_into(queries, 0..self.n_rows(), out);
    }

    /// The whole map (n_rows, n_rows). Allocates only when the matrix has never been so large.
    pub fn matrix_into(&self, out: &mut Array2<f32>) {
        let n = self.n_rows();
        let values = reshape(out, n, n);
        let mut first = 0;
        while first < n {
            let end = n.min(first + BAND);
            self.strided_into(first..end, first..n, &mut values[first * n + first..], n);
            // What is left of and below the diagonal is the same.
            for query in first..end {
                for key in query + 1..n {
                    values[key * n + query] = values[query * n + key];
                }
            }
            first = end;
        }
    }

    fn strided_into(
        &self,
        queries: Range<usize>,
        keys: Range<usize>,
        out: &mut [f32],
        stride: usize,
    ) {
        let n = self.n_rows();
        let [queries, keys] = [queries, keys].map(|range| range.start.min(n)..range.end.min(n));
        self.rows
            .combine(&queries, keys.clone(), out, stride, |a, b| a * b);
        // Where rows are averaged, some products may speak of less than half of their cells.
        if self.finite_part.iter().all(|&part| part == 1.0) {
            return;
        }
        let parts_of = |range| self.finite_part.get(range).unwrap_or_default();
        let (parts_of_queries, parts_of_keys) = (parts_of(queries), parts_of(keys));
        for (row, query) in out.chunks_mut(stride.max(1)).zip(parts_of_queries) {
            for (product, key) in row.iter_mut().zip(parts_of_keys) {
                if query * key < 0.5 {
                    *product = f32::NAN;
                }
            }
        }
    }
}

/// The similarity of a table in which it depends on the offset alone: its first row with each, and maps made from that.
#[derive(Clone, Debug, Default)]
pub struct ByOffset {
    /// (N)
    products: Vec<f32>,
    /// D(k) of the offsets 0 to N: D(k + 1) − 2 D(k) + D(k − 1) is the similarity at k, D(0) = 0, D(−k) = D(k).
    /// (N + 1)
    twice_summed: Vec<f64>,
}

impl ByOffset {
    /// Measures the first row against each. Costs one pass over the table; allocates only when there were never so many
    /// rows, or when the table is not contiguous.
    pub fn measure(&mut self, table: ArrayView2<'_, f32>, measure: Measure) {
        let (n_rows, n_features) = table.dim();
        let table = table.as_standard_layout();
        let values = table.as_slice().unwrap_or_default();
        let first = &values[..n_features.min(values.len())];
        self.products.clear();
        let rows = values.chunks_exact(n_features.max(1));
        match measure {
            Measure::Dot => self.products.extend(rows.map(|row| {
                let [product] = sums_over([first, row], |[a, b]| [a * b]);
                product as f32
            })),
            Measure::Cosine => {
                let squared = sum_of(first, |x| x * x);
                self.products.extend(rows.map(|row| {
                    let [product, here] = sums_over([first, row], |[a, b]| [a * b, b * b]);
                    (product / (squared * here).sqrt()) as f32
                }));
            }
        }
        // Rows without features.
        self.products.resize(n_rows, 0.0);
    }

    /// The similarity at each offset. (N)
    pub fn products(&self) -> &[f32] {
        &self.products
    }

    /// The map of at most `n_most` rows, each the mean of the positions that [`Similarity::prepare`] gives it, and
    /// within rounding the same. The mean over a block of pairs is a second difference of what was summed twice: some
    /// 2 ns for each value, however many features and positions there are.
    pub fn matrix_into(&mut self, n_most: usize, out: &mut Array2<f32>) {
        let n_positions = self.products.len();
        let n = n_positions.min(n_most.max(1));
        let values = reshape(out, n, n);
        let sums = &mut self.twice_summed;
        sums.clear();
        let (mut sum, mut step) = (0.0, 0.0);
        for &product in &self.products {
            sums.push(sum);
            // From 0 to 1 it is half a step, because it is the same on both sides.
            step += f64::from(product) * if sums.len() == 1 { 0.5 } else { 1.0 };
            sum += step;
        }
        sums.push(sum);
        let sums = &sums[..];
        // Where a pixel's edge stands: after how many whole positions, and after which part of the next one.
        let edge = |idx: usize| {
            let [whole, rest] = [idx * n_positions / n, idx * n_positions % n];
            (whole, rest as f64 / n as f64)
        };
        // Between whole positions the sum over all pairs before two edges is bilinear.
        let before = |(i, s): (usize, f64), (j, t): (usize, f64)| {
            let at = |i: usize, j: usize| sums[i.abs_diff(j).min(n_positions)];
            let both = (1.0 - s) * (1.0 - t) + s * t;
            both * at(i, j) + s * (1.0 - t) * at(i + 1, j) + (1.0 - s) * t * at(i, j + 1)
        };
        let n_pairs = (n_positions as f64 / n as f64).powi(2);
        for query in 0..n {
            let [top, bottom] = [edge(query), edge(query + 1)];
            let across = |idx: usize| before(top, edge(idx)) - before(bottom, edge(idx));
            let mut left = across(query);
            for key in query..n {
                let right = across(key + 1);
                let mean = ((right - left) / n_pairs) as f32;
                left = right;
                values[query * n + key] = mean;
                values[key * n + query] = mean;
            }
        }
    }
}

/// The similarity by offset: mean, smallest and largest over all pairs of rows that are k apart, 0 ≤ k < n.
/// (It is the same for −k.) For sinusoids the three are equal up to rounding: the band has no width.
///
/// [`Offsets::measure`] costs half of all pairs: 10 ms for 512 rows of 512 features, native. More rows than
/// that are done in steps: [`Offsets::reset`], then [`Offsets::add_block`] with what
/// [`Similarity::block_into`] gives for a few queries and the keys from the first of them on.
#[derive(Clone, Debug, Default)]
pub struct Offsets {
    sum: Vec<f64>,
    mean: Vec<f32>,
    /// Pairs that are finite.
    n_pairs: Vec<u32>,
    min: Vec<f32>,
    max: Vec<f32>,
    /// Products of one band.
    band: Vec<f32>,
}

impl Offsets {
    /// Forgets everything; offsets are then 0 to n_rows − 1.
    pub fn reset(&mut self, n_rows: usize) {
        refill(&mut self.sum, n_rows, 0.0);
        refill(&mut self.mean, n_rows, f32::NAN);
        refill(&mut self.n_pairs, n_rows, 0);
        refill(&mut self.min, n_rows, f32::NAN);
        refill(&mut self.max, n_rows, f32::NAN);
    }

    /// Takes the `products` of some queries with `n_keys` keys, shape (queries, keys), where the first key is
    /// the first query. Those with keys before the query are passed over, as is what is not finite.
    pub fn add_block(&mut self, n_keys: usize, products: &[f32]) {
        for (idx, row) in products.chunks_exact(n_keys.max(1)).enumerate() {
            let by_offset = self.sum.iter_mut().zip(&mut self.n_pairs);
            let ends = self.min.iter_mut().zip(&mut self.max);
            for (&product, ((sum, n_pairs), (min, max))) in
                row.iter().skip(idx).zip(by_offset.zip(ends))
            {
                if product.is_finite() {
                    *sum += f64::from(product);
                    *n_pairs += 1;
                    // These pass over the NaN that stands there first.
                    *min = min.min(product);
                    *max = max.max(product);
                }
            }
        }
        let sums = self.sum.iter().zip(&self.n_pairs);
        for (mean, (sum, &n_pairs)) in self.mean.iter_mut().zip(sums).take(n_keys) {
            *mean = (sum / f64::from(n_pairs)) as f32;
        }
    }

    /// All pairs of rows. Allocates only when there were never so many.
    pub fn measure(&mut self, rows: &Similarity) {
        let n = rows.n_rows();
        self.reset(n);
        let mut band = std::mem::take(&mut self.band);
        let mut first = 0;
        while first < n {
            let end = n.min(first + BAND);
            band.resize((end - first) * (n - first), 0.0);
            rows.block_into(first..end, first..n, &mut band);
            self.add_block(n - first, &band);
            first = end;
        }
        self.band = band;
    }

    /// The mean at each offset; NaN where no pair is finite. (n)
    pub fn mean(&self) -> &[f32] {
        &self.mean
    }

    /// The smallest at each offset; NaN where no pair is finite. (n)
    pub fn min(&self) -> &[f32] {
        &self.min
    }

    /// The largest at each offset; NaN where no pair is finite. (n)
    pub fn max(&self) -> &[f32] {
        &self.max
    }
}

fn refill<T: Clone>(values: &mut Vec<T>, len: usize, value: T) {
    values.clear();
    values.resize(len, value);
}
