//! The registers of WebAssembly.

use core::arch::wasm32::{
    f32x4_demote_f64x2_zero, f64x2_promote_low_f32x4, i32x4_trunc_sat_f32x4, i64x2_shuffle, v128,
};

pub(crate) use core::arch::wasm32::{
    f32x4_add as add_four, f32x4_mul as mul_four, f32x4_pmax as max, f32x4_pmin as min,
    f32x4_splat as splat_four, f32x4_sub as sub_four, f64x2_add as add_two, f64x2_div as div_two,
    f64x2_mul as mul_two, f64x2_splat as splat_two, f64x2_sub as sub_two,
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
pub(crate) fn truncate(lanes: Four) -> [i32; 4] {
    must_cast(i32x4_trunc_sat_f32x4(lanes))
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
    i64x2_shuffle::<0, 2>(f32x4_demote_f64x2_zero(low), f32x4_demote_f64x2_zero(high))
}
