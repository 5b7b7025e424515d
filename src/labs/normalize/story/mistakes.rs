//! The words about real bugs. What must not be given away before an answer is said only by [`lead`], [`formula`] and
//! [`explanation`].

use figures::Colours;
use figures::number::{format_count, format_value};
use maths::normalize::{BatchMode, Mistake, Norm};

use super::super::state::NormalizeState;
use super::gradient::number;
use super::n;
use crate::labs::{Fact, Question};

/// What is taken for no difference at all in `f32`.
const NOTHING: f64 = 1e-6;

/// The heading of the figure, whatever the bug.
pub const TITLE: &str = "The output as it should be, and as it is";

/// Said where there is nothing to show.
pub const NONE_CHOSEN: &str =
    "No mistake chosen: choose one, follow a question below, or turn on the quiz.";

/// The mistakes, by what one asks before one knows them.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "What if mean and variance are taken over tokens and features together?",
        answer: "All tokens of a sample share one mean and one variance. None has mean 0 by itself, and later tokens change earlier ones.",
        settings: "mistake=token_feature",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if they are taken over the batch?",
        answer: "Those are batch norm's axes: which sentences stand beside yours decides your numbers.",
        settings: "mistake=over_batch",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "Is x.std() the std of LayerNorm?",
        answer: "No, it divides by n − 1, and every output comes out too small: the fewer features, the more. Move d_model.",
        settings: "mistake=unbiased&d_model=8",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "Does it matter on which side of the root ε stands?",
        answer: "Not where σ is large. For small inputs σ + ε is far from √(σ² + ε). Move ε and Input std.",
        settings: "mistake=eps_outside",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if γ and β are single numbers?",
        answer: "All features are scaled alike: none can be made louder or quieter than another.",
        settings: "mistake=scalar_affine",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if model.eval() is forgotten?",
        answer: "Batch norm goes on using the batch at hand, so the same input gives other outputs in other company.",
        settings: "mistake=batch_eval",
        figure_id: "normalize-mistake",
    },
    Question {
        asked: "What if padding is counted?",
        answer: "Its zeros count as tokens, and the real ones come out too large: the more padding, the more.",
        settings: "mistake=padding",
        figure_id: "normalize-mistake",
    },
];

/// What the quiz asks.
pub const QUIZ: &str = "Which line makes the output in the middle?";

/// Symbol and note of the three panels.
pub const HEADS: [(&str, &str); 3] = [("y", "right"), ("y", "wrong"), ("Δy", "wrong − right")];

/// The line as it was found.
pub fn wrong_line(bug: Mistake) -> &'static str {
    match bug {
        Mistake::OverTokens => "x = F.layer_norm(x, x.shape[1:])  # x: (batch, seq_len, d)",
        Mistake::OverBatch => "mean, var = tf.nn.moments(x, [0, 1])  # x: (batch, seq_len, d)",
        Mistake::Unbiased => "std = x.std(-1, keepdim=True)",
        Mistake::EpsOutside => "y = (x - mean) / (std + eps)",
        Mistake::ScalarAffine => "self.weight = Parameter(torch.Tensor([in_channels]))",
        Mistake::BatchStatistics => "y = model(x)  # batch norm, after training",
        Mistake::PaddingCounted => "y = batch_norm(x)  # x: padded with zeros to one length",
    }
}

/// The line as it should be.
fn right_line(bug: Mistake) -> &'static str {
    match bug {
        Mistake::OverTokens => "x = F.layer_norm(x, x.shape[-1:])  # x: (batch, seq_len, d)",
        Mistake::OverBatch => "mean, var = tf.nn.moments(x, [-1])  # x: (batch, seq_len, d)",
        Mistake::Unbiased => "std = x.std(-1, unbiased=False, keepdim=True)",
        Mistake::EpsOutside => "y = (x - mean) / torch.sqrt(var + eps)",
        Mistake::ScalarAffine => "self.weight = Parameter(torch.Tensor(in_channels))",
        Mistake::BatchStatistics => "model.eval(); y = model(x)",
        Mistake::PaddingCounted => "y[real] = batch_norm(x[real])  # tokens only",
    }
}

