//! The axis of scores and biases.

use figures::Axis;
use ndarray::ArrayView2;

/// The lowest and the highest value; `None` where there are no numbers.
pub fn range(values: ArrayView2<'_, f32>) -> Option<[f32; 2]> {
    let finite = values.iter().filter(|it| it.is_finite());
    let ranges = finite.map(|&value| [value, value]);
    ranges.reduce(|[low, high], [value, _]| [low.min(value), high.max(value)])
}

/// An axis with these values and 0 on it, and some room.
pub fn axis(label: &'static str, range: Option<[f32; 2]>) -> Axis<'static> {
    let [low, high] = range.unwrap_or_default().map(f64::from);
    let (low, high) = (low.min(0.0), high.max(0.0));
    let room = ((high - low) * 0.05).max(1e-3);
    Axis::values(label, low - room, high + room)
}
