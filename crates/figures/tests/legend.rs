//! Legends: what is shown in which colour, and taking parts away.

use figures::{
    Band, CellAxis, Figure, Layout, LegendEntry, Line, Mark, Panel, Plot, Role, Rows, Scheme, Size,
    Theme, Window, Windows,
};
use ndarray::{Array2, aview1};

use crate::panels::{
    bands_panel, bars_panel, cells, figure, heatmap_panel, histogram_panel, lines_panel,
    points_panel, steps, theme, values,
};
use crate::spy::{look_at, look_in};

const SIZE: Size = Size {
    width: 500.0,
    height: 260.0,
    pixel_ratio: 1.0,
};

fn entries(figure: &Figure) -> Vec<(String, Mark)> {
    let entry = |LegendEntry { name, mark }| (name, mark);
    figure.legend().into_iter().map(entry).collect()
}

fn all(matrix: &Array2<f32>) -> Vec<Panel<'_>> {
    vec![
        heatmap_panel(matrix.view(), Rows::Down),
        lines_panel(matrix.view(), 0),
        histogram_panel(),
        points_panel(matrix.row(0), matrix.row(1)),
        bars_panel(matrix.row(0), CellAxis::X),
        lines_panel(matrix.view(), 0),
        bands_panel(matrix.view()),
    ]
}

#[test]
fn a_band_may_be_alone() {
    let ends = steps(2, 6);
    let mut panel = lines_panel(ends.view(), 0);
    panel.plot = Plot::Lines(vec![Line {
        band: Some(Band {
            min: ends.row(0),
            max: ends.row(1),
        }),
        ..Line::new("area", Role::Quiet, aview1(&[]))
    }]);
    let mut figure = figure("", vec![panel]);
    assert_eq!(
        entries(&figure),
        [("area".to_owned(), Mark::Band(Role::Quiet))]
    );
    // It is cropped as one with a curve is.
    let mut windows = Windows::default();
    let all = Window { first: 0, len: 6 };
    windows.update("position", all, |_| Window { first: 2, len: 2 });
    figure.crop(&windows);
    let Plot::Lines(lines) = &figure.panels[0].plot else {
        panic!("it has lines");
    };
    assert_eq!(lines[0].first, -1);
    let band = lines[0].band.expect("it has a band");
    assert_eq!((band.min.len(), band.max.len()), (4, 4));
}

#[test]
fn every_name_stands_there_once() {
    let matrix = steps(3, 6);
    let named = |name: &str, mark| (name.to_owned(), mark);
    let expected = [
        named("row 0", Mark::Line(Role::Series(0))),
        named("row 1", Mark::Line(Role::Series(1))),
        named("row 2", Mark::Line(Role::Series(2))),
        named("all", Mark::Counts),
        named("a part", Mark::Highlighted),
        named("normal", Mark::Reference),
        named("points", Mark::Dot(Role::Series(1))),
        named("a way", Mark::Dot(Role::Series(0))),
        named("no points", Mark::Line(Role::Beta)),
        named("mean", Mark::Line(Role::Series(0))),
        named("in steps", Mark::Line(Role::Sigma)),
    ];
    assert_eq!(entries(&figure("", all(&matrix))), expected);
    assert!(entries(&figure("", Vec::new())).is_empty());
    let without_names = Plot::Lines(vec![Line::new("", Role::Mu, matrix.row(0))]);
    let mut panel = lines_panel(matrix.view(), 0);
    panel.plot = without_names;
    assert!(entries(&figure("", vec![panel])).is_empty());
}

