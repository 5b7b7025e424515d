//! The numbers of the block, beside the formula.

use figures::number::format_count;

use super::super::scene::NormalizeScene;
use super::super::state::{NormName, NormalizeState};
use super::groups::{groups, pair_word};
use crate::room::Fact;

/// How large the block is, how many groups it has, and how many values each is of.
pub fn facts(_: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
    let groups = groups(state, state.norm);
    let mut facts = vec![
        Fact::new("B", state.batch.to_string()),
        Fact::new("T", state.seq_len.to_string()),
        Fact::new("C", state.d_model.to_string()),
    ];
    if state.norm == NormName::Group {
        facts.push(Fact::new("G", state.n_groups().to_string()));
    }
    let [pairs, values_each] =
        [groups.count(), groups.size()].map(|count| format_count(count as u64));
    facts.push(Fact::new(pair_word(state.norm), pairs));
    facts.push(Fact::new("values each", values_each));
    facts
}
