//! Four `f32` or two `f64` side by side in one vector register, and a loop over slices of them.
//!
//! Why not leave it to the compiler: the page is optimised for size as a whole, and there LLVM runs no
//! vectoriser. What is written with these types is vector code at every optimisation level, and stays
//! as short as it is written: nothing is unrolled, nothing kept in several versions.
//!
//! On wasm32 with `simd128` a value is a `v128` and an operation one or a few instructions; elsewhere it
//! is an array, which the compiler may or may not put into a register. Both give the same bits.

#![forbid(unsafe_code)]

// Everything is inlined whatever the page is compiled for: a call would cost more than the operation.

#[cfg_attr(
    all(target_arch = "wasm32", target_feature = "simd128"),
    path = "simd128.rs"
)]
#[cfg_attr(
    not(all(target_arch = "wasm32", target_feature = "simd128")),
    path = "arrays.rs"
)]
mod register;

use std::ops::{Add, Div, Mul, Sub};

/// Four `f32`, one per lane.
#[derive(Clone, Copy, Debug)]
pub struct F32x4(register::Four);

/// Two `f64`, one per lane.
#[derive(Clone, Copy, Debug)]
pub struct F64x2(register::Two);

impl F32x4 {
    /// How many lanes there are.
    pub const LANES: usize = 4;

    /// The same value in every lane.
    #[inline(always)]
    pub fn splat(x: f32) -> Self {
        Self(register::splat_four(x))
    }

    /// The values of the lanes.
    #[inline(always)]
    pub fn to_array(self) -> [f32; Self::LANES] {
        register::array_of_four(self.0)
    }

    /// In each lane the smaller of the two; `self` where one of them is NaN.
    #[inline(always)]
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(register::min(self.0, other.0))
    }

    /// In each lane the larger of the two; `self` where one of them is NaN.
    #[inline(always)]
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self(register::max(self.0, other.0))
    }

    /// Without the signs.
    #[inline(always)]
    #[must_use]
    pub fn abs(self) -> Self {
        Self(register::abs(self.0))
    }

    /// In each lane 1 where the two are not equal, as NaN never is, else 0.
    #[inline(always)]
    #[must_use]
    pub fn differs(self, other: Self) -> Self {
        Self(register::differs(self.0, other.0))
    }

    /// Without the fraction, held to what an `i32` can hold; NaN becomes 0.
    #[inline(always)]
    pub fn truncate(self) -> [i32; Self::LANES] {
        register::truncate(self.0)
    }

    /// Whether every lane is at least as large as the first of the two and at most as large as the second;
    /// NaN is not.
    #[inline(always)]
    pub fn are_between(self, [low, high]: [Self; 2]) -> bool {
        register::are_between(self.0, low.0, high.0)
    }

    /// The same values in `f64`: the first two lanes, then the last two.
    #[inline(always)]
    pub fn widen(self) -> [F64x2; 2] {
        register::widen(self.0).map(F64x2)
    }
}

impl F64x2 {
    /// The same value in both lanes.
    #[inline(always)]
    pub fn splat(x: f64) -> Self {
        Self(register::splat_two(x))
    }

    /// The values of the lanes.
    #[inline(always)]
    pub fn to_array(self) -> [f64; 2] {
        register::array_of_two(self.0)
    }

    /// The values of two registers in one, rounded to `f32`.
    #[inline(always)]
    pub fn narrow([low, high]: [Self; 2]) -> F32x4 {
        F32x4(register::narrow(low.0, high.0))
    }
}

impl From<[f32; 4]> for F32x4 {
    #[inline(always)]
    fn from(lanes: [f32; 4]) -> Self {
        Self(register::four_of(lanes))
    }
}

impl From<[i32; 4]> for F32x4 {
    /// Rounded where an `f32` has no room for all digits.
    #[inline(always)]
    fn from(lanes: [i32; 4]) -> Self {
        Self(register::converted(lanes))
    }
}

impl From<[f64; 2]> for F64x2 {
    #[inline(always)]
    fn from(lanes: [f64; 2]) -> Self {
        Self(register::two_of(lanes))
    }
}

/// The operators, lane by lane.
macro_rules! operators {
    ($($type:ty: $trait:ident $method:ident = $operation:ident;)*) => {$(
        impl $trait for $type {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(register::$operation(self.0, other.0))
            }
        }
    )*};
}

operators! {
    F32x4: Add add = add_four;
    F32x4: Sub sub = sub_four;
    F32x4: Mul mul = mul_four;
    F64x2: Add add = add_two;
    F64x2: Sub sub = sub_two;
    F64x2: Mul mul = mul_two;
    F64x2: Div div = div_two;
}

/// `out[j] = f([inputs[0][j], inputs[1][j], …])`, four at a time; as far as the shortest slice goes.
#[inline(always)]
pub fn map<const N: usize>(inputs: [&[f32]; N], out: &mut [f32], f: impl Fn([F32x4; N]) -> F32x4) {
    let shorter = |len: usize, input: &&[f32]| len.min(input.len());
    let len = inputs.iter().fold(out.len(), shorter);
    let n_fours = len / F32x4::LANES;
    // Cut to one length before the loop: then there are no bounds checks in it.
    let fours = inputs.map(|input| &input.as_chunks().0[..n_fours]);
    let out_fours = &mut out.as_chunks_mut().0[..n_fours];
    for (idx, out) in out_fours.iter_mut().enumerate() {
        *out = f(fours.map(|fours| fours[idx].into())).to_array();
    }
    // What is left, one value at a time, each in every lane.
    for idx in n_fours * F32x4::LANES..len {
        let [value, ..] = f(inputs.map(|input| F32x4::splat(input[idx]))).to_array();
        out[idx] = value;
    }
}
