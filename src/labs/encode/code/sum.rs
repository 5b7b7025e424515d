//! The sum's arrays in NumPy and PyTorch.

use maths::probe::{N_POSITIONS, N_TEST, N_TRAIN, N_WORDS};

use super::super::scene::EncodeScene;
use super::super::scene::sum::{self, WIDTHS};
use super::super::state::EncodeState;
use super::encoding::{double, encoding, start};
use crate::labs::code::{Code, fill};
use crate::settings::number_text;

const NO_WORDS: &str = "\
import {import}

# A sentence without words has no vectors
result = {lib}.zeros((3, 0), dtype={lib}.float32)
";

const TABLES: &str = "\
{start}
# The same word has the same vector: the numbers of a row that its letters choose (FNV-1a)
words = [
{words}
]
d_model, start, std, seed = {d_model}, {first}, {std}, {seed}


def number(word):
    hash = 0xCBF29CE484222325
    for byte in word.encode():
        hash = (hash ^ byte) * 0x100000001B3 % 2**64
    return hash


{encoding}

rows = [normal(seed, number(word), d_model) for word in words]
E = ({array}(rows{double}) * (std{factor})){single}
PE = encoding(len(words), d_model, start)
";

const SUM: &str = "result = {lib}.stack([E, PE, E + PE])  # (3, word, dimension)\n";

const NORMS: &str = "\
tables = {lib}.stack([E, PE, E + PE]){wide}
result = {lib}.sqrt((tables**2).sum(-1)){single}  # (3, word)
";

/// E, PE and E + PE, (3, T, d).
pub fn sum(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    with_tables(scene, state, SUM)
}

/// Their lengths, (3, T).
pub fn norms(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    with_tables(scene, state, NORMS)
}

fn with_tables(scene: &mut EncodeScene, state: &EncodeState, rest: &str) -> Code {
    let words = sum::lower_words(scene, state);
    let words: Vec<_> = words
        .iter()
        .map(|word| format!("    {},", python_string(word)))
        .collect();
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
                ("words", &words.join("\n")),
                ("d_model", &state.d_model.to_string()),
                ("first", &state.start.to_string()),
                ("std", &number_text(state.emb_std)),
                ("seed", &state.seed.to_string()),
                ("encoding", &encoding(sum::added(state), library)),
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

/// A text as Python writes it, in ASCII and without braces.
fn python_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            ' '..='~' if !"\"\\{}".contains(c) => out.push(c),
            _ => {
                let number = u32::from(c);
                out.push_str("\\U");
                for digit in (0..8).rev() {
                    let hex = number >> (4 * digit) & 0xf;
                    out.push(char::from_digit(hex, 16).unwrap_or('0'));
                }
            }
        }
    }
    out.push('"');
    out
}

const PROBE: &str = "\
{start}
# {n_words} words at {n_positions} positions: least squares on {n_train} pairs, judged by {n_test} others
{noise}, seed = {noise_std}, {seed}


{encoding}

bits = draws(mix(mix(seed) ^ 5 << 56), 5 << 56)
pairs = [[next(bits) * {n_words} >> 32, next(bits) * {n_positions} >> 32] for _ in range({n_train} + {n_test})]
word, position = {array}(pairs).T
one_hot = {lib}.eye({n_words}{double})[word]
targets = {concatenate}([position[:, None], one_hot], 1)


def scores(x):
    x, y = x{wide}, targets[:{n_train}]
    centred = x[:{n_train}] - x[:{n_train}].mean(0)
    gram = centred.T @ centred + 1e-6 * {lib}.eye(x.shape[1]{double})
    weights = {lib}.linalg.solve(gram, centred.T @ (y - y.mean(0)))
    read = (x[{n_train}:] - x[:{n_train}].mean(0)) @ weights + y.mean(0)
    asked = targets[{n_train}:]
    error = ((read[:, 0] - asked[:, 0]) ** 2).sum() / ((asked[:, 0] - asked[:, 0].mean()) ** 2).sum()
    exact = {lib}.floor(read[:, 0] + 0.5) == asked[:, 0]
    right = (read[:, 1:].argmax(1) == word[{n_train}:]) & (read[:, 1] == read[:, 1])  # not NaN
    return [float(1 - error), float(exact{wide}.mean()), float(right{wide}.mean())]


def row(d_model):
    rows = [normal(seed, 4 << 56 | idx, d_model) for idx in range({n_words})]
    E, half = ({array}(rows{double}) * {std}){single}, d_model // 2
{add_noise}    PE, PE_half = encoding({n_positions}, d_model), encoding({n_positions}, d_model - half)
    added = {added}E[word] + PE[position]
    beside = {beside}{concatenate}([E[word][:, :half], PE_half[position]], 1)
    return [d_model] + scores(added) + scores(beside)


rows = [row(d_model) for d_model in ({widths})]
result = {array}(rows{double}){single}.T  # (7, width)
";

// The first line is indented, which a line continued in Rust would not be.
const NOISE: &str = "    rows = [normal(seed, 6 << 56 | idx, d_model) for idx in range(len(pairs))]
    noise = ({array}(rows{double}) * noise_std){single}
";

/// The scores over the widths, (7, 9): the widths, then three of the sum and three of the two beside each other.
pub fn probe(_: &mut EncodeScene, state: &EncodeState) -> Code {
    let has_noise = state.noise != 0.0;
    let widths = WIDTHS.map(|width| width.to_string()).join(", ");
    Code::for_both(|library| {
        let single = library.pick(".astype(np.float32)", ".float()");
        let array = library.pick("np.array", "torch.tensor");
        let add_noise = if has_noise {
            fill(
                NOISE,
                &[
                    ("array", array),
                    ("double", double(library)),
                    ("single", single),
                ],
            )
        } else {
            String::new()
        };
        let std = if state.sqrt_d {
            format!("{} * d_model**0.5", number_text(state.emb_std))
        } else {
            number_text(state.emb_std)
        };
        fill(
            PROBE,
            &[
                (
                    "start",
                    &start(
                        "What can be read back from words with positions",
                        false,
                        library,
                    ),
                ),
                ("n_words", &N_WORDS.to_string()),
                ("n_positions", &N_POSITIONS.to_string()),
                ("n_train", &N_TRAIN.to_string()),
                ("n_test", &N_TEST.to_string()),
                ("noise", "noise_std"),
                ("noise_std", &number_text(state.noise)),
                ("seed", &state.seed.to_string()),
                ("encoding", &encoding(sum::added(state), library)),
                ("lib", library.name()),
                ("array", array),
                ("double", double(library)),
                ("single", single),
                ("wide", library.pick(".astype(np.float64)", ".double()")),
                ("concatenate", library.pick("np.concatenate", "torch.cat")),
                ("std", &std),
                ("add_noise", &add_noise),
                ("added", if has_noise { "noise + " } else { "" }),
                ("beside", if has_noise { "noise + " } else { "" }),
                ("widths", &widths),
            ],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::python_string;

    #[test]
    fn any_word_is_written_in_ascii() {
        assert_eq!(python_string("dog"), "\"dog\"");
        assert_eq!(
            python_string("{\"é"),
            "\"\\U0000007b\\U00000022\\U000000e9\""
        );
    }
}
