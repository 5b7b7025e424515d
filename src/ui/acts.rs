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
    /// Copies code.
    Copy(Language),
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// A picture in pixels, so many for each CSS pixel along a side.
    Png {
        /// 1 or more.
        pixel_ratio: u8,
    },
    /// A picture in shapes.
    Svg,
    /// The numbers as text.
    Csv,
    /// The numbers as NumPy keeps them.
    Npy,
}

/// A language of the code that makes a figure's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Python with NumPy.
    NumPy,
    /// Python with PyTorch.
    PyTorch,
}
