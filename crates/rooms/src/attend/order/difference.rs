//! Two numbers and their difference, as texts have them.

use figures::Worked;
use figures::number::{bracketed, format_value};

use super::kept::ROUNDING;

/// a − b = …, with digits that add up as shown.
pub fn worked(a: f32, b: f32) -> String {
    let mut worked = Worked::default();
    let [minuend, subtrahend] = [a, b].map(|value| worked.computed(value.into()));
    let difference = worked.computed(f64::from(a) - f64::from(b));
    worked.step(difference, &[minuend, subtrahend], |it| it[0] - it[1]);
    let texts = worked.texts();
    format!(
        "{} − {} = {}",
        texts[minuend],
        bracketed(&texts[subtrahend]),
        texts[difference]
    )
}

/// A difference relative to what it is a difference of: in percent, or where it is only rounding as it is.
pub fn share(relative: f64) -> String {
    if relative > 0.0 && relative < ROUNDING {
        format_value(relative, 2)
    } else if relative > 10.0 {
        // Of what is nearly 0, or is.
        "more than 1000 %".to_owned()
    } else {
        format!("{} %", format_value(100.0 * relative, 2))
    }
}

/// How small a difference is that is not there.
pub fn rounding(relative: f64) -> String {
    if relative == 0.0 {
        "exactly 0".to_owned()
    } else {
        format!("{}, which is only rounding", format_value(relative, 2))
    }
}

#[cfg(test)]
mod tests {
    use super::{rounding, share, worked};

    #[test]
    fn what_is_shown_adds_up() {
        assert_eq!(worked(0.5, -0.25), "0.5 − (−0.25) = 0.75");
        assert_eq!(worked(0.0, 0.0), "0 − 0 = 0");
    }

    #[test]
    fn small_differences_are_rounding() {
        assert_eq!(share(0.1719), "17 %");
        assert_eq!(share(0.0), "0 %");
        assert_eq!(share(1.23e-7), "1.2e-7");
        assert_eq!(share(f64::INFINITY), "more than 1000 %");
        assert_eq!(rounding(0.0), "exactly 0");
        assert_eq!(rounding(1.23e-7), "1.2e-7, which is only rounding");
    }
}
