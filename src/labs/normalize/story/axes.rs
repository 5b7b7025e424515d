//! The words about axes: the block, all norms side by side, one change.

use figures::number::{format_count, format_fixed};
use maths::normalize::Groups;
use maths::statistics::summarize;
use ndarray::ArrayView2;

use super::{n, token_name};
use crate::labs::normalize::state::{NormName, NormalizeState};
use crate::labs::{Fact, Question};

pub use super::TOO_FEW;

/// What people ask of it.
pub const QUESTIONS: &[Question] = &[
    Question {
        asked: "Over which axis?",
        answer: "Point at a cell: all cells that share its mean and variance light up, and their pairs are counted beside the formula. Change Normalization, then d_model, Sequence length and Batch size.",
        settings: "norm=batch",
        figure_id: "normalize-axes",
    },
    Question {
        asked: "Change one token: which outputs move?",
        answer: "Those whose statistics it is in. Move Token and Added, and compare the rows: under LayerNorm nobody else notices.",
        settings: "norm=instance",
        figure_id: "normalize-change",
    },
];

/// How many outputs, in how many tokens, a change moved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// Numbers of the output.
    pub n_outputs: usize,
    /// Tokens with at least one of them.
    pub n_tokens: usize,
}

/// A norm as it is called in running text.
pub fn norm_word(name: NormName) -> &'static str {
    match name {
        NormName::Layer => "LayerNorm",
        NormName::Rms => "RMSNorm",
        NormName::Batch => "batch norm",
        NormName::Instance => "instance norm",
        NormName::Group => "group norm",
        NormName::DyT => "DyT",
        NormName::None => "none",
    }
}

/// What shares a mean and a variance, B samples, T tokens, C features.
pub fn axes_of(name: NormName) -> &'static str {
    match name {
        NormName::Layer => "over C",
        NormName::Rms => "over C, no mean",
        NormName::Batch => "over B and T",
        NormName::Instance => "over T",
        NormName::Group => "over T and C/G",
        NormName::DyT | NormName::None => "no statistics",
    }
}

/// The names of those that stand side by side.
pub fn norm_names() -> Vec<String> {
    NormName::COMPARED
        .map(|name| norm_word(name).to_owned())
        .to_vec()
}

/// How to read the part.
pub fn lead(_: &NormalizeState) -> String {
    "Each norm makes groups of the activations and takes one mean and one variance for each. *Point at a cell* to see its group; change a token to see whose outputs feel it.".to_owned()
}

/// μ over a group, as MathML.
pub fn formula(state: &NormalizeState) -> String {
    let (of, sum, count) = match state.norm {
        NormName::Layer | NormName::Rms => ("b,t", "c", "C"),
        NormName::Batch => ("c", "b,t", "B T"),
        NormName::Instance => ("b,c", "t", "T"),
        NormName::Group => ("b,g", "t, c in g", "T C/G"),
        NormName::DyT => {
            return "<math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mi>tanh</mi><mo>(</mo><mi>α</mi><mi>x</mi><mo>)</mo></math>".to_owned();
        }
        NormName::None => {
            return "<math><mover><mi>x</mi><mo>^</mo></mover><mo>=</mo><mi>x</mi></math>"
                .to_owned();
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
         <mfrac><mn>1</mn><mtext>{count}</mtext></mfrac><munder><mo>∑</mo><mtext>{sum}</mtext></munder>{value}</math>"
    )
}

/// The numbers of the block, beside the formula.
pub fn facts(state: &NormalizeState, groups: &Groups) -> Vec<Fact> {
    let mut facts = vec![
        Fact::new("B", state.batch.to_string()),
        Fact::new("T", state.seq_len.to_string()),
        Fact::new("C", state.d_model.to_string()),
    ];
    if state.norm == NormName::Group {
        facts.push(Fact::new("G", state.n_groups().to_string()));
    }
    facts.push(Fact::new(
        pair_word(state.norm),
        format_count(groups.count() as u64),
    ));
    facts.push(Fact::new("values each", format_count(groups.size() as u64)));
    facts
}

/// What there is one of for each group.
fn pair_word(name: NormName) -> &'static str {
    if name == NormName::Rms {
        "mean squares"
    } else {
        "pairs of μ and σ"
    }
}

/// The heading of the block.
pub fn block_title(state: &NormalizeState) -> String {
    format!(
        "Which values share a mean and a variance: {}",
        norm_word(state.norm)
    )
}

/// What the groups are, counted.
pub fn block_caption(state: &NormalizeState, groups: &Groups) -> String {
    if groups.count() == 0 {
        return "no mean, no variance: each value by itself".to_owned();
    }
    format!(
        "{} {}, each of {} values",
        format_count(groups.count() as u64),
        pair_word(state.norm),
        format_count(groups.size() as u64),
    )
}

/// What the block shows.
pub fn block_summary(state: &NormalizeState, groups: &Groups, is_whole: bool) -> String {
    let shape = format!(
        "{} samples × {} tokens × {} features",
        state.batch, state.seq_len, state.d_model
    );
    let drawn = if is_whole { "" } else { ", some of them drawn" };
    let count = |name: &str| format!("*{}*, {name}", block_caption(state, groups),);
    let what = match state.norm {
        NormName::Layer => count(
            "one for each token. Wu & He's well-known picture of layer norm is of images and takes (C, H, W) together; a transformer's takes C alone. Over (T, C) it would be group norm with one group",
        ),
        NormName::Rms => count("one for each token, as in LayerNorm"),
        NormName::Batch => count("one for each feature, over everybody's tokens"),
        NormName::Instance => count("one for each feature of each sample"),
        NormName::Group => count("one for each group of features of each sample"),
        NormName::DyT | NormName::None => {
            "*Nothing is shared*: there is no mean and no variance".to_owned()
        }
    };
    format!("{shape}{drawn}. {what}.")
}

