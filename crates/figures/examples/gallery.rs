//! Every kind of figure on one page, in both schemes, to be looked at after a change to the drawing.
//!
//! `cargo run -p figures --example gallery` writes `gallery-light.html` and `gallery-dark.html` into
//! `target/gallery` (or the folder given as argument) and says where.

#![allow(clippy::print_stdout, reason = "it is a command-line program")]

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;

use figures::{
    Anchor, Axis, Band, Bars, Between, CellAxis, ColourChoice, Colours, Cross, Figure, Form, Head,
    Heatmap, Histogram, Join, Line, Panel, Plot, Points, Ramp, RangeChoice, Role, Rows, Rule,
    Scheme, Shape, Size, Sketch, Table, Theme, Window, Windows, svg::svg,
};
use ndarray::{Array1, Array2, s};

const TOKENS: &str = include_str!("../../../style/tokens.css");

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/gallery"),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder)?;
    for scheme in [Scheme::Light, Scheme::Dark] {
        let theme = Theme::from_tokens(TOKENS, scheme)?;
        let path = folder.join(match scheme {
            Scheme::Light => "gallery-light.html",
            Scheme::Dark => "gallery-dark.html",
        });
        std::fs::write(&path, page(&theme)?)?;
        println!("{}", path.display());
    }
    Ok(())
}

/// All figures in the sizes they have on the page.
fn page(theme: &Theme) -> Result<String, Box<dyn Error>> {
    let hex = |[r, g, b]: figures::Rgb| format!("#{r:02x}{g:02x}{b:02x}");
    let mut html = format!(
        "<!doctype html><meta charset=utf-8><title>Gallery</title><style>\
         body{{margin:16px;background:{};color:{};font-family:sans-serif;\
         display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}}\
         figure{{margin:0;background:{};padding:12px;border:1px solid {};border-radius:10px}}\
         svg{{display:block}}</style>",
        hex(theme.paper),
        hex(theme.ink),
        hex(theme.card),
        hex(theme.line),
    );
    let mut add = |figure: &Figure, width: f64, height: f64| -> Result<(), Box<dyn Error>> {
        let size = Size {
            width,
            height,
            pixel_ratio: 1.0,
        };
        write!(html, "<figure>{}</figure>", svg(figure, theme, size)?)?;
        Ok(())
    };

    let encoding = sinusoidal(64, 128);
    let large = sinusoidal(2048, 512);
    let position = encoding.row(21);
    add(
        &one("heatmap", encoding_panel(&encoding, Rows::Across)),
        702.0,
        350.0,
    )?;
    add(
        &one("vector", vector_panel(&position.to_owned())),
        194.0,
        350.0,
    )?;
    add(&one("curves", curves_panel(&encoding, true)), 702.0, 220.0)?;
    add(&one("few", few_panel()), 194.0, 220.0)?;
    add(
        &one("large", encoding_panel(&large, Rows::Across)),
        702.0,
        350.0,
    )?;
    add(
        &one("turned", encoding_panel(&encoding, Rows::Down)),
        400.0,
        350.0,
    )?;
    add(&one("numbers", numbers_panel()), 400.0, 200.0)?;

    let mut zoomed = one("zoomed", encoding_panel(&encoding, Rows::Across));
    zoomed.crop(&zoom());
    add(&zoomed, 702.0, 350.0)?;
    let mut zoomed = one("zoomed", vector_panel(&position.to_owned()));
    zoomed.crop(&zoom());
    add(&zoomed, 194.0, 350.0)?;
    let mut zoomed = one("zoomed", curves_panel(&encoding, true));
    zoomed.crop(&zoom());
    add(&zoomed, 702.0, 220.0)?;
    let similarity = encoding.dot(&encoding.t()) / 64.0;
    let words = similarity.slice(s![..6, ..6]).to_owned();
    add(&one("words", words_panel(&words)), 420.0, 260.0)?;
    add(&one("words", words_panel(&words)), 312.0, 200.0)?;

    let layers = Layers::new();
    add(&figure("matrices", layers.matrices()), 934.0, 240.0)?;
    add(&figure("histograms", layers.histograms()), 934.0, 200.0)?;
    add(&figure("steps", layers.steps()), 934.0, 200.0)?;
    add(&figure("phone", layers.steps()), 312.0, 540.0)?;
    add(
        &one("many curves", curves_panel(&large, false)),
        560.0,
        260.0,
    )?;
    add(&one("empty", empty_panel()), 400.0, 160.0)?;
    let depth = depth();
    add(&one("bands", bands_panel(&depth)), 460.0, 240.0)?;
    add(&one("points", points_panel(&depth, true)), 420.0, 300.0)?;
    add(&one("bands", bands_panel(&depth)), 312.0, 220.0)?;
    add(&one("points", points_panel(&depth, false)), 312.0, 260.0)?;
    let mut many = curves_panel(&encoding, true);
    if let Plot::Lines(curves) = &mut many.plot {
        let n = curves.len();
        curves.extend_from_within(..2);
        for (k, curve) in curves.iter_mut().enumerate() {
            curve.role = Role::Series(k);
            curve.name = format!("dimension {} ({})", k * 20, ["sin", "cos"][k / n]);
        }
    }
    let many = one("many names", many);
    add(&many, 560.0, 260.0)?;
    add(&many, 312.0, 300.0)?;
    add(&one("dials", dials_panel()), 194.0, 220.0)?;
    add(&one("block", block_panel()), 420.0, 300.0)?;
    add(&one("plane", plane_panel()), 300.0, 300.0)?;
    add(
        &figure("two", vec![block_panel(), few_panel()]),
        702.0,
        260.0,
    )?;
    let holes = Layers::with_holes();
    add(&figure("holes", holes.matrices()), 934.0, 240.0)?;
    add(&figure("holes", holes.steps()), 934.0, 200.0)?;
    add(&figure("holes on a phone", holes.matrices()), 312.0, 620.0)?;
    let masked = Array2::from_shape_fn((64, 64), |(query, key)| {
        if key > query {
            f32::NEG_INFINITY
        } else {
            (key as f32 - query as f32) / 64.0
        }
    });
    let mut panel = similarity_panel(&masked);
    if let Plot::Heatmap(heatmap) = &mut panel.plot {
        heatmap.undefined = Cow::Borrowed("masked");
        heatmap.colours = signed(1.0);
    }
    add(&one("masked", panel), 420.0, 400.0)?;
    for ramp in Ramp::ALL {
        let mut figure = one("ramps", similarity_panel(&similarity));
        figure.panels[0].head.note = Cow::Borrowed(ramp.name());
        figure.recolour(ColourChoice {
            ramp: Some(ramp),
            range: RangeChoice::Auto,
        });
        add(&figure, 420.0, 400.0)?;
    }
    Ok(html)
}

