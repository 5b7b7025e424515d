//! Pictures: one SVG snapshot for each kind of figure in both schemes; any size and any data draw.

use std::borrow::Cow;

use figures::svg::svg;
use figures::{
    Axis, CellAxis, ColourChoice, Cross, Figure, Form, Head, Heatmap, Line, Panel, Plot, Ramp,
    RangeChoice, Rasters, Role, Rows, Rule, SUBPIXELS, Scheme, Size, Theme, Window, Windows,
};
use ndarray::{Array2, array, aview1, s};
use proptest::prelude::*;

use crate::panels::{
    SIGNED, bands_panel, bars_panel, between_panel, cells, empty_panel, figure, heatmap_panel,
    histogram_panel, lines_panel, odd_f32, points_panel, sketch_panel, steps, theme, values,
};
use crate::pictures::{
    assert_in_both_schemes, assert_on_pixels, image_of, picture, readable, size,
};
use crate::spy::{look_at, look_in};

fn snapshot(name: &str, figure: &Figure, (width, height): (f64, f64)) {
    assert_in_both_schemes(&format!("draw__{name}"), |scheme| {
        let text = svg(figure, &theme(scheme), size(width, height)).unwrap();
        assert!(text.starts_with("<svg ") && text.ends_with("</svg>\n"));
        assert_eq!(text.matches("<svg").count(), 1);
        readable(&text)
    });
}

/// The strokes in an SVG, in the order in which they are drawn.
fn dashes(text: &str) -> Vec<&str> {
    let after = text.split("stroke-dasharray=\"").skip(1);
    after.filter_map(|rest| rest.split('"').next()).collect()
}

fn drawn(panel: Panel, theme: &Theme, size: Size) -> String {
    svg(&figure("", vec![panel]), theme, size).unwrap()
}

#[test]
fn a_curve_has_the_strokes_of_its_role_while_they_can_be_seen() {
    let curves = steps(3, 12);
    let quiet = Theme {
        draws_legend: false,
        ..theme(Scheme::Light)
    };
    let text = drawn(lines_panel(curves.view(), 0), &quiet, size(400.0, 200.0));
    // Eight units of surface coordinates to a CSS pixel; the first curve is unbroken.
    assert_eq!(dashes(&text), ["64 32", "16 24"]);
    let large = Theme {
        text_px: 2.0 * Theme::TEXT_PX,
        ..quiet.clone()
    };
    let text = drawn(lines_panel(curves.view(), 0), &large, size(400.0, 200.0));
    assert_eq!(
        dashes(&text),
        ["128 64", "32 48"],
        "they grow with the text"
    );
    // So many turns that strokes would be lost in them.
    let dense = Array2::from_shape_fn((2, 4000), |(_, k)| if k % 2 == 0 { -1.0 } else { 1.0 });
    let text = drawn(lines_panel(dense.view(), 0), &quiet, size(400.0, 200.0));
    assert_eq!(dashes(&text), [""; 0]);
    // A legend shows them.
    let text = drawn(
        lines_panel(dense.view(), 0),
        &theme(Scheme::Light),
        size(400.0, 200.0),
    );
    assert_eq!(dashes(&text), ["64 32"]);
}

/// The texts in a picture without a legend.
fn texts(panel: Panel, width: f64) -> Vec<String> {
    let quiet = Theme {
        draws_legend: false,
        ..theme(Scheme::Light)
    };
    look_in(&figure("", vec![panel]), &quiet, size(width, 220.0))
        .0
        .texts
}

#[test]
fn names_stand_at_their_lines_where_nothing_is_in_the_way() {
    let level = |heights: &[f32]| {
        let n = heights.len();
        Array2::from_shape_fn((n, 40), |(row, _)| heights[row])
    };
    let names = |curves: &Array2<f32>, width| -> Vec<String> {
        let texts = texts(lines_panel(curves.view(), 0), width);
        texts
            .into_iter()
            .filter(|text| text.starts_with("row "))
            .collect()
    };
    assert_eq!(names(&level(&[0.8, -0.8]), 500.0), ["row 0", "row 1"]);
    assert!(names(&level(&[0.8]), 500.0).is_empty(), "one needs none");
    assert!(names(&level(&[0.8, -0.8]), 90.0).is_empty(), "no room");
    // Two in one: one name above, one below.
    assert_eq!(names(&level(&[0.0, 0.0]), 500.0), ["row 0", "row 1"]);
    // What fills the plot leaves no place that belongs to one of them.
    let dense = Array2::from_shape_fn((2, 4000), |(_, k)| if k % 2 == 0 { -1.0 } else { 1.0 });
    assert!(names(&dense, 500.0).is_empty());
}

