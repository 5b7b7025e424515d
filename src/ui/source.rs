//! Where a frame has its figure from.

use figures::Figure;
use rooms::python::Code;
use rooms::room::Cell;
use rooms::settings::Notice;

use crate::browser::dom::Part;

/// A figure of an open room without its types, as the figure frame sees it.
pub trait FigureSource {
    /// The figure's stable id.
    fn id(&self) -> &'static str;
    /// Its heading until it is first drawn.
    fn title(&self) -> &'static str;
    /// The height of one of its panels, in CSS pixels.
    fn panel_height(&self) -> u32;
    /// Puts into its frame what only some figures have, now or when it arrives.
    fn equip(&self, root: &Part);
    /// How many characters its caption may have.
    fn caption_len(&self) -> usize;
    /// Follows everything the figure is made from, inside an effect.
    fn track(&self);
    /// Makes the figure's data and lends them.
    fn with(&self, read: &mut dyn FnMut(&mut Figure<'_>));
    /// Whether it is to be made again in the next frame, to go on with what it computes.
    fn is_unfinished(&self) -> bool;
    /// The figure as it is now, for what takes longer than it may stay so.
    fn snapshot(&self) -> Box<dyn FigureSnapshot>;
    /// The whole link that opens the page as it is now.
    fn link(&self) -> String;
    /// What the keys do, where the figure can be pointed at.
    fn keys(&self) -> Option<&'static str>;
    /// The pointer is over this cell, or over none.
    fn hover(&self, cell: Option<Cell>);
    /// The cell is clicked; gives what is to be said of that.
    fn pick(&self, cell: Cell) -> Option<Notice>;
    /// The cell is read, as with the keys.
    fn read(&self, cell: Cell);
    /// The cell that is read now.
    fn here(&self) -> Cell;
    /// Whether its bars can be drawn by hand.
    fn can_draw(&self) -> bool;
    /// Whether a hand turns it.
    fn can_turn(&self) -> bool;
    /// Turns it so many degrees around its upright axis, and tilts it.
    fn turn(&self, yaw: f64, pitch: f64);
    /// Gives the bar of a cell a value.
    fn draw(&self, cell: Cell, value: f64);
    /// Adds so many small steps to the bar of a cell.
    fn nudge(&self, cell: Cell, steps: f64);
    /// A cell in words and numbers.
    fn tip(&self, cell: Cell) -> String;
}

/// A figure in a state that no longer changes.
pub trait FigureSnapshot {
    /// Makes the figure's data as far as a frame allows; says whether something is left to compute.
    fn go_on(&self) -> bool;
    /// Makes the figure's data, all of them, and lends them.
    fn with(&self, read: &mut dyn FnMut(&mut Figure<'_>));
    /// The code that makes the same numbers.
    fn code(&self) -> Code;
}
