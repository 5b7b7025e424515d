//! What is shown in which colour, and taking parts away.
//!
//! A page shows a legend of its own, whose entries can be clicked; an exported picture has one drawn in.
//! Both have the same entries.

use crate::text::text_width;
use crate::{Figure, Panel, Plot, Role, Theme};

/// A name and the mark beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegendEntry {
    /// What is shown.
    pub name: String,
    /// What it looks like.
    pub mark: Mark,
}

/// What a part of a figure looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A line in the colour of its role.
    Line(Role),
    /// A dot in the colour of its role.
    Dot(Role),
    /// A pale area in the colour of its role.
    Band(Role),
    /// A pale bar of a histogram.
    Counts,
    /// A full bar of a histogram.
    Highlighted,
    /// The thin line that a histogram is compared with.
    Reference,
}

impl Figure<'_> {
    /// What an interactive legend shows: every name once, in the order of the panels. To be asked before
    /// anything is hidden.
    pub fn legend(&self) -> Vec<LegendEntry> {
        (0..self.panels.len())
            .flat_map(|panel_idx| self.legend_of(panel_idx))
            .collect()
    }

    /// The entries of a panel whose names no panel before it has.
    pub(crate) fn legend_of(&self, panel_idx: usize) -> Vec<LegendEntry> {
        let mut entries: Vec<LegendEntry> = Vec::new();
        let (before, from) = self.panels.split_at(panel_idx.min(self.panels.len()));
        if let Some(panel) = from.first() {
            panel.each_entry(&mut |name, mark| {
                let is_known = before.iter().any(|panel| panel.names(name))
                    || entries.iter().any(|entry| entry.name == name);
                if !is_known {
                    entries.push(LegendEntry {
                        name: name.to_owned(),
                        mark,
                    });
                }
            });
        }
        entries
    }

    /// Takes away what has such a name: curves, points, parts of histograms. The others keep their colours,
    /// the axes their ends. What has no name stays.
    pub fn hide(&mut self, is_hidden: impl Fn(&str) -> bool) {
        let is_hidden = |name: &str| !name.is_empty() && is_hidden(name);
        for panel in &mut self.panels {
            match &mut panel.plot {
                Plot::Lines(curves) => curves.retain(|curve| !is_hidden(&curve.name)),
                Plot::Points(sets) => sets.retain(|set| !is_hidden(&set.name)),
                Plot::Histogram(histogram) => {
                    if is_hidden(&histogram.name) {
                        histogram.counts = &[];
                    }
                    if is_hidden(&histogram.highlighted_name) {
                        histogram.highlighted = &[];
                    }
                    if is_hidden(&histogram.reference_name) {
                        histogram.reference = Vec::new();
                    }
                }
                Plot::Heatmap(_) | Plot::Bars(_) | Plot::Sketch(_) | Plot::Empty(_) => {}
            }
        }
    }
}

impl Panel<'_> {
    fn each_entry(&self, see: &mut dyn FnMut(&str, Mark)) {
        let mut see = |name: &str, mark| {
            if !name.is_empty() {
                see(name, mark);
            }
        };
        match &self.plot {
            Plot::Lines(curves) => {
                for curve in curves {
                    let is_band = curve.values.is_empty() && curve.band.is_some();
                    let mark = if is_band { Mark::Band } else { Mark::Line };
                    see(&curve.name, mark(curve.role));
                }
            }
            Plot::Points(sets) => {
                for set in sets {
                    let mark = if set.size > 0.0 {
                        Mark::Dot(set.role)
                    } else {
                        Mark::Line(set.role)
                    };
                    see(&set.name, mark);
                }
            }
            Plot::Histogram(histogram) => {
                if !histogram.counts.is_empty() {
                    see(&histogram.name, Mark::Counts);
                }
                if !histogram.highlighted.is_empty() {
                    see(&histogram.highlighted_name, Mark::Highlighted);
                }
                if !histogram.reference.is_empty() {
                    see(&histogram.reference_name, Mark::Reference);
                }
            }
            Plot::Heatmap(_) | Plot::Bars(_) | Plot::Sketch(_) | Plot::Empty(_) => {}
        }
    }

    fn names(&self, name: &str) -> bool {
        let mut found = false;
        self.each_entry(&mut |other, _| found |= other == name);
        found
    }
}

/// Between the parts of the head line.
pub(crate) const HEAD_GAP_PX: f64 = 6.0;

/// The width of a mark, in CSS pixels: of a line so much that its strokes are seen.
pub(crate) fn mark_px(mark: Mark) -> f64 {
    match mark {
        Mark::Line(_) => 30.0,
        _ => 14.0,
    }
}

/// Where an entry of a legend stands.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendBox {
    /// The entry.
    pub entry: LegendEntry,
    /// The left edge of its mark.
    pub x: f64,
    /// The middle of its line.
    pub y: f64,
}

/// A legend that is drawn, in lines.
pub(crate) struct LegendLines {
    /// Each with where it begins in its line, and the number of that.
    pub(crate) entries: Vec<(LegendEntry, f64, usize)>,
    /// The lines it takes below the head line; 0 if it stands in that.
    pub(crate) n_lines: usize,
    /// Its width in the head line.
    pub(crate) width: f64,
}

impl LegendLines {
    /// In the head line if there is room for all entries, else in lines of their own.
    pub(crate) fn of(
        mut entries: Vec<LegendEntry>,
        room: f64,
        line_width: f64,
        text_px: f64,
    ) -> Self {
        // What the counts are compared with has its name beside it.
        entries.retain(|entry| entry.mark != Mark::Reference);
        let grow = text_px / Theme::TEXT_PX;
        let gap = HEAD_GAP_PX * grow;
        let entry_width = |entry: &LegendEntry| {
            mark_px(entry.mark) * grow + gap + text_width(&entry.name, text_px) + 2.0 * gap
        };
        // Without what would stand between the last one and the next.
        let width = entries.iter().map(entry_width).sum::<f64>() - 2.0 * gap;
        let has_lines = !entries.is_empty() && width > room;
        let line_width = if has_lines { line_width } else { f64::INFINITY };
        let (mut x, mut line) = (0.0, 0);
        let entries: Vec<_> = entries
            .into_iter()
            .map(|entry| {
                let entry_width = entry_width(&entry);
                if x > 0.0 && x + entry_width - 2.0 * gap > line_width {
                    (x, line) = (0.0, line + 1);
                }
                let begin = x;
                x += entry_width;
                (entry, begin, line)
            })
            .collect();
        Self {
            entries,
            n_lines: if has_lines { line + 1 } else { 0 },
            width,
        }
    }

    /// Where the entries stand if the first line begins there.
    pub(crate) fn place(self, left: f64, first_y: f64, line_height: f64) -> Vec<LegendBox> {
        self.entries
            .into_iter()
            .map(|(entry, begin, line)| LegendBox {
                entry,
                x: left + begin,
                y: first_y + line as f64 * line_height,
            })
            .collect()
    }
}
