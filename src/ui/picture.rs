//! How pictures leave the page: how large, and in which colours.

use std::cell::Cell;

use figures::draw::{Sheet, figure_size};
use figures::layout::rows;
use figures::{Figure, Scheme, Size, Theme, npy};
use leptos::prelude::*;

use crate::ui::acts::Picture;
use crate::ui::frame::Frame;

/// A slide, in CSS pixels: its text is as large as that of slides when it fills the screen.
const SLIDE: Size = Size {
    width: 960.0,
    height: 540.0,
    pixel_ratio: 2.0,
};

/// A column of text on paper: 16 cm, with 8 to 9 points for the smallest text.
const PAPER_WIDTH: f64 = 640.0;
const PAPER_CM: f64 = 16.0;
const PAPER_DPI: f64 = 300.0;
const CM_PER_INCH: f64 = 2.54;

thread_local! {
    /// In the dark, pictures are light all the same, unless this says otherwise.
    static HAS_OWN_COLOURS: Cell<bool> = const { Cell::new(false) };
}

/// Whether pictures have the colours that the page has now.
pub fn has_own_colours() -> bool {
    HAS_OWN_COLOURS.get()
}

/// Goes from the light colours to the page's own, and back.
pub fn switch_colours() {
    HAS_OWN_COLOURS.set(!HAS_OWN_COLOURS.get());
}

/// The scheme of pictures: light, as paper and most slides are, unless the reader wants the page's own.
pub fn scheme(frame: &Frame) -> Scheme {
    if has_own_colours() {
        untrack(|| frame.page.scheme())
    } else {
        Scheme::Light
    }
}

/// The size of its text: what is seen is saved as it is seen.
pub fn text_px(picture: Picture, frame: &Frame) -> f64 {
    match picture {
        Picture::Screen { .. } => frame.text_px(),
        Picture::Slide | Picture::Paper => Theme::TEXT_PX,
    }
}

/// How large the figure is drawn.
pub fn size_of(
    picture: Picture,
    frame: &Frame,
    figure: &Figure<'_>,
    theme: &Theme,
    sheet: &Sheet<'_>,
) -> Option<Size> {
    match picture {
        Picture::Screen { pixel_ratio } => Some(Size {
            pixel_ratio: f64::from(pixel_ratio),
            ..frame.canvas_size()?
        }),
        Picture::Slide => Some(figure_size(SLIDE, theme, sheet)),
        Picture::Paper => {
            let whole = Size {
                width: PAPER_WIDTH,
                height: PAPER_WIDTH,
                pixel_ratio: PAPER_CM / CM_PER_INCH * PAPER_DPI / PAPER_WIDTH,
            };
            let size = figure_size(whole, theme, sheet);
            let n_rows = u32::try_from(rows(figure.panels.len(), size.width)).unwrap_or(1);
            Some(Size {
                height: f64::from(n_rows * frame.source.panel_height()),
                ..size
            })
        }
    }
}

/// How many pixels of it are a metre, where it has a size on paper.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "11811"
)]
pub fn density(picture: Picture) -> Option<u32> {
    let is_paper = picture == Picture::Paper;
    is_paper.then_some((PAPER_DPI / CM_PER_INCH * 100.0).round() as u32)
}

/// The name of the file without its end. What is made for a use of its own also says what is in it, by the shape of its numbers.
pub fn file_name(picture: Picture, figure: &Figure<'_>) -> String {
    match picture {
        Picture::Screen { .. } => figure.id.to_owned(),
        Picture::Slide => format!("{}-slide", with_shape(figure)),
        Picture::Paper => format!("{}-paper", with_shape(figure)),
    }
}

/// The figure's id and the shape of its numbers, such as `encode-heatmap-64x128`.
pub fn with_shape(figure: &Figure<'_>) -> String {
    let sizes = npy::shape(&figure.table);
    let sizes: Vec<_> = sizes.iter().map(ToString::to_string).collect();
    format!("{}-{}", figure.id, sizes.join("x"))
}
