//! What a norm does to gradients, as figures: the Jacobian of a token, dy and dx, and how the scale of the input
//! comes back in the gradient.

use std::borrow::Cow;

use figures::{
    Axis, Bars, CellAxis, Cells, Colours, Column, Cross, Figure, Head, Heatmap, Panel, Plot,
    Points, Ramp, Role, Rows, Rule, Table, ticks::nice_above,
};
use maths::inputs::{Distribution, InputSpec, InputTable};
use maths::normalize::{
    BatchMode, Direction, JacobianTrace, Norm, NormGradients, NormSpec, NormTrace, Padding,
    normalize, normalize_backward, token_jacobian,
};
use ndarray::{Array2, ArrayView1, s};

use super::super::state::{Along, Incoming, NormalizeState};
use super::super::story::gradient::{self as story, GradientReading, JacobianReading, PushReading};
use super::super::story::{NO_NUMBER, TOO_FEW, Trouble};
use super::{NormalizeScene, features, idx_from};
use crate::labs::{Cell, Fact};

/// Features up to which each is moved by a small step, and singular values of unequal γ are searched for, in a frame.
const MOST_SMALL_STEPS: usize = 256;

/// How many input scales the gradient's size is drawn for.
const N_SCALES: usize = 49;

/// The powers of ten at the ends of these scales.
const SCALE_DECADES: (f64, f64) = (-4.0, 2.0);

/// How many values are normalised for all of these scales together, so that a frame is enough.
const MOST_SCALED_VALUES: usize = N_SCALES << 14;

/// With fewer scales there would be corners in the curve: they are shown as points.
const FEWEST_SCALES: usize = 3;

/// What is smaller than the largest singular value by this factor is 0 as far as can be told.
const NEGLIGIBLE: f64 = 1e-12;

/// Turns a seed of the input into one for the incoming gradient.
const DY_SEED: u64 = 1 << 62;

/// What the part keeps from frame to frame.
#[derive(Default)]
pub struct GradientScene {
    /// What all below was made from.
    of: Option<Key>,
    /// Grows whenever anything below changed.
    version: u64,
    /// a · x + c: the selected token alone where the norm does not mix tokens, otherwise all of them. (rows, C)
    input: Array2<f32>,
    /// Where the selected token is in it.
    row_idx: usize,
    seq_len: usize,
    trace: NormTrace,
    noise: InputTable,
    /// The incoming gradient of the same rows. (rows, C)
    dy: Array2<f32>,
    gradients: NormGradients,
    /// Of LayerNorm and RMSNorm.
    exact: JacobianTrace,
    /// Whether `exact` is of this token.
    is_exact: bool,
    /// ∂yᵢ/∂xⱼ of the selected token. (C, C)
    jacobian: Array2<f32>,
    stretch: Stretch,
    /// dx of the selected token by central differences; empty where there are too many features. (C)
    by_steps: Vec<f32>,
    /// How far each feature was moved for it.
    step: f64,
    /// The largest difference from the formula, both in double precision.
    step_error: f64,
    push: Pushed,
    sizes: Sizes,
}

/// Everything that the gradients depend on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    input: u64,
    row_idx: usize,
    feature: usize,
    scale: (f64, f64),
    norm: Norm,
    eps: f64,
    gamma: Vec<f32>,
    dy: Incoming,
    real_lens: Vec<usize>,
    counted: bool,
    seed: u64,
}

/// How much the Jacobian stretches, of each direction or feature.
#[derive(Default)]
struct Stretch {
    /// 1, 2, … or the features. (C)
    numbers: Vec<f32>,
    /// The factors; empty where they are not known. (C)
    factors: Vec<f32>,
}

/// What a push did.
#[derive(Default)]
struct Pushed {
    /// y(x + push) − y(x) of the selected token. (C)
    change: Vec<f32>,
    /// The largest size in it.
    largest: f64,
    /// The same of what the Jacobian says.
    largest_predicted: f64,
    /// The largest change of any other token.
    largest_elsewhere: f64,
    /// The same rows with the token moved. (rows, C)
    input: Array2<f32>,
    trace: NormTrace,
}

/// ‖dx‖ over the scale of the input.
#[derive(Default)]
struct Sizes {
    /// The version of the input, and all else but the scale, that they were made for.
    of: Option<Key>,
    scales: Vec<f32>,
    sizes: Vec<f32>,
    /// ‖dx‖ at the scale 1, divided by the scale.
    falling: Vec<f32>,
    input: Array2<f32>,
    trace: NormTrace,
    gradients: NormGradients,
}

/// Whether an output depends on nothing but its own token.
pub fn is_per_token(norm: Norm) -> bool {
    matches!(
        norm,
        Norm::Layer | Norm::Rms | Norm::DyT { .. } | Norm::None | Norm::Batch(BatchMode::Eval)
    )
}

/// Whether the Jacobian is known in full precision.
fn is_exact(norm: Norm) -> bool {
    matches!(norm, Norm::Layer | Norm::Rms)
}

/// a · x + c, rounded once.
#[allow(clippy::cast_possible_truncation)]
fn moved(x: f32, (a, c): (f64, f64)) -> f32 {
    (a * f64::from(x) + c) as f32
}

