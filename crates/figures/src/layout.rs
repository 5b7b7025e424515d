//! Where everything of a figure stands, in CSS pixels: pure geometry.
//!
//! Drawing, the hit test under the pointer and the size of a canvas all come from here, so they cannot
//! disagree. Insets are the same for every panel: figures that share an axis line up because they have
//! the same width, not because anything was measured.

use crate::axes::{Axes, Scale};
use crate::legend::{HEAD_GAP_PX, LegendBox, LegendLines};
use crate::number::MINUS;
use crate::rect::Rect;
use crate::target::{self, Target};
use crate::text::{CHAR_EM, cut, text_width};
use crate::ticks::{Tick, cell_ticks, log_ticks, round_step, value_ticks};
use crate::{Axis, CellAxis, Figure, Head, Panel, Plot, Span, Theme};

/// The least width of a panel that stands beside another one.
pub const MIN_PANEL_PX: f64 = 200.0;
/// The same of one of many: maps of a few words each are compared with each other, not read alone.
pub const MIN_SMALL_PX: f64 = 140.0;
/// From so many panels on they are many.
const MANY: usize = 7;
/// Between panels side by side.
pub const GAP_PX: f64 = 16.0;
/// Left of the plot: tick labels and the axis label. Wider only where labels are longer than five digits.
pub const LEFT_PX: f64 = 52.0;
/// Left of the plot where there are no tick labels.
pub const LEFT_BARE_PX: f64 = 14.0;
/// Right of the plot.
pub const RIGHT_PX: f64 = 12.0;
/// Above the plot: the head strip.
pub const TOP_PX: f64 = 26.0;
/// Below the plot: tick labels and the axis label.
pub const BOTTOM_PX: f64 = 40.0;
/// Below that, if any panel of the figure has a caption.
pub const CAPTION_PX: f64 = 22.0;
/// Above and below a sketch that stands alone.
const SKETCH_EDGE_PX: f64 = 8.0;
/// A line of the legend.
const LEGEND_LINE_PX: f64 = 18.0;
/// The part of a plot's height that a legend below the head line may take.
const LEGEND_PART: f64 = 0.3;
/// The part of a panel's width that the names of cells may take at its left.
const NAMES_PART: f64 = 0.3;
/// How many panels stand side by side: all of them if each gets at least [`MIN_PANEL_PX`], else the
/// largest number that fills every row, else one. Many may be smaller, and stand in two rows at least. At least 1.
pub fn columns(n_panels: usize, width: f64) -> usize {
    let (most, least_px) = if n_panels < MANY {
        (n_panels, MIN_PANEL_PX)
    } else {
        (n_panels / 2, MIN_SMALL_PX)
    };
    (1..=most)
        .rev()
        .find(|&n| {
            n_panels.is_multiple_of(n) && (width - GAP_PX * (n - 1) as f64) / n as f64 >= least_px
        })
        .unwrap_or(1)
}

/// How many rows of panels stand below each other. At least 1.
pub fn rows(n_panels: usize, width: f64) -> usize {
    n_panels.div_ceil(columns(n_panels, width)).max(1)
}

/// How high a figure is that stands on the page: so many panels of `panel_px`, in rows if it is narrow.
pub fn height(n_panels: usize, width: f64, panel_px: f64, text_px: f64) -> f64 {
    rows(n_panels, width * Theme::TEXT_PX / text_px) as f64 * panel_px
}

/// The window for which the sizes of the page are made: on a larger one figures grow.
const USUAL_WINDOW: (f64, f64) = (1280.0, 800.0);
/// Beyond that they are large enough.
const MOST_ROOM: f64 = 2.5;

/// How much higher figures may be in a window of that size.
pub fn roominess((width, height): (f64, f64)) -> f64 {
    (width / USUAL_WINDOW.0)
        .min(height / USUAL_WINDOW.1)
        .clamp(1.0, MOST_ROOM)
}

/// The size of text where figures are that much higher: it grows by half as much, in half pixels.
pub fn roomy_text_px(room: f64) -> f64 {
    (Theme::TEXT_PX * (1.0 + room)).round() * 0.5
}

