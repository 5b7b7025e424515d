//! Curves over cells.

use super::pen::Pen;
use super::surface::{DrawError, Surface};
use pixels::{Holes, Ink, Raster, Ribbons};

use crate::layout::PanelBox;
use crate::{Band, Cross, Dash, Join, Line, Rect, Rgb, Span};

const STROKE_PX: f64 = 2.0;
const READ_DOT_PX: f64 = 4.0;
const CELL_DOT_PX: f64 = 2.5;
/// The least width of a cell that gets a dot of its own.
const DOT_CELL_PX: f64 = 10.0;

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    curves: &[Line],
    place: &PanelBox,
    raster: &mut Raster,
) -> Result<(), DrawError> {
    if S::HAS_CURVES_PAINTED {
        return paint(pen, curves, place, raster);
    }
    // All bands are behind all curves.
    for curve in curves {
        if let (Some(band), Some(path)) = (curve.band, Path::of(curve, place)) {
            draw_band(pen, band, &path, pen.theme.role(curve.role))?;
        }
    }
    for curve in curves {
        if let Some(path) = Path::of(curve, place) {
            draw_line(pen, curve, &path)?;
        }
    }
    Ok(())
}

/// Where the values of a curve stand.
pub(super) struct Path<'p> {
    place: &'p PanelBox,
    /// The middle of the cell of the first value, which need not be on the axis.
    first_px: f64,
    cell_px: f64,
    join: Join,
}

impl<'p> Path<'p> {
    /// `None` on an axis without cells.
    pub(super) fn of(curve: &Line, place: &'p PanelBox) -> Option<Self> {
        let cell_px = place.x.px_per_cell();
        let first_px = place.x.px_from_cell(first_cell(place)?)?;
        Some(Self {
            place,
            first_px: first_px + curve.first as f64 * cell_px,
            cell_px,
            join: curve.join,
        })
    }

    /// The `k`-th of samples of which there are `per_cell` from one cell to the next.
    fn x(&self, k: usize, per_cell: usize) -> f64 {
        self.first_px + k as f64 / per_cell as f64 * self.cell_px
    }

    fn y(&self, value: f32) -> f64 {
        self.place.y.px_from_value(f64::from(value))
    }

    /// From where to where the value of a cell is drawn: at one place, or over the whole of it.
    fn extent(&self, k: usize) -> (f64, f64) {
        let (x, half) = (self.x(k, 1), self.cell_px * 0.5);
        match self.join {
            Join::Straight => (x, x),
            Join::Stepped => (x - half, x + half),
        }
    }

    /// Goes along the points that a curve joins; those that are not finite are gaps.
    fn points(&self, curve: &Line, mut visit: impl FnMut((f64, f64))) {
        match (&curve.between, curve.join) {
            (Some(between), Join::Straight) if between.per_cell > 0 => {
                for (k, &value) in between.values.iter().enumerate() {
                    visit((self.x(k, between.per_cell), self.y(value)));
                }
            }
            _ => {
                for (k, &value) in curve.values.iter().enumerate() {
                    let (from, to) = self.extent(k);
                    visit((from, self.y(value)));
                    if from < to {
                        visit((to, self.y(value)));
                    }
                }
            }
        }
    }

    /// Where the cells of a curve have dots: nowhere if they are too narrow.
    fn dots(&self, curve: &Line, grow: f64) -> impl Iterator<Item = (f64, f64)> {
        let has_dots = self.cell_px >= DOT_CELL_PX * grow && curve.join == Join::Straight;
        let n_dots = if has_dots { curve.values.len() } else { 0 };
        let places = curve.values.iter().take(n_dots).enumerate();
        places
            .map(|(k, &value)| (self.x(k, 1), self.y(value)))
            .filter(|&at| self.place.plot.holds(at))
    }
}

/// Where a curve runs, as finely as the surface shows it.
pub(super) fn points_of(curve: &Line, path: &Path, pixel_ratio: f64) -> Vec<(f64, f64)> {
    let mut envelope = Envelope::new(1.0 / pixel_ratio);
    path.points(curve, |at| envelope.push(at));
    envelope.finish()
}

