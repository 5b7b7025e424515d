//! Colours as a choice: the range comes from the data or from the reader, and any choice can be drawn.

use figures::{
    CellAxis, ColourChoice, Colours, Figure, Panel, Plot, Ramp, RangeChoice, Rows, finite_range,
};
use ndarray::{Array2, ShapeBuilder, array, aview1, s};
use proptest::prelude::*;

use crate::panels::{
    SIGNED, bars_panel, empty_panel, figure, heatmap_panel, histogram_panel, odd_f32, steps,
};
use crate::pictures::size;
use crate::spy::look_at;

fn colours(figure: &Figure) -> Vec<Colours> {
    let of = |panel: &Panel| match &panel.plot {
        Plot::Heatmap(heatmap) => Some(heatmap.colours),
        Plot::Bars(bars) => Some(bars.colours),
        _ => None,
    };
    figure.panels.iter().filter_map(of).collect()
}

/// The panels after a choice; `usual` is what their colours were.
fn recoloured(mut panels: Vec<Panel>, usual: Colours, choice: ColourChoice) -> Figure {
    for panel in &mut panels {
        match &mut panel.plot {
            Plot::Heatmap(heatmap) => heatmap.colours = usual,
            Plot::Bars(bars) => bars.colours = usual,
            _ => {}
        }
    }
    let mut figure = figure("", panels);
    figure.recolour(choice);
    figure
}

fn chosen(panels: Vec<Panel>, usual: Colours, choice: ColourChoice) -> Vec<Colours> {
    colours(&recoloured(panels, usual, choice))
}

fn range(range: RangeChoice) -> ColourChoice {
    ColourChoice { ramp: None, range }
}

const PROBABILITIES: Colours = Colours {
    ramp: Ramp::Sequential,
    min: 0.0,
    max: 1.0,
};

#[test]
fn all_panels_of_a_figure_share_the_range_of_its_heatmaps() {
    let (a, b) = (array![[0.5, -2.0]], array![[f32::NAN, 3.0]]);
    let row = [9.0_f32, -9.0];
    let panels = || {
        vec![
            heatmap_panel(a.view(), Rows::Down),
            histogram_panel(),
            heatmap_panel(b.view(), Rows::Across),
            bars_panel(aview1(&row), CellAxis::X),
            empty_panel(),
        ]
    };
    for (choice, min, max) in [
        (RangeChoice::Usual, -1.0, 1.0),
        (RangeChoice::Auto, -2.0, 3.0),
        (RangeChoice::Symmetric, -3.0, 3.0),
        (RangeChoice::Fixed(0.25), -0.25, 0.25),
    ] {
        let expected = Colours { min, max, ..SIGNED };
        assert_eq!(chosen(panels(), SIGNED, range(choice)), [expected; 3]);
    }
    let bars = vec![bars_panel(aview1(&row[..1]), CellAxis::Y)];
    let expected = Colours {
        min: -9.0,
        max: 9.0,
        ..SIGNED
    };
    assert_eq!(
        chosen(bars, SIGNED, range(RangeChoice::Symmetric)),
        [expected],
        "bars alone have their own"
    );
}

#[test]
fn a_cropped_figure_has_the_range_of_what_it_shows() {
    let values = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]];
    let mut figure = figure("", vec![heatmap_panel(values.view(), Rows::Down)]);
    let mut windows = figures::Windows::default();
    let full = figure.full_window("row").unwrap();
    windows.update("row", full, |_| figures::Window { first: 1, len: 1 });
    figure.crop(&windows);
    figure.recolour(range(RangeChoice::Auto));
    assert_eq!(
        (colours(&figure)[0].min, colours(&figure)[0].max),
        (4.0, 6.0)
    );
}

#[test]
fn a_ramp_can_be_chosen_alone() {
    let values = steps(3, 4);
    for ramp in Ramp::ALL {
        let panels = vec![heatmap_panel(values.view(), Rows::Down)];
        let choice = ColourChoice {
            ramp: Some(ramp),
            ..ColourChoice::default()
        };
        assert_eq!(chosen(panels, SIGNED, choice), [Colours { ramp, ..SIGNED }]);
    }
}