impl NormalizeScene {
    /// Brings everything of this part up to the state but for the push and the curve.
    fn update_gradient(&mut self, state: &NormalizeState) {
        self.update(state);
        let spec = self.spec(state, state.norm);
        let key = Key {
            input: self.versions[0],
            row_idx: state.row(),
            feature: match state.dy {
                Incoming::OneHot => state.column(),
                Incoming::Seeded => 0,
            },
            scale: (state.scale_a, state.shift_c),
            norm: spec.norm,
            eps: spec.eps,
            gamma: spec.gamma.to_vec(),
            dy: state.dy,
            real_lens: spec.padding.real_lens.to_vec(),
            counted: spec.padding.counted,
            seed: state.seed,
        };
        if self.gradient.of.as_ref() == Some(&key) {
            return;
        }
        let mut part = std::mem::take(&mut self.gradient);
        part.version += 1;
        let spec = self.spec(state, state.norm);
        let x = self.x();
        let rows = rows_of(state, spec.norm);
        let spec = within(state, spec);
        part.row_idx = state.row() - rows.start;
        part.seq_len = if is_per_token(key.norm) {
            1
        } else {
            state.seq_len
        };
        part.input = x.slice(s![rows.clone(), ..]).mapv(|x| moved(x, key.scale));
        // What is beyond the end of a sample is zero, whatever the noise.
        for (row_idx, mut row) in rows.clone().zip(part.input.rows_mut()) {
            if state.is_padding(row_idx) {
                row.fill(0.0);
            }
        }

        part.noise.update(&InputSpec {
            distribution: Distribution::Normal,
            batch: state.batch,
            seq_len: state.seq_len,
            d_model: state.d_model,
            mean: 0.0,
            std: 1.0,
            seed: state.seed ^ DY_SEED,
            values: &[],
        });
        // The loss depends on the selected token alone.
        part.dy = Array2::zeros(part.input.dim());
        let mut dy = part.dy.row_mut(part.row_idx);
        match state.dy {
            Incoming::Seeded => dy.assign(&part.noise.values().row(state.row())),
            Incoming::OneHot => dy[key.feature] = 1.0,
        }
        // Too few values for batch norm make everything NaN, which is hatched and said.
        normalize(part.input.view(), part.seq_len, &spec, &mut part.trace).ok();
        normalize_backward(
            part.input.view(),
            &spec,
            &part.trace,
            part.dy.view(),
            &mut part.gradients,
        );
        part.is_exact = is_exact(spec.norm) && !(state.masked && state.is_padding(state.row()));
        if part.is_exact {
            let token = row_of(&part.input, part.row_idx);
            part.exact.update(token, &spec);
            part.jacobian.clone_from(&part.exact.jacobian);
        } else {
            token_jacobian(
                part.input.view(),
                &spec,
                &part.trace,
                part.row_idx,
                &mut part.jacobian,
            );
        }
        part.update_stretch(&key);
        part.update_small_steps();
        part.of = Some(key);
        self.gradient = part;
    }

    /// Pushes the selected token.
    #[allow(clippy::cast_possible_truncation)]
    fn update_push(&mut self, state: &NormalizeState) {
        self.update_gradient(state);
        let mut part = std::mem::take(&mut self.gradient);
        let spec = self.spec(state, state.norm);
        let d_model = state.d_model;
        let mut one_hot = vec![0.0; d_model];
        if let Some(one) = one_hot.get_mut(state.column()) {
            *one = 1.0;
        }
        let pushed = &mut part.push;
        if part.is_exact {
            let direction = match state.push {
                Along::Ones => Direction::Ones,
                Along::Normalized => Direction::Normalized,
                Along::Feature => Direction::Given(&one_hot),
            };
            let push = part.exact.push(direction, state.push_size);
            pushed.change.clear();
            pushed
                .change
                .extend(push.change.iter().map(|&change| change as f32));
            pushed.largest = push.largest;
            pushed.largest_predicted = largest(push.predicted.iter().copied());
            pushed.largest_elsewhere = 0.0;
        } else {
            let direction: Vec<f64> = match state.push {
                Along::Ones => vec![1.0; d_model],
                Along::Normalized => {
                    let row = part.trace.normalized.row(part.row_idx);
                    row.iter().map(|&x| f64::from(x)).collect()
                }
                Along::Feature => one_hot,
            };
            pushed.input.clone_from(&part.input);
            for (x, along) in pushed
                .input
                .row_mut(part.row_idx)
                .iter_mut()
                .zip(&direction)
            {
                *x = (f64::from(*x) + state.push_size * along) as f32;
            }
            let spec = within(state, spec);
            normalize(pushed.input.view(), part.seq_len, &spec, &mut pushed.trace).ok();
            let (before, after) = (&part.trace.output, &pushed.trace.output);
            pushed.largest_elsewhere = 0.0;
            for (row_idx, (before, after)) in
                before.rows().into_iter().zip(after.rows()).enumerate()
            {
                let changes = before
                    .iter()
                    .zip(after)
                    .map(|(&before, &after)| after - before);
                if row_idx == part.row_idx {
                    pushed.change.clear();
                    pushed.change.extend(changes);
                } else {
                    let here = largest(changes.map(f64::from));
                    pushed.largest_elsewhere = pushed.largest_elsewhere.max(here);
                }
            }
            pushed.largest = largest(pushed.change.iter().map(|&change| f64::from(change)));
            let predicted = part.jacobian.rows().into_iter().map(|row| {
                let along = row.iter().zip(&direction);
                state.push_size
                    * along
                        .map(|(&entry, along)| f64::from(entry) * along)
                        .sum::<f64>()
            });
            pushed.largest_predicted = largest(predicted);
        }
        self.gradient = part;
    }

