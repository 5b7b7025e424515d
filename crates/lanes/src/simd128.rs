//! The registers of WebAssembly.

use core::arch::wasm32::{
    f32x4_convert_i32x4, f32x4_demote_f64x2_zero, f32x4_ge, f32x4_le, f32x4_ne, f32x4_splat,
    f64x2_promote_low_f32x4, i8x16_swizzle, i32x4_all_true, i32x4_trunc_sat_f32x4, i64x2_shuffle,
    v128, v128_and, v128_or,
};

pub(crate) use core::arch::wasm32::{
    f32x4_abs as abs, f32x4_add as add_four, f32x4_mul as mul_four, f32x4_pmax as max,
    f32x4_pmin as min, f32x4_splat as splat_four, f32x4_sub as sub_four, f64x2_add as add_two,
    f64x2_div as div_two, f64x2_mul as mul_two, f64x2_splat as splat_two, f64x2_sub as sub_two,
};

use bytemuck::must_cast;

pub(crate) type Four = v128;
pub(crate) type Two = v128;

// The casts are one load or store where the array stands in memory.

#[inline(always)]
pub(crate) fn four_of(lanes: [f32; 4]) -> Four {
    must_cast(lanes)
}

#[inline(always)]
pub(crate) fn array_of_four(lanes: Four) -> [f32; 4] {
    must_cast(lanes)
}

#[inline(always)]
pub(crate) fn two_of(lanes: [f64; 2]) -> Two {
    must_cast(lanes)
}

#[inline(always)]
pub(crate) fn array_of_two(lanes: Two) -> [f64; 2] {
    must_cast(lanes)
}

#[inline(always)]
pub(crate) fn differs(left: Four, right: Four) -> Four {
    v128_and(f32x4_ne(left, right), f32x4_splat(1.0))
}

#[inline(always)]
pub(crate) fn truncate(lanes: Four) -> [i32; 4] {
    must_cast(i32x4_trunc_sat_f32x4(lanes))
}

#[inline(always)]
pub(crate) fn converted(lanes: [i32; 4]) -> Four {
    f32x4_convert_i32x4(must_cast(lanes))
}

#[inline(always)]
pub(crate) fn are_between(lanes: Four, low: Four, high: Four) -> bool {
    i32x4_all_true(v128_and(f32x4_ge(lanes, low), f32x4_le(lanes, high)))
}

#[inline(always)]
pub(crate) fn widen(lanes: Four) -> [Two; 2] {
    let high = i64x2_shuffle::<1, 1>(lanes, lanes);
    [
        f64x2_promote_low_f32x4(lanes),
        f64x2_promote_low_f32x4(high),
    ]
}

#[inline(always)]
pub(crate) fn narrow(low: Two, high: Two) -> Four {
    let low = f32x4_demote_f64x2_zero(low);
    let high = f32x4_demote_f64x2_zero(high);
    // Two shuffles or one of both registers would do, but that the compiler takes apart: it narrows each
    // lane on its own then.
    const HIGHER: [u8; 16] = [
        128, 128, 128, 128, 128, 128, 128, 128, 0, 1, 2, 3, 4, 5, 6, 7,
    ];
    v128_or(low, i8x16_swizzle(high, must_cast(HIGHER)))
}
