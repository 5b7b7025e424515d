//! Who looks at whom?

pub mod kept;
mod lines;
mod made;
#[expect(clippy::module_inception, reason = "a figure's file has its name")]
mod maps;
mod python;
mod query;
pub mod way;

use super::lab::Attend;
use super::state::{AttendPart, AttendState};
use crate::desk::{Item, group};
use crate::encoding::Encoding;
use crate::room::{Part, Question, Way};

/// The part.
pub const PART: Part<Attend> =
    Part::new(AttendPart::Maps.word(), "Who looks at whom?", lead, formula)
        .why("Each word takes in the others, some more than others: a map shows how much, before anything was learned.")
        .figures(&[maps::FIGURE, lines::FIGURE, query::FIGURE])
        .front(&["text", "scheme", "head", "query", "show"])
        .desk(DESK)
        .first(Way::new("Take the positions away", |state: &mut AttendState| {
            state.scheme = Encoding::None;
        }))
        .questions(QUESTIONS);

const DESK: &[Item<AttendState>] = &[group("Sentence"), group("Model"), group("Reading")];

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why divide by √d_head?",
        answer: "A product of q and k adds up as many terms as the head has features: the wider the head, the larger the products. The softmax would then give nearly all to one word. {standard deviation} Move Heads under Model.",
        settings: "d_model=256&heads=1",
        figure_id: "attend-query",
    },
    Question {
        asked: "What does RoPE change in a map?",
        answer: "It turns query and key by their positions before they are multiplied. {turning}",
        settings: "scheme=rope&show=scores&split=on",
        figure_id: "attend-maps",
    },
    Question {
        asked: "What do added positions do to a score?",
        answer: "Query and key hold a word and a position each, so their product has four parts. {each its word}",
        settings: "show=scores&split=on",
        figure_id: "attend-maps",
    },
    Question {
        asked: "Do two heads look at the same words?",
        answer: "Each head has numbers of its own, random here, and looks elsewhere. Trained heads come to look for different things. {All }",
        settings: "heads=8",
        figure_id: "attend-maps",
    },
];

/// How to read the part.
fn lead(_: &AttendState) -> String {
    "Each [head|head] of [attention|attention] has a map. *A row is a [query|query], a word that looks; a column is a [key|key], a word \
     that is looked at.* The model's own numbers are random, as before training."
        .to_owned()
}

/// Scaled dot-product attention with its numbers, as MathML.
fn formula(state: &AttendState) -> String {
    let (d_model, n_heads) = (state.d_model, state.n_heads());
    let d_head = d_model / n_heads;
    let (added, note) = match state.scheme {
        Encoding::Alibi | Encoding::T5 => {
            ("<mo>+</mo><mi>B</mi>", " B: the bias of each distance.")
        }
        _ => ("", ""),
    };
    format!(
        "<math><mi>softmax</mi><mo>(</mo><mfrac><mrow><mi>Q</mi><msup><mi>K</mi><mi>T</mi></msup></mrow><msqrt><mn>{d_head}</mn></msqrt></mfrac>\
         {added}<mo>)</mo><mi>V</mi></math><span class=\"where\">d_head = {d_model} / {n_heads} = {d_head}.{note}</span>"
    )
}

#[cfg(test)]
mod tests {
    use figures::npy::{n_values, shape};
    use figures::{Plot, csv};

    use super::super::scene::AttendScene;
    use super::super::state::{AttendPart, AttendState, MaskName, Show};
    use super::PART;
    use super::kept::Split;
    use super::made::made;
    use crate::encoding::Encoding;
    use crate::room::Cell;
    use crate::sentence::Sentence;

    fn state(text: &str, other: &str) -> AttendState {
        let mut state = AttendState {
            part: AttendPart::Maps,
            ..AttendState::default()
        };
        for (order, text) in [text, other].into_iter().enumerate() {
            state.set_sentence(order, Sentence::new(text.to_owned()));
        }
        state
    }

