//! How the words of a sentence stand at the axes and in the texts of figures.

use std::borrow::Cow;

use figures::Axis;

use super::state::AttendState;
use crate::rich::given;
use crate::room::Way;
use crate::sentence::Sentence;

/// Said in place of a figure without words.
pub const EMPTY: &str = "No words: type a sentence.";

/// To the sentences that the part opens with.
pub const TO_USUAL: Way<AttendState> =
    Way::new("Take the usual sentences", |state: &mut AttendState| {
        (state.text, state.other) = (None, None);
    });

/// The words of a sentence as the cells of an axis.
pub fn axis<'a>(label: &'static str, sentence: &Sentence) -> Axis<'a> {
    Axis {
        names: Cow::Owned(sentence.shown().to_vec()),
        ..Axis::cells("token", label, 0, sentence.n_words())
    }
}

/// A word of a sentence, as texts have it.
pub fn word(sentence: &Sentence, idx: usize) -> String {
    sentence
        .words()
        .get(idx)
        .map_or_else(String::new, |word| given(word))
}
