//! The strip above a plot: a symbol, a note, and what the colours mean.

use std::borrow::Cow;

use ndarray::{Axis, aview1};

use super::frame::axis_label_y;
use super::histogram::PALE;
use super::pen::{Pen, Words};
use super::rasters::Rasters;
use super::surface::{DrawError, Surface};
use pixels::{Holes, Raster};

use crate::layout::{Layout, PanelBox, note_inset, symbol_px};
use crate::legend::{HEAD_GAP_PX, LegendBox, mark_px};
use crate::number::format_value;
use crate::raster::paint;
use crate::text::{cut, text_width};
use crate::{Anchor, Bars, Colours, Figure, Heatmap, Mark, Panel, Plot, Rect, Rows};

/// How wide a colour bar is: the first of these for which there is room beside all panels' names. Where there is none it stands below
/// the axes, as wide as there is room, from the first of these down to the last.
const BAR_WIDTHS_PX: [f64; 2] = [72.0, 16.0];
const BAR_HEIGHT_PX: f64 = 8.0;
const SWATCH_PX: f64 = 18.0;
/// Between a swatch and a colour bar, in gaps: an end of the bar must not read as the swatch's.
const SWATCH_GAP: f64 = 3.0;
/// What hatching means where a figure does not say it.
const UNDEFINED: &str = "no value";
/// The values painted into it.
const N_STEPS: usize = 256;

/// Where the heads of a figure have what explains their colours. For all panels in the strip or for none:
/// side by side, a thing is looked for where it was in the panel before.
pub(super) struct Heads {
    /// Of the bars, without the values at their ends.
    bar_px: f64,
    bars_fit: bool,
    /// Beside the bars.
    swatches_fit: bool,
}

impl Heads {
    pub(super) fn of<S: Surface>(
        pen: &Pen<S>,
        figure: &Figure,
        layout: &Layout,
        rasters: &Rasters,
    ) -> Self {
        let fits = |bar_px, with_swatches: bool| {
            let panels = figure.panels.iter().zip(&layout.panels).enumerate();
            panels.into_iter().all(|(idx, (panel, place))| {
                let holes = with_swatches.then(|| rasters.holes(idx));
                has_room(pen, (panel, place), bar_px, holes)
            })
        };
        let [wide, narrow] = BAR_WIDTHS_PX;
        let bar_px = if fits(wide, false) { wide } else { narrow };
        Self {
            bar_px,
            bars_fit: fits(bar_px, false),
            swatches_fit: fits(bar_px, true),
        }
    }

    pub(super) fn draw<S: Surface>(
        &self,
        pen: &Pen<S>,
        panel: &Panel,
        place: &PanelBox,
        holes: Holes,
        small: &mut Raster,
    ) -> Result<(), DrawError> {
        let (plot, grow, text_px) = (place.plot, pen.grow, pen.theme.text_px);
        let gap = HEAD_GAP_PX * grow;
        let y = place.head_y;
        let symbol = Words {
            colour: pen.theme.ink,
            text_px: symbol_px(text_px),
            bold: true,
            ..pen.quiet(Anchor::Left)
        };
        pen.text(&panel.head.symbol, (plot.x, y), symbol)?;
        let left = plot.x + note_inset(&panel.head, text_px);

        // What stands at the right moves the note to the left, behind the symbol. What does not fit there
        // goes into the line of the axis label, if that leaves room.
        let mut taken = 0.0;
        let mut below = plot.x;
        let below_y = axis_label_y(place, grow);
        let below_end = plot.right() - text_width(&panel.x.label, text_px) - gap;
        let [wide, narrow] = BAR_WIDTHS_PX;
        let bar_px = if self.bars_fit { self.bar_px } else { wide };
        if let Some(bar) = ColourBar::of(panel, bar_px, pen) {
            if self.bars_fit {
                taken = bar.width;
                bar.draw(pen, (plot.right() - taken, y), small)?;
            } else if let Some(bar) = bar.within(below_end - below, narrow * grow) {
                bar.draw(pen, (below, below_y), small)?;
                below += bar.width + SWATCH_GAP * gap;
            }
        }
        if let Some(swatch) = Swatch::of(panel, holes, pen) {
            if self.swatches_fit {
                let between = if taken > 0.0 { SWATCH_GAP * gap } else { 0.0 };
                taken += swatch.width + between;
                swatch.draw(pen, (plot.right() - taken, y), small)?;
            } else if below + swatch.width <= below_end {
                swatch.draw(pen, (below, below_y), small)?;
            }
        }
        draw_legend(pen, &place.legend)?;
        let in_head = place.legend.first().filter(|entry| entry.y == y);
        if let Some(first) = in_head {
            taken = plot.right() - first.x;
        }
        let room = plot.right() - left - taken;
        if taken > 0.0 {
            let note = cut(&panel.head.note, room - 2.0 * gap, text_px);
            pen.text(&note, (left, y), pen.quiet(Anchor::Left))
        } else {
            let note = cut(&panel.head.note, room, text_px);
            pen.text(&note, (plot.right(), y), pen.quiet(Anchor::Right))
        }
    }
}