/// Where it was found: its name and what comes after the site's own in the link.
fn found(bug: Mistake) -> (&'static str, &'static str) {
    match bug {
        Mistake::OverTokens => (
            "Qualcomm-AI-research/geometric-algebra-transformer #8",
            "Qualcomm-AI-research/geometric-algebra-transformer/pull/8",
        ),
        Mistake::OverBatch => ("Kyubyong/transformer #40", "Kyubyong/transformer/issues/40"),
        Mistake::Unbiased => (
            "codertimo/BERT-pytorch #30",
            "codertimo/BERT-pytorch/issues/30",
        ),
        Mistake::EpsOutside => (
            "hkproj/pytorch-transformer #31",
            "hkproj/pytorch-transformer/pull/31",
        ),
        Mistake::ScalarAffine => (
            "pyg-team/pytorch_geometric #4030",
            "pyg-team/pytorch_geometric/issues/4030",
        ),
        Mistake::BatchStatistics => ("yaodongyu/TRADES #3", "yaodongyu/TRADES/issues/3"),
        Mistake::PaddingCounted => (
            "Tomiinek/Multilingual_Text_to_Speech #81",
            "Tomiinek/Multilingual_Text_to_Speech/issues/81",
        ),
    }
}

/// What the bug is and does, and what is shown instead of what is set.
pub fn explanation(state: &NormalizeState, bug: Mistake) -> String {
    let text = meaning(state, bug);
    match shown_instead(state, bug) {
        Some(shown) => format!("{text} Shown {shown}."),
        None => text,
    }
}

