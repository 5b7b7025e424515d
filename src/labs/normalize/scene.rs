//! Normalize's figures as data: one function each, from the state, by calling the maths. Here is what they share;
//! each part has a file of its own.

use std::borrow::Cow;

use figures::{Axis, Cells, Colours, Column, Ramp};
use maths::inputs::{Distribution, InputTable};
use maths::normalize::{
    Norm, NormSpec, NormTrace, Padding, RunningSpec, RunningStatistics, RunningTable, TooFewValues,
    normalize,
};
use ndarray::{Array2, ArrayView2};

use super::state::{NormName, NormalizeState, Values};
use super::story::{self, Reading, Trouble};

pub mod axes;
pub mod batch;
pub mod gradient;
pub mod mistakes;
pub mod shape;
pub mod steps;

/// How many batches the running statistics are of: of their start 0.9⁵⁰ = 0.005 is left.
const N_TRAINING: usize = 50;

/// How many values are trained on in a frame: some 7 ms.
const TRAINED_AT_ONCE: usize = 1 << 20;

/// A figure that shows what running statistics do.
#[derive(Clone, Copy)]
enum Onlooker {
    Matrix,
    Histograms,
    Steps,
}

/// What Normalize keeps from frame to frame.
#[derive(Default)]
pub struct NormalizeScene {
    input: InputTable,
    /// The custom values that are in it, and the shape they were given; `None` for noise.
    given: Option<(Values, [usize; 3])>,
    /// x with zeros where there is no token; only where samples differ in length. (N, C)
    padded: Array2<f32>,
    /// The version of the input that `padded` was made from.
    padded_of: Option<u64>,
    /// How many values of x are NaN or infinite.
    n_no_numbers: usize,
    /// How many tokens each sample has (B); empty where all have as many.
    real_lens: Vec<usize>,
    /// Of all features (C); empty where there are none.
    gamma: Vec<f32>,
    beta: Vec<f32>,
    /// What they were before.
    affine_before: [Vec<f32>; 2],
    /// Grows whenever they change.
    affine_version: u64,
    /// The version that the trace was made from.
    traced_affine: u64,
    running: RunningTable,
    /// What they were trained for: a state in which all else is as it opens.
    trained_for: Option<NormalizeState>,
    /// The mean and std of the input that they are of.
    trained_affine: [f64; 2],
    /// How often they changed.
    n_trainings: u64,
    /// The count of these that each figure saw last, by [`Onlooker`].
    seen: [u64; 3],
    is_training: bool,
    trace: NormTrace,
    /// Why there is nothing to see in the trace.
    too_few: Option<TooFewValues>,
    /// What x̂ was made from.
    traced: Option<MadeFrom>,
    /// Of x, x̂ and y each: grows whenever it may have changed. γ and β leave x and x̂ as they are.
    versions: [u64; 3],
    steps: steps::Kept,
    axes: axes::Kept,
    batch: batch::Kept,
    gradient: gradient::GradientScene,
    shape: shape::Kept,
    mistakes: mistakes::Kept,
}

/// Everything that x̂ depends on.
#[derive(Clone, Copy, PartialEq)]
struct MadeFrom {
    x: u64,
    norm: Norm,
    eps: f64,
    unbiased: bool,
    masked: bool,
    /// How often there were new running statistics; 0 where they are not used.
    training: u64,
}

impl NormalizeScene {
    /// Brings x, γ and β up to this state.
    fn update_x(&mut self, state: &NormalizeState) {
        self.update_input(state);
        let [gamma, beta] = &mut self.affine_before;
        state.fill_affine(gamma, beta);
        self.affine_version += u64::from(*gamma != self.gamma || *beta != self.beta);
        std::mem::swap(gamma, &mut self.gamma);
        std::mem::swap(beta, &mut self.beta);
    }

    /// Brings x and the trace up to this state, for a figure: training goes on once a frame, with the first of the
    /// figures that are on screen. The others find that it has gone on since they last looked.
    fn update_for(&mut self, onlooker: Onlooker, state: &NormalizeState) {
        let [before, now] = [self.seen[onlooker as usize], self.n_trainings];
        self.update_or_train(state, before == now);
        self.seen[onlooker as usize] = self.n_trainings;
    }

