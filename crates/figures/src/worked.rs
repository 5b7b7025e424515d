//! Arithmetic that a reader can redo: each number with so many digits that what is shown adds up as shown.

use crate::number::{as_shown, format_value};

/// The fewest digits of a number that is computed.
const FEWEST: usize = 4;

/// The most: from here on `f64` itself rounds. What somebody set is always written so.
const MOST: usize = 15;

/// How many digits a number at the end has: as many as usual; else some more, where it would be rounded up or down by a hair;
/// else fewer, where the rest is noise.
const LAST_DIGITS: [usize; 6] = [4, 5, 6, 3, 2, 1];

/// How often digits are tried.
const MOST_TRIES: usize = 400;

/// Numbers and how some of them are made of others, for instance x − μ = c and c / σ = x̂.
///
/// A number has one text however often it stands there: it has the digits that its own terms give, and that what is made of it
/// needs.
#[derive(Default)]
pub struct Worked {
    values: Vec<f64>,
    /// How many digits each has; 0 where that is not settled.
    digits: Vec<usize>,
    steps: Vec<Step>,
}

struct Step {
    result: usize,
    terms: Vec<usize>,
    redo: fn(&[f64]) -> f64,
}

impl Step {
    /// What the terms give as they are shown.
    fn redone(&self, values: &[f64], digits: &[usize]) -> f64 {
        let shown = |&idx: &usize| as_shown(values[idx], digits[idx]);
        (self.redo)(&self.terms.iter().map(shown).collect::<Vec<_>>())
    }
}

impl Worked {
    /// A number that somebody set: it stands as it is. Gives its place.
    pub fn given(&mut self, value: f64) -> usize {
        self.add(value, MOST)
    }

    /// A number that is computed: it has the digits that it needs. Gives its place.
    pub fn computed(&mut self, value: f64) -> usize {
        self.add(value, 0)
    }

    fn add(&mut self, value: f64, digits: usize) -> usize {
        self.values.push(value);
        self.digits.push(digits);
        self.values.len() - 1
    }

    /// A number is made of these. What is at the end of everything is said first, what its terms are made of after it.
    pub fn step(&mut self, result: usize, terms: &[usize], redo: fn(&[f64]) -> f64) {
        self.steps.push(Step {
            result,
            terms: terms.to_vec(),
            redo,
        });
    }

    /// All numbers as they are shown, in their order.
    pub fn texts(mut self) -> Vec<String> {
        if !self.settles() {
            // In f32 what nearly cancels is noise: then the result is what its terms give.
            for step in self.steps.iter().rev() {
                let terms: Vec<_> = step.terms.iter().map(|&idx| self.values[idx]).collect();
                let value = (step.redo)(&terms);
                if self.values[step.result].is_finite() && value.is_finite() {
                    self.values[step.result] = value;
                }
            }
            self.settles();
        }
        let digits = self.digits.iter().map(|&digits| match digits {
            0 => FEWEST,
            digits => digits,
        });
        let texts = self.values.iter().zip(digits);
        texts
            .map(|(&value, digits)| format_value(value, digits))
            .collect()
    }

    fn settles(&mut self) -> bool {
        let mut tries = MOST_TRIES;
        settle(&self.values, &mut self.digits, &self.steps, &mut tries)
    }
}

/// Finds digits with which all steps give what is shown; leaves them as they were where there are none.
fn settle(values: &[f64], digits: &mut [usize], steps: &[Step], tries: &mut usize) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    if digits[step.result] == 0 {
        for n in LAST_DIGITS {
            digits[step.result] = n;
            if settle(values, digits, steps, tries) {
                return true;
            }
        }
        digits[step.result] = 0;
        return false;
    }
    let open = |&idx: &usize| digits[idx] == 0;
    let open: Vec<_> = step.terms.iter().copied().filter(open).collect();
    let shown = format_value(values[step.result], digits[step.result]);
    for n in digits[step.result].max(FEWEST)..=MOST {
        *tries = tries.saturating_sub(1);
        if *tries == 0 {
            break;
        }
        for &idx in &open {
            digits[idx] = n;
        }
        let redone = format_value(step.redone(values, digits), digits[step.result]);
        if redone == shown && settle(values, digits, rest, tries) {
            return true;
        }
        if open.is_empty() {
            break;
        }
    }
    for idx in open {
        digits[idx] = 0;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::Worked;
    use crate::number::{as_shown, format_value};

    /// a − b and what it gives.
    fn difference(a: f64, b: f64) -> [String; 3] {
        let mut worked = Worked::default();
        let [a, b, c] = [a, b, a - b].map(|value| worked.computed(value));
        worked.step(c, &[a, b], |it| it[0] - it[1]);
        worked.texts().try_into().unwrap_or_default()
    }

    #[test]
    fn terms_have_the_digits_that_their_result_needs() {
        for (a, b, texts) in [
            (1.5, 0.25, ["1.5", "0.25", "1.25"]),
            (100.167_4, 99.94, ["100.1674", "99.94", "0.2274"]),
            (100.002_276, 100.0, ["100.002276", "100", "0.002276"]),
            (
                1_000_002.25,
                1_000_000.0,
                ["1 000 002.25", "1 000 000", "2.25"],
            ),
            (2.0 / 3.0, 1.0 / 3.0, ["0.66667", "0.33333", "0.3333"]),
            (1.0, 1.0, ["1", "1", "0"]),
        ] {
            let shown = difference(a, b).map(|text| text.replace('\u{202f}', " "));
            assert_eq!(shown, texts, "{a} − {b}");
        }
    }

    #[test]
    fn a_number_in_two_steps_has_one_text() {
        let mut worked = Worked::default();
        let [x, mean, centred, root, normalized] =
            [100.167_4, 99.94, 0.2274, 0.7, 0.2274 / 0.7].map(|it| worked.computed(it));
        let eps = worked.given(1.234_567e-5);
        worked.step(normalized, &[centred, root], |it| it[0] / it[1]);
        worked.step(centred, &[x, mean], |it| it[0] - it[1]);
        let texts = worked.texts();
        assert_eq!(texts[..5], ["100.1674", "99.94", "0.2274", "0.7", "0.3249"]);
        assert_eq!(texts[eps], "1.234567e-5");
    }

    #[test]
    fn what_is_noise_is_what_its_terms_give() {
        let mut worked = Worked::default();
        let [a, b, c] = [1.0, 1.0, 6e-8].map(|value| worked.computed(value));
        worked.step(c, &[a, b], |it| it[0] - it[1]);
        assert_eq!(worked.texts(), ["1", "1", "0"]);
    }

    #[test]
    fn what_is_no_number_stops_nothing() {
        for (a, b) in [(f64::NAN, 1.0), (f64::INFINITY, 1.0), (1e300, -1e300)] {
            assert_eq!(difference(a, b).len(), 3);
        }
    }

    #[test]
    fn what_is_shown_is_what_is_read() {
        for value in [
            0.1,
            -0.1,
            1.0 / 3.0,
            54_413.7,
            9999.6,
            6.02e23,
            1.6e-19,
            1.4e-45,
            0.0,
        ] {
            for digits in 1..=15 {
                let text = format_value(value, digits).replace(crate::number::MINUS, "-");
                let read: f64 = text.replace('\u{202f}', "").parse().unwrap_or(f64::NAN);
                let shown = as_shown(value, digits);
                assert!(
                    (shown - read).abs() <= 1e-15 * read.abs(),
                    "{text}: {shown}"
                );
            }
        }
    }
}
