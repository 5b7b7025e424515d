//! What does LayerNorm do to gradients?

mod backward;
mod gradient_scale;
mod jacobian;
pub(super) mod kept;
mod norms;
mod nothing;
mod panels;
mod push;
mod python;
mod reading;
mod small_steps;
mod stretch;
mod token;

use maths::normalize::{BatchMode, Norm};

use super::desk::NORM_AND_BLOCK;
use super::lab::Normalize;
use super::phrases::given;
use super::state::{NormalizePart, NormalizeState};
use crate::desk::group;
use crate::mathml::X_HAT;
use crate::room::{Part, Question, ReadingPlace};

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Gradient.word(),
    "What does LayerNorm do to gradients?",
    lead,
    formula,
)
.why(
    "A deep stack learns from gradients that travel back through every layer, and a norm changes them on the way.",
)
.figures(&[jacobian::FIGURE, backward::FIGURE, gradient_scale::FIGURE])
.reading(ReadingPlace::BesideFormula, reading::facts)
.front(&["push", "push_size", "scale_a", "eps", "token"])
.desk(&[
    group("Gradient"),
    group("Scale and shift"),
    NORM_AND_BLOCK,
])
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Which changes get lost?",
        answer: "Two kinds: all features by the same amount, and the token's own pattern x̂. Choose one for Push and move Push size: the outputs stay. Only a pull along x̂ that goes past the mean turns its sign, and the outputs jump.",
        settings: "push=normalized",
        figure_id: "normalize-gradient",
    },
    Question {
        asked: "Why does a large input get a small gradient?",
        answer: "The output stays the same size when the input grows. So the same change of a larger input does less. Drag Input scale a.",
        settings: "scale_a=10",
        figure_id: "normalize-gradient-scale",
    },
];

/// How to read the part.
fn lead(state: &NormalizeState) -> String {
    let what = match state.norm_in_use() {
        _ if state.is_shut() => {
            "[gamma|γ] is 0 for every feature, so *every [gradient|gradient] is 0*."
        }
        Norm::Layer if state.eps > 0.0 => {
            "[layer-norm|LayerNorm] *ignores two kinds of change*: all [feature|features] by the same amount, and making the [token|token]'s own pattern [x-hat|x̂] stronger. The second is ignored while [epsilon|ε] is far below the [variance|variance]. The [gradient|gradient] of every other change is divided by √(σ² + ε)."
        }
        Norm::Layer => {
            "[layer-norm|LayerNorm] *ignores two kinds of change*: all [feature|features] by the same amount, and making the [token|token]'s own pattern [x-hat|x̂] stronger. The [gradient|gradient] of every other change is divided by [std|σ]."
        }
        Norm::Rms if state.eps > 0.0 => {
            "[rms-norm|RMSNorm] *ignores one kind of change*: making the whole [token|token] larger (nearly, as long as [epsilon|ε] is far below its mean square). The [gradient|gradient] of every other change is divided by √(mean x² + ε)."
        }
        Norm::Rms => {
            "[rms-norm|RMSNorm] *ignores one kind of change*: making the whole [token|token] larger. The [gradient|gradient] of every other change is divided by the root of its mean square."
        }
        Norm::Batch(BatchMode::Train) => {
            "[batch-norm|Batch norm] takes its mean and [variance|variance] over all [token|tokens], so *the [gradient|gradient] of one token reaches the same [feature|feature] of all others*."
        }
        Norm::Batch(BatchMode::Eval) => {
            "In [evaluation|evaluation] mean and [variance|variance] are fixed numbers: *the [gradient|gradient] of each [feature|feature] is multiplied by one number*."
        }
        Norm::Instance => {
            "[instance-norm|Instance norm] takes its mean and [variance|variance] over a sample's [token|tokens], so *the [gradient|gradient] of one token reaches the same [feature|feature] of the whole sample*."
        }
        Norm::Group { .. } => {
            "[group-norm|Group norm] takes its mean and [variance|variance] over a sample's [token|tokens] and a group of [feature|features], so *one token's [gradient|gradient] reaches that group in its whole sample*."
        }
        Norm::DyT { .. } => {
            "[dyt|Dynamic tanh] takes no mean: *each value has its own slope*, γ α (1 − x̂²), which is small where tanh is flat."
        }
        Norm::None => "Without a norm *the [gradient|gradient] is only multiplied by [gamma|γ]*.",
    };
    what.to_owned()
}

