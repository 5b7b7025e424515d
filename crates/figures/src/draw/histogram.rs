//! Counts in bins: all of them pale, the highlighted part in full colour.

use std::ops::Range;

use super::bars::{Run, bar_gap, rect_between};
use super::lines::draw_curve;
use super::pen::{Pen, Words};
use super::surface::{DrawError, Surface};
use crate::layout::PanelBox;
use crate::text::text_width;
use crate::{Anchor, Histogram};

/// How opaque the counts are of which only a part is highlighted.
pub(super) const PALE: f64 = 0.35;

/// How high a highlighted bar is at least: a few of many values would be a line that nobody sees.
const LEAST_PX: f64 = 6.0;

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    histogram: &Histogram,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let (plot, theme) = (place.plot, pen.theme);
    let (_, y_max) = place.y.span().ends();
    let zero = place.y.px_from_value(0.0).max(plot.y).min(plot.bottom());
    // A count of one stays visible.
    let one = 1.0 / pen.pixel_ratio;
    for (counts, alpha, least) in [
        (histogram.counts, PALE, one),
        (histogram.highlighted, 1.0, LEAST_PX * pen.grow),
    ] {
        for slot in slots(pen, histogram.edges, place) {
            // Where bins outnumber pixels, the highest of those under one pixel.
            let count = counts.get(slot.bins).and_then(|part| part.iter().max());
            let count = count.map_or(0.0, |&count| f64::from(count));
            if count > 0.0 && slot.to > slot.from {
                let tip = pen.snap(place.y.px_from_value(count.min(y_max)));
                let tip = tip.min(zero - least).max(plot.y);
                let bar = rect_between((slot.from, slot.to), (zero, tip));
                pen.fill(bar, theme.accent, alpha)?;
            }
        }
    }
    pen.hair_across((plot.x, plot.right()), zero, theme.line)?;
    draw_reference(pen, histogram, place)
}

/// A bar: where it stands, and its bins.
struct Slot {
    from: f64,
    to: f64,
    bins: Range<usize>,
}

/// The bars that are on the axis, which may span more or less than the bins do.
fn slots<S: Surface>(pen: &Pen<S>, edges: &[f32], place: &PanelBox) -> Vec<Slot> {
    let plot = place.plot;
    let px = |edge: f32| place.x.px_from_value(f64::from(edge));
    let is_visible = |pair: &[f32]| px(pair[0]) < plot.right() && px(pair[1]) > plot.x;
    let mut bins = edges.windows(2).enumerate();
    let Some((first, _)) = bins.find(|(_, pair)| is_visible(pair)) else {
        return Vec::new();
    };
    let n = 1 + bins.take_while(|(_, pair)| is_visible(pair)).count();
    let held = |edge: f32| pen.snap(px(edge).max(plot.x).min(plot.right()));
    let (left, right) = (held(edges[first]), held(edges[first + n]));
    if (right - left) * pen.pixel_ratio < n as f64 {
        let run = Run::new(pen, left, right - left, n);
        let slot = |slot| {
            let (from, to) = run.ends(slot);
            let bins = run.cells(slot);
            Slot {
                from,
                to,
                bins: first + bins.start..first + bins.end,
            }
        };
        return (0..run.n_slots).map(slot).collect();
    }
    let gap = bar_gap((right - left) / n as f64, pen.pixel_ratio);
    (first..first + n)
        .map(|bin| Slot {
            from: held(edges[bin]),
            to: held(edges[bin + 1]) - gap,
            bins: bin..bin + 1,
        })
        .collect()
}

/// A thin line in ink, and its name beside its highest point.
fn draw_reference<S: Surface>(
    pen: &Pen<S>,
    histogram: &Histogram,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let (plot, theme) = (place.plot, pen.theme);
    let points: Vec<_> = histogram
        .reference
        .iter()
        .map(|&(value, count)| (place.x.px_from_value(value), place.y.px_from_value(count)))
        .map(|p| {
            if p.0 >= plot.x && p.0 <= plot.right() {
                p
            } else {
                (f64::NAN, f64::NAN)
            }
        })
        .collect();
    draw_curve(pen, &points, plot, |pen, path| {
        pen.path(path, 1.2 * pen.grow, theme.ink, 0.8)
    })?;
    let text_px = theme.text_px * 0.92;
    let peak =
        points
            .iter()
            .filter(|p| p.1.is_finite())
            .fold(None, |best: Option<(f64, f64)>, &p| match best {
                Some(b) if b.1 <= p.1 => Some(b),
                _ => Some(p),
            });
    let Some((x, y)) = peak else {
        return Ok(());
    };
    let x = x + 10.0 * pen.grow;
    let width = text_width(&histogram.reference_name, text_px);
    if !theme.draws_legend || x + width > place.outer.right() {
        return Ok(());
    }
    let words = Words {
        text_px,
        ..pen.quiet(Anchor::Left)
    };
    let y = y.max(plot.y) + 3.0 * pen.grow;
    pen.text(&histogram.reference_name, (x, y), words)
}
