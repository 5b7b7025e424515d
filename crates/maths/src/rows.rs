//! Every row of a matrix against every other: Σ over features of a term of two values.
//!
//! Two queries and four keys at a time, so that a value that was loaded is used several times and eight sums
//! run side by side: the processor is then busy multiplying, not loading or waiting.

use std::ops::Range;

use lanes::F32x4;

/// Rows of `f32`, each filled up with zeros to whole registers: zeros add nothing to a product or a distance.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rows {
    n_rows: usize,
    /// Registers per row.
    n_fours: usize,
    /// (n_rows, n_fours), at least; never shrinks.
    fours: Vec<[f32; F32x4::LANES]>,
}

/// Keys that all queries pass over before the next ones are loaded: at 1024 features they take 128 KB of the
/// cache.
const KEYS_AT_ONCE: usize = 32;

impl Rows {
    /// Makes room for `n_rows` of `n_features` zeros. Allocates only when there were never so many.
    pub(crate) fn reset(&mut self, n_rows: usize, n_features: usize) {
        self.n_rows = n_rows;
        self.n_fours = n_features.div_ceil(F32x4::LANES);
        self.fours.clear();
        self.fours.resize(n_rows * self.n_fours, [0.0; 4]);
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.n_rows
    }

    fn row(&self, idx: usize) -> &[[f32; F32x4::LANES]] {
        &self.fours[idx * self.n_fours..(idx + 1) * self.n_fours]
    }

    /// Row `idx` += weight · `values`, as far as there are features.
    pub(crate) fn add_scaled(&mut self, idx: usize, weight: f32, values: &[f32]) {
        let row = &mut self.fours[idx * self.n_fours..(idx + 1) * self.n_fours];
        let weights = F32x4::splat(weight);
        let (fours, rest) = values.as_chunks();
        for (sum, &four) in row.iter_mut().zip(fours) {
            *sum = (F32x4::from(*sum) + weights * F32x4::from(four)).to_array();
        }
        if let Some(last) = row.get_mut(fours.len()) {
            for (sum, x) in last.iter_mut().zip(rest) {
                *sum += weight * x;
            }
        }
    }

    /// Multiplies row `idx` by `factor`.
    pub(crate) fn scale(&mut self, idx: usize, factor: f32) {
        let row = &mut self.fours[idx * self.n_fours..(idx + 1) * self.n_fours];
        for four in row {
            *four = (F32x4::from(*four) * F32x4::splat(factor)).to_array();
        }
    }

    /// `out[q][k]` = Σ term(query q, key k) over the features, for queries in the order given and a range of
    /// keys. Row q of `out` begins at q · stride, which is at least the number of keys. Rows and places that
    /// there are not are left out.
    #[inline(always)]
    pub(crate) fn combine(
        &self,
        queries: &(impl Iterator<Item = usize> + Clone),
        keys: Range<usize>,
        out: &mut [f32],
        stride: usize,
        term: impl Fn(F32x4, F32x4) -> F32x4 + Copy,
    ) {
        let last_key = keys.end.min(self.n_rows);
        let mut first_key = keys.start;
        while first_key < last_key {
            let keys_here = first_key..last_key.min(first_key + KEYS_AT_ONCE);
            let at = first_key - keys.start;
            let mut rows = out
                .chunks_mut(stride.max(1))
                .map(|row| row.get_mut(at..at + keys_here.len()).unwrap_or_default());
            let mut queries = queries.clone().filter(|&query| query < self.n_rows);
            while let Some(query) = queries.next() {
                // The last query of an odd number is computed twice.
                let second = queries.next();
                let pair = [query, second.unwrap_or(query)].map(|query| self.row(query));
                let places = [rows.next(), second.and_then(|_| rows.next())];
                self.combine_pair(pair, keys_here.clone(), places, term);
            }
            first_key = keys_here.end;
        }
    }

    /// Two queries against some keys.
    #[inline(always)]
    fn combine_pair(
        &self,
        queries: [&[[f32; 4]]; 2],
        keys: Range<usize>,
        mut places: [Option<&mut [f32]>; 2],
        term: impl Fn(F32x4, F32x4) -> F32x4 + Copy,
    ) {
        let mut at = 0;
        while at < keys.len() {
            // The last keys are repeated to make four.
            let four_keys =
                std::array::from_fn(|k| self.row((keys.start + at + k).min(keys.end - 1)));
            let sums = block(queries, four_keys, self.n_fours, term);
            for (places, sums) in places.iter_mut().zip(sums) {
                let places = places.iter_mut().flat_map(|places| places.iter_mut());
                for (place, sum) in places.skip(at).zip(sums) {
                    *place = sum;
                }
            }
            at += four_keys.len();
        }
    }
}

/// Σ term(query, key) of two rows against four.
#[inline(always)]
fn block(
    queries: [&[[f32; 4]]; 2],
    keys: [&[[f32; 4]]; 4],
    n_fours: usize,
    term: impl Fn(F32x4, F32x4) -> F32x4,
) -> [[f32; 4]; 2] {
    // Cut to one length before the loop: then there are no bounds checks in it.
    let queries = queries.map(|row| &row[..n_fours]);
    let keys = keys.map(|row| &row[..n_fours]);
    let mut sums = [[F32x4::splat(0.0); 4]; 2];
    for idx in 0..n_fours {
        let queries = queries.map(|row| F32x4::from(row[idx]));
        for (k, key) in keys.iter().enumerate() {
            let key = F32x4::from(key[idx]);
            for (sums, &query) in sums.iter_mut().zip(&queries) {
                sums[k] = sums[k] + term(query, key);
            }
        }
    }
    sums.map(|sums| {
        sums.map(|sum| {
            let [a, b, c, d] = sum.to_array();
            (a + b) + (c + d)
        })
    })
}
