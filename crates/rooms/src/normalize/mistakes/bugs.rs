//! The bugs themselves: their lines, where they were found, what they are, and the quiz about them. What must not be
//! given away before an answer is said only here.

use figures::number::{format_count, format_value};
use maths::normalize::{BatchMode, Mistake, Norm};

use super::super::phrases::given;
use super::super::state::NormalizeState;
use crate::quiz::{self, Found, Quiz, Sheet};

/// The quiz.
pub const QUIZ: Quiz<NormalizeState> = Quiz {
    sheet: |state| {
        let asked = state.quiz?;
        Some(Sheet::of_lines(
            "A is right. Which line of code makes B?",
            asked,
            |bug| found(bug).wrong,
            |bug| meaning(state, bug),
            explanation(state, asked.bug),
        ))
    },
    quizzing: |state| state.quizzing(),
};

/// What the part is about; of a bug that may be named, what it is.
pub fn lead(state: &NormalizeState) -> String {
    let meaning = |bug| meaning(state, bug);
    let bug = state.bug();
    let known = (state.quiz.is_some(), state.is_revealed());
    quiz::lead("normalization", bug, known, meaning)
}

/// The wrong line beside the right one, where it was found, and what is shown instead of what is set: that is said here,
/// where narrow screens show it too.
pub fn formula(state: &NormalizeState) -> String {
    let bug = state.bug().filter(|_| state.is_revealed());
    bug.map(|bug| found(bug).lines(shown_instead(state, bug)))
        .unwrap_or_default()
}

/// Its line as it was found and as it should be, and where that was.
fn found(bug: Mistake) -> Found {
    match bug {
        Mistake::OverTokens => Found::pull(
            "x = F.layer_norm(x, x.shape[1:])  # x: (batch, seq_len, d)",
            "x = F.layer_norm(x, x.shape[-1:])  # x: (batch, seq_len, d)",
            "Qualcomm-AI-research/geometric-algebra-transformer",
            8,
        ),
        Mistake::OverBatch => Found::issue(
            "mean, var = tf.nn.moments(x, [0, 1])  # x: (batch, seq_len, d)",
            "mean, var = tf.nn.moments(x, [-1])  # x: (batch, seq_len, d)",
            "Kyubyong/transformer",
            40,
        ),
        Mistake::Unbiased => Found::issue(
            "std = x.std(-1, keepdim=True)",
            "std = x.std(-1, unbiased=False, keepdim=True)",
            "codertimo/BERT-pytorch",
            30,
        ),
        Mistake::EpsOutside => Found::pull(
            "y = (x - mean) / (std + eps)",
            "y = (x - mean) / torch.sqrt(var + eps)",
            "hkproj/pytorch-transformer",
            31,
        ),
        Mistake::ScalarAffine => Found::issue(
            "self.weight = Parameter(torch.Tensor([in_channels]))",
            "self.weight = Parameter(torch.Tensor(in_channels))",
            "pyg-team/pytorch_geometric",
            4030,
        ),
        Mistake::BatchStatistics => Found::issue(
            "y = model(x)  # batch norm, after training",
            "model.eval(); y = model(x)",
            "yaodongyu/TRADES",
            3,
        ),
        Mistake::PaddingCounted => Found::issue(
            "y = batch_norm(x)  # x: padded with zeros to one length",
            "y[real] = batch_norm(x[real])  # tokens only",
            "Tomiinek/Multilingual_Text_to_Speech",
            81,
        ),
    }
}

/// What the bug is and does, and what is shown instead of what is set.
fn explanation(state: &NormalizeState, bug: Mistake) -> String {
    let text = meaning(state, bug);
    match shown_instead(state, bug) {
        Some(shown) => format!("{text} Shown {shown}."),
        None => text,
    }
}

