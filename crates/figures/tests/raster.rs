//! The fast raster against a slow and obvious one.

use std::borrow::Cow;

use figures::ramp::{TABLE_LEN, hatch};
use figures::raster::{caption, edge_px, paint};
use figures::{Colours, Coverage, Heatmap, Holes, Ramp, Raster, Rows, Scheme};
use ndarray::{Array2, ArrayView2, ShapeBuilder, array, s};
use proptest::prelude::*;

use crate::panels::{SIGNED, steps};
use crate::pictures::assert_in_both_schemes;

/// The cells under a pixel along one axis, each with the part that is covered.
fn cells_under(px: usize, n_px: usize, n_cells: usize) -> Vec<(usize, f64)> {
    if n_cells <= n_px {
        return vec![((2 * px + 1) * n_cells / (2 * n_px), 1.0)];
    }
    let size = n_cells as f64 / n_px as f64;
    let (from, to) = (px as f64 * size, (px + 1) as f64 * size);
    (0..n_cells)
        .map(|k| (k, (to.min(k as f64 + 1.0) - from.max(k as f64)).max(0.0)))
        .filter(|&(_, part)| part > 1e-9)
        .collect()
}

/// What a pixel may look like: every colour within one step of the exact mean, or hatched.
struct Allowed {
    colours: Vec<[u8; 4]>,
    /// The part of it that finite cells cover.
    share: f64,
}

fn reference(
    heatmap: &Heatmap,
    scheme: Scheme,
    (width, height): (usize, usize),
    (x, y): (usize, usize),
) -> Allowed {
    let (n_rows, n_columns) = heatmap.values.dim();
    let (rows, columns) = match heatmap.rows {
        Rows::Down => (
            cells_under(y, height, n_rows),
            cells_under(x, width, n_columns),
        ),
        Rows::Across => (
            cells_under(x, width, n_rows),
            cells_under(y, height, n_columns),
        ),
    };
    let (mut sum, mut finite, mut covered) = (0.0, 0.0, 0.0);
    for &(row, a) in &rows {
        for &(column, b) in &columns {
            let value = f64::from(heatmap.values[[row, column]]);
            covered += a * b;
            if value.is_finite() {
                finite += a * b;
                sum += a * b * value;
            }
        }
    }
    let mut colours = Vec::new();
    let share = finite / covered;
    if share < 0.5 + 1e-5 {
        let [card, edge] = hatch(scheme);
        colours.push(if (x + y) % 6 < 2 { edge } else { card });
    }
    if share > 0.5 - 1e-5 {
        let Colours { ramp, min, max } = heatmap.colours;
        let last = (TABLE_LEN - 1) as f64;
        let at = (sum / finite - f64::from(min)) / f64::from(max - min) * last;
        let at = at.clamp(0.0, last).round() as usize;
        let table = ramp.table(scheme);
        colours.extend(&table[at.saturating_sub(1)..(at + 2).min(TABLE_LEN)]);
    }
    Allowed { colours, share }
}

fn check(heatmap: &Heatmap, size: (usize, usize)) -> Result<(), TestCaseError> {
    let scheme = Scheme::Dark;
    let mut raster = Raster::default();
    let (coverage, holes) = paint(heatmap, scheme, size.0, size.1, &mut raster);
    prop_assert_eq!((raster.width, raster.height), size);
    prop_assert_eq!(raster.rgba.len(), size.0 * size.1 * 4);
    let mut least_share = 1.0_f64;
    for (idx, pixel) in raster.rgba.as_chunks::<4>().0.iter().enumerate() {
        let at = (idx % size.0, idx / size.0);
        let allowed = reference(heatmap, scheme, size, at);
        least_share = least_share.min(allowed.share);
        prop_assert!(
            allowed.colours.contains(pixel),
            "{:?}: {:?} not in {:?}",
            at,
            pixel,
            allowed.colours
        );
    }
    let n_holes = heatmap.values.iter().filter(|v| !v.is_finite()).count();
    prop_assert_eq!(holes.n_cells, n_holes);
    let can_be_hatched = least_share < 0.5 + 1e-5;
    let must_be_hatched = least_share < 0.5 - 1e-4;
    prop_assert!(holes.is_hatched <= can_be_hatched && holes.is_hatched >= must_be_hatched);
    let (n_rows, n_columns) = heatmap.values.dim();
    let (across, down) = match heatmap.rows {
        Rows::Down => (n_columns, n_rows),
        Rows::Across => (n_rows, n_columns),
    };
    prop_assert_eq!(coverage.x, across as f64 / size.0 as f64);
    prop_assert_eq!(coverage.y, down as f64 / size.1 as f64);
    Ok(())
}

