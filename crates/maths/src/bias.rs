//! Biases that are added to attention scores, from the offset between key and query alone: shape
//! (head, query, key).
//!
//! - ALiBi (Press, Smith & Lewis 2022, §3): −m_h · (query − key) for keys up to the query, m_h from
//!   [`alibi_slope`]. Encoders take −m_h · |query − key|.
//! - T5 (Raffel et al. 2020, §2.1): one number for each head and each bucket of offsets, see [`t5_bucket`].

use ndarray::{ArrayView2, ArrayView3, Axis, ShapeBuilder as _};

use crate::normal::Normals;
use crate::random::{Kind, fill_normal, row_of};
use crate::shape::matrix_view;

/// Which keys a query may look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Keys up to the query, as in a decoder. Later ones are masked: their bias is NaN.
    #[default]
    Causal,
    /// All keys, as in an encoder.
    Both,
}

/// What the bias is made by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bias {
    /// A line per head.
    Alibi,
    /// A number per head and bucket, N(0, 1) here; a model learns them.
    T5 {
        /// How many buckets; 32 in T5. With [`Direction::Both`] half of them for keys after the query.
        n_buckets: u32,
        /// From this distance on at the latest all share the last bucket; 128 in T5.
        max_distance: u64,
        /// Another seed, other numbers.
        seed: u64,
    },
}

/// Which biases: everything they depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BiasSpec {
    /// What the bias is made by.
    pub bias: Bias,
    /// How many heads.
    pub n_heads: usize,
    /// Queries and keys T, at the same positions.
    pub seq_len: usize,
    /// Which keys a query may look at.
    pub direction: Direction,
}

/// m_h of head `head_idx` (from 0) of `n_heads`, per position.
///
/// For n a power of two 2^(−8h/n), h = 1..=n. Otherwise the p slopes of the next lower power p, then every
/// other slope of 2p, beginning with the first, until there are n: as in the authors' code, not 2^(−8h/n).
///
/// ```
/// use maths::bias::alibi_slope;
/// assert_eq!(alibi_slope(0, 8), 0.5);
/// assert_eq!(alibi_slope(8, 12), 0.5_f64.sqrt());
/// ```
pub fn alibi_slope(head_idx: usize, n_heads: usize) -> f64 {
    // The largest power of two that is not above n_heads.
    let power = n_heads.checked_ilog2().map_or(1, |exponent| 1 << exponent);
    let n = power as f64;
    let (h, n) = match head_idx.checked_sub(power) {
        None => (head_idx as f64 + 1.0, n),
        Some(further) => (2.0 * further as f64 + 1.0, 2.0 * n),
    };
    (-8.0 * h / n).exp2()
}

/// The bucket of an offset, key − query, among `n_buckets`.
///
/// Small distances have a bucket each, the larger ones share buckets that grow geometrically, and the last
/// one takes all that is left. Causal: distance n = query − key, later keys count as 0; of B = n_buckets
/// buckets the first B/2 are exact. In both directions: n = |query − key|, B = n_buckets/2 for each, keys
/// after the query in the upper half. Beyond the exact ones the bucket is B/2 + ⌊ln(n/(B/2)) /
/// ln(max_distance/(B/2)) · (B − B/2)⌋, at most B − 1.
///
/// With a `max_distance` within the exact ones all that lies beyond takes the last bucket; without buckets
/// everything is in bucket 0.
pub fn t5_bucket(offset: i64, n_buckets: u32, max_distance: u64, direction: Direction) -> u32 {
    let (n_here, first, distance) = match direction {
        Direction::Causal => (n_buckets, 0, offset.min(0).unsigned_abs()),
        Direction::Both => {
            let half = n_buckets / 2;
            let first = if offset > 0 { half } else { 0 };
            (half, first, offset.unsigned_abs())
        }
    };
    let n_exact = n_here / 2;
    if distance < n_exact.into() {
        // Smaller than a u32, so that nothing is cut off.
        return first + distance as u32;
    }
    let last = n_here.saturating_sub(1);
    if max_distance <= n_exact.into() {
        return first + last;
    }
    let exact = f64::from(n_exact);
    let part = (distance as f64 / exact).ln() / (max_distance as f64 / exact).ln();
    // At distances such as 16 of 8 and 128 the exact result is a whole number; the logarithms may miss it
    // by their last bit, differently on each platform.
    let steps = part * f64::from(n_here - n_exact) + 1e-9;
    // The cast holds an infinity (without exact buckets) to u32 and makes NaN 0.
    first + n_exact.saturating_add(steps as u32).min(last)
}

