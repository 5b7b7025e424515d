//! Numbers and histograms that describe a series of values.
//!
//! Moments are central and biased (divided by n), as `numpy.mean` and `numpy.std` have them. Bins
//! are half-open, `edges[k] <= x < edges[k + 1]`, the last one closed, as in `numpy.histogram`.

use std::ops::Mul;

use lanes::{F32x4, F64x2};

use crate::sum::{sum_of, sums_of};

/// What a series is like. All but the counts speak of its finite values only.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    /// How many values there are.
    pub n: usize,
    /// How many of them are finite: neither NaN nor infinite.
    pub n_finite: usize,
    /// The smallest; NaN if none is finite.
    pub min: f64,
    /// The largest; NaN if none is finite.
    pub max: f64,
    /// The mean; NaN if none is finite.
    pub mean: f64,
    /// The biased standard deviation √(Σ(x − mean)²/n); 0 if all are equal, NaN if none is finite.
    pub std: f64,
    /// Σ(x − mean)³/n / std³: 0 for a symmetric series; NaN where std is 0 or NaN.
    pub skewness: f64,
    /// Excess kurtosis Σ(x − mean)⁴/n / std⁴ − 3: 0 for a normal distribution, −1.2 for a uniform one;
    /// NaN where std is 0 or NaN.
    pub kurtosis: f64,
}

/// The summary of `values`, in two passes in `f64`: the mean, then the central moments.
pub fn summarize(values: &[f32]) -> Summary {
    let n = values.len();
    let (min, max) = range_of(values);
    let plain_mean = sum_of(values, |x| x) / n as f64;
    // Only NaN, an infinity or an empty series make the plain mean other than finite.
    let (n_finite, mean, moments) = if plain_mean.is_finite() {
        let mean = F64x2::splat(plain_mean);
        let sums = sums_of(values, |x| powers(x - mean));
        (n, plain_mean, sums.map(|sum| sum / n as f64))
    } else {
        let n_finite = finite(values).count() as f64;
        let mean = finite(values).sum::<f64>() / n_finite;
        let mut sums = [0.0; 3];
        for x in finite(values) {
            for (sum, power) in sums.iter_mut().zip(powers(x - mean)) {
                *sum += power;
            }
        }
        (n_finite as usize, mean, sums.map(|sum| sum / n_finite))
    };
    let [variance, third, fourth] = moments;
    let (skewness, kurtosis) = if variance > 0.0 {
        (
            third / (variance * variance.sqrt()),
            fourth / (variance * variance) - 3.0,
        )
    } else {
        (f64::NAN, f64::NAN)
    };
    Summary {
        n,
        n_finite,
        min,
        max,
        mean,
        std: variance.sqrt(),
        skewness,
        kurtosis,
    }
}

/// d², d³, d⁴
#[inline(always)]
fn powers<T: Copy + Mul<Output = T>>(d: T) -> [T; 3] {
    let squared = d * d;
    [squared, squared * d, squared * squared]
}

/// The finite ones among the values.
fn finite(values: &[f32]) -> impl Iterator<Item = f64> {
    values.iter().filter(|x| x.is_finite()).map(|&x| x.into())
}

/// The smallest and the largest finite value, in `f64`; NaN if there is none.
fn range_of(values: &[f32]) -> (f64, f64) {
    // These pass over NaN, but not over infinities.
    let mut min = F32x4::splat(f32::INFINITY);
    let mut max = F32x4::splat(f32::NEG_INFINITY);
    let (fours, rest) = values.as_chunks();
    for &four in fours {
        min = min.min(four.into());
        max = max.max(four.into());
    }
    for &x in rest {
        min = min.min(F32x4::splat(x));
        max = max.max(F32x4::splat(x));
    }
    let min = min.to_array().into_iter().fold(f32::INFINITY, f32::min);
    let max = max.to_array().into_iter().fold(f32::NEG_INFINITY, f32::max);
    if min.is_finite() && max.is_finite() {
        return (min.into(), max.into());
    }
    // f64::min and f64::max give the other one where one is NaN.
    (
        finite(values).fold(f64::NAN, f64::min),
        finite(values).fold(f64::NAN, f64::max),
    )
}