fn figure<'a>(title: &'static str, panels: Vec<Panel<'a>>) -> Figure<'a> {
    Figure {
        id: "gallery",
        title: Cow::Borrowed(title),
        summary: String::new(),
        panels,
        table: Table::Columns(Vec::new()),
        read_rows: 0..0,
    }
}

fn one<'a>(title: &'static str, panel: Panel<'a>) -> Figure<'a> {
    figure(title, vec![panel])
}

fn sinusoidal(n_positions: usize, d_model: usize) -> Array2<f32> {
    Array2::from_shape_fn((n_positions, d_model), |(pos, dim)| {
        let angle = pos as f64 / 10_000_f64.powf((dim / 2 * 2) as f64 / d_model as f64);
        (if dim % 2 == 0 {
            angle.sin()
        } else {
            angle.cos()
        }) as f32
    })
}

fn signed(end: f32) -> Colours {
    Colours {
        ramp: Ramp::Diverging,
        min: -end,
        max: end,
    }
}

fn cells(label: &'static str, len: usize) -> Axis<'static> {
    Axis::cells(label, label, 0, len)
}

fn encoding_panel(values: &Array2<f32>, rows: Rows) -> Panel<'_> {
    let (n_positions, d_model) = values.dim();
    let position = cells("position", n_positions);
    let dimension = cells("dimension", d_model);
    let (x, y) = match rows {
        Rows::Down => (dimension, position),
        Rows::Across => (position, dimension),
    };
    Panel {
        cross: Cross {
            x: Some(21),
            y: Some(20),
        },
        ..Panel::new(
            x,
            y,
            Plot::Heatmap(Heatmap {
                values: values.view(),
                rows,
                colours: signed(1.0),
                undefined: Cow::Borrowed("0 / 0"),
                version: 0,
            }),
        )
    }
}

