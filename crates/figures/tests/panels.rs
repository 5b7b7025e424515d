//! Figures and panels that several tests use. All data are made of exact numbers, so that a snapshot is
//! the same on every machine.

use std::borrow::Cow;

use figures::{
    Anchor, Axis, Band, Bars, Between, CellAxis, Colours, Cross, Figure, Form, Heatmap, Histogram,
    Join, Line, Panel, Plot, Points, Ramp, Role, Rows, Rule, Scheme, Shape, Sketch, Table, Theme,
};
use ndarray::{Array2, ArrayView1, ArrayView2};
use proptest::prelude::*;

pub const TOKENS: &str = include_str!("../../../style/tokens.css");

pub fn theme(scheme: Scheme) -> Theme {
    Theme::from_tokens(TOKENS, scheme).unwrap()
}

pub const SIGNED: Colours = Colours {
    ramp: Ramp::Diverging,
    min: -1.0,
    max: 1.0,
};

pub fn figure<'a>(title: &'static str, panels: Vec<Panel<'a>>) -> Figure<'a> {
    Figure {
        id: "test",
        title: Cow::Borrowed(title),
        summary: String::new(),
        panels,
        table: Table::Columns(Vec::new()),
        read_rows: 0..0,
    }
}

pub fn cells<'a>(label: &'static str, first: u64, len: usize) -> Axis<'a> {
    // Axes that show one subject have one key, as the rooms have it.
    Axis::cells(label, label, first, len)
}

pub fn values<'a>(label: &'static str, min: f64, max: f64) -> Axis<'a> {
    Axis::values(label, min, max)
}

/// A matrix whose values run through −1 to 1 in eighths.
pub fn steps(n_rows: usize, n_columns: usize) -> Array2<f32> {
    Array2::from_shape_fn((n_rows, n_columns), |(r, c)| {
        ((r * 3 + c * 5) % 17) as f32 / 8.0 - 1.0
    })
}

pub fn heatmap_panel(values: ArrayView2<'_, f32>, rows: Rows) -> Panel<'_> {
    let (n_rows, n_columns) = values.dim();
    let (x, y) = match rows {
        Rows::Down => (cells("column", 0, n_columns), cells("row", 0, n_rows)),
        Rows::Across => (cells("row", 0, n_rows), cells("column", 0, n_columns)),
    };
    Panel {
        cross: Cross {
            x: Some(2),
            y: Some(1),
        },
        ..Panel::new(
            x,
            y,
            Plot::Heatmap(Heatmap {
                values,
                rows,
                colours: SIGNED,
                undefined: Cow::Borrowed("0 / 0"),
                version: 0,
            }),
        )
    }
}

pub fn lines_panel<'a>(rows: ArrayView2<'a, f32>, first: u64) -> Panel<'a> {
    let curves = (0..rows.nrows())
        .map(|k| {
            let values = rows.index_axis_move(ndarray::Axis(0), k);
            Line::new(format!("row {k}"), Role::Series(k), values)
        })
        .collect();
    Panel {
        cross: Cross {
            x: Some(first + 1),
            y: None,
        },
        ..Panel::new(
            cells("position", first, rows.ncols()),
            values("", -1.0, 1.0),
            Plot::Lines(curves),
        )
    }
}

