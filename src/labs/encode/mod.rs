//! Encode: how does a position become a vector, and what does that vector know?

use super::{Body, Cell, FigureSpec, Lab, Part, PartBody, Pointing, Reading, ReadingPlace};
use crate::late::late;

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
    const PARTS: &'static [Part<Self>] = &[
        Part {
            name: &state::PARTS[0],
            question: "How does a position become a vector?",
            body: Body::InTwoSteps {
                first: &FIRST_TABLE,
                whole: || Box::pin(whole_table()),
            },
        },
        Part {
            name: &state::PARTS[1],
            question: "What does a position's vector know?",
            body: Body::Late(|| Box::pin(distance())),
        },
        Part {
            name: &state::PARTS[2],
            question: "What lies beyond the trained length?",
            body: Body::Late(|| Box::pin(limits())),
        },
    ];

    fn part(state: &EncodeState) -> usize {
        state.part
    }

    fn set_part(state: &mut EncodeState, idx: usize) {
        state.part = idx;
    }

    fn is_unfinished(scene: &EncodeScene, figure_id: &str) -> bool {
        scene::distance::is_unfinished(scene, figure_id)
    }
}

late! {
    encode_more,
    /// The part `table` for every scheme.
    pub fn whole_table() -> &'static PartBody<Encode> {
        &TABLE
    }
}

late! {
    encode_more,
    /// The part `distance`.
    pub fn distance() -> &'static PartBody<Encode> {
        &DISTANCE
    }
}

late! {
    encode_more,
    /// The part `limits`.
    pub fn limits() -> &'static PartBody<Encode> {
        &LIMITS
    }
}

const MAP_POINTING: Pointing<EncodeState, EncodeScene> = Pointing {
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
};

const HEATMAP: FigureSpec<EncodeState, EncodeScene> = FigureSpec {
    id: "encode-heatmap",
    title: "Positional encoding",
    panel_height: 352,
    scene: scene::heatmap,
    code: code::heatmap,
    forget: |state| state.dims = None,
    pointing: Some(MAP_POINTING),
};

const VECTOR_POINTING: Pointing<EncodeState, EncodeScene> = Pointing {
    read: read_cell,
    pick: read_cell,
    here: |state| Cell {
        y: Some(state.dimension() as u64),
        ..Cell::default()
    },
    tip: scene::cell_tip,
    keys: "Up and down arrow keys move through the dimensions.",
};

const VECTOR: FigureSpec<EncodeState, EncodeScene> = FigureSpec {
    id: "encode-vector",
    title: "One position",
    panel_height: 352,
    scene: scene::vector,
    code: code::vector,
    forget: |state| state.dims = None,
    pointing: Some(VECTOR_POINTING),
};

const CURVES_POINTING: Pointing<EncodeState, EncodeScene> = Pointing {
    read: read_cell,
    pick: read_cell,
    here: |state| Cell {
        x: Some(state.position()),
        ..Cell::default()
    },
    tip: scene::curves_tip,
    keys: "Left and right arrow keys move through the positions.",
};

const CURVES: FigureSpec<EncodeState, EncodeScene> = FigureSpec {
    id: "encode-curves",
    title: "Sine curves",
    panel_height: 236,
    scene: scene::curves,
    code: code::curves,
    forget: |state| state.dim = None,
    pointing: Some(CURVES_POINTING),
};

/// The sinusoidal table, one position's vector, and waves: the first picture.
const FIRST_TABLE: PartBody<Encode> = PartBody {
    lead: story::table_lead,
    formula: story::formula,
    figures: &[HEATMAP, VECTOR, CURVES],
    reading: Some(Reading {
        place: ReadingPlace::Card,
        facts: scene::reading,
    }),
    panel: panel::table,
};

/// The same for every scheme, beside a second one, and dials.
const TABLE: PartBody<Encode> = PartBody {
    lead: story::table::lead,
    formula: story::table::formula,
    figures: &[
        FigureSpec {
            scene: scene::table::heatmap,
            code: code::table::heatmap,
            pointing: Some(Pointing {
                tip: scene::table::cell_tip,
                ..MAP_POINTING
            }),
            ..HEATMAP
        },
        FigureSpec {
            scene: scene::table::vector,
            code: code::table::vector,
            pointing: Some(Pointing {
                tip: scene::table::cell_tip,
                ..VECTOR_POINTING
            }),
            ..VECTOR
        },
        FigureSpec {
            scene: scene::table::curves,
            code: code::table::curves,
            pointing: Some(Pointing {
                tip: scene::table::curves_tip,
                ..CURVES_POINTING
            }),
            ..CURVES
        },
        FigureSpec {
            id: "encode-clock",
            title: "Clocks",
            panel_height: 320,
            scene: scene::table::clock,
            code: code::table::clock,
            forget: |state| {
                state.dims = None;
                state.compare = None;
            },
            pointing: Some(Pointing {
                read: scene::table::read_dial,
                pick: scene::table::read_dial,
                here: scene::table::dial_here,
                tip: scene::table::dial_tip,
                keys: "The Dimension control chooses a dial.",
            }),
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::Card,
        facts: scene::table::reading,
    }),
    panel: panel::motion,
};