/// Whether a bar of this width, and a swatch where there are holes, stand beside a panel's names.
#[inline(never)]
fn has_room<S: Surface>(
    pen: &Pen<S>,
    (panel, place): (&Panel, &PanelBox),
    bar_px: f64,
    holes: Option<Holes>,
) -> bool {
    let gap = HEAD_GAP_PX * pen.grow;
    let bar = ColourBar::of(panel, bar_px, pen).map_or(0.0, |bar| 2.0 * gap + bar.width);
    let swatch = holes
        .and_then(|holes| Swatch::of(panel, holes, pen))
        .map_or(0.0, |swatch| SWATCH_GAP * gap + swatch.width);
    let note = text_width(&panel.head.note, pen.theme.text_px);
    let names = note_inset(&panel.head, pen.theme.text_px) + note;
    bar + swatch == 0.0 || place.plot.x + names + bar + swatch <= place.plot.right()
}

/// A ramp with the values at its ends.
struct ColourBar {
    colours: Colours,
    min: String,
    max: String,
    min_width: f64,
    /// Of the ramp.
    bar_width: f64,
    /// All of it.
    width: f64,
}

impl ColourBar {
    /// That of a heatmap.
    fn of<S: Surface>(panel: &Panel, bar_px: f64, pen: &Pen<S>) -> Option<Self> {
        let Plot::Heatmap(Heatmap { colours, .. }) = panel.plot else {
            return None;
        };
        let (text_px, grow) = (pen.theme.text_px, pen.grow);
        let min = format_value(f64::from(colours.min), 3);
        let max = format_value(f64::from(colours.max), 3);
        let min_width = text_width(&min, text_px);
        Some(Self {
            width: min_width + text_width(&max, text_px) + (bar_px + 2.0 * HEAD_GAP_PX) * grow,
            min_width,
            bar_width: bar_px * grow,
            colours,
            min,
            max,
        })
    }

    /// The same, as much shorter as the room is, down to a ramp of `shortest`; `None` where there is less.
    fn within(mut self, room: f64, shortest: f64) -> Option<Self> {
        let missing = (self.width - room).max(0.0);
        self.width -= missing;
        self.bar_width -= missing;
        (self.bar_width >= shortest).then_some(self)
    }