#[test]
fn hair_lines_are_whole_device_pixels() {
    let curves = steps(1, 20);
    for (pixel_ratio, text_px) in [
        (1.0, 12.0),
        (1.25, 12.0),
        (1.5, 12.0),
        (2.0, 12.0),
        (1.0, 20.0),
        (1.5, 33.0),
    ] {
        let theme = Theme {
            text_px,
            ..theme(Scheme::Light)
        };
        let size = Size {
            pixel_ratio,
            ..size(500.0, 300.0)
        };
        let text = drawn(lines_panel(curves.view(), 0), &theme, size);
        let [r, g, b] = theme.line;
        let colour = format!("stroke=\"#{r:02X}{g:02X}{b:02X}\"");
        let mut n_lines = 0;
        for line in text.lines().filter(|line| line.contains(&colour)) {
            let numbers = |name: &str| -> Vec<f64> {
                let (_, rest) = line.split_once(name).unwrap();
                let numbers = rest.split('"').next().unwrap().split([' ', ',']);
                numbers.filter_map(|number| number.parse().ok()).collect()
            };
            let width = numbers("stroke-width=\"")[0] / f64::from(SUBPIXELS);
            let [_, y, _, other_y] = numbers("points=\"")[..] else {
                panic!("{line}");
            };
            if y == other_y {
                let edge = y / f64::from(SUBPIXELS) - width * 0.5;
                for px in [edge, width].map(|px| px * pixel_ratio) {
                    // As near as eighths of a CSS pixel come to it.
                    let named = format!("{px} at {pixel_ratio}, {text_px}");
                    assert!((px - px.round()).abs() < 0.13 * pixel_ratio, "{named}");
                }
                n_lines += 1;
            }
        }
        assert!(n_lines > 0, "{pixel_ratio}, {text_px}");
    }
}

#[test]
fn heatmap_of_few_cells() {
    let mut values = steps(3, 4);
    values[[1, 2]] = f32::NAN;
    let panel = Panel {
        head: Head {
            symbol: "x\u{302}".into(),
            note: "a < b & c".into(),
        },
        ..heatmap_panel(values.view(), Rows::Down)
    };
    snapshot(
        "heatmap",
        &figure("Few <cells>", vec![panel]),
        (360.0, 180.0),
    );
}

#[test]
fn heatmap_of_more_cells_than_pixels() {
    let values = steps(700, 500);
    let panel = heatmap_panel(values.view(), Rows::Across);
    snapshot(
        "heatmap-mean",
        &figure("Many cells", vec![panel]),
        (360.0, 180.0),
    );
}

#[test]
fn lines() {
    let values = array![
        [0.0, 0.5, 1.0, 0.5, -0.5],
        [-1.0, f32::NAN, -0.25, 2.0, 0.0]
    ];
    snapshot(
        "lines",
        &figure("Lines", vec![lines_panel(values.view(), 10)]),
        (360.0, 160.0),
    );
}

#[test]
fn lines_between_cells() {
    snapshot(
        "lines-between",
        &figure("Between", vec![between_panel()]),
        (360.0, 160.0),
    );
}

#[test]
fn bars_upright() {
    let values = [0.5, -1.0, 0.02, f32::NAN, 3.0, -0.02];
    let panel = Panel {
        cross: Cross {
            x: Some(3),
            y: None,
        },
        ..bars_panel(aview1(&values), CellAxis::X)
    };
    snapshot("bars-upright", &figure("Bars", vec![panel]), (360.0, 160.0));
}

#[test]
fn bars_lying() {
    let values = [0.5, -1.0, 0.02, f32::NAN, 3.0, -0.02];
    let panel = Panel {
        cross: Cross {
            x: None,
            y: Some(3),
        },
        ..bars_panel(aview1(&values), CellAxis::Y)
    };
    snapshot("bars-lying", &figure("Bars", vec![panel]), (220.0, 200.0));
}