    /// Brings x and the trace up to this state.
    fn update(&mut self, state: &NormalizeState) {
        self.update_or_train(state, true);
    }

    /// Brings x, γ, β and what is remembered of batches up to this state.
    fn update_and_train(&mut self, state: &NormalizeState, goes_on: bool) {
        self.update_x(state);
        if state.evaluates() {
            self.train(state, goes_on);
        } else {
            self.is_training = false;
            self.trained_for = None;
        }
    }

    fn update_or_train(&mut self, state: &NormalizeState, goes_on: bool) {
        self.update_and_train(state, goes_on);
        let training = if state.evaluates() {
            self.n_trainings
        } else {
            0
        };
        let made_from = MadeFrom {
            x: self.versions[0],
            norm: state.norm_in_use(),
            eps: state.eps,
            unbiased: state.is_unbiased(),
            masked: state.masked,
            training,
        };
        let is_new = self.traced != Some(made_from);
        if !is_new && self.traced_affine == self.affine_version {
            return;
        }
        self.traced_affine = self.affine_version;
        self.versions[1] += u64::from(is_new);
        self.versions[2] += 1;
        self.traced = Some(made_from);
        let mut trace = std::mem::take(&mut self.trace);
        let spec = self.spec(state, state.norm);
        let too_few = if is_new || self.too_few.is_some() {
            normalize(self.x(), state.seq_len, &spec, &mut trace).err()
        } else {
            trace.rescale(state.seq_len, &spec);
            None
        };
        self.trace = trace;
        self.too_few = too_few;
    }

    /// Whether y is x̂ to the last digit, as 1 · x̂ + 0 is.
    fn output_is_normalized(&self) -> bool {
        self.gamma.iter().all(|&gamma| gamma == 1.0) && self.beta.iter().all(|&beta| beta == 0.0)
    }

    /// Brings x up to this state.
    fn update_input(&mut self, state: &NormalizeState) {
        // Millions of values are not compared for every figure.
        let given = (state.input == Distribution::Custom).then(|| {
            let shape = [state.batch, state.seq_len, state.d_model];
            (state.values.clone(), shape)
        });
        let is_kept = given.is_some() && self.given == given;
        let mut is_new = !is_kept && self.input.update(&state.input_spec());
        self.given = given;
        self.real_lens.clear();
        if state.padding {
            self.real_lens
                .extend((0..state.batch).map(|sample| state.real_len(sample)));
        }
        let padded_of = state.padding.then(|| self.input.version());
        if self.padded_of != padded_of {
            self.padded_of = padded_of;
            is_new = true;
            if state.padding {
                self.fill_padded(state);
            }
        }
        if is_new {
            self.versions[0] += 1;
            // Noise is finite: millions of values are not looked through for nothing.
            let is_given = state.input == Distribution::Custom && !state.values.are_finite();
            let x = self.x();
            let values = if is_given { flat(&x) } else { &[] };
            self.n_no_numbers = values.iter().filter(|x| !x.is_finite()).count();
        }
    }

    /// Whether ε takes a hundredth or more of what some group is normalised to.
    fn eps_counts(&self, state: &NormalizeState) -> bool {
        // NaN where nothing is computed.
        let is_small = |&variance: &f64| variance < 99.0 * state.eps;
        state.eps > 0.0 && !state.evaluates() && self.trace.variance.iter().any(is_small)
    }

