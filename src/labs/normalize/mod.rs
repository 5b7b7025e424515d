//! Normalize: what does LayerNorm do to activations?

use leptos::prelude::AnyView;

use super::{Cell, Fact, FigureSpec, Lab, Pointing, ReadingPlace};
use crate::late::late;
use crate::ui::page::Page;
use crate::ui::room::{AnyRoom, Room};

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
    const QUESTION: &'static str = "What does LayerNorm do to activations?";
    const LEAD: &'static str = "Left to right is the formula; each row of a matrix is one token.";
    const FIGURES: &'static [FigureSpec<NormalizeState, NormalizeScene>] = &[
        FigureSpec {
            id: "normalize-matrix",
            title: "Activations, tokens × features",
            panel_height: 236,
            scene: scene::matrix,
            forget: |_| {},
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    x: Some(state.column() as u64),
                    y: Some(state.row() as u64),
                    panel_idx: 0,
                },
                tip: scene::cell_tip,
                keys: "Arrow keys move through tokens and features.",
            }),
        },
        FigureSpec {
            id: "normalize-histograms",
            title: "Histograms on one axis",
            panel_height: 216,
            scene: scene::histograms,
            forget: |state| state.feature = None,
            pointing: None,
        },
        FigureSpec {
            id: "normalize-steps",
            title: "One token, step by step",
            panel_height: 208,
            scene: scene::steps,
            forget: |_| {},
            pointing: Some(Pointing {
                read: read_cell,
                pick: read_cell,
                here: |state| Cell {
                    x: Some(state.column() as u64),
                    ..Cell::default()
                },
                tip: scene::step_tip,
                keys: "Left and right arrow keys move through the features.",
            }),
        },
    ];

    fn formula(state: &NormalizeState) -> String {
        story::formula(state)
    }

    const READING_PLACE: ReadingPlace = ReadingPlace::BesideFormula;

    fn reading(scene: &mut NormalizeScene, state: &NormalizeState) -> Vec<Fact> {
        scene::read(scene, state)
            .map(|reading| story::facts(state, &reading))
            .unwrap_or_default()
    }

    fn panel(room: Room<Self>) -> AnyView {
        panel::panel(room)
    }
}

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