fn draw_line<S: Surface>(pen: &Pen<S>, curve: &Line, path: &Path) -> Result<(), DrawError> {
    let plot = path.place.plot;
    let points = points_of(curve, path, pen.pixel_ratio);
    let is_sparse = is_sparse(&points, plot);
    draw_curve(pen, &points, plot, |pen, path| {
        pen.curve(path, STROKE_PX * pen.grow, curve.role, is_sparse)
    })?;
    for at in path.dots(curve, pen.grow) {
        pen.dot(at, CELL_DOT_PX * pen.grow, pen.theme.role(curve.role), 1.0)?;
    }
    Ok(())
}

/// The same picture as a raster, the lines of the grid included.
fn paint<S: Surface>(
    pen: &Pen<S>,
    curves: &[Line],
    place: &PanelBox,
    raster: &mut Raster,
) -> Result<(), DrawError> {
    /// Where a height is for one that is farther away than any picture is high.
    const FAR: f64 = 1e7;
    let (plot, theme, ratio) = (place.plot, pen.theme, pen.pixel_ratio);
    // Dots at the upper and the lower end are whole.
    let margin = (CELL_DOT_PX * pen.grow).ceil();
    let around = Rect {
        y: plot.y - margin,
        height: plot.height + 2.0 * margin,
        ..plot
    };
    #[allow(clippy::cast_possible_truncation)]
    let length = |px: f64| (px * ratio).clamp(-FAR, FAR) as f32;
    let x = |px: f64| length(px - pen.snap(around.x));
    let y = |px: f64| length(px - pen.snap(around.y));
    let mut ribbons = Ribbons::new(raster, pen.device_size(around), theme.card);
    let filled = Ink {
        colour: theme.line,
        alpha: 1.0,
        radius: 0.0,
        least: 0.0,
        within: [0.0, f32::INFINITY],
    };
    for tick in &place.y_ticks {
        let line = pen.sharp(place.y.px_from_value(tick.at));
        let half = pen.hair_px() * 0.5;
        for end in [plot.x, plot.right()] {
            ribbons.push(x(end), y(line - half), y(line + half));
        }
        ribbons.end(filled);
    }
    let thin = length(STROKE_PX * 0.5 * pen.grow);
    let within = [y(plot.y), y(plot.bottom())];
    let paths = || {
        curves
            .iter()
            .filter_map(|curve| Some((curve, Path::of(curve, place)?)))
    };
    for (curve, path) in paths() {
        let Some(band) = curve.band else {
            continue;
        };
        #[allow(clippy::cast_possible_truncation)]
        let ink = Ink {
            colour: theme.role(curve.role),
            alpha: BAND_ALPHA as f32,
            least: thin,
            within,
            ..filled
        };
        for (k, (&min, &max)) in band.min.iter().zip(band.max).enumerate() {
            let (high, low) = (path.y(max), path.y(min));
            if !(low.is_finite() && high.is_finite()) {
                ribbons.end(ink);
                continue;
            }
            let (from, to) = path.extent(k);
            ribbons.push(x(from), y(high), y(low));
            ribbons.push(x(to), y(high), y(low));
        }
        ribbons.end(ink);
    }
    for (curve, path) in paths() {
        let ink = Ink {
            colour: theme.role(curve.role),
            radius: thin,
            least: thin,
            within: [within[0] - thin, within[1] + thin],
            ..filled
        };
        let dash = curve.role.dash();
        // A curve that is whole anyway need not be known before it is painted.
        let broken = (!dash.is_empty())
            .then(|| points_of(curve, &path, ratio))
            .filter(|points| is_sparse(points, plot));
        if let Some(points) = broken {
            for stroke in clipped(&points, plot)
                .iter()
                .flat_map(|way| strokes(way, dash, pen.grow))
            {
                for at in stroke {
                    ribbons.push(x(at.0), y(at.1), y(at.1));
                }
                ribbons.end(ink);
            }
        } else {
            path.points(curve, |at| {
                if at.0.is_finite() && at.1.is_finite() {
                    ribbons.push(x(at.0), y(at.1), y(at.1));
                } else {
                    ribbons.end(ink);
                }
            });
            ribbons.end(ink);
        }
        let dot = Ink {
            radius: length(CELL_DOT_PX * pen.grow),
            ..filled
        };
        for at in path.dots(curve, pen.grow) {
            ribbons.dot(
                x(at.0),
                y(at.1),
                Ink {
                    colour: ink.colour,
                    ..dot
                },
            );
        }
    }
    pen.blit(raster, around)
}

