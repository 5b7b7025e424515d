//! Where an axis has its ticks, and what they say.

use crate::number::{format_count, format_fixed, format_value, trim_zeros};

/// A tick: where it stands, and its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// On the axis: a value, or the number of a cell.
    pub at: f64,
    /// What is written beside it.
    pub label: String,
}

/// The steps of value axes, in tenths of a power of ten.
const ROUND: [u32; 4] = [10, 20, 25, 50];
/// Further steps, taken only where a tick then stands at both ends of the axis.
const FITTING: [u32; 8] = [10, 20, 25, 30, 40, 50, 60, 80];

/// Round numbers within `min ..= max`, at most `max_ticks` of them: 1, 2, 2.5 or 5 times a power of ten
/// apart, or also 3, 4, 6 or 8 times where both ends then have a tick (−6, 0, 6).
///
/// Empty where there is nothing to divide: ends that are not finite or not ascending, no ticks wanted.
pub fn value_ticks(min: f64, max: f64, max_ticks: usize) -> Vec<Tick> {
    let span = max - min;
    if !(span > 0.0 && span.is_finite()) || max_ticks == 0 {
        return Vec::new();
    }
    // Between and beside so many ticks there may be nearly one step more than there are ticks.
    let smallest = span / (max_ticks as f64 + 1.0);
    let mut fitting = Step::at_least(smallest, &FITTING);
    // From three ticks on; between only two, no tick says where zero is.
    while fitting.size() <= span * 0.5 * (1.0 + SLACK) {
        let multiples = (min / fitting.size(), max / fitting.size());
        let is_whole = |x: f64| (x - x.round()).abs() <= SLACK * x.abs().max(1.0);
        if is_whole(multiples.0)
            && is_whole(multiples.1)
            && let Some(ticks) = ticks_of(fitting, (min, max), max_ticks)
        {
            return ticks;
        }
        fitting = fitting.next(&FITTING);
    }
    let mut step = Step::at_least(smallest, &ROUND);
    while step.size().is_finite() {
        if let Some(ticks) = ticks_of(step, (min, max), max_ticks) {
            return ticks;
        }
        step = step.next(&ROUND);
    }
    Vec::new()
}

/// So that rounding loses no tick that stands exactly at an end.
const SLACK: f64 = 1e-9;

/// The multiples of a step between two ends; `None` if there are more than `max_ticks`.
fn ticks_of(step: Step, (min, max): (f64, f64), max_ticks: usize) -> Option<Vec<Tick>> {
    let size = step.size();
    let from = (min / size - SLACK).ceil();
    let to = (max / size + SLACK).floor();
    let n = (to - from + 1.0).max(0.0);
    if n.is_nan() || n > max_ticks as f64 {
        return None;
    }
    let decimals = step.decimals();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let n = n as usize;
    let ticks = (0..n).map(|k| {
        // Adding 0 turns -0 into 0.
        let at = (from + k as f64) * size + 0.0;
        let label = if decimals <= 6 && at.abs() < 1e9 {
            trim_zeros(&format_fixed(at, decimals)).to_owned()
        } else {
            format_value(at, 4)
        };
        Tick { at, label }
    });
    Some(ticks.collect())
}

/// Powers of ten within `min ..= max` (both above 0), at most `max_ticks` of them: every one, or every
/// second, fifth, tenth, …, labelled `10⁻³`. Where there are not two of them, also 2 and 5 times a power, or
/// round numbers as on any other axis.
pub fn log_ticks(min: f64, max: f64, max_ticks: usize) -> Vec<Tick> {
    if !(min > 0.0 && max > min && max.is_finite()) || max_ticks == 0 {
        return Vec::new();
    }
    // The decades around: at most about 600.
    #[allow(clippy::cast_possible_truncation)]
    let [low, high] =
        [(min.log10() - SLACK).floor(), (max.log10() + SLACK).ceil()].map(|e| e as i32);
    // The multiples of powers of ten whose exponents are multiples of `step`.
    let ticks = |factors: &[f64], step: u64| {
        let mut ticks = Vec::new();
        for exponent in low..=high {
            for factor in factors {
                let at = factor * power_of_ten(exponent);
                let is_inside = at >= min * (1.0 - SLACK) && at <= max * (1.0 + SLACK);
                if is_inside && u64::from(exponent.unsigned_abs()).is_multiple_of(step) {
                    let label = if factors.len() == 1 {
                        ["10", &superscript(exponent)].concat()
                    } else {
                        format_value(at, 1)
                    };
                    ticks.push(Tick { at, label });
                }
            }
        }
        ticks
    };
    let mut step = 1;
    let mut decades = ticks(&[1.0], step);
    if decades.len() >= 2 {
        // A step of more than all of them leaves one at most.
        while decades.len() > max_ticks {
            step = round_step((step + 1) as f64);
            decades = ticks(&[1.0], step);
        }
        return decades;
    }
    for factors in [&[1.0, 2.0, 5.0][..], &[1.0, 5.0]] {
        let ticks = ticks(factors, 1);
        if (2..=max_ticks).contains(&ticks.len()) {
            return ticks;
        }
    }
    value_ticks(min, max, max_ticks)
}

