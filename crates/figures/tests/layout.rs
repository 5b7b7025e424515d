//! Geometry: figures that share an axis line up, and what is under the pointer is what is drawn there.

use figures::layout::{columns, filling_text_px, height, roominess, roomy_text_px, rows};
use figures::{CellAxis, Groups, Layout, Panel, Rows, Scheme, Span, Theme};
use ndarray::aview1;
use proptest::prelude::*;

use crate::panels::{
    bands_panel, bars_panel, cells, empty_panel, figure, heatmap_panel, histogram_panel,
    lines_panel, points_panel, sketch_panel, steps, theme,
};

fn with_text(text_px: f64) -> Theme {
    Theme {
        text_px,
        ..theme(Scheme::Light)
    }
}

#[test]
fn panels_stand_side_by_side_where_there_is_room() {
    for (n_panels, width, expected) in [
        (1, 0.0, 1),
        (1, 1000.0, 1),
        (3, 934.0, 3),
        (3, 632.0, 3),
        (3, 631.0, 1),
        (3, 416.0, 1),
        (4, 500.0, 2),
        (4, 900.0, 4),
        // Many are smaller, and stand in two rows at least.
        (6, 930.0, 3),
        (7, 930.0, 1),
        (8, 316.0, 2),
        (8, 930.0, 4),
        (8, 2000.0, 4),
        (10, 930.0, 5),
        (16, 930.0, 4),
        (16, 1300.0, 8),
        (0, 500.0, 1),
        (2, f64::NAN, 1),
    ] {
        assert_eq!(columns(n_panels, width), expected, "{n_panels} in {width}");
    }
    assert_eq!(rows(3, 400.0), 3);
    assert_eq!(rows(4, 500.0), 2);
    assert_eq!(rows(0, 500.0), 1);
}

#[test]
fn a_large_window_has_larger_figures_and_a_usual_one_the_usual() {
    for (window, room, text_px) in [
        ((360.0, 640.0), 1.0, 12.0),
        ((1280.0, 800.0), 1.0, 12.0),
        // Only as much as there is of both.
        ((1280.0, 1200.0), 1.0, 12.0),
        ((1920.0, 1080.0), 1.35, 14.0),
        ((2560.0, 1440.0), 1.8, 17.0),
        ((9000.0, 9000.0), 2.5, 21.0),
        ((0.0, 0.0), 1.0, 12.0),
    ] {
        assert_eq!(roominess(window), room, "{window:?}");
        assert_eq!(roomy_text_px(room), text_px, "{window:?}");
    }
    // Larger text stacks panels sooner, as the layout does.
    assert_eq!(height(3, 700.0, 200.0, 12.0), 200.0);
    assert_eq!(height(3, 700.0, 200.0, 18.0), 600.0);
}

#[test]
fn a_figure_that_fills_the_window_is_read_from_the_back_row() {
    for (n_panels, (width, height), least, n_columns) in [
        // Beside the controls, in a window of 1280 × 720.
        (1, (970.0, 560.0), 21.0, 1),
        (2, (970.0, 560.0), 21.0, 2),
        (3, (970.0, 560.0), 18.0, 3),
        (4, (970.0, 560.0), 18.0, 2),
        (8, (970.0, 560.0), 18.0, 4),
        (16, (970.0, 560.0), 18.0, 4),
        // In one of 1920 × 1080.
        (1, (1460.0, 860.0), 30.0, 1),
        (4, (1460.0, 860.0), 20.0, 4),
        // On a phone as on the page.
        (1, (340.0, 420.0), 12.0, 1),
        (3, (340.0, 420.0), 12.0, 1),
    ] {
        let text_px = filling_text_px(n_panels, width, height);
        let named = format!("{n_panels} in {width} × {height}: {text_px}");
        assert!(text_px >= least, "{named}");
        let unscaled = width * Theme::TEXT_PX / text_px;
        assert_eq!(columns(n_panels, unscaled), n_columns, "{named}");
    }
    for odd in [f64::INFINITY, -1.0, 0.0] {
        let text_px = filling_text_px(3, odd, odd);
        assert!((12.0..=48.0).contains(&text_px), "{odd}: {text_px}");
    }
}