/// A curve is broken into strokes up to so many widths of the plot: in a longer one nobody could tell them from its turns.
const SPARSE: f64 = 8.0;

/// Whether strokes can be seen in it: by its length in the plot, across and along, without its gaps.
pub(super) fn is_sparse(points: &[(f64, f64)], plot: Rect) -> bool {
    let height = |p: (f64, f64)| p.1.max(plot.y).min(plot.bottom());
    let mut length = 0.0;
    for pair in points.windows(2) {
        let step = (pair[1].0 - pair[0].0).abs() + (height(pair[1]) - height(pair[0])).abs();
        if step.is_finite() {
            length += step;
        }
    }
    length < SPARSE * plot.width
}

/// What of a way is not in a gap: a stroke, a gap, a stroke and so on, as long as `dash` says in such units.
fn strokes(way: &[(f64, f64)], dash: Dash, unit: f64) -> Vec<Vec<(f64, f64)>> {
    let mut lengths = dash.iter().cycle().map(|&length| f64::from(length) * unit);
    let mut next = || lengths.next().unwrap_or(f64::INFINITY);
    let mut left = next();
    let mut is_stroke = true;
    let mut strokes = Vec::new();
    let mut stroke: Vec<_> = way.first().copied().into_iter().collect();
    for pair in way.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to.0 - from.0).hypot(to.1 - from.1);
        while length > left {
            let part = left / length;
            from = (
                from.0 + (to.0 - from.0) * part,
                from.1 + (to.1 - from.1) * part,
            );
            stroke.push(from);
            if is_stroke {
                strokes.push(std::mem::take(&mut stroke));
            }
            is_stroke = !is_stroke;
            length -= left;
            left = next();
        }
        left -= length;
        if is_stroke {
            stroke.push(to);
        }
    }
    if is_stroke {
        strokes.push(stroke);
    }
    strokes
}

/// How opaque a band is: the curves and bands behind it are still seen.
const BAND_ALPHA: f64 = 0.18;

/// A pale area between the two ends of a band, with gaps where one of them is not finite.
fn draw_band<S: Surface>(
    pen: &Pen<S>,
    band: Band,
    path: &Path,
    colour: Rgb,
) -> Result<(), DrawError> {
    let column_px = 1.0 / pen.pixel_ratio;
    // Of what stands in one column of pixels, the widest range.
    let mut run: Vec<(f64, f64, f64)> = Vec::new();
    let mut column = f64::NAN;
    let ends = band.min.iter().zip(band.max);
    for (k, (&min, &max)) in ends.enumerate() {
        let (low, high) = (path.y(min), path.y(max));
        if !(low.is_finite() && high.is_finite()) {
            fill_run(pen, &run, path.place.plot, colour)?;
            run.clear();
            column = f64::NAN;
            continue;
        }
        let (from, to) = path.extent(k);
        match run.last_mut() {
            Some(last) if (from / column_px).floor() == column => {
                *last = (last.0, last.1.max(low), last.2.min(high));
            }
            _ => run.push((from, low, high)),
        }
        column = (from / column_px).floor();
        if from < to {
            run.push((to, low, high));
            column = f64::NAN;
        }
    }
    fill_run(pen, &run, path.place.plot, colour)
}

/// Fills between the lower and the upper ends of `(x, low, high)`, as far as they are inside the plot.
fn fill_run<S: Surface>(
    pen: &Pen<S>,
    run: &[(f64, f64, f64)],
    plot: Rect,
    colour: Rgb,
) -> Result<(), DrawError> {
    let outline = match *run {
        // One alone is seen as a line, as a lone point of a curve is.
        [(x, low, high)] => {
            let (from, to) = (x - pen.grow, x + pen.grow);
            vec![(from, high), (to, high), (to, low), (from, low)]
        }
        _ => {
            let upper = run.iter().map(|&(x, _, high)| (x, high));
            let lower = run.iter().rev().map(|&(x, low, _)| (x, low));
            upper.chain(lower).collect()
        }
    };
    pen.polygon(&clip_polygon(outline, plot), colour, BAND_ALPHA)
}

