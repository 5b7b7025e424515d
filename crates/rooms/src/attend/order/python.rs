//! What the code of several figures of the part begins or ends with.

use crate::python::{Library, fill, word_list};
use crate::sentence::Sentence;

/// The words of both sentences.
pub fn both(sentences: &[Sentence; 2]) -> String {
    let [first, second] = sentences.each_ref().map(|it| word_list(it.words()));
    fill(
        "first = {first}\nsecond = {second}\n",
        &[("first", first.as_str()), ("second", second.as_str())],
    )
}

/// An array that has nothing of any word, made by this call.
pub fn nothing(call: &str, library: Library) -> String {
    fill(
        "import {import}\n\n# No words\nresult = {lib}.{call}{single}\n",
        &[
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
            ("call", call),
            ("single", library.pick(".astype(np.float32)", ".float()")),
        ],
    )
}
