//! Painted curves against a slow and obvious form: how much of each pixel lies near enough to the joined points.

use std::convert::Infallible;

use figures::draw::draw;
use figures::{
    Figure, Layout, Line, PanelBox, Plot, Raster, Rasters, Rect, Rgb, SUBPIXELS, Scheme, Size,
    Surface, Theme,
};
use ndarray::Array2;
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};
use proptest::prelude::*;

use crate::panels::{bands_panel, between_panel, figure, lines_panel, theme};

type Outcome = Result<(), DrawingErrorKind<Infallible>>;

/// A surface that keeps the rasters that it is given, as a canvas does, and nothing else.
struct Kept<'k> {
    blits: &'k mut Vec<(Raster, Rect)>,
    size: Size,
}

impl Surface for Kept<'_> {
    const HAS_CURVES_PAINTED: bool = true;

    fn blit(&mut self, raster: &Raster, at: Rect) -> Outcome {
        self.blits.push((raster.clone(), at));
        Ok(())
    }
}

impl DrawingBackend for Kept<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let scale = f64::from(SUBPIXELS);
        (
            (self.size.width * scale) as u32,
            (self.size.height * scale) as u32,
        )
    }

    fn ensure_prepared(&mut self) -> Outcome {
        Ok(())
    }

    fn present(&mut self) -> Outcome {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Outcome {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, _: BackendCoord, _: BackendCoord, _: &S) -> Outcome {
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        _: BackendCoord,
        _: BackendCoord,
        _: &S,
        _: bool,
    ) -> Outcome {
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        _: I,
        _: &S,
    ) -> Outcome {
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, _: BackendCoord, _: u32, _: &S, _: bool) -> Outcome {
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        _: I,
        _: &S,
    ) -> Outcome {
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, _: &str, _: &T, _: BackendCoord) -> Outcome {
        Ok(())
    }
}

/// What the curves of a figure's first panel are painted as, and where.
fn painted(figure: &Figure, theme: &Theme, size: Size) -> (Raster, Rect) {
    let mut blits = Vec::new();
    let surface = Kept {
        blits: &mut blits,
        size,
    };
    draw(surface, figure, theme, size, &mut Rasters::default()).unwrap();
    blits.swap_remove(0)
}

/// Part of a picture: its colour, its opacity, and whether a point is in it.
struct Shape<'s> {
    colour: Rgb,
    alpha: f64,
    holds: Box<dyn Fn(f64, f64) -> bool + 's>,
}

type Point = (f64, f64);

/// The points of a curve without gaps between them.
fn runs(points: impl IntoIterator<Item = Point>) -> Vec<Vec<Point>> {
    let points: Vec<_> = points.into_iter().collect();
    let is_hole = |p: &Point| !(p.0.is_finite() && p.1.is_finite());
    let runs = points.split(is_hole).filter(|run| !run.is_empty());
    runs.map(<[Point]>::to_vec).collect()
}

/// What is narrower than a stroke is made as wide.
fn widened(mut run: Vec<Point>) -> Vec<Point> {
    let (first, last) = (run[0], run[run.len() - 1]);
    let more = (1.0 - (last.0 - first.0) * 0.5).max(0.0);
    run.insert(0, (first.0 - more, first.1));
    run.push((last.0 + more, last.1));
    run
}

fn distance((x, y): Point, (a, b): (Point, Point)) -> f64 {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let length = dx * dx + dy * dy;
    let along = ((x - a.0) * dx + (y - a.1) * dy) / length;
    let along = if length > 0.0 {
        along.clamp(0.0, 1.0)
    } else {
        0.0
    };
    (x - a.0 - along * dx).hypot(y - a.1 - along * dy)
}

/// The height of joined points at a place; the last of several.
fn height_at(run: &[Point], x: f64) -> f64 {
    let pairs = run.windows(2).rev();
    let mut under = pairs.filter(|pair| pair[0].0 <= x && x <= pair[1].0 && pair[0].0 < pair[1].0);
    let pair = under.next().unwrap();
    let part = (x - pair[0].0) / (pair[1].0 - pair[0].0);
    pair[0].1 + (pair[1].1 - pair[0].1) * part
}