#[test]
fn figures_that_share_an_axis_line_up() {
    let encoding = steps(64, 128);
    let heatmap = figure(
        "heatmap",
        vec![heatmap_panel(encoding.view(), Rows::Across)],
    );
    let curves = figure(
        "curves",
        vec![lines_panel(encoding.view().reversed_axes(), 0)],
    );
    let vector = figure("vector", vec![bars_panel(encoding.row(2), CellAxis::Y)]);
    let heatmap = &Layout::of(&heatmap, 702.0, 330.0).panels[0];
    let curves = &Layout::of(&curves, 702.0, 190.0).panels[0];
    let vector = &Layout::of(&vector, 196.0, 330.0).panels[0];
    for position in 0..64 {
        assert_eq!(
            heatmap.x.px_from_cell(position),
            curves.x.px_from_cell(position)
        );
    }
    for dimension in 0..128 {
        assert_eq!(
            heatmap.y.px_from_cell(dimension),
            vector.y.px_from_cell(dimension)
        );
    }
    assert!(
        vector.plot.x < heatmap.plot.x,
        "no tick labels, no room for them"
    );
    assert!(vector.y_ticks.is_empty());
}

#[test]
fn bars_that_lie_have_the_names_of_their_cells() {
    let values = steps(1, 3);
    let names = ["river", "money", "bank"].map(str::to_owned);
    let mut panel = bars_panel(values.row(0), CellAxis::Y);
    panel.y.names = std::borrow::Cow::Borrowed(&names);
    let layout = Layout::of(&figure("weights", vec![panel]), 300.0, 200.0);
    let ticks = layout.panels[0].y_ticks.iter();
    assert!(ticks.map(|tick| &tick.label).eq(&names));
}

#[test]
fn a_caption_in_one_panel_is_room_in_all() {
    let values = steps(8, 64);
    let plain = || heatmap_panel(values.view(), Rows::Down);
    let with_caption = Panel {
        caption: "words".into(),
        ..plain()
    };
    let without = Layout::of(&figure("a", vec![plain(), plain()]), 600.0, 200.0);
    let with = Layout::of(&figure("b", vec![plain(), with_caption]), 600.0, 200.0);
    assert_eq!(with.panels[0].plot.height, with.panels[1].plot.height);
    assert!(with.panels[0].plot.height < without.panels[0].plot.height);
    assert!(with.panels[0].caption_y < 200.0);
}

#[test]
fn groups_of_cells_are_named_in_their_middles() {
    let values = steps(32, 4);
    let mut panel = heatmap_panel(values.view(), Rows::Down);
    let ticks = |panel: &Panel| {
        let layout = Layout::of(&figure("a", vec![panel.clone()]), 600.0, 300.0);
        let ticks = layout.panels[0].y_ticks.iter();
        ticks
            .map(|tick| (tick.label.clone(), tick.at))
            .collect::<Vec<_>>()
    };
    let plain = ticks(&panel);
    panel.y.groups = Groups(8);
    let expected = [("0", 3.5), ("1", 11.5), ("2", 19.5), ("3", 27.5)];
    let named = |expected: &[(&str, f64)]| {
        let named = expected.iter().map(|&(label, at)| (label.to_owned(), at));
        named.collect::<Vec<_>>()
    };
    assert_eq!(ticks(&panel), named(&expected));
    // One group is no groups, and what is zoomed into keeps its numbers.
    panel.y.groups = Groups(32);
    assert_eq!(ticks(&panel), plain);
    panel.y.groups = Groups(8);
    panel.y.span = Span::Cells { first: 6, len: 6 };
    assert_eq!(ticks(&panel), named(&[("0", 6.5), ("1", 9.5)]));
    // As many as there is room for.
    panel.y.span = Span::Cells {
        first: 0,
        len: 3200,
    };
    assert!((5..40).contains(&ticks(&panel).len()));
}

#[test]
fn long_labels_get_room_in_every_panel() {
    let values = steps(3, 4);
    let far = Panel {
        y: cells("position", 1_000_000, 3),
        ..heatmap_panel(values.view(), Rows::Down)
    };
    let near = heatmap_panel(values.view(), Rows::Down);
    let usual = Layout::of(&figure("near", vec![near.clone()]), 400.0, 200.0);
    let layout = Layout::of(&figure("far", vec![near, far]), 800.0, 200.0);
    let inset = |k: usize| layout.panels[k].plot.x - layout.panels[k].outer.x;
    assert_eq!(inset(0), inset(1));
    assert!(inset(0) > usual.panels[0].plot.x);
}

