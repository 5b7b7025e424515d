//! Position against position. The map is symmetric: what is read is a position and an offset.

use std::borrow::Cow;

use figures::number::{format_count, format_value};
use figures::{
    Axis, Colours, Cross, Figure, Heatmap, Panel, Plot, Ramp, Rows, Table, finite_range,
};
use maths::similarity::Measure;
use ndarray::ArrayView1;

use super::super::axes::read_rows;
use super::super::lab::Encode;
use super::super::rows::rows_of;
use super::super::scene::EncodeScene;
use super::super::state::EncodeState;
use super::compared::{NOT_COMPARED, measure, measured};
use super::kept::{Kept, MOST_ROWS, Map};
use super::python::{filled, prepared};
use crate::encoding::Encoding;
use crate::python::Code;
use crate::room::{Cell, FigureSpec, Pointing};

/// The figure.
pub const FIGURE: FigureSpec<Encode> =
    FigureSpec::new("encode-similarity", "Position × position", scene, code)
        .height(380)
        .ignoring(|state: &mut EncodeState| (state.dims, state.dim) = (None, None))
        .pointing(Pointing::new(
            read,
            here,
            tip,
            "Arrow keys move through pairs of positions; the map is symmetric.",
        ));

struct Numbers {
    scheme: Encoding,
    measure: Measure,
    seq_len: usize,
    n_rows: usize,
    /// The least and the largest value; `None` where no pair has one.
    range: Option<(f32, f32)>,
}

fn numbers(map: &Map, state: &EncodeState) -> Numbers {
    Numbers {
        scheme: state.scheme,
        measure: state.measure,
        seq_len: state.seq_len,
        n_rows: map.values.nrows(),
        range: finite_range(&map.values.view()),
    }
}

/// The position an offset away: after the one that is read, or before it where there is none after it.
fn other_position(state: &EncodeState) -> u64 {
    let position = state.position();
    let after = position.saturating_add(state.offset);
    if after <= state.last() {
        after
    } else {
        position.saturating_sub(state.offset).max(state.start)
    }
}

fn scene<'a>(scene: &'a mut EncodeScene, state: &'a EncodeState) -> Figure<'a> {
    measure(scene, state, |kept, table| {
        let Kept { map, first, .. } = kept;
        map.update(measured(state), table, first);
    });
    let map = &scene.distance.map;
    let numbers = numbers(map, state);
    let values = map.values.view();
    let is_mean = numbers.n_rows < state.seq_len;
    // What is averaged cannot be looked at more closely.
    let axis = || Axis {
        key: if is_mean { "" } else { "position" },
        ..Axis::cells("position", "position", state.start, state.seq_len)
    };
    Figure {
        id: FIGURE.id,
        title: Cow::Borrowed(title(&numbers)),
        summary: summary(&numbers),
        panels: vec![Panel {
            cross: Cross {
                x: Some(other_position(state)),
                y: Some(state.position()),
            },
            ..Panel::new(
                axis(),
                axis(),
                Plot::Heatmap(Heatmap {
                    values,
                    rows: Rows::Down,
                    colours: colours(numbers.range.unwrap_or((0.0, 1.0))),
                    undefined: Cow::Borrowed(NOT_COMPARED),
                    version: map.version,
                }),
            )
        }],
        table: Table::Matrix {
            index: if is_mean { "block" } else { "position" },
            first: if is_mean { 0 } else { state.start },
            prefix: if is_mean { "block_" } else { "" },
            columns: (0..map.values.ncols()).collect(),
            values,
        },
        read_rows: if is_mean { 0..0 } else { read_rows(state) },
    }
}

/// Around zero where there is something below it, otherwise from zero on.
fn colours((min, max): (f32, f32)) -> Colours {
    if min < 0.0 {
        let most = max.max(-min);
        Colours {
            ramp: Ramp::Diverging,
            min: -most,
            max: most,
        }
    } else {
        Colours {
            ramp: Ramp::Sequential,
            min: 0.0,
            max: if max > 0.0 { max } else { 1.0 },
        }
    }
}

fn title(numbers: &Numbers) -> &'static str {
    match numbers.measure {
        Measure::Dot => "Dot product, position × position",
        Measure::Cosine => "Cosine similarity, position × position",
    }
}

/// What the map shows and what to notice.
#[allow(clippy::cast_precision_loss)]
fn summary(numbers: &Numbers) -> String {
    let &Numbers {
        scheme,
        measure,
        seq_len,
        n_rows,
        range,
    } = numbers;
    let n = format_count(seq_len as u64);
    let range_text = match range {
        Some((min, max)) => format!(
            "from {} to {}",
            format_value(min.into(), 3),
            format_value(max.into(), 3),
        ),
        None => format!("without a value: {NOT_COMPARED}"),
    };
    let mut text = format!("{n} × {n} positions, {range_text}.");
    text.push_str(match scheme {
        // Of what is not there nothing is to be seen.
        Encoding::Learned | Encoding::Index | Encoding::Fraction | Encoding::Binary
            if range.is_none() =>
        {
            ""
        }
        Encoding::Sinusoidal | Encoding::Rope => {
            " *Every stripe along the diagonal has one value*: only the offset counts.\nAnother [layout|layout] changes the order of the [feature|dimensions] and leaves this map as it is."
        }
        Encoding::Learned => " *Only the diagonal stands out*: random vectors are nearly at right angles to each other.",
        Encoding::Index | Encoding::Fraction if measure == Measure::Dot => {
            " *The later a position, the larger its products*: the last one comes out most alike with all others."
        }
        Encoding::Index | Encoding::Fraction => {
            " *All vectors point the same way*, so this measure cannot tell positions apart."
        }
        Encoding::Binary => " *Blocks within blocks*: how alike two positions are depends on their places.",
        _ => " All vectors are 0, so *all positions look the same*.",
    });
    if n_rows < seq_len {
        let per_row = seq_len as f64 / n_rows as f64;
        let per_row = format_value(per_row, 4);
        text.push_str(&format!(
            "\nEach cell is the mean of {per_row} × {per_row} pairs, in the files too."
        ));
    }
    text
}