/// Of a canvas that fills the window: the side of the square of that area, in ems. Its text is read from the back of a
/// classroom: 22 pixels on the 1000 by 560 that the controls leave of 1280 by 720.
const FILLING_EM: f64 = 34.0;
const MOST_FILLING_PX: f64 = 48.0;
/// Text is made smaller down to this size if more panels then stand side by side.
const LEAST_FILLING_PX: f64 = 18.0;
/// Of many rows each has at least this height at the usual size of text; else text is made smaller.
const LEAST_ROW_PX: f64 = 90.0;

/// The size of text in a figure that has all of the window.
pub fn filling_text_px(n_panels: usize, width: f64, height: f64) -> f64 {
    let most = ((width * height).sqrt() / FILLING_EM).clamp(Theme::TEXT_PX, MOST_FILLING_PX);
    let n_gaps = n_panels.saturating_sub(1) as f64;
    let in_a_row = n_panels as f64 * MIN_PANEL_PX + n_gaps * GAP_PX;
    let least = LEAST_FILLING_PX.min(most);
    // Rounded down, so that they do stand side by side.
    let fitting = (width / in_a_row * Theme::TEXT_PX * 2.0).floor() * 0.5;
    if n_panels < MANY {
        return if fitting < least {
            most
        } else {
            fitting.min(most)
        };
    }
    let mut text_px = most;
    while text_px > Theme::TEXT_PX
        && self::height(
            n_panels,
            width,
            LEAST_ROW_PX * text_px / Theme::TEXT_PX,
            text_px,
        ) > height
    {
        text_px -= 0.5;
    }
    text_px.max(Theme::TEXT_PX)
}

/// The size of a panel's symbol.
pub(crate) fn symbol_px(text_px: f64) -> f64 {
    text_px * 1.25
}

/// From the left edge of a plot to where the note behind the symbol begins.
pub(crate) fn note_inset(head: &Head, text_px: f64) -> f64 {
    if head.symbol.is_empty() {
        return 0.0;
    }
    let gap = HEAD_GAP_PX * text_px / Theme::TEXT_PX;
    text_width(&head.symbol, symbol_px(text_px)) + 2.0 * gap
}

/// Where the panels of a figure stand.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// One for each panel of the figure, in its order.
    pub panels: Vec<PanelBox>,
}

/// Where the parts of one panel stand.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelBox {
    /// All of it.
    pub outer: Rect,
    /// Inside the axes; whole CSS pixels; may be empty.
    pub plot: Rect,
    /// The horizontal axis.
    pub x: Scale,
    /// The vertical axis.
    pub y: Scale,
    /// Ticks of the horizontal axis.
    pub x_ticks: Vec<Tick>,
    /// Ticks of the vertical axis; empty where there is no room for labels.
    pub y_ticks: Vec<Tick>,
    /// The middle of the head line.
    pub head_y: f64,
    /// The entries of the legend: in the head line where they fit, else in lines of their own below it.
    /// Empty where there is no room for all of them.
    pub legend: Vec<LegendBox>,
    /// The middle of the caption line.
    pub caption_y: f64,
    /// What can be pointed at, from the back to the front; `None` where the axes say what is under a place.
    targets: Option<Vec<Target>>,
}

impl PanelBox {
    /// The cells under a point of the figure: `None` outside the plot, else the cell of each axis that
    /// has cells. In a sketch that of the shape, in a set of points those of the point (its number, and that
    /// of its set): the nearest one, the topmost of several, `None` if none is near.
    pub fn cell_at(&self, x_px: f64, y_px: f64) -> Option<(Option<u64>, Option<u64>)> {
        if !self.plot.contains(x_px, y_px) {
            return None;
        }
        match &self.targets {
            None => Some((self.x.cell_from_px(x_px), self.y.cell_from_px(y_px))),
            Some(targets) => {
                let (x, y) = target::nearest(targets, (x_px, y_px))?;
                Some((Some(x), Some(y)))
            }
        }
    }

    /// Where the words about a cell may stand: in the middle of the cell, of the shape or of the point. In
    /// the middle of an axis for which the cell is not known.
    pub fn middle_of(&self, x: Option<u64>, y: Option<u64>) -> (f64, f64) {
        let plot = self.plot;
        let middle = (plot.x + plot.width * 0.5, plot.y + plot.height * 0.5);
        match &self.targets {
            None => (
                x.and_then(|x| self.x.px_from_cell(x)).unwrap_or(middle.0),
                y.and_then(|y| self.y.px_from_cell(y)).unwrap_or(middle.1),
            ),
            Some(targets) => target::middle_of(targets, x, y).unwrap_or(middle),
        }
    }