/// What the bug is and does.
#[allow(clippy::cast_precision_loss, reason = "at most 1024")]
fn meaning(state: &NormalizeState, bug: Mistake) -> String {
    match bug {
        Mistake::OverTokens => format!(
            "Mean and [variance|variance] are taken over *[token|tokens] and [feature|features] together*: one of each for {}. A single token no longer has mean 0 and variance 1, and later tokens change earlier ones. In a [causal|causal] model that must not happen.",
            match state.seq_len {
                1 => "the one token of a sample".to_owned(),
                n => format!("{n} tokens"),
            }
        ),
        Mistake::OverBatch => format!(
            "This is [batch-norm|batch norm]: *each [feature|feature] over {} of the [batch|batch]*. So your numbers depend on the other sentences in the batch.",
            match state.rows() {
                1 => "the one token".to_owned(),
                n => format!("all {} tokens", format_count(n as u64)),
            }
        ),
        Mistake::Unbiased => {
            let d = state.d_model as f64;
            format!(
                "torch.std and torch.var usually *divide by n − 1* ([biased|unbiased]); LayerNorm divides by n. So every output is multiplied by √((n − 1)/n) = {} at n = {}. For the numbers 1, 0, 0, 0 the first is 1.5 instead of 1.732. Dividing by n − 1 is for guessing about a large group from a small sample; here the features are the whole group.",
                format_value(((d - 1.0) / d).sqrt(), 5),
                state.d_model
            )
        }
        Mistake::EpsOutside if state.eps == 0.0 => {
            "σ + [epsilon|ε] is not √(σ² + ε). *Inside the root, ε counts as soon as σ is near √ε; outside, only near ε*. With ε = 0 they are the same.".to_owned()
        }
        Mistake::EpsOutside if state.eps < 1.0 => format!(
            "σ + [epsilon|ε] is not √(σ² + ε). With ε = {}, *above σ = {} the wrong one makes x̂ smaller, below it the right one*. For much larger σ they agree.",
            given(state.eps),
            // σ + ε > √(σ² + ε) where 2σ + ε > 1.
            format_value((1.0 - state.eps) / 2.0, 2),
        ),
        Mistake::EpsOutside => {
            "σ + [epsilon|ε] is not √(σ² + ε). With ε = 1, *the wrong one makes x̂ smaller* for every σ. For σ far above 1 they agree.".to_owned()
        }
        Mistake::ScalarAffine => {
            "In brackets, the number of [feature|features] becomes the one value of a tensor instead of its size. So there is one [gamma|γ] and one [beta|β] for all features, and *none can be made stronger or weaker than another*. Here they are the means of the right ones, the best that single numbers can do.".to_owned()
        }
        Mistake::BatchStatistics => {
            "Without model.eval() batch norm *uses the present [batch|batch]* instead of its [running|running averages]. So the same input gives other outputs with other mates. A sample alone is normalised by its own [token|tokens]; a single token has no [variance|variance], and PyTorch raises an error.".to_owned()
        }
        Mistake::PaddingCounted => {
            "The zeros after the end of a sample ([padding|padding]) *count as [token|tokens]*. With a part f of zeros, real tokens come out larger by up to 1/√(1 − f), and the padding does not stay 0. LayerNorm cannot have this bug: it looks at one token.".to_owned()
        }
    }
}

