//! What a bug does to the numbers, for any bug by the same rules.

use maths::normalize::TooFewValues;
use ndarray::ArrayView1;

use super::super::sizes::largest;

/// What is seen of a bug in the outputs of a norm. Of a token right and wrong, `None` where it is no number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Symptom {
    /// The token.
    pub row_idx: usize,
    /// How far any outputs are apart at most.
    pub apart: Apart,
    /// The mean of the token's outputs.
    pub mean: [Option<f64>; 2],
    /// Their std, divided by n.
    pub std: [Option<f64>; 2],
    /// The largest of them, without its sign.
    pub largest: [Option<f64>; 2],
    /// How far the token's outputs move when all other tokens are made larger.
    pub by_others: [Option<f64>; 2],
}

/// How far the outputs are apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Apart {
    /// By so much at most.
    By(f64),
    /// Infinitely far: some are infinite.
    Infinitely,
    /// Some are numbers in one of the two and not in the other.
    Incomparable,
    /// Batch norm has too few values for any output.
    TooFew,
}

impl Apart {
    /// By the largest difference of the outputs, or why there are none.
    pub fn of(result: Result<f64, TooFewValues>) -> Self {
        match result {
            Err(_) => Self::TooFew,
            Ok(most) if most.is_nan() => Self::Incomparable,
            Ok(most) if most.is_infinite() => Self::Infinitely,
            Ok(most) => Self::By(most),
        }
    }
}

/// Measures the outputs of a token, right and wrong, and how far they move by other tokens.
#[allow(clippy::cast_precision_loss, reason = "at most 1024")]
pub fn measure(
    row_idx: usize,
    apart: Apart,
    outputs: [ArrayView1<'_, f32>; 2],
    by_others: [f64; 2],
) -> Symptom {
    let number = |value: f64| (!value.is_nan()).then_some(value);
    let mean = |row: &ArrayView1<'_, f32>| {
        row.iter().map(|&y| f64::from(y)).sum::<f64>() / row.len() as f64
    };
    let std = |row: &ArrayView1<'_, f32>| {
        let mean = mean(row);
        let squares = row
            .iter()
            .map(|&y| (f64::from(y) - mean) * (f64::from(y) - mean));
        (squares.sum::<f64>() / row.len() as f64).sqrt()
    };
    let of_both = |measure: &dyn Fn(&ArrayView1<'_, f32>) -> f64| {
        outputs.each_ref().map(|row| number(measure(row)))
    };
    Symptom {
        row_idx,
        apart,
        mean: of_both(&mean),
        std: of_both(&std),
        largest: of_both(&|row| largest(row.iter().map(|&y| f64::from(y)))),
        by_others: by_others.map(number),
    }
}
