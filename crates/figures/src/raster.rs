//! A heatmap as pixels. What takes time is in the crate `pixels`.

use pixels::{Coverage, Holes, Picture, Raster};

pub use pixels::{MAX_PIXELS, edge_px};

use crate::number::format_value;
use crate::ramp::hatch;
use crate::{Heatmap, Scheme};

/// Paints a heatmap into `width_px × height_px` device pixels ([`pixels::paint`]). One without cells is painted in the card's colour.
pub fn paint(
    heatmap: &Heatmap,
    scheme: Scheme,
    width_px: usize,
    height_px: usize,
    raster: &mut Raster,
) -> (Coverage, Holes) {
    let picture = Picture {
        values: heatmap.values.view(),
        rows: heatmap.rows,
        lookup: heatmap.colours.lookup(),
        table: heatmap.colours.ramp.table(scheme),
        hatch: hatch(scheme),
    };
    pixels::paint(&picture, width_px, height_px, raster)
}

/// What a caption says where pixels are means, such as `1 px = 4 × 2 cells` (across × down); `None` where every pixel is one cell.
pub fn caption(coverage: Coverage) -> Option<String> {
    let Coverage { x, y } = coverage;
    let per_px = |cells: f64| format_value(cells.max(1.0), 2);
    (x > 1.0 || y > 1.0).then(|| format!("1 px = {} × {} cells", per_px(x), per_px(y)))
}
