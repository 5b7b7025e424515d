//! The part's maps as they are in a state: what it keeps is brought up to that.

use super::super::model::{Run, Weights};
use super::super::scene::AttendScene;
use super::super::state::AttendState;
use super::kept::{Kept, MapsOf, Split, is_split};

fn maps_of(runs: &[Run; 2], state: &AttendState) -> MapsOf {
    (runs.each_ref().map(Run::version), state.layer() - 1)
}

/// Brings the maps up to a state, and what the scores are made of where that is shown.
pub fn made<'a>(scene: &'a mut AttendScene, state: &AttendState) -> &'a Kept {
    scene.run(state);
    let AttendScene {
        runs,
        maps,
        weights,
        ..
    } = scene;
    let kept: &mut Kept = maps;
    let of = maps_of(runs, state);
    let [first, second] = &*runs;
    let both = [first, second];
    kept.maps.get(of, |maps| maps.fill(both, of.1));
    if is_split(state) {
        let head_idx = state.head_idx();
        let split = Split::of(state.scheme);
        let weights = Weights::update(weights, &state.model());
        kept.parts.get((of, head_idx), |parts| {
            parts.fill(split, both, weights, [of.1, head_idx]);
        });
    }
    kept
}

/// The same with the table of the read head's weights.
pub fn made_lines<'a>(scene: &'a mut AttendScene, state: &AttendState) -> &'a Kept {
    made(scene, state);
    let AttendScene { runs, maps, .. } = scene;
    let kept: &mut Kept = maps;
    let head_idx = state.head_idx();
    let Kept { maps, lines, .. } = kept;
    lines.get((maps_of(runs, state), head_idx), |lines| {
        lines.fill(maps, head_idx);
    });
    kept
}