#[test]
fn bands() {
    let values = array![
        [0.1, 1.0, 10.0, 0.5, -1.0, 3.0],
        [0.01, 0.2, f32::NAN, 0.1, 0.1, 1e-5],
        [1.0, 2.0, 50.0, 3.0, 2.0, 500.0]
    ];
    snapshot(
        "bands",
        &figure("Bands", vec![bands_panel(values.view())]),
        (360.0, 200.0),
    );
}

#[test]
fn points() {
    let x = [-0.75, 0.0, 0.5, f32::NAN, 2.0, 0.25];
    let y = [0.5, -0.25, 0.75, 0.0, 0.0, -0.75];
    snapshot(
        "points",
        &figure("Points", vec![points_panel(aview1(&x), aview1(&y))]),
        (360.0, 260.0),
    );
}

#[test]
fn sketch() {
    let panel = Panel {
        caption: "what it shows".into(),
        ..sketch_panel()
    };
    snapshot("sketch", &figure("Sketch", vec![panel]), (360.0, 200.0));
}

/// A heatmap, its curves and its vector, all of which show a window, as wide as a phone.
#[test]
fn zoomed() {
    let values = steps(24, 16);
    let mut windows = Windows::default();
    for (key, first, len) in [("position", 9, 5), ("row", 9, 5), ("column", 3, 6)] {
        let full = Window { first: 0, len: 24 };
        windows.update(key, full, |_| Window { first, len });
    }
    let heatmap = heatmap_panel(values.view(), Rows::Across);
    let vector = Panel {
        y: cells("column", 0, 16),
        ..bars_panel(values.row(11), CellAxis::Y)
    };
    for (name, panel) in [
        ("zoomed-heatmap", heatmap),
        (
            "zoomed-curves",
            lines_panel(values.t().slice_move(s![..2, ..]), 0),
        ),
        ("zoomed-vector", vector),
    ] {
        let mut figure = figure("Zoomed", vec![panel]);
        figure.crop(&windows);
        snapshot(name, &figure, (336.0, 180.0));
    }
}

#[test]
fn named_cells() {
    let values = steps(4, 4);
    let names = ["The", "animal", "didn't", "cross"].map(str::to_owned);
    let mut panel = heatmap_panel(values.view(), Rows::Down);
    panel.x.names = Cow::Borrowed(&names);
    panel.y.names = Cow::Borrowed(&names);
    snapshot("named", &figure("Words", vec![panel]), (240.0, 180.0));
}

#[test]
fn chosen_colours() {
    let values = steps(3, 4);
    let row = [0.5, -1.0, 0.25];
    let mut figure = figure(
        "Chosen",
        vec![
            heatmap_panel(values.view(), Rows::Down),
            bars_panel(aview1(&row), CellAxis::X),
        ],
    );
    figure.recolour(ColourChoice {
        ramp: Some(Ramp::PurpleGreen),
        range: RangeChoice::Fixed(0.5),
    });
    snapshot("chosen-colours", &figure, (560.0, 180.0));
}

/// With a name for each curve there are more than one line of them.
#[test]
fn legend_in_lines() {
    let row = [0.0_f32, 1.0, 0.5];
    let curves = (0..6).map(|k| {
        Line::new(
            format!("dimension {} (cos)", 20 * k),
            Role::Series(k),
            aview1(&row),
        )
    });
    let plot = Plot::Lines(curves.collect());
    let panel = Panel::new(cells("position", 0, 3), values("", 0.0, 1.0), plot);
    snapshot(
        "legend-in-lines",
        &figure("Names", vec![panel]),
        (360.0, 260.0),
    );
}

#[test]
fn histogram() {
    snapshot(
        "histogram",
        &figure("Histogram", vec![histogram_panel()]),
        (360.0, 160.0),
    );
}

#[test]
fn three_panels() {
    let values = steps(4, 16);
    let panels = [
        ("x", "input"),
        ("x\u{302}", "mean 0, variance 1 per token"),
        ("y", ""),
    ]
    .map(|(symbol, note)| Panel {
        head: Head {
            symbol: symbol.into(),
            note: note.into(),
        },
        caption: "mean **0.26**, std **2.32**".into(),
        ..heatmap_panel(values.view(), Rows::Down)
    });
    let figure = figure("Three", panels.into());
    snapshot("three-panels", &figure, (934.0, 200.0));
    snapshot("three-panels-narrow", &figure, (320.0, 600.0));
}

#[test]
fn empty() {
    snapshot(
        "empty",
        &figure("Empty", vec![empty_panel()]),
        (260.0, 160.0),
    );
}

