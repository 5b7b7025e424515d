//! What the menus of a figure offer.

use crate::ui::page::ColourItem;

/// What an entry of a menu does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Act {
    /// Shows or hides the table.
    Table,
    /// Larger cells (1) or smaller ones (−1).
    Zoom(i32),
    /// Shows everything.
    Whole,
    /// Chooses colours.
    Colour(ColourItem),
    /// Saves a file.
    Save(File),
    /// Pictures have the page's own colours, or those of the light theme.
    OwnColours,
    /// Copies code.
    Copy(Language),
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// A picture in pixels.
    Png(Picture),
    /// A picture in shapes.
    Svg,
    /// The numbers as text.
    Csv,
    /// The numbers of every panel as text.
    Panels,
    /// The numbers as NumPy keeps them.
    Npy,
}

/// How large a picture in pixels is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picture {
    /// As on the page, so many pixels for each CSS pixel along a side.
    Screen {
        /// 1 or more.
        pixel_ratio: u8,
    },
    /// It fills a slide, 1920 × 1080 pixels.
    Slide,
    /// As wide as a column of text, at 300 dots per inch.
    Paper,
}

/// A language of the code that makes a figure's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python with NumPy.
    NumPy,
    /// Python with PyTorch.
    PyTorch,
}
