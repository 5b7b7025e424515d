//! How does a position become a vector?

mod cell;
mod clock;
mod comparison;
mod curves;
mod formula;
mod heatmap;
pub mod kept;
mod lead;
mod norm;
mod nothing;
mod reading;
mod vector;

use super::lab::Encode;
use super::state::{EncodePart, EncodeState};
use crate::desk::{Chips, Group, Item, group};
use crate::play::Play;
use crate::room::{Part, Question, ReadingPlace};

const QUESTION: &str = "How does a position become a vector?";

const WHY: &str = "Attention by itself sees all words at once and cannot tell “dog bites man” from “man bites dog” until each has a position.";

const FRONT: &[&str] = &["seq_len", "d_model", "base", "pos", "scheme"];

const DESK: &[Item<EncodeState>] = &[
    group("Scheme"),
    group("Scaling"),
    group("Table"),
    group("Reading"),
    Item::Group(Group::new("Curves").with(&[Item::Chips(Chips {
        shown: |state| (state.curves(), state.dimension()),
        key: "dims",
        toggle: EncodeState::toggle_curve,
        noun: "dimension",
        remove: "Remove the curve of dimension",
    })])),
];

/// What the first picture needs: the plain sinusoidal table, one position's vector, and waves. Its desk is where that of
/// the whole begins, and its figures are the first ones of the whole.
pub const FIRST: Part<Encode> = Part::new(
    EncodePart::Table.word(),
    QUESTION,
    lead::first_lead,
    formula::first_formula,
)
.why(WHY)
.figures(&[heatmap::FIRST, vector::FIRST, curves::FIRST])
.reading(ReadingPlace::Card, reading::first_facts)
.front(FRONT)
.desk(DESK);

/// The same for every scheme, beside a second one, and dials.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Table.word(),
    QUESTION,
    lead::lead,
    formula::formula,
)
.why(WHY)
.figures(&[
    heatmap::FIGURE,
    vector::FIGURE,
    curves::FIGURE,
    clock::FIGURE,
])
.reading(ReadingPlace::Card, reading::facts)
.front(FRONT)
.desk(DESK)
.play(Play::new(
    "pos",
    "encode-heatmap",
    "Move the position",
    clock::turns_text,
))
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "What does each frequency say?",
        answer: "Press Play. The first dials turn once in a few positions, the last ones hardly move: like the digits of a counter. The number under a dial is how many positions one turn takes.",
        settings: "seq_len=128&d_model=32",
        figure_id: "encode-clock",
    },
    Question {
        asked: "Why not the plain index?",
        answer: "The number grows with the text until it is far larger than the numbers of the words. Choose pos / L or binary digits for Scheme: with pos / L the steps shrink in longer texts, binary digits jump.",
        settings: "scheme=index&compare=sinusoidal",
        figure_id: "encode-heatmap",
    },
    Question {
        asked: "Learned or fixed?",
        answer: "A learned table has vectors for max_len positions and none after them: these are hatched. A formula has one for every position. Move Learned positions (max_len) under Scheme, and First position under Table.",
        settings: "seq_len=96&scheme=learned&compare=sinusoidal&max_len=64",
        figure_id: "encode-heatmap",
    },
];

#[cfg(test)]
mod tests {
    use figures::Plot;
    use figures::csv::csv;

    use super::super::scene::EncodeScene;
    use super::super::state::{Axes, EncodeState};
    use super::{FIRST, PART};
    use crate::encoding::Encoding;
    use crate::room::Cell;

    #[test]
    fn the_first_picture_stays_when_the_rest_arrives() {
        let state = EncodeState::default();
        for (first, whole) in FIRST.figures.iter().zip(PART.figures) {
            let (mut a, mut b) = (EncodeScene::default(), EncodeScene::default());
            let (first, whole) = ((first.scene)(&mut a, &state), (whole.scene)(&mut b, &state));
            assert_eq!(
                (first.id, first.title, first.summary),
                (whole.id, whole.title, whole.summary)
            );
            assert_eq!(csv(&first.table), csv(&whole.table));
        }
    }

    #[test]
    fn a_turned_table_is_read_where_it_is_pointed_at() {
        let upright = EncodeState::default();
        let turned = EncodeState {
            axes: Axes::PosByDim,
            ..EncodeState::default()
        };
        // Position 9, dimension 30.
        for (mut state, x, y) in [(upright, 9, 30), (turned, 30, 9)] {
            let mut kept = EncodeScene::default();
            let cell = Cell {
                x: Some(x),
                y: Some(y),
                ..Cell::default()
            };
            for figures in [FIRST.figures, PART.figures] {
                let Some(pointing) = &figures[0].pointing else {
                    continue;
                };
                let tip = (pointing.tip)(&mut kept, &state, cell);
                assert!(tip.starts_with("sin(9 / 10000^(30/128))"), "{tip}");
                (pointing.read)(&mut state, cell);
                assert_eq!((state.position(), state.dimension()), (9, 30));
                assert_eq!((pointing.here)(&state), cell);
                let panel = &(figures[0].scene)(&mut kept, &state).panels[0];
                assert_eq!((panel.cross.x, panel.cross.y), (Some(x), Some(y)));
                // A position's vector stands upright either way.
                let Some(pointing) = &figures[1].pointing else {
                    continue;
                };
                let at = Cell {
                    y: Some(30),
                    ..Cell::default()
                };
                assert_eq!((pointing.here)(&state), at);
                assert_eq!((pointing.tip)(&mut kept, &state, at), tip);
            }
        }
    }

    #[test]
    fn what_the_first_picture_cannot_draw_waits() {
        let state = EncodeState {
            scheme: Encoding::Learned,
            ..EncodeState::default()
        };
        for (first, whole) in FIRST.figures.iter().zip(PART.figures) {
            let is_empty = |scene: crate::room::SceneOf<super::Encode>| {
                let mut kept = EncodeScene::default();
                matches!(scene(&mut kept, &state).panels[0].plot, Plot::Empty(_))
            };
            assert!(is_empty(first.scene) && !is_empty(whole.scene));
        }
    }
}