/// What is shown that is not what is set; `None` where all is.
fn shown_instead(state: &NormalizeState, bug: Mistake) -> Option<String> {
    let shown = state.with_bug(bug);
    let mut parts = Vec::new();
    let norm = shown.norm_in_use();
    if norm != state.norm_in_use() {
        parts.push(
            match norm {
                Norm::Batch(BatchMode::Train) => "with batch norm in training",
                Norm::Batch(BatchMode::Eval) => "with batch norm in evaluation",
                _ => "with LayerNorm",
            }
            .to_owned(),
        );
    }
    match (state.padding, shown.padding) {
        (true, false) => parts.push("without padding".to_owned()),
        (false, true) => parts.push("with padding".to_owned()),
        _ => {}
    }
    let own = if shown.has_beta() { "γ and β" } else { "γ" };
    if !state.affine && shown.affine {
        parts.push(format!("with {own} of each feature switched on"));
    } else if shown.has_own() && !state.has_own() {
        parts.push(format!("with {own} of each feature by the seed"));
    }
    if shown.eps != state.eps {
        parts.push(format!(
            "with ε = {}, because {} is too small to be seen with this input",
            given(shown.eps),
            given(state.eps)
        ));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use maths::inputs::Distribution;

    use super::super::super::odd::{assert_words, odd_states};
    use super::super::super::state::NormName;
    use super::*;
    use crate::quiz::{Asked, Quizzed};
    use crate::settings::Chosen;

    #[test]
    fn a_question_is_about_the_line_of_its_bug_and_gives_it_away_only_after_an_answer() {
        let mut state = NormalizeState::default();
        assert_eq!((QUIZ.sheet)(&state), None);
        for &bug in Mistake::ASKED {
            state.quiz = Some(Asked::new(bug));
            assert_ne!(lead(&state), meaning(&state, bug));
            assert_eq!(formula(&state), "");
            let right = (QUIZ.sheet)(&state).and_then(|sheet| sheet.solution().map(str::to_owned));
            assert_eq!(right.as_deref(), Some(found(bug).wrong));
            (QUIZ.quizzing)(&mut state).answer(bug.idx());
            // The quiz says it, and nothing else does.
            assert_ne!(lead(&state), meaning(&state, bug));
            assert!(formula(&state).contains(found(bug).wrong));
        }
    }

    #[test]
    fn what_is_no_number_is_said_in_words() {
        for odd in odd_states() {
            for &bug in Mistake::ASKED {
                let state = NormalizeState {
                    mistake: Some(bug),
                    ..odd.clone()
                };
                assert_words(vec![lead(&state), explanation(&state, bug)], &state);
            }
        }
    }

    #[test]
    fn what_is_shown_instead_of_what_is_set_is_named() {
        let set = |bug, change: fn(&mut NormalizeState)| {
            let mut state = NormalizeState::default();
            change(&mut state);
            state.quiz = Some(Asked::new(bug));
            let before = lead(&state) + &formula(&state);
            assert!(!before.contains("hown with"), "{before}");
            (QUIZ.quizzing)(&mut state).answer(bug.idx());
            let said = explanation(&state, bug);
            let is_shown = formula(&state).contains("<dt>shown</dt>");
            assert_eq!(is_shown, said.contains("Shown"), "{said}");
            said
        };
        let batch: fn(&mut NormalizeState) = |state| state.norm = NormName::Batch;
        let nothing: fn(&mut NormalizeState) = |_| {};
        for (bug, change, says) in [
            (Mistake::OverTokens, batch, "Shown with LayerNorm."),
            (Mistake::Unbiased, batch, "Shown with LayerNorm."),
            (Mistake::Unbiased, nothing, ""),
            (
                Mistake::BatchStatistics,
                batch,
                "Shown with batch norm in evaluation.",
            ),
            (
                Mistake::PaddingCounted,
                nothing,
                "Shown with batch norm in training, with padding.",
            ),
            (
                Mistake::OverBatch,
                |state| state.padding = true,
                "Shown without padding.",
            ),
            (
                Mistake::ScalarAffine,
                nothing,
                "Shown with γ and β of each feature by the seed.",
            ),
            (
                Mistake::ScalarAffine,
                |state| (state.affine, state.norm) = (false, NormName::Rms),
                "Shown with γ of each feature switched on.",
            ),
            (
                Mistake::EpsOutside,
                |state| state.norm = NormName::DyT,
                "Shown with LayerNorm, with ε = 0.1, because 1e-5 is too small to be seen with this input.",
            ),
            (Mistake::EpsOutside, |state| state.eps = 0.01, ""),
            (
                Mistake::EpsOutside,
                |state| (state.eps, state.std) = (1.0, 100.0),
                "",
            ),
            (
                Mistake::EpsOutside,
                |state| drop(state.take_text("1,2,3,5")),
                "",
            ),
            (
                Mistake::EpsOutside,
                |state| state.input = Distribution::Constant,
                "",
            ),
        ] {
            let said = set(bug, change);
            let shown = said.find("Shown").map_or("", |at| &said[at..]);
            assert_eq!(shown, says, "{said}");
        }
    }
}
