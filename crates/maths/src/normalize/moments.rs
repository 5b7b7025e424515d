//! The mean and the variance of every group of a block (B, T, C).

use std::ops::Range;

use lanes::F64x2;
use ndarray::ArrayView2;

use super::columns;
use super::groups::Groups;
use super::padding::Padding;
use crate::sum::sum_of;

/// The rows of a block, and what padding makes of them.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    /// Row after row. (N, C)
    values: &'a [f32],
    n_features: usize,
    seq_len: usize,
    padding: Padding<'a>,
    /// What a counted row of padding holds. (C)
    zeros: &'a [f32],
}

impl<'a> Rows<'a> {
    /// `buffer` is used where the values are not side by side in memory, `zeros` for padding.
    pub(super) fn new(
        values: &'a ArrayView2<'_, f32>,
        seq_len: usize,
        padding: Padding<'a>,
        buffer: &'a mut Vec<f32>,
        zeros: &'a mut Vec<f32>,
    ) -> Self {
        zeros.resize(values.ncols(), 0.0);
        Self {
            values: side_by_side(values, buffer),
            n_features: values.ncols(),
            seq_len: seq_len.max(1),
            padding,
            zeros,
        }
    }

    /// Where the values of a row stand.
    pub(super) fn range(&self, row_idx: usize) -> Range<usize> {
        row_idx * self.n_features..(row_idx + 1) * self.n_features
    }

    /// How many of these rows are not left out.
    fn n_counted(&self, block: Range<usize>) -> usize {
        if self.padding.real_lens.is_empty() {
            return block.len();
        }
        block.filter(|&row_idx| self.get(row_idx).is_some()).count()
    }

    /// A row as a norm sees it; `None` where it is padding that is left out.
    pub(super) fn get(&self, row_idx: usize) -> Option<&'a [f32]> {
        // Most blocks have no padding, and then no row is worth a division.
        let is_padding = !self.padding.real_lens.is_empty()
            && self
                .padding
                .is_padding(row_idx / self.seq_len, row_idx % self.seq_len);
        match (is_padding, self.padding.counted) {
            (false, _) => self.values.get(self.range(row_idx)),
            (true, true) => Some(self.zeros),
            (true, false) => None,
        }
    }
}

/// The values of a matrix in row-major order, copied only if they do not lie so.
pub(super) fn side_by_side<'a>(
    values: &'a ArrayView2<'_, f32>,
    buffer: &'a mut Vec<f32>,
) -> &'a [f32] {
    values.as_slice().unwrap_or_else(|| {
        buffer.clear();
        buffer.extend(values.iter());
        buffer
    })
}

/// Batch norm in training cannot be computed: a feature has so few values (1, or 0 where all is
/// padding) that they have no spread, and all outputs would be β whatever the input. PyTorch stops
/// there too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFewValues {
    /// How many values each feature has.
    pub n_values: usize,
}

/// How the moments of a group are taken.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// Whether the mean is taken off; otherwise it counts as 0, and the variance is the mean square.
    pub(super) centred: bool,
    /// Whether the sum of squares is divided by n − 1.
    pub(super) unbiased: bool,
}

impl Kind {
    /// What the sum of squares is divided by.
    pub(super) fn degrees(self, n: f64) -> f64 {
        if self.unbiased { n - 1.0 } else { n }
    }
}

/// One `f64` for each feature.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns {
    /// Sums down the columns. (C)
    pub(super) sums: Vec<f64>,
    /// μ of each feature's group. (C)
    pub(super) mean: Vec<f64>,
    /// 1/σ of each feature's group. (C)
    pub(super) rstd: Vec<f64>,
}

impl Columns {
    pub(super) fn resize(&mut self, n_features: usize) {
        for column in [&mut self.sums, &mut self.mean, &mut self.rstd] {
            column.resize(n_features, 0.0);
        }
    }
}

/// Fills in μ and σ² of the groups that lie in the rows `block`, and returns of how many values each
/// is. As many groups stand side by side as `mean` and `variance` have places. Where that is more than
/// one, μ of each feature's group is left in `columns`.
pub(super) fn moments(
    rows: &Rows<'_>,
    block: Range<usize>,
    kind: Kind,
    columns: &mut Columns,
    [mean, variance]: [&mut [f64]; 2],
) -> usize {
    if let ([mean], [variance]) = (&mut *mean, &mut *variance) {
        let n_values = rows.n_counted(block.clone()) * rows.n_features;
        [*mean, *variance] = of_whole_rows(rows, block, kind, n_values as f64);
        return n_values;
    }
    let n_values = rows.n_counted(block.clone()) * (rows.n_features / mean.len().max(1));
    of_columns(
        rows,
        block,
        kind,
        n_values as f64,
        columns,
        [mean, variance],
    );
    n_values
}