    /// From `left` on, its middle at `y`.
    fn draw<S: Surface>(
        &self,
        pen: &Pen<S>,
        (left, y): (f64, f64),
        raster: &mut Raster,
    ) -> Result<(), DrawError> {
        let gap = HEAD_GAP_PX * pen.grow;
        let bar = Rect {
            x: (left + self.min_width + gap).round(),
            y: (y - BAR_HEIGHT_PX * pen.grow * 0.5).round(),
            width: self.bar_width.round(),
            height: (BAR_HEIGHT_PX * pen.grow).round(),
        };
        let Colours { min, max, .. } = self.colours;
        #[allow(clippy::cast_precision_loss)]
        let values: [f32; N_STEPS] = std::array::from_fn(|k| {
            let at = (k as f32 + 0.5) / N_STEPS as f32;
            // Not `min + (max - min) * at`: that difference may overflow.
            min * (1.0 - at) + max * at
        });
        let heatmap = Heatmap {
            values: aview1(&values).insert_axis(Axis(0)),
            rows: Rows::Down,
            colours: self.colours,
            undefined: Cow::Borrowed(""),
            version: 0,
        };
        let (width, height) = pen.device_size(bar);
        paint(&heatmap, pen.theme.scheme, width, height, raster);
        pen.blit(raster, bar)?;
        pen.outline(bar, pen.theme.line)?;
        pen.text(&self.min, (bar.x - gap, y), pen.quiet(Anchor::Right))?;
        pen.text(&self.max, (bar.right() + gap, y), pen.quiet(Anchor::Left))
    }
}

/// A piece of hatching with what it means.
struct Swatch<'a> {
    word: &'a str,
    /// All of it.
    width: f64,
}

impl<'a> Swatch<'a> {
    /// That of a panel with hatching.
    fn of<S: Surface>(panel: &'a Panel, holes: Holes, pen: &Pen<S>) -> Option<Self> {
        let (Plot::Heatmap(Heatmap { undefined, .. }) | Plot::Bars(Bars { undefined, .. })) =
            &panel.plot
        else {
            return None;
        };
        let word = if undefined.is_empty() {
            UNDEFINED
        } else {
            undefined
        };
        let width = text_width(word, pen.theme.text_px) + (SWATCH_PX + HEAD_GAP_PX) * pen.grow;
        holes.is_hatched.then_some(Self { word, width })
    }

    /// From `left` on, its middle at `y`.
    fn draw<S: Surface>(
        &self,
        pen: &Pen<S>,
        (left, y): (f64, f64),
        raster: &mut Raster,
    ) -> Result<(), DrawError> {
        let swatch = Rect {
            x: left.round(),
            y: (y - BAR_HEIGHT_PX * pen.grow * 0.5).round(),
            width: (SWATCH_PX * pen.grow).round(),
            height: (BAR_HEIGHT_PX * pen.grow).round(),
        };
        pen.hatch(swatch, raster)?;
        pen.outline(swatch, pen.theme.line)?;
        let at = (swatch.right() + HEAD_GAP_PX * pen.grow, y);
        pen.text(self.word, at, pen.quiet(Anchor::Left))
    }
}

/// The names of what is shown, each behind its mark.
fn draw_legend<S: Surface>(pen: &Pen<S>, entries: &[LegendBox]) -> Result<(), DrawError> {
    let (grow, theme) = (pen.grow, pen.theme);
    for LegendBox { entry, x, y } in entries {
        let width = mark_px(entry.mark) * grow;
        let (x, y) = (*x, *y);
        let bar = Rect {
            x: x + width * 0.15,
            y: y - width * 0.35,
            width: width * 0.7,
            height: width * 0.7,
        };
        match entry.mark {
            Mark::Line(role) => {
                pen.curve(&[(x, y), (x + width, y)], 2.0 * grow, role, true)?;
            }
            Mark::Reference => {
                pen.path(&[(x, y), (x + width, y)], 1.2 * grow, theme.ink, 0.8)?;
            }
            Mark::Dot(role) => {
                pen.dot((x + width * 0.5, y), width * 0.28, theme.role(role), 1.0)?;
            }
            Mark::Band(role) => pen.fill(bar, theme.role(role), PALE)?,
            Mark::Counts => pen.fill(bar, theme.accent, PALE)?,
            Mark::Highlighted => pen.fill(bar, theme.accent, 1.0)?,
        }
        let at = (x + width + HEAD_GAP_PX * grow, y);
        pen.text(&entry.name, at, pen.quiet(Anchor::Left))?;
    }
    Ok(())
}
