//! Least squares with a constant and a little ridge: what a linear readout of a vector can know.
//!
//! W minimises Σ ‖y − W(x − x̄) − ȳ‖² + λ ‖W‖²; the constant is not held back by λ. By Cholesky's
//! decomposition in `f64`: of XᵀX + λI (d, d), or where there are fewer rows than features, of XXᵀ + λI (n,
//! n), which gives the same W.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

use lanes::F64x2;
use ndarray::ArrayView2;

/// The ridge λ of the page's probes: enough for columns that repeat each other, too little to be seen.
pub const RIDGE: f64 = 1e-6;

/// A fitted readout and the memory it was made in.
///
/// Cost of fitting n rows of d features with m targets, native: with s the smaller and l the larger of n and
/// d, s²·l/2 · 0.2 ns, and s²·(s/6 + m) · 0.3 ns.
#[derive(Clone, Debug, Default)]
pub struct Ridge {
    n_features: usize,
    n_targets: usize,
    /// x̄. (d)
    mean_x: Vec<f64>,
    /// ȳ. (m)
    mean_y: Vec<f64>,
    /// X − x̄. (n, d)
    centred: Vec<f64>,
    /// The same with features as rows. (d, n)
    transposed: Vec<f64>,
    /// XᵀX + λI or XXᵀ + λI, then its lower triangle L. (s, s)
    lower: Vec<f64>,
    /// One target's right-hand side, then its solution. (s)
    solution: Vec<f64>,
    /// The row that is predicted from. (d)
    row: Vec<f64>,
    /// W. (m, d)
    weights: Vec<f64>,
    n_rows: usize,
    ridge: f64,
    /// The first row of L that is still to be made.
    next: usize,
}

impl Ridge {
    /// Fits y (n, m) from x (n, d), row by row, as far as both have rows. Targets that are 0 cost nothing, so
    /// that m may be many classes, one of them 1. Without rows, and where something is NaN, everything is
    /// NaN. Allocates only when there was never so much.
    pub fn fit(&mut self, x: ArrayView2<'_, f32>, y: ArrayView2<'_, f64>, ridge: f64) {
        self.begin(x, y, ridge);
        self.go_on(y, usize::MAX);
    }

    /// Begins to fit, in steps that fit between frames.
    pub fn begin(&mut self, x: ArrayView2<'_, f32>, y: ArrayView2<'_, f64>, ridge: f64) {
        let n_rows = x.nrows().min(y.nrows());
        (self.n_features, self.n_targets) = (x.ncols(), y.ncols());
        (self.n_rows, self.ridge, self.next) = (n_rows, ridge, 0);
        self.centre(x, y, n_rows);
        if self.is_of_features() {
            self.transpose();
        }
        let n = self.n_features.min(n_rows);
        // What is above the diagonal is never read.
        self.lower.resize(n * n, 0.0);
    }

    /// Goes on for about so many products, with the y of the beginning; returns whether it is fitted.
    pub fn go_on(&mut self, y: ArrayView2<'_, f64>, n_products: usize) -> bool {
        let n = self.n_features.min(self.n_rows);
        let rows = if self.is_of_features() {
            &self.transposed
        } else {
            &self.centred
        };
        let len = rows.len() / n.max(1);
        let mut left = n_products;
        while self.next < n && left > 0 {
            decompose_row(rows, n, self.next, self.ridge, &mut self.lower);
            left = left.saturating_sub((self.next + 1) * len);
            self.next += 1;
        }
        if self.next < n {
            return false;
        }
        if self.is_of_features() {
            self.solve_features(y);
        } else {
            self.solve_rows(y);
        }
        true
    }

    /// Whether W is made from XᵀX, which is then the smaller one.
    fn is_of_features(&self) -> bool {
        self.n_features <= self.n_rows
    }

    /// W, shape (m, d), row by row.
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// W(x − x̄) + ȳ into `out` (m). A row shorter than d counts as x̄ beyond its end.
    pub fn predict_into(&mut self, x: &[f32], out: &mut [f64]) {
        self.row.clear();
        let features = x.iter().zip(&self.mean_x);
        self.row
            .extend(features.map(|(&x, mean)| f64::from(x) - mean));
        out.fill(f64::NAN);
        for (target, (out, mean_y)) in out.iter_mut().zip(&self.mean_y).enumerate() {
            let first = target * self.n_features;
            let weights = &self.weights[first..first + self.n_features];
            *out = mean_y + dot(weights, &self.row);
        }
    }

    fn centre(&mut self, x: ArrayView2<'_, f32>, y: ArrayView2<'_, f64>, n_rows: usize) {
        refill(&mut self.mean_x, self.n_features);
        refill(&mut self.mean_y, self.n_targets);
        for row in x.rows().into_iter().take(n_rows) {
            for (mean, &x) in self.mean_x.iter_mut().zip(row) {
                *mean += f64::from(x);
            }
        }
        for row in y.rows().into_iter().take(n_rows) {
            for (mean, &y) in self.mean_y.iter_mut().zip(row) {
                *mean += y;
            }
        }
        for mean in self.mean_x.iter_mut().chain(&mut self.mean_y) {
            *mean /= n_rows as f64;
        }
        self.centred.clear();
        for row in x.rows().into_iter().take(n_rows) {
            let features = row.into_iter().zip(&self.mean_x);
            self.centred
                .extend(features.map(|(&x, mean)| f64::from(x) - mean));
        }
    }

    fn transpose(&mut self) {
        let (n_features, n_rows) = (self.n_features, self.n_rows);
        refill(&mut self.transposed, n_features * n_rows);
        for (row_idx, row) in self.centred.chunks_exact(n_features.max(1)).enumerate() {
            for (feature, &x) in row.iter().enumerate() {
                self.transposed[feature * n_rows + row_idx] = x;
            }
        }
    }