    /// What hatching means in outputs.
    fn undefined(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.n_no_numbers > 0 {
            story::NO_NUMBER
        } else {
            "0 / 0"
        })
    }

    /// What a figure shows, and why some of it is hatched where the input is no number.
    fn with_no_numbers(&self, summary: String) -> String {
        match self.n_no_numbers {
            0 => summary,
            n => format!("{} {summary}", story::no_numbers(n)),
        }
    }

    fn fill_padded(&mut self, state: &NormalizeState) {
        let x = self.input.values();
        if self.padded.dim() != x.dim() {
            self.padded = Array2::zeros(x.dim());
        }
        self.padded.assign(&x);
        for (row_idx, mut row) in self.padded.outer_iter_mut().enumerate() {
            if state.is_padding(row_idx) {
                row.fill(0.0);
            }
        }
    }

    /// Batch norm's running statistics after training on batches like the one at hand.
    fn train(&mut self, state: &NormalizeState, goes_on: bool) {
        let spec = RunningSpec {
            input: state.input_spec(),
            padding: padding(&self.real_lens, state),
            n_batches: N_TRAINING,
            momentum: state.momentum,
        };
        let fresh = NormalizeState::default();
        let affine = [state.mean, state.std];
        let [mean, std] = if spec.is_affine() {
            [fresh.mean, fresh.std]
        } else {
            affine
        };
        let of_state = NormalizeState {
            batch: state.batch,
            seq_len: state.seq_len,
            d_model: state.d_model,
            input: state.input,
            mean,
            std,
            seed: state.seed,
            values: state.values.clone(),
            momentum: state.momentum,
            padding: state.padding,
            masked: state.masked,
            ..fresh
        };
        let is_new = self.trained_for.as_ref() != Some(&of_state);
        if is_new {
            self.running.restart(state.d_model);
            self.trained_for = Some(of_state);
            self.is_training = true;
        }
        let goes_on = self.is_training && (goes_on || is_new);
        let is_moved = self.trained_affine != affine;
        if !goes_on && !is_moved {
            return;
        }
        self.trained_affine = affine;
        let n_values = state.rows() * state.d_model;
        let n_more = if goes_on {
            (TRAINED_AT_ONCE / n_values.max(1)).clamp(1, N_TRAINING)
        } else {
            0
        };
        // One value per feature cannot be trained on: the statistics stay 0 and 1, as PyTorch begins.
        self.is_training = !self.running.step(&spec, n_more).unwrap_or(true);
        self.n_trainings += 1;
    }

    /// Whether a figure of running statistics is to be made again.
    pub fn is_training(&self) -> bool {
        self.is_training
    }

    /// How this state normalises by a norm.
    fn spec(&self, state: &NormalizeState, name: NormName) -> NormSpec<'_> {
        NormSpec {
            norm: state.with_settings(name),
            eps: state.eps,
            unbiased: state.is_unbiased(),
            gamma: &self.gamma,
            beta: &self.beta,
            padding: padding(&self.real_lens, state),
            running: Some(self.running.statistics()),
            ..NormSpec::default()
        }
    }

    /// x, with zeros where there is no token. (N, C)
    fn x(&self) -> ArrayView2<'_, f32> {
        if self.padded_of.is_some() {
            self.padded.view()
        } else {
            self.input.values()
        }
    }

    /// x, x̂ and y, each of shape `(B·T, C)`.
    fn steps(&self) -> [ArrayView2<'_, f32>; 3] {
        [
            self.x(),
            self.trace.normalized.view(),
            self.trace.output.view(),
        ]
    }

    /// The numbers at one token and feature.
    fn reading(&self, state: &NormalizeState, row_idx: usize, feature: usize) -> Option<Reading> {
        let [x, normalized, output] = self
            .steps()
            .map(|step| step.get((row_idx, feature)).copied());
        let cell = [row_idx / state.seq_len, row_idx % state.seq_len, feature];
        let group = self.trace.groups.group_of(cell);
        let of_group = |values: &[f64]| Some(*values.get(group?)?);
        let is_zero_over_zero = group.is_some_and(|it| self.trace.is_zero_over_zero(it));
        let trouble = if let Some(TooFewValues { .. }) = self.too_few {
            Some(Trouble::TooFew)
        } else if state.padding && state.masked && state.is_padding(row_idx) {
            Some(Trouble::Padding)
        } else if is_zero_over_zero && state.eps == 0.0 {
            Some(Trouble::ZeroOverZero)
        } else if normalized.is_some_and(|it| !it.is_finite()) {
            Some(Trouble::NoNumber)
        } else {
            None
        };
        Some(Reading {
            row_idx,
            feature,
            x: x?.into(),
            mean: of_group(&self.trace.mean).unwrap_or(0.0),
            variance: of_group(&self.trace.variance).unwrap_or(0.0),
            n_values: group
                .and_then(|it| self.trace.n_values.get(it))
                .map_or(0, |&n| n),
            normalized: normalized?.into(),
            output: output?.into(),
            trouble,
        })
    }
}

