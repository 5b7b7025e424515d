//! Arrays as NumPy saves them (NEP 1; `numpy.lib.format`): a header in the words of Python, then the
//! bare values.

use super::imported::{Imported, MOST_DIMENSIONS, MOST_VALUES};
use super::text::MOST_FOUND;
use crate::half::f64_from_f16_bits;

/// What every NPY file begins with.
const MAGIC: &[u8] = b"\x93NUMPY";

/// What a zip archive begins with, which is what NPZ files are.
const ZIP: &[u8] = b"PK";

/// Why bytes could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NpyError {
    /// What is wrong.
    pub problem: NpyProblem,
    /// What stands there, its beginning if it is long; may be empty.
    pub found: String,
}

/// What can be wrong with an NPY file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NpyProblem {
    /// It does not begin like one.
    NotNpy,
    /// It is an archive of several.
    Npz,
    /// A version of the format that is not known.
    Version,
    /// The header is not complete, or not in the words that NumPy writes.
    Header,
    /// Values of another kind.
    Dtype,
    /// No dimension, or more than three.
    Dimensions,
    /// A dimension of size 0.
    Empty,
    /// More than [`MOST_VALUES`].
    TooMany,
    /// The file ends too early.
    Truncated,
}

impl NpyError {
    /// What was given, for a sentence.
    pub(super) fn given(&self) -> String {
        match self.found.as_str() {
            "" => "other bytes".to_owned(),
            found => format!("“{found}”"),
        }
    }
}

impl NpyProblem {
    /// What would have been read.
    pub fn allowed(self) -> &'static str {
        match self {
            Self::NotNpy => "an NPY file, as np.save writes it, or text",
            Self::Npz => "a single array: np.save instead of np.savez",
            Self::Version => "versions 1, 2 and 3 of the format",
            Self::Header => "a header with descr, fortran_order and shape",
            Self::Dtype => {
                "f2, f4, f8, i1 to i8, u1 to u8 and bool: convert with x.astype(np.float32)"
            }
            Self::Dimensions => "one to three dimensions: samples, tokens, features",
            Self::Empty => "at least one value",
            Self::TooMany => "at most 4194304 values",
            Self::Truncated => "as many values as the header says",
        }
    }
}

/// How a value is stored.
#[derive(Clone, Copy)]
struct Dtype {
    kind: Kind,
    n_bytes: usize,
    is_big_endian: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Float,
    Signed,
    Unsigned,
    Bool,
}

/// Reads an NPY file of version 1 to 3: floats, integers and booleans of either byte order, in C and in
/// Fortran order, one to three dimensions. Whole numbers and doubles are rounded to `f32`, booleans are
/// 0 and 1. Bytes after the values are passed over, as NumPy does.
///
/// # Errors
///
/// An [`NpyError`] about the first thing that cannot be read.
pub fn read_npy(bytes: &[u8]) -> Result<Imported, NpyError> {
    let (header, data) = split(bytes)?;
    let descr = after_key(header, "descr").ok_or_else(|| fail(NpyProblem::Header, header))?;
    let dtype = dtype_of(descr)?;
    let is_fortran = match after_key(header, "fortran_order") {
        Some(order) if order.starts_with("True") => true,
        Some(order) if order.starts_with("False") => false,
        _ => return Err(fail(NpyProblem::Header, header)),
    };
    let shape = after_key(header, "shape").and_then(shape_of);
    let shape = shape.ok_or_else(|| fail(NpyProblem::Header, header))?;
    let shape_text = || after_key(header, "shape").unwrap_or_default();
    if shape.is_empty() || shape.len() > MOST_DIMENSIONS {
        return Err(fail(NpyProblem::Dimensions, shape_text()));
    }
    if shape.contains(&0) {
        return Err(fail(NpyProblem::Empty, shape_text()));
    }
    let n_values = shape
        .iter()
        .try_fold(1_usize, |n, &size| n.checked_mul(size));
    let n_values = n_values.filter(|&n| n <= MOST_VALUES);
    let n_values = n_values.ok_or_else(|| fail(NpyProblem::TooMany, shape_text()))?;
    let Some(data) = data.get(..n_values * dtype.n_bytes) else {
        return Err(fail(NpyProblem::Truncated, ""));
    };
    let read: Vec<f32> = data
        .chunks_exact(dtype.n_bytes)
        .map(|value| dtype.value(value))
        .collect();
    let values = if is_fortran {
        in_c_order(&read, &shape)
    } else {
        read
    };
    Ok(Imported {
        shape,
        values,
        ..Imported::default()
    })
}

fn fail(problem: NpyProblem, found: &str) -> NpyError {
    NpyError {
        problem,
        found: found.chars().take(MOST_FOUND).collect(),
    }
}

