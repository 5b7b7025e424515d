//! For tests of several parts: states at whose edges numbers end, and what is said there.

use figures::{Figure, Plot};
use maths::normalize::BatchMode;

use super::lab::Normalize;
use super::scene::NormalizeScene;
use super::state::{Along, Incoming, NormName, NormalizeState};
use crate::desk::{Given, Manner, Taken};
use crate::room::{Cell, Part};
use crate::settings::Words;

impl NormalizeState {
    /// Takes what is typed into the field.
    pub fn take_text(&mut self, text: &str) -> Taken {
        self.take(read_text(text, Manner::default()))
    }
}

/// Text as the field reads it.
pub fn read_text(text: &str, manner: Manner) -> Given {
    Given {
        name: String::new(),
        manner,
        read: Some(manner.text(text.to_owned()).finish()),
    }
}

/// States at whose edges numbers end: of every norm, with one token and with more, with padding, with inputs that
/// are equal, small, or no numbers.
pub fn odd_states() -> Vec<NormalizeState> {
    let mut states = Vec::new();
    let shapes = [(4, 8, 64), (1, 1, 8), (2, 1, 3), (1, 5, 2)];
    let texts = ["", "2", "1,nan,inf,2", "3e38,-3e38,1", "0,0\n1,2"];
    for &norm in NormName::ALL {
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

/// Everything that a part says in a state: its lead, its figures with a tip, its readings.
pub fn words_of_part(part: &Part<Normalize>, state: &NormalizeState) -> Vec<String> {
    let mut scene = NormalizeScene::default();
    let mut words = vec![(part.lead)(state)];
    for spec in part.figures {
        words.extend(words_of(&(spec.scene)(&mut scene, state)));
        let tip = spec.pointing.as_ref().map(|pointing| pointing.tip);
        words.extend(tip.map(|tip| tip(&mut scene, state, CORNER)));
    }
    let facts = part
        .reading
        .as_ref()
        .map(|reading| (reading.facts)(&mut scene, state));
    words.extend(facts.into_iter().flatten().map(|fact| fact.value));
    words
}

/// That a reader is told in words what is no number; of the input it is said by its name.
pub fn assert_words(words: Vec<String>, state: &NormalizeState) {
    for text in words {
        let rest = text.replace("NaN or infinite", "");
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