/// Shapes wherever the data say, also far beyond their place.
fn odd_sketch<'a>(odd: &[f32]) -> Panel<'a> {
    let pick = |k: usize| f64::from(odd[k % odd.len()]);
    let at = |k: usize| (pick(k), pick(k + 1));
    let mut panel = sketch_panel();
    if let Plot::Sketch(sketch) = &mut panel.plot {
        for (k, shape) in sketch.shapes.iter_mut().enumerate() {
            match &mut shape.form {
                Form::Line { points, .. } | Form::Polygon { points, .. } => {
                    points.extend((0..9).map(at));
                }
                Form::Disc { at: place, .. }
                | Form::Circle { at: place, .. }
                | Form::Text { at: place, .. } => *place = at(k),
                Form::Cell {
                    at: place, size, ..
                } => (*place, *size) = (at(k), at(k + 5)),
            }
        }
        if odd.len().is_multiple_of(2) {
            sketch.width = pick(3);
        }
    }
    panel
}

/// One panel of each kind, with data as odd as any.
fn all_panels<'a>(matrix: &'a Array2<f32>, odd: &'a [f32]) -> Vec<Panel<'a>> {
    vec![
        heatmap_panel(matrix.view(), Rows::Down),
        heatmap_panel(matrix.view(), Rows::Across),
        lines_panel(matrix.view(), 1_000_000),
        between_panel(),
        bars_panel(aview1(odd), CellAxis::X),
        bars_panel(aview1(odd), CellAxis::Y),
        histogram_panel(),
        bands_panel(matrix.view()),
        points_panel(aview1(odd), matrix.row(0)),
        sketch_panel(),
        empty_panel(),
    ]
}

#[test]
fn at_the_sizes_that_screens_have() {
    let matrix = steps(7, 300);
    let panels = all_panels(&matrix, matrix.row(3).to_slice().unwrap());
    for (width, height) in [
        (0.0, 0.0),
        (1.0, 1.0),
        (60.0, 70.0),
        (336.0, 330.0),
        (1280.0, 900.0),
        (5000.0, 2000.0),
    ] {
        for one in &panels {
            let seen = look_at(&figure("one", vec![one.clone()]), size(width, height));
            if width <= 1.0 {
                assert!(seen.n_shapes <= 1 && seen.texts.is_empty(), "{seen:?}");
            } else if width > 300.0 {
                assert!(seen.n_shapes > 1 && !seen.texts.is_empty(), "{seen:?}");
            }
        }
        look_at(&figure("all", panels.clone()), size(width, height * 12.0));
    }
    look_at(&figure("none", Vec::new()), size(300.0, 200.0));
}

/// Far larger than any screen: what cannot be painted is left out.
#[test]
fn a_huge_size_does_no_harm() {
    let mut matrix = steps(7, 30);
    matrix[[1, 4]] = f32::NAN;
    for panel in all_panels(&matrix, matrix.row(1).to_slice().unwrap()) {
        let seen = look_at(&figure("huge", vec![panel]), size(1e6, 1e5));
        assert!(seen.n_shapes > 1);
    }
}

#[test]
fn nothing_is_drawn_at_size_zero() {
    let matrix = steps(7, 30);
    for (width, height) in [
        (0.0, 0.0),
        (0.0, 300.0),
        (300.0, 0.0),
        (f64::NAN, 4.0),
        (-5.0, -5.0),
    ] {
        let seen = look_at(
            &figure(
                "all",
                all_panels(&matrix, matrix.row(1).to_slice().unwrap()),
            ),
            size(width, height),
        );
        assert_eq!(
            (seen.n_shapes, seen.texts.len(), seen.blits.len()),
            (0, 0, 0)
        );
    }
}