#[test]
fn larger_text_gets_larger_insets() {
    let values = steps(3, 4);
    let figure = figure("heatmap", vec![heatmap_panel(values.view(), Rows::Down)]);
    let (page, present) = (
        Layout::of(&figure, 600.0, 400.0),
        Layout::in_theme(&figure, 600.0, 400.0, &with_text(24.0)),
    );
    assert_eq!(present.panels[0].plot.x, 2.0 * page.panels[0].plot.x);
    assert_eq!(present.panels[0].plot.y, 2.0 * page.panels[0].plot.y);
}

#[test]
fn values_grow_upwards_and_cells_downwards() {
    let values = steps(2, 6);
    let panel = &Layout::of(
        &figure("lines", vec![lines_panel(values.view(), 0)]),
        400.0,
        200.0,
    )
    .panels[0];
    assert_eq!(panel.y.px_from_value(1.0), panel.plot.y);
    assert_eq!(panel.y.px_from_value(-1.0), panel.plot.bottom());
    assert_eq!(panel.y.value_from_px(panel.plot.y), Some(1.0));
    assert_eq!(panel.y.px_from_cell(0), None);
    assert!(panel.y.px_from_value(f64::NAN).is_nan());
    let panel = &Layout::of(
        &figure("heat", vec![heatmap_panel(values.view(), Rows::Down)]),
        400.0,
        200.0,
    )
    .panels[0];
    assert!(panel.y.px_from_cell(0) < panel.y.px_from_cell(1));
    assert_eq!(panel.y.px_from_cell(2), None);
}

#[test]
fn a_sketch_is_as_large_as_its_place_allows_and_keeps_its_shape() {
    for (width, height) in [(400.0, 200.0), (150.0, 300.0), (320.0, 320.0)] {
        let layout = Layout::of(&figure("sketch", vec![sketch_panel()]), width, height);
        let place = &layout.panels[0];
        let (left, right) = (place.x.px_from_value(0.0), place.x.px_from_value(10.0));
        let (top, bottom) = (place.y.px_from_value(0.0), place.y.px_from_value(8.0));
        assert!(((right - left) / 10.0 - (bottom - top) / 8.0).abs() < 1e-9);
        let plot = place.plot;
        assert!(left >= plot.x - 1e-9 && right <= plot.right() + 1e-9);
        assert!(top >= plot.y - 1e-9 && bottom <= plot.bottom() + 1e-9);
        let is_full = |free: f64| free.abs() < 1e-9;
        assert!(is_full(plot.width - (right - left)) || is_full(plot.height - (bottom - top)));
        assert!(
            (left + right - plot.x - plot.right()).abs() < 1e-9,
            "in the middle"
        );
        assert!(place.x_ticks.is_empty() && place.y_ticks.is_empty());
    }
    // Without axes and words there is room for it; beside a chart it has the chart's place.
    let values = steps(3, 4);
    let heatmap = || heatmap_panel(values.view(), Rows::Down);
    let alone = Layout::of(&figure("a", vec![sketch_panel()]), 300.0, 200.0);
    let beside = Layout::of(&figure("b", vec![sketch_panel(), heatmap()]), 600.0, 200.0);
    assert!(alone.panels[0].plot.height > beside.panels[0].plot.height + 30.0);
    assert_eq!(beside.panels[0].plot.y, beside.panels[1].plot.y);
}