    /// The size of the gradient for every scale of the input.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn update_sizes(&mut self, state: &NormalizeState) {
        self.update_gradient(state);
        let mut part = std::mem::take(&mut self.gradient);
        let key = part.of.clone().map(|key| Key {
            scale: (0.0, state.shift_c),
            ..key
        });
        let rows = rows_of(state, self.spec(state, state.norm).norm);
        if part.sizes.of != key {
            let spec = within(state, self.spec(state, state.norm));
            let values = self.x();
            let x = values.slice(s![rows, ..]);
            let Sizes {
                scales,
                sizes,
                falling,
                input,
                trace,
                gradients,
                ..
            } = &mut part.sizes;
            scales.clear();
            sizes.clear();
            falling.clear();
            let mut size_at = |scale: f64| {
                input.clone_from(&x.mapv(|x| moved(x, (scale, state.shift_c))));
                normalize(input.view(), part.seq_len, &spec, trace).ok();
                normalize_backward(input.view(), &spec, trace, part.dy.view(), gradients);
                length(gradients.dx.row(part.row_idx))
            };
            let at_one = size_at(1.0);
            let n_scales = n_scales(state);
            for idx in 0..n_scales {
                let scale = scale_at(idx, n_scales);
                scales.push(scale as f32);
                sizes.push(size_at(scale) as f32);
                falling.push((at_one / scale) as f32);
            }
            part.sizes.of = key;
        }
        self.gradient = part;
    }
}

/// The rows that a figure of gradients needs: the selected one, or all where the norm mixes tokens.
fn rows_of(state: &NormalizeState, norm: Norm) -> std::ops::Range<usize> {
    if is_per_token(norm) {
        state.row()..state.row() + 1
    } else {
        0..state.rows()
    }
}

/// The norm of these rows: a token on its own is a sample of its own.
fn within<'a>(state: &NormalizeState, spec: NormSpec<'a>) -> NormSpec<'a> {
    if !is_per_token(spec.norm) {
        return spec;
    }
    let real_lens: &[usize] = if state.is_padding(state.row()) {
        &[0]
    } else {
        &[]
    };
    NormSpec {
        padding: Padding {
            real_lens,
            ..spec.padding
        },
        ..spec
    }
}

/// One of the scales for which the gradient's size is drawn.
#[allow(clippy::cast_precision_loss)]
fn scale_at(idx: usize, n_scales: usize) -> f64 {
    let (first, last) = SCALE_DECADES;
    10_f64.powf(first + (last - first) * idx as f64 / (n_scales - 1) as f64)
}

/// For how many scales the gradient's size is computed: fewer where the norm mixes many values.
pub fn n_scales(state: &NormalizeState) -> usize {
    let n_values = rows_of(state, state.norm_in_use()).len() * state.d_model;
    (MOST_SCALED_VALUES / n_values).clamp(FEWEST_SCALES, N_SCALES)
}

impl GradientScene {
    /// The selected token's row of a matrix of all rows. (C)
    fn row_of<'a>(&self, matrix: &'a Array2<f32>) -> &'a [f32] {
        row_of(matrix, self.row_idx)
    }

    /// Singular values of LayerNorm and RMSNorm; where features do not mix, what each is stretched by.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
    fn update_stretch(&mut self, key: &Key) {
        let n = self.input.ncols();
        let factors = &mut self.stretch.factors;
        factors.clear();
        let first = if self.is_exact {
            let is_common = key
                .gamma
                .iter()
                .all(|gamma| Some(gamma) == key.gamma.first());
            if is_common || n <= MOST_SMALL_STEPS {
                factors.extend(
                    self.exact
                        .singular_values()
                        .iter()
                        .map(|&value| value as f32),
                );
                let negligible = factors
                    .first()
                    .map_or(0.0, |&first| f64::from(first) * NEGLIGIBLE);
                for value in factors
                    .iter_mut()
                    .filter(|value| f64::from(**value) <= negligible)
                {
                    *value = 0.0;
                }
            }
            1
        } else {
            if !matches!(key.norm, Norm::Group { .. }) {
                factors.extend(self.jacobian.diag().iter().map(|entry| entry.abs()));
            }
            0
        };
        self.stretch.numbers.clear();
        self.stretch
            .numbers
            .extend((first..first + n).map(|number| number as f32));
    }

    /// dx once more, without any formula for it: every feature a little up and down.
    #[allow(clippy::cast_possible_truncation)]
    fn update_small_steps(&mut self) {
        let n = self.input.ncols();
        self.by_steps.clear();
        self.step_error = 0.0;
        if !self.is_exact || n > MOST_SMALL_STEPS {
            return;
        }
        let reach =
            largest(self.row_of(&self.input).iter().map(|&x| f64::from(x))) * self.exact.rstd;
        // Balances what the differences leave out and the rounding of y.
        self.step = (f64::EPSILON * reach.max(1.0)).cbrt() / self.exact.rstd;
        let dy: Vec<f64> = self
            .row_of(&self.dy)
            .iter()
            .map(|&dy| f64::from(dy))
            .collect();
        let mut direction = vec![0.0; n];
        for feature in 0..n {
            direction[feature] = 1.0;
            let [up, down] = [self.step, -self.step].map(|step| {
                let push = self.exact.push(Direction::Given(&direction), step);
                let along = push.change.iter().zip(&dy);
                along.map(|(change, dy)| change * dy).sum::<f64>()
            });
            direction[feature] = 0.0;
            let by_steps = (up - down) / (2.0 * self.step);
            let by_formula = (0..n).map(|output| dy[output] * self.exact.entry(output, feature));
            let error = by_steps - by_formula.sum::<f64>();
            self.step_error = largest([self.step_error, error].into_iter());
            self.by_steps.push(by_steps as f32);
        }
    }

    /// The numbers of dy and dx.
    fn read(
        &self,
        state: &NormalizeState,
        norm: Norm,
        trouble: Option<Trouble>,
    ) -> GradientReading {
        let (dy, dx) = (self.row_of(&self.dy), self.row_of(&self.gradients.dx));
        let normalized = self.row_of(&self.trace.normalized);
        let n_reached = if is_per_token(norm) {
            0
        } else {
            self.gradients
                .dx
                .rows()
                .into_iter()
                .enumerate()
                .filter(|(row_idx, dx)| *row_idx != self.row_idx && dx.iter().any(|&dx| dx != 0.0))
                .count()
        };
        GradientReading {
            norm,
            feature: state.column(),
            dy: dy.get(state.column()).copied().unwrap_or(f32::NAN).into(),
            dx: dx.get(state.column()).copied().unwrap_or(f32::NAN).into(),
            dy_size: length(dy.into()),
            dx_size: length(dx.into()),
            dx_sum: dx.iter().map(|&dx| f64::from(dx)).sum(),
            dx_along: dx
                .iter()
                .zip(normalized)
                .map(|(&dx, &x)| f64::from(dx) * f64::from(x))
                .sum(),
            rstd: self.rstd(),
            eps_share: self.eps_share(norm),
            error: (!self.by_steps.is_empty() && self.step_error.is_finite())
                .then_some(self.step_error),
            n_reached,
            trouble,
        }
    }

    /// ε as a part of σ² + ε: of the token, or the largest of the groups that its features are in.
    fn eps_share(&self, norm: Norm) -> f64 {
        if self.is_exact {
            return self.exact.along_normalized;
        }
        let Some(key) = self.of.as_ref().filter(|_| !is_per_token(norm)) else {
            return 0.0;
        };
        let at = [self.row_idx / self.seq_len, self.row_idx % self.seq_len];
        let shares = (0..self.input.ncols()).filter_map(|feature| {
            let group = self.trace.groups.group_of([at[0], at[1], feature])?;
            Some(key.eps / (self.trace.variance.get(group)? + key.eps))
        });
        largest(shares)
    }

    /// 1/√(σ² + ε) of the token, where it has one.
    fn rstd(&self) -> Option<f64> {
        self.is_exact.then_some(self.exact.rstd)
    }

    /// What hatching means.
    fn undefined(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.input.iter().all(|x| x.is_finite()) {
            "0 / 0"
        } else {
            NO_NUMBER
        })
    }
}

