//! The three tables of a sentence in NumPy and PyTorch.

use super::super::scene::EncodeScene;
use super::super::sentence::added;
use super::super::state::EncodeState;
use crate::python::{Code, WORD_NUMBER, double, encoding, fill, start, word_list};
use crate::settings::number_text;

const NO_WORDS: &str = "\
import {import}

# A sentence without words has no vectors
result = {lib}.zeros((3, 0), dtype={lib}.float32)
";

const TABLES: &str = "\
{start}
# The same word has the same vector: the numbers of a row that its letters choose (FNV-1a)
words = {words}
d_model, start, std, seed = {d_model}, {first}, {std}, {seed}


{number}
{encoding}

rows = [normal(seed, number(word), d_model) for word in words]
E = ({array}(rows{double}) * (std{factor})){single}
PE = encoding(len(words), d_model, start)
";

/// Code that has E and PE, (T, d) each, and goes on with `rest`.
pub fn with_tables(scene: &mut EncodeScene, state: &EncodeState, rest: &str) -> Code {
    let words = scene.sum.tokens.update(state).sentence.words();
    Code::for_both(|library| {
        let names = [
            ("import", library.pick("numpy as np", "torch")),
            ("lib", library.name()),
        ];
        if words.is_empty() {
            return fill(NO_WORDS, &names);
        }
        let mut text = fill(
            TABLES,
            &[
                (
                    "start",
                    &start(
                        "Words with their positions: E, PE and E + PE",
                        false,
                        library,
                    ),
                ),
                ("words", &word_list(words)),
                ("number", WORD_NUMBER),
                ("d_model", &state.d_model.to_string()),
                ("first", &state.start.to_string()),
                ("std", &number_text(state.emb_std)),
                ("seed", &state.seed.to_string()),
                ("encoding", &encoding(added(state), library)),
                ("array", library.pick("np.array", "torch.tensor")),
                ("double", double(library)),
                ("factor", if state.sqrt_d { " * d_model**0.5" } else { "" }),
                ("single", library.pick(".astype(np.float32)", ".float()")),
            ],
        );
        let wide = library.pick(".astype(np.float64)", ".double()");
        let single = library.pick(".astype(np.float32)", ".float()");
        text.push_str(&fill(
            rest,
            &[("lib", library.name()), ("wide", wide), ("single", single)],
        ));
        text
    })
}
