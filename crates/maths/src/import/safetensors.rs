//! Files of safetensors: eight bytes with the length of a header, the header as JSON, the bare values.
//!
//! One with a single tensor is read like an NPY file. Of its header only three entries matter, and they
//! are found as they are written, so that no reader of JSON is needed.

use super::dtype::Dtype;
use super::imported::{Imported, MOST_DIMENSIONS, MOST_VALUES};

/// The header of a file, and what follows it; `None` for other files.
pub(super) fn split(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (len, rest) = bytes.split_first_chunk::<8>()?;
    let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
    let (header, data) = rest.split_at_checked(len)?;
    let header = std::str::from_utf8(header).ok()?;
    header.starts_with('{').then_some((header, data))
}

/// The tensor, if there is one only and it can be a block.
pub(super) fn read(header: &str, data: &[u8]) -> Option<Imported> {
    let dtype = Dtype::of_safetensors(only_entry(header, "\"dtype\":\"", "\"")?)?;
    let mut shape = Vec::new();
    for size in only_entry(header, "\"shape\":[", "]")?.split(',') {
        if shape.len() == MOST_DIMENSIONS {
            return None;
        }
        shape.push(size.trim().parse::<usize>().ok().filter(|&size| size > 0)?);
    }
    let (start, end) = only_entry(header, "\"data_offsets\":[", "]")?.split_once(',')?;
    let data = data.get(start.trim().parse().ok()?..end.trim().parse().ok()?)?;
    let n_values = shape
        .iter()
        .try_fold(1_usize, |n, &size| n.checked_mul(size))?;
    if n_values > MOST_VALUES || data.len() != n_values * dtype.n_bytes {
        return None;
    }
    let mut held = dtype.values(data);
    Some(Imported {
        shape,
        names: Vec::new(),
        remarks: held.remark().into_iter().collect(),
        values: held.values,
    })
}

/// What stands between `before` and `after`, if `before` is there once.
fn only_entry<'a>(header: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = header.split_once(before)?;
    let (entry, rest) = rest.split_once(after)?;
    (!rest.contains(before)).then_some(entry)
}
