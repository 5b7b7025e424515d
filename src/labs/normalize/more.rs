//! The parts of Normalize that are fetched when they are opened: wiring, no logic.

use maths::normalize::BATCH_SIZES;

use super::scene;
use super::state::{NormName, NormalizeState};
use super::{Normalize, code, here_at_cell, here_at_feature, panel, read_cell, story};
use crate::labs::{Cell, FigureSpec, PartBody, Pointing, Reading, ReadingPlace};

/// The block of cells, all norms side by side, one change.
pub const AXES: PartBody<Normalize> = PartBody {
    lead: story::axes::lead,
    formula: story::axes::formula,
    figures: &[
        FigureSpec {
            id: "normalize-axes",
            title: "Which values share a mean and a variance",
            panel_height: 200,
            scene: scene::axes::block,
            code: code::axes::block,
            forget: |_| {},
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: here_at_cell,
                tip: scene::axes::block_tip,
                keys: "Arrow keys move through tokens and features.",
            }),
        },
        FigureSpec {
            id: "normalize-norms",
            title: "One sample, every norm",
            panel_height: 208,
            scene: scene::axes::norms,
            code: code::axes::norms,
            forget: |state| {
                state.nudge = 0.0;
                state.nudges_one = false;
            },
            pointing: Some(Pointing {
                read: read_cell,
                pick: |state, cell| {
                    read_cell(state, cell);
                    pick_norm(state, cell.panel_idx);
                },
                here: |state| Cell {
                    x: Some(state.column() as u64),
                    y: Some(state.row() as u64),
                    panel_idx: compared_idx(state).unwrap_or(0),
                },
                tip: scene::axes::norms_tip,
                keys: "Arrow keys move through tokens and features, Enter chooses the norm.",
            }),
        },
        FigureSpec {
            id: "normalize-change",
            title: "Change one token: which outputs move?",
            panel_height: 236,
            scene: scene::axes::change,
            code: code::axes::change,
            forget: |state| {
                if !state.nudges_one {
                    state.feature = None;
                }
            },
            pointing: Some(Pointing {
                read: read_token,
                pick: |state, cell| {
                    read_token(state, cell);
                    if let Some(idx) = cell.y.and_then(|y| usize::try_from(y).ok()) {
                        pick_norm(state, idx);
                    }
                },
                here: |state| Cell {
                    x: Some(state.row() as u64),
                    y: compared_idx(state).map(|idx| idx as u64),
                    panel_idx: 0,
                },
                tip: scene::axes::change_tip,
                keys: "Left and right arrow keys choose the token that is changed, Enter the norm.",
            }),
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::axes::facts,
    }),
    panel: panel::axes,
    questions: story::axes::QUESTIONS,
};

/// One sample that stays while its mates change.
pub const BATCH: PartBody<Normalize> = PartBody {
    lead: story::batch::lead,
    formula: story::batch::formula,
    figures: &[
        FigureSpec {
            id: "normalize-batch",
            title: "How much one sample depends on its mates",
            panel_height: 280,
            scene: scene::batch::spread,
            code: code::batch::spread,
            forget: forget_block,
            pointing: Some(Pointing {
                read: read_size,
                pick: read_size,
                here: |state| Cell {
                    x: Some(scene::batch::size_idx(state) as u64),
                    ..Cell::default()
                },
                tip: scene::batch::spread_tip,
                keys: "Left and right arrow keys move through the batch sizes.",
            }),
        },
        FigureSpec {
            id: "normalize-mates",
            title: "One sample among two draws of mates",
            panel_height: 180,
            scene: scene::batch::mates,
            code: code::batch::mates,
            forget: forget_block,
            pointing: None,
        },
    ],
    reading: None,
    panel: panel::batch,
    questions: story::batch::QUESTIONS,
};

/// The Jacobian of a token, its gradients, and the scale of the input in them.
pub const GRADIENT: PartBody<Normalize> = PartBody {
    lead: story::gradient::lead,
    formula: story::gradient::formula,
    figures: &[
        FigureSpec {
            id: "normalize-gradient",
            title: "What each feature does to each output",
            panel_height: 260,
            scene: scene::gradient::jacobian,
            code: code::gradient::jacobian,
            forget: forget_space,
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
                forget_push(state);
                forget_space(state);
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
                forget_push(state);
                forget_space(state);
            },
            pointing: None,
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::gradient::facts,
    }),
    panel: panel::gradient,
    questions: story::gradient::QUESTIONS,
};