fn rows() -> impl Strategy<Value = Rows> {
    prop_oneof![Just(Rows::Down), Just(Rows::Across)]
}

/// Values from −1.2 to 1.2 with some that are not numbers, `holes` in a hundred.
fn matrix(holes: u32) -> impl Strategy<Value = Array2<f32>> {
    (1_usize..40, 1_usize..50).prop_flat_map(move |(n_rows, n_columns)| {
        let cell = (-1.2_f32..1.2, 0_u32..100).prop_map(move |(value, dice)| {
            if dice >= holes {
                value
            } else {
                [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][dice as usize % 3]
            }
        });
        proptest::collection::vec(cell, n_rows * n_columns)
            .prop_map(move |cells| Array2::from_shape_vec((n_rows, n_columns), cells).unwrap())
    })
}

fn heatmap(values: ArrayView2<'_, f32>, rows: Rows) -> Heatmap<'_> {
    Heatmap {
        values,
        rows,
        colours: SIGNED,
        undefined: Cow::Borrowed(""),
        version: 0,
    }
}

proptest! {
    #[test]
    fn numbers_are_as_the_reference_has_them(values in matrix(0), rows in rows(), width in 1_usize..70, height in 1_usize..60) {
        check(&heatmap(values.view(), rows), (width, height))?;
    }

    #[test]
    fn so_are_holes(values in matrix(30), rows in rows(), width in 1_usize..50, height in 1_usize..40) {
        check(&heatmap(values.view(), rows), (width, height))?;
    }

    #[test]
    fn the_order_in_memory_makes_no_difference(values in matrix(5), rows in rows(), width in 1_usize..50, height in 1_usize..40) {
        let mut columns_first = Array2::zeros(values.dim().f());
        columns_first.assign(&values);
        check(&heatmap(columns_first.view(), rows), (width, height))?;
        let mut spread = Array2::zeros((values.nrows() * 2, values.ncols() * 3));
        spread.slice_mut(s![..;2, ..;3]).assign(&values);
        check(&heatmap(spread.slice(s![..;2, ..;3]), rows), (width, height))?;
        check(&heatmap(values.slice(s![..;-1, ..]), rows), (width, height))?;
        check(&heatmap(values.slice(s![.., ..;-1]), rows), (width, height))?;
    }

    #[test]
    fn edges_are_where_the_next_cell_is_nearest(cells in 1_usize..200, extra in 0_usize..900) {
        let px = cells + extra;
        prop_assert_eq!(edge_px(0, cells, px), 0);
        prop_assert_eq!(edge_px(cells, cells, px), px);
        for k in 0..cells {
            for p in edge_px(k, cells, px)..edge_px(k + 1, cells, px) {
                prop_assert_eq!((2 * p + 1) * cells / (2 * px), k);
            }
        }
    }
}

#[test]
fn a_large_matrix_is_as_the_reference_has_it() {
    let values = steps(1031, 517);
    for rows in [Rows::Down, Rows::Across] {
        check(&heatmap(values.view(), rows), (97, 61)).unwrap();
        check(&heatmap(values.view(), rows), (1, 1)).unwrap();
    }
    // With as many holes as numbers, and more rows under a pixel than are added up at once.
    let mut holey = values;
    holey.iter_mut().step_by(3).for_each(|v| *v = f32::NAN);
    holey.row_mut(7).fill(f32::NEG_INFINITY);
    for rows in [Rows::Down, Rows::Across] {
        check(&heatmap(holey.view(), rows), (97, 61)).unwrap();
        check(&heatmap(holey.view(), rows), (3, 2)).unwrap();
    }
}

#[test]
fn numbers_near_the_end_of_f32_do_not_overflow() {
    let values = Array2::from_elem((64, 64), 3e38_f32);
    let colours = Colours {
        ramp: Ramp::Sequential,
        min: 0.0,
        max: 3e38,
    };
    let heatmap = Heatmap {
        values: values.view(),
        rows: Rows::Down,
        colours,
        undefined: Cow::Borrowed(""),
        version: 0,
    };
    check(&heatmap, (5, 3)).unwrap();
}

#[test]
fn an_empty_matrix_and_an_empty_size_do_no_harm() {
    let mut raster = Raster::default();
    let nothing = Array2::zeros((0, 5));
    assert_eq!(
        paint(
            &heatmap(nothing.view(), Rows::Down),
            Scheme::Light,
            4,
            3,
            &mut raster
        ),
        (Coverage::default(), Holes::default())
    );
    assert!(raster.rgba.iter().all(|&byte| byte == 255), "the card");
    let values = steps(3, 4);
    for (width, height) in [(0, 0), (0, 7), (7, 0)] {
        paint(
            &heatmap(values.view(), Rows::Across),
            Scheme::Light,
            width,
            height,
            &mut raster,
        );
        assert!(raster.rgba.is_empty());
    }
}

#[test]
fn a_size_that_no_screen_has_is_no_size() {
    let values = steps(3, 4);
    let mut raster = Raster::default();
    for (width, height) in [
        (usize::MAX, 2),
        (1 << 20, 1 << 20),
        (usize::MAX, usize::MAX),
    ] {
        paint(
            &heatmap(values.view(), Rows::Down),
            Scheme::Light,
            width,
            height,
            &mut raster,
        );
        assert_eq!((raster.width, raster.height, raster.rgba.len()), (0, 0, 0));
    }
}

/// The colours of a raster, a line for each of its lines.
fn as_text(heatmap: &Heatmap, scheme: Scheme, (width, height): (usize, usize)) -> String {
    let mut raster = Raster::default();
    let (coverage, holes) = paint(heatmap, scheme, width, height, &mut raster);
    let mut text = format!("{coverage:?}\n{holes:?}\n");
    for line in raster.rgba.chunks(width * 4) {
        for [r, g, b, _] in line.as_chunks::<4>().0 {
            text += &format!("{r:02x}{g:02x}{b:02x} ");
        }
        text = text.trim_end().to_owned() + "\n";
    }
    text
}

/// Small rasters of every kind, so that a change of a single pixel is seen.
#[test]
fn golden_rasters() {
    let values = steps(3, 4);
    let mut holes = steps(6, 7);
    holes[[1, 2]] = f32::NAN;
    holes.row_mut(4).fill(f32::NEG_INFINITY);
    let many = steps(30, 40);
    let many_holes = Array2::from_shape_fn((30, 40), |(r, c)| {
        if c > r {
            f32::NEG_INFINITY
        } else {
            many[[r, c]]
        }
    });
    let snapshot = |name: &str, heatmap: Heatmap, size| {
        assert_in_both_schemes(&format!("raster__{name}"), |scheme| {
            as_text(&heatmap, scheme, size)
        });
    };
    snapshot("nearest", heatmap(values.view(), Rows::Down), (9, 7));
    snapshot(
        "nearest-across",
        heatmap(values.view(), Rows::Across),
        (7, 9),
    );
    snapshot("mean", heatmap(many.view(), Rows::Down), (9, 7));
    snapshot("mean-across", heatmap(many.view(), Rows::Across), (9, 7));
    snapshot("hatched", heatmap(holes.view(), Rows::Down), (14, 12));
    snapshot(
        "hatched-mean",
        heatmap(many_holes.view(), Rows::Down),
        (12, 10),
    );
    snapshot(
        "cropped",
        heatmap(many.slice(s![4..9, 30..36]), Rows::Down),
        (12, 10),
    );
    snapshot(
        "cropped-mean",
        heatmap(many.slice(s![4..27, 3..38]), Rows::Across),
        (12, 10),
    );
    for ramp in Ramp::ALL {
        let ends = array![[-1.0, -0.5, 0.0, 0.5, 1.0]];
        let colours = Colours {
            ramp,
            min: -1.0,
            max: 1.0,
        };
        let heatmap = Heatmap {
            colours,
            ..heatmap(ends.view(), Rows::Down)
        };
        snapshot(&format!("ramp-{ramp:?}").to_lowercase(), heatmap, (5, 1));
    }
}

#[test]
fn painting_again_takes_no_new_memory() {
    let values = steps(300, 200);
    let mut raster = Raster::default();
    paint(
        &heatmap(values.view(), Rows::Down),
        Scheme::Light,
        120,
        80,
        &mut raster,
    );
    let memory = raster.rgba.as_ptr();
    paint(
        &heatmap(values.view(), Rows::Across),
        Scheme::Light,
        80,
        120,
        &mut raster,
    );
    assert_eq!(raster.rgba.as_ptr(), memory);
}

#[test]
fn the_caption_says_how_many_cells_a_pixel_is() {
    assert_eq!(caption(Coverage { x: 0.5, y: 1.0 }), None);
    assert_eq!(
        caption(Coverage { x: 4.0, y: 2.0 }).unwrap(),
        "1 px = 4 × 2 cells"
    );
    assert_eq!(
        caption(Coverage { x: 6.302, y: 0.2 }).unwrap(),
        "1 px = 6.3 × 1 cells"
    );
}