/// The header and what follows it.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), NpyError> {
    if bytes.starts_with(ZIP) {
        return Err(fail(NpyProblem::Npz, ""));
    }
    let Some(rest) = bytes.strip_prefix(MAGIC) else {
        return Err(fail(NpyProblem::NotNpy, ""));
    };
    let (len, rest) = match *rest {
        [1, _, low, high, ref rest @ ..] => (u32::from(u16::from_le_bytes([low, high])), rest),
        [2 | 3, _, a, b, c, d, ref rest @ ..] => (u32::from_le_bytes([a, b, c, d]), rest),
        [] | [1..=3, ..] => return Err(fail(NpyProblem::Truncated, "")),
        [_, ..] => return Err(fail(NpyProblem::Version, "")),
    };
    let (header, data) = usize::try_from(len)
        .ok()
        .and_then(|len| rest.split_at_checked(len))
        .ok_or_else(|| fail(NpyProblem::Truncated, ""))?;
    let header = std::str::from_utf8(header).map_err(|_| fail(NpyProblem::Header, ""))?;
    Ok((header, data))
}

/// What stands after `'key':` in a dictionary.
fn after_key<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    let (_, after) = header.split_once(key)?;
    let after = after.strip_prefix(['\'', '"'])?.trim_start();
    Some(after.strip_prefix(':')?.trim_start())
}

/// `'<f4'`: byte order, kind, bytes.
fn dtype_of(descr: &str) -> Result<Dtype, NpyError> {
    let quote = ['\'', '"'];
    let word = descr
        .strip_prefix(quote)
        .and_then(|word| Some(word.split_once(quote)?.0));
    // Records are lists and have no quotes at first: what comes up to the end of the word says enough.
    let refused = fail(NpyProblem::Dtype, word.unwrap_or(descr));
    let word = word.unwrap_or_default();
    let is_big_endian = word.starts_with('>');
    let (kind, n_bytes) = match word.trim_start_matches(['<', '>', '|', '=']) {
        "f2" => (Kind::Float, 2),
        "f4" => (Kind::Float, 4),
        "f8" => (Kind::Float, 8),
        "i1" => (Kind::Signed, 1),
        "i2" => (Kind::Signed, 2),
        "i4" => (Kind::Signed, 4),
        "i8" => (Kind::Signed, 8),
        "u1" => (Kind::Unsigned, 1),
        "u2" => (Kind::Unsigned, 2),
        "u4" => (Kind::Unsigned, 4),
        "u8" => (Kind::Unsigned, 8),
        "b1" => (Kind::Bool, 1),
        _ => return Err(refused),
    };
    Ok(Dtype {
        kind,
        n_bytes,
        is_big_endian,
    })
}

/// `(2, 3)`, `(2,)`, `()`; `None` for anything else, sizes beyond `usize` included.
fn shape_of(text: &str) -> Option<Vec<usize>> {
    let (sizes, _) = text.strip_prefix('(')?.split_once(')')?;
    let sizes = sizes.trim();
    let sizes = sizes.strip_suffix(',').unwrap_or(sizes);
    if sizes.is_empty() {
        return Some(Vec::new());
    }
    // Python 2 wrote long integers with an L.
    let size_of = |size: &str| size.trim().trim_end_matches('L').parse().ok();
    sizes.split(',').map(size_of).collect()
}

impl Dtype {
    fn value(self, bytes: &[u8]) -> f32 {
        let push = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
        let bits = if self.is_big_endian {
            bytes.iter().fold(0, push)
        } else {
            bytes.iter().rev().fold(0, push)
        };
        match (self.kind, self.n_bytes) {
            (Kind::Float, 2) => f64_from_f16_bits(bits as u16) as f32,
            (Kind::Float, 4) => f32::from_bits(bits as u32),
            (Kind::Float, _) => f64::from_bits(bits) as f32,
            (Kind::Unsigned, _) => bits as f32,
            (Kind::Bool, _) => f32::from(u8::from(bits != 0)),
            (Kind::Signed, n_bytes) => {
                // To the top and back, which brings the sign along.
                let unused = 64 - 8 * n_bytes;
                ((bits << unused) as i64 >> unused) as f32
            }
        }
    }
}

/// Values whose first index changes fastest, in the order in which the last one does.
fn in_c_order(values: &[f32], shape: &[usize]) -> Vec<f32> {
    let [planes, rows, columns] = match *shape {
        [planes, rows, columns] => [planes, rows, columns],
        [rows, columns] => [1, rows, columns],
        _ => return values.to_vec(),
    };
    let cells = (0..planes).flat_map(|plane| {
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (plane, row, column)))
    });
    cells
        .filter_map(|(plane, row, column)| values.get(plane + planes * (row + rows * column)))
        .copied()
        .collect()
}