impl NormalizeScene {
    /// Why the selected token has no gradient.
    fn no_gradient(&self, state: &NormalizeState) -> Option<Trouble> {
        let part = &self.gradient;
        let dx = part.row_of(&part.gradients.dx);
        if self.too_few.is_some() {
            Some(Trouble::TooFew)
        } else if state.padding && state.masked && state.is_padding(state.row()) {
            Some(Trouble::Padding)
        } else if dx.iter().all(|dx| dx.is_finite()) {
            None
        } else if part.input.iter().any(|x| !x.is_finite()) {
            Some(Trouble::NoNumber)
        } else {
            (state.eps == 0.0).then_some(Trouble::ZeroOverZero)
        }
    }

    /// The numbers of dy and dx.
    fn read_gradient(&self, state: &NormalizeState) -> GradientReading {
        let norm = self.spec(state, state.norm).norm;
        self.gradient.read(state, norm, self.no_gradient(state))
    }
}

/// What is drawn, or why it cannot be.
fn unless_too_few<'a>(trouble: Option<Trouble>, plot: Plot<'a>) -> Plot<'a> {
    match trouble {
        Some(Trouble::TooFew) => Plot::Empty(Cow::Borrowed(TOO_FEW)),
        _ => plot,
    }
}

/// A row of a matrix. (C)
fn row_of(matrix: &Array2<f32>, row_idx: usize) -> &[f32] {
    let row_len = matrix.ncols();
    let all = matrix.as_slice().unwrap_or_default();
    all.get(row_idx * row_len..(row_idx + 1) * row_len)
        .unwrap_or_default()
}

/// The Euclidean length.
fn length(values: ArrayView1<'_, f32>) -> f64 {
    let squares = values
        .iter()
        .map(|&value| f64::from(value) * f64::from(value));
    squares.sum::<f64>().sqrt()
}

/// The largest size; NaN where any is, because then nothing is known.
pub(super) fn largest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(0.0, |max: f64, value| {
        if value.is_nan() || max.is_nan() {
            f64::NAN
        } else {
            max.max(value.abs())
        }
    })
}

#[allow(clippy::cast_possible_truncation)]
pub(super) fn symmetric(reach: f64) -> Colours {
    Colours {
        ramp: Ramp::Diverging,
        min: -reach as f32,
        max: reach as f32,
    }
}

/// Powers of ten around what is positive and finite; `None` where nothing is.
pub(super) fn decades<'v>(values: impl Iterator<Item = &'v f32>) -> Option<(f64, f64)> {
    let positive = values.filter(|value| value.is_finite() && **value > 0.0);
    let (min, max) = positive.fold((f64::INFINITY, 0.0_f64), |(min, max), &value| {
        (min.min(value.into()), max.max(value.into()))
    });
    (max > 0.0).then(|| {
        let (low, high) = (min.log10().floor(), max.log10().ceil());
        (10_f64.powf(low), 10_f64.powf(high.max(low + 1.0)))
    })
}

