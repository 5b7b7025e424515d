//! Zoom as data: which cells of its axes a figure shows.
//!
//! A reader looks at a window of an axis of cells. Axes that count the same subject have the same key, so
//! that a heatmap, its curves and its vector are zoomed together. A figure is cropped once, before anything
//! is made of it: ticks, layout, hit test, drawing and coverage then know nothing of the zoom. What is
//! exported stays whole.

use std::ops::Range;

use ndarray::{ArrayView1, Axis as ArrayAxis, Slice};

use crate::{Axis, CellAxis, Figure, Heatmap, Line, Panel, Plot, Rows, Span};

/// Some of the cells of an axis: `first, first + 1, …`, `len` of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The number of the first cell.
    pub first: u64,
    /// How many cells there are.
    pub len: usize,
}

/// Zooming in stops here: a single cell has nothing beside it to be compared with.
const LEAST_CELLS: usize = 2;

impl Window {
    /// All that a span counts; `None` for a span of values.
    pub fn of(span: Span) -> Option<Self> {
        match span {
            Span::Cells { first, len } => Some(Self { first, len }),
            Span::Values { .. } | Span::Log { .. } => None,
        }
    }

    /// Whether a cell is in it.
    pub fn contains(self, cell: u64) -> bool {
        cell.checked_sub(self.first)
            .is_some_and(|idx| idx < self.len as u64)
    }

    /// The nearest window inside of `full`: as long as this one where that is possible, never without
    /// cells unless `full` has none.
    #[must_use]
    pub fn clamp(self, full: Self) -> Self {
        let len = self.len.clamp(full.len.min(1), full.len);
        let last_first = full.first.saturating_add((full.len - len) as u64);
        Self {
            first: self.first.clamp(full.first, last_first),
            len,
        }
    }

    /// `factor` times larger cells (below 1: smaller ones) about a place on the axis, which stays where it
    /// is on the screen to within half a cell, as far as `full` allows. Changes by a cell at least, so that
    /// no turn of the wheel is lost. The place is a cell's number with a fraction, as
    /// [`crate::Scale::value_from_px`] gives it; outside of the window its nearer end counts.
    ///
    /// A factor that is not above 0 or not finite changes nothing.
    #[must_use]
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "held to the whole numbers on purpose"
    )]
    pub fn zoom(self, about: f64, factor: f64, full: Self) -> Self {
        let before = self.clamp(full);
        if !(factor > 0.0 && factor.is_finite()) {
            return before;
        }
        let n = before.len as f64;
        let len = (n / factor).round() as usize;
        let len = if factor > 1.0 {
            let least = LEAST_CELLS.min(before.len);
            len.min(before.len.saturating_sub(1)).max(least)
        } else if factor < 1.0 {
            len.max(before.len.saturating_add(1)).min(full.len)
        } else {
            before.len
        };
        let part = (about + 0.5 - before.first as f64) / n;
        let part = if part.is_nan() {
            0.5
        } else {
            part.clamp(0.0, 1.0)
        };
        let moved = (part * (n - len as f64)).round() as i64;
        let first = before.first.saturating_add_signed(moved);
        Self { first, len }.clamp(full)
    }

    /// Moved by cells, as far as `full` allows.
    #[must_use]
    pub fn pan(self, cells: i64, full: Self) -> Self {
        let before = self.clamp(full);
        let first = before.first.saturating_add_signed(cells);
        Self { first, ..before }.clamp(full)
    }

    /// Moved as little as possible so that it has this cell, as far as `full` does.
    #[must_use]
    pub fn reveal(self, cell: u64, full: Self) -> Self {
        let before = self.clamp(full);
        let to_end = (before.len as u64).saturating_sub(1);
        let first = before.first.clamp(cell.saturating_sub(to_end), cell);
        Self { first, ..before }.clamp(full)
    }
}

/// The windows of a reader, by the keys of the axes. An axis without one is shown whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Windows {
    entries: Vec<(&'static str, Window)>,
}

impl Windows {
    /// The window of the axes with this key; `None` where they are shown whole.
    pub fn get(&self, key: &str) -> Option<Window> {
        let entry = self.entries.iter().find(|entry| entry.0 == key);
        entry.map(|entry| entry.1)
    }

    /// Changes the window of a key, which is `full` where there is none. One that is `full` again is
    /// forgotten, so that the axis stays whole when it grows. An empty key has no window.
    pub fn update(
        &mut self,
        key: &'static str,
        full: Window,
        change: impl FnOnce(Window) -> Window,
    ) {
        let window = change(self.get(key).unwrap_or(full).clamp(full)).clamp(full);
        self.entries.retain(|entry| entry.0 != key);
        if window != full && !key.is_empty() {
            self.entries.push((key, window));
        }
    }

    /// Shows the axes of this key whole.
    pub fn remove(&mut self, key: &str) {
        self.entries.retain(|entry| entry.0 != key);
    }

    /// Whether every axis is shown whole.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The keys and their windows, those that were changed last at the end.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, Window)> {
        self.entries.iter().copied()
    }
}

