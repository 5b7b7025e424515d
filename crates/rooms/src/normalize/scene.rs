//! What Normalize keeps from frame to frame: x, the norm's trace of it, and what batch norm remembers.

use std::borrow::Cow;

use maths::inputs::InputTable;
use maths::normalize::{
    Norm, NormSpec, NormTrace, Padding, RunningSpec, RunningStatistics, RunningTable, TooFewValues,
    normalize,
};
use ndarray::{Array2, ArrayView2};

use super::axes::kept as axes;
use super::batch::kept as batch;
use super::gradient::kept as gradient;
use super::made_from::MadeFrom;
use super::mistakes::kept as mistakes;
use super::phrases::{NO_NUMBER, no_numbers};
use super::reading::{Reading, Trouble};
use super::shape::kept as shape;
use super::state::{NormName, NormalizeState};
use super::steps::kept as steps;
use super::values::Values;
use crate::room::Keeps;

/// How many batches the running statistics are of: of their start 0.9⁵⁰ = 0.005 is left.
const N_TRAINING: usize = 50;

/// How many values are trained on in a frame: some 7 ms.
const TRAINED_AT_ONCE: usize = 1 << 20;

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
    pub n_no_numbers: usize,
    /// How many tokens each sample has (B); empty where all have as many.
    real_lens: Vec<usize>,
    /// Of all features (C); empty where there are none.
    gamma: Vec<f32>,
    beta: Vec<f32>,
    /// What they were before.
    affine_before: [Vec<f32>; 2],
    /// Grows whenever they change.
    pub affine_version: u64,
    /// The version that the trace was made from.
    traced_affine: u64,
    running: RunningTable,
    /// What they were trained for: a state in which all else is as it opens.
    trained_for: Option<NormalizeState>,
    /// The mean and std of the input that they are of.
    trained_affine: [f64; 2],
    /// How often they changed.
    n_trainings: u64,
    is_training: bool,
    /// Whether training may go on for who asks.
    goes_on: bool,
    /// Who has asked in this frame.
    askers: Vec<&'static str>,
    /// Whether something that was read is made in steps, of which some are left.
    pub is_unfinished: bool,
    /// x̂, y and what they are made with, as of the last `update`.
    pub trace: NormTrace,
    /// Why there is nothing to see in the trace.
    pub too_few: Option<TooFewValues>,
    /// What x̂ was made from.
    traced: Option<TracedFrom>,
    /// Of x, x̂ and y each: grows whenever it may have changed. γ and β leave x and x̂ as they are.
    pub versions: [u64; 3],
    /// Of the part `steps`.
    pub steps: steps::Kept,
    /// Of the part `axes`.
    pub axes: axes::Kept,
    /// Of the part `batch`.
    pub batch: batch::Kept,
    /// Of the part `gradient`.
    pub gradient: gradient::Kept,
    /// Of the part `shape`.
    pub shape: shape::Kept,
    /// Of the part `mistakes`.
    pub mistakes: mistakes::Kept,
}

/// Everything that x̂ depends on.
#[derive(Clone, Copy, PartialEq)]
struct TracedFrom {
    x: u64,
    norm: Norm,
    eps: f64,
    unbiased: bool,
    masked: bool,
    /// The version of the running statistics.
    training: u64,
}

impl Keeps for NormalizeScene {
    fn begin(&mut self, asker: &'static str) {
        self.is_unfinished = false;
        self.goes_on = self.askers.contains(&asker);
        if self.goes_on {
            self.askers.clear();
        }
        self.askers.push(asker);
    }

    fn is_unfinished(&self) -> bool {
        self.is_unfinished
    }

    fn leave(&mut self) {
        self.steps = steps::Kept::default();
        self.axes = axes::Kept::default();
        self.batch = batch::Kept::default();
        self.gradient = gradient::Kept::default();
        self.shape = shape::Kept::default();
        self.mistakes = mistakes::Kept::default();
    }
}

impl NormalizeScene {
    /// Brings x, γ and β up to this state.
    pub fn update_x(&mut self, state: &NormalizeState) {
        self.update_input(state);
        let [gamma, beta] = &mut self.affine_before;
        state.fill_affine(gamma, beta);
        self.affine_version += u64::from(*gamma != self.gamma || *beta != self.beta);
        std::mem::swap(gamma, &mut self.gamma);
        std::mem::swap(beta, &mut self.beta);
    }

    /// Brings x, γ, β and what is remembered of batches up to this state: with the first who asks in a frame, training
    /// goes on.
    pub fn update_and_train(&mut self, state: &NormalizeState) {
        self.update_x(state);
        if state.evaluates() {
            self.train(state);
            self.is_unfinished |= self.is_training;
        } else {
            self.is_training = false;
            self.trained_for = None;
        }
    }

    /// Brings x and the trace up to this state, when all of the training is done.
    pub fn update_whole(&mut self, state: &NormalizeState) {
        self.update(state);
        while self.is_training {
            self.goes_on = true;
            self.update(state);
        }
    }