/// The part of a polygon inside a rectangle (Sutherland and Hodgman 1974): one edge after the other.
pub(super) fn clip_polygon(mut points: Vec<(f64, f64)>, plot: Rect) -> Vec<(f64, f64)> {
    // How far inside of an edge a point is; beyond it that is below 0.
    let edges: [&dyn Fn((f64, f64)) -> f64; 4] = [
        &|p| p.0 - plot.x,
        &|p| plot.right() - p.0,
        &|p| p.1 - plot.y,
        &|p| plot.bottom() - p.1,
    ];
    for depth in edges {
        let mut kept = Vec::with_capacity(points.len());
        for (idx, &to) in points.iter().enumerate() {
            let from = points[if idx == 0 { points.len() } else { idx } - 1];
            let (before, after) = (depth(from), depth(to));
            if (before < 0.0) != (after < 0.0) {
                let part = before / (before - after);
                kept.push((
                    from.0 + (to.0 - from.0) * part,
                    from.1 + (to.1 - from.1) * part,
                ));
            }
            if after >= 0.0 {
                kept.push(to);
            }
        }
        points = kept;
    }
    points
}

/// How many values of the curves are not finite, as far as they are on the axis: they are gaps.
pub(super) fn holes(curves: &[Line], place: &PanelBox) -> Holes {
    let Span::Cells { len, .. } = place.x.span() else {
        return Holes::default();
    };
    let shown = curves.iter().flat_map(|curve| {
        let n_before = curve.first.min(0).unsigned_abs();
        let n_cells = len.saturating_sub(curve.first.max(0).unsigned_abs());
        curve.values.iter().skip(n_before).take(n_cells)
    });
    Holes {
        n_cells: shown.filter(|value| !value.is_finite()).count(),
        is_hatched: false,
    }
}

/// The dots of the cell that is read, over the cross.
pub(super) fn draw_dots<S: Surface>(
    pen: &Pen<S>,
    curves: &[Line],
    cross: Cross,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let (Some(cell), Some(first)) = (cross.x, first_cell(place)) else {
        return Ok(());
    };
    let Some(x) = place.x.px_from_cell(cell) else {
        return Ok(());
    };
    for curve in curves {
        let value = isize::try_from(cell - first)
            .ok()
            .and_then(|idx| usize::try_from(idx.checked_sub(curve.first)?).ok())
            .and_then(|idx| curve.values.get(idx));
        let Some(&value) = value else {
            continue;
        };
        let at = (x, place.y.px_from_value(f64::from(value)));
        if place.plot.holds(at) {
            pen.dot(at, READ_DOT_PX * pen.grow, pen.theme.role(curve.role), 1.0)?;
        }
    }
    Ok(())
}

fn first_cell(place: &PanelBox) -> Option<u64> {
    match place.x.span() {
        Span::Cells { first, len } if len > 0 => Some(first),
        _ => None,
    }
}

/// Draws the parts of a curve that are inside the plot; what is not finite is a gap. A point with gaps
/// on both sides becomes a dot of the stroke's width.
pub(super) fn draw_curve<S: Surface>(
    pen: &Pen<S>,
    points: &[(f64, f64)],
    plot: Rect,
    draw_path: impl Fn(&Pen<S>, &[(f64, f64)]) -> Result<(), DrawError>,
) -> Result<(), DrawError> {
    for path in clipped(points, plot) {
        if let [only] = path[..] {
            // A path of no length has no stroke; a short one stands for the point.
            let half = pen.grow;
            draw_path(pen, &[(only.0 - half, only.1), (only.0 + half, only.1)])?;
        } else {
            draw_path(pen, &path)?;
        }
    }
    Ok(())
}

/// The runs of finite points, cut where they leave the plot.
fn clipped(points: &[(f64, f64)], plot: Rect) -> Vec<Vec<(f64, f64)>> {
    let is_finite = |p: &(f64, f64)| p.0.is_finite() && p.1.is_finite();
    let mut paths = Vec::new();
    for run in points.split(|p| !is_finite(p)) {
        if let [only] = run
            && plot.holds(*only)
        {
            paths.push(vec![*only]);
        }
        let mut path: Vec<(f64, f64)> = Vec::new();
        for pair in run.windows(2) {
            let Some((from, to)) = clip_segment((pair[0], pair[1]), plot) else {
                continue;
            };
            if path.last() != Some(&from) {
                if !path.is_empty() {
                    paths.push(std::mem::take(&mut path));
                }
                path.push(from);
            }
            path.push(to);
        }
        if !path.is_empty() {
            paths.push(path);
        }
    }
    paths
}