/// The biases of a changing [`BiasSpec`].
///
/// They depend on the offset alone, so that 2T − 1 numbers for each head are all there is:
/// [`BiasTable::values`] shows them as T × T for each head without storing them so, and 4096 positions cost
/// no more than a line.
#[derive(Clone, Debug, Default)]
pub struct BiasTable {
    spec: Option<BiasSpec>,
    version: u64,
    /// By offset from −(T − 1) to T − 1. (heads, 2T − 1)
    by_offset: Vec<f32>,
    /// Of T5, one head's numbers. (buckets)
    numbers: Vec<f32>,
    /// Of T5, the bucket of each offset, the same for all heads. (2T − 1)
    buckets: Vec<u32>,
}

impl BiasTable {
    /// Makes the biases and returns whether they or their shape changed. Allocates only when there were
    /// never so many.
    pub fn update(&mut self, spec: BiasSpec) -> bool {
        if self.spec == Some(spec) {
            return false;
        }
        let n_offsets = n_offsets(spec.seq_len);
        self.by_offset.clear();
        let first = 1 - spec.seq_len as i64;
        let offset_of = |idx: usize| idx as i64 + first;
        if let Bias::T5 {
            n_buckets,
            max_distance,
            ..
        } = spec.bias
        {
            // At least one, for the bucket 0 that there is always.
            self.numbers.resize(n_buckets.max(1) as usize, 0.0);
            let buckets = (0..n_offsets)
                .map(|idx| t5_bucket(offset_of(idx), n_buckets, max_distance, spec.direction));
            self.buckets.clear();
            self.buckets.extend(buckets);
        }
        let mut normals = Normals::default();
        for head in 0..spec.n_heads {
            if let Bias::T5 { seed, .. } = spec.bias {
                let row = row_of(Kind::Bias, head as u64);
                fill_normal(seed, row, 1.0, &mut self.numbers, &mut normals);
            }
            let slope = alibi_slope(head, spec.n_heads);
            for idx in 0..n_offsets {
                let offset = offset_of(idx);
                let bias = match spec.bias {
                    _ if offset > 0 && spec.direction == Direction::Causal => f32::NAN,
                    // Subtracted from 0, so that the bias of distance 0 is not −0.
                    Bias::Alibi => (0.0 - slope * offset.unsigned_abs() as f64) as f32,
                    Bias::T5 { .. } => self.numbers[self.buckets[idx] as usize],
                };
                self.by_offset.push(bias);
            }
        }
        self.spec = Some(spec);
        self.version += 1;
        true
    }

    /// The biases by offset, key − query from −(T − 1) to T − 1: shape (head, 2T − 1).
    pub fn by_offset(&self) -> ArrayView2<'_, f32> {
        let (n_heads, seq_len) = self.shape();
        matrix_view(&self.by_offset, n_heads, n_offsets(seq_len))
    }

    /// The biases, shape (head, query, key): each row of a head is the row before, moved by one. Memory order
    /// is that of [`BiasTable::by_offset`], so this is not contiguous.
    pub fn values(&self) -> ArrayView3<'_, f32> {
        let (n_heads, seq_len) = self.shape();
        let shape = (n_heads, seq_len, seq_len).strides((n_offsets(seq_len), 1, 1));
        // Without heads there is no number for a row to begin at.
        let mut view = ArrayView3::from_shape(shape, &self.by_offset)
            .unwrap_or_else(|_| matrix_view(&[], 0, 0).insert_axis(Axis(0)));
        // Query 0 begins at offset 0, the last query at −(T − 1).
        view.invert_axis(Axis(1));
        view
    }

    /// Grows with every change of the biases or their shape.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Heads and positions.
    fn shape(&self) -> (usize, usize) {
        self.spec
            .map_or((0, 0), |spec| (spec.n_heads, spec.seq_len))
    }
}

/// 2T − 1, or none.
fn n_offsets(seq_len: usize) -> usize {
    (2 * seq_len).saturating_sub(1)
}
