//! Arrays as NumPy saves them (NEP 1; `numpy.lib.format`): a header in the words of Python, then the
//! bare values.

use super::dtype::Dtype;
use super::imported::{Imported, MOST_DIMENSIONS, MOST_VALUES, Remark};
use super::text::MOST_FOUND;

/// What every NPY file begins with.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

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
    /// A version of the format that is not known.
    Version,
    /// The header is not complete, or not in the words that NumPy writes.
    Header,
    /// Values of another kind.
    Dtype,
    /// No dimension, or more than three.
    Dimensions {
        /// How many.
        n_dimensions: usize,
    },
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
        let found = &self.found;
        match self.problem {
            NpyProblem::Version => "an NPY file of another version".to_owned(),
            NpyProblem::Header => "an NPY file with another header".to_owned(),
            NpyProblem::Dtype => format!("an array of dtype “{found}”"),
            NpyProblem::Dimensions { n_dimensions: 0 } => "a number without dimensions".to_owned(),
            NpyProblem::Dimensions { n_dimensions } => {
                format!("an array of {n_dimensions} dimensions, {found}")
            }
            NpyProblem::Empty | NpyProblem::TooMany => format!("an array of shape {found}"),
            NpyProblem::Truncated => "an NPY file that ends too early".to_owned(),
        }
    }
}

impl NpyProblem {
    /// What would have been read.
    pub fn allowed(self) -> &'static str {
        match self {
            Self::Version => "versions 1, 2 and 3 of the format",
            Self::Header => "a header with descr, fortran_order and shape",
            Self::Dtype => {
                "float16 to float64, bfloat16, int8 to int64, uint8 to uint64 and bool: x.astype(np.float32)"
            }
            Self::Dimensions { .. } => "one to three dimensions: samples, tokens, features",
            Self::Empty => "at least one value",
            Self::TooMany => "at most 4194304 values",
            Self::Truncated => "as many values as the header says",
        }
    }
}

/// Reads an NPY file of version 1 to 3: floats, integers and booleans of either byte order, in C and in
/// Fortran order, one to three dimensions. Whole numbers and doubles are rounded to `f32`, booleans are
/// 0 and 1. Bytes after the values are passed over, as NumPy does, and remarked.
///
/// # Errors
///
/// An [`NpyError`] about the first thing that cannot be read.
pub(super) fn read_npy(bytes: &[u8]) -> Result<Imported, NpyError> {
    let (header, data) = split(bytes)?;
    let descr = after_key(header, "descr").ok_or_else(|| fail(NpyProblem::Header, header))?;
    let dtype = dtype_of(descr)?;
    let is_fortran = match after_key(header, "fortran_order") {
        Some(order) if order.starts_with("True") => true,
        Some(order) if order.starts_with("False") => false,
        _ => return Err(fail(NpyProblem::Header, header)),
    };
    let sizes = after_key(header, "shape").and_then(in_parentheses);
    let sizes = sizes.ok_or_else(|| fail(NpyProblem::Header, header))?;
    let shape_fail = |problem| Err(fail(problem, &format!("({sizes})")));
    // Counted before they are collected: a header can be as long as a file.
    let n_dimensions = sizes
        .split(',')
        .filter(|size| !size.trim().is_empty())
        .count();
    // Several blocks one after the other are for whoever asked to choose from.
    let most = MOST_DIMENSIONS + usize::from(!is_fortran);
    if n_dimensions == 0 || n_dimensions > most {
        return shape_fail(NpyProblem::Dimensions { n_dimensions });
    }
    let shape = shape_of(sizes).ok_or_else(|| fail(NpyProblem::Header, header))?;
    if shape.contains(&0) {
        return shape_fail(NpyProblem::Empty);
    }
    let n_values = shape
        .iter()
        .try_fold(1_usize, |n, &size| n.checked_mul(size));
    let Some(n_values) = n_values.filter(|&n| n <= MOST_VALUES) else {
        return shape_fail(NpyProblem::TooMany);
    };
    let Some((data, rest)) = data.split_at_checked(n_values * dtype.n_bytes) else {
        return Err(fail(NpyProblem::Truncated, ""));
    };
    let mut held = dtype.values(data);
    let mut remarks: Vec<Remark> = held.remark().into_iter().collect();
    if !rest.is_empty() {
        remarks.push(Remark::Longer {
            n_bytes: rest.len(),
        });
    }
    let values = if is_fortran {
        in_c_order(held.values, &shape)
    } else {
        held.values
    };
    Ok(Imported {
        shape,
        values,
        names: Vec::new(),
        remarks,
    })
}

fn fail(problem: NpyProblem, found: &str) -> NpyError {
    NpyError {
        problem,
        found: found.chars().take(MOST_FOUND).collect(),
    }
}

/// The header and what follows it, after what all files begin with.
fn split(bytes: &[u8]) -> Result<(&str, &[u8]), NpyError> {
    let (len, rest) = match *bytes {
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
    // Records are lists and have no quotes at first.
    let found = word.or_else(|| Some(descr.split_once(']')?.0));
    let refused = || fail(NpyProblem::Dtype, found.unwrap_or(descr));
    let word = word.unwrap_or_default();
    let kind = Dtype::of_numpy(word.trim_start_matches(['<', '>', '|', '=']));
    let is_big_endian = word.starts_with('>');
    Ok(Dtype {
        is_big_endian,
        ..kind.ok_or_else(refused)?
    })
}

/// What stands in parentheses at the beginning.
fn in_parentheses(text: &str) -> Option<&str> {
    Some(text.strip_prefix('(')?.split_once(')')?.0)
}

/// `2, 3`, `2,`; `None` for anything else, sizes beyond `usize` included.
fn shape_of(sizes: &str) -> Option<Vec<usize>> {
    let sizes = sizes.trim();
    let sizes = sizes.strip_suffix(',').unwrap_or(sizes);
    // Python 2 wrote long integers with an L.
    let size_of = |size: &str| size.trim().trim_end_matches('L').parse().ok();
    sizes.split(',').map(size_of).collect()
}

/// Values whose first index changes fastest, in the order in which the last one does.
fn in_c_order(values: Vec<f32>, shape: &[usize]) -> Vec<f32> {
    let [planes, rows, columns] = match *shape {
        [planes, rows, columns] => [planes, rows, columns],
        [rows, columns] => [1, rows, columns],
        _ => return values,
    };
    let cells = (0..planes).flat_map(|plane| {
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (plane, row, column)))
    });
    cells
        .filter_map(|(plane, row, column)| values.get(plane + planes * (row + rows * column)))
        .copied()
        .collect()
}