/// A pair of positions in numbers.
fn pair_words(measure: Measure, [p, q]: [u64; 2], value: Option<f64>) -> String {
    let what = match measure {
        Measure::Dot => format!("PE({p}) · PE({q})"),
        Measure::Cosine => format!("cosine of PE({p}) and PE({q})"),
    };
    let value = match value {
        Some(value) => format!(" = {}", format_value(value, 4)),
        None => format!(": {NOT_COMPARED}"),
    };
    format!("{what}{value} · {} apart", format_count(p.abs_diff(q)))
}

const MAP: &str = "\
result = (x @ x.T).{float}
";

/// Rows without numbers have no part in a mean, and a mean of fewer than half of its pairs is none.
const MEANS: &str = "\
# Each value is the mean of a block of pairs: the product of mean rows, each over its part of the positions.
n = {n}
edge = {lib}.arange(n + 1{arange}) * len(x) / n
here = {lib}.arange(len(x){arange})
part = {lib}.clip({lib}.minimum(edge[1:, None], here + 1) - {lib}.maximum(edge[:-1, None], here), 0, 1)
part = part * {lib}.isfinite(x).all(1)
weight = part.sum(1)[:, None]
mean = part @ {lib}.nan_to_num(x) / weight
result = mean @ mean.T
share = weight * n / len(x)
result[share * share.T < 0.5] = {lib}.nan
result = result.{float}
";

/// Position against position, (rows, rows).
fn code(scene: &mut EncodeScene, state: &EncodeState) -> Code {
    let n_rows = state.seq_len.min(MOST_ROWS);
    prepared(scene, state, |library| {
        if n_rows == state.seq_len {
            filled(MAP, library, &[])
        } else {
            filled(MEANS, library, &[("n", &n_rows.to_string())])
        }
    })
}

/// Reads a pair of positions: the first one and the offset to the other.
fn read(state: &mut EncodeState, cell: Cell) {
    if let Some((a, b)) = cell.x.zip(cell.y) {
        state.pos = Some(a.min(b));
        state.offset = a.abs_diff(b);
    }
}

/// The pair that is read.
fn here(state: &EncodeState) -> Cell {
    Cell {
        x: Some(other_position(state)),
        y: Some(state.position()),
        panel_idx: 0,
    }
}

/// A pair of positions in numbers.
fn tip(scene: &mut EncodeScene, state: &EncodeState, cell: Cell) -> String {
    let table = rows_of(scene, state);
    let row = |position: u64| {
        let row_idx = usize::try_from(position.checked_sub(state.start)?).ok()?;
        (row_idx < table.nrows()).then(|| table.row(row_idx))
    };
    let pair = cell.y.zip(cell.x);
    let Some((p, q, a, b)) = pair.and_then(|(p, q)| Some((p, q, row(p)?, row(q)?))) else {
        return String::new();
    };
    let dot = |a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>| {
        let products = a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b));
        products.sum::<f64>()
    };
    let value = match state.measure {
        Measure::Dot => dot(a, b),
        Measure::Cosine => dot(a, b) / (dot(a, a) * dot(b, b)).sqrt(),
    };
    let value = Some(value).filter(|value| value.is_finite());
    pair_words(state.measure, [p, q], value)
}

#[cfg(test)]
mod tests {
    use super::{Cell, EncodeScene, EncodeState, Encoding, Measure, scene, tip};

    #[test]
    fn where_no_pair_has_a_value_no_range_is_said() {
        for scheme in [Encoding::Learned, Encoding::None] {
            let state = EncodeState {
                scheme,
                measure: Measure::Cosine,
                max_len: 4,
                start: 4,
                ..EncodeState::default()
            };
            let mut kept = EncodeScene::default();
            let summary = scene(&mut kept, &state).summary;
            assert!(summary.contains("a vector is missing or zero"), "{summary}");
            assert!(!summary.contains("from 0"), "{summary}");
            let says_more = scheme == Encoding::None;
            assert_eq!(summary.contains('*'), says_more, "{summary}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_said_in_words() {
        let at = Cell {
            x: Some(5),
            y: Some(2),
            panel_idx: 0,
        };
        for (scheme, measure, expected) in [
            (
                Encoding::Learned,
                Measure::Dot,
                "PE(2) · PE(5): a vector is missing or zero · 3 apart",
            ),
            (
                Encoding::None,
                Measure::Cosine,
                "cosine of PE(2) and PE(5): a vector is missing or zero · 3 apart",
            ),
            (Encoding::None, Measure::Dot, "PE(2) · PE(5) = 0 · 3 apart"),
        ] {
            let state = EncodeState {
                scheme,
                measure,
                max_len: 4,
                ..EncodeState::default()
            };
            assert_eq!(tip(&mut EncodeScene::default(), &state, at), expected);
        }
    }
}
