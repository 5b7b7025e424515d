//! Where an axis has its ticks, and what they say.

use crate::number::{format_count, format_fixed, format_value};

/// A tick: where it stands, and its label.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// On the axis: a value, or the number of a cell.
    pub at: f64,
    /// What is written beside it.
    pub label: String,
}

/// Round numbers (1, 2, 2.5 or 5 times a power of ten apart) within `min ..= max`, at most `max_ticks`
/// of them, labelled with as many decimals as their step needs.
///
/// Empty where there is nothing to divide: ends that are not finite or not ascending, no ticks wanted.
pub fn value_ticks(min: f64, max: f64, max_ticks: usize) -> Vec<Tick> {
    let span = max - min;
    if !(span > 0.0 && span.is_finite()) || max_ticks == 0 {
        return Vec::new();
    }
    let mut step = Step::at_least(span / max_ticks as f64, &[10, 20, 25, 50]);
    loop {
        let size = step.size();
        // A little slack, so that rounding does not lose a tick that stands exactly at an end.
        let slack = size * 1e-9;
        let (from, to) = (
            ((min - slack) / size).ceil(),
            ((max + slack) / size).floor(),
        );
        if !size.is_finite() || !from.is_finite() || !to.is_finite() {
            return Vec::new();
        }
        let n = to - from + 1.0;
        if n > max_ticks as f64 {
            step = step.next(&[10, 20, 25, 50]);
            continue;
        }
        let decimals = step.decimals();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        return (0..n.max(0.0) as usize)
            .map(|k| {
                // Adding 0 turns -0 into 0.
                let at = (from + k as f64) * size + 0.0;
                let label = if decimals <= 4 && at.abs() < 1e12 {
                    format_fixed(at, decimals)
                } else {
                    format_value(at, 4)
                };
                Tick { at, label }
            })
            .collect();
    }
}

/// Whole round numbers (1, 2 or 5 times a power of ten apart) among the cells `first .. first + len`,
/// and the first cell, and the last one where it does not collide. Neighbours are at least
/// `min_cells_apart` cells from each other.
pub fn cell_ticks(first: u64, len: usize, min_cells_apart: f64) -> Vec<Tick> {
    let Some(last) = (len as u64).checked_sub(1).map(|n| first.saturating_add(n)) else {
        return Vec::new();
    };
    let apart = if min_cells_apart.is_finite() {
        min_cells_apart.max(1.0)
    } else {
        // No room at all: the first cell alone.
        u64::MAX as f64
    };
    let step = Step::at_least(apart, &[10, 20, 50]).size();
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let step = (step as u64).max(1);
    let fits = |from: u64, to: u64| (to - from) as f64 >= apart;

    let mut cells = vec![first];
    let mut next = (first / step).saturating_add(1).saturating_mul(step);
    while next <= last {
        if fits(cells[cells.len() - 1], next) {
            cells.push(next);
        }
        match next.checked_add(step) {
            Some(following) => next = following,
            None => break,
        }
    }
    if fits(cells[cells.len() - 1], last) {
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