/// The Jacobian of one token (Xu et al. 2019), and dx, as MathML.
fn formula(state: &NormalizeState) -> String {
    const ROOT: &str = "<msqrt><mrow><msup><mi class=\"sigma\">σ</mi><mn>2</mn></msup><mo>+</mo><mi>ε</mi></mrow></msqrt>";
    let d = state.d_model;
    let derivative = "<mfrac><mrow><mo>∂</mo><msub><mi>y</mi><mi>i</mi></msub></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mi>j</mi></msub></mrow></mfrac><mo>=</mo>";
    let hats = format!("<msub>{X_HAT}<mi>i</mi></msub><msub>{X_HAT}<mi>j</mi></msub>");
    let gamma = "<msub><mi class=\"gamma\">γ</mi><mi>i</mi></msub>";
    let delta = "<msub><mi>δ</mi><mrow><mi>i</mi><mi>j</mi></mrow></msub>";
    let body = match state.norm_in_use() {
        Norm::Layer => format!(
            "<mfrac>{gamma}{ROOT}</mfrac><mo>(</mo>{delta}<mo>−</mo><mfrac><mn>1</mn><mn>{d}</mn></mfrac><mo>−</mo><mfrac><mrow>{hats}</mrow><mn>{d}</mn></mfrac><mo>)</mo>"
        ),
        Norm::Rms => format!(
            "<mfrac>{gamma}<msqrt><mrow><mover><msup><mi>x</mi><mn>2</mn></msup><mo>¯</mo></mover><mo>+</mo><mi>ε</mi></mrow></msqrt></mfrac><mo>(</mo>{delta}<mo>−</mo><mfrac><mrow>{hats}</mrow><mn>{d}</mn></mfrac><mo>)</mo>"
        ),
        Norm::Batch(BatchMode::Eval) => {
            format!("<mfrac>{gamma}{ROOT}</mfrac>{delta}")
        }
        Norm::Batch(BatchMode::Train) | Norm::Instance | Norm::Group { .. } => format!(
            "<mfrac>{gamma}{ROOT}</mfrac><mo>(</mo>{delta}<mo>−</mo><mfrac><mn>1</mn><mi>n</mi></mfrac><mo>−</mo><mfrac><mrow>{hats}</mrow><mi>n</mi></mfrac><mo>)</mo><mspace width=\"1em\"/><mtext>within a group of n values</mtext>"
        ),
        Norm::DyT { alpha } => format!(
            "{gamma}<mo>·</mo><mn>{}</mn><mo>(</mo><mn>1</mn><mo>−</mo><msup><msub>{X_HAT}<mi>i</mi></msub><mn>2</mn></msup><mo>)</mo>{delta}",
            given(alpha)
        ),
        Norm::None => format!("{gamma}{delta}"),
    };
    let outgoing = "<math><mi>d</mi><msub><mi>x</mi><mi>j</mi></msub><mo>=</mo><munder><mo>∑</mo><mi>i</mi></munder><mi>d</mi><msub><mi>y</mi><mi>i</mi></msub><mfrac><mrow><mo>∂</mo><msub><mi>y</mi><mi>i</mi></msub></mrow><mrow><mo>∂</mo><msub><mi>x</mi><mi>j</mi></msub></mrow></mfrac></math>";
    format!("<math>{derivative}{body}</math>{outgoing}")
}

#[cfg(test)]
mod tests {
    use figures::csv::csv;
    use figures::{Bars, Heatmap, Plot};

    use super::super::odd::{assert_words, odd_states, words_of, words_of_part};
    use super::super::phrases::TOO_FEW;
    use super::super::scene::NormalizeScene;
    use super::super::state::NormName;
    use super::*;
    use crate::settings::Words;

