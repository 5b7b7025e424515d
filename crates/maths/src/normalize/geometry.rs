//! A norm as geometry: tokens as points that go to a plane, to a sphere, to an ellipsoid.
//!
//! LayerNorm takes the mean off, which projects a token onto the plane at right angles to (1, …, 1),
//! scales it to the length √d, which puts it on a sphere in that plane (inside of it, as far as ε
//! counts), stretches the axes by γ and shifts by β (Brody, Alon & Yahav 2023). RMSNorm has the sphere
//! without the plane; the other norms shift and scale features, not tokens.

use std::f64::consts::TAU;
use std::ops::Range;

use lanes::F64x2;
use ndarray::{Array2, ArrayView2};

use super::moments::side_by_side;
use super::spec::fill_up;
use super::{Norm, NormSpec, NormTrace, columns};
use crate::shape::reshape;
use crate::sum::{sum_of, sums_over};
use crate::trig::sin_cos;

/// How many axes are drawn at most.
pub const MOST_AXES: usize = 3;

/// How many points an outline has, the first and the last at the same place.
const N_OUTLINE: usize = 97;

/// How often axes are turned towards the principal ones. What is missing then matters only where the
/// input spreads nearly as much along two of them, and either is as good.
const N_TURNS: usize = 60;

/// No axis moved farther than this in a turn: they have arrived.
const STILL: f64 = 1e-6;

/// What points are looked at along, where there are more features than axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Basis {
    /// The directions in which the input spreads most: its principal axes.
    #[default]
    Principal,
    /// The same within the plane of zero mean, and last the direction of ones, in which the plane has
    /// no height.
    PlaneAndOnes,
}

/// Where every token is at every stage, in the coordinates of up to three axes, in buffers that the
/// next call uses again.
#[derive(Clone, Debug, Default)]
pub struct GeometryTrace {
    /// x, x − μ, x̂, γ x̂ and γ x̂ + β of the tokens that were placed. Each (tokens, axes)
    pub stages: [Array2<f32>; 5],
    /// Directions of length 1 at right angles to each other: those of the features where there are no
    /// more than axes, otherwise as the [`Basis`] says, each with its largest component positive.
    /// (axes, C)
    pub axes: Array2<f32>,
    /// For LayerNorm of three features the circle of radius √3 in the plane of zero mean, for two the
    /// points ±(1, −1) that are left of it, then both stretched by γ, then shifted by β. Empty
    /// otherwise. Each (points, axes)
    pub outlines: [Array2<f32>; 3],
    /// A token between two stages. (C)
    point: Vec<f32>,
    /// The input, where its features are not side by side in memory. (N, C)
    input: Vec<f32>,
    /// γ of every feature. (C)
    gamma: Vec<f32>,
    /// β of every feature. (C)
    beta: Vec<f32>,
    /// The mean of every feature. (C)
    centre: Vec<f64>,
    /// Of every two features, times the number of tokens. (C, C)
    covariances: Vec<f64>,
    /// The axes after a turn, before they are at right angles. (MOST_AXES, C)
    turned: Vec<f64>,
}

impl GeometryTrace {
    /// Chooses `n_axes` (1 to [`MOST_AXES`], no more than features) for the tokens x, shape (N, C).
    ///
    /// Principal axes by orthogonal iteration, at most 60 turns (Golub & Van Loan 2013, §8.2.4), on the
    /// covariances where there are more tokens than features, otherwise on the tokens themselves: at most
    /// 1 ms for 512 tokens of 64 features. The same tokens always give the same axes. Tokens that are not
    /// finite do not count.
    pub fn choose_axes(&mut self, x: ArrayView2<'_, f32>, n_axes: usize, basis: Basis) {
        let n_features = x.ncols();
        let n_axes = n_axes.clamp(1, MOST_AXES).min(n_features);
        let Self {
            axes,
            input,
            centre,
            covariances,
            turned,
            ..
        } = self;
        let axes = reshape(axes, n_axes, n_features);
        axes.fill(0.0);
        if n_features <= n_axes {
            let ones = axes.iter_mut().step_by(n_features + 1);
            ones.for_each(|one| *one = 1.0);
            return;
        }

        let rows = side_by_side(&x, input).chunks_exact(n_features);
        // The sum is finite if all its terms are: `f64` has room for any number of `f32`.
        let rows = rows.filter(|row| sum_of(row, |x| x).is_finite());
        turned.resize(MOST_AXES * n_features, 0.0);
        centre.clear();
        centre.resize(n_features, 0.0);
        let mut n_rows = 0.0;
        for row in rows.clone() {
            columns::add([row], turned, [centre], |[x], _| [x]);
            n_rows += 1.0;
        }
        centre.iter_mut().for_each(|sum| *sum /= n_rows);

        // Any start will do that is not at right angles to an axis.
        for (start, idx) in turned.iter_mut().zip(1..) {
            *start = sin_cos(f64::from(idx * (idx % 7))).0;
        }
        let in_plane = basis == Basis::PlaneAndOnes;
        let n_free = n_axes - usize::from(in_plane);
        let has_covariances = n_rows > n_features as f64;
        if has_covariances {
            fill_covariances(rows.clone(), centre, covariances);
        }
        for _ in 0..N_TURNS {
            let free = &mut axes[..n_free * n_features];
            if straighten(turned, n_features, in_plane, free) < STILL {
                break;
            }
            if has_covariances {
                turn_by(covariances, free, turned);
            } else {
                turn(rows.clone(), centre, free, turned);
            }
        }
        for axis in axes.chunks_exact_mut(n_features) {
            let larger = |a: f32, &b: &f32| if b.abs() > a.abs() { b } else { a };
            let sign = axis.iter().fold(0.0, larger).signum();
            axis.iter_mut().for_each(|component| *component *= sign);
        }
        if in_plane {
            axes[n_free * n_features..].fill((n_features as f64).sqrt().recip() as f32);
        }
    }

