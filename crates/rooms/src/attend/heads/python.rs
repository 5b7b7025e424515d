//! The heads in NumPy and PyTorch.

use maths::transformer::several::SeveralSpec;

use super::super::state::{AttendState, Role};
use super::kept::spec;
use crate::python::{Library, double, fill, start};
use crate::settings::number_text;

const HEADS: &str = "\
{start}looks = [{looks}]
d, sharpness, seed = {d}, {sharpness}, {seed}  # each of the four heads hands on d numbers of a word


def positions(n, on=0):  # sinusoidal ones, so many places on; (n, d)
    omega = 10000 ** (-{lib}.arange(0, d, 2{double}) / d)
    angle = ({lib}.arange(n{double})[:, None] + on) * omega
    return {lib}.stack([{lib}.sin(angle), {lib}.cos(angle)], -1).reshape(n, d)


def scores(words, look):  # of one head that looks at the same word, the first word, or so many places on; (query, key)
    n = len(words)
    if look == \"same\":
        return sharpness * (words[:, :d] @ words[:, :d].T) / 2
    queries = positions(1)[[0] * n] if look == \"first\" else positions(n, look)
    return sharpness * (queries @ positions(n).T)


def softmax(scores):
    weights = {lib}.exp(scores - {lib}.amax(scores, -1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


";

/// Code that has `scores(words, look)` of each of `looks`, and `softmax(scores)`.
pub fn heads(title: &str, state: &AttendState, library: Library) -> String {
    let SeveralSpec {
        d, sharpness, seed, ..
    } = spec(state);
    let looks = state.roles().map(|role| match role {
        Role::Previous => "-1",
        Role::Next => "1",
        Role::Same => "\"same\"",
        Role::First => "\"first\"",
    });
    fill(
        HEADS,
        &[
            ("start", &format!("{}\n", start(title, false, library))),
            ("looks", &looks.join(", ")),
            ("d", &d.to_string()),
            ("sharpness", &number_text(sharpness)),
            ("seed", &seed.to_string()),
            ("lib", library.name()),
            ("double", double(library)),
        ],
    )
}