type Segment = ((f64, f64), (f64, f64));

/// The part of a segment inside a rectangle; `None` if there is none.
pub(super) fn clip_segment(segment: Segment, plot: Rect) -> Option<Segment> {
    let turned = |(a, b): Segment| ((a.1, a.0), (b.1, b.0));
    let held = clip_heights(segment, (plot.y, plot.bottom()))?;
    clip_heights(turned(held), (plot.x, plot.right())).map(turned)
}

/// The part of a segment between two heights; `None` if there is none.
fn clip_heights((a, b): Segment, (top, bottom): (f64, f64)) -> Option<Segment> {
    if a.1.max(b.1) < top || a.1.min(b.1) > bottom {
        return None;
    }
    // Both ends inside or not level: the division is by something.
    let at_height = |p: (f64, f64)| {
        let y = p.1.clamp(top, bottom);
        if y == p.1 {
            p
        } else {
            (a.0 + (b.0 - a.0) * (y - a.1) / (b.1 - a.1), y)
        }
    };
    Some((at_height(a), at_height(b)))
}

/// Thins out points that stand closer together than device pixels: of those in one pixel column only the
/// first, the lowest, the highest and the last are kept, which paint the same pixels.
pub(super) struct Envelope {
    column_px: f64,
    out: Vec<(f64, f64)>,
    column: Option<Column>,
}

struct Column {
    idx: f64,
    first: (f64, f64),
    min: (f64, f64),
    max: (f64, f64),
    last: (f64, f64),
}

impl Envelope {
    pub(super) fn new(column_px: f64) -> Self {
        Self {
            column_px,
            out: Vec::new(),
            column: None,
        }
    }

    /// Points come in ascending `x`; one that is not finite stays as a gap.
    pub(super) fn push(&mut self, p: (f64, f64)) {
        if !(p.0.is_finite() && p.1.is_finite()) {
            self.flush();
            self.out.push((f64::NAN, f64::NAN));
            return;
        }
        let idx = (p.0 / self.column_px).floor();
        match &mut self.column {
            Some(column) if column.idx == idx => {
                if p.1 < column.min.1 {
                    column.min = p;
                }
                if p.1 > column.max.1 {
                    column.max = p;
                }
                column.last = p;
            }
            _ => {
                self.flush();
                self.column = Some(Column {
                    idx,
                    first: p,
                    min: p,
                    max: p,
                    last: p,
                });
            }
        }
    }