/// The Jacobian of the selected token, what it stretches, and what a push does.
pub fn jacobian<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_push(state);
    let norm = scene.spec(state, state.norm).norm;
    let part = &scene.gradient;
    let trouble = scene.no_gradient(state);
    let d_model = state.d_model;
    let largest_gamma = largest(
        scene
            .spec(state, state.norm)
            .gamma
            .iter()
            .map(|&gamma| f64::from(gamma)),
    );
    let most = largest(part.jacobian.iter().map(|&entry| f64::from(entry)));
    // The diagonal would leave nothing of the rest.
    #[allow(clippy::cast_precision_loss)]
    let reach = match norm {
        Norm::Layer | Norm::Rms => nice_above(most * (4.0 / d_model as f64).min(1.0)),
        _ => nice_above(most),
    };
    let cross = Cross {
        x: Some(state.column() as u64),
        y: None,
    };
    let mut panels = vec![Panel {
        head: Head {
            symbol: Cow::Borrowed("∂y/∂x"),
            note: Cow::Borrowed("Jacobian"),
        },
        cross,
        caption: Cow::Owned(story::jacobian_caption(reach, most)),
        ..Panel::new(
            features("input feature", state),
            Axis::cells("feature", "output feature", 0, d_model),
            unless_too_few(
                trouble,
                Plot::Heatmap(Heatmap {
                    values: part.jacobian.view(),
                    rows: Rows::Down,
                    colours: symmetric(reach),
                    undefined: part.undefined(),
                    version: part.version,
                }),
            ),
        )
    }];
    panels.push(stretch_panel(part, norm, trouble));

    let step = match state.push {
        Along::Ones | Along::Feature => 1.0,
        Along::Normalized => largest(
            part.row_of(&part.trace.normalized)
                .iter()
                .map(|&x| x.into()),
        ),
    };
    let expected = part.rstd().unwrap_or(1.0) * state.push_size.abs() * step * largest_gamma;
    let expected = if expected.is_finite() { expected } else { 0.0 };
    let reach = nice_above(part.push.largest.max(expected));
    let reading = push_reading(part, state, norm);
    panels.push(Panel {
        head: Head {
            symbol: Cow::Borrowed("Δy"),
            note: Cow::Owned(story::push_note(&reading)),
        },
        cross,
        caption: Cow::Owned(story::push_caption(&reading)),
        ..Panel::new(
            features("output feature", state),
            Axis::values("", -reach, reach),
            unless_too_few(
                trouble,
                Plot::Bars(Bars {
                    values: ArrayView1::from(&part.push.change[..]),
                    cells_on: CellAxis::X,
                    colours: symmetric(reach),
                    undefined: part.undefined(),
                }),
            ),
        )
    });
    let n_zero = part
        .stretch
        .factors
        .iter()
        .filter(|&&factor| factor == 0.0)
        .count();
    Figure {
        id: "normalize-gradient",
        title: Cow::Owned(story::jacobian_title(state)),
        summary: story::jacobian_summary(
            state,
            &JacobianReading {
                norm,
                rstd: part.rstd(),
                along: part.exact.along_normalized,
                n_zero,
                is_known: !part.stretch.factors.is_empty(),
                trouble,
            },
            &reading,
        ),
        panels,
        table: Table::Matrix {
            index: "output",
            first: 0,
            prefix: "input_",
            columns: Cow::Owned((0..d_model).collect()),
            values: part.jacobian.view(),
        },
        read_rows: state.column()..state.column() + 1,
    }
}

/// What a push did, for the words.
fn push_reading(part: &GradientScene, state: &NormalizeState, norm: Norm) -> PushReading {
    PushReading {
        along: state.push,
        feature: state.column(),
        size: state.push_size,
        largest: part.push.largest,
        predicted: part.push.largest_predicted,
        elsewhere: (!is_per_token(norm)).then_some(part.push.largest_elsewhere),
    }
}

/// How much the Jacobian stretches, on a logarithmic axis.
#[allow(clippy::cast_precision_loss)]
fn stretch_panel(part: &GradientScene, norm: Norm, trouble: Option<Trouble>) -> Panel<'_> {
    let Stretch { numbers, factors } = &part.stretch;
    let n = numbers.len() as f64;
    let first = numbers.first().map_or(0.0, |&first| f64::from(first));
    let (label, note) = if is_exact(norm) {
        ("number, the largest first", "singular values")
    } else {
        ("feature", "sizes on the diagonal")
    };
    let x = Axis::values(label, first - 1.0, first + n);
    let (y, plot) = match decades(factors.iter()) {
        Some((min, max)) => (
            Axis::log("", min, max),
            Plot::Points(vec![Points {
                name: Cow::Borrowed(""),
                role: Role::Series(0),
                x: ArrayView1::from(&numbers[..]),
                y: ArrayView1::from(&factors[..]),
                names: Cow::Borrowed(&[]),
                size: 4.0,
                is_joined: false,
            }]),
        ),
        None => (
            Axis::log("", 0.1, 10.0),
            Plot::Empty(Cow::Borrowed(story::no_stretch(factors.is_empty(), norm))),
        ),
    };
    let rstd = part.rstd().filter(|rstd| rstd.is_finite());
    let rule = rstd.map(|at| Rule {
        at,
        role: Role::Sigma,
        name: Cow::Borrowed(story::rstd_name(norm)),
    });
    Panel {
        head: Head {
            symbol: Cow::Borrowed("s"),
            note: Cow::Borrowed(note),
        },
        rules: rule.into_iter().collect(),
        caption: Cow::Owned(story::stretch_caption(factors)),
        ..Panel::new(x, y, unless_too_few(trouble, plot))
    }
}

