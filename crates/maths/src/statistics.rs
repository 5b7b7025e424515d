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
pub fn range_of(values: &[f32]) -> (f64, f64) {
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
/// the ranges of all `series`, so that their histograms can be compared bin by bin.
///
/// The width is 1, 2, 2.5 or 5 times a power of ten, the smallest that needs no more bins, and the
/// edges are its multiples. Equal values get bins around them; without any finite value the bins are
/// those around 0. Values too close for `f32` edges between them share a bin.
pub fn shared_bins<'a>(
    series: impl IntoIterator<Item = &'a Summary>,
    n_bins: usize,
    edges: &mut Vec<f32>,
) {
    // One bin could not hold values on both sides of 0, which is always an edge.
    let n_bins = n_bins.max(2) as f64;
    // min and max pass over NaN, the range of a series without finite values.
    let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
    for summary in series {
        min = min.min(summary.min);
        max = max.max(summary.max);
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
/// edges themselves, exactly.
pub fn count_into(values: &[f32], edges: &[f32], counts: &mut Vec<u32>) -> usize {
    counts.clear();
    counts.resize(edges.len().saturating_sub(1), 0);
    let (&[first, .., last], Some(last_bin)) = (edges, counts.len().checked_sub(1)) else {
        return values.len();
    };
    if let Some(places) = Places::between(edges) {
        return count_by_place(values, &places, edges, counts);
    }
    let mut n_left_out = 0;
    for &x in values {
        if first <= x && x <= last {
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

/// Tells between which edges a value lies by arithmetic alone, or which edge it is next to.
///
/// A *place* is how many bins lie below a value. It never decreases as x grows, because no rounded
/// difference or product does. So where every edge's place is found to be its number, give or take a
/// margin below a quarter, a value whose place is k and more than the margin lies in bin k, and any other is
/// within the margin of one edge: one comparison with that edge tells the bin.
struct Places {
    first: F32x4,
    bins_per_unit: F32x4,
    /// How far an edge is from its number at most.
    margin: f32,
    last_idx: F32x4,
}

impl Places {
    /// How many edges there may be, so that a byte has room for their numbers and one more.
    const MOST: usize = 255;
    /// Beyond this margin most values would be compared.
    const WIDEST: f32 = 0.25;

    /// `None` where the edges are too many, or not as equally wide as that.
    fn between(edges: &[f32]) -> Option<Self> {
        let &[first, .., last] = edges else {
            return None;
        };
        let last_idx = edges.len() - 1;
        let bins_per_unit = last_idx as f64 / (f64::from(last) - f64::from(first));
        let mut places = Self {
            first: F32x4::splat(first),
            bins_per_unit: F32x4::splat(bins_per_unit as f32),
            margin: 0.0,
            last_idx: F32x4::splat(last_idx as f32),
        };
        for (idx, &edge) in edges.iter().enumerate() {
            let [place, ..] = places.of(F32x4::splat(edge)).to_array();
            let distance = (place - idx as f32).abs();
            // Not where it is NaN, as of edges that are infinitely far apart.
            let is_near = distance < Self::WIDEST;
            if !is_near {
                return None;
            }
            places.margin = places.margin.max(distance);
        }
        // A value that is further than the margin is further than any edge.
        places.margin += f32::EPSILON;
        (edges.len() <= Self::MOST).then_some(places)
    }

    /// The place of each lane, at most that of the last edge; NaN for NaN.
    #[inline(always)]
    fn of(&self, x: F32x4) -> F32x4 {
        ((x - self.first) * self.bins_per_unit).min(self.last_idx)
    }

    /// The number of the edge next to a place; any for NaN.
    #[inline(always)]
    fn nearest(&self, place: F32x4) -> [u8; F32x4::LANES] {
        let idx = place + F32x4::splat(0.5);
        idx.max(F32x4::splat(0.0)).truncate().map(|idx| idx as u8)
    }
}

/// As [`count_into`], four values at a time.
fn count_by_place(values: &[f32], places: &Places, edges: &[f32], counts: &mut [u32]) -> usize {
    // As many as a byte can tell apart: then no index needs a check. The last edge is the first number
    // beyond the last bin, which its right edge belongs to.
    let mut starts = [f32::INFINITY; 256];
    starts[..edges.len()].copy_from_slice(edges);
    starts[edges.len() - 1] = edges[edges.len() - 1].next_up();
    // Every lane has counts of its own: neighbours are often in the same bin, and one addition would wait
    // for the other. What lies outside of the edges is counted beyond the last bin, the 256th for what
    // lies below.
    let mut n_of = [[0_u32; F32x4::LANES]; 256];
    let bin = |x: f32, nearest: u8| {
        // NaN reaches nothing.
        let reaches = x >= starts[usize::from(nearest)];
        usize::from(nearest.wrapping_sub(u8::from(!reaches)))
    };
    let margins = [places.margin, 1.0 - places.margin].map(F32x4::splat);
    let (fours, rest) = values.as_chunks();
    for &four in fours {
        let place = places.of(four.into());
        let whole = place.truncate();
        if (place - F32x4::from(whole)).are_between(margins) {
            for lane in 0..F32x4::LANES {
                n_of[usize::from(whole[lane] as u8)][lane] += 1;
            }
        } else {
            let nearest = places.nearest(place);
            for lane in 0..F32x4::LANES {
                n_of[bin(four[lane], nearest[lane])][lane] += 1;
            }
        }
    }
    for &x in rest {
        let [nearest, ..] = places.nearest(places.of(F32x4::splat(x)));
        n_of[bin(x, nearest)][0] += 1;
    }
    for (count, lanes) in counts.iter_mut().zip(&n_of) {
        *count = lanes.iter().sum();
    }
    values.len() - counts.iter().map(|&count| count as usize).sum::<usize>()
}