    /// Its axes on the screen.
    pub(crate) fn axes(&self) -> Axes {
        Axes {
            plot: self.plot,
            x: self.x,
            y: self.y,
        }
    }
}

impl Layout {
    /// The layout at the page's text size and with a legend, for a figure of that size in CSS pixels.
    ///
    /// Sizes that are not finite or not positive give panels with empty plots.
    pub fn of(figure: &Figure, width: f64, height: f64) -> Self {
        Self::new(figure, width, height, (Theme::TEXT_PX, true))
    }

    /// The layout of what is drawn in this theme: with its size of text, with which all insets grow, and
    /// with or without a legend.
    pub fn in_theme(figure: &Figure, width: f64, height: f64, theme: &Theme) -> Self {
        Self::new(figure, width, height, (theme.text_px, theme.draws_legend))
    }

    fn new(figure: &Figure, width: f64, height: f64, (text_px, has_legend): (f64, bool)) -> Self {
        let valid = |size: f64| if size.is_finite() { size.max(0.0) } else { 0.0 };
        let (width, height) = (valid(width), valid(height));
        let grow = valid(text_px) / Theme::TEXT_PX;
        let n_panels = figure.panels.len();
        let n_columns = columns(n_panels, width / grow.max(f64::MIN_POSITIVE));
        let n_rows = n_panels.div_ceil(n_columns).max(1);
        let gap = (GAP_PX * grow).round();
        let outer_width = ((width - gap * (n_columns - 1) as f64) / n_columns as f64)
            .floor()
            .max(0.0);
        let outer_height = (height / n_rows as f64).floor();
        let has_caption = figure.panels.iter().any(|panel| !panel.caption.is_empty());
        // A sketch has no axes, and where there is nothing to say about it, all of the place.
        let has_axes = !figure.panels.iter().all(is_sketch);
        let has_head = has_axes || !figure.panels.iter().all(has_free_head);
        let edge = (SKETCH_EDGE_PX * grow).round();
        let top = if has_head {
            (TOP_PX * grow).round()
        } else {
            edge
        };
        let caption = if has_caption {
            (CAPTION_PX * grow).round()
        } else {
            0.0
        };
        let axes = if has_axes {
            (BOTTOM_PX * grow).round()
        } else {
            edge
        };
        let bottom = axes + caption;
        let right = (RIGHT_PX * grow).round();
        let at_left = |plot_height: f64| ticks_and_inset(figure, outer_width, plot_height, text_px);
        let mut plot_height = (outer_height - top - bottom).max(0.0);
        let (mut y_ticks, mut left) = at_left(plot_height);
        let mut legends: Vec<_> = (0..n_panels)
            .map(|idx| {
                let entries = if has_legend {
                    figure.legend_of(idx)
                } else {
                    Vec::new()
                };
                let head = &figure.panels[idx].head;
                let taken = note_inset(head, text_px) + text_width(&head.note, text_px);
                let room = outer_width - left - right - taken;
                LegendLines::of(entries, room, outer_width, text_px)
            })
            .collect();
        let line_height = (LEGEND_LINE_PX * grow).round();
        let n_lines = legends.iter().map(|legend| legend.n_lines).max();
        // The first of them is the head line where nothing else stands in that.
        let in_head = usize::from(figure.panels.iter().all(has_free_head));
        let n_lines = n_lines.unwrap_or(0).saturating_sub(in_head);
        let mut legend_height = n_lines as f64 * line_height;
        if legend_height > plot_height * LEGEND_PART {
            legend_height = 0.0;
            for legend in legends.iter_mut().filter(|legend| legend.n_lines > 0) {
                legend.entries.clear();
            }
        } else if legend_height > 0.0 {
            plot_height -= legend_height;
            (y_ticks, left) = at_left(plot_height);
        }

        let panels = figure
            .panels
            .iter()
            .zip(y_ticks)
            .zip(legends)
            .enumerate()
            .map(|(idx, ((panel, y_ticks), legend))| {
                let outer = Rect {
                    x: (idx % n_columns) as f64 * (outer_width + gap),
                    y: (idx / n_columns) as f64 * outer_height,
                    width: outer_width,
                    height: outer_height,
                };
                let plot = Rect {
                    x: outer.x + left,
                    y: outer.y + top + legend_height,
                    width: (outer_width - left - right).max(0.0),
                    height: plot_height,
                };
                let axes = Axes::of(panel, plot);
                let head_y = outer.y + top - TOP_PX * grow * 0.5 - grow;
                let legend = if legend.n_lines == 0 {
                    let left = plot.right() - legend.width;
                    legend.place(left, head_y, 0.0)
                } else {
                    // The last one as far above the plot as the head line is without a legend.
                    let above = (legend.n_lines - 1) as f64 * line_height;
                    legend.place(outer.x, head_y + legend_height - above, line_height)
                };
                PanelBox {
                    outer,
                    plot,
                    x: axes.x,
                    y: axes.y,
                    x_ticks: x_ticks(panel, plot.width, text_px),
                    y_ticks,
                    head_y,
                    legend,
                    caption_y: outer.bottom() - caption * 0.5,
                    targets: target::of(&panel.plot, axes, text_px),
                }
            })
            .collect();
        Self { panels }
    }