    /// W from XᵀX: s = d.
    fn solve_features(&mut self, y: ArrayView2<'_, f64>) {
        let n_features = self.n_features;
        // Xᵀ(y − ȳ) = Xᵀy, because X is centred.
        refill(&mut self.weights, self.n_targets * n_features);
        for (x, y) in self.centred.chunks_exact(n_features.max(1)).zip(y.rows()) {
            let targets = self.weights.chunks_exact_mut(n_features.max(1)).zip(y);
            for (right, &y) in targets.filter(|(_, y)| **y != 0.0) {
                add_scaled(right, y, x);
            }
        }
        for right in self.weights.chunks_exact_mut(n_features.max(1)) {
            solve(&self.lower, right);
        }
    }

    /// W = αᵀX with α from XXᵀ: s = n.
    fn solve_rows(&mut self, y: ArrayView2<'_, f64>) {
        let (n_features, n_rows) = (self.n_features, self.n_rows);
        refill(&mut self.weights, self.n_targets * n_features);
        let targets = self.weights.chunks_exact_mut(n_features.max(1));
        for ((weights, column), mean_y) in targets.zip(y.columns()).zip(&self.mean_y) {
            self.solution.clear();
            self.solution
                .extend(column.into_iter().take(n_rows).map(|y| y - mean_y));
            solve(&self.lower, &mut self.solution);
            for (x, &alpha) in self
                .centred
                .chunks_exact(n_features.max(1))
                .zip(&self.solution)
            {
                add_scaled(weights, alpha, x);
            }
        }
    }
}

/// 1 − Σ (y − ŷ)² / Σ (y − mean y)²: 1 for a perfect prediction, 0 for one no better than the mean, below for
/// a worse one. NaN where y does not vary.
pub fn r_squared(actual: &[f64], predicted: &[f64]) -> f64 {
    let mean = actual.iter().sum::<f64>() / actual.len() as f64;
    let (mut residual, mut total) = (0.0, 0.0);
    for (y, predicted) in actual.iter().zip(predicted) {
        residual += (y - predicted) * (y - predicted);
        total += (y - mean) * (y - mean);
    }
    1.0 - residual / total
}

fn refill(values: &mut Vec<f64>, len: usize) {
    values.clear();
    values.resize(len, 0.0);
}

/// Row `i` of L, where MMᵀ + λI = LLᵀ for the `n` rows of a matrix, from those before; what lies above L's diagonal stays
/// undefined. (n, n)
fn decompose_row(rows: &[f64], n: usize, i: usize, ridge: f64, lower: &mut [f64]) {
    let len = rows.len() / n.max(1);
    let row = |idx: usize| &rows[idx * len..(idx + 1) * len];
    let (above, here) = lower.split_at_mut(i * n);
    for j in 0..i {
        let before = &above[j * n..j * n + j];
        let value = dot(row(i), row(j)) - dot(&here[..j], before);
        here[j] = value / above[j * n + j];
    }
    let pivot = dot(row(i), row(i)) + ridge - dot(&here[..i], &here[..i]);
    // It is at least λ; rounding may say otherwise. A NaN stays.
    here[i] = if pivot < ridge { ridge } else { pivot }.sqrt();
}

/// x of LLᵀx = b, in the place of b. (n)
fn solve(lower: &[f64], b: &mut [f64]) {
    let n = b.len();
    for i in 0..n {
        let row = &lower[i * n..i * n + i];
        b[i] = (b[i] - dot(row, &b[..i])) / lower[i * n + i];
    }
    for i in (0..n).rev() {
        let (before, here) = b.split_at_mut(i);
        here[0] /= lower[i * n + i];
        add_scaled(before, -here[0], &lower[i * n..i * n + i]);
    }
}

/// Numbers in a step of the loops below: enough sums side by side that none waits for the one before.
const STEP: usize = 8;

/// Σ a b
#[inline(always)]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let n_steps = a.len().min(b.len()) / STEP;
    let (steps_a, steps_b) = (
        &a.as_chunks::<STEP>().0[..n_steps],
        &b.as_chunks::<STEP>().0[..n_steps],
    );
    let mut sums = [F64x2::splat(0.0); STEP / 2];
    for idx in 0..n_steps {
        let (a, b) = (pairs(steps_a[idx]), pairs(steps_b[idx]));
        for (sum, (&a, &b)) in sums.iter_mut().zip(a.iter().zip(&b)) {
            *sum = *sum + a * b;
        }
    }
    let rest = a.iter().zip(b).skip(n_steps * STEP);
    total(sums) + rest.map(|(a, b)| a * b).sum::<f64>()
}

/// out += factor · x
#[inline(always)]
fn add_scaled(out: &mut [f64], factor: f64, x: &[f64]) {
    let factors = F64x2::splat(factor);
    let (out_pairs, out_rest) = out.as_chunks_mut::<2>();
    let (x_pairs, x_rest) = x.as_chunks::<2>();
    for (out, &x) in out_pairs.iter_mut().zip(x_pairs) {
        *out = (F64x2::from(*out) + factors * F64x2::from(x)).to_array();
    }
    for (out, x) in out_rest.iter_mut().zip(x_rest) {
        *out += factor * x;
    }
}

#[inline(always)]
fn pairs(step: [f64; STEP]) -> [F64x2; STEP / 2] {
    let [a, b, c, d, e, f, g, h] = step;
    [[a, b], [c, d], [e, f], [g, h]].map(F64x2::from)
}

#[inline(always)]
fn total([a, b, c, d]: [F64x2; STEP / 2]) -> f64 {
    let [low, high] = ((a + b) + (c + d)).to_array();
    low + high
}
