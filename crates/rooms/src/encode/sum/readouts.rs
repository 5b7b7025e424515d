//! What a linear readout gets back of word and position, over widths.

use maths::probe::{ProbeSpec, Scores, WordProbe};

use super::super::sentence::{added, std_at};
use super::super::state::EncodeState;

/// The widths at which the readout is tried.
pub const WIDTHS: [usize; 9] = [8, 16, 32, 48, 64, 96, 128, 192, 256];

/// Kinds of scores: position R², exact position, word.
pub const N_KINDS: usize = 3;

/// The readouts' scores, and what they are made with.
#[derive(Default)]
pub struct Readouts {
    probe: WordProbe,
    /// What the scores are made for, at the first width.
    scores_of: Option<ProbeSpec>,
    n_scored: usize,
    /// At each width: of the sum, then of word and position beside each other, each kind; NaN where nothing is fitted.
    pub scores: [[f32; WIDTHS.len()]; 2 * N_KINDS],
    /// [`WIDTHS`] as the table has them.
    pub widths: [f32; WIDTHS.len()],
}

/// A score of both readouts.
#[derive(Clone, Copy)]
pub struct Score {
    /// Of the sum.
    pub sum: f32,
    /// Of word and position beside each other.
    pub beside: f32,
}

impl Readouts {
    /// Tries the readout at one more width, if any is left: each takes up to a frame.
    pub fn update(&mut self, state: &EncodeState) -> &Self {
        let spec = probe_spec(state, WIDTHS[0]);
        if self.scores_of != Some(spec) {
            self.scores_of = Some(spec);
            self.n_scored = 0;
            self.scores = [[f32::NAN; WIDTHS.len()]; 2 * N_KINDS];
            #[allow(clippy::cast_precision_loss)]
            let widths = WIDTHS.map(|width| width as f32);
            self.widths = widths;
        }
        if let Some(&d_model) = WIDTHS.get(self.n_scored) {
            self.probe.update(probe_spec(state, d_model));
            let readouts = [self.probe.sum(), self.probe.beside()];
            let scores = readouts.into_iter().flat_map(|readout| {
                let Scores {
                    position_r2,
                    position_exact,
                    word_accuracy,
                } = readout.scores;
                [position_r2, position_exact, word_accuracy]
            });
            #[allow(clippy::cast_possible_truncation, reason = "for show")]
            for (row, score) in self.scores.iter_mut().zip(scores) {
                row[self.n_scored] = score as f32;
            }
            self.n_scored += 1;
        }
        self
    }

    /// Whether there are widths left to try.
    pub fn is_unfinished(&self) -> bool {
        self.n_scored < WIDTHS.len()
    }

    /// A kind of score at a width; none where nothing is fitted, or not yet.
    pub fn score(&self, kind: usize, width_idx: usize) -> Option<Score> {
        let at = |row: usize| {
            let score = *self.scores.get(row)?.get(width_idx)?;
            score.is_finite().then_some(score)
        };
        Some(Score {
            sum: at(kind)?,
            beside: at(kind.checked_add(N_KINDS)?)?,
        })
    }
}

/// The readout of a vocabulary at this width. Positions count from 0.
fn probe_spec(state: &EncodeState, d_model: usize) -> ProbeSpec {
    ProbeSpec {
        scheme: added(state),
        d_model,
        std: std_at(state, d_model),
        noise: state.noise,
        seed: state.seed,
    }
}