/// μ and σ² of one group as wide as the rows.
fn of_whole_rows(rows: &Rows<'_>, block: Range<usize>, kind: Kind, n: f64) -> [f64; 2] {
    let rows_of_block = || block.clone().filter_map(|row_idx| rows.get(row_idx));
    let mean = if kind.centred {
        rows_of_block().map(|row| sum_of(row, |x| x)).sum::<f64>() / n
    } else {
        0.0
    };
    let centre = F64x2::splat(mean);
    let squares = |row| {
        sum_of(row, |x| {
            let distance = x - centre;
            distance * distance
        })
    };
    [
        mean,
        rows_of_block().map(squares).sum::<f64>() / kind.degrees(n),
    ]
}

/// μ and σ² of groups side by side.
fn of_columns(
    rows: &Rows<'_>,
    block: Range<usize>,
    kind: Kind,
    n: f64,
    columns: &mut Columns,
    [mean, variance]: [&mut [f64]; 2],
) {
    let rows_of_block = || block.clone().filter_map(|row_idx| rows.get(row_idx));
    let Columns {
        sums,
        mean: centre,
        rstd: _,
    } = columns;
    centre.fill(0.0);
    mean.fill(0.0);
    if kind.centred {
        sums.fill(0.0);
        for row in rows_of_block() {
            columns::add([row], centre, [sums], |[x], _| [x]);
        }
        divide(sums, n, mean);
        spread(mean, centre);
    }
    sums.fill(0.0);
    for row in rows_of_block() {
        columns::add([row], centre, [sums], |[x], centre| {
            let distance = x - centre;
            [distance * distance]
        });
    }
    divide(sums, kind.degrees(n), variance);
}

/// For each group the sum of its features' sums, divided by n.
fn divide(sums: &[f64], n: f64, of_groups: &mut [f64]) {
    let width = sums.len() / of_groups.len().max(1);
    for (of_group, sums) in of_groups.iter_mut().zip(sums.chunks(width.max(1))) {
        *of_group = sums.iter().sum::<f64>() / n;
    }
}

/// For each feature what its group has.
pub(super) fn spread(of_groups: &[f64], of_features: &mut [f64]) {
    let width = of_features.len() / of_groups.len().max(1);
    for (of_group, of_features) in of_groups.iter().zip(of_features.chunks_mut(width.max(1))) {
        of_features.fill(*of_group);
    }
}

/// Mean and standard deviation of each group of a block: of a norm's own groups, or of another's, to
/// compare.
#[derive(Clone, Debug, Default)]
pub struct GroupMoments {
    /// The mean of each group; NaN for one of padding only. (groups)
    pub mean: Vec<f64>,
    /// The biased standard deviation of each group. (groups)
    pub std: Vec<f64>,
    columns: Columns,
    input: Vec<f32>,
    zeros: Vec<f32>,
}

impl GroupMoments {
    /// Takes the moments of `values` (N, C), whose shape is that of the groups. Allocates nothing once
    /// it has had its largest shape.
    pub fn update(&mut self, values: ArrayView2<'_, f32>, groups: Groups, padding: Padding<'_>) {
        let Self {
            mean,
            std,
            columns,
            input,
            zeros,
        } = self;
        columns.resize(values.ncols());
        let rows = Rows::new(&values, groups.seq_len(), padding, input, zeros);
        for per_group in [&mut *mean, &mut *std] {
            per_group.clear();
            per_group.resize(groups.count(), f64::NAN);
        }
        let kind = Kind {
            centred: true,
            unbiased: false,
        };
        for (block, of_block) in groups.blocks() {
            if let (Some(mean), Some(std)) = (mean.get_mut(of_block.clone()), std.get_mut(of_block))
            {
                moments(&rows, block, kind, columns, [mean, std]);
                std.iter_mut().for_each(|moment| *moment = moment.sqrt());
            }
        }
    }
}
