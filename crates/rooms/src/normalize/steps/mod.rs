//! What does LayerNorm do to activations?

mod affine;
mod arithmetic;
mod counting;
mod edges;
mod heads;
mod histograms;
pub(super) mod kept;
mod matrix;
mod moving;
mod reading;
mod remembered;
mod token_steps;
mod who_uses;

use super::desk::{BLOCK, one_hot};
use super::lab::Normalize;
use super::state::{NormName, NormalizePart, NormalizeState, Variance};
use crate::desk::{Group, Item};
use crate::mathml::X_HAT;
use crate::play::Play;
use crate::room::{Part, Question, ReadingPlace};
use who_uses::who_uses;

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Steps.word(),
    "What does LayerNorm do to activations?",
    lead,
    formula,
)
.why(
    "Deep stacks are hard to train when numbers grow or shrink from layer to layer: a norm brings them back to one scale.",
)
.figures(&[
    token_steps::FIGURE,
    matrix::FIGURE,
    histograms::FIGURE,
    affine::FIGURE,
])
.reading(ReadingPlace::BesideFormula, reading::facts)
.front(&["gamma", "beta", "eps", "token", "norm"])
.desk(DESK)
.play(
    Play::new(
        "shown",
        "normalize-steps",
        "Go step by step",
        // Its caption says what each step does.
        |_| String::new(),
    )
    .speed(1)
    .to_the_end()
    .gliding(|state, part| state.shown.glide = part),
)
.questions(QUESTIONS);

const DESK: &[Item<NormalizeState>] = &[
    Item::Group(Group::new("Step by step")),
    Item::Group(
        Group::new("Normalization").with(&[Item::Buttons(&[one_hot(|state| {
            state.take_one_hot();
            None
        })])]),
    ),
    BLOCK,
];

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Why divide by n and not n − 1?",
        answer: "Dividing by n − 1 is for guessing the variance of a large group from a small sample of it. Here the features are the whole group, and x̂ should have variance 1. {largest x̂} Switch Variance under Normalization and read it again.",
        settings: "variance=unbiased&input=custom&values=1,0,0,0",
        figure_id: "normalize-steps",
    },
    Question {
        asked: "What do γ and β do?",
        answer: "γ stretches what was normalised, β moves it. A trained layer has learned one γ and one β for each feature. Drag the two sliders, or draw on the bars of single features.",
        settings: "gamma=2&beta=1",
        figure_id: "normalize-histograms",
    },
    Question {
        asked: "What does a transformer's first norm receive?",
        answer: "In GPT-2, whose norms come before attention, and in BERT: words with their positions added. Each row is one word; type your own under Sentence. Llama adds no positions, so its first norm receives words alone. In the original transformer the first norm comes after attention and receives x + attention(x).",
        settings: "input=encoded&batch=1&seq_len=5&d_model=128",
        figure_id: "normalize-matrix",
    },
];

/// How to read the steps, and what the norm is for.
fn lead(state: &NormalizeState) -> String {
    let idle = if state.variance == Variance::Unbiased && !state.is_unbiased() {
        " *Variance ÷ (n − 1) has no effect here*: only LayerNorm is shown with it."
    } else {
        ""
    };
    format!(
        "In the pictures below each row is one [token|token]: what comes in (x), then what goes out (y).{idle} {}",
        who_uses(state.norm)
    )
}