#[test]
fn what_is_hidden_is_gone_and_the_rest_keeps_its_colour() {
    let matrix = steps(3, 6);
    for (name, mark) in entries(&figure("", all(&matrix))) {
        let whole = figure("", all(&matrix));
        let mut figure = whole.clone();
        figure.hide(|other| other == name);
        let mut expected = entries(&whole);
        expected.retain(|entry| *entry != (name.clone(), mark));
        assert_eq!(entries(&figure), expected);
        for (before, after) in whole.panels.iter().zip(&figure.panels) {
            assert_eq!(before.y.span, after.y.span, "axes stay");
        }
        look_at(&figure, SIZE);
    }
    let mut figure = figure("", all(&matrix));
    figure.hide(|_| true);
    assert!(entries(&figure).is_empty());
    look_at(&figure, SIZE);
}

#[test]
fn what_has_no_name_stays() {
    let matrix = steps(3, 6);
    let mut panel = lines_panel(matrix.view(), 0);
    panel.plot = Plot::Lines(vec![Line::new("", Role::Mu, matrix.row(0))]);
    let mut figure = figure("", vec![panel]);
    figure.hide(|_| true);
    let Plot::Lines(curves) = &figure.panels[0].plot else {
        panic!("no curves")
    };
    assert_eq!(curves.len(), 1);
}

/// The words drawn with and without a legend in the picture.
fn words(figure: &Figure, draws_legend: bool) -> Vec<String> {
    let theme = Theme {
        draws_legend,
        ..theme(Scheme::Light)
    };
    look_in(figure, &theme, SIZE).0.texts
}

#[test]
fn a_page_with_a_legend_of_its_own_has_none_in_the_picture() {
    let matrix = steps(3, 6);
    for panel in [
        lines_panel(matrix.view(), 0),
        histogram_panel(),
        points_panel(matrix.row(0), matrix.row(1)),
    ] {
        let figure = figure("", vec![panel]);
        let (with, without) = (words(&figure, true), words(&figure, false));
        for (name, _) in entries(&figure) {
            assert!(with.contains(&name), "{name} in {with:?}");
            assert!(!without.contains(&name), "{name} in {without:?}");
        }
    }
}

#[test]
fn a_name_is_drawn_in_the_first_panel_that_has_it() {
    let matrix = steps(2, 6);
    let panels = vec![lines_panel(matrix.view(), 0); 2];
    let texts = words(&figure("", panels), true);
    assert_eq!(texts.iter().filter(|text| *text == "row 0").count(), 1);
}

#[test]
fn many_names_stand_in_lines_above_the_plot() {
    let row = [0.0_f32, 1.0];
    let with = |n: usize, height: f64, symbol: &'static str| {
        let curve = |k| Line::new(format!("dimension {k}"), Role::Series(k), aview1(&row));
        let mut panel = Panel::new(
            cells("position", 0, 2),
            values("", 0.0, 1.0),
            Plot::Lines((0..n).map(curve).collect()),
        );
        panel.head.symbol = symbol.into();
        Layout::of(&figure("", vec![panel]), 400.0, height).panels[0].clone()
    };
    // Side by side in the head line.
    let few = with(2, 300.0, "");
    assert_eq!(few.legend.len(), 2);
    assert!(few.legend.iter().all(|entry| entry.y == few.head_y));
    // Three to a line; the head line is the first of them unless something else stands there.
    for (symbol, first) in [("", 0.0), ("x", 18.0)] {
        let many = with(7, 300.0, symbol);
        let lines: Vec<f64> = many.legend.iter().map(|e| e.y - many.head_y).collect();
        let expected = [0.0, 0.0, 0.0, 18.0, 18.0, 18.0, 36.0].map(|y| y + first);
        assert_eq!(lines, expected);
        assert_eq!(many.plot.y - few.plot.y, 36.0 + first);
        assert_eq!(many.plot.bottom(), few.plot.bottom());
        let below = many.legend.last().unwrap().y;
        assert_eq!(many.plot.y - below, few.plot.y - few.head_y);
    }
    // All or none: there is a plot to be seen.
    let low = with(7, 130.0, "");
    assert!(low.legend.is_empty());
    assert_eq!(low.plot.y, few.plot.y);
}
