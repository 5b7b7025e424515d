//! What is drawn and said where there is no gradient.

use std::borrow::Cow;

use figures::Plot;
use maths::normalize::Norm;

use super::super::phrases::{NO_NUMBER, TOO_FEW};
use super::super::reading::Trouble;
use super::kept::Kept;

/// Said where γ of every feature is 0.
pub const SHUT: &str = "*γ = 0 makes everything 0*";

/// What is drawn, or why it cannot be.
pub fn unless_too_few<'a>(trouble: Option<Trouble>, plot: Plot<'a>) -> Plot<'a> {
    match trouble {
        Some(Trouble::TooFew) => Plot::Empty(Cow::Borrowed(TOO_FEW)),
        _ => plot,
    }
}

/// What hatching means.
pub fn undefined(part: &Kept) -> Cow<'static, str> {
    Cow::Borrowed(if part.input.iter().all(|x| x.is_finite()) {
        "0 / 0"
    } else {
        NO_NUMBER
    })
}

/// Why the token has no gradient.
pub fn no_gradient(trouble: Trouble, norm: Norm) -> &'static str {
    match (trouble, norm) {
        (Trouble::TooFew, _) => {
            "*One value per feature has no variance*, so the gradient has no value here. Take more tokens or samples."
        }
        (Trouble::Padding, _) => {
            "There is *no token* here: padding is left out and gets no gradient."
        }
        (Trouble::NoNumber, _) => {
            "A value that this token is normalised with is NaN or infinite: *x̂ and the gradient have no value*."
        }
        (Trouble::ZeroOverZero, Norm::Layer) => {
            "All features of this token are equal and ε = 0: *x̂ is 0/0, and so is every gradient*. Any ε above 0 gives them numbers."
        }
        (Trouble::ZeroOverZero, Norm::Rms) => {
            "All features of this token are 0 and ε = 0: *x̂ is 0/0, and so is every gradient*. Any ε above 0 gives them numbers."
        }
        (Trouble::ZeroOverZero, _) => {
            "Values that share a variance are all equal, and ε = 0: *x̂ is 0/0 there, and so is the gradient*. Any ε above 0 gives them numbers."
        }
    }
}
