//! What surrounds a plot: grid lines, ticks, labels, rules, the cross, the caption.

use super::heatmap::has_texts;
use super::pen::{Pen, Words};
use super::surface::{DrawError, Surface};
use crate::layout::{GAP_PX, PanelBox};
use crate::text::{cut, text_width};
use crate::{Anchor, CellAxis, Panel, Plot, Rect};

/// Between a plot and its tick labels, at the left.
const LABEL_GAP_PX: f64 = 6.0;
const TICK_PX: f64 = 4.0;
/// From the lower edge of the plot to the middle of its tick labels, and of its axis label.
const TICK_LABEL_PX: f64 = 12.0;
const AXIS_LABEL_PX: f64 = 28.0;
/// The cross: on, off.
const DASH_PX: (f64, f64) = (4.0, 3.0);

/// Light lines at the ticks of the value axes, under everything else.
pub(super) fn draw_grid<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let plot = place.plot;
    match panel.plot {
        Plot::Heatmap(_) | Plot::Sketch(_) | Plot::Empty(_) => return Ok(()),
        // They are part of the raster.
        Plot::Lines(_) if S::HAS_CURVES_PAINTED => return Ok(()),
        _ => {}
    }
    if !panel.y.span.is_cells() {
        for tick in &place.y_ticks {
            let y = place.y.px_from_value(tick.at);
            pen.hair_across((plot.x, plot.right()), y, pen.theme.line)?;
        }
    }
    // Only where both axes are read alike: under upright bars a second set of lines would be a cage.
    let has_upright = match &panel.plot {
        Plot::Bars(bars) => bars.cells_on == CellAxis::Y,
        Plot::Points(_) => !panel.x.span.is_cells(),
        _ => false,
    };
    if has_upright {
        for tick in &place.x_ticks {
            let x = place.x.px_from_value(tick.at);
            pen.hair_down(x, (plot.y, plot.bottom()), pen.theme.line)?;
        }
    }
    Ok(())
}

/// Tick marks, tick labels, axis labels and the caption.
pub(super) fn draw_axes<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let (plot, outer, grow) = (place.plot, place.outer, pen.grow);
    for tick in &place.x_ticks {
        let x = place.x.px_from_value(tick.at);
        let mark = (plot.bottom(), plot.bottom() + TICK_PX * grow);
        pen.hair_down(x.min(plot.right() - 1.0), mark, pen.theme.line)?;
        let half = text_width(&tick.label, pen.theme.text_px) * 0.5;
        let x = x.min(outer.right() - half).max(outer.x + half);
        let y = plot.bottom() + TICK_LABEL_PX * grow;
        pen.text(&tick.label, (x, y), pen.quiet(Anchor::Middle))?;
    }
    for tick in &place.y_ticks {
        let at = (plot.x - LABEL_GAP_PX * grow, place.y.px_from_value(tick.at));
        pen.text(&tick.label, at, pen.quiet(Anchor::Right))?;
    }
    if matches!(panel.plot, Plot::Sketch(_)) {
        return draw_caption(pen, panel, place);
    }
    let at = (plot.right(), plot.bottom() + AXIS_LABEL_PX * grow);
    pen.text(&panel.x.label, at, pen.quiet(Anchor::Right))?;
    if text_width(&panel.y.label, pen.theme.text_px) <= plot.height {
        let at = (
            outer.x + pen.theme.text_px * 0.6,
            plot.y + plot.height * 0.5,
        );
        let words = Words {
            turned: true,
            ..pen.quiet(Anchor::Middle)
        };
        pen.text(&panel.y.label, at, words)?;
    }
    draw_caption(pen, panel, place)
}

fn draw_caption<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let outer = place.outer;
    let caption = cut(
        // Without the marks of what is bold elsewhere.
        &panel.caption.replace('*', ""),
        // Into the gap between panels if it must: the estimate of a text's width is on the wide side.
        outer.width + GAP_PX,
        pen.theme.text_px,
    );
    pen.text(
        &caption,
        (outer.x, place.caption_y),
        pen.quiet(Anchor::Left),
    )
}

/// The middle of the axis-label line, where a colour bar may stand too.
pub(super) fn axis_label_y(place: &PanelBox, grow: f64) -> f64 {
    place.plot.bottom() + AXIS_LABEL_PX * grow
}