fn vector_panel(position: &Array1<f32>) -> Panel<'static> {
    // The gallery may leak: it runs once.
    let position: &'static Array1<f32> = Box::leak(Box::new(position.clone()));
    Panel {
        cross: Cross {
            x: None,
            y: Some(20),
        },
        ..Panel::new(
            Axis::values("value", -1.0, 1.0),
            Axis::cells("dimension", "", 0, position.len()),
            Plot::Bars(Bars {
                values: position.view(),
                cells_on: CellAxis::Y,
                colours: signed(1.0),
                roles: &[],
                undefined: Cow::Borrowed("0 / 0"),
            }),
        )
    }
}

fn curves_panel(encoding: &Array2<f32>, between: bool) -> Panel<'_> {
    let (n_positions, d_model) = encoding.dim();
    let dims = [4, 20, 40, 64];
    let curves = dims.iter().enumerate().map(|(k, &dim)| Line {
        between: between.then(|| Between {
            per_cell: 8,
            values: (0..=(n_positions - 1) * 8)
                .map(|s| {
                    (s as f64 / 8.0 / 10_000_f64.powf(dim as f64 / d_model as f64)).sin() as f32
                })
                .collect(),
        }),
        ..Line::new(
            format!("dimension {dim}"),
            Role::Series(k),
            encoding.column(dim),
        )
    });
    Panel {
        cross: Cross {
            x: Some(21),
            y: None,
        },
        ..Panel::new(
            cells("position", n_positions),
            Axis::values("", -1.0, 1.0),
            Plot::Lines(curves.collect()),
        )
    }
}

fn few_panel() -> Panel<'static> {
    static VALUES: [f32; 6] = [0.1, 0.8, f32::NAN, -0.4, f32::NAN, 0.7];
    Panel::new(
        cells("position", 6),
        Axis::values("", -1.0, 1.0),
        Plot::Lines(vec![Line::new(
            "gaps",
            Role::Series(1),
            ndarray::aview1(&VALUES),
        )]),
    )
}

fn numbers_panel() -> Panel<'static> {
    static VALUES: [[f32; 6]; 4] = [
        [-1.0, -0.8, -0.6, -0.4, -0.2, 0.0],
        [1.0, 0.8, 0.6, 0.4, 0.2, 0.0],
        [f32::NAN, f32::INFINITY, 0.125, 1e-5, -0.333, 0.5],
        [0.0, 0.1, 0.2, 0.3, 0.4, 0.5],
    ];
    Panel::new(
        cells("key", 6),
        cells("query", 4),
        Plot::Heatmap(Heatmap {
            values: ndarray::aview2(&VALUES),
            rows: Rows::Down,
            colours: signed(1.0),
            undefined: Cow::Borrowed("0 / 0"),
            version: 0,
        }),
    )
}

/// Twelve positions and the dimensions beside the one that is read.
fn zoom() -> Windows {
    let mut windows = Windows::default();
    for (key, first, len) in [("position", 14, 12), ("dimension", 12, 15)] {
        let full = Window { first: 0, len: 64 };
        windows.update(key, full, |_| Window { first, len });
    }
    windows
}

/// A sentence against itself.
fn words_panel(values: &Array2<f32>) -> Panel<'_> {
    let names = ["The", "animal", "didn't", "cross", "the", "street"].map(str::to_owned);
    let mut panel = similarity_panel(values);
    panel.x.names = Cow::Owned(names.to_vec());
    panel.y.names = Cow::Owned(names.into());
    panel
}

fn similarity_panel(values: &Array2<f32>) -> Panel<'_> {
    Panel::new(
        cells("position", values.ncols()),
        cells("position", values.nrows()),
        Plot::Heatmap(Heatmap {
            values: values.view(),
            rows: Rows::Down,
            colours: Colours {
                ramp: Ramp::Sequential,
                min: 0.0,
                max: 1.0,
            },
            undefined: Cow::Borrowed("0 / 0"),
            version: 0,
        }),
    )
}

fn empty_panel() -> Panel<'static> {
    Panel::new(
        cells("position", 4),
        Axis::values("", 0.0, 1.0),
        Plot::Empty(Cow::Borrowed(
            "Every value of the input is the same: there is no spread to divide by.",
        )),
    )
}