/// A stepped curve and a straight one with the range around it, on an axis of decades.
pub fn bands_panel(rows: ArrayView2<'_, f32>) -> Panel<'_> {
    let row = |k| rows.index_axis_move(ndarray::Axis(0), k % rows.nrows());
    let curves = vec![
        Line {
            band: Some(Band {
                min: row(1),
                max: row(2),
            }),
            ..Line::new("mean", Role::Series(0), row(0))
        },
        Line {
            join: Join::Stepped,
            band: Some(Band {
                min: row(0),
                max: row(2),
            }),
            ..Line::new("in steps", Role::Sigma, row(2))
        },
    ];
    Panel {
        cross: Cross {
            x: Some(1),
            y: None,
        },
        ..Panel::new(
            cells("layer", 0, rows.ncols()),
            Axis::log("gradient", 1e-3, 1e2),
            Plot::Lines(curves),
        )
    }
}

pub fn points_panel<'a>(x: ArrayView1<'a, f32>, y: ArrayView1<'a, f32>) -> Panel<'a> {
    let names = ["here", "there", "where"].map(str::to_owned).to_vec();
    let set = |name, role, size, is_joined| Points {
        name: Cow::Borrowed(name),
        role,
        x,
        y,
        names: Cow::Borrowed(&[]),
        size,
        is_joined,
    };
    let sets = vec![
        Points {
            names: Cow::Owned(names),
            ..set("points", Role::Series(1), 8.0, false)
        },
        Points {
            x: y,
            y: x,
            ..set("a way", Role::Series(0), 4.0, true)
        },
        set("no points", Role::Beta, 0.0, true),
    ];
    Panel {
        cross: Cross {
            x: Some(1),
            y: Some(0),
        },
        ..Panel::new(
            values("mean", -1.0, 1.0),
            values("std", -1.0, 1.0),
            Plot::Points(sets),
        )
    }
}

/// One shape of each kind in units of 10 × 8, each with a cell of its own; beside the last one there is
/// nothing.
pub fn sketch_panel<'a>() -> Panel<'a> {
    let forms = [
        Form::Line {
            points: vec![(1.0, 1.0), (3.0, 1.0), (3.0, 2.0)],
            width: 1.5,
            role: Role::Ink,
        },
        Form::Polygon {
            points: vec![(5.0, 1.0), (9.0, 1.0), (9.0, 3.0), (7.0, 1.5), (5.0, 3.0)],
            role: Role::Gamma,
            opacity: 0.5,
        },
        Form::Disc {
            at: (2.0, 5.0),
            radius: 1.0,
            role: Role::Accent,
            opacity: 1.0,
        },
        Form::Circle {
            at: (2.0, 5.0),
            radius: 0.5,
            width: 1.0,
            role: Role::Card,
        },
        Form::Text {
            at: (6.0, 4.5),
            text: Cow::Borrowed("a <word>"),
            anchor: Anchor::Middle,
            size: 1.0,
            room: 0.0,
            role: Role::Quiet,
            is_bold: true,
        },
        Form::Text {
            at: (9.5, 7.0),
            text: Cow::Borrowed("cut to its room"),
            anchor: Anchor::Right,
            size: 1.25,
            room: 3.0,
            role: Role::Edge,
            is_bold: false,
        },
        Form::Cell {
            at: (1.0, 6.5),
            size: (1.0, 1.0),
            value: -0.5,
            colours: SIGNED,
        },
        Form::Cell {
            at: (2.0, 6.5),
            size: (1.0, 1.0),
            value: f32::NAN,
            colours: SIGNED,
        },
    ];
    let shapes = forms.into_iter().zip(0..);
    let sketch = Sketch {
        width: 10.0,
        height: 8.0,
        shapes: shapes
            .map(|(form, k)| Shape::new(form).at_cell(k, 100))
            .collect(),
    };
    Panel::new(
        values("", 0.0, 1.0),
        values("", 0.0, 1.0),
        Plot::Sketch(sketch),
    )
}

pub fn between_panel<'a>() -> Panel<'a> {
    static CELLS: [f32; 3] = [0.0, 1.0, 0.0];
    Panel::new(
        cells("position", 7, 3),
        values("value", 0.0, 1.0),
        Plot::Lines(vec![Line {
            between: Some(Between {
                per_cell: 2,
                values: vec![0.0, 0.75, 1.0, 0.75, 0.0],
            }),
            ..Line::new("finer", Role::Gamma, ndarray::aview1(&CELLS))
        }]),
    )
}

pub fn bars_panel(row: ArrayView1<'_, f32>, cells_on: CellAxis) -> Panel<'_> {
    let len = row.len();
    let plot = Plot::Bars(Bars {
        values: row,
        cells_on,
        colours: SIGNED,
        roles: &[],
        undefined: Cow::Borrowed("no number"),
    });
    let (x, y) = match cells_on {
        CellAxis::X => (cells("feature", 0, len), values("", -1.0, 1.0)),
        CellAxis::Y => (values("value", -1.0, 1.0), cells("", 0, len)),
    };
    Panel {
        rules: vec![Rule {
            at: 0.25,
            role: Role::Mu,
            name: Cow::Borrowed("μ"),
        }],
        ..Panel::new(x, y, plot)
    }
}

pub const EDGES: [f32; 9] = [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0];
pub const COUNTS: [u32; 8] = [1, 3, 9, 20, 18, 7, 4, 0];
pub const PART: [u32; 8] = [0, 1, 2, 6, 3, 1, 0, 0];

pub fn histogram_panel<'a>() -> Panel<'a> {
    Panel {
        rules: vec![Rule {
            at: 0.5,
            role: Role::Beta,
            name: Cow::Borrowed("β"),
        }],
        ..Panel::new(
            values("value", -2.0, 2.0),
            values("", 0.0, 20.0),
            Plot::Histogram(Histogram {
                edges: &EDGES,
                counts: &COUNTS,
                name: Cow::Borrowed("all"),
                highlighted: &PART,
                highlighted_name: Cow::Borrowed("a part"),
                reference: vec![
                    (-2.0, 1.0),
                    (-1.0, 8.0),
                    (0.0, 19.0),
                    (1.0, 8.0),
                    (2.0, 1.0),
                ],
                reference_name: Cow::Borrowed("normal"),
            }),
        )
    }
}

pub fn empty_panel<'a>() -> Panel<'a> {
    Panel::new(
        cells("position", 0, 0),
        values("", 0.0, 1.0),
        Plot::Empty(Cow::Borrowed("There is nothing to show <yet> & no more")),
    )
}

/// Values as odd as any.
pub fn odd_f32() -> impl Strategy<Value = f32> {
    prop_oneof![
        4 => -1.5_f32..1.5,
        1 => any::<f32>(),
        1 => prop_oneof![Just(f32::NAN), Just(f32::INFINITY), Just(f32::NEG_INFINITY), Just(f32::MAX)],
    ]
}