impl Figure<'_> {
    /// All cells of the axes with this key, of any panel; `None` if no axis has it. Of a figure that is
    /// cropped it is what is left: to be asked before.
    pub fn full_window(&self, key: &str) -> Option<Window> {
        let axes = self.panels.iter().flat_map(|panel| [&panel.x, &panel.y]);
        axes.filter(|axis| axis.key == key && !key.is_empty())
            .filter_map(|axis| Window::of(axis.span))
            .reduce(|a, b| {
                let end = |w: Window| w.first.saturating_add(w.len as u64);
                let first = a.first.min(b.first);
                let len = usize::try_from(end(a).max(end(b)) - first);
                Window {
                    first,
                    len: len.unwrap_or(usize::MAX),
                }
            })
    }

    /// Shows of every axis that has a window only that. Nothing is copied: the views of the data become
    /// narrower. Windows beyond an axis are held to it, axes of values and the table stay as they are.
    pub fn crop(&mut self, windows: &Windows) {
        if windows.is_empty() {
            return;
        }
        for panel in &mut self.panels {
            panel.crop(windows);
        }
    }
}

impl Panel<'_> {
    fn crop(&mut self, windows: &Windows) {
        let x = self.x.crop(windows);
        let y = self.y.crop(windows);
        match &mut self.plot {
            Plot::Heatmap(heatmap) => {
                let [rows, columns] = match heatmap.rows {
                    Rows::Down => [y, x],
                    Rows::Across => [x, y],
                };
                heatmap.crop(rows, columns);
            }
            Plot::Lines(curves) => {
                if let Some(cells) = x {
                    curves.iter_mut().for_each(|curve| curve.crop(&cells));
                }
            }
            Plot::Bars(bars) => {
                let cells = match bars.cells_on {
                    CellAxis::X => x,
                    CellAxis::Y => y,
                };
                if let Some(cells) = cells {
                    crop_view(&mut bars.values, cells);
                }
            }
            Plot::Histogram(_) | Plot::Points(_) | Plot::Sketch(_) | Plot::Empty(_) => {}
        }
    }
}

impl Axis<'_> {
    /// Narrows the axis to its window; says which of its cells, counted from the first one, are left, if
    /// not all are.
    fn crop(&mut self, windows: &Windows) -> Option<Range<usize>> {
        let full = Window::of(self.span)?;
        let window = windows.get(self.key)?.clamp(full);
        if window == full {
            return None;
        }
        let Window { first, len } = window;
        self.span = Span::Cells { first, len };
        let from = usize::try_from(first - full.first).ok()?;
        let cells = from..from + len;
        let names = held(&cells, self.names.len());
        match &mut self.names {
            std::borrow::Cow::Borrowed(all) => *all = all.get(names).unwrap_or_default(),
            std::borrow::Cow::Owned(all) => {
                all.truncate(names.end);
                all.drain(..names.start);
            }
        }
        Some(cells)
    }
}

impl Heatmap<'_> {
    fn crop(&mut self, rows: Option<Range<usize>>, columns: Option<Range<usize>>) {
        for (axis, cells) in [rows, columns].into_iter().enumerate() {
            if let Some(cells) = cells {
                let axis = ArrayAxis(axis);
                let cells = held(&cells, self.values.len_of(axis));
                self.values.slice_axis_inplace(axis, Slice::from(cells));
            }
        }
    }
}

impl Line<'_> {
    /// Keeps a neighbour on each side, towards which the curve leaves the plot.
    fn crop(&mut self, cells: &Range<usize>) {
        let value_at = |cell: usize| {
            let cell = isize::try_from(cell).unwrap_or(isize::MAX);
            cell.saturating_sub(self.first)
        };
        let kept = value_at(cells.start)
            .saturating_sub(1)
            .max(0)
            .unsigned_abs()
            ..value_at(cells.end).saturating_add(1).max(0).unsigned_abs();
        let n_values = self.values.len();
        // A band may be alone.
        let n_values = self
            .band
            .map_or(n_values, |band| n_values.max(band.min.len()));
        let kept = held(&kept, n_values);
        let n_gone = isize::try_from(kept.start).unwrap_or(isize::MAX);
        self.first = n_gone.saturating_sub(value_at(cells.start));
        if let Some(between) = &mut self.between {
            let sample = |cell: usize| cell.saturating_mul(between.per_cell);
            let samples = sample(kept.start)..sample(kept.end.saturating_sub(1)) + 1;
            let samples = held(&samples, between.values.len());
            between.values.truncate(samples.end);
            between.values.drain(..samples.start);
        }
        if let Some(band) = &mut self.band {
            crop_view(&mut band.min, kept.clone());
            crop_view(&mut band.max, kept.clone());
        }
        crop_view(&mut self.values, kept);
    }
}

fn crop_view(values: &mut ArrayView1<f32>, cells: Range<usize>) {
    let cells = held(&cells, values.len());
    values.slice_axis_inplace(ArrayAxis(0), Slice::from(cells));
}

/// The part of a range that is below `len`.
fn held(range: &Range<usize>, len: usize) -> Range<usize> {
    let end = range.end.min(len);
    range.start.min(end)..end
}