#[test]
fn a_sequential_ramp_begins_at_zero_where_nothing_is_below() {
    let values = array![[0.25, 0.75]];
    for (usual, ramp, min) in [
        (PROBABILITIES, Ramp::Sequential, 0.0),
        (PROBABILITIES, Ramp::ManyHued, 0.0),
        (PROBABILITIES, Ramp::PurpleGreen, -1.0),
        (SIGNED, Ramp::Sequential, -1.0),
        (SIGNED, Ramp::Diverging, -1.0),
    ] {
        for (range, reach) in [
            (RangeChoice::Fixed(2.0), 2.0),
            (RangeChoice::Symmetric, 0.75),
        ] {
            let panels = vec![heatmap_panel(values.view(), Rows::Down)];
            let choice = ColourChoice {
                ramp: Some(ramp),
                range,
            };
            let expected = Colours {
                ramp,
                min: min * reach,
                max: reach,
            };
            assert_eq!(chosen(panels, usual, choice), [expected]);
        }
    }
}

#[test]
fn what_spans_nothing_can_still_be_drawn() {
    let usual = (-1.0, 1.0);
    for (value, auto, symmetric) in [
        (2.0, (0.0, 2.0), (-2.0, 2.0)),
        (-2.0, (-2.0, 0.0), (-2.0, 2.0)),
        (0.0, usual, usual),
        (-0.0, usual, usual),
        (f32::NAN, usual, usual),
        (f32::INFINITY, usual, usual),
    ] {
        let values = Array2::from_elem((3, 4), value);
        for (choice, (min, max)) in [
            (RangeChoice::Auto, auto),
            (RangeChoice::Symmetric, symmetric),
        ] {
            let panels = vec![heatmap_panel(values.view(), Rows::Down)];
            let expected = Colours { min, max, ..SIGNED };
            assert_eq!(chosen(panels, SIGNED, range(choice)), [expected], "{value}");
        }
    }
    let values = steps(3, 4);
    for reach in [
        0.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        1e300,
        1e-300,
    ] {
        let panels = vec![heatmap_panel(values.view(), Rows::Down)];
        assert_eq!(
            chosen(panels, SIGNED, range(RangeChoice::Fixed(reach))),
            [SIGNED],
            "{reach}"
        );
    }
    assert!(chosen(Vec::new(), SIGNED, range(RangeChoice::Auto)).is_empty());
}

/// The obvious form.
fn reference(values: &Array2<f32>) -> Option<(f32, f32)> {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    Some((finite().reduce(f32::min)?, finite().reduce(f32::max)?))
}

fn any_range() -> impl Strategy<Value = RangeChoice> {
    prop_oneof![
        Just(RangeChoice::Usual),
        Just(RangeChoice::Auto),
        Just(RangeChoice::Symmetric),
        any::<f64>().prop_map(RangeChoice::Fixed),
    ]
}

proptest! {
    #[test]
    fn the_range_is_that_of_the_finite_values(
        n_rows in 0_usize..40, n_columns in 0_usize..60,
        data in proptest::collection::vec(odd_f32(), 1..2400), holes in any::<bool>(),
    ) {
        let values = Array2::from_shape_fn((n_rows, n_columns), |(r, c)| {
            let value = data[(r * n_columns + c) % data.len()];
            if holes || value.is_finite() { value } else { 0.5 }
        });
        let mut columns_first = Array2::zeros(values.dim().f());
        columns_first.assign(&values);
        for view in [values.view(), columns_first.view(), values.t(), values.slice(s![..;-1, ..;-1])] {
            prop_assert_eq!(finite_range(&view), reference(&values));
        }
        let part = values.slice(s![..n_rows / 2, ..;2]);
        prop_assert_eq!(finite_range(&part), reference(&part.to_owned()));
    }

    #[test]
    fn any_choice_draws(data in proptest::collection::vec(odd_f32(), 12), ramp in 0_usize..4, range in any_range(), usual in (any::<f32>(), any::<f32>())) {
        let values = Array2::from_shape_vec((3, 4), data.clone()).unwrap();
        let usual = Colours { ramp: Ramp::Diverging, min: usual.0, max: usual.1 };
        let panels = vec![heatmap_panel(values.view(), Rows::Down), bars_panel(aview1(&data), CellAxis::X)];
        let figure = recoloured(panels, usual, ColourChoice { ramp: Some(Ramp::ALL[ramp]), range });
        for colours in colours(&figure) {
            let is_usual = colours == (Colours { ramp: Ramp::ALL[ramp], ..usual });
            prop_assert!(is_usual || colours.min < colours.max || usual.min.is_nan() || usual.max.is_nan());
        }
        look_at(&figure, size(500.0, 200.0));
    }
}
