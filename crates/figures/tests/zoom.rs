//! Zoom: windows stay inside their axis, and a cropped figure is the figure of the cropped data.

use std::borrow::Cow;

use figures::{
    Axis, Between, CellAxis, Cross, Figure, Layout, Line, Panel, Plot, Rasters, Role, Rows, Scheme,
    Size, Span, Window, Windows,
};
use ndarray::{Array2, aview1, s};
use proptest::prelude::*;

use crate::panels::{bars_panel, cells, figure, heatmap_panel, lines_panel, steps, theme, values};
use crate::pictures::{self, image_of};

const SIZE: Size = Size {
    width: 360.0,
    height: 200.0,
    pixel_ratio: 1.0,
};

fn picture(figure: &Figure) -> String {
    pictures::picture(figure, SIZE)
}

fn window(first: u64, len: usize) -> Window {
    Window { first, len }
}

/// Windows with these entries.
fn windows(entries: &[(&'static str, Window)]) -> Windows {
    let everything = window(0, usize::MAX);
    let mut windows = Windows::default();
    for &(key, window) in entries {
        windows.update(key, everything, |_| window);
    }
    windows
}

fn cropped<'a>(mut figure: Figure<'a>, entries: &[(&'static str, Window)]) -> Figure<'a> {
    figure.crop(&windows(entries));
    figure
}

/// Where a place is on a screen of length 1 that shows the window.
fn place_on_screen(window: Window, about: f64) -> f64 {
    (about + 0.5 - window.first as f64) / window.len as f64
}

prop_compose! {
    /// An axis, and a window somewhere near it.
    fn axis_and_window()(
        full in (0_u64..2_000_000, 1_usize..5000),
        first in 0_u64..2_010_000, near in -50_i64..5000, is_near in any::<bool>(), len in 0_usize..6000,
    ) -> (Window, Window) {
        let full = window(full.0, full.1);
        let first = if is_near { full.first.saturating_add_signed(near) } else { first };
        (full, window(first, len))
    }
}

fn is_inside(inner: Window, full: Window) -> bool {
    inner.len >= 1
        && inner.first >= full.first
        && inner.first + inner.len as u64 <= full.first + full.len as u64
}

proptest! {
    #[test]
    fn whatever_is_done_stays_inside(
        (full, start) in axis_and_window(), about in any::<f64>(), factor in any::<f64>(),
        gentle in 0.2_f64..5.0, cells in any::<i64>(), cell in any::<u64>(),
    ) {
        for changed in [
            start.clamp(full),
            start.zoom(about, factor, full),
            start.zoom(about, gentle, full),
            start.pan(cells, full),
            start.reveal(cell, full),
        ] {
            prop_assert!(is_inside(changed, full), "{changed:?} in {full:?}");
            prop_assert_eq!(changed.clamp(full), changed);
        }
        prop_assert_eq!(full.clamp(full), full);
        prop_assert_eq!(start.pan(cells, full).len, start.clamp(full).len);
    }

    #[test]
    fn the_cell_under_the_pointer_stays_there((full, start) in axis_and_window(), part in 0.0_f64..1.0, factor in 1.01_f64..6.0) {
        let start = start.clamp(full);
        let about = start.first as f64 - 0.5 + part * start.len as f64;
        let closer = start.zoom(about, factor, full);
        prop_assert!(closer.len < start.len || start.len <= 2);
        let moved = (place_on_screen(closer, about) - part) * closer.len as f64;
        prop_assert!(moved.abs() <= 0.5 + 1e-6, "{moved} cells");
        // Back again about the same place: the same to within a few cells of rounding.
        let back = closer.zoom(about, closer.len as f64 / start.len as f64, full);
        prop_assert!(back.len.abs_diff(start.len) <= 1);
        let further = start.zoom(about, 1.0 / factor, full);
        prop_assert!(further.len > start.len || start.len == full.len);
        if further.first > full.first && further.first + (further.len as u64) < full.first + full.len as u64 {
            let moved = (place_on_screen(further, about) - part) * further.len as f64;
            prop_assert!(moved.abs() <= 0.5 + 1e-6, "{moved} cells");
        }
    }

    #[test]
    fn steps_can_be_taken_back((full, start) in axis_and_window(), cells in -4000_i64..4000) {
        let start = start.clamp(full);
        let there = start.pan(cells, full);
        if there.first.abs_diff(start.first) == cells.unsigned_abs() {
            prop_assert_eq!(there.pan(-cells, full), start);
        }
        // From anywhere, zooming out ends at the whole axis.
        let mut out = start;
        for _ in 0..60 {
            out = out.zoom(start.first as f64, 0.8, full);
        }
        prop_assert_eq!(out, full);
    }

    #[test]
    fn a_cell_is_revealed_by_the_shortest_way((full, start) in axis_and_window(), cell in 0_u64..2_010_000) {
        let start = start.clamp(full);
        let shown = start.reveal(cell, full);
        prop_assert_eq!(shown.contains(cell), full.contains(cell));
        if start.contains(cell) {
            prop_assert_eq!(shown, start);
        }
    }

    #[test]
    fn an_axis_without_cells_has_windows_without_cells(first in any::<u64>(), len in any::<usize>(), factor in any::<f64>(), about in any::<f64>()) {
        let nothing = window(first, 0);
        for full in [nothing, window(u64::MAX, usize::MAX), window(0, 1)] {
            let start = window(first, len);
            let there = start.zoom(about, factor, full).pan(i64::MIN, full);
            let back = there.reveal(u64::MAX, full).pan(i64::MAX, full);
            prop_assert!(back.len <= full.len);
        }
        prop_assert_eq!(window(3, len).zoom(about, factor, nothing).len, 0);
    }

}

proptest! {
    // Pictures take their time.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_crop_of_a_crop_is_a_crop(a in (0_u64..40, 1_usize..40), b in (0_u64..40, 1_usize..40), across in any::<bool>()) {
        let matrix = steps(30, 20);
        let rows = if across { Rows::Across } else { Rows::Down };
        let all = || figure("all", everything(&matrix, rows));
        let full = window(3, 30);
        let (outer, inner) = (window(a.0, a.1).clamp(full), window(b.0, b.1));
        let twice = cropped(cropped(all(), &[("row", outer)]), &[("row", inner)]);
        let once = cropped(all(), &[("row", inner.clamp(outer))]);
        prop_assert_eq!(format!("{:?}", twice.panels), format!("{:?}", once.panels));
        prop_assert_eq!(picture(&twice), picture(&once));
    }

    #[test]
    fn a_cropped_picture_is_the_picture_of_the_part(from in 0_usize..30, len in 1_usize..30, column in 0_usize..20, n_columns in 1_usize..20) {
        let matrix = steps(30, 20);
        let to = (from + len).min(30);
        let column_to = (column + n_columns).min(20);
        let part = matrix.slice(s![from..to, column..column_to]);
        let (rows, columns) = (window(from as u64, to - from), window(column as u64, column_to - column));
        let entries = [("row", rows), ("column", columns)];
        for way in [Rows::Down, Rows::Across] {
            let mut of_part = heatmap_panel(part, way);
            let (x, y) = match way {
                Rows::Down => (columns, rows),
                Rows::Across => (rows, columns),
            };
            of_part.x.span = Span::Cells { first: x.first, len: x.len };
            of_part.y.span = Span::Cells { first: y.first, len: y.len };
            let crop = cropped(figure("", vec![heatmap_panel(matrix.view(), way)]), &entries);
            prop_assert_eq!(picture(&crop), picture(&figure("", vec![of_part])));
        }
    }

    #[test]
    fn windows_that_fit_nothing_do_no_harm(first in any::<u64>(), len in any::<usize>(), wrong in 0_usize..50) {
        let matrix = steps(30, 20);
        let mut panels = everything(&matrix, Rows::Across);
        // Axes that say more or less than there is are a mistake, and still no panic.
        for panel in &mut panels {
            for axis in [&mut panel.x, &mut panel.y] {
                if let Span::Cells { len, .. } = &mut axis.span {
                    *len = wrong;
                }
            }
        }
        for key in ["row", "column", ""] {
            let all = figure("", panels.clone());
            picture(&cropped(all, &[(key, window(first >> 12, len))]));
        }
    }
}

/// One panel of each kind that has rows, numbered from 3.
fn everything(matrix: &Array2<f32>, rows: Rows) -> Vec<Panel<'_>> {
    static VALUES: [f32; 30] = [0.5; 30];
    let n_rows = matrix.nrows();
    let names: Vec<String> = (0..n_rows).map(|k| format!("name {k}")).collect();
    let row = |names| Axis {
        names,
        ..cells("row", 3, n_rows)
    };
    let heatmap = heatmap_panel(matrix.view(), rows);
    let (x, y) = match rows {
        Rows::Down => (heatmap.x.clone(), row(Cow::Owned(names))),
        Rows::Across => (row(Cow::Owned(names)), heatmap.y.clone()),
    };
    let curve = Line {
        between: Some(Between {
            per_cell: 3,
            values: (0..=(n_rows - 1) * 3)
                .map(|k| (k % 7) as f32 / 7.0)
                .collect(),
        }),
        ..Line::new("finer", Role::Mu, matrix.column(1))
    };
    vec![
        Panel { x, y, ..heatmap },
        Panel {
            x: row(Cow::Borrowed(&[])),
            ..lines_panel(matrix.t(), 0)
        },
        Panel::new(
            row(Cow::Borrowed(&[])),
            values("", 0.0, 1.0),
            Plot::Lines(vec![curve]),
        ),
        Panel {
            x: row(Cow::Borrowed(&[])),
            ..bars_panel(aview1(&VALUES), CellAxis::X)
        },
        Panel {
            y: row(Cow::Borrowed(&[])),
            ..bars_panel(aview1(&VALUES), CellAxis::Y)
        },
    ]
}

#[test]
fn nothing_is_copied() {
    let matrix = steps(30, 20);
    let crop = cropped(
        figure("", vec![heatmap_panel(matrix.view(), Rows::Down)]),
        &[("row", window(4, 9)), ("column", window(2, 5))],
    );
    let Plot::Heatmap(heatmap) = &crop.panels[0].plot else {
        panic!("no heatmap")
    };
    assert_eq!(heatmap.values.as_ptr(), &raw const matrix[[4, 2]]);
    assert_eq!(heatmap.values.dim(), (9, 5));
}

#[test]
fn axes_with_other_keys_and_values_stay() {
    let matrix = steps(30, 20);
    let all = figure("", everything(&matrix, Rows::Down));
    let other = cropped(all.clone(), &[("token", window(4, 9))]);
    assert_eq!(format!("{other:?}"), format!("{all:?}"));
    let rows = cropped(all.clone(), &[("row", window(5, 9))]);
    assert_eq!(rows.panels[0].x.span, all.panels[0].x.span);
    assert_eq!(rows.panels[0].y.span, Span::Cells { first: 5, len: 9 });
    assert_eq!(rows.panels[0].y.names[0], "name 2");
    assert_eq!(rows.panels[1].y.span, all.panels[1].y.span);
    assert_eq!(all.full_window("row"), Some(window(3, 30)));
    assert_eq!(all.full_window("column"), Some(window(0, 20)));
    assert_eq!(all.full_window("token"), None);
    assert_eq!(all.full_window(""), None);
}

#[test]
fn a_window_that_is_everything_is_none() {
    let full = window(10, 64);
    let mut windows = Windows::default();
    windows.update("position", full, |whole| whole.zoom(30.0, 2.0, full));
    assert_eq!(windows.get("position"), Some(window(20, 32)));
    windows.update("dimension", window(0, 8), |_| window(1, 3));
    windows.update("position", full, |part| part.zoom(30.0, 0.1, full));
    assert_eq!(windows.get("position"), None);
    assert_eq!(
        windows.iter().collect::<Vec<_>>(),
        [("dimension", window(1, 3))]
    );
    windows.remove("dimension");
    windows.update("", full, |_| window(12, 2));
    assert!(windows.is_empty());
}

/// The x coordinates of the first curve, in CSS pixels.
fn curve_xs(figure: &Figure) -> Vec<f64> {
    let text = picture(figure);
    let stroke = "stroke-width=\"16\" points=\"";
    let points = text
        .split(stroke)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let xs = points.split_whitespace();
    xs.map(|p| p.split(',').next().unwrap().parse::<f64>().unwrap() / 8.0)
        .collect()
}

#[test]
fn a_cropped_curve_runs_on_to_the_edges_of_the_plot() {
    let matrix = Array2::from_shape_fn((1, 30), |(_, k)| (k % 3) as f32 / 3.0);
    let whole = || figure("", vec![lines_panel(matrix.view(), 0)]);
    let place = |figure: &Figure| Layout::of(figure, SIZE.width, SIZE.height).panels[0].clone();
    for (first, len, leaves_left, leaves_right) in [
        (0, 30, false, false),
        (0, 9, false, true),
        (8, 9, true, true),
        (21, 9, true, false),
    ] {
        let crop = cropped(whole(), &[("position", window(first, len))]);
        let (xs, place) = (curve_xs(&crop), place(&crop));
        let edge = |leaves: bool, edge: f64, cell: u64| {
            if leaves {
                edge
            } else {
                place.x.px_from_cell(cell).unwrap()
            }
        };
        let left = edge(leaves_left, place.plot.x, first);
        let right = edge(leaves_right, place.plot.right(), first + len as u64 - 1);
        assert!((xs[0] - left).abs() < 0.1, "{xs:?} from {left}");
        assert!((xs[xs.len() - 1] - right).abs() < 0.1, "{xs:?} to {right}");
    }
}

#[test]
fn a_curve_that_begins_later_stays_in_its_cells() {
    const BEGIN: usize = 10;
    let matrix = Array2::from_shape_fn((1, 30), |(_, k)| (k % 3) as f32 / 3.0);
    let whole = || {
        let mut panel = lines_panel(matrix.view(), 0);
        let Plot::Lines(curves) = &mut panel.plot else {
            panic!("curves");
        };
        curves.truncate(1);
        curves[0].values = matrix.slice(s![0, BEGIN..]);
        curves[0].first = BEGIN as isize;
        figure("", vec![panel])
    };
    for (first, len) in [(0, 30), (0, 15), (12, 9), (9, 3), (20, 10)] {
        let crop = cropped(whole(), &[("position", window(first, len))]);
        let place = Layout::of(&crop, SIZE.width, SIZE.height).panels[0].clone();
        let xs = curve_xs(&crop);
        let left = if first > BEGIN as u64 {
            place.plot.x
        } else {
            place.x.px_from_cell(BEGIN as u64).unwrap()
        };
        assert!((xs[0] - left).abs() < 0.1, "{xs:?} from {left}");
        let Plot::Lines(curves) = &crop.panels[0].plot else {
            panic!("curves");
        };
        // Whatever is kept, a value stays at its cell.
        for (k, &value) in curves[0].values.iter().enumerate() {
            let cell = (first as isize + curves[0].first + k as isize) as usize;
            assert_eq!(value, matrix[[0, cell]], "cell {cell} of {first}+{len}");
        }
    }
    let before = cropped(whole(), &[("position", window(0, 5))]);
    assert!(matches!(&before.panels[0].plot, Plot::Lines(curves) if curves[0].values.is_empty()));
}

#[test]
fn another_window_is_another_raster() {
    let matrix = steps(30, 20);
    let mut rasters = Rasters::default();
    let mut draw = |first: u64| {
        let crop = cropped(
            figure("", vec![heatmap_panel(matrix.view(), Rows::Down)]),
            &[("row", window(first, 6))],
        );
        let mut text = String::new();
        let surface = figures::SvgSurface::new(&mut text, SIZE, "");
        let theme = theme(Scheme::Light);
        figures::draw::draw(surface, &crop, &theme, SIZE, &mut rasters).unwrap();
        text
    };
    let (first, second) = (draw(3), draw(4));
    assert_ne!(image_of(&first), image_of(&second));
    assert_eq!(draw(3), first);
}

#[test]
fn names_stand_at_the_ticks_where_they_fit() {
    let matrix = steps(6, 6);
    let words = ["The", "animal", "didn't", "cross", "the", "street"];
    let names: Vec<String> = words.map(str::to_owned).into();
    let labels = |width: f64, height: f64| {
        let mut panel = heatmap_panel(matrix.view(), Rows::Down);
        panel.x.names = Cow::Borrowed(&names);
        panel.y.names = Cow::Borrowed(&names);
        panel.cross = Cross::default();
        let layout = Layout::of(&figure("", vec![panel]), width, height);
        let place = &layout.panels[0];
        let texts = |ticks: &[figures::ticks::Tick]| {
            let texts: Vec<_> = ticks.iter().map(|tick| tick.label.clone()).collect();
            texts.join(" ")
        };
        (texts(&place.x_ticks), texts(&place.y_ticks))
    };
    let all = words.join(" ");
    assert_eq!(labels(500.0, 300.0), (all.clone(), all.clone()));
    let (x, y) = labels(330.0, 160.0);
    assert_eq!(x, "The ani… did… cross the str…");
    assert_eq!(y, all);
    let (x, y) = labels(190.0, 140.0);
    assert_eq!(x, "The di… the");
    assert_eq!(y, "The didn't the");
}