/// dy, dx and dx by small steps, of the selected token.
pub fn backward<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_gradient(state);
    let norm = scene.spec(state, state.norm).norm;
    let part = &scene.gradient;
    let reading = scene.read_gradient(state);
    let (dy, dx) = (part.row_of(&part.dy), part.row_of(&part.gradients.dx));
    let cross = Cross {
        x: Some(state.column() as u64),
        y: None,
    };
    let captions = story::backward_captions(&reading);
    let bars = [dy, dx, &part.by_steps];
    let common = |bars: &[f32]| nice_above(largest(bars.iter().map(|&v| v.into())));
    let reaches = [common(dy), common(dx), common(dx)];
    let panels = bars
        .into_iter()
        .zip(story::BACKWARD_HEADS)
        .zip(captions)
        .zip(reaches)
        .enumerate()
        .map(
            |(idx, (((values, (symbol, note)), caption), reach))| Panel {
                head: Head {
                    symbol: Cow::Borrowed(symbol),
                    note: Cow::Borrowed(note),
                },
                cross,
                caption: Cow::Owned(caption),
                ..Panel::new(
                    features("feature", state),
                    Axis::values("", -reach, reach),
                    if values.is_empty() {
                        Plot::Empty(Cow::Borrowed(story::no_small_steps(norm)))
                    } else {
                        // dy comes in from above, whatever the norm does.
                        let trouble = reading.trouble.filter(|_| idx > 0);
                        unless_too_few(
                            trouble,
                            Plot::Bars(Bars {
                                values: ArrayView1::from(values),
                                cells_on: CellAxis::X,
                                colours: symmetric(reach),
                                undefined: part.undefined(),
                            }),
                        )
                    },
                )
            },
        )
        .collect();
    let columns = vec![
        Column {
            name: "feature",
            cells: Cells::Index {
                every: 1,
                modulo: state.d_model,
                len: state.d_model,
            },
        },
        Column {
            name: "dy",
            cells: Cells::F32(dy),
        },
        Column {
            name: "dx",
            cells: Cells::F32(dx),
        },
    ];
    Figure {
        id: "normalize-backward",
        title: Cow::Owned(story::backward_title(state)),
        summary: story::backward_summary(state, &reading),
        panels,
        table: Table::Columns(columns),
        read_rows: state.column()..state.column() + 1,
    }
}

/// How the size of dx follows the scale of the input.
#[allow(clippy::cast_possible_truncation)]
pub fn sizes<'a>(scene: &'a mut NormalizeScene, state: &'a NormalizeState) -> Figure<'a> {
    scene.update_sizes(state);
    let part = &scene.gradient;
    let Sizes {
        scales,
        sizes,
        falling,
        ..
    } = &part.sizes;
    let is_curve = scales.len() == N_SCALES;
    let reading = scene.read_gradient(state);
    let here = Some(reading.dx_size).filter(|here| here.is_finite());
    let (first, last) = SCALE_DECADES;
    let x = Axis::log("input scale a", 10_f64.powf(first), 10_f64.powf(last));
    let set = |name, role, values: &'a [f32]| Points {
        name: Cow::Borrowed(name),
        role: Role::Series(role),
        x: ArrayView1::from(&scales[..]),
        y: ArrayView1::from(values),
        names: Cow::Borrowed(&[]),
        size: if is_curve { 0.0 } else { 4.0 },
        is_joined: is_curve,
    };
    let panel = match decades(sizes.iter()) {
        Some((min, max)) => {
            let sets = vec![set(story::FALLING, 1, falling), set(story::SIZE, 0, sizes)];
            Panel {
                head: Head {
                    symbol: Cow::Borrowed("‖dx‖"),
                    note: Cow::Borrowed("the same dy, the input times a"),
                },
                rules: here
                    .map(|at| Rule {
                        at,
                        role: Role::Mu,
                        name: Cow::Borrowed("now"),
                    })
                    .into_iter()
                    .collect(),
                ..Panel::new(x, Axis::log("", min, max), Plot::Points(sets))
            }
        }
        None => Panel::new(
            x,
            Axis::log("", 0.1, 10.0),
            unless_too_few(reading.trouble, Plot::Empty(Cow::Borrowed(story::NO_SIZES))),
        ),
    };
    Figure {
        id: "normalize-gradient-scale",
        title: Cow::Borrowed("The scale of the input, in the gradient"),
        summary: story::sizes_summary(state, &reading),
        panels: vec![panel],
        table: Table::Columns(vec![
            Column {
                name: "scale",
                cells: Cells::F32(scales),
            },
            Column {
                name: "dx_size",
                cells: Cells::F32(sizes),
            },
        ]),
        read_rows: 0..0,
    }
}

/// The numbers beside the formula.
pub fn facts(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    scene.update_gradient(state);
    story::facts(state, &scene.read_gradient(state))
}

/// An entry of the Jacobian, or an output's change, in numbers.
pub fn jacobian_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_push(state);
    let part = &scene.gradient;
    let (x, y) = (
        idx_from(cell.x, state.column()),
        idx_from(cell.y, state.column()),
    );
    if cell.panel_idx == 2 {
        let change = part.push.change.get(x).copied();
        return story::change_tip(x, change.unwrap_or(f32::NAN).into());
    }
    let entry = part.jacobian.get((y, x)).copied().unwrap_or(f32::NAN);
    let norm = scene.spec(state, state.norm).norm;
    let normalized = part.row_of(&part.trace.normalized);
    let at = |idx: usize| normalized.get(idx).copied().unwrap_or(f32::NAN).into();
    story::jacobian_tip(
        state,
        norm,
        (y, x),
        (at(y), at(x)),
        part.rstd(),
        state.gamma_of(y),
        entry.into(),
    )
}