    fn with_norm(norm: NormName) -> NormalizeState {
        NormalizeState {
            norm,
            ..NormalizeState::default()
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for state in odd_states() {
            let words = words_of_part(&PART, &state);
            assert_words(words, &state);
        }
    }

    #[test]
    fn what_is_no_number_in_the_input_is_not_called_zero_over_zero() {
        for text in ["1,nan,inf,2", "inf,2,3,4", "1,2\n-inf,nan"] {
            for &norm in NormName::ALL {
                let mut state = with_norm(norm);
                state.take_text(text);
                for spec in PART.figures {
                    let mut scene = NormalizeScene::default();
                    let figure = (spec.scene)(&mut scene, &state);
                    let words = words_of(&figure).concat();
                    let is_zero = figure.panels.iter().any(|panel| match &panel.plot {
                        Plot::Heatmap(Heatmap { undefined, .. })
                        | Plot::Bars(Bars { undefined, .. }) => undefined.contains("0 / 0"),
                        _ => false,
                    });
                    let says = ["0/0", "0 / 0", "are equal"];
                    let is_zero = is_zero || says.iter().any(|it| words.contains(it));
                    let is_said = ["no number", "no value"]
                        .iter()
                        .any(|it| words.contains(it));
                    assert!(
                        !is_zero && (is_said || !norm.has_statistics()),
                        "{}, {text}, {norm:?}: {words}",
                        spec.id
                    );
                }
            }
        }
    }

    #[test]
    fn one_value_per_feature_is_named_and_not_drawn() {
        let state = NormalizeState {
            batch: 1,
            seq_len: 1,
            ..with_norm(NormName::Batch)
        };
        let mut scene = NormalizeScene::default();
        // dy is there, and so is the reason why it is not checked.
        for (spec, n_empty) in PART.figures.iter().zip([3, 1, 1]) {
            let figure = (spec.scene)(&mut scene, &state);
            let is_empty = |plot: &Plot| matches!(plot, Plot::Empty(why) if why == TOO_FEW);
            let empty = figure.panels.iter().filter(|panel| is_empty(&panel.plot));
            assert_eq!(empty.count(), n_empty, "{}", figure.id);
            assert!(figure.summary.contains("One value per feature"));
        }
    }

    #[test]
    fn running_statistics_are_those_after_all_of_the_training() {
        let state = NormalizeState {
            mode: BatchMode::Eval,
            batch: 64,
            seq_len: 32,
            d_model: 32,
            ..with_norm(NormName::Batch)
        };
        let mut trained = NormalizeScene::default();
        trained.running(&state);
        for spec in PART.figures {
            let mut scene = NormalizeScene::default();
            spec.make(&mut scene, &state);
            assert!(scene.is_unfinished, "{}", spec.id);
            spec.finish(&mut scene, &state);
            let [here, there] =
                [&mut scene, &mut trained].map(|scene| csv(&(spec.scene)(scene, &state).table));
            assert!(here == there, "{}", spec.id);
        }
    }

    #[test]
    fn what_epsilon_leaves_along_the_token_is_not_called_taken_off() {
        let summaries = |scale_a, eps, gamma, norm| {
            let state = NormalizeState {
                scale_a,
                eps,
                gamma,
                ..with_norm(norm)
            };
            let mut scene = NormalizeScene::default();
            let summary = |idx: usize| (PART.figures[idx].scene)(&mut scene, &state).summary;
            [0, 1, 2].map(summary)
        };
        for norm in [NormName::Layer, NormName::Rms] {
            let [_, taken, falls] = summaries(1.0, 1e-5, 1.0, norm);
            assert!(
                taken.contains("nothing along x̂") && !taken.contains("ε leaves"),
                "{taken}"
            );
            assert!(falls.contains("a tenth of the gradient") && falls.contains("The rule ends"));
            let [left, taken, bends] = summaries(1e-3, 1e-5, 1.0, norm);
            assert!(
                left.contains("ε leaves") && taken.contains("ε leaves"),
                "{left} {taken}"
            );
            assert!(
                bends.contains("bends") && !bends.contains("a tenth as far"),
                "{bends}"
            );
            let [_, _, falls] = summaries(1.0, 0.0, 1.0, norm);
            assert!(
                !falls.contains("The rule ends") && falls.contains("the rule holds"),
                "{falls}"
            );
            let shut = summaries(1.0, 1e-5, 0.0, norm);
            assert!(shut.iter().all(|it| it.contains("makes everything 0")));
            let names = summaries(1.0, 1e-5, 1.0, norm).concat();
            assert_eq!(names.contains("σ²"), norm == NormName::Layer, "{names}");
            assert_eq!(names.contains("mean x²"), norm == NormName::Rms, "{names}");
        }
    }
}