fn power_of_ten(exponent: i32) -> f64 {
    // Dividing is exact to the last place where multiplying by a tenth is not; beyond what f64 has, both
    // give 0 or infinity.
    let power = 10_f64.powi(exponent.abs());
    if exponent < 0 { 1.0 / power } else { power }
}

/// A whole number as an exponent: `⁻³`.
fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digits = number.unsigned_abs().to_string();
    let sign = (number < 0).then_some('⁻');
    let digits = digits
        .bytes()
        .map(|byte| DIGITS[usize::from(byte - b'0') % 10]);
    sign.into_iter().chain(digits).collect()
}

/// The first and the last of the cells `first .. first + len`, and between them whole round numbers (1, 2
/// or 5 times a power of ten apart). Round numbers are at least `step_cells` cells from each other and
/// `clear_cells` (and half a step from the last) from the ends; where the ends themselves are nearer than that, only the first stays.
pub fn cell_ticks(first: u64, len: usize, step_cells: f64, clear_cells: f64) -> Vec<Tick> {
    let Some(last) = (len as u64).checked_sub(1).map(|n| first.saturating_add(n)) else {
        return Vec::new();
    };
    let is_clear = |from: u64, to: u64| (to - from) as f64 >= clear_cells.max(1.0);
    let mut cells = vec![first];
    if is_clear(first, last) {
        let step = round_step(step_cells);
        let mut next = (first / step).saturating_add(1).saturating_mul(step);
        while next < last {
            // Nearer than half a step, the last one would look like a slip.
            if is_clear(first, next) && is_clear(next, last) && last - next > step / 2 {
                cells.push(next);
            }
            next = next.saturating_add(step);
        }
        cells.push(last);
    }
    cells
        .into_iter()
        .map(|cell| Tick {
            at: cell as f64,
            label: format_count(cell),
        })
        .collect()
}

/// The smallest of 1, 2, 5, 10, 20, … that is at least so many cells; 1 where that is not a number.
pub fn round_step(cells: f64) -> u64 {
    let step = Step::at_least(cells.clamp(1.0, 1e18), &[10, 20, 50]).size();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    {
        (step as u64).max(1)
    }
}

/// A step `tenths / 10 · 10^exponent`; whole numbers, so that decimals are counted, not guessed.
#[derive(Clone, Copy, Debug)]
struct Step {
    tenths: u32,
    exponent: i32,
}

impl Step {
    /// The smallest step of the ladder that is at least `size` (above 0).
    fn at_least(size: f64, ladder: &[u32]) -> Self {
        #[allow(clippy::cast_possible_truncation)]
        let exponent = size.log10().floor() as i32;
        let mut step = Self {
            tenths: ladder[0],
            exponent,
        };
        // The slack keeps a size that is itself a round number from being pushed one step up.
        while step.size() < size * (1.0 - 1e-9) && step.size().is_finite() {
            step = step.next(ladder);
        }
        step
    }

    fn next(self, ladder: &[u32]) -> Self {
        match ladder.iter().find(|&&tenths| tenths > self.tenths) {
            Some(&tenths) => Self { tenths, ..self },
            None => Self {
                tenths: ladder[0],
                exponent: self.exponent.saturating_add(1),
            },
        }
    }

    fn size(self) -> f64 {
        // Dividing by a power of ten is exact to the last place where multiplying by 10^-n is not.
        let tenths = f64::from(self.tenths);
        match self.exponent - 1 {
            e if e < 0 => tenths / 10_f64.powi(-e),
            e => tenths * 10_f64.powi(e),
        }
    }

    /// How many decimals a multiple of the step needs.
    fn decimals(self) -> usize {
        let extra = i32::from(!self.tenths.is_multiple_of(10));
        usize::try_from(extra - self.exponent).unwrap_or(0)
    }
}

/// The next round number (1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten) at or above a positive
/// value: the end of an axis that is to hold it and seldom jumps while it moves. 1 for anything else.
pub fn nice_above(value: f64) -> f64 {
    if !(value > 0.0 && value.is_finite()) {
        return 1.0;
    }
    let power = 10_f64.powf(value.log10().floor());
    [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&round| round >= value)
        .unwrap_or(10.0 * power)
}
