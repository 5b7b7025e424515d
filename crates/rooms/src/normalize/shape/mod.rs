//! What is left of a vector?

mod curves;
mod eps_curves;
mod epsilon;
mod every_norm;
mod geometry;
mod invariance;
pub(super) mod kept;
mod lengths;
mod moved;
mod nothing;
mod points;
mod reading;
mod space;
mod stages;
mod trouble;
mod twice;
mod undo;
mod undoing;
mod view;

use super::desk::NORM_AND_BLOCK;
use super::lab::Normalize;
use super::phrases::given;
use super::state::{NormName, NormalizePart, NormalizeState};
use crate::desk::{Item, group};
use crate::mathml::X_HAT;
use crate::play::Play;
use crate::room::{Part, Question, ReadingPlace};

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Shape.word(),
    "What is left of a vector?",
    lead,
    formula,
)
.why(
    "LayerNorm forgets part of every vector, and no later layer can bring it back: see what is lost and what is left.",
)
.figures(&[
    geometry::FIGURE,
    invariance::FIGURE,
    epsilon::FIGURE,
    undo::FIGURE,
])
.reading(ReadingPlace::BesideFormula, reading::facts)
.front(&["stage", "d_model", "norm", "yaw", "pitch"])
.desk(&[
    group("Space"),
    group("Scale and shift"),
    Item::Buttons(&[undoing::BUTTON]),
    NORM_AND_BLOCK,
])
.play(
    Play::new(
        "yaw",
        "normalize-geometry",
        "Turn the space",
        |state: &NormalizeState| {
            format!(
                "Seen from {}°: the points stay, only the eye goes round them.",
                given(state.yaw)
            )
        },
    )
    .speed(10),
)
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Does it throw information away?",
        answer: "Scale and shift are gone: drag Input scale a under Scale and shift, or Input shift c beside it, and the output stays. {at most*} Only the direction is left.",
        settings: "scale_a=5&shift_c=2",
        figure_id: "normalize-invariance",
    },
    Question {
        asked: "What is left of two features?",
        answer: "Only which one is larger: every token comes to one of two points. Go through Stage. Then set d_model to 3 and turn the circle by hand.",
        settings: "d_model=2",
        figure_id: "normalize-geometry",
    },
    Question {
        asked: "What is ε for, and how big should it be?",
        answer: "It prevents a division by zero where the variance is 0. Once the variance is about as small as ε, the output shrinks. Move ε under Normalization: in half precision (16 bits) the smallest values of ε become 0.",
        settings: "eps=0.001",
        figure_id: "normalize-epsilon",
    },
    Question {
        asked: "Inside or outside of the root?",
        answer: "The paper and PyTorch have √(σ² + ε), some code has σ + ε. Inside the root, ε counts as soon as σ is near √ε; outside, only near ε. With ε = 0.01, a token of σ = 0.1 comes out with 0.7 inside and 0.9 outside, instead of 1. A usual ε shows it only for smaller inputs: move it.",
        settings: "eps=0.01",
        figure_id: "normalize-epsilon",
    },
    Question {
        asked: "What are γ and β for?",
        answer: "They let the network choose a scale and a shift again. Press the button that undoes a token: it comes back as it was. Choose another Token: the same γ and β cannot bring that one back, too.",
        settings: "token=6",
        figure_id: "normalize-undo",
    },
    Question {
        asked: "What does a second LayerNorm do?",
        answer: "As long as all features share one γ and one β, almost nothing: the first has already removed mean and spread. Here feature 3 has its own γ, so the outputs change: see “Normalised once more”. The button All the same takes that γ back.",
        settings: "d_model=64&gamma_at=3:2.5",
        figure_id: "normalize-invariance",
    },
];