    /// Places some rows of the tokens x, shape (N, C), of which `trace` is by this spec, along the axes that
    /// were [chosen](Self::choose_axes): 0.3 ms for 512 tokens of 64 features. There are no points where x, axes
    /// and trace do not fit together, nor of rows that there are not.
    pub fn update(
        &mut self,
        x: ArrayView2<'_, f32>,
        rows: Range<usize>,
        spec: &NormSpec<'_>,
        trace: &NormTrace,
    ) {
        let Self {
            stages,
            axes,
            outlines,
            point,
            input,
            gamma,
            beta,
            ..
        } = self;
        let (n_axes, n_features) = axes.dim();
        let fits = n_features == x.ncols() && trace.normalized.dim() == x.dim();
        let rows = if fits {
            rows.start..rows.end.min(x.nrows())
        } else {
            0..0
        };
        fill_up(gamma, spec.gamma, n_features, 1.0);
        fill_up(beta, spec.beta, n_features, 0.0);
        point.resize(n_features, 0.0);
        let axes = axes.as_slice().unwrap_or_default();
        let input = side_by_side(&x, input);
        let normalized = trace.normalized.as_slice().unwrap_or_default();
        let output = trace.output.as_slice().unwrap_or_default();
        for (stage, table) in stages.iter_mut().enumerate() {
            let table = reshape(table, rows.len(), n_axes).chunks_exact_mut(n_axes.max(1));
            for (row_idx, coordinates) in rows.clone().zip(table) {
                let range = row_idx * n_features..(row_idx + 1) * n_features;
                let token = match stage {
                    0 => &input[range],
                    1 => {
                        trace.centre(&input[range], row_idx, point);
                        &*point
                    }
                    2 => &normalized[range],
                    3 => {
                        lanes::map([&normalized[range], gamma], point, |[x, gamma]| x * gamma);
                        &*point
                    }
                    _ => &output[range],
                };
                place(token, axes, coordinates);
            }
        }

        let n_points = match (spec.norm, n_features) {
            (Norm::Layer, 2) if n_axes == 2 => 2,
            (Norm::Layer, 3) if n_axes == 3 => N_OUTLINE,
            _ => 0,
        };
        let [circle, stretched, shifted] = outlines;
        let circle = reshape(circle, n_points, n_axes);
        // The length of x̂ without ε.
        let n = n_features as f64;
        let radius = if spec.unbiased { n - 1.0 } else { n }.sqrt();
        for (idx, point) in circle.chunks_exact_mut(n_axes.max(1)).enumerate() {
            on_circle(idx, radius, point);
        }
        let stretched = reshape(stretched, n_points, n_axes);
        let shifted = reshape(shifted, n_points, n_axes);
        let features = gamma.iter().zip(&*beta).cycle();
        let outlines = circle.iter().zip(stretched).zip(shifted);
        for (((circle, stretched), shifted), (gamma, beta)) in outlines.zip(features) {
            *stretched = gamma * circle;
            *shifted = *stretched + beta;
        }
    }
}

/// The coordinates of a token along axes.
fn place(token: &[f32], axes: &[f32], coordinates: &mut [f32]) {
    for (coordinate, axis) in coordinates.iter_mut().zip(axes.chunks_exact(token.len())) {
        let [along] = sums_over([token, axis], |[token, axis]| [token * axis]);
        *coordinate = along as f32;
    }
}

/// A point of the circle in the plane of zero mean of three features; with two, which leave a line, an
/// end of it.
fn on_circle(idx: usize, radius: f64, point: &mut [f32]) {
    let (sin, cos) = sin_cos(TAU * idx as f64 / (N_OUTLINE - 1) as f64);
    match point {
        [x, y] => {
            let end = radius * 0.5_f64.sqrt() * if idx == 0 { 1.0 } else { -1.0 };
            (*x, *y) = (end as f32, -end as f32);
        }
        [x, y, z] => {
            // Along (1, −1, 0) and (1, 1, −2).
            let (first, second) = (radius * cos * 0.5_f64.sqrt(), radius * sin / 6_f64.sqrt());
            *x = (first + second) as f32;
            *y = (second - first) as f32;
            *z = (-2.0 * second) as f32;
        }
        _ => {}
    }
}

