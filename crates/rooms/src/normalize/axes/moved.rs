//! Which outputs move when one token is changed, by norm.

use maths::normalize::{BatchMode, Difference, Norm, NormSpec, RunningStatistics, normalize};
use ndarray::{Array2, ArrayView2};

use super::super::scene::{NormalizeScene, flat};
use super::super::state::{NormName, NormalizeState, Nudged};
use super::kept::{Kept, MadeFrom, Moved, N};
use super::sample::rows_read;

impl Kept {
    /// Makes `nudged` what x is with the change.
    #[allow(clippy::cast_possible_truncation)]
    fn nudge(&mut self, (x, version): (ArrayView2<'_, f32>, u64), state: &NormalizeState) {
        let row_idx = state.row();
        // A million values are not copied for one row.
        match self.nudged_of {
            Some((before, row_idx)) if before == version => {
                self.nudged.row_mut(row_idx).assign(&x.row(row_idx));
            }
            _ => {
                if self.nudged.dim() != x.dim() {
                    self.nudged = Array2::zeros(x.dim());
                }
                self.nudged.assign(&x);
            }
        }
        self.nudged_of = Some((version, row_idx));
        if !state.is_padding(row_idx) {
            for (feature, x) in self.nudged.row_mut(row_idx).iter_mut().enumerate() {
                *x += state.nudge_of(feature) as f32;
            }
        }
    }

    /// Measures what moved, from the outputs before and after.
    fn measure(&mut self, state: &NormalizeState) {
        let Self {
            before,
            after,
            whole: [whole_before, whole_after],
            change,
            moved,
            ..
        } = self;
        if change.dim() != (N, state.rows()) {
            *change = Array2::zeros((N, state.rows()));
        }
        change.fill(0.0);
        for (idx, (mut change, moved)) in change.outer_iter_mut().zip(moved).enumerate() {
            *moved = Moved::default();
            let (first, before, after) = if NormName::COMPARED.get(idx) == Some(&NormName::Batch) {
                (0, &*whole_before, &*whole_after)
            } else {
                // Nothing leaves the sample.
                (rows_read(state).start, &before[idx], &after[idx])
            };
            let [before, after] =
                [before, after].map(|trace| flat(&trace.output.view()).chunks_exact(state.d_model));
            for (change, (before, after)) in change.iter_mut().skip(first).zip(before.zip(after)) {
                let Difference {
                    largest,
                    n_different,
                } = Difference::between(before, after);
                *change = largest;
                moved.n_outputs += n_different;
                moved.n_tokens += usize::from(n_different > 0);
            }
        }
        self.version += 1;
    }
}

impl NormalizeScene {
    /// Brings the change of every norm's outputs up to this state.
    pub fn update_change(&mut self, state: &NormalizeState) {
        self.update_before(state);
        let Some(before_of) = self.axes.before_of else {
            return;
        };
        let one = (state.nudged == Nudged::Value).then(|| state.column());
        let change_of = Some((before_of, state.row(), one, state.nudge));
        if self.axes.change_of == change_of {
            return;
        }
        let mut kept = std::mem::take(&mut self.axes);
        kept.change_of = change_of;
        // Which sample is read is no matter to the whole.
        let whole_of = Some(MadeFrom {
            sample: 0,
            ..before_of
        });
        let has_whole = std::mem::replace(&mut kept.whole_of, whole_of) == whole_of;
        let x = self.x();
        kept.nudge((x, self.versions[0]), state);
        let Kept {
            after,
            whole: [whole_before, whole_after],
            batch: [batch, batch_after],
            moments,
            nudged,
            ..
        } = &mut kept;
        // Batch norm of all samples by the means and variances that were taken for the one that is read.
        let whole = |x, batch: &RunningStatistics, trace| {
            let spec = NormSpec {
                norm: Norm::Batch(BatchMode::Eval),
                running: Some(batch),
                ..self.spec(state, NormName::Batch)
            };
            // In evaluation nothing is too few.
            normalize(x, state.seq_len, &spec, trace).ok();
        };
        if !has_whole {
            whole(x, batch, whole_before);
        }
        self.normalize_sample(state, nudged.view(), after, batch_after, moments);
        whole(nudged.view(), batch_after, whole_after);
        kept.measure(state);
        self.axes = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(state: &NormalizeState) -> [(usize, usize); N] {
        let mut scene = NormalizeScene::default();
        scene.update_change(state);
        let counts = |Moved {
                          n_outputs,
                          n_tokens,
                      }: Moved| (n_outputs, n_tokens);
        scene.axes.moved.map(counts)
    }

    #[test]
    fn a_changed_token_moves_the_outputs_that_share_its_statistics() {
        let own = (64, 1);
        let sample = (8 * 64, 8);
        let all = (4 * 8 * 64, 4 * 8);
        let expected = [own, own, all, sample, sample, own];
        assert_eq!(moved(&NormalizeState::default()), expected);
    }

    #[test]
    fn a_changed_value_moves_exactly_its_group() {
        let state = NormalizeState {
            nudged: Nudged::Value,
            ..NormalizeState::default()
        };
        // A group of 16 features; one feature; DyT looks at the value alone.
        let expected = [(64, 1), (64, 1), (32, 32), (8, 8), (8 * 16, 8), (1, 1)];
        assert_eq!(moved(&state), expected);
    }

    #[test]
    fn nothing_added_and_padding_move_nothing() {
        let still = NormalizeState {
            nudge: 0.0,
            ..NormalizeState::default()
        };
        assert_eq!(moved(&still), [(0, 0); 6]);
        for masked in [false, true] {
            let padding = NormalizeState {
                padding: true,
                masked,
                token: Some(31),
                ..NormalizeState::default()
            };
            assert!(padding.is_padding(31));
            assert_eq!(moved(&padding), [(0, 0); 6]);
        }
    }
}
