//! Arrays instead of registers, with the results that WebAssembly's instructions have.

use std::array::from_fn;

pub(crate) type Four = [f32; 4];
pub(crate) type Two = [f64; 2];

/// Functions that do the same in each lane.
macro_rules! lane_by_lane {
    ($($name:ident($type:ty, $a:ident, $b:ident) = $result:expr;)*) => {$(
        #[inline(always)]
        pub(crate) fn $name(left: $type, right: $type) -> $type {
            from_fn(|lane| {
                let ($a, $b) = (left[lane], right[lane]);
                $result
            })
        }
    )*};
}

lane_by_lane! {
    add_four(Four, a, b) = a + b;
    sub_four(Four, a, b) = a - b;
    mul_four(Four, a, b) = a * b;
    min(Four, a, b) = if b < a { b } else { a };
    max(Four, a, b) = if a < b { b } else { a };
    differs(Four, a, b) = if a == b { 0.0 } else { 1.0 };
    add_two(Two, a, b) = a + b;
    sub_two(Two, a, b) = a - b;
    mul_two(Two, a, b) = a * b;
    div_two(Two, a, b) = a / b;
}

#[inline(always)]
pub(crate) fn splat_four(x: f32) -> Four {
    [x; 4]
}

#[inline(always)]
pub(crate) fn splat_two(x: f64) -> Two {
    [x; 2]
}

#[inline(always)]
pub(crate) fn four_of(lanes: [f32; 4]) -> Four {
    lanes
}

#[inline(always)]
pub(crate) fn array_of_four(lanes: Four) -> [f32; 4] {
    lanes
}

#[inline(always)]
pub(crate) fn two_of(lanes: [f64; 2]) -> Two {
    lanes
}

#[inline(always)]
pub(crate) fn array_of_two(lanes: Two) -> [f64; 2] {
    lanes
}

#[inline(always)]
pub(crate) fn abs(lanes: Four) -> Four {
    lanes.map(f32::abs)
}

#[inline(always)]
pub(crate) fn truncate(lanes: Four) -> [i32; 4] {
    #[allow(
        clippy::cast_possible_truncation,
        reason = "held to the range on purpose"
    )]
    lanes.map(|x| x as i32)
}

#[inline(always)]
pub(crate) fn converted(lanes: [i32; 4]) -> Four {
    #[allow(clippy::cast_precision_loss, reason = "rounded on purpose")]
    lanes.map(|x| x as f32)
}

#[inline(always)]
pub(crate) fn are_between(lanes: Four, low: Four, high: Four) -> bool {
    (0..4).all(|lane| low[lane] <= lanes[lane] && lanes[lane] <= high[lane])
}

#[inline(always)]
pub(crate) fn widen([a, b, c, d]: Four) -> [Two; 2] {
    [[a, b], [c, d]].map(|half| half.map(f64::from))
}

#[inline(always)]
pub(crate) fn narrow([a, b]: Two, [c, d]: Two) -> Four {
    #[allow(clippy::cast_possible_truncation, reason = "rounded on purpose")]
    [a, b, c, d].map(|x| x as f32)
}
