//! Which cells of the block (B, T, C) share their mean and variance.

use std::ops::Range;

use super::norm::Norm;

/// A cell of the block: sample, token, feature.
pub type Cell = [usize; 3];

/// How a norm divides the block (B, T, C) into groups of cells with one mean and one variance each.
///
/// A group is always a box: so many rows in a row, so many features side by side. It is therefore
/// computed and never stored. Groups are numbered box after box, rows first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    n_rows: usize,
    seq_len: usize,
    n_features: usize,
    rows_per_group: usize,
    features_per_group: usize,
}

impl Groups {
    /// The groups of a norm on `n_rows` = B·T rows of `n_features` = C features. Norms without
    /// statistics (DyT, none) have no groups.
    ///
    /// | norm | a group is | so many groups |
    /// |---|---|---|
    /// | layer, rms | the features of one token | B·T |
    /// | batch | one feature in all samples and tokens | C |
    /// | instance | one feature of one sample in all tokens | B·C |
    /// | group | C/G features of one sample in all tokens | B·G |
    pub fn of(norm: Norm, n_rows: usize, seq_len: usize, n_features: usize) -> Self {
        let seq_len = seq_len.max(1);
        let (rows_per_group, features_per_group) = match norm {
            Norm::Layer | Norm::Rms => (1, n_features),
            Norm::Batch(_) => (n_rows, 1),
            Norm::Instance => (seq_len, 1),
            Norm::Group { n_groups } => {
                let n_groups = nearest_divisor(n_groups, n_features);
                (seq_len, n_features / n_groups)
            }
            Norm::DyT { .. } | Norm::None => (0, 0),
        };
        Self {
            n_rows,
            seq_len,
            n_features,
            rows_per_group,
            features_per_group,
        }
    }

    /// How many groups there are: as many pairs of mean and variance.
    pub fn count(&self) -> usize {
        match (self.rows_per_group, self.features_per_group) {
            (0, _) | (_, 0) => 0,
            (rows, features) => self.n_rows.div_ceil(rows) * (self.n_features / features),
        }
    }

    /// How many cells share a mean and a variance, padding included.
    pub fn size(&self) -> usize {
        self.rows_per_group * self.features_per_group
    }

    /// The group of a cell; `None` outside the block, and where there are no groups.
    pub fn group_of(&self, [sample, token, feature]: Cell) -> Option<usize> {
        let row_idx = sample.checked_mul(self.seq_len)?.checked_add(token)?;
        let inside = token < self.seq_len && row_idx < self.n_rows && feature < self.n_features;
        (inside && self.size() > 0)
            .then(|| self.of_row(row_idx) + feature / self.features_per_group)
    }

    /// Whether two cells share their mean and variance; no cell does where there are no groups.
    pub fn share(&self, one: Cell, other: Cell) -> bool {
        self.group_of(one)
            .is_some_and(|group| self.group_of(other) == Some(group))
    }

    /// The first group of a row; 0 where there are no groups.
    pub(super) fn of_row(&self, row_idx: usize) -> usize {
        match (self.rows_per_group, self.features_per_group) {
            (0, _) | (_, 0) => 0,
            (rows, features) => row_idx / rows * (self.n_features / features),
        }
    }

    /// The rows that groups side by side lie in, and which groups these are, one after the other.
    pub(super) fn blocks(self) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
        let n_groups = self.count();
        let rows = self.rows_per_group.max(1);
        let side_by_side = self.n_features / self.features_per_group.max(1);
        let n_blocks = if n_groups > 0 {
            self.n_rows.div_ceil(rows)
        } else {
            0
        };
        (0..n_blocks).map(move |idx| {
            let end = self.n_rows.min((idx + 1) * rows);
            (
                idx * rows..end,
                idx * side_by_side..(idx + 1) * side_by_side,
            )
        })
    }

    pub(super) fn features_per_group(&self) -> usize {
        self.features_per_group
    }

    pub(super) fn seq_len(&self) -> usize {
        self.seq_len
    }
}

/// The divisor of `n_features` nearest to `n_groups`, the smaller one of two that are equally near.
/// 1 where there are no features.
///
/// ```
/// use maths::normalize::nearest_divisor;
/// assert_eq!(nearest_divisor(5, 64), 4);
/// assert_eq!(nearest_divisor(0, 64), 1);
/// ```
pub fn nearest_divisor(n_groups: usize, n_features: usize) -> usize {
    let divisors = (1..=n_features).filter(|divisor| n_features.is_multiple_of(*divisor));
    // min_by_key keeps the first of equal ones, the smaller divisor.
    divisors
        .min_by_key(|divisor| divisor.abs_diff(n_groups))
        .unwrap_or(1)
}