#[test]
fn what_is_under_the_pointer_in_a_sketch_is_what_is_drawn_there() {
    let layout = Layout::of(&figure("sketch", vec![sketch_panel()]), 500.0, 416.0);
    let place = &layout.panels[0];
    // 50 pixels to a unit, or nearly.
    let px = |(x, y): (f64, f64)| (place.x.px_from_value(x), place.y.px_from_value(y));
    let under = |at| {
        let (x, y) = px(at);
        place.cell_at(x, y)
    };
    for (at, cell) in [
        ((2.0, 1.0), Some(0)),
        ((2.0, 1.1), Some(0)),
        ((3.0, 1.9), Some(0)),
        ((2.0, 2.0), None),
        ((5.5, 1.5), Some(1)),
        ((8.9, 2.5), Some(1)),
        // In the notch.
        ((7.0, 2.5), None),
        // The circle is in front of the disc, and what is near it still counts as the disc.
        ((2.0, 5.0), Some(3)),
        ((2.9, 5.0), Some(2)),
        ((6.0, 4.5), Some(4)),
        ((6.0, 5.5), None),
        ((1.5, 7.0), Some(6)),
        ((2.5, 7.0), Some(7)),
        ((3.5, 7.0), None),
    ] {
        assert_eq!(under(at), cell.map(|x| (Some(x), Some(100))), "{at:?}");
    }
    assert_eq!(place.cell_at(place.plot.x - 1.0, place.plot.y), None);
    // Words about a shape stand in the middle of it.
    let near = |a: (f64, f64), b: (f64, f64)| (a.0 - b.0).hypot(a.1 - b.1) < 1e-6;
    for (cell, middle) in [
        (0, (2.0, 1.5)),
        (1, (7.0, 2.0)),
        (3, (2.0, 5.0)),
        (7, (2.5, 7.0)),
    ] {
        assert!(
            near(place.middle_of(Some(cell), Some(100)), px(middle)),
            "{cell}"
        );
    }
    let plot = place.plot;
    let middle = (plot.x + plot.width * 0.5, plot.y + plot.height * 0.5);
    assert_eq!(place.middle_of(Some(99), None), middle);
}

#[test]
fn the_nearest_point_is_under_the_pointer() {
    let x = [-0.75, 0.0, 0.5, f32::NAN, 2.0, 0.25];
    let y = [0.5, -0.25, 0.75, 0.0, 0.0, -0.75];
    let panel = points_panel(aview1(&x), aview1(&y));
    let layout = Layout::of(&figure("points", vec![panel]), 400.0, 400.0);
    let place = &layout.panels[0];
    let px = |x: f64, y: f64| (place.x.px_from_value(x), place.y.px_from_value(y));
    let (at_x, at_y) = px(-0.75, 0.5);
    assert_eq!(
        place.cell_at(at_x + 3.0, at_y - 3.0),
        Some((Some(0), Some(2)))
    );
    assert_eq!(place.cell_at(at_x + 30.0, at_y), None);
    // Of the second set, whose axes are exchanged.
    let (at_x, at_y) = px(0.5, -0.75);
    assert_eq!(place.cell_at(at_x, at_y), Some((Some(0), Some(1))));
    assert_eq!(place.middle_of(Some(0), Some(1)), (at_x, at_y));
}

#[test]
fn words_about_a_cell_stand_in_its_middle() {
    let values = steps(3, 4);
    let layout = Layout::of(
        &figure("heatmap", vec![heatmap_panel(values.view(), Rows::Down)]),
        400.0,
        200.0,
    );
    let place = &layout.panels[0];
    let (x, y) = place.middle_of(Some(2), Some(1));
    assert_eq!(place.cell_at(x, y), Some((Some(2), Some(1))));
    assert_eq!(place.middle_of(Some(2), None).0, x);
    let plot = place.plot;
    assert_eq!(place.middle_of(None, Some(9)).1, plot.y + plot.height * 0.5);
}

#[test]
fn a_name_that_is_a_number_is_never_cut() {
    let values = steps(3, 200);
    let names: Vec<String> = (0..200).map(|n| (5_000 * n).to_string()).collect();
    for width in [200.0, 360.0, 700.0] {
        let mut panel = lines_panel(values.view(), 0);
        panel.x.names = std::borrow::Cow::Borrowed(&names);
        let layout = Layout::of(&figure("lines", vec![panel]), width, 200.0);
        let ticks = &layout.panels[0].x_ticks;
        assert!(!ticks.is_empty());
        assert!(
            ticks.iter().all(|tick| names.contains(&tick.label)),
            "{width}"
        );
    }
}