/// Gradients of 24 layers, `(curves, layers)`: of two networks the mean, the least and the largest.
fn depth() -> Array2<f32> {
    Array2::from_shape_fn((6, 24), |(k, layer)| {
        let decay: f64 = if k < 3 { 0.55 } else { 0.97 };
        let wobble = 1.0 + 0.3 * (layer as f64 * 1.7 + k as f64).sin();
        let spread = [1.0, 0.3, 2.5][k % 3];
        (decay.powi(layer as i32) * wobble * spread) as f32
    })
}

fn bands_panel(depth: &Array2<f32>) -> Panel<'_> {
    let curve = |k: usize, name, role, join| Line {
        band: Some(Band {
            min: depth.row(k + 1),
            max: depth.row(k + 2),
        }),
        join,
        ..Line::new(name, role, depth.row(k))
    };
    let curves = vec![
        curve(0, "without", Role::Series(1), Join::Straight),
        curve(3, "with LayerNorm", Role::Series(0), Join::Stepped),
    ];
    Panel {
        cross: Cross {
            x: Some(9),
            y: None,
        },
        ..Panel::new(
            cells("layer", 24),
            Axis::log("gradient norm", 1e-7, 10.0),
            Plot::Lines(curves),
        )
    }
}

fn points_panel(depth: &Array2<f32>, is_joined: bool) -> Panel<'_> {
    let set = |k: usize, name, role| Points {
        name: Cow::Borrowed(name),
        role,
        x: depth.row(k),
        y: depth.row(k + 3),
        names: Cow::Owned((0..24).map(|layer| format!("layer {layer}")).collect()),
        size: 7.0,
        is_joined,
    };
    Panel {
        cross: Cross {
            x: Some(3),
            y: Some(0),
        },
        ..Panel::new(
            Axis::values("without", 0.0, 1.5),
            Axis::values("with LayerNorm", 0.0, 1.5),
            Plot::Points(vec![
                set(0, "mean", Role::Series(0)),
                set(1, "least", Role::Series(3)),
            ]),
        )
    }
}

/// Twelve hands, each with its number.
fn dials_panel() -> Panel<'static> {
    let mut shapes = Vec::new();
    for k in 0..12_u64 {
        let at = ((k % 4) as f64 * 4.0 + 2.0, (k / 4) as f64 * 5.0 + 2.0);
        let angle = 21.0 / 1.6_f64.powi(k as i32);
        let tip = (at.0 + 1.5 * angle.cos(), at.1 - 1.5 * angle.sin());
        let is_read = k == 6;
        let (role, width) = if is_read {
            (Role::Series(1), 2.0)
        } else {
            (Role::Edge, 1.0)
        };
        shapes.extend([
            Shape::new(Form::Disc {
                at,
                radius: 1.6,
                role: Role::Card,
                opacity: 1.0,
            })
            .at_cell(21, k),
            Shape::new(Form::Circle {
                at,
                radius: 1.6,
                width,
                role,
            }),
            Shape::new(Form::Line {
                points: vec![at, tip],
                width: 2.0,
                role: if is_read { role } else { Role::Ink },
            }),
            Shape::new(Form::Text {
                at: (at.0, at.1 + 2.3),
                text: Cow::Owned(format!("{} {}", 2 * k, 2 * k + 1)),
                anchor: Anchor::Middle,
                size: 0.85,
                room: 3.8,
                role: Role::Quiet,
                is_bold: false,
            }),
        ]);
    }
    sketch_panel(16.0, 15.0, shapes)
}

fn sketch_panel(width: f64, height: f64, shapes: Vec<Shape<'static>>) -> Panel<'static> {
    let sketch = Sketch {
        width,
        height,
        shapes,
    };
    let nothing = || Axis::values("", 0.0, 1.0);
    Panel::new(nothing(), nothing(), Plot::Sketch(sketch))
}

/// A block of 3 samples, 4 tokens and 6 features, one sample's token read.
fn block_panel() -> Panel<'static> {
    let corner = |x: f64, y: f64, z: f64| (2.2 + x + 0.5 * z, 4.4 + y - 0.45 * z);
    let mut shapes = Vec::new();
    for sample in (0..3_u64).rev() {
        for token in 0..4_u64 {
            for feature in 0..6_u64 {
                let (x, y, z) = (feature as f64, token as f64, sample as f64 * 3.0);
                let is_read = sample == 0 && token == 1;
                let points = vec![
                    corner(x, y, z),
                    corner(x + 1.0, y, z),
                    corner(x + 1.0, y + 1.0, z),
                    corner(x, y + 1.0, z),
                ];
                let mut outline = points.clone();
                outline.push(points[0]);
                let role = if is_read { Role::Accent } else { Role::Card };
                let opacity = if is_read { 0.8 } else { 0.85 };
                shapes.push(
                    Shape::new(Form::Polygon {
                        points,
                        role,
                        opacity,
                    })
                    .at_cell(feature, sample * 4 + token),
                );
                shapes.push(Shape::new(Form::Line {
                    points: outline,
                    width: 1.0,
                    role: Role::Quiet,
                }));
            }
        }
    }
    let words = |at, text, anchor| {
        Shape::new(Form::Text {
            at,
            text: Cow::Borrowed(text),
            anchor,
            size: 1.0,
            room: 0.0,
            role: Role::Ink,
            is_bold: false,
        })
    };
    shapes.extend([
        words((2.0, 6.4), "tokens", Anchor::Right),
        words((5.2, 9.0), "features", Anchor::Middle),
        words((9.6, 6.6), "samples", Anchor::Left),
    ]);
    sketch_panel(12.5, 9.6, shapes)
}

