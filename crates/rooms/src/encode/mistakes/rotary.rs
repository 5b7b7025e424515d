//! The bug of scores: a rotary table for neighbours with a rotation for halves.

use maths::mistakes::MixedSpec;

use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use crate::rotary_mix::Mixed;

/// What it is shown by.
pub fn spec(state: &EncodeState) -> MixedSpec {
    MixedSpec {
        d_model: state.d_model,
        base: state.base,
        start: state.start,
        n_positions: state.seq_len,
        offset: state.offset,
    }
}

/// Both scores.
pub fn mixed<'a>(scene: &'a mut EncodeScene, state: &EncodeState) -> Mixed<'a> {
    Mixed::new(&mut scene.mistakes.scores, spec(state), state.position())
}

#[cfg(test)]
mod tests {
    use super::super::super::scene::EncodeScene;
    use super::super::super::state::{Bug, EncodePart, EncodeState};
    use super::mixed;
    use crate::encode::axes::{positions, read_rows};

    fn said(scene: &mut EncodeScene, state: &EncodeState) -> String {
        let figure = mixed(scene, state).figure(("", ""), positions(state), read_rows(state));
        figure.summary
    }

    #[test]
    fn what_does_not_belong_together_depends_on_where_it_stands() {
        let state = EncodeState {
            part: EncodePart::Mistakes,
            mistake: Some(Bug::RotaryMixed),
            d_model: 6,
            offset: 1,
            seq_len: 512,
            ..EncodeState::default()
        };
        let mut kept = EncodeScene::default();
        let text = said(&mut kept, &state);
        assert!(text.contains("*Right, q · k is always 29.01*"), "{text}");
        let tip = |position| mixed(&mut EncodeScene::default(), &state).tip(Some(position));
        assert_eq!(tip(1), "query at 1: right 29.01, wrong 6.428");
        assert_eq!(tip(501), "query at 501: right 29.01, wrong 24.23");
        assert_eq!(tip(512), "");
        // One pair is its own neighbour and its own half.
        let one_pair = EncodeState {
            d_model: 2,
            ..state.clone()
        };
        let text = said(&mut kept, &one_pair);
        assert!(text.contains("cannot be seen"), "{text}");
    }
}
