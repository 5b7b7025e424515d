//! Numbers and histograms that describe a series of values.
//!
//! Moments are central and biased (divided by n), as `numpy.mean` and `numpy.std` have them. Bins
//! are half-open, `edges[k] <= x < edges[k + 1]`, the last one closed, as in `numpy.histogram`.

use crate::sum::sum_of;

/// What a series is like. All but the counts speak of its finite values only.
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// The summary of `values`, in two passes in `f64`.
// Not inlined, so that it stays compiled for speed whatever the caller is compiled for.
#[inline(never)]
pub fn summarize(values: &[f32]) -> Summary {
    // A non-finite value becomes 0 in each sum, by selection rather than by a jump.
    let n_finite = sum_of(values, |x| if x.is_finite() { 1.0 } else { 0.0 });
    let mean = sum_of(values, |x| if x.is_finite() { x } else { 0.0 }) / n_finite;
    let from_mean = |x: f64| if x.is_finite() { x - mean } else { 0.0 };
    let moment = |power: i32| sum_of(values, |x| from_mean(x).powi(power)) / n_finite;
    let variance = moment(2);
    let (skewness, kurtosis) = if variance > 0.0 {
        (
            moment(3) / variance.powf(1.5),
            moment(4) / (variance * variance) - 3.0,
        )
    } else {
        (f64::NAN, f64::NAN)
    };
    let (min, max) = finite_range(values).map_or((f64::NAN, f64::NAN), |(min, max)| {
        (f64::from(min), f64::from(max))
    });
    Summary {
        n: values.len(),
        n_finite: n_finite as usize,
        min,
        max,
        mean,
        std: variance.sqrt(),
        skewness,
        kurtosis,
    }
}

/// The smallest and the largest finite value.
fn finite_range(values: &[f32]) -> Option<(f32, f32)> {
    let (mut min, mut max) = (f32::INFINITY, f32::NEG_INFINITY);
    for &x in values {
        if x.is_finite() {
            min = min.min(x);
            max = max.max(x);
        }
    }
    (min <= max).then_some((min, max))
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
    let ranges = series.iter().filter_map(|values| finite_range(values));
    let range = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (min, max) = range.map_or((0.0, 0.0), |(min, max)| (f64::from(min), f64::from(max)));
    let (min, max) = widened(min, max, n_bins);

    // One decade below the narrowest possible width, so that rounding in the logarithm is no matter.
    let mut exponent = ((max - min) / n_bins).log10().floor() as i32 - 1;
    loop {
        for mantissa in [1.0, 2.0, 2.5, 5.0] {
            let width = RoundWidth { mantissa, exponent };
            let first = (min / width.times(1.0)).floor();
            let n_used = ((max / width.times(1.0)).ceil() - first).max(1.0);
            if n_used <= n_bins {
                edges.clear();
                // An edge beyond the largest f32 comes back to it; no value lies between.
                edges.extend((0..=n_used as usize).map(|idx| {
                    width
                        .times(first + idx as f64)
                        .clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32
                }));
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
    /// A multiple, rounded once: dividing by 10 gives the nearest number to 0.3, multiplying by 0.1 does not.
    fn times(&self, count: f64) -> f64 {
        let power = 10_f64.powi(self.exponent.abs());
        let multiple = count * self.mantissa;
        if self.exponent < 0 {
            multiple / power
        } else {
            multiple * power
        }
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
    (min - missing / 2.0, max + missing / 2.0)
}

/// Counts `values` into the bins between `edges` (ascending, at least two for there to be a bin) and
/// returns how many it left out: NaN, infinities, and what lies outside the edges.
///
/// Bin k holds edges[k] ≤ x < edges[k+1], the last one its right edge too: compared with the edges
/// themselves, exactly. One division-free guess per value, right at once where the bins are equally wide.
#[inline(never)]
pub fn count_into(values: &[f32], edges: &[f32], counts: &mut Vec<u32>) -> usize {
    counts.clear();
    counts.resize(edges.len().saturating_sub(1), 0);
    let (&[first, .., last], Some(last_bin)) = (edges, counts.len().checked_sub(1)) else {
        return values.len();
    };
    let bins_per_unit = counts.len() as f64 / (f64::from(last) - f64::from(first));
    let mut n_left_out = 0;
    for &x in values {
        if !(first <= x && x <= last) {
            n_left_out += 1;
            continue;
        }
        let guess = (f64::from(x) - f64::from(first)) * bins_per_unit;
        let mut bin = (guess as usize).min(last_bin);
        while x < edges[bin] {
            bin -= 1;
        }
        while bin < last_bin && x >= edges[bin + 1] {
            bin += 1;
        }
        counts[bin] += 1;
    }
    n_left_out
}