/// Cells of a heatmap, a circle and what γ makes of it.
fn plane_panel() -> Panel<'static> {
    let around = |a: f64, b: f64| -> Vec<(f64, f64)> {
        (0..=72)
            .map(|k| f64::from(k) / 72.0 * std::f64::consts::TAU)
            .map(|t| (5.0 + a * t.cos() - 0.4 * b * t.sin(), 5.0 + b * t.sin()))
            .collect()
    };
    let axis = |from, to| Form::Line {
        points: vec![from, to],
        width: 1.0,
        role: Role::Line,
    };
    let mut shapes = vec![
        Shape::new(axis((0.0, 5.0), (10.0, 5.0))),
        Shape::new(axis((5.0, 0.0), (5.0, 10.0))),
        Shape::new(Form::Polygon {
            points: around(4.2, 2.4),
            role: Role::Gamma,
            opacity: 0.2,
        }),
        Shape::new(Form::Line {
            points: around(4.2, 2.4),
            width: 2.0,
            role: Role::Gamma,
        }),
        Shape::new(Form::Circle {
            at: (5.0, 5.0),
            radius: 3.0,
            width: 2.0,
            role: Role::Mu,
        }),
        Shape::new(Form::Disc {
            at: (7.1, 2.9),
            radius: 0.18,
            role: Role::Ink,
            opacity: 1.0,
        }),
        Shape::new(Form::Text {
            at: (7.5, 2.7),
            text: Cow::Borrowed("x\u{302}"),
            anchor: Anchor::Left,
            size: 1.25,
            room: 0.0,
            role: Role::Ink,
            is_bold: true,
        }),
    ];
    for k in 0..5 {
        shapes.push(Shape::new(Form::Cell {
            at: (f64::from(k) * 0.8 + 0.2, 9.2),
            size: (0.8, 0.8),
            value: if k == 3 {
                f32::NAN
            } else {
                k as f32 / 2.0 - 1.0
            },
            colours: signed(1.0),
        }));
    }
    sketch_panel(10.0, 10.2, shapes)
}

/// Activations, their normalized form, and what comes out: `(tokens, features)`.
struct Layers {
    arrays: [Array2<f32>; 3],
    edges: Vec<f32>,
    counts: [Vec<u32>; 3],
    of_token: [Vec<u32>; 3],
    means: [f64; 3],
}

const TOKEN: usize = 5;

