//! The least and the largest of many values.

use lanes::F32x4;
use ndarray::ArrayView2;

/// Whether the values of each row stand side by side in memory.
pub(crate) fn is_in_one_piece(values: &ArrayView2<f32>) -> bool {
    let first = values.rows().into_iter().next();
    first.is_none_or(|row| row.to_slice().is_some())
}

/// The least and the largest of the finite values; `None` if none is finite. Four million values take about
/// a millisecond.
pub fn finite_range(values: &ArrayView2<f32>) -> Option<(f32, f32)> {
    // Whichever way the values lie in memory: their order makes no difference.
    let values = if is_in_one_piece(values) {
        values.view()
    } else {
        values.view().reversed_axes()
    };
    let mut least = f32::INFINITY;
    let mut largest = f32::NEG_INFINITY;
    for row in values.rows() {
        let (mut min, mut max) = match row.to_slice() {
            Some(row) => range_of(row),
            None => (f32::NEG_INFINITY, f32::INFINITY),
        };
        if min.is_infinite() || max.is_infinite() {
            // With infinities among them, one by one.
            (min, max) = (f32::INFINITY, f32::NEG_INFINITY);
            for &value in row.iter().filter(|value| value.is_finite()) {
                (min, max) = (min.min(value), max.max(value));
            }
        }
        (least, largest) = (least.min(min), largest.max(max));
    }
    (least <= largest).then_some((least, largest))
}

/// Values that are compared at once: one register is not enough to keep the machine busy.
const STRIP: usize = 4 * F32x4::LANES;

/// The least and the largest of the values that are not NaN.
fn range_of(row: &[f32]) -> (f32, f32) {
    let (strips, rest) = row.as_chunks::<STRIP>();
    let mut min = [F32x4::splat(f32::INFINITY); STRIP / F32x4::LANES];
    let mut max = [F32x4::splat(f32::NEG_INFINITY); STRIP / F32x4::LANES];
    for strip in strips {
        for (k, &lanes) in strip.as_chunks().0.iter().enumerate() {
            let lanes = F32x4::from(lanes);
            // NaN is never the smaller or the larger one.
            min[k] = min[k].min(lanes);
            max[k] = max[k].max(lanes);
        }
    }
    let mins = min.iter().flat_map(|lanes| lanes.to_array());
    let maxs = max.iter().flat_map(|lanes| lanes.to_array());
    let rest = || rest.iter().copied();
    (
        mins.chain(rest()).fold(f32::INFINITY, f32::min),
        maxs.chain(rest()).fold(f32::NEG_INFINITY, f32::max),
    )
}
