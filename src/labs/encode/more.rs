//! The parts of Encode that are fetched when they are opened: wiring, no logic.

use super::scene::{self, EncodeScene};
use super::state::EncodeState;
use super::{Encode, code, panel, read_cell, story};
use crate::labs::{Cell, FigureSpec, PartBody, Pointing, Reading, ReadingPlace};

/// What positions' vectors know of each other.
pub const DISTANCE: PartBody<Encode> = PartBody {
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
    questions: story::distance::QUESTIONS,
};

/// What lies beyond the trained length.
pub const LIMITS: PartBody<Encode> = PartBody {
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
            },
            pointing: Some(Pointing {
                read: scene::limits::read_asked,
                pick: scene::limits::read_asked,
                here: |state| Cell {
                    x: Some(state.asked_position()),
                    ..Cell::default()
                },
                tip: scene::limits::extrapolate_tip,
                keys: "Left and right arrow keys move through the positions.",
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
    questions: story::limits::QUESTIONS,
};

/// Words with their positions, and what can be read back.
pub const SUM: PartBody<Encode> = PartBody {
    lead: story::sum::lead,
    formula: story::sum::formula,
    figures: &[
        FigureSpec {
            id: "encode-sum",
            title: "Words with their positions",
            panel_height: 300,
            scene: scene::sum::sum,
            code: code::sum::sum,
            forget: forget_scores,
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    x: Some(state.pos.unwrap_or(state.start)),
                    y: Some(state.dimension() as u64),
                    panel_idx: 0,
                },
                tip: scene::sum::sum_tip,
                keys: "Arrow keys move through words and dimensions.",
            }),
        },
        FigureSpec {
            id: "encode-norms",
            title: "How long the two are",
            panel_height: 216,
            scene: scene::sum::norms,
            code: code::sum::norms,
            forget: |state| {
                forget_scores(state);
                state.dim = None;
            },
            pointing: Some(Pointing {
                read: read_step,
                pick: read_step,
                here: |state| Cell {
                    panel_idx: 1,
                    x: Some(state.pos.unwrap_or(state.start)),
                    y: None,
                },
                tip: scene::sum::norms_tip,
                keys: "Left and right arrow keys move through the words.",
            }),
        },
        FigureSpec {
            id: "encode-probe",
            title: "What can be read back",
            panel_height: 216,
            scene: scene::sum::probe,
            code: code::sum::probe,
            // The vocabulary is the readout's own.
            forget: |state| {
                let usual = EncodeState::default();
                (state.text, state.seq_len) = (String::new(), usual.seq_len);
                (state.pos, state.dim, state.start) = (None, None, usual.start);
            },
            pointing: Some(Pointing {
                read: |_, _| {},
                pick: |state, cell| {
                    let width = cell
                        .x
                        .and_then(|x| scene::sum::WIDTHS.get(usize::try_from(x).ok()?));
                    if let Some(width) = width {
                        state.d_model = *width;
                    }
                },
                here: |_| Cell::default(),
                tip: scene::sum::probe_tip,
                keys: "Enter takes the width as d_model.",
            }),
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::sum::reading,
    }),
    panel: panel::sum,
    questions: story::sum::QUESTIONS,
};

/// What only the readout depends on.
fn forget_scores(state: &mut EncodeState) {
    state.noise = 0.0;
}

/// Makes a word the one that is read; the bars are of one word already.
fn read_step(state: &mut EncodeState, cell: Cell) {
    if cell.panel_idx == 1 {
        read_cell(state, cell);
    }
}

/// Biases and rotations.
pub const ATTENTION: PartBody<Encode> = PartBody {
    lead: story::attention::lead,
    formula: story::attention::formula,
    figures: &[
        FigureSpec {
            id: "encode-bias",
            title: "What is added to the score, by query and key",
            panel_height: 320,
            scene: scene::attention::bias,
            code: code::attention::bias,
            forget: |_| {},
            pointing: Some(Pointing {
                read: scene::attention::read_cell,
                pick: scene::attention::read_cell,
                here: scene::attention::here,
                tip: scene::attention::bias_tip,
                keys: "Arrow keys move through queries and keys.",
            }),
        },
        FigureSpec {
            id: "encode-bias-offsets",
            title: "Each head by offset",
            panel_height: 236,
            scene: scene::attention::offsets,
            code: code::attention::offsets,
            forget: |state| (state.pos, state.head) = (None, None),
            pointing: Some(BY_OFFSET),
        },
        FigureSpec {
            id: "encode-rope",
            title: "One query and one key, moved along",
            panel_height: 236,
            scene: scene::attention::moved,
            code: code::attention::moved,
            forget: |state| state.pos = None,
            pointing: Some(Pointing {
                tip: scene::attention::moved_tip,
                ..BY_OFFSET
            }),
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::attention::reading,
    }),
    panel: panel::attention,
    questions: story::attention::QUESTIONS,
};

const BY_OFFSET: Pointing<EncodeState, EncodeScene> = Pointing {
    read: read_offset,
    pick: read_offset,
    here: |state| Cell {
        x: Some(scene::attention::offset_cell(state)),
        ..Cell::default()
    },
    tip: scene::attention::offsets_tip,
    keys: "Left and right arrow keys move through the offsets.",
};

fn read_offset(state: &mut EncodeState, cell: Cell) {
    if let Some(x) = cell.x {
        scene::attention::read_offset(state, x);
    }
}

/// Real bugs, and a quiz.
pub const MISTAKES: PartBody<Encode> = PartBody {
    lead: story::mistakes::lead,
    formula: story::mistakes::formula,
    figures: &[FigureSpec {
        id: "encode-mistake",
        title: story::mistakes::TITLE,
        panel_height: 352,
        scene: scene::mistakes::mistake,
        code: code::mistakes::mistake,
        forget: |_| {},
        pointing: Some(Pointing {
            read: read_cell,
            pick: read_cell,
            here: |state| Cell {
                x: Some(state.position()),
                y: Some(state.dimension() as u64),
                panel_idx: 0,
            },
            tip: scene::mistakes::tip,
            keys: "Arrow keys move the crosshair.",
        }),
    }],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::mistakes::reading,
    }),
    panel: panel::mistakes,
    questions: story::mistakes::QUESTIONS,
};