impl Layers {
    fn new() -> Self {
        let (n_tokens, d_model) = (8, 64);
        let mut state = 7_u64;
        let mut uniform = move || {
            state = state * 48_271 % 2_147_483_647;
            state as f64 / 2_147_483_647.0
        };
        let mut normal =
            move || (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
        let x = Array2::from_shape_fn((n_tokens, d_model), |(t, _)| {
            let t = t as f64;
            ((t - 3.0) * 0.5 + (0.5 + 0.35 * t) * normal()) as f32
        });
        let mut normalized = x.clone();
        for mut row in normalized.rows_mut() {
            let mean = row.mean().unwrap_or(0.0);
            let std = row.var(0.0).sqrt();
            row.mapv_inplace(|v| (v - mean) / std);
        }
        let y = normalized.mapv(|v| 1.5 * v + 0.5);
        let means = [f64::from(x.row(TOKEN).mean().unwrap_or(0.0)), 0.0, 0.5];
        let arrays = [x, normalized, y];
        let edges: Vec<f32> = (0..=48).map(|k| -8.0 + k as f32 / 3.0).collect();
        let count = |values: &mut dyn Iterator<Item = f32>| {
            let mut counts = vec![0; 48];
            for v in values {
                let bin = ((v + 8.0) * 3.0).floor();
                if (0.0..48.0).contains(&bin) {
                    counts[bin as usize] += 1;
                }
            }
            counts
        };
        Self {
            counts: arrays.each_ref().map(|a| count(&mut a.iter().copied())),
            of_token: arrays
                .each_ref()
                .map(|a| count(&mut a.row(TOKEN).iter().copied())),
            arrays,
            edges,
            means,
        }
    }

    /// With a token whose values are all the same, and no ε.
    fn with_holes() -> Self {
        let mut layers = Self::new();
        for array in &mut layers.arrays[1..] {
            array.row_mut(2).fill(f32::NAN);
            for feature in [3, 4, 5, 20, 40, 42] {
                array[[TOKEN, feature]] = f32::NAN;
            }
        }
        layers
    }

    fn matrices(&self) -> Vec<Panel<'_>> {
        let heads = [
            ("x", "input", "each token has its own mean and spread"),
            (
                "x\u{302}",
                "mean 0, variance 1 per token",
                "the same for every token",
            ),
            (
                "y",
                "scaled by γ, shifted by β",
                "what the next layer receives",
            ),
        ];
        self.arrays
            .iter()
            .zip(heads)
            .map(|(array, (symbol, note, caption))| Panel {
                head: Head {
                    symbol: Cow::Borrowed(symbol),
                    note: Cow::Borrowed(note),
                },
                caption: Cow::Borrowed(caption),
                cross: Cross {
                    x: None,
                    y: Some(TOKEN as u64),
                },
                ..Panel::new(
                    cells("feature", array.ncols()),
                    cells("token", array.nrows()),
                    Plot::Heatmap(Heatmap {
                        values: array.view(),
                        rows: Rows::Down,
                        colours: signed(4.0),
                        undefined: Cow::Borrowed("0 / 0"),
                        version: 0,
                    }),
                )
            })
            .collect()
    }

    fn histograms(&self) -> Vec<Panel<'_>> {
        let most = self.counts.iter().flatten().max().copied().unwrap_or(1);
        (0..3)
            .map(|k| Panel {
                caption: Cow::Borrowed("mean **0.26**, std **2.32**"),
                rules: vec![Rule {
                    at: self.means[k],
                    role: if k == 2 { Role::Beta } else { Role::Mu },
                    name: Cow::Borrowed(if k == 2 { "β" } else { "μ" }),
                }],
                ..Panel::new(
                    Axis::values("value", -8.0, 8.0),
                    Axis::values("", 0.0, f64::from(most)),
                    Plot::Histogram(Histogram {
                        edges: &self.edges,
                        counts: &self.counts[k],
                        name: Cow::Borrowed("all tokens"),
                        highlighted: &self.of_token[k],
                        highlighted_name: Cow::Borrowed("token 5"),
                        reference: if k == 1 {
                            (0..=160)
                                .map(|i| -8.0 + f64::from(i) * 0.1)
                                .map(|v| (v, 512.0 / 3.0 * 0.3989 * (-v * v / 2.0).exp()))
                                .collect()
                        } else {
                            Vec::new()
                        },
                        reference_name: Cow::Borrowed("normal"),
                    }),
                )
            })
            .collect()
    }

    fn steps(&self) -> Vec<Panel<'_>> {
        (0..3)
            .map(|k| Panel {
                caption: Cow::Borrowed("x₁₂ = **0.672**"),
                cross: Cross {
                    x: Some(12),
                    y: None,
                },
                rules: vec![Rule {
                    at: self.means[k],
                    role: if k == 2 { Role::Beta } else { Role::Mu },
                    name: Cow::Borrowed(if k == 2 { "β" } else { "μ" }),
                }],
                ..Panel::new(
                    cells("feature", 64),
                    Axis::values("", -6.0, 6.0),
                    Plot::Bars(Bars {
                        values: self.arrays[k].row(TOKEN),
                        cells_on: CellAxis::X,
                        colours: signed(4.0),
                        roles: &[],
                        undefined: Cow::Borrowed("0 / 0"),
                    }),
                )
            })
            .collect()
    }
}