/// What positions' vectors know of each other.
const DISTANCE: PartBody<Encode> = PartBody {
    lead: story::distance::lead,
    formula: story::distance::formula,
    figures: &[
        FigureSpec {
            id: "encode-similarity",
            title: "Position × position",
            panel_height: 380,
            scene: scene::distance::similarity,
            code: code::distance::similarity,
            forget: |state| {
                state.dims = None;
                state.dim = None;
            },
            pointing: Some(Pointing {
                read: scene::distance::read_pair,
                pick: scene::distance::read_pair,
                here: scene::distance::pair_here,
                tip: scene::distance::pair_tip,
                keys: "Arrow keys move through pairs of positions; the map is symmetric.",
            }),
        },
        FigureSpec {
            id: "encode-offsets",
            title: "Similarity by offset",
            panel_height: 380,
            scene: scene::distance::offsets,
            code: code::distance::offsets,
            forget: |state| {
                state.dims = None;
                state.dim = None;
                state.pos = None;
            },
            pointing: Some(Pointing {
                read: scene::distance::read_offset_cell,
                pick: scene::distance::read_offset_cell,
                here: scene::distance::offset_here,
                tip: scene::distance::offset_tip,
                keys: "Left and right arrow keys move through the offsets.",
            }),
        },
        FigureSpec {
            id: "encode-shift",
            title: "One rotation shifts every position",
            panel_height: 300,
            scene: scene::distance::shift,
            code: code::distance::shift,
            forget: |state| {
                state.dims = None;
                state.measure = Default::default();
            },
            pointing: Some(Pointing {
                read: scene::distance::read_shift,
                pick: scene::distance::read_shift,
                here: |state| Cell {
                    x: Some(state.position()),
                    ..Cell::default()
                },
                tip: scene::distance::shift_tip,
                keys: "Left and right arrow keys move through the positions.",
            }),
        },
        FigureSpec {
            id: "encode-unique",
            title: "Distance to the nearest other position",
            panel_height: 260,
            scene: scene::distance::unique,
            code: code::distance::unique,
            forget: |state| {
                state.dims = None;
                state.dim = None;
                state.measure = Default::default();
                state.offset = 0;
            },
            pointing: Some(Pointing {
                read: scene::distance::read_unique,
                pick: scene::distance::read_unique,
                here: |state| Cell {
                    x: Some(state.position()),
                    ..Cell::default()
                },
                tip: scene::distance::unique_tip,
                keys: "Left and right arrow keys move through the positions.",
            }),
        },
    ],
    reading: None,
    panel: panel::distance,
};

/// What lies beyond the trained length.
const LIMITS: PartBody<Encode> = PartBody {
    lead: story::limits::lead,
    formula: story::limits::formula,
    figures: &[
        FigureSpec {
            id: "encode-extrapolate",
            title: "The position that a readout finds",
            panel_height: 340,
            scene: scene::limits::extrapolate,
            code: code::limits::extrapolate,
            forget: |state| {
                state.dims = None;
                state.dim = None;
                state.pos = None;
            },
            pointing: Some(Pointing {
                read: |_, _| {},
                pick: |_, _| {},
                here: |state| Cell {
                    x: Some(state.trained_len as u64),
                    ..Cell::default()
                },
                tip: scene::limits::extrapolate_tip,
                keys: "Point at a position to read it.",
            }),
        },
        FigureSpec {
            id: "encode-scaling",
            title: "Frequencies for longer contexts",
            panel_height: 300,
            scene: scene::limits::scaling,
            code: code::limits::scaling,
            forget: |state| {
                state.dims = None;
                state.pos = None;
            },
            pointing: Some(Pointing {
                read: scene::limits::read_pair,
                pick: scene::limits::read_pair,
                here: scene::limits::pair_here,
                tip: scene::limits::pair_tip,
                keys: "Left and right arrow keys move through the pairs.",
            }),
        },
    ],
    reading: None,
    panel: panel::limits,
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
