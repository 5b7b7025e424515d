//! The Jacobian of LayerNorm or RMSNorm on one token: what a small change of each feature does to each
//! output.
//!
//! ∂yᵢ/∂xⱼ = γᵢ · (δᵢⱼ − 1/C − x̂ᵢ x̂ⱼ/C) / √(σ² + ε) (Xu et al. 2019), the 1/C missing for rms. So J =
//! D P/√(σ² + ε), with D = diag(γ) and P a projection: it takes out the direction of ones and, but for
//! ε, that of x̂. Everything here is `f64`, and made from one token of C features.

use ndarray::Array2;

use super::{Norm, NormSpec};
use crate::shape::reshape;

/// How often an interval is halved in the search for a singular value: then it is below the spacing of
/// doubles.
const MOST_HALVINGS: usize = 64;

/// The Jacobian of one token, and what follows from it, in buffers that the next token uses again.
#[derive(Clone, Debug, Default)]
pub struct JacobianTrace {
    /// ∂yᵢ/∂xⱼ: row i is the output, column j the input. (C, C)
    pub jacobian: Array2<f32>,
    /// x̂. (C)
    pub normalized: Vec<f64>,
    /// The scale of every gradient that passes: 1/√(σ² + ε), or 1/(σ + ε) if ε is outside of the root.
    pub rstd: f64,
    /// What is left of a small push along x̂, as a share of what a push in other directions keeps:
    /// ε/(σ² + ε), or ε/(σ + ε). 0 with ε = 0; 1 for a constant token, whose x̂ is no direction.
    pub along_normalized: f64,
    form: Form,
    /// x. (C)
    x: Vec<f64>,
    /// γ. (C)
    gamma: Vec<f64>,
    /// x̂ scaled to length 1, or zeros. (C)
    unit: Vec<f64>,
    singular_values: Vec<f64>,
    /// x + step and its output. (C)
    moved: [Vec<f64>; 2],
    /// x − step and its output. (C)
    moved_back: [Vec<f64>; 2],
    push: Push,
}

/// What [`JacobianTrace::push`] did to the output.
#[derive(Clone, Debug, Default)]
pub struct Push {
    /// y(x + step · direction) − y(x). (C)
    pub change: Vec<f64>,
    /// What the Jacobian says of it: J · step · direction. (C)
    pub predicted: Vec<f64>,
    /// The largest size in `change`.
    pub largest: f64,
}

/// Where to push a token.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Direction<'a> {
    /// All features by the same: LayerNorm does not notice.
    Ones,
    /// Along x̂, which makes the token larger or smaller: no norm notices, but for ε.
    Normalized,
    /// Any other (C); 0 for features beyond its end.
    Given(&'a [f64]),
}

/// The Jacobian beside central differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FiniteDifferences {
    /// How far each feature was moved to both sides.
    pub step: f64,
    /// The largest |Jᵢⱼ − (yᵢ(x + step eⱼ) − yᵢ(x − step eⱼ)) / 2 step|.
    pub max_error: f64,
    /// The largest |Jᵢⱼ|, to compare with.
    pub largest: f64,
}

/// What of a spec the norm of one token depends on, beside γ.
#[derive(Clone, Copy, Debug, Default)]
struct Form {
    /// Whether the mean is taken off.
    centred: bool,
    unbiased: bool,
    eps_outside: bool,
    eps: f64,
}

/// What one token is normalized by.
struct Moments {
    mean: f64,
    variance: f64,
    rstd: f64,
}

impl Form {
    fn moments(self, x: &[f64]) -> Moments {
        let n = x.len() as f64;
        let mean = if self.centred {
            x.iter().sum::<f64>() / n
        } else {
            0.0
        };
        let squares = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
        let variance = squares / if self.unbiased { n - 1.0 } else { n };
        let rstd = if self.eps_outside {
            (variance.sqrt() + self.eps).recip()
        } else {
            (variance + self.eps).sqrt().recip()
        };
        Moments {
            mean,
            variance,
            rstd,
        }
    }

    /// γ · x̂; β is of no matter to differences.
    fn apply(self, x: &[f64], gamma: &[f64], out: &mut Vec<f64>) {
        let Moments { mean, rstd, .. } = self.moments(x);
        out.clear();
        out.extend(
            x.iter()
                .zip(gamma)
                .map(|(x, gamma)| gamma * (x - mean) * rstd),
        );
    }
}

