//! What is said where a scheme adds nothing, and where its picture is still on its way.

use std::borrow::Cow;

use figures::{Axis, Figure, Panel, Plot, Table};

use super::super::axes::positions;
use super::super::state::EncodeState;
use crate::encoding::Encoding;

/// Said in place of what is on its way.
pub const WAITING: &str = "What draws this scheme is not here yet.";

/// Why there is nothing to draw.
pub const NOTHING_ADDED: &str = "Nothing is added to the embedding.";

/// The same as [`NOTHING_ADDED`], and where the scheme is instead.
pub fn nothing_added(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Alibi | Encoding::T5 => {
            "Nothing is added to the embedding: this scheme is inside attention, see the part Attention."
        }
        _ => NOTHING_ADDED,
    }
}

/// Why there is nothing to draw of a scheme; `None` where there is something.
pub fn why_empty(encoding: Encoding) -> Option<&'static str> {
    (!encoding.has_rows()).then_some(NOTHING_ADDED)
}

/// What stands for a figure while the code that can draw it is on its way.
pub fn waiting<'a>(id: &'static str, state: &EncodeState) -> Figure<'a> {
    Figure {
        id,
        title: Cow::Borrowed(state.scheme.label()),
        summary: WAITING.to_owned(),
        panels: vec![Panel::new(
            positions(state),
            Axis::values("", -1.0, 1.0),
            Plot::Empty(Cow::Borrowed(WAITING)),
        )],
        table: Table::Columns(Vec::new()),
        read_rows: 0..0,
    }
}