/// Which positions are no tokens in this state.
fn padding<'a>(real_lens: &'a [usize], state: &NormalizeState) -> Padding<'a> {
    Padding {
        real_lens,
        counted: !state.masked,
    }
}

/// The activations in memory order, (B, T, C).
pub fn input<'a>(scene: &'a mut NormalizeScene, state: &NormalizeState) -> &'a [f32] {
    scene.update(state);
    match &scene.padded_of {
        Some(_) => scene.padded.as_slice().unwrap_or_default(),
        None => flat(&scene.input.values()),
    }
}

/// What batch norm evaluates with.
pub fn running<'a>(scene: &'a mut NormalizeScene, state: &NormalizeState) -> &'a RunningStatistics {
    scene.update(state);
    while scene.is_training() {
        scene.update(state);
    }
    scene.running.statistics()
}

/// What is read now.
pub fn read(scene: &mut NormalizeScene, state: &NormalizeState) -> Option<Reading> {
    scene.update(state);
    scene.reading(state, state.row(), state.column())
}

/// The number of a cell, or another where the axis has no cells.
fn idx_from(number: Option<u64>, otherwise: usize) -> usize {
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.unwrap_or(otherwise)
}

fn features(label: &'static str, state: &NormalizeState) -> Axis<'static> {
    Axis::cells("feature", label, 0, state.d_model)
}

/// One scale for x, x̂ and y, wide enough for most of x̂ and y; what lies beyond has the last
/// colour. It does not follow x, whose mean and spread would otherwise bleach the other two.
#[allow(clippy::cast_possible_truncation)]
fn colours(state: &NormalizeState) -> Colours {
    let (gamma, beta) = if state.affine {
        (state.gamma.abs(), state.beta.abs())
    } else {
        (1.0, 0.0)
    };
    let reach = (2.5 * gamma + beta).max(4.0).ceil() as f32;
    Colours {
        ramp: Ramp::Diverging,
        min: -reach,
        max: reach,
    }
}

/// The values in memory order; every matrix here is contiguous, so nothing is copied.
fn flat<'a>(values: &ArrayView2<'a, f32>) -> &'a [f32] {
    values.to_slice().unwrap_or_default()
}

fn column<'a>(name: &'static str, cells: Cells<'a>) -> Column<'a> {
    Column { name, cells }
}

#[cfg(test)]
mod tests {
    use figures::{Bars, Figure, Heatmap, Plot};
    use maths::normalize::BatchMode;
    use maths::statistics::{count_into, summarize};

    use super::*;

    /// The words of a figure, and whether any panel calls hatching 0 / 0.
    fn words(figure: &Figure<'_>) -> (String, bool) {
        let mut text = figure.summary.clone();
        let mut is_zero = false;
        for panel in &figure.panels {
            text.push_str(&panel.caption);
            match &panel.plot {
                Plot::Empty(why) => text.push_str(why),
                Plot::Heatmap(Heatmap { undefined, .. }) | Plot::Bars(Bars { undefined, .. }) => {
                    is_zero |= undefined.contains("0 / 0");
                }
                _ => {}
            }
        }
        (text, is_zero)
    }

    #[test]
    fn what_is_no_number_in_the_input_is_not_called_zero_over_zero() {
        type Make = for<'a> fn(&'a mut NormalizeScene, &'a NormalizeState) -> Figure<'a>;
        let figures: [Make; 12] = [
            steps::matrix,
            steps::histograms,
            steps::steps,
            axes::norms,
            axes::change,
            gradient::jacobian,
            gradient::backward,
            gradient::sizes,
            shape::geometry,
            shape::invariance,
            shape::eps,
            shape::undo,
        ];
        for text in ["1,nan,inf,2", "inf,2,3,4", "1,2\n-inf,nan"] {
            for norm in NormName::ALL {
                let mut state = NormalizeState::default();
                state.take_text(text);
                state.norm = norm;
                for (idx, make) in figures.into_iter().enumerate() {
                    let mut scene = NormalizeScene::default();
                    let (words, is_zero) = words(&make(&mut scene, &state));
                    // A quotient like 0 / 0.003 is one.
                    let words = words.replace("0 / 0.", "");
                    let named = format!("figure {idx}, {text}, {norm:?}: {words}");
                    let says = ["0/0", "0 / 0", "are equal"];
                    assert!(
                        !is_zero && !says.iter().any(|it| words.contains(it)),
                        "{named}"
                    );
                    // The histogram counts them, gradients say what has no value.
                    let says = ["no number", "no value", "not a number", "NaN"];
                    let is_said = says.iter().any(|it| words.contains(it));
                    let has_none = (5..8).contains(&idx) && !norm.has_statistics();
                    assert!(is_said || has_none, "{named}");
                }
            }
        }
    }

