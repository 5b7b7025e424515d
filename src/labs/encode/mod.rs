//! Encode: how does a position become a vector, and what does that vector know?

use super::{Body, Cell, FigureSpec, Lab, Part, PartBody, Pointing, Reading, ReadingPlace};
use crate::late::late;

mod code;
mod more;
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
            question: "Is a position lost when it is added to a word?",
            body: Body::Late(|| Box::pin(sum())),
        },
        Part {
            name: &state::PARTS[3],
            question: "What if the position goes into the score instead?",
            body: Body::Late(|| Box::pin(attention())),
        },
        Part {
            name: &state::PARTS[4],
            question: "What lies beyond the trained length?",
            body: Body::Late(|| Box::pin(limits())),
        },
        Part {
            name: &state::PARTS[5],
            question: "What do real bugs look like?",
            body: Body::Late(|| Box::pin(mistakes())),
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
            || figure_id == "encode-probe" && scene.sum.is_unfinished()
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
        &more::DISTANCE
    }
}

late! {
    encode_more,
    /// The part `sum`.
    pub fn sum() -> &'static PartBody<Encode> {
        &more::SUM
    }
}

late! {
    encode_more,
    /// The part `attention`.
    pub fn attention() -> &'static PartBody<Encode> {
        &more::ATTENTION
    }
}

late! {
    encode_more,
    /// The part `limits`.
    pub fn limits() -> &'static PartBody<Encode> {
        &more::LIMITS
    }
}

late! {
    encode_more,
    /// The part `mistakes`.
    pub fn mistakes() -> &'static PartBody<Encode> {
        &more::MISTAKES
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
    questions: &[],
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
                keys: "Left and right arrow keys move through the pairs.",
            }),
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::Card,
        facts: scene::table::reading,
    }),
    panel: panel::motion,
    questions: story::table::QUESTIONS,
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
