//! Code that makes a figure's array from scratch: what rooms write it with.
//!
//! A room has templates, which read like the Python they become, and fills in its numbers. Only ASCII: what is
//! pasted into a file of any encoding runs.

mod bias;
mod encoding;
mod words;

pub use bias::{ALIBI, T5, T5_BOTH, T5_CAUSAL};
pub use encoding::{double, encoding, frequencies, start, wave_slices, yarn_kept};
pub use words::{WORD_NUMBER, word_list};

use figures::csv::write_f32;

/// The most values that are written out; more are loaded from the figure's NPY.
pub const MOST_LITERALS: usize = 96;

/// How many of them stand in a line.
const PER_LINE: usize = 8;

/// Two functions for code with random numbers: `draws`, the 32-bit numbers of a row's own generator, and `normal`, n
/// numbers N(0, 1) of a row: the very ones that the page draws. They need `NormalDist`.
pub const GENERATOR: &str = "\
def mix(n):
    z = (n + 0x9E3779B97F4A7C15) % 2**64
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
    return z ^ z >> 31


def draws(state, row):  # PCG-XSH-RR 64/32 with the row as its stream
    increment = (2 * row + 1) % 2**64
    state = ((state + increment) * 6364136223846793005 + increment) % 2**64
    while True:
        shifted, turn = ((state >> 18 ^ state) >> 27) % 2**32, state >> 59
        state = (state * 6364136223846793005 + increment) % 2**64
        yield (shifted >> turn | shifted << 32 - turn) % 2**32


def normal(seed, row, n):
    bits = draws(mix(mix(seed) ^ row), row)
    return [NormalDist().inv_cdf((next(bits) + 0.5) / 2**32) for _ in range(n)]

";

/// A figure's array in both languages. Each runs as it is and leaves the array of the figure's NPY, in its
/// shape and as 32-bit floats, in `result`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Code {
    /// With NumPy alone.
    pub numpy: String,
    /// With PyTorch, and NumPy only where a file is loaded.
    pub pytorch: String,
}

/// What code is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// NumPy, imported as `np`.
    NumPy,
    /// PyTorch, imported as `torch`.
    PyTorch,
}

impl Library {
    /// Its name in code.
    pub fn name(self) -> &'static str {
        match self {
            Self::NumPy => "np",
            Self::PyTorch => "torch",
        }
    }

    /// The first of two texts for NumPy, the second for PyTorch.
    pub fn pick(self, numpy: &'static str, pytorch: &'static str) -> &'static str {
        match self {
            Self::NumPy => numpy,
            Self::PyTorch => pytorch,
        }
    }
}

impl Code {
    /// The same code for both.
    pub fn for_both(mut write: impl FnMut(Library) -> String) -> Self {
        Self {
            numpy: write(Library::NumPy),
            pytorch: write(Library::PyTorch),
        }
    }
}

/// The template with every `{name}` replaced by what `values` has for it. Templates have no other braces.
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(before);
        let value = values.iter().find(|(known, _)| *known == name);
        debug_assert!(value.is_some(), "no value for {name}");
        text.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// Numbers as a list in one line: `[0.5, -1, 2e-7]`. Each reads back to the same 32-bit float.
pub fn list(values: &[f32]) -> String {
    let mut text = String::from("[");
    push_numbers(values, &mut text);
    text.push(']');
    text
}

/// Numbers as a list of as many lines as they take; `row_len` is what belongs together.
pub fn long_list(values: &[f32], row_len: usize) -> String {
    let mut text = String::from("[\n");
    for line in values.chunks(row_len.clamp(1, PER_LINE)) {
        text.push_str("    ");
        push_numbers(line, &mut text);
        text.push_str(",\n");
    }
    text.push(']');
    text
}

fn push_numbers(values: &[f32], text: &mut String) {
    for (idx, &value) in values.iter().enumerate() {
        if idx > 0 {
            text.push_str(", ");
        }
        if value.is_finite() {
            // Writing into a String cannot fail.
            write_f32(value, text).ok();
        } else {
            text.push_str(match (value.is_nan(), value > 0.0) {
                (true, _) => "float(\"nan\")",
                (false, true) => "float(\"inf\")",
                (false, false) => "float(\"-inf\")",
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{fill, list, long_list};

    #[test]
    fn templates_are_filled() {
        let values = [("a", "1"), ("b", "x {a}")];
        assert_eq!(fill("{a} + {b}{a}", &values), "1 + x {a}1");
        assert_eq!(fill("nothing", &values), "nothing");
        assert_eq!(fill("", &values), "");
    }

    #[test]
    fn lists_keep_rows_together() {
        assert_eq!(list(&[]), "[]");
        assert_eq!(list(&[0.5, -1.0, 2e-7]), "[0.5, -1, 2e-7]");
        assert_eq!(
            list(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]),
            "[float(\"nan\"), float(\"inf\"), float(\"-inf\")]"
        );
        assert_eq!(
            long_list(&[1.0, 2.0, 3.0, 4.0], 2),
            "[\n    1, 2,\n    3, 4,\n]"
        );
        assert_eq!(long_list(&[1.0; 9], 100).lines().count(), 4);
        assert_eq!(long_list(&[1.0], 0), "[\n    1,\n]");
    }
}