    #[test]
    fn zero_over_zero_keeps_its_name() {
        let mut state = NormalizeState::default();
        state.take_text("2,2,2,2");
        state.eps = 0.0;
        let mut scene = NormalizeScene::default();
        let (words, is_zero) = words(&steps::matrix(&mut scene, &state));
        assert!(is_zero && words.contains("0/0"), "{words}");
    }

    #[test]
    fn other_gamma_and_beta_give_the_bits_of_the_whole_way() {
        for norm in NormName::ALL {
            for padding in [false, true] {
                let state = NormalizeState {
                    norm,
                    padding,
                    ..NormalizeState::default()
                };
                let moved = NormalizeState {
                    gamma: -1.7,
                    beta: 0.3,
                    ..state.clone()
                };
                let (mut followed, mut fresh) =
                    (NormalizeScene::default(), NormalizeScene::default());
                followed.update(&state);
                followed.update(&moved);
                fresh.update(&moved);
                let bits = |scene: &NormalizeScene| -> Vec<u32> {
                    scene.trace.output.iter().map(|y| y.to_bits()).collect()
                };
                assert_eq!(bits(&followed), bits(&fresh), "{norm:?}, {padding}");
            }
        }
    }

    #[test]
    fn what_is_counted_of_y_is_of_y() {
        for norm in NormName::ALL {
            for padding in [false, true] {
                let usual = NormalizeState {
                    norm,
                    padding,
                    ..NormalizeState::default()
                };
                // With numbers shared with x̂, without, and with them again.
                let moved = NormalizeState {
                    beta: 0.5,
                    ..usual.clone()
                };
                let mut followed = NormalizeScene::default();
                for state in [&usual, &moved, &usual] {
                    let mut fresh = NormalizeScene::default();
                    fresh.update(state);
                    let is_same = fresh.trace.output == fresh.trace.normalized;
                    assert!(is_same || !fresh.output_is_normalized(), "{norm:?}");
                    let edges = steps::edges(&mut fresh, state).to_vec();
                    let y = fresh.trace.output.clone();
                    let mut counts = Vec::new();
                    let n_undefined = count_into(flat(&y.view()), &edges, &mut counts);
                    let caption =
                        story::steps::histogram_caption(&summarize(flat(&y.view())), n_undefined);
                    for scene in [&mut fresh, &mut followed] {
                        let figure = steps::histograms(scene, state);
                        assert_eq!(figure.panels[2].caption, caption, "{norm:?}, {padding}");
                        let csv = figures::csv::csv(&figure.table);
                        let after: Vec<u32> = csv
                            .lines()
                            .skip(1)
                            .filter_map(|line| line.rsplit(',').next()?.parse().ok())
                            .collect();
                        assert_eq!(after, counts, "{norm:?}, {padding}");
                    }
                }
            }
        }
    }

    #[test]
    fn training_goes_on_once_for_all_figures_of_a_frame() {
        let state = NormalizeState {
            norm: NormName::Batch,
            mode: BatchMode::Eval,
            batch: 64,
            seq_len: 256,
            ..NormalizeState::default()
        };
        let mut scene = NormalizeScene::default();
        for n_frames in 1..4 {
            for onlooker in [Onlooker::Matrix, Onlooker::Histograms, Onlooker::Steps] {
                scene.update_for(onlooker, &state);
            }
            assert_eq!(scene.n_trainings, n_frames);
        }
        // One figure alone is enough.
        for n in 4..7 {
            scene.update_for(Onlooker::Steps, &state);
            assert_eq!(scene.n_trainings, n);
        }
    }
}