/// How to read the part.
fn lead(state: &NormalizeState) -> String {
    match (state.norm, state.d_model) {
        (NormName::Layer, 1) => "One [feature|feature] is its own mean, so *every [token|token] ends at [beta|β]*. Set d_model to 2 or 3 to see what is left of more.".to_owned(),
        (NormName::Layer, 2) => "With two [feature|features] *only which one is larger is left*: every [token|token] ends at one of two points. Set d_model to 3 to see a circle.".to_owned(),
        (NormName::Layer, 3) => "With three [feature|features] each [token|token] is a point in space. Step through the stages: *a plane, a circle, an ellipse*. Then scale and shift the input: the output stays.".to_owned(),
        (NormName::Layer, d) => format!(
            "Each [token|token] is a point in {d} directions. The mean takes one of them away, [std|σ] the distance from 0: *of {d} numbers {} are left*. Set [width|d_model] to 3 or 2 to see it all.",
            d - 2
        ),
        (NormName::Rms, 1) => "With one [feature|feature] [rms-norm|RMSNorm] leaves *only its sign*. Set d_model to 2 or 3 to see what is left of more.".to_owned(),
        (NormName::Rms, d) => format!(
            "After [rms-norm|RMSNorm] all [token|tokens] have the same distance from 0, and their mean stays: *of {d} numbers {} are left*.",
            d - 1
        ),
        (NormName::Batch, _) => "[batch-norm|Batch norm] shifts and scales [feature|features], all [token|tokens] alike: *points keep their neighbours* and their different distances from 0. Compare [layer-norm|LayerNorm].".to_owned(),
        (NormName::Instance, _) => "[instance-norm|Instance norm] shifts and scales each [feature|feature] of each sample: *the [token|tokens] of a sample move together* and keep their different distances from 0. Compare [layer-norm|LayerNorm].".to_owned(),
        (NormName::Group, _) => "[group-norm|Group norm] shifts and scales each group of [feature|features] of a sample: *the [token|tokens] of a sample move together* and keep their different distances from 0. Compare [layer-norm|LayerNorm].".to_owned(),
        (NormName::DyT, _) => "[dyt|DyT] bends each value by itself: *every [feature|feature] ends between −1 and 1*. [token|Tokens] keep different distances from 0. Compare [layer-norm|LayerNorm].".to_owned(),
        (NormName::None, _) => "Without a norm *every [token|token] stays where it is* until [gamma|γ] and [beta|β] move it. Compare [layer-norm|LayerNorm].".to_owned(),
    }
}

/// From x to the sphere, as MathML.
fn formula(state: &NormalizeState) -> String {
    let d = state.d_model;
    let sphere = format!(
        "<mrow><mo>‖</mo>{X_HAT}<mo>‖</mo></mrow><mo>=</mo><msqrt><mn>{d}</mn></msqrt><mo>·</mo><mfrac><mi class=\"sigma\">σ</mi><msqrt><mrow><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>"
    );
    match state.norm {
        NormName::Layer => format!(
            "<math><munder><mo>∑</mo><mi>i</mi></munder><msub>{X_HAT}<mi>i</mi></msub><mo>=</mo><mn>0</mn></math><math>{sphere}</math>"
        ),
        NormName::Rms => format!(
            "<math><mrow><mo>‖</mo>{X_HAT}<mo>‖</mo></mrow><mo>≤</mo><msqrt><mn>{d}</mn></msqrt></math>"
        ),
        _ => format!(
            "<math><mi>y</mi><mo>=</mo><mi class=\"gamma\">γ</mi><mo>·</mo>{X_HAT}<mo>+</mo><mi class=\"beta\">β</mi></math>"
        ),
    }
}

#[cfg(test)]
mod tests {
    use figures::{Bars, Plot};
    use maths::inputs::Distribution;

    use super::super::odd::words_of;
    use super::super::phrases::no_numbers;
    use super::super::scene::NormalizeScene;
    use super::super::state::Stage;
    use super::super::values::Values;
    use super::*;
    use crate::room::Cell;
    use crate::settings::Words;

    fn custom(rows: Vec<Vec<f32>>) -> NormalizeState {
        let mut state = NormalizeState::default();
        let block = [1, rows.len(), rows[0].len()];
        state.take_values(Values::new(block, &rows.concat()));
        state
    }

    /// All that the part says in a state.
    fn said(state: &NormalizeState) -> Vec<String> {
        let mut said = vec![lead(state), formula(state)];
        let scene = &mut NormalizeScene::default();
        for fact in reading::facts(scene, state) {
            said.push(format!("{} {}", fact.name, fact.value));
        }
        for figure in PART.figures {
            for panel_idx in 0..2 {
                let cell = Cell {
                    panel_idx,
                    x: Some(0),
                    y: Some(0),
                };
                let pointing = figure.pointing.iter();
                said.extend(pointing.map(|pointing| (pointing.tip)(scene, state, cell)));
            }
            let mut scene = NormalizeScene::default();
            let figure = (figure.scene)(&mut scene, state);
            said.extend(words_of(&figure));
        }
        let mut scene = NormalizeScene::default();
        scene.update(state);
        // Of the input it may be said.
        let of_input = no_numbers(scene.n_no_numbers);
        said.iter().map(|it| it.replace(&of_input, "")).collect()
    }