    #[test]
    fn scores_are_what_their_parts_add_up_to() {
        for scheme in [
            Encoding::Sinusoidal,
            Encoding::Learned,
            Encoding::Binary,
            Encoding::Rope,
            Encoding::Alibi,
            Encoding::T5,
        ] {
            for mask in [MaskName::None, MaskName::Causal] {
                let state = AttendState {
                    scheme,
                    mask,
                    show: Show::Scores,
                    split: true,
                    head: 2,
                    ..state("the dog bit the man", "a dog")
                };
                let mut scene = AttendScene::default();
                let kept = made(&mut scene, &state);
                for order in 0..2 {
                    let scores = kept.maps.of(Show::Scores, order, 1);
                    for (at, &score) in scores.indexed_iter() {
                        let n_parts = Split::of(scheme).names().len();
                        let parts = (0..n_parts).map(|idx| kept.parts.of(order, idx)[at]);
                        let sum: f32 = parts.sum();
                        assert_eq!(score.is_nan(), sum.is_nan());
                        assert!(score.is_nan() || (score - sum).abs() < 1e-5, "{scheme:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn without_positions_the_other_order_moves_the_same_numbers() {
        let said = |scheme, mask| {
            let state = AttendState {
                scheme,
                mask,
                ..state("the dog bit the man", "man the the bit dog")
            };
            let mut scene = AttendScene::default();
            (PART.figures[0].scene)(&mut scene, &state).summary
        };
        assert!(said(Encoding::None, MaskName::None).contains("only moved"));
        for (scheme, mask) in [
            (Encoding::None, MaskName::Causal),
            (Encoding::Sinusoidal, MaskName::None),
            (Encoding::Alibi, MaskName::None),
        ] {
            assert!(said(scheme, mask).contains("differ by up to"), "{scheme:?}");
        }
    }

    #[test]
    fn a_word_is_read_in_both_orders() {
        let pointing = PART.figures[0].pointing.as_ref();
        let read = pointing.map(|pointing| pointing.read);
        let mut state = state("dog bites man", "man bites dog");
        let cell = |panel_idx, query, key| Cell {
            panel_idx,
            x: Some(key),
            y: Some(query),
        };
        // The third head of order B: dog looks at man.
        read.unwrap_or(|_, _| {})(&mut state, cell(6, 2, 0));
        assert_eq!((state.head, state.query(), state.key()), (3, 0, 2));
        let mut scene = AttendScene::default();
        let figure = (PART.figures[0].scene)(&mut scene, &state);
        let crosses = [2, 6].map(|idx| figure.panels[idx].cross);
        assert_eq!(
            crosses.map(|cross| (cross.x, cross.y)),
            [(Some(2), Some(0)), (Some(0), Some(2))]
        );
        assert_eq!(figure.read_rows, 18..21);
    }

    #[test]
    fn tables_hold_orders_of_any_length() {
        for (text, other, expected) in [
            ("a b c", "c b a", vec![2, 2, 4, 3, 3]),
            ("a b c", "a b", vec![2, 4 * 13]),
            ("", "a b", vec![2, 4 * 4]),
            ("", "", vec![2, 2, 4, 0, 0]),
        ] {
            let mut scene = AttendScene::default();
            let state = AttendState {
                mask: MaskName::Causal,
                ..state(text, other)
            };
            let figure = (PART.figures[0].scene)(&mut scene, &state);
            assert_eq!(shape(&figure.table), expected);
            let n_rows = n_values(&figure.table) / 2;
            let written = csv::csv(&figure.table);
            let mut lines = written.lines();
            assert_eq!(lines.next(), Some("order,head,query,key,score,weight"));
            assert_eq!(lines.clone().count(), n_rows);
            if let Some(masked) = lines.nth(1).filter(|_| !text.is_empty()) {
                assert_eq!(masked, "0,0,0,1,,");
            }
            let is_empty = figure
                .panels
                .iter()
                .map(|panel| matches!(panel.plot, Plot::Empty(_)));
            assert_eq!(
                is_empty.filter(|it| *it).count(),
                4 * [text, other].iter().filter(|it| it.is_empty()).count()
            );
        }
    }
}