#[test]
fn decades_are_equally_far_apart() {
    let values = steps(3, 6);
    let figure = figure("bands", vec![bands_panel(values.view())]);
    let place = &Layout::of(&figure, 400.0, 240.0).panels[0];
    // From 10⁻³ at the lower end to 10² at the upper one.
    let px = |value: f64| place.y.px_from_value(value);
    assert_eq!(px(1e-3), place.plot.bottom());
    assert_eq!(px(1e2), place.plot.y);
    for decade in [1e-3, 1e-2, 0.1, 1.0, 10.0] {
        let step = px(decade) - px(decade * 10.0);
        assert!((step - place.plot.height / 5.0).abs() < 1e-9, "{step}");
        let back = place.y.value_from_px(px(decade * 3.0)).unwrap();
        assert!((back / (decade * 3.0) - 1.0).abs() < 1e-9, "{back}");
    }
    for nowhere in [0.0, -1.0, f64::NAN] {
        assert!(!px(nowhere).is_finite(), "{nowhere}");
    }
    assert_eq!(place.y.px_per_cell(), 0.0);
    assert_eq!(place.y.cell_from_px(100.0), None);
    let labels: Vec<_> = place.y_ticks.iter().map(|t| t.label.as_str()).collect();
    assert_eq!(labels, ["10⁻³", "10⁻²", "10⁻¹", "10⁰", "10¹", "10²"]);
}

proptest! {
    #[test]
    fn a_cell_is_under_its_own_middle(
        n_rows in 1_usize..60, n_columns in 1_usize..60, first in 0_u64..2_000_000,
        width in 100.0_f64..1300.0, height in 100.0_f64..500.0,
    ) {
        let values = steps(n_rows, n_columns);
        let panel = Panel {
            x: cells("column", first, n_columns),
            ..heatmap_panel(values.view(), Rows::Down)
        };
        let layout = Layout::of(&figure("heatmap", vec![panel]), width, height);
        let place = &layout.panels[0];
        prop_assert_eq!(place.plot.x.fract(), 0.0);
        prop_assert_eq!(place.plot.width.fract(), 0.0);
        prop_assert_eq!(place.plot.y.fract(), 0.0);
        prop_assert_eq!(place.plot.height.fract(), 0.0);
        for row in 0..n_rows as u64 {
            for column in 0..n_columns as u64 {
                let x = place.x.px_from_cell(first + column).unwrap();
                let y = place.y.px_from_cell(row).unwrap();
                prop_assert_eq!(place.cell_at(x, y), Some((Some(first + column), Some(row))));
                prop_assert!((place.x.px_from_value((first + column) as f64) - x).abs() < 1e-6);
            }
        }
        prop_assert_eq!(place.cell_at(place.plot.x - 1.0, place.plot.y), None);
        prop_assert_eq!(place.cell_at(place.plot.right(), place.plot.y), None);
        prop_assert_eq!(layout.panel_at(1.0, 1.0).map(|(idx, _)| idx), Some(0));
    }

    #[test]
    fn any_size_has_a_layout(width in -50.0_f64..1500.0, height in -50.0_f64..700.0, text_px in 4.0_f64..60.0) {
        let values = steps(3, 40);
        let numbers = [0.5_f32, f32::NAN];
        let figure = figure("all", vec![
            heatmap_panel(values.view(), Rows::Down),
            lines_panel(values.view(), 5),
            bars_panel(aview1(&numbers), CellAxis::X),
            histogram_panel(),
            empty_panel(),
            bars_panel(aview1(&numbers), CellAxis::Y),
        ]);
        let layout = Layout::in_theme(&figure, width, height, &with_text(text_px));
        prop_assert_eq!(layout.panels.len(), 6);
        for place in &layout.panels {
            prop_assert!(place.plot.width >= 0.0 && place.plot.height >= 0.0);
            prop_assert!(place.plot.is_empty() || place.outer.contains(place.plot.x, place.plot.y));
            prop_assert!(place.plot.is_empty() || place.plot.right() <= place.outer.right());
            if place.plot.is_empty() {
                prop_assert_eq!(place.cell_at(place.plot.x, place.plot.y), None);
            }
        }
        for pair in layout.panels.windows(2) {
            let beside = pair[0].outer.right() <= pair[1].outer.x;
            prop_assert!(beside || pair[0].outer.bottom() <= pair[1].outer.y);
        }
    }

    #[test]
    fn what_is_not_a_size_is_no_size(width in any::<f64>(), height in any::<f64>(), text_px in any::<f64>()) {
        let values = steps(3, 4);
        let figure = figure("heatmap", vec![heatmap_panel(values.view(), Rows::Down); 3]);
        // Sizes of a screen that does not exist are only required not to panic.
        Layout::in_theme(&figure, width % 1e5, height % 1e5, &with_text(text_px));
    }
}
