//! A figure as it leaves the page: its title above, the link that opens it again small in the corner below,
//! around the same drawing.

use super::frame::wrap;
use super::pen::{Pen, Words};
use super::rasters::Rasters;
use super::surface::{DrawError, Size, Surface};
use super::{All, draw_card, draw_panels};
use crate::text::{CHAR_EM, cut, text_width};
use crate::{Anchor, Figure, Theme};

/// Around everything.
const MARGIN_PX: f64 = 12.0;
/// Between the title and the figure, and between the figure and the link.
const GAP_PX: f64 = 4.0;
/// Sizes of text, as a part of the theme's.
const TITLE_EM: f64 = 1.25;
const LINK_EM: f64 = 0.8;
/// From line to line, as a part of a text's size.
const LINE_EM: f64 = 1.4;

/// What stands around a figure that leaves the page; what is empty takes no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sheet<'a> {
    /// Above the figure, in as many lines as it takes.
    pub title: &'a str,
    /// In the lower right corner, in one line: where it is too long, its middle is left out.
    pub link: &'a str,
}

/// Where the parts of a sheet stand, in CSS pixels.
struct Places {
    size: Size,
    /// The lines of the title.
    title: Vec<String>,
    /// The middle of the title's first line, and from line to line.
    title_y: f64,
    title_line_px: f64,
    /// The left upper corner of the figure.
    origin: (f64, f64),
    /// The right end and the middle of the link.
    link_at: (f64, f64),
}

impl Places {
    fn new(size: Size, theme: &Theme, sheet: &Sheet) -> Self {
        let valid = |px: f64| if px.is_finite() { px.max(0.0) } else { 0.0 };
        let (width, height) = (valid(size.width), valid(size.height));
        let grow = valid(theme.text_px) / Theme::TEXT_PX;
        // Whole multiples of four are whole device pixels at every common pixel ratio, 1.25 included.
        let whole = |px: f64| (px / 4.0).ceil() * 4.0;
        let (margin, gap) = (whole(MARGIN_PX * grow), GAP_PX * grow);
        let title_px = TITLE_EM * theme.text_px;
        let title: Vec<String> = wrap(sheet.title, width, title_px)
            .iter()
            .map(|line| cut(line, width, title_px))
            .collect();
        let title_line_px = LINE_EM * title_px;
        let strip = |n_lines: usize, line_px: f64| match n_lines {
            0 => 0.0,
            n => n as f64 * line_px + gap,
        };
        let top = whole(margin + strip(title.len(), title_line_px));
        let link_line_px = LINE_EM * LINK_EM * theme.text_px;
        let link = strip(usize::from(!sheet.link.is_empty()), link_line_px);
        let size = Size {
            width: width + 2.0 * margin,
            height: (top + height + link + margin).ceil(),
            pixel_ratio: size.pixel_ratio,
        };
        Self {
            title,
            title_y: margin + title_line_px * 0.5,
            title_line_px,
            origin: (margin, top),
            link_at: (
                size.width - margin,
                size.height - margin - link_line_px * 0.5,
            ),
            size,
        }
    }
}

/// The size of the sheet on which a figure of that size is drawn.
pub fn sheet_size(figure_size: Size, theme: &Theme, sheet: &Sheet) -> Size {
    Places::new(figure_size, theme, sheet).size
}

/// The size of the figure whose sheet is as large as `whole`; as near as may be where that has hardly room for the words.
pub fn figure_size(whole: Size, theme: &Theme, sheet: &Sheet) -> Size {
    let around = |size: Size| {
        let outer = sheet_size(size, theme, sheet);
        [outer.width - size.width, outer.height - size.height]
    };
    let [across, _] = around(whole);
    let width = (whole.width - across).max(0.0);
    // As wide as it will be: the title's lines follow the width.
    let [_, along] = around(Size { width, ..whole });
    Size {
        width,
        height: (whole.height - along).max(0.0),
        ..whole
    }
}

/// Draws a figure of that size on its sheet; the surface has the size that [`sheet_size`] says.
///
/// # Errors
/// Only those of the surface.
pub fn draw_sheet<S: Surface>(
    surface: S,
    figure: &Figure,
    theme: &Theme,
    figure_size: Size,
    rasters: &mut Rasters,
    sheet: &Sheet,
) -> Result<(), DrawError> {
    let places = Places::new(figure_size, theme, sheet);
    let mut pen = Pen::new(surface, theme, figure_size.pixel_ratio);
    draw_card(&pen, places.size)?;
    let title = Words {
        colour: theme.ink,
        text_px: TITLE_EM * theme.text_px,
        bold: true,
        ..pen.quiet(Anchor::Left)
    };
    for (idx, line) in places.title.iter().enumerate() {
        let y = places.title_y + idx as f64 * places.title_line_px;
        pen.text(line, (places.origin.0, y), title)?;
    }
    let link = Words {
        text_px: LINK_EM * theme.text_px,
        ..pen.quiet(Anchor::Right)
    };
    let room = places.link_at.0 - places.origin.0;
    pen.text(
        &cut_middle(sheet.link, room, link.text_px),
        places.link_at,
        link,
    )?;
    pen.origin = (pen.snap(places.origin.0), pen.snap(places.origin.1));
    draw_panels::<All, _>(&pen, figure, figure_size, rasters)?;
    pen.finish()
}

/// A text without as much of its middle as it takes to fit by estimate: of a link, the place it leads to and
/// the last settings stay.
fn cut_middle(text: &str, width: f64, text_px: f64) -> String {
    if text_width(text, text_px) <= width {
        return text.to_owned();
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let n_fit = (width / (CHAR_EM * text_px)).max(0.0) as usize;
    let Some(n_kept) = n_fit.checked_sub(1) else {
        return String::new();
    };
    let n_end = n_kept / 2;
    let mut kept: String = text.chars().take(n_kept - n_end).collect();
    kept.push('…');
    kept.extend(
        text.chars()
            .skip(text.chars().count().saturating_sub(n_end)),
    );
    kept
}