/// Solid lines at one value. Upright where the value axis runs across.
pub(super) fn draw_rules<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let (plot, grow) = (place.plot, pen.grow);
    let upright = match &panel.plot {
        Plot::Histogram(_) => true,
        Plot::Bars(bars) => bars.cells_on == CellAxis::Y,
        Plot::Lines(_) | Plot::Points(_) => false,
        Plot::Heatmap(_) | Plot::Sketch(_) | Plot::Empty(_) => return Ok(()),
    };
    for rule in &panel.rules {
        let colour = pen.theme.role(rule.role);
        let words = |anchor| Words {
            colour,
            bold: true,
            ..pen.quiet(anchor)
        };
        if upright {
            let x = place.x.px_from_value(rule.at);
            if !(x >= plot.x && x <= plot.right()) {
                continue;
            }
            let x = x.round();
            pen.path(&[(x, plot.y), (x, plot.bottom())], 2.0 * grow, colour, 1.0)?;
            // Inside, at the top, on the side that has room.
            let width = text_width(&rule.name, pen.theme.text_px) + 4.0 * grow;
            let y = plot.y + 7.0 * grow;
            if x + width <= plot.right() {
                pen.text(&rule.name, (x + 4.0 * grow, y), words(Anchor::Left))?;
            } else {
                pen.text(&rule.name, (x - 4.0 * grow, y), words(Anchor::Right))?;
            }
        } else {
            let y = place.y.px_from_value(rule.at);
            if !(y >= plot.y && y <= plot.bottom()) {
                continue;
            }
            let y = y.round();
            pen.path(&[(plot.x, y), (plot.right(), y)], 2.0 * grow, colour, 1.0)?;
            let room = place.outer.right() - plot.right();
            let width = text_width(&rule.name, pen.theme.text_px);
            if width + 2.0 * grow <= room {
                let at = (plot.right() + 3.0 * grow, y);
                pen.text(&rule.name, at, words(Anchor::Left))?;
            } else {
                let at = (plot.right() - 2.0 * grow, y - 8.0 * grow);
                // The cross goes on behind the words.
                let behind = Rect {
                    x: at.0 - width,
                    y: at.1 - 6.0 * grow,
                    width,
                    height: 12.0 * grow,
                };
                pen.fill(behind, pen.theme.card, 0.85)?;
                pen.text(&rule.name, at, words(Anchor::Right))?;
            }
        }
    }
    Ok(())
}

/// The least height or width of a group that has lines around it.
const BORDERED_PX: f64 = 5.0;

/// Lines between groups of cells.
pub(super) fn draw_borders<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let plot = place.plot;
    for (axis, scale, is_x) in [(&panel.x, place.x, true), (&panel.y, place.y, false)] {
        if axis.groups.0 as f64 * scale.px_per_cell() < BORDERED_PX {
            continue;
        }
        for (_, [first, _]) in axis.groups.within(axis.span).into_iter().skip(1) {
            let at = pen.sharp(scale.px_from_value(first as f64 - 0.5));
            let line = if is_x {
                [(at, plot.y), (at, plot.bottom())]
            } else {
                [(plot.x, at), (plot.right(), at)]
            };
            pen.path(&line, 2.5 * pen.grow, pen.theme.card, 0.55)?;
            pen.path(&line, pen.hair_px(), pen.theme.quiet, 1.0)?;
        }
    }
    Ok(())
}

/// Dashed lines through the cell that is read.
pub(super) fn draw_cross<S: Surface>(
    pen: &Pen<S>,
    panel: &Panel,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let plot = place.plot;
    if matches!(panel.plot, Plot::Points(_) | Plot::Sketch(_)) {
        return Ok(());
    }
    // Through the middle of a row and a column, or along their edges where a text stands in the middle.
    let is_written = matches!(panel.plot, Plot::Heatmap(_)) && has_texts(place, pen.grow);
    let offsets: &[f64] = if is_written { &[-0.5, 0.5] } else { &[0.0] };
    for &offset in offsets {
        if let Some(x) = panel.cross.x.and_then(|cell| place.x.px_from_cell(cell)) {
            let x = pen.sharp(x + offset * place.x.px_per_cell());
            draw_dashes(pen, |along| (x, plot.y + along), plot.height)?;
        }
        if let Some(y) = panel.cross.y.and_then(|cell| place.y.px_from_cell(cell)) {
            let y = pen.sharp(y + offset * place.y.px_per_cell());
            draw_dashes(pen, |along| (plot.x + along, y), plot.width)?;
        }
    }
    Ok(())
}

/// Dashes in ink with a halo of card: seen on every colour of every ramp.
fn draw_dashes<S: Surface>(
    pen: &Pen<S>,
    point: impl Fn(f64) -> (f64, f64),
    length: f64,
) -> Result<(), DrawError> {
    let (on, off) = (DASH_PX.0 * pen.grow, DASH_PX.1 * pen.grow);
    let halo = [point(0.0), point(length)];
    pen.path(&halo, 2.5 * pen.grow, pen.theme.card, 0.55)?;
    let mut from = 0.0;
    while from < length {
        let dash = [point(from), point((from + on).min(length))];
        pen.path(&dash, pen.hair_px(), pen.theme.ink, 1.0)?;
        from += on + off;
    }
    Ok(())
}

/// Why nothing is drawn, in the middle of the axes.
pub(super) fn draw_empty<S: Surface>(
    pen: &Pen<S>,
    why: &str,
    place: &PanelBox,
) -> Result<(), DrawError> {
    let Rect {
        x,
        y,
        width,
        height,
    } = place.plot;
    pen.outline(place.plot, pen.theme.line)?;
    let line_px = pen.theme.text_px * 1.5;
    let lines = wrap(
        why,
        width - 2.0 * LABEL_GAP_PX * pen.grow,
        pen.theme.text_px,
    );
    let top = y + (height - line_px * (lines.len() as f64 - 1.0)) * 0.5;
    for (idx, line) in lines.iter().enumerate() {
        let at = (x + width * 0.5, top + idx as f64 * line_px);
        pen.text(line, at, pen.quiet(Anchor::Middle))?;
    }
    Ok(())
}

/// Words in lines that fit by estimate.
pub(super) fn wrap(text: &str, width: f64, text_px: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(&format!("{line} {word}"), text_px) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
