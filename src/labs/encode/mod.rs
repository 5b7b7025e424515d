//! Encode: how does a position become a vector, and what does that vector know?

use super::{Body, Cell, FigureSpec, Lab, Part, PartBody, Pointing, Reading, ReadingPlace};

mod code;
mod panel;
mod scene;
mod state;
mod story;

use scene::EncodeScene;
use state::EncodeState;

/// The room.
pub struct Encode;

impl Lab for Encode {
    type State = EncodeState;
    type Scene = EncodeScene;
    const SLUG: &'static str = "encode";
    const TITLE: &'static str = "Encode";
    const PARTS: &'static [Part<Self>] = &[Part {
        name: &state::PARTS[0],
        question: "How does a position become a vector?",
        body: Body::AtOnce(&TABLE),
    }];

    fn part(state: &EncodeState) -> usize {
        state.part
    }

    fn set_part(state: &mut EncodeState, idx: usize) {
        state.part = idx;
    }
}

/// The table of encodings, one position's vector, and waves.
const TABLE: PartBody<Encode> = PartBody {
    lead: story::table_lead,
    formula: story::formula,
    figures: &[
        FigureSpec {
            id: "encode-heatmap",
            title: "Positional encoding",
            panel_height: 352,
            scene: scene::heatmap,
            code: code::heatmap,
            forget: |state| state.dims = None,
            pointing: Some(Pointing {
                read: read_cell,
                pick: |state, cell| {
                    read_cell(state, cell);
                    state.toggle_curve(state.dimension());
                },
                here: |state| Cell {
                    x: Some(state.position()),
                    y: Some(state.dimension() as u64),
                    panel_idx: 0,
                },
                tip: scene::cell_tip,
                keys: "Arrow keys move the crosshair, Enter adds or removes the dimension's curve.",
            }),
        },
        FigureSpec {
            id: "encode-vector",
            title: "One position",
            panel_height: 352,
            scene: scene::vector,
            code: code::vector,
            forget: |state| state.dims = None,
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    y: Some(state.dimension() as u64),
                    ..Cell::default()
                },
                tip: scene::cell_tip,
                keys: "Up and down arrow keys move through the dimensions.",
            }),
        },
        FigureSpec {
            id: "encode-curves",
            title: "Sine curves",
            panel_height: 236,
            scene: scene::curves,
            code: code::curves,
            forget: |state| state.dim = None,
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    x: Some(state.position()),
                    ..Cell::default()
                },
                tip: scene::curves_tip,
                keys: "Left and right arrow keys move through the positions.",
            }),
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::Card,
        facts: scene::reading,
    }),
    panel: panel::table,
};

/// Makes a cell the one that is read, as far as it names a position or a dimension.
fn read_cell(state: &mut EncodeState, cell: Cell) {
    if cell.x.is_some() {
        state.pos = cell.x;
    }
    if let Some(dim) = cell.y.and_then(|y| usize::try_from(y).ok()) {
        state.dim = Some(dim);
    }
}