    fn flush(&mut self) {
        if let Some(column) = self.column.take() {
            let (lower, upper) = (column.min, column.max);
            let (second, third) = if lower.0 <= upper.0 {
                (lower, upper)
            } else {
                (upper, lower)
            };
            let from = self.out.len();
            for p in [column.first, second, third, column.last] {
                if self.out.len() == from || self.out.last() != Some(&p) {
                    self.out.push(p);
                }
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<(f64, f64)> {
        self.flush();
        self.out
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use proptest::prelude::*;

    use super::*;
    use crate::target::contains;

    /// What a curve covers of each pixel column: the lowest and the highest point of the joined points,
    /// sampled where the column's own points and its borders are.
    fn covered(points: &[(f64, f64)], n_columns: usize) -> Vec<Option<(f64, f64)>> {
        (0..n_columns)
            .map(|column| {
                let (from, to) = (column as f64, column as f64 + 1.0);
                let mut heights: Vec<f64> = points
                    .iter()
                    .filter(|p| p.0 >= from && p.0 < to)
                    .map(|p| p.1)
                    .collect();
                for pair in points.windows(2) {
                    for border in [from, to] {
                        let (a, b) = (pair[0], pair[1]);
                        if a.0 < border && border < b.0 {
                            heights.push(a.1 + (b.1 - a.1) * (border - a.0) / (b.0 - a.0));
                        }
                    }
                }
                let min = heights.iter().copied().reduce(f64::min)?;
                Some((min, heights.iter().copied().fold(min, f64::max)))
            })
            .collect()
    }

    proptest! {
        #[test]
        fn thinning_out_changes_no_pixel(heights in proptest::collection::vec(-1.0_f64..1.0, 2..500), width in 1_usize..60) {
            let step = width as f64 / heights.len() as f64;
            let points: Vec<_> = heights.iter().enumerate().map(|(k, &y)| (k as f64 * step, y)).collect();
            let mut envelope = Envelope::new(1.0);
            points.iter().for_each(|&p| envelope.push(p));
            let thin = envelope.finish();
            prop_assert!(thin.len() <= points.len().min(4 * (width + 1)));
            for (before, after) in covered(&points, width).iter().zip(covered(&thin, width)) {
                match (before, after) {
                    (Some(before), Some(after)) => {
                        prop_assert!((before.0 - after.0).abs() < 1e-9 && (before.1 - after.1).abs() < 1e-9);
                    }
                    (before, after) => prop_assert_eq!(before.is_some(), after.is_some()),
                }
            }
        }

        #[test]
        fn clipped_curves_stay_inside(heights in proptest::collection::vec(-50.0_f64..150.0, 2..60)) {
            let plot = Rect { x: 0.0, y: 0.0, width: 60.0, height: 100.0 };
            let points: Vec<_> = heights.iter().enumerate().map(|(k, &y)| (k as f64, y)).collect();
            let paths = clipped(&points, plot);
            for &(_, y) in paths.iter().flatten() {
                prop_assert!((-1e-9..=100.0 + 1e-9).contains(&y));
            }
            for p in points.iter().filter(|p| plot.holds(**p)) {
                prop_assert!(paths.iter().flatten().any(|q| q == p), "{p:?} is lost");
            }
        }
    }

    proptest! {
        #[test]
        fn a_clipped_polygon_is_the_part_inside(
            corners in proptest::collection::vec((-50.0_f64..150.0, -50.0_f64..150.0), 3..12),
            at in (0.5_f64..99.5, 0.5_f64..59.5),
        ) {
            let plot = Rect { x: 0.0, y: 0.0, width: 100.0, height: 60.0 };
            let part = clip_polygon(corners.clone(), plot);
            for p in &part {
                prop_assert!(p.0 >= -1e-6 && p.0 <= 100.0 + 1e-6 && p.1 >= -1e-6 && p.1 <= 60.0 + 1e-6);
            }
            prop_assert_eq!(contains(&part, at), contains(&corners, at));
        }
    }

    #[test]
    fn gaps_stay_gaps() {
        let mut envelope = Envelope::new(10.0);
        for y in [1.0, 5.0, f64::NAN, 2.0, f64::INFINITY, 3.0, 4.0] {
            envelope.push((1.0, y));
        }
        let plot = Rect {
            x: 0.0,
            y: 0.0,
            width: 10.0,
            height: 10.0,
        };
        let paths = clipped(&envelope.finish(), plot);
        assert_eq!(
            paths,
            [
                vec![(1.0, 1.0), (1.0, 5.0)],
                vec![(1.0, 2.0)],
                vec![(1.0, 3.0), (1.0, 4.0)]
            ]
        );
    }

    #[test]
    fn a_curve_that_leaves_and_returns_has_two_parts() {
        let plot = Rect {
            x: 0.0,
            y: 0.0,
            width: 10.0,
            height: 10.0,
        };
        let paths = clipped(&[(0.0, 5.0), (1.0, -5.0), (2.0, 5.0)], plot);
        assert_eq!(
            paths,
            [vec![(0.0, 5.0), (0.5, 0.0)], vec![(1.5, 0.0), (2.0, 5.0)]]
        );
        assert!(clipped(&[(0.0, -5.0), (1.0, -6.0)], plot).is_empty());
    }

    #[test]
    fn a_way_is_broken_along_its_length() {
        // Five right, then ten down: strokes of four, gaps of two.
        let way = [(0.0, 0.0), (5.0, 0.0), (5.0, 10.0)];
        let expected = [
            vec![(0.0, 0.0), (4.0, 0.0)],
            vec![(5.0, 1.0), (5.0, 5.0)],
            vec![(5.0, 7.0), (5.0, 10.0)],
        ];
        assert_eq!(strokes(&way, &[2, 1], 2.0), expected);
        assert_eq!(strokes(&way[..1], &[2, 1], 2.0), [vec![(0.0, 0.0)]]);
    }
}