    #[test]
    fn no_sentence_has_a_number_that_is_none() {
        let default = NormalizeState::default;
        let states = [
            default(),
            NormalizeState {
                batch: 1,
                seq_len: 1,
                ..default()
            },
            NormalizeState {
                input: Distribution::Constant,
                eps: 0.0,
                ..default()
            },
            NormalizeState {
                input: Distribution::Constant,
                mean: 0.0,
                eps: 0.0,
                scale_a: 2.0,
                ..default()
            },
            NormalizeState {
                scale_a: 0.0,
                shift_c: 1.0,
                eps: 0.0,
                alpha: 0.0,
                ..default()
            },
            NormalizeState {
                padding: true,
                masked: true,
                eps: 0.0,
                token: Some(2 * default().seq_len - 1),
                ..default()
            },
            NormalizeState {
                d_model: 2,
                affine: false,
                ..default()
            },
            custom(vec![vec![f32::NAN; 3]; 2]),
            custom(vec![vec![1.0, 2.0, 3.0], vec![f32::NAN, 1.0, 2.0]]),
            custom(vec![vec![f32::INFINITY, 1.0], vec![f32::MAX, f32::MIN]]),
            NormalizeState {
                eps: 0.0,
                ..custom(vec![vec![1.0, 2.0], vec![1.0, 1.0], vec![0.0, 0.0]])
            },
            NormalizeState {
                eps: 0.0,
                ..custom(vec![vec![1e-45, 0.0], vec![1e-38, 2e-38]])
            },
        ];
        for given in states {
            for &norm in NormName::ALL {
                for &stage in Stage::ALL {
                    for row_idx in 0..given.rows().min(3) {
                        let state = NormalizeState {
                            norm,
                            stage,
                            token: given.token.or(Some(row_idx)),
                            ..given.clone()
                        };
                        for text in said(&state) {
                            assert!(!text.contains("NaN"), "{state:?}\n{text}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_missing_is_said_by_its_reason() {
        let reasons = |state: NormalizeState| {
            let said = said(&state).join("\n");
            let known = [
                "one value per feature has no variance",
                "0 / 0 is undefined",
                "0/0",
                "no number in, no number out",
            ];
            known.map(|it| said.matches(it).count())
        };
        let [too_few, ..] = reasons(NormalizeState {
            norm: NormName::Batch,
            batch: 1,
            seq_len: 1,
            ..NormalizeState::default()
        });
        // In space, in undo, and three times in scale and shift: in words and in two panels.
        assert_eq!(too_few, 5);
        let [_, undefined, divided, _] = reasons(NormalizeState {
            input: Distribution::Constant,
            eps: 0.0,
            ..NormalizeState::default()
        });
        assert_eq!((undefined, divided), (5, 1));
        let [.., no_number] = reasons(custom(vec![vec![f32::NAN, 1.0]; 2]));
        assert_eq!(no_number, 6);
    }

    /// Files may hold anything.
    #[test]
    fn every_figure_draws_what_is_no_number() {
        let odd = [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            f32::MAX,
            1e-45,
            0.0,
        ];
        for first in odd {
            for &norm in NormName::ALL {
                let state = NormalizeState {
                    norm,
                    ..custom(vec![vec![first, 1.0, 2.0], vec![3.0, 1.0, 0.0]])
                };
                let scene = &mut NormalizeScene::default();
                for (figure, n_panels) in PART.figures.iter().zip([2, 3, 1, 2]) {
                    assert_eq!((figure.scene)(scene, &state).panels.len(), n_panels);
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_in_the_input_is_not_called_zero_over_zero() {
        for text in ["1,nan,inf,2", "inf,2,3,4", "1,2\n-inf,nan"] {
            for &norm in NormName::ALL {
                let mut state = NormalizeState::default();
                state.take_text(text);
                state.norm = norm;
                for figure in PART.figures {
                    let mut scene = NormalizeScene::default();
                    let made = (figure.scene)(&mut scene, &state);
                    let is_zero = made.panels.iter().any(|panel| {
                        matches!(&panel.plot, Plot::Bars(Bars { undefined, .. }) if undefined.contains("0 / 0"))
                    });
                    // A quotient like 0 / 0.003 is one.
                    let words = words_of(&made).join("\n").replace("0 / 0.", "");
                    let named = format!("{}, {text}, {norm:?}: {words}", figure.id);
                    let says = ["0/0", "0 / 0", "are equal"];
                    let is_called = says.iter().any(|it| words.contains(it));
                    assert!(!is_zero && !is_called, "{named}");
                    let says = ["no number", "not a number", "NaN"];
                    assert!(says.iter().any(|it| words.contains(it)), "{named}");
                }
            }
        }
    }
}
