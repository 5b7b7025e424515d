//! Which numbers share a mean and a variance?

mod block;
mod cells;
mod change;
mod compared;
mod groups;
pub(super) mod kept;
mod moved;
mod norms;
mod python;
mod ranges;
mod reading;
mod sample;

use super::desk::INPUT;
use super::lab::Normalize;
use super::state::{NormName, NormalizePart, NormalizeState};
use crate::desk::group;
use crate::mathml::X_HAT;
use crate::play::Play;
use crate::room::{Part, Question, ReadingPlace};

/// The part.
pub const PART: Part<Normalize> = Part::new(
    NormalizePart::Axes.word(),
    "Which numbers share a mean and a variance?",
    lead,
    formula,
)
.why(
    "Norms differ most in which numbers they average together: that decides which words can change which.",
)
.figures(&[block::FIGURE, norms::FIGURE, change::FIGURE])
.reading(ReadingPlace::BesideFormula, reading::facts)
.front(&["norm", "batch", "seq_len", "d_model", "groups"])
.desk(&[
    group("Normalization"),
    group("Change"),
    INPUT,
    group("Reading"),
])
.play(Play::new("token", "normalize-axes", "Go from token to token", |state: &NormalizeState| {
    let row = state.row();
    format!(
        "Token {} of sample {}: lit is what shares a mean and a variance with the cell that is read.",
        row % state.seq_len,
        row / state.seq_len
    )
}).speed(2))
.questions(QUESTIONS);

/// What people ask of it.
const QUESTIONS: &[Question] = &[
    Question {
        asked: "Over which axis?",
        answer: "Point at a cell: all cells that share its mean and variance light up. Beside the formula you see how many groups there are. Change Normalization, then d_model, Sequence length and Batch size.",
        settings: "norm=batch",
        figure_id: "normalize-axes",
    },
    Question {
        asked: "Does the padding of other sentences change mine?",
        answer: "Under batch norm, yes: its zeros count in the mean and variance of every feature. Switch Padding left out under Input on, and they no longer count.",
        settings: "norm=batch&padding=on&token=9",
        figure_id: "normalize-change",
    },
    Question {
        asked: "Change one token: which outputs move?",
        answer: "All that share a mean or variance with it. Move Token under Reading and Added under Change, and compare the rows: under LayerNorm only the token itself changes.",
        settings: "norm=instance",
        figure_id: "normalize-change",
    },
];

/// How to read the part.
fn lead(_: &NormalizeState) -> String {
    "A norm splits the [activation|activations] into groups and takes one mean and one [variance|variance] for each group. *Point at a cell* to see its group. Then change a [token|token] and see which outputs move.".to_owned()
}

/// μ over a group, as MathML.
fn formula(state: &NormalizeState) -> String {
    let (of, sum, count) = match state.norm {
        NormName::Layer | NormName::Rms => ("b,t", "c", "C"),
        NormName::Batch => ("c", "b,t", "B T"),
        NormName::Instance => ("b,c", "t", "T"),
        NormName::Group => ("b,g", "t, c in g", "T C/G"),
        NormName::DyT => {
            return format!(
                "<math>{X_HAT}<mo>=</mo><mi>tanh</mi><mo>(</mo><mi>α</mi><mi>x</mi><mo>)</mo></math>{}",
                output(state)
            );
        }
        NormName::None => {
            return format!("<math>{X_HAT}<mo>=</mo><mi>x</mi></math>{}", output(state));
        }
    };
    let value = "<msub><mi>x</mi><mtext>b,t,c</mtext></msub>";
    let (symbol, class, value) = if state.norm == NormName::Rms {
        (
            "mean x²",
            "sigma",
            format!("<msup><mrow>{value}</mrow><mn>2</mn></msup>"),
        )
    } else {
        ("μ", "mu", value.to_owned())
    };
    format!(
        "<math><msub><mi class=\"{class}\">{symbol}</mi><mtext>{of}</mtext></msub><mo>=</mo>\
         <mfrac><mn>1</mn><mtext>{count}</mtext></mfrac><munder><mo>∑</mo><mtext>{sum}</mtext></munder>{value}</math>{}",
        output(state)
    )
}

/// What comes out, as MathML.
fn output(state: &NormalizeState) -> String {
    let [gamma, beta] = [
        (state.affine, "<mi class=\"gamma\">γ</mi><mo>·</mo>"),
        (state.has_beta(), "<mo>+</mo><mi class=\"beta\">β</mi>"),
    ]
    .map(|(is_there, math)| if is_there { math } else { "" });
    format!("<math><mi>y</mi><mo>=</mo>{gamma}{X_HAT}{beta}</math>")
}

#[cfg(test)]
mod tests {
    use figures::{Heatmap, Plot};

    use super::super::odd::{CORNER, assert_words, odd_states, words_of};
    use super::super::scene::NormalizeScene;
    use super::*;
    use crate::settings::Words;

    #[test]
    fn what_is_no_number_in_the_input_is_not_called_zero_over_zero() {
        for text in ["1,nan,inf,2", "inf,2,3,4", "1,2\n-inf,nan"] {
            for &norm in NormName::ALL {
                let mut state = NormalizeState::default();
                state.take_text(text);
                state.norm = norm;
                for spec in [norms::FIGURE, change::FIGURE] {
                    let mut scene = NormalizeScene::default();
                    let figure = (spec.scene)(&mut scene, &state);
                    let is_zero = figure.panels.iter().any(|panel| {
                        matches!(&panel.plot, Plot::Heatmap(Heatmap { undefined, .. }) if undefined.contains("0 / 0"))
                    });
                    let words = words_of(&figure).join("\n");
                    let named = format!("{}, {text}, {norm:?}: {words}", spec.id);
                    let says = ["0/0", "0 / 0", "are equal"];
                    let is_called = says.iter().any(|it| words.contains(it));
                    assert!(!is_zero && !is_called, "{named}");
                    assert!(
                        words.contains("no number") || words.contains("NaN or infinite"),
                        "{named}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for state in odd_states() {
            for spec in PART.figures {
                let mut scene = NormalizeScene::default();
                let mut words = words_of(&(spec.scene)(&mut scene, &state));
                let pointing = spec.pointing.iter();
                words.extend(pointing.map(|it| (it.tip)(&mut scene, &state, CORNER)));
                assert_words(words, &state);
            }
        }
    }
}