/// A cell of the block.
pub fn block_tip(
    state: &NormalizeState,
    groups: &Groups,
    row_idx: usize,
    feature: usize,
) -> String {
    let name = token_name(state, row_idx);
    let cell = [row_idx / state.seq_len, row_idx % state.seq_len, feature];
    match groups.group_of(cell) {
        Some(group) => format!(
            "{name}, feature {feature}: group {group} of {}, {} values",
            format_count(groups.count() as u64),
            format_count(groups.size() as u64),
        ),
        None => format!("{name}, feature {feature}: by itself"),
    }
}

/// The heading of the norms side by side.
pub fn norms_title(state: &NormalizeState, sample: usize) -> String {
    if state.batch == 1 {
        return "One sample, every norm".to_owned();
    }
    format!("Sample {sample}, every norm")
}

/// The smallest and the largest mean and std of a row.
fn ranges(values: ArrayView2<'_, f32>) -> Option<[f64; 4]> {
    let mut ranges: Option<[f64; 4]> = None;
    for row in values.outer_iter() {
        let summary = summarize(row.to_slice().unwrap_or_default());
        if summary.n_finite < summary.n {
            return None;
        }
        let [low, high, least, most] =
            ranges.unwrap_or([summary.mean, summary.mean, summary.std, summary.std]);
        ranges = Some([
            low.min(summary.mean),
            high.max(summary.mean),
            least.min(summary.std),
            most.max(summary.std),
        ]);
    }
    ranges
}

/// Two ends of a range, or one number where they read alike.
fn between(low: f64, high: f64) -> String {
    let (low, high) = (format_fixed(low, 2), format_fixed(high, 2));
    if low == high {
        return low;
    }
    format!("{low} to {high}")
}

/// Mean and std of the tokens under one norm.
pub fn moments_caption(values: ArrayView2<'_, f32>) -> String {
    match ranges(values) {
        Some([low, high, least, most]) => {
            format!(
                "tokens: mean {}, std {}",
                between(low, high),
                between(least, most)
            )
        }
        None => "not all are numbers".to_owned(),
    }
}

/// What the norms side by side show.
pub fn norms_summary(state: &NormalizeState, outputs: [ArrayView2<'_, f32>; 6]) -> String {
    let mut alike = Vec::new();
    let mut different = Vec::new();
    for (name, values) in NormName::COMPARED.into_iter().zip(outputs) {
        match ranges(values) {
            Some([_, _, least, most]) if most - least <= 0.01 * most => alike.push(norm_word(name)),
            Some(_) => different.push(norm_word(name)),
            None => {}
        }
    }
    let list = |names: &[&str]| names.join(", ");
    let tokens = format!("{} tokens of {} features", state.seq_len, state.d_model);
    let said = match (alike.is_empty(), different.is_empty()) {
        (true, true) => "*no norm gives numbers alone*".to_owned(),
        (false, true) => "*all tokens have the same std* after each of these norms".to_owned(),
        (true, false) => "*tokens keep a std of their own* after each of these norms".to_owned(),
        (false, false) => format!(
            "*all tokens have the same std after {}*; after {} each keeps one of its own",
            list(&alike),
            list(&different)
        ),
    };
    format!(
        "The same {tokens} on the same colours: {said}. Batch norm takes its statistics from all samples."
    )
}

/// An output of one norm.
pub fn norms_tip(
    state: &NormalizeState,
    name: NormName,
    [row_idx, feature]: [usize; 2],
    [x, y]: [f32; 2],
) -> String {
    format!(
        "{}, {}, feature {feature}: x = {}, y = {}",
        norm_word(name),
        token_name(state, row_idx),
        n(f64::from(x)),
        n(f64::from(y))
    )
}

/// What is changed.
pub fn change_caption(state: &NormalizeState) -> String {
    let nudge = n(state.nudge);
    let name = token_name(state, state.row());
    if state.nudges_one {
        return format!("{nudge} added to feature {} of {name}", state.column());
    }
    format!("{nudge} added to and taken from the features of {name}, in turn")
}

/// What the change shows.
pub fn change_summary(state: &NormalizeState, moved: &[Moved; 6], is_too_few: bool) -> String {
    if state.nudge == 0.0 {
        return "Nothing is added, so nothing moves. *Move “Added”* and watch whose outputs follow.".to_owned();
    }
    if state.is_padding(state.row()) {
        return "The selected token is padding: *nobody reads it*, so nothing moves. Choose another one.".to_owned();
    }
    let mut text = String::from("Outputs that move, and in how many tokens:");
    for (idx, (name, moved)) in NormName::COMPARED.into_iter().zip(moved).enumerate() {
        text.push_str(if idx == 0 { " " } else { "; " });
        text.push_str(norm_word(name));
        if is_too_few && name == NormName::Batch {
            text.push_str(" cannot be trained on one value per feature");
            continue;
        }
        text.push_str(" *");
        text.push_str(&format_count(moved.n_outputs as u64));
        text.push_str(" in ");
        text.push_str(&format_count(moved.n_tokens as u64));
        text.push('*');
    }
    text.push('.');
    text
}

/// How far a token moved.
pub fn change_tip(state: &NormalizeState, name: NormName, row_idx: usize, change: f32) -> String {
    format!(
        "{}, {}: outputs move by up to {}",
        norm_word(name),
        token_name(state, row_idx),
        n(f64::from(change))
    )
}