    /// The panel under a point of the figure, and its number.
    pub fn panel_at(&self, x_px: f64, y_px: f64) -> Option<(usize, &PanelBox)> {
        self.panels
            .iter()
            .enumerate()
            .find(|(_, panel)| panel.outer.contains(x_px, y_px))
    }
}

/// Whether nothing but a legend can stand in the head line of a panel.
fn has_free_head(panel: &Panel) -> bool {
    let head = &panel.head;
    let has_colours = matches!(panel.plot, Plot::Heatmap(_) | Plot::Bars(_));
    head.symbol.is_empty() && head.note.is_empty() && !has_colours
}

fn is_sketch(panel: &Panel) -> bool {
    matches!(panel.plot, Plot::Sketch(_))
}

/// A vector that stands beside a heatmap has its rows on the heatmap's axis: no labels of its own, unless they have names.
fn is_bare(panel: &Panel) -> bool {
    is_sketch(panel)
        || matches!(&panel.plot, Plot::Bars(bars) if bars.cells_on == CellAxis::Y)
            && panel.y.label.is_empty()
            && panel.y.names.is_empty()
}

/// The ticks of the vertical axes, and the widest need of any panel at its left, so that panels below each
/// other line up.
#[inline(never)]
fn ticks_and_inset(
    figure: &Figure,
    outer_width: f64,
    plot_height: f64,
    text_px: f64,
) -> (Vec<Vec<Tick>>, f64) {
    let grow = text_px / Theme::TEXT_PX;
    let mut left = 0.0_f64;
    let mut all = Vec::with_capacity(figure.panels.len());
    for panel in &figure.panels {
        let ticks = y_ticks(panel, plot_height, outer_width * NAMES_PART, text_px);
        left = left.max(left_inset(panel, &ticks, text_px, grow));
        all.push(ticks);
    }
    (all, left)
}

fn left_inset(panel: &Panel, ticks: &[Tick], text_px: f64, grow: f64) -> f64 {
    if is_bare(panel) {
        return (LEFT_BARE_PX * grow).round();
    }
    let labels = ticks
        .iter()
        .map(|tick| text_width(&tick.label, text_px))
        .fold(0.0, f64::max);
    // Six pixels between label and plot; the axis label is turned, one line wide.
    let axis_label = if panel.y.label.is_empty() {
        0.0
    } else {
        text_px * 1.2
    };
    (LEFT_PX * grow)
        .round()
        .max((labels + 6.0 * grow + axis_label).ceil())
}

fn x_ticks(panel: &Panel, width: f64, text_px: f64) -> Vec<Tick> {
    if is_sketch(panel) {
        return Vec::new();
    }
    let gap = text_px * 0.5;
    if let Some(names) = Names::of(&panel.x) {
        let widest = names.all.iter().map(|name| text_width(name, text_px));
        let widest = widest.fold(0.0, f64::max);
        // A short piece of a word is enough to know it by; a piece of a number is another number.
        let least = if names.are_numbers() {
            widest
        } else {
            widest.min(NAME_CHARS * CHAR_EM * text_px)
        } + gap;
        return names.ticks(width, least, &|step_px| step_px - gap, text_px);
    }
    let clear = |label: &str| text_width(label, text_px) + text_px;
    if let Some(ticks) = group_ticks(&panel.x, width, &clear) {
        return ticks;
    }
    ticks_where_they_fit(
        panel.x.span,
        width,
        &|label| clear(label).max(text_px * 4.5),
        &clear,
    )
}