    /// Brings x and the trace up to this state.
    pub fn update(&mut self, state: &NormalizeState) {
        self.update_and_train(state);
        let made_from = TracedFrom {
            x: self.versions[0],
            norm: state.norm_in_use(),
            eps: state.eps,
            unbiased: state.is_unbiased(),
            masked: state.masked,
            training: self.running_version(state),
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

    /// What is made from x alone in this state, but for what is forgotten.
    pub fn made_from_x(
        &self,
        state: &NormalizeState,
        forget: impl FnOnce(&mut NormalizeState),
    ) -> MadeFrom {
        MadeFrom::new([self.versions[0], 0, 0], state, forget)
    }

    /// What is made from x, x̂ and y in this state, but for what is forgotten.
    pub fn made_from(
        &self,
        state: &NormalizeState,
        forget: impl FnOnce(&mut NormalizeState),
    ) -> MadeFrom {
        MadeFrom::new(self.versions, state, forget)
    }

    /// Whether y is x̂ to the last digit, as 1 · x̂ + 0 is.
    pub fn output_is_normalized(&self) -> bool {
        self.gamma.iter().all(|&gamma| gamma == 1.0) && self.beta.iter().all(|&beta| beta == 0.0)
    }

    /// Brings x up to this state.
    fn update_input(&mut self, state: &NormalizeState) {
        // Millions of values are not compared for every figure.
        let given = (state.is_custom()).then(|| (state.values.clone(), state.block()));
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
            let x = self.x();
            let values = if state.is_custom() { flat(&x) } else { &[] };
            self.n_no_numbers = values.iter().filter(|x| !x.is_finite()).count();
        }
    }

    /// Whether ε takes a hundredth or more of what some group is normalised to.
    pub fn eps_counts(&self, state: &NormalizeState) -> bool {
        // NaN where nothing is computed.
        let is_small = |&variance: &f64| variance < 99.0 * state.eps;
        state.eps > 0.0 && !state.evaluates() && self.trace.variance.iter().any(is_small)
    }

    /// What hatching means in outputs.
    pub fn undefined(&self) -> Cow<'static, str> {
        Cow::Borrowed(if self.n_no_numbers > 0 {
            NO_NUMBER
        } else {
            "0 / 0"
        })
    }

    /// What a figure shows, and why some of it is hatched where the input is no number.
    pub fn with_no_numbers(&self, summary: String) -> String {
        match self.n_no_numbers {
            0 => summary,
            n => format!("{} {summary}", no_numbers(n)),
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
    fn train(&mut self, state: &NormalizeState) {
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
            text: state.text.clone(),
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
        let goes_on = std::mem::take(&mut self.goes_on);
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

    /// How often there were new running statistics; 0 where this state uses none.
    pub fn running_version(&self, state: &NormalizeState) -> u64 {
        if state.evaluates() {
            self.n_trainings
        } else {
            0
        }
    }

    /// How this state normalises by a norm.
    pub fn spec(&self, state: &NormalizeState, name: NormName) -> NormSpec<'_> {
        NormSpec {
            norm: state.with_settings(name),
            eps: state.eps,
            unbiased: state.is_unbiased(),
            gamma: &self.gamma,
            beta: &self.beta,
            padding: self.padding(state),
            running: Some(self.running.statistics()),
            ..NormSpec::default()
        }
    }

    /// x, with zeros where there is no token. (N, C)
    pub fn x(&self) -> ArrayView2<'_, f32> {
        if self.padded_of.is_some() {
            self.padded.view()
        } else {
            self.input.values()
        }
    }

    /// x, x̂ and y, each of shape `(B·T, C)`.
    pub fn steps(&self) -> [ArrayView2<'_, f32>; 3] {
        [
            self.x(),
            self.trace.normalized.view(),
            self.trace.output.view(),
        ]
    }

    /// The numbers at one token and feature.
    pub fn reading(
        &self,
        state: &NormalizeState,
        row_idx: usize,
        feature: usize,
    ) -> Option<Reading> {
        let [x, normalized, output] = self
            .steps()
            .map(|step| step.get((row_idx, feature)).copied());
        let cell = [row_idx / state.seq_len, row_idx % state.seq_len, feature];
        let group = self.trace.groups.group_of(cell);
        let of_group = |values: &[f64]| Some(*values.get(group?)?);
        let is_zero_over_zero = group.is_some_and(|it| self.trace.is_zero_over_zero(it));
        let is_number = x.is_some_and(f32::is_finite);
        let trouble = if let (Some(TooFewValues { .. }), true) = (self.too_few, is_number) {
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

    /// Which positions are no tokens in this state.
    pub fn padding(&self, state: &NormalizeState) -> Padding<'_> {
        padding(&self.real_lens, state)
    }

    /// What is read now.
    pub fn read(&mut self, state: &NormalizeState) -> Option<Reading> {
        self.update(state);
        self.reading(state, state.row(), state.column())
    }

    /// The activations in memory order, (B, T, C).
    pub fn input(&mut self, state: &NormalizeState) -> &[f32] {
        self.update_x(state);
        match &self.padded_of {
            Some(_) => self.padded.as_slice().unwrap_or_default(),
            None => flat(&self.input.values()),
        }
    }

    /// What batch norm evaluates with, trained to the end.
    pub fn running(&mut self, state: &NormalizeState) -> &RunningStatistics {
        self.update_whole(state);
        self.running.statistics()
    }
}

fn padding<'a>(real_lens: &'a [usize], state: &NormalizeState) -> Padding<'a> {
    Padding {
        real_lens,
        counted: !state.masked,
    }
}

/// The values in memory order; every matrix here is contiguous, so nothing is copied.
pub fn flat<'a>(values: &ArrayView2<'a, f32>) -> &'a [f32] {
    values.to_slice().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use maths::normalize::BatchMode;

    use super::*;
    use crate::settings::Words;

    #[test]
    fn other_gamma_and_beta_give_the_bits_of_the_whole_way() {
        for &norm in NormName::ALL {
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
            for asker in ["matrix", "histograms", "steps", ""] {
                scene.begin(asker);
                // A figure may read it more than once.
                scene.update(&state);
                scene.update(&state);
                assert!(scene.is_unfinished);
            }
            assert_eq!(scene.n_trainings, n_frames);
        }
        // One figure alone is enough.
        for n in 4..7 {
            scene.begin("steps");
            scene.update(&state);
            assert_eq!(scene.n_trainings, n);
        }
    }
}
