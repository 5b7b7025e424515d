//! What a table or an array holds: a block as it stands, or what the page itself saves, with its indices as indices.

use maths::import::Imported;

use super::phrases::counted;
use crate::rich::isolated;

/// What a table or an array holds.
#[derive(Debug, PartialEq)]
pub enum Opened {
    /// Activations.
    Block {
        /// Samples, tokens, features.
        block: [usize; 3],
        /// In memory order.
        values: Vec<f32>,
        /// What else there is, and is not used; empty for nothing.
        note: String,
    },
    /// γ and β of every feature.
    Affine(Vec<f32>, Vec<f32>),
}

/// The heads of columns of indices that the page saves, as far as a reader leaves them where they are: several, or what
/// elsewhere is a value.
const INDICES: [&str; 12] = [
    "sample",
    "token",
    "feature",
    "position",
    "dimension",
    "row",
    "place",
    "offset",
    "pair",
    "dial",
    "vector",
    "norm",
];

/// Tables of one token with its input in the first column.
const TOKENS: [&[&str]; 2] = [
    &["x", "centered", "normalized", "output"],
    &["x", "y", "other_x", "other_y"],
];

/// The table of γ and β.
const AFFINE: [&str; 2] = ["gamma", "beta"];

/// The files of arrays of which the first is the input, or what stands for it, and how many dimensions these have.
const ARRAYS: [(&str, usize); 6] = [
    ("normalize-matrix", 4),
    ("normalize-mistake", 4),
    ("normalize-norms", 3),
    ("normalize-mates", 3),
    ("normalize-steps", 2),
    ("normalize-undo", 2),
];

/// The file of γ and β.
const AFFINE_ARRAY: &str = "normalize-affine";

/// What was read, from a file of this name (empty for text). `Err` with how many dimensions there are where these are too
/// many.
pub fn opened(name: &str, imported: Imported) -> Result<Opened, usize> {
    let Imported {
        shape,
        values,
        names,
        ..
    } = imported;
    if !names.is_empty() {
        return Ok(table(&names, values));
    }
    let is_of = |id: &str| name.starts_with(id);
    if let ([2, n_features], true) = (&shape[..], is_of(AFFINE_ARRAY)) {
        let (gamma, beta) = values.split_at(*n_features);
        return Ok(Opened::Affine(gamma.to_vec(), beta.to_vec()));
    }
    let is_own = |&(id, n_dimensions): &(&str, usize)| is_of(id) && shape.len() == n_dimensions;
    if ARRAYS.iter().any(is_own) {
        let n_values = shape[1..].iter().product();
        return Ok(Opened::Block {
            block: block_of(&shape[1..]),
            note: format!("The first of {} is used.", counted(shape[0], "array")),
            values: values.into_iter().take(n_values).collect(),
        });
    }
    if shape.len() > 3 {
        return Err(shape.len());
    }
    Ok(Opened::Block {
        block: block_of(&shape),
        values,
        note: String::new(),
    })
}

/// Sizes as samples, tokens and features: what is missing in front is 1.
fn block_of(sizes: &[usize]) -> [usize; 3] {
    let mut block = [1; 3];
    for (size, &given) in block.iter_mut().rev().zip(sizes.iter().rev()) {
        *size = given;
    }
    block
}

/// What is in a table whose columns have these heads.
fn table(names: &[String], values: Vec<f32>) -> Opened {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let n_rows = values.len() / names.len();
    let column = |idx: usize| values.iter().skip(idx).step_by(names.len()).copied();
    let is_index = |name: &&&str| INDICES.contains(name);
    let n_leading = names.iter().take_while(is_index).count();
    let leading: Vec<Vec<f32>> = (0..n_leading).map(|idx| column(idx).collect()).collect();
    let sizes = indexed_sizes(&leading, n_rows);
    let n_indices = sizes.as_ref().map_or(0, |_| n_leading);
    let quantities = &names[n_indices..];
    let quantity = |idx: usize| column(n_indices + idx);
    let sizes = sizes.unwrap_or_default();
    if quantities == AFFINE {
        return Opened::Affine(quantity(0).collect(), quantity(1).collect());
    }
    let (is_token, is_block) = (TOKENS.contains(&quantities), sizes.len() > 1);
    if is_token || is_block && (quantities[0] == "input" || sizes.len() == 3) {
        let note = match quantities {
            [first, _, ..] => format!(
                "Of {} columns {} is used.",
                quantities.len(),
                isolated(first)
            ),
            _ => String::new(),
        };
        let block = if is_token {
            [1, 1, n_rows]
        } else {
            block_of(&sizes)
        };
        return Opened::Block {
            block,
            values: quantity(0).collect(),
            note,
        };
    }
    if is_block {
        // As in the array of the same figure: one quantity after the other.
        let block = match quantities.len() {
            1 => block_of(&sizes),
            n => block_of(&[&[n], &sizes[..]].concat()),
        };
        let values = (0..quantities.len()).flat_map(quantity).collect();
        return Opened::Block {
            block,
            values,
            note: String::new(),
        };
    }
    let rows = values.chunks(names.len());
    Opened::Block {
        block: [1, n_rows, quantities.len()],
        values: rows.flat_map(|row| &row[n_indices..]).copied().collect(),
        note: String::new(),
    }
}

/// What several columns of indices count: their sizes where they go through all cells of a block, the last one fastest;
/// no sizes but the rows where each counts the rows. `None` where they are values like others.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "of a table that was read, far below 2^24"
)]
fn indexed_sizes(columns: &[Vec<f32>], n_rows: usize) -> Option<Vec<usize>> {
    if columns.is_empty() {
        return None;
    }
    let sizes: Vec<usize> = columns
        .iter()
        .map(|column| {
            column
                .last()
                .map_or(0, |&last| (last as usize).saturating_add(1))
        })
        .collect();
    let n_cells = sizes
        .iter()
        .try_fold(1_usize, |n, &size| n.checked_mul(size));
    if n_cells == Some(n_rows) {
        let mut every = n_rows;
        let counts = columns.iter().zip(&sizes).all(|(column, &size)| {
            every /= size;
            column
                .iter()
                .enumerate()
                .all(|(row, &index)| index == (row / every % size) as f32)
        });
        return counts.then_some(sizes);
    }
    let counts = columns
        .iter()
        .all(|column| column.windows(2).all(|pair| pair[1] - pair[0] == 1.0));
    counts.then(|| vec![n_rows])
}