proptest! {
    #[test]
    fn any_size_and_any_data_draw(
        width in 0.0_f64..1400.0, height in 0.0_f64..700.0, pixel_ratio in 0.3_f64..4.0,
        n_rows in 1_usize..5, data in proptest::collection::vec(odd_f32(), 1..400),
    ) {
        let n_columns = (data.len() / n_rows).max(1);
        let matrix = Array2::from_shape_fn((n_rows, n_columns), |(r, c)| data[(r * n_columns + c) % data.len()]);
        let size = Size { width, height, pixel_ratio };
        let mut panels = all_panels(&matrix, &data);
        panels.push(odd_sketch(&data));
        let seen = look_at(&figure("all", panels), size);
        assert_on_pixels(&seen, pixel_ratio);
    }

    #[test]
    fn any_axes_draw(min in any::<f64>(), max in any::<f64>(), at in any::<f64>(), first in any::<u64>(), data in proptest::collection::vec(odd_f32(), 1..20)) {
        let rule = || vec![Rule { at, role: Role::Mu, name: Cow::Borrowed("μ") }];
        // Cells are numbered far below the end of u64, as Span says.
        let first = first >> 12;
        let cross = Cross { x: Some(first), y: Some(first) };
        let bars = |cells_on| Panel {
            rules: rule(),
            cross,
            ..bars_panel(aview1(&data), cells_on)
        };
        let panels = vec![
            Panel { x: cells("x", first, data.len()), y: values("y", min, max), ..bars(CellAxis::X) },
            Panel { x: values("x", min, max), y: cells("y", first, data.len()), ..bars(CellAxis::Y) },
            Panel { x: values("x", min, max), y: values("y", max, min), rules: rule(), ..histogram_panel() },
            Panel { x: cells("x", first, 1), y: values("y", min, max), rules: rule(), ..between_panel() },
            // Axes that do not match the plot are a mistake, and still no panic.
            Panel { x: values("x", min, max), y: values("y", min, max), cross, ..bars(CellAxis::X) },
            Panel { x: Axis::log("x", min, max), y: Axis::log("y", max, min), rules: rule(), ..histogram_panel() },
            Panel { y: Axis::log("y", min, max), rules: rule(), ..bars(CellAxis::X) },
            Panel { x: Axis::log("x", min, max), y: values("y", min, max), cross, ..points_panel(aview1(&data), aview1(&data)) },
            Panel { x: values("x", min, max), y: cells("y", first, 0), cross, ..between_panel() },
        ];
        look_at(&figure("all", panels), size(900.0, 1600.0));
    }
}

#[test]
fn a_raster_is_painted_once_per_version() {
    let mut values = steps(5, 6);
    let mut rasters = Rasters::default();
    let mut draw = |values: &Array2<f32>, version: u64, scheme| {
        let plot = Plot::Heatmap(Heatmap {
            values: values.view(),
            rows: Rows::Down,
            colours: SIGNED,
            undefined: Cow::Borrowed(""),
            version,
        });
        let figure = figure(
            "heatmap",
            vec![Panel::new(cells("", 0, 6), cells("", 0, 5), plot)],
        );
        let size = size(300.0, 200.0);
        let mut text = String::new();
        let surface = figures::SvgSurface::new(&mut text, size, "");
        figures::draw::draw(surface, &figure, &theme(scheme), size, &mut rasters).unwrap();
        assert!(rasters.coverage(0).unwrap().x < 1.0);
        assert!(rasters.n_bytes() > 0);
        image_of(&text).to_owned()
    };
    let first = draw(&values, 1, Scheme::Light);
    values.mapv_inplace(|v| -v);
    assert_eq!(
        draw(&values, 1, Scheme::Light),
        first,
        "the same version is not painted again"
    );
    let second = draw(&values, 2, Scheme::Light);
    assert_ne!(second, first);
    assert_ne!(draw(&values, 2, Scheme::Dark), second);
}

#[test]
fn what_is_no_heatmap_has_no_coverage() {
    let figure = figure("histogram", vec![histogram_panel()]);
    let (_, rasters) = look_in(&figure, &theme(Scheme::Light), size(300.0, 200.0));
    assert_eq!(rasters.coverage(0), None);
}

#[test]
fn long_curves_need_few_points() {
    let values = Array2::from_shape_fn((1, 100_000), |(_, k)| {
        ((k * 7919) % 2003) as f32 / 1001.5 - 1.0
    });
    let seen = look_at(
        &figure("long", vec![lines_panel(values.view(), 0)]),
        size(400.0, 200.0),
    );
    assert!(seen.n_points < 400 * 4 + 400, "{}", seen.n_points);
}

#[test]
fn many_bars_need_few_shapes_and_lose_no_peak() {
    let mut row = vec![0.01_f32; 50_000];
    row[31_234] = 1.0;
    let figure = figure("long", vec![bars_panel(aview1(&row), CellAxis::X)]);
    assert!(look_at(&figure, size(400.0, 200.0)).n_shapes < 400);
    let text = picture(&figure, size(400.0, 200.0));
    // The plot is 134 px high, half of it above zero.
    assert!(
        text.lines()
            .any(|line| line.starts_with("<rect") && line.contains("width=\"8\" height=\"536\"")),
        "{text}"
    );
}

