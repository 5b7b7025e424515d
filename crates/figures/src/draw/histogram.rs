//! Counts in bins: all of them pale, the highlighted part in full colour.

use super::bars::{Run, rect_between};
use super::lines::draw_curve;
use super::pen::{Anchor, Pen, Words};
use super::{DrawError, Surface};
use crate::Histogram;
use crate::layout::{PanelBox, text_width};

/// How opaque the counts are of which only a part is highlighted.
const PALE: f64 = 0.35;

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    histogram: &Histogram,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let (plot, theme) = (place.plot, pen.theme);
    let (_, y_max) = place.y.span().ends();
    let zero = place.y.px_from_value(0.0).clamp(plot.y, plot.bottom());
    let n_bins = histogram
        .counts
        .len()
        .min(histogram.edges.len().saturating_sub(1));
    if n_bins > 0 {
        // The bins' own place on the axis, which may span more or less than they do.
        let left = place.x.px_from_value(f64::from(histogram.edges[0]));
        let right = place.x.px_from_value(f64::from(histogram.edges[n_bins]));
        if left.is_finite() && right > left {
            let (left, right) = (pen.snap(left), pen.snap(right));
            let run = Run::new(pen, left, right - left, n_bins);
            for (counts, alpha) in [(histogram.counts, PALE), (histogram.highlighted, 1.0)] {
                for slot in 0..run.n_slots {
                    let count = run
                        .cells(slot)
                        .filter_map(|bin| counts.get(bin))
                        .max()
                        .map_or(0.0, |&count| f64::from(count));
                    let (from, to) = run.ends(slot);
                    let (from, to) = (from.max(plot.x), to.min(plot.right()));
                    if count > 0.0 && to > from {
                        let tip = pen.snap(place.y.px_from_value(count.min(y_max)));
                        // A count of one stays visible.
                        let tip = tip.min(zero - 1.0 / pen.pixel_ratio);
                        pen.fill(rect_between((from, to), (zero, tip)), theme.accent, alpha)?;
                    }
                }
            }
        }
    }
    pen.hair_across((plot.x, plot.right()), zero, theme.line)?;
    draw_reference(pen, histogram, place)
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
    if x + text_width(&histogram.reference_name, text_px) > place.outer.right() {
        return Ok(());
    }
    let words = Words {
        text_px,
        ..pen.quiet(Anchor::Left)
    };
    let y = y.max(plot.y) + 3.0 * pen.grow;
    pen.text(&histogram.reference_name, (x, y), words)
}
