//! Counts x, x̂ and y into the bins of their histograms, and describes them.

use maths::statistics::{count_into, shared_bins, summarize};

use super::super::scene::{NormalizeScene, flat};
use super::super::state::{NormalizeState, Per};
use super::kept::{Bins, Counted};

/// About how many bins the histograms have; the exact number follows from round edges.
const N_BINS: usize = 48;

impl NormalizeScene {
    /// Counts x, x̂ and y, and the selected token's share of all values, into shared bins; only what changed.
    pub fn count(&mut self, state: &NormalizeState) {
        let mut bins = std::mem::take(&mut self.steps.bins);
        bins.update(self, state);
        self.steps.bins = bins;
    }
}

impl Bins {
    fn update(&mut self, scene: &NormalizeScene, state: &NormalizeState) {
        let row_idx = state.row();
        let counted = match state.per {
            Per::Tensor => Counted::All,
            Per::Token => Counted::Row(row_idx),
            Per::Feature => Counted::Column(state.column()),
        };
        let steps = scene.steps();
        let mut columns = self
            .of
            .each_mut()
            .map(|step| std::mem::take(&mut step.column));
        if let Counted::Column(feature) = counted {
            for (column, values) in columns.iter_mut().zip(steps) {
                column.clear();
                column.extend(values.column(feature));
            }
        }
        let mut series: [&[f32]; 3] = [&[]; 3];
        for (idx, series) in series.iter_mut().enumerate() {
            let all = flat(&steps[idx]);
            let of_row = row_idx * state.d_model..(row_idx + 1) * state.d_model;
            *series = match counted {
                Counted::All => all,
                Counted::Row(_) => all.get(of_row).unwrap_or_default(),
                Counted::Column(_) => &columns[idx],
            };
        }
        // A million values are not looked through twice.
        let is_same = scene.output_is_normalized();
        let mut are_new = [false; 3];
        for (idx, values) in series.iter().enumerate() {
            let counted_of = Some((scene.versions[idx], counted));
            are_new[idx] = self.of[idx].counted_of != counted_of;
            if are_new[idx] {
                self.of[idx].summary = match idx {
                    2 if is_same => self.of[1].summary,
                    _ => summarize(values),
                };
                self.of[idx].counted_of = counted_of;
            }
        }
        let has_new_edges = are_new.contains(&true) && self.update_edges();
        for (idx, values) in series.iter().enumerate() {
            if are_new[idx] || has_new_edges {
                let [_, normalized, output] = &mut self.of;
                if idx == 2 && is_same {
                    output.counts.clone_from(&normalized.counts);
                    output.n_undefined = normalized.n_undefined;
                } else {
                    let step = &mut self.of[idx];
                    step.n_undefined = count_into(values, &self.edges, &mut step.counts);
                }
            }
            let step = &mut self.of[idx];
            if counted != Counted::All {
                // What is counted is one row or column already.
                step.highlighted.clear();
                step.highlighted_of = None;
                continue;
            }
            let token = Some((scene.versions[idx], row_idx));
            if has_new_edges || step.highlighted_of != token {
                let values = steps[idx].row(row_idx);
                count_into(
                    values.to_slice().unwrap_or_default(),
                    &self.edges,
                    &mut step.highlighted,
                );
                step.highlighted_of = token;
            }
        }
        for (step, column) in self.of.iter_mut().zip(columns) {
            step.column = column;
        }
    }

    /// Edges that hold all three steps; whether they are others than before.
    fn update_edges(&mut self) -> bool {
        std::mem::swap(&mut self.edges, &mut self.edges_before);
        shared_bins(
            self.of.iter().map(|step| &step.summary),
            N_BINS,
            &mut self.edges,
        );
        self.edges != self.edges_before
    }
}
