//! The outputs of a norm as it should be and as the bug that is shown makes it.

use super::super::scene::NormalizeScene;
use super::super::state::NormalizeState;
use super::symptom::{Apart, Symptom, measure};

/// What all other tokens are multiplied with to see whether a token depends on them.
const OTHERS_SCALE: f32 = 1.5;

impl NormalizeScene {
    /// Makes both outputs of the bug that is shown, and says in which state, and what is seen of it; `None` without one.
    pub fn update_mistake(&mut self, state: &NormalizeState) -> Option<(NormalizeState, Symptom)> {
        let bug = state.bug()?;
        let shown = state.with_bug(bug);
        // The norm of the state is the right one, and made here.
        self.update_and_train(&shown);
        let mut of = shown.clone();
        (of.token, of.feature) = (None, None);
        let of = Some((of, [self.versions[0], self.running_version(&shown)]));
        let (is_kept, row_idx) = (self.mistakes.of == of, shown.row());
        let before = self.mistakes.symptom.filter(|_| is_kept);
        if let Some(symptom) = before.filter(|symptom| symptom.row_idx == row_idx) {
            return Some((shown, symptom));
        }
        let mut kept = std::mem::take(&mut self.mistakes);
        let x = self.x();
        let spec = self.spec(&shown, shown.norm);
        let apart = if let Some(symptom) = before {
            symptom.apart
        } else {
            kept.version += 1;
            kept.of = of;
            Apart::of(kept.trace.update(bug, x, shown.seq_len, spec))
        };
        let by = (row_idx, OTHERS_SCALE);
        let by_others = kept.trace.moved_by_others(bug, x, shown.seq_len, spec, by);
        let outputs = kept.outputs();
        let rows = outputs.each_ref().map(|output| output.row(row_idx));
        let symptom = measure(row_idx, apart, rows, by_others);
        kept.symptom = Some(symptom);
        self.mistakes = kept;
        Some((shown, symptom))
    }
}
