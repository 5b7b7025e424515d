//! Maps in NumPy and PyTorch.

use super::super::python::{has_bias, model};
use super::super::state::AttendState;
use crate::python::{Code, Library, fill, word_list};
use crate::sentence::Sentence;

/// Leaves in `maps` the scores and weights of every order, (head, query, key) each, with NaN where a word may not look.
const MAPS: &str = "\
orders = [
{orders}]
maps = []
for words in orders:
    scores, weights, _ = model(words, {layer_idx})
    masked = {lib}.isinf(scores)
    scores[masked], weights[masked] = float(\"nan\"), float(\"nan\")
    maps.append((scores, weights))
";

const EVEN: &str = "\
result = {lib}.stack([{lib}.stack([of[idx] for of in maps]) for idx in range(2)])  # (2, order, head, query, key)
";

const ROWS: &str = "\
rows = [{concatenate}([of[idx].reshape(-1) for of in maps]) for idx in range(2)]
result = {lib}.stack(rows)  # scores, weights: (2, row)
";

const EVEN_LINES: &str = "\
result = {lib}.stack([weights[{head_idx}] for _, weights in maps])  # head {head}: (order, query, key)
";

const ROWS_OF_LINES: &str = "\
result = {concatenate}([weights[{head_idx}].reshape(-1) for _, weights in maps])  # head {head}: (row)
";

const NOTHING: &str = "\
import {import}

# No words
result = {lib}.zeros({shape}, dtype={lib}.float32)
";

const WAY: &str = "\
words = {words}
head, query = {head_idx}, {query}
scores, weights, _ = model(words, {layer_idx})
score, weight = scores[head, query], weights[head, query]
masked = {lib}.isinf(score)
bias = {bias}
scaled = score - bias
steps = [scaled * (d_model // n_heads) ** 0.5, scaled, bias, score, {lib}.exp(score - score.max()), weight]
result = {lib}.stack(steps)
result[:, masked] = float(\"nan\")  # (step, key)
";

/// Code for no words: zeros of this shape, in Python.
fn nothing(library: Library, shape: &str) -> String {
    let names = [
        ("import", library.pick("numpy as np", "torch")),
        ("lib", library.name()),
        ("shape", shape),
    ];
    fill(NOTHING, &names)
}

/// The model and what `template` makes of its maps.
fn of_maps(state: &AttendState, title: &str, templates: [&str; 2], empty: &str) -> Code {
    let sentences = [0, 1].map(|order| state.sentence(order));
    let n_words = sentences.each_ref().map(Sentence::n_words);
    let is_even = n_words[0] == n_words[1];
    Code::for_both(|library| {
        if n_words == [0, 0] {
            return nothing(library, empty);
        }
        let lists = sentences.iter().filter(|it| it.n_words() > 0);
        let lists: String = lists
            .flat_map(|sentence| {
                let list = word_list(sentence.words());
                let indented: Vec<_> = list.lines().map(|line| format!("    {line}")).collect();
                [indented.join("\n"), ",\n".to_owned()]
            })
            .collect();
        let head_idx = state.head_idx();
        let mut text = model(title, &state.model(), library);
        let template = [MAPS, templates[usize::from(!is_even)]].concat();
        text.push_str(&fill(
            &template,
            &[
                ("orders", lists.as_str()),
                ("layer_idx", &(state.layer() - 1).to_string()),
                ("head_idx", &head_idx.to_string()),
                ("head", &(head_idx + 1).to_string()),
                ("lib", library.name()),
                ("concatenate", library.pick("np.concatenate", "torch.cat")),
            ],
        ));
        text
    })
}

/// Scores and weights of all heads in both orders.
pub fn maps(state: &AttendState) -> Code {
    let n_heads = state.n_heads();
    let shape = format!("(2, 2, {n_heads}, 0, 0)");
    of_maps(
        state,
        "Attention maps of the same words in two orders",
        [EVEN, ROWS],
        &shape,
    )
}

/// The weights of one head in both orders.
pub fn lines(state: &AttendState) -> Code {
    of_maps(
        state,
        "Who looks at whom in one head, in two orders",
        [EVEN_LINES, ROWS_OF_LINES],
        "(2, 0, 0)",
    )
}

/// The way of one query, step by step.
pub fn way(state: &AttendState) -> Code {
    let sentence = state.sentence(0);
    Code::for_both(|library| {
        if sentence.n_words() == 0 {
            return nothing(library, "(6, 0)");
        }
        let spec = state.model();
        let mut text = model(
            "One query, from its products to its weights",
            &spec,
            library,
        );
        let bias = if has_bias(&spec) {
            "biases(len(words))[head, query]"
        } else {
            library.pick("np.zeros_like(score)", "torch.zeros_like(score)")
        };
        text.push_str(&fill(
            WAY,
            &[
                ("words", word_list(sentence.words()).as_str()),
                ("layer_idx", &(state.layer() - 1).to_string()),
                ("head_idx", &state.head_idx().to_string()),
                ("query", &state.query().to_string()),
                ("bias", bias),
                ("lib", library.name()),
            ],
        ));
        text
    })
}
