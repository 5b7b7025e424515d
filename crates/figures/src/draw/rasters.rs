//! The pixels of a figure, kept while what they show stays.

use ndarray::{ArrayView2, Axis};

use super::pen::Pen;
use super::surface::Surface;
use super::{bars, lines, points, sketch};
use pixels::{Coverage, Holes, Raster};

use crate::layout::Layout;
use crate::raster::paint;
use crate::{Colours, Figure, Heatmap, Plot, Rows, Scheme};

/// The rasters of one figure, one for each panel, kept from frame to frame: a heatmap is painted again
/// only when its data, its colours or its size changed, not when a crosshair moves over it.
#[derive(Clone, Debug, Default)]
pub struct Rasters {
    pub(super) slots: Vec<Slot>,
    /// Painted anew for each colour bar and each hatched bar: that takes microseconds.
    pub(super) small: Raster,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    key: Option<Key>,
    pub(super) raster: Raster,
    coverage: Coverage,
    pub(super) holes: Holes,
}

/// All that a raster depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    version: u64,
    /// Where the values are in memory and how they stand there: another window is another raster.
    values: (usize, [isize; 2], [usize; 2]),
    rows: Rows,
    colours: Colours,
    scheme: Scheme,
    size_px: (usize, usize),
}

impl Rasters {
    /// How many cells a pixel of that panel covers, as it was last drawn; `None` if it was not a heatmap.
    pub fn coverage(&self, panel_idx: usize) -> Option<Coverage> {
        let slot = self.slots.get(panel_idx)?;
        slot.key.map(|_| slot.coverage)
    }

    /// What was not a number in that panel, as it was last drawn: cells of a heatmap, bars, points of curves.
    pub fn holes(&self, panel_idx: usize) -> Holes {
        self.slots
            .get(panel_idx)
            .map_or_else(Holes::default, |slot| slot.holes)
    }

    /// How many bytes the rasters hold.
    pub fn n_bytes(&self) -> usize {
        self.slots.iter().map(|s| s.raster.rgba.capacity()).sum()
    }

    /// Paints the heatmaps that are not already what they should be, and looks for holes in the others.
    pub(super) fn update<S: Surface>(&mut self, pen: &Pen<S>, figure: &Figure, layout: &Layout) {
        self.slots.resize_with(figure.panels.len(), Slot::default);
        let panels = figure.panels.iter().zip(&layout.panels);
        for (slot, (panel, place)) in self.slots.iter_mut().zip(panels) {
            match &panel.plot {
                Plot::Heatmap(heatmap) if !place.plot.is_empty() => {
                    slot.paint(heatmap, pen.theme.scheme, pen.device_size(place.plot));
                    continue;
                }
                Plot::Bars(bars) => slot.holes = bars::holes(pen, bars, place),
                Plot::Lines(curves) => slot.holes = lines::holes(curves, place),
                Plot::Points(sets) => slot.holes = points::holes(sets),
                Plot::Sketch(sketch) => slot.holes = sketch::holes(sketch),
                Plot::Heatmap(_) | Plot::Histogram(_) | Plot::Empty(_) => {
                    slot.holes = Holes::default();
                }
            }
            slot.key = None;
        }
    }
}

impl Slot {
    fn paint(&mut self, heatmap: &Heatmap, scheme: Scheme, size_px: (usize, usize)) {
        let key = Key {
            version: heatmap.version,
            values: place_of(&heatmap.values),
            rows: heatmap.rows,
            colours: heatmap.colours,
            scheme,
            size_px,
        };
        if self.key != Some(key) {
            let (width, height) = size_px;
            (self.coverage, self.holes) = paint(heatmap, scheme, width, height, &mut self.raster);
            self.key = Some(key);
        }
    }
}

/// What tells the windows of one matrix apart.
fn place_of(values: &ArrayView2<f32>) -> (usize, [isize; 2], [usize; 2]) {
    let strides = [0, 1].map(|axis| values.stride_of(Axis(axis)));
    let (n_rows, n_columns) = values.dim();
    (values.as_ptr().addr(), strides, [n_rows, n_columns])
}
