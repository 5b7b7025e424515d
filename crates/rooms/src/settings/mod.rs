//! A room's settings: one table per room says each setting's key, name, range, default and help.
//!
//! Links, sliders, clamping, notices, the README's table and the tests all read these rows. [`settings!`](crate::settings!)
//! writes the state and its table from one row per setting; [`words!`](crate::words!) gives a type its words.

mod amount;
mod control;
mod link;
mod notice;
mod number_text;
mod range;
mod table;
mod words;

pub use amount::Amount;
#[cfg(not(target_arch = "wasm32"))]
pub use control::ControlDoc;
pub use control::{Choice, Control, Kind, Narrowed, Number, Settings, Shared, Text, control};
pub use link::{MOST_PAIRS, read_pairs, write_pairs};
pub use notice::{Notice, nearest, shorten};
pub use number_text::number_text;
pub use range::{Grain, Range, Scale, any, even, whole};
pub use words::{Chosen, OFF_ON, ON_OFF, Word, Words};