impl JacobianTrace {
    /// Takes the Jacobian at the token x, shape (C): that of RMSNorm if the spec says rms, of LayerNorm
    /// otherwise. γ, ε and their variants count, padding and β do not. A token that is 0/0 gives NaN.
    pub fn update(&mut self, x: &[f32], spec: &NormSpec<'_>) {
        let n = x.len();
        let centred = spec.norm != Norm::Rms;
        self.form = Form {
            centred,
            unbiased: centred && spec.unbiased,
            eps_outside: spec.eps_outside,
            eps: spec.eps,
        };
        self.x.clear();
        self.x.extend(x.iter().map(|&x| f64::from(x)));
        self.gamma.clear();
        self.gamma
            .extend(spec.gamma.iter().take(n).map(|&gamma| f64::from(gamma)));
        self.gamma.resize(n, 1.0);

        let Moments {
            mean,
            variance,
            rstd,
        } = self.form.moments(&self.x);
        let size = if spec.eps_outside {
            variance.sqrt()
        } else {
            variance
        };
        self.rstd = rstd;
        self.along_normalized = spec.eps / (size + spec.eps);
        self.normalized.clear();
        self.normalized
            .extend(self.x.iter().map(|x| (x - mean) * rstd));
        let length = self.normalized.iter().map(|x| x * x).sum::<f64>().sqrt();
        let scale = if length > 0.0 { length.recip() } else { length };
        self.unit.clear();
        self.unit.extend(self.normalized.iter().map(|x| x * scale));

        let (rstd, ones, kept) = (self.rstd, self.ones_share(), 1.0 - self.along_normalized);
        let jacobian = reshape(&mut self.jacobian, n, n);
        let rows = jacobian.chunks_exact_mut(n.max(1));
        for (i, (row, (&gamma, &unit))) in rows.zip(self.gamma.iter().zip(&self.unit)).enumerate() {
            for (entry, other) in row.iter_mut().zip(&self.unit) {
                *entry = (gamma * rstd * (-ones - kept * unit * other)) as f32;
            }
            // The diagonal again, rounded once.
            row[i] = (gamma * rstd * (1.0 - ones - kept * unit * unit)) as f32;
        }
    }

    /// Whether the token is not 0/0, and finite.
    fn is_defined(&self) -> bool {
        self.rstd.is_finite() && self.along_normalized.is_finite()
    }

    /// What every entry of the projection has of the direction of ones.
    fn ones_share(&self) -> f64 {
        if self.form.centred {
            (self.x.len() as f64).recip()
        } else {
            0.0
        }
    }

    /// ∂yᵢ/∂xⱼ in full precision; NaN outside.
    pub fn entry(&self, i: usize, j: usize) -> f64 {
        let (Some(gamma), Some(one), Some(other)) =
            (self.gamma.get(i), self.unit.get(i), self.unit.get(j))
        else {
            return f64::NAN;
        };
        let identity = if i == j { 1.0 } else { 0.0 };
        let along = (1.0 - self.along_normalized) * one * other;
        gamma * self.rstd * (identity - self.ones_share() - along)
    }

    /// The factors by which the Jacobian stretches the directions it keeps apart, the largest first,
    /// each within about 1e-12 of the largest. (C)
    ///
    /// With γ = 1 they are 1/√(σ² + ε), C − 2 times (C − 1 for rms),
    /// [`along_normalized`](Self::along_normalized) times that for x̂, and 0 for ones. With other γ too
    /// at least one is 0 for LayerNorm, and nearly none where ε is small.
    ///
    /// They are the roots of the eigenvalues of D P² D = D² − W Wᵀ, W two columns. So many of these lie
    /// below s as numbers of D² do, and as F(s) = 1 − Wᵀ(D² − s)⁻¹W, two by two, has negative
    /// eigenvalues (Sylvester's law of inertia; Golub 1973, for one column). Each is found by halving
    /// an interval, in O(C) a time: no matrix is decomposed, and there is no limit to C. 64 features of
    /// different γ take 0.6 ms, 128 take 2.4 ms, 1024 take 160 ms; with equal γ 0.5 ms.
    pub fn singular_values(&mut self) -> &[f64] {
        let n = self.x.len();
        let largest = self
            .gamma
            .iter()
            .fold(0.0, |max: f64, gamma| max.max(gamma.abs()));
        let mut values = std::mem::take(&mut self.singular_values);
        values.clear();
        if !self.is_defined() {
            values.resize(n, f64::NAN);
        }
        // P lengthens nothing, so none is larger than the largest |γ|.
        let end = largest * (1.0 + 4.0 * f64::EPSILON);
        let mut low = 0.0;
        while values.len() < n {
            let mut high = end;
            for _ in 0..MOST_HALVINGS {
                let middle = 0.5 * (low + high);
                if middle <= low || middle >= high {
                    break;
                }
                if self.n_below(middle * middle) > values.len() {
                    high = middle;
                } else {
                    low = middle;
                }
            }
            // All that lie so close together are found at once.
            let n_found = self.n_below(high * high).clamp(values.len() + 1, n);
            let value = if low > 0.0 { high * self.rstd } else { 0.0 };
            values.resize(n_found, value);
        }
        values.reverse();
        self.singular_values = values;
        &self.singular_values
    }

