//! Heads that are written down: how their weights are said, and their code in NumPy and PyTorch.

use figures::number::format_value;

use super::model::BASE;
use crate::python::{Library, double, fill};
use crate::settings::number_text;

const TURN: &str = "\
def turn(offset, d_model):  # PE(p) @ turn(o) = PE(p + o): Vaswani et al. 2017, section 3.5
    angle = offset * {base} ** (-{lib}.arange(0, d_model, 2{double}) / d_model)
    cos, sin = {lib}.cos(angle){single}, {lib}.sin(angle){single}
    matrix = {lib}.zeros((d_model, d_model), dtype={lib}.float32)
    even, odd = {lib}.arange(0, d_model, 2), {lib}.arange(1, d_model, 2)
    matrix[even, even] = matrix[odd, odd] = cos
    matrix[odd, even], matrix[even, odd] = sin, -sin
    return matrix

";

const SOFTMAX: &str = "
def softmax(scores):
    weights = {lib}.exp(scores - {lib}.amax(scores, -1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)

";

/// The function `turn(offset, d_model)`.
pub fn turn(library: Library) -> String {
    let single = library.pick(".astype(np.float32)", ".float()");
    fill(
        TURN,
        &[
            ("base", &number_text(BASE)),
            ("lib", library.name()),
            ("double", double(library)),
            ("single", single),
        ],
    )
}

/// The functions `turn(offset, d_model)` and `softmax(scores)`.
pub fn heads(library: Library) -> String {
    turn(library) + &fill(SOFTMAX, &[("lib", library.name())])
}

/// A part of all attention, as texts have it.
pub fn percent(part: f64) -> String {
    if 0.0 < part && part < 0.001 {
        return "under 0.1 %".to_owned();
    }
    let digits = if part < 0.1 { 2 } else { 3 };
    format!("{} %", format_value(100.0 * part, digits))
}