/// Everything of lines that is painted, from the back to the front.
fn shapes<'s>(curves: &'s [Line], place: &'s PanelBox, theme: &'s Theme) -> Vec<Shape<'s>> {
    let plot = place.plot;
    let mut shapes = Vec::new();
    for tick in &place.y_ticks {
        let line = place.y.px_from_value(tick.at).floor();
        shapes.push(Shape {
            colour: theme.line,
            alpha: 1.0,
            holds: Box::new(move |_, y| y >= line && y < line + 1.0),
        });
    }
    let y = |value: f32| place.y.px_from_value(f64::from(value));
    let cell = place.x.px_per_cell();
    let is_stepped = |curve: &Line| curve.join == figures::Join::Stepped;
    // From where to where each value is drawn.
    let ends = move |curve: &Line, k: usize| {
        let x = plot.x + (k as f64 + 0.5) * cell;
        let half = if is_stepped(curve) { cell * 0.5 } else { 0.0 };
        [x - half, x + half]
    };
    for curve in curves {
        let Some(band) = curve.band else { continue };
        let edges = band.min.iter().zip(band.max).enumerate();
        let slices: Vec<_> = edges
            .flat_map(|(k, (&min, &max))| ends(curve, k).map(|x| [(x, y(max)), (x, y(min))]))
            .collect();
        let is_hole = |slice: &[Point; 2]| !slice.iter().all(|p| p.1.is_finite());
        for run in slices.split(is_hole).filter(|run| !run.is_empty()) {
            let edge = |k: usize| widened(run.iter().map(|slice| slice[k]).collect());
            let (upper, lower) = (edge(0), edge(1));
            let (from, to) = (upper[0].0, upper[upper.len() - 1].0);
            shapes.push(Shape {
                colour: theme.role(curve.role),
                alpha: 0.18,
                holds: Box::new(move |x, y| {
                    x > from
                        && x < to
                        && y >= height_at(&upper, x).max(plot.y)
                        && y < height_at(&lower, x).min(plot.bottom())
                }),
            });
        }
    }
    for curve in curves {
        let points: Vec<Point> = match &curve.between {
            Some(between) => {
                let values = between.values.iter().enumerate();
                let x = |k: usize| plot.x + (k as f64 / between.per_cell as f64 + 0.5) * cell;
                values.map(|(k, &value)| (x(k), y(value))).collect()
            }
            None => {
                let values = curve.values.iter().enumerate();
                values
                    .flat_map(|(k, &value)| ends(curve, k).map(|x| (x, y(value))))
                    .collect()
            }
        };
        for run in runs(points) {
            let run = widened(run);
            let (from, to) = (run[0].0, run[run.len() - 1].0);
            shapes.push(Shape {
                colour: theme.role(curve.role),
                alpha: 1.0,
                holds: Box::new(move |x, y| {
                    // Cut upright at its ends and level where it leaves the plot.
                    let is_inside =
                        x > from && x < to && y > plot.y - 1.0 && y < plot.bottom() + 1.0;
                    let first = run.partition_point(|p| p.0 < x - 1.0).max(1) - 1;
                    let last = (run.partition_point(|p| p.0 <= x + 1.0) + 1).min(run.len());
                    let mut near = run[first..last].windows(2);
                    is_inside && near.any(|pair| distance((x, y), (pair[0], pair[1])) < 1.0)
                }),
            });
        }
        if cell >= 10.0 && !is_stepped(curve) {
            for (k, &value) in curve.values.iter().enumerate() {
                let at = (ends(curve, k)[0], y(value));
                if at.1 >= plot.y && at.1 <= plot.bottom() {
                    shapes.push(Shape {
                        colour: theme.role(curve.role),
                        alpha: 1.0,
                        holds: Box::new(move |x, y| (x - at.0).hypot(y - at.1) < 2.5),
                    });
                }
            }
        }
    }
    shapes
}