fn y_ticks(panel: &Panel, height: f64, room: f64, text_px: f64) -> Vec<Tick> {
    if is_bare(panel) {
        return Vec::new();
    }
    if let Some(names) = Names::of(&panel.y) {
        return names.ticks(height, text_px * 1.2, &|_| room, text_px);
    }
    if let Some(ticks) = group_ticks(&panel.y, height, &|_| text_px * 1.2) {
        return ticks;
    }
    ticks_where_they_fit(panel.y.span, height, &|_| text_px * 2.5, &|_| text_px * 1.4)
}

/// The characters of a name that are left of it at least.
const NAME_CHARS: f64 = 4.0;

/// The cells of an axis that have names.
struct Names<'a> {
    first: u64,
    len: usize,
    all: &'a [String],
}

impl<'a> Names<'a> {
    /// `None` where the cells go by their numbers.
    fn of(axis: &'a Axis) -> Option<Self> {
        match axis.span {
            Span::Cells { first, len } if !axis.names.is_empty() && len > 0 => {
                let all = &axis.names[..len.min(axis.names.len())];
                Some(Self { first, len, all })
            }
            _ => None,
        }
    }

    fn are_numbers(&self) -> bool {
        let begins = |name: &String| name.starts_with(|c: char| c.is_ascii_digit() || c == MINUS);
        self.all.iter().all(begins)
    }

    /// The names of every cell where each gets `least_px`, else of cells with round numbers.
    fn ticks(
        &self,
        length: f64,
        least_px: f64,
        room: &dyn Fn(f64) -> f64,
        text_px: f64,
    ) -> Vec<Tick> {
        if length <= 0.0 {
            return Vec::new();
        }
        let cell_px = length / self.len as f64;
        let step = round_step(least_px / cell_px);
        let room = room(step as f64 * cell_px);
        let cells = self.all.iter().zip(self.first..);
        cells
            .filter(|&(_, cell)| cell.is_multiple_of(step))
            .map(|(name, cell)| Tick {
                at: cell as f64,
                label: cut(name, room, text_px),
            })
            .collect()
    }
}

/// The numbers of groups in their middles, of as many as there is room for; `None` where there are no groups.
fn group_ticks(axis: &Axis, length: f64, clear_px: &dyn Fn(&str) -> f64) -> Option<Vec<Tick>> {
    let groups = axis.groups.within(axis.span);
    let clear = clear_px(&groups.last()?.0.to_string());
    let step = round_step(clear * groups.len() as f64 / length.max(1.0));
    let named = groups.iter().filter(|(idx, _)| idx.is_multiple_of(step));
    let ticks = named.map(|&(idx, [first, last])| Tick {
        at: (first + last) as f64 * 0.5,
        label: idx.to_string(),
    });
    Some(ticks.collect())
}

/// Ticks as dense as their labels allow: `step_px` apart as a rule, and never nearer than `clear_px`.
fn ticks_where_they_fit(
    span: Span,
    length: f64,
    step_px: &dyn Fn(&str) -> f64,
    clear_px: &dyn Fn(&str) -> f64,
) -> Vec<Tick> {
    if length <= 0.0 {
        return Vec::new();
    }
    match span {
        Span::Cells { first, len } => {
            let last = first.saturating_add((len as u64).saturating_sub(1));
            let label = crate::number::format_count(last);
            let cells_per_px = len as f64 / length;
            cell_ticks(
                first,
                len,
                step_px(&label) * cells_per_px,
                clear_px(&label) * cells_per_px,
            )
        }
        Span::Values { min, max } | Span::Log { min, max } => {
            // Labels are known only with the ticks: begin with short ones, take fewer until they fit.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let mut n = (length / step_px("0")).floor().clamp(0.0, 40.0) as usize + 1;
            loop {
                let ticks = match span {
                    Span::Log { .. } => log_ticks(min, max, n),
                    _ => value_ticks(min, max, n),
                };
                let widest = ticks.iter().map(|t| clear_px(&t.label)).fold(0.0, f64::max);
                if n <= 2 || widest * ticks.len().saturating_sub(1) as f64 <= length {
                    return ticks;
                }
                n -= 1;
            }
        }
    }
}
