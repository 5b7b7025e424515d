//! Normalize: what does LayerNorm do to activations?

use super::{Body, Cell, FigureSpec, Lab, Part, PartBody, Pointing, Reading, ReadingPlace};
use crate::late::late;
use crate::ui::page::Page;
use crate::ui::room::{AnyRoom, Room};

mod code;
mod panel;
mod scene;
mod state;
mod story;

use scene::NormalizeScene;
use state::NormalizeState;

/// The room.
pub struct Normalize;

impl Lab for Normalize {
    type State = NormalizeState;
    type Scene = NormalizeScene;
    const SLUG: &'static str = "normalize";
    const TITLE: &'static str = "Normalize";
    const PARTS: &'static [Part<Self>] = &[
        Part {
            name: &state::PARTS[0],
            question: "What does LayerNorm do to activations?",
            body: Body::AtOnce(&STEPS),
        },
        Part {
            name: &state::PARTS[1],
            question: "What does LayerNorm do to gradients?",
            body: Body::AtOnce(&GRADIENT),
        },
    ];

    fn part(state: &NormalizeState) -> usize {
        state.part
    }

    fn set_part(state: &mut NormalizeState, idx: usize) {
        state.part = idx;
    }
}

/// The formula from left to right: matrices, histograms, one token.
const STEPS: PartBody<Normalize> = PartBody {
    lead: story::steps::lead,
    formula: story::steps::formula,
    figures: &[
        FigureSpec {
            id: "normalize-matrix",
            title: "Activations, tokens × features",
            panel_height: 236,
            scene: scene::steps::matrix,
            code: code::steps::matrix,
            forget: |_| {},
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    x: Some(state.column() as u64),
                    y: Some(state.row() as u64),
                    panel_idx: 0,
                },
                tip: scene::steps::cell_tip,
                keys: "Arrow keys move through tokens and features.",
            }),
        },
        FigureSpec {
            id: "normalize-histograms",
            title: "Histograms on one axis",
            panel_height: 216,
            scene: scene::steps::histograms,
            code: code::steps::histograms,
            forget: |state| {
                if state.per != state::Per::Feature {
                    state.feature = None;
                }
            },
            pointing: None,
        },
        FigureSpec {
            id: "normalize-steps",
            title: "One token, step by step",
            panel_height: 208,
            scene: scene::steps::steps,
            code: code::steps::steps,
            forget: |_| {},
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    x: Some(state.column() as u64),
                    ..Cell::default()
                },
                tip: scene::steps::step_tip,
                keys: "Left and right arrow keys move through the features.",
            }),
        },
        FigureSpec {
            id: "normalize-affine",
            title: "γ and β of each feature",
            panel_height: 180,
            scene: scene::steps::affine,
            code: code::steps::affine,
            forget: |_| {},
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    x: Some(state.column() as u64),
                    ..Cell::default()
                },
                tip: scene::steps::affine_tip,
                keys: "Left and right arrow keys move through the features.",
            }),
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: |scene, state| {
            scene::read(scene, state)
                .map(|reading| story::steps::facts(state, &reading))
                .unwrap_or_default()
        },
    }),
    panel: panel::steps,
};

/// The Jacobian of a token, its gradients, and the scale of the input in them.
const GRADIENT: PartBody<Normalize> = PartBody {
    lead: story::gradient::lead,
    formula: story::gradient::formula,
    figures: &[
        FigureSpec {
            id: "normalize-gradient",
            title: "What each feature does to each output",
            panel_height: 260,
            scene: scene::gradient::jacobian,
            code: code::gradient::jacobian,
            forget: |_| {},
            pointing: Some(Pointing {
                read: read_feature,
                pick: read_feature,
                here: here_at_feature,
                tip: scene::gradient::jacobian_tip,
                keys: "Left and right arrow keys move through the features.",
            }),
        },
        FigureSpec {
            id: "normalize-backward",
            title: "The gradient, coming in and going out",
            panel_height: 220,
            scene: scene::gradient::backward,
            code: code::gradient::backward,
            forget: |state| {
                state.push = NormalizeState::default().push;
                state.push_size = 1.0;
            },
            pointing: Some(Pointing {
                read: read_feature,
                pick: read_feature,
                here: here_at_feature,
                tip: scene::gradient::backward_tip,
                keys: "Left and right arrow keys move through the features.",
            }),
        },
        FigureSpec {
            id: "normalize-gradient-scale",
            title: "The scale of the input, in the gradient",
            panel_height: 220,
            scene: scene::gradient::sizes,
            code: code::gradient::sizes,
            forget: |state| {
                state.push = NormalizeState::default().push;
                state.push_size = 1.0;
            },
            pointing: None,
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::gradient::facts,
    }),
    panel: panel::gradient,
};

late! {
    normalize,
    /// The room, open.
    pub fn open(page: Page) -> Box<dyn AnyRoom> {
        Box::new(Room::<Normalize>::new(page))
    }
}

/// Makes a cell the one that is read, as far as it names a token or a feature.
fn read_cell(state: &mut NormalizeState, cell: Cell) {
    let to_idx = |number: u64| usize::try_from(number).ok();
    if let Some(feature) = cell.x.and_then(to_idx) {
        state.feature = Some(feature);
    }
    if let Some(row_idx) = cell.y.and_then(to_idx) {
        state.token = Some(row_idx);
    }
}

/// Makes a feature the one that is read, whatever else the cell names.
fn read_feature(state: &mut NormalizeState, cell: Cell) {
    let feature = Cell { y: None, ..cell };
    read_cell(state, feature);
}

/// The feature that is read.
fn here_at_feature(state: &NormalizeState) -> Cell {
    Cell {
        x: Some(state.column() as u64),
        ..Cell::default()
    }
}
