//! Where differences end.

/// What is taken for no difference at all in `f32`.
pub const NOTHING: f64 = 1e-4;