/// A feature's gradients in numbers.
pub fn backward_tip(scene: &mut NormalizeScene, state: &NormalizeState, cell: Cell) -> String {
    scene.update_gradient(state);
    let part = &scene.gradient;
    let feature = idx_from(cell.x, state.column());
    let at = |values: &[f32]| values.get(feature).copied().unwrap_or(f32::NAN).into();
    story::backward_tip(
        feature,
        at(part.row_of(&part.dy)),
        at(part.row_of(&part.gradients.dx)),
    )
}

/// What the code of this part needs: dy of the selected token. (C)
pub fn incoming<'a>(scene: &'a mut NormalizeScene, state: &NormalizeState) -> &'a [f32] {
    scene.update_gradient(state);
    scene.gradient.row_of(&scene.gradient.dy)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::super::state::NormName;
    use super::*;

    /// States at whose edges numbers end: of every norm, with one token and with more, with padding, with inputs that
    /// are equal, small, or no numbers.
    pub fn odd_states() -> Vec<NormalizeState> {
        let mut states = Vec::new();
        let shapes = [(4, 8, 64), (1, 1, 8), (2, 1, 3), (1, 5, 2)];
        let texts = ["", "2", "1,nan,inf,2", "3e38,-3e38,1", "0,0\n1,2"];
        for norm in NormName::ALL {
            let modes: &[BatchMode] = match norm {
                NormName::Batch => &[BatchMode::Train, BatchMode::Eval],
                _ => &[BatchMode::Train],
            };
            for &mode in modes {
                for (batch, seq_len, d_model) in shapes {
                    for text in texts {
                        for (eps, scale_a) in [(1e-5, 1.0), (0.0, 0.0), (1e-5, 1e-3)] {
                            let mut state = NormalizeState::default();
                            if !text.is_empty() {
                                state.take_text(text);
                            }
                            (state.norm, state.mode) = (norm, mode);
                            (state.batch, state.seq_len, state.d_model) = (batch, seq_len, d_model);
                            (state.eps, state.scale_a) = (eps, scale_a);
                            states.push(state);
                        }
                    }
                }
            }
        }
        let plain = states.len();
        for idx in 0..plain {
            let state = &states[idx];
            let (mut shut, mut padded) = (state.clone(), state.clone());
            (shut.gamma, shut.push) = (0.0, Along::Normalized);
            (padded.padding, padded.masked) = (true, idx % 2 == 0);
            (padded.token, padded.dy) = (Some(usize::MAX), Incoming::OneHot);
            states.extend([shut, padded]);
        }
        states
    }

    /// The first cell of a figure.
    pub const CORNER: Cell = Cell {
        panel_idx: 0,
        x: Some(0),
        y: Some(0),
    };

    /// Everything that a figure says.
    pub fn words_of(figure: &Figure<'_>) -> Vec<String> {
        let mut words = vec![figure.title.to_string(), figure.summary.clone()];
        for panel in &figure.panels {
            words.extend([panel.head.note.to_string(), panel.caption.to_string()]);
            words.extend(panel.rules.iter().map(|rule| rule.name.to_string()));
            if let Plot::Empty(why) = &panel.plot {
                words.push(why.to_string());
            }
        }
        words
    }

    /// That a reader is told in words what is no number; of the input it is said by its name.
    pub fn assert_words(words: Vec<String>, state: &NormalizeState) {
        for text in words {
            let rest = text.replace("is NaN or infinite", "");
            let rest = rest.replace("are NaN or infinite", "");
            assert!(!rest.contains("NaN"), "{text}: {state:?}");
            let ends = ["1 values", "1 tokens", "1 features", "all 1 "];
            let is_one = |end: &&str| {
                text.split(' ')
                    .zip(text.split(' ').skip(1))
                    .any(|(one, other)| {
                        format!(
                            "{one} {}",
                            other.trim_matches(|c: char| !c.is_alphanumeric())
                        ) == **end
                    })
            };
            assert!(!ends.iter().any(is_one), "{text}: {state:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for state in odd_states() {
            let mut scene = NormalizeScene::default();
            let mut words = words_of(&jacobian(&mut scene, &state));
            words.extend(words_of(&backward(&mut scene, &state)));
            words.extend(words_of(&sizes(&mut scene, &state)));
            words.extend(facts(&mut scene, &state).into_iter().map(|fact| fact.value));
            words.push(story::lead(&state));
            words.push(jacobian_tip(&mut scene, &state, CORNER));
            words.push(backward_tip(&mut scene, &state, CORNER));
            assert_words(words, &state);
        }
    }

    #[test]
    fn one_value_per_feature_is_named_and_not_drawn() {
        let state = NormalizeState {
            batch: 1,
            seq_len: 1,
            ..with_norm(NormName::Batch)
        };
        let mut scene = NormalizeScene::default();
        for (figure, n_empty) in [(jacobian as Make, 3), (backward, 1), (sizes, 1)] {
            let figure = figure(&mut scene, &state);
            let empty = figure
                .panels
                .iter()
                .filter(|panel| matches!(&panel.plot, Plot::Empty(why) if why == TOO_FEW));
            assert_eq!(empty.count(), n_empty, "{}", figure.id);
            assert!(figure.summary.contains("One value per feature"));
        }
    }

    #[test]
    fn what_epsilon_leaves_along_the_token_is_not_called_taken_off() {
        let summaries = |scale_a, eps, gamma, norm| {
            let state = NormalizeState {
                scale_a,
                eps,
                gamma,
                ..with_norm(norm)
            };
            let mut scene = NormalizeScene::default();
            let all: [Make; 3] = [jacobian, backward, sizes];
            all.map(|make| make(&mut scene, &state).summary)
        };
        for norm in [NormName::Layer, NormName::Rms] {
            let [_, taken, falls] = summaries(1.0, 1e-5, 1.0, norm);
            assert!(taken.contains("is taken off") && !taken.contains("ε leaves"));
            assert!(falls.contains("a tenth of the gradient") && falls.contains("It ends where"));
            let [left, taken, bends] = summaries(1e-3, 1e-5, 1.0, norm);
            assert!(
                left.contains("ε leaves") && taken.contains("ε leaves"),
                "{left} {taken}"
            );
            assert!(
                bends.contains("bends") && !bends.contains("a tenth of"),
                "{bends}"
            );
            let [_, _, falls] = summaries(1.0, 0.0, 1.0, norm);
            assert!(
                !falls.contains("It ends") && falls.contains("does not end"),
                "{falls}"
            );
            let shut = summaries(1.0, 1e-5, 0.0, norm);
            assert!(shut.iter().all(|it| it.contains("lets nothing through")));
            let names = summaries(1.0, 1e-5, 1.0, norm).concat();
            assert_eq!(names.contains("σ²"), norm == NormName::Layer, "{names}");
            assert_eq!(names.contains("mean x²"), norm == NormName::Rms, "{names}");
        }
    }

    #[test]
    fn the_part_of_epsilon_is_that_of_the_tokens_variance() {
        // With ε as large as the variance of every group, the share is about a half.
        for norm in [
            NormName::Layer,
            NormName::Rms,
            NormName::Batch,
            NormName::Instance,
        ] {
            let state = NormalizeState {
                input: Distribution::Normal,
                batch: 16,
                seq_len: 64,
                eps: 1.0,
                ..with_norm(norm)
            };
            let scene = updated(&state);
            let share = scene.read_gradient(&state).eps_share;
            assert!((0.35..0.75).contains(&share), "{norm:?}: {share}");
        }
        let state = with_norm(NormName::DyT);
        assert_eq!(updated(&state).read_gradient(&state).eps_share, 0.0);
    }

    type Make = for<'a> fn(&'a mut NormalizeScene, &'a NormalizeState) -> Figure<'a>;

    fn updated(state: &NormalizeState) -> NormalizeScene {
        let mut scene = NormalizeScene::default();
        scene.update_push(state);
        scene
    }

    fn with_norm(norm: NormName) -> NormalizeState {
        NormalizeState {
            norm,
            ..NormalizeState::default()
        }
    }

    #[test]
    fn layer_norm_takes_off_ones_and_itself_and_rms_only_itself() {
        for norm in [NormName::Layer, NormName::Rms] {
            let state = NormalizeState {
                eps: 0.0,
                ..with_norm(norm)
            };
            let scene = updated(&state);
            let reading = scene.read_gradient(&state);
            assert!(reading.dx_along.abs() < 1e-5, "{reading:?}");
            assert_eq!(reading.dx_sum.abs() < 1e-5, norm == NormName::Layer);
            assert!(
                reading.error.is_some_and(|error| error < 1e-8),
                "{reading:?}"
            );
        }
    }

    #[test]
    fn pushes_along_the_null_directions_move_nothing() {
        let size_of = |push, norm| {
            let state = NormalizeState {
                push,
                eps: 0.0,
                ..with_norm(norm)
            };
            updated(&state).gradient.push.largest
        };
        for (push, norm, moves) in [
            (Along::Ones, NormName::Layer, false),
            (Along::Normalized, NormName::Layer, false),
            (Along::Feature, NormName::Layer, true),
            (Along::Ones, NormName::Rms, true),
            (Along::Normalized, NormName::Rms, false),
            (Along::Ones, NormName::Batch, true),
        ] {
            assert_eq!(size_of(push, norm) > 1e-6, moves, "{push:?} {norm:?}");
        }
    }

    #[test]
    fn one_singular_value_is_zero_and_one_is_what_eps_leaves() {
        let state = NormalizeState::default();
        let scene = updated(&state);
        let factors = &scene.gradient.stretch.factors;
        let [.., along, last] = factors[..] else {
            return;
        };
        assert_eq!((factors.len(), last), (64, 0.0));
        assert!(along > 0.0 && along < 1e-4 * factors[0], "{along}");
    }

    #[test]
    fn only_norms_that_share_statistics_give_other_tokens_a_gradient() {
        let n_reached = |norm| {
            let state = with_norm(norm);
            let scene = updated(&state);
            scene.read_gradient(&state).n_reached
        };
        assert_eq!(n_reached(NormName::Layer), 0);
        assert_eq!(n_reached(NormName::DyT), 0);
        // 4 samples of 8 tokens.
        assert_eq!(n_reached(NormName::Batch), 31);
        assert_eq!(n_reached(NormName::Instance), 7);
        assert_eq!(n_reached(NormName::Group), 7);
    }

    #[test]
    fn ten_times_the_input_is_a_tenth_of_the_gradient() {
        let size_at = |scale_a| {
            let state = NormalizeState {
                scale_a,
                ..NormalizeState::default()
            };
            let scene = updated(&state);
            scene.read_gradient(&state).dx_size
        };
        assert!((size_at(1.0) / size_at(10.0) - 10.0).abs() < 1e-3);
        // As small as ε: it no longer grows.
        assert!(size_at(1e-4) / size_at(1.0) < 2000.0);
    }
}