/// The norm with ε as in PyTorch, as MathML, in the order of the steps; those of the step that is shown last are marked. Sources
/// stand in the lead.
fn formula(state: &NormalizeState) -> String {
    let math = |step: usize| {
        if step == state.shown.n_steps {
            "<math class=\"now\">"
        } else {
            "<math>"
        }
    };
    const MU: &str = "<mi class=\"mu\">μ</mi>";
    const VARIANCE: &str = "<msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup>";
    let mut text = String::new();
    if state.norm == NormName::Layer {
        let degrees = if state.is_unbiased() {
            "<mrow><mi>d</mi><mo>−</mo><mn>1</mn></mrow>"
        } else {
            "<mi>d</mi>"
        };
        text.push_str(&format!(
            "{}{MU}<mo>=</mo><mfrac><mn>1</mn><mi>d</mi></mfrac><mo>∑</mo><mi>x</mi></math>\
             {}{VARIANCE}<mo>=</mo><mfrac><mn>1</mn>{degrees}</mfrac><mo>∑</mo><msup><mrow><mo>(</mo><mi>x</mi><mo>−</mo>{MU}<mo>)</mo></mrow><mn>2</mn></msup></math>",
            math(2),
            math(3),
        ));
    }
    let normalized = match state.norm {
        NormName::None => "<mi>x</mi>".to_owned(),
        NormName::DyT => "<mi>tanh</mi><mo>(</mo><mi>α</mi><mi>x</mi><mo>)</mo>".to_owned(),
        NormName::Rms => {
            "<mfrac><mi>x</mi><msqrt><mrow><mfrac><mn>1</mn><mi>d</mi></mfrac><munder><mo>∑</mo><mi>k</mi></munder>\
             <msubsup><mi>x</mi><mi>k</mi><mn>2</mn></msubsup><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>"
                .to_owned()
        }
        _ => format!(
            "<mfrac><mrow><mi>x</mi><mo>−</mo>{MU}</mrow><msqrt><mrow>{VARIANCE}<mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac>"
        ),
    };
    text.push_str(&format!(
        "{}{X_HAT}<mo>=</mo>{normalized}</math>{}<mi>y</mi><mo>=</mo>",
        math(3),
        math(4),
    ));
    if state.affine {
        text.push_str("<mi class=\"gamma\">γ</mi><mo>·</mo>");
    }
    text.push_str(X_HAT);
    if state.has_beta() {
        text.push_str("<mo>+</mo><mi class=\"beta\">β</mi>");
    }
    text.push_str("</math>");
    text
}

#[cfg(test)]
mod tests {
    use figures::{Bars, Heatmap, Plot};

    use super::super::odd::{odd_states, words_of, words_of_part};
    use super::super::scene::NormalizeScene;
    use super::*;
    use crate::settings::Words;

    #[test]
    fn a_variance_without_effect_says_so() {
        for &norm in NormName::ALL {
            let biased = NormalizeState {
                norm,
                ..NormalizeState::default()
            };
            let unbiased = NormalizeState {
                variance: Variance::Unbiased,
                ..biased.clone()
            };
            let output = |state: &NormalizeState| {
                let mut scene = NormalizeScene::default();
                scene.update(state);
                scene.trace.output.clone()
            };
            let is_idle = output(&biased) == output(&unbiased);
            assert_eq!(
                lead(&unbiased).contains("has no effect"),
                is_idle,
                "{norm:?}"
            );
            assert!(!lead(&biased).contains("has no effect"), "{norm:?}");
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for state in odd_states() {
            let words = words_of_part(&PART, &state);
            for text in words {
                // Of the input.
                let rest = text
                    .replace("NaN or infinite", "")
                    .replace("no value (NaN)", "");
                assert!(!rest.contains("NaN"), "{rest}: {state:?}");
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
                // γ and β know nothing of the input.
                for spec in [matrix::FIGURE, histograms::FIGURE, token_steps::FIGURE] {
                    let mut scene = NormalizeScene::default();
                    let figure = (spec.scene)(&mut scene, &state);
                    let is_zero = figure.panels.iter().any(|panel| match &panel.plot {
                        Plot::Heatmap(Heatmap { undefined, .. })
                        | Plot::Bars(Bars { undefined, .. }) => undefined.contains("0 / 0"),
                        _ => false,
                    });
                    let words = words_of(&figure).concat();
                    let named = format!("{}, {text}, {norm:?}: {words}", spec.id);
                    // A quotient like 0 / 0.003 is one.
                    let words = words.replace("0 / 0.", "");
                    let says = ["0/0", "0 / 0", "are equal"];
                    let is_called = says.iter().any(|it| words.contains(it));
                    assert!(!is_zero && !is_called, "{named}");
                    // The histogram counts them.
                    let says = ["no value", "NaN"];
                    assert!(says.iter().any(|it| words.contains(it)), "{named}");
                }
            }
        }
    }
}