/// The largest and the mean difference of a colour, from 0 to 255.
fn differences(figure: &Figure, size: Size) -> [f64; 2] {
    /// Along each side of a pixel.
    const N_SAMPLES: usize = 8;
    let theme = theme(Scheme::Light);
    let (raster, at) = painted(figure, &theme, size);
    let layout = Layout::in_theme(figure, size.width, size.height, &theme);
    let Plot::Lines(curves) = &figure.panels[0].plot else {
        panic!("no lines");
    };
    let shapes = shapes(curves, &layout.panels[0], &theme);
    let ratio = size.pixel_ratio;
    let origin = [at.x, at.y].map(|px| (px * ratio).round());
    let (mut largest, mut sum) = (0.0_f64, 0.0);
    for (idx, pixel) in raster.rgba.as_chunks::<4>().0.iter().enumerate() {
        let (column, row) = (idx % raster.width, idx / raster.width);
        let mut colour = theme.card.map(f64::from);
        for shape in &shapes {
            let px = |whole: usize, k: usize, origin: f64| {
                (origin + whole as f64 + (k as f64 + 0.5) / N_SAMPLES as f64) / ratio
            };
            let n_inside = (0..N_SAMPLES * N_SAMPLES)
                .filter(|k| {
                    let x = px(column, k % N_SAMPLES, origin[0]);
                    let y = px(row, k / N_SAMPLES, origin[1]);
                    (shape.holds)(x, y)
                })
                .count();
            let part = shape.alpha * n_inside as f64 / (N_SAMPLES * N_SAMPLES) as f64;
            for (old, new) in colour.iter_mut().zip(shape.colour) {
                *old += (f64::from(new) - *old) * part;
            }
        }
        for (found, expected) in pixel.iter().zip(colour) {
            let difference = (f64::from(*found) - expected).abs();
            largest = largest.max(difference);
            sum += difference / 3.0;
        }
        assert_eq!(pixel[3], u8::MAX, "opaque");
    }
    [largest, sum / (raster.width * raster.height) as f64]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn curves_are_painted_as_they_are(
        heights in proptest::collection::vec(-1.5_f32..1.5, 2..400),
        holes in proptest::collection::vec(0_usize..400, 0..4),
        smooth in 0.0_f32..1.0,
        pixel_ratio in proptest::sample::select(vec![1.0, 1.25, 2.0]),
    ) {
        let mut values = heights;
        for k in 1..values.len() {
            values[k] = values[k - 1] * smooth + values[k] * (1.0 - smooth);
        }
        for hole in holes {
            if let Some(value) = values.get_mut(hole) {
                *value = f32::NAN;
            }
        }
        let rows = Array2::from_shape_vec((1, values.len()), values).unwrap();
        let figure = figure("Lines", vec![lines_panel(rows.view(), 0)]);
        let [largest, mean] = differences(&figure, Size { width: 160.0, height: 130.0, pixel_ratio });
        prop_assert!(largest < 60.0 && mean < 1.5, "{largest}, {mean}");
    }
}

#[test]
fn bands_and_steps_are_painted_as_they_are() {
    let values = ndarray::array![
        [0.1, 1.0, 10.0, 0.5, -1.0, 3.0],
        [0.01, 0.2, f32::NAN, 0.1, 0.1, 1e-5],
        [1.0, 2.0, 50.0, 3.0, 2.0, 500.0]
    ];
    for panel in [bands_panel(values.view()), between_panel()] {
        for pixel_ratio in [1.0, 1.25, 3.0] {
            let size = Size {
                width: 200.0,
                height: 160.0,
                pixel_ratio,
            };
            let [largest, mean] = differences(&figure("Bands", vec![panel.clone()]), size);
            assert!(largest < 60.0 && mean < 1.0, "{largest}, {mean}");
        }
    }
}