#[test]
fn names_of_curves_are_all_there_or_none() {
    let row = [0.0_f32, 1.0];
    let curve = |k: usize| Line::new(format!("dimension {k}"), Role::Series(k), aview1(&row));
    for (n, expected) in [(2, 2), (9, 0)] {
        let plot = Plot::Lines((0..n).map(curve).collect());
        let seen = look_at(
            &figure(
                "lines",
                vec![Panel::new(cells("", 0, 2), values("", 0.0, 1.0), plot)],
            ),
            size(360.0, 160.0),
        );
        assert_eq!(
            seen.texts
                .iter()
                .filter(|t| t.starts_with("dimension"))
                .count(),
            expected
        );
    }
}

/// How many words for hatching are drawn, and how many holes each panel has and whether they are seen.
fn swatches(panels: Vec<Panel>, width: f64) -> (usize, Vec<(usize, bool)>) {
    let n_panels = panels.len();
    let (seen, rasters) = look_in(
        &figure("", panels),
        &theme(Scheme::Light),
        size(width, 200.0),
    );
    let words = ["0 / 0", "no number"];
    let texts = seen.texts.iter().filter(|t| words.contains(&t.as_str()));
    let holes = (0..n_panels).map(|idx| rasters.holes(idx));
    let holes = holes.map(|it| (it.n_cells, it.is_hatched)).collect();
    (texts.count(), holes)
}

#[test]
fn what_is_not_a_number_is_explained_where_it_is_seen() {
    let mut values = steps(4, 6);
    let row = [0.5, f32::NAN, f32::INFINITY, 0.25];
    let gaps = array![[0.0, f32::NAN, f32::NEG_INFINITY, 0.5]];
    assert_eq!(
        swatches(vec![heatmap_panel(values.view(), Rows::Down)], 400.0),
        (0, vec![(0, false)])
    );
    values[[1, 2]] = f32::NAN;
    values[[3, 3]] = f32::INFINITY;
    let panels = || {
        vec![
            heatmap_panel(values.view(), Rows::Down),
            bars_panel(aview1(&row), CellAxis::X),
            bars_panel(aview1(&row[2..]), CellAxis::Y),
            lines_panel(gaps.view(), 0),
            histogram_panel(),
        ]
    };
    let holes = vec![(2, true), (2, true), (1, false), (2, false), (0, false)];
    assert_eq!(swatches(panels(), 1500.0), (2, holes));
    // Beside the colour bar, or in the line of the axis label, or nowhere.
    for (width, n_words) in [(400.0, 1), (250.0, 1), (120.0, 0)] {
        let panels = vec![heatmap_panel(values.view(), Rows::Down)];
        assert_eq!(swatches(panels, width), (n_words, vec![(2, true)]));
    }
    // A hole under a pixel with enough numbers is not seen.
    let mut many = steps(400, 600);
    many[[7, 7]] = f32::NAN;
    assert_eq!(
        swatches(vec![heatmap_panel(many.view(), Rows::Down)], 250.0),
        (0, vec![(1, false)])
    );
}

#[test]
fn bars_without_a_number_are_hatched_together() {
    let row = [0.5, f32::NAN, f32::NAN, -0.25, f32::INFINITY, f32::NAN];
    for cells_on in [CellAxis::X, CellAxis::Y] {
        let panel = bars_panel(aview1(&row), cells_on);
        let figure = figure("", vec![panel]);
        let seen = look_at(&figure, size(300.0, 200.0));
        let place = &figures::Layout::of(&figure, 300.0, 200.0).panels[0];
        // Two runs, and the swatch that says what they are.
        assert_eq!(seen.blits.len(), 3);
        let (_, _, run) = seen.blits[0];
        let (along, across, cell) = match cells_on {
            CellAxis::X => (run.width, run.height, place.x.px_per_cell()),
            CellAxis::Y => (run.height, run.width, place.y.px_per_cell()),
        };
        assert!((along - 2.0 * cell).abs() < 2.0);
        let plot = place.plot;
        assert!(across == plot.height || across == plot.width);
    }
}
