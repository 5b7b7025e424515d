//! How far apart two vectors are, in `f64`.

#![expect(
    clippy::needless_pass_by_value,
    reason = "a view is taken by value, like a slice"
)]

use ndarray::{ArrayView1, ArrayView2};

/// How far apart two vectors of the same length are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Apart {
    /// The largest |a_i − b_i|.
    pub largest: f64,
    /// ‖a − b‖ / ‖a‖; 0 where both are zero.
    pub relative: f64,
}

/// How far b is from a. NaN anywhere makes both numbers NaN.
///
/// ```
/// use maths::compare::apart;
/// use ndarray::arr1;
/// let apart = apart(arr1(&[3.0, 4.0]).view(), arr1(&[3.0, 3.0]).view());
/// assert_eq!((apart.largest, apart.relative), (1.0, 0.2));
/// ```
pub fn apart(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> Apart {
    let (mut largest, mut difference, mut size) = (0.0_f64, 0.0, 0.0);
    for (&a, &b) in a.iter().zip(b) {
        let (a, b) = (f64::from(a), f64::from(b));
        let by = (a - b).abs();
        // `max` would lose a NaN.
        if by > largest || by.is_nan() {
            largest = by;
        }
        difference += by * by;
        size += a * a;
    }
    let relative = if difference == 0.0 {
        0.0
    } else {
        (difference / size).sqrt()
    };
    Apart {
        largest: if difference.is_nan() {
            f64::NAN
        } else {
            largest
        },
        relative,
    }
}

/// The mean of the rows of a table (n, d), rounded once. (d); zeros without rows.
pub fn mean_row(table: ArrayView2<'_, f32>, out: &mut Vec<f32>) {
    let n_rows = table.nrows().max(1) as f64;
    out.clear();
    out.extend(table.columns().into_iter().map(|column| {
        let sum: f64 = column.iter().copied().map(f64::from).sum();
        (sum / n_rows) as f32
    }));
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr1, arr2};

    use super::{Apart, apart, mean_row};

    #[test]
    fn equal_vectors_are_not_apart() {
        let zero = arr1(&[0.0, 0.0]);
        assert_eq!(apart(zero.view(), zero.view()), Apart::default());
        let from_zero = apart(zero.view(), arr1(&[0.0, 2.0]).view());
        assert_eq!(
            (from_zero.largest, from_zero.relative),
            (2.0, f64::INFINITY)
        );
    }

    #[test]
    fn what_is_no_number_is_nowhere() {
        for place in 0..2 {
            let mut b = arr1(&[1.0, 5.0]);
            b[place] = f32::NAN;
            let apart = apart(arr1(&[1.0, 2.0]).view(), b.view());
            assert!(apart.largest.is_nan() && apart.relative.is_nan());
        }
    }

    #[test]
    fn rows_are_averaged() {
        let mut out = vec![7.0];
        mean_row(arr2(&[[1.0, 2.0], [3.0, 6.0]]).view(), &mut out);
        assert_eq!(out, [2.0, 4.0]);
        mean_row(Array2::zeros((0, 2)).view(), &mut out);
        assert_eq!(out, [0.0, 0.0]);
    }
}