/// Tokens in space, scale and shift, ε, and what γ and β take back.
pub const SHAPE: PartBody<Normalize> = PartBody {
    lead: story::shape::lead,
    formula: story::shape::formula,
    figures: &[
        FigureSpec {
            id: "normalize-geometry",
            title: "Tokens as points",
            panel_height: 300,
            scene: scene::shape::geometry,
            code: code::shape::geometry,
            forget: |state| {
                forget_gradient(state);
                forget_moves(state);
            },
            pointing: Some(Pointing {
                read: read_token,
                pick: read_token,
                here: |state| Cell {
                    x: Some(state.row() as u64),
                    y: Some(0),
                    panel_idx: 1,
                },
                tip: scene::shape::geometry_tip,
                keys: "Arrow keys turn and tilt space, with Shift left and right move through the tokens.",
            }),
        },
        FigureSpec {
            id: "normalize-invariance",
            title: "Scale and shift: what stays?",
            panel_height: 220,
            scene: scene::shape::invariance,
            code: code::shape::invariance,
            forget: |state| {
                forget_gradient(state);
                forget_space(state);
            },
            pointing: Some(Pointing {
                read: read_feature,
                pick: read_feature,
                here: here_at_feature,
                tip: scene::shape::invariance_tip,
                keys: "Left and right arrow keys move through the features.",
            }),
        },
        FigureSpec {
            id: "normalize-epsilon",
            title: "ε: what small inputs lose",
            panel_height: 220,
            scene: scene::shape::eps,
            code: code::shape::eps,
            forget: |state| {
                forget_gradient(state);
                forget_space(state);
                forget_moves(state);
                state.feature = None;
            },
            pointing: None,
        },
        FigureSpec {
            id: "normalize-undo",
            title: "Undo: γ and β take one token back",
            panel_height: 220,
            scene: scene::shape::undo,
            code: code::shape::undo,
            forget: |state| {
                forget_gradient(state);
                forget_space(state);
                forget_moves(state);
            },
            pointing: None,
        },
    ],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::shape::facts,
    }),
    panel: panel::shape,
    questions: story::shape::QUESTIONS,
};

/// Real bugs, and a quiz.
pub const MISTAKES: PartBody<Normalize> = PartBody {
    lead: story::mistakes::lead,
    formula: story::mistakes::formula,
    figures: &[FigureSpec {
        id: "normalize-mistake",
        title: story::mistakes::TITLE,
        panel_height: 300,
        scene: scene::mistakes::mistake,
        code: code::mistakes::mistake,
        forget: |state| {
            forget_gradient(state);
            forget_space(state);
            forget_moves(state);
        },
        pointing: Some(Pointing {
            read: read_cell,
            pick: read_cell,
            here: here_at_cell,
            tip: scene::mistakes::tip,
            keys: "Arrow keys move through tokens and features.",
        }),
    }],
    reading: Some(Reading {
        place: ReadingPlace::BesideFormula,
        facts: scene::mistakes::facts,
    }),
    panel: panel::mistakes,
    questions: story::mistakes::QUESTIONS,
};

/// Forgets what the experiment does not depend on: it has a block of its own.
fn forget_block(state: &mut NormalizeState) {
    let seen = NormalizeState {
        part: state.part,
        batch: state.batch,
        d_model: state.d_model,
        groups: state.groups,
        seed: state.seed,
        eps: state.eps,
        momentum: state.momentum,
        alike: state.alike,
        ..NormalizeState::default()
    };
    *state = seen;
}

/// Makes one of the batch sizes the one that is read.
fn read_size(state: &mut NormalizeState, cell: Cell) {
    let idx = cell.x.and_then(|x| usize::try_from(x).ok());
    if let Some(&size) = idx.and_then(|idx| BATCH_SIZES.get(idx)) {
        state.batch = size;
    }
}

/// Where the norm stands among those side by side.
fn compared_idx(state: &NormalizeState) -> Option<usize> {
    NormName::COMPARED.iter().position(|&it| it == state.norm)
}

/// Chooses one of the norms that stand side by side.
fn pick_norm(state: &mut NormalizeState, idx: usize) {
    if let Some(&norm) = NormName::COMPARED.get(idx) {
        state.norm = norm;
    }
}

/// Makes a feature the one that is read, whatever else the cell names.
fn read_feature(state: &mut NormalizeState, cell: Cell) {
    let feature = Cell { y: None, ..cell };
    read_cell(state, feature);
}

/// Makes a token the one that is read.
fn read_token(state: &mut NormalizeState, cell: Cell) {
    let token = Cell {
        x: None,
        y: cell.x,
        ..cell
    };
    read_cell(state, token);
}

/// What only the Jacobian shows.
fn forget_push(state: &mut NormalizeState) {
    let fresh = NormalizeState::default();
    state.push = fresh.push;
    state.push_size = fresh.push_size;
}

/// What only the part about gradients shows.
fn forget_gradient(state: &mut NormalizeState) {
    forget_push(state);
    state.dy = NormalizeState::default().dy;
}

/// How space is looked at.
fn forget_space(state: &mut NormalizeState) {
    let fresh = NormalizeState::default();
    state.stage = fresh.stage;
    state.basis = fresh.basis;
    state.yaw = fresh.yaw;
    state.pitch = fresh.pitch;
}

/// Scale and shift of the input.
fn forget_moves(state: &mut NormalizeState) {
    let fresh = NormalizeState::default();
    state.scale_a = fresh.scale_a;
    state.shift_c = fresh.shift_c;
}