    /// How many eigenvalues of D P² D are smaller than s > 0.
    fn n_below(&self, s: f64) -> usize {
        let ones = self.ones_share();
        let mut n_below = 0;
        // Of q qᵀ/(γ² − s): q is a column of W without γ and without its scale.
        let [mut along_ones, mut across, mut along_unit] = [0.0; 3];
        for (gamma, unit) in self.gamma.iter().zip(&self.unit) {
            let square = gamma * gamma;
            n_below += usize::from(square < s);
            let distance = square - s;
            // On a number of D² itself: a little below it.
            let weight = if distance == 0.0 {
                f64::EPSILON * s
            } else {
                distance
            }
            .recip();
            along_ones += weight;
            across += weight * unit;
            along_unit += weight * unit * unit;
        }
        // F(s), with 1 − WᵀD⁻²W, which is 0 or nearly, written out so that nothing cancels.
        let p = self.along_normalized;
        let kept = 1.0 - p * p;
        let first = if self.form.centred {
            -s * ones * along_ones
        } else {
            1.0
        };
        let second = p * p - s * kept * along_unit;
        let beside = -s * (ones * kept).sqrt() * across;
        let determinant = first * second - beside * beside;
        let n_negative = match (determinant < 0.0, first + second < 0.0) {
            (true, _) => 1,
            (false, true) => 2,
            (false, false) => 0,
        };
        n_below + n_negative
    }

    /// Moves the token by `step` along a direction and says what the output does. With LayerNorm
    /// nothing, to any step, along ones, and little along x̂ as long as the token is not turned inside
    /// out.
    pub fn push(&mut self, direction: Direction<'_>, step: f64) -> &Push {
        let direction_of = |normalized: &[f64], idx: usize| match direction {
            Direction::Ones => 1.0,
            Direction::Normalized => normalized[idx],
            Direction::Given(given) => given.get(idx).copied().unwrap_or(0.0),
        };
        let Self {
            x,
            gamma,
            normalized,
            unit,
            form,
            moved: [moved, output],
            moved_back: [_, output_before],
            push,
            ..
        } = self;
        moved.clear();
        moved.extend(
            x.iter()
                .enumerate()
                .map(|(idx, x)| x + step * direction_of(normalized, idx)),
        );
        form.apply(moved, gamma, output);
        form.apply(x, gamma, output_before);
        push.change.clear();
        push.change.extend(
            output
                .iter()
                .zip(output_before)
                .map(|(after, before)| after - *before),
        );
        push.largest = push
            .change
            .iter()
            .fold(0.0, |max: f64, change| max.max(change.abs()));

        let n = x.len() as f64;
        let (mut sum, mut along) = (0.0, 0.0);
        for (idx, unit) in unit.iter().enumerate() {
            sum += direction_of(normalized, idx);
            along += direction_of(normalized, idx) * unit;
        }
        let mean = if form.centred { sum / n } else { 0.0 };
        let along = (1.0 - self.along_normalized) * along;
        let scale = step * self.rstd;
        push.predicted.clear();
        push.predicted.extend(
            gamma
                .iter()
                .zip(unit)
                .enumerate()
                .map(|(idx, (gamma, unit))| {
                    scale * gamma * (direction_of(normalized, idx) - mean - along * *unit)
                }),
        );
        push
    }

    /// The Jacobian beside central differences of the norm, in every entry. 2 C times the norm of C
    /// features: 20 ms for 1024.
    ///
    /// The step balances what the differences leave out, which grows with its square, and the rounding
    /// of y, which grows as it shrinks, and with the mean of the token.
    pub fn finite_differences(&mut self) -> FiniteDifferences {
        let reach = self.x.iter().fold(0.0, |max: f64, x| max.max(x.abs())) * self.rstd;
        // The third root of the spacing of doubles, and of the reach the fourth, which is near enough.
        let step = 6e-6 * reach.max(1.0).sqrt().sqrt() / self.rstd;
        let (mut max_error, mut largest) = (0.0_f64, 0.0_f64);
        if !self.is_defined() {
            (max_error, largest) = (f64::NAN, f64::NAN);
        }
        for j in 0..self.x.len() {
            let sides = [(&mut self.moved, step), (&mut self.moved_back, -step)];
            for ([moved, output], step) in sides {
                moved.clear();
                moved.extend_from_slice(&self.x);
                moved[j] += step;
                self.form.apply(moved, &self.gamma, output);
            }
            // The step that the token really made.
            let width = self.moved[0][j] - self.moved_back[0][j];
            for i in 0..self.x.len() {
                let entry = self.entry(i, j);
                let by_steps = (self.moved[1][i] - self.moved_back[1][i]) / width;
                max_error = max_error.max((entry - by_steps).abs());
                largest = largest.max(entry.abs());
            }
        }
        FiniteDifferences {
            step,
            max_error,
            largest,
        }
    }
}
