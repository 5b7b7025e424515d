//! What a slider moves.

/// A type that a number control sets: to and from the control's double, so that the casts stand once.
///
/// The control gives only numbers of its range, and no range goes beyond what the type holds exactly.
pub trait Amount: Sized {
    /// The value as the control shows it. Of what follows from other settings there is none: not a number.
    fn to_f64(&self) -> f64;
    /// The value of a number that lies within the control's range and on its grain.
    fn from_f64(number: f64) -> Self;
}

impl Amount for f64 {
    fn to_f64(&self) -> f64 {
        *self
    }

    fn from_f64(number: f64) -> Self {
        number
    }
}

macro_rules! whole_amounts {
    ($($whole:ty),*) => {$(
        impl Amount for $whole {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "ranges end far below 2^53")]
            fn to_f64(&self) -> f64 {
                *self as f64
            }

            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number of the control's range, which the type holds; `as` saturates"
            )]
            fn from_f64(number: f64) -> Self {
                number as $whole
            }
        }
    )*};
}

whole_amounts!(i64, u32, u64, usize);

/// `None` follows from other settings until something is chosen.
impl<A: Amount> Amount for Option<A> {
    fn to_f64(&self) -> f64 {
        self.as_ref().map_or(f64::NAN, A::to_f64)
    }

    fn from_f64(number: f64) -> Self {
        Some(A::from_f64(number))
    }
}