/// What the bug is and does.
#[allow(clippy::cast_precision_loss)]
fn meaning(state: &NormalizeState, bug: Mistake) -> String {
    match bug {
        Mistake::OverTokens => format!(
            "Mean and variance are taken over *tokens and features together*: one pair for {}. A token alone no longer has mean 0 and variance 1, and later tokens change earlier ones, which a causal model must not allow.",
            match state.seq_len {
                1 => "the one token of a sample".to_owned(),
                n => format!("{n} tokens"),
            }
        ),
        Mistake::OverBatch => format!(
            "That is batch norm's axes: *each feature over {} of the batch*. Which sentences stand beside yours decides your numbers.",
            match state.rows() {
                1 => "the one token".to_owned(),
                n => format!("all {} tokens", format_count(n as u64)),
            }
        ),
        Mistake::Unbiased => {
            let d = state.d_model as f64;
            format!(
                "torch.std and torch.var *divide by n − 1* unless asked otherwise; LayerNorm divides by n. Every output is smaller by √((n − 1)/n) = {} at n = {}. On [1, 0, 0, 0] the first is 1.5 instead of 1.732. Statistics divides by n − 1 to estimate a population from a sample; here the features are all there is.",
                format_value(((d - 1.0) / d).sqrt(), 5),
                state.d_model
            )
        }
        Mistake::EpsOutside if state.eps == 0.0 => {
            "σ + ε is not √(σ² + ε): *inside, ε counts from σ ≈ √ε on, outside only from σ ≈ ε*. With ε = 0 they are the same.".to_owned()
        }
        Mistake::EpsOutside => format!(
            "σ + ε is not √(σ² + ε). With ε = {} they agree wherever σ is far above {}; *below it they do not*: inside, ε counts from σ ≈ {} on, outside only from σ ≈ {}.",
            format_value(state.eps, 3),
            format_value(state.eps.sqrt(), 2),
            format_value(state.eps.sqrt(), 2),
            format_value(state.eps, 3),
        ),
        Mistake::ScalarAffine => {
            "In brackets the number of features is the one value of a tensor and not its size: one γ and one β for all features, and *none can be made louder or quieter than another*. Here they are the means of those that the features would have, the best that single numbers can do.".to_owned()
        }
        Mistake::BatchStatistics => {
            "Without model.eval() batch norm *uses the batch at hand* instead of its running statistics: the same input gives other outputs in other company. A sample alone is normalised by its own tokens, and of a single token there is no variance: PyTorch raises an error.".to_owned()
        }
        Mistake::PaddingCounted => {
            "The zeros beyond the end of a sample *count as tokens*: with a part f of zeros, real tokens come out larger by up to 1/√(1 − f), and the padding is no longer 0. LayerNorm has no such trouble: it looks at one token.".to_owned()
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
            "with ε = {}, because {} shows nothing beside this input",
            format_value(shown.eps, 3),
            format_value(state.eps, 3)
        ));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// What the part is about; of a bug that may be named, what it is.
pub fn lead(state: &NormalizeState) -> String {
    match state.bug() {
        Some(bug) if state.is_revealed() => meaning(state, bug),
        Some(_) => {
            "One line is wrong. Nothing fails and no shape is wrong: *only the numbers are*. Look at what it does, then answer.".to_owned()
        }
        None => {
            "Real bugs of normalization raise no error and no shape is wrong: *only the numbers are*. Choose one, or let the quiz ask.".to_owned()
        }
    }
}

/// The wrong line beside the right one, where it was found, and what is shown instead of what is set: that is said here,
/// where narrow screens show it too.
pub fn formula(state: &NormalizeState) -> String {
    let Some(bug) = state.bug().filter(|_| state.is_revealed()) else {
        return String::new();
    };
    let (name, place) = found(bug);
    let shown = shown_instead(state, bug)
        .map(|shown| format!("<div><dt>shown</dt><dd>{shown}</dd></div>"))
        .unwrap_or_default();
    format!(
        "<dl class=\"lines\"><div><dt>wrong</dt><dd><code>{}</code></dd></div><div><dt>right</dt><dd><code>{}</code></dd></div>\
         <div><dt>found in</dt><dd><a rel=\"noreferrer\" target=\"_blank\" \
         href=\"https://github.com/{place}\">{name}</a></dd></div>{shown}</dl>",
        wrong_line(bug),
        right_line(bug),
    )
}

/// The ends of the colours.
pub fn caption(colours: Colours) -> String {
    format!("colours ±{}", format_value(colours.max.into(), 3))
}

/// The symptom in numbers, for any bug by the same rules: it must not be told which one it is.
pub fn symptom(state: &NormalizeState, symptom: &super::super::scene::mistakes::Symptom) -> String {
    if symptom.too_few {
        return "*One value per feature has no variance*: batch norm cannot be computed here. Take more tokens or samples.".to_owned();
    }
    let row_idx = state.row();
    let has_none = symptom.std.iter().any(|std| std.is_nan());
    if symptom.most <= NOTHING {
        let also = if has_none {
            format!(", those of token {row_idx} in being no numbers")
        } else {
            String::new()
        };
        return format!(
            "*There is nothing to see with these settings*: the outputs agree{also}. Other inputs, another ε or another d_model may show it."
        );
    }
    if symptom.most.is_nan() {
        return "*Some outputs are numbers in one of the two and not in the other*: where they are hatched, 0 is divided by 0, or there is no number to normalise.".to_owned();
    }
    if symptom.most.is_infinite() {
        return "*Some outputs are infinite*, so nothing can be said of how far they differ."
            .to_owned();
    }
    let most = format_value(symptom.most, 3);
    if has_none {
        return format!(
            "Outputs differ by *{most}* at most. Those of token {row_idx} are no numbers."
        );
    }
    let [mean, wrong_mean] = symptom.mean;
    let [std, wrong_std] = symptom.std;
    format!(
        "Outputs differ by *{most}* at most. Token {row_idx}: mean {} should be {}, std *{}* should be *{}*.",
        small(wrong_mean),
        small(mean),
        n(wrong_std),
        n(std),
    )
}

/// A number that is 0 but for rounding is 0.
fn small(value: f64) -> String {
    number(if value.abs() < NOTHING { 0.0 } else { value })
}

/// The symptom in numbers beside the formula.
pub fn facts(
    state: &NormalizeState,
    symptom: &super::super::scene::mistakes::Symptom,
) -> Vec<Fact> {
    let pair = |[right, wrong]: [f64; 2]| format!("{} → {}", small(right), small(wrong));
    vec![
        Fact::new("token", state.row().to_string()),
        Fact::new("mean y", pair(symptom.mean)),
        Fact::new("std y", pair(symptom.std)),
        Fact::new("largest |y|", pair(symptom.largest)),
        Fact::new("moved by other tokens", pair(symptom.by_others)),
    ]
}

/// A cell in both outputs.
pub fn tip(
    state: &NormalizeState,
    [row_idx, feature]: [usize; 2],
    right: f64,
    wrong: f64,
) -> String {
    format!(
        "{}, feature {feature}: {} should be {}",
        super::token_name(state, row_idx),
        number(wrong),
        number(right)
    )
}
