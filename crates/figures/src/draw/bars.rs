//! One bar per cell, from zero. Upright and lying bars are the same thing with the axes exchanged.

use std::ops::Range;

use super::pen::Pen;
use super::surface::{DrawError, Surface};
use pixels::{Holes, Raster, edge_px};

use crate::layout::PanelBox;
use crate::{Bars, CellAxis, Colours, Rect, Scale, Span};

/// How far a bar's colour is from the card at least, so that small bars do not vanish.
const FLOOR: f32 = 0.35;
/// From this width on, bars stand one pixel apart.
const GAP_FROM_PX: f64 = 3.0;

pub(super) fn draw<S: Surface>(
    pen: &Pen<S>,
    bars: &Bars,
    place: &PanelBox,
    small: &mut Raster,
) -> Result<(), DrawError> {
    let plot = place.plot;
    let upright = bars.cells_on == CellAxis::X;
    let values = if upright { &place.y } else { &place.x };
    let Some(run) = run_of(pen, bars, place) else {
        return Ok(());
    };
    draw_hatching(pen, bars, place, &run, small)?;
    let zero = held(values, 0.0);
    for slot in 0..run.n_slots {
        let (from, to) = run.ends(slot);
        let role = bars.roles.get(slot);
        let mut lowest = 0.0_f32;
        let mut highest = 0.0_f32;
        for idx in run.cells(slot) {
            // Comparisons with NaN are false. Infinite bars reach the end.
            if let Some(&value) = bars.values.get(idx) {
                if value < lowest {
                    lowest = value;
                }
                if value > highest {
                    highest = value;
                }
            }
        }
        for value in [lowest, highest] {
            if value != 0.0 {
                let tip = pen.snap(held(values, f64::from(value)));
                let rect = if upright {
                    rect_between((from, to), (zero, tip))
                } else {
                    rect_between((zero, tip), (from, to))
                };
                match role {
                    Some(&role) => pen.fill(rect, pen.theme.role(role), 1.0)?,
                    None => draw_bar(pen, rect, value, bars.colours)?,
                }
            }
        }
    }
    let theme = pen.theme;
    if upright {
        pen.hair_across((plot.x, plot.right()), zero, theme.line)
    } else {
        pen.hair_down(zero, (plot.y, plot.bottom()), theme.line)
    }
}

/// How the bars share their axis; `None` if that has no cells.
fn run_of<S: Surface>(pen: &Pen<S>, bars: &Bars, place: &PanelBox) -> Option<Run> {
    let plot = place.plot;
    let (cells, start, length) = match bars.cells_on {
        CellAxis::X => (&place.x, plot.x, plot.width),
        CellAxis::Y => (&place.y, plot.y, plot.height),
    };
    match cells.span() {
        Span::Cells { len, .. } => Some(Run::new(pen, start, length, len)),
        Span::Values { .. } | Span::Log { .. } => None,
    }
}

/// Whether none of the bars in a slot is a number.
fn is_hole(bars: &Bars, cells: Range<usize>) -> bool {
    let mut values = cells.map(|idx| bars.values.get(idx));
    values.all(|value| value.is_none_or(|value| value.is_nan()))
}

/// How many bars are not finite, and whether any slot is hatched.
pub(super) fn holes<S: Surface>(pen: &Pen<S>, bars: &Bars, place: &PanelBox) -> Holes {
    let is_hatched = run_of(pen, bars, place)
        .is_some_and(|run| (0..run.n_slots).any(|slot| is_hole(bars, run.cells(slot))));
    Holes {
        n_cells: bars.values.iter().filter(|v| !v.is_finite()).count(),
        is_hatched,
    }
}

/// Hatches the slots without a number, neighbours together.
fn draw_hatching<S: Surface>(
    pen: &Pen<S>,
    bars: &Bars,
    place: &PanelBox,
    run: &Run,
    small: &mut Raster,
) -> Result<(), DrawError> {
    let plot = place.plot;
    let mut from = None;
    for slot in 0..=run.n_slots {
        if slot < run.n_slots && is_hole(bars, run.cells(slot)) {
            from = from.or(Some(slot));
        } else if let Some(from) = from.take() {
            let along = (run.ends(from).0, run.ends(slot - 1).1);
            let rect = match bars.cells_on {
                CellAxis::X => rect_between(along, (plot.y, plot.bottom())),
                CellAxis::Y => rect_between((plot.x, plot.right()), along),
            };
            pen.hatch(rect, small)?;
        }
    }
    Ok(())
}

fn draw_bar<S: Surface>(
    pen: &Pen<S>,
    rect: Rect,
    value: f32,
    colours: Colours,
) -> Result<(), DrawError> {
    let value = value.clamp(-f32::MAX, f32::MAX);
    match colours.rgb_at_least(value, FLOOR, pen.theme.scheme) {
        Some(rgb) => pen.fill(rect, rgb, 1.0),
        None => Ok(()),
    }
}

/// Where a value stands, held to the axis.
fn held(scale: &Scale, value: f64) -> f64 {
    let (min, max) = scale.span().ends();
    // Not `clamp`, which panics where the ends are not in order.
    scale.px_from_value(value.max(min).min(max))
}

pub(super) fn rect_between((x0, x1): (f64, f64), (y0, y1): (f64, f64)) -> Rect {
    Rect {
        x: x0.min(x1),
        y: y0.min(y1),
        width: (x1 - x0).abs(),
        height: (y1 - y0).abs(),
    }
}

/// What is left free after a bar: a CSS pixel, a device pixel, or nothing where bars are thin.
pub(super) fn bar_gap(bar_px: f64, pixel_ratio: f64) -> f64 {
    if bar_px >= GAP_FROM_PX {
        1.0
    } else if bar_px * pixel_ratio >= GAP_FROM_PX {
        1.0 / pixel_ratio
    } else {
        0.0
    }
}

/// How `n_cells` share a length: each gets whole device pixels, by the same rounding as a heatmap's
/// cells; where they outnumber device pixels, each pixel gets a run of them.
pub(super) struct Run {
    start: f64,
    pixel: f64,
    n_px: usize,
    n_cells: usize,
    /// How many bars are drawn.
    pub(super) n_slots: usize,
    gap: f64,
}

impl Run {
    pub(super) fn new<S: Surface>(pen: &Pen<S>, start: f64, length: f64, n_cells: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let n_px = (length * pen.pixel_ratio).round().max(0.0) as usize;
        let pixel = 1.0 / pen.pixel_ratio;
        let cell = length / n_cells.max(1) as f64;
        Self {
            start,
            pixel,
            n_px,
            n_cells,
            n_slots: n_cells.min(n_px),
            gap: bar_gap(cell, pen.pixel_ratio),
        }
    }

    /// Where the bar of a slot begins and ends, without the gap after it.
    pub(super) fn ends(&self, slot: usize) -> (f64, f64) {
        let edge = |k: usize| {
            let px = if self.n_cells <= self.n_px {
                edge_px(k, self.n_cells, self.n_px)
            } else {
                k
            };
            self.start + px as f64 * self.pixel
        };
        (edge(slot), edge(slot + 1) - self.gap)
    }

    /// The cells of a slot.
    pub(super) fn cells(&self, slot: usize) -> Range<usize> {
        if self.n_cells <= self.n_px {
            return slot..slot + 1;
        }
        // Every cell a pixel touches, also in part: a single high bar must not be lost between two.
        let from = slot * self.n_cells / self.n_px;
        let to = ((slot + 1) * self.n_cells).div_ceil(self.n_px);
        from..to
    }
}