/// Makes `axes` (axes, C) directions at right angles out of `vectors`, the first keeping its direction,
/// the second what it has at right angles to the first, and so on; all of them at right angles to ones
/// if they lie `in_plane`. Returns the largest change of a component.
fn straighten(vectors: &mut [f64], n_features: usize, in_plane: bool, axes: &mut [f32]) -> f64 {
    let mut moved = 0.0_f64;
    for (axis_idx, axis) in axes.chunks_exact_mut(n_features).enumerate() {
        let (before, rest) = vectors.split_at_mut(axis_idx * n_features);
        let vector = &mut rest[..n_features];
        let mut spare = 0;
        loop {
            let given = length(vector);
            // Twice, because rounding leaves something of a long direction in a short rest.
            for _ in 0..2 {
                if in_plane {
                    let mean = vector.iter().sum::<f64>() / n_features as f64;
                    vector.iter_mut().for_each(|component| *component -= mean);
                }
                for other in before.chunks_exact(n_features) {
                    let along: f64 = vector.iter().zip(other).map(|(a, b)| a * b).sum();
                    for (component, other) in vector.iter_mut().zip(other) {
                        *component -= along * other;
                    }
                }
            }
            let left = length(vector);
            vector.iter_mut().for_each(|component| *component /= left);
            if left > 1e-9 * given || spare == n_features {
                break;
            }
            // The input does not spread in so many directions: that of a feature will do.
            vector.fill(0.0);
            vector[spare] = 1.0;
            spare += 1;
        }
        for (axis, &mut component) in axis.iter_mut().zip(vector) {
            moved = moved.max((f64::from(*axis) - component).abs());
            *axis = component as f32;
        }
    }
    moved
}

fn length(vector: &[f64]) -> f64 {
    vector
        .iter()
        .map(|component| component * component)
        .sum::<f64>()
        .sqrt()
}

/// Makes `covariances` (C, C) those of the features, times the number of rows.
fn fill_covariances<'a>(
    rows: impl Iterator<Item = &'a [f32]>,
    centre: &[f64],
    covariances: &mut Vec<f64>,
) {
    let n_features = centre.len();
    covariances.clear();
    covariances.resize(n_features * n_features, 0.0);
    for row in rows {
        for (feature, sums) in covariances.chunks_exact_mut(n_features).enumerate() {
            let distance = F64x2::splat(f64::from(row[feature]) - centre[feature]);
            // What is left of the diagonal is the same once more.
            let at = feature..n_features;
            let sums = [&mut sums[at.clone()]];
            columns::add([&row[at.clone()]], &centre[at], sums, |[x], centre| {
                [(x - centre) * distance]
            });
        }
    }
    for feature in 1..n_features {
        for before in 0..feature {
            covariances[feature * n_features + before] = covariances[before * n_features + feature];
        }
    }
}

/// The axes (up to [`MOST_AXES`], C), the last one again where there are fewer; none where there are none.
fn three_axes(axes: &[f32], n_features: usize) -> Option<[&[f32]; MOST_AXES]> {
    let mut axes = axes.chunks_exact(n_features);
    let first = axes.next()?;
    let second = axes.next().unwrap_or(first);
    Some([first, second, axes.next().unwrap_or(second)])
}

/// Makes `turned` what the covariances make of the axes.
fn turn_by(covariances: &[f64], axes: &[f32], turned: &mut [f64]) {
    let n_features = turned.len() / MOST_AXES;
    let Some(axes) = three_axes(axes, n_features) else {
        return;
    };
    turned.fill(0.0);
    let (one, rest) = turned.split_at_mut(n_features);
    let (two, three) = rest.split_at_mut(n_features);
    for (feature, covariances) in covariances.chunks_exact(n_features).enumerate() {
        let along = axes.map(|axis| F64x2::splat(axis[feature].into()));
        let sums = [&mut *one, &mut *two, &mut *three];
        columns::add([], covariances, sums, |[], covariance| {
            along.map(|along| covariance * along)
        });
    }
}

/// Makes `turned` what the covariances of the rows make of the axes.
fn turn<'a>(
    rows: impl Iterator<Item = &'a [f32]>,
    centre: &[f64],
    axes: &[f32],
    turned: &mut [f64],
) {
    let n_features = centre.len();
    let Some(axes) = three_axes(axes, n_features) else {
        return;
    };
    let [first, second, third] = axes;
    let centre_along = axes.map(|axis| {
        let terms = axis.iter().zip(centre);
        terms
            .map(|(&axis, centre)| f64::from(axis) * centre)
            .sum::<f64>()
    });
    turned.fill(0.0);
    let (one, rest) = turned.split_at_mut(n_features);
    let (two, three) = rest.split_at_mut(n_features);
    for row in rows {
        let [one_along, two_along, three_along] =
            sums_over([row, first, second, third], |[x, a, b, c]| {
                [x * a, x * b, x * c]
            });
        let along = [
            one_along - centre_along[0],
            two_along - centre_along[1],
            three_along - centre_along[2],
        ];
        let along = along.map(F64x2::splat);
        let sums = [&mut *one, &mut *two, &mut *three];
        columns::add([row], centre, sums, |[x], centre| {
            along.map(|along| (x - centre) * along)
        });
    }
}
