//! The numbers of every panel as one CSV, a row for each thing that is drawn: for figures whose table has not all of them.
//!
//! `panel,series,x,y,value`: the panel's number from 1, the curve's name, where it stands on the axes, and, where a colour says
//! how much, that value. Like a [`crate::csv`] it can be written in pieces.

use std::fmt::{self, Write};
use std::ops::Range;

use crate::csv::write_f32;
use crate::{CellAxis, Figure, Form, Panel, Plot, Rows, Span};

/// The header row.
pub const HEADER: &str = "panel,series,x,y,value\n";

/// Numbers of the same kind in a panel.
struct Series<'a> {
    panel_idx: usize,
    name: &'a str,
    /// What is said of the name beyond that.
    of: &'static str,
    len: usize,
    cells: Box<dyn Fn(usize) -> [Field; 3] + 'a>,
}

/// What stands in a field.
#[derive(Clone, Copy)]
enum Field {
    Nothing,
    Cell(i64),
    Value(f32),
}

/// How many rows stand below the header.
pub fn n_rows(figure: &Figure) -> usize {
    series(figure).iter().map(|it| it.len).sum()
}

/// Writes some of the rows below the header; rows past the end are left out.
///
/// # Errors
/// Only those of `out`.
pub fn write_rows(figure: &Figure, rows: Range<usize>, out: &mut impl Write) -> fmt::Result {
    let mut first = 0;
    for series in series(figure) {
        let own = rows.start.max(first)..rows.end.min(first + series.len);
        for row in own {
            write!(out, "{},", series.panel_idx + 1)?;
            write_name(&series, out)?;
            for field in (series.cells)(row - first) {
                out.write_char(',')?;
                match field {
                    Field::Nothing => {}
                    Field::Cell(number) => write!(out, "{number}")?,
                    Field::Value(value) => write_f32(value, out)?,
                }
            }
            out.write_char('\n')?;
        }
        first += series.len;
    }
    Ok(())
}

/// A name in quotes where it has what would end a field (RFC 4180, section 2).
fn write_name(series: &Series, out: &mut impl Write) -> fmt::Result {
    let (name, of) = (series.name, series.of);
    if name.contains([',', '"', '\n', '\r']) {
        write!(out, "\"{}{of}\"", name.replace('"', "\"\""))
    } else {
        write!(out, "{name}{of}")
    }
}

fn series<'a>(figure: &'a Figure<'_>) -> Vec<Series<'a>> {
    let panels = figure.panels.iter().enumerate();
    panels
        .flat_map(|(panel_idx, panel)| series_of(panel_idx, panel))
        .collect()
}

/// The number of the first cell of an axis; 0 where it has values.
fn first_of(span: Span) -> i64 {
    match span {
        Span::Cells { first, .. } => i64::try_from(first).unwrap_or(i64::MAX),
        Span::Values { .. } | Span::Log { .. } => 0,
    }
}

#[allow(clippy::cast_possible_wrap, reason = "no figure has 2^63 cells")]
#[allow(
    clippy::cast_possible_truncation,
    reason = "curves for comparison are shown as f32 as everything is"
)]
fn series_of<'a>(panel_idx: usize, panel: &'a Panel<'_>) -> Vec<Series<'a>> {
    use Field::{Cell, Nothing, Value};
    let (x, y) = (first_of(panel.x.span), first_of(panel.y.span));
    let new = |name, of, len, cells| Series {
        panel_idx,
        name,
        of,
        len,
        cells,
    };
    match &panel.plot {
        Plot::Heatmap(heatmap) => {
            let values = heatmap.values;
            let n_columns = values.ncols().max(1);
            let is_across = heatmap.rows == Rows::Across;
            let cells = move |idx: usize| {
                let [row, column] = [idx / n_columns, idx % n_columns];
                let value = Value(values[[row, column]]);
                let [on_x, on_y] = if is_across {
                    [row, column]
                } else {
                    [column, row]
                };
                [Cell(x + on_x as i64), Cell(y + on_y as i64), value]
            };
            vec![new("", "", values.len(), Box::new(cells))]
        }
        Plot::Lines(lines) => lines
            .iter()
            .flat_map(|line| {
                let ends = line
                    .band
                    .map(|band| [(" (lower end)", band.min), (" (upper end)", band.max)]);
                let curves = std::iter::once(("", line.values)).chain(ends.into_iter().flatten());
                curves.map(move |(of, values)| {
                    let first = x + line.first as i64;
                    let cells = move |idx| [Cell(first + idx as i64), Value(values[idx]), Nothing];
                    new(&line.name, of, values.len(), Box::new(cells))
                })
            })
            .collect(),
        Plot::Bars(bars) => {
            let values = bars.values;
            let is_upright = bars.cells_on == CellAxis::X;
            let cells = move |idx: usize| {
                let value = Value(values[idx]);
                if is_upright {
                    [Cell(x + idx as i64), value, Nothing]
                } else {
                    [value, Cell(y + idx as i64), Nothing]
                }
            };
            vec![new("", "", values.len(), Box::new(cells))]
        }
        Plot::Histogram(histogram) => {
            let edges = histogram.edges;
            let counted = |name, counts: &'a [u32]| {
                let len = counts.len().min(edges.len());
                let cells =
                    move |idx: usize| [Value(edges[idx]), Cell(counts[idx].into()), Nothing];
                new(name, "", len, Box::new(cells))
            };
            let reference = &histogram.reference;
            let point = |idx: usize| {
                let (value, count) = reference[idx];
                [Value(value as f32), Value(count as f32), Nothing]
            };
            vec![
                counted(&histogram.name, histogram.counts),
                counted(&histogram.highlighted_name, histogram.highlighted),
                new(
                    &histogram.reference_name,
                    "",
                    reference.len(),
                    Box::new(point),
                ),
            ]
        }
        Plot::Points(sets) => sets
            .iter()
            .map(|set| {
                let cells = |idx| [Value(set.x[idx]), Value(set.y[idx]), Nothing];
                new(&set.name, "", set.x.len().min(set.y.len()), Box::new(cells))
            })
            .collect(),
        Plot::Sketch(sketch) => {
            let valued = sketch.shapes.iter().filter_map(|shape| match shape.form {
                Form::Cell { value, .. } => Some((shape.cell?, value)),
                _ => None,
            });
            let valued: Vec<_> = valued.collect();
            let len = valued.len();
            let cells = move |idx: usize| {
                let ((on_x, on_y), value) = valued[idx];
                [Cell(on_x as i64), Cell(on_y as i64), Value(value)]
            };
            vec![new("", "", len, Box::new(cells))]
        }
        Plot::Empty(_) => Vec::new(),
    }
}