/// Makes `edges` the edges of at most `n_bins` bins (at least two) of equal, round width that cover
/// every finite value of all `series`, so that their histograms can be compared bin by bin.
///
/// The width is 1, 2, 2.5 or 5 times a power of ten, the smallest that needs no more bins, and the
/// edges are its multiples. Equal values get bins around them; without any finite value the bins are
/// those around 0. Values too close for `f32` edges between them share a bin.
pub fn shared_bins(series: &[&[f32]], n_bins: usize, edges: &mut Vec<f32>) {
    // One bin could not hold values on both sides of 0, which is always an edge.
    let n_bins = n_bins.max(2) as f64;
    // min and max pass over NaN, the range of a series without finite values.
    let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
    for values in series {
        let (series_min, series_max) = range_of(values);
        min = min.min(series_min);
        max = max.max(series_max);
    }
    if min > max {
        (min, max) = (0.0, 0.0);
    }
    let (min, max) = widened(min, max, n_bins);

    // One decade below the narrowest possible width, so that rounding in the logarithm is no matter.
    let mut exponent = ((max - min) / n_bins).log10().floor() as i32 - 1;
    loop {
        for mantissa in [1.0, 2.0, 2.5, 5.0] {
            let width = RoundWidth { mantissa, exponent };
            let (first, last) = (width.last_up_to(min), width.first_from(max));
            if last - first <= n_bins {
                edges.clear();
                let multiples = (0..=(last - first) as usize).map(|idx| first + idx as f64);
                edges.extend(multiples.map(|multiple| width.times(multiple)));
                return;
            }
        }
        exponent += 1;
    }
}

/// mantissa · 10^exponent
struct RoundWidth {
    mantissa: f64,
    exponent: i32,
}

impl RoundWidth {
    /// A multiple as an edge, rounded once: dividing by 10 gives the nearest number to 0.3,
    /// multiplying by 0.1 does not. An edge beyond the largest `f32` comes back to it.
    fn times(&self, multiple: f64) -> f32 {
        let power = 10_f64.powi(self.exponent.abs());
        let count = multiple * self.mantissa;
        let edge = if self.exponent < 0 {
            count / power
        } else {
            count * power
        };
        edge.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
    }

    /// The last multiple whose edge is not above x. Edges are `f32` like the data: the `f32` next to
    /// 0.7 lies below 0.7, but it is the edge 0.7.
    fn last_up_to(&self, x: f64) -> f64 {
        let multiple = (x / self.size()).floor();
        let next_fits = f64::from(self.times(multiple + 1.0)) <= x;
        if next_fits { multiple + 1.0 } else { multiple }
    }

    /// The first multiple whose edge is not below x.
    fn first_from(&self, x: f64) -> f64 {
        -self.last_up_to(-x)
    }

    fn size(&self) -> f64 {
        self.mantissa * 10_f64.powi(self.exponent)
    }
}

/// A range wide enough to be cut into bins: around equal values half of their size to each side, and
/// never so narrow that neighbouring edges would be the same `f32`.
fn widened(min: f64, max: f64, n_bins: f64) -> (f64, f64) {
    let size = min.abs().max(max.abs());
    let wanted = if min < max {
        0.0
    } else if size > 0.0 {
        size
    } else {
        1.0
    };
    let spacing = f64::from(f32::EPSILON) * size.max(f64::from(f32::MIN_POSITIVE));
    let missing = (wanted.max(2.0 * spacing * n_bins) - (max - min)).max(0.0);
    let (largest, half) = (f64::from(f32::MAX), missing / 2.0);
    ((min - half).max(-largest), (max + half).min(largest))
}

/// Counts `values` into the bins between `edges` (ascending, at least two for there to be a bin) and
/// returns how many it left out: NaN, infinities, and what lies outside the edges.
///
/// Bin k holds `edges[k] <= x < edges[k + 1]`, the last one its right edge too: compared with the
/// edges themselves, exactly. The bin is guessed first, at once right where the bins are equally wide.
pub fn count_into(values: &[f32], edges: &[f32], counts: &mut Vec<u32>) -> usize {
    counts.clear();
    counts.resize(edges.len().saturating_sub(1), 0);
    let (&[first, .., last], Some(last_bin)) = (edges, counts.len().checked_sub(1)) else {
        return values.len();
    };
    let bins_per_unit = (counts.len() as f64 / (f64::from(last) - f64::from(first))) as f32;
    let mut n_left_out = 0;
    for &x in values {
        // The cast makes NaN 0 and keeps the rest within usize.
        let guess = (((x - first) * bins_per_unit) as usize).min(last_bin);
        if edges[guess] <= x && x < edges[guess + 1] {
            counts[guess] += 1;
        } else if first <= x && x <= last {
            counts[bin_of(x, edges, last_bin)] += 1;
        } else {
            n_left_out += 1;
        }
    }
    n_left_out
}

/// The bin of a value that lies within the edges.
fn bin_of(x: f32, edges: &[f32], last_bin: usize) -> usize {
    let n_edges_up_to_x = edges.partition_point(|&edge| edge <= x);
    n_edges_up_to_x.saturating_sub(1).min(last_bin)
}
