//! Normalize: what does LayerNorm do to activations?

use super::{
    Body, Cell, Drawing, FigureSpec, Handling, Lab, Part, PartBody, Pointing, Reading, ReadingPlace,
};
use crate::late::late;
use crate::ui::page::Page;
use crate::ui::room::{AnyRoom, Room};

mod code;
mod more;
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
            question: "Which numbers share a mean and a variance?",
            body: Body::Late(|| Box::pin(axes())),
        },
        Part {
            name: &state::PARTS[2],
            question: "Does my token depend on its neighbours?",
            body: Body::Late(|| Box::pin(batch())),
        },
        Part {
            name: &state::PARTS[3],
            question: "What does LayerNorm do to gradients?",
            body: Body::Late(|| Box::pin(gradient())),
        },
        Part {
            name: &state::PARTS[4],
            question: "What is left of a vector?",
            body: Body::Late(|| Box::pin(shape())),
        },
        Part {
            name: &state::PARTS[5],
            question: "What do bugs in a norm look like?",
            body: Body::Late(|| Box::pin(mistakes())),
        },
    ];

    fn part(state: &NormalizeState) -> usize {
        state.part
    }

    fn set_part(state: &mut NormalizeState, idx: usize) {
        state.part = idx;
    }

    fn is_unfinished(scene: &NormalizeScene, figure_id: &str) -> bool {
        match figure_id {
            "normalize-batch" => scene.is_drawing(),
            "normalize-matrix" | "normalize-histograms" | "normalize-steps" => scene.is_training(),
            _ => false,
        }
    }

    fn handling(figure_id: &str) -> Option<Handling<NormalizeState>> {
        match figure_id {
            "normalize-affine" => Some(Handling::Draw(&DRAW_AFFINE)),
            "normalize-geometry" => Some(Handling::Turn(NormalizeState::turn)),
            _ => None,
        }
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
            forget: forget_motion,
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: here_at_cell,
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
                forget_motion(state);
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
                here: here_at_feature,
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
            forget: |state| {
                forget_motion(state);
                let fresh = NormalizeState::default();
                (state.mean, state.std, state.eps) = (fresh.mean, fresh.std, fresh.eps);
            },
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: here_at_feature,
                tip: scene::steps::affine_tip,
                keys: "Left and right arrow keys move through the features, up and down change the value, Enter goes from γ to β and back.",
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
    questions: story::steps::QUESTIONS,
};

/// γ in the first panel, β in the second.
const DRAW_AFFINE: Drawing<NormalizeState> = Drawing {
    draw: |state, cell, value| {
        let (has_beta, affine) = (state.has_beta(), state.affine);
        let own = match cell.panel_idx {
            0 if affine => &mut state.gamma_at,
            1 if has_beta => &mut state.beta_at,
            _ => return,
        };
        if let Some(feature) = cell.x.and_then(|x| usize::try_from(x).ok())
            && feature < state.d_model
        {
            own.draw(feature, value);
        }
    },
    value: |state, cell| {
        let feature = cell.x.and_then(|x| usize::try_from(x).ok());
        let feature = feature.unwrap_or(state.column());
        if cell.panel_idx == 0 {
            state.gamma_of(feature)
        } else {
            state.beta_of(feature)
        }
    },
    nudge: 0.05,
};

late! {
    normalize,
    /// The room, open.
    pub fn open(page: Page) -> Box<dyn AnyRoom> {
        Box::new(Room::<Normalize>::new(page))
    }
}

late! {
    normalize_more,
    /// The part `axes`.
    pub fn axes() -> &'static PartBody<Normalize> {
        &more::AXES
    }
}

late! {
    normalize_more,
    /// The part `batch`.
    pub fn batch() -> &'static PartBody<Normalize> {
        &more::BATCH
    }
}

late! {
    normalize_more,
    /// The part `gradient`.
    pub fn gradient() -> &'static PartBody<Normalize> {
        &more::GRADIENT
    }
}

late! {
    normalize_more,
    /// The part `shape`.
    pub fn shape() -> &'static PartBody<Normalize> {
        &more::SHAPE
    }
}

late! {
    normalize_more,
    /// The part `mistakes`.
    pub fn mistakes() -> &'static PartBody<Normalize> {
        &more::MISTAKES
    }
}

/// How far the steps of a token are shown.
fn forget_motion(state: &mut NormalizeState) {
    let fresh = NormalizeState::default();
    state.shown = fresh.shown;
    state.glide = fresh.glide;
}

/// The cell that is read, in the first panel.
fn here_at_cell(state: &NormalizeState) -> Cell {
    Cell {
        y: Some(state.row() as u64),
        ..here_at_feature(state)
    }
}

/// The feature that is read.
fn here_at_feature(state: &NormalizeState) -> Cell {
    Cell {
        x: Some(state.column() as u64),
        ..Cell::default()
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
