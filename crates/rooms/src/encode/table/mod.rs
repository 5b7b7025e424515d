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
use crate::desk::{Chips, Item, Play};
use crate::room::{Part, Question, ReadingPlace};

const QUESTION: &str = "How does a position become a vector?";

const DESK: &[Item<EncodeState>] = &[
    Item::Group("Scheme"),
    Item::Group("Scaling"),
    Item::Group("Table"),
    Item::Group("Reading"),
    Item::Group("Curves"),
    Item::Chips(Chips {
        shown: |state| (state.curves(), state.dimension()),
        toggle: EncodeState::toggle_curve,
        noun: "dimension",
        remove: "Remove the curve of dimension",
    }),
    Item::Play(Play {
        key: "pos",
        heading: "Motion",
        first_speed: 5,
        is_endless: true,
        glide: None,
    }),
];

/// What the first picture needs: the plain sinusoidal table, one position's vector, and waves. Its desk is where that of
/// the whole begins, and its figures are the first ones of the whole.
pub const FIRST: Part<Encode> = Part::new(
    EncodePart::Table.word(),
    QUESTION,
    lead::first_lead,
    formula::first_formula,
)
.figures(&[heatmap::FIRST, vector::FIRST, curves::FIRST])
.reading(ReadingPlace::Card, reading::first_facts)
.desk(DESK.split_at(6).0);

/// The same for every scheme, beside a second one, and dials.
pub const PART: Part<Encode> = Part::new(
    EncodePart::Table.word(),
    QUESTION,
    lead::lead,
    formula::formula,
)
.figures(&[
    heatmap::FIGURE,
    vector::FIGURE,
    curves::FIGURE,
    clock::FIGURE,
])
.reading(ReadingPlace::Card, reading::facts)
.desk(DESK)
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "What does each frequency say?",
        answer: "Play the motion. The first dials turn once in a few positions, the last ones hardly move: like the digits of a counter. Each dial's wavelength stands under it.",
        settings: "seq_len=128&d_model=32",
        figure_id: "encode-clock",
    },
    Question {
        asked: "Why not the plain index?",
        answer: "It has one number for every feature, which grows with the length of the text until it drowns the words. Choose pos / L or binary for Scheme: one shrinks its steps when the text grows, the other jumps.",
        settings: "scheme=index&compare=sinusoidal",
        figure_id: "encode-heatmap",
    },
    Question {
        asked: "Learned or fixed?",
        answer: "A learned table has a row for each position of its training and none after, hatched here; a formula has one for every position. Move Rows (max_len) and First position.",
        settings: "seq_len=96&scheme=learned&compare=sinusoidal&max_len=64",
        figure_id: "encode-heatmap",
    },
];

#[cfg(test)]
mod tests {
    use figures::Plot;
    use figures::csv::csv;

    use super::super::scene::EncodeScene;
    use super::super::state::{EncodeState, Encoding};
    use super::{FIRST, PART};

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
